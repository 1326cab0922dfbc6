package harness

import (
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// coverageOf is what a result keeps of what was exercised.
func coverageOf(x *probe.Exercised) *result.Coverage {
	out := &result.Coverage{Components: []result.CoveredComponent{}, Objects: []result.ObjectRows{}}
	for _, u := range x.Components {
		out.Components = append(out.Components, result.CoveredComponent{Kind: string(u.Kind), Name: u.Name, Lines: u.Lines, Ran: u.Ran, Why: u.Why})
	}
	for _, o := range x.Objects {
		out.Objects = append(out.Objects, result.ObjectRows(o))
	}
	if s := x.Script; s != nil {
		out.Script = &result.ScriptCoverage{Class: s.Class, Lines: s.Lines, Ran: s.Ran, Wrote: s.Wrote, Gates: []result.GateTaken{}}
		for _, g := range s.Gates {
			out.Script.Gates = append(out.Script.Gates, result.GateTaken{Class: g.Class, Line: g.Span.Line, Condition: g.Condition, Version: g.OfVersion(), Reached: g.Reached, Taken: g.Taken})
		}
	}
	return out
}

// standIns names the empty packages that stood for required ones.
func standIns(e *invariant.Evidence) []string {
	names := []string{}
	for _, p := range e.After.Packages() {
		if p.StandIn {
			names = append(names, p.Name)
		}
	}
	return names
}
