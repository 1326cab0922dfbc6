package harness

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// FindingGroup is one finding and all scenarios in which it was met.
type FindingGroup struct {
	Code      finding.Code     `json:"code"`
	Severity  finding.Severity `json:"severity"`
	Title     string           `json:"title"` // of the first scenario
	Cause     string           `json:"cause"`
	Mess      []string         `json:"mess,omitempty"` // numbers of the catalogue
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

// group gathers the findings of all scenarios.
func (r *Result) group() {
	r.Findings = nil
	at := map[string]int{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for j := range sc.Findings {
			f := &sc.Findings[j]
			key := GroupKey(f)
			k, ok := at[key]
			if !ok {
				k = len(r.Findings)
				at[key] = k
				r.Findings = append(r.Findings, FindingGroup{Code: f.Code, Severity: f.Severity, Title: f.Title, Cause: f.Cause.String(), Mess: messNumbers(f)})
			}
			r.Findings[k].Count++
			if ids := r.Findings[k].Scenarios; len(ids) == 0 || ids[len(ids)-1] != sc.ID {
				r.Findings[k].Scenarios = append(ids, sc.ID)
			}
		}
	}
}
