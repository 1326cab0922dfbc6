package probe

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// Evidence is what there is to judge by: what a rehearsal recorded and what the
// experiments gave. It holds values, no org.
type Evidence struct {
	From, To      *metadata.Package
	Steps         []Step
	Diff          *diff.Diff
	Mess          []finding.Mess
	Skipped       []string
	Broken        []Broken
	Worked        bool
	Before, After State

	OldOrgs // what is learned of rows and records that are older than the upgrade

	NotMade       []NotMade // by step
	Static        Static
	SavedAgain    []SavedAgain // by object, in the order in which they were tried
	OwnTabs       []OwnTab
	EdgeRows      EdgeRows
	OldRows       OldRows
	Compiled      Compiled
	OldTests      OldTests
	OldCallers    OldCallers
	SurvivingJobs []SurvivingJob // by class
	Gates         []GateRun
	OtherSides    []OtherSide
	Twins         Twins
	Access        Access
	RanAgain      *RanAgain // nil: no script ran
	OtherWay      *OtherWay // nil: there is one way only
	Fresh         Fresh
	Answers       []Answer // to Subject.Queries
	Exercised     Exercised

	Ledger []ledger.Entry // what the orgs relied on that is not exact

	depth suite.Depth       // how far the experiments went
	notes ledger.Ledger     // what experiments met that is not exact
	names map[string]string // of rows by id, "" where one has none
}

// Step is one upgrade.
type Step struct {
	From, To *metadata.Package
	Report   *upgrade.Report
	Jobs     []Job   // run after the commit
	Events   []Event // of the install transaction and its jobs, in order
	Ran      *Ran    // what ran while it was installed, its jobs left out
}

// Undone reports whether the last upgrade was refused or rolled back.
func (e *Evidence) Undone() bool { return e.Last().Report.Failure != nil }

// Undone reports whether the last upgrade was refused or rolled back.
func (s *Subject) Undone() bool { return s.Steps[len(s.Steps)-1].Report.Failure != nil }

// Last is the last upgrade that was tried.
func (e *Evidence) Last() *Step { return &e.Steps[len(e.Steps)-1] }

// LeftOut is why an experiment, by its name, was not carried out at the depth of
// the rehearsal; "" where it was, and for no name.
func (e *Evidence) LeftOut(name string) string {
	for _, x := range Experiments {
		if x.Name == name && !e.depth.Reaches(x.Depth) {
			return fmt.Sprintf("asked from --depth %s on", x.Depth)
		}
	}
	return ""
}

// RowName is the name of a row in the org after the upgrade; "" for one that has
// none or that no experiment met.
func (e *Evidence) RowName(id string) string { return e.names[id] }

// State is what an org is made of, without its rows: the describe of its
// objects, its components and the packages in it.
type State struct {
	schema     *schema.Schema
	components *org.Registry
	packages   []Package
}

func stateOf(o *org.Org) State {
	return State{schema: o.Schema(), components: o.Components(), packages: o.Packages()}
}

// Schema describes the objects.
func (s State) Schema() *schema.Schema { return s.schema }

// Components are those of the packages and of the subscriber.
func (s State) Components() *org.Registry { return s.components }

// Packages are those that are installed.
func (s State) Packages() []Package { return s.packages }

// What the org and the upgrade recorded, under the names that evidence goes by:
// plain values, so that who judges them needs no org.
type (
	// Event is something that a transaction did or met.
	Event = org.Event
	// EventKind says what.
	EventKind = org.EventKind
	// Job is one transaction of asynchronous work.
	Job = org.JobRun
	// ApexError is an exception that nobody caught.
	ApexError = org.ApexError
	// Transaction is what a transaction used and did.
	Transaction = org.TxResult
	// Entry is a component of an org.
	Entry = org.Entry
	// Package is one that is installed.
	Package = org.InstalledPackage
	// Failure is why an upgrade was refused or rolled back.
	Failure = upgrade.Failure
	// Script is one run of a post-install script.
	Script = upgrade.ScriptRun
	// Ran is what ran in an org.
	Ran = org.Ran
	// Grant is access that an installation gave.
	Grant = upgrade.Grant
)

// OwnApexBroken is the class of an upgrade that Apex of the org stops.
const OwnApexBroken = upgrade.OwnApexBroken

// The events that are judged, and the state of a component that its package
// dropped.
const (
	Caught      = org.Caught
	JobsEndless = org.JobsEndless
	RolledBack  = org.RolledBack
	RowFailed   = org.RowFailed
	Deprecated  = org.Deprecated
)

// Broken is a business transaction that failed while the upgrade went on or
// after it, and that works in the org before it.
type Broken struct {
	Name   string // "traffic during 3: update 5 Contact"
	Object string
	Action string   // insert, update, delete
	Phase  string   // during, after
	Text   string   // of the error, in the platform's words
	Job    string   // asynchronous work of it that failed
	IDs    []string // rows concerned
	// Failed is what the error tells as structure.
	Failed dml.Failed
}
