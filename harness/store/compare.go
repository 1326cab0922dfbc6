package store

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// CompareAll finds the differences that Diff finds by reading every row of both
// stores, whatever their lineage. It is slow and serves as the check of the
// fast ones, and for stores of different kinds.
func CompareAll(ctx context.Context, before, after Store, o *schema.Object, change func(RowChange) error) error {
	old := map[string]*schema.Record{}
	var order []string
	err := before.Scan(ctx, o, func(r *schema.Record) error {
		old[r.ID()] = r
		order = append(order, r.ID())
		return nil
	})
	if err != nil {
		return err
	}
	now := map[string]*schema.Record{}
	var added []string
	err = after.Scan(ctx, o, func(r *schema.Record) error {
		now[r.ID()] = r
		if old[r.ID()] == nil {
			added = append(added, r.ID())
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range order {
		if !SameRow(old[id], now[id]) {
			if err := change(RowChange{ID: id, Before: old[id], After: now[id]}); err != nil {
				return err
			}
		}
	}
	for _, id := range added {
		if err := change(RowChange{ID: id, After: now[id]}); err != nil {
			return err
		}
	}
	return nil
}

// SameRow reports whether two rows agree in every stored field to the last
// letter.
func SameRow(a, b *schema.Record) bool {
	if a == nil || b == nil {
		return a == b
	}
	for _, f := range a.Object.Fields {
		if f.IsStored() && !value.Identical(a.Get(f), b.Get(f)) {
			return false
		}
	}
	return true
}

// ChangedFields lists the stored fields in which two rows differ, in describe
// order; all of the set ones when a row is missing.
func (c RowChange) ChangedFields() []*schema.Field {
	var out []*schema.Field
	row := c.After
	if row == nil {
		row = c.Before
	}
	for _, f := range row.Object.Fields {
		switch {
		case !f.IsStored():
		case c.Before == nil || c.After == nil:
			if !row.Get(f).IsNull() {
				out = append(out, f)
			}
		case !value.Identical(c.Before.Get(f), c.After.Get(f)):
			out = append(out, f)
		}
	}
	return out
}
