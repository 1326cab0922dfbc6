package formula

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func TestDiagnosticsHavePositions(t *testing.T) {
	t.Parallel()
	s := dealSchema(t)
	for _, c := range []struct{ src, code, at string }{
		{"1 +\n  LEN(2)", CodeType, "f:2:7"},
		{"IF(TRUE,\n\tNope__c, 1)", CodeField, "f:2:2"},
		{"(1", CodeSyntax, "f:1:3"},
		{"FOO()", CodeFunction, "f:1:1"},
		{strings.Repeat("(", 100_001), CodeTooLong, "f"},
		{strings.Repeat("(", 9000) + "1", CodeSyntax, "f:1:251"},
		{strings.Repeat("1+", 49_000) + "1", CodeSyntax, "f:1:20002"},
	} {
		_, diags := Compile(s, s.Object("ns__Deal__c"), "ns", c.src, Rule, Options{File: "f"})
		if len(diags) != 1 || diags[0].Code != c.code || diags[0].Span.String() != c.at {
			t.Errorf("%.30q: got %v, want %s at %s", c.src, diags, c.code, c.at)
		}
	}
}

func TestResultType(t *testing.T) {
	t.Parallel()
	s := dealSchema(t)
	o := s.Object("ns__Deal__c")
	_, diags := Compile(s, o, "ns", "Amount__c + 1", FieldFormula, Options{Returns: schema.String})
	want := "Formula result is data type (Number), incompatible with expected data type (Text)."
	if len(diags) != 1 || diags[0].Message != want {
		t.Errorf("got %v, want %q", diags, want)
	}
	long := "\"" + strings.Repeat("x", 3900) + "\""
	_, diags = Compile(s, o, "ns", long, FieldFormula, Options{})
	want = "Formula is too long (3,902 characters). Maximum length is 3,900 characters."
	if len(diags) != 1 || diags[0].Message != want {
		t.Errorf("got %v, want %q", diags, want)
	}
	p, diags := Compile(s, o, "ns", "Rate__c * 2", FieldFormula, Options{Returns: schema.Percent})
	if p == nil {
		t.Fatal(diags)
	}
	if v, err := p.Eval(dealRecords(t, s)); err != nil || v.Decimal().String() != "50" {
		t.Errorf("a formula of type percent is in per cent: got %v, %v", v, err)
	}
}

func TestFieldsAndPaths(t *testing.T) {
	t.Parallel()
	s := dealSchema(t)
	p, diags := Compile(s, s.Object("ns__Deal__c"), "ns", "Net__c > 1 && Account__r.Owner.Email <> '' && Net__c < 5", Rule, Options{})
	if p == nil {
		t.Fatal(diags)
	}
	var fields, paths []string
	for _, f := range p.Fields() {
		fields = append(fields, f.Object.Name+"."+f.Name)
	}
	for _, path := range p.Paths() {
		name := ""
		for _, l := range path.Lookups {
			name += l.Name + "."
		}
		paths = append(paths, name+path.Field.Name)
	}
	if d := cmp.Diff([]string{"ns__Deal__c.ns__Amount__c", "ns__Deal__c.ns__Blank__c", "ns__Deal__c.ns__Net__c",
		"ns__Deal__c.ns__Account__c", "Account.OwnerId", "User.Email"}, fields); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"ns__Amount__c", "ns__Blank__c", "ns__Net__c", "ns__Account__c.OwnerId.Email"}, paths); d != "" {
		t.Error(d)
	}
}

func TestCriteria(t *testing.T) {
	t.Parallel()
	s := dealSchema(t)
	w := dealRecords(t, s)
	o := s.Object("ns__Deal__c")
	item := func(field, op, val string) Item { return Item{Field: field, Operation: op, Value: val} }
	for _, c := range []struct {
		items []Item
		logic string
		want  bool
	}{
		{nil, "", true},
		{[]Item{item("Amount__c", "greaterThan", "1000")}, "", true},
		{[]Item{item("Deal__c.Amount__c", "lessOrEqual", "1,000")}, "", false},
		{[]Item{item("Rate__c", "equals", "25")}, "", true},
		{[]Item{item("Title__c", "equals", "acme ltd")}, "", true},
		{[]Item{item("Title__c", "equals", "x,ACME LTD,y")}, "", true},
		{[]Item{item("Title__c", "notEqual", "x,Acme Ltd")}, "", false},
		{[]Item{item("Title__c", "startsWith", "acme")}, "", true},
		{[]Item{item("Title__c", "contains", "zzz,LTD")}, "", true},
		{[]Item{item("Title__c", "notContain", "zzz,LTD")}, "", false},
		{[]Item{item("Empty__c", "equals", "")}, "", true},
		{[]Item{item("Blank__c", "equals", "")}, "", true},
		{[]Item{item("Blank__c", "lessThan", "5")}, "", false},
		{[]Item{item("Blank__c", "notEqual", "5")}, "", true},
		{[]Item{item("Stage__c", "equals", `"Open, or not",Open`)}, "", true},
		{[]Item{item("Tags__c", "includes", "Green,Blue")}, "", true},
		{[]Item{item("Tags__c", "includes", "Red;Green")}, "", false},
		{[]Item{item("Tags__c", "excludes", "Green")}, "", true},
		{[]Item{item("Done__c", "equals", "True")}, "", true},
		{[]Item{item("Open__c", "equals", "False")}, "", true},
		{[]Item{item("Start__c", "equals", "2/29/2024")}, "", true},
		{[]Item{item("Start__c", "greaterOrEqual", "2024-03-01")}, "", false},
		{[]Item{item("Start__c", "equals", "LAST_N_DAYS:90")}, "", true},
		{[]Item{item("At__c", "equals", "3/10/2024")}, "", true},
		{[]Item{item("At__c", "lessThan", "THIS MONTH")}, "", true},
		{[]Item{item("Account__r.Industry", "equals", "energy")}, "", true},
		{[]Item{item("User.Email", "equals", "ada@example.com")}, "", true},
		{[]Item{item("$Profile.Name", "contains", "admin")}, "", true},
		{[]Item{{Field: "Amount__c", Operation: "greaterThan", ValueField: "Count__c"}}, "", true},
		{[]Item{item("Count__c", "equals", "1"), item("Count__c", "equals", "7"), item("Done__c", "equals", "0")}, "1 OR (2 AND NOT 3)", true},
	} {
		p, diags := CompileCriteria(s, o, "ns", c.items, c.logic)
		if p == nil {
			t.Errorf("%v: %v", c.items, diags)
			continue
		}
		if got, err := p.True(w); err != nil || got != c.want {
			t.Errorf("%s (%s): got %v, %v, want %v", p.Source, c.logic, got, err, c.want)
		}
	}
	for _, logic := range []string{"1 AND", "3", "1 2", "(1", "1 XOR 1", "0"} {
		if p, _ := CompileCriteria(s, o, "ns", []Item{item("Count__c", "equals", "7")}, logic); p != nil {
			t.Errorf("logic %q compiles", logic)
		}
	}
}

func TestLookupFilter(t *testing.T) {
	t.Parallel()
	s := dealSchema(t)
	deal, account := s.Object("ns__Deal__c"), s.Object("Account")
	p, diags := NewCompiler(s).LookupFilter(deal, account, "ns",
		[]Item{{Field: "Account.Name", Operation: "equals", ValueField: "$Source.Title__c"}}, "")
	if p == nil {
		t.Fatal(diags)
	}
	rec := schema.NewRecord(account)
	rec.Set(account.Field("Name"), value.OfText("Acme"))
	w := &testRecords{rec: rec, globals: map[string]value.Value{"$Source.ns__Title__c": value.OfText("ACME")}}
	if ok, err := p.True(w); !ok || err != nil {
		t.Errorf("got %v, %v, want a match", ok, err)
	}
}

// BenchmarkValidationRule is one rule of ten functions on one row, the cost
// that saving 200 rows pays 200 times.
func BenchmarkValidationRule(b *testing.B) {
	s := dealSchema(b)
	w := dealRecords(b, s)
	p, diags := Compile(s, s.Object("ns__Deal__c"), "ns", `AND(ISPICKVAL(Stage__c, "Open"), NOT(ISBLANK(Title__c)), LEN(Title__c) > 3,
		OR(Amount__c * 1.2 < 10, ISBLANK(Start__c), BEGINS(Title__c, "Zz")), MONTH(Start__c) = 2, ROUND(Amount__c, 0) > 5)`, Rule, Options{})
	if p == nil {
		b.Fatal(diags)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.True(w); err != nil {
			b.Fatal(err)
		}
	}
}

// Compile compiles a formula with a compiler of its own.
func Compile(s *schema.Schema, o *schema.Object, ns, src string, ctx Context, opt Options) (*Program, diag.List) {
	return NewCompiler(s).Compile(o, ns, src, ctx, opt)
}

// CompileCriteria makes a condition with a compiler of its own.
func CompileCriteria(s *schema.Schema, o *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	return NewCompiler(s).Criteria(o, ns, items, logic)
}
