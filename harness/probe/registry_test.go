package probe_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// TestRegistry holds the entries of the registry to what its readers rely on.
func TestRegistry(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, x := range probe.Experiments {
		if known[x.Name] || x.Name == "" || strings.ToLower(x.Name) != x.Name {
			t.Errorf("%q is no name of its own in lower case", x.Name)
		}
		known[x.Name] = true
		if !strings.HasSuffix(x.Asks, "?") || x.Does == "" || x.Costs == "" {
			t.Errorf("%s does not say what it does, asks and costs", x.Name)
		}
		if !suite.Deep.Reaches(x.Depth) {
			t.Errorf("%s has depth %q, which nobody reaches", x.Name, x.Depth)
		}
	}
}

// TestDepth leaves out of a quick gathering what needs more, and says so.
func TestDepth(t *testing.T) {
	t.Parallel()
	to := version(t, "1.1", metadatatest.Component(metadata.ValidationRule, "Thing__c.No_B", forbid))
	rows := "insert new ns__Thing__c(Name = 'B');"
	for depth, want := range map[suite.Depth]string{suite.Quick: "asked from --depth normal on", suite.Normal: "", suite.Deep: ""} {
		e := gatherAt(t, depth, version(t, "1.0"), to, rows, "")
		if got := e.LeftOut("script-again"); got != want {
			t.Errorf("%s leaves out script-again with %q, want %q", depth, got, want)
		}
		if len(e.SavedAgain) != 1 || len(e.SavedAgain[0].Refused) != 1 {
			t.Errorf("%s saved %v again", depth, e.SavedAgain)
		}
	}
}
