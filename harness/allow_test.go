package harness

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
		allow     AllowSpec
		component bool // the finding about a component is accepted
		records   bool // the one about records is
	}{
		{"all of the code", AllowSpec{}, true, true},
		{"another code", AllowSpec{Code: "data-lost"}, false, false},
		{"a component", AllowSpec{Components: []string{"CustomField Rental__c.Basis__c"}}, true, false},
		{"with its namespace, in any case", AllowSpec{Components: []string{"customfield NS__Rental__c.Basis__c"}}, true, false},
		{"a pattern", AllowSpec{Components: []string{"Layout *", "CustomField Rental__c.*"}}, true, false},
		{"another component", AllowSpec{Components: []string{"CustomField Rental__c.Other__c"}}, false, false},
		{"a property", AllowSpec{Components: []string{"*"}, Properties: []string{"picklist*"}}, true, false},
		{"another property", AllowSpec{Properties: []string{"label"}}, false, true},
		{"records of an object", AllowSpec{Objects: []string{"ns__*"}}, false, true},
		{"an upgrade", AllowSpec{Upgrades: []string{"1.0 to 1.2"}}, true, true},
		{"another upgrade", AllowSpec{Upgrades: []string{"1.1 to *"}}, false, false},
		{"another org", AllowSpec{Orgs: []string{"busy"}}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.allow.Code == "" {
				tt.allow.Code = string(finding.FreshDiffers)
			}
			tt.allow.Reason = "known"
			r := &run{plan: &Plan{Suite: &Suite{Expect: Expectations{Allow: []AllowSpec{tt.allow}}}}}
			sc := &Planned{Path: []string{"1.0", "1.2"}, Org: OrgSpec{Name: "pristine"}}
			if _, ok := r.allowed(sc, &f); ok != tt.component {
				t.Errorf("the component is accepted: %v", ok)
			}
			if _, ok := r.allowed(sc, &rows); ok != tt.records {
				t.Errorf("the records are accepted: %v", ok)
			}
		})
	}
}

// TestFreshIsAskedOnceForEachWay marks the pristine scenario of a way, or the
// first where there is none, and names the versions between.
func TestFreshIsAskedOnceForEachWay(t *testing.T) {
	t.Parallel()
	s := &Suite{Name: "s", Packages: []PackageSpec{{Name: "p", Path: ".", Versions: []VersionSpec{{Name: "1.0"}, {Name: "1.10"}, {Name: "1.2"}, {Name: "2.0"}}}},
		Upgrades: []UpgradeSpec{
			{Package: "p", Path: []string{"1.0", "2.0"}},
			{Package: "p", Path: []string{"1.2", "2.0"}, Orgs: []string{"busy"}},
		},
		Orgs: []OrgSpec{{Name: "busy", Recipe: "small"}, {Name: "new", Recipe: "pristine"}}}
	want := map[string]int{"s/p/1.0-to-2.0/new/manual": 2, "s/p/1.2-to-2.0/busy/manual": 0}
	plan, err := NewPlan(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range plan.Scenarios {
		between, marked := want[sc.ID]
		if sc.Fresh != marked || len(sc.Between) != between {
			t.Errorf("%s: asked %v, between %v", sc.ID, sc.Fresh, sc.Between)
		}
	}
	if b := plan.Scenarios[1].Between; len(b) == 2 && b[0] != "1.2" {
		t.Errorf("versions between come as %v, want by number", b)
	}
	s.Expect.FreshOff = true
	if plan, _ = NewPlan(s); plan.Scenarios[1].Fresh {
		t.Error("asked although the suite says off")
	}
}
