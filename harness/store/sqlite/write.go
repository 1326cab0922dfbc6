package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// patterns are the statements that write the sets of fields that rows of a plan
// have set so far.
type patterns struct{ inserts, updates map[string]*pattern }

// pattern is the statement that writes one set of fields.
type pattern struct {
	sql   string
	slots []uint16
}

func (s *Store) patternsOf(p *table.Plan) *patterns {
	ps := s.patterns[p]
	if ps == nil {
		ps = &patterns{map[string]*pattern{}, map[string]*pattern{}}
		s.patterns[p] = ps
	}
	return ps
}

// Insert adds rows. Rows that set the same fields share one statement; fields
// that are null are left to the table's default.
func (s *Store) Insert(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	return s.each(ctx, o, store.Inserted, rows, cause, (*writer).insert)
}

// Update writes the set fields of rows.
func (s *Store) Update(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	return s.each(ctx, o, store.Updated, rows, cause, (*writer).update)
}

var verbs = map[store.Op]string{store.Inserted: "insert", store.Updated: "update"}

// each writes rows one by one.
func (s *Store) each(ctx context.Context, o *schema.Object, op store.Op, rows []*schema.Record, cause store.Cause, write func(*writer, *schema.Record) error) error {
	if len(rows) == 0 {
		return nil
	}
	return s.Change(ctx, o, op, cause, func(p *table.Plan) (int, func(int) string, error) {
		w := writer{s: s, p: p, known: s.patternsOf(p)}
		defer w.close()
		for _, r := range rows {
			if r.ID() == "" && op == store.Inserted {
				return 0, nil, fmt.Errorf("insert into %s: the row has no id", o.Name)
			}
			if err := write(&w, r.As(o)); err != nil {
				return 0, nil, fmt.Errorf("%s %s %s: %w", verbs[op], o.Name, r.ID(), err)
			}
		}
		return len(rows), func(i int) string { return rows[i].ID() }, nil
	})
}

// Delete removes rows.
func (s *Store) Delete(ctx context.Context, o *schema.Object, ids []string, cause store.Cause) error {
	if len(ids) == 0 {
		return nil
	}
	return s.Change(ctx, o, store.Deleted, cause, func(p *table.Plan) (int, func(int) string, error) {
		sql := "DELETE FROM " + p.Table.Name + ` WHERE "id" = ?`
		gone := make([]string, 0, len(ids))
		for _, id := range ids {
			n, err := s.exec(ctx, sql, value.OfText(store.FullID(id)))
			if err != nil {
				return 0, nil, fmt.Errorf("delete %s %s: %w", o.Name, id, err)
			}
			if n > 0 {
				gone = append(gone, store.FullID(id))
			}
		}
		return len(gone), func(i int) string { return gone[i] }, nil
	})
}

// writer writes many rows of one object and keeps the statement of the last
// row, since the next one mostly sets the same fields.
type writer struct {
	s     *Store
	p     *table.Plan
	known *patterns
	key   []byte
	last  string // key of st, after its verb
	stmt  *pattern
	st    *sqlite3.Stmt
}

func (w *writer) close() {
	if w.st != nil {
		w.s.done(w.stmt.sql, w.st)
		w.st = nil
	}
}

// use makes the statement for the fields in w.key the present one.
func (w *writer) use(cache map[string]*pattern, sql func([]uint16) string) error {
	if w.st != nil && string(w.key) == w.last {
		return nil
	}
	w.close()
	ps := cache[string(w.key)]
	if ps == nil {
		ps = &pattern{slots: make([]uint16, len(w.key)/2)}
		for i := range ps.slots {
			ps.slots[i] = uint16(w.key[2*i])<<8 | uint16(w.key[2*i+1])
		}
		ps.sql = sql(ps.slots)
		cache[string(w.key)] = ps
	}
	st, err := w.s.prepare(ps.sql)
	if err != nil {
		return err
	}
	w.stmt, w.st, w.last = ps, st, string(w.key)
	return nil
}

// collect notes the slots of the stored fields a row sets.
func (w *writer) collect(r *schema.Record, nulls bool) {
	w.key = w.key[:0]
	for i, n := 0, r.Len(); i < n; i++ {
		slot, v := r.At(i)
		at := w.p.BySlot[slot]
		if at < 0 || v.IsNull() && !nulls || at == w.p.ID && nulls {
			continue
		}
		w.key = append(w.key, byte(slot>>8), byte(slot))
	}
}

func (w *writer) bind(r *schema.Record) error {
	for i, slot := range w.stmt.slots {
		at := w.p.BySlot[slot]
		raw, err := w.p.Columns[at].Encode(r.Get(w.p.Fields[at]))
		if err == nil {
			err = bindRaw(w.st, i+1, raw)
		}
		if err != nil {
			return fmt.Errorf("field %s: %w", w.p.Fields[at].Name, err)
		}
	}
	return nil
}

func (w *writer) insert(r *schema.Record) error {
	w.collect(r, false)
	if err := w.use(w.known.inserts, w.insertSQL); err != nil {
		return err
	}
	if err := w.bind(r); err != nil {
		return err
	}
	return w.st.Exec()
}

func (w *writer) update(r *schema.Record) error {
	w.collect(r, true)
	if len(w.key) == 0 {
		return nil
	}
	if err := w.use(w.known.updates, w.updateSQL); err != nil {
		return err
	}
	if err := w.bind(r); err != nil {
		return err
	}
	if err := w.st.BindText(len(w.stmt.slots)+1, store.FullID(r.ID())); err != nil {
		return err
	}
	if err := w.st.Exec(); err != nil {
		return err
	}
	if w.s.conn.Changes() == 0 {
		return fmt.Errorf("there is no such row")
	}
	return nil
}

func (w *writer) insertSQL(slots []uint16) string {
	var names, marks strings.Builder
	for i, slot := range slots {
		if i > 0 {
			names.WriteByte(',')
			marks.WriteByte(',')
		}
		names.WriteString(w.p.Names[w.p.BySlot[slot]])
		marks.WriteByte('?')
	}
	return "INSERT INTO " + w.p.Table.Name + "(" + names.String() + ") VALUES(" + marks.String() + ")"
}

func (w *writer) updateSQL(slots []uint16) string {
	var sets strings.Builder
	for i, slot := range slots {
		if i > 0 {
			sets.WriteByte(',')
		}
		sets.WriteString(w.p.Names[w.p.BySlot[slot]] + "=?")
	}
	return "UPDATE " + w.p.Table.Name + " SET " + sets.String() + ` WHERE "id"=?`
}
