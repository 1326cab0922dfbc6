package soql

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/postgres"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var (
	programs    = flag.Int("programs", 240, "how many random programs both databases run")
	programSeed = flag.Uint64("programseed", 1, "what the random programs are made from")
)

// perSchema is how many programs run over one generated schema.
const perSchema = 40

func testRandomPrograms(t *testing.T, srv *postgres.Server) {
	for n := 0; n < *programs; n += perSchema {
		rnd := rand.New(rand.NewPCG(*programSeed, uint64(n)))
		p := newProgrammer(t, rnd)
		a, err := sqlite.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := srv.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.stores = []store.Store{a, b}
		for i := range min(perSchema, *programs-n) {
			p.program(t, n+i)
			if t.Failed() {
				break
			}
		}
		for _, s := range p.stores {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// programmer writes programs over one schema and runs each on all stores.
type programmer struct {
	rnd     *rand.Rand
	w       *testOrg
	objects []*schema.Object
	stores  []store.Store
	rows    map[*schema.Object][]uint64 // numbers of rows that may be there
	last    uint64
	answers int
}

var fieldKinds = [][]string{
	{"type", "Text", "length", "80"},
	{"type", "Text", "length", "40", "caseSensitive", "true", "externalId", "true", "unique", "true"},
	{"type", "Text", "length", "20", "externalId", "true"},
	{"type", "LongTextArea", "length", "32768"},
	{"type", "Currency", "precision", "18", "scale", "2"},
	{"type", "Number", "precision", "18", "scale", "0"},
	{"type", "Number", "precision", "18", "scale", "6"},
	{"type", "Percent", "precision", "5", "scale", "1"},
	{"type", "Checkbox"},
	{"type", "Date"},
	{"type", "DateTime"},
	{"type", "Time"},
	{"type", "Email"},
	{"type", "MultiselectPicklist"},
}

func newProgrammer(t testing.TB, rnd *rand.Rand) *programmer {
	t.Helper()
	p := &programmer{rnd: rnd, rows: map[*schema.Object][]uint64{}}
	var components []*metadata.Component
	n := 2 + rnd.IntN(2)
	for i := range n {
		name := fmt.Sprintf("Obj%d__c", i)
		components = append(components, &metadata.Component{Kind: metadata.CustomObject, Name: name, Props: props("CustomObject", "label", name, "nameField/type", "Text")})
		for j := range 3 + rnd.IntN(8) {
			kind := fieldKinds[rnd.IntN(len(fieldKinds))]
			components = append(components, &metadata.Component{Kind: metadata.CustomField, Name: fmt.Sprintf("%s.F%d__c", name, j), Props: props("CustomField", kind...)})
		}
		components = append(components, &metadata.Component{Kind: metadata.CustomField, Name: name + ".Up__c",
			Props: props("CustomField", "type", "Lookup", "referenceTo", fmt.Sprintf("Obj%d__c", rnd.IntN(n)), "relationshipName", fmt.Sprintf("Down%d", i))})
	}
	s, diags := schema.Build(schema.Options{}, schema.Source{Namespace: "ns", Components: components})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	p.w = &testOrg{s: s}
	for i := range n {
		p.objects = append(p.objects, s.ObjectIn("ns", fmt.Sprintf("Obj%d__c", i)))
	}
	return p
}

// program changes rows and asks questions; what it changed is taken back or
// kept.
func (p *programmer) program(t testing.TB, n int) {
	var savepoints []store.Savepoint
	var kept []map[*schema.Object][]uint64
	for range 3 + p.rnd.IntN(8) {
		switch p.rnd.IntN(12) {
		case 0:
			p.each(t, n, "savepoint", func(s store.Store) (string, error) {
				sp, err := s.Savepoint(context.Background())
				if s == p.stores[0] {
					savepoints = append(savepoints, sp)
				}
				return "", err
			})
			kept = append(kept, p.cloneRows())
		case 1:
			if i := len(savepoints) - 1; i >= 0 {
				p.each(t, n, "rollback", func(s store.Store) (string, error) { return "", s.RollbackTo(context.Background(), savepoints[i]) })
				p.rows = kept[i]
				kept[i] = p.cloneRows()
			}
		case 2:
			p.delete(t, n)
		case 3, 4:
			p.update(t, n)
		case 5, 6:
			p.insert(t, n)
		default:
			p.ask(t, n)
		}
		if t.Failed() {
			return
		}
	}
	for i := len(savepoints) - 1; i >= 0; i-- {
		p.each(t, n, "release", func(s store.Store) (string, error) { return "", s.Release(context.Background(), savepoints[i]) })
	}
	p.ask(t, n)
}

func (p *programmer) cloneRows() map[*schema.Object][]uint64 {
	out := map[*schema.Object][]uint64{}
	for o, list := range p.rows {
		out[o] = slices.Clone(list)
	}
	return out
}

// each does one thing on all stores; their answers must agree.
func (p *programmer) each(t testing.TB, n int, what string, do func(store.Store) (string, error)) {
	t.Helper()
	want := ""
	for i, s := range p.stores {
		got, err := do(s)
		if err != nil {
			got = "error"
			t.Logf("program %d, %s: %s: %.500s: %v", n, s.Dialect().Name, what, got, err)
		}
		if i > 0 && got != want {
			t.Errorf("program %d: %s\n%s:\n%s\n%s:\n%s", n, what, p.stores[0].Dialect().Name, want, s.Dialect().Name, got)
		}
		want = got
	}
}

func (p *programmer) object() *schema.Object { return p.objects[p.rnd.IntN(len(p.objects))] }

func (p *programmer) id(o *schema.Object) string {
	list := p.rows[o]
	if len(list) == 0 || p.rnd.IntN(8) == 0 {
		return value.MakeID(o.KeyPrefix, "000", uint64(1+p.rnd.IntN(5)))
	}
	return value.MakeID(o.KeyPrefix, "000", list[p.rnd.IntN(len(list))])
}

func (p *programmer) record(o *schema.Object, id string, share int) *schema.Record {
	r := schema.NewRecord(o)
	r.SetID(id)
	for _, f := range o.Fields {
		if f.Custom && f.IsStored() && p.rnd.IntN(10) < share || f.NameField {
			r.Set(f, p.value(f))
		}
	}
	return r
}

func (p *programmer) insert(t testing.TB, n int) {
	o := p.object()
	var rows []*schema.Record
	for range 1 + p.rnd.IntN(12) {
		p.last++
		rows = append(rows, p.record(o, value.MakeID(o.KeyPrefix, "000", p.last), 7))
		p.rows[o] = append(p.rows[o], p.last)
	}
	p.each(t, n, "insert", func(s store.Store) (string, error) {
		return "", s.Insert(context.Background(), o, rows, s.Cause("insert"))
	})
}

func (p *programmer) update(t testing.TB, n int) {
	o := p.object()
	if len(p.rows[o]) == 0 {
		return
	}
	var rows []*schema.Record
	share := p.rnd.IntN(6)
	for range 1 + p.rnd.IntN(6) {
		rows = append(rows, p.record(o, p.id(o), share))
	}
	p.each(t, n, "update", func(s store.Store) (string, error) {
		return "", s.Update(context.Background(), o, rows, store.NoCause)
	})
}

func (p *programmer) delete(t testing.TB, n int) {
	o := p.object()
	ids := []string{p.id(o), p.id(o)}
	p.each(t, n, "delete", func(s store.Store) (string, error) {
		return "", s.Delete(context.Background(), o, ids, s.Cause("delete"))
	})
}

// texts leaves out the character 0, at which LIKE of the embedded database ends.
var texts = []string{"", "a", "A", "ab", "Ab%", "a_b", "b c", "Zürich", "ZÜRICH", "zürich", "İstanbul", "ſtraße", "straße", "K", "K", "σ", "ς", "Σ",
	"日本", "🎉", "é", "É", "e\u0301", "x\x01y", "line\nbreak", `back\slash`, `"quoted"`, "'", "  ", "red", "red;green", "blue;red", "ǅ", "ǆ"}

func (p *programmer) text() string {
	s := texts[p.rnd.IntN(len(texts))]
	if p.rnd.IntN(4) == 0 {
		s += texts[p.rnd.IntN(len(texts))]
	}
	return s
}

// value is a random value for a field, from few so that there are duplicates.
func (p *programmer) value(f *schema.Field) value.Value {
	if p.rnd.IntN(6) == 0 && f.Type != schema.Boolean {
		return value.Value{}
	}
	switch f.Type {
	case schema.Boolean:
		return value.OfBool(p.rnd.IntN(2) == 0)
	case schema.Double, schema.Currency, schema.Percent, schema.Int, schema.Long:
		return p.number()
	case schema.Date:
		return value.OfDate(19800 + p.rnd.Int64N(60) - 30)
	case schema.Datetime:
		return value.OfDatetime((19800+p.rnd.Int64N(4)-2)*value.MsPerDay + p.rnd.Int64N(5)*3600000*5 + p.rnd.Int64N(2)*123)
	case schema.Time:
		return value.OfTime(p.rnd.Int64N(24) * 3600000)
	case schema.Reference:
		return value.OfID(p.id(p.w.s.Object(f.ReferenceTo[0])))
	case schema.MultiPicklist:
		return value.OfText([]string{"red", "red;green", "blue", "green;Blue", "Red"}[p.rnd.IntN(5)])
	default:
		return value.OfText(p.text())
	}
}

func (p *programmer) number() value.Value {
	switch p.rnd.IntN(5) {
	case 0:
		return value.OfInt(int32(p.rnd.IntN(7) - 3))
	case 1:
		return value.OfDecimal(value.NewDec(p.rnd.Int64N(1000)-500, 2))
	case 2:
		return value.OfDecimal(value.NewDec(99999999999-p.rnd.Int64N(3), 0))
	case 3:
		return value.OfDecimal(value.NewDec(p.rnd.Int64N(9)*5, 3))
	default:
		return value.OfDecimal(value.NewDec(p.rnd.Int64N(4), 0))
	}
}

// ask runs one random query.
func (p *programmer) ask(t testing.TB, n int) {
	q := newQuestion(p)
	text := q.write()
	p.each(t, n, text, func(s store.Store) (string, error) {
		w := &testOrg{p.w.s, s}
		plan, err := CompileText(w.s, "ns", text)
		if err != nil {
			return "refused: " + err.Error(), nil
		}
		res, err := plan.Run(context.Background(), s, p.env(q.binds))
		if err != nil {
			return "", err
		}
		p.answers++
		return w.whole(plan, res), nil
	})
}

func (p *programmer) env(binds map[string]Bind) Env {
	return Env{Now: 19800*value.MsPerDay + 5*3600000, Zone: time.UTC, UserID: value.MakeID("005", "000", 1),
		Bind: func(b *query.Bind) (Bind, error) { return binds[b.Expr.(*query.Path).String()], nil }}
}

// whole writes an answer with every value as it is.
func (w *testOrg) whole(p *Plan, res *Result) string {
	var out []string
	for _, r := range res.Records {
		out = append(out, w.show(r))
	}
	for _, r := range res.Rows {
		out = append(out, fmt.Sprintf("%v %q", r.Names, r.Values))
	}
	return strings.Join(append(out, fmt.Sprint(p.Kind, " ", res.Count, " ", res.Retrieved)), "\n")
}
