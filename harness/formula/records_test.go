package formula

import (
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// testRecords is a small org for tests: one record, its parents, some globals.
type testRecords struct {
	rec, prior *schema.Record
	isNew      bool
	globals    map[string]value.Value
	now        int64
	zone       *time.Location
}

func (w *testRecords) Record() *schema.Record { return w.rec }
func (w *testRecords) Prior() *schema.Record  { return w.prior }
func (w *testRecords) IsNew() bool            { return w.isNew }
func (w *testRecords) IsClone() bool          { return false }
func (w *testRecords) Now() int64             { return w.now }
func (w *testRecords) Zone() *time.Location   { return w.zone }

func (w *testRecords) Parent(rec *schema.Record, f *schema.Field) (*schema.Record, error) {
	p, _ := rec.ParentOf(f)
	return p, nil
}

func (w *testRecords) Global(path []string) (value.Value, bool) {
	v, ok := w.globals[strings.Join(path, ".")]
	return v, ok
}

func (w *testRecords) Lookup(get, key *schema.Field, text string) (value.Value, error) {
	if text == "94105" {
		return value.OfText("San Francisco"), nil
	}
	return value.Value{}, nil
}

// noon is the clock of tests: 2024-05-01T12:00:00Z.
var noon = value.DateOf(2024, 5, 1)*value.MsPerDay + value.MsPerDay/2

// component makes a component of leaf properties, "name=text" each.
func component(kind, name string, props ...string) *metadata.Component {
	root := &metadata.Node{Name: kind}
	for _, p := range props {
		n, t, _ := strings.Cut(p, "=")
		root.Children = append(root.Children, &metadata.Node{Name: n, Text: t})
	}
	return &metadata.Component{Kind: metadata.Kind(kind), Name: name, Props: root}
}

func build(t testing.TB, ns string, comps ...*metadata.Component) *schema.Schema {
	t.Helper()
	s, diags := schema.Build(schema.Options{}, schema.Source{Namespace: ns, Components: comps})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}
