package sqlite

import (
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// maxStatements bounds the prepared statements kept. When there are more, all
// that are idle go: a run that needs so many repeats few of them.
const maxStatements = 1000

// guard turns a panic of the library into an error: it panics when a
// connection runs out of memory, and one org must not take down the others.
func (s *Store) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the database failed: %v", p)
		}
	}()
	return f()
}

// begin makes statements end when ctx does.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if done := ctx.Done(); done != s.interrupt {
		s.conn.SetInterrupt(ctx)
		s.interrupt = done
	}
	return nil
}

func (s *Store) script(sql string) error {
	return s.guard(func() error { return s.conn.Exec(sql) })
}

// prepare takes a statement out of the cache or makes it. The caller gives it
// back with done, so that a query run inside another of the same text gets a
// statement of its own.
func (s *Store) prepare(sql string) (*sqlite3.Stmt, error) {
	if st := s.stmts[sql]; st != nil {
		delete(s.stmts, sql)
		return st, nil
	}
	st, _, err := s.conn.PrepareFlags(sql, sqlite3.PREPARE_PERSISTENT)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", clip(sql), err)
	}
	return st, nil
}

func clip(sql string) string {
	if len(sql) > 300 {
		return sql[:300] + "…"
	}
	return sql
}

func (s *Store) done(sql string, st *sqlite3.Stmt) {
	_ = st.Reset()
	if s.stmts[sql] != nil {
		_ = st.Close()
		return
	}
	if len(s.stmts) >= maxStatements {
		s.forget()
	}
	s.stmts[sql] = st
}

// forget closes all idle statements.
func (s *Store) forget() {
	for _, old := range s.stmts {
		_ = old.Close()
	}
	clear(s.stmts)
}

// bind sets a parameter to a value whose kind alone says how it is stored.
func bind(st *sqlite3.Stmt, n int, v value.Value) error {
	switch v.Kind() {
	case value.Null:
		return st.BindNull(n)
	case value.Bool:
		return st.BindBool(n, v.Bool())
	case value.Int, value.Long, value.Date, value.Datetime, value.Time:
		return st.BindInt64(n, v.Int64())
	case value.Double, value.Decimal:
		return st.BindFloat(n, v.Float64())
	case value.Blob:
		return st.BindBlob(n, []byte(v.Text()))
	default:
		return st.BindText(n, v.Text())
	}
}

func bindRaw(st *sqlite3.Stmt, n int, r store.Raw) error {
	switch {
	case r.Null:
		return st.BindNull(n)
	case r.IsText:
		return st.BindText(n, r.Text)
	case r.IsBlob:
		return st.BindBlob(n, []byte(r.Text))
	default:
		return st.BindInt64(n, r.Int)
	}
}

// Exec runs one statement. What it writes is not known here, so every table
// counts as written.
func (s *Store) Exec(ctx context.Context, sql string, args ...value.Value) (int64, error) {
	for _, t := range s.Tables {
		s.Written(t)
	}
	return s.exec(ctx, sql, args...)
}

func (s *Store) exec(ctx context.Context, sql string, args ...value.Value) (n int64, err error) {
	err = s.run(ctx, sql, args, nil)
	if err == nil {
		n = s.conn.Changes()
	}
	return n, err
}

// Query runs one statement and hands on its rows.
func (s *Store) Query(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) error {
	return s.run(ctx, sql, args, each)
}

func (s *Store) run(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	return s.guard(func() error {
		st, err := s.prepare(sql)
		if err != nil {
			return err
		}
		defer s.done(sql, st)
		for i, a := range args {
			if err := bind(st, i+1, a); err != nil {
				return fmt.Errorf("bind parameter %d of %s: %w", i+1, clip(sql), err)
			}
		}
		r := row{st}
		for st.Step() {
			if each == nil {
				continue
			}
			if err := each(&r); err != nil {
				return err
			}
		}
		if err := st.Err(); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("run %s: %w", clip(sql), err)
		}
		return nil
	})
}

// row is the present row of a statement.
type row struct{ st *sqlite3.Stmt }

func (r *row) Null(i int) bool       { return r.st.ColumnType(i) == sqlite3.NULL }
func (r *row) Int64(i int) int64     { return r.st.ColumnInt64(i) }
func (r *row) Float64(i int) float64 { return r.st.ColumnFloat(i) }
func (r *row) Text(i int) string     { return r.st.ColumnText(i) }
func (r *row) Bytes(i int) []byte    { return r.st.ColumnBlob(i, nil) }
