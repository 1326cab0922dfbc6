package harness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
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

// builds is a Builder of functions by org.
type builds map[string]func() error

func (b builds) Build(_ context.Context, req build.Request) (*build.Built, error) {
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

// TestVersionsThatDoNotFollow refuses ways that no org can take.
func TestVersionsThatDoNotFollow(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s *suite.Suite){
		"never goes back to an older version": func(s *suite.Suite) { s.Upgrades[0].Path = []string{"1.1", "1.0"} },
		"these are two packages": func(s *suite.Suite) {
			s.Packages[0].Versions[1].Path = filepath.Join(t.TempDir(), "other")
			if err := os.CopyFS(s.Packages[0].Versions[1].Path, os.DirFS("../scenarios/packages/toolshed/v1.1")); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(s.Packages[0].Versions[1].Path, "sfdx-project.json")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, bytes.Replace(text, []byte(`"toolshed"`), []byte(`"another"`), -1), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s := sample("one")
		change(s)
		_, err := harness.Run(context.Background(), planOf(t, s), harness.RunOptions{})
		var input *harness.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestNamesInExpectations checks what a suite asks before anything runs.
func TestNamesInExpectations(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]suite.Rule{
		"No such column 'Totall__c'":      {SOQL: "SELECT Id, Totall__c FROM Rental__c", That: "count == 0"},
		"which the query does not select": {SOQL: "SELECT Id, Name FROM Rental__c", Each: "row.Total__c > 0"},
		"reads rows.Total__c":             {SOQL: "SELECT Id, Name FROM Rental__c", That: "rows.all(r, r.Total__c > 0)"},
		"":                                {SOQL: "SELECT Id, Name, Total__c, Tool__r.Name FROM toolshed__Rental__c", Each: "row.Tool__r.Name != '' && row.toolshed__Total__c > 0"},
		"sObject type 'Rentl__c' is not":  {SOQL: "SELECT Id FROM Rentl__c", That: "count == 0"},
	} {
		s := sample("one")
		r.Name = "it"
		s.Expect.Invariants = []suite.Rule{r}
		_, err := harness.Run(context.Background(), planOf(t, s), harness.RunOptions{Builder: builds{"one": func() error { return errors.New("enough") }}})
		var input *harness.InputError
		if errors.As(err, &input) != (want != "") || want != "" && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestFeaturesOfDescribesAreKnown lets a suite ask for every feature that the
// describes of standard objects go by.
func TestFeaturesOfDescribesAreKnown(t *testing.T) {
	t.Parallel()
	for _, f := range schema.Features() {
		if f != "?" && !suite.KnownFeature(string(f)) {
			t.Errorf("a suite can not ask for the feature %s", f)
		}
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
