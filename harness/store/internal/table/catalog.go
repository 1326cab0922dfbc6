package table

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// EnsureTable makes or updates the object's table.
func (c *Catalog) EnsureTable(ctx context.Context, o *schema.Object) error {
	_, err := c.PlanOf(ctx, o)
	return err
}

// HasTable tells whether there is a table.
func (c *Catalog) HasTable(o *schema.Object) bool { return c.Tables[strings.ToLower(o.Name)] != nil }

// PlanOf gives the plan of an object, making its table fit first.
func (c *Catalog) PlanOf(ctx context.Context, o *schema.Object) (*Plan, error) {
	if p := c.plans[o]; p != nil {
		return p, nil
	}
	if o.IDField() == nil || !o.Kind.Stored() {
		return nil, fmt.Errorf("make a table for %s: rows of a %s object are not stored", o.Name, o.Kind)
	}
	fields := make([]*schema.Field, 0, len(o.Fields))
	for _, f := range o.Fields {
		if f.IsStored() {
			fields = append(fields, f)
		}
	}
	var err error
	t := c.Tables[strings.ToLower(o.Name)]
	if t == nil {
		entries := make([]Entry, len(fields))
		for i, f := range fields {
			entries[i] = Entry{strings.ToLower(f.Name), f.Name, store.ColumnOf(f)}
		}
		t, err = c.Make(ctx, o.Name, entries)
	} else {
		err = c.alter(ctx, t, fields)
	}
	if err != nil {
		return nil, fmt.Errorf("make the table of %s: %w", o.Name, err)
	}
	p := newPlan(t, o, fields)
	c.plans[o] = p
	return p, nil
}

// CreateSQL is the statement that makes the table of an object.
func CreateSQL(db Database, object string, entries []Entry) string {
	var list []string
	if n := db.Numbered(); n != "" {
		list = append(list, n)
	}
	for _, e := range entries {
		list = append(list, Quote(e.Field)+" "+db.Declare(e.Column, e.Field == "id"))
	}
	return "CREATE TABLE " + Quote(object) + "(" + strings.Join(list, ",") + ")"
}

// Make makes a table.
func (c *Catalog) Make(ctx context.Context, object string, entries []Entry) (*Table, error) {
	t := newTable(object, len(entries))
	for _, e := range entries {
		t.Columns[e.Field] = e.Column
	}
	err := c.db.Atomically(ctx, func() error {
		if err := c.db.Script(ctx, CreateSQL(c.db, object, entries)); err != nil {
			return err
		}
		return c.db.Record(ctx, object, entries)
	})
	if err != nil {
		return nil, err
	}
	c.Changes++
	c.Tables[strings.ToLower(object)] = t
	return t, nil
}

// alter adds the columns that are missing and converts those that hold their
// values otherwise than the field now says.
func (c *Catalog) alter(ctx context.Context, t *Table, fields []*schema.Field) error {
	changed := false
	columns := maps.Clone(t.Columns)
	err := c.db.Atomically(ctx, func() error {
		for _, f := range fields {
			key, want := strings.ToLower(f.Name), store.ColumnOf(f)
			have, ok := columns[key]
			if ok && have == want {
				continue
			}
			changed = true
			var err error
			switch {
			case !ok:
				err = c.db.Script(ctx, c.addColumn(t, f, want))
			case have.Kind == want.Kind && have.Type == want.Type:
				err = c.rescale(ctx, t, f, have.Scale, want.Scale)
			case have.Kind != want.Kind || have.Kind == store.Whole:
				err = c.convert(ctx, t, f, have, want)
			}
			if err == nil {
				err = c.db.Record(ctx, t.Object, []Entry{{key, f.Name, want}})
			}
			if err != nil {
				return err
			}
			columns[key] = want
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, c.Reload(context.WithoutCancel(ctx)))
	}
	if changed {
		t.Columns = columns
		c.Changes++
		clear(c.plans)
		c.Written(t)
	}
	return nil
}

func (c *Catalog) addColumn(t *Table, f *schema.Field, want store.Column) string {
	return fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", t.Name, Quote(f.Name), c.db.Declare(want, false))
}

// rescale changes the number of decimal places of a column, rounding half up.
func (c *Catalog) rescale(ctx context.Context, t *Table, f *schema.Field, from, to int32) error {
	col := Quote(f.Name)
	expr := ""
	if to >= from {
		expr = fmt.Sprintf("%s * %s", col, tenTo(to-from))
	} else {
		ten := tenTo(from - to)
		expr = fmt.Sprintf("(abs(%s) + %s / 2) / %s * CASE WHEN %s < 0 THEN -1 ELSE 1 END", col, ten, ten, col)
	}
	_, err := c.db.Write(ctx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s IS NOT NULL", t.Name, col, expr, col))
	return err
}

func tenTo(n int32) string { return "1" + strings.Repeat("0", int(n)) }

// convert moves the values of a column into one that holds them differently.
func (c *Catalog) convert(ctx context.Context, t *Table, f *schema.Field, have, want store.Column) error {
	key, col, old := strings.ToLower(f.Name), Quote(f.Name), Quote("~"+f.Name)
	if t.Indexes[key] {
		if err := c.db.Script(ctx, "DROP INDEX "+c.db.IndexName(t, f)); err != nil {
			return err
		}
		if err := c.db.NoteIndex(ctx, t, key, false); err != nil {
			return err
		}
		delete(t.Indexes, key)
	}
	if err := c.db.Forget(ctx); err != nil {
		return err
	}
	if err := c.db.Script(ctx, fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s; %s", t.Name, col, old, c.addColumn(t, f, want))); err != nil {
		return err
	}
	var numbers []int64
	var cells []value.Value
	err := c.db.Query(ctx, fmt.Sprintf("SELECT rowid, %s FROM %s WHERE %s IS NOT NULL", old, t.Name, old), nil, func(r store.Row) error {
		numbers, cells = append(numbers, r.Int64(0)), append(cells, want.Convert(have.Read(r, 1)))
		return nil
	})
	if err == nil {
		err = c.db.Recast(ctx, t, col, want, numbers, cells)
	}
	if err == nil {
		err = c.db.Forget(ctx)
	}
	if err == nil {
		err = c.db.Script(ctx, fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", t.Name, old))
	}
	if err != nil {
		return err
	}
	return c.db.Forget(ctx)
}

// EnsureIndex makes an index on a column, with what the index covers besides.
func (c *Catalog) EnsureIndex(ctx context.Context, f *schema.Field) error {
	p, err := c.PlanOf(ctx, f.Object)
	if err != nil {
		return err
	}
	key := strings.ToLower(f.Name)
	if !f.IsStored() || f == f.Object.IDField() || p.Table.Indexes[key] {
		return nil
	}
	name := c.db.IndexName(p.Table, f)
	if name == "" {
		return nil
	}
	err = c.db.Atomically(ctx, func() error {
		columns := Quote(f.Name)
		for _, more := range covered(f) {
			columns += "," + Quote(more.Name)
		}
		if err := c.db.Script(ctx, fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s(%s)", name, p.Table.Name, columns)); err != nil {
			return err
		}
		return c.db.NoteIndex(ctx, p.Table, key, true)
	})
	if err != nil {
		return fmt.Errorf("index %s.%s: %w", f.Object.Name, f.Name, err)
	}
	p.Table.Indexes[key] = true
	c.Changes++
	return nil
}

// Reload reads the tables, columns and indexes there are: of a database that
// was opened, or after a rollback of changes to them.
func (c *Catalog) Reload(ctx context.Context) error {
	old := c.Tables
	c.Tables = map[string]*Table{}
	clear(c.plans)
	if err := c.db.Forget(ctx); err != nil {
		return err
	}
	err := c.db.Query(ctx, `SELECT "object","field","kind","type","scale" FROM "_column"`, nil, func(r store.Row) error {
		key := strings.ToLower(r.Text(0))
		t := c.Tables[key]
		if t == nil {
			t = newTable(r.Text(0), 0)
			t.Last, t.Traced = -1, old[key] == nil || old[key].Traced
			c.Tables[key] = t
		}
		kind, _ := schema.ParseFieldType(r.Text(3))
		t.Columns[r.Text(1)] = store.Column{Kind: store.Kind(r.Int64(2)), Type: kind, Scale: int32(r.Int64(4))}
		return nil
	})
	if err != nil {
		return err
	}
	return c.db.Indexes(ctx, func(object, field string) {
		if t := c.Tables[strings.ToLower(object)]; t != nil {
			t.Indexes[field] = true
		}
	})
}

// Layouts counts the changes that were made to tables and indexes.
func (c *Catalog) Layouts() int { return c.Changes }

// Layout lists the objects that have a table, each with the fields that have an
// index, by API name in lower case.
func (c *Catalog) Layout() map[string][]string {
	out := make(map[string][]string, len(c.Tables))
	for key, t := range c.Tables {
		out[key] = slices.Sorted(maps.Keys(t.Indexes))
	}
	return out
}

// covered are the fields that the index on a field holds besides it, so that a
// query that asks for no others reads no rows: of share rows, found by whom they
// are shared with, everything but who changed them.
func covered(f *schema.Field) []*schema.Field {
	if f.Object.Kind != schema.Share || f.Name != "UserOrGroupId" {
		return nil
	}
	var out []*schema.Field
	for _, g := range f.Object.Fields {
		switch {
		case g == f || !g.IsStored() || g.Name == "LastModifiedById":
		case g.Type == schema.Reference || g.Type == schema.Picklist || g.Type == schema.Boolean:
			out = append(out, g)
		}
	}
	return out
}
