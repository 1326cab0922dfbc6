package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Diff reads both databases in the order of ids and compares row by row. Of
// databases that were one it reads only the rows that either has written
// since: a row keeps the number of the transaction that wrote it when its
// database is copied.
func (s *Store) Diff(ctx context.Context, before store.Store, o *schema.Object, change func(store.RowChange) error) error {
	b, ok := before.(*Store)
	if !ok {
		return store.CompareAll(ctx, before, s, o, change)
	}
	if s.depth > 0 || b.depth > 0 {
		return fmt.Errorf("compare %s of two orgs: a transaction is open; commit or roll it back first", o.Name)
	}
	d := differ{s: s, b: b, o: o}
	err := d.prepare(ctx)
	if err == nil && !d.same {
		err = d.read(ctx)
	}
	if err != nil {
		return fmt.Errorf("compare %s of two orgs: %w", o.Name, err)
	}
	return d.report(change)
}

type differ struct {
	s, b   *Store
	o      *schema.Object
	p      *table.Plan
	old    []store.Column // of before, by place; Kind 0 where before lacks it
	oldHas bool
	same   bool // neither side was written to since they were one
	alike  bool // all columns hold their values the same way
	ids    []string
	all    bool // every row is to be read
	list   []numbered
	added  []numbered
}

// numbered is a change and the number of its row.
type numbered struct {
	number int64
	change store.RowChange
}

func (d *differ) prepare(ctx context.Context) error {
	p, err := d.s.PlanOf(ctx, d.o)
	if err != nil {
		return err
	}
	d.p, d.all = p, true
	if d.old, d.oldHas = p.Before(&d.b.Catalog); !d.oldHas {
		return nil
	}
	t := d.b.Tables[strings.ToLower(d.o.Name)]
	d.same, d.alike = t.Stamp == p.Table.Stamp, slices.Equal(d.old, p.Columns)
	since, ok := d.s.common(d.b)
	d.all = !ok || !d.alike || !t.Traced || !p.Table.Traced
	if d.all || d.same {
		return nil
	}
	for _, side := range []*Store{d.s, d.b} {
		if err := d.candidates(ctx, side, since); err != nil {
			return err
		}
	}
	slices.Sort(d.ids)
	d.ids = slices.Compact(d.ids)
	d.same = len(d.ids) == 0
	return nil
}

// common is the number of the first transaction after the moment when two
// databases were last one.
func (s *Store) common(b *Store) (xid string, ok bool) {
	if s.server != b.server {
		return "", false
	}
	for i := 0; i < len(s.lineage) && i < len(b.lineage) && s.lineage[i].number == b.lineage[i].number; i++ {
		xid, ok = s.lineage[i].xid, true
	}
	return xid, ok
}

// candidates gathers the ids of rows that a side has written or deleted.
func (d *differ) candidates(ctx context.Context, side *Store, since string) error {
	sql := `SELECT "id" FROM ` + d.p.Table.Name + ` WHERE age(xmin) <= age($1::text::xid)
UNION ALL SELECT "id" FROM "_gone" WHERE "object" = $2 AND age(xmin) <= age($1::text::xid)`
	args := []value.Value{value.OfText(since), value.OfText(strings.ToLower(d.o.Name))}
	return side.Query(ctx, sql, args, func(r store.Row) error {
		d.ids = append(d.ids, r.Text(0))
		return nil
	})
}

// open begins to read one side.
func (d *differ) open(ctx context.Context, side *Store, old bool) (*stream, error) {
	columns := make([]string, len(d.p.Fields))
	for i := range columns {
		columns[i] = d.p.Names[i]
		if old && d.old[i].Kind == 0 {
			columns[i] = "NULL"
		}
	}
	sql := "SELECT rowid," + strings.Join(columns, ",") + " FROM " + d.p.Table.Name
	var params [][]byte
	if !d.all {
		sql += ` WHERE "id" = ANY($1::text[])`
		params = [][]byte{textArray(d.ids)}
	}
	return side.start(ctx, sql+` ORDER BY "id"`, len(params), func(st *statement) ([][]byte, error) {
		for i := range st.inputs {
			st.inputs[i] = binaryFormat
		}
		return params, nil
	})
}

// read merges the two sides.
func (d *differ) read(ctx context.Context) (err error) {
	if err := d.acquire(ctx); err != nil {
		return err
	}
	defer d.s.unuse()
	defer d.b.unuse()
	var was *stream
	if d.oldHas {
		if was, err = d.open(ctx, d.b, true); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.end(ctx, was)) }()
	}
	now, err := d.open(ctx, d.s, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.end(ctx, now)) }()
	return d.merge(ctx, was, now)
}

func (d *differ) acquire(ctx context.Context) error {
	if d.s.server == d.b.server {
		return d.s.server.acquire(ctx, d.s, d.b)
	}
	if err := d.s.use(ctx); err != nil {
		return err
	}
	if err := d.b.use(ctx); err != nil {
		d.s.unuse()
		return err
	}
	return nil
}

func (d *differ) end(ctx context.Context, q *stream) error {
	if _, err := q.close(); err != nil {
		return q.s.failed(ctx, err)
	}
	return nil
}

func (d *differ) merge(ctx context.Context, was, now *stream) error {
	id := 1 + d.p.ID
	hasOld := was != nil && was.next()
	hasNew := now.next()
	for hasOld || hasNew {
		if err := ctx.Err(); err != nil {
			return err
		}
		order := -1
		switch {
		case !hasOld:
			order = 1
		case hasNew:
			order = bytes.Compare(was.row.values[id], now.row.values[id])
		}
		switch {
		case order < 0:
			d.note(&d.list, was, d.p.ReadAs(d.old, &was.row, 1), nil)
		case order > 0:
			d.note(&d.added, now, nil, d.p.Read(&now.row, 1))
		case !d.alike || !equalRows(was.row.values[1:], now.row.values[1:]):
			if before, after := d.p.ReadAs(d.old, &was.row, 1), d.p.Read(&now.row, 1); !store.SameRow(before, after) {
				d.note(&d.list, was, before, after)
			}
		}
		if order <= 0 {
			hasOld = was.next()
		}
		if order >= 0 {
			hasNew = now.next()
		}
	}
	return nil
}

func (d *differ) note(list *[]numbered, q *stream, before, after *schema.Record) {
	c := store.RowChange{Before: before, After: after}
	if c.ID = ""; after != nil {
		c.ID = after.ID()
	} else {
		c.ID = before.ID()
	}
	*list = append(*list, numbered{q.row.Int64(0), c})
}

func equalRows(a, b [][]byte) bool {
	for i := range a {
		if (a[i] == nil) != (b[i] == nil) || !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// report hands on changed and deleted rows in before's order, then new ones.
func (d *differ) report(change func(store.RowChange) error) error {
	for _, list := range [][]numbered{d.list, d.added} {
		slices.SortFunc(list, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
		for _, n := range list {
			if err := change(n.change); err != nil {
				return err
			}
		}
	}
	return nil
}
