package invariant

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

func TestCauseOfStack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		stack []cause.Place
		want  finding.Cause
	}{
		{[]cause.Place{{Class: "toolshed.TotalsRepair", Method: "run", Line: 20}, {Class: "toolshed.ToolshedInstall", Method: "onInstall", Line: 13}},
			finding.Cause{Kind: finding.ByScript, Class: "toolshed.TotalsRepair", Method: "run", Line: 20}},
		{[]cause.Place{{Trigger: "Guard", Line: 3}}, finding.Cause{Kind: finding.ByTrigger, Trigger: "Guard", Line: 3}},
		{[]cause.Place{{Class: "Handler", Method: "check", Line: 7}, {Trigger: "ns.Guard", Line: 3}},
			finding.Cause{Kind: finding.ByScript, Class: "Handler", Method: "check", Line: 7, Trigger: "ns.Guard"}},
		{nil, finding.Cause{Kind: finding.ByScript}},
	} {
		if diff := cmp.Diff(tt.want, causeOfStack(tt.stack, finding.ByScript)); diff != "" {
			t.Errorf("%v:\n%s", tt.stack, diff)
		}
	}
}

func TestStatusOf(t *testing.T) {
	t.Parallel()
	refused := []dml.FailedRow{{RowError: dml.RowError{StatusCode: "STRING_TOO_LONG"}}}
	for want, tt := range map[string]struct {
		failed  dml.Failed
		message string
	}{
		"STRING_TOO_LONG": {dml.Failed{Exception: "System.DmlException", Rows: refused}, "Update failed. OTHER_CODE"},
		"DmlRows":         {dml.Failed{Exception: "System.LimitException", Limit: "DmlRows"}, "System.LimitException: toolshed:Too many DML rows: 10001"},
		"":                {dml.Failed{Exception: "System.NullPointerException"}, "System.NullPointerException: NOT_A_STATUS of the platform"},
		"INACTIVE_OWNER_OR_USER": {dml.Failed{Exception: "ns.RepairException"},
			"Insert failed; first error: INACTIVE_OWNER_OR_USER, operation performed"}, // its own class: text is all there is
	} {
		if got := statusOf(&tt.failed, tt.message); got != want {
			t.Errorf("%s: got %q, want %q", tt.message, got, want)
		}
	}
}

// TestReadText reads messages that Apex passed on as text.
func TestReadText(t *testing.T) {
	t.Parallel()
	got := readText("Update failed. First exception on row 2 with id a01000000000003; first error: INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST, State: bad value for restricted picklist field: Re: open: [ns__State__c]; then REQUIRED_FIELD_MISSING, Required fields are missing: [A__c, B__c]: [A__c, B__c]")
	want := []dml.FailedRow{
		{ID: "a01000000000003AAA", RowError: dml.RowError{StatusCode: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Fields: []string{"ns__State__c"},
			Message: "State: bad value for restricted picklist field: Re: open", Value: "Re: open"}},
		{RowError: dml.RowError{StatusCode: "REQUIRED_FIELD_MISSING", Message: "Required fields are missing", Fields: []string{"A__c", "B__c"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// failed is a finding about rows of ns__Rental__c that were refused.
func failed(errs ...dml.RowError) finding.Finding {
	f := finding.Finding{Rows: []finding.Rows{{Object: "ns__Rental__c", Count: 1, Sample: []finding.Row{{ID: "a01000000000003AAA"}}}}}
	for _, e := range errs {
		f.Failed.Rows = append(f.Failed.Rows, dml.FailedRow{ID: "a01000000000003AAA", RowError: e})
	}
	return f
}

func TestExplains(t *testing.T) {
	t.Parallel()
	long := failed(dml.RowError{StatusCode: "STRING_TOO_LONG", Fields: []string{"ns__Reference__c"},
		Source: dml.Source{Kind: dml.FieldFormat, Name: "Rental__c.Reference__c", Namespace: "ns"}})
	rule := dml.RowError{StatusCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Source: dml.Source{Kind: dml.ValidationRule, Name: "ns__Rental__c.Customer"}}
	ruled := failed(rule)
	nested := failed(dml.RowError{StatusCode: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Source: dml.Source{Kind: dml.Trigger, Name: "Guard", Namespace: "ns"}, Inner: []dml.RowError{rule}})
	limit := finding.Finding{Message: "System.LimitException: ns:Too many DML rows: 10001", Failed: dml.Failed{Exception: "System.LimitException", Limit: "DmlRows"}}
	null := finding.Finding{Failed: dml.Failed{Exception: "System.NullPointerException"}}
	none := finding.Finding{Failed: dml.Failed{Exception: "System.QueryException", NoRow: true}}
	compile := finding.Finding{Message: "Variable does not exist: Region__c"}
	row := map[string]bool{"a01000000000003AAA": true}
	made := func(kind, ns, name string) []finding.Component {
		return []finding.Component{{Kind: kind, Name: name, Namespace: ns}}
	}
	for name, tt := range map[string]struct {
		mess finding.Mess
		f    finding.Finding
		want bool
	}{
		"its rows and field":         {finding.Mess{Number: "A9", IDs: row, Fields: []string{"ns__Rental__c.ns__Reference__c"}}, long, true},
		"another field":              {finding.Mess{Number: "A9", IDs: row, Fields: []string{"ns__Rental__c.ns__Notes__c"}}, long, false},
		"other rows":                 {finding.Mess{Number: "A9", IDs: map[string]bool{"a01000000000009AAA": true}, Rows: []finding.Rows{{Object: "ns__Rental__c"}}}, long, false},
		"a kind that shows itself":   {finding.Mess{Number: "B5", IDs: row}, long, false},
		"its component":              {finding.Mess{Number: "C1", Components: made("ValidationRule", "", "ns__Rental__c.Customer")}, ruled, true},
		"another rule":               {finding.Mess{Number: "C1", Components: made("ValidationRule", "", "ns__Rental__c.Customer_Two")}, ruled, false},
		"a rule of another package":  {finding.Mess{Number: "C1", Components: made("ValidationRule", "x", "ns__Rental__c.Customer")}, ruled, false},
		"the rule below a trigger":   {finding.Mess{Number: "C1", Components: made("ValidationRule", "", "ns__Rental__c.Customer")}, nested, true},
		"the trigger itself":         {finding.Mess{Number: "C4", Components: made("ApexTrigger", "ns", "Guard")}, nested, true},
		"a trigger of the same name": {finding.Mess{Number: "C4", Components: made("ApexTrigger", "", "Guard")}, nested, false},
		"volume":                     {finding.Mess{Number: "E2", IDs: row}, limit, true},
		"not that volume":            {finding.Mess{Number: "E1"}, limit, false},
		"a null":                     {finding.Mess{Number: "B2"}, null, true},
		"a row that is not there":    {finding.Mess{Number: "C27"}, none, true},
		"a field that a class names": {finding.Mess{Number: "D1", Components: made("CustomField", "", "Account.Region__c")}, compile, true},
		"a field with a longer name": {finding.Mess{Number: "D1", Components: made("CustomField", "", "Account.Region")}, compile, false},
	} {
		if got := explains(&tt.mess, &tt.f, onlyText(&tt.f.Failed)); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestEveryInvariantIsExplained holds the registry against the table of codes:
// each invariant has a code, and each code is of an invariant or of the suite.
func TestEveryInvariantIsExplained(t *testing.T) {
	t.Parallel()
	judged := map[string]bool{"suite expectation": true}
	for _, inv := range Registry {
		if judged[inv.Name] {
			t.Errorf("%s is twice in the registry", inv.Name)
		}
		judged[inv.Name] = true
		if !slices.ContainsFunc(finding.Codes, func(e finding.Entry) bool { return e.Invariant == inv.Name }) {
			t.Errorf("%s has no code", inv.Name)
		}
	}
	for _, e := range finding.Codes {
		if !judged[e.Invariant] || e.Means == "" || e.Advice == "" || e.Severity == "" {
			t.Errorf("%s is of no invariant, or not described: %+v", e.Code, e)
		}
	}
}
