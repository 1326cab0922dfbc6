package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Facts are what the upgrades of one kind of package do, whatever a release
// changes: a line each.
type Facts struct {
	Kind  string // of the package: "unlocked"
	Lines []string
}

// Title is "Facts of an unlocked upgrade, whatever the release changes".
func (f Facts) Title() string {
	return "Facts of an " + f.Kind + " upgrade, whatever the release changes"
}

// fact is one of a kind, with the scenarios and components that it was met with.
type fact struct {
	finding.Fact
	where []*result.Scenario
}

// KindFacts gathers the facts of all scenarios: those with the same text are
// one line, with all components they concern.
func KindFacts(r *result.Result) []Facts {
	var facts []*fact
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for _, f := range sc.Facts {
			at := slices.IndexFunc(facts, func(have *fact) bool { return have.Kind == f.Kind && have.Text == f.Text })
			if at < 0 {
				at = len(facts)
				f.Components = slices.Clone(f.Components)
				facts = append(facts, &fact{Fact: f})
			} else {
				facts[at].add(f.Components)
			}
			facts[at].where = append(facts[at].where, sc)
		}
	}
	var kinds []Facts
	for _, f := range facts {
		at := slices.IndexFunc(kinds, func(k Facts) bool { return k.Kind == f.Kind })
		if at < 0 {
			at = len(kinds)
			kinds = append(kinds, Facts{Kind: f.Kind})
		}
		kinds[at].Lines = append(kinds[at].Lines, FactLine(f.Fact)+" ("+whereFew(r, f.where)+")")
	}
	return kinds
}

func (f *fact) add(components []finding.Component) {
	for _, c := range components {
		if !slices.Contains(f.Components, c) {
			f.Components = append(f.Components, c)
		}
	}
}

// FactLine says a fact and what of the org it concerns: by name where that is
// little, else counted by kind with what of them it is about.
func FactLine(f finding.Fact) string {
	const most = 3
	var parts []string
	if len(f.Components) <= most {
		for _, c := range f.Components {
			parts = append(parts, c.String()+inBrackets(c.Note))
		}
	} else {
		parts = byKind(f.Components)
	}
	return "It " + f.Text + ": " + strings.Join(parts, ", ")
}

// byKind is "5 CustomField (inlineHelpText, label)", "2 Layout (buttons)".
func byKind(components []finding.Component) []string {
	var kinds []string
	names, notes := map[string]map[string]bool{}, map[string][]string{}
	for _, c := range components {
		if names[c.Kind] == nil {
			kinds = append(kinds, c.Kind)
			names[c.Kind] = map[string]bool{}
		}
		names[c.Kind][c.String()] = true
		notes[c.Kind] = append(notes[c.Kind], strings.Split(c.Note, ", ")...)
	}
	for i, kind := range kinds {
		slices.Sort(notes[kind])
		kinds[i] = fmt.Sprintf("%d %s", len(names[kind]), kind) + inBrackets(strings.Join(slices.Compact(notes[kind]), ", "))
	}
	return kinds
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// whereFew names the orgs of scenarios where all of the run go one way, else as
// WhereShort does.
func whereFew(r *result.Result, scenarios []*result.Scenario) string {
	const most = 5
	var orgs []string
	for _, sc := range scenarios {
		orgs = append(orgs, sc.Org)
	}
	oneWay := !slices.ContainsFunc(r.Scenarios, func(sc result.Scenario) bool { return columnOf(&sc).Title() != columnOf(&r.Scenarios[0]).Title() })
	if oneWay && len(orgs) <= most {
		return "in " + strings.Join(orgs, ", ")
	}
	return whereShort(r, scenarios)
}
