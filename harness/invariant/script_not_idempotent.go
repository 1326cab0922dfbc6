package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// scriptIdempotent finds what a further run of the last script changes. Where
// users worked since it ran, the second run may mend what they did, so the third
// is looked at: that one must find nothing to do.
func scriptIdempotent(e *Evidence) []finding.Finding {
	if e.RanAgain == nil {
		return nil
	}
	var list []finding.Finding
	for i := range e.RanAgain.Runs {
		if list = e.changedBy(&e.RanAgain.Runs[i]); len(list) == 0 {
			break
		}
	}
	return list
}

// changedBy tells what one further run changed.
func (e *Evidence) changedBy(run *probe.Rerun) []finding.Finding {
	class, ns := e.RanAgain.Class, e.RanAgain.Namespace
	if run.Failed != "" {
		f := finding.New(finding.ScriptNotIdempotent, fmt.Sprintf("A second run of %s fails", class))
		f.Message = run.Failed
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(ns, class)}
		return []finding.Finding{f}
	}
	var list []finding.Finding
	for i := range run.Objects {
		if rest := e.changedAgain(&run.Objects[i]); len(rest.Rows) > 0 {
			list = append(list, secondRun(class, ns, rest))
		}
	}
	return list
}

func secondRun(class, ns string, o *diff.Object) finding.Finding {
	f := finding.New(finding.ScriptNotIdempotent, fmt.Sprintf("A second run of %s changes records of %s again", class, o.Object.Name))
	f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(ns, class)}
	rows := finding.Rows{Object: o.Object.Name}
	for _, row := range o.Rows {
		note := string(row.Kind)
		if row.Kind == diff.Updated {
			note = changeNote(row.Fields)
		}
		rows.AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: note})
	}
	f.Rows = []finding.Rows{rows}
	if len(o.Rows[0].Causes) > 0 {
		f.Cause = causeOfWrites(o.Rows[0].Causes)
	}
	f.Several = fmt.Sprintf("A second run of %s changes records of {n} objects again", class)
	return f
}
