package invariant

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// TestShownMess holds mess that people only see to be blamed for its own loss
// and for nothing else.
func TestShownMess(t *testing.T) {
	t.Parallel()
	field := finding.Component{Kind: "CustomField", Name: "Thing__c.Note__c"}
	for _, c := range []struct {
		code  finding.Code
		shown bool
		want  bool
	}{
		{finding.CustomisationLost, true, true},
		{finding.ValuesLeft, true, false},
		{finding.SaveBroken, true, false},
		{finding.SaveBroken, false, true},
	} {
		m := &finding.Mess{Number: "C20", Components: []finding.Component{field}, Shown: c.shown}
		f := &finding.Finding{Code: c.code, Components: []finding.Component{field}}
		if got := explains(m, f, false); got != c.want {
			t.Errorf("%s, shown %t: blamed %t, want %t", c.code, c.shown, got, c.want)
		}
	}
}
