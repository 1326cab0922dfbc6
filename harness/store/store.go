// Package store is the database of an org: a table per sObject, a column per
// field, savepoints, forks, and the causes of every write.
//
// Store is the contract; store/sqlite is the embedded database and the suite
// in store/storetest is what every database must pass. Values are stored
// exactly: numbers as integers scaled by their field's digits, dates as days,
// datetimes and times as milliseconds, text as it is. Text compares without
// regard to case (Fold is the rule), ids by their 18 characters, and null
// comes before everything.
//
// A Store belongs to one goroutine at a time; its forks are independent and
// may run elsewhere. Results do not depend on timing.
//
// Left out: what may be written by whom and what follows from it. The store
// writes what it is told.
package store

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Cause says what made a write. It is a number that stands for a text told to
// Store.Cause; NoCause leaves the write out of the journal.
type Cause int32

// NoCause is the cause of bulk loads that no one asks about later.
const NoCause Cause = 0

// Savepoint is a point of a transaction that can be returned to.
type Savepoint int

// Store is one org's database.
type Store interface {
	// Dialect says how SQL is written for this store.
	Dialect() Dialect

	// Exec runs one statement and tells how many rows it changed.
	Exec(ctx context.Context, sql string, args ...value.Value) (int64, error)

	// Query runs one statement and calls row for each row of the answer. The
	// Row is valid during the call only. An error of row ends the query and is
	// returned. Statements are prepared once per text.
	Query(ctx context.Context, sql string, args []value.Value, row func(Row) error) error

	// EnsureTable makes the object's table, or brings it up to date: columns
	// that are missing are added, columns whose type or scale changed are
	// converted, columns without a field are kept and no longer written.
	EnsureTable(ctx context.Context, o *schema.Object) error

	// HasTable tells whether the object has a table, without making one.
	HasTable(o *schema.Object) bool

	// EnsureIndex makes an index on a stored field unless there is one.
	EnsureIndex(ctx context.Context, f *schema.Field) error

	// Insert adds rows, which must have ids, all or none.
	Insert(ctx context.Context, o *schema.Object, rows []*schema.Record, cause Cause) error

	// Update writes the set fields of rows found by id, all or none. A row that
	// does not exist is an error.
	Update(ctx context.Context, o *schema.Object, rows []*schema.Record, cause Cause) error

	// Delete removes rows for good. Ids without a row are passed over.
	Delete(ctx context.Context, o *schema.Object, ids []string, cause Cause) error

	// Load reads all stored fields of rows, in the order of ids; nil where
	// there is no such row.
	Load(ctx context.Context, o *schema.Object, ids []string) ([]*schema.Record, error)

	// Scan reads all stored fields of all rows in the order they were inserted.
	Scan(ctx context.Context, o *schema.Object, row func(*schema.Record) error) error

	// Count is the number of rows of an object, also those in the recycle bin.
	Count(ctx context.Context, o *schema.Object) (int64, error)

	// Savepoint, Release and RollbackTo nest. The outermost savepoint is the
	// transaction; releasing it commits. RollbackTo undoes what came after the
	// savepoint, which stays open; Release ends it and those inside it.
	Savepoint(ctx context.Context) (Savepoint, error)
	Release(ctx context.Context, sp Savepoint) error
	RollbackTo(ctx context.Context, sp Savepoint) error

	// Fork makes an independent copy at once, sharing what neither changes.
	// It is an error inside a transaction.
	Fork(ctx context.Context) (Store, error)

	// Cause gives the number of a cause, making it when it is new.
	Cause(text string) Cause
	// CauseText is what the number stands for; "" for NoCause.
	CauseText(c Cause) string
	// Journal reads the writes that had a cause, oldest first, from a position
	// on (0 is the beginning).
	Journal(ctx context.Context, from int64, entry func(JournalEntry) error) error
	// JournalEnd is the position after the last write.
	JournalEnd(ctx context.Context) (int64, error)

	// Touched lists the names of objects written since the store was made,
	// opened or forked, sorted. It may name objects whose rows are as before.
	Touched() []string

	// Diff reads how the rows of an object differ from those of before, a store
	// of the same lineage: changed and deleted rows in before's order, then new
	// rows in this store's.
	Diff(ctx context.Context, before Store, o *schema.Object, change func(RowChange) error) error

	// GetMeta and PutMeta keep what an org has besides rows. A missing key
	// gives nil; a nil value removes the key.
	GetMeta(ctx context.Context, key string) ([]byte, error)
	PutMeta(ctx context.Context, key string, data []byte) error
	// MetaKeys lists the keys that begin with prefix, sorted.
	MetaKeys(ctx context.Context, prefix string) ([]string, error)

	// Save writes the database as one file, replacing it as a whole or not at
	// all. It is an error inside a transaction.
	Save(ctx context.Context, path string) error
	// Size is the bytes the database takes, shared pages included.
	Size(ctx context.Context) (int64, error)
	// Close gives back everything; the store can not be used afterwards.
	Close() error
}

// Faulty is a store whose database can fail by itself: a connection is lost, a
// disk is full.
type Faulty interface {
	// Fault is the first such failure of the store, or of one it shares its
	// beginning with by forks; nil when there was none.
	Fault() error
}

// Laid is a store that lays out tables and indexes when they are first needed and
// tells which there are.
type Laid interface {
	// Layouts counts the changes that were made to tables and indexes.
	Layouts() int
	// Layout lists the objects that have a table, each with the fields that have
	// an index, by API name in lower case.
	Layout() map[string][]string
}

// Fault tells whether a database has failed. What was found out in its org is
// void then: code that runs in the org may have caught the error.
func Fault(s Store) error {
	if f, ok := s.(Faulty); ok {
		return f.Fault()
	}
	return nil
}

// Row is one row of an answer, columns from 0.
type Row interface {
	Null(i int) bool
	Int64(i int) int64
	Float64(i int) float64
	Text(i int) string
	Bytes(i int) []byte
}

// JournalEntry is one write that had a cause.
type JournalEntry struct {
	Position int64
	Object   string // API name, lower case
	Op       Op
	Cause    Cause
	IDs      []string // 18 characters each
}

// Op is the kind of a write.
type Op uint8

// The kinds of write.
const (
	Inserted Op = iota + 1
	Updated
	Deleted
)

// RowChange is one row that differs. Before is nil for a new row, After for a
// deleted one. Both hold every stored field.
type RowChange struct {
	ID            string
	Before, After *schema.Record
}
