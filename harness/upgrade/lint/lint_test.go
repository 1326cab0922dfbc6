package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// TestCheck runs testdata/*.txtar: the files of an old and a new version, and
// what is to be found: "effect code Kind Name file:line". A "#" line of the
// expectation names the source of the rules.
func TestCheck(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			want := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				path := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			kind := metadata.Managed
			if strings.Contains(file, "unlocked") {
				kind = metadata.Unlocked
			}
			old := []lint.Old{{Name: "old", Package: read(t, dir, "old", kind)}}
			if _, err := os.Stat(filepath.Join(dir, "older")); err == nil {
				old = slices.Insert(old, 0, lint.Old{Name: "older", Package: read(t, dir, "older", kind)})
			}
			r := lint.Check(old, "new", read(t, dir, "new", kind))
			if diff := cmp.Diff(uncommented(want), reported(r)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func read(t *testing.T, dir, version string, kind metadata.PackageKind) *metadata.Package {
	t.Helper()
	p, _, err := source.Read(t.Context(), filepath.Join(dir, version), source.Options{Kind: kind, Markup: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func uncommented(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func reported(r *lint.Report) []string {
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s:%d", p.Effect, p.Code, p.Kind, p.Name, filepath.Base(p.Span.File), p.Span.Line))
	}
	for _, g := range r.Gates {
		lines = append(lines, fmt.Sprintf("gate %s: taken %v, not taken %v, open %v", g.Condition, g.Taken, g.Passed, g.Open))
	}
	return lines
}

// TestRules holds the table of rules together: every code once, every entry
// whole.
func TestRules(t *testing.T) {
	t.Parallel()
	seen := map[lint.Code]bool{}
	for _, r := range lint.Rules {
		if seen[r.Code] || r.Why == "" || r.Recipe == "" || r.Source() == "" || r.Effect == "" {
			t.Errorf("rule %s is there twice or not whole", r.Code)
		}
		seen[r.Code] = true
	}
}

// TestEveryRuleHasACase looks for each code among the expectations of the cases.
func TestEveryRuleHasACase(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.tx*")
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if head, _, ok := strings.Cut(f.Name, ": "); ok {
				for code := range strings.SplitSeq(strings.TrimPrefix(head, "finds "), " or ") {
					wanted[code] = true
				}
			}
			if f.Name == "want" {
				for _, line := range uncommented(string(f.Data)) {
					if words := strings.Fields(line); len(words) > 1 {
						wanted[words[1]] = true
					}
				}
			}
		}
	}
	for _, r := range lint.Rules {
		if !wanted[string(r.Code)] {
			t.Errorf("no case expects %s", r.Code)
		}
	}
}
