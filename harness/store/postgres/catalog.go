package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
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
	last    int64           // highest number of a row; -1 before it is known
	traced  bool            // every row that was deleted is noted in _gone
}

// plan is an object's stored fields matched to the columns of its table.
type plan struct {
	table   *table
	object  *schema.Object
	fields  []*schema.Field // stored, in describe order
	columns []store.Column  // of fields
	names   []string        // of the columns, quoted
	bySlot  []int           // by Field.Index: place in fields, or -1
	shape   *schema.Shape
	selects string // the columns of fields, for SELECT
	id      int    // place of the id in fields
}

func (t *table) clone() *table {
	c := *t
	c.columns, c.indexes = maps.Clone(t.columns), maps.Clone(t.indexes)
	return &c
}

func quote(name string) string {
	return `"` + strings.ReplaceAll(strings.ToLower(name), `"`, `""`) + `"`
}

func declaration(c store.Column) string {
	switch c.Kind {
	case store.Flag:
		return "smallint NOT NULL DEFAULT 0"
	case store.Whole, store.Scaled:
		return "bigint"
	case store.Text:
		return "citext"
	case store.Binary:
		return "bytea"
	default:
		return "text"
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
	t := s.tables[strings.ToLower(o.Name)]
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
	p := &plan{table: t, object: o, fields: fields, columns: make([]store.Column, len(fields)), names: make([]string, len(fields)),
		bySlot: make([]int, len(o.Fields)), shape: schema.NewShape(o, fields)}
	for i := range p.bySlot {
		p.bySlot[i] = -1
	}
	for i, f := range fields {
		p.columns[i] = store.ColumnOf(f)
		p.bySlot[f.Index] = i
		p.names[i] = quote(f.Name)
		if f == o.IDField() {
			p.id = i
		}
	}
	p.selects = strings.Join(p.names, ",")
	return p
}

// entry is how one field is stored, as the catalog keeps it.
type entry struct {
	field, name string // lower case, and as it is written
	column      store.Column
}

func (s *Store) createTable(ctx context.Context, o *schema.Object, fields []*schema.Field) (*table, error) {
	entries := make([]entry, len(fields))
	for i, f := range fields {
		entries[i] = entry{strings.ToLower(f.Name), f.Name, store.ColumnOf(f)}
	}
	return s.makeTable(ctx, o.Name, entries)
}

// makeTable makes a table. Rows are numbered by the store in the order they
// are inserted, under the name that SQLite has for that.
func (s *Store) makeTable(ctx context.Context, object string, entries []entry) (*table, error) {
	t := &table{object: object, name: quote(object), columns: make(map[string]store.Column, len(entries)),
		indexes: map[string]bool{}, stamp: stamps.Add(1), traced: true}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s(rowid bigint NOT NULL PRIMARY KEY", t.name)
	for _, e := range entries {
		b.WriteString("," + quote(e.field) + " " + declaration(e.column))
		if e.field == "id" {
			b.WriteString(" NOT NULL UNIQUE")
		}
		t.columns[e.field] = e.column
	}
	b.WriteByte(')')
	err := s.atomically(ctx, func() error {
		if err := s.script(ctx, b.String()); err != nil {
			return err
		}
		return s.recordColumns(ctx, t, entries...)
	})
	if err != nil {
		return nil, err
	}
	s.catalog++
	s.tables[strings.ToLower(object)] = t
	return t, nil
}

// recordColumns writes into the catalog how fields are stored.
func (s *Store) recordColumns(ctx context.Context, t *table, entries ...entry) error {
	var fields, names, types []string
	var kinds, scales []int64
	for _, e := range entries {
		fields, names, types = append(fields, e.field), append(names, e.name), append(types, e.column.Type.String())
		kinds, scales = append(kinds, int64(e.column.Kind)), append(scales, int64(e.column.Scale))
	}
	_, err := s.arrays(ctx, `INSERT INTO "_column"("object","field","name","kind","type","scale")
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int8[], $5::text[], $6::int8[])
ON CONFLICT ("object","field") DO UPDATE SET "name" = excluded."name", "kind" = excluded."kind", "type" = excluded."type", "scale" = excluded."scale"`,
		[][]byte{[]byte(t.object), textArray(fields), textArray(names), intArray(kinds), textArray(types), intArray(scales)}, nil)
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
				err = s.script(ctx, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", t.name, quote(f.Name), declaration(want)))
			case have.Kind == want.Kind && have.Type == want.Type:
				err = s.rescale(ctx, t, f, have.Scale, want.Scale)
			case have.Kind != want.Kind || have.Kind == store.Whole:
				err = s.convert(ctx, t, f, have, want)
			}
			if err == nil {
				err = s.recordColumns(ctx, t, entry{key, f.Name, want})
			}
			if err != nil {
				return err
			}
			columns[key] = want
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, s.reload(context.WithoutCancel(ctx)))
	}
	if changed {
		t.columns = columns
		s.catalog++
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
	_, err := s.run(ctx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s IS NOT NULL", t.name, col, expr, col), nil, nil)
	return err
}

func tenTo(n int32) string { return "1" + strings.Repeat("0", int(n)) }

// convert moves the values of a column into one that holds them differently.
func (s *Store) convert(ctx context.Context, t *table, f *schema.Field, have, want store.Column) error {
	col, old := quote(f.Name), quote("~"+f.Name)
	if key := strings.ToLower(f.Name); t.indexes[key] {
		if err := s.script(ctx, "DROP INDEX "+indexName(t, f)); err != nil {
			return err
		}
		if _, err := s.run(ctx, `DELETE FROM "_index" WHERE "object" = $1 AND "field" = $2`, []value.Value{value.OfText(t.object), value.OfText(key)}, nil); err != nil {
			return err
		}
		delete(t.indexes, key)
	}
	if err := s.script(ctx, fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s; ALTER TABLE %s ADD COLUMN %s %s",
		t.name, col, old, t.name, col, declaration(want))); err != nil {
		return err
	}
	var numbers []int64
	var cells []value.Value
	err := s.Query(ctx, fmt.Sprintf("SELECT rowid, %s FROM %s WHERE %s IS NOT NULL", old, t.name, old), nil, func(r store.Row) error {
		numbers, cells = append(numbers, r.Int64(0)), append(cells, have.Read(r, 1))
		return nil
	})
	if err != nil {
		return err
	}
	oid, array := arrayOf(want)
	update := fmt.Sprintf("UPDATE %s AS t SET %s = v.x FROM unnest($1::int8[], $2::%s) AS v(n, x) WHERE t.rowid = v.n", t.name, col, array)
	for at := 0; at < len(cells); at += batch {
		part := numbers[at:min(at+batch, len(cells))]
		list := arrayHead(oid, len(part))
		for i := range part {
			raw, err := want.Encode(want.Convert(cells[at+i]))
			if err != nil {
				raw = store.Raw{Null: true}
			}
			list = appendCell(list, want, raw)
		}
		if _, err := s.arrays(ctx, update, [][]byte{intArray(part), list}, nil); err != nil {
			return err
		}
	}
	if err := s.script(ctx, fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", t.name, old)); err != nil {
		return err
	}
	return s.forget(ctx)
}

// forget drops prepared statements whose columns have changed their types.
func (s *Store) forget(ctx context.Context) error {
	if err := s.use(ctx); err != nil {
		return err
	}
	defer s.unuse()
	s.idle()
	return s.session.forget(ctx)
}

// indexName is short: names of objects and fields together are longer than a
// name may be on the server.
func indexName(t *table, f *schema.Field) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s.%s", strings.ToLower(t.object), strings.ToLower(f.Name))
	return fmt.Sprintf(`"ix_%016x"`, h.Sum64())
}

// indexable is the length up to which a text fits into an index, whatever its
// letters (BTMaxItemSize in nbtree.h: a third of a page).
const indexable = 600

// EnsureIndex makes an index on a column.
func (s *Store) EnsureIndex(ctx context.Context, f *schema.Field) error {
	p, err := s.planOf(ctx, f.Object)
	if err != nil {
		return err
	}
	key := strings.ToLower(f.Name)
	kind := store.ColumnOf(f).Kind
	long := (kind == store.Text || kind == store.TextCase) && f.Length > indexable || kind == store.Binary
	if !f.IsStored() || f == f.Object.IDField() || p.table.indexes[key] || long {
		return nil
	}
	err = s.atomically(ctx, func() error {
		if err := s.script(ctx, fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s(%s)", indexName(p.table, f), p.table.name, quote(f.Name))); err != nil {
			return err
		}
		_, err := s.run(ctx, `INSERT INTO "_index"("object","field") VALUES($1,$2) ON CONFLICT DO NOTHING`,
			[]value.Value{value.OfText(p.table.object), value.OfText(key)}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("index %s.%s: %w", f.Object.Name, f.Name, err)
	}
	p.table.indexes[key] = true
	s.catalog++
	return nil
}

// reload reads the tables, columns and indexes there are, after a rollback of
// changes to them.
func (s *Store) reload(ctx context.Context) error {
	old := s.tables
	s.tables = map[string]*table{}
	clear(s.plans)
	if s.lost == nil {
		if err := s.forget(ctx); err != nil {
			return err
		}
	}
	err := s.Query(ctx, `SELECT "object","field","kind","type","scale" FROM "_column"`, nil, func(r store.Row) error {
		key := strings.ToLower(r.Text(0))
		t := s.tables[key]
		if t == nil {
			t = &table{object: r.Text(0), name: quote(r.Text(0)), columns: map[string]store.Column{}, indexes: map[string]bool{},
				stamp: stamps.Add(1), last: -1, traced: old[key] == nil || old[key].traced}
			s.tables[key] = t
		}
		kind, _ := schema.ParseFieldType(r.Text(3))
		t.columns[r.Text(1)] = store.Column{Kind: store.Kind(r.Int64(2)), Type: kind, Scale: int32(r.Int64(4))}
		return nil
	})
	if err != nil {
		return err
	}
	return s.Query(ctx, `SELECT "object","field" FROM "_index"`, nil, func(r store.Row) error {
		if t := s.tables[strings.ToLower(r.Text(0))]; t != nil {
			t.indexes[r.Text(1)] = true
		}
		return nil
	})
}
