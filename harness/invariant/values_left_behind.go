package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
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
	for _, o := range e.Static.Withdrawn {
		if !slices.ContainsFunc(e.OldRows.Objects, func(r probe.RemovedObject) bool { return r.Component.Name == o.Name && len(r.Rows) > 0 }) {
			list = append(list, e.withdrawn(o))
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

// withdrawn tells of an object of configuration that the new version does not
// have, in an org in which nobody configured anything.
func (e *Evidence) withdrawn(o *metadata.Component) finding.Finding {
	f := e.unread("CustomObject", o.Name, fmt.Sprintf("The new version no longer reads %s, in which subscribers configure the package", prefixed(e.From.Namespace, o.Name)),
		"The new version no longer reads {n} objects in which subscribers configure the package")
	f.Severity = finding.Minor
	f.Message = fmt.Sprintf("%s is not part of %s. This org has no records of its own in it; where an org has, they have no effect any more.", prefixed(e.From.Namespace, o.Name), e.To.Version)
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
			if r.Gone || value.Identical(r.Heir, r.Was) || removed.Moved != nil && !isDefault(removed.Heir, r.Heir) {
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
	if removed.Moved != nil {
		return e.replacedField(removed, rows, values, now)
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

// replacedField tells of a field that is still there and whose place another one
// took: what looked at it looks at the other one now.
func (e *Evidence) replacedField(f *probe.RemovedField, rows finding.Rows, values, now *tally) *finding.Finding {
	name := rows.Object + "." + f.Field.Name
	out := e.unread("CustomField", f.Component.Name, fmt.Sprintf("%s took the place of %s, and rows hold their values there", f.Heir.Name, name),
		"New fields took the place of {n} fields that hold values")
	var over []string
	for i, c := range f.Moved.Components {
		if i == finding.SampleSize {
			over = append(over, fmt.Sprintf("%d more", len(f.Moved.Components)-i))
			break
		}
		over = append(over, string(c.Kind)+" "+c.Name)
	}
	out.Message = fmt.Sprintf("%s held a value in %s before: %s. %s went over from it to %s, new in %s, which holds %s in these rows. No step of the upgrade copied what was there.",
		counted(rows.Count, "row"), name, values, strings.Join(over, ", "), f.Heir.Name, e.To.Version, now)
	out.Cause.Detail = "replaced in " + e.To.Version.String()
	out.Rows = []finding.Rows{rows}
	e.blameEntered(&out, name)
	return &out
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
