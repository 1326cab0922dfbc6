package diff_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
)

func TestParseCause(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		kind  diff.CauseKind
		words string
		class string
		line  int
	}{
		"":                            {diff.Upgrade, "", "", 0},
		"post-install script Install": {diff.Script, "post-install script Install", "", 0},
		"post-install script Install | Class.ns.Repair.run: line 12, column 1":                                 {diff.Script, "ns.Repair.run, line 12", "ns.Repair", 12},
		"post-install script Install | Trigger.ns.Guard: line 3, column 1":                                     {diff.Script, "Trigger.ns.Guard, line 3", "Trigger.ns.Guard", 3},
		"post-install script Install | BatchApex ns.Repair | Class.ns.Repair.execute: line 4, column 1":        {diff.Job, "ns.Repair.execute, line 4, job BatchApex ns.Repair", "ns.Repair", 4},
		"post-install script Install | Class.ns.Repair.run: line 12, column 1 | roll-up of ns__Invoice__c":     {diff.Automation, "roll-up of ns__Invoice__c, ns.Repair.run, line 12", "ns.Repair", 12},
		"traffic during 3: update 2 Account":                                                                   {diff.Business, "business that went on", "", 0},
		"traffic during 3: update 2 Account | Queueable ns.Notify | Class.ns.Notify.execute: line 4, column 1": {diff.Business, "business that went on", "ns.Notify", 4},
		"an admin": {diff.Other, "an admin", "", 0},
	} {
		c := diff.ParseCause(text)
		if c.Kind != want.kind || c.String() != want.words || c.Class != want.class || c.Line != want.line {
			t.Errorf("%q: %s, %q, class %q, line %d; want %+v", text, c.Kind, c, c.Class, c.Line, want)
		}
	}
}
