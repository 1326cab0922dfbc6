package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/org/cron"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// JobRun is one asynchronous transaction that ran.
type JobRun struct {
	ID        string // AsyncApexJob or CronTrigger id
	Kind      cause.JobKind
	Step      string // of a batch: start, execute, finish
	Namespace string
	Class     string
	Method    string      // of a future method
	Cause     cause.Cause // of the transaction that enqueued it
	Started   int64       // milliseconds since the epoch on the org's clock
	Err       error       // nil when it succeeded
	Rows      int         // records of the chunk, of a batch
	Result    *TxResult
}

// batchPhase is how far a batch has come.
type batchPhase uint8

const (
	batchStart batchPhase = iota
	batchExecute
	batchFinish
)

// job is asynchronous work that waits, or a batch between two chunks. The
// machine's job is never changed, so that forks may share it.
type job struct {
	id        string
	call      *vm.Job
	compiled  *compiled
	user      *vm.UserInfo
	cause     cause.Cause
	due       int64
	seq       int
	cron      *cron.Schedule // of a scheduled job
	triggerID string
	depth     int   // in a chain of jobs that start each other, from 1
	completed int64 // when it was; a batch before its finish runs, which does not change it
	scheduled bool  // a scheduled job started it or one before it: in a test it stays queued
	aborted   bool  // it ended itself while it ran
	once      bool  // it runs ahead of its time, in a test

	phase    batchPhase
	instance vm.Value // of a batch, with the state its chunks left
	scope    []vm.Value
	typ      *types.Type
	done     int // chunks
	total    int
	errors   int
	status   string // ExtendedStatus
}

// class is the name of the job's top-level class without namespace.
func (j *job) class() string {
	name := j.call.Class
	if ns := j.call.Namespace; ns != "" && len(name) > len(ns) && strings.EqualFold(name[:len(ns)+1], ns+".") {
		name = name[len(ns)+1:]
	}
	base, _, _ := strings.Cut(name, ".")
	return base
}

func (j *job) kind() vm.JobKind { return j.call.Kind }

// queue is the jobs of an org that have not run.
type queue struct {
	jobs []*job
	seq  int
}

func (q *queue) clone() queue {
	c := queue{seq: q.seq, jobs: make([]*job, len(q.jobs))}
	for i, j := range q.jobs {
		copied := *j
		c.jobs[i] = &copied
	}
	return c
}

func (q *queue) push(j *job) {
	q.seq++
	j.seq = q.seq
	q.jobs = append(q.jobs, j)
}

// take removes the job that is due first; scheduled ones only when they are
// due by until (0 for none), others also when they have to be waited for.
func (q *queue) take(now, until int64) *job {
	var best *job
	for _, j := range q.jobs {
		if j.cron != nil && j.due > max(until, now) {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(j.due, best.due), cmp.Compare(j.seq, best.seq)) < 0 {
			best = j
		}
	}
	if best != nil {
		q.jobs = slices.DeleteFunc(q.jobs, func(j *job) bool { return j == best })
	}
	return best
}

// Pending is the number of asynchronous jobs that wait, scheduled ones
// included.
func (o *Org) Pending() int { return len(o.queue.jobs) }

// jobTypes are the kinds of job as AsyncApexJob.JobType names them.
var jobTypes = map[vm.JobKind]cause.JobKind{vm.FutureJob: cause.Future, vm.QueueableJob: cause.Queueable, vm.BatchJob: cause.Batch,
	vm.ScheduledJob: cause.Scheduled, vm.DeployJob: cause.Deploy, vm.FinalizerJob: cause.Finalizer}

var quiddities = map[vm.JobKind]string{vm.FutureJob: "FUTURE", vm.QueueableJob: "QUEUEABLE", vm.BatchJob: "BATCH_APEX",
	vm.ScheduledJob: "SCHEDULED", vm.DeployJob: "UNDEFINED",
	vm.FinalizerJob: "TRANSACTION_FINALIZER_QUEUEABLE"}

// runJob runs one transaction of a job and puts the job back when there is
// more.
func (o *Org) runJob(ctx context.Context, j *job) (JobRun, error) {
	run := JobRun{ID: j.id, Kind: jobTypes[j.kind()], Namespace: j.call.Namespace, Class: j.call.Class, Method: j.call.Method,
		Cause: j.cause, Started: o.clock.now}
	opt := TxOptions{Async: j.kind() != vm.ScheduledJob, from: j.causes(), Quiddity: quiddities[j.kind()], job: j}
	var work func(tx *Tx) error
	var thread *vm.Thread
	switch j.kind() {
	case vm.FutureJob:
		call := *j.call
		call.Args = copyAll(j.call.Args)
		work = func(tx *Tx) error { return tx.thread.RunFuture(&call) }
	case vm.QueueableJob:
		call := *j.call
		call.Instance = vm.Copy(j.call.Instance)
		work = func(tx *Tx) error {
			thread = tx.thread
			return tx.thread.RunQueueable(&call, j.id)
		}
	case vm.ScheduledJob:
		call := *j.call
		call.Instance = vm.Copy(j.call.Instance)
		work = func(tx *Tx) error { return tx.thread.RunScheduled(&call, j.triggerID) }
	case vm.BatchJob:
		return o.runBatch(ctx, j, run, opt)
	default:
		return run, o.setJob(ctx, j, "Completed")
	}
	run.Result, run.Err = o.Run(ctx, opt, work)
	if err := o.finishJob(ctx, j, run.Err); err != nil || thread == nil || thread.Finalizer().IsNull() {
		return run, err
	}
	return run, o.finalize(ctx, j, thread, run.Err)
}

// finalize runs what was attached to a queueable job, in a transaction of its
// own. What it throws ends it and no more.
func (o *Org) finalize(ctx context.Context, j *job, thread *vm.Thread, failure error) error {
	c := &vm.FinalizerContext{JobID: j.id, RequestID: thread.Options().RequestID}
	var thrown *vm.Error
	if errors.As(failure, &thrown) {
		c.Exception = thrown.Original
	}
	call := *j.call
	call.Kind = vm.FinalizerJob
	own := &job{id: j.id, call: &call, compiled: j.compiled, user: j.user, cause: j.cause}
	_, err := o.Run(ctx, TxOptions{Async: true, from: j.causes(), Quiddity: quiddities[vm.FinalizerJob], job: own}, func(tx *Tx) error {
		return tx.thread.RunFinalizer(thread.Finalizer(), c)
	})
	if errors.As(err, &thrown) {
		o.traceJob(own, err)
		return nil
	}
	return err
}

// causes is the cause of what a job writes.
func (j *job) causes() cause.Cause {
	name := j.call.Class
	if j.call.Method != "" {
		name += "." + j.call.Method
	}
	return j.cause.Started(cause.Job{Kind: jobTypes[j.kind()], Name: name})
}

func copyAll(vals []vm.Value) []vm.Value {
	out := make([]vm.Value, len(vals))
	for i, v := range vals {
		out[i] = vm.Copy(v)
	}
	return out
}

// finishJob records how a job of one transaction ended; a scheduled one waits
// for its next time.
func (o *Org) finishJob(ctx context.Context, j *job, failure error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	status := "Completed"
	if failure != nil {
		status = "Failed"
		j.fail(failure)
		o.traceJob(j, failure)
	}
	if j.cron == nil {
		return o.setJob(ctx, j, status)
	}
	if j.aborted || j.once {
		return nil
	}
	next, more := j.cron.Next(o.clock.now, j.user.Zone)
	state := "WAITING"
	if !more {
		state = "COMPLETE"
	}
	if err := o.setCron(ctx, j, state, next); err != nil || !more {
		return err
	}
	again := *j
	again.due, again.status, again.errors = next, "", 0
	o.queue.push(&again)
	return nil
}

func (j *job) fail(err error) {
	j.errors++
	if j.status == "" {
		j.status = "First error: " + messageOf(err)
	}
}

// messageOf is the exception of a failed job without its type.
func messageOf(err error) string {
	if ae, ok := err.(*ApexError); ok {
		return ae.Message
	}
	return err.Error()
}

func (o *Org) traceJob(j *job, err error) {
	o.trace.add(Event{Kind: JobFailed, Cause: j.causes(), Place: cause.Place{Class: j.call.Class, Method: j.call.Method},
		Type: string(jobTypes[j.kind()]), Message: err.Error(), Job: j.id, Time: o.clock.now})
}

// runBatch runs one transaction of a batch: start, a chunk, or finish. A chunk
// that fails is counted and the next goes on.
func (o *Org) runBatch(ctx context.Context, j *job, run JobRun, opt TxOptions) (JobRun, error) {
	var work func(tx *Tx) error
	instance := vm.Copy(j.instance)
	call := *j.call
	call.Instance = instance
	stateful, raises, requestID := false, false, ""
	begin := func(tx *Tx) {
		raises = tx.thread.Implements(instance, "Database.RaisesPlatformEvents")
		requestID = tx.thread.Options().RequestID
	}
	var chunk []vm.Value
	switch j.phase {
	case batchStart:
		run.Step = "start"
		work = func(tx *Tx) (err error) {
			begin(tx)
			stateful = tx.thread.Implements(instance, "Database.Stateful")
			j.scope, j.typ, err = tx.thread.BatchStart(&call, j.id)
			return err
		}
	case batchExecute:
		run.Step = "execute"
		chunk = j.scope[j.done*j.call.Scope : min((j.done+1)*j.call.Scope, len(j.scope))]
		run.Rows = len(chunk)
		work = func(tx *Tx) error {
			begin(tx)
			stateful = tx.thread.Implements(instance, "Database.Stateful")
			return tx.thread.BatchExecute(&call, j.id, o.nextID("707"), j.typ, copyAll(chunk))
		}
	default:
		run.Step = "finish"
		// Its finish already sees the job completed (Apex Developer Guide, "Using
		// Batch Apex": finish mails the job's status).
		if err := o.setJob(ctx, j, "Completed"); err != nil {
			return run, err
		}
		work = func(tx *Tx) error {
			begin(tx)
			return tx.thread.BatchFinish(&call, j.id)
		}
	}
	run.Result, run.Err = o.Run(ctx, opt, work)
	if ctx.Err() != nil {
		return run, ctx.Err()
	}
	if run.Err != nil {
		j.fail(run.Err)
		o.traceJob(j, run.Err)
	} else if stateful {
		j.instance = instance
	}
	if raises {
		if err := o.raiseBatchError(ctx, j, run, chunk, requestID); err != nil {
			return run, err
		}
	}
	return run, o.advanceBatch(ctx, j, run.Err)
}

// advanceBatch decides what a batch does next.
func (o *Org) advanceBatch(ctx context.Context, j *job, failure error) error {
	status := "Processing"
	switch {
	case j.aborted:
		j.done++
		return o.setJob(ctx, j, "Aborted")
	case j.phase == batchStart && failure != nil, j.phase == batchFinish && failure != nil:
		return o.setJob(ctx, j, "Failed")
	case j.phase == batchFinish:
		return o.setJob(ctx, j, "Completed")
	case j.phase == batchStart:
		j.total = (len(j.scope) + j.call.Scope - 1) / j.call.Scope
		j.phase = batchExecute
		if j.triggerID != "" && o.test == nil {
			if err := o.setCron(ctx, j, "COMPLETE", 0); err != nil {
				return err
			}
		}
	default:
		j.done++
	}
	if j.done == j.total {
		j.phase = batchFinish
	}
	o.queue.push(j)
	return o.setJob(ctx, j, status)
}

// setJob brings the AsyncApexJob row in line with a job.
func (o *Org) setJob(ctx context.Context, j *job, status string) error {
	fs := standard.Fields{"Id": j.id, "Status": status, "NumberOfErrors": int64(j.errors), "TotalJobItems": int64(j.total),
		"JobItemsProcessed": int64(j.done), "ExtendedStatus": clipStatus(j.status)}
	if status == "Completed" || status == "Failed" || status == "Aborted" {
		if j.completed == 0 {
			j.completed = o.clock.now / 1000 * 1000
		}
		fs["CompletedDate"] = value.OfDatetime(j.completed)
	}
	return o.setRow(ctx, "AsyncApexJob", fs)
}

// clipStatus cuts a text to what ExtendedStatus holds.
func clipStatus(s string) string {
	const length = 1000
	if len(s) > length {
		return strings.ToValidUTF8(s[:length], "")
	}
	return s
}

func (o *Org) setCron(ctx context.Context, j *job, state string, next int64) error {
	fs := standard.Fields{"Id": j.triggerID, "State": state, "PreviousFireTime": value.OfDatetime(o.clock.now / 1000 * 1000),
		"TimesTriggered": int64(o.fired(j.triggerID))}
	if next > 0 {
		fs["NextFireTime"] = value.OfDatetime(next)
	}
	return o.setRow(ctx, "CronTrigger", fs)
}

func (o *Org) fired(id string) int64 {
	o.state.Numbers["fired/"+id]++
	return o.state.Numbers["fired/"+id]
}

// setRow updates a row of the platform's own where it is still there.
func (o *Org) setRow(ctx context.Context, object string, fs standard.Fields) error {
	obj := o.compiled.schema.Object(object)
	if obj == nil {
		return nil
	}
	rec := fs.Record(obj)
	have, err := o.st.Load(ctx, obj, []string{rec.ID()})
	if err != nil {
		return fmt.Errorf("update %s: %w", object, err)
	}
	if have[0] == nil {
		return nil
	}
	if err := o.st.Update(ctx, obj, []*schema.Record{rec}, store.NoCause); err != nil {
		return fmt.Errorf("update %s: %w", object, err)
	}
	return nil
}

// abortLost marks jobs as aborted that were waiting when an org was saved:
// what they would have run is not in the file.
func (o *Org) abortLost(ctx context.Context) error {
	obj := o.compiled.schema.Object("AsyncApexJob")
	if obj == nil {
		return nil
	}
	status := obj.Field("Status")
	var lost []*schema.Record
	err := o.st.Scan(ctx, obj, func(rec *schema.Record) error {
		switch rec.Get(status).Text() {
		case "Queued", "Processing", "Preparing", "Holding":
			lost = append(lost, standard.Fields{"Id": rec.ID(), "Status": "Aborted"}.Record(obj))
		}
		return nil
	})
	if err != nil || len(lost) == 0 {
		return err
	}
	return o.st.Update(ctx, obj, lost, store.NoCause)
}
