package invariant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// valuesDefined finds rows that hold a picklist value which the old version
// defined and the new one does not. The subscriber's field keeps the value (an
// upgrade changes no values of a field that is there: upgrade-rules.md,
// section 5), while code and reports of the new version do not know it.
func valuesDefined(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	var list []finding.Finding
	for _, was := range e.From.OfKind(metadata.CustomField) {
		is := e.To.Find(metadata.CustomField, was.Name)
		if is == nil {
			continue
		}
		old, next := picklistOf(e.From, was), picklistOf(e.To, is)
		gone, added := without(old, next), without(next, old)
		if len(next) == 0 || len(gone) == 0 {
			continue
		}
		f, err := e.undefined(ctx, is, gone, added)
		if err != nil {
			return nil, fmt.Errorf("look for rows with %s in %s: %w", strings.Join(gone, ", "), was.Name, err)
		}
		if f != nil {
			list = append(list, *f)
		}
	}
	return list, nil
}

func (e *Evidence) undefined(ctx context.Context, c *metadata.Component, gone, added []string) (*finding.Finding, error) {
	o := e.After.Schema().ObjectIn(e.To.Namespace, c.Parent())
	if o == nil || !o.Kind.Stored() {
		return nil, nil
	}
	field := o.FieldIn(e.To.Namespace, c.BaseName())
	if field == nil || field.Picklist == nil {
		return nil, nil
	}
	rows := finding.Rows{Object: o.Name}
	held := newTally()
	total := 0
	err := e.ownRows(ctx, e.After, o, func(r *schema.Record) {
		total++
		v := r.Get(field)
		if !v.IsNull() && slices.ContainsFunc(strings.Split(v.Text(), ";"), func(item string) bool { return containsFold(gone, item) }) {
			held.add(v)
			rows.AddRow(finding.Row{ID: r.ID(), Name: rowName(r), Note: field.Name + ": " + clip(v.Text())})
		}
	})
	if err != nil || rows.Count == 0 {
		return nil, err
	}
	f := finding.New(finding.ValuesUndefined, fmt.Sprintf("Records of %s hold a value that %s no longer defines for %s", o.Name, e.To.Version, field.Name))
	f.Several = fmt.Sprintf("Records hold values that %s no longer defines for {n} fields", e.To.Version)
	f.Message = fmt.Sprintf("%s holds %s, in %d of %s.", field.Name, held, rows.Count, counted(total, "row"))
	if len(added) > 0 {
		f.Message += fmt.Sprintf(" The new version defines %s.", strings.Join(added, ", "))
		if missing := slices.DeleteFunc(added, func(name string) bool { return slices.ContainsFunc(field.Picklist.Values, isValue(name)) }); len(missing) > 0 {
			f.Message += " The field of this org does not have " + strings.Join(missing, ", ") + ": an upgrade adds no values to a picklist that is there."
		}
	}
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomField " + prefixed(e.To.Namespace, c.Name), Detail: "without " + strings.Join(gone, ", ") + " in " + e.To.Version.String()}
	f.Components = []finding.Component{{Kind: "CustomField", Name: c.Name, Namespace: e.To.Namespace}}
	f.Rows = []finding.Rows{rows}
	return &f, nil
}

func isValue(name string) func(schema.PicklistValue) bool {
	return func(v schema.PicklistValue) bool { return strings.EqualFold(v.Name, name) }
}

// picklistOf lists the API names of the values that a version defines for a
// field, its own or those of a global value set of the package.
func picklistOf(pkg *metadata.Package, c *metadata.Component) []string {
	if set := c.Props.Get("valueSet/valueSetName"); set != "" {
		global := pkg.Find(metadata.GlobalValueSet, metadata.StripNamespace(set, pkg.Namespace))
		if global == nil {
			return nil
		}
		return valueNames(global.Props.All("customValue"))
	}
	def := c.Props.Find("valueSet/valueSetDefinition")
	if def == nil {
		return nil
	}
	return valueNames(def.All("value"))
}

func valueNames(values []*metadata.Node) []string {
	var names []string
	for _, v := range values {
		names = append(names, v.Get("fullName"))
	}
	return names
}

// without lists what is in a and not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return containsFold(b, name) })
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(name)) })
}
