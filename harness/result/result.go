// Package result is what a run has to say, as data: every document is a pure
// function of a Result, and two results can be compared.
//
// A Result holds the scenarios in the order of the plan (scenario.go), what
// changed in each org (changes.go), and the findings of all scenarios with
// those that are the same told once (groups.go). Encode and Decode (codec.go)
// keep it as JSON with a schemaVersion; Schema (schema.go) is the JSON Schema of
// that document, made from the types here and their comments.
//
// But for Timing, a result is the same byte for byte for the same suite,
// sources and seed. A program that reads results imports this package, finding
// and ledger, and nothing of the engine that makes them.
//
// Left out: making results (package harness) and writing documents (package
// reports).
package result

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// Result is all that a run has to say.
type Result struct {
	SchemaVersion int `json:"schemaVersion"` // of this document
	// Outcome names the result in each document made of it: a hash of all but
	// Timing, so that two runs with the same outcome have the same.
	Outcome     string           `json:"outcome,omitempty"`
	Tool        Tool             `json:"tool"`
	Suite       Suite            `json:"suite"`
	FailOn      finding.Severity `json:"failOn"`      // the least severity that makes a build fail
	Allows      []AllowUse       `json:"allows"`      // what the suite accepts, and how often it was met
	Seed        uint64           `json:"seed"`        // of everything random in the run
	Interrupted bool             `json:"interrupted"` // stopped before all scenarios ran
	Packages    []Package        `json:"packages"`
	Orgs        []Org            `json:"orgs"`      // those with a scenario, in the order of the suite
	Scenarios   []Scenario       `json:"scenarios"` // in the order of the plan
	Findings    []Group          `json:"findings"`  // of all scenarios, those that are the same told once
	Summary     Summary          `json:"summary"`
	Baseline    *Baseline        `json:"baseline,omitempty"` // the earlier result that the run was held against
	Ledger      []ledger.Entry   `json:"ledger"`             // what the run relied on that is not exact, of all scenarios together
	Timing      Timing           `json:"timing"`             // the one section that differs between two runs
}

// AllowUse is one entry of what the suite accepts.
type AllowUse struct {
	Code    finding.Code `json:"code"`
	Reason  string       `json:"reason"`
	Issue   string       `json:"issue,omitempty"`   // where it is followed up
	Until   string       `json:"until,omitempty"`   // the last day on which it counts
	Where   string       `json:"where,omitempty"`   // of the suite file: "suite.yaml:12:5"
	Expired bool         `json:"expired,omitempty"` // that day was over when the run began
	Matched int          `json:"matched"`           // findings that it accepted
}

// Tool says what made the result.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Suite names the suite that ran.
type Suite struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	File        string `json:"file,omitempty"` // as given; absent for a suite made from flags
}

// Package is one package of the suite and its versions that were read.
type Package struct {
	Name      string    `json:"name"`
	Namespace string    `json:"namespace,omitempty"`
	Kind      string    `json:"kind"` // managed, unlocked, unmanaged
	Path      string    `json:"path"` // of its source, as given
	Versions  []Version `json:"versions"`
}

// Version is one version of a package.
type Version struct {
	Name        string `json:"name"`                  // as the suite calls it
	Number      string `json:"number,omitempty"`      // as the platform has it: 1.3, 4.2.0.7
	Ref         string `json:"ref,omitempty"`         // git tag, branch or commit that was asked for
	Commit      string `json:"commit,omitempty"`      // the commit that it named
	PostInstall string `json:"postInstall,omitempty"` // class of its post-install script
	Components  int    `json:"components"`            // how many it has
}

// Org is one simulated org of the suite.
type Org struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Recipe      string `json:"recipe"`
	Records     int    `json:"records,omitempty"` // of each object, where the suite says how many
	Seed        uint64 `json:"seed"`
}

// Summary counts scenarios by status and findings by code.
type Summary struct {
	Scenarios   int         `json:"scenarios"`
	Passed      int         `json:"passed"`
	WithFinding int         `json:"withFindings"`
	CouldNotRun int         `json:"couldNotRun"`
	NotRun      int         `json:"notRun"`
	Findings    int         `json:"findings"`
	Failing     int         `json:"failing"` // findings of at least the severity that makes a build fail
	ByCode      []CodeCount `json:"byCode"`  // codes that were found, in the order of their table
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
	Jobs      int              `json:"jobs"` // scenarios that ran at a time
	Scenarios []ScenarioTiming `json:"scenarios"`
}

// ScenarioTiming is how long one scenario took.
type ScenarioTiming struct {
	ID     string `json:"id"`
	Millis int64  `json:"millis"`
	MB     int64  `json:"mb,omitempty"` // memory at the peak, of all scenarios that ran meanwhile
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

// ExitCode is what the command line ends with: 0 nothing found that makes a build
// fail, 1 findings that do, 3 something could not run (graver, since nothing is
// known about it).
func (r *Result) ExitCode() int {
	switch {
	case r.Summary.CouldNotRun > 0 || r.Interrupted:
		return 3
	case r.Summary.Failing > 0:
		return 1
	default:
		return 0
	}
}

// Summarise makes what the result says of all scenarios together out of what it
// says of each: the ledger, the groups of findings, the counts.
func (r *Result) Summarise() {
	var notes ledger.Ledger
	for i := range r.Scenarios {
		for _, e := range r.Scenarios[i].Ledger {
			notes.Add(e)
		}
	}
	r.Ledger = notes.Entries()
	r.Findings = grouped(r.Scenarios)
	r.Summary = counted(r.Scenarios, r.Fails)
	for i := range r.Allows {
		r.Allows[i].Matched = 0
	}
	for i := range r.Scenarios {
		for _, a := range r.Scenarios[i].Allowed {
			if a.Entry < len(r.Allows) {
				r.Allows[a.Entry].Matched += max(1, a.Finding.Count)
			}
		}
	}
	r.Outcome = r.outcome()
}

// commands are how things are shown again: they name where rows are kept, which
// is nothing that was found.
var commands = regexp.MustCompile(`(?m)^ *"reproduce": .*\n`)

// outcome is the hash that Outcome is.
func (r *Result) outcome() string {
	told := *r
	told.Outcome, told.Timing = "", Timing{}
	data, err := told.Encode()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(commands.ReplaceAll(data, nil))
	return hex.EncodeToString(sum[:8])
}

// Fails reports whether a finding makes a build fail.
func (r *Result) Fails(f *finding.Finding) bool {
	if r.Baseline != nil && r.Baseline.OnlyNew && !r.Baseline.isNew(f) {
		return false
	}
	if r.FailOn == "" {
		return f.Severity.AtLeast(finding.Major)
	}
	return f.Severity.AtLeast(r.FailOn)
}

func counted(scenarios []Scenario, fails func(*finding.Finding) bool) Summary {
	s := Summary{Scenarios: len(scenarios)}
	counts := map[finding.Code]int{}
	for i := range scenarios {
		sc := &scenarios[i]
		switch sc.Status {
		case Passed:
			s.Passed++
		case Found:
			s.WithFinding++
		case CouldNotRun:
			s.CouldNotRun++
		case NotRun:
			s.NotRun++
		}
		s.Findings += len(sc.Findings)
		for j := range sc.Findings {
			counts[sc.Findings[j].Code]++
			if fails(&sc.Findings[j]) {
				s.Failing++
			}
		}
	}
	for _, e := range finding.Codes {
		if n := counts[e.Code]; n > 0 {
			s.ByCode = append(s.ByCode, CodeCount{e.Code, n})
		}
	}
	return s
}
