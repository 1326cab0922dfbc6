package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// callsGoOn finds exceptions that methods throw which threw none of the kind
// before: what went well for some rows or settings may end there now.
func callsGoOn(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, t := range e.Static.Thrown {
		class := qualified(e.To.Namespace, t.Class.Name)
		f := finding.New(finding.NewlyThrows, fmt.Sprintf("%s.%s newly throws %s", class, t.Method, t.Exception))
		f.Several = "{n} methods newly throw exceptions"
		f.Message = fmt.Sprintf("%s.%s, line %d, throws %s", class, t.Method, t.Line, t.Exception)
		if t.When != "" {
			f.Message += " when " + clip(t.When)
		}
		f.Message += fmt.Sprintf(": %s did not.", e.From.Version)
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "ApexClass " + class, Method: t.Method, Line: t.Line}
		f.Components = e.components(t.Class)
		list = append(list, f)
	}
	return list
}

// idsAreAskedFor finds ids of records that are written in the source.
func idsAreAskedFor(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, id := range e.Static.IDs {
		f := finding.New(finding.FixedID, fmt.Sprintf("%s %s names the record %s by its id, which no other org has", id.Component.Kind, id.Component.Name, id.ID))
		f.Several = "{n} ids of records are written in the source, which no other org has"
		f.Message = fmt.Sprintf("%s %s: %s", id.Component.Kind, id.Component.Name, id.ID)
		if id.Line > 0 {
			f.Message += fmt.Sprintf(", line %d", id.Line)
		}
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: string(id.Component.Kind) + " " + prefixed(e.To.Namespace, id.Component.Name), Line: id.Line}
		f.Components = e.components(id.Component)
		list = append(list, f)
	}
	return list
}
