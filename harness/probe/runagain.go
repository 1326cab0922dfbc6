package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// RanAgain is what the last post-install script did when it was run again.
type RanAgain struct {
	Class, Namespace string
	// Runs are the second run and, where users worked since the first and the
	// second changed something, the third.
	Runs []Rerun
}

// Rerun is one further run of a script, with the jobs that it started.
type Rerun struct {
	Failed  string        // what it failed with; "" when it did not
	Objects []diff.Object // records that it changed
}

// runAgain runs the last script again. Where users worked since it ran, a second
// run may mend what they did, so that a third is looked at as well.
func runAgain(ctx context.Context, s *Subject, e *Evidence) error {
	step := e.Last()
	script := step.Report.Script
	if script == nil || script.Skipped != "" {
		return nil
	}
	again := &RanAgain{Class: script.Class, Namespace: step.To.Namespace}
	fork, err := s.After.Fork(ctx, s.After.Name()+", script again")
	if err != nil {
		return err
	}
	defer func() { _ = fork.Close() }()
	current, ok := fork.Installed(step.To)
	if !ok {
		return nil
	}
	e.RanAgain = again
	for len(again.Runs) < 2 {
		run, err := rerun(ctx, fork, step, current, script.Context)
		if err != nil {
			e.RanAgain = nil
			return err
		}
		again.Runs = append(again.Runs, *run)
		if !s.Worked || run.Failed != "" || len(run.Objects) == 0 {
			break
		}
	}
	return nil
}

// rerun runs the script of a step in an org and tells what that changed.
func rerun(ctx context.Context, o *org.Org, step *Step, current Package, given org.InstallContext) (*Rerun, error) {
	base, err := o.Fork(ctx, o.Name()+", as it was")
	if err != nil {
		return nil, err
	}
	defer func() { _ = base.Close() }()
	if _, err := upgrade.RunScript(ctx, o, step.To, current, given); unsimulated(err) != "" {
		return nil, err
	} else if err != nil {
		return &Rerun{Failed: err.Error()}, nil
	}
	if _, err := o.Drain(ctx, org.DrainOptions{}); err != nil {
		return nil, err
	}
	objects, err := diff.Records(ctx, base, o)
	return &Rerun{Objects: objects}, err
}
