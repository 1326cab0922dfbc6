package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// fate is what an org and all its forks have in common: the server they began
// on, and what went wrong with it. An error of the server may be taken for one
// of the org by what runs in it; who judges the org asks Fault.
type fate struct {
	mu    sync.Mutex
	epoch string // of the server when the org was made
	fault error
}

func (f *fate) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == diskFull {
		err = fmt.Errorf("the disk of the server is full: %w", err)
	}
	if f.fault == nil {
		f.fault = err
	}
}

// diskFull is the server's code for no room left (errcodes.txt).
const diskFull = "53100"

// Fault tells what went wrong with the server under this org or one of its
// forks; nil when nothing did. See store.Fault.
func (s *Store) Fault() error {
	s.fate.mu.Lock()
	defer s.fate.mu.Unlock()
	return s.fate.fault
}

var _ store.Faulty = (*Store)(nil)

// isFault reports whether an answer of the server is about the server itself:
// no room or memory, a shutdown, a broken file (errcodes.txt, classes 53, 57P,
// 58, F0, XX).
func isFault(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	switch pg.Code[:2] {
	case "53", "58", "F0", "XX":
		return true
	}
	return strings.HasPrefix(pg.Code, "57P")
}

// epochSQL tells a server from what it is after a restart. A crash of one of
// its processes drops its statistics, and with them transactions that it had
// confirmed but not written out.
const epochSQL = `SELECT pg_postmaster_start_time()::text || ' ' || coalesce(stats_reset::text, '') FROM pg_stat_bgwriter`

// check holds the server of a new session against the one the org began on.
func (f *fate) check(ctx context.Context, c *session) error {
	res, err := c.conn.Exec(ctx, epochSQL).ReadAll()
	if err != nil {
		return err
	}
	epoch := string(res[0].Rows[0][0])
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.epoch == "":
		f.epoch = epoch
	case f.epoch != epoch:
		return errors.New("the server was restarted; what the org held may be lost")
	}
	return nil
}

// tooMany is the server's code for no connection left (errcodes.txt).
const tooMany = "53300"

// patience is how long the run waits for a connection that others hold, and
// for a server that comes back.
const patience = 30 * time.Second

// connectStore opens the session of a store. Where other users of the server
// have taken the connections that were counted on, it waits.
func (srv *Server) connectStore(ctx context.Context, s *Store) error {
	var c *session
	err := insist(ctx, func() (again bool, err error) {
		c, err = connect(ctx, srv.address(), s.database)
		var pg *pgconn.PgError
		return errors.As(err, &pg) && pg.Code == tooMany, err
	})
	if err == nil {
		if err = s.fate.check(ctx, c); err != nil {
			c.close()
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			s.fate.note(err)
		}
		return cause(ctx, err)
	}
	s.session = c
	return nil
}

// insist tries again as long as that may help and patience lasts.
func insist(ctx context.Context, try func() (again bool, err error)) error {
	end := time.Now().Add(patience)
	for {
		again, err := try()
		if err == nil || !again || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// isGone reports whether an error may mean that the server is no more, or not
// there for the moment.
func isGone(err error) bool {
	var pg *pgconn.PgError
	return err != nil && (!errors.As(err, &pg) || isFault(err))
}

// revive makes the server answer again for the orgs to come: it waits for one
// that restarts, and starts another container in place of one that died.
func (srv *Server) revive(ctx context.Context) error {
	srv.admin.Lock()
	defer srv.admin.Unlock()
	if srv.container != nil {
		state, err := srv.container.running.State(ctx)
		if err != nil || !state.Running {
			return srv.replaceContainer(ctx)
		}
		if dsn, err := srv.container.running.ConnectionString(ctx, "sslmode=disable"); err == nil {
			if err := srv.setAddress(dsn); err != nil { // its port may be another one
				return err
			}
		}
	}
	return insist(ctx, func() (bool, error) {
		err := srv.manage(ctx, "")
		return isGone(err), err
	})
}

// replaceContainer starts a server in place of one that is no more, with a
// model. The stores of the old one find out when they connect.
func (srv *Server) replaceContainer(ctx context.Context) error {
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := srv.container.stop(stopping); err != nil {
		return err
	}
	c, err := startContainer(ctx, srv.image, srv.run)
	if err != nil {
		return err
	}
	srv.container = c
	clear(srv.databases)
	if err := srv.setAddress(c.dsn); err != nil {
		return err
	}
	if srv.session != nil {
		srv.session.close()
		srv.session = nil
	}
	if err := srv.manage(ctx, ""); err != nil {
		return fmt.Errorf("set up another PostgreSQL server: %w", err)
	}
	return srv.createModel(ctx)
}
