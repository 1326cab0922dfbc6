package probe

import (
	"context"
	"errors"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// OtherWay is how the two ways to the last version differ, step by step and at
// once: what the scenario did not do was done on a fork of the org before.
type OtherWay struct {
	Stepwise bool              // the other way goes step by step, the scenario went at once
	Refused  *Failure          // why the other way was refused; then nothing was compared
	At       *metadata.Package // the version that was refused

	Components []diff.Component // Before is what going at once leaves, After what going step by step does
	Objects    []diff.Object    // the same, by what rows hold; without those that users worked on
}

// otherWay takes the other way, in the mode of the scenario, and compares where
// the two lead.
func otherWay(ctx context.Context, s *Subject, e *Evidence) error {
	var versions []*metadata.Package
	switch {
	case len(s.Steps) > 1:
		versions = []*metadata.Package{s.To}
	case len(s.Between) > 0:
		versions = append(versions, s.Between...)
		versions = append(versions, s.To)
	default:
		return nil
	}
	fork, err := s.Before.Fork(ctx, s.Before.Name()+", the other way")
	if err != nil {
		return err
	}
	defer func() { _ = fork.Close() }()
	way := &OtherWay{Stepwise: len(versions) > 1}
	e.OtherWay = way
	for _, version := range versions {
		if way.Refused, err = take(ctx, fork, version, e.Last().Report.Options); err != nil {
			e.OtherWay = nil
			return err
		}
		if way.Refused != nil {
			way.At = version
			return nil
		}
	}
	chain, direct := s.After, fork
	if way.Stepwise {
		chain, direct = fork, s.After
	}
	way.Components = diff.OfPackage(diff.Components(direct.Components(), chain.Components()))
	way.Objects, err = diff.Contents(ctx, direct, chain, usersRows(s.Diff))
	return err
}

// take upgrades an org to a version, and runs the jobs that follow.
func take(ctx context.Context, o *org.Org, version *metadata.Package, opt install.Options) (*Failure, error) {
	_, err := upgrade.Install(ctx, o, version, opt)
	var failure *Failure
	if errors.As(err, &failure) && unsimulated(err) == "" {
		return failure, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = o.Drain(ctx, org.DrainOptions{})
	return nil, err
}

// usersRows are the records that users wrote since the fork.
func usersRows(d *diff.Diff) map[string]bool {
	rows := map[string]bool{}
	for i := range d.Objects {
		for _, row := range d.Objects[i].Rows {
			if row.Causes.Business() {
				rows[row.ID] = true
			}
		}
	}
	return rows
}
