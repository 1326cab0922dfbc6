package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// TestPairs rehearses small pairs of versions that have one defect each, and
// their twins that do not have it. A file of testdata/pairs holds the old version
// below old/, the new one with the defect below new/ and the one without below
// twin/; what is not in twin/ is as in new/, and an empty file there is none. The
// file "finds" is an expression over "code severity title message": the pair has
// such a finding, the twin has none. The file "orgs" names the recipes, "small"
// without it; "namespace" makes the package a managed one.
func TestPairs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/pairs/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pairs: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			finds, orgs := layOut(t, dir, a)
			for version, want := range map[string]bool{"new": true, "twin": false} {
				got := findingsOf(t, dir, version, orgs)
				found := regexp.MustCompile(finds).MatchString(got)
				if found != want {
					t.Errorf("%s: found %v, want %v: %s\n%s", version, found, want, finds, got)
				}
			}
		})
	}
}

// classMeta describes a class of a pair that has no description of its own.
const classMeta = `<ApexClass xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>62.0</apiVersion><status>Active</status></ApexClass>`

// layOut writes the three versions of a pair.
func layOut(t *testing.T, dir string, a *txtar.Archive) (finds string, orgs []string) {
	t.Helper()
	write := func(name string, data []byte) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	namespace := ""
	versions := map[string]map[string][]byte{"old": {}, "new": {}, "twin": {}}
	for _, f := range a.Files {
		version, name, ok := strings.Cut(f.Name, "/")
		switch {
		case ok && version == "new":
			versions["twin"][name] = f.Data
			fallthrough
		case ok:
			versions[version][name] = f.Data
		case f.Name == "finds":
			finds = strings.TrimSpace(string(f.Data))
		case f.Name == "namespace":
			namespace = strings.TrimSpace(string(f.Data))
		case f.Name == "orgs":
			orgs = strings.Fields(string(f.Data))
		}
	}
	for version, files := range versions {
		number := map[string]string{"old": "1.0.0.1"}[version]
		if number == "" {
			number = "1.1.0.1"
		}
		write(filepath.Join(dir, version, "sfdx-project.json"), fmt.Appendf(nil,
			`{"packageDirectories":[{"path":"src","package":"sample","versionNumber":%q,"default":true}],"namespace":%q,"sourceApiVersion":"62.0"}`, number, namespace))
		for name, data := range files {
			if len(bytes.TrimSpace(data)) == 0 {
				continue
			}
			at := filepath.Join(dir, version, filepath.FromSlash(name))
			write(at, data)
			if strings.HasSuffix(name, ".cls") {
				write(at+"-meta.xml", []byte(classMeta))
			}
		}
	}
	return finds, orgs
}

// findingsOf rehearses the upgrade from old to a version and lists what is found,
// a line each.
func findingsOf(t *testing.T, dir, version string, orgs []string) string {
	t.Helper()
	suite := "seed: 5\npackages:\n  - name: sample\n    path: .\n    versions:\n      old: {path: old}\n      next: {path: " + version + "}\nupgrades:\n  - {from: old, to: next}\norgs:\n"
	if len(orgs) == 0 {
		orgs = []string{"small"}
	}
	for _, o := range orgs {
		suite += "  - {name: " + o + ", recipe: " + o + "}\n"
	}
	file := filepath.Join(dir, version+".yaml")
	if err := os.WriteFile(file, []byte(suite), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out-"+version)
	var errs bytes.Buffer
	code := execute(context.Background(), []string{"run", file, "--out", out}, strings.NewReader(""), io.Discard, &errs)
	if code != exitFindings && code != 0 {
		t.Fatalf("%s: exit status %d:\n%s", version, code, &errs)
	}
	var b strings.Builder
	r, _ := resultOf(t, out)
	for i := range r.Scenarios {
		list(&b, &r.Scenarios[i])
	}
	return b.String()
}

func list(b *strings.Builder, sc *result.Scenario) {
	for _, f := range sc.Findings {
		fmt.Fprintf(b, "%s %s %s %s\n", f.Code, f.Severity, f.Title, strings.ReplaceAll(f.Message, "\n", "; "))
	}
}
