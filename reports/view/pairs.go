package view

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Pair is one way through versions, with what came of it in all orgs.
type Pair struct {
	Column
	Scenarios, Ran int
	Millis         int64 // of all its scenarios
	MB             int64 // at the peak
	Found          map[finding.Severity]int
	Why            string // the first scenario that could not run: why not
}

// mostColumns is how many ways stand side by side; more are told a line each.
const mostColumns = 4

// Pairs are the ways of a result, a line each, where there are too many to stand
// side by side; nil where there are not.
func Pairs(r *result.Result) []Pair {
	var pairs []Pair
	at := map[string]int{}
	times := map[string]result.ScenarioTiming{}
	for _, t := range r.Timing.Scenarios {
		times[t.ID] = t
	}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		c := columnOf(sc)
		k, known := at[c.Title()]
		if !known {
			k = len(pairs)
			at[c.Title()] = k
			pairs = append(pairs, Pair{Column: c, Found: map[finding.Severity]int{}})
		}
		p := &pairs[k]
		p.Scenarios++
		if sc.Status == result.Passed || sc.Status == result.Found {
			p.Ran++
		} else if p.Why == "" {
			p.Why, _, _ = strings.Cut(sc.Error, "\n")
		}
		p.Millis += times[sc.ID].Millis
		p.MB = max(p.MB, times[sc.ID].MB)
	}
	if len(pairs) <= mostColumns {
		return nil
	}
	// The same finding in two orgs of a pair counts once.
	var gatherer result.Gatherer
	counted := map[string]bool{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for j := range sc.Findings {
			f := &sc.Findings[j]
			g, _ := gatherer.Place(sc, f)
			k := at[columnOf(sc).Title()]
			if key := fmt.Sprint(k, " ", g); !counted[key] {
				counted[key] = true
				pairs[k].Found[f.Severity]++
			}
		}
	}
	return pairs
}

// PairHeaders are the headings of what Cells gives.
var PairHeaders = []string{"upgrade", "ran", "seconds", "MB", "fails", "breaks", "notes"}

// Cells are a pair's line.
func (p Pair) Cells() []string {
	cells := []string{p.Title(), fmt.Sprintf("%d of %d", p.Ran, p.Scenarios), fmt.Sprintf("%.1f", float64(p.Millis)/1000), Thousands(p.MB)}
	for _, s := range []finding.Severity{finding.Blocker, finding.Major, finding.Minor} {
		text := "·"
		if n := p.Found[s]; n > 0 {
			text = Thousands(int64(n))
		} else if p.Ran == 0 {
			text = ""
		}
		cells = append(cells, text)
	}
	return cells
}

// Worst is the gravest severity of a pair's findings, "" without any.
func (p Pair) Worst() finding.Severity {
	for _, s := range []finding.Severity{finding.Blocker, finding.Major, finding.Minor} {
		if p.Found[s] > 0 {
			return s
		}
	}
	return ""
}
