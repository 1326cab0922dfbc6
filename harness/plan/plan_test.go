package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// sample is a suite over the sample package, in so many orgs.
func sample(orgs ...string) *suite.Suite {
	s := &suite.Suite{Name: "sample", File: "sample.yaml", Seed: 3,
		Packages: []suite.Package{{Name: "toolshed", Path: "../scenarios/packages/toolshed", Display: "toolshed",
			Versions: []suite.Version{
				{Name: "1.0", Path: "../scenarios/packages/toolshed/v1.0"},
				{Name: "1.1", Path: "../scenarios/packages/toolshed/v1.1"},
			}}},
		Upgrades: []suite.Upgrade{{Package: "toolshed", Path: []string{"1.0", "1.1"}}},
	}
	for _, o := range orgs {
		s.Orgs = append(s.Orgs, suite.Org{Name: o, Recipe: "small"})
	}
	return s
}

func planOf(t *testing.T, s *suite.Suite) *plan.Plan {
	t.Helper()
	p, err := plan.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlanIsDataMadeFromTheSeed(t *testing.T) {
	t.Parallel()
	a, b := planOf(t, sample("one", "two")), planOf(t, sample("one", "two"))
	if diff := cmp.Diff(a.String(), b.String()); diff != "" {
		t.Errorf("one suite, two plans:\n%s", diff)
	}
	more := planOf(t, sample("zero", "one", "two"))
	if more.Scenarios[1].Seed != a.Scenarios[0].Seed {
		t.Error("one org more moved the seed of another")
	}
	other := sample("one", "two")
	other.Seed = 4
	if planOf(t, other).Scenarios[0].Seed == a.Scenarios[0].Seed {
		t.Error("another seed gives the same orgs")
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	p := planOf(t, sample("one", "two"))
	for _, tt := range []struct {
		pattern string
		want    int
	}{
		{"", 2}, {"one", 1}, {"1.0-to-1.1", 2}, {"sample/*/*/t*/manual", 1}, {p.Scenarios[1].ID, 1}, {"three", 0}, {"[", 0},
	} {
		got, err := p.Only(tt.pattern)
		if (err != nil) != (tt.want == 0) || err == nil && len(got.Scenarios) != tt.want {
			t.Errorf("--only %q: %v, %v, want %d", tt.pattern, got, err, tt.want)
		}
	}
}

// TestContradictoryPlans: what is wrong with the suite is told before it is
// crossed.
func TestContradictoryPlans(t *testing.T) {
	t.Parallel()
	s := sample("one", "one")
	if _, err := plan.New(s); err == nil || !strings.Contains(err.Error(), "two orgs are called") {
		t.Errorf("got %v", err)
	}
}

// TestHowUpgradesAreStarted: an upgrade's own choices go before those of the
// suite, and each mode is a scenario.
func TestHowUpgradesAreStarted(t *testing.T) {
	t.Parallel()
	s := sample("one")
	s.How = suite.How{Modes: []install.Mode{install.Push}, Security: install.AllUsers, Removal: install.DeleteOnly}
	own := s.Upgrades[0]
	own.How = suite.How{Modes: []install.Mode{install.Manual, install.Push}, Removal: install.DeprecateOnly}
	s.Upgrades = append(s.Upgrades, own)
	var got []install.Options
	for _, sc := range planOf(t, s).Scenarios {
		got = append(got, sc.Install)
	}
	want := []install.Options{
		{Mode: install.Push, Security: install.AllUsers, Removal: install.DeleteOnly, Comply: true, StandIns: true},
		{Mode: install.Manual, Security: install.AllUsers, Removal: install.DeprecateOnly, Comply: true, StandIns: true},
		{Mode: install.Push, Security: install.AllUsers, Removal: install.DeprecateOnly, Comply: true, StandIns: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestKeys: what the outcome depends on is in the key, and what it does not is
// not.
func TestKeys(t *testing.T) {
	t.Parallel()
	key := func(change func(*suite.Suite), engine string, contents ...string) string {
		s := sample("one")
		change(s)
		p := planOf(t, s)
		k, err := p.Key(&p.Scenarios[0], engine, contents)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	none := func(*suite.Suite) {}
	first := key(none, "1", "a", "b")
	for what, same := range map[string]string{
		"nothing":            key(none, "1", "a", "b"),
		"another org":        key(func(s *suite.Suite) { s.Orgs = append(s.Orgs, suite.Org{Name: "two", Recipe: "small"}) }, "1", "a", "b"),
		"where it is said":   key(func(s *suite.Suite) { s.Orgs[0].At = "/orgs/7" }, "1", "a", "b"),
		"the flags given":    key(func(s *suite.Suite) { s.Flags = []string{"run"} }, "1", "a", "b"),
		"a package's folder": key(func(s *suite.Suite) { s.Packages[0].Path = "elsewhere" }, "1", "a", "b"),
	} {
		if same != first {
			t.Errorf("%s changes the key", what)
		}
	}
	for what, other := range map[string]string{
		"the seed":       key(func(s *suite.Suite) { s.Seed++ }, "1", "a", "b"),
		"the engine":     key(none, "2", "a", "b"),
		"a package":      key(none, "1", "a", "c"),
		"mess":           key(func(s *suite.Suite) { s.Orgs[0].Mess = []suite.Mess{{Number: "A1"}} }, "1", "a", "b"),
		"an expectation": key(func(s *suite.Suite) { s.Expect.Strict = true }, "1", "a", "b"),
		"who gets it":    key(func(s *suite.Suite) { s.How.Security = install.AllUsers }, "1", "a", "b"),
	} {
		if other == first {
			t.Errorf("%s does not change the key", what)
		}
	}
}

// TestFreshIsAskedOnceForEachWay marks the pristine scenario of a way, or the
// first where there is none, and names the versions between.
func TestFreshIsAskedOnceForEachWay(t *testing.T) {
	t.Parallel()
	s := &suite.Suite{Name: "s", Packages: []suite.Package{{Name: "p", Path: ".", Versions: []suite.Version{{Name: "1.0"}, {Name: "1.10"}, {Name: "1.2"}, {Name: "2.0"}}}},
		Upgrades: []suite.Upgrade{
			{Package: "p", Path: []string{"1.0", "2.0"}},
			{Package: "p", Path: []string{"1.2", "2.0"}, Orgs: []string{"busy"}},
		},
		Orgs: []suite.Org{{Name: "busy", Recipe: "small"}, {Name: "new", Recipe: "pristine"}}}
	want := map[string]int{"s/p/1.0-to-2.0/new/manual": 2, "s/p/1.2-to-2.0/busy/manual": 0}
	p, err := plan.New(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range p.Scenarios {
		between, marked := want[sc.ID]
		if sc.Fresh != marked || len(sc.Between) != between {
			t.Errorf("%s: asked %v, between %v", sc.ID, sc.Fresh, sc.Between)
		}
	}
	if b := p.Scenarios[1].Between; len(b) == 2 && b[0] != "1.2" {
		t.Errorf("versions between come as %v, want by number", b)
	}
	s.Expect.FreshOff = true
	if p, _ = plan.New(s); p.Scenarios[1].Fresh {
		t.Error("asked although the suite says off")
	}
}
