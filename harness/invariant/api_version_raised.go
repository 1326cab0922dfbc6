package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// behavesAsBefore finds classes that behave otherwise because their API version
// was raised, though perhaps no line of them changed.
func behavesAsBefore(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, x := range e.Static.Crossings {
		name := prefixed(e.To.Namespace, x.Component.Name)
		f := finding.New(finding.APIVersionRaised, fmt.Sprintf("%s %s goes over API version %d.0: it now %s", x.Component.Kind, name, x.Behaviour.From, x.Behaviour.Is))
		f.Several = fmt.Sprintf("{n} classes and triggers go over API version %d.0: each now %s", x.Behaviour.From, x.Behaviour.Is)
		f.Message = fmt.Sprintf("%s %s goes from API version %s to %s. Before %d.0 it %s; line %d does what changes.",
			x.Component.Kind, name, x.From, x.To, x.Behaviour.From, x.Behaviour.Was, x.Span.Line)
		f.Cause = finding.Cause{Kind: finding.ByPlatform, Component: string(x.Component.Kind) + " " + name, Detail: "the API version of its -meta.xml: " + x.Behaviour.Name}
		f.Components = e.components(x.Component)
		list = append(list, f)
	}
	return list
}
