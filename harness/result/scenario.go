package result

import (
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// Status is how a scenario ended.
type Status string

// The statuses of a scenario.
const (
	Passed      Status = "passed"        // ran to the end, nothing found
	Found       Status = "findings"      // ran to the end, something found
	CouldNotRun Status = "could not run" // stopped by an error of the input or the simulator
	NotRun      Status = "not run"       // never started, or stopped with the run
)

// Mode is how an upgrade reached the org.
type Mode string

// The modes.
const (
	Manual Mode = "manual" // an administrator of the org installed it
	Push   Mode = "push"   // the publisher pushed it
)

// Scenario is one upgrade in one org.
type Scenario struct {
	ID      string   `json:"id"`  // stable: "quickstart/toolshed/1.0-to-1.3/strict/manual"
	Key     string   `json:"key"` // of all that its outcome depends on: equal keys, equal outcomes
	Package string   `json:"package"`
	Path    []string `json:"path"` // names of the versions, oldest first
	Org     string   `json:"org"`
	Mode    Mode     `json:"mode"`
	Seed    uint64   `json:"seed"` // of the org
	Status  Status   `json:"status"`
	Error   string   `json:"error,omitempty"`   // why it could not run
	Unknown *Unknown `json:"unknown,omitempty"` // beyond which it is not known; absent where all is

	Findings  []finding.Finding `json:"findings"` // gravest first
	Allowed   []Allowed         `json:"allowed"`  // findings that the suite allows
	Facts     []finding.Fact    `json:"facts"`    // of the kind of upgrade, whatever the release changes: no findings
	StandIns  []string          `json:"standIns"` // required packages that no source names, with empty ones in their place
	Steps     []Step            `json:"steps"`
	Coverage  *Coverage         `json:"coverage,omitempty"` // of what the release changes; absent where nothing ran
	Diff      Diff              `json:"diff"`
	Traffic   *Traffic          `json:"traffic,omitempty"` // what users did meanwhile; absent where nobody worked
	Limits    []LimitUse        `json:"limits"`            // of the install transaction of the last step
	Mess      []finding.Mess    `json:"mess"`              // all that was done to this org
	Checks    []Check           `json:"checks"`            // every invariant that was asked, in order
	Ledger    []ledger.Entry    `json:"ledger"`            // what the scenario relied on that is not exact
	Reproduce string            `json:"reproduce"`         // the command that runs it again
}

// Allowed is a finding that the suite allows, with the reason it gives.
type Allowed struct {
	Entry   int             `json:"entry"`           // of the suite's list, from 0
	Issue   string          `json:"issue,omitempty"` // where it is followed up
	Finding finding.Finding `json:"finding"`
	Reason  string          `json:"reason"`
}

// Step is one install or upgrade of a scenario.
type Step struct {
	From      string `json:"from,omitempty"` // absent: first install
	To        string `json:"to"`
	Committed bool   `json:"committed"`
	Error     string `json:"error,omitempty"`  // what the installer saw
	Script    string `json:"script,omitempty"` // post-install class that ran
	Jobs      int    `json:"jobs,omitempty"`   // asynchronous jobs run after the commit
}

// Check is the outcome of one invariant.
type Check struct {
	Name     string `json:"name"`
	Holds    bool   `json:"holds"`
	Findings int    `json:"findings,omitempty"` // how many findings it gave
	Skipped  string `json:"skipped,omitempty"`  // why it could not be asked
	// Mended is what did not hold before the upgrade and does now, with counts.
	Mended string `json:"mended,omitempty"`
}

// Traffic is what users did in the org around the upgrade.
type Traffic struct {
	Before TrafficPhase `json:"before"`
	During TrafficPhase `json:"during"` // between the asynchronous transactions of the upgrade
	After  TrafficPhase `json:"after"`
}

// TrafficPhase counts the business transactions of a phase.
type TrafficPhase struct {
	Transactions int `json:"transactions"`
	Rows         int `json:"rows"`    // written
	Refused      int `json:"refused"` // transactions that failed, most of them for a reason that was there before
	Broken       int `json:"broken"`  // transactions that failed and work in the org before
}

// Add adds what another phase counted.
func (p *TrafficPhase) Add(more TrafficPhase) {
	p.Transactions += more.Transactions
	p.Rows += more.Rows
	p.Refused += more.Refused
	p.Broken += more.Broken
}

// LimitUse is one governor limit and how much of it the install transaction
// used.
type LimitUse struct {
	Name string `json:"name"` // "SOQL queries"
	Used int64  `json:"used"`
	Max  int64  `json:"max"`
}
