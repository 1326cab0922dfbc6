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
	title := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '#'
		}
		return r
	}, f.Title)
	if f.Code == finding.ExpectationFails {
		title = f.Title[:strings.IndexByte(f.Title+":", ':')]
	}
	parts := []string{string(f.Code), string(f.Severity), title, f.Cause.String()}
	return strings.Join(append(parts, messNumbers(f)...), "\x00")
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

// grouped gathers the findings of all scenarios.
func grouped(scenarios []Scenario) []Group {
	var groups []Group
	at := map[string]int{}
	for i := range scenarios {
		sc := &scenarios[i]
		for j := range sc.Findings {
			f := &sc.Findings[j]
			key := GroupKey(f)
			k, ok := at[key]
			if !ok {
				k = len(groups)
				at[key] = k
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
