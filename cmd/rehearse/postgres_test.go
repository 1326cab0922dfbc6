package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
)

// TestPostgresScripts runs testdata/postgres, command lines about orgs on a
// server: $DSN is its address.
func TestPostgresScripts(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Server(t).DSN()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/postgres",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("DSN", dsn)
			return nil
		},
	})
}
