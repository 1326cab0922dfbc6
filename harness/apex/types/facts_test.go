package types_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/facts"
)

// TestLibraryHoldsTheIndex: every type of the index of the standard library is
// embedded.
func TestLibraryHoldsTheIndex(t *testing.T) {
	t.Parallel()
	total, builtin := 0, false
	for line := range strings.Lines(string(facts.Read("apex-stdlib-index.md"))) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "## ") {
			builtin = strings.Contains(line, "(builtin)")
		}
		kind, rest, ok := strings.Cut(line, " ")
		if !ok || builtin || !strings.Contains(rest, ".") || strings.HasSuffix(rest, ".") || len(kind) != 1 || !strings.Contains("CAVIE", kind) {
			continue
		}
		name, _, _ := strings.Cut(rest, " ")
		name, _, _ = strings.Cut(name, "<")
		if total++; types.Library(name) == nil {
			t.Errorf("%s of the index is not embedded", name)
		}
	}
	if t.Logf("%d types of the index", total); total < 700 {
		t.Errorf("only %d types in the index", total)
	}
}
