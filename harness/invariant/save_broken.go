package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// stillSaveable finds rows that could be saved before the upgrade and can not be
// saved after it: rows of the org, and such as its users could enter.
func stillSaveable(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, saved := range e.SavedAgain {
		for _, r := range saved.Refused {
			f, first := groups.at(saved.Object.Name + r.Error.StatusCode + r.Error.Source.String())
			if first {
				*f = finding.New(finding.SaveBroken, fmt.Sprintf("Records of %s that could be saved before can not be saved now", saved.Object.Name))
				f.Message = r.Error.Text()
				f.Cause = finding.Cause{Kind: finding.ByComponent}
				if r.Error.Source.Acts() {
					f.Cause.Component = r.Error.Source.String()
				}
				f.Several = "Records of {n} objects that could be saved before can not be saved now"
				f.Rows = []finding.Rows{{Object: saved.Object.Name}}
			}
			addFailed(f, []dml.FailedRow{{ID: r.ID, RowError: r.Error}})
			f.Rows[0].AddRow(finding.Row{ID: r.ID, Name: r.Name})
		}
	}
	return append(groups.list(), edgeRowsSaveable(e)...)
}
