package sqlite

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// Load reads rows by id.
func (s *Store) Load(ctx context.Context, o *schema.Object, ids []string) ([]*schema.Record, error) {
	p, err := s.PlanOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	sql := "SELECT " + p.Selects + " FROM " + p.Table.Name + ` WHERE "id" = ?`
	out := make([]*schema.Record, len(ids))
	err = s.guard(func() error {
		st, err := s.prepare(sql)
		if err != nil {
			return err
		}
		defer s.done(sql, st)
		r := row{st}
		for i, id := range ids {
			if err := st.BindText(1, store.FullID(id)); err != nil {
				return err
			}
			if st.Step() {
				out[i] = p.Read(&r, 0)
			}
			if err := st.Reset(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", o.Name, err)
	}
	return out, nil
}
