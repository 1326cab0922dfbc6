package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// valuesDefined finds rows that hold a picklist value which the old version
// defined and the new one does not. The subscriber's field keeps the value (an
// upgrade changes no values of a field that is there: upgrade-rules.md,
// section 5), while code and reports of the new version do not know it.
func valuesDefined(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.OldRows.Picklists {
		if p := &e.OldRows.Picklists[i]; len(p.Rows) > 0 {
			list = append(list, e.undefined(p))
		}
	}
	return list
}

func (e *Evidence) undefined(p *probe.RemovedValues) finding.Finding {
	field := p.Field
	rows, held := finding.Rows{Object: field.Object.Name}, newTally()
	for _, r := range p.Rows {
		held.add(r.Was)
		rows.AddRow(finding.Row{ID: r.ID, Name: r.Name, Note: field.Name + ": " + clip(r.Was.Text())})
	}
	f := finding.New(finding.ValuesUndefined, fmt.Sprintf("Records of %s hold a value that %s no longer defines for %s", rows.Object, e.To.Version, field.Name))
	f.Several = fmt.Sprintf("Records hold values that %s no longer defines for {n} fields", e.To.Version)
	f.Message = fmt.Sprintf("%s holds %s, in %d of %s.", field.Name, held, rows.Count, counted(p.Total, "row"))
	if len(p.Added) > 0 {
		f.Message += fmt.Sprintf(" The new version defines %s.", strings.Join(p.Added, ", "))
		missing := slices.DeleteFunc(slices.Clone(p.Added), func(name string) bool { return slices.ContainsFunc(field.Picklist.Values, isValue(name)) })
		if len(missing) > 0 {
			f.Message += " The field of this org does not have " + strings.Join(missing, ", ") + ": an upgrade adds no values to a picklist that is there."
		}
	}
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + prefixed(e.To.Namespace, p.Component.Name),
		Detail: "without " + strings.Join(p.Gone, ", ") + " in " + e.To.Version.String()}
	f.Components = []finding.Component{{Kind: "CustomField", Name: p.Component.Name, Namespace: e.To.Namespace}}
	f.Rows = []finding.Rows{rows}
	return f
}

func isValue(name string) func(schema.PicklistValue) bool {
	return func(v schema.PicklistValue) bool { return strings.EqualFold(v.Name, name) }
}
