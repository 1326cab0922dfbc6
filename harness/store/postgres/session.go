package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgproto3"
)

// maxStatements bounds the statements that a session keeps prepared. When
// there are more, all go: a run that needs so many repeats few of them.
const maxStatements = 500

// session is one connection to one database with its prepared statements.
type session struct {
	conn  *pgconn.PgConn
	stmts map[string]*statement
	named int
}

// statement is a prepared statement.
type statement struct {
	name    string
	params  []uint32
	inputs  []int16 // formats of params
	outputs []int16
	types   []uint32 // of the columns of its answer
}

// connect opens a session. A context that ends cancels what the server does;
// the session stays usable, so that a transaction can be rolled back.
func connect(ctx context.Context, cfg *pgconn.Config, database string) (*session, error) {
	c := cfg.Copy()
	c.Database = database
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 10 * time.Second}
	}
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to database %s: %w", database, err)
	}
	return &session{conn: conn, stmts: map[string]*statement{}}, nil
}

// script runs statements without parameters.
func (c *session) script(ctx context.Context, sql string) error {
	_, err := c.conn.Exec(ctx, sql).ReadAll()
	return err
}

// prepare gives the prepared statement of a text with n parameters. A text may
// leave some of them out; the server must be told a type for those.
func (c *session) prepare(ctx context.Context, sql string, n int) (*statement, error) {
	if st := c.stmts[sql]; st != nil {
		return st, nil
	}
	if len(c.stmts) >= maxStatements {
		if err := c.forget(ctx); err != nil {
			return nil, err
		}
	}
	c.named++
	st := &statement{name: "s" + strconv.Itoa(c.named)}
	d, err := c.conn.Prepare(ctx, st.name, sql, leftOut(sql, n))
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", clip(sql), err)
	}
	st.params = append(st.params, d.ParamOIDs...)
	for _, p := range st.params {
		st.inputs = append(st.inputs, format(p))
	}
	for _, f := range d.Fields {
		st.types = append(st.types, f.DataTypeOID)
		st.outputs = append(st.outputs, format(f.DataTypeOID))
	}
	c.stmts[sql] = st
	return st, nil
}

// leftOut gives the parameters that do not occur the type text, the others
// none.
func leftOut(sql string, n int) []uint32 {
	types := make([]uint32, n)
	for i := range types {
		types[i] = oidText
	}
	for rest := sql; ; {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			return types
		}
		rest = rest[at+1:]
		k := 0
		for k < len(rest) && rest[k] >= '0' && rest[k] <= '9' {
			k++
		}
		if i, _ := strconv.Atoi(rest[:k]); i > 0 && i <= n {
			types[i-1] = 0
		}
	}
}

// forget drops all prepared statements, as a change of the tables demands.
func (c *session) forget(ctx context.Context) error {
	if len(c.stmts) == 0 {
		return nil
	}
	clear(c.stmts)
	return c.script(ctx, "DEALLOCATE ALL")
}

// close ends the session and waits until the server has let go of the
// database: no one may be connected to a database that is copied or dropped.
func (c *session) close() {
	if c.conn.IsClosed() {
		return
	}
	h, err := c.conn.Hijack()
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.conn.Close(ctx)
		return
	}
	_ = h.Conn.SetDeadline(time.Now().Add(2 * time.Second))
	h.Frontend.Send(&pgproto3.Terminate{})
	if h.Frontend.Flush() == nil {
		_, _ = io.Copy(io.Discard, h.Conn)
	}
	_ = h.Conn.Close()
}

// cause turns an error of the server into one that says what happened, and
// that of an ended context into the context's.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Detail != "" {
		return fmt.Errorf("%w (%s)", err, pg.Detail)
	}
	return err
}

// clip shortens a statement for a message.
func clip(sql string) string {
	sql = strings.Join(strings.Fields(sql), " ")
	if len(sql) > 300 {
		return sql[:300] + "…"
	}
	return sql
}
