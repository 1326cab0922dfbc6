package org

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Caps of an org's asynchronous work (governor-limits.md, section 3).
const (
	maxFlexQueue  = 100
	maxScheduled  = 100
	defaultScope  = 200
	maximumScope  = 2000
	maxQueueDelay = 10 // minutes
)

// Enqueue takes an asynchronous job; it starts after the commit.
func (h host) Enqueue(t *vm.Thread, call *vm.Job) (string, error) {
	tx, o := h.tx, h.tx.org
	j := &job{call: call, world: tx.world, user: tx.user, cause: orElse(tx.opt.Cause, "transaction"), due: o.clock.now}
	switch call.Kind {
	case vm.BatchJob:
		if h.waiting(vm.BatchJob) >= maxFlexQueue {
			return "", &vm.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("You've exceeded the limit of %d jobs in the flex queue for org %s. Wait for some of your batch jobs to finish before adding more. To monitor and reorder jobs, use the Apex Flex Queue page in Setup.", maxFlexQueue, o.state.OrgID[:15])}
		}
		c := *call
		if c.Scope <= 0 {
			c.Scope = defaultScope
		}
		c.Scope = min(c.Scope, maximumScope)
		j.call, j.instance = &c, call.Instance
	case vm.ScheduledJob:
		return h.schedule(t, j)
	case vm.QueueableJob:
		j.due += int64(min(call.DelayMinutes, maxQueueDelay)) * 60_000
	}
	j.id = o.nextID("707")
	if err := h.insertJob(t.Context(), j, ""); err != nil {
		return "", err
	}
	tx.jobs = append(tx.jobs, j)
	return j.id, nil
}

// waiting counts the jobs of a kind that wait, those of this transaction too.
func (h host) waiting(kind vm.JobKind) int {
	n := 0
	for _, list := range [][]*job{h.tx.org.queue.jobs, h.tx.jobs} {
		for _, j := range list {
			if j.kind() == kind {
				n++
			}
		}
	}
	return n
}

// insertJob makes the AsyncApexJob row of a job.
func (h host) insertJob(ctx context.Context, j *job, cronTrigger string) error {
	status := "Queued"
	if j.kind() == vm.BatchJob {
		status = "Holding"
	}
	_, err := h.insert(ctx, "AsyncApexJob", fields{"Id": j.id, "JobType": jobTypes[j.kind()], "Status": status,
		"ApexClassId": h.tx.org.MirrorID(Key{"ApexClass", j.call.Namespace, j.class()}), "MethodName": j.call.Method,
		"JobItemsProcessed": int64(0), "TotalJobItems": int64(0), "NumberOfErrors": int64(0),
		"CreatedById": h.tx.user.ID, "CronTriggerId": cronTrigger})
	return err
}

// insert makes a row of the platform's own that is blamed on the running code.
func (h host) insert(ctx context.Context, object string, fs fields) (string, error) {
	obj := h.tx.world.schema.Object(object)
	if obj == nil {
		return "", nil
	}
	rec := fs.record(obj)
	if err := h.tx.org.LoadRaw(ctx, obj, []*schema.Record{rec}, h.tx.blame()); err != nil {
		return "", err
	}
	return rec.ID(), nil
}

// schedule implements System.schedule.
func (h host) schedule(t *vm.Thread, j *job) (string, error) {
	o := h.tx.org
	c, err := parseCron(j.call.Cron)
	if err != nil {
		return "", &vm.Fault{Type: "System.StringException", Message: err.Error()}
	}
	next, ok := c.next(o.clock.now, h.tx.user.Zone)
	if !ok {
		return "", &vm.Fault{Type: "System.AsyncException", Message: "Based on configured schedule, the given trigger '" + j.call.Name + "' will never fire."}
	}
	if h.waiting(vm.ScheduledJob) >= maxScheduled {
		return "", &vm.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("You have exceeded the maximum number (%d) of Apex scheduled jobs.", maxScheduled)}
	}
	for _, list := range [][]*job{o.queue.jobs, h.tx.jobs} {
		for _, other := range list {
			if other.cron != nil && strings.EqualFold(other.call.Name, j.call.Name) {
				return "", &vm.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("The Apex job named %q is already scheduled for execution.", j.call.Name)}
			}
		}
	}
	ctx := t.Context()
	detail, err := h.insert(ctx, "CronJobDetail", fields{"Name": j.call.Name, "JobType": "7"})
	if err != nil {
		return "", err
	}
	j.cron, j.due = c, next
	j.triggerID, err = h.insert(ctx, "CronTrigger", fields{"CronJobDetailId": detail, "CronExpression": j.call.Cron, "State": "WAITING",
		"NextFireTime": value.OfDatetime(next), "StartTime": value.OfDatetime(o.clock.now / 1000 * 1000), "TimesTriggered": int64(0),
		"TimeZoneSidKey": h.tx.user.TimeZoneID, "OwnerId": h.tx.user.ID, "CreatedById": h.tx.user.ID})
	if err != nil {
		return "", err
	}
	j.id = o.nextID("707")
	if err := h.insertJob(ctx, j, j.triggerID); err != nil {
		return "", err
	}
	h.tx.jobs = append(h.tx.jobs, j)
	return j.triggerID, nil
}

// Abort implements System.abortJob.
func (h host) Abort(t *vm.Thread, id string) error {
	tx, o := h.tx, h.tx.org
	is := func(j *job) bool { return value.SameID(j.id, id) || j.triggerID != "" && value.SameID(j.triggerID, id) }
	for _, list := range []*[]*job{&o.queue.jobs, &tx.jobs} {
		for _, j := range *list {
			if !is(j) {
				continue
			}
			*list = slices.DeleteFunc(slices.Clone(*list), is)
			return h.endJob(t.Context(), j)
		}
	}
	return nil
}

func (h host) endJob(ctx context.Context, j *job) error {
	o := h.tx.org
	if j.triggerID != "" {
		if obj := h.tx.world.schema.Object("CronTrigger"); obj != nil {
			if err := o.st.Delete(ctx, obj, []string{j.triggerID}, o.cause(h.tx.blame())); err != nil {
				return fmt.Errorf("abort job %s: %w", j.id, err)
			}
		}
	}
	return o.setJob(ctx, j, "Aborted")
}
