package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// What the catalog of package table asks of SQLite. The methods are of a type
// of their own, since they are no business of those who use a Store.
type database struct{ *Store }

var _ table.Database = database{}

// Query is the store's.
func (d database) Query(ctx context.Context, sql string, args []value.Value, each func(store.Row) error) error {
	return d.Store.run(ctx, sql, args, each)
}

// Write runs one statement.
func (d database) Write(ctx context.Context, sql string, args ...value.Value) (int64, error) {
	return d.exec(ctx, sql, args...)
}

// Script runs statements without parameters.
func (d database) Script(_ context.Context, sql string) error { return d.script(sql) }

// Atomically runs f as a whole or not at all.
func (d database) Atomically(ctx context.Context, f func() error) error { return d.atomically(ctx, f) }

// Forget closes idle statements and those that plans had.
func (d database) Forget(context.Context) error {
	d.forget()
	clear(d.patterns)
	return nil
}

// Declare declares a column.
func (d database) Declare(c store.Column, id bool) string { return declare(c, id) }

func declare(c store.Column, id bool) string {
	out := "TEXT"
	switch c.Kind {
	case store.Flag:
		out = "INTEGER DEFAULT 0"
	case store.Whole, store.Scaled:
		out = "INTEGER"
	case store.Text:
		out = "TEXT COLLATE NOCASE"
	case store.Binary:
		out = "BLOB"
	}
	if id {
		out += " NOT NULL PRIMARY KEY"
	}
	return out
}

// Numbered is nothing: SQLite numbers rows.
func (d database) Numbered() string { return "" }

// Record writes how fields are stored.
func (d database) Record(ctx context.Context, object string, entries []table.Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.Field, e.Name, e.Column.Kind, e.Column.Type.String(), e.Column.Scale}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = d.exec(ctx, `INSERT OR REPLACE INTO "_column"("object","field","name","kind","type","scale")
SELECT ?1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?2)`, value.OfText(object), value.OfText(string(list)))
	return err
}

// Recast writes values one by one; one that the column can not hold stays null.
func (d database) Recast(ctx context.Context, t *table.Table, column string, want store.Column, numbers []int64, values []value.Value) error {
	update := fmt.Sprintf("UPDATE %s SET %s = ? WHERE rowid = ?", t.Name, column)
	for i, v := range values {
		raw, err := want.Encode(v)
		if err != nil || raw.Null {
			continue
		}
		v = value.OfLong(raw.Int)
		if raw.IsText {
			v = value.OfText(raw.Text)
		}
		if _, err := d.exec(ctx, update, v, value.OfLong(numbers[i])); err != nil {
			return err
		}
	}
	return nil
}

// IndexName is the name of an index. It tells the object and the field, so that
// nothing else has to note them.
func (d database) IndexName(t *table.Table, f *schema.Field) string {
	return table.Quote("ix." + t.Object + "." + f.Name)
}

// NoteIndex has nothing to do: SQLite lists its indexes.
func (d database) NoteIndex(context.Context, *table.Table, string, bool) error { return nil }

// Indexes reads the list.
func (d database) Indexes(ctx context.Context, each func(object, field string)) error {
	return d.Query(ctx, `SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix.%'`, nil, func(r store.Row) error {
		object := r.Text(0)
		each(object, strings.TrimPrefix(r.Text(1), "ix."+strings.ToLower(object)+"."))
		return nil
	})
}
