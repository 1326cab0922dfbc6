package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Cause gives the number of a cause.
func (s *Store) Cause(text string) store.Cause { return s.causes.Number(text) }

// CauseText is what a number stands for.
func (s *Store) CauseText(c store.Cause) string { return s.causes.Text(c) }

// saveCauses writes the causes that the database lacks.
func (s *Store) saveCauses(ctx context.Context) error {
	for i := s.causes.Saved; i < len(s.causes.Texts); i++ {
		if _, err := s.exec(ctx, `INSERT INTO "_cause"("id","text") VALUES(?,?)`, value.OfLong(int64(i+1)), value.OfText(s.causes.Texts[i])); err != nil {
			return err
		}
	}
	s.causes.Saved = len(s.causes.Texts)
	return nil
}

// keepCauses finds out, after a rollback, which causes the database still has.
func (s *Store) keepCauses(ctx context.Context) error {
	return s.Query(ctx, `SELECT count(*) FROM "_cause"`, nil, func(r store.Row) error {
		s.causes.Saved = int(r.Int64(0))
		return nil
	})
}

func (s *Store) loadCauses() error {
	s.causes = store.Causes{}
	err := s.Query(context.Background(), `SELECT "text" FROM "_cause" ORDER BY "id"`, nil, func(r store.Row) error {
		s.Cause(r.Text(0))
		return nil
	})
	s.causes.Saved = len(s.causes.Texts)
	return err
}

// journal notes a write of n rows as one entry.
func (s *Store) journal(ctx context.Context, o *schema.Object, op store.Op, cause store.Cause, n int, id func(int) string) error {
	if cause == store.NoCause || n == 0 {
		return nil
	}
	if s.causes.Saved < len(s.causes.Texts) {
		if err := s.saveCauses(ctx); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, `INSERT INTO "_journal"("object","op","cause","ids") VALUES(?,?,?,?)`,
		value.OfText(strings.ToLower(o.Name)), value.OfInt(int32(op)), value.OfInt(int32(cause)), value.OfBlob(store.PackIDs(n, id)))
	return err
}

// Journal reads the writes that had a cause.
func (s *Store) Journal(ctx context.Context, from int64, entry func(store.JournalEntry) error) error {
	sql := `SELECT "seq","object","op","cause","ids" FROM "_journal" WHERE "seq" > ? ORDER BY "seq"`
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
