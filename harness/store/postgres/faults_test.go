package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/harness/store/storetest"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func things(o *schema.Object, from, n int) []*schema.Record {
	rows := make([]*schema.Record, n)
	for i := range rows {
		rows[i] = schema.NewRecord(o)
		rows[i].SetID(value.MakeID(o.KeyPrefix, "000", uint64(from+i)))
		rows[i].Set(o.Field("Text__c"), value.OfText(fmt.Sprint("row ", from+i)))
		rows[i].Set(o.Field("Amount__c"), value.OfDecimal(value.NewDec(int64(i), 2)))
	}
	return rows
}

func insert(t testing.TB, s store.Store, o *schema.Object, from, n int) {
	t.Helper()
	if err := s.Insert(t.Context(), o, things(o, from, n), store.NoCause); err != nil {
		t.Fatal(err)
	}
}

// sql runs a statement on the server beside the stores and gives its first
// column.
func sql(t testing.TB, dsn, text string, args ...any) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cut ends the connection of a store from the server's side.
func cut(t testing.TB, srv *postgres.Server, s store.Store) {
	t.Helper()
	var pid string
	if err := s.Query(t.Context(), `SELECT pg_backend_pid()::text`, nil, func(r store.Row) error { pid = r.Text(0); return nil }); err != nil {
		t.Fatal(err)
	}
	sql(t, srv.DSN(), `SELECT pg_terminate_backend($1::int, 5000)::text`, pid)
}

func TestCutConnection(t *testing.T) {
	t.Parallel()
	srv, ctx := server(t), t.Context()
	s, o := pgtest.New(t, srv), storetest.Thing(t)
	insert(t, s, o, 1, 10)

	cut(t, srv, s)
	if err := s.Insert(ctx, o, things(o, 20, 1), store.NoCause); err == nil {
		t.Error("a write over a cut connection succeeds")
	}
	if n, err := s.Count(ctx, o); n != 10 || err != nil {
		t.Errorf("after a cut outside a transaction: %d rows, %v", n, err)
	}

	sp, err := s.Savepoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	insert(t, s, o, 30, 5)
	inner, _ := s.Savepoint(ctx)
	cut(t, srv, s)
	first := s.Insert(ctx, o, things(o, 40, 5), store.NoCause)
	if first == nil || !strings.Contains(first.Error(), "terminating connection") && !strings.Contains(first.Error(), "unexpected EOF") && !strings.Contains(first.Error(), "conn") {
		t.Errorf("a write after the cut: %v", first)
	}
	if _, err := s.Count(ctx, o); err == nil || !strings.Contains(err.Error(), "lost in mid-transaction") {
		t.Errorf("a read in a lost transaction: %v", err)
	}
	if err := s.RollbackTo(ctx, inner); err == nil {
		t.Error("a savepoint of a lost transaction can be returned to")
	}
	if err := s.Release(ctx, sp); err == nil {
		t.Error("a lost transaction is committed")
	}
	if n, err := s.Count(ctx, o); n != 10 || err != nil {
		t.Errorf("after a cut inside a transaction: %d rows, %v", n, err)
	}
	insert(t, s, o, 50, 1)
}

func TestFewConnections(t *testing.T) {
	t.Parallel()
	srv, err := postgres.NewServer(t.Context(), postgres.Options{DSN: server(t).DSN(), Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}()
	o := storetest.Thing(t)
	base := pgtest.New(t, srv)
	insert(t, base, o, 1, 3)
	results := make(chan error)
	for i := range 5 {
		fork, err := base.Fork(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		go func() { results <- errors.Join(work(t.Context(), fork, o, 100*(i+1)), fork.Close()) }()
	}
	for range 5 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func work(ctx context.Context, s store.Store, o *schema.Object, from int) error {
	for i := range 10 {
		sp, err := s.Savepoint(ctx)
		if err != nil {
			return err
		}
		if err := s.Insert(ctx, o, things(o, from+i, 1), store.NoCause); err != nil {
			return err
		}
		if err := s.Release(ctx, sp); err != nil {
			return err
		}
	}
	n, err := s.Count(ctx, o)
	if err == nil && n != 13 {
		err = fmt.Errorf("%d rows", n)
	}
	return err
}

// TestKilledRun starts a run in another process, kills it, and looks what the
// next run leaves of it.
func TestKilledRun(t *testing.T) {
	if dsn := os.Getenv("REHEARSE_TEST_KILLED"); dsn != "" {
		srv, err := postgres.NewServer(t.Context(), postgres.Options{DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		s, err := srv.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		insert(t, s, storetest.Thing(t), 1, 1)
		fmt.Println("ready")
		select {}
	}
	t.Parallel()
	dsn := server(t).DSN()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledRun$")
	cmd.Env = append(os.Environ(), "REHEARSE_TEST_KILLED="+dsn)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	list := `SELECT datname::text FROM pg_database WHERE datname LIKE 'rehearse\_%' ORDER BY 1`
	all := sql(t, dsn, list)
	for _, other := range []string{"rehearse_mine", "rehearse_0123456789ab_extra"} {
		sql(t, dsn, "CREATE DATABASE "+other+" TEMPLATE template0")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	srv, err := postgres.NewServer(t.Context(), postgres.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	left := sql(t, dsn, list)
	dead := 0
	for _, name := range all {
		if !slices.Contains(left, name) {
			dead++
		}
	}
	if dead < 2 {
		t.Errorf("%d databases of the killed run were dropped; before %v, after %v", dead, all, left)
	}
	for _, other := range []string{"rehearse_mine", "rehearse_0123456789ab_extra"} {
		if !slices.Contains(left, other) {
			t.Errorf("database %s, which is nobody's run, was dropped", other)
		}
		sql(t, dsn, "DROP DATABASE "+other)
	}
}

func TestStoppedServer(t *testing.T) {
	t.Parallel()
	srv := pgtest.Server(t)
	s, err := srv.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := storetest.Thing(t)
	insert(t, s, o, 1, 10)
	if !postgres.StopContainer(t, srv) {
		t.Skip("the server of the tests is not in a container of its own")
	}
	err = s.Insert(t.Context(), o, things(o, 20, 10), store.NoCause)
	if err == nil {
		t.Error("a write to a stopped server succeeds")
	}
	if _, err := s.Fork(t.Context()); err == nil || !strings.Contains(err.Error(), "fork an org") {
		t.Errorf("a fork on a stopped server: %v", err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "drop database") {
		t.Errorf("closing an org of a stopped server: %v", err)
	}
}

func TestKeptOrgs(t *testing.T) {
	t.Parallel()
	srv, ctx, o := server(t), t.Context(), storetest.Thing(t)
	s := pgtest.New(t, srv)
	if err := s.Insert(ctx, o, things(o, 1, 4), s.Cause("made")); err != nil {
		t.Fatal(err)
	}
	if err := srv.Keep(ctx, s, "acme"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := pgtest.New(t, srv)
	for _, name := range []string{"acme", "No Name"} {
		if srv.Keep(ctx, other, name) == nil {
			t.Errorf("an org is kept under the name %q", name)
		}
	}
	opened, err := srv.Open(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	insert(t, opened, o, 10, 1)
	if n, err := opened.Count(ctx, o); n != 5 || err != nil || opened.CauseText(1) != "made" {
		t.Errorf("the kept org has %d rows, %v", n, err)
	}
	fork, err := opened.Fork(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fork.Close(), opened.Close(), srv.Remove(ctx, "acme")); err != nil {
		t.Error(err)
	}
	if _, err := srv.Open(ctx, "acme"); err == nil {
		t.Error("a removed org is opened")
	}
}

// TestNoServer asks for an image that no one has; without Docker the error
// says the same.
func TestNoServer(t *testing.T) {
	t.Parallel()
	_, err := postgres.NewServer(t.Context(), postgres.Options{Image: "registry.invalid/none:1"})
	var none *postgres.Unavailable
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "start Docker, or name a server of your own with --dsn") {
		t.Errorf("without an image: %v", err)
	}
	if _, err := postgres.NewServer(t.Context(), postgres.Options{DSN: "postgres://nobody@127.0.0.1:1/postgres"}); err == nil || !strings.Contains(err.Error(), "connect to database") {
		t.Errorf("with a server that is not there: %v", err)
	}
}

func TestCancelledQuery(t *testing.T) {
	t.Parallel()
	s, o := pgtest.New(t, server(t)), storetest.Thing(t)
	insert(t, s, o, 1, 1)
	sp, err := s.Savepoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert(t, s, o, 2, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.Query(ctx, `SELECT pg_sleep(30)::text`, nil, func(store.Row) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a query whose time is up: %v", err)
	}
	if err := errors.Join(s.RollbackTo(ctx, sp), s.Release(t.Context(), sp)); err != nil {
		t.Error(err)
	}
	if n, err := s.Count(t.Context(), o); n != 1 || err != nil {
		t.Errorf("%d rows after a cancelled transaction, %v", n, err)
	}
}

func TestWrongStatementKeepsTheTransaction(t *testing.T) {
	t.Parallel()
	s, o := pgtest.New(t, server(t)), storetest.Thing(t)
	sp, err := s.Savepoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert(t, s, o, 1, 1)
	if err := s.Query(t.Context(), `SELECT nonsense FROM "thing__c"`, nil, func(store.Row) error { return nil }); err == nil {
		t.Error("nonsense is answered")
	}
	insert(t, s, o, 2, 1)
	if err := s.Release(t.Context(), sp); err != nil {
		t.Error(err)
	}
	if n, err := s.Count(t.Context(), o); n != 2 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestOddTexts keeps what text of the server can not hold.
func TestOddTexts(t *testing.T) {
	t.Parallel()
	ctx, s, o := t.Context(), pgtest.New(t, server(t)), storetest.Thing(t)
	texts := []string{"a\x00b", "\x01", "\xff\xfe", "a\x00", strings.Repeat("\x00", 3)}
	for i, text := range texts {
		row := things(o, 1+i, 1)
		row[0].Set(o.Field("Text__c"), value.OfText(text))
		if err := s.Insert(ctx, o, row, store.NoCause); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load(ctx, o, []string{row[0].ID()})
		if err != nil || got[0].Get(o.Field("Text__c")).Text() != text {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
		n := 0
		if err := s.Query(ctx, `SELECT "id" FROM "thing__c" WHERE "text__c" = $1`, []value.Value{value.OfText(text)}, func(store.Row) error { n++; return nil }); n != 1 || err != nil {
			t.Errorf("%q is found %d times, %v", text, n, err)
		}
	}
}
