package harness

import (
	"os"
	"strings"
	"testing"
)

// TestDependenciesAreJustified demands a line of RATIONALE.md for every direct
// dependency, and no line for one that is gone.
func TestDependenciesAreJustified(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	why, err := os.ReadFile("RATIONALE.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := map[string]bool{}
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && strings.HasPrefix(line, "\t") && strings.Contains(fields[0], "/") {
			direct[fields[0]] = true
		}
	}
	justified := map[string]bool{}
	for line := range strings.Lines(string(why)) {
		cells := strings.Split(line, "|")
		if len(cells) == 4 && strings.Contains(cells[1], ".") && strings.Contains(cells[1], "/") {
			justified[strings.TrimSpace(cells[1])] = true
		}
	}
	for module := range direct {
		if !justified[module] {
			t.Errorf("%s has no line in RATIONALE.md", module)
		}
	}
	for module := range justified {
		if !direct[module] {
			t.Errorf("%s stands in RATIONALE.md and is no direct dependency", module)
		}
	}
}
