package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// stream is an answer that is being read. When the session is needed for
// something else meanwhile, what is left of it is read into memory.
type stream struct {
	s       *Store
	result  *pgconn.ResultReader
	row     row
	drained bool
	rest    [][][]byte
	outer   *stream // that was being read when this one began
}

// next moves to the next row.
func (q *stream) next() bool {
	if !q.drained {
		if !q.result.NextRow() {
			return false
		}
		q.row.values = q.result.Values()
		return true
	}
	if len(q.rest) == 0 {
		return false
	}
	q.row.values, q.rest = q.rest[0], q.rest[1:]
	return true
}

// drain reads the rest into memory and frees the session.
func (q *stream) drain() {
	if q.drained {
		return
	}
	// The row in hand lies in the session's buffer, which is used again.
	q.row.values = copyRow(q.row.values)
	for q.result.NextRow() {
		q.rest = append(q.rest, copyRow(q.result.Values()))
	}
	_, _ = q.result.Close() // close gives its error
	q.drained = true
}

func copyRow(values [][]byte) [][]byte {
	size := 0
	for _, v := range values {
		size += len(v)
	}
	room := make([]byte, 0, size)
	out := make([][]byte, len(values))
	for i, v := range values {
		if v != nil {
			from := len(room)
			room = append(room, v...)
			out[i] = room[from:len(room):len(room)]
		}
	}
	return out
}

// close ends the reading; the error is that of the whole statement.
func (q *stream) close() (pgconn.CommandTag, error) {
	if q.s.reading == q {
		q.s.reading = q.outer
	}
	return q.result.Close()
}

// idle makes the session free for another statement.
func (s *Store) idle() {
	for q := s.reading; q != nil; q = q.outer {
		q.drain()
	}
}

// start runs a prepared statement with encoded parameters.
func (s *Store) start(ctx context.Context, sql string, n int, bind func(*statement) ([][]byte, error)) (*stream, error) {
	s.idle()
	if err := s.flush(ctx, !isQuery(sql)); err != nil {
		return nil, err
	}
	st, err := s.prepare(ctx, sql, n)
	if err != nil {
		return nil, err
	}
	params, err := bind(st)
	if err != nil {
		return nil, err
	}
	q := &stream{s: s, outer: s.reading, row: row{types: st.types}}
	q.result = s.session.conn.ExecPrepared(ctx, st.name, params, st.inputs, st.outputs)
	s.reading = q
	return q, nil
}

// prepare gives a prepared statement. One that the server does not understand
// must not end the transaction that it was to run in.
func (s *Store) prepare(ctx context.Context, sql string, n int) (*statement, error) {
	if !s.begun || s.session.stmts[sql] != nil {
		st, err := s.session.prepare(ctx, sql, n)
		return st, s.failed(ctx, err)
	}
	if err := s.session.script(ctx, "SAVEPOINT prepare"); err != nil {
		return nil, s.failed(ctx, err)
	}
	st, err := s.session.prepare(ctx, sql, n)
	end := "RELEASE prepare"
	if err != nil {
		end = "ROLLBACK TO prepare; RELEASE prepare"
	}
	if err = errors.Join(err, s.session.script(context.WithoutCancel(ctx), end)); err != nil {
		return nil, s.failed(ctx, err)
	}
	return st, nil
}

func isQuery(sql string) bool {
	return strings.HasPrefix(sql, "SELECT ") && !strings.Contains(sql, " FOR UPDATE")
}

// run runs one statement with values as parameters.
func (s *Store) run(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) (int64, error) {
	return s.read(ctx, sql, len(args), func(st *statement) ([][]byte, error) {
		if len(args) != len(st.params) {
			return nil, fmt.Errorf("run %s: %d parameters for %d places", clip(sql), len(args), len(st.params))
		}
		params := make([][]byte, len(args))
		for i, a := range args {
			b, err := encode(st.params[i], a)
			if err != nil {
				return nil, fmt.Errorf("bind parameter %d of %s: %w", i+1, clip(sql), err)
			}
			params[i] = b
		}
		return params, nil
	}, each)
}

// arrays runs one statement whose parameters are encoded already, of the types
// that its text says.
func (s *Store) arrays(ctx context.Context, sql string, params [][]byte, each func(store.Row) error) (int64, error) {
	return s.read(ctx, sql, len(params), func(st *statement) ([][]byte, error) {
		for i := range st.inputs {
			st.inputs[i] = binaryFormat
		}
		return params, nil
	}, each)
}

func (s *Store) read(ctx context.Context, sql string, n int, bind func(*statement) ([][]byte, error), each func(store.Row) error) (int64, error) {
	if err := s.use(ctx); err != nil {
		return 0, err
	}
	defer s.unuse()
	q, err := s.start(ctx, sql, n, bind)
	if err != nil {
		return 0, err
	}
	var stop error
	for stop == nil && q.next() {
		if each != nil {
			stop = each(&q.row)
		}
	}
	tag, err := q.close()
	if stop != nil {
		return 0, stop
	}
	if err != nil {
		return 0, s.failed(ctx, fmt.Errorf("run %s: %w", clip(sql), err))
	}
	return tag.RowsAffected(), nil
}

// Exec runs one statement. What it writes is not known here, so every table
// counts as written.
func (s *Store) Exec(ctx context.Context, sql string, args ...value.Value) (int64, error) {
	if !isQuery(sql) {
		for _, t := range s.Tables {
			s.Written(t)
			t.Traced = false
		}
	}
	return s.run(ctx, sql, args, nil)
}

// Query runs one statement and hands on its rows.
func (s *Store) Query(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) error {
	_, err := s.run(ctx, sql, args, each)
	return err
}

// script runs statements without parameters that write.
func (s *Store) script(ctx context.Context, sql string) error {
	if err := s.use(ctx); err != nil {
		return err
	}
	defer s.unuse()
	s.idle()
	if err := s.flush(ctx, true); err != nil {
		return err
	}
	if err := s.session.script(ctx, sql); err != nil {
		return s.failed(ctx, fmt.Errorf("run %s: %w", clip(sql), err))
	}
	return nil
}
