package postgres_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/harness/store/storetest"
)

// The tests share one server. It is REHEARSE_POSTGRES_DSN if that is set, else
// a container; where Docker does not answer they are skipped, except in CI.
var shared struct {
	once   sync.Once
	server *postgres.Server
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close the server of the tests:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func server(t testing.TB) *postgres.Server {
	t.Helper()
	shared.once.Do(func() {
		shared.server, shared.err = postgres.NewServer(context.Background(), postgres.Options{DSN: os.Getenv("REHEARSE_POSTGRES_DSN")})
	})
	if shared.err != nil {
		pgtest.SkipWithout(t, shared.err)
	}
	return shared.server
}

func TestStore(t *testing.T) {
	t.Parallel()
	server(t)
	storetest.Run(t, storetest.Factory{
		New:  func(t testing.TB) store.Store { return pgtest.New(t, server(t)) },
		Open: func(t testing.TB, path string) (store.Store, error) { return server(t).Load(t.Context(), path) },
	})
}
