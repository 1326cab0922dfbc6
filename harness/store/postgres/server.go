package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// Options say which server to use.
type Options struct {
	// DSN is the address of a server, as "postgres://user:password@host/db" or
	// "host=... user=...". The user must be allowed to make databases. Empty:
	// a server is started in a container.
	DSN string
	// Image of the container; empty for DefaultImage.
	Image string
	// Connections is how many connections may be open at most; 0: as many as
	// the server has left when the Server is made.
	Connections int
}

// DefaultImage is the container image of the server.
const DefaultImage = "postgres:18-alpine"

// Server is a PostgreSQL server with the databases of one run. It may be used
// by several goroutines.
type Server struct {
	image     string // of its containers
	run       string // number of the run: 12 hexadecimal digits
	container *container
	model     string // the empty database that new ones are copied from

	mu     sync.Mutex
	config *pgconn.Config // replaced when the server moves
	wait   *sync.Cond
	free   int // connections that may still be opened
	clock  int64
	stores map[*Store]bool // that have a connection

	admin     sync.Mutex
	session   *session // to the database that the address names
	databases map[string]bool
	named     int

	stop    context.CancelFunc
	stopped chan struct{}
}

// minVersion is the first version with strategies for copies of databases.
const minVersion = 150000

// NewServer connects to a server, or starts one, drops what runs that died
// have left behind, and makes the model of the databases to come. Close gives
// everything back.
func NewServer(ctx context.Context, opt Options) (*Server, error) {
	srv, err := Connect(ctx, opt)
	if err != nil {
		return nil, err
	}
	srv.admin.Lock()
	err = srv.makeModel(ctx)
	srv.admin.Unlock()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up the PostgreSQL server: %w", cause(ctx, err)), srv.Close())
	}
	return srv, nil
}

// Connect is NewServer for who only opens orgs that are kept: the model waits
// until a database is made.
func Connect(ctx context.Context, opt Options) (*Server, error) {
	srv := &Server{run: runNumber(), stores: map[*Store]bool{}, databases: map[string]bool{}, image: opt.Image}
	srv.wait = sync.NewCond(&srv.mu)
	dsn := opt.DSN
	if dsn == "" {
		c, err := startContainer(ctx, opt.Image, srv.run)
		if err != nil {
			return nil, err
		}
		srv.container, dsn = c, c.dsn
	}
	err := srv.begin(ctx, dsn, opt.Connections)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up the PostgreSQL server: %w", cause(ctx, err)), srv.Close())
	}
	return srv, nil
}

func (srv *Server) begin(ctx context.Context, dsn string, connections int) error {
	if err := srv.setAddress(dsn); err != nil {
		return err
	}
	if err := srv.open(ctx); err != nil {
		return err
	}
	if err := srv.checkSuited(ctx); err != nil {
		return err
	}
	if err := srv.sweepAlone(ctx); err != nil {
		return fmt.Errorf("drop what earlier runs have left behind: %w", err)
	}
	return srv.countConnections(ctx, connections)
}

// setAddress makes of an address how to connect.
func (srv *Server) setAddress(dsn string) error {
	parsed, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("read its address: %w; write postgres://user:password@host:port/database", err)
	}
	cfg := &parsed.Config
	cfg.RuntimeParams["application_name"] = appName(srv.run)
	cfg.RuntimeParams["synchronous_commit"] = "off"
	cfg.RuntimeParams["client_encoding"] = "UTF8"
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["client_min_messages"] = "warning"
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 15 * time.Second
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.config = cfg
	return nil
}

func (srv *Server) address() *pgconn.Config {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.config
}

// ask runs a query of the server's own database and gives its rows as text.
func (srv *Server) ask(ctx context.Context, sql string) ([][][]byte, error) {
	res, err := srv.session.conn.Exec(ctx, sql).ReadAll()
	if err != nil || len(res) == 0 {
		return nil, err
	}
	return res[0].Rows, nil
}

func (srv *Server) number(ctx context.Context, sql string) (n int, err error) {
	rows, err := srv.ask(ctx, sql)
	if err == nil {
		_, err = fmt.Sscan(string(rows[0][0]), &n)
	}
	return n, err
}

func (srv *Server) checkVersion(ctx context.Context) error {
	n, err := srv.number(ctx, "SHOW server_version_num")
	if err == nil && n < minVersion {
		err = fmt.Errorf("it is of version %d.%d; versions from %d on will do", n/10000, n%10000, minVersion/10000)
	}
	return err
}

// spare is how many of the server's connections are left to others.
const spare = 5

// countConnections finds out how many connections the run may open.
func (srv *Server) countConnections(ctx context.Context, most int) error {
	n, err := srv.number(ctx, `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
- coalesce(current_setting('reserved_connections', true), '0')::int -- from version 16 on
- (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')`)
	if err != nil {
		return err
	}
	if n > 2*spare {
		n -= spare
	}
	if most > 0 {
		n = min(n, most)
	}
	if n < 2 { // a comparison needs two databases at once
		return fmt.Errorf("the server has %d connections left and two are needed; raise max_connections or end other sessions", n)
	}
	srv.free = n
	return nil
}

// makeModel makes the empty database that all others begin as, unless there
// is one; srv.admin is held.
func (srv *Server) makeModel(ctx context.Context) error {
	if srv.stop != nil {
		return nil
	}
	if err := srv.createModel(ctx); err != nil {
		return err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	srv.stop, srv.stopped = stop, make(chan struct{})
	go srv.keepLease(life)
	return nil
}

func (srv *Server) createModel(ctx context.Context) error {
	srv.model = fmt.Sprintf("rehearse_%s_0", srv.run)
	srv.databases[srv.model] = true
	err := srv.session.script(ctx, "CREATE DATABASE "+table.Quote(srv.model)+" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
	if err != nil {
		return fmt.Errorf("make a database: %w", explain(err))
	}
	if err := srv.renew(ctx); err != nil {
		return err
	}
	c, err := connect(ctx, srv.address(), srv.model)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.script(ctx, "SET synchronous_commit = on;"+setupSQL()); err != nil {
		return fmt.Errorf("make the model of an org's database: %w", err)
	}
	return nil
}

// New makes an empty org. A server that is gone is waited for, or replaced if
// it was started here.
func (srv *Server) New(ctx context.Context) (store.Store, error) {
	name, err := srv.copyDatabase(ctx, "")
	if isGone(err) && ctx.Err() == nil {
		if err = srv.revive(ctx); err == nil {
			name, err = srv.copyDatabase(ctx, "")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("make an org's database: %w", err)
	}
	return newStore(srv, name, &fate{}), nil
}

// strategy is how a database is copied. A copy of the files makes the server
// write out first what is in memory: that is the faster way when it has
// nothing else to do, and on a server with other users never the right one.
func (srv *Server) strategy() string {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.container == nil {
		return "WAL_LOG"
	}
	for s := range srv.stores {
		if s.busy > 0 || s.depth > 0 {
			return "WAL_LOG"
		}
	}
	return "FILE_COPY"
}

// copyDatabase makes a database of the run like another, to which no one may
// be connected; like the model where from is empty.
func (srv *Server) copyDatabase(ctx context.Context, from string) (string, error) {
	strategy := srv.strategy()
	srv.admin.Lock()
	defer srv.admin.Unlock()
	if err := srv.makeModel(ctx); err != nil {
		return "", err
	}
	if from == "" {
		from = srv.model
	}
	srv.named++
	name := fmt.Sprintf("rehearse_%s_%d", srv.run, srv.named)
	srv.databases[name] = true
	err := srv.manage(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY %s", table.Quote(name), table.Quote(from), strategy))
	if err != nil {
		return "", errors.Join(explain(err), srv.drop(context.WithoutCancel(ctx), name))
	}
	return name, nil
}

// manage runs a statement about databases, on a new connection when the old
// one is gone.
func (srv *Server) manage(ctx context.Context, sql string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if srv.session == nil || srv.session.conn.IsClosed() {
		cfg := srv.address()
		c, err := connect(ctx, cfg, cfg.Database)
		if err != nil {
			return cause(ctx, err)
		}
		srv.session = c
	}
	return cause(ctx, srv.session.script(ctx, sql))
}

// dropDatabase drops a database of the run.
func (srv *Server) dropDatabase(ctx context.Context, name string) error {
	srv.admin.Lock()
	defer srv.admin.Unlock()
	return srv.drop(ctx, name)
}

func (srv *Server) drop(ctx context.Context, name string) error {
	if !srv.databases[name] {
		return nil
	}
	if err := srv.manage(ctx, "DROP DATABASE IF EXISTS "+table.Quote(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop database %s: %w; the next run will try again", name, err)
	}
	delete(srv.databases, name)
	return nil
}

// Close drops the databases of the run and ends the server if it was started
// here. It does so whatever became of the stores.
func (srv *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if srv.stop != nil {
		srv.stop()
		<-srv.stopped
		srv.stop = nil
	}
	srv.mu.Lock()
	for s := range srv.stores {
		srv.detach(s)
	}
	srv.mu.Unlock()
	srv.admin.Lock()
	defer srv.admin.Unlock()
	if srv.container != nil {
		if srv.session != nil {
			srv.session.close()
		}
		return srv.container.stop(ctx)
	}
	var errs []error
	for _, name := range sortedNames(srv.databases) {
		if err := srv.drop(ctx, name); err != nil {
			errs = append(errs, err)
			break // the others will fail alike
		}
	}
	if srv.session != nil {
		srv.session.close()
	}
	return errors.Join(errs...)
}

// DSN is the address of the server, without the name of a database of the run.
func (srv *Server) DSN() string {
	c := srv.address()
	var b strings.Builder
	fmt.Fprintf(&b, "host=%s port=%d user=%s dbname=%s", c.Host, c.Port, c.User, c.Database)
	if c.Password != "" {
		fmt.Fprintf(&b, " password=%s", c.Password)
	}
	if c.TLSConfig == nil {
		b.WriteString(" sslmode=disable")
	}
	return b.String()
}
