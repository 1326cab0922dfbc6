package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Lookups at a deleted row are empty as long as it is in the recycle bin, and
// come back when it is undeleted, where nothing else was put there meanwhile
// (Apex Developer Guide, "Restoring Deleted Records").

// clearedLookup is a row whose lookup a deletion emptied.
type clearedLookup struct {
	lookup *schema.Field
	row    string
}

// clearable lists the lookups at an object that deletions empty.
func (s *Session) clearable(o *schema.Object) (lookups []*schema.Field) {
	for _, rel := range o.Children {
		if rel.CascadeDelete || rel.RestrictDelete {
			continue
		}
		// Standard lookups keep pointing at the row in the bin.
		if lookup, _ := s.childLookup(rel); lookup != nil && lookup.Custom {
			lookups = append(lookups, lookup)
		}
	}
	return lookups
}

// clearLookups empties the lookups that point at deleted rows, without
// triggers; also those of rows that are in the recycle bin themselves.
func (s *Session) clearLookups(ctx context.Context, o *schema.Object, ids []string) error {
	for _, id := range ids {
		s.cleared[id] = nil
	}
	for _, lookup := range s.clearable(o) {
		rows, err := s.childIDs(ctx, lookup, ids, false)
		if err != nil {
			return err
		}
		if lookup.Object.Field("IsDeleted") != nil {
			binned, err := s.childIDs(ctx, lookup, ids, true)
			if err != nil {
				return err
			}
			rows = append(rows, binned...)
		}
		if len(rows) == 0 {
			continue
		}
		old, err := s.env.Store().Load(ctx, lookup.Object, rows)
		if err != nil {
			return fmt.Errorf("load %s: %w", lookup.Object.Name, err)
		}
		values := make([]value.Value, len(rows))
		for _, rec := range old {
			to := rec.Get(lookup).Text()
			s.cleared[to] = append(s.cleared[to], clearedLookup{lookup, rec.ID()})
		}
		if err := s.point(ctx, lookup, rows, values); err != nil {
			return fmt.Errorf("clear %s.%s: %w", lookup.Object.Name, lookup.Name, err)
		}
	}
	return nil
}

// restoreLookups points the lookups that the deletion of rows emptied at them
// again. Only those are known that this transaction emptied.
func (s *Session) restoreLookups(ctx context.Context, o *schema.Object, ids []string) error {
	rows := map[*schema.Field][]string{}
	values := map[*schema.Field][]value.Value{}
	for _, id := range ids {
		cleared, known := s.cleared[id]
		if !known && len(s.clearable(o)) > 0 {
			s.env.Approximated("undelete", "lookups that a deletion in an earlier transaction emptied stay empty", o.Name)
		}
		for _, c := range cleared {
			recs, err := s.env.Store().Load(ctx, c.lookup.Object, []string{c.row})
			if err != nil {
				return fmt.Errorf("load %s: %w", c.lookup.Object.Name, err)
			}
			if recs[0] != nil && recs[0].Get(c.lookup).IsNull() {
				rows[c.lookup] = append(rows[c.lookup], c.row)
				values[c.lookup] = append(values[c.lookup], value.OfID(id))
			}
		}
	}
	for _, lookup := range s.clearable(o) {
		if err := s.point(ctx, lookup, rows[lookup], values[lookup]); err != nil {
			return fmt.Errorf("restore %s.%s: %w", lookup.Object.Name, lookup.Name, err)
		}
	}
	return nil
}

// point writes a lookup of rows.
func (s *Session) point(ctx context.Context, lookup *schema.Field, rows []string, values []value.Value) error {
	if len(rows) == 0 {
		return nil
	}
	recs := make([]*schema.Record, len(rows))
	for i, id := range rows {
		recs[i] = schema.NewRecord(lookup.Object)
		recs[i].SetID(id)
		recs[i].Set(lookup, values[i])
		setField(recs[i], "SystemModstamp", seconds(s.env.Now()))
	}
	return s.env.Store().Update(ctx, lookup.Object, recs, s.env.Cause())
}
