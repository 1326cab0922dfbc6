package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// metadataComplete finds custom metadata records of the subscriber that lack
// what the new version requires. Nothing refuses them during the upgrade; the
// subscriber can not save them again, and the package reads nulls.
func metadataComplete(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.OldRows.Required {
		if r := &e.OldRows.Required[i]; len(r.Rows) > 0 {
			list = append(list, e.incomplete(r))
		}
	}
	return list
}

func (e *Evidence) incomplete(r *probe.NewlyRequired) finding.Finding {
	rows := rowsNamed(r.Field.Object.Name, r.Rows)
	f := finding.New(finding.RecordsIncomplete, fmt.Sprintf("Custom metadata of the subscriber lacks %s.%s, which %s requires", rows.Object, r.Field.Name, e.To.Version))
	f.Several = fmt.Sprintf("Custom metadata of the subscriber lacks {n} fields that %s requires", e.To.Version)
	f.Message = fmt.Sprintf("%s without a value in %s: the package reads null there, and the subscriber can not save the record without filling it in", counted(rows.Count, "record"), r.Field.Name)
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + prefixed(e.To.Namespace, r.Component.Name), Detail: "required from " + e.To.Version.String() + " on"}
	f.Components = []finding.Component{{Kind: "CustomField", Name: r.Component.Name, Namespace: e.To.Namespace}}
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, rows.Object)
	return f
}

// rowsNamed are rows that an experiment read.
func rowsNamed(object string, list []probe.RowName) finding.Rows {
	rows := finding.Rows{Object: object}
	for _, r := range list {
		rows.AddRow(finding.Row{ID: r.ID, Name: r.Name})
	}
	return rows
}
