package invariant

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// pathEquivalence goes to the last version at once, on a fork of the org as it
// was before a chain of upgrades, and compares the package's components with
// those at the end of the chain. Records are not compared: scripts of the
// versions between may have work of their own.
func pathEquivalence(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	if len(e.Steps) < 2 {
		return nil, nil
	}
	last := e.last()
	direct, err := e.Before.Fork(ctx, e.Before.Name()+", at once")
	if err != nil {
		return nil, err
	}
	defer func() { _ = direct.Close() }()
	report, err := upgrade.Install(ctx, direct, last.To, upgrade.Options{Mode: last.Report.Mode})
	if report.Failure != nil {
		f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s at once is refused, step by step it is not", e.From.Version, e.To.Version))
		f.Message = report.Failure.Message
		f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: report.Failure.Step}
		return []finding.Finding{f}, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := direct.Drain(ctx, org.DrainOptions{}); err != nil {
		return nil, err
	}
	var components []finding.Component
	for _, c := range diff.Components(direct.Components(), e.After.Components()) {
		if !strings.EqualFold(c.Key.Namespace, e.To.Namespace) || c.Cosmetic {
			continue
		}
		components = append(components, finding.Component{Kind: string(c.Key.Kind), Name: c.Key.Name, Namespace: c.Key.Namespace, Note: pathNote(c)})
	}
	if len(components) == 0 {
		return nil, nil
	}
	f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s step by step leaves another package than going at once", e.From.Version, e.To.Version))
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: "what an upgrade keeps depends on the versions that were installed before"}
	f.Components = components
	return []finding.Finding{f}, nil
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
