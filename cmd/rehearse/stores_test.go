package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

// TestBothStoresAgree runs every built-in suite on the embedded store and on
// PostgreSQL: result.json is the same byte for byte, but for its timing.
func TestBothStoresAgree(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Server(t).DSN()
	for _, suite := range scenarios.Builtins() {
		t.Run(suite, func(t *testing.T) {
			var results [2][]byte
			for i, where := range [][]string{nil, {"--store", "postgres", "--dsn", dsn}} {
				dir := t.TempDir()
				var errs bytes.Buffer
				args := append([]string{"run", suite, "--out", dir}, where...)
				if code := execute(t.Context(), args, strings.NewReader(""), io.Discard, &errs); code != exitFindings && code != exitClean {
					t.Fatalf("exit status %d:\n%s", code, &errs)
				}
				_, results[i] = resultOf(t, dir)
				// The command that runs a scenario again names the store.
				results[i] = bytes.ReplaceAll(results[i], []byte(" --store postgres"), nil)
			}
			if !bytes.Equal(results[0], results[1]) {
				t.Error("the store shows in result.json")
			}
		})
	}
}
