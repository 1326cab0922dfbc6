package lint_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/lint"
)

// TestMutations changes one package in every way of testdata/mutations.txt: what
// the platform refuses or subscribers suffer from is found at its line, and what
// does no harm is not.
func TestMutations(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/mutations.txt")
	if err != nil {
		t.Fatal(err)
	}
	base := map[string]string{}
	for _, f := range archive.Files {
		if path, ok := strings.CutPrefix(f.Name, "base/"); ok {
			base[path] = string(f.Data)
		}
	}
	old := readFiles(t, base)
	if r := lint.Check([]lint.Old{{Name: "old", Package: old}}, "new", readFiles(t, raised(base))); len(r.Problems) > 0 {
		t.Fatalf("the package itself has problems: %v", r.Problems)
	}
	for _, f := range archive.Files {
		head, name, ok := strings.Cut(f.Name, ": ")
		if !ok || strings.HasPrefix(f.Name, "base/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, at := mutate(t, raised(base), string(f.Data))
			r := lint.Check([]lint.Old{{Name: "old", Package: old}}, "new", readFiles(t, files))
			if head == "harmless" {
				for _, p := range r.Problems {
					if p.Effect == lint.Refused || p.Effect == lint.Breaks {
						t.Errorf("%s %s at %s: %s", p.Effect, p.Code, p.Span, p.Message)
					}
				}
				return
			}
			codes := strings.Split(strings.TrimPrefix(head, "finds "), " or ")
			found := slices.DeleteFunc(slices.Clone(r.Problems), func(p lint.Problem) bool { return !slices.Contains(codes, string(p.Code)) })
			if len(found) == 0 {
				t.Fatalf("not found; reported are %v", r.Problems)
			}
			if at != "" && !slices.ContainsFunc(found, func(p lint.Problem) bool { return strings.Contains(lineAt(files, p.Span), at) }) {
				t.Errorf("found at %s, not where it says %q", found[0].Span, at)
			}
		})
	}
}

// raised is a package with the next number.
func raised(files map[string]string) map[string]string {
	next := maps.Clone(files)
	next["sfdx-project.json"] = strings.Replace(next["sfdx-project.json"], "1.0.0.NEXT", "1.1.0.NEXT", 1)
	return next
}

// mutate carries out a mutation, and gives the word of the line that is wrong.
func mutate(t *testing.T, files map[string]string, script string) (_ map[string]string, at string) {
	t.Helper()
	var lines []string
	if script != "" {
		lines = strings.Split(strings.TrimSuffix(script, "\n"), "\n")
	}
	text := func(prefix string) string {
		var part []string
		for len(lines) > 0 && strings.HasPrefix(lines[0], prefix) {
			part, lines = append(part, lines[0][len(prefix):]), lines[1:]
		}
		return strings.Join(part, "\n")
	}
	for len(lines) > 0 {
		verb, path, _ := strings.Cut(lines[0], " ")
		lines = lines[1:]
		switch verb {
		case "at":
			at = path
		case "remove":
			n := len(files)
			maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, path) })
			if len(files) == n {
				t.Fatalf("nothing to remove at %s", path)
			}
		case "add":
			files[path] = text("+ ") + "\n"
		case "edit":
			from, to := text("- "), text("+ ")
			if !strings.Contains(files[path], from) {
				t.Fatalf("%s does not say %q", path, from)
			}
			files[path] = strings.Replace(files[path], from, to, 1)
		default:
			t.Fatalf("no verb %q", verb)
		}
	}
	return files, at
}

func lineAt(files map[string]string, at diag.Span) string {
	lines := strings.Split(files[at.File], "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	return lines[at.Line-1]
}

func readFiles(t *testing.T, files map[string]string) *metadata.Package {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, _, err := source.Read(t.Context(), dir, source.Options{Kind: metadata.Managed, Markup: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGatesOfUnknownVersions leaves open which branches of the script a version
// without a number takes.
func TestGatesOfUnknownVersions(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/mutations.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		if path, ok := strings.CutPrefix(f.Name, "base/"); ok {
			files[path] = strings.Replace(string(f.Data), `"versionNumber":"1.0.0.NEXT",`, "", 1)
		}
	}
	p := readFiles(t, files)
	if !p.Version.IsZero() {
		t.Fatalf("the version is %s", p.Version)
	}
	r := lint.Check([]lint.Old{{Name: "old", Package: p}}, "new", p)
	if len(r.Problems) > 0 || len(r.Gates) != 1 || len(r.Gates[0].Open) != 2 {
		t.Errorf("problems %v, gates %+v", r.Problems, r.Gates)
	}
}
