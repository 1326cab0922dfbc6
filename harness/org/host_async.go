package org

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/cron"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
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
	j := &job{call: call, compiled: tx.compiled, user: tx.user, cause: tx.begun(), due: o.clock.now, depth: 1}
	if by := tx.opt.job; by != nil && by.kind() != vm.FinalizerJob {
		j.scheduled = by.scheduled || by.cron != nil
		if by.kind() == vm.QueueableJob && call.Kind == vm.QueueableJob && !inTrigger(t) {
			j.depth = by.depth + 1
		}
	}
	switch call.Kind {
	case vm.BatchJob:
		if h.waiting(vm.BatchJob) >= maxFlexQueue {
			return "", &dml.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("You've exceeded the limit of %d jobs in the flex queue for org %s. Wait for some of your batch jobs to finish before adding more. To monitor and reorder jobs, use the Apex Flex Queue page in Setup.", maxFlexQueue, o.state.OrgID[:15])}
		}
		c := *call
		if c.Scope <= 0 {
			c.Scope = defaultScope
		}
		c.Scope = min(c.Scope, maximumScope)
		j.call, j.instance = &c, call.Instance
		if c.Name != "" { // System.scheduleBatch
			return h.scheduleBatch(t, j)
		}
	case vm.ScheduledJob:
		return h.schedule(t, j)
	case vm.QueueableJob:
		if call.Signature != "" && h.signed(call.Signature) {
			return "", &dml.Fault{Type: "System.DuplicateMessageException", Message: "Attempt to enqueue job with duplicate queueable signature"}
		}
		j.due += int64(min(call.DelayMinutes, maxQueueDelay)) * 60_000
	}
	j.id = o.nextID("707")
	if err := h.insertJob(t.Context(), j, ""); err != nil {
		return "", err
	}
	tx.jobs = append(tx.jobs, j)
	return j.id, nil
}

// inTrigger reports whether a trigger is among what runs. A job that it starts
// begins a new chain, as one of a finalizer does, though a queueable job's own
// statement fired it (verified-behaviours-2.md, row 186).
func inTrigger(t *vm.Thread) bool {
	return slices.ContainsFunc(t.Trace(), func(p cause.Place) bool { return p.Trigger != "" })
}

// signed reports whether a job with a signature waits or runs.
func (h host) signed(signature string) bool {
	lists := [][]*job{h.tx.org.queue.jobs, h.tx.jobs}
	if t := h.tx.org.test; t != nil {
		lists = append(lists, t.jobs)
	}
	for _, list := range lists {
		for _, j := range list {
			if j.call.Signature == signature {
				return true
			}
		}
	}
	return h.tx.opt.job != nil && h.tx.opt.job.call.Signature == signature
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
	_, err := h.insert(ctx, "AsyncApexJob", standard.Fields{"Id": j.id, "JobType": string(jobTypes[j.kind()]), "Status": status,
		"ApexClassId": h.tx.org.MirrorID(Key{metadata.ApexClass, j.call.Namespace, j.class()}), "MethodName": j.call.Method,
		"JobItemsProcessed": int64(0), "TotalJobItems": int64(0), "NumberOfErrors": int64(0),
		"CreatedById": h.tx.user.ID, "CronTriggerId": cronTrigger})
	return err
}

// insert makes a row of the platform's own that is blamed on the running code.
func (h host) insert(ctx context.Context, object string, fs standard.Fields) (string, error) {
	obj := h.tx.compiled.schema.Object(object)
	if obj == nil {
		return "", nil
	}
	rec := fs.Record(obj)
	if err := h.tx.org.load(ctx, obj, []*schema.Record{rec}, h.tx.blame()); err != nil {
		return "", err
	}
	return rec.ID(), nil
}

// schedule implements System.schedule.
func (h host) schedule(t *vm.Thread, j *job) (string, error) {
	o := h.tx.org
	c, err := cron.Parse(j.call.Cron)
	if err != nil {
		return "", &dml.Fault{Type: "System.StringException", Message: err.Error()}
	}
	next, ok := c.Next(o.clock.now, h.tx.user.Zone)
	if !ok {
		return "", &dml.Fault{Type: "System.AsyncException", Message: "Based on configured schedule, the given trigger '" + j.call.Name + "' will never fire."}
	}
	if h.waiting(vm.ScheduledJob) >= maxScheduled {
		return "", &dml.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("You have exceeded the maximum number (%d) of Apex scheduled jobs.", maxScheduled)}
	}
	for _, list := range [][]*job{o.queue.jobs, h.tx.jobs} {
		for _, other := range list {
			if other.cron != nil && strings.EqualFold(other.call.Name, j.call.Name) {
				return "", &dml.Fault{Type: "System.AsyncException", Message: fmt.Sprintf("The Apex job named %q is already scheduled for execution.", j.call.Name)}
			}
		}
	}
	ctx := t.Context()
	j.cron, j.due = c, next
	if err := h.cronRows(ctx, j, scheduledJobType, j.call.Cron); err != nil {
		return "", err
	}
	j.id = o.nextID("707")
	if err := h.insertJob(ctx, j, j.triggerID); err != nil {
		return "", err
	}
	h.tx.jobs = append(h.tx.jobs, j)
	return j.triggerID, nil
}

// scheduleBatch implements System.scheduleBatch: a batch that starts once, some
// minutes from now, and the trigger it waits for.
func (h host) scheduleBatch(t *vm.Thread, j *job) (id string, err error) {
	j.due += int64(j.call.DelayMinutes) * 60_000
	at := time.UnixMilli(j.due).In(h.tx.user.Zone)
	if err := h.cronRows(t.Context(), j, batchJobType, fmt.Sprintf("%d %d %d %d %d ? %d", at.Second(), at.Minute(), at.Hour(), at.Day(), at.Month(), at.Year())); err != nil {
		return "", err
	}
	j.id = h.tx.org.nextID("707")
	if err := h.insertJob(t.Context(), j, j.triggerID); err != nil {
		return "", err
	}
	h.tx.jobs = append(h.tx.jobs, j)
	return j.triggerID, nil
}

// Values of CronJobDetail.JobType (Object Reference).
const (
	scheduledJobType = "7"
	batchJobType     = "9"
)

// cronRows makes the CronJobDetail and CronTrigger rows of a job.
func (h host) cronRows(ctx context.Context, j *job, jobType, expression string) error {
	detail, err := h.insert(ctx, "CronJobDetail", standard.Fields{"Name": j.call.Name, "JobType": jobType})
	if err != nil {
		return err
	}
	j.triggerID, err = h.insert(ctx, "CronTrigger", standard.Fields{"CronJobDetailId": detail, "CronExpression": expression, "State": "WAITING",
		"NextFireTime": value.OfDatetime(j.due), "StartTime": value.OfDatetime(h.tx.org.clock.now / 1000 * 1000), "TimesTriggered": int64(0),
		"TimeZoneSidKey": h.tx.user.TimeZoneID, "OwnerId": h.tx.user.ID, "CreatedById": h.tx.user.ID})
	return err
}

// Abort implements System.abortJob.
func (h host) Abort(t *vm.Thread, id string) error {
	tx, o := h.tx, h.tx.org
	is := func(j *job) bool { return value.SameID(j.id, id) || j.triggerID != "" && value.SameID(j.triggerID, id) }
	if j := tx.opt.job; j != nil && is(j) && (j.cron != nil || j.kind() == vm.BatchJob) {
		j.aborted = true // the job that runs ends itself: no next time, no further scope
		return h.endJob(t.Context(), j)
	}
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
		if obj := h.tx.compiled.schema.Object("CronTrigger"); obj != nil {
			if err := o.st.Delete(ctx, obj, []string{j.triggerID}, o.cause(h.tx.blame())); err != nil {
				return fmt.Errorf("abort job %s: %w", j.id, err)
			}
		}
	}
	return o.setJob(ctx, j, "Aborted")
}
