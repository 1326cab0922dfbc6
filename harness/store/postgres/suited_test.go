package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
)

// administer runs statements on the server of the tests.
func administer(t *testing.T, sql ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), server(t).DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for _, s := range sql {
		if _, err := c.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestUnsuited: what a server or its user does not allow is told in words that
// help.
func TestUnsuited(t *testing.T) {
	t.Parallel()
	administer(t, "DROP ROLE IF EXISTS reader, weak", "CREATE ROLE reader LOGIN CREATEDB PASSWORD 'r'", "ALTER ROLE reader SET default_transaction_read_only = on",
		"CREATE ROLE weak LOGIN PASSWORD 'w'")
	for user, want := range map[string]string{"user=reader password=r": "it is set to read only", "user=weak password=w": "needs the right CREATEDB"} {
		var kept []string
		for part := range strings.FieldsSeq(server(t).DSN()) {
			if !strings.HasPrefix(part, "user=") && !strings.HasPrefix(part, "password=") {
				kept = append(kept, part)
			}
		}
		srv, err := postgres.NewServer(context.Background(), postgres.Options{DSN: strings.Join(kept, " ") + " " + user})
		if err == nil {
			err = errors.Join(errors.New("it was taken"), srv.Close())
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", user, err)
		}
	}
}

// TestManyStarts: runs that begin at once, after one that died and left its
// databases, are not in each other's way.
func TestManyStarts(t *testing.T) {
	t.Parallel()
	const left = "rehearse_0123456789ab_0"
	administer(t, "DROP DATABASE IF EXISTS "+left, "CREATE DATABASE "+left)
	dsn := server(t).DSN()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			srv, err := postgres.NewServer(context.Background(), postgres.Options{DSN: dsn, Connections: 2})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := srv.New(context.Background()); err != nil {
				t.Error(err)
			}
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	c, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	n := -1
	if err := c.QueryRow(context.Background(), "SELECT count(*) FROM pg_database WHERE datname = $1", left).Scan(&n); err != nil || n != 0 {
		t.Errorf("the database that was left is still there: %d, %v", n, err)
	}
}
