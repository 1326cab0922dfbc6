package invariant_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// TestRefusalsTellTheirCure looks at what is said of an upgrade that was refused,
// and of one that went through when an administrator had made room.
func TestRefusalsTellTheirCure(t *testing.T) {
	t.Parallel()
	broken := &upgrade.Failure{Class: upgrade.OwnApexBroken, Type: upgrade.DeployError, Message: "Ours: line 1, column 1: Invalid type: Missing",
		Step: "compiling all Apex of the org", Components: []string{"ApexClass Ours"}}
	waits := &upgrade.Failure{Class: upgrade.JobWaits, Type: upgrade.DeployError, Message: "This schedulable class has jobs pending or in progress",
		Step: "replacing Apex", Components: []string{"ApexClass Ours"}}
	for _, tt := range []struct {
		report upgrade.Report
		code   finding.Code
		advice string
	}{
		{upgrade.Report{Failure: broken}, finding.UpgradeFails, "Compile only the Apex in the package"},
		{upgrade.Report{Overcome: []*upgrade.Failure{waits}}, finding.InstallerMustAct, waits.Cure()},
	} {
		b := newBench(t)
		b.step.Report = &tt.report
		found := b.judge()
		if len(found[tt.code]) != 1 {
			t.Errorf("%s is not among %v", tt.code, found)
			continue
		}
		if f := found[tt.code][0]; tt.advice == "" || !strings.Contains(f.Advice, tt.advice) || len(f.Components) != 1 || f.Components[0].Name != "Ours" {
			t.Errorf("%s says %q of %v", tt.code, f.Advice, f.Components)
		}
	}
}
