package invariant

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// pathEquivalence holds the two ways to the last version against each other,
// step by step and at once: what the scenario did not do is done on a fork of
// the org as it was before. The package's components are compared, and records
// by what they hold; those that users worked on meanwhile are left out.
func pathEquivalence(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	var other []*metadata.Package
	switch {
	case len(e.Steps) > 1:
		other = []*metadata.Package{e.To}
	case len(e.Between) > 0:
		other = append(other, e.Between...)
		other = append(other, e.To)
	default:
		return nil, nil
	}
	fork, err := e.Before.Fork(ctx, e.Before.Name()+", the other way")
	if err != nil {
		return nil, err
	}
	defer func() { _ = fork.Close() }()
	way := ways{chain: e.After, direct: fork, from: e.From, to: e.To}
	if len(other) > 1 {
		way.chain, way.direct = fork, e.After
	}
	for _, version := range other {
		failed, err := e.take(ctx, fork, version)
		if err != nil {
			return nil, err
		}
		if failed != nil {
			return []finding.Finding{way.refused(failed, version, len(other) > 1)}, nil
		}
	}
	list := way.components()
	rows, err := way.records(ctx, e.usersRows())
	return append(list, rows...), err
}

// take upgrades a fork to a version in the mode of the scenario.
func (e *Evidence) take(ctx context.Context, o *org.Org, version *metadata.Package) (*upgrade.Failure, error) {
	_, err := upgrade.Install(ctx, o, version, e.last().Report.Options)
	var failure *upgrade.Failure
	if errors.As(err, &failure) {
		return failure, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = o.Drain(ctx, org.DrainOptions{})
	return nil, err
}

// usersRows are the records that users wrote since the fork.
func (e *Evidence) usersRows() map[string]bool {
	rows := map[string]bool{}
	for i := range e.Diff.Objects {
		for _, row := range e.Diff.Objects[i].Rows {
			if row.Causes.Business() {
				rows[row.ID] = true
			}
		}
	}
	return rows
}

// ways are the two orgs at the end of two ways.
type ways struct {
	chain, direct *org.Org
	from, to      *metadata.Package
}

func (w *ways) refused(failure *upgrade.Failure, at *metadata.Package, stepwise bool) finding.Finding {
	title := fmt.Sprintf("Going from %s to %s at once is refused, step by step it is not", w.from.Version, w.to.Version)
	if stepwise {
		title = fmt.Sprintf("Going from %s to %s step by step is refused at %s, at once it is not", w.from.Version, w.to.Version, at.Version)
	}
	f := finding.New(finding.PathsDiffer, title)
	f.Message = failure.Message
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: failure.Step}
	return f
}

// components compares the package in the two orgs.
func (w *ways) components() []finding.Finding {
	var components []finding.Component
	for _, c := range diff.Components(w.direct.Components(), w.chain.Components()) {
		if !strings.EqualFold(c.Key.Namespace, w.to.Namespace) || c.Cosmetic {
			continue
		}
		components = append(components, finding.Component{Kind: string(c.Key.Kind), Name: c.Key.Name, Namespace: c.Key.Namespace, Note: pathNote(c)})
	}
	if len(components) == 0 {
		return nil
	}
	f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s step by step leaves another package than going at once", w.from.Version, w.to.Version))
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: "what an upgrade keeps depends on the versions that were installed before"}
	f.Components = components
	return []finding.Finding{f}
}

// records compares what the records of the two orgs hold.
func (w *ways) records(ctx context.Context, users map[string]bool) ([]finding.Finding, error) {
	objects, err := diff.Contents(ctx, w.direct, w.chain, users)
	if err != nil {
		return nil, err
	}
	var list []finding.Finding
	for i := range objects {
		f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s step by step leaves other records of %s than going at once",
			w.from.Version, w.to.Version, objects[i].Object.Name))
		f.Several = fmt.Sprintf("Going from %s to %s step by step leaves other records of {n} objects than going at once", w.from.Version, w.to.Version)
		f.Advice = "let the script of the last version do for those who skip releases what the scripts between do"
		f.Cause = finding.Cause{Kind: finding.ByScript, Detail: "a script of a version between does what the last one does not, or its gates ask for the previous version"}
		if w.to.PostInstall != "" {
			f.Cause.Class = qualified(w.to.Namespace, w.to.PostInstall)
		}
		f.Rows = []finding.Rows{rowsThatDiffer(&objects[i], "only step by step", "only when going at once")}
		list = append(list, f)
	}
	return list, nil
}

// pathNote tells how a component at the end of the chain differs, and by which
// rule.
func pathNote(c diff.Component) string {
	switch c.Change {
	case diff.ComponentAdded:
		return "only there step by step: a version between brought it, and upgrades keep what they deprecate"
	case diff.ComponentRemoved:
		return "only there when going at once"
	case diff.ComponentDeprecated:
		return "deprecated step by step, part of the package when going at once"
	case diff.ComponentModified:
	}
	var notes []string
	for _, p := range c.Properties {
		notes = append(notes, fmt.Sprintf("%s (class %s)", PropertyNote(p), metadata.Attribute(c.Key.Kind, p.Name)))
	}
	return strings.Join(notes, "; ")
}
