// Package diff compares two forks of an org, before and after: which records
// and which components differ, and what made each difference.
//
// The machine: components are compared by their keys and content hashes, and
// what differs is taken apart into properties by package metadata. Records are
// compared by the store, which knows what its forks share, over the objects
// that were written since the fork; the journal of writes gives each row the
// causes that the save pipeline stamped on it. Detection is apart from words:
// a Diff is plain data, sorted, and the same for the same two orgs.
//
// Left out: fields that every save changes (audit stamps), and rows that the
// platform keeps about its own work (jobs, permissions); both are tables in
// ignore.go.
package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Diff is what differs between two forks of an org.
type Diff struct {
	Components []Component // sorted by kind, namespace, name
	Objects    []Object    // sorted by name; only those with a difference
}

// Object is the records of one object that differ.
type Object struct {
	Object *schema.Object // of the later org
	Rows   []Row          // changed and deleted in the order of before, then new ones
}

// RowKind says what happened to a record.
type RowKind string

// The kinds of row difference.
const (
	Inserted RowKind = "inserted"
	Updated  RowKind = "updated"
	Deleted  RowKind = "deleted" // for good, or into the recycle bin
)

// Row is one record that differs.
type Row struct {
	ID     string
	Name   string // of its name field
	Kind   RowKind
	Before *schema.Record // nil when inserted
	After  *schema.Record // nil when removed for good
	Fields []Field        // of an updated row, in describe order
	Causes Causes         // what wrote it, oldest first; empty when no write was journaled
}

// Field is one field of a record that differs.
type Field struct {
	Field         *schema.Field
	Before, After value.Value
}

// Compare finds how after differs from before, a fork of the same org.
func Compare(ctx context.Context, before, after *org.Org) (*Diff, error) {
	d := &Diff{Components: Components(before.Components(), after.Components())}
	objects, err := Records(ctx, before, after)
	if err != nil {
		return nil, err
	}
	d.Objects = objects
	return d, nil
}

// Records compares the records of all objects written since the fork.
func Records(ctx context.Context, before, after *org.Org) ([]Object, error) {
	causes, err := causesOf(ctx, before.Store(), after.Store())
	if err != nil {
		return nil, fmt.Errorf("read the journal of org %s: %w", after.Name(), err)
	}
	var objects []Object
	for _, name := range after.Store().Touched() {
		o := after.Schema().Object(name)
		if o == nil || ignoredObject(o) {
			continue
		}
		object := Object{Object: o}
		err := after.Store().Diff(ctx, before.Store(), o, func(c store.RowChange) error {
			if row, differs := rowOf(o, c); differs {
				row.Causes = causes[row.ID]
				object.Rows = append(object.Rows, row)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("compare the records of %s: %w", o.Name, err)
		}
		if len(object.Rows) > 0 {
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return cmp.Compare(a.Object.Name, b.Object.Name) })
	return objects, nil
}

// rowOf says how a row differs, and whether it does in anything that counts.
func rowOf(o *schema.Object, c store.RowChange) (Row, bool) {
	row := Row{ID: c.ID, Before: c.Before, After: c.After}
	row.Name = NameOf(c.After)
	if row.Name == "" {
		row.Name = NameOf(c.Before)
	}
	switch {
	case c.Before == nil:
		row.Kind = Inserted
		return row, !binned(c.After)
	case c.After == nil:
		row.Kind = Deleted
		return row, !binned(c.Before)
	case binned(c.After) != binned(c.Before):
		row.Kind = Updated
		if binned(c.After) {
			row.Kind = Deleted
		}
		return row, true
	}
	row.Kind = Updated
	for _, f := range o.Fields {
		if ignoredField(f) {
			continue
		}
		was, is := get(c.Before, f), get(c.After, f)
		if f.Type == schema.Boolean && is.Kind() == value.Bool && !is.Bool() && was.IsNull() {
			continue // a checkbox that is new reads false in every row
		}
		if !value.Identical(was, is) {
			row.Fields = append(row.Fields, Field{f, was, is})
		}
	}
	return row, len(row.Fields) > 0
}

// get reads a field by name: the records may come from describes of different
// versions.
func get(r *schema.Record, f *schema.Field) value.Value {
	if r.Object == f.Object {
		return r.Get(f)
	}
	if own := r.Object.Field(f.Name); own != nil {
		return r.Get(own)
	}
	return value.Value{}
}

// NameOf is the value of a record's name field, "" where there is none.
func NameOf(r *schema.Record) string {
	if r == nil || r.Object.NameField == nil {
		return ""
	}
	v := r.Get(r.Object.NameField)
	if v.IsNull() {
		return ""
	}
	return v.String()
}

func binned(r *schema.Record) bool {
	f := r.Object.Field("IsDeleted")
	return f != nil && r.Get(f).Bool()
}

// causesOf reads what wrote which row since the fork.
func causesOf(ctx context.Context, before, after store.Store) (map[string]Causes, error) {
	from, err := before.JournalEnd(ctx)
	if err != nil {
		return nil, err
	}
	causes := map[string]Causes{}
	known := map[store.Cause]cause.Cause{}
	err = after.Journal(ctx, from, func(e store.JournalEntry) error {
		c, ok := known[e.Cause]
		if !ok {
			c = cause.Parse(after.CauseText(e.Cause))
			known[e.Cause] = c
		}
		for _, id := range e.IDs {
			if !slices.ContainsFunc(causes[id], c.Equal) {
				causes[id] = append(causes[id], c)
			}
		}
		return nil
	})
	return causes, err
}
