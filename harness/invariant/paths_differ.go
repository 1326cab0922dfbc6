package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// pathEquivalence finds how the two ways to the last version differ, step by
// step and at once: in the components of the package and in what records hold.
func pathEquivalence(e *Evidence) []finding.Finding {
	switch way := e.OtherWay; {
	case way == nil:
		return nil
	case way.Refused != nil:
		return []finding.Finding{e.otherWayRefused()}
	default:
		return append(e.otherComponents(), e.otherRecords()...)
	}
}

func (e *Evidence) otherWayRefused() finding.Finding {
	way := e.OtherWay
	title := fmt.Sprintf("Going from %s to %s at once is refused, step by step it is not", e.From.Version, e.To.Version)
	if way.Stepwise {
		title = fmt.Sprintf("Going from %s to %s step by step is refused at %s, at once it is not", e.From.Version, e.To.Version, way.At.Version)
	}
	f := finding.New(finding.PathsDiffer, title)
	f.Message = way.Refused.Message
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: way.Refused.Step}
	return f
}

// otherComponents tells how the package differs.
func (e *Evidence) otherComponents() []finding.Finding {
	var components []finding.Component
	for _, c := range e.OtherWay.Components {
		if !strings.EqualFold(c.Key.Namespace, e.To.Namespace) || c.Cosmetic {
			continue
		}
		components = append(components, finding.Component{Kind: string(c.Key.Kind), Name: c.Key.Name, Namespace: c.Key.Namespace, Note: pathNote(c)})
	}
	if len(components) == 0 {
		return nil
	}
	f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s step by step leaves another package than going at once", e.From.Version, e.To.Version))
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: "what an upgrade keeps depends on the versions that were installed before"}
	f.Components = components
	return []finding.Finding{f}
}

// otherRecords tells how the records differ in what they hold.
func (e *Evidence) otherRecords() []finding.Finding {
	var list []finding.Finding
	for i := range e.OtherWay.Objects {
		o := &e.OtherWay.Objects[i]
		f := finding.New(finding.PathsDiffer, fmt.Sprintf("Going from %s to %s step by step leaves other records of %s than going at once",
			e.From.Version, e.To.Version, o.Object.Name))
		// What a component keeps can be read in release notes; rows that depend on
		// the way are wrong in some orgs, and nobody sees in which.
		f.Severity = finding.Major
		f.Several = fmt.Sprintf("Going from %s to %s step by step leaves other records of {n} objects than going at once", e.From.Version, e.To.Version)
		f.Advice = "let the script of the last version do for those who skip releases what the scripts between do"
		f.Cause = finding.Cause{Kind: finding.ByScript, Detail: "a script of a version between does what the last one does not, or its gates ask for the previous version"}
		if e.To.PostInstall != "" {
			f.Cause.Class = qualified(e.To.Namespace, e.To.PostInstall)
		}
		f.Rows = []finding.Rows{rowsThatDiffer(o, "only step by step", "only when going at once")}
		list = append(list, f)
	}
	return list
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
