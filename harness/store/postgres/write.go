package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
)

// batch is how many rows one statement writes at most.
const batch = 5000

// Insert adds rows with COPY. Fields that are null are left to the table's
// default.
func (s *Store) Insert(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if len(rows) == 0 {
		return nil
	}
	return s.Change(ctx, o, store.Inserted, cause, func(p *table.Plan) (int, func(int) string, error) {
		err := s.number(ctx, p.Table)
		if err == nil {
			err = s.copyRows(ctx, p, rows)
		}
		return len(rows), func(i int) string { return rows[i].ID() }, err
	})
}

// number finds out the highest number of a row.
func (s *Store) number(ctx context.Context, t *table.Table) error {
	if t.Last >= 0 {
		return nil
	}
	return s.Query(ctx, "SELECT coalesce(max(rowid), 0) FROM "+t.Name, nil, func(r store.Row) error {
		t.Last = r.Int64(0)
		return nil
	})
}

// few is up to how many rows an INSERT is faster than a COPY.
const few = 3

func (s *Store) copyRows(ctx context.Context, p *table.Plan, rows []*schema.Record) error {
	in := newCopier(p, rows)
	if in.err != nil {
		return in.err
	}
	if len(rows) <= few {
		return s.insertFew(ctx, p, in)
	}
	return s.copyFrom(ctx, p.Table.Name, in.names, in)
}

// copyFrom sends rows in the binary form of COPY.
func (s *Store) copyFrom(ctx context.Context, table, names string, in io.Reader) error {
	if err := s.use(ctx); err != nil {
		return err
	}
	defer s.unuse()
	s.idle()
	if err := s.flush(ctx, true); err != nil {
		return err
	}
	if _, err := s.session.conn.CopyFrom(ctx, in, "COPY "+table+"("+names+") FROM STDIN BINARY"); err != nil {
		return fmt.Errorf("insert into %s: %w", table, s.failed(ctx, err))
	}
	return nil
}

// insertFew writes rows one by one.
func (s *Store) insertFew(ctx context.Context, p *table.Plan, in *copier) error {
	marks := make([]string, len(in.places)+1)
	for i := range marks {
		marks[i] = Dialect.Placeholder(i + 1)
	}
	sql := "INSERT INTO " + p.Table.Name + "(" + in.names + ") VALUES(" + strings.Join(marks, ",") + ")"
	for in.at < len(in.rows) {
		cells, err := in.cells()
		if err != nil {
			return err
		}
		if _, err := s.arrays(ctx, sql, cells, nil); err != nil {
			return fmt.Errorf("insert %s %s: %w", p.Object.Name, in.rows[in.at-1].ID(), err)
		}
	}
	return nil
}

// copier writes rows in the binary form of COPY as they are asked for.
type copier struct {
	p      *table.Plan
	rows   []*schema.Record
	places []int // in p.Fields, of the fields that some row sets
	names  string
	at     int
	buf    []byte
	sent   int
	ended  bool
	err    error
}

// copyHeader begins every COPY in binary form (PostgreSQL documentation, COPY,
// binary format).
const copyHeader = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func newCopier(p *table.Plan, rows []*schema.Record) *copier {
	c := &copier{p: p, rows: make([]*schema.Record, len(rows)), buf: append(make([]byte, 0, 80<<10), copyHeader...)}
	set := make([]bool, len(p.Fields))
	for i, r := range rows {
		r = r.As(p.Object)
		if r.ID() == "" {
			c.err = fmt.Errorf("insert into %s: the row has no id", p.Object.Name)
			return c
		}
		c.rows[i] = r
		for j, n := 0, r.Len(); j < n; j++ {
			slot, v := r.At(j)
			if at := p.BySlot[slot]; at >= 0 && !v.IsNull() {
				set[at] = true
			}
		}
	}
	names := []string{"rowid"}
	for i, is := range set {
		if is {
			c.places = append(c.places, i)
			names = append(names, p.Names[i])
		}
	}
	c.names = strings.Join(names, ",")
	return c
}

// appendRow encodes the next row, cell by cell, and calls mark before each.
func (c *copier) appendRow(out []byte, mark func(at int)) ([]byte, error) {
	r := c.rows[c.at]
	c.at++
	c.p.Table.Last++
	if mark != nil {
		mark(len(out))
	}
	out = appendInt(out, c.p.Table.Last)
	for _, place := range c.places {
		if mark != nil {
			mark(len(out))
		}
		f, column := c.p.Fields[place], c.p.Columns[place]
		raw, err := column.Encode(r.Get(f))
		if err != nil {
			return out, fmt.Errorf("insert %s %s: field %s: %w", c.p.Object.Name, r.ID(), f.Name, err)
		}
		out = appendCell(out, column, raw)
	}
	return out, nil
}

// cells encodes the next row as parameters.
func (c *copier) cells() ([][]byte, error) {
	var starts []int
	buf, err := c.appendRow(nil, func(at int) { starts = append(starts, at) })
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(starts))
	for i, at := range starts {
		if n := int32(binary.BigEndian.Uint32(buf[at:])); n >= 0 {
			out[i] = buf[at+4 : at+4+int(n)]
		}
	}
	return out, nil
}

// Read implements io.Reader.
func (c *copier) Read(to []byte) (int, error) {
	if c.sent == len(c.buf) {
		if c.ended {
			return 0, io.EOF
		}
		c.buf, c.sent = c.buf[:0], 0
	}
	for !c.ended && len(c.buf) < 64<<10 {
		if c.at == len(c.rows) {
			c.buf = append(c.buf, 0xff, 0xff)
			c.ended = true
			break
		}
		var err error
		c.buf = binary.BigEndian.AppendUint16(c.buf, uint16(len(c.places)+1))
		if c.buf, err = c.appendRow(c.buf, nil); err != nil {
			return 0, err
		}
	}
	n := copy(to, c.buf[c.sent:])
	c.sent += n
	return n, nil
}

// Update writes the set fields of rows: rows in a row that set the same fields
// with one statement.
func (s *Store) Update(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if len(rows) == 0 {
		return nil
	}
	return s.Change(ctx, o, store.Updated, cause, func(p *table.Plan) (int, func(int) string, error) {
		u := updater{s: s, p: p, seen: map[string]bool{}}
		for _, r := range rows {
			if err := u.add(ctx, r.As(o)); err != nil {
				return 0, nil, err
			}
		}
		return len(rows), func(i int) string { return rows[i].ID() }, u.flush(ctx)
	})
}

// updater gathers rows that set the same fields. A row that comes twice ends
// the group, since one statement writes a row once.
type updater struct {
	s      *Store
	p      *table.Plan
	key    []byte
	last   string
	places []int
	ids    []string
	lists  [][]byte // an array per field
	seen   map[string]bool
}

func (u *updater) add(ctx context.Context, r *schema.Record) error {
	u.key = u.key[:0]
	for i, n := 0, r.Len(); i < n; i++ {
		slot, _ := r.At(i)
		if at := u.p.BySlot[slot]; at >= 0 && at != u.p.ID {
			u.key = append(u.key, byte(at>>8), byte(at))
		}
	}
	id := store.FullID(r.ID())
	if string(u.key) != u.last || u.seen[id] || len(u.ids) == batch {
		if err := u.flush(ctx); err != nil {
			return err
		}
		u.begin()
	}
	u.seen[id] = true
	u.ids = append(u.ids, id)
	for i, place := range u.places {
		f, column := u.p.Fields[place], u.p.Columns[place]
		raw, err := column.Encode(r.Get(f))
		if err != nil {
			return fmt.Errorf("update %s %s: field %s: %w", u.p.Object.Name, id, f.Name, err)
		}
		u.lists[i] = appendCell(u.lists[i], column, raw)
	}
	return nil
}

func (u *updater) begin() {
	u.last = string(u.key)
	u.places, u.lists = u.places[:0], u.lists[:0]
	for i := 0; i < len(u.key); i += 2 {
		u.places = append(u.places, int(u.key[i])<<8|int(u.key[i+1]))
		u.lists = append(u.lists, make([]byte, 20, 1024))
	}
}

// flush writes the group.
func (u *updater) flush(ctx context.Context) error {
	if len(u.ids) == 0 {
		return nil
	}
	defer func() {
		u.ids = u.ids[:0]
		clear(u.seen)
	}()
	if len(u.places) == 0 {
		return nil
	}
	params := [][]byte{textArray(u.ids)}
	var sets, arrays, names []string
	for i, place := range u.places {
		oid, array := arrayOf(u.p.Columns[place])
		copy(u.lists[i], arrayHead(oid, len(u.ids)))
		params = append(params, u.lists[i])
		sets = append(sets, fmt.Sprintf("%s=v.c%d", u.p.Names[place], i))
		arrays = append(arrays, fmt.Sprintf("$%d::%s", i+2, array))
		names = append(names, fmt.Sprintf("c%d", i))
	}
	sql := "UPDATE " + u.p.Table.Name + " AS t SET " + strings.Join(sets, ",") + " FROM unnest($1::text[]," + strings.Join(arrays, ",") +
		") AS v(id," + strings.Join(names, ",") + `) WHERE t."id"=v.id`
	n, err := u.s.arrays(ctx, sql, params, nil)
	if err != nil {
		return fmt.Errorf("update %s: %w", u.p.Object.Name, err)
	}
	if n < int64(len(u.ids)) {
		return u.missing(ctx)
	}
	return nil
}

// missing finds the first row that is not there.
func (u *updater) missing(ctx context.Context) error {
	rows, err := u.s.Load(ctx, u.p.Object, u.ids)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if r == nil {
			return fmt.Errorf("update %s %s: there is no such row", u.p.Object.Name, u.ids[i])
		}
	}
	return fmt.Errorf("update %s: a row is gone", u.p.Object.Name)
}

// Delete removes rows, and notes that they are gone for Diff.
func (s *Store) Delete(ctx context.Context, o *schema.Object, ids []string, cause store.Cause) error {
	if len(ids) == 0 {
		return nil
	}
	full := make([]string, len(ids))
	for i, id := range ids {
		full[i] = store.FullID(id)
	}
	return s.Change(ctx, o, store.Deleted, cause, func(p *table.Plan) (int, func(int) string, error) {
		there := make(map[string]bool, len(ids))
		_, err := s.arrays(ctx, "WITH d AS (DELETE FROM "+p.Table.Name+` WHERE "id" = ANY($1::text[]) RETURNING "id") INSERT INTO "_gone"("object","id") SELECT $2, d."id" FROM d RETURNING "id"`,
			[][]byte{textArray(full), []byte(strings.ToLower(o.Name))}, func(r store.Row) error {
				there[r.Text(0)] = true
				return nil
			})
		if err != nil {
			return 0, nil, fmt.Errorf("delete %d rows of %s: %w", len(ids), o.Name, err)
		}
		gone := make([]string, 0, len(there))
		for _, id := range full {
			if there[id] {
				gone = append(gone, id)
				delete(there, id)
			}
		}
		return len(gone), func(i int) string { return gone[i] }, nil
	})
}
