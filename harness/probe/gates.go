package probe

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// Gate is a branch of the install path that hangs on the previous version.
type Gate = lint.Gate

// GateRun is a branch of the script that did not run here because the org came
// from another version, and what it does in this org all the same.
type GateRun struct {
	Gate    Gate
	Version string        // from which the org would have to come: "1.7.0"
	Own     bool          // which is the version that is installed: no org comes from it
	Exact   bool          // the branch is for that version alone
	Failed  string        // what the script failed with; "" when it did not
	Objects []diff.Object // rows that only a script of such an org changes
}

// gates runs the script of the last step as if the org had come from each
// version that its branches name, and notes what that changes which a second run
// of the script does not change anyway. Branches for all older versions are
// tried in a deep rehearsal only: a newer org has what they bring.
func gates(ctx context.Context, s *Subject, e *Evidence) error {
	step := e.Last()
	script := step.Report.Script
	if script == nil || script.Skipped != "" || script.Context.PreviousVersion == "" {
		return nil
	}
	runs := s.gateRuns(s.Versions.check(step.From, step.To).gates, step.To.Version, script.Context.PreviousVersion)
	if len(runs) == 0 {
		return nil
	}
	plain, _, err := s.runFrom(ctx, step, script.Context.PreviousVersion)
	if err != nil {
		return err
	}
	for i := range runs {
		if !s.Until.IsZero() && !time.Now().Before(s.Until) {
			break
		}
		run := &runs[i]
		objects, failed, err := s.runFrom(ctx, step, run.Version)
		if err != nil {
			return fmt.Errorf("as if from %s: %w", run.Version, err)
		}
		run.Failed, run.Objects = failed, beyond(objects, plain)
	}
	e.Gates = runs
	return nil
}

// gateRuns lists the versions to come from, each once, by the first branch that
// names it.
func (s *Subject) gateRuns(all []Gate, own metadata.Version, came string) []GateRun {
	var runs []GateRun
	known := map[string]bool{came: true}
	add := func(g *Gate, v metadata.Version, exact, isOwn bool) {
		text := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
		if !known[text] {
			known[text] = true
			runs = append(runs, GateRun{Gate: *g, Version: text, Own: isOwn, Exact: exact})
		}
	}
	for i := range all {
		for _, x := range all[i].ForOne(own) {
			add(&all[i], x.Version, true, x.Own)
		}
	}
	if s.Depth.Reaches(suite.Deep) {
		for i := range all {
			for _, v := range all[i].Below() {
				add(&all[i], v, false, false)
			}
		}
	}
	return runs
}

// runFrom runs the script in a fork as if the org had come from a version, and
// tells what that changed.
func (s *Subject) runFrom(ctx context.Context, step *Step, version string) ([]diff.Object, string, error) {
	fork, err := s.After.Fork(ctx, s.After.Name()+", as if from "+version)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = fork.Close() }()
	current, ok := fork.Installed(step.To)
	if !ok {
		return nil, "", fmt.Errorf("%s is not installed in org %s", step.To.Name, fork.Name())
	}
	given := step.Report.Script.Context
	given.PreviousVersion = version
	run, err := rerun(ctx, fork, step, current, given)
	if err != nil {
		return nil, "", err
	}
	return run.Objects, run.Failed, nil
}

// beyond lists the rows of one run that another did not change: rows that were
// there, and as many new ones as are more.
func beyond(objects, plain []diff.Object) []diff.Object {
	var list []diff.Object
	for _, o := range objects {
		i := slices.IndexFunc(plain, func(p diff.Object) bool { return p.Object.Name == o.Object.Name })
		rows, made := map[string]bool{}, 0
		if i >= 0 {
			for _, r := range plain[i].Rows {
				if rows[r.ID] = true; r.Kind == diff.Inserted {
					made++
				}
			}
		}
		more := o
		more.Rows = nil
		for _, r := range o.Rows {
			switch {
			case r.Kind == diff.Inserted && made > 0:
				made--
			case r.Kind != diff.Inserted && rows[r.ID]:
			default:
				more.Rows = append(more.Rows, r)
			}
		}
		if len(more.Rows) > 0 {
			list = append(list, more)
		}
	}
	return list
}
