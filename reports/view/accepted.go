package view

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Accepted is a finding that the suite accepts, and all scenarios in which it
// was met.
type Accepted struct {
	finding.Finding
	Reason string
	Where  []string
}

// AcceptedFindings gathers what the suite accepts over all scenarios, in the
// order of the plan.
func AcceptedFindings(r *result.Result) []Accepted {
	var list []Accepted
	at := map[string]int{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for _, a := range sc.Allowed {
			key := result.GroupKey(&a.Finding) + "\x00" + a.Reason
			j, ok := at[key]
			if !ok {
				j = len(list)
				at[key] = j
				list = append(list, Accepted{Finding: a.Finding, Reason: a.Reason})
			}
			if label := Label(sc); len(list[j].Where) == 0 || list[j].Where[len(list[j].Where)-1] != label {
				list[j].Where = append(list[j].Where, label)
			}
		}
	}
	return list
}

// Line is an accepted finding with its cause and the reason of the suite.
func (a Accepted) Line() string {
	line := a.Title
	if names := a.componentNames(); names != "" {
		line += " (" + names + ")"
	}
	if a.Cause.Detail != "" {
		line += "; " + a.Cause.Detail
	}
	return line + ". Accepted: " + a.Reason
}

// componentNames are the components of a gathered finding, whose title names
// none, and what is different in each.
func (a Accepted) componentNames() string {
	var names []string
	for i, c := range a.Components {
		if i == finding.SampleSize {
			names = append(names, Count(len(a.Components)-i, "more component"))
			break
		}
		switch {
		case a.Count == 0:
			names = append(names, c.Note)
		case c.Note != "":
			names = append(names, c.String()+": "+c.Note)
		default:
			names = append(names, c.String())
		}
	}
	return strings.Join(names, "; ")
}
