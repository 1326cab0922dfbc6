package invariant_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestGates upgrades an org from 1.6 to 1.7, whose script has a step behind a
// comparison, with a row that the step would change.
func TestGates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		gate     string
		row      string // name of the row
		depth    suite.Depth
		severity finding.Severity // "": nothing is told
		says     string
	}{
		"for the version that is installed":             {"== 0 /*1, 7*/", "old", suite.Normal, finding.Major, "it runs nowhere"},
		"for that version, where nothing is to be done": {"== 0 /*1, 7*/", "new", suite.Normal, finding.Minor, "it runs nowhere"},
		"for another version":                           {"== 0 /*1, 5*/", "old", suite.Normal, finding.Major, "1 row of Account keep what the step for 1.5 changes"},
		"for another version, and nothing to be done":   {"== 0 /*1, 5*/", "new", suite.Normal, "", ""},
		"for all older versions":                        {"< 0 /*1, 7*/", "old", suite.Normal, "", ""},
		"for older versions, which this one is not":     {"< 0 /*1, 5*/", "old", suite.Normal, "", ""},
		"and asked in depth":                            {"< 0 /*1, 5*/", "old", suite.Deep, finding.Minor, "would change if this org came from 1.4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op, version, _ := strings.Cut(strings.TrimSuffix(tt.gate, "*/"), " /*")
			script := apexOf(`global class Install implements InstallHandler { global void onInstall(InstallContext c) {
				if (c.previousVersion() != null && c.previousVersion().compareTo(new Version(` + version + `)) ` + op + `) {
					List<Account> rows = [SELECT Id FROM Account WHERE Name = 'old'];
					for (Account a : rows) { a.Phone = '1'; }
					update rows; } } }`)
			found := judgeStep(t, versionOf("1.6", script), versionOf("1.7", script), "insert new Account(Name = '"+tt.row+"');", tt.depth, "gates-let-in")
			switch {
			case tt.severity == "" && len(found) > 0, tt.severity != "" && len(found) != 1:
				t.Fatalf("found %v", found)
			case tt.severity != "" && (found[0].Severity != tt.severity || !strings.Contains(found[0].Title, tt.says)):
				t.Errorf("%s %q, want %s %q", found[0].Severity, found[0].Title, tt.severity, tt.says)
			}
		})
	}
}

// judgeStep upgrades an org with rows that Apex makes, at a depth, and gives what
// one check finds.
func judgeStep(t *testing.T, from, to *metadata.Package, rows string, depth suite.Depth, check string) []finding.Finding {
	t.Helper()
	ctx := t.Context()
	before := through(t, from)
	_, err := before.Run(ctx, org.TxOptions{Cause: "rows"}, func(tx *org.Tx) error {
		return tx.Anonymous(ctx, rows)
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.Fork(ctx, "after")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = after.Close() })
	report, err := upgrade.Install(ctx, after, to, install.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := probe.Gather(ctx, &probe.Subject{Before: before, After: after, From: from, To: to, Diff: &diff.Diff{}, Depth: depth,
		Steps: []probe.Step{{From: from, To: to, Report: report}}})
	if err != nil {
		t.Fatal(err)
	}
	var list []finding.Finding
	for _, o := range invariant.Judge(&invariant.Evidence{Evidence: e}) {
		if o.Name == check {
			list = append(list, o.Findings...)
		}
	}
	return list
}
