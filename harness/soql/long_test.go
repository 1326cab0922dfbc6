package soql

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/store/postgres/pgtest"
)

// longQueries have more than 1,000 terms, up to the 100,000 characters that a
// query may have: each must give what its short form gives.
var longQueries = []struct {
	name, short, long string
}{
	{"OR", "SELECT Name FROM Account WHERE Name = 'Acme' ORDER BY Name", "SELECT Name FROM Account WHERE " + many(5500, " OR ", "Name = 'Acme'") + " ORDER BY Name"},
	{"OR of different values", "SELECT Name FROM Account WHERE Name = 'Acme'", "SELECT Name FROM Account WHERE Name = 'Acme' OR " + many(5000, " OR ", "Name = '%d'")},
	{"AND", "SELECT Name FROM Account WHERE Name != 'x'", "SELECT Name FROM Account WHERE " + many(2000, " AND ", "Name != 'x'")},
	{"NOT", "SELECT Name FROM Account WHERE NOT Name = 'Acme'", "SELECT Name FROM Account WHERE " + many(2000, " AND ", "(NOT Name = 'Acme')")},
	{"AND in OR", "SELECT Name FROM Account WHERE Name = 'Acme' AND Industry = 'Banking'",
		"SELECT Name FROM Account WHERE " + many(1100, " OR ", "(Name = 'Acme' AND Industry = 'Banking')")},
	{"OR in AND", "SELECT Name FROM Account WHERE Name = 'Acme' OR Name = 'beta'", "SELECT Name FROM Account WHERE " + many(1100, " AND ", "(Name = 'Acme' OR Name = 'beta')")},
	{"IN", "SELECT Name FROM Account WHERE Name = 'Acme'", "SELECT Name FROM Account WHERE Name IN ('Acme'," + many(9000, ",", "'%d'") + ")"},
	{"NOT IN", "SELECT Name FROM Account", "SELECT Name FROM Account WHERE Name NOT IN (" + many(9000, ",", "'%d'") + ")"},
	{"IN of date literals", "SELECT Name FROM Account WHERE CreatedDate = LAST_N_DAYS:9999", "SELECT Name FROM Account WHERE CreatedDate IN (" + many(1500, ",", "LAST_N_DAYS:9999") + ")"},
	{"formula", "SELECT Name FROM Invoice__c WHERE Double__c > 1", "SELECT Name FROM Invoice__c WHERE " + many(4000, " OR ", "Double__c > 1")},
	{"HAVING", "SELECT Name, COUNT(Id) n FROM Account GROUP BY Name HAVING COUNT(Id) > 0", "SELECT Name, COUNT(Id) n FROM Account GROUP BY Name HAVING " + many(2000, " OR ", "COUNT(Id) > 0")},
	{"sub-query", "SELECT Name, (SELECT Name FROM Contacts WHERE Name = 'One') FROM Account",
		"SELECT Name, (SELECT Name FROM Contacts WHERE " + many(5000, " OR ", "Name = 'One'") + ") FROM Account"},
	{"semi-join", "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Name = 'One')",
		"SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE " + many(5000, " OR ", "Name = 'One'") + ")"},
}

func many(n int, between, term string) string {
	list := make([]string, n)
	for i := range list {
		if list[i] = term; strings.Contains(term, "%d") {
			list[i] = fmt.Sprintf(term, i)
		}
	}
	return strings.Join(list, between)
}

func (w *testOrg) holdLongQueries(t *testing.T) {
	t.Helper()
	for _, c := range longQueries {
		if len(c.long) > 100_000 || len(c.long) < 20_000 {
			t.Errorf("%s: the query has %d characters", c.name, len(c.long))
		}
		want := w.answer(c.short, nil, 0)
		if got := w.answer(c.long, nil, 0); got != want || strings.HasPrefix(want, "error") {
			t.Errorf("%s: %.300s\nwant %s", c.name, got, want)
		}
	}
}

// TestLongQueries runs them on both stores.
func TestLongQueries(t *testing.T) {
	t.Parallel()
	w := sampleOrg(t)
	t.Run("embedded", w.holdLongQueries)
	t.Run("PostgreSQL", func(t *testing.T) {
		srv := pgtest.Server(t)
		path := filepath.Join(t.TempDir(), "sample.org")
		if err := w.st.Save(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		st, err := srv.Load(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		(&testOrg{w.s, st}).holdLongQueries(t)
	})
}
