// Package storetest is the contract of a store as tests: what every database
// that holds orgs must do alike, whatever it is built on.
//
// Run is called by the tests of each store. It uses a schema of its own with a
// field of every type.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Factory makes an empty store and, after Save, opens what was saved.
type Factory struct {
	New  func(t testing.TB) store.Store
	Open func(t testing.TB, path string) (store.Store, error)
}

// Run runs the whole suite.
func Run(t *testing.T, f Factory) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Factory)
	}{
		{"values keep to the last digit", testRoundTrip},
		{"comparison", testComparison},
		{"order and grouping", testOrder},
		{"like", testLike},
		{"updates and deletes", testUpdate},
		{"all or none", testAtomic},
		{"savepoints", testSavepoints},
		{"tables follow the schema", testAlter},
		{"forks", testForks},
		{"forks run beside each other", testConcurrentForks},
		{"differences", testDiff},
		{"random differences", testRandomDiff},
		{"differences over many pages", testDiffOfPages},
		{"journal", testJournal},
		{"save and open", testSave},
		{"other contents", testMeta},
		{"a cancelled context", testCancel},
		{"queries inside queries", testNested},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, f)
		})
	}
}

// Thing is an object with a field of every kind of column.
func Thing(t testing.TB, extra ...*metadata.Component) *schema.Object {
	t.Helper()
	field := func(name, kind string, props ...string) *metadata.Component {
		n := &metadata.Node{Name: "CustomField", Children: []*metadata.Node{{Name: "type", Text: kind}}}
		for i := 0; i+1 < len(props); i += 2 {
			n.Children = append(n.Children, &metadata.Node{Name: props[i], Text: props[i+1]})
		}
		return &metadata.Component{Kind: metadata.CustomField, Name: "Thing__c." + name, Props: n}
	}
	components := []*metadata.Component{
		{Kind: metadata.CustomObject, Name: "Thing__c", Props: &metadata.Node{Name: "CustomObject"}},
		field("Text__c", "Text", "length", "255"),
		field("Code__c", "Text", "length", "80", "caseSensitive", "true", "unique", "true"),
		field("Long__c", "LongTextArea", "length", "131072"),
		field("Amount__c", "Currency", "precision", "18", "scale", "2"),
		field("Exact__c", "Number", "precision", "18", "scale", "10"),
		field("Whole__c", "Number", "precision", "18", "scale", "0"),
		field("Flag__c", "Checkbox"),
		field("Day__c", "Date"),
		field("Moment__c", "DateTime"),
		field("Clock__c", "Time"),
		field("Parent__c", "Lookup", "referenceTo", "Thing__c"),
	}
	s, diags := schema.Build(schema.Options{}, schema.Source{Components: append(components, extra...)})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return s.Object("Thing__c")
}

// NumberField is a component that gives Thing__c a field of a type, in place
// of another of the same name.
func NumberField(name, kind, precision, scale string) *metadata.Component {
	return &metadata.Component{Kind: metadata.CustomField, Name: "Thing__c." + name, Props: &metadata.Node{Name: "CustomField", Children: []*metadata.Node{
		{Name: "type", Text: kind}, {Name: "precision", Text: precision}, {Name: "scale", Text: scale}, {Name: "length", Text: "255"}}}}
}

func newRow(o *schema.Object, n uint64, set map[string]value.Value) *schema.Record {
	r := schema.NewRecord(o)
	r.SetID(value.MakeID(o.KeyPrefix, "000", n))
	for _, f := range o.Fields {
		if v, ok := set[f.Name]; ok {
			r.Set(f, v)
		}
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func insert(t testing.TB, s store.Store, o *schema.Object, rows ...*schema.Record) {
	t.Helper()
	must(t, s.Insert(context.Background(), o, rows, store.NoCause))
}

func load(t testing.TB, s store.Store, o *schema.Object, n uint64) *schema.Record {
	t.Helper()
	rows, err := s.Load(context.Background(), o, []string{value.MakeID(o.KeyPrefix, "000", n)})
	must(t, err)
	return rows[0]
}

func decimal(t testing.TB, s string) value.Value {
	d, err := value.ParseDec(s)
	must(t, err)
	return value.OfDecimal(d)
}

func testRoundTrip(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	rows := []map[string]value.Value{
		{},
		{"Text__c": value.OfText("Zażółć gęślą jaźń 日本語 🎉"), "Code__c": value.OfText(" spaces "), "Flag__c": value.OfBool(true)},
		{"Long__c": value.OfText(strings.Repeat("a long text with ä ", 6000))},
		{"Amount__c": decimal(t, "9999999999999999.99"), "Exact__c": decimal(t, "-12345678.0123456789"), "Whole__c": decimal(t, "-999999999999999999")},
		{"Amount__c": decimal(t, "0.10"), "Exact__c": decimal(t, "0.0000000001"), "Whole__c": decimal(t, "0")},
		{"Day__c": value.OfDate(value.DateOf(1700, 1, 1)), "Moment__c": value.OfDatetime(-1), "Clock__c": value.OfTime(86399999)},
		{"Day__c": value.OfDate(value.DateOf(4000, 12, 31)), "Moment__c": value.OfDatetime(253402300799999), "Clock__c": value.OfTime(0)},
		{"Parent__c": value.OfID(value.MakeID("a00", "000", 1))},
		{"Text__c": value.OfText("")},
	}
	for i, set := range rows {
		insert(t, s, o, newRow(o, uint64(i+1), set))
	}
	for i, set := range rows {
		got := load(t, s, o, uint64(i+1))
		for _, field := range o.Fields {
			want, isSet := set[field.Name]
			switch {
			case field.Name == "Id":
				continue
			case field.Type == schema.Boolean && !isSet:
				want = value.OfBool(false)
			}
			if v := got.Get(field); !value.Identical(v, want) || v.Kind() != want.Kind() {
				t.Errorf("row %d, %s: wrote %.40q, read %.40q", i, field.Name, want.String(), v.String())
			}
		}
	}
	if got := load(t, s, o, 4).Get(o.Field("Amount__c")).String(); got != "9999999999999999.99" {
		t.Errorf("a number reads as %s", got)
	}
	if load(t, s, o, 99) != nil {
		t.Error("a row that does not exist is loaded")
	}
	short := newRow(o, 50, nil)
	short.Set(o.Field("Parent__c"), value.OfText("a00000000000001"))
	insert(t, s, o, short)
	if got := load(t, s, o, 50).Get(o.Field("Parent__c")).Text(); got != value.MakeID("a00", "000", 1) {
		t.Errorf("an id of 15 characters is stored as %s", got)
	}
}

// ids runs a filter and gives the numbers of the rows found.
func ids(t testing.TB, s store.Store, o *schema.Object, rest string, args ...value.Value) []uint64 {
	t.Helper()
	out := []uint64{}
	err := s.Query(context.Background(), `SELECT "id" FROM "thing__c" `+rest, args, func(r store.Row) error {
		out = append(out, value.IDCounter(r.Text(0)))
		return nil
	})
	must(t, err)
	return out
}

func same(t testing.TB, what string, got []uint64, want ...uint64) {
	t.Helper()
	if !slices.Equal(got, append([]uint64{}, want...)) {
		t.Errorf("%s: rows %v, want %v", what, got, want)
	}
}

func testComparison(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	fold := s.Dialect().Fold
	for i, text := range []string{"abc", "ABC", "Äpfel", "äpfel", "abd", "ſ"} {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText(text), "Code__c": value.OfText(text),
			"Amount__c": value.OfDecimal(value.NewDec(int64(i)*10, 2)), "Exact__c": value.OfDecimal(value.NewDec(int64(i), 1))}))
	}
	insert(t, s, o, newRow(o, 7, nil))
	ph := s.Dialect().Placeholder
	same(t, "text without case", ids(t, s, o, `WHERE "text__c" = `+ph(1)+` ORDER BY "id"`, value.OfText("aBc")), 1, 2)
	same(t, "letters outside ASCII", ids(t, s, o, `WHERE `+fold(`"text__c"`)+` = `+fold(ph(1))+` ORDER BY "id"`, value.OfText("ÄPFEL")), 3, 4)
	same(t, "a long s is no s", ids(t, s, o, `WHERE `+fold(`"text__c"`)+` = `+fold(ph(1)), value.OfText("S")))
	same(t, "case-sensitive field", ids(t, s, o, `WHERE "code__c" = `+ph(1), value.OfText("ABC")), 2)
	same(t, "null", ids(t, s, o, `WHERE "text__c" IS NULL`), 7)
	same(t, "numbers by value", ids(t, s, o, `WHERE "amount__c" > `+ph(1)+` ORDER BY "amount__c"`, value.OfLong(25)), 4, 5, 6)
	same(t, "greater text", ids(t, s, o, `WHERE "text__c" > `+ph(1)+` ORDER BY "id"`, value.OfText("ABC")), 3, 4, 5, 6)
}

func testOrder(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	fold := s.Dialect().Fold
	texts := []string{"b", "", "É", "a", "A1", "é2", "Z", "日", "_"}
	var want []value.Value
	for i, text := range texts {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText(text), "Amount__c": value.OfDecimal(value.NewDec(int64(i%3), 2))}))
		want = append(want, value.OfText(text))
	}
	insert(t, s, o, newRow(o, 20, nil))
	slices.SortFunc(want, value.Compare)
	var got []string
	must(t, s.Query(context.Background(), `SELECT "text__c" FROM "thing__c" ORDER BY `+fold(`"text__c"`)+` NULLS FIRST`, nil, func(r store.Row) error {
		if !r.Null(0) {
			got = append(got, r.Text(0))
		} else if len(got) > 0 {
			t.Error("null does not come first")
		}
		return nil
	}))
	for i, v := range want {
		if got[i] != v.Text() {
			t.Fatalf("order %q, want %v", got, want)
		}
	}
	var sums []int64
	must(t, s.Query(context.Background(), `SELECT sum("amount__c"), count(*) FROM "thing__c" WHERE "amount__c" IS NOT NULL GROUP BY "amount__c" ORDER BY "amount__c"`, nil, func(r store.Row) error {
		sums = append(sums, r.Int64(0))
		return nil
	}))
	if !slices.Equal(sums, []int64{0, 3, 6}) {
		t.Errorf("sums of groups: %v", sums)
	}
}

func testLike(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	for i, text := range []string{"Hello World", "HÉLLO", "100%", "a_b", "axb", "line\nbreak"} {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText(text)}))
	}
	like := `WHERE ` + s.Dialect().LikeFunction + `(` + s.Dialect().Placeholder(1) + `, "text__c") ORDER BY "id"`
	for _, c := range []struct {
		pattern string
		want    []uint64
	}{
		{"hello%", []uint64{1}}, {"h_llo", []uint64{2}}, {"héllo", []uint64{2}}, {"%o%", []uint64{1, 2}}, {`100\%`, []uint64{3}},
		{`a\_b`, []uint64{4}}, {"a_b", []uint64{4, 5}}, {"%", []uint64{1, 2, 3, 4, 5, 6}}, {"", nil}, {"line%break", []uint64{6}}, {"%%%world", []uint64{1}},
	} {
		same(t, c.pattern, ids(t, s, o, like, value.OfText(c.pattern)), c.want...)
	}
}

func testUpdate(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	if s.HasTable(o) {
		t.Error("a table is there before anything is written")
	}
	for i := range 5 {
		insert(t, s, o, newRow(o, uint64(i+1), map[string]value.Value{"Text__c": value.OfText("old"), "Flag__c": value.OfBool(true)}))
	}
	must(t, s.Update(ctx, o, []*schema.Record{
		newRow(o, 2, map[string]value.Value{"Text__c": value.OfText("new")}),
		newRow(o, 3, map[string]value.Value{"Text__c": {}, "Amount__c": decimal(t, "1.5")}),
	}, store.NoCause))
	must(t, s.Delete(ctx, o, []string{value.MakeID(o.KeyPrefix, "000", 4), value.MakeID(o.KeyPrefix, "000", 77)}, store.NoCause))
	if r := load(t, s, o, 2); r.Get(o.Field("Text__c")).Text() != "new" || !r.Get(o.Field("Flag__c")).Bool() {
		t.Error("an update writes fields that were not set, or not those that were")
	}
	if r := load(t, s, o, 3); !r.Get(o.Field("Text__c")).IsNull() || r.Get(o.Field("Amount__c")).String() != "1.50" {
		t.Error("an update to null, or of a number, is lost")
	}
	if n, err := s.Count(ctx, o); err != nil || n != 4 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func testAtomic(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	insert(t, s, o, newRow(o, 1, nil))
	if err := s.Insert(ctx, o, []*schema.Record{newRow(o, 2, nil), newRow(o, 1, nil)}, store.NoCause); err == nil {
		t.Error("two rows have one id")
	}
	if err := s.Update(ctx, o, []*schema.Record{newRow(o, 1, map[string]value.Value{"Text__c": value.OfText("x")}),
		newRow(o, 9, map[string]value.Value{"Text__c": value.OfText("x")})}, store.NoCause); err == nil {
		t.Error("a row that does not exist is updated")
	}
	if n, _ := s.Count(ctx, o); n != 1 || !load(t, s, o, 1).Get(o.Field("Text__c")).IsNull() {
		t.Error("half of a failed write stays")
	}
}

func testSavepoints(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	open := func() store.Savepoint {
		sp, err := s.Savepoint(ctx)
		must(t, err)
		return sp
	}
	outer := open()
	insert(t, s, o, newRow(o, 1, nil))
	inner := open()
	insert(t, s, o, newRow(o, 2, nil))
	must(t, s.RollbackTo(ctx, inner))
	insert(t, s, o, newRow(o, 3, nil))
	must(t, s.Release(ctx, inner))
	third := open()
	insert(t, s, o, newRow(o, 4, nil))
	_ = third
	if _, err := s.Fork(ctx); err == nil {
		t.Error("a fork is made inside a transaction")
	}
	must(t, s.Release(ctx, outer)) // takes the third with it
	same(t, "after release", ids(t, s, o, `ORDER BY "id"`), 1, 3, 4)
	outer = open()
	insert(t, s, o, newRow(o, 5, nil))
	must(t, s.RollbackTo(ctx, outer))
	must(t, s.Release(ctx, outer))
	same(t, "after rollback of all", ids(t, s, o, `ORDER BY "id"`), 1, 3, 4)
	if s.Release(ctx, outer) == nil || s.RollbackTo(ctx, 1) == nil {
		t.Error("a savepoint that is not open can be used")
	}
}

func testAlter(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	insert(t, s, o, newRow(o, 1, map[string]value.Value{"Amount__c": decimal(t, "12.35"), "Text__c": value.OfText("42"), "Whole__c": decimal(t, "7")}))
	must(t, s.EnsureIndex(ctx, o.Field("Text__c")))
	sp, err := s.Savepoint(ctx)
	must(t, err)
	wider := Thing(t, NumberField("Amount__c", "Currency", "18", "4"), NumberField("Text__c", "Number", "18", "0"),
		NumberField("Whole__c", "Text", "", ""), NumberField("New__c", "Checkbox", "", ""))
	got := load(t, s, wider, 1)
	for field, want := range map[string]string{"Amount__c": "12.3500", "Text__c": "42", "Whole__c": "7", "New__c": "false"} {
		if v := got.Get(wider.Field(field)); v.String() != want {
			t.Errorf("%s becomes %s, want %s", field, v, want)
		}
	}
	must(t, s.RollbackTo(ctx, sp))
	if v := load(t, s, o, 1).Get(o.Field("Text__c")); v.Kind() != value.Text || v.Text() != "42" {
		t.Errorf("a rolled-back change of type leaves %v", v)
	}
	must(t, s.Release(ctx, sp))
	old := newRow(o, 2, map[string]value.Value{"Text__c": value.OfText("of an older schema"), "Flag__c": value.OfBool(true)})
	later := Thing(t, NumberField("A__c", "Number", "18", "0"))
	must(t, s.Insert(ctx, later, []*schema.Record{old}, store.NoCause))
	if got := load(t, s, later, 2); got.Get(later.Field("Text__c")).Text() != "of an older schema" || !got.Get(later.Field("Flag__c")).Bool() {
		t.Error("a row made under an older schema lands in the wrong columns")
	}
	narrower := Thing(t, NumberField("Amount__c", "Currency", "18", "1"))
	if v := load(t, s, narrower, 1).Get(narrower.Field("Amount__c")); v.String() != "12.4" {
		t.Errorf("with fewer digits 12.35 becomes %s", v)
	}
}

func testJournal(t *testing.T, f Factory) {
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	first := s.Cause("step one")
	if s.Cause("step one") != first || s.Cause("") != store.NoCause || s.CauseText(first) != "step one" {
		t.Error("causes are not numbered once")
	}
	rows := []*schema.Record{newRow(o, 1, nil), newRow(o, 2, nil), newRow(o, 4000000, nil)}
	must(t, s.Insert(ctx, o, rows, first))
	mark, err := s.JournalEnd(ctx)
	must(t, err)
	sp, err := s.Savepoint(ctx)
	must(t, err)
	undone := s.Cause("undone")
	must(t, s.Delete(ctx, o, []string{rows[0].ID()}, undone))
	must(t, s.RollbackTo(ctx, sp))
	must(t, s.Release(ctx, sp))
	must(t, s.Update(ctx, o, []*schema.Record{newRow(o, 2, map[string]value.Value{"Text__c": value.OfText("x")})}, undone))
	insert(t, s, o, newRow(o, 9, nil))
	fork, err := s.Fork(ctx)
	must(t, err)
	must(t, fork.Delete(ctx, o, []string{rows[2].ID(), rows[0].ID()}, fork.Cause("in the fork")))
	read := func(from int64) (out []string) {
		must(t, fork.Journal(ctx, from, func(e store.JournalEntry) error {
			out = append(out, fmt.Sprintf("%s %d %s %s", e.Object, e.Op, fork.CauseText(e.Cause), strings.Join(e.IDs, ",")))
			return nil
		}))
		return out
	}
	want := []string{
		fmt.Sprintf("thing__c %d step one %s,%s,%s", store.Inserted, rows[0].ID(), rows[1].ID(), rows[2].ID()),
		fmt.Sprintf("thing__c %d undone %s", store.Updated, rows[1].ID()),
		fmt.Sprintf("thing__c %d in the fork %s,%s", store.Deleted, rows[2].ID(), rows[0].ID()),
	}
	if got := read(0); !slices.Equal(got, want) {
		t.Errorf("journal:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := read(mark); !slices.Equal(got, want[1:]) {
		t.Errorf("journal from a position: %v", got)
	}
}

func testSave(t *testing.T, f Factory) {
	if f.Open == nil {
		t.Skip("this store does not save files")
	}
	ctx := context.Background()
	s, o := f.New(t), Thing(t)
	rows := []*schema.Record{newRow(o, 1, map[string]value.Value{"Text__c": value.OfText("kept"), "Amount__c": decimal(t, "3.14")})}
	must(t, s.Insert(ctx, o, rows, s.Cause("made")))
	must(t, s.EnsureIndex(ctx, o.Field("Text__c")))
	must(t, s.PutMeta(ctx, "recipe", []byte("typical")))
	path := t.TempDir() + "/an org #1.org"
	must(t, s.Save(ctx, path))
	must(t, s.Save(ctx, path)) // over the first
	opened, err := f.Open(t, path)
	must(t, err)
	defer opened.Close()
	if !store.SameRow(load(t, opened, o, 1), load(t, s, o, 1)) {
		t.Error("a row is not as it was saved")
	}
	if data, err := opened.GetMeta(ctx, "recipe"); err != nil || string(data) != "typical" {
		t.Errorf("other contents: %q, %v", data, err)
	}
	if opened.CauseText(opened.Cause("made")) != "made" || opened.Cause("made") != s.Cause("made") {
		t.Error("causes are lost")
	}
	must(t, opened.EnsureIndex(ctx, o.Field("Text__c")))
	fork, err := opened.Fork(ctx)
	must(t, err)
	must(t, fork.Close())
	if err := s.Save(ctx, t.TempDir()+"/no/such/folder.org"); err == nil {
		t.Error("saved into a folder that does not exist")
	}
}

func testMeta(t *testing.T, f Factory) {
	ctx := context.Background()
	s := f.New(t)
	for _, k := range []string{"b/2", "a", "b/1", "B/3"} {
		must(t, s.PutMeta(ctx, k, []byte(k)))
	}
	must(t, s.PutMeta(ctx, "b/1", []byte("again")))
	must(t, s.PutMeta(ctx, "a", nil))
	keys, err := s.MetaKeys(ctx, "b/")
	must(t, err)
	if !slices.Equal(keys, []string{"b/1", "b/2"}) {
		t.Errorf("keys %v", keys)
	}
	if d, _ := s.GetMeta(ctx, "b/1"); string(d) != "again" {
		t.Errorf("contents %q", d)
	}
	if d, _ := s.GetMeta(ctx, "a"); d != nil {
		t.Errorf("a removed key has %q", d)
	}
}

func testCancel(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	insert(t, s, o, newRow(o, 1, nil))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Insert(ctx, o, []*schema.Record{newRow(o, 2, nil)}, store.NoCause); !errors.Is(err, context.Canceled) {
		t.Errorf("a write after the end of its context: %v", err)
	}
	same(t, "afterwards", ids(t, s, o, ""), 1)
}

func testNested(t *testing.T, f Factory) {
	s, o := f.New(t), Thing(t)
	insert(t, s, o, newRow(o, 1, nil), newRow(o, 2, nil), newRow(o, 3, nil))
	n := 0
	must(t, s.Query(context.Background(), `SELECT "id" FROM "thing__c"`, nil, func(store.Row) error {
		n += len(ids(t, s, o, ""))
		return nil
	}))
	if n != 9 {
		t.Errorf("%d rows from a query inside the same query", n)
	}
	stop := errors.New("enough")
	if err := s.Query(context.Background(), `SELECT "id" FROM "thing__c"`, nil, func(store.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the row function's error becomes %v", err)
	}
}
