package traffic_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/traffic"
)

// TestPlan runs the same plan on two orgs made alike: steps and outcomes are
// the same, and none is refused in an org without rules of its own.
func TestPlan(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var plans [2]*traffic.Plan
	for i := range plans {
		o, err := org.New(ctx, org.Config{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if plans[i], err = traffic.New(ctx, o, traffic.Options{Steps: 30, Empty: true}); err != nil {
			t.Fatal(err)
		}
		for {
			out, ok, err := plans[i].Next(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if out.Err != nil {
				t.Errorf("%s: %v", out.Step.Name, out.Err)
			}
		}
	}
	if d := cmp.Diff(plans[0].Outcomes, plans[1].Outcomes, cmpopts.IgnoreUnexported(traffic.Outcome{})); d != "" {
		t.Errorf("two orgs made alike had different traffic (-first +second):\n%s", d)
	}
	written := 0
	for _, out := range plans[0].Outcomes {
		written += out.Rows
	}
	if written == 0 {
		t.Error("thirty steps wrote no row")
	}
}
