package invariant

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// TestPropertyNote shows long values around their first difference, and many
// entries by their number.
func TestPropertyNote(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("the same words over and over, ", 5)
	var many []string
	for i := range 270 {
		many = append(many, fmt.Sprintf("v%d", i))
	}
	for _, tt := range []struct {
		p    metadata.PropertyChange
		want string
	}{
		{metadata.PropertyChange{Name: "length", From: "80", To: "255"}, "length: 80 → 255"},
		{metadata.PropertyChange{Name: "formula", From: long + "A", To: long + "B"},
			"formula: …same words over and over, the same words over and over, A → …"},
		{metadata.PropertyChange{Name: "picklistValues", AddedItems: many}, "picklistValues: with 270 entries (v0, v1, v2, v3, v4, …)"},
		{metadata.PropertyChange{Name: "picklistValues", RemovedItems: []string{"a"}, AddedItems: []string{"b", "c"}}, "picklistValues: without a, with b, c"},
	} {
		got := PropertyNote(tt.p)
		if tt.p.Name == "formula" {
			was, is, _ := strings.Cut(strings.TrimPrefix(got, "formula: "), " → ")
			if !strings.HasSuffix(was, "A") || !strings.HasSuffix(is, "B") || !strings.HasPrefix(was, "…") || len([]rune(got)) > 110 {
				t.Errorf("%q does not show the difference", got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("says %q, want %q", got, tt.want)
		}
	}
}
