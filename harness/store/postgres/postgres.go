// Package postgres keeps orgs on a PostgreSQL server, a database each: for
// orgs that outgrow memory, and for machines that run containers anyway.
//
// The machine: a Server is a server in a container of its own, or one that is
// named by an address. It makes databases from an empty model, copies them for
// forks (CREATE DATABASE ... TEMPLATE), shares its connections among them, and
// drops them. Names of databases carry the number of the run, and a lease that
// the run renews while it lives; databases of runs that died are dropped when
// the next one begins, and no others are touched. A Store talks to its database
// over one connection at a time, which it may lose to another store between
// transactions when connections are scarce. Rows are loaded with COPY in binary
// form, updated many at a time from arrays; statements are prepared once.
//
// Values are stored as the embedded store does: numbers as scaled integers,
// dates as days, text as it is. Text compares by the same rule (see Dialect);
// the rule of folding is computed from package value, not left to the server.
// Diff reads only rows written since the two databases were one, which the
// numbers of the transactions that wrote them tell.
//
// A Store belongs to one goroutine at a time; stores of one Server may be used
// at once. When a connection is lost, the call says so; what was not committed
// is gone, and the next call connects again unless it is inside a transaction.
//
// Left out: versions before 15, which have no strategy for copies.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// Store is an org in a database of a server.
type Store struct {
	table.Catalog
	server   *Server
	database string
	keep     bool // the database stays after Close

	session *session // nil while another store has its place
	busy    int      // calls in progress; guarded by server.mu
	used    int64    // when it was last in use; guarded by server.mu
	reading *stream  // answers being read, innermost first

	lineage []fork // common points with other stores, oldest first
	fate    *fate

	depth  int      // open savepoints
	begun  bool     // the server knows of the transaction
	queue  []string // what the server is to be told before the next write
	marks  []mark   // per open savepoint
	lost   error    // why the transaction is no more
	closed bool
}

// fork is a moment at which two databases were one.
type fork struct {
	number int64
	xid    string // transactions from this one on came later
}

var (
	_     store.Store = (*Store)(nil)
	forks atomic.Int64
)

func newStore(srv *Server, name string, f *fate) *Store {
	s := &Store{server: srv, database: name, fate: f}
	s.Catalog = table.New(database{s})
	return s
}

// Dialect is PostgreSQL's.
func (s *Store) Dialect() store.Dialect { return Dialect }

// use takes the store's connection for a call, or makes one.
func (s *Store) use(ctx context.Context) error {
	switch {
	case s.closed:
		return errors.New("use an org's database: it is closed")
	case s.lost != nil:
		return s.lostError()
	}
	return s.server.acquire(ctx, s)
}

func (s *Store) unuse() { s.server.release(s) }

// failed looks at an error of the server: when the connection is gone, so is
// the transaction.
func (s *Store) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	closed := s.session != nil && s.session.conn.IsClosed()
	if ctx.Err() == nil && (closed || isFault(err)) {
		s.fate.note(err)
	}
	if closed {
		s.server.disconnect(s)
		if s.begun {
			s.lost = err
		}
	}
	return cause(ctx, err)
}

// Fork makes an independent copy of the committed state.
func (s *Store) Fork(ctx context.Context) (store.Store, error) {
	if s.depth > 0 {
		return nil, errors.New("fork an org: a transaction is open; commit or roll it back first")
	}
	if s.closed {
		return nil, errors.New("fork an org: it is closed")
	}
	xid := ""
	err := s.Query(ctx, `SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint & 4294967295)::text`, nil, func(r store.Row) error {
		xid = r.Text(0)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("fork an org: %w", err)
	}
	s.server.disconnect(s)
	name, err := s.server.copyDatabase(ctx, s.database)
	if err != nil {
		if ctx.Err() == nil {
			s.fate.note(err)
		}
		return nil, fmt.Errorf("fork an org: %w", err)
	}
	f := newStore(s.server, name, s.fate)
	f.Inherit(&s.Catalog)
	s.lineage = append(s.lineage, fork{forks.Add(1), xid})
	f.lineage = slices.Clone(s.lineage)
	return f, nil
}

// Size is the bytes the database takes on the server.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var size int64
	err := s.Query(ctx, `SELECT pg_database_size(current_database())`, nil, func(r store.Row) error {
		size = r.Int64(0)
		return nil
	})
	return size, err
}

// Close drops the database, unless it was made to be kept.
func (s *Store) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.server.disconnect(s)
	if s.keep {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.server.dropDatabase(ctx, s.database)
}
