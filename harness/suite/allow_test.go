package suite

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// TestAccepted holds findings against what a suite accepts.
func TestAccepted(t *testing.T) {
	t.Parallel()
	f := finding.New(finding.FreshDiffers, "Existing customers never receive it")
	f.Components = []finding.Component{{Kind: "CustomField", Name: "Rental__c.Basis__c", Namespace: "ns"}}
	f.Properties = []string{"picklistValues"}
	rows := finding.New(finding.FreshDiffers, "Records differ")
	rows.Rows = []finding.Rows{{Object: "ns__Settings__c", Count: 1}}
	for _, tt := range []struct {
		name      string
		allow     Allow
		component bool // the finding about a component is accepted
		records   bool // the one about records is
	}{
		{"all of the code", Allow{}, true, true},
		{"another code", Allow{Code: "data-lost"}, false, false},
		{"a component", Allow{Components: []string{"CustomField Rental__c.Basis__c"}}, true, false},
		{"with its namespace, in any case", Allow{Components: []string{"customfield NS__Rental__c.Basis__c"}}, true, false},
		{"a pattern", Allow{Components: []string{"Layout *", "CustomField Rental__c.*"}}, true, false},
		{"another component", Allow{Components: []string{"CustomField Rental__c.Other__c"}}, false, false},
		{"a property", Allow{Components: []string{"*"}, Properties: []string{"picklist*"}}, true, false},
		{"another property", Allow{Properties: []string{"label"}}, false, true},
		{"records of an object", Allow{Objects: []string{"ns__*"}}, false, true},
		{"an upgrade", Allow{Upgrades: []string{"1.0 to 1.2"}}, true, true},
		{"another upgrade", Allow{Upgrades: []string{"1.1 to *"}}, false, false},
		{"another org", Allow{Orgs: []string{"busy"}}, false, false},
		{"until a day to come", Allow{Until: "2026-06-01"}, true, true},
		{"until a day that is over", Allow{Until: "2026-05-31"}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.allow.Code == "" {
				tt.allow.Code = string(finding.FreshDiffers)
			}
			tt.allow.Reason = "known"
			e := &Expectations{Allow: []Allow{tt.allow}}
			path := []string{"1.0", "1.2"}
			if _, ok := e.Allowed(&f, "pristine", path, "2026-06-01"); ok != tt.component {
				t.Errorf("the component is accepted: %v", ok)
			}
			if _, ok := e.Allowed(&rows, "pristine", path, "2026-06-01"); ok != tt.records {
				t.Errorf("the records are accepted: %v", ok)
			}
		})
	}
}
