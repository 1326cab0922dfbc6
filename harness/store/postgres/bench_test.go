package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/store/storetest"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// The benchmarks stand side by side: the embedded store and PostgreSQL.
var benchRows = flag.Int("benchrows", 100000, "rows of the org that the benchmarks work on")

const loadBatch = 10000

func load(b testing.TB, s store.Store, o *schema.Object, n int) {
	for from := 1; from <= n; from += loadBatch {
		insert(b, s, o, from, min(loadBatch, n-from+1))
	}
}

func makers(b *testing.B) map[string]func() store.Store {
	return map[string]func() store.Store{
		"embedded": func() store.Store {
			s, err := sqlite.New(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = s.Close() })
			return s
		},
		"postgres": func() store.Store { return pgtest.New(b, server(b)) },
	}
}

func both(b *testing.B, run func(b *testing.B, base store.Store, o *schema.Object)) {
	o := storetest.Thing(b)
	for _, name := range []string{"embedded", "postgres"} {
		b.Run(name, func(b *testing.B) {
			s := makers(b)[name]()
			load(b, s, o, *benchRows)
			b.ResetTimer()
			run(b, s, o)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	o := storetest.Thing(b)
	for _, name := range []string{"embedded", "postgres"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := makers(b)[name]()
				if err := s.EnsureTable(b.Context(), o); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				load(b, s, o, *benchRows)
			}
			b.ReportMetric(float64(*benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// rowSource makes the rows that load makes, for a bare COPY.
type rowSource struct {
	at, end int
	batch   []*schema.Record
	o       *schema.Object
}

func (r *rowSource) Next() bool {
	r.at++
	if (r.at-1)%loadBatch == 0 {
		r.batch = things(r.o, r.at, loadBatch)
	}
	return r.at <= r.end
}

func (r *rowSource) Values() ([]any, error) {
	rec := r.batch[(r.at-1)%loadBatch]
	n, _ := rec.Get(r.o.Field("Amount__c")).Decimal().Unscaled64()
	return []any{int64(r.at), rec.ID(), rec.Get(r.o.Field("Text__c")).Text(), n}, nil
}

func (r *rowSource) Err() error { return nil }

// BenchmarkBareCopy is pgx's own COPY of the same rows into the same table.
func BenchmarkBareCopy(b *testing.B) {
	srv, o := server(b), storetest.Thing(b)
	for b.Loop() {
		b.StopTimer()
		s := pgtest.New(b, srv)
		if err := s.EnsureTable(b.Context(), o); err != nil {
			b.Fatal(err)
		}
		database := ""
		if err := s.Query(b.Context(), "SELECT current_database()", nil, func(r store.Row) error { database = r.Text(0); return nil }); err != nil {
			b.Fatal(err)
		}
		conn, err := pgx.Connect(b.Context(), srv.DSN()+" dbname="+database)
		if err != nil {
			b.Fatal(err)
		}
		types, err := conn.LoadType(b.Context(), "citext")
		if err == nil {
			conn.TypeMap().RegisterType(types)
		}
		b.StartTimer()
		for from := 0; from < *benchRows; from += loadBatch {
			src := &rowSource{at: from, end: from + loadBatch, o: o}
			if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{"thing__c"}, []string{"rowid", "id", "text__c", "amount__c"}, src); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		_ = conn.Close(context.Background())
		b.StartTimer()
	}
	b.ReportMetric(float64(*benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFork(b *testing.B) {
	both(b, func(b *testing.B, base store.Store, _ *schema.Object) {
		for b.Loop() {
			f, err := base.Fork(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			_ = f.Close()
			b.StartTimer()
		}
	})
}

// BenchmarkUpdate200 is what one chunk of a transaction writes.
func BenchmarkUpdate200(b *testing.B) {
	both(b, func(b *testing.B, s store.Store, o *schema.Object) {
		n := 0
		for b.Loop() {
			rows := make([]*schema.Record, 200)
			for i := range rows {
				n = (n*7919 + 104729) % *benchRows
				rows[i] = things(o, 1+n, 1)[0]
				rows[i].Set(o.Field("Text__c"), value.OfText(fmt.Sprint("new ", i)))
			}
			sp, err := s.Savepoint(b.Context())
			if err == nil {
				err = s.Update(b.Context(), o, rows, s.Cause("bench"))
			}
			if err == nil {
				err = s.Release(b.Context(), sp)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPointRead(b *testing.B) {
	both(b, func(b *testing.B, s store.Store, o *schema.Object) {
		n := 0
		for b.Loop() {
			n = (n*7919 + 104729) % *benchRows
			rows, err := s.Load(b.Context(), o, []string{value.MakeID(o.KeyPrefix, "000", uint64(1+n))})
			if err != nil || rows[0] == nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDiff compares an org with its fork in which a hundredth of the rows
// was changed.
func BenchmarkDiff(b *testing.B) {
	both(b, func(b *testing.B, base store.Store, o *schema.Object) {
		f, err := base.Fork(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		rows := things(o, 1, *benchRows/100)
		for _, r := range rows {
			r.Set(o.Field("Text__c"), value.OfText("changed"))
		}
		if err := f.Update(b.Context(), o, rows, store.NoCause); err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		for b.Loop() {
			n := 0
			if err := f.Diff(b.Context(), base, o, func(store.RowChange) error { n++; return nil }); err != nil || n != len(rows) {
				b.Fatal(n, err)
			}
		}
	})
}
