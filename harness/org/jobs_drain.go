package org

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// DrainOptions says how long asynchronous work goes on.
type DrainOptions struct {
	Until time.Time // run what is due by then; zero for what is due without waiting for a schedule
	// Between is called between two transactions, such as two chunks of a
	// batch: traffic goes on meanwhile. nil for nothing.
	Between func(ctx context.Context) error
}

// DefaultMaxJobs is how many jobs one Drain runs before it takes them for a
// chain without end. A real org goes on until the asynchronous executions of a
// day are used up (250,000, or 200 for each licence: governor-limits.md,
// section 3), which nobody waits for.
const DefaultMaxJobs = 10_000

// LimitJobs sets how many jobs one Drain of this org and its forks runs; 0 for
// DefaultMaxJobs. The chunks of a batch count as one job.
func (o *Org) LimitJobs(n int) { o.maxJobs = n }

// Drain runs asynchronous jobs on the virtual clock until none is due. A job
// that fails is recorded (AsyncApexJob.ExtendedStatus) and the others go on.
// Jobs that start each other without end are aborted at the bound that
// LimitJobs sets, which the trace tells as JobsEndless. The error is of the org
// itself or of the context.
func (o *Org) Drain(ctx context.Context, opt DrainOptions) ([]JobRun, error) {
	var until int64
	if !opt.Until.IsZero() {
		until = opt.Until.UnixMilli()
	}
	limit := o.maxJobs
	if limit == 0 {
		limit = DefaultMaxJobs
	}
	var runs []JobRun
	for begun := 0; ; {
		if err := ctx.Err(); err != nil {
			return runs, err
		}
		j := o.queue.take(o.clock.now, until)
		if j == nil {
			o.clock.AdvanceTo(until)
			return runs, nil
		}
		if !j.goesOn() {
			begun++
		}
		if begun > limit {
			o.queue.push(j)
			return runs, o.endChains(ctx, limit)
		}
		o.clock.AdvanceTo(j.due)
		run, err := o.runJob(ctx, j)
		if err != nil {
			return runs, fmt.Errorf("run job %s of %s: %w", j.id, j.call.Class, err)
		}
		runs = append(runs, run)
		if opt.Between != nil {
			if err := opt.Between(ctx); err != nil {
				return runs, err
			}
		}
	}
}

// goesOn reports whether the next transaction of a job is not its first.
func (j *job) goesOn() bool { return j.phase != batchStart }

// endChains aborts the jobs that wait, as an administrator would in the end, but
// those that wait for their schedule.
func (o *Org) endChains(ctx context.Context, limit int) error {
	var waiting []*job
	o.queue.jobs = slices.DeleteFunc(o.queue.jobs, func(j *job) bool {
		if j.cron == nil {
			waiting = append(waiting, j)
		}
		return j.cron == nil
	})
	told := map[string]bool{}
	for _, j := range waiting {
		if err := o.setJob(ctx, j, "Aborted"); err != nil {
			return err
		}
		name := j.causes().Job().String()
		if told[name] {
			continue
		}
		told[name] = true
		o.trace.add(Event{Kind: JobsEndless, Cause: j.causes(), Place: cause.Place{Class: j.call.Class, Method: j.call.Method},
			Type: string(jobTypes[j.kind()]), Job: j.id, Time: o.clock.now, Again: o.state.Numbers["endless/"+name] > 0,
			Message: fmt.Sprintf("%d jobs ran, and %d still wait", limit, len(waiting))})
		o.state.Numbers["endless/"+name]++
		o.ledger.Note(ledger.Approximated, "async", "jobs without end: "+name,
			fmt.Sprintf("aborted after %d jobs (--async-jobs); an org goes on until the asynchronous executions of a day are used up", limit), "")
	}
	return nil
}
