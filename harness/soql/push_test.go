package soql

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// pushNow is the clock of these tests, pushZone the user's.
var pushNow = value.DateOf(2024, 5, 1)*value.MsPerDay + 23*3600_000

func pushZone(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// formulaEnv evaluates formulas on rows of a store.
type formulaEnv struct {
	w    *testOrg
	rec  *schema.Record
	zone *time.Location
}

func (f formulaEnv) Record() *schema.Record { return f.rec }
func (f formulaEnv) Prior() *schema.Record  { return nil }
func (f formulaEnv) IsNew() bool            { return false }
func (f formulaEnv) IsClone() bool          { return false }
func (f formulaEnv) Now() int64             { return pushNow }
func (f formulaEnv) Zone() *time.Location   { return f.zone }

func (f formulaEnv) Parent(rec *schema.Record, lookup *schema.Field) (*schema.Record, error) {
	id := rec.Get(lookup).Text()
	if id == "" {
		return nil, nil
	}
	recs, err := f.w.st.Load(context.Background(), f.w.s.Object(lookup.ReferenceTo[0]), []string{id})
	if err != nil {
		return nil, err
	}
	return recs[0], nil
}

func (f formulaEnv) Global(path []string) (value.Value, bool) {
	if strings.EqualFold(strings.Join(path, "."), "$User.Id") {
		return value.OfID("005000000000001AAA"), true
	}
	return value.Value{}, false
}

func (f formulaEnv) Lookup(_, _ *schema.Field, _ string) (value.Value, error) {
	return value.Value{}, nil
}

// pushOrg is an object with a field of every kind, a parent of the same
// object, and formula fields that others refer to.
func pushOrg(t testing.TB) *testOrg {
	t.Helper()
	field := func(name string, pairs ...string) *metadata.Component {
		return &metadata.Component{Kind: metadata.CustomField, Name: "Deal__c." + name, Props: props("CustomField", pairs...)}
	}
	s, diags := schema.Build(schema.Options{}, schema.Source{Namespace: "ns", Components: []*metadata.Component{
		{Kind: metadata.CustomObject, Name: "Deal__c", Props: props("CustomObject", "label", "Deal", "nameField/type", "Text")},
		field("Parent__c", "type", "Lookup", "referenceTo", "Deal__c", "relationshipName", "Deals"),
		field("Amount__c", "type", "Currency", "precision", "18", "scale", "2"),
		field("Count__c", "type", "Number", "precision", "9", "scale", "0"),
		field("Fine__c", "type", "Number", "precision", "18", "scale", "6"),
		field("Rate__c", "type", "Percent", "precision", "8", "scale", "3"),
		field("Done__c", "type", "Checkbox"),
		field("Code__c", "type", "Text", "length", "255"),
		field("Stage__c", "type", "Picklist"),
		field("Tags__c", "type", "MultiselectPicklist"),
		field("Due__c", "type", "Date"),
		field("Seen__c", "type", "DateTime"),
		field("At__c", "type", "Time"),
		field("Gross__c", "type", "Currency", "precision", "18", "scale", "2", "formula", "Amount__c * 1.19", "formulaTreatBlanksAs", "BlankAsZero"),
		field("Share__c", "type", "Percent", "precision", "18", "scale", "2", "formula", "IF(Count__c = 0, 0, ROUND(Amount__c / Count__c, 4))"),
		field("Label__c", "type", "Text", "formula", "Code__c & '-' & TEXT(Stage__c)"),
		field("Late__c", "type", "Checkbox", "formula", "Due__c < TODAY()"),
		field("Next__c", "type", "Date", "formula", "Due__c + Count__c"),
	}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &testOrg{s, st}
}

// fill writes rows of edges: nulls, zeros, the largest numbers, texts beyond
// ASCII and beyond the basic plane, dates at both ends.
func (w *testOrg) fill(t testing.TB, r *rand.Rand, rows int) []*schema.Record {
	t.Helper()
	o := w.s.ObjectIn("ns", "Deal__c")
	dec := func(n int64, scale int32) value.Value { return value.OfDecimal(value.NewDec(n, scale)) }
	choices := map[string]func() value.Value{
		"Name":      func() value.Value { return value.OfText([]string{"a", "B", "ab", "Ab"}[r.IntN(4)]) },
		"Parent__c": func() value.Value { return value.OfID(w.id("Deal__c", r.IntN(rows+2))) },
		"Amount__c": func() value.Value {
			return dec([]int64{0, 1, -1, 150, 12345, -99950, 5, 999999999999999999}[r.IntN(8)], 2)
		},
		"Count__c": func() value.Value { return dec([]int64{0, 1, -3, 7, 100, 999999999}[r.IntN(6)], 0) },
		"Fine__c":  func() value.Value { return dec([]int64{0, 1, -500000, 1500000, 333333, 2500001}[r.IntN(6)], 6) },
		"Rate__c":  func() value.Value { return dec([]int64{0, 100000, 12345, -50000}[r.IntN(4)], 3) },
		"Done__c":  func() value.Value { return value.OfBool(r.IntN(2) == 0) },
		"Code__c": func() value.Value {
			return value.OfText([]string{"a", "A", "abc", " x ", "é", "日本", "😀b", "a;b", "%", "it's"}[r.IntN(10)])
		},
		"Stage__c": func() value.Value { return value.OfText([]string{"New", "Won", "new"}[r.IntN(3)]) },
		"Tags__c":  func() value.Value { return value.OfText([]string{"a", "b;a", "ab", "A"}[r.IntN(4)]) },
		"Due__c": func() value.Value {
			return value.OfDate([]int64{value.DateOf(2024, 5, 1), value.DateOf(2024, 2, 29), value.DateOf(1969, 12, 31), value.DateOf(9999, 12, 30), value.DateOf(1700, 1, 2)}[r.IntN(5)])
		},
		"Seen__c": func() value.Value {
			return value.OfDatetime([]int64{pushNow, pushNow - 5*3600_000, -1, value.DateOf(2024, 3, 10)*value.MsPerDay + 10*3600_000}[r.IntN(4)])
		},
		"At__c": func() value.Value { return value.OfTime([]int64{0, 86399999, 3723004}[r.IntN(3)]) },
	}
	var out []*schema.Record
	for n := range rows {
		rec := schema.NewRecord(o)
		rec.SetID(w.id("Deal__c", n))
		for _, f := range o.Fields {
			if make := choices[strings.TrimPrefix(f.Name, "ns__")]; make != nil && r.IntN(5) > 0 {
				rec.Set(f, make())
			}
		}
		out = append(out, rec)
	}
	if err := w.st.Insert(context.Background(), o, out, store.NoCause); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, rows)
	for n := range ids {
		ids[n] = w.id("Deal__c", n)
	}
	out, err := w.st.Load(context.Background(), o, ids)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPushedFormulasAgree holds generated formulas computed by the database
// against the evaluator, row by row. PUSHED_FORMULAS says how many; those that
// a guard stops are made up for.
func TestPushedFormulasAgree(t *testing.T) {
	t.Parallel()
	want := 300
	if n, err := strconv.Atoi(os.Getenv("PUSHED_FORMULAS")); err == nil {
		want = n
	}
	w := pushOrg(t)
	r := rand.New(rand.NewPCG(3, 5))
	rows := w.fill(t, r, 40)
	agree := &pushedCheck{T: t, Rand: r, w: w, rows: rows, compiler: formula.NewCompiler(w.s), zone: pushZone(t)}
	for agree.exact < want {
		g := generated[r.IntN(len(generated))]
		agree.check(formulaText{r}.of(g.t, 1+r.IntN(4)), g.field, r.IntN(2) == 0)
	}
	t.Logf("%d formulas agree on %d rows each (%d results not blank); of all generated, %d were left to Go and a guard stopped %d",
		agree.exact, len(rows), agree.values, agree.left, agree.stopped)
}

type pushedCheck struct {
	*testing.T
	*rand.Rand
	w                            *testOrg
	rows                         []*schema.Record
	compiler                     *formula.Compiler
	zone                         *time.Location
	exact, left, stopped, values int
}

func (c *pushedCheck) check(text string, typ schema.FieldType, blankAsZero bool) {
	c.Helper()
	o := c.w.s.ObjectIn("ns", "Deal__c")
	f := *o.FieldIn("ns", "Gross__c")
	f.Scale = c.Rand.IntN(5)
	f.Name, f.Type, f.Formula, f.TreatBlanksAsZero = "Generated__c", typ, text, blankAsZero
	prog, diags := c.compiler.Field(&f)
	if prog == nil {
		c.Fatalf("%s: %v", text, diags)
	}
	b := newBuilder(&Plan{schema: c.w.s, ns: "ns", formulas: c.compiler}, nil)
	b.v = &variant{}
	b.root = b.newNode(o, nil, nil)
	op := b.computed(operand{formula: true, field: &f, node: b.root, col: store.ColumnOf(&f)})
	if op.formula {
		c.left++
		return
	}
	env := &Env{Now: pushNow, Zone: c.zone, World: func(context.Context) formula.Env { return formulaEnv{c.w, nil, c.zone} }}
	args := make([]value.Value, len(*b.args))
	for i, a := range *b.args {
		v, err := a(&run{ctx: context.Background(), env: env})
		if err != nil {
			c.stopped++
			return
		}
		args[i] = v
	}
	sql := fmt.Sprintf(`SELECT %s FROM %s ORDER BY %s."id"`, op.sql, b.from(), b.root.alias)
	i := 0
	err := c.w.st.Query(context.Background(), sql, args, func(row store.Row) error {
		rec := c.rows[i]
		i++
		byGo, err := prog.Eval(formulaEnv{c.w, rec, c.zone})
		if err != nil {
			byGo = value.Value{}
		}
		byGo = formula.FieldValue(byGo, &f)
		bySQL := op.col.Read(row, 0)
		if !byGo.IsNull() {
			c.values++
		}
		if byGo.IsNull() != bySQL.IsNull() || !byGo.IsNull() && (value.Compare(byGo, bySQL) != 0 || byGo.Kind() == value.Text && byGo.Text() != bySQL.Text()) {
			c.Fatalf("%s (blank as zero: %v) of row %d:\nevaluator: %v\nSQL: %v\nerror: %v\nrow: %v\n%s", text, blankAsZero, i, byGo, bySQL, err, rec, sql)
		}
		return nil
	})
	switch {
	case store.IsInexact(err):
		c.stopped++
	case err != nil:
		c.Fatalf("%s: %v\n%s", text, err, sql)
	default:
		c.exact++
	}
}

// queryText makes a random query over formula fields, its conditions, order
// and groups.
func queryText(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	condition := func() string {
		operator := pick("=", "!=", "<", "<=", ">", ">=")
		switch r.IntN(7) {
		case 0:
			return pick("Gross__c", "Parent__r.Gross__c") + " " + operator + " " + pick("0", "1.785", "1.79", "-1.19", "null", "1000")
		case 1:
			return "Share__c " + operator + " " + pick("0", "50", "null", "-33.33")
		case 2:
			return pick("Label__c", "Parent__r.Label__c") + " " + operator + " " + pick("'A-new'", "'é-Won'", "null", "'abc-'", "'B'")
		case 3:
			return "Label__c " + pick("LIKE 'A%'", "LIKE '%É%'", "IN ('a-New', 'x')", "NOT IN ('a-new')", "IN :names")
		case 4:
			return "Late__c = " + pick("true", "false")
		case 5:
			return pick("Next__c", "Parent__r.Next__c") + " " + operator + " " + pick("TODAY", "2024-05-08", "LAST_N_DAYS:90", "null")
		default:
			return "(NOT (Late__c = true OR Amount__c " + operator + " 1))"
		}
	}
	where := condition()
	for r.IntN(2) == 0 {
		where = "(" + where + pick(" AND ", " OR ") + condition() + ")"
	}
	switch r.IntN(3) {
	case 0:
		by := pick("Label__c", "Late__c", "Next__c")
		return "SELECT " + by + ", COUNT(Id), SUM(Gross__c), MAX(Next__c), MIN(Label__c) FROM Deal__c WHERE " + where + " GROUP BY " + by + " ORDER BY " + by
	default:
		return "SELECT Id, Gross__c FROM Deal__c WHERE " + where + " ORDER BY " + pick("Gross__c", "Label__c", "Share__c", "Parent__r.Label__c", "Next__c") +
			pick("", " DESC", " NULLS LAST") + pick("", " LIMIT 7", " LIMIT 5 OFFSET 3")
	}
}

// TestPushedQueriesAgree runs queries with the formulas computed by the
// database and again with all of them computed in Go.
func TestPushedQueriesAgree(t *testing.T) {
	t.Parallel()
	w := pushOrg(t)
	r := rand.New(rand.NewPCG(8, 1))
	w.fill(t, r, 60)
	c, zone := formula.NewCompiler(w.s), pushZone(t)
	pushed := 0
	for range 300 {
		text := queryText(r)
		p, err := CompileText(w.s, "ns", text, WithFormulas(c))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if p.first.pushed && !p.first.post {
			pushed++
		}
		env := Env{Now: pushNow, Zone: zone, World: func(context.Context) formula.Env { return formulaEnv{w, nil, zone} },
			Bind: func(*query.Bind) (Bind, error) { return List(value.OfText("abc-won"), value.OfText("日本-")), nil },
			Formula: func(_ context.Context, row *schema.Record, f *schema.Field) (value.Value, error) {
				prog, _ := c.Field(f)
				v, err := prog.Eval(formulaEnv{w, row, zone})
				if err != nil {
					return value.Value{}, nil
				}
				return formula.FieldValue(v, f), nil
			}}
		bySQL, byGo := w.result(t, p, env), ""
		env.inGo = true
		if byGo = w.result(t, p, env); bySQL != byGo {
			t.Fatalf("%s\nby SQL: %s\nby Go: %s", text, bySQL, byGo)
		}
	}
	if pushed < 250 {
		t.Errorf("only %d of 300 queries had their formulas computed by the database", pushed)
	}
}

func (w *testOrg) result(t *testing.T, p *Plan, env Env) string {
	t.Helper()
	res, err := p.Run(context.Background(), w.st, env)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range res.Records {
		out = append(out, w.show(r))
	}
	for _, r := range res.Rows {
		cells := make([]string, len(r.Names))
		for i := range r.Names {
			v := r.Values[i]
			if v.Kind() == value.Decimal {
				v = value.OfDecimal(v.Decimal().StripZeros())
			}
			cells[i] = w.text(v)
		}
		out = append(out, strings.Join(cells, " "))
	}
	return strings.Join(out, "\n")
}
