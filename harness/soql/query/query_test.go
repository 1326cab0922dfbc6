package query

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// TestQueries runs the data files: "soql" and "sosl" parse a text and print it
// back, or print its error with the place.
func TestQueries(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for _, line := range strings.Split(d.Input, "\n") {
				out.WriteString(roundTrip(t, d.Cmd, line))
				out.WriteByte('\n')
			}
			return out.String()
		})
	})
}

// roundTrip parses a text and prints it, and holds that what was printed
// parses to the same print.
func roundTrip(t *testing.T, cmd, text string) string {
	t.Helper()
	once, errs := printed(cmd, text)
	if errs != nil {
		e := errs[0]
		return strings.TrimPrefix(e.Error(), "query:")
	}
	twice, errs := printed(cmd, once)
	if errs != nil || once != twice {
		t.Errorf("%s\n prints %s\n which parses to %s %v", text, once, twice, errs)
	}
	return once
}

func printed(cmd, text string) (string, diag.List) {
	f := diag.NewFile("query", []byte(text))
	if cmd == "sosl" {
		s, errs := ParseSearch(f)
		if errs != nil {
			return "", errs
		}
		return s.String(), nil
	}
	q, errs := Parse(f)
	if errs != nil {
		return "", errs
	}
	return q.String(), nil
}

// TestLiterals holds what the values of a query are read as.
func TestLiterals(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Literal{
		"null":                          {Kind: NullLiteral},
		"TRUE":                          {Kind: BooleanLiteral, Bool: true},
		`'it\'s 50\%'`:                  {Kind: StringLiteral, Text: "it's 50%"},
		"-1.5":                          {Kind: NumberLiteral, Text: "-1.5"},
		"+12":                           {Kind: NumberLiteral, Text: "12"},
		"USD5000.25":                    {Kind: CurrencyLiteral, Text: "USD5000.25"},
		"2024-02-29":                    {Kind: DateLiteral, Text: "2024-02-29"},
		"2024-02-29T10:00:00.000+01:00": {Kind: DatetimeLiteral, Text: "2024-02-29T10:00:00.000+01:00"},
		"10:15:00.000Z":                 {Kind: TimeLiteral, Text: "10:15:00.000Z"},
		"last_n_days:30":                {Kind: DateRangeLiteral, Text: "last_n_days", N: 30},
		"THIS_FISCAL_YEAR":              {Kind: DateRangeLiteral, Text: "THIS_FISCAL_YEAR"},
	} {
		q, errs := Parse(diag.NewFile("q", []byte("SELECT Id FROM Account WHERE F = "+text)))
		if errs != nil {
			t.Errorf("%s: %v", text, errs)
			continue
		}
		got := *q.Where.(*Compare).Right.(*Literal)
		if got.Raw == "" {
			t.Errorf("%s: no raw text", text)
		}
		got.Range, got.Raw = Range{}, ""
		if got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

// TestBindsInOrder holds that binds are found in the order of the text.
func TestBindsInOrder(t *testing.T) {
	t.Parallel()
	q, errs := Parse(diag.NewFile("q", []byte(
		"SELECT Id, (SELECT Id FROM Contacts WHERE A = :one) FROM Account WHERE B IN :two AND C IN (:three, 4) AND D IN (SELECT E FROM F WHERE G > :four.x) LIMIT :five")))
	if errs != nil {
		t.Fatal(errs)
	}
	var got []string
	for _, b := range Binds(q) {
		got = append(got, b.String())
	}
	if s := strings.Join(got, " "); s != ":one :two :three :four.x :five" {
		t.Errorf("binds are %s", s)
	}
}

func FuzzSOQL(f *testing.F) {
	for _, s := range []string{
		"SELECT Id, (SELECT Id FROM Contacts), COUNT(Id) c FROM Account a WHERE NOT A = 1 LIMIT :x",
		"SELECT TYPEOF What WHEN A THEN B ELSE C END FROM T WHERE D = LAST_N_DAYS:3 AND (E IN ('x') OR F INCLUDES ('a;b'))",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { fuzzRound(t, "soql", s) })
}

func FuzzSOSL(f *testing.F) {
	f.Add("FIND 'x' IN ALL FIELDS RETURNING A(Id WHERE B = :c ORDER BY D LIMIT 1), E WITH SNIPPET (target_length=10) LIMIT 3")
	f.Add("FIND {a OR b} RETURNING A WITH DATA CATEGORY X__c AT (Y__c)")
	f.Fuzz(func(t *testing.T, s string) { fuzzRound(t, "sosl", s) })
}

// fuzzRound holds that a text that parses prints to one that parses to the
// same print.
func fuzzRound(t *testing.T, cmd, text string) {
	once, errs := printed(cmd, text)
	if errs != nil {
		return
	}
	if twice, errs := printed(cmd, once); errs != nil || once != twice {
		t.Errorf("%q prints %q, then %q %v", text, once, twice, errs)
	}
}
