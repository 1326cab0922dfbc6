package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Insert adds rows. Rows that set the same fields share one statement; fields
// that are null are left to the table's default.
func (s *Store) Insert(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if len(rows) == 0 {
		return nil
	}
	p, err := s.planOf(ctx, o)
	if err != nil {
		return err
	}
	err = s.atomically(ctx, func() error {
		w := writer{s: s, p: p}
		defer w.close()
		for _, r := range rows {
			if r.ID() == "" {
				return fmt.Errorf("insert into %s: the row has no id", o.Name)
			}
			if err := w.insert(r.As(o)); err != nil {
				return fmt.Errorf("insert %s %s: %w", o.Name, r.ID(), err)
			}
		}
		return s.journal(ctx, o, store.Inserted, cause, len(rows), func(i int) string { return rows[i].ID() })
	})
	if err == nil {
		s.written(p.table)
	}
	return err
}

// Update writes the set fields of rows.
func (s *Store) Update(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if len(rows) == 0 {
		return nil
	}
	p, err := s.planOf(ctx, o)
	if err != nil {
		return err
	}
	err = s.atomically(ctx, func() error {
		w := writer{s: s, p: p}
		defer w.close()
		for _, r := range rows {
			if err := w.update(r.As(o)); err != nil {
				return fmt.Errorf("update %s %s: %w", o.Name, r.ID(), err)
			}
		}
		return s.journal(ctx, o, store.Updated, cause, len(rows), func(i int) string { return rows[i].ID() })
	})
	if err == nil {
		s.written(p.table)
	}
	return err
}

// Delete removes rows.
func (s *Store) Delete(ctx context.Context, o *schema.Object, ids []string, cause store.Cause) error {
	if len(ids) == 0 {
		return nil
	}
	p, err := s.planOf(ctx, o)
	if err != nil {
		return err
	}
	sql := "DELETE FROM " + p.table.name + ` WHERE "id" = ?`
	err = s.atomically(ctx, func() error {
		gone := make([]string, 0, len(ids))
		for _, id := range ids {
			n, err := s.exec(ctx, sql, value.OfText(store.FullID(id)))
			if err != nil {
				return fmt.Errorf("delete %s %s: %w", o.Name, id, err)
			}
			if n > 0 {
				gone = append(gone, store.FullID(id))
			}
		}
		return s.journal(ctx, o, store.Deleted, cause, len(gone), func(i int) string { return gone[i] })
	})
	if err == nil {
		s.written(p.table)
	}
	return err
}

// writer writes many rows of one object and keeps the statement of the last
// row, since the next one mostly sets the same fields.
type writer struct {
	s    *Store
	p    *plan
	key  []byte
	last string // key of st, after its verb
	stmt *patternStmt
	st   *sqlite3.Stmt
}

func (w *writer) close() {
	if w.st != nil {
		w.s.done(w.stmt.sql, w.st)
		w.st = nil
	}
}

// use makes the statement for the fields in w.key the present one.
func (w *writer) use(cache map[string]*patternStmt, sql func([]uint16) string) error {
	if w.st != nil && string(w.key) == w.last {
		return nil
	}
	w.close()
	ps := cache[string(w.key)]
	if ps == nil {
		ps = &patternStmt{slots: make([]uint16, len(w.key)/2)}
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

// pattern collects the slots of the stored fields a row sets.
func (w *writer) pattern(r *schema.Record, nulls bool) {
	w.key = w.key[:0]
	for i, n := 0, r.Len(); i < n; i++ {
		slot, v := r.At(i)
		at := w.p.bySlot[slot]
		if at < 0 || v.IsNull() && !nulls || at == w.p.id && nulls {
			continue
		}
		w.key = append(w.key, byte(slot>>8), byte(slot))
	}
}

func (w *writer) bind(r *schema.Record) error {
	for i, slot := range w.stmt.slots {
		at := w.p.bySlot[slot]
		raw, err := w.p.columns[at].Encode(r.Get(w.p.fields[at]))
		if err == nil {
			err = bindRaw(w.st, i+1, raw)
		}
		if err != nil {
			return fmt.Errorf("field %s: %w", w.p.fields[at].Name, err)
		}
	}
	return nil
}

func (w *writer) insert(r *schema.Record) error {
	w.pattern(r, false)
	if err := w.use(w.p.inserts, w.p.insertSQL); err != nil {
		return err
	}
	if err := w.bind(r); err != nil {
		return err
	}
	return w.st.Exec()
}

func (w *writer) update(r *schema.Record) error {
	w.pattern(r, true)
	if len(w.key) == 0 {
		return nil
	}
	if err := w.use(w.p.updates, w.p.updateSQL); err != nil {
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

func (p *plan) insertSQL(slots []uint16) string {
	var names, marks strings.Builder
	for i, slot := range slots {
		if i > 0 {
			names.WriteByte(',')
			marks.WriteByte(',')
		}
		names.WriteString(quote(p.fields[p.bySlot[slot]].Name))
		marks.WriteByte('?')
	}
	return "INSERT INTO " + p.table.name + "(" + names.String() + ") VALUES(" + marks.String() + ")"
}

func (p *plan) updateSQL(slots []uint16) string {
	var sets strings.Builder
	for i, slot := range slots {
		if i > 0 {
			sets.WriteByte(',')
		}
		sets.WriteString(quote(p.fields[p.bySlot[slot]].Name) + "=?")
	}
	return "UPDATE " + p.table.name + " SET " + sets.String() + ` WHERE "id"=?`
}
