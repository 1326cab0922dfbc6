package lint

import (
	"io"

	"github.com/rehearsal-dev/rehearsal/harness/sarif"
)

// levels are the SARIF words for the effects.
var levels = map[Effect]string{Refused: "error", Breaks: "error", Risk: "warning", Unreached: "note"}

// WriteSARIF writes a report as a SARIF 2.1.0 log, as code hosts read it. Files
// that the new version no longer has get no location.
func (r *Report) WriteSARIF(w io.Writer, toolVersion string) error {
	run := sarif.Run{Tool: sarif.Tool{Driver: sarif.By(toolVersion)}}
	index := map[Code]int{}
	for i, rule := range Rules {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarif.Rule{ID: string(rule.Code), ShortDescription: sarif.Text{Text: rule.Why},
			Help: sarif.Text{Text: rule.Recipe + ". Source: " + rule.Source()}})
	}
	for _, p := range r.Problems {
		result := sarif.Result{RuleID: string(p.Code), RuleIndex: index[p.Code], Level: levels[p.Effect],
			Message: sarif.Text{Text: p.Message + ". " + p.Why + ". Instead: " + p.Recipe}}
		if p.Span.File != "" && !p.InRemoved {
			at := sarif.Physical{Artifact: sarif.File(p.Span.File)}
			if p.Span.Line > 0 {
				at.Region = &sarif.Region{StartLine: p.Span.Line, StartColumn: p.Span.Column, EndLine: p.Span.EndLine, EndColumn: p.Span.EndColumn}
			}
			result.Locations = []sarif.Location{{Physical: at}}
		}
		run.Results = append(run.Results, result)
	}
	return sarif.Write(w, run)
}
