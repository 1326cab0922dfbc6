package soql

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestOnPostgres holds the other database to the same answers: those of the
// queries with known answers, and those of the embedded store to random ones.
func TestOnPostgres(t *testing.T) {
	t.Parallel()
	srv := pgtest.Server(t)
	t.Run("known answers", func(t *testing.T) { testKnownAnswers(t, srv) })
	t.Run("random programs", func(t *testing.T) { testRandomPrograms(t, srv) })
}

func testKnownAnswers(t *testing.T, srv *postgres.Server) {
	embedded := sampleOrg(t)
	path := filepath.Join(t.TempDir(), "sample.org")
	if err := embedded.st.Save(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	st, err := srv.Load(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w := &testOrg{embedded.s, st}
	binds := map[string]Bind{"acmeId": One(value.OfText(w.id("Account", 1)[:15]))}
	for k, v := range testBinds {
		binds[k] = v
	}
	datadriven.Walk(t, "testdata/queries", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			max := int64(0)
			if d.HasArg("max") {
				d.ScanArgs(t, "max", &max)
			}
			text := strings.Join(strings.Fields(d.Input), " ")
			got := w.answer(text, binds, max) + "\n"
			if got != d.Expected {
				t.Errorf("%s: %s\n%s\nexpected:\n%s", fmt.Sprint(d.Pos), text, got, d.Expected)
			}
			return d.Expected
		})
	})
}
