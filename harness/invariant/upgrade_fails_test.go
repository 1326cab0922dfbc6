package invariant_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// TestRefusalsTellTheirCure looks at what is said of an upgrade that was refused,
// and of one that went through when the installer chose otherwise.
func TestRefusalsTellTheirCure(t *testing.T) {
	t.Parallel()
	broken := &upgrade.Failure{Class: upgrade.OwnApexBroken, Type: upgrade.DeployError, Message: "Ours: line 1, column 1: Invalid type: Missing",
		Step: "compiling all Apex of the org", Components: []string{"ApexClass Ours"}}
	for _, tt := range []struct {
		report upgrade.Report
		code   finding.Code
	}{
		{upgrade.Report{Failure: broken}, finding.UpgradeFails},
		{upgrade.Report{Overcome: []*upgrade.Failure{broken}}, finding.InstallerMustAct},
	} {
		b := newBench(t)
		b.step.Report = &tt.report
		found := b.judge()
		if len(found[tt.code]) != 1 {
			t.Errorf("%s is not among %v", tt.code, found)
			continue
		}
		if f := found[tt.code][0]; !strings.Contains(f.Advice, "Compile only the Apex in the package") || len(f.Components) != 1 || f.Components[0].Name != "Ours" {
			t.Errorf("%s says %q of %v", tt.code, f.Advice, f.Components)
		}
	}
}
