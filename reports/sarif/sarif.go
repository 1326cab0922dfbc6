// Package sarif writes a Result as a SARIF 2.1.0 log, as code hosts read it: a
// result for each finding, told once over all orgs and ways.
//
// A rehearsal knows classes and lines of the package, and not the files of the
// repository that shows the log. The place is therefore the suite file, or
// sfdx-project.json where the suite was made of flags; class, method and line
// stand in the message and as a logical location.
package sarif

import (
	"cmp"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/sarif"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// levels are the SARIF words for severities.
var levels = map[finding.Severity]string{finding.Blocker: "error", finding.Major: "warning", finding.Minor: "note"}

// Write writes the log.
func Write(w io.Writer, r *result.Result) error {
	r = plain.Of(r)
	run := sarif.Run{Tool: sarif.Tool{Driver: sarif.By(r.Tool.Version)}}
	index := map[finding.Code]int{}
	for i, e := range finding.Codes {
		index[e.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarif.Rule{ID: string(e.Code),
			ShortDescription: sarif.Text{Text: e.Means}, Help: sarif.Text{Text: e.Means}})
	}
	place := sarif.Physical{Artifact: sarif.File(cmp.Or(r.Suite.File, "sfdx-project.json")), Region: &sarif.Region{StartLine: 1}}
	for _, g := range append(view.Groups(r), view.Notes(r)...) {
		at := sarif.Location{Physical: place}
		if name := strings.Trim(g.Cause.Class+"."+g.Cause.Method, "."); name != "" {
			at.Logical = []sarif.Logical{{Name: name, Kind: "function"}}
		}
		for _, c := range g.Components {
			if len(at.Logical) == finding.SampleSize {
				break
			}
			at.Logical = append(at.Logical, sarif.Logical{Name: c.String()})
		}
		run.Results = append(run.Results, sarif.Result{RuleID: string(g.Code), RuleIndex: index[g.Code], Level: levels[g.Severity],
			Message: sarif.Text{Text: message(r, g)}, Locations: []sarif.Location{at},
			Fingerprints: map[string]string{"rehearse/v1": g.Fingerprint}})
	}
	return sarif.Write(w, run)
}

// message is a finding in a few sentences.
func message(r *result.Result, g view.Group) string {
	parts := []string{g.Title + "."}
	if g.Message != "" {
		parts = append(parts, "It says: "+g.Message)
	}
	parts = append(parts, "Where: "+g.WhereShort(r)+".", "Cause: "+g.Cause.String()+".")
	if g.Advice != "" {
		parts = append(parts, "To do: "+g.Advice+".")
	}
	if g.Reproduce != "" {
		parts = append(parts, "Again: "+g.Reproduce)
	}
	return strings.Join(parts, "\n")
}
