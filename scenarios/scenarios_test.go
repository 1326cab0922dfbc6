package scenarios_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

var update = flag.Bool("update", false, "write what is found as what is wanted")

// TestMessages runs testdata/bad: each file has a suite and what is said about it.
func TestMessages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = scenarios.Parse("suite.yaml", archive.Files[0].Data, "/somewhere")
			got := "nothing\n"
			if err != nil {
				got = err.Error() + "\n"
			}
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) < 2 || string(archive.Files[1].Data) != got {
				t.Errorf("got:\n%s\nwant:\n%s", got, archive.Files[len(archive.Files)-1].Data)
			}
		})
	}
}

func TestQuickstart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := scenarios.Builtin(scenarios.Quickstart, dir)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Package("toolshed")
	if p == nil || len(p.Versions) < 4 {
		t.Fatalf("the sample package has %v", p)
	}
	for _, v := range p.Versions {
		if _, err := os.Stat(filepath.Join(v.Path, "sfdx-project.json")); err != nil {
			t.Errorf("version %s: %v", v.Name, err)
		}
	}
	plan, err := harness.NewPlan(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Scenarios) < 7 {
		t.Errorf("the plan has %d scenarios", len(plan.Scenarios))
	}
}

func TestVersionsStayAsWritten(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("s.yaml", []byte("packages: [{name: p, path: .}]\nupgrades: [{from: [1.10, v2], to: 3}]\norgs: [{name: small, mess: {C1: on, B5: 0.2, A4: off, E2: {rate: 0.5}}}]\n"), "/base")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Upgrades[0].Path[0]; got != "1.10" {
		t.Errorf("from is %q", got)
	}
	if len(s.Upgrades) != 2 || s.Upgrades[1].Path[1] != "3" {
		t.Errorf("upgrades are %v", s.Upgrades)
	}
	if o := s.Orgs[0]; o.Recipe != "small" || len(o.Mess) != 4 || o.Mess[0] != (harness.MessSetting{Number: "A4"}) || o.Mess[1].Rate != 0.2 || !o.Mess[2].On {
		t.Errorf("org is %+v", o)
	}
	if s.Packages[0].Path != "/base" || s.Name != "s" {
		t.Errorf("package at %q, suite %q", s.Packages[0].Path, s.Name)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range scenarios.Builtins() {
		text, _ := scenarios.Text(name)
		f.Add(text)
	}
	f.Add([]byte("orgs: [{name: a\n\tx"))
	f.Add([]byte("a: &x [*x]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := scenarios.Parse("suite.yaml", data, "."); err == nil && s.Check() != nil {
			t.Error("accepted and contradictory")
		}
	})
}
