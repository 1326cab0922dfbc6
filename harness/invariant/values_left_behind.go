package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// valuesStillRead finds what subscribers had entered into fields and objects
// that the new version does not have. Most upgrades keep such components in
// the org as deprecated (upgrade-rules.md, section 6), so that nothing is
// deleted; yet the package no longer reads them, and what took their place
// starts from its default.
func valuesStillRead(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for i := range e.OldRows.Objects {
		if o := &e.OldRows.Objects[i]; len(o.Rows) > 0 {
			list = append(list, e.unreadObject(o))
		}
	}
	written := e.writtenByPackage()
	for i := range e.OldRows.Fields {
		if f := e.unreadField(&e.OldRows.Fields[i], written); f != nil {
			list = append(list, *f)
		}
	}
	return append(append(list, outdated(e)...), readBlank(e)...)
}

// unreadObject tells of records of an object that the new version does not have.
func (e *Evidence) unreadObject(o *probe.RemovedObject) finding.Finding {
	rows := rowsNamed(o.Object.Name, o.Rows)
	f := e.unread("CustomObject", o.Component.Name, fmt.Sprintf("The new version no longer reads %s, which holds records", rows.Object),
		"The new version no longer reads {n} objects that hold records")
	f.Message = fmt.Sprintf("%s of the subscriber in %s: the object is not part of %s, and no step of the upgrade moved them", counted(rows.Count, "record"), rows.Object, e.To.Version)
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, rows.Object)
	return f
}

// unreadField tells of values of a field that the new version does not have;
// nil where no step of the package left any behind.
func (e *Evidence) unreadField(removed *probe.RemovedField, written *written) *finding.Finding {
	field := removed.Field
	rows, values, now := finding.Rows{Object: field.Object.Name}, newTally(), newTally()
	for _, r := range removed.Rows {
		// A switch that nobody touched counts too where another takes its place:
		// rows that exist have that one off, whatever its default.
		switchedOn := removed.Heir != nil && field.Type == schema.Boolean && r.Was.Bool()
		if isDefault(field, r.Was) && !switchedOn || written.holds(r.ID, r.Was) {
			continue
		}
		if removed.Heir != nil {
			if r.Gone || value.Identical(r.Heir, r.Was) {
				continue
			}
			now.add(r.Heir)
		}
		values.add(r.Was)
		rows.AddRow(finding.Row{ID: r.ID, Name: r.Name, Note: field.Name + ": " + clip(r.Was.String())})
	}
	if rows.Count == 0 {
		return nil
	}
	f := e.unread("CustomField", removed.Component.Name, fmt.Sprintf("The new version no longer reads %s.%s, which holds values", rows.Object, field.Name),
		"The new version no longer reads {n} fields that hold values")
	f.Message = counted(rows.Count, "row") + " held a value before"
	if field.Type != schema.Reference {
		f.Message += ": " + values.String()
	}
	f.Message += ". No step of the upgrade copied what was there."
	if removed.Heir != nil {
		f.Message += fmt.Sprintf(" %s, new in %s, looks like the successor: it holds %s in these rows.", removed.Heir.Name, e.To.Version, now)
	}
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, rows.Object+"."+field.Name)
	return &f
}

// blameEntered names the mess that entered the values of a field or the
// records of an object.
func (e *Evidence) blameEntered(f *finding.Finding, name string) {
	for _, m := range e.Mess {
		if slices.Contains(m.Fields, name) {
			f.Mess = append(f.Mess, trimmed(m))
		}
	}
}

// unread is a finding about one component that the new version does not have.
func (e *Evidence) unread(kind, name, title, several string) finding.Finding {
	f := finding.New(finding.ValuesLeft, title)
	f.Several = several
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: kind + " " + prefixed(e.From.Namespace, name), Detail: "removed in " + e.To.Version.String()}
	f.Components = []finding.Component{{Kind: kind, Name: name, Namespace: e.From.Namespace}}
	return f
}

// isDefault reports whether a field holds what nobody entered.
func isDefault(f *schema.Field, v value.Value) bool {
	switch {
	case v.IsNull() || v.Kind() == value.Text && v.Text() == "":
		return true
	case f.Type == schema.Boolean:
		return v.Bool() == strings.EqualFold(f.DefaultValue, "true")
	default:
		return strings.Trim(f.DefaultValue, `"'`) == v.String()
	}
}

// written is what steps of the package wrote: by row, and, for values that are
// telling, anywhere.
type written struct {
	rows   map[string]map[string]bool // values by id
	values map[string]bool
}

// writtenByPackage gathers what scripts and their jobs wrote.
func (e *Evidence) writtenByPackage() *written {
	w := &written{rows: map[string]map[string]bool{}, values: map[string]bool{}}
	for _, o := range e.Diff.Objects {
		for _, row := range o.Rows {
			if row.After == nil || !e.byPackage(row.Causes) {
				continue
			}
			own := map[string]bool{}
			for _, f := range row.Fields {
				own[f.After.String()] = true
			}
			if row.Before == nil {
				for _, f := range o.Object.Fields {
					if f.IsStored() {
						w.values[row.After.Get(f).String()] = true
					}
				}
			}
			w.rows[row.ID] = own
		}
	}
	return w
}

// holds reports whether a step of the package copied a value: into the same
// row, or, when it is more than a yes or no, into a new one.
func (w *written) holds(id string, v value.Value) bool {
	text := v.String()
	return w.rows[id][text] || v.Kind() != value.Bool && len(text) > 3 && w.values[text]
}
