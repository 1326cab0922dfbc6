// Package suite is what to rehearse: packages and their versions, the ways
// through them, the orgs, what is expected of the release. It is plain data,
// made from a suite file (package scenarios), from the flags of a command, or by
// a program.
//
// Check says what is wrong with a suite (check.go): names that do not resolve,
// choices that there are not. Each problem has the place in the suite that it is
// about, so that who read the suite from a file can show the line.
//
// Nothing here reads a file or knows an org; a checked suite is not changed by
// what is done with it.
package suite

import (
	"cmp"
	"slices"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Suite is what to rehearse.
type Suite struct {
	Name        string
	Description string
	File        string // for messages and reproduce commands; empty: made from flags
	Seed        uint64
	Packages    []Package
	Mirror      string // directory with clones of the addresses that packages give as path: OWNER/NAME in it
	Upgrades    []Upgrade
	Orgs        []Org
	How         How // where an upgrade does not say
	Expect      Expectations
	// Traffic is how many business transactions go on before, during and after
	// each upgrade, in each of these phases; nil for DefaultTraffic, 0 for none.
	Traffic *int
	Bare    bool // what projects deploy beside their packages is left out of the orgs
	Strict  bool // a file that can not be read ends the run, and the checker's verdict on the package's own Apex stands
	// AsyncJobs is how many asynchronous jobs follow one install before they are
	// taken for a chain without end; 0 for org.DefaultMaxJobs.
	AsyncJobs int
	// Depth is how far the experiments on an upgrade go; empty: Normal. Budget
	// is how long the search of a deep one may take; 0: DefaultBudget.
	Depth  Depth
	Budget time.Duration
	// Flags are the arguments that rebuild this suite when it has no file, for
	// reproduce commands.
	Flags []string
}

// DefaultTraffic is how many business transactions a phase has when the suite
// does not say.
const DefaultTraffic = 12

// Depth is how far the experiments on an upgrade go.
type Depth string

// The depths, from the shallowest. What one asks, so do all that go further.
const (
	// Quick reads the two versions and rehearses in one org with rows: seconds,
	// for each change that is proposed.
	Quick Depth = "quick"
	// Normal rehearses in every org of the suite, with every experiment.
	Normal Depth = "normal"
	// Deep searches for as long as the budget allows.
	Deep Depth = "deep"
)

// Depths are the depths, from the shallowest.
var Depths = []Depth{Quick, Normal, Deep}

// DefaultBudget is how long a deep rehearsal searches when nobody says.
const DefaultBudget = 10 * time.Minute

// Reaches reports whether a rehearsal of this depth carries out what needs
// another.
func (d Depth) Reaches(needed Depth) bool {
	return slices.Index(Depths, cmp.Or(d, Normal)) >= slices.Index(Depths, needed)
}

// HowDeep is the depth of the suite.
func (s *Suite) HowDeep() Depth { return cmp.Or(s.Depth, Normal) }

// Searches is how long each scenario may search; 0 where the suite is not deep.
func (s *Suite) Searches() time.Duration {
	if s.HowDeep() != Deep {
		return 0
	}
	return cmp.Or(s.Budget, DefaultBudget)
}

// Bounds of numbers that a suite file and flags give.
const (
	MaxRecords = 5_000_000 // of each object of an org
	MaxSeed    = 1<<53 - 1 // what every reader of result.json reads exactly
)

// Package is one package: where its source is and what the project files do not
// say.
type Package struct {
	Name        string
	Path        string // directory, zip, work tree, bare repository, or the address of one
	Display     string // Path as the user wrote it
	Versions    []Version
	Namespace   string
	Kind        metadata.PackageKind // Undeclared: what the source says
	PostInstall string               // class; empty: what the source says
	Sources     []string             // folders in it; empty: what the project files say
	DependsOn   []string             // "name@version": packages of the suite installed first
	Renamed     bool                 // its versions have different namespaces, and are one package all the same
	At          string               // where the suite says it, see Problem; empty: by its index
}

// Version is one version of a package: a ref of the package's path, or a path of
// its own.
type Version struct {
	Name   string
	Path   string // own path; empty: the package's
	Ref    string
	Folder string
	Number string // "1.3.0": overrides what the project files say
}

// Upgrade is one way through versions of a package, oldest first. A suite with
// several "from" has one Upgrade for each.
type Upgrade struct {
	Package string
	Path    []string // names of versions, at least two
	Orgs    []string // names; empty: all orgs of the suite
	How     How      // of this way alone; what is empty is the suite's
	At      string   // where the suite says it, see Problem; empty: by its index
	Where   string   // the same for people: "suite.yaml:12:5"; empty for a suite made from flags
}

// How is how upgrades are started.
type How struct {
	Modes    []install.Mode // each is a scenario of its own; empty: manual
	Security install.Security
	Removal  install.Removal
}

// Org is one simulated org.
type Org struct {
	Name        string
	Description string
	Recipe      string   // empty where there is a File
	Records     int      // of each object; 0: the recipe's own
	Seed        *uint64  // nil: derived from the suite's seed and the name
	Features    []string // of package schema, such as "MultiCurrency"
	Edition     string   // "Developer Edition"; empty: Enterprise Edition
	Mess        []Mess   // on top of the recipe, sorted by number
	File        string   // an .org file instead of a recipe
	// Traffic overrides the suite's. When it is set, users work in an org
	// without rows as well.
	Traffic *int
	At      string // where the suite says it, see Problem; empty: by its index
}

// Mess is one kind of mess as a recipe or a suite asks for it.
type Mess struct {
	Number string // of the catalogue: "A1"
	Off    bool
	Rate   float64 // share of rows, 0..1; 0: the kind's own
}

// Expectations are what the suite knows about the release.
type Expectations struct {
	PostInstall bool // each target version must have a post-install class
	Invariants  []Rule
	Changes     []Change // when set, any other record change is a finding
	Strict      bool     // Changes was given, even if empty
	FreshOff    bool     // upgraded-equals-fresh is not asked
	Allow       []Allow
	// FailOn is the least severity that makes a build fail; empty: major.
	FailOn finding.Severity
}

// FailsOn is the least severity that makes a build fail.
func (e *Expectations) FailsOn() finding.Severity { return cmp.Or(e.FailOn, finding.Major) }

// Rule is one expectation: a query, and an expression that must be true for each
// row (or for the whole answer).
type Rule struct {
	Name    string
	SOQL    string
	Each    string // CEL over "row" (and "before", the same record before the upgrade)
	That    string // CEL over "rows" and "count"
	Message string
	Mends   bool     // the release is meant to make it hold where it did not
	Orgs    []string // patterns; empty: all
}

// Change is a change that the release makes on purpose.
type Change struct {
	Object   string
	Fields   []string // empty: any
	Kind     RowChange
	Required bool   // its absence is a finding
	When     string // CEL over "before" and "after", must be true for the change to be the expected one
	Orgs     []string
}

// RowChange is what happens to a record.
type RowChange string

// The changes of a record.
const (
	AnyChange RowChange = ""
	Inserted  RowChange = "inserted"
	Updated   RowChange = "updated"
	Deleted   RowChange = "deleted"
)

// Allow lets findings pass that are known and accepted.
type Allow struct {
	Code   string
	Orgs   []string
	Reason string
	// Upgrades, Components, Objects and Properties narrow it: "1.0 to 1.3",
	// "CustomField Rental__c.*" (with or without the namespace), "ns__Rental__c",
	// "inlineHelpText"; * stands for any characters. Empty: all.
	Upgrades, Components, Objects, Properties []string
	Until                                     string // last day on which it counts, "2026-12-31"; empty: for ever
	Issue                                     string // where the finding is followed up
	Where                                     string // "suite.yaml:12:5"; empty for a suite made from flags
}

// Expired reports whether an acceptance counts no more on a day, "2026-12-31".
func (a *Allow) Expired(today string) bool { return a.Until != "" && a.Until < today }

// Package finds a package by name, or nil.
func (s *Suite) Package(name string) *Package {
	for i := range s.Packages {
		if s.Packages[i].Name == name {
			return &s.Packages[i]
		}
	}
	return nil
}

// AsItIs names the version of a package of which only the directory is given.
const AsItIs = "source"

// Version finds the version called name. A name that the package does not list
// is a ref of its path.
func (p *Package) Version(name string) Version {
	for _, v := range p.Versions {
		if v.Name == name {
			return v
		}
	}
	return Version{Name: name, Ref: name}
}

// Numbered is the number of a version, of which the project files say one or
// nothing (the zero Version): see metadata.NumberOf.
func (v Version) Numbered(files metadata.Version) (metadata.Version, bool) {
	return metadata.NumberOf(v.Number, files, v.Name, v.Ref)
}

// Installs are the ways in which an upgrade is started, as the installer takes
// them. Whoever installs by hand does what a refusal asks for, and an org gets
// what a package requires, as administrators would see to it.
func (s *Suite) Installs(u *Upgrade) []install.Options {
	modes := u.How.Modes
	if len(modes) == 0 {
		modes = s.How.Modes
	}
	if len(modes) == 0 {
		modes = []install.Mode{install.Manual}
	}
	var list []install.Options
	for _, mode := range modes {
		opt := install.Options{Mode: mode, Comply: true, StandIns: true,
			Security: cmp.Or(u.How.Security, s.How.Security), Removal: cmp.Or(u.How.Removal, s.How.Removal)}
		list = append(list, opt.WithDefaults())
	}
	return list
}

// TrafficIn is how many business transactions a phase has in an org.
func (s *Suite) TrafficIn(o *Org) int {
	switch {
	case o.Traffic != nil:
		return *o.Traffic
	case s.Traffic != nil:
		return *s.Traffic
	default:
		return DefaultTraffic
	}
}
