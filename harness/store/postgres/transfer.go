package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/internal/table"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// stored is a table as the catalog of a store describes it. Both databases
// keep the same catalog, causes, journal and other contents under the same
// names, so one reader does for both.
type stored struct {
	object  string
	entries []table.Entry
}

func catalogOf(ctx context.Context, from store.Store) ([]stored, error) {
	var out []stored
	err := from.Query(ctx, `SELECT "object","field","name","kind","type","scale" FROM "_column" ORDER BY "object", "field"`, nil, func(r store.Row) error {
		if len(out) == 0 || out[len(out)-1].object != r.Text(0) {
			out = append(out, stored{object: r.Text(0)})
		}
		t := &out[len(out)-1]
		typ, _ := schema.ParseFieldType(r.Text(4))
		t.entries = append(t.entries, table.Entry{Field: r.Text(1), Name: r.Text(2), Column: store.Column{Kind: store.Kind(r.Int64(3)), Type: typ, Scale: int32(r.Int64(5))}})
		return nil
	})
	return out, err
}

// rows reads all rows of a table in the order they were inserted.
func (t *stored) rows(ctx context.Context, from store.Store, each func(store.Row) error) error {
	names := make([]string, len(t.entries))
	for i, e := range t.entries {
		names[i] = table.Quote(e.Field)
	}
	return from.Query(ctx, "SELECT "+strings.Join(names, ",")+" FROM "+table.Quote(t.object)+" ORDER BY rowid", nil, each)
}

// Save writes the org as an .org file, which either store opens.
func (s *Store) Save(ctx context.Context, path string) error {
	if s.depth > 0 {
		return fmt.Errorf("save org to %s: a transaction is open; commit or roll it back first", path)
	}
	file, err := sqlite.New(ctx)
	if err != nil {
		return fmt.Errorf("save org to %s: %w", path, err)
	}
	if err = s.export(ctx, file); err != nil {
		err = fmt.Errorf("save org to %s: %w", path, err)
	} else {
		err = file.Save(ctx, path)
	}
	return errors.Join(err, file.Close())
}

// export fills an empty embedded store.
func (s *Store) export(ctx context.Context, file *sqlite.Store) error {
	if err := s.SaveCauses(ctx); err != nil {
		return err
	}
	tables, err := catalogOf(ctx, s)
	if err != nil {
		return err
	}
	sp, err := file.Savepoint(ctx)
	if err != nil {
		return err
	}
	for i := range tables {
		if err := tables[i].exportTo(ctx, s, file); err != nil {
			return fmt.Errorf("table %s: %w", tables[i].object, err)
		}
	}
	for _, system := range []string{`"_cause"("id","text")`, `"_journal"("seq","object","op","cause","ids")`, `"_meta"("key","data")`} {
		if err := copySystem(ctx, s, file, system); err != nil {
			return err
		}
	}
	return file.Release(ctx, sp)
}

func (t *stored) exportTo(ctx context.Context, from store.Store, file *sqlite.Store) error {
	fields, columns := make([]string, len(t.entries)), make([]store.Column, len(t.entries))
	names, marks := make([]string, len(t.entries)), make([]string, len(t.entries))
	for i, e := range t.entries {
		fields[i], columns[i], names[i], marks[i] = e.Field, e.Column, table.Quote(e.Field), "?"
		_, err := file.Exec(ctx, `INSERT INTO "_column"("object","field","name","kind","type","scale") VALUES(?,?,?,?,?,?)`,
			value.OfText(t.object), value.OfText(e.Field), value.OfText(e.Name), value.OfInt(int32(e.Column.Kind)),
			value.OfText(e.Column.Type.String()), value.OfInt(e.Column.Scale))
		if err != nil {
			return err
		}
	}
	if _, err := file.Exec(ctx, sqlite.CreateSQL(t.object, fields, columns)); err != nil {
		return err
	}
	insert := "INSERT INTO " + table.Quote(t.object) + "(" + strings.Join(names, ",") + ") VALUES(" + strings.Join(marks, ",") + ")"
	args := make([]value.Value, len(columns))
	return t.rows(ctx, from, func(r store.Row) error {
		for i, c := range columns {
			args[i] = cell(r, i, c)
		}
		_, err := file.Exec(ctx, insert, args...)
		return err
	})
}

// cell is what a column holds, as a value that is bound as it is.
func cell(r store.Row, i int, c store.Column) value.Value {
	switch {
	case r.Null(i):
		return value.Value{}
	case c.Kind == store.Flag, c.Kind == store.Whole, c.Kind == store.Scaled:
		return value.OfLong(r.Int64(i))
	case c.Kind == store.Binary:
		return value.OfBlob(r.Bytes(i))
	default:
		return value.OfText(r.Text(i))
	}
}

// copySystem copies one of the tables that every org has.
func copySystem(ctx context.Context, from, to store.Store, table string) error {
	name, list, _ := strings.Cut(strings.TrimSuffix(table, ")"), "(")
	columns := strings.Split(list, ",")
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = to.Dialect().Placeholder(i + 1)
	}
	insert := "INSERT INTO " + table + " VALUES(" + strings.Join(marks, ",") + ")"
	args := make([]value.Value, len(columns))
	return from.Query(ctx, "SELECT "+list+" FROM "+name+" ORDER BY 1", nil, func(r store.Row) error {
		for i, c := range columns {
			switch c {
			case `"ids"`, `"data"`:
				args[i] = value.OfBlob(r.Bytes(i))
			case `"id"`, `"seq"`, `"op"`, `"cause"`:
				args[i] = value.OfLong(r.Int64(i))
			default:
				args[i] = value.OfText(r.Text(i))
			}
		}
		_, err := to.Exec(ctx, insert, args...)
		return err
	})
}

// Load makes an org of an .org file. The file is not changed.
func (srv *Server) Load(ctx context.Context, path string) (store.Store, error) {
	file, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	st, err := srv.New(ctx)
	if err != nil {
		return nil, err
	}
	s := st.(*Store)
	if err := s.fill(ctx, file); err != nil {
		return nil, errors.Join(fmt.Errorf("load org %s into PostgreSQL: %w", path, err), s.Close())
	}
	return s, nil
}

// fill takes over what a saved org holds.
func (s *Store) fill(ctx context.Context, file store.Store) error {
	tables, err := catalogOf(ctx, file)
	if err != nil {
		return err
	}
	err = s.atomically(ctx, func() error {
		for i := range tables {
			if err := s.importTable(ctx, &tables[i], file); err != nil {
				return fmt.Errorf("table %s: %w", tables[i].object, err)
			}
		}
		for _, system := range []string{`"_cause"("id","text")`, `"_journal"("seq","object","op","cause","ids")`, `"_meta"("key","data")`} {
			if err := copySystem(ctx, file, s, system); err != nil {
				return err
			}
		}
		return s.Query(ctx, `SELECT setval(pg_get_serial_sequence('"_journal"', 'seq'), coalesce(max("seq"), 0) + 1, false) FROM "_journal"`, nil, func(store.Row) error { return nil })
	})
	if err != nil {
		return err
	}
	s.Untouched()
	for _, t := range s.Tables {
		t.Traced = true
	}
	return s.LoadCauses(ctx)
}

// loadSize is how much is gathered for one COPY.
const loadSize = 4 << 20

func (s *Store) importTable(ctx context.Context, t *stored, file store.Store) error {
	made, err := s.Make(ctx, t.object, t.entries)
	if err != nil {
		return err
	}
	names := []string{"rowid"}
	for _, e := range t.entries {
		names = append(names, table.Quote(e.Field))
	}
	buf := []byte(copyHeader)
	send := func() error {
		err := s.copyFrom(ctx, made.Name, strings.Join(names, ","), bytes.NewReader(append(buf, 0xff, 0xff)))
		buf = append(buf[:0], copyHeader...)
		return err
	}
	err = t.rows(ctx, file, func(r store.Row) error {
		buf = binary.BigEndian.AppendUint16(buf, uint16(len(names)))
		made.Last++
		buf = appendInt(buf, made.Last)
		for i, e := range t.entries {
			raw, err := e.Column.Encode(e.Column.Read(r, i))
			if err != nil {
				return err
			}
			buf = appendCell(buf, e.Column, raw)
		}
		if len(buf) > loadSize {
			return send()
		}
		return nil
	})
	if err == nil && len(buf) > len(copyHeader) {
		err = send()
	}
	return err
}
