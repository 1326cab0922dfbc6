package suite

import (
	"errors"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// good is a suite with nothing wrong.
func good() *Suite {
	return &Suite{Name: "s",
		Packages: []Package{
			{Name: "p", Path: ".", Versions: []Version{{Name: "1.0"}, {Name: "1.1"}}, DependsOn: []string{"base@2"}},
			{Name: "base", Path: "base"},
		},
		Upgrades: []Upgrade{{Package: "p", Path: []string{"1.0", "1.1"}, Orgs: []string{"one"}}},
		Orgs:     []Org{{Name: "one", Recipe: "small", Mess: []Mess{{Number: "A1", Rate: 0.5}}}},
		Expect: Expectations{Invariants: []Rule{{Name: "r", SOQL: "SELECT Id FROM Account", That: "count > 0"}},
			Changes: []Change{{Object: "Account", Kind: Updated}}, Allow: []Allow{{Code: "data-lost", Reason: "known"}}}}
}

// TestProblems spoils a good suite in one place and looks for the problem there.
func TestProblems(t *testing.T) {
	t.Parallel()
	if err := good().Check(); err != nil {
		t.Fatalf("the good suite: %v", err)
	}
	for _, tt := range []struct {
		at, message string
		spoil       func(*Suite)
	}{
		{"/upgrades", "no upgrade", func(s *Suite) { s.Upgrades = nil }},
		{"/packages/1/name", `two packages are called "p"`, func(s *Suite) { s.Packages[1].Name = "p"; s.Packages[0].DependsOn = nil }},
		{"/packages/0/dependsOn/0", `there is no package "other" under packages`, func(s *Suite) { s.Packages[0].DependsOn[0] = "other@1" }},
		{"/packages/7/dependsOn/0", `there is no package "" under packages`, func(s *Suite) { s.Packages[0].At = "/packages/7"; s.Packages[0].DependsOn[0] = "" }},
		{"/upgrades/0/package", `the upgrade's package "x" is not under packages`, func(s *Suite) { s.Upgrades[0].Package = "x" }},
		{"/upgrades/0", "an upgrade of p needs a version to start from and one to go to", func(s *Suite) { s.Upgrades[0].Path = []string{"1.0"} }},
		{"/upgrades/0", `version "1.2" is not under versions of p`, func(s *Suite) { s.Upgrades[0].Path[1] = "1.2" }},
		{"/upgrades/0/orgs/0", `there is no org "x" under orgs`, func(s *Suite) { s.Upgrades[0].Orgs[0] = "x" }},
		{"/upgrades/0/modes/1", `"pull" is not a way to upgrade`, func(s *Suite) { s.Upgrades[0].How.Modes = []install.Mode{install.Push, "pull"} }},
		{"/security", `"some" is not a choice of who gets access`, func(s *Suite) { s.How.Security = "some" }},
		{"/upgrades/0/removal", `"none" is not a way to remove components`, func(s *Suite) { s.Upgrades[0].How.Removal = "none" }},
		{"/orgs/1/name", `two orgs are called "one"`, func(s *Suite) { s.Orgs = append(s.Orgs, s.Orgs[0]) }},
		{"/orgs/0/file", "an org has a recipe or a file, not both", func(s *Suite) { s.Orgs[0].File, s.Orgs[0].Mess = "x.org", nil }},
		{"/packages/1/dependsOn/0", "packages need each other: base needs p needs base", func(s *Suite) { s.Packages[1].DependsOn = []string{"p@1.0"} }},
		{"/packages/0/dependsOn/0", "packages need each other: p needs p", func(s *Suite) { s.Packages[0].DependsOn = []string{"p@1.0"} }},
		{"/orgs/0/mess", `org "one" is a file as it is: mess is not added to it`, func(s *Suite) { s.Orgs[0].File, s.Orgs[0].Recipe = "x.org", "" }},
		{"/orgs/0", `org "one" has neither a recipe nor a file`, func(s *Suite) { s.Orgs[0].Recipe = "" }},
		{"/orgs/0/records", `org "one" has a negative number of records`, func(s *Suite) { s.Orgs[0].Records = -1 }},
		{"/orgs/0/mess/A1", "mess A1 in 1.5 of the rows; a share is from 0 to 1", func(s *Suite) { s.Orgs[0].Mess[0].Rate = 1.5 }},
		{"/expect/invariants/0", "an invariant has either each (asked of every row) or that (asked of the whole answer)", func(s *Suite) { s.Expect.Invariants[0].Each = "true" }},
		{"/expect/changes/0/kind", `"moved" is not a change of a record`, func(s *Suite) { s.Expect.Changes[0].Kind = "moved" }},
		{"/expect/allow/0/code", `there is no finding "data-gone"`, func(s *Suite) { s.Expect.Allow[0].Code = "data-gone" }},
	} {
		s := good()
		tt.spoil(s)
		var wrong *Problems
		if !errors.As(s.Check(), &wrong) || len(wrong.List) != 1 {
			t.Errorf("%s: got %v", tt.message, s.Check())
			continue
		}
		if p := wrong.List[0]; p.At != tt.at || p.Message != tt.message {
			t.Errorf("got %s at %s, want %s at %s", p.Message, p.At, tt.message, tt.at)
		}
	}
	empty := (&Suite{Name: "s"}).Check()
	if want := "suite s: no package; add one under packages\nsuite s: no upgrade; add one under upgrades\nsuite s: no org; add one under orgs"; empty == nil || empty.Error() != want {
		t.Errorf("an empty suite: %v", empty)
	}
}

// TestNamesOfSalesforce knows features and editions as Salesforce writes them.
func TestNamesOfSalesforce(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"MultiCurrency", "personaccounts", "MaxCustomLabels:200", "RecordTypes"} {
		if !KnownFeature(name) {
			t.Errorf("feature %s is not known", name)
		}
	}
	for _, name := range []string{"Developer", "Enterprise Edition", "partner developer", "Unlimited Edition"} {
		if !KnownEdition(name) {
			t.Errorf("edition %s is not known", name)
		}
	}
	if KnownFeature("MultiCurency") || nearest(features, "MultiCurency") != "MultiCurrency" || KnownEdition("Enterprize Edition") {
		t.Error("slips of the pen are known")
	}
	s := &Suite{Orgs: []Org{{Name: "a", File: "a.org", Mess: []Mess{{Number: "C1"}}}, {Name: "b", Recipe: "small", Features: []string{"MultiCurency"}, Edition: "Big"}}}
	err := s.Check()
	for _, want := range []string{"mess is not added to it", `no feature "MultiCurency"; did you mean MultiCurrency?`, `no edition "Big"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q: %v", want, err)
		}
	}
}
