package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/aim"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// OldRows is what rows from before the upgrade hold, of what the new version no
// longer has or newly asks for.
type OldRows struct {
	Objects   []RemovedObject
	Fields    []RemovedField
	Picklists []RemovedValues
	Required  []NewlyRequired
	Dropped   []DroppedField
}

// RowName is a row that is told of.
type RowName struct{ ID, Name string }

// RemovedObject is an object that the new version does not have, and the rows
// of the subscriber in it.
type RemovedObject struct {
	Component *metadata.Component // of the old version
	Object    *schema.Object
	Rows      []RowName
}

// RemovedField is a field that the new version does not have although the org
// keeps it, or whose place another one took, and the rows that were not empty in
// it.
type RemovedField struct {
	Component *metadata.Component // of the old version
	Field     *schema.Field
	Heir      *schema.Field // which new field seems to take its place; nil: none
	Moved     *aim.Moved    // that components went over to Heir; nil: the field itself is gone
	Rows      []HeldValue
}

// HeldValue is what a row held in a field before the upgrade.
type HeldValue struct {
	RowName
	Was  value.Value
	Gone bool        // the row itself is not there any more
	Heir value.Value // what it holds now in the field that took the place
}

// RemovedValues is a picklist of which the new version defines other values.
type RemovedValues struct {
	Component   *metadata.Component // of the new version
	Field       *schema.Field       // of the org after the upgrade
	Gone, Added []string            // API names of values
	Total       int                 // rows of the object
	Rows        []HeldValue         // those that hold a value that is gone
}

// NewlyRequired is a field of custom metadata that the new version requires and
// the old one did not, and the subscriber's records without a value in it.
type NewlyRequired struct {
	Component *metadata.Component // of the new version
	Field     *schema.Field
	Rows      []RowName
}

// DroppedField is a field that the upgrade deleted with its values, and how many
// rows its object had.
type DroppedField struct {
	Component diff.Component
	Object    *schema.Object
	Rows      int
}

// oldRows reads the rows that such components concern.
func oldRows(ctx context.Context, s *Subject, e *Evidence) error {
	for _, c := range metadata.Compare(s.From, s.To) {
		if c.After != nil {
			continue
		}
		if err := s.removed(ctx, c.Before, &e.OldRows); err != nil {
			return fmt.Errorf("what %s %s held: %w", c.Kind, c.Name, err)
		}
	}
	for i := range s.Aim.Moved() {
		if err := s.movedField(ctx, &s.Aim.Moved()[i], &e.OldRows); err != nil {
			return fmt.Errorf("what the field held that was replaced: %w", err)
		}
	}
	for _, was := range s.From.OfKind(metadata.CustomField) {
		if is := s.To.Find(metadata.CustomField, was.Name); is != nil {
			if err := s.removedValues(ctx, was, is, &e.OldRows); err != nil {
				return fmt.Errorf("rows with values of %s that are gone: %w", was.Name, err)
			}
		}
	}
	for _, c := range s.To.OfKind(metadata.CustomField) {
		if err := s.newlyRequired(ctx, c, &e.OldRows); err != nil {
			return fmt.Errorf("records without %s: %w", c.Name, err)
		}
	}
	return s.dropped(ctx, &e.OldRows)
}

// removed reads what an object or a field held that the new version lacks.
func (s *Subject) removed(ctx context.Context, c *metadata.Component, out *OldRows) error {
	switch c.Kind {
	case metadata.CustomObject:
		return s.removedObject(ctx, c, out)
	case metadata.CustomField:
		if definesObject(s.From, c.Parent()) && !definesObject(s.To, c.Parent()) {
			return nil // told with its object
		}
		return s.removedField(ctx, c, out)
	}
	return nil
}

// definesObject reports whether a version defines an object itself: the file of
// a standard object, or of another package's, holds settings only.
func definesObject(pkg *metadata.Package, name string) bool {
	return metadata.IsOwnObject(name) && pkg.Find(metadata.CustomObject, name) != nil
}

// definesField reports whether a field can be a package's own: the file of a
// standard field holds settings only.
func definesField(name string) bool {
	_, _, suffix := schema.SplitName(name)
	return suffix != ""
}

func (s *Subject) removedObject(ctx context.Context, c *metadata.Component, out *OldRows) error {
	o := s.Before.Schema().ObjectIn(s.From.Namespace, c.Name)
	if o == nil || !o.Kind.Stored() || !definesObject(s.From, c.Name) ||
		s.After.Schema().Object(o.Name) == nil && o.Kind != schema.CustomMetadata {
		return nil // what is gone shows in the difference of the rows
	}
	removed := RemovedObject{Component: c, Object: o}
	err := ownRows(ctx, s.Before, o, func(r *schema.Record) { removed.Rows = append(removed.Rows, RowName{r.ID(), diff.NameOf(r)}) })
	out.Objects = append(out.Objects, removed)
	return err
}

// enoughMoved is how many components must go over to another field before its
// predecessor counts as replaced: one may have changed its mind.
const enoughMoved = 2

// movedField reads what a field holds whose place another one took.
func (s *Subject) movedField(ctx context.Context, m *aim.Moved, out *OldRows) error {
	o := s.Before.Schema().ObjectIn(s.From.Namespace, m.Object)
	next := s.After.Schema().ObjectIn(s.To.Namespace, m.Object)
	if len(m.Components) < enoughMoved || o == nil || next == nil || !o.Kind.Stored() {
		return nil
	}
	field, heir := o.FieldIn(s.From.Namespace, m.Field), next.FieldIn(s.To.Namespace, m.To)
	if field == nil || heir == nil || !field.IsStored() || !heir.IsStored() {
		return nil
	}
	component := s.To.Find(metadata.CustomField, m.Object+"."+m.Field)
	return s.held(ctx, &RemovedField{Component: component, Field: field, Heir: heir, Moved: m}, out)
}

// held reads which rows hold a value in a field that is not looked at any more.
func (s *Subject) held(ctx context.Context, f *RemovedField, out *OldRows) error {
	err := ownRows(ctx, s.Before, f.Field.Object, func(r *schema.Record) {
		if v := r.Get(f.Field); !v.IsNull() {
			f.Rows = append(f.Rows, HeldValue{RowName: RowName{r.ID(), diff.NameOf(r)}, Was: v})
		}
	})
	if err == nil && f.Heir != nil {
		err = s.readHeir(ctx, f)
	}
	out.Fields = append(out.Fields, *f)
	return err
}

func (s *Subject) removedField(ctx context.Context, c *metadata.Component, out *OldRows) error {
	o := s.Before.Schema().ObjectIn(s.From.Namespace, c.Parent())
	if o == nil || !o.Kind.Stored() || !definesField(c.BaseName()) {
		return nil
	}
	field := o.FieldIn(s.From.Namespace, c.BaseName())
	if field == nil || !field.IsStored() || field.Calculated || field.AutoNumber ||
		s.After.Components().Find(metadata.CustomField, s.From.Namespace, c.Name) == nil {
		return nil
	}
	return s.held(ctx, &RemovedField{Component: c, Field: field, Heir: s.heirOf(field)}, out)
}

// heirOf guesses which new field of the same object takes the place of one
// that is gone: of the same sort, with words of its name in common.
func (s *Subject) heirOf(f *schema.Field) *schema.Field {
	o := s.After.Schema().Object(f.Object.Name)
	if o == nil {
		return nil
	}
	var best *schema.Field
	most := 0
	for _, next := range o.Fields {
		name := f.Object.Name + "." + next.Name
		added := s.To.Find(metadata.CustomField, metadata.StripNamespace(name, s.To.Namespace)) != nil &&
			f.Object.Field(next.Name) == nil && next.Namespace == f.Namespace
		if !added || !next.IsStored() || !sameSort(f, next) {
			continue
		}
		if n := aim.WordsInCommon(f.Name, next.Name, f.Namespace); n > most {
			best, most = next, n
		}
	}
	return best
}

func sameSort(a, b *schema.Field) bool {
	return a.Type == b.Type && slices.Equal(a.ReferenceTo, b.ReferenceTo) ||
		a.Type.IsText() && b.Type.IsText() || a.Type.IsNumber() && b.Type.IsNumber()
}

// readHeir reads what rows hold now in the field that took the place of one.
func (s *Subject) readHeir(ctx context.Context, f *RemovedField) error {
	ids := make([]string, len(f.Rows))
	for i, r := range f.Rows {
		ids[i] = r.ID
	}
	recs, err := s.After.Store().Load(ctx, f.Heir.Object, ids)
	for i, r := range recs {
		if f.Rows[i].Gone = r == nil; r != nil {
			f.Rows[i].Heir = r.Get(f.Heir)
		}
	}
	return err
}

// ownRows visits the records of an object that are the subscriber's: all of an
// object's, the ones without a package of custom metadata.
func ownRows(ctx context.Context, o *org.Org, obj *schema.Object, visit func(*schema.Record)) error {
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
		visit(r)
		return nil
	})
}

// removedValues reads which rows hold a picklist value that the old version
// defined and the new one does not.
func (s *Subject) removedValues(ctx context.Context, was, is *metadata.Component, out *OldRows) error {
	old, next := PicklistOf(s.From, was), PicklistOf(s.To, is)
	removed := RemovedValues{Component: is, Gone: without(old, next), Added: without(next, old)}
	if len(next) == 0 || len(removed.Gone) == 0 {
		return nil
	}
	o := s.After.Schema().ObjectIn(s.To.Namespace, is.Parent())
	if o == nil || !o.Kind.Stored() {
		return nil
	}
	removed.Field = o.FieldIn(s.To.Namespace, is.BaseName())
	if removed.Field == nil || removed.Field.Picklist == nil {
		return nil
	}
	err := ownRows(ctx, s.After, o, func(r *schema.Record) {
		removed.Total++
		v := r.Get(removed.Field)
		if !v.IsNull() && slices.ContainsFunc(strings.Split(v.Text(), ";"), func(item string) bool { return containsFold(removed.Gone, item) }) {
			removed.Rows = append(removed.Rows, HeldValue{RowName: RowName{r.ID(), diff.NameOf(r)}, Was: v})
		}
	})
	out.Picklists = append(out.Picklists, removed)
	return err
}

// PicklistOf lists the API names of the values that a version defines for a
// field, its own or those of a global value set of the package.
func PicklistOf(pkg *metadata.Package, c *metadata.Component) []string {
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

// newlyRequired reads which custom metadata records of the subscriber are empty
// in a field that the new version requires.
func (s *Subject) newlyRequired(ctx context.Context, c *metadata.Component, out *OldRows) error {
	if !strings.HasSuffix(strings.ToLower(c.Parent()), "__mdt") || !c.Props.Bool("required") {
		return nil
	}
	if was := s.From.Find(metadata.CustomField, c.Name); was != nil && was.Props.Bool("required") {
		return nil
	}
	o := s.After.Schema().ObjectIn(s.To.Namespace, c.Parent())
	if o == nil {
		return nil
	}
	field := o.FieldIn(s.To.Namespace, c.BaseName())
	if field == nil || field.Type == schema.Boolean {
		return nil
	}
	required := NewlyRequired{Component: c, Field: field}
	err := ownRows(ctx, s.After, o, func(r *schema.Record) {
		if r.Get(field).IsNull() {
			required.Rows = append(required.Rows, RowName{r.ID(), diff.NameOf(r)})
		}
	})
	out.Required = append(out.Required, required)
	return err
}

// dropped counts the rows of objects from which the upgrade deleted a field.
func (s *Subject) dropped(ctx context.Context, out *OldRows) error {
	for _, c := range s.Diff.Components {
		if c.Key.Kind != metadata.CustomField || c.Change != diff.ComponentRemoved {
			continue
		}
		object, name, _ := strings.Cut(c.Key.Name, ".")
		o := s.Before.Schema().ObjectIn(c.Key.Namespace, object)
		if o == nil || o.FieldIn(c.Key.Namespace, name) == nil || !definesField(name) {
			continue
		}
		n, err := s.Before.Store().Count(ctx, o)
		if err != nil {
			return fmt.Errorf("count the rows of %s: %w", o.Name, err)
		}
		out.Dropped = append(out.Dropped, DroppedField{Component: c, Object: o, Rows: int(n)})
	}
	return nil
}
