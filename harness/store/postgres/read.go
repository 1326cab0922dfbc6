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
	p, err := s.planOf(ctx, o)
	if err != nil {
		return nil, err
	}
	out := make([]*schema.Record, len(ids))
	if len(ids) == 1 {
		err := s.Query(ctx, "SELECT "+p.selects+" FROM "+p.table.name+` WHERE "id" = $1`, []value.Value{value.OfText(store.FullID(ids[0]))}, func(r store.Row) error {
			out[0] = p.read(r, 0)
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
	_, err = s.arrays(ctx, "SELECT "+p.selects+" FROM "+p.table.name+` WHERE "id" = ANY($1::text[])`, [][]byte{textArray(full)}, func(r store.Row) error {
		rec := p.read(r, 0)
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
	err = s.Query(ctx, `SELECT "data" FROM "_meta" WHERE "key" = $1`, []value.Value{value.OfText(key)}, func(r store.Row) error {
		data = append([]byte{}, r.Bytes(0)...)
		return nil
	})
	return data, err
}

// PutMeta writes or removes one.
func (s *Store) PutMeta(ctx context.Context, key string, data []byte) error {
	var err error
	if data == nil {
		_, err = s.run(ctx, `DELETE FROM "_meta" WHERE "key" = $1`, []value.Value{value.OfText(key)}, nil)
	} else {
		_, err = s.run(ctx, `INSERT INTO "_meta"("key","data") VALUES($1,$2) ON CONFLICT ("key") DO UPDATE SET "data" = excluded."data"`,
			[]value.Value{value.OfText(key), value.OfBlob(data)}, nil)
	}
	return err
}

// MetaKeys lists keys by prefix.
func (s *Store) MetaKeys(ctx context.Context, prefix string) (keys []string, err error) {
	err = s.Query(ctx, `SELECT "key" FROM "_meta" WHERE starts_with("key", $1) ORDER BY "key"`, []value.Value{value.OfText(prefix)}, func(r store.Row) error {
		keys = append(keys, r.Text(0))
		return nil
	})
	return keys, err
}

// Cause gives the number of a cause.
func (s *Store) Cause(text string) store.Cause { return s.causes.Number(text) }

// CauseText is what a number stands for.
func (s *Store) CauseText(c store.Cause) string { return s.causes.Text(c) }

// saveCauses writes the causes that the database lacks.
func (s *Store) saveCauses(ctx context.Context) error {
	for i := s.causes.Saved; i < len(s.causes.Texts); i++ {
		_, err := s.run(ctx, `INSERT INTO "_cause"("id","text") VALUES($1,$2) ON CONFLICT ("id") DO NOTHING`,
			[]value.Value{value.OfLong(int64(i + 1)), value.OfText(s.causes.Texts[i])}, nil)
		if err != nil {
			return err
		}
	}
	s.causes.Saved = len(s.causes.Texts)
	return nil
}

// Journal reads the writes that had a cause.
func (s *Store) Journal(ctx context.Context, from int64, entry func(store.JournalEntry) error) error {
	sql := `SELECT "seq","object","op","cause","ids" FROM "_journal" WHERE "seq" > $1 ORDER BY "seq"`
	return s.Query(ctx, sql, []value.Value{value.OfLong(from)}, func(r store.Row) error {
		ids, err := store.UnpackIDs(r.Bytes(4))
		if err != nil {
			return err
		}
		return entry(store.JournalEntry{Position: r.Int64(0), Object: r.Text(1), Op: store.Op(r.Int64(2)),
			Cause: store.Cause(r.Int64(3)), IDs: ids})
	})
}

// JournalEnd is the position of the last write.
func (s *Store) JournalEnd(ctx context.Context) (end int64, err error) {
	err = s.Query(ctx, `SELECT coalesce(max("seq"), 0) FROM "_journal"`, nil, func(r store.Row) error {
		end = r.Int64(0)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read the journal: %w", err)
	}
	return end, nil
}
