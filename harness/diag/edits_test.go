package diag

import (
	"strings"
	"testing"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"v1.2", "v1.2", 0},
		{"v1.2", "v1.3", 1},
		{"recipe", "recipes", 1},
		{"kitten", "sitting", 3},
		{"", "abc", 3},
		{strings.Repeat("a", 201), "a", 201},
	} {
		if got := Edits(c.a, c.b); got != c.want {
			t.Errorf("Edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Edits(c.b, c.a); got != c.want {
			t.Errorf("Edits(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
