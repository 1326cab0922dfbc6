// Package sqlite is the embedded store: an org in one SQLite database that
// lives in memory and is saved as one file.
//
// The machine: each org is a database of the in-memory, copy-on-write file
// system of go-sqlite3 (vfs/mvcc). A fork takes the database's snapshot and
// opens a second database over it, which takes a fraction of a millisecond and
// no memory until pages change. Text columns are declared COLLATE NOCASE, so
// that the sqlite3 tool can read a saved org; where letters outside ASCII
// matter, statements say COLLATE sf, which every connection here knows.
// Indexes are made when a query first wants them.
//
// A Store belongs to one goroutine at a time; different stores, forks of each
// other included, may be used at once. A panic of the library becomes an error
// of the call. Names of databases in the process are numbered and never show.
//
// Left out: orgs larger than memory.
package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs/mvcc"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

const (
	applicationID = 0x52485253 // "RHRS" in the header of a saved org
	formatVersion = 1
	maxMemory     = 4 << 30 // address space a connection may use; journals of large updates live in it
	foldCollation = "sf"
)

var databases atomic.Int64 // numbers the databases of the process

// Store is an org in memory.
type Store struct {
	table.Catalog
	conn      *sqlite3.Conn
	name      string // in the file system in memory
	interrupt <-chan struct{}
	stmts     map[string]*sqlite3.Stmt
	patterns  map[*table.Plan]*patterns
	pages     *image // of the committed state, for Diff; nil once it is written to
	depth     int    // open savepoints
	changes   []int  // per open savepoint: changes of the catalog before it
	closed    bool
}

var _ store.Store = (*Store)(nil)

// New makes an empty org.
func New(ctx context.Context) (*Store, error) {
	s, err := open(ctx, mvcc.Snapshot{})
	if err != nil {
		return nil, err
	}
	if err := s.script(fmt.Sprintf(filePragmas, applicationID, formatVersion) + createSystemTables); err != nil {
		return nil, errors.Join(fmt.Errorf("make an org's database: %w", err), s.Close())
	}
	return s, nil
}

// The settings are those that measured best; the journal mode stays what the
// file system in memory makes it, and locking must be NORMAL, or snapshots are
// stale.
const (
	connectionPragmas = `PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY; PRAGMA locking_mode=NORMAL; PRAGMA foreign_keys=OFF;`
	filePragmas       = `PRAGMA page_size=4096; PRAGMA application_id=%d; PRAGMA user_version=%d;`
)

const createSystemTables = `
CREATE TABLE "_meta"("key" TEXT NOT NULL PRIMARY KEY, "data" BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE "_column"("object" TEXT NOT NULL, "field" TEXT NOT NULL, "name" TEXT NOT NULL, "kind" INTEGER NOT NULL, "type" TEXT NOT NULL, "scale" INTEGER NOT NULL, PRIMARY KEY("object", "field")) WITHOUT ROWID;
CREATE TABLE "_cause"("id" INTEGER PRIMARY KEY, "text" TEXT NOT NULL);
CREATE TABLE "_journal"("seq" INTEGER PRIMARY KEY, "object" TEXT NOT NULL, "op" INTEGER NOT NULL, "cause" INTEGER NOT NULL, "ids" BLOB NOT NULL);
`

func open(ctx context.Context, snapshot mvcc.Snapshot) (*Store, error) {
	s := &Store{name: fmt.Sprintf("org-%d", databases.Add(1)), stmts: map[string]*sqlite3.Stmt{}, patterns: map[*table.Plan]*patterns{}}
	s.Catalog = table.New(database{s})
	mvcc.Create(s.name, snapshot)
	conn, err := sqlite3.OpenContext(sqlite3.WithMaxMemory(ctx, addressSpace()), s.uri())
	if err != nil {
		mvcc.Delete(s.name)
		return nil, fmt.Errorf("open an org's database: %w", err)
	}
	s.conn = conn
	conn.SetInterrupt(context.Background())
	err = conn.CreateCollation(foldCollation, value.CompareFold[[]byte])
	if err == nil {
		err = registerFunctions(conn)
	}
	if err == nil {
		err = s.script(connectionPragmas)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up an org's database: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) uri() string { return "file:/" + s.name + "?vfs=mvcc" }

// Dialect is SQLite's.
func (s *Store) Dialect() store.Dialect { return Dialect }

// Dialect is how SQL is written for SQLite.
var Dialect = store.SQLite

// Fork makes an independent copy of the committed state.
func (s *Store) Fork(ctx context.Context) (store.Store, error) {
	if s.depth > 0 {
		return nil, errors.New("fork an org: a transaction is open; commit or roll it back first")
	}
	f, err := open(ctx, mvcc.TakeSnapshot(s.name))
	if err != nil {
		return nil, err
	}
	f.Inherit(&s.Catalog)
	return f, nil
}

// Open reads a saved org into memory. The file is not changed.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	s, err := open(ctx, mvcc.Snapshot{})
	if err != nil {
		return nil, err
	}
	err = s.guard(func() error { return s.conn.Restore("main", fileURI(path, "mode=ro")) })
	if err == nil {
		err = s.Reload(ctx)
	}
	if err == nil {
		err = s.LoadCauses(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open org %s: %w; the file may be damaged", path, err), s.Close())
	}
	return s, nil
}

// checkFile tells a saved org from any other file by its header
// (sqlite.org/fileformat2.html, section 1.3).
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open org: %w", err)
	}
	defer f.Close()
	var h [100]byte
	if _, err := io.ReadFull(f, h[:]); err != nil || string(h[:16]) != "SQLite format 3\x00" {
		return fmt.Errorf("open org %s: not an org file; make one with 'rehearse org new'", path)
	}
	if binary.BigEndian.Uint32(h[68:]) != applicationID {
		return fmt.Errorf("open org %s: a SQLite database, but not an org file; make one with 'rehearse org new'", path)
	}
	if v := binary.BigEndian.Uint32(h[60:]); v != formatVersion {
		return fmt.Errorf("open org %s: written in format %d, this version reads format %d", path, v, formatVersion)
	}
	pageSize, pages := int64(binary.BigEndian.Uint16(h[16:])), int64(binary.BigEndian.Uint32(h[28:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open org: %w", err)
	}
	if info.Size() < pageSize*pages {
		return fmt.Errorf("open org %s: the file is cut off: %d bytes of %d", path, info.Size(), pageSize*pages)
	}
	return nil
}

func fileURI(path, query string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query}
	return u.String()
}

// Save writes the org to a file beside the target and puts it in its place.
func (s *Store) Save(ctx context.Context, path string) error {
	if s.depth > 0 {
		return fmt.Errorf("save org to %s: a transaction is open; commit or roll it back first", path)
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".org-*.tmp")
	if err != nil {
		return fmt.Errorf("save org: %w", err)
	}
	defer os.Remove(tmp.Name())
	err = s.guard(func() error {
		return s.conn.Backup("main", fileURI(tmp.Name(), "_pragma=synchronous(off)&_pragma=journal_mode(memory)"))
	})
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save org to %s: %w", path, err)
	}
	return nil
}

// Size is the bytes of all pages.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var size int64
	err := s.Query(ctx, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`, nil, func(r store.Row) error {
		size = r.Int64(0)
		return nil
	})
	return size, err
}

// Close closes the database and frees its memory.
func (s *Store) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.guard(func() error {
		for _, st := range s.stmts {
			_ = st.Close()
		}
		return s.conn.Close()
	})
	mvcc.Delete(s.name)
	return err
}
