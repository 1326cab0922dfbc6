package soql

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// testOrg is a small org: a schema, rows, and a formula evaluator that knows the
// formulas of its fields.
type testOrg struct {
	s  *schema.Schema
	st store.Store
}

func props(kind string, pairs ...string) *metadata.Node {
	n := &metadata.Node{Name: kind}
	for i := 0; i+1 < len(pairs); i += 2 {
		at := n
		steps := strings.Split(pairs[i], "/")
		for _, step := range steps[:len(steps)-1] {
			c := at.Child(step)
			if c == nil {
				c = &metadata.Node{Name: step}
				at.Children = append(at.Children, c)
			}
			at = c
		}
		at.Children = append(at.Children, &metadata.Node{Name: steps[len(steps)-1], Text: pairs[i+1]})
	}
	return n
}

func newTestOrg(t testing.TB) *testOrg {
	t.Helper()
	field := func(name string, pairs ...string) *metadata.Component {
		return &metadata.Component{Kind: metadata.CustomField, Name: name, Props: props("CustomField", pairs...)}
	}
	s, diags := schema.Build(schema.Options{}, schema.Source{Namespace: "ns", Components: []*metadata.Component{
		{Kind: metadata.CustomObject, Name: "Invoice__c", Props: props("CustomObject", "label", "Invoice", "nameField/type", "Text", "enableActivities", "true")},
		field("Invoice__c.Account__c", "type", "Lookup", "referenceTo", "Account", "relationshipName", "Invoices"),
		field("Invoice__c.Amount__c", "type", "Currency", "precision", "18", "scale", "2"),
		field("Invoice__c.Paid__c", "type", "Checkbox"),
		field("Invoice__c.Tags__c", "type", "MultiselectPicklist"),
		field("Invoice__c.Due__c", "type", "Date"),
		field("Invoice__c.Notes__c", "type", "LongTextArea", "length", "32768"),
		field("Invoice__c.Double__c", "type", "Number", "precision", "18", "scale", "2", "formula", "Amount__c * 2"),
		{Kind: metadata.CustomObject, Name: "Rule__mdt", Props: props("CustomObject", "label", "Rule")},
		field("Rule__mdt.Object__c", "type", "MetadataRelationship", "referenceTo", "EntityDefinition"),
	}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	st, err := sqlite.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &testOrg{s, st}
}

// id is the id of the n-th row of an object.
func (w *testOrg) id(object string, n int) string {
	return value.MakeID(w.s.ObjectIn("ns", object).KeyPrefix, "000", uint64(n))
}

// insert adds a row written as "Field=value Field=value"; Contact#2 stands for
// an id, + for a space.
func (w *testOrg) insert(t testing.TB, object string, n int, fields string) {
	t.Helper()
	o := w.s.ObjectIn("ns", object)
	r := schema.NewRecord(o)
	r.SetID(w.id(object, n))
	for pair := range strings.FieldsSeq(fields) {
		name, text, _ := strings.Cut(pair, "=")
		f := o.FieldIn("ns", name)
		if f == nil {
			t.Fatalf("no field %s on %s", name, object)
		}
		r.Set(f, w.parse(t, f.Type, strings.ReplaceAll(text, "+", " ")))
	}
	if err := w.st.Insert(context.Background(), o, []*schema.Record{r}, store.NoCause); err != nil {
		t.Fatal(err)
	}
}

func (w *testOrg) parse(t testing.TB, typ schema.FieldType, s string) value.Value {
	t.Helper()
	switch {
	case s == "null":
		return value.Value{}
	case typ == schema.Boolean:
		return value.OfBool(s == "true")
	case typ.IsID():
		object, num, ok := strings.Cut(s, "#")
		if !ok {
			return value.OfText(s)
		}
		return value.OfID(w.id(object, must(strconv.Atoi(num))(t)))
	case typ == schema.Date:
		return value.OfDate(must(value.ParseDate(s))(t))
	case typ == schema.Datetime:
		return value.OfDatetime(must(value.ParseDatetime(s))(t))
	case typ.IsNumber():
		return value.OfDecimal(must(value.ParseDec(s))(t))
	}
	return value.OfText(s)
}

// must is a value that parsing gave, where it did.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func sampleOrg(t testing.TB) *testOrg {
	w := newTestOrg(t)
	for _, r := range []struct {
		object string
		n      int
		fields string
	}{
		{"Profile", 1, "Name=Standard+User"},
		{"User", 1, "FirstName=Ada LastName=Lovelace Name=Ada+Lovelace Username=ada@x.org IsActive=true ProfileId=Profile#1"},
		{"User", 2, "LastName=Idle Name=Idle Username=idle@x.org"},
		{"Group", 1, "Name=Intake Type=Queue"},
		{"Account", 1, "Name=Acme Industry=Banking AnnualRevenue=1000 BillingLatitude=37.5 BillingLongitude=-122.25 OwnerId=User#1 CreatedDate=2024-05-01T23:30:00Z"},
		{"Account", 2, "Name=beta Industry=null AnnualRevenue=2500000 ParentId=Account#1 OwnerId=User#2 CreatedDate=2024-05-02T08:00:00Z"},
		{"Account", 3, "Name=Ärger+&+Co Industry=banking OwnerId=User#1 CreatedDate=2023-12-31T12:00:00Z"},
		{"Account", 4, "Name=gone IsDeleted=true OwnerId=User#1"},
		{"Contact", 1, "LastName=One Name=One AccountId=Account#1 Email=one@x.org"},
		{"Contact", 2, "LastName=Two Name=Two AccountId=Account#2"},
		{"Contact", 3, "LastName=Three Name=Three"},
		{"Contact", 4, "LastName=Four Name=Four AccountId=Account#1"},
		{"Invoice__c", 1, "Name=I1 Account__c=Account#1 Amount__c=10.50 Paid__c=true Tags__c=red;green Due__c=2024-05-10 OwnerId=Group#1"},
		{"Invoice__c", 2, "Name=I2 Account__c=Account#1 Amount__c=20 Tags__c=red Due__c=2024-05-02 OwnerId=User#1"},
		{"Invoice__c", 3, "Name=I3 Account__c=Account#2 Amount__c=0.01 Tags__c=blue;green OwnerId=User#1"},
		{"Invoice__c", 4, "Name=i1 OwnerId=User#2"},
		{"Task", 1, "Subject=Call WhoId=Contact#1 WhatId=Account#1 OwnerId=User#1"},
		{"Task", 2, "Subject=Mail WhatId=Invoice__c#2 OwnerId=User#1"},
		{"Task", 3, "Subject=100%_sure OwnerId=User#2"},
		{"Rule__mdt", 1, "DeveloperName=R1 MasterLabel=R1 Object__c=Account"},
	} {
		w.insert(t, r.object, r.n, r.fields)
	}
	return w
}

func (w *testOrg) env(binds map[string]Bind) Env {
	zone, err := time.LoadLocation("Europe/Paris") // two hours ahead in May
	if err != nil {
		panic(err)
	}
	now, _ := value.ParseDatetime("2024-05-02T10:00:00Z")
	return Env{Now: now, Zone: zone, UserID: w.id("User", 1),
		Bind: func(b *query.Bind) (Bind, error) {
			p, ok := b.Expr.(*query.Path)
			if !ok {
				return Bind{}, errors.New("a bind that is no name")
			}
			v, ok := binds[p.String()]
			if !ok {
				return Bind{}, errors.New("no variable " + p.String())
			}
			return v, nil
		},
		Formula: func(_ context.Context, row *schema.Record, f *schema.Field) (value.Value, error) {
			v := row.Get(row.Object.FieldIn("ns", "Amount__c"))
			if v.IsNull() {
				return v, nil
			}
			return value.OfDecimal(v.Decimal().Add(v.Decimal())), nil
		}}
}

// show writes a record as its set fields, parents in braces, children in
// brackets; ids as the object and number.
func (w *testOrg) show(r *schema.Record) string {
	if r == nil {
		return "null"
	}
	var parts []string
	for _, f := range r.Fields() {
		if f.Type == schema.ID {
			continue
		}
		parts = append(parts, f.Name+"="+w.text(r.Get(f)))
	}
	if named := r.Aliased(); named != nil {
		for i, n := range named.Names {
			parts = append(parts, n+":"+w.text(named.Values[i]))
		}
	}
	r.Parents(func(f *schema.Field, p *schema.Record) { parts = append(parts, f.RelationshipName+"={"+w.show(p)+"}") })
	r.ChildLists(func(name string, list []*schema.Record) {
		rows := make([]string, len(list))
		for i, c := range list {
			rows[i] = w.show(c)
		}
		parts = append(parts, name+"=["+strings.Join(rows, " | ")+"]")
	})
	return r.Object.Name + "#" + fmt.Sprint(value.IDCounter(r.ID())) + " " + strings.Join(parts, " ")
}

func (w *testOrg) text(v value.Value) string {
	if v.Kind() == value.ID {
		if o := w.s.ByID(v.Text()); o != nil {
			return fmt.Sprintf("%s#%d", o.Name, value.IDCounter(v.Text()))
		}
	}
	return v.Plain()
}

func (w *testOrg) answer(text string, binds map[string]Bind, max int64) string {
	p, err := CompileText(w.s, "ns", text)
	if err != nil {
		return "error: " + err.Error()
	}
	env := w.env(binds)
	env.MaxRows = max
	res, err := p.Run(context.Background(), w.st, env)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, r := range res.Records {
		out = append(out, strings.TrimSpace(w.show(r)))
	}
	for _, r := range res.Rows {
		cells := make([]string, len(r.Names))
		for i, n := range r.Names {
			cells[i] = n + "=" + w.text(r.Values[i])
		}
		out = append(out, strings.Join(cells, " "))
	}
	if p.Kind == Count {
		out = append(out, fmt.Sprint("count ", res.Count))
	}
	if len(out) == 0 {
		return "no rows"
	}
	for _, n := range p.Notes {
		out = append(out, "note: "+n.Name)
	}
	return strings.Join(out, "\n")
}

var testBinds = map[string]Bind{
	"acme":     One(value.OfText("ACME")),
	"unicode":  One(value.OfText("ÄRGER & CO")),
	"nothing":  One(value.Value{}),
	"names":    List(value.OfText("acme"), value.OfText("BETA")),
	"mixed":    List(value.OfText("Ärger & Co"), value.Value{}),
	"empty":    List(),
	"one":      One(value.OfInt(1)),
	"amount":   One(value.OfDecimal(value.NewDec(10005, 3))),
	"day":      One(value.OfDate(value.DateOf(2024, 5, 2))),
	"patterns": List(value.OfText("a%"), value.OfText("%&%")),
	"badId":    One(value.OfText("xyz")),
	"blank":    One(value.OfText("")),
	"latitude": One(value.OfDecimal(value.NewDec(385, 1))),
	"madeUp":   One(value.OfText("001000000000000ZZZ")),
	"madeUps":  List(value.OfText("001000000000000ZZZ"), value.Value{}, value.OfText("")),
}

func TestQueries(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/queries", func(t *testing.T, path string) {
		w := sampleOrg(t)
		binds := map[string]Bind{"acmeId": One(value.OfText(w.id("Account", 1)[:15]))}
		for k, v := range testBinds {
			binds[k] = v
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			max := int64(0)
			if d.HasArg("max") {
				d.ScanArgs(t, "max", &max)
			}
			return w.answer(strings.Join(strings.Fields(d.Input), " "), binds, max) + "\n"
		})
	})
}

func TestErrorDetailPointsAtThePlace(t *testing.T) {
	t.Parallel()
	w := newTestOrg(t)
	src := "SELECT Id, Foo FROM Account"
	_, err := CompileText(w.s, "", src)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	want := "\nSELECT Id, Foo FROM Account\n           ^\nERROR at Row:1:Column:12\nNo such column 'Foo' on entity 'Account'. " +
		"If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
		"Please reference your WSDL or the describe call for the appropriate names."
	if got := e.Detail(src); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestCacheGivesTheSamePlan(t *testing.T) {
	t.Parallel()
	w := newTestOrg(t)
	var c Cache
	a, err := c.Compile(w.s, "", "SELECT Id FROM Account")
	b, _ := c.Compile(w.s, "", "SELECT Id FROM Account")
	other, _ := c.Compile(w.s, "ns", "SELECT Id FROM Account")
	if err != nil || a != b || a == other {
		t.Error("plans are not kept by schema, namespace and text")
	}
}

func TestDateRanges(t *testing.T) {
	t.Parallel()
	today := value.DateOf(2024, 5, 2) // a Thursday
	for in, want := range map[string]string{
		"TODAY": "2024-05-02 2024-05-03", "YESTERDAY": "2024-05-01 2024-05-02", "THIS_WEEK": "2024-04-28 2024-05-05",
		"LAST_WEEK": "2024-04-21 2024-04-28", "LAST_MONTH": "2024-04-01 2024-05-01", "NEXT_QUARTER": "2024-07-01 2024-10-01",
		"LAST_N_DAYS:3": "2024-04-29 2024-05-03", "NEXT_N_DAYS:3": "2024-05-03 2024-05-06", "N_DAYS_AGO:1": "2024-05-01 2024-05-02",
		"LAST_N_MONTHS:2": "2024-03-01 2024-05-01", "N_MONTHS_AGO:1": "2024-04-01 2024-05-01", "LAST_FISCAL_YEAR": "2023-01-01 2024-01-01",
		"THIS_FISCAL_QUARTER": "2024-04-01 2024-07-01", "NEXT_N_YEARS:1": "2025-01-01 2026-01-01", "LAST_90_DAYS": "2024-02-02 2024-05-03",
		"NEXT_N_WEEKS:1": "2024-05-05 2024-05-12", "LAST_N_FISCAL_QUARTERS:1": "2024-01-01 2024-04-01",
	} {
		name, count, _ := strings.Cut(in, ":")
		n := int64(0)
		_, _ = fmt.Sscan(count, &n)
		from, to, ok := dateRange(name, n, today)
		if got := value.FormatDate(from) + " " + value.FormatDate(to); !ok || got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, q := range []string{
		"SELECT Id, (SELECT Id FROM Contacts LIMIT 1), Owner.Name FROM Account WHERE Name LIKE 'a%' AND CreatedDate = LAST_N_DAYS:3",
		"SELECT COUNT(Id) c, Industry FROM Account GROUP BY ROLLUP(Industry) HAVING COUNT(Id) > 1",
		"SELECT TYPEOF What WHEN Account THEN Name ELSE Id END FROM Task WHERE What.Type IN ('Account') FOR UPDATE",
		"SELECT FIELDS(ALL) FROM Account WHERE Id IN (SELECT AccountId FROM Contact) ORDER BY Owner.Profile.Name NULLS LAST LIMIT 1",
		"SELECT Double__c FROM Invoice__c WHERE NOT (Double__c > 1 OR Tags__c INCLUDES ('a;b'))",
	} {
		f.Add(q)
	}
	w := newTestOrg(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := CompileText(w.s, "ns", text)
		if err != nil {
			return
		}
		env := w.env(nil)
		env.Bind = func(*query.Bind) (Bind, error) { return One(value.Value{}), nil }
		if _, err := p.Run(context.Background(), w.st, env); err != nil && strings.Contains(err.Error(), "prepare") {
			t.Fatalf("%s\nmakes SQL the database refuses: %v", text, err)
		}
	})
}

func benchOrg(b *testing.B) *testOrg {
	w := newTestOrg(b)
	o := w.s.Object("Account")
	rows := make([]*schema.Record, 10000)
	for i := range rows {
		r := schema.NewRecord(o)
		r.SetID(w.id("Account", i+1))
		r.Set(o.Field("Name"), value.OfText(fmt.Sprintf("Account %d", i)))
		r.Set(o.Field("Industry"), value.OfText([]string{"Banking", "Energy", "Retail"}[i%3]))
		rows[i] = r
	}
	if err := w.st.Insert(context.Background(), o, rows, store.NoCause); err != nil {
		b.Fatal(err)
	}
	return w
}

func BenchmarkSelectByID(b *testing.B) {
	w := benchOrg(b)
	var c Cache
	env := w.env(nil)
	n := 0
	env.Bind = func(*query.Bind) (Bind, error) { return One(value.OfID(w.id("Account", n+1))), nil }
	for b.Loop() {
		n = n * 7919 % 10000
		n++
		p, err := c.Compile(w.s, "", "SELECT Id, Name, Industry FROM Account WHERE Id = :id")
		if err != nil {
			b.Fatal(err)
		}
		res, err := p.Run(context.Background(), w.st, env)
		if err != nil || res.Count > 1 {
			b.Fatal(err, res)
		}
	}
}

// BenchmarkBareSelectByID is the same through a prepared statement alone.
func BenchmarkBareSelectByID(b *testing.B) {
	w := benchOrg(b)
	n := 0
	for b.Loop() {
		n = n * 7919 % 10000
		n++
		err := w.st.Query(context.Background(), `SELECT "id","name","industry" FROM "account" WHERE "id" = ?`,
			[]value.Value{value.OfText(w.id("Account", n))}, func(r store.Row) error {
				_, _, _ = r.Text(0), r.Text(1), r.Text(2)
				return nil
			})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelect10k(b *testing.B) {
	w := benchOrg(b)
	p, err := CompileText(w.s, "", "SELECT Id, Name, Industry, Owner.Name FROM Account")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := p.Run(context.Background(), w.st, w.env(nil)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	w := newTestOrg(b)
	for b.Loop() {
		if _, err := CompileText(w.s, "ns", "SELECT Id, Name, Account__r.Name FROM Invoice__c WHERE Account__r.Industry = 'x' AND Amount__c > 3 ORDER BY Name LIMIT 10"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	w := sampleOrg(t)
	for _, c := range []struct {
		text  string
		fixed []string
		want  string
	}{
		{"FIND {acm*} IN NAME FIELDS RETURNING Account(Name), Contact", nil, "Account#1 Name=Acme /"},
		{"FIND {ärg co} RETURNING Account(Name)", nil, "Account#3 Name=Ärger & Co"},
		{"FIND {one OR two} RETURNING Contact(Name WHERE AccountId != null ORDER BY Name DESC LIMIT 1)", nil, "Contact#2 Name=Two"},
		{"FIND {gone} RETURNING Account(Name)", nil, ""},
		{"FIND {one@x} IN EMAIL FIELDS RETURNING Contact(Name)", nil, "Contact#1 Name=One"},
		{"FIND {whatever} RETURNING Account(Name)", []string{w.id("Account", 2)}, "Account#2 Name=beta"},
		{"FIND {whatever} RETURNING Account(Name)", []string{}, ""},
	} {
		p, err := CompileSearchText(w.s, "ns", c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		lists, err := p.Run(context.Background(), w.st, w.env(nil), c.fixed)
		var parts []string
		for _, l := range lists {
			var rows []string
			for _, r := range l {
				rows = append(rows, strings.TrimSpace(w.show(r)))
			}
			parts = append(parts, strings.Join(rows, ", "))
		}
		if got := strings.TrimSpace(strings.Join(parts, " / ")); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.text, got, err, c.want)
		}
	}
}

// List is a bind to a collection.
func List(vs ...value.Value) Bind { return Bind{Values: vs, List: true} }
