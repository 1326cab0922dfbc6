package apextest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// ClassCoverage is the coverage of one class or trigger in the shape of the
// file test-result-codecoverage.json that sf apex run test --code-coverage
// writes: for each line with statements 1 if one of them ran, else 0.
type ClassCoverage struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	TotalLines     int            `json:"totalLines"`
	Lines          map[string]int `json:"lines"`
	TotalCovered   int            `json:"totalCovered"`
	CoveredPercent int            `json:"coveredPercent"` // rounded
}

// coverageOf is the coverage of what a run tested: test classes are not
// counted, as on the platform.
func coverageOf(o *org.Org, opt Options) []ClassCoverage {
	var out []ClassCoverage
	about := func(c *org.ClassCoverage) bool {
		return !c.Test && c.Namespace == opt.Namespace && (opt.Package == nil || opt.Package.Find(kindOf(c.Trigger), c.Name) != nil)
	}
	for _, c := range o.Ran().Coverage(o, about) {
		cc := ClassCoverage{ID: o.MirrorID(org.Key{Kind: kindOf(c.Trigger), Namespace: c.Namespace, Name: c.Name}), Name: c.Name,
			Lines: map[string]int{}}
		for line, ran := range c.Lines() {
			covered := 0
			if ran {
				covered = 1
			}
			cc.Lines[strconv.Itoa(line)] = covered
			cc.TotalLines, cc.TotalCovered = cc.TotalLines+1, cc.TotalCovered+covered
		}
		cc.CoveredPercent = percent(cc.TotalCovered, cc.TotalLines)
		out = append(out, cc)
	}
	return out
}

func kindOf(trigger bool) metadata.Kind {
	if trigger {
		return metadata.ApexTrigger
	}
	return metadata.ApexClass
}

func percent(covered, total int) int {
	if total == 0 {
		return 0
	}
	return int(math.Round(100 * float64(covered) / float64(total)))
}

// WriteCoverage writes the coverage of all classes as a JSON array.
func (r *Report) WriteCoverage(w io.Writer) error {
	list := r.Coverage
	if list == nil {
		list = []ClassCoverage{}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

// PrintCoverage writes a line a class with its percentage, and all together.
func (r *Report) PrintCoverage(w io.Writer) {
	covered, total := 0, 0
	for _, c := range r.Coverage {
		fmt.Fprintf(w, "%4d%% %s (%d of %d lines)\n", c.CoveredPercent, c.Name, c.TotalCovered, c.TotalLines)
		covered, total = covered+c.TotalCovered, total+c.TotalLines
	}
	fmt.Fprintf(w, "%4d%% of all lines (%d of %d)\n", percent(covered, total), covered, total)
}
