package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// What a server must be like is asked before anything is made on it.

// errPooler is the error where an address leads to a pooler that gives out its
// connections by the transaction. Sessions are needed: databases are made and
// dropped, statements prepared, savepoints kept.
var errPooler = errors.New("the address is that of a pooler (such as pgbouncer with pool_mode = transaction), behind which no session lasts; " +
	"give the address of the server itself")

// isPooler recognises pgbouncer by its refusal of the settings of a session.
func isPooler(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.Contains(pg.Message, "unsupported startup parameter")
}

// open makes the session for what concerns the whole server. Where others have
// taken all connections, it waits for one.
func (srv *Server) open(ctx context.Context) error {
	cfg := srv.address()
	err := insist(ctx, func() (again bool, err error) {
		srv.session, err = connect(ctx, cfg, cfg.Database)
		var pg *pgconn.PgError
		return errors.As(err, &pg) && pg.Code == tooMany, err
	})
	if isPooler(err) {
		return errPooler
	}
	return err
}

// checkSuited refuses servers on which orgs can not live.
func (srv *Server) checkSuited(ctx context.Context) error {
	if err := srv.checkVersion(ctx); err != nil {
		return err
	}
	rows, err := srv.ask(ctx, "SELECT pg_is_in_recovery()::text, current_setting('default_transaction_read_only')")
	if err != nil {
		return err
	}
	switch {
	case string(rows[0][0]) == "true":
		return errors.New("it is a standby, which only reads; give the address of its primary")
	case string(rows[0][1]) == "on":
		return errors.New("it is set to read only (default_transaction_read_only); give the address of a server that may be written to")
	}
	return srv.checkSession(ctx)
}

// poolerTime is how long a connection is waited for that only a pooler holds
// back.
const poolerTime = 5 * time.Second

// checkSession finds out whether what is set in a session is there in its next
// transaction, while another connection is in one: a pooler that gives out
// connections by the transaction gives each of them another.
func (srv *Server) checkSession(ctx context.Context) error {
	const mark = "rehearse.session"
	if err := srv.session.script(ctx, fmt.Sprintf("SET %s = '%s'", mark, srv.run)); err != nil {
		return err
	}
	cfg := srv.address()
	other, err := connect(ctx, cfg, cfg.Database)
	if err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == tooMany {
			return nil // countConnections tells of that
		}
		return err
	}
	defer other.close()
	if err := other.script(ctx, "BEGIN; SELECT 1"); err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, poolerTime)
	defer cancel()
	rows, err := srv.ask(waiting, "SELECT coalesce(current_setting('"+mark+"', true), '')")
	if err != nil && ctx.Err() == nil && waiting.Err() != nil || err == nil && string(rows[0][0]) != srv.run {
		return errPooler
	}
	return err
}

// sweepLock is the number of the lock that the run holds which sweeps: several
// at once would be in each other's way.
const sweepLock = 0x52485253

// lockTimeout is the server's code for a lock that was waited for long enough
// (errcodes.txt).
const lockTimeout = "55P03"

// sweepAlone sweeps when no other run does. What one that takes long has not
// dropped yet is left to it.
func (srv *Server) sweepAlone(ctx context.Context) error {
	err := srv.session.script(ctx, fmt.Sprintf("SET lock_timeout = '30s'; SELECT pg_advisory_lock(%d)", sweepLock))
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == lockTimeout {
		return srv.session.script(ctx, "RESET lock_timeout")
	}
	if err != nil {
		return err
	}
	err = srv.sweep(ctx)
	return errors.Join(err, srv.session.script(context.WithoutCancel(ctx), fmt.Sprintf("RESET lock_timeout; SELECT pg_advisory_unlock(%d)", sweepLock)))
}

// The server's codes for a right that is wanting, and for a database to which
// someone is connected (errcodes.txt).
const (
	insufficient = "42501"
	inUse        = "55006"
)

// explain adds to an error of making a database what can be done about it.
func explain(err error) error {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg):
	case pg.Code == insufficient:
		return fmt.Errorf("%w; the user of the address needs the right CREATEDB", err)
	case pg.Code == inUse:
		return fmt.Errorf("%w; if the address is that of a pooler, which keeps connections open, give the address of the server itself", err)
	case pg.Code == diskFull:
		return fmt.Errorf("%w; the disk of the server is full", err)
	}
	return err
}
