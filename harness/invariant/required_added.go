package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// makersGoOn finds fields that whoever makes a record must set now: publishers
// of a platform event, whoever they are, and code and flows of the package that
// make records without.
func makersGoOn(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.Static.Required {
		if r := &e.Static.Required[i]; r.Event || len(r.Makers) > 0 {
			list = append(list, e.requiredAdded(r))
		}
	}
	return list
}

func (e *Evidence) requiredAdded(r *probe.Required) finding.Finding {
	object := prefixed(e.To.Namespace, r.Field.Parent())
	field := prefixed(e.To.Namespace, r.Field.BaseName())
	f := finding.New(finding.RequiredAdded, fmt.Sprintf("Whoever makes %s must set %s now, which is required and has no default", object, field))
	f.Several = "Whoever makes records must set {n} fields now, which are required and have no default"
	how := "is required now"
	if r.New {
		how = "is new and required"
	}
	f.Message = fmt.Sprintf("%s.%s %s. ", object, field, how)
	verb := "Saving a record"
	if r.Event {
		verb = "Publishing an event"
		f.Message += "Integrations, flows and Apex of subscribers that publish the event do not set it. "
	}
	f.Message += verb + " without it fails with REQUIRED_FIELD_MISSING (\"You must enter a value\")."
	if len(r.Makers) > 0 {
		var places []string
		for _, m := range r.Makers {
			places = append(places, fmt.Sprintf("%s %s, line %d", m.Component.Kind, m.Component.Name, m.Line))
			f.Components = append(f.Components, e.components(m.Component)...)
		}
		f.Message += " The package itself does not set it in " + strings.Join(places, "; ") + "."
	}
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + object + "." + field, Detail: "required without a default"}
	f.Components = append(e.components(r.Field), f.Components...)
	return f
}
