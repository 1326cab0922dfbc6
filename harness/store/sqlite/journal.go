package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// causes numbers the texts of causes. Numbers are handed out at once and
// written with the first journal entry that uses them; saved is how many of
// them the database has.
type causes struct {
	texts []string
	ids   map[string]store.Cause
	saved int
}

func (c *causes) clone() causes {
	return causes{texts: slices.Clone(c.texts), ids: maps.Clone(c.ids), saved: c.saved}
}

// Cause gives the number of a cause.
func (s *Store) Cause(text string) store.Cause {
	if text == "" {
		return store.NoCause
	}
	if id := s.causes.ids[text]; id != 0 {
		return id
	}
	if s.causes.ids == nil {
		s.causes.ids = map[string]store.Cause{}
	}
	s.causes.texts = append(s.causes.texts, text)
	id := store.Cause(len(s.causes.texts))
	s.causes.ids[text] = id
	return id
}

// CauseText is what a number stands for.
func (s *Store) CauseText(c store.Cause) string {
	if c < 1 || int(c) > len(s.causes.texts) {
		return ""
	}
	return s.causes.texts[c-1]
}

// saveCauses writes the causes that the database lacks.
func (s *Store) saveCauses(ctx context.Context) error {
	for i := s.causes.saved; i < len(s.causes.texts); i++ {
		if _, err := s.exec(ctx, `INSERT INTO "_cause"("id","text") VALUES(?,?)`, value.OfLong(int64(i+1)), value.OfText(s.causes.texts[i])); err != nil {
			return err
		}
	}
	s.causes.saved = len(s.causes.texts)
	return nil
}

// keepCauses finds out, after a rollback, which causes the database still has.
func (s *Store) keepCauses(ctx context.Context) error {
	return s.Query(ctx, `SELECT count(*) FROM "_cause"`, nil, func(r store.Row) error {
		s.causes.saved = int(r.Int64(0))
		return nil
	})
}

func (s *Store) loadCauses() error {
	s.causes = causes{}
	err := s.Query(context.Background(), `SELECT "text" FROM "_cause" ORDER BY "id"`, nil, func(r store.Row) error {
		s.Cause(r.Text(0))
		return nil
	})
	s.causes.saved = len(s.causes.texts)
	return err
}

// journal notes a write of n rows as one entry.
func (s *Store) journal(ctx context.Context, o *schema.Object, op store.Op, cause store.Cause, n int, id func(int) string) error {
	if cause == store.NoCause || n == 0 {
		return nil
	}
	if s.causes.saved < len(s.causes.texts) {
		if err := s.saveCauses(ctx); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, `INSERT INTO "_journal"("object","op","cause","ids") VALUES(?,?,?,?)`,
		value.OfText(strings.ToLower(o.Name)), value.OfInt(int32(op)), value.OfInt(int32(cause)), value.OfBlob(packIDs(n, id)))
	return err
}

// packIDs writes ids without their checksums, each as the number of characters
// it shares with the one before and the rest: ids of one batch follow on each
// other, so two or three bytes do for most.
func packIDs(n int, id func(int) string) []byte {
	out := binary.AppendUvarint(make([]byte, 0, 20+4*n), uint64(n))
	prev := ""
	for i := range n {
		s := full(id(i))
		if len(s) > 15 {
			s = s[:15]
		}
		same := 0
		for same < len(s) && same < len(prev) && s[same] == prev[same] {
			same++
		}
		out = append(out, byte(same), byte(len(s)-same))
		out = append(out, s[same:]...)
		prev = s
	}
	return out
}

var errJournal = errors.New("read the journal: an entry is damaged")

func unpackIDs(b []byte) ([]string, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)) {
		return nil, errJournal
	}
	b = b[used:]
	out := make([]string, 0, n)
	prev := ""
	for range n {
		if len(b) < 2 || int(b[0]) > len(prev) || len(b) < 2+int(b[1]) {
			return nil, errJournal
		}
		prev = prev[:b[0]] + string(b[2:2+int(b[1])])
		b = b[2+int(b[1]):]
		out = append(out, prev+value.Checksum(prev))
	}
	return out, nil
}

// Journal reads the writes that had a cause.
func (s *Store) Journal(ctx context.Context, from int64, entry func(store.JournalEntry) error) error {
	sql := `SELECT "seq","object","op","cause","ids" FROM "_journal" WHERE "seq" > ? ORDER BY "seq"`
	return s.Query(ctx, sql, []value.Value{value.OfLong(from)}, func(r store.Row) error {
		ids, err := unpackIDs(r.Bytes(4))
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
