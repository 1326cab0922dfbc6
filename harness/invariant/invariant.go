// Package invariant judges an upgrade: what must hold after it, built in and
// from the suite.
//
// The machine: Evidence is what a rehearsal recorded and what its experiments
// gave (package probe), with what the suite says about it. A registry
// (registry.go) lists the invariants in order; each reads the evidence and
// returns findings, a file an invariant, named after its code. Findings are then
// blamed (blame.go): on the mess whose rows, fields or components they concern,
// on components of the org, on rules of the platform; those that repeat are
// gathered into one with a count. What every upgrade of the kind does is no
// finding but a fact (facts_of_the_kind.go).
//
// Nothing here has an org: what must be tried out was tried by a probe, and the
// names of rows come with the evidence. Invariants run one after another in the
// goroutine of the scenario, and what they say depends on the evidence alone.
package invariant

import (
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// Evidence is what is judged: what the experiments gave, and what the suite says
// about it.
type Evidence struct {
	*probe.Evidence
	Rules   []Rule   // of the suite; their answers stand at the same places in Answers
	Changes []Change // expected, of the suite
	Strict  bool     // changes that are not expected are findings
	// Allow says that the suite accepts a finding, and by which of its entries;
	// nil: it accepts none.
	Allow func(*finding.Finding) (entry int, ok bool)

	entered map[string]bool // rows that users inserted since the fork
	wrote   map[string]bool // rows that a step of the package wrote
	// refusing are rules, by kind and name, that refuse rows since the upgrade put
	// them back as they were delivered.
	refusing map[string]bool
}

// Outcome is what one invariant said.
type Outcome struct {
	Name     string
	Findings []finding.Finding
	Allowed  []Allowed      // findings that the suite accepts
	Facts    []finding.Fact // of the kind of upgrade, whatever the release changes
	Skipped  string         // why it could not be asked
	Mended   string         // what did not hold before the upgrade and does now, with counts
}

// Allowed are findings that the suite accepts by one entry.
type Allowed struct {
	Finding finding.Finding
	Entry   int
}

// Judge asks every invariant.
func Judge(e *Evidence) []Outcome {
	var outcomes []Outcome
	for _, inv := range Registry {
		out := Outcome{Name: inv.Name}
		switch {
		case inv.NeedsCommit && e.Undone():
			out.Skipped = "the upgrade was undone"
		case e.LeftOut(inv.needs) != "":
			out.Skipped = e.LeftOut(inv.needs)
		case inv.notAsked != nil && inv.notAsked(e) != "":
			out.Skipped = inv.notAsked(e)
		default:
			out.Findings = inv.judge(e)
		}
		outcomes = append(outcomes, out)
	}
	e.factsOfTheKind(outcomes)
	outcomes = append(outcomes, e.askSuite()...)
	for i := range outcomes {
		for j := range outcomes[i].Findings {
			f := &outcomes[i].Findings[j]
			f.Check = outcomes[i].Name
			e.blame(f)
		}
		outcomes[i].accept(e.Allow)
		outcomes[i].Findings = finding.Gather(outcomes[i].Findings)
	}
	return outcomes
}

// accept takes the findings that the suite allows out of an outcome, those of one
// entry together.
func (o *Outcome) accept(allow func(*finding.Finding) (int, bool)) {
	if allow == nil {
		return
	}
	var rest []finding.Finding
	var entries []int
	accepted := map[int][]finding.Finding{}
	for i := range o.Findings {
		entry, ok := allow(&o.Findings[i])
		if !ok {
			rest = append(rest, o.Findings[i])
			continue
		}
		if accepted[entry] == nil {
			entries = append(entries, entry)
		}
		accepted[entry] = append(accepted[entry], o.Findings[i])
	}
	o.Findings = rest
	for _, entry := range entries {
		for _, f := range finding.Gather(accepted[entry]) {
			o.Allowed = append(o.Allowed, Allowed{f, entry})
		}
	}
}
