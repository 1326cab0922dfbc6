// Package table is what all stores have in common: the tables of objects and
// how fields are stored in them, the causes and the journal of writes, and what
// an org has besides rows.
//
// A store embeds Catalog and satisfies Database, which says what its database
// does otherwise: how columns are declared, how rows are numbered, where indexes
// are noted. The SQL here is such as SQLite and PostgreSQL both read; parameters
// are written $1, $2 … in the order in which they are bound.
//
// A Catalog belongs to its store, and with it to one goroutine at a time.
package table

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Database is what a store's database does in its own way.
type Database interface {
	// Query runs one statement and hands on its rows.
	Query(ctx context.Context, sql string, args []value.Value, row func(store.Row) error) error
	// Write runs one statement and tells how many rows it changed.
	Write(ctx context.Context, sql string, args ...value.Value) (int64, error)
	// Script runs statements without parameters that write.
	Script(ctx context.Context, sql string) error
	// Atomically runs f so that all it writes stays or none.
	Atomically(ctx context.Context, f func() error) error
	// Forget drops prepared statements: columns have other types now, and Plans
	// are made anew.
	Forget(ctx context.Context) error

	// Declare is how a column is declared; id is for that of the id.
	Declare(c store.Column, id bool) string
	// Numbered declares the number of a row where the database has none by
	// itself; "" where it has.
	Numbered() string
	// Record writes into the catalog how fields of an object are stored.
	Record(ctx context.Context, object string, entries []Entry) error
	// Recast writes values, which want encodes, into a column of rows by number.
	Recast(ctx context.Context, t *Table, column string, want store.Column, numbers []int64, values []value.Value) error
	// IndexName is the name of an index, quoted; "" where the column can have none.
	IndexName(t *Table, f *schema.Field) string
	// NoteIndex notes that there is an index, or that it is gone.
	NoteIndex(ctx context.Context, t *Table, field string, made bool) error
	// Indexes reads which indexes there are.
	Indexes(ctx context.Context, each func(object, field string)) error
}

// Table is what a store knows of an object's table.
type Table struct {
	Object  string // API name
	Name    string // quoted
	Columns map[string]store.Column
	Indexes map[string]bool // by lower-case field name
	Stamp   int64           // two tables of one stamp hold the same rows

	// Of a store that numbers rows itself and notes what it deletes:
	Last   int64 // highest number of a row; -1 before it is known
	Traced bool  // every row that was deleted is noted
}

var stamps atomic.Int64 // numbers the states of tables; a fork's tables keep them

func newTable(object string, columns int) *Table {
	return &Table{Object: object, Name: Quote(object), Columns: make(map[string]store.Column, columns), Indexes: map[string]bool{},
		Stamp: stamps.Add(1), Traced: true}
}

func (t *Table) clone() *Table {
	c := *t
	c.Columns, c.Indexes = maps.Clone(t.Columns), maps.Clone(t.Indexes)
	return &c
}

// Entry is how one field is stored, as the catalog keeps it.
type Entry struct {
	Field, Name string // lower case, and as it is written
	Column      store.Column
}

// Quote writes a name of a table or column.
func Quote(name string) string {
	return `"` + strings.ReplaceAll(strings.ToLower(name), `"`, `""`) + `"`
}

// Plan is an object's stored fields matched to the columns of its table.
type Plan struct {
	Table   *Table
	Object  *schema.Object
	Fields  []*schema.Field // stored, in describe order
	Columns []store.Column  // of Fields
	Names   []string        // of Columns, quoted
	BySlot  []int           // by Field.Index: place in Fields, or -1
	Selects string          // Names, for SELECT
	ID      int             // place of the id in Fields
	shape   *schema.Shape
}

func newPlan(t *Table, o *schema.Object, fields []*schema.Field) *Plan {
	p := &Plan{Table: t, Object: o, Fields: fields, Columns: make([]store.Column, len(fields)), Names: make([]string, len(fields)),
		BySlot: make([]int, len(o.Fields)), shape: schema.NewShape(o, fields)}
	for i := range p.BySlot {
		p.BySlot[i] = -1
	}
	for i, f := range fields {
		p.Columns[i] = store.ColumnOf(f)
		p.BySlot[f.Index] = i
		p.Names[i] = Quote(f.Name)
		if f == o.IDField() {
			p.ID = i
		}
	}
	p.Selects = strings.Join(p.Names, ",")
	return p
}

// Read makes a record of the columns of a row from the given one on.
func (p *Plan) Read(r store.Row, from int) *schema.Record {
	return p.ReadAs(p.Columns, r, from)
}

// ReadAs makes a record of columns that may hold their values otherwise than
// the fields now say; those of Kind 0 are not there, and hold what a column that
// is added holds in rows that are there: false in a checkbox, else nothing.
func (p *Plan) ReadAs(columns []store.Column, r store.Row, from int) *schema.Record {
	vals := make([]value.Value, len(columns))
	for i, c := range columns {
		switch {
		case c.Kind != 0:
			vals[i] = c.Read(r, from+i)
		case p.Columns[i].Kind == store.Flag:
			vals[i] = value.OfBool(false)
		}
	}
	return p.shape.NewRecord(vals)
}

// Before is how an earlier store holds the fields of a plan: by place, Kind 0
// where it lacks one. has is false where it has no table of the object.
func (p *Plan) Before(c *Catalog) (old []store.Column, has bool) {
	old = make([]store.Column, len(p.Fields))
	t := c.Tables[strings.ToLower(p.Object.Name)]
	if t == nil {
		return old, false
	}
	for i, f := range p.Fields {
		old[i] = t.Columns[strings.ToLower(f.Name)]
	}
	return old, true
}

// Catalog is what a store knows of its tables, its causes and what was written.
type Catalog struct {
	db      Database
	Tables  map[string]*Table // by lower-case object name
	plans   map[*schema.Object]*Plan
	touched map[string]bool
	Causes  store.Causes
	Changes int // of the catalog so far
}

// New makes the catalog of an empty database.
func New(db Database) Catalog {
	return Catalog{db: db, Tables: map[string]*Table{}, plans: map[*schema.Object]*Plan{}, touched: map[string]bool{}}
}

// Inherit takes over what another store knows, of which this one is a fork.
func (c *Catalog) Inherit(from *Catalog) {
	for key, t := range from.Tables {
		c.Tables[key] = t.clone()
	}
	c.Causes = from.Causes.Clone()
}

// Touched lists the objects written since the store was made.
func (c *Catalog) Touched() []string { return slices.Sorted(maps.Keys(c.touched)) }

// Untouched forgets what was written: the store is as it was opened.
func (c *Catalog) Untouched() { clear(c.touched) }

// Written notes that a table may differ from what it was and from its forks'.
func (c *Catalog) Written(t *Table) {
	c.touched[t.Object] = true
	t.Stamp = stamps.Add(1)
}
