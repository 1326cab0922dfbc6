// Package pgtest gives tests a PostgreSQL server: the one that
// REHEARSE_POSTGRES_DSN names, else one in a container. Where neither is to be
// had a test is skipped and says why; in CI, where the environment has
// CI=true, it fails.
package pgtest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
)

// Server gives a server for one test and its subtests.
func Server(t testing.TB) *postgres.Server {
	t.Helper()
	srv, err := postgres.NewServer(context.Background(), postgres.Options{DSN: os.Getenv("REHEARSE_POSTGRES_DSN")})
	if err != nil {
		SkipWithout(t, err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// SkipWithout skips a test for want of a server, and fails it for any other
// reason or in CI.
func SkipWithout(t testing.TB, err error) {
	t.Helper()
	var none *postgres.Unavailable
	if errors.As(err, &none) && os.Getenv("CI") != "true" {
		t.Skip("no PostgreSQL: ", err)
	}
	t.Fatal(err)
}

// New makes an empty org that is closed with the test.
func New(t testing.TB, srv *postgres.Server) store.Store {
	t.Helper()
	s, err := srv.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
