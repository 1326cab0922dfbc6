package stdlib_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// fakeHost is a small org in memory: rows by object, a fixed clock, required
// names, and a log of events.
type fakeHost struct {
	schema *schema.Schema
	prog   *vm.Program
	rows   map[string][]*schema.Record
	next   uint64
	rnd    uint64
	log    []string
	jobs   []*vm.Job
	mails  []*vm.Email
	missed []string
}

func newHost(s *schema.Schema) *fakeHost {
	return &fakeHost{schema: s, rows: map[string][]*schema.Record{}}
}

func (h *fakeHost) Schema() *schema.Schema { return h.schema }

func (h *fakeHost) Query(_ *vm.Thread, q *vm.QueryCall) (*vm.ResultSet, error) {
	if q.Tree == nil {
		if strings.Contains(q.Text, "bad") {
			return nil, &dml.Fault{Type: "System.QueryException", Message: "unexpected token: bad"}
		}
		for name, rows := range h.rows {
			if strings.Contains(strings.ToLower(q.Text), "from "+strings.ToLower(name)) {
				return &vm.ResultSet{Object: h.schema.Object(name), Records: rows, Count: len(rows)}, nil
			}
		}
		return &vm.ResultSet{}, nil
	}
	o := h.schema.ObjectIn(q.Namespace, q.Tree.From[0].Path.String())
	rows := h.rows[o.Name]
	return &vm.ResultSet{Object: o, Records: rows, Count: len(rows)}, nil
}

func (h *fakeHost) Search(*vm.Thread, *vm.SearchCall) ([][]*schema.Record, error) { return nil, nil }

func (h *fakeHost) DML(t *vm.Thread, c *vm.DMLCall) ([]dml.Result, error) {
	out := make([]dml.Result, len(c.Records))
	event := dml.BeforeInsert
	if c.Op == dml.Update {
		event = dml.BeforeUpdate
	}
	for _, tr := range h.prog.Types().Triggers(c.Records[0].Object) {
		for _, e := range tr.Events {
			if e == event {
				if err := t.RunTrigger(tr, vm.TriggerContext{Event: e, New: c.Records}); err != nil {
					return nil, err
				}
			}
		}
	}
	for i, r := range c.Records {
		errs := t.TakeErrors(r)
		if f := r.Object.Field("Name"); c.Op == dml.Insert && r.Object.Name == "Account" && len(errs) == 0 && f != nil && r.Get(f).Text() == "" {
			errs = []dml.RowError{{StatusCode: "REQUIRED_FIELD_MISSING", Message: "Required fields are missing: [Name]", Fields: []string{"Name"}}}
		}
		if len(errs) > 0 {
			out[i] = dml.Result{Errors: errs}
			continue
		}
		if r.ID() == "" {
			h.next++
			r.SetID(value.MakeID(r.Object.KeyPrefix, "000", h.next))
			h.rows[r.Object.Name] = append(h.rows[r.Object.Name], r)
		}
		out[i] = dml.Result{ID: r.ID(), Success: true, Created: c.Op == dml.Upsert}
	}
	return out, nil
}

func (h *fakeHost) Savepoint(*vm.Thread) (int, error) { return 1, nil }
func (h *fakeHost) Rollback(*vm.Thread, int) error    { return nil }
func (h *fakeHost) Release(*vm.Thread, int) error     { return nil }
func (h *fakeHost) Now() int64                        { return 1714557600123 } // 2024-05-01T10:00:00.123Z
func (h *fakeHost) Random() uint64                    { h.rnd += 0x9E3779B97F4A7C15; return h.rnd }
func (h *fakeHost) Organization() *vm.OrgInfo {
	return &vm.OrgInfo{ID: "00D000000000001AAA", Name: "Acme", Domain: "acme", Currency: "USD"}
}

var losAngeles, _ = time.LoadLocation("America/Los_Angeles")

func (h *fakeHost) User() *vm.UserInfo {
	return &vm.UserInfo{ID: "005000000000001AAA", Username: "a@acme.test", Name: "Ada Admin", LastName: "Admin", FirstName: "Ada",
		Locale: "en_US", Language: "en_US", TimeZoneID: "America/Los_Angeles", Zone: losAngeles, Type: "Standard"}
}
func (h *fakeHost) RunAs(*vm.Thread, *schema.Record) (func(), error)             { return func() {}, nil }
func (h *fakeHost) Setting(*vm.Thread, vm.SettingCall) ([]*schema.Record, error) { return nil, nil }
func (h *fakeHost) Metadata(*vm.Thread, *schema.Object, string) ([]*schema.Record, error) {
	return nil, nil
}
func (h *fakeHost) Label(_, name, _ string) (string, bool)                   { return "label " + name, true }
func (h *fakeHost) Permission(*schema.Object, *schema.Field, vm.Access) bool { return true }
func (h *fakeHost) OwnField(*schema.Field) bool                              { return false }
func (h *fakeHost) CustomPermission(string, string) bool                     { return false }
func (h *fakeHost) RecordTypeID(*schema.Object, *schema.RecordType) string {
	return "012000000000001AAA"
}
func (h *fakeHost) RecordTypeAvailable(*schema.Object, *schema.RecordType) (bool, bool) {
	return true, false
}
func (h *fakeHost) Enqueue(_ *vm.Thread, j *vm.Job) (string, error) {
	h.jobs = append(h.jobs, j)
	return "707000000000001AAA", nil
}
func (h *fakeHost) Abort(*vm.Thread, string) error { return nil }
func (h *fakeHost) Publish(_ *vm.Thread, call *vm.PublishCall) ([]dml.Result, error) {
	return make([]dml.Result, len(call.Events)), nil
}
func (h *fakeHost) SendEmail(_ *vm.Thread, m *vm.Email) error {
	h.mails = append(h.mails, m)
	return nil
}
func (h *fakeHost) Call(*vm.Thread, string, ...any) (any, bool, error) { return nil, false, nil }
func (h *fakeHost) Event(_ *vm.Thread, e *vm.Event) {
	switch e.Kind {
	case vm.EventCaught:
		h.log = append(h.log, fmt.Sprintf("caught %s at %s: line %d from %s", e.Type, e.Place.Code(), e.Place.Line, e.Origin))
	case vm.EventRowError, vm.EventRollback:
		h.log = append(h.log, e.Type+": "+e.Message)
	}
}
func (h *fakeHost) Unsupported(_ *vm.Thread, name, note, where string) {
	h.missed = append(h.missed, name+" "+note)
}
func (h *fakeHost) Approximated(*vm.Thread, string, string, string) {}

// sources is a schema and the classes a test file declares.
type sources struct {
	schema *schema.Schema
	pkg    types.Package
}

func newSources(t testing.TB, components ...*metadata.Component) *sources {
	t.Helper()
	s, diags := schema.Build(schema.Options{}, schema.Source{Components: components})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return &sources{schema: s}
}

func (w *sources) add(t testing.TB, name, src string) {
	t.Helper()
	kind := syntax.ClassUnit
	if strings.HasPrefix(strings.TrimSpace(src), "trigger") {
		kind = syntax.TriggerUnit
	}
	u, diags := syntax.Parse(diag.NewFile(name, []byte(src)), syntax.Options{Kind: kind, APIVersion: 62})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	w.pkg.Units = append(w.pkg.Units, u)
}

// program checks and compiles what was added.
func (w *sources) program(t testing.TB) *vm.Program {
	t.Helper()
	p, diags := types.NewProgram(types.Config{Schema: w.schema, Packages: []types.Package{w.pkg}})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return vm.NewProgram(p, stdlib.Functions())
}

// run executes an anonymous block and gives what it printed and how it ended,
// and the events between unless quiet.
func (w *sources) run(t testing.TB, p *vm.Program, src string, quiet bool) string {
	t.Helper()
	u, diags := syntax.Parse(diag.NewFile("anonymous", []byte(src)), syntax.Options{Kind: syntax.AnonymousUnit, APIVersion: 62})
	if err := diags.Err(); err != nil {
		return err.Error() + "\n"
	}
	body, diags := p.Types().Anonymous(u, "")
	if err := diags.Err(); err != nil {
		return err.Error() + "\n"
	}
	h := newHost(w.schema)
	h.prog = p
	var out strings.Builder
	th := p.NewThread(context.Background(), h, vm.Options{Debug: func(_, text string, _ int) { out.WriteString(text + "\n") }})
	err := th.RunAnonymous(body, nil, "")
	for _, line := range h.log {
		if quiet {
			break
		}
		out.WriteString("event: " + line + "\n")
	}
	for _, line := range h.missed {
		out.WriteString("unsupported: " + line + "\n")
	}
	if e, ok := err.(*vm.Error); ok {
		out.WriteString("failed: " + e.Error() + "\n")
		if len(e.Frames) > 0 {
			for _, line := range firstLines(e.Stack(), 3) {
				out.WriteString("  " + line + "\n")
			}
		}
	} else if err != nil {
		out.WriteString("error: " + err.Error() + "\n")
	}
	return out.String()
}

func firstLines(s string, n int) []string {
	lines := strings.Split(s, "\n")
	return lines[:min(n, len(lines))]
}
