package invariant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// valuesStillRead finds what subscribers had entered into fields and objects
// that the new version does not have. Most upgrades keep such components in
// the org as deprecated (upgrade-rules.md, section 6), so that nothing is
// deleted; yet the package no longer reads them, and what took their place
// starts from its default.
func valuesStillRead(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	var list []finding.Finding
	written := e.writtenByPackage()
	for _, c := range metadata.Compare(e.From, e.To) {
		if c.After != nil {
			continue
		}
		var found *finding.Finding
		var err error
		switch c.Kind {
		case metadata.CustomObject:
			found, err = e.leftObject(ctx, c.Before)
		case metadata.CustomField:
			if e.To.Find(metadata.CustomObject, c.Before.Parent()) == nil && e.From.Find(metadata.CustomObject, c.Before.Parent()) != nil {
				continue // told with its object
			}
			found, err = e.leftField(ctx, c.Before, written)
		}
		if err != nil {
			return nil, fmt.Errorf("look at what %s %s held: %w", c.Kind, c.Name, err)
		}
		if found != nil {
			list = append(list, *found)
		}
	}
	return list, nil
}

// leftObject finds records of an object that the new version does not have.
func (e *Evidence) leftObject(ctx context.Context, c *metadata.Component) (*finding.Finding, error) {
	o := e.Before.Schema().ObjectIn(e.From.Namespace, c.Name)
	if o == nil || !o.Kind.Stored() || e.After.Schema().Object(o.Name) == nil && o.Kind != schema.CustomMetadata {
		return nil, nil // data-kept tells of what is gone
	}
	rows := finding.Rows{Object: o.Name}
	err := e.ownRows(ctx, e.Before, o, func(r *schema.Record) {
		rows.AddRow(finding.Row{ID: r.ID(), Name: rowName(r)})
	})
	if err != nil || rows.Count == 0 {
		return nil, err
	}
	f := e.left("CustomObject", c.Name, fmt.Sprintf("The new version no longer reads %s, which holds records", o.Name),
		"The new version no longer reads {n} objects that hold records")
	f.Message = fmt.Sprintf("%s of the subscriber in %s: the object is not part of %s, and no step of the upgrade moved them", counted(rows.Count, "record"), o.Name, e.To.Version)
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, o.Name)
	return &f, nil
}

// leftField finds values of a field that the new version does not have.
func (e *Evidence) leftField(ctx context.Context, c *metadata.Component, written *written) (*finding.Finding, error) {
	o := e.Before.Schema().ObjectIn(e.From.Namespace, c.Parent())
	if o == nil || !o.Kind.Stored() {
		return nil, nil
	}
	field := o.FieldIn(e.From.Namespace, c.BaseName())
	if field == nil || !field.IsStored() || field.Calculated || field.AutoNumber ||
		e.After.Components().Find(metadata.CustomField, e.From.Namespace, c.Name) == nil {
		return nil, nil
	}
	heir := e.heirOf(field)
	var held []*schema.Record
	err := e.ownRows(ctx, e.Before, o, func(r *schema.Record) {
		v := r.Get(field)
		// A switch that nobody touched counts too where another takes its place:
		// rows that exist have that one off, whatever its default.
		switchedOn := heir != nil && field.Type == schema.Boolean && v.Bool()
		if (!isDefault(field, v) || switchedOn) && !written.holds(r.ID(), v) {
			held = append(held, r)
		}
	})
	if err != nil || len(held) == 0 {
		return nil, err
	}
	var now *tally
	if heir != nil {
		if held, now, err = e.differFromHeir(ctx, held, field, heir); err != nil || len(held) == 0 {
			return nil, err
		}
	}
	f := e.left("CustomField", c.Name, fmt.Sprintf("The new version no longer reads %s.%s, which holds values", o.Name, field.Name),
		"The new version no longer reads {n} fields that hold values")
	rows, values := finding.Rows{Object: o.Name}, newTally()
	for _, r := range held {
		values.add(r.Get(field))
		rows.AddRow(finding.Row{ID: r.ID(), Name: rowName(r), Note: field.Name + ": " + clip(r.Get(field).String())})
	}
	f.Message = counted(rows.Count, "row") + " held a value before"
	if field.Type != schema.Reference {
		f.Message += ": " + values.String()
	}
	f.Message += ". No step of the upgrade copied what was there."
	if heir != nil {
		f.Message += fmt.Sprintf(" %s, new in %s, looks like the successor: it holds %s in these rows.", heir.Name, e.To.Version, now)
	}
	f.Rows = []finding.Rows{rows}
	e.blameEntered(&f, o.Name+"."+field.Name)
	return &f, nil
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

// differFromHeir leaves out the rows in which the field that took the place of
// another holds the same, and tells what it holds in the rest.
func (e *Evidence) differFromHeir(ctx context.Context, held []*schema.Record, field, heir *schema.Field) ([]*schema.Record, *tally, error) {
	ids := make([]string, len(held))
	for i, r := range held {
		ids[i] = r.ID()
	}
	recs, err := e.After.Store().Load(ctx, heir.Object, ids)
	if err != nil {
		return nil, nil, err
	}
	now := newTally()
	var rest []*schema.Record
	for i, r := range recs {
		if r == nil || value.Identical(r.Get(heir), held[i].Get(field)) {
			continue
		}
		now.add(r.Get(heir))
		rest = append(rest, held[i])
	}
	return rest, now, nil
}

// left is a finding about one component that the new version does not have.
func (e *Evidence) left(kind, name, title, several string) finding.Finding {
	f := finding.New(finding.ValuesLeft, title)
	f.Several = several
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: kind + " " + prefixed(e.From.Namespace, name), Detail: "removed in " + e.To.Version.String()}
	f.Components = []finding.Component{{Kind: kind, Name: name, Namespace: e.From.Namespace}}
	return f
}

// ownRows visits the records of an object that are the subscriber's: all of
// an object's, the ones without a package of custom metadata.
func (e *Evidence) ownRows(ctx context.Context, o *org.Org, obj *schema.Object, visit func(*schema.Record)) error {
	packaged := map[string]bool{}
	if obj.Kind == schema.CustomMetadata {
		for _, entry := range o.Components().OfKind(metadata.CustomMetadata) {
			if entry.Package != "" && len(entry.Edited) == 0 {
				_, name, _ := strings.Cut(entry.Component.Name, ".")
				packaged[strings.ToLower(name)] = true
			}
		}
	}
	developer := obj.Field("DeveloperName")
	return o.Store().Scan(ctx, obj, func(r *schema.Record) error {
		if deleted(r) || developer != nil && packaged[strings.ToLower(r.Get(developer).Text())] {
			return nil
		}
		visit(r.Clone(false))
		return nil
	})
}

func rowName(r *schema.Record) string {
	if r.Object.NameField == nil || r.Get(r.Object.NameField).IsNull() {
		return ""
	}
	return r.Get(r.Object.NameField).String()
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

// heirOf guesses which new field of the same object takes the place of one
// that is gone: of the same sort, with words of its name in common.
func (e *Evidence) heirOf(f *schema.Field) *schema.Field {
	o := e.After.Schema().Object(f.Object.Name)
	if o == nil {
		return nil
	}
	var best *schema.Field
	most := 0
	for _, next := range o.Fields {
		name := f.Object.Name + "." + next.Name
		added := e.To.Find(metadata.CustomField, metadata.StripNamespace(name, e.To.Namespace)) != nil &&
			f.Object.Field(next.Name) == nil && next.Namespace == f.Namespace
		if !added || !next.IsStored() || !sameSort(f, next) {
			continue
		}
		if n := wordsInCommon(f.Name, next.Name, f.Namespace); n > most {
			best, most = next, n
		}
	}
	return best
}

func sameSort(a, b *schema.Field) bool {
	return a.Type == b.Type && slices.Equal(a.ReferenceTo, b.ReferenceTo) ||
		a.Type.IsText() && b.Type.IsText() || a.Type.IsNumber() && b.Type.IsNumber()
}

// wordsInCommon counts words of two API names of which one begins with the
// other: ApplyDataMaskRules__c and IsDataMaskingEnabled__c have two.
func wordsInCommon(a, b, ns string) int {
	n := 0
	others := nameWords(metadata.StripNamespace(b, ns))
	for _, word := range nameWords(metadata.StripNamespace(a, ns)) {
		if slices.ContainsFunc(others, func(o string) bool { return strings.HasPrefix(o, word) || strings.HasPrefix(word, o) }) {
			n++
		}
	}
	return n
}

// nameWords are the words of an API name in lower case, those of at least four
// letters: shorter ones say nothing.
func nameWords(name string) []string {
	var words []string
	start := 0
	name = strings.TrimSuffix(name, "__c")
	flush := func(end int) {
		if end-start >= 4 {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_':
			flush(i)
			start = i + 1
		case c >= 'A' && c <= 'Z' && i > start && (name[i-1] < 'A' || name[i-1] > 'Z'):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}

// tally counts values, in the order in which they were first met.
type tally struct {
	order []string
	count map[string]int
}

func newTally() *tally { return &tally{count: map[string]int{}} }

func (t *tally) add(v value.Value) {
	text := "nothing"
	if !v.IsNull() {
		text = clip(v.String())
	}
	if t.count[text] == 0 {
		t.order = append(t.order, text)
	}
	t.count[text]++
}

// String is "true 3 times, false once", the first few values.
func (t *tally) String() string {
	if len(t.order) == 1 {
		return t.order[0]
	}
	var parts []string
	for i, text := range t.order {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%s in %d", text, t.count[text]))
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
