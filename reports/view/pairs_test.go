package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/view"
)

// sweep is a result of ways in two orgs; the same thing is found in both orgs of
// each way, at a line that moves on.
func sweep(ways int) *result.Result {
	r := &result.Result{Orgs: []result.Org{{Name: "a"}, {Name: "b"}}}
	for i := range ways {
		for _, org := range []string{"a", "b"} {
			id := fmt.Sprintf("s/p/%d-to-%d/%s/manual", i, i+1, org)
			f := finding.Finding{Code: finding.SwallowedFailure, Severity: finding.Major, Title: "it was caught",
				Cause: finding.Cause{Kind: finding.ByScript, Class: "Install", Method: "run", Line: 10 + i, Detail: fmt.Sprintf("thrown at line %d", 30+i)}}
			other := f
			other.Cause.Line = 90
			r.Scenarios = append(r.Scenarios, result.Scenario{ID: id, Package: "p", Path: []string{fmt.Sprint(i), fmt.Sprint(i + 1)}, Org: org,
				Mode: result.Manual, Status: result.Found, Findings: []finding.Finding{f, other}})
			r.Timing.Scenarios = append(r.Timing.Scenarios, result.ScenarioTiming{ID: id, Millis: 1500, MB: int64(100 + i)})
		}
	}
	r.Summarise()
	return r
}

func TestPairs(t *testing.T) {
	t.Parallel()
	if got := view.Pairs(sweep(4)); got != nil {
		t.Errorf("four ways stand side by side, got %v", got)
	}
	r := sweep(5)
	r.Scenarios[9].Status, r.Scenarios[9].Error, r.Scenarios[9].Findings = result.CouldNotRun, "no such ref\nmore", nil
	pairs := view.Pairs(r)
	if len(pairs) != 5 {
		t.Fatalf("%d pairs", len(pairs))
	}
	for i, want := range map[int]string{0: "p 0 → 1|2 of 2|3.0|100|·|2|·", 4: "p 4 → 5|1 of 2|3.0|104|·|2|·"} {
		if got := strings.Join(pairs[i].Cells(), "|"); got != want {
			t.Errorf("pair %d: %s, want %s", i, got, want)
		}
	}
	if pairs[4].Why != "no such ref" || pairs[0].Worst() != finding.Major {
		t.Errorf("%+v", pairs[4])
	}
}

// TestOneFindingOverWays tells what moved by some lines once, and what is found
// twice in one way twice.
func TestOneFindingOverWays(t *testing.T) {
	t.Parallel()
	r := sweep(3)
	groups := view.Groups(r)
	if len(groups) != 2 || len(r.Findings) != 2 {
		t.Fatalf("%d groups, %d in the result; want two", len(groups), len(r.Findings))
	}
	if len(groups[0].Where) != 6 || r.Findings[1].Count != 6 {
		t.Errorf("met in %d scenarios, %d times", len(groups[0].Where), r.Findings[1].Count)
	}
	r.Scenarios = append(r.Scenarios, result.Scenario{ID: "s/p/8-to-9/a/manual", Package: "p", Path: []string{"8", "9"}, Org: "a", Mode: result.Manual, Status: result.Passed})
	if got, want := view.Groups(r)[0].WhereShort(r), "p 0 → 1, p 1 → 2, p 2 → 3 × all 2 orgs"; got != want {
		t.Errorf("where: %s, want %s", got, want)
	}
}
