package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// dataKept finds records that are gone, values that were emptied, and changes
// that no step of the package made.
func dataKept(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.Diff.Objects {
		list = append(list, e.lostRows(&e.Diff.Objects[i])...)
	}
	return append(list, e.lostFields()...)
}

// lostRows judges the records of one object.
func (e *Evidence) lostRows(o *diff.Object) []finding.Finding {
	groups := newGrouping()
	for i := range o.Rows {
		row := &o.Rows[i]
		switch {
		case row.Causes.Business():
			// Users changed what is theirs.
		case standsForComponent(o, row):
			// The component changed with the release; what is lost of it is told as that.
		case row.Kind == diff.Deleted:
			f, first := groups.at("deleted" + strings.Join(row.Causes.Texts(), "; "))
			if first {
				*f = finding.New(finding.DataLost, "Records of "+o.Object.Name+" were deleted")
				f.Several = "Records of {n} objects were deleted"
				f.Cause = causeOfWrites(row.Causes)
				f.Rows = []finding.Rows{{Object: o.Object.Name}}
			}
			f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name})
		case row.Kind == diff.Updated && !e.byPackage(row.Causes):
			f, first := groups.at("altered" + strings.Join(row.Causes.Texts(), "; "))
			if first {
				*f = finding.New(finding.DataAltered, "Records of "+o.Object.Name+" changed and no step of the package wrote them")
				f.Several = "Records of {n} objects changed and no step of the package wrote them"
				f.Cause = causeOfWrites(row.Causes)
				f.Rows = []finding.Rows{{Object: o.Object.Name}}
			}
			f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: changeNote(row.Fields)})
		}
	}
	return groups.list()
}

// standsForComponent reports whether a row is how a component shows itself in
// data, such as a folder or a template, and only the change of components wrote
// it.
func standsForComponent(o *diff.Object, row *diff.Row) bool {
	return o.Object.Kind == schema.Standard && !o.Object.Triggerable &&
		!slices.ContainsFunc(row.Causes, func(c cause.Cause) bool { return c.Kind() != cause.ByUpgrade })
}

// lostFields finds fields that are gone and held values.
func (e *Evidence) lostFields() []finding.Finding {
	var list []finding.Finding
	for _, d := range e.OldRows.Dropped {
		if d.Rows == 0 {
			continue
		}
		name := d.Component.FullName()
		f := finding.New(finding.DataLost, fmt.Sprintf("The field %s was removed together with its values", name))
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + name}
		f.Rows = []finding.Rows{{Object: d.Object.Name, Count: d.Rows}}
		f.Components = []finding.Component{{Kind: "CustomField", Name: d.Component.Key.Name, Namespace: d.Component.Key.Namespace}}
		list = append(list, f)
	}
	return list
}
