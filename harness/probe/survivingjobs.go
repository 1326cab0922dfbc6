package probe

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// SurvivingJob is a job that was scheduled in the org before the upgrade and run
// once after it.
type SurvivingJob struct {
	Class  string // that is scheduled
	Before error  // of its run in the org before; nil: it succeeded
	After  error
}

// mostScheduled is how many classes are scheduled; an org may have 100 scheduled
// jobs.
const mostScheduled = 40

// survivingJobs schedules every class of the old version that can be scheduled,
// and runs each job once in the org before and once in the org after, with the
// state that it was given before.
func survivingJobs(ctx context.Context, s *Subject, e *Evidence) error {
	classes := s.Before.Schedulables(s.From.Namespace)
	if len(classes) == 0 || len(changedClasses(s.From, s.To)) == 0 {
		return nil
	}
	before, err := s.Before.Fork(ctx, s.Before.Name()+", with jobs scheduled")
	if err != nil {
		return err
	}
	defer func() { _ = before.Close() }()
	upgraded := s.Upgraded
	if upgraded == nil {
		upgraded = s.After
	}
	for _, class := range classes[:min(len(classes), mostScheduled)] {
		name := "rehearsed " + class
		opt := org.TxOptions{Cause: "schedule a job", Namespace: s.From.Namespace}
		_, err := before.Run(ctx, opt, func(tx *org.Tx) error {
			return tx.Anonymous(ctx, fmt.Sprintf("System.schedule('%s', '0 0 0 1 1 ? 2099', new %s());", name, class))
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // what can not be scheduled waits nowhere
		}
		job := SurvivingJob{Class: class}
		var ran bool
		if job.Before, _, err = runOnce(ctx, s.Before, before, name); err != nil {
			return err
		}
		if job.After, ran, err = runOnce(ctx, upgraded, before, name); err != nil {
			return err
		}
		if ran {
			e.SurvivingJobs = append(e.SurvivingJobs, job)
		}
	}
	return nil
}

// runOnce runs a job that waits in one org on a fork of another.
func runOnce(ctx context.Context, in, waits *org.Org, name string) (thrown error, ran bool, err error) {
	fork, err := in.Fork(ctx, in.Name()+", a scheduled job run")
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = fork.Close() }()
	run, found, err := fork.RunScheduled(ctx, waits, name)
	return run.Err, found, err
}
