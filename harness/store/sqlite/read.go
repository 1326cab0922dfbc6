package sqlite

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Load reads rows by id.
func (s *Store) Load(ctx context.Context, o *schema.Object, ids []string) ([]*schema.Record, error) {
	p, err := s.planOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	sql := "SELECT " + p.selects + " FROM " + p.table.name + ` WHERE "id" = ?`
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
				out[i] = p.read(&r, 0)
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

// read makes a record of the columns from the given one on.
func (p *plan) read(r store.Row, from int) *schema.Record {
	vals := make([]value.Value, len(p.columns))
	for i, c := range p.columns {
		vals[i] = c.Read(r, from+i)
	}
	return p.shape.NewRecord(vals)
}

// Scan reads all rows in the order they were inserted.
func (s *Store) Scan(ctx context.Context, o *schema.Object, each func(*schema.Record) error) error {
	p, err := s.planOf(ctx, o)
	if err != nil {
		return err
	}
	return s.Query(ctx, "SELECT "+p.selects+" FROM "+p.table.name+" ORDER BY rowid", nil, func(r store.Row) error {
		return each(p.read(r, 0))
	})
}

// Count counts all rows.
func (s *Store) Count(ctx context.Context, o *schema.Object) (n int64, err error) {
	p, err := s.planOf(ctx, o)
	if err != nil {
		return 0, err
	}
	err = s.Query(ctx, "SELECT count(*) FROM "+p.table.name, nil, func(r store.Row) error {
		n = r.Int64(0)
		return nil
	})
	return n, err
}

// GetMeta reads one of the things an org has besides rows.
func (s *Store) GetMeta(ctx context.Context, key string) (data []byte, err error) {
	err = s.Query(ctx, `SELECT "data" FROM "_meta" WHERE "key" = ?`, []value.Value{value.OfText(key)}, func(r store.Row) error {
		data = append([]byte{}, r.Bytes(0)...)
		return nil
	})
	return data, err
}

// PutMeta writes or removes one.
func (s *Store) PutMeta(ctx context.Context, key string, data []byte) error {
	if data == nil {
		_, err := s.exec(ctx, `DELETE FROM "_meta" WHERE "key" = ?`, value.OfText(key))
		return err
	}
	_, err := s.exec(ctx, `INSERT OR REPLACE INTO "_meta"("key","data") VALUES(?,?)`, value.OfText(key), value.OfBlob(data))
	return err
}

// MetaKeys lists keys by prefix.
func (s *Store) MetaKeys(ctx context.Context, prefix string) (keys []string, err error) {
	err = s.Query(ctx, `SELECT "key" FROM "_meta" WHERE substr("key", 1, length(?1)) = ?1 ORDER BY "key"`, []value.Value{value.OfText(prefix)}, func(r store.Row) error {
		keys = append(keys, r.Text(0))
		return nil
	})
	return keys, err
}
