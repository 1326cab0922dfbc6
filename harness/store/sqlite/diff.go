package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ncruces/go-sqlite3/vfs/mvcc"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// widest is the number of fields up to which two tables are joined: SQLite
// allows 2,000 result columns and conditions 1,000 deep.
const widest = 900

// Diff finds the rows that differ by the pages that two forks do not share, or,
// where the tables are laid out differently, joins them on the number of the
// row. Rows that have the same number but another id, as when both forks
// inserted, are paired by id afterwards.
func (s *Store) Diff(ctx context.Context, before store.Store, o *schema.Object, change func(store.RowChange) error) error {
	b, ok := before.(*Store)
	if !ok || len(o.Fields) > widest {
		return store.CompareAll(ctx, before, s, o, change)
	}
	if s.depth > 0 || b.depth > 0 {
		return fmt.Errorf("compare %s of two orgs: a transaction is open; commit or roll it back first", o.Name)
	}
	d := differ{s: s, b: b, o: o, renumbered: map[string]bool{}}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	if d.oldHas && d.same {
		return nil
	}
	if err := s.attach(ctx, b); err != nil {
		return err
	}
	err := d.read(ctx)
	if err = errors.Join(err, s.detach()); err != nil {
		return fmt.Errorf("compare %s of two orgs: %w", o.Name, err)
	}
	return d.report(change)
}

func (s *Store) attach(ctx context.Context, b *Store) error {
	_, err := s.exec(ctx, "ATTACH ? AS before", value.OfText(b.uri()))
	return err
}

func (s *Store) detach() error {
	for sql, st := range s.stmts {
		if strings.Contains(sql, "before.") {
			_ = st.Close()
			delete(s.stmts, sql)
		}
	}
	return s.script("DETACH before")
}

type differ struct {
	s, b   *Store
	o      *schema.Object
	p      *table.Plan
	old    []store.Column // of before, by place; Kind 0 where before lacks it
	oldHas bool
	same   bool              // neither side was written to since they were one
	list   []store.RowChange // changed and deleted, in before's order
	added  []store.RowChange
	// renumbered has the ids of before whose number another row has now.
	renumbered map[string]bool
}

func (d *differ) prepare(ctx context.Context) (err error) {
	if d.p, err = d.s.PlanOf(ctx, d.o); err != nil {
		return err
	}
	if d.old, d.oldHas = d.p.Before(&d.b.Catalog); d.oldHas {
		d.same = d.b.Tables[strings.ToLower(d.o.Name)].Stamp == d.p.Table.Stamp
	}
	return nil
}

// columns lists the fields' columns of one side; what before lacks is null.
func (d *differ) columns(alias string, old bool) string {
	out := make([]string, len(d.p.Fields))
	for i := range d.p.Fields {
		out[i] = alias + "." + d.p.Names[i]
		if old && d.old[i].Kind == 0 {
			out[i] = "NULL"
		}
	}
	return strings.Join(out, ",")
}

// differs is the SQL condition of a difference. Columns that hold their values
// differently on the two sides are compared after reading.
func (d *differ) differs() string {
	var terms []string
	for i := range d.p.Fields {
		col := d.p.Names[i]
		switch have, want := d.old[i], d.p.Columns[i]; {
		case have == want:
			terms = append(terms, fmt.Sprintf("a.%s IS NOT b.%s COLLATE BINARY", col, col))
		case have.Kind == 0 && want.Kind == store.Flag:
			terms = append(terms, fmt.Sprintf("b.%s IS NOT 0", col))
		case have.Kind == 0:
			terms = append(terms, fmt.Sprintf("b.%s IS NOT NULL", col))
		default:
			return "1"
		}
	}
	return strings.Join(terms, " OR ")
}

func (d *differ) read(ctx context.Context) error {
	if d.oldHas {
		done, err := d.readPages(ctx)
		if done || err != nil {
			return err
		}
	}
	return d.readJoined(ctx)
}

// readJoined joins the two tables.
func (d *differ) readJoined(ctx context.Context) error {
	n := len(d.p.Fields)
	t := d.p.Table.Name
	if d.oldHas {
		sql := fmt.Sprintf(`SELECT b.rowid, %s, %s FROM before.%s AS a LEFT JOIN main.%s AS b ON b.rowid = a.rowid WHERE b.rowid IS NULL OR %s ORDER BY a.rowid`,
			d.columns("a", true), d.columns("b", false), t, t, d.differs())
		err := d.s.Query(ctx, sql, nil, func(r store.Row) error {
			c := store.RowChange{Before: d.p.ReadAs(d.old, r, 1)}
			c.ID = c.Before.ID()
			var now *schema.Record
			if !r.Null(0) {
				now = d.p.Read(r, 1+n)
			}
			d.match(c, now)
			return nil
		})
		if err != nil {
			return err
		}
	}
	where := ""
	if d.oldHas {
		var err error
		if where, err = d.unpaired(ctx); err != nil {
			return err
		}
	}
	return d.s.Query(ctx, fmt.Sprintf(`SELECT %s FROM main.%s AS b %s ORDER BY b.rowid`, d.columns("b", false), t, where), nil, func(r store.Row) error {
		now := d.p.Read(r, 0)
		d.added = append(d.added, store.RowChange{ID: now.ID(), After: now})
		return nil
	})
}

// match notes a row of before and the row that has its number now.
func (d *differ) match(c store.RowChange, now *schema.Record) {
	switch {
	case now == nil:
	case now.ID() == c.ID:
		c.After = now
	default:
		d.added = append(d.added, store.RowChange{ID: now.ID(), After: now})
		d.renumbered[c.ID] = true
	}
	d.list = append(d.list, c)
}

// unpaired is the condition of rows whose number before does not have. New rows
// get numbers above all others, so a look at the end of the table does, unless
// before has lost rows of its own; then counting shows that some are missing.
func (d *differ) unpaired(ctx context.Context) (string, error) {
	t := d.p.Table.Name
	deleted := int64(0)
	for _, c := range d.list {
		if c.After == nil && !d.renumbered[c.ID] {
			deleted++
		}
	}
	var old, now, last, above int64
	sql := fmt.Sprintf(`SELECT (SELECT count(*) FROM before.%s), (SELECT count(*) FROM main.%s), (SELECT coalesce(max(rowid), 0) FROM before.%s),
(SELECT count(*) FROM main.%s WHERE rowid > (SELECT coalesce(max(rowid), 0) FROM before.%s))`, t, t, t, t, t)
	err := d.s.Query(ctx, sql, nil, func(r store.Row) error {
		old, now, last, above = r.Int64(0), r.Int64(1), r.Int64(2), r.Int64(3)
		return nil
	})
	if now-(old-deleted) == above {
		return fmt.Sprintf("WHERE b.rowid > %d", last), err
	}
	return fmt.Sprintf("WHERE NOT EXISTS (SELECT 1 FROM before.%s AS a WHERE a.rowid = b.rowid)", t), err
}

// report pairs rows that left one number and came back under another.
func (d *differ) report(change func(store.RowChange) error) error {
	added := make(map[string]*schema.Record, len(d.added))
	for _, c := range d.added {
		added[c.ID] = c.After
	}
	paired := map[string]bool{}
	for _, c := range d.list {
		if c.After == nil && added[c.ID] != nil {
			c.After = added[c.ID]
			paired[c.ID] = true
		}
		if store.SameRow(c.Before, c.After) {
			continue
		}
		if err := change(c); err != nil {
			return err
		}
	}
	for _, c := range d.added {
		if paired[c.ID] {
			continue
		}
		if err := change(c); err != nil {
			return err
		}
	}
	return nil
}

// image is the committed database as pages; nil where it is not held so. It is
// kept until the store is written to, since many objects are compared in a row.
func (s *Store) image() *image {
	snapshot := mvcc.TakeSnapshot(s.name)
	if s.pages == nil || s.pages.tree != any(snapshot.Tree) {
		s.pages, _ = newImage(snapshot)
	}
	return s.pages
}

// layout is where a table's tree begins and what columns its rows have.
type layout struct {
	root    uint32
	columns []string
}

func (d *differ) layoutOf(ctx context.Context, side string) (l layout, err error) {
	name := strings.ToLower(d.o.Name)
	err = d.s.Query(ctx, "SELECT rootpage FROM "+side+".sqlite_master WHERE type = 'table' AND name = ?", []value.Value{value.OfText(name)}, func(r store.Row) error {
		l.root = uint32(r.Int64(0))
		return nil
	})
	if err == nil {
		err = d.s.Query(ctx, "SELECT name FROM pragma_table_info(?1, ?2) ORDER BY cid", []value.Value{value.OfText(name), value.OfText(side)}, func(r store.Row) error {
			l.columns = append(l.columns, r.Text(0))
			return nil
		})
	}
	return l, err
}

// alike reports whether bytes of rows mean the same on both sides: the columns
// are the same, but for some that now has behind the others.
func (d *differ) alike(before, now layout) bool {
	if len(before.columns) > len(now.columns) || !slices.Equal(before.columns, now.columns[:len(before.columns)]) {
		return false
	}
	for i, have := range d.old {
		if have.Kind != 0 && have != d.p.Columns[i] {
			return false
		}
	}
	return true
}

// readPages reads the rows that the pages tell; done is false where they can
// not.
func (d *differ) readPages(ctx context.Context) (done bool, err error) {
	before, err := d.layoutOf(ctx, "before")
	if err != nil {
		return false, err
	}
	now, err := d.layoutOf(ctx, "main")
	if err != nil || !d.alike(before, now) {
		return false, err
	}
	was, is := d.b.image(), d.s.image()
	if was == nil || is == nil {
		return false, nil
	}
	changed, err := changedRows(was, is, before.root, now.root)
	if err != nil {
		return false, nil // not as the file format says: the join knows better
	}
	records := make(map[int64]*schema.Record, len(changed.now))
	err = d.numbered(ctx, "main", d.columns("t", false), changed.now, func(n int64, r store.Row) {
		records[n] = d.p.Read(r, 1)
	})
	if err != nil {
		return false, err
	}
	err = d.numbered(ctx, "before", d.columns("t", true), changed.before, func(n int64, r store.Row) {
		c := store.RowChange{Before: d.p.ReadAs(d.old, r, 1)}
		c.ID = c.Before.ID()
		d.match(c, records[n])
		delete(records, n)
	})
	if err != nil {
		return false, err
	}
	for _, n := range changed.now {
		if r := records[n]; r != nil {
			d.added = append(d.added, store.RowChange{ID: r.ID(), After: r})
		}
	}
	return true, nil
}

// numbered reads rows of one side by their numbers, in order.
func (d *differ) numbered(ctx context.Context, side, columns string, numbers []int64, each func(int64, store.Row)) error {
	if len(numbers) == 0 {
		return nil
	}
	list := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, n, 10)
	}
	sql := fmt.Sprintf("SELECT t.rowid, %s FROM %s.%s AS t WHERE t.rowid IN (SELECT value FROM json_each(?)) ORDER BY t.rowid", columns, side, d.p.Table.Name)
	return d.s.Query(ctx, sql, []value.Value{value.OfText(string(append(list, ']')))}, func(r store.Row) error {
		each(r.Int64(0), r)
		return nil
	})
}
