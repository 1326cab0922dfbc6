package apextest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/apextest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestProjects runs the Apex tests of the projects in testdata. Each is an
// archive of its files; "want" among them lists the tests that do not pass,
// with why.
func TestProjects(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dir, want := unpack(t, path)
			p, _, err := source.Read(t.Context(), dir, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			o, diags, err := apextest.Build(t.Context(), org.Config{Name: "Test", Seed: 1}, apextest.Set{Package: p})
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			for _, d := range diags {
				t.Error(d)
			}
			report, err := apextest.Run(t.Context(), o, apextest.Options{Package: p, Jobs: 2})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, r := range report.Results {
				if r.Kind != "" {
					got += fmt.Sprintf("%s.%s: %s: %s\n%s\n", r.Class, r.Method, r.Kind, r.Message, r.Stack)
				}
			}
			if len(report.Results) == 0 {
				t.Error("the project has no tests")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("tests that do not pass (-want +got):\n%s", diff)
			}
		})
	}
}

func unpack(t *testing.T, path string) (dir, want string) {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, f := range a.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	manifest := []byte(`<Package xmlns="http://soap.sforce.com/2006/04/metadata"><version>62.0</version></Package>`)
	if err := os.WriteFile(filepath.Join(dir, "package.xml"), manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, want
}
