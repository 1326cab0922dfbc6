package result_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// TestLaterDocumentsAreRefused: what a later release wrote may mean something
// else.
func TestLaterDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := result.Decode([]byte(`{"schemaVersion": 99}`)); err == nil || !strings.Contains(err.Error(), "newer rehearse") {
		t.Errorf("got %v", err)
	}
}

// TestVersion1 reads the work of users under its old name.
func TestVersion1(t *testing.T) {
	t.Parallel()
	r, err := result.Decode([]byte(`{"schemaVersion": 1, "findings": null, "scenarios": [{"id": "a"}, {"id": "b", "business": {"after": {"rows": 7}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.SchemaVersion != result.SchemaVersion || r.Scenarios[0].Traffic != nil || r.Scenarios[1].Traffic.After.Rows != 7 {
		t.Errorf("read as %+v", r)
	}
}

// TestListsAreNeverNull encodes a result of which every list is nil.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	r := &result.Result{
		SchemaVersion: result.SchemaVersion, FailOn: finding.Major,
		Packages: []result.Package{{}}, Orgs: []result.Org{{}}, Findings: []result.Group{{}}, Ledger: []ledger.Entry{{Status: ledger.Approximated}},
		Scenarios: []result.Scenario{{Status: result.Found, Mode: result.Push, Traffic: &result.Traffic{},
			Findings: []finding.Finding{{Severity: finding.Major, Cause: finding.Cause{Kind: finding.ByUnknown}, Rows: []finding.Rows{{}}, Mess: []finding.Mess{{}}}},
			Diff:     result.Diff{Components: []result.ComponentChange{{}}, Objects: []result.ObjectChange{{}}}}},
	}
	r.Findings[0].Severity = finding.Major
	before := *r
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("null")) {
		t.Errorf("a list is null:\n%s", data)
	}
	if !reflect.DeepEqual(*r, before) || r.Scenarios[0].Steps != nil {
		t.Error("encoding changed the result")
	}
	validate(t, data)
	again, err := result.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("decoded otherwise:\n%s", diff)
	}
}

// TestTheSchemaHoldsOfAResult validates a result that a run wrote, and finds
// what is wrong with one that is spoilt.
func TestTheSchemaHoldsOfAResult(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../reports/testdata/result.json")
	if err != nil {
		t.Fatal(err)
	}
	validate(t, data)
	schema := compiled(t)
	for _, spoil := range []struct{ old, new string }{
		{`"schemaVersion": 2`, `"schemaVersion": 3`},
		{`"severity": "blocker"`, `"severity": "dreadful"`},
		{`"interrupted": false,`, ``},
		{`"mess": []`, `"mess": null`},
		{`"status": "passed"`, `"status": 1`},
	} {
		spoilt := bytes.Replace(data, []byte(spoil.old), []byte(spoil.new), 1)
		if bytes.Equal(spoilt, data) {
			t.Errorf("the result has no %s", spoil.old)
		}
		if schema.Validate(parsed(t, spoilt)) == nil {
			t.Errorf("passes with %s in the place of %s", spoil.new, spoil.old)
		}
	}
}

// TestSummarise adds up what scenarios found.
func TestSummarise(t *testing.T) {
	t.Parallel()
	lost := finding.New(finding.DataLost, "2 values are gone")
	more := finding.New(finding.DataLost, "7 values are gone")
	note := ledger.Entry{Status: ledger.Approximated, Area: "apex", Name: "X", Where: "b", Count: 2}
	first := note
	first.Where = "a"
	r := result.Result{Scenarios: []result.Scenario{
		{ID: "one", Status: result.Found, Findings: []finding.Finding{lost}, Ledger: []ledger.Entry{note}},
		{ID: "two", Status: result.Found, Findings: []finding.Finding{more, finding.New(finding.LimitsTight, "close")}, Ledger: []ledger.Entry{first}},
		{ID: "three", Status: result.Passed}, {ID: "four", Status: result.NotRun},
	}}
	r.Summarise()
	want := result.Summary{Scenarios: 4, Passed: 1, WithFinding: 2, NotRun: 1, Findings: 3, Failing: 2,
		ByCode: []result.CodeCount{{Code: finding.DataLost, Count: 2}, {Code: finding.LimitsTight, Count: 1}}}
	if diff := cmp.Diff(want, r.Summary); diff != "" {
		t.Errorf("summary:\n%s", diff)
	}
	if len(r.Findings) != 2 || r.Findings[0].Count != 2 || strings.Join(r.Findings[0].Scenarios, " ") != "one two" {
		t.Errorf("findings that differ in numbers alone are told apart: %+v", r.Findings)
	}
	if len(r.Ledger) != 1 || r.Ledger[0].Count != 4 || r.Ledger[0].Where != "a" {
		t.Errorf("ledger %+v", r.Ledger)
	}
	if r.ExitCode() != 1 {
		t.Errorf("exit %d", r.ExitCode())
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("result.schema.json", parsed(t, result.Schema())); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("result.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func parsed(t *testing.T, data []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func validate(t *testing.T, data []byte) {
	t.Helper()
	if err := compiled(t).Validate(parsed(t, data)); err != nil {
		t.Errorf("the schema does not hold: %v", err)
	}
}
