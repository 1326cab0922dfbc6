package plan

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// TestTwinsAreAskedOnceForEachWay asks in the first org in use of each way.
func TestTwinsAreAskedOnceForEachWay(t *testing.T) {
	t.Parallel()
	p := &Plan{}
	for _, to := range []string{"2", "3"} {
		for _, recipe := range []string{Pristine, "small", "typical", Pristine} {
			p.Scenarios = append(p.Scenarios, Scenario{Package: "p", Path: []string{"1", to}, Org: suite.Org{Recipe: recipe}, Depth: suite.Deep})
		}
	}
	p.askTwins()
	for i := range p.Scenarios {
		if want := i%4 == 1; p.Scenarios[i].Twins != want {
			t.Errorf("scenario %d: %v, want %v", i, !want, want)
		}
	}
}
