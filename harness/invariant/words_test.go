package invariant

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
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
	for message, want := range map[string]string{
		"System.DmlException: Update failed. First exception on row 2 with id a01000000000003AAA; first error: STRING_TOO_LONG, Reference: data value too large: x (max length=80): [ns__Reference__c]": "STRING_TOO_LONG",
		"System.LimitException: toolshed:Too many DML rows: 10001":                "Too many DML rows",
		"System.NullPointerException: Attempt to de-reference a null object":      "",
		"Insert failed; first error: INACTIVE_OWNER_OR_USER, operation performed": "INACTIVE_OWNER_OR_USER",
	} {
		if got := statusOf(message); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
	if diff := cmp.Diff([]string{"A__c", "B__c"}, fieldsOf("REQUIRED_FIELD_MISSING, Required fields are missing: [A__c, B__c]")); diff != "" {
		t.Error(diff)
	}
}

func TestExplains(t *testing.T) {
	t.Parallel()
	long := finding.Finding{Message: "STRING_TOO_LONG, Reference: data value too large: x (max length=80): [ns__Reference__c]",
		Rows: []finding.Rows{{Object: "ns__Rental__c", Count: 1, Sample: []finding.Row{{ID: "a01000000000003AAA"}}}}}
	ruled := finding.Finding{Message: "FIELD_CUSTOM_VALIDATION_EXCEPTION, Name the customer.",
		Components: []finding.Component{{Kind: "ValidationRule", Name: "ns__Rental__c.Customer"}}}
	limit := finding.Finding{Message: "System.LimitException: ns:Too many DML rows: 10001"}
	row := map[string]bool{"a01000000000003AAA": true}
	for name, tt := range map[string]struct {
		mess finding.Mess
		f    finding.Finding
		want bool
	}{
		"its rows and field":       {finding.Mess{Number: "A9", IDs: row, Fields: []string{"ns__Rental__c.ns__Reference__c"}}, long, true},
		"another field":            {finding.Mess{Number: "A9", IDs: row, Fields: []string{"ns__Rental__c.ns__Notes__c"}}, long, false},
		"other rows":               {finding.Mess{Number: "A9", IDs: map[string]bool{"a01000000000009AAA": true}, Rows: []finding.Rows{{Object: "ns__Rental__c"}}}, long, false},
		"a kind that shows itself": {finding.Mess{Number: "B5", IDs: row}, long, false},
		"its component":            {finding.Mess{Number: "C1", Components: []finding.Component{{Kind: "ValidationRule", Name: "ns__Rental__c.Customer"}}}, ruled, true},
		"volume":                   {finding.Mess{Number: "E2", IDs: row}, limit, true},
		"not that volume":          {finding.Mess{Number: "E1"}, limit, false},
	} {
		if got := explains(&tt.mess, &tt.f, tt.f.Message); got != tt.want {
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
