package postgres

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Load reads rows by id, all with one statement.
func (s *Store) Load(ctx context.Context, o *schema.Object, ids []string) ([]*schema.Record, error) {
	p, err := s.PlanOf(ctx, o)
	if err != nil {
		return nil, err
	}
	out := make([]*schema.Record, len(ids))
	if len(ids) == 1 {
		err := s.Query(ctx, "SELECT "+p.Selects+" FROM "+p.Table.Name+` WHERE "id" = $1`, []value.Value{value.OfText(store.FullID(ids[0]))}, func(r store.Row) error {
			out[0] = p.Read(r, 0)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", o.Name, err)
		}
		return out, nil
	}
	places := make(map[string][]int, len(ids))
	full := make([]string, len(ids))
	for i, id := range ids {
		full[i] = store.FullID(id)
		places[full[i]] = append(places[full[i]], i)
	}
	_, err = s.arrays(ctx, "SELECT "+p.Selects+" FROM "+p.Table.Name+` WHERE "id" = ANY($1::text[])`, [][]byte{textArray(full)}, func(r store.Row) error {
		rec := p.Read(r, 0)
		for n, at := range places[rec.ID()] {
			if n > 0 {
				rec = rec.Clone(true)
			}
			out[at] = rec
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", o.Name, err)
	}
	return out, nil
}
