package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// gatesLetIn finds steps of the script that are for one version alone and would
// change rows of this org as well, and steps for the version that is installed,
// which run nowhere.
func gatesLetIn(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.Gates {
		if g := &e.Gates[i]; g.Own || len(g.Objects) > 0 {
			list = append(list, e.excluded(g))
		}
	}
	return list
}

func (e *Evidence) excluded(g *probe.GateRun) finding.Finding {
	class := qualified(e.To.Namespace, g.Gate.Class)
	rows, parts := 0, []string{}
	var told []finding.Rows
	for j := range g.Objects {
		o := &g.Objects[j]
		r := finding.Rows{Object: o.Object.Name}
		for _, row := range o.Rows {
			r.AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: changedNote(&row)})
		}
		rows += r.Count
		told = append(told, r)
		parts = append(parts, counted(r.Count, "row")+" of "+r.Object)
	}
	title := fmt.Sprintf("%s keep what the step for %s changes: it runs only for orgs that come from there", strings.Join(parts, ", "), short(g.Version))
	f := finding.New(finding.GateExcludes, title)
	f.Message = fmt.Sprintf("%s, line %d: %s. ", class, g.Gate.Span.Line, g.Gate.Condition)
	switch {
	case g.Own:
		f.Title = fmt.Sprintf("A step of the script is for orgs that come from %s, which is the version that is installed: it runs nowhere", short(g.Version))
		f.Message += "No org comes from the version that it is going to. "
	case !g.Exact:
		f.Severity = finding.Minor
		f.Title = fmt.Sprintf("%s would change if this org came from %s: the step is for older orgs", strings.Join(parts, ", "), short(g.Version))
	}
	if rows > 0 {
		f.Message += fmt.Sprintf("Run in this org, which comes from %s, the step changes %s.", e.Last().Report.Script.Context.PreviousVersion, strings.Join(parts, ", "))
	} else {
		f.Severity = finding.Minor
		f.Message += "In this org it would change nothing."
	}
	if g.Failed != "" {
		f.Message += " It fails with " + clip(g.Failed)
	}
	f.Cause = finding.Cause{Kind: finding.ByScript, Class: class, Line: g.Gate.Span.Line, Detail: "a comparison with the previous version"}
	f.Rows = told
	return f
}

// short is a version without a patch of zero.
func short(version string) string { return strings.TrimSuffix(version, ".0") }

func changedNote(r *diff.Row) string {
	switch r.Kind {
	case diff.Inserted:
		return "would be made"
	case diff.Deleted:
		return "would be deleted"
	default:
		return changeNote(r.Fields)
	}
}
