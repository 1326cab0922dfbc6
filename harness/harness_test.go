package harness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// sample is a suite over the sample package, in so many orgs.
func sample(orgs ...string) *harness.Suite {
	s := &harness.Suite{Name: "sample", File: "sample.yaml", Seed: 3,
		Packages: []harness.PackageSpec{{Name: "toolshed", Path: "../scenarios/packages/toolshed", Display: "toolshed",
			Versions: []harness.VersionSpec{
				{Name: "1.0", Path: "../scenarios/packages/toolshed/v1.0"},
				{Name: "1.1", Path: "../scenarios/packages/toolshed/v1.1"},
			}}},
		Upgrades: []harness.UpgradeSpec{{Package: "toolshed", Path: []string{"1.0", "1.1"}}},
	}
	for _, o := range orgs {
		s.Orgs = append(s.Orgs, harness.OrgSpec{Name: o, Recipe: "small"})
	}
	return s
}

func planOf(t *testing.T, s *harness.Suite) *harness.Plan {
	t.Helper()
	p, err := harness.NewPlan(s)
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
	if *more.Scenarios[1].Org.Seed != *a.Scenarios[0].Org.Seed {
		t.Error("one org more moved the seed of another")
	}
	other := sample("one", "two")
	other.Seed = 4
	if *planOf(t, other).Scenarios[0].Org.Seed == *a.Scenarios[0].Org.Seed {
		t.Error("another seed gives the same orgs")
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	plan := planOf(t, sample("one", "two"))
	for _, tt := range []struct {
		pattern string
		want    int
	}{
		{"", 2}, {"one", 1}, {"1.0-to-1.1", 2}, {"sample/*/*/t*/manual", 1}, {plan.Scenarios[1].ID, 1}, {"three", 0}, {"[", 0},
	} {
		got, err := plan.Only(tt.pattern)
		if (err != nil) != (tt.want == 0) || err == nil && len(got.Scenarios) != tt.want {
			t.Errorf("--only %q: %v, %v, want %d", tt.pattern, got, err, tt.want)
		}
	}
}

func TestContradictions(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*harness.Suite){
		"no package":                  func(s *harness.Suite) { s.Packages = nil },
		"no upgrade":                  func(s *harness.Suite) { s.Upgrades = nil },
		"no org":                      func(s *harness.Suite) { s.Orgs = nil },
		"not under packages":          func(s *harness.Suite) { s.Upgrades[0].Package = "x" },
		"a version to start from":     func(s *harness.Suite) { s.Upgrades[0].Path = []string{"1.0"} },
		"two orgs are called":         func(s *harness.Suite) { s.Orgs = append(s.Orgs, s.Orgs[0]) },
		`in org "x", which is not un`: func(s *harness.Suite) { s.Upgrades[0].Orgs = []string{"x"} },
	} {
		s := sample("one")
		change(s)
		if _, err := harness.NewPlan(s); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// builds is a Builder of functions by org.
type builds map[string]func() error

func (b builds) Build(_ context.Context, req harness.BuildRequest) (*harness.Built, error) {
	return nil, b[req.Org.Name]()
}

func TestOneFailureStopsNothingElse(t *testing.T) {
	t.Parallel()
	res, err := harness.Run(context.Background(), planOf(t, sample("fails", "panics", "fails too")), harness.RunOptions{
		Jobs: 2,
		Builder: builds{
			"fails":     func() error { return errors.New("no room") },
			"panics":    func() error { panic("lost") },
			"fails too": func() error { return errors.New("no room either") },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"build org fails: no room", "internal error: lost", "build org fails too: no room either"} {
		sc := res.Scenarios[i]
		if sc.Status != result.CouldNotRun || !strings.HasPrefix(sc.Error, want) {
			t.Errorf("scenario %s: %s, %q, want %q", sc.ID, sc.Status, sc.Error, want)
		}
	}
	if res.Summary.CouldNotRun != 3 || res.ExitCode() != 3 {
		t.Errorf("summary %+v, exit %d", res.Summary, res.ExitCode())
	}
	if want := "rehearse run sample.yaml --only 'sample/toolshed/1.0-to-1.1/fails too/manual'"; res.Scenarios[2].Reproduce != want {
		t.Errorf("reproduce with %s, want %s", res.Scenarios[2].Reproduce, want)
	}
}

func TestNoMoreThanJobsAtATime(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	all := builds{}
	var orgs []string
	for i := range 12 {
		name := fmt.Sprintf("org-%02d", i)
		orgs = append(orgs, name)
		all[name] = func() error {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			defer now.Add(-1)
			return errors.New("enough")
		}
	}
	if _, err := harness.Run(context.Background(), planOf(t, sample(orgs...)), harness.RunOptions{Jobs: 3, Builder: all}); err != nil {
		t.Fatal(err)
	}
	if most.Load() > 3 {
		t.Errorf("%d scenarios at a time, 3 are allowed", most.Load())
	}
}

func TestInterruptedRunTellsWhatRan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	res, err := harness.Run(ctx, planOf(t, sample("first", "second", "third")), harness.RunOptions{
		Jobs: 1,
		Builder: builds{
			"first":  func() error { return errors.New("ran") },
			"second": func() error { cancel(); return ctx.Err() },
			"third":  func() error { return errors.New("must not run") },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Interrupted || res.ExitCode() != 3 {
		t.Errorf("interrupted %v, exit %d", res.Interrupted, res.ExitCode())
	}
	for i, want := range []result.Status{result.CouldNotRun, result.NotRun, result.NotRun} {
		if got := res.Scenarios[i].Status; got != want {
			t.Errorf("scenario %d: %s, want %s", i, got, want)
		}
	}
}

func TestBadInputRunsNothing(t *testing.T) {
	t.Parallel()
	s := sample("one")
	s.Packages[0].Versions[1].Path = "testdata/nowhere"
	_, err := harness.Run(context.Background(), planOf(t, s), harness.RunOptions{})
	var input *harness.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), "read toolshed 1.1") {
		t.Errorf("got %v", err)
	}
	s = sample("one")
	s.Expect.PostInstall = true
	s.Upgrades[0].Path = []string{"1.1", "1.0"}
	if _, err = harness.Run(context.Background(), planOf(t, s), harness.RunOptions{}); !errors.As(err, &input) || !strings.Contains(err.Error(), "no post-install class") {
		t.Errorf("got %v", err)
	}
}

func TestResultsAreTheSameButForTiming(t *testing.T) {
	t.Parallel()
	once := func(jobs int) []byte {
		fails := func() error { return errors.New("no room") }
		r, err := harness.Run(context.Background(), planOf(t, sample("a", "b", "c")), harness.RunOptions{Jobs: jobs, Builder: builds{"a": fails, "b": fails, "c": fails}})
		if err != nil {
			t.Fatal(err)
		}
		r.Timing = result.Timing{}
		data, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !bytes.Equal(once(1), once(3)) {
		t.Error("the number of jobs shows in the result")
	}
}
