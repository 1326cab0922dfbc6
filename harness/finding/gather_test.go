package finding_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// lost is a finding about one component of the subscriber.
func lost(name string) finding.Finding {
	f := finding.New(finding.CustomisationLost, name+" is gone")
	f.Several = "{n} components are gone"
	f.Message = "label: a → b"
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomLabel " + name}
	f.Components = []finding.Component{{Kind: "CustomLabel", Name: name}}
	return f
}

// broken is a finding about rows of one object, refused by one rule.
func broken(object, rule string) finding.Finding {
	f := finding.New(finding.SaveBroken, object+" can not be saved")
	f.Several = "{n} objects can not be saved"
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: rule}
	f.Rows = []finding.Rows{{Object: object, Count: 2, Sample: []finding.Row{{ID: "1"}, {ID: "2"}}}}
	return f
}

func TestGather(t *testing.T) {
	t.Parallel()
	blamed := lost("D")
	blamed.Mess = []finding.Mess{{Number: "C1"}}
	alone := finding.New(finding.LimitsTight, "same")
	for name, tt := range map[string]struct {
		in   []finding.Finding
		want []string // title, rows and components
	}{
		"nothing":           {},
		"one stays":         {[]finding.Finding{lost("A")}, []string{"A is gone, 0 rows, 1 components, ×0"}},
		"over components":   {[]finding.Finding{lost("A"), lost("B"), lost("C")}, []string{"3 components are gone, 0 rows, 3 components, ×3"}},
		"not over mess":     {[]finding.Finding{lost("A"), blamed}, []string{"A is gone, 0 rows, 1 components, ×0", "D is gone, 0 rows, 1 components, ×0"}},
		"over objects":      {[]finding.Finding{broken("A", "rule"), broken("B", "rule")}, []string{"2 objects can not be saved, 4 rows, 0 components, ×2"}},
		"not over causes":   {[]finding.Finding{broken("A", "rule"), broken("B", "other")}, []string{"A can not be saved, 2 rows, 0 components, ×0", "B can not be saved, 2 rows, 0 components, ×0"}},
		"never without why": {[]finding.Finding{alone, alone}, []string{"same, 0 rows, 0 components, ×0", "same, 0 rows, 0 components, ×0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range finding.Gather(tt.in) {
				rows := 0
				for _, r := range f.Rows {
					rows += r.Count
				}
				got = append(got, fmt.Sprintf("%s, %d rows, %d components, ×%d", f.Title, rows, len(f.Components), f.Count))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
