// Package harness is the public face of Rehearsal: a Suite says what to
// rehearse, a Plan lists every scenario as data, Run carries them out and a
// Result says what was found.
//
// The machine: NewPlan crosses the upgrades of a suite with its orgs and modes
// and gives each scenario a seed derived from the suite's (plan.go). Run reads
// each package version once, then runs the scenarios concurrently (runner.go);
// one scenario builds its org, installs the old version, keeps a fork, goes
// through the upgrade steps, compares and judges (rehearse.go). Orgs come from
// a Builder (build.go), which the command line wires.
//
// A plan is the same for the same suite and seed, and so is a result except for
// its Timing: scenarios share no state but frozen packages, and the order in
// which they finish does not show. A scenario that fails or panics ends as
// "could not run" and stops no other; a cancelled context leaves a result of
// what ran.
//
// Left out: reading suite files (package scenarios), making orgs (package
// fixtures) and writing documents (package reports).
package harness

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// Mode is how an upgrade reaches the org.
type Mode string

// The modes.
const (
	Manual Mode = "manual" // an admin of the org installs it
	Push   Mode = "push"   // the publisher pushes it
)

// Suite is what to rehearse. It is plain data, validated by whoever made it,
// and not changed by a run.
type Suite struct {
	Name        string
	Description string
	File        string // for messages and reproduce commands; empty: made from flags
	Seed        uint64
	Packages    []PackageSpec
	Bare        bool   // what projects deploy beside their packages is left out of the orgs
	Strict      bool   // a file that can not be read ends the run, and the checker's verdict on the package's own Apex stands
	Mirror      string // directory with clones of the addresses that packages give as path: OWNER/NAME in it
	Upgrades    []UpgradeSpec
	Orgs        []OrgSpec
	Modes       []Mode // empty: manual
	Security    string // who gets access to new components: "admins" or "all"; empty: admins
	Removal     string // unlocked packages: "mixed", "delete-only" or "deprecate-only"; empty: mixed
	Expect      Expectations
	// Traffic is how many business transactions go on before, during and after
	// each upgrade, in each of these phases; nil for DefaultTraffic, 0 for none.
	Traffic *int
	// Flags are the arguments that rebuild this suite when it has no file, for
	// reproduce commands.
	Flags []string
}

// PackageSpec is one package: where its source is and what the project files
// do not say.
type PackageSpec struct {
	Name        string
	Path        string // directory, zip, work tree or bare repository
	Display     string // Path as the user wrote it
	Versions    []VersionSpec
	Namespace   string
	Kind        string // "", managed, unlocked, unmanaged
	PostInstall string
	Sources     []string
	DependsOn   []string // "name@version": packages of the suite installed first
}

// VersionSpec is one version of a package: a ref of the package's path, or a
// path of its own.
type VersionSpec struct {
	Name   string
	Path   string // own path; empty: the package's
	Ref    string
	Folder string
	Number string // "1.3.0": overrides what the project files say
}

// UpgradeSpec is one way through versions of a package, oldest first. A suite
// with several "from" has one UpgradeSpec for each.
type UpgradeSpec struct {
	Orgs    []string // names; empty: all orgs of the suite
	Package string
	Path    []string
	// Of this way alone; empty: those of the suite.
	Modes    []Mode
	Security string
	Removal  string
}

// OrgSpec is one simulated org.
type OrgSpec struct {
	Name        string
	Description string
	Recipe      string
	Records     int     // 0: the recipe's own
	Seed        *uint64 // nil: derived from the suite's seed and the name
	Features    []string
	Edition     string        // "Developer Edition"; empty: Enterprise Edition
	Mess        []MessSetting // on top of the recipe, sorted by number
	File        string        // an .org file instead of a recipe
	// Traffic overrides the suite's. When it is set, users work in an org
	// without rows as well.
	Traffic *int
}

// MessSetting turns one kind of mess on or off.
type MessSetting struct {
	Number string
	On     bool
	Rate   float64 // share of rows, 0..1; 0: the kind's own
}

// Expectations are what the suite knows about the release.
type Expectations struct {
	PostInstall bool // each target version must have a post-install class
	Invariants  []RuleSpec
	Changes     []ChangeSpec // when set, any other record change is a finding
	Strict      bool         // Changes was given, even if empty
	FreshOff    bool         // upgraded-equals-fresh is not asked
	Allow       []AllowSpec
}

// RuleSpec is one expectation: a query, and an expression that must be true
// for each row (or for the whole answer).
type RuleSpec struct {
	Name    string
	SOQL    string
	Each    string // CEL over "row" (and "before", the same record before the upgrade)
	That    string // CEL over "rows" and "count"
	Message string
	Orgs    []string // patterns; empty: all
}

// ChangeSpec is a change that the release makes on purpose.
type ChangeSpec struct {
	Object   string
	Fields   []string // empty: any
	Kind     string   // "", inserted, updated, deleted
	Required bool     // its absence is a finding
	When     string   // CEL over "before" and "after", must be true for the change to be the expected one
	Orgs     []string
}

// AllowSpec lets findings pass that are known and accepted.
type AllowSpec struct {
	Code   string
	Orgs   []string
	Reason string
	// Upgrades, Components, Objects and Properties narrow it: "1.0 to 1.3",
	// "CustomField Rental__c.*" (with or without the namespace), "ns__Rental__c",
	// "inlineHelpText"; * stands for any characters. Empty: all.
	Upgrades, Components, Objects, Properties []string
}

// Package finds a package by name, or nil.
func (s *Suite) Package(name string) *PackageSpec {
	for i := range s.Packages {
		if s.Packages[i].Name == name {
			return &s.Packages[i]
		}
	}
	return nil
}

// AsItIs names the version of a package of which only the directory is given.
const AsItIs = "source"

// IsAddress reports whether a path is the address of a repository on a server,
// which Suite.Mirror must hold a clone of.
func IsAddress(path string) bool { return source.IsAddress(path) }

// NameOf is what a package is called by its path when nothing names it.
func NameOf(path string) string { return source.NameOf(path) }

// Version finds the version called name. A name that the package does not list
// is a ref of its path.
func (p *PackageSpec) Version(name string) VersionSpec {
	for _, v := range p.Versions {
		if v.Name == name {
			return v
		}
	}
	return VersionSpec{Name: name, Ref: name}
}

// Check finds contradictions that a schema can not: names that do not resolve.
func (s *Suite) Check() error {
	switch {
	case len(s.Packages) == 0:
		return fmt.Errorf("suite %s: no package; add one under packages", s.Name)
	case len(s.Upgrades) == 0:
		return fmt.Errorf("suite %s: no upgrade; add one under upgrades", s.Name)
	case len(s.Orgs) == 0:
		return fmt.Errorf("suite %s: no org; add one under orgs", s.Name)
	}
	for _, u := range s.Upgrades {
		if s.Package(u.Package) == nil {
			return fmt.Errorf("suite %s: upgrade of package %q, which is not under packages", s.Name, u.Package)
		}
		if len(u.Path) < 2 {
			return fmt.Errorf("suite %s: upgrade of %s needs a version to start from and one to go to", s.Name, u.Package)
		}
	}
	seen := map[string]bool{}
	for _, o := range s.Orgs {
		if seen[o.Name] {
			return fmt.Errorf("suite %s: two orgs are called %q; give each a name of its own", s.Name, o.Name)
		}
		seen[o.Name] = true
	}
	for _, u := range s.Upgrades {
		for _, name := range u.Orgs {
			if !seen[name] {
				return fmt.Errorf("suite %s: upgrade of %s in org %q, which is not under orgs", s.Name, u.Package, name)
			}
		}
	}
	return nil
}
