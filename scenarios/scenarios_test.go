package scenarios_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
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
	planned, err := plan.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(planned.Scenarios) < 7 {
		t.Errorf("the plan has %d scenarios", len(planned.Scenarios))
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
	if o := s.Orgs[0]; o.Recipe != "small" || len(o.Mess) != 4 || o.Mess[0] != (suite.Mess{Number: "A4", Off: true}) || o.Mess[1].Rate != 0.2 || o.Mess[2].Off {
		t.Errorf("org is %+v", o)
	}
	if s.Packages[0].Path != "/base" || s.Name != "s" {
		t.Errorf("package at %q, suite %q", s.Packages[0].Path, s.Name)
	}
}

// TestWholeSuite reads a suite in which packages have sources of their own,
// ways have versions between, and orgs an edition.
func TestWholeSuite(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("s.yaml", []byte(`
mirror: clones
depth: quick
security: all
packages:
  - name: p
    path: https://github.com/acme/p
    versions: {"1.0": {ref: rel/1.0}, "1.1": {ref: rel/1.1}, "1.2.1": {ref: patch, number: 1.2.1}}
    dependsOn:
      - {path: git@github.com:acme/base.git, version: rel/3, namespace: b, kind: managed}
      - {name: other, path: ../other, version: 2.0, folder: sub, number: 2.0.0}
upgrades:
  - {from: [1.0, 1.1], to: 1.2.1, modes: [push]}
  - {from: 1.0, via: [1.1], to: 1.2.1, security: admins, removal: delete-only}
orgs: [{name: pristine, edition: Developer Edition, features: [MultiCurrency]}]
expect: {fresh: off}
`), "/base")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"p https://github.com/acme/p [base@rel/3 other@2.0]",
		"base git@github.com:acme/base.git []",
		"other /other []",
		"[1.0 1.2.1] [push]  ", "[1.1 1.2.1] [push]  ", "[1.0 1.1 1.2.1] [] admins delete-only",
	}
	var got []string
	for _, p := range s.Packages {
		got = append(got, fmt.Sprint(p.Name, " ", p.Path, " ", p.DependsOn))
	}
	for _, u := range s.Upgrades {
		got = append(got, fmt.Sprint(u.Path, " ", u.How.Modes, " ", u.How.Security, " ", u.How.Removal))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if s.Mirror != "/base/clones" || s.Depth != suite.Quick || s.How.Security != "all" || s.Orgs[0].Edition != "Developer Edition" || !s.Expect.FreshOff {
		t.Errorf("mirror %q, security %q, org %+v, expect %+v", s.Mirror, s.How.Security, s.Orgs[0], s.Expect)
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

// TestByteOrderMark reads a suite as editors of Windows save it: the mark is no
// part of the first key, and columns are counted without it.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	text := "name: marked\npackages: [{name: p, path: .}]\nupgrades: [{from: [1], to: 2}]\norgs: [{name: small}]\n"
	s, err := scenarios.Parse("s.yaml", []byte("\ufeff"+text), "/base")
	if err != nil || s.Name != "marked" {
		t.Fatalf("suite %v, error %v", s, err)
	}
	_, err = scenarios.Parse("s.yaml", []byte("\ufeffnmae: x\n"), "/base")
	if err == nil || strings.Contains(err.Error(), "ufeff") || strings.Contains(err.Error(), "\ufeff") || !strings.Contains(err.Error(), "s.yaml:1:1:") {
		t.Errorf("message %v", err)
	}
}

// TestFileWithoutEnd loads a device, which does not say how long it is.
func TestFileWithoutEnd(t *testing.T) {
	t.Parallel()
	const endless = "/dev/zero"
	if _, err := os.Stat(endless); err != nil {
		t.Skip("this system has no " + endless)
	}
	if _, err := scenarios.Load(endless); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("message %v", err)
	}
}

// TestBoundsAreOne holds the bounds of a suite file against those of flags.
func TestBoundsAreOne(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"seed: " + strconv.Itoa(suite.MaxSeed), "orgs: [{name: small, records: " + strconv.Itoa(suite.MaxRecords) + "}]"} {
		text := "packages: [{name: p, path: .}]\nupgrades: [{from: [1], to: 2}]\n"
		if !strings.HasPrefix(line, "orgs") {
			text += "orgs: [{name: small}]\n"
		}
		if _, err := scenarios.Parse("s.yaml", []byte(text+line+"\n"), "/base"); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		end := strings.TrimSuffix(line, "}]")
		n, err := strconv.Atoi(end[strings.LastIndex(end, " ")+1:])
		if err != nil {
			t.Fatal(err)
		}
		beyond := strings.Replace(line, strconv.Itoa(n), strconv.Itoa(n+1), 1)
		if _, err := scenarios.Parse("s.yaml", []byte(text+beyond+"\n"), "/base"); err == nil {
			t.Errorf("%s is accepted", beyond)
		}
	}
}
