package result_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// resultOf makes a result of lines "ORG NAME SEVERITY LINE" (a finding), "ORG ok"
// and "ORG stopped" (a scenario without one).
func resultOf(lines ...string) *result.Result {
	r := &result.Result{}
	at := map[string]int{}
	for _, line := range lines {
		w := strings.Fields(line)
		i, known := at[w[0]]
		if !known {
			i = len(r.Scenarios)
			at[w[0]] = i
			r.Scenarios = append(r.Scenarios, result.Scenario{ID: "s/p/1-to-2/" + w[0] + "/manual", Package: "p", Path: []string{"1", "2"}, Org: w[0], Mode: result.Manual, Status: result.Passed})
		}
		sc := &r.Scenarios[i]
		switch w[1] {
		case "ok":
		case "stopped":
			sc.Status = result.CouldNotRun
		default:
			f := finding.Finding{Code: finding.SwallowedFailure, Severity: finding.Severity(w[2]), Title: w[1], Message: w[1], Cause: finding.Cause{Class: "A"}}
			_, _ = fmt.Sscan(w[3], &f.Cause.Line)
			f.Fingerprint = finding.FingerprintOf(&f)
			sc.Status = result.Found
			sc.Findings = append(sc.Findings, f)
		}
	}
	r.Summarise()
	return r
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		old, now []string
		want     string // "new | gone | same | moved | unknown"
	}{
		{[]string{"a x major 1"}, []string{"a x major 1"}, " |  | x |  | "},
		{[]string{"a ok"}, []string{"a x major 1"}, "x |  |  |  | "},
		{[]string{"a x major 1"}, []string{"a ok"}, " | x |  |  | "},
		{[]string{"a x major 1"}, []string{"a stopped"}, " |  |  |  | x"},
		{[]string{"a x major 1"}, []string{"b ok"}, " |  |  |  | x"},
		{[]string{"a x major 1"}, []string{"a x major 7"}, " |  |  | x(by A, line 1) | "},
		{[]string{"a x blocker 1"}, []string{"a x major 1"}, " |  |  | x(it fails before) | "},
		{[]string{"a x major 1", "b ok"}, []string{"a x major 1", "b x major 1"}, " |  |  | x(not in p/1-to-2/b/manual) | "},
		{[]string{"a x major 1", "b x major 1"}, []string{"a x major 1", "b ok"}, " |  |  | x(in p/1-to-2/b/manual too) | "},
		// An org that only one of them ran moves nothing.
		{[]string{"a x major 1"}, []string{"a x major 1", "b x major 1"}, " |  | x |  | "},
		{[]string{"a x major 1", "b x major 1"}, []string{"a x major 1", "b stopped"}, " |  | x |  | "},
		{[]string{"a x major 1", "a y minor 2"}, []string{"a y minor 2", "a z major 1"}, "z | x | y |  | "},
	} {
		cmp := result.Compare(resultOf(c.old...), resultOf(c.now...))
		var parts []string
		for _, list := range [][]result.Compared{cmp.New, cmp.Gone, cmp.Same, cmp.Moved, cmp.Unknown} {
			var names []string
			for _, f := range list {
				name := f.Title
				if f.Was != "" {
					name += "(" + f.Was + ")"
				}
				names = append(names, name)
			}
			parts = append(parts, strings.Join(names, ","))
		}
		if got := strings.Join(parts, " | "); got != c.want {
			t.Errorf("%v to %v: %q, want %q", c.old, c.now, got, c.want)
		}
	}
}

// TestOnlyNewFails lets what the baseline has too make no build fail.
func TestOnlyNewFails(t *testing.T) {
	t.Parallel()
	old := resultOf("a x major 1")
	for _, c := range []struct {
		now     []string
		onlyNew bool
		want    int
	}{
		{[]string{"a x major 1"}, false, 1},
		{[]string{"a x major 1"}, true, 0},
		{[]string{"a x major 1", "a y major 1"}, true, 1},
		{[]string{"a x major 1", "a y minor 1"}, true, 0},
		{[]string{"a stopped"}, true, 3},
	} {
		now := resultOf(c.now...)
		now.HoldAgainst("last", old, c.onlyNew)
		if got := now.ExitCode(); got != c.want {
			t.Errorf("%v, only new %v: exit %d, want %d", c.now, c.onlyNew, got, c.want)
		}
	}
}
