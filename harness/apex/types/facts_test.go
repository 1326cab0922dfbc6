package types_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// TestLibraryHoldsTheIndex: every type of the index of the standard library is
// embedded, where the facts are at hand (REHEARSAL_FACTS).
func TestLibraryHoldsTheIndex(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("REHEARSAL_FACTS")
	if dir == "" {
		t.Skip("REHEARSAL_FACTS names no directory of facts")
	}
	file, err := os.Open(filepath.Join(dir, "apex-stdlib-index.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	total, builtin := 0, false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
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
