package postgres

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// What the catalog of package table asks of PostgreSQL. The methods are of a
// type of their own, since they are no business of those who use a Store.
type database struct{ *Store }

var _ table.Database = database{}

// Query is the store's.
func (d database) Query(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) error {
	return d.Store.Query(ctx, sql, args, each)
}

// Write runs one statement.
func (d database) Write(ctx context.Context, sql string, args ...value.Value) (int64, error) {
	return d.run(ctx, sql, args, nil)
}

// Script runs statements without parameters.
func (d database) Script(ctx context.Context, sql string) error { return d.script(ctx, sql) }

// Atomically runs f as a whole or not at all.
func (d database) Atomically(ctx context.Context, f func() error) error { return d.atomically(ctx, f) }

// Forget drops prepared statements whose columns have changed their types.
func (d database) Forget(ctx context.Context) error {
	if d.lost != nil {
		return nil
	}
	if err := d.use(ctx); err != nil {
		return err
	}
	defer d.unuse()
	d.idle()
	return d.session.forget(ctx)
}

// Declare declares a column.
func (d database) Declare(c store.Column, id bool) string {
	out := "text"
	switch c.Kind {
	case store.Flag:
		out = "smallint NOT NULL DEFAULT 0"
	case store.Whole, store.Scaled:
		out = "bigint"
	case store.Text:
		out = "citext"
	case store.Binary:
		out = "bytea"
	}
	if id {
		out += " NOT NULL UNIQUE"
	}
	return out
}

// Numbered declares the number of a row, which the store gives in the order of
// inserts, under the name that SQLite has for it.
func (d database) Numbered() string { return "rowid bigint NOT NULL PRIMARY KEY" }

// Record writes how fields are stored.
func (d database) Record(ctx context.Context, object string, entries []table.Entry) error {
	var fields, names, types []string
	var kinds, scales []int64
	for _, e := range entries {
		fields, names, types = append(fields, e.Field), append(names, e.Name), append(types, e.Column.Type.String())
		kinds, scales = append(kinds, int64(e.Column.Kind)), append(scales, int64(e.Column.Scale))
	}
	_, err := d.arrays(ctx, `INSERT INTO "_column"("object","field","name","kind","type","scale")
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int8[], $5::text[], $6::int8[])
ON CONFLICT ("object","field") DO UPDATE SET "name" = excluded."name", "kind" = excluded."kind", "type" = excluded."type", "scale" = excluded."scale"`,
		[][]byte{[]byte(object), textArray(fields), textArray(names), intArray(kinds), textArray(types), intArray(scales)}, nil)
	return err
}

// Recast writes values many at a time; one that the column can not hold is null.
func (d database) Recast(ctx context.Context, t *table.Table, column string, want store.Column, numbers []int64, values []value.Value) error {
	oid, array := arrayOf(want)
	update := fmt.Sprintf("UPDATE %s AS t SET %s = v.x FROM unnest($1::int8[], $2::%s) AS v(n, x) WHERE t.rowid = v.n", t.Name, column, array)
	for at := 0; at < len(values); at += batch {
		part := numbers[at:min(at+batch, len(values))]
		list := arrayHead(oid, len(part))
		for i := range part {
			raw, err := want.Encode(values[at+i])
			if err != nil {
				raw = store.Raw{Null: true}
			}
			list = appendCell(list, want, raw)
		}
		if _, err := d.arrays(ctx, update, [][]byte{intArray(part), list}, nil); err != nil {
			return err
		}
	}
	return nil
}

// indexable is the length up to which a text fits into an index, whatever its
// letters (BTMaxItemSize in nbtree.h: a third of a page).
const indexable = 600

// IndexName is short: names of objects and fields together are longer than a
// name may be on the server.
func (d database) IndexName(t *table.Table, f *schema.Field) string {
	kind := store.ColumnOf(f).Kind
	if (kind == store.Text || kind == store.TextCase) && f.Length > indexable || kind == store.Binary {
		return ""
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s.%s", strings.ToLower(t.Object), strings.ToLower(f.Name))
	return fmt.Sprintf(`"ix_%016x"`, h.Sum64())
}

// NoteIndex notes of what field an index is, which its name does not tell.
func (d database) NoteIndex(ctx context.Context, t *table.Table, field string, made bool) error {
	sql := `INSERT INTO "_index"("object","field") VALUES($1,$2) ON CONFLICT DO NOTHING`
	if !made {
		sql = `DELETE FROM "_index" WHERE "object" = $1 AND "field" = $2`
	}
	_, err := d.run(ctx, sql, []value.Value{value.OfText(t.Object), value.OfText(field)}, nil)
	return err
}

// Indexes reads those notes.
func (d database) Indexes(ctx context.Context, each func(object, field string)) error {
	return d.Query(ctx, `SELECT "object","field" FROM "_index"`, nil, func(r store.Row) error {
		each(r.Text(0), r.Text(1))
		return nil
	})
}
