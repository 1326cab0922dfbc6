// Package finding is the shape of what a rehearsal found: a coded statement
// about one upgrade in one org, with its cause, the rows and components it
// concerns and the mess that is to blame.
//
// Findings are plain data made by the judging stages (harness/invariant) and
// carried unchanged into the result and its reports. The codes are a table
// (codes.go): they are stable across releases, users match on them. Nothing
// here looks at an org, and no order depends on anything but the content.
package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// Severity says how much a finding matters to the release.
type Severity string

// The severities, from gravest to lightest.
const (
	Blocker Severity = "blocker" // the upgrade fails or data is lost: do not ship
	Major   Severity = "major"   // the upgrade is green, yet something was left broken
	Minor   Severity = "minor"   // worth a look before shipping
)

// rank orders severities, gravest first.
func (s Severity) rank() int {
	switch s {
	case Blocker:
		return 0
	case Major:
		return 1
	default:
		return 2
	}
}

// Finding is one thing that is wrong after (or with) an upgrade.
type Finding struct {
	Code     Code     `json:"code"`     // stable: "upgrade-fails"
	Severity Severity `json:"severity"` // of this occurrence; the table has the usual one
	Title    string   `json:"title"`    // one line, a sentence without a full stop
	Message  string   `json:"message"`  // the platform's own text where there is one

	Cause      Cause       `json:"cause"`
	Rows       []Rows      `json:"rows"`                // records concerned, by object
	Components []Component `json:"components"`          // components concerned, sorted
	Mess       []Mess      `json:"mess"`                // what was done to the org that explains it
	Stack      []string    `json:"stack"`               // Apex stack, innermost first
	Advice     string      `json:"advice,omitempty"`    // what to do next
	Reproduce  string      `json:"reproduce,omitempty"` // the command that shows it again
	// Fingerprint is the same for the same thing over runs: see FingerprintOf.
	Fingerprint string `json:"fingerprint,omitempty"`
	Check       string `json:"check,omitempty"` // the check of the scenario that found it
	// Count is of how many findings this one was made, which differ only in the
	// component or object they name; 0 for one that stands for itself.
	Count int `json:"count,omitempty"`

	// Several is the title when findings are gathered, "{n}" for how many; ""
	// when this one is never gathered.
	Several string `json:"-"`
	// Failed is what failed, as structure: what blame is found by.
	Failed dml.Failed `json:"-"`
	// Properties are those of its component that the finding is about, where
	// a suite may accept some and not others.
	Properties []string `json:"properties"`
}

// CauseKind says what sort of thing did it.
type CauseKind string

// The kinds of cause.
const (
	ByComponent  CauseKind = "component"  // a component of the package, by what the upgrade did to it
	ByScript     CauseKind = "script"     // the post-install script or what it calls
	ByTrigger    CauseKind = "trigger"    // a trigger that ran along
	ByJob        CauseKind = "job"        // asynchronous work that the script started
	ByAutomation CauseKind = "automation" // a rule, flow or workflow of the subscriber
	ByPlatform   CauseKind = "platform"   // a rule of the platform: order of upgrade, governor limit
	ByBusiness   CauseKind = "business"   // users who went on working
	ByUnknown    CauseKind = "unknown"    // the trace does not tell
)

// Cause is what made it happen. What does not apply is empty.
type Cause struct {
	Kind      CauseKind `json:"kind"`
	Component string    `json:"component,omitempty"` // "ValidationRule Invoice__c.Needs_Region"
	Class     string    `json:"class,omitempty"`     // "rental.PostInstall"
	Method    string    `json:"method,omitempty"`
	Line      int       `json:"line,omitempty"`    // in Class
	Trigger   string    `json:"trigger,omitempty"` // name of a trigger
	Job       string    `json:"job,omitempty"`     // "Batch rental.RepairBatch, chunk 3"
	Detail    string    `json:"detail,omitempty"`  // anything else worth a clause
}

// String is the cause in one clause: "rental.PostInstall.repair, line 41".
func (c Cause) String() string {
	var parts []string
	switch {
	case c.Class != "" && c.Method != "":
		parts = append(parts, c.Class+"."+c.Method)
	case c.Class != "":
		parts = append(parts, c.Class)
	}
	if c.Trigger != "" {
		parts = append(parts, "trigger "+c.Trigger)
	}
	if c.Line > 0 {
		parts = append(parts, "line "+strconv.Itoa(c.Line))
	}
	if c.Job != "" {
		parts = append(parts, "job "+c.Job)
	}
	if c.Component != "" {
		parts = append(parts, c.Component)
	}
	if c.Detail != "" {
		parts = append(parts, c.Detail)
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case c.Kind == ByComponent:
		return "the components named below"
	}
	return string(c.Kind)
}

// Rows are the records of one object that a finding concerns: all of them
// counted, a few of them named.
type Rows struct {
	Object string `json:"object"`
	Count  int    `json:"count"`
	Sample []Row  `json:"sample"` // at most SampleSize, in id order
}

// SampleSize is how many records of an object a finding names.
const SampleSize = 5

// Row is one record, and what is wrong with it in a few words.
type Row struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // of its name field
	Note string `json:"note,omitempty"` // "Amount__c: 99.5 → null"
}

// Component is one component that a finding concerns.
type Component struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"` // empty: the subscriber's own
	Note      string `json:"note,omitempty"`
}

// String is "ValidationRule Account.Region".
func (c Component) String() string {
	if c.Namespace != "" {
		return c.Kind + " " + c.Namespace + "__" + c.Name
	}
	return c.Kind + " " + c.Name
}

// Mess is one kind of mess that an org was given, by its number in the
// catalogue, and what it did there.
type Mess struct {
	Number     string      `json:"number"` // "C1"
	Name       string      `json:"name"`
	Did        string      `json:"did"` // "added ValidationRule Invoice__c.Region_Required"
	Rate       float64     `json:"rate,omitempty"`
	Rows       []Rows      `json:"rows"`
	Components []Component `json:"components"`

	// What blame is found by. IDs are all the rows it touched, 18 characters
	// each; Fields the fields, "Object.Field" by API name; Shown says that it
	// changed only what people see, by which nothing fails.
	IDs    map[string]bool `json:"-"`
	Fields []string        `json:"-"`
	Shown  bool            `json:"-"`
}

// Sort orders findings by severity, code, cause and message.
func Sort(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Cause.String(), b.Cause.String()),
			cmp.Compare(a.Title, b.Title),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// AddRow counts a record and keeps it as a sample while there is room.
func (r *Rows) AddRow(row Row) {
	r.Count++
	if len(r.Sample) < SampleSize {
		r.Sample = append(r.Sample, row)
	}
}
