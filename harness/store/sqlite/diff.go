package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// widest is the number of fields up to which two tables are joined: SQLite
// allows 2,000 result columns and conditions 1,000 deep.
const widest = 900

// Diff joins the tables of two stores on the number of the row, which forks of
// one lineage share. Rows that have the same number but another id, as when
// both forks inserted, are paired by id afterwards.
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
		case have.Kind == 0:
			terms = append(terms, fmt.Sprintf("b.%s IS NOT NULL", col))
		default:
			return "1"
		}
	}
	return strings.Join(terms, " OR ")
}

func (d *differ) read(ctx context.Context) error {
	n := len(d.p.Fields)
	t := d.p.Table.Name
	if d.oldHas {
		sql := fmt.Sprintf(`SELECT b.rowid, %s, %s FROM before.%s AS a LEFT JOIN main.%s AS b ON b.rowid = a.rowid WHERE b.rowid IS NULL OR %s ORDER BY a.rowid`,
			d.columns("a", true), d.columns("b", false), t, t, d.differs())
		err := d.s.Query(ctx, sql, nil, func(r store.Row) error {
			c := store.RowChange{Before: d.p.ReadAs(d.old, r, 1)}
			c.ID = c.Before.ID()
			if !r.Null(0) {
				now := d.p.Read(r, 1+n)
				if now.ID() == c.ID {
					c.After = now
				} else {
					d.added = append(d.added, store.RowChange{ID: now.ID(), After: now})
					d.renumbered[c.ID] = true
				}
			}
			d.list = append(d.list, c)
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
