package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/storetest"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func newStore(t testing.TB) *Store {
	t.Helper()
	s, err := New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Factory{
		New:  func(t testing.TB) store.Store { return newStore(t) },
		Open: func(t testing.TB, path string) (store.Store, error) { return Open(context.Background(), path) },
	})
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := filepath.Join(dir, "plain.db")
	c, err := sqlite3.Open("file:" + plain)
	if err == nil {
		err = c.Exec("CREATE TABLE t(x)")
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	s := newStore(t)
	good := filepath.Join(dir, "good.org")
	if err := s.Save(context.Background(), good); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(good)
	newer := append([]byte(nil), data...)
	newer[63] = 99
	for path, want := range map[string]string{
		filepath.Join(dir, "missing.org"):           "no such file",
		write("empty.org", nil):                     "not an org file",
		write("text.org", []byte("hello, world\n")): "not an org file",
		plain:                                    "a SQLite database, but not an org file",
		write("newer.org", newer):                "written in format 99",
		write("short.org", data[:len(data)-100]): "cut off",
	} {
		if _, err := Open(context.Background(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(path), err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".org-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzLike(f *testing.F) {
	f.Add("a%b_c", "axxbyc")
	f.Add(`\%`, "%")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.ContainsAny(pattern, `%_\`) {
			store.LikeBytes([]byte(pattern), []byte(text))
			return
		}
		if store.LikeBytes([]byte(pattern), []byte(text)) != value.EqualFold(pattern, text) {
			t.Fatalf("a pattern without wild cards %q matches %q otherwise than =", pattern, text)
		}
	})
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte("\x02\x00\x03abc\x01\x01d"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, err := store.UnpackIDs(b)
		if err == nil && len(ids) > len(b) {
			t.Fatal("more ids than bytes")
		}
	})
}

// benchRows makes rows with twelve fields, as much as a typical record sets.
func benchRows(b testing.TB, o *schema.Object, n int) []*schema.Record {
	b.Helper()
	rows := make([]*schema.Record, n)
	for i := range rows {
		r := schema.NewRecord(o)
		r.SetID(value.MakeID(o.KeyPrefix, "000", uint64(i+1)))
		for _, f := range o.Fields {
			switch {
			case f.Type == schema.Reference:
				r.Set(f, value.OfID(value.MakeID("005", "000", uint64(i%7))))
			case f.Type == schema.Datetime:
				r.Set(f, value.OfDatetime(1700000000000+int64(i)))
			case f.Type == schema.Date:
				r.Set(f, value.OfDate(19000+int64(i%365)))
			case f.Type.IsDecimal():
				r.Set(f, value.OfDecimal(value.NewDec(int64(i), int32(f.Scale))))
			case f.Type == schema.String:
				r.Set(f, value.OfText(fmt.Sprintf("%s of row %d", f.Name, i)))
			}
		}
		rows[i] = r
	}
	return rows
}

func BenchmarkInsert200(b *testing.B) {
	for _, cause := range []store.Cause{0, 1} {
		b.Run(fmt.Sprintf("cause=%d", cause), func(b *testing.B) {
			s, o := newStore(b), storetest.Thing(b)
			s.Cause("bench")
			rows := benchRows(b, o, 200)
			n := uint64(0)
			ctx := context.Background()
			sp, _ := s.Savepoint(ctx)
			for b.Loop() {
				for _, r := range rows {
					n++
					r.SetID(value.MakeID(o.KeyPrefix, "000", n))
				}
				if err := s.Insert(ctx, o, rows, cause); err != nil {
					b.Fatal(err)
				}
			}
			_ = s.Release(ctx, sp)
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkBareInsert200 is the same rows through a prepared statement of the
// bare driver: what BenchmarkInsert200 is measured against.
func BenchmarkBareInsert200(b *testing.B) {
	s, o := newStore(b), storetest.Thing(b)
	rows := benchRows(b, o, 200)
	p, err := s.PlanOf(context.Background(), o)
	if err != nil {
		b.Fatal(err)
	}
	w := writer{s: s, p: p, known: s.patternsOf(p)}
	w.collect(rows[0], false)
	if err := w.use(w.known.inserts, w.insertSQL); err != nil {
		b.Fatal(err)
	}
	type cell struct {
		raw store.Raw
	}
	table := make([][]cell, len(rows))
	for i, r := range rows {
		for _, slot := range w.stmt.slots {
			raw, _ := p.Columns[p.BySlot[slot]].Encode(r.Get(o.Fields[slot]))
			table[i] = append(table[i], cell{raw})
		}
	}
	_ = s.script("BEGIN")
	n := uint64(0)
	for b.Loop() {
		for _, row := range table {
			n++
			row[0].raw.Text = value.MakeID(o.KeyPrefix, "000", n)
			for i, c := range row {
				_ = bindRaw(w.st, i+1, c.raw)
			}
			if err := w.st.Exec(); err != nil {
				b.Fatal(err)
			}
		}
	}
	_ = s.script("COMMIT")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func filled(b testing.TB, n int) (*Store, *schema.Object) {
	s, o := newStore(b), storetest.Thing(b)
	if err := s.Insert(context.Background(), o, benchRows(b, o, n), store.NoCause); err != nil {
		b.Fatal(err)
	}
	return s, o
}

func BenchmarkLoadOne(b *testing.B) {
	s, o := filled(b, 20000)
	n := uint64(0)
	for b.Loop() {
		n = n*7919%20000 + 1
		rows, err := s.Load(context.Background(), o, []string{value.MakeID(o.KeyPrefix, "000", n)})
		if err != nil || rows[0] == nil {
			b.Fatal(err, n)
		}
	}
}

func BenchmarkFork(b *testing.B) {
	s, _ := filled(b, 20000)
	for b.Loop() {
		f, err := s.Fork(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		_ = f.Close()
	}
}

func BenchmarkUpdate200(b *testing.B) {
	s, o := filled(b, 20000)
	rows := benchRows(b, o, 200)
	for b.Loop() {
		if err := s.Update(context.Background(), o, rows, store.NoCause); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/row")
}

func BenchmarkDiff20k(b *testing.B) {
	s, o := filled(b, 20000)
	f, _ := s.Fork(context.Background())
	defer f.Close()
	if _, err := f.Exec(context.Background(), `UPDATE "thing__c" SET "text__c" = 'changed' WHERE rowid % 100 = 0`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		if err := f.Diff(context.Background(), s, o, func(store.RowChange) error { n++; return nil }); err != nil || n != 200 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkDiff1M is the bar of a diff that costs what changed: 10,000 rows of
// 1,000,000, written at random places.
func BenchmarkDiff1M(b *testing.B) {
	s, o := filled(b, 1_000_000)
	f, err := s.Fork(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Exec(context.Background(), `UPDATE "thing__c" SET "text__c" = 'changed' WHERE rowid * 7919 % 100 = 7`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		if err := f.Diff(context.Background(), s, o, func(store.RowChange) error { n++; return nil }); err != nil || n != 10_000 {
			b.Fatal(n, err)
		}
	}
}

// TestDiffReadsPages: forks are compared by their pages, and what the pages tell
// is exact for rows that lie in one.
func TestDiffReadsPages(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, o := filled(t, 5000)
	f, err := s.Fork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	now := f.(*Store)
	if _, err := f.Exec(ctx, `UPDATE "thing__c" SET "text__c" = 'changed' WHERE rowid IN (7, 8, 2500, 5000)`); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Exec(ctx, `DELETE FROM "thing__c" WHERE rowid = 3000`); err != nil {
		t.Fatal(err)
	}
	root := uint32(0)
	err = s.Query(ctx, `SELECT rootpage FROM sqlite_master WHERE name = 'thing__c'`, nil, func(r store.Row) error {
		root = uint32(r.Int64(0))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := changedRows(s.image(), now.image(), root, root)
	if err != nil || !slices.Equal(got.before, []int64{7, 8, 2500, 3000, 5000}) || !slices.Equal(got.now, []int64{7, 8, 2500, 5000}) {
		t.Errorf("%+v, %v", got, err)
	}
	d := differ{s: now, b: s, o: o, renumbered: map[string]bool{}}
	if err := d.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	if err := now.attach(ctx, s); err != nil {
		t.Fatal(err)
	}
	if done, err := d.readPages(ctx); !done || err != nil {
		t.Errorf("the pages were not read: %v", err)
	}
	if err := now.detach(); err != nil {
		t.Fatal(err)
	}
}
