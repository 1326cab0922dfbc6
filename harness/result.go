package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// SchemaVersion is the version of the Result document. It grows when a field
// changes its meaning or goes away; new fields alone do not change it.
const SchemaVersion = 1

// Result is all that a run has to say, as data: every report is a pure
// function of it. But for Timing it is the same, byte for byte, for the same
// suite, sources and seed.
type Result struct {
	SchemaVersion int            `json:"schemaVersion"`
	Tool          Tool           `json:"tool"`
	Suite         SuiteInfo      `json:"suite"`
	Seed          uint64         `json:"seed"`
	Interrupted   bool           `json:"interrupted"` // stopped before all scenarios ran
	Packages      []PackageInfo  `json:"packages"`
	Orgs          []OrgInfo      `json:"orgs"`      // columns of the table, in suite order
	Scenarios     []Scenario     `json:"scenarios"` // in plan order
	Findings      []FindingGroup `json:"findings"`  // of all scenarios, those that are the same told once
	Summary       Summary        `json:"summary"`
	Ledger        []ledger.Entry `json:"ledger"` // of all scenarios together
	Timing        Timing         `json:"timing"` // the one section that differs between runs
}

// Tool says what made the result.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// SuiteInfo names the suite that ran.
type SuiteInfo struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	File        string `json:"file,omitempty"` // as given; empty for a suite made from flags
}

// PackageInfo is one package of the suite and its versions that were read.
type PackageInfo struct {
	Name      string        `json:"name"`
	Namespace string        `json:"namespace,omitempty"`
	Kind      string        `json:"kind"` // managed, unlocked, unmanaged
	Path      string        `json:"path"` // as given
	Versions  []VersionInfo `json:"versions"`
}

// VersionInfo is one version of a package.
type VersionInfo struct {
	Name        string `json:"name"` // as the suite calls it
	Number      string `json:"number,omitempty"`
	Ref         string `json:"ref,omitempty"`
	Commit      string `json:"commit,omitempty"`
	PostInstall string `json:"postInstall,omitempty"`
	Components  int    `json:"components"`
}

// OrgInfo is one simulated org of the suite.
type OrgInfo struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Recipe      string `json:"recipe"`
	Records     int    `json:"records,omitempty"` // what the recipe was asked for
	Seed        uint64 `json:"seed"`
}

// Status is how a scenario ended.
type Status string

// The statuses of a scenario.
const (
	Passed      Status = "passed"        // ran to the end, nothing found
	Found       Status = "findings"      // ran to the end, something found
	CouldNotRun Status = "could not run" // stopped by an error of the input or the simulator
	NotRun      Status = "not run"       // never started: the run was interrupted
)

// Scenario is one upgrade in one org.
type Scenario struct {
	ID      string   `json:"id"` // stable: "quickstart/1.0-to-1.3/strict/manual"
	Package string   `json:"package"`
	Path    []string `json:"path"` // version names, oldest first
	Org     string   `json:"org"`
	Mode    Mode     `json:"mode"`
	Seed    uint64   `json:"seed"`
	Status  Status   `json:"status"`
	Error   string   `json:"error,omitempty"` // why it could not run

	Findings  []finding.Finding `json:"findings"`
	Allowed   []Allowed         `json:"allowed,omitempty"` // findings that the suite allows
	Steps     []Step            `json:"steps"`
	Diff      DiffSummary       `json:"diff"`
	Business  *Business         `json:"business,omitempty"` // what users did meanwhile; none in an org without rows
	Limits    []LimitUse        `json:"limits,omitempty"`   // of the install transaction of the last step
	Mess      []finding.Mess    `json:"mess,omitempty"`     // all that was done to this org
	Checks    []Check           `json:"checks"`             // every invariant that was asked, in order
	Ledger    []ledger.Entry    `json:"ledger,omitempty"`
	Reproduce string            `json:"reproduce"`
}

// Allowed is a finding that the suite allows, with the reason it gives.
type Allowed struct {
	Finding finding.Finding `json:"finding"`
	Reason  string          `json:"reason"`
}

// Step is one install or upgrade of a scenario.
type Step struct {
	From      string `json:"from,omitempty"` // empty: first install
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
	Findings int    `json:"findings,omitempty"`
	Skipped  string `json:"skipped,omitempty"` // why it could not be asked
}

// DiffSummary is what differs between the org before and after.
type DiffSummary struct {
	Components []ComponentChange `json:"components,omitempty"`
	Objects    []ObjectChange    `json:"objects,omitempty"`
}

// ComponentChange is one component that differs.
type ComponentChange struct {
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	Change     string   `json:"change"`               // added, removed, modified, deprecated
	Properties []string `json:"properties,omitempty"` // "length: 80 → 255"
	Cause      string   `json:"cause,omitempty"`
}

// ObjectChange counts the records of one object that the upgrade changed.
type ObjectChange struct {
	Object string `json:"object"`
	RowCounts
	Fields []FieldChange `json:"fields,omitempty"`
	Causes []CauseChange `json:"causes,omitempty"` // most records first
	Users  *RowCounts    `json:"users,omitempty"`  // records that users had a hand in meanwhile, not counted above
}

// RowCounts is how many records were inserted, updated and deleted.
type RowCounts struct {
	Inserted int `json:"inserted,omitempty"`
	Updated  int `json:"updated,omitempty"`
	Deleted  int `json:"deleted,omitempty"`
}

// CauseChange is one cause and how many of the records it wrote; a record may
// have several.
type CauseChange struct {
	Kind  string `json:"kind"`           // script, job, automation, upgrade, other
	Cause string `json:"cause"`          // "toolshed.TotalsRepair.run, line 18"
	Text  string `json:"text,omitempty"` // the whole of it, from the transaction down
	Rows  int    `json:"rows"`
}

// Business is what users did in the org around the upgrade.
type Business struct {
	Before BusinessPhase `json:"before"`
	During BusinessPhase `json:"during"` // between the asynchronous transactions of the upgrade
	After  BusinessPhase `json:"after"`
}

// BusinessPhase counts the business transactions of a phase.
type BusinessPhase struct {
	Transactions int `json:"transactions"`
	Rows         int `json:"rows"`    // written
	Refused      int `json:"refused"` // transactions that failed, most of them for a reason that was there before
	Broken       int `json:"broken"`  // transactions that failed and work in the org before
}

// FieldChange counts the updated records in which one field differs.
type FieldChange struct {
	Field  string `json:"field"`
	Rows   int    `json:"rows"`
	Sample string `json:"sample,omitempty"` // "R-000001: 99.50 → 110.00"
	Before string `json:"before,omitempty"` // of the sample
	After  string `json:"after,omitempty"`
}

// LimitUse is one governor limit and how much of it the install transaction
// used.
type LimitUse struct {
	Name string `json:"name"` // "SOQL queries"
	Used int64  `json:"used"`
	Max  int64  `json:"max"`
}

// Summary counts scenarios by status and findings by code.
type Summary struct {
	Scenarios   int         `json:"scenarios"`
	Passed      int         `json:"passed"`
	WithFinding int         `json:"withFindings"`
	CouldNotRun int         `json:"couldNotRun"`
	NotRun      int         `json:"notRun"`
	Findings    int         `json:"findings"`
	ByCode      []CodeCount `json:"byCode,omitempty"`
}

// CodeCount is how often a code was found.
type CodeCount struct {
	Code  finding.Code `json:"code"`
	Count int          `json:"count"`
}

// Timing is when the run was and how long its parts took. Nothing outside it
// depends on the clock of the machine.
type Timing struct {
	Started   time.Time        `json:"started"`
	Millis    int64            `json:"millis"`
	Jobs      int              `json:"jobs"`
	Scenarios []ScenarioTiming `json:"scenarios,omitempty"`
}

// ScenarioTiming is how long one scenario took.
type ScenarioTiming struct {
	ID     string `json:"id"`
	Millis int64  `json:"millis"`
}

// Scenario finds a scenario by its id, or nil.
func (r *Result) Scenario(id string) *Scenario {
	for i := range r.Scenarios {
		if r.Scenarios[i].ID == id {
			return &r.Scenarios[i]
		}
	}
	return nil
}

// ExitCode is what the command line ends with: 0 nothing found, 1 findings, 3
// something could not run (graver, since nothing is known about it).
func (r *Result) ExitCode() int {
	switch {
	case r.Summary.CouldNotRun > 0 || r.Interrupted:
		return 3
	case r.Summary.Findings > 0:
		return 1
	default:
		return 0
	}
}

// Summarise counts scenarios and findings again, and gathers those that are
// the same.
func (r *Result) Summarise() {
	r.group()
	s := Summary{Scenarios: len(r.Scenarios)}
	counts := map[finding.Code]int{}
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		switch sc.Status {
		case Passed:
			s.Passed++
		case Found:
			s.WithFinding++
		case CouldNotRun:
			s.CouldNotRun++
		default:
			s.NotRun++
		}
		s.Findings += len(sc.Findings)
		for _, f := range sc.Findings {
			counts[f.Code]++
		}
	}
	for _, e := range finding.Codes {
		if n := counts[e.Code]; n > 0 {
			s.ByCode = append(s.ByCode, CodeCount{e.Code, n})
		}
	}
	r.Summary = s
}

// Encode writes the result as indented JSON with a final newline.
func (r *Result) Encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("write result of suite %s as JSON: %w", r.Suite.Name, err)
	}
	return buf.Bytes(), nil
}

// Decode reads what Encode wrote. A document of a later schema is refused.
func Decode(data []byte) (*Result, error) {
	var r Result
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	if r.SchemaVersion < 1 || r.SchemaVersion > SchemaVersion {
		return nil, fmt.Errorf("read result: schema version %d is not known, this is made for 1 to %d; use a newer rehearse", r.SchemaVersion, SchemaVersion)
	}
	return &r, nil
}
