package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// table is what the store knows of an object's table.
type table struct {
	object  string // API name
	name    string // quoted
	columns map[string]store.Column
	indexes map[string]bool // by lower-case field name
	stamp   int64           // two tables of one stamp hold the same rows
}

// plan is an object's stored fields matched to the columns of its table.
type plan struct {
	table   *table
	fields  []*schema.Field // stored, in describe order
	columns []store.Column  // of fields
	bySlot  []int           // by Field.Index: place in fields, or -1
	shape   *schema.Shape
	selects string // the columns of fields, for SELECT
	id      int    // place of the id in fields
	inserts map[string]*patternStmt
	updates map[string]*patternStmt
}

// patternStmt is the statement that writes one set of fields.
type patternStmt struct {
	sql   string
	slots []uint16
}

func (t *table) clone() *table {
	return &table{object: t.object, name: t.name, columns: maps.Clone(t.columns), indexes: maps.Clone(t.indexes), stamp: t.stamp}
}

func quote(name string) string {
	return `"` + strings.ReplaceAll(strings.ToLower(name), `"`, `""`) + `"`
}

func declaration(c store.Column) string {
	switch c.Kind {
	case store.Flag:
		return "INTEGER DEFAULT 0"
	case store.Whole, store.Scaled:
		return "INTEGER"
	case store.Text:
		return "TEXT COLLATE NOCASE"
	case store.Binary:
		return "BLOB"
	default:
		return "TEXT"
	}
}

// EnsureTable makes or updates the object's table.
func (s *Store) EnsureTable(ctx context.Context, o *schema.Object) error {
	_, err := s.planOf(ctx, o)
	return err
}

// HasTable tells whether there is a table.
func (s *Store) HasTable(o *schema.Object) bool { return s.tables[strings.ToLower(o.Name)] != nil }

// planOf gives the plan of an object, making its table fit first.
func (s *Store) planOf(ctx context.Context, o *schema.Object) (*plan, error) {
	if p := s.plans[o]; p != nil {
		return p, nil
	}
	t := s.tables[strings.ToLower(o.Name)]
	if o.IDField() == nil || !o.Kind.Stored() {
		return nil, fmt.Errorf("make a table for %s: rows of a %s object are not stored", o.Name, o.Kind)
	}
	fields := make([]*schema.Field, 0, len(o.Fields))
	for _, f := range o.Fields {
		if f.IsStored() {
			fields = append(fields, f)
		}
	}
	var err error
	if t == nil {
		t, err = s.createTable(ctx, o, fields)
	} else {
		err = s.alterTable(ctx, t, fields)
	}
	if err != nil {
		return nil, fmt.Errorf("make the table of %s: %w", o.Name, err)
	}
	p := newPlan(t, o, fields)
	s.plans[o] = p
	return p, nil
}

func newPlan(t *table, o *schema.Object, fields []*schema.Field) *plan {
	p := &plan{table: t, fields: fields, columns: make([]store.Column, len(fields)), bySlot: make([]int, len(o.Fields)),
		shape: schema.NewShape(o, fields), inserts: map[string]*patternStmt{}, updates: map[string]*patternStmt{}}
	for i := range p.bySlot {
		p.bySlot[i] = -1
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		p.columns[i] = store.ColumnOf(f)
		p.bySlot[f.Index] = i
		names[i] = quote(f.Name)
		if f == o.IDField() {
			p.id = i
		}
	}
	p.selects = strings.Join(names, ",")
	return p
}

func (s *Store) createTable(ctx context.Context, o *schema.Object, fields []*schema.Field) (*table, error) {
	t := &table{object: o.Name, name: quote(o.Name), columns: make(map[string]store.Column, len(fields)),
		indexes: map[string]bool{}, stamp: stamps.Add(1)}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s(", t.name)
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		c := store.ColumnOf(f)
		b.WriteString(quote(f.Name) + " " + declaration(c))
		if f == o.IDField() {
			b.WriteString(" NOT NULL PRIMARY KEY")
		}
		t.columns[strings.ToLower(f.Name)] = c
	}
	b.WriteByte(')')
	err := s.atomically(ctx, func() error {
		if err := s.script(b.String()); err != nil {
			return err
		}
		return s.recordColumns(ctx, t, fields...)
	})
	if err != nil {
		return nil, err
	}
	s.ddl++
	s.tables[strings.ToLower(o.Name)] = t
	return t, nil
}

// recordColumns writes into the catalog how fields are stored.
func (s *Store) recordColumns(ctx context.Context, t *table, fields ...*schema.Field) error {
	rows := make([][]any, len(fields))
	for i, f := range fields {
		c := store.ColumnOf(f)
		rows[i] = []any{strings.ToLower(f.Name), f.Name, c.Kind, c.Type.String(), c.Scale}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT OR REPLACE INTO "_column"("object","field","name","kind","type","scale")
SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?2)`, value.OfText(t.object), value.OfText(string(list)))
	return err
}

// alterTable adds the columns that are missing and converts those that hold
// their values otherwise than the field now says.
func (s *Store) alterTable(ctx context.Context, t *table, fields []*schema.Field) error {
	changed := false
	columns := maps.Clone(t.columns)
	err := s.atomically(ctx, func() error {
		for _, f := range fields {
			key, want := strings.ToLower(f.Name), store.ColumnOf(f)
			have, ok := columns[key]
			if ok && have == want {
				continue
			}
			changed = true
			var err error
			switch {
			case !ok:
				err = s.script(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", t.name, quote(f.Name), declaration(want)))
			case have.Kind == want.Kind && have.Type == want.Type:
				err = s.rescale(ctx, t, f, have.Scale, want.Scale)
			case have.Kind != want.Kind || have.Kind == store.Whole:
				err = s.convert(ctx, t, f, have, want)
			}
			if err == nil {
				err = s.recordColumns(ctx, t, f)
			}
			if err != nil {
				return err
			}
			columns[key] = want
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, s.loadCatalog())
	}
	if changed {
		t.columns = columns
		s.ddl++
		clear(s.plans)
		s.written(t)
	}
	return nil
}

// rescale changes the number of decimal places of a column, rounding half up.
func (s *Store) rescale(ctx context.Context, t *table, f *schema.Field, from, to int32) error {
	col := quote(f.Name)
	expr := ""
	if to >= from {
		expr = fmt.Sprintf("%s * %s", col, tenTo(to-from))
	} else {
		ten := tenTo(from - to)
		expr = fmt.Sprintf("(abs(%s) + %s / 2) / %s * CASE WHEN %s < 0 THEN -1 ELSE 1 END", col, ten, ten, col)
	}
	_, err := s.exec(ctx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s IS NOT NULL", t.name, col, expr, col))
	return err
}

func tenTo(n int32) string { return "1" + strings.Repeat("0", int(n)) }

// convert moves the values of a column into one that holds them differently.
func (s *Store) convert(ctx context.Context, t *table, f *schema.Field, have, want store.Column) error {
	col, old := quote(f.Name), quote("~"+f.Name)
	if t.indexes[strings.ToLower(f.Name)] {
		if err := s.script("DROP INDEX " + indexName(t, f)); err != nil {
			return err
		}
		delete(t.indexes, strings.ToLower(f.Name))
	}
	s.forget()
	if err := s.script(fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s; ALTER TABLE %s ADD COLUMN %s %s",
		t.name, col, old, t.name, col, declaration(want))); err != nil {
		return err
	}
	type cell struct {
		rowid int64
		v     value.Value
	}
	var cells []cell
	err := s.Query(ctx, fmt.Sprintf("SELECT rowid, %s FROM %s WHERE %s IS NOT NULL", old, t.name, old), nil, func(r store.Row) error {
		cells = append(cells, cell{r.Int64(0), have.Read(r, 1)})
		return nil
	})
	update := fmt.Sprintf("UPDATE %s SET %s = ? WHERE rowid = ?", t.name, col)
	for _, c := range cells {
		if err != nil {
			return err
		}
		raw, encodeErr := want.Encode(want.Convert(c.v))
		if encodeErr != nil || raw.Null {
			continue
		}
		v := value.OfLong(raw.Int)
		if raw.IsText {
			v = value.OfText(raw.Text)
		}
		_, err = s.exec(ctx, update, v, value.OfLong(c.rowid))
	}
	if err != nil {
		return err
	}
	s.forget()
	return s.script(fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", t.name, old))
}

func indexName(t *table, f *schema.Field) string { return quote("ix." + t.object + "." + f.Name) }

// EnsureIndex makes an index on a column.
func (s *Store) EnsureIndex(ctx context.Context, f *schema.Field) error {
	p, err := s.planOf(ctx, f.Object)
	if err != nil {
		return err
	}
	key := strings.ToLower(f.Name)
	if !f.IsStored() || f == f.Object.IDField() || p.table.indexes[key] {
		return nil
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.script(fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s(%s)", indexName(p.table, f), p.table.name, quote(f.Name))); err != nil {
		return fmt.Errorf("index %s.%s: %w", f.Object.Name, f.Name, err)
	}
	p.table.indexes[key] = true
	s.ddl++
	return nil
}

// loadCatalog reads the tables, columns and indexes there are.
func (s *Store) loadCatalog() error {
	ctx := context.Background()
	tables := map[string]*table{}
	err := s.Query(ctx, `SELECT "object","field","kind","type","scale" FROM "_column"`, nil, func(r store.Row) error {
		key := strings.ToLower(r.Text(0))
		t := tables[key]
		if t == nil {
			t = &table{object: r.Text(0), name: quote(r.Text(0)), columns: map[string]store.Column{}, indexes: map[string]bool{},
				stamp: stamps.Add(1)}
			tables[key] = t
		}
		kind, _ := schema.ParseFieldType(r.Text(3))
		t.columns[r.Text(1)] = store.Column{Kind: store.Kind(r.Int64(2)), Type: kind, Scale: int32(r.Int64(4))}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.Query(ctx, `SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix.%'`, nil, func(r store.Row) error {
		if t := tables[strings.ToLower(r.Text(0))]; t != nil {
			t.indexes[strings.TrimPrefix(r.Text(1), "ix."+strings.ToLower(t.object)+".")] = true
		}
		return nil
	})
	s.tables = tables
	clear(s.plans)
	return err
}
