package result

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Group is one finding and all scenarios in which it was met.
type Group struct {
	Code      finding.Code     `json:"code"`
	Severity  finding.Severity `json:"severity"`
	Title     string           `json:"title"` // of the first scenario
	Cause     string           `json:"cause"`
	Mess      []string         `json:"mess"` // numbers of the catalogue
	Count     int              `json:"count"`
	Scenarios []string         `json:"scenarios"` // ids, in plan order
}

// GroupKey is the same for findings that are told as one over scenarios: same
// code, cause and mess. Counts in titles may differ.
func GroupKey(f *finding.Finding) string {
	title := withoutNumbers(f.Title)
	if f.Code == finding.ExpectationFails {
		title = f.Title[:strings.IndexByte(f.Title+":", ':')]
	}
	parts := []string{string(f.Code), string(f.Severity), title, f.Cause.String()}
	return strings.Join(append(parts, messNumbers(f)...), "\x00")
}

// withoutNumbers is a text in which each digit is a #.
func withoutNumbers(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '#'
		}
		return r
	}, text)
}

func messNumbers(f *finding.Finding) []string {
	var numbers []string
	for _, m := range f.Mess {
		if !slices.Contains(numbers, m.Number) {
			numbers = append(numbers, m.Number)
		}
	}
	return numbers
}

// Gatherer tells which findings of many scenarios are the same one. Within a way
// (the versions that a scenario goes through) that is by GroupKey. Over ways the
// cause need not be at the same line, since the source has moved on: then a
// finding is that of an earlier way which has the same key but for the lines, and
// which its own way has not met yet.
type Gatherer struct {
	exact map[string]int
	loose map[string][]int
	met   []map[string]bool // by group: the ways in which it was met
}

// Place gives the index of the finding's group, in the order in which groups were
// first met, and whether it is a new one.
func (g *Gatherer) Place(sc *Scenario, f *finding.Finding) (at int, fresh bool) {
	if g.exact == nil {
		g.exact, g.loose = map[string]int{}, map[string][]int{}
	}
	way := sc.Package + "\x00" + strings.Join(sc.Path, "\x00")
	key := GroupKey(f)
	at, known := g.exact[key]
	if !known {
		moved := *f
		moved.Cause.Line = 0
		moved.Cause.Detail = withoutNumbers(moved.Cause.Detail)
		lineless := GroupKey(&moved)
		at, known = len(g.met), false
		for _, other := range g.loose[lineless] {
			if !g.met[other][way] {
				at, known = other, true
				break
			}
		}
		g.exact[key] = at
		if !known {
			g.loose[lineless] = append(g.loose[lineless], at)
			g.met = append(g.met, map[string]bool{})
		}
	}
	g.met[at][way] = true
	return at, !known
}

// grouped gathers the findings of all scenarios.
func grouped(scenarios []Scenario) []Group {
	var groups []Group
	var gatherer Gatherer
	for i := range scenarios {
		sc := &scenarios[i]
		for j := range sc.Findings {
			f := &sc.Findings[j]
			k, fresh := gatherer.Place(sc, f)
			if fresh {
				groups = append(groups, Group{Code: f.Code, Severity: f.Severity, Title: f.Title, Cause: f.Cause.String(), Mess: messNumbers(f)})
			}
			groups[k].Count++
			if ids := groups[k].Scenarios; len(ids) == 0 || ids[len(ids)-1] != sc.ID {
				groups[k].Scenarios = append(ids, sc.ID)
			}
		}
	}
	return groups
}
