// Package view arranges a Result the way people read it: a table of orgs and
// upgrades, findings that are the same gathered over orgs, numbers as words.
//
// Every report draws from it, so that they all say the same. It is pure: a
// Result in, plain values out, in an order that depends on the Result alone.
package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Table is orgs by upgrades.
type Table struct {
	Columns []Column
	Rows    []Line
}

// Column is one way through versions in one mode.
type Column struct {
	Package string
	Path    []string
	Mode    result.Mode
}

// Title is "toolshed 1.2 → 1.3", with the mode where it is not the usual one.
func (c Column) Title() string {
	s := c.Package + " " + strings.Join(c.Path, " → ")
	if c.Mode != result.Manual {
		s += " (" + string(c.Mode) + ")"
	}
	return s
}

// Line is one org's row: a cell for each column.
type Line struct {
	Org   result.Org
	Cells []Cell
}

// Cell is one scenario in the table; Scenario is nil where there is none.
type Cell struct {
	Scenario *result.Scenario
	Worst    finding.Severity // of its findings
}

// Words is what the cell of a scenario says.
func Words(sc *result.Scenario) string { return cellOf(sc).Words() }

// Title names the run: by its suite, or by the one way that flags asked for.
func Title(r *result.Result) string {
	if t := NewTable(r); r.Suite.File == "" && len(t.Columns) == 1 {
		return t.Columns[0].Title()
	}
	return r.Suite.Name
}

// Score counts scenarios by what became of them.
type Score struct {
	Clean, Noted            int // nothing found; notes for the release notes only
	Breaks, Fails           int // green and something breaks; the upgrade fails
	CouldNotRun, NotStarted int
}

// ScoreOf counts the scenarios of a result.
func ScoreOf(r *result.Result) Score {
	s := Score{Clean: r.Summary.Passed, Fails: failing(r), CouldNotRun: r.Summary.CouldNotRun, NotStarted: r.Summary.NotRun}
	s.Breaks = breaking(r) - s.Fails
	s.Noted = r.Summary.WithFinding - s.Breaks - s.Fails
	return s
}

// Words is what the cell says: "clean", "2 findings", "upgrade fails".
func (c Cell) Words() string {
	switch {
	case c.Scenario == nil:
		return ""
	case !c.Known() && c.Scenario.Status == result.Passed:
		return "clean, then unknown"
	case c.Scenario.Status == result.Passed:
		return "clean"
	case c.Scenario.Status != result.Found:
		return string(c.Scenario.Status)
	case c.Scenario.Findings[0].Code == finding.UpgradeFails:
		return "upgrade fails"
	}
	loud, notes := 0, 0
	for i := range c.Scenario.Findings {
		if IsNote(&c.Scenario.Findings[i]) {
			notes++
		} else {
			loud++
		}
	}
	words := Count(loud, "finding")
	if loud == 0 {
		words = "clean, " + Count(notes, "note")
	}
	if !c.Known() {
		words += ", then unknown"
	}
	return words
}

// IsNote reports whether a finding is one for the release notes: nothing fails or
// breaks by it.
func IsNote(f *finding.Finding) bool { return !f.Severity.AtLeast(finding.Major) }

// Loud reports whether something fails or breaks in the cell's scenario.
func (c Cell) Loud() bool {
	return c.Scenario != nil && c.Scenario.Status == result.Found && c.Worst.AtLeast(finding.Major)
}

// NewTable arranges scenarios by org and upgrade.
func NewTable(r *result.Result) Table {
	var t Table
	at := map[string]int{}
	for i := range r.Scenarios {
		c := columnOf(&r.Scenarios[i])
		if _, ok := at[c.Title()]; !ok {
			at[c.Title()] = len(t.Columns)
			t.Columns = append(t.Columns, c)
		}
	}
	for _, o := range r.Orgs {
		line := Line{Org: o, Cells: make([]Cell, len(t.Columns))}
		for i := range r.Scenarios {
			sc := &r.Scenarios[i]
			if sc.Org == o.Name {
				line.Cells[at[columnOf(sc).Title()]] = cellOf(sc)
			}
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

func columnOf(sc *result.Scenario) Column { return Column{sc.Package, sc.Path, sc.Mode} }

func cellOf(sc *result.Scenario) Cell {
	c := Cell{Scenario: sc}
	if len(sc.Findings) > 0 {
		c.Worst = sc.Findings[0].Severity
	}
	return c
}

// Group is one finding and all scenarios in which it was met.
type Group struct {
	finding.Finding // of the first scenario
	Where           []*result.Scenario
	Others          []finding.Finding // of the other scenarios, in the order of Where[1:]
}

// Groups gathers findings that are the same over scenarios, gravest first: what
// fails and what breaks. What is for the release notes is in Notes.
func Groups(r *result.Result) []Group {
	return slices.DeleteFunc(gathered(r), func(g Group) bool { return IsNote(&g.Finding) })
}

// Notes gathers what nothing fails or breaks by and customers should be told.
func Notes(r *result.Result) []Group {
	return slices.DeleteFunc(gathered(r), func(g Group) bool { return !IsNote(&g.Finding) })
}

// Draft is a note to customers about a group, for somebody to go over.
func (g Group) Draft() string {
	draft := g.Title
	if g.Cause.Kind == finding.ByPlatform && g.Cause.Detail != "" {
		draft += ": " + g.Cause.Detail
	}
	draft += "."
	if len(g.Components) > 0 {
		var names []string
		for i, c := range g.Components {
			if i == finding.SampleSize {
				names = append(names, fmt.Sprintf("%d more", len(g.Components)-i))
				break
			}
			names = append(names, c.String())
		}
		draft += " Concerned: " + strings.Join(names, ", ") + "."
	}
	return draft
}

// WhereShort names the scenarios of a group, by ways and orgs where it was met
// in several: "1.0 → 1.1 in 3 of 5 orgs".
func (g Group) WhereShort(r *result.Result) string { return whereShort(r, g.Where) }

func whereShort(r *result.Result, scenarios []*result.Scenario) string {
	const most = 3
	if len(scenarios) <= most {
		var where []string
		for _, sc := range scenarios {
			where = append(where, Label(sc))
		}
		return strings.Join(where, "; ")
	}
	ways, orgs := map[string]bool{}, map[string]bool{}
	for _, sc := range scenarios {
		ways[columnOf(sc).Title()], orgs[sc.Org] = true, true
	}
	allWays := map[string]bool{}
	for i := range r.Scenarios {
		allWays[columnOf(&r.Scenarios[i]).Title()] = true
	}
	in := shareOf(len(orgs), len(r.Orgs), "org")
	if len(ways) > mostWays || len(ways) == len(allWays) {
		return shareOf(len(ways), len(allWays), "way") + " × " + in
	}
	var named []string
	for _, sc := range scenarios {
		if way := columnOf(sc).Title(); !slices.Contains(named, way) {
			named = append(named, way)
		}
	}
	return strings.Join(named, ", ") + " × " + in
}

// mostWays is how many ways are named one by one.
const mostWays = 6

// shareOf is "all 4 ways", "3 of 5 orgs".
func shareOf(n, all int, noun string) string {
	if n == all {
		return "all " + Count(all, noun)
	}
	return fmt.Sprintf("%d of %s", n, Count(all, noun))
}

func gathered(r *result.Result) []Group {
	var groups []Group
	var gatherer result.Gatherer
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		for _, f := range sc.Findings {
			j, fresh := gatherer.Place(sc, &f)
			if fresh {
				groups = append(groups, Group{Finding: f, Where: []*result.Scenario{sc}})
				continue
			}
			groups[j].Where = append(groups[j].Where, sc)
			groups[j].Others = append(groups[j].Others, f)
		}
	}
	return sorted(groups)
}

// sorted puts groups in order of severity, keeping the plan's order within.
func sorted(groups []Group) []Group {
	out := make([]Group, 0, len(groups))
	for _, s := range []finding.Severity{finding.Blocker, finding.Major, finding.Minor} {
		for _, g := range groups {
			if g.Severity == s {
				out = append(out, g)
			}
		}
	}
	return out
}

// Invariant is what is called broken by the group's code: "upgrade-succeeds".
func (g Group) Invariant() string { return finding.Describe(g.Code).Invariant }

// Means explains the group's code.
func (g Group) Means() string { return finding.Describe(g.Code).Means }

// Label names a scenario: "strict, toolshed 1.2 → 1.3".
func Label(sc *result.Scenario) string { return sc.Org + ", " + columnOf(sc).Title() }

// Verdict is the result in a sentence, and what it does not speak of: what was
// never exercised.
func Verdict(r *result.Result) string {
	text := strings.Join(outcome(r), "; ")
	if text == "" {
		return "Nothing was rehearsed."
	}
	if but := strings.Join(unexercised(r), "; "); but != "" && failing(r) < r.Summary.Scenarios {
		if breaking(r) == 0 {
			text += ", but " + but
		} else {
			text += ". Besides, " + but
		}
	}
	return strings.ToUpper(text[:1]) + text[1:] + "." + unknowns(r)
}

// outcome is what was found, in clauses; none where nothing was rehearsed.
func outcome(r *result.Result) []string {
	s := r.Summary
	var parts []string
	if s.Scenarios > 0 && s.Findings == 0 && s.CouldNotRun == 0 && s.NotRun == 0 {
		parts = append(parts, "nothing found in "+Count(s.Scenarios, "scenario"))
	}
	if fails := failing(r); fails > 0 {
		parts = append(parts, fmt.Sprintf("the upgrade fails in %d of %s", fails, Count(s.Scenarios, "scenario")))
	}
	if green := breaking(r) - failing(r); green > 0 {
		parts = append(parts, fmt.Sprintf("in %s it is green and leaves something broken", Count(green, "scenario")))
	}
	if len(parts) == 0 && s.Findings > 0 {
		parts = append(parts, fmt.Sprintf("nothing fails or breaks in %s, there %s %s for the release notes", Count(s.Passed+s.WithFinding, "scenario"),
			map[bool]string{true: "is", false: "are"}[s.Findings == 1], Count(s.Findings, "note")))
	}
	if s.CouldNotRun > 0 {
		parts = append(parts, Count(s.CouldNotRun, "scenario")+" could not run")
	}
	if s.NotRun > 0 {
		parts = append(parts, Count(s.NotRun, "scenario")+" did not run")
	}
	return parts
}

// unknowns says how far scenarios are known that reached what is not simulated.
func unknowns(r *result.Result) string {
	var texts []string
	at := map[string][]string{}
	for i := range r.Scenarios {
		if u := r.Scenarios[i].Unknown; u != nil {
			text := u.String()
			if at[text] == nil {
				texts = append(texts, text)
			}
			at[text] = append(at[text], r.Scenarios[i].Org)
		}
	}
	out := ""
	for _, text := range texts {
		out += fmt.Sprintf(" In %s: %s.", strings.Join(slices.Compact(at[text]), ", "), strings.TrimSuffix(text, "."))
	}
	return out
}

// Known reports whether all that happened in the cell's scenario is known.
func (c Cell) Known() bool {
	return c.Scenario == nil || c.Scenario.Unknown == nil || c.Scenario.Unknown.Before
}

// breaking counts the scenarios in which something fails or breaks.
func breaking(r *result.Result) int {
	n := 0
	for i := range r.Scenarios {
		if slices.ContainsFunc(r.Scenarios[i].Findings, func(f finding.Finding) bool { return !IsNote(&f) }) {
			n++
		}
	}
	return n
}

func failing(r *result.Result) int {
	n := 0
	for i := range r.Scenarios {
		for _, f := range r.Scenarios[i].Findings {
			if f.Code == finding.UpgradeFails || f.Code == finding.VersionRefused {
				n++
				break
			}
		}
	}
	return n
}

// Count is "1 scenario", "3 scenarios", "2 entries", "6 classes", "12,345 rows".
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ie"
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "ch"):
		noun += "e"
	}
	return Thousands(int64(n)) + " " + noun + "s"
}

// Thousands groups digits: 12,345.
func Thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// RowsLine is "120 Rental__c: R-000001 (a00…), …".
func RowsLine(r finding.Rows) string {
	var sample []string
	for _, row := range r.Sample {
		s := row.ID
		if row.Name != "" && row.ID != "" {
			s = row.Name + " (" + row.ID + ")"
		} else if row.Name != "" {
			s = row.Name
		}
		if row.Note != "" {
			s += ": " + row.Note
		}
		sample = append(sample, s)
	}
	line := Thousands(int64(r.Count)) + " " + r.Object
	if len(sample) > 0 {
		line += ": " + strings.Join(sample, ", ")
	}
	if r.Count > len(sample) && len(sample) > 0 {
		line += ", …"
	}
	return line
}

// ChangeLine sums up record changes: "120 updated, 3 inserted".
func ChangeLine(c result.RowCounts) string { return counts(c.Inserted, c.Updated, c.Deleted) }

// ObjectLine says what the upgrade did to the records of an object: "3
// LoggerSettings__c updated: DefaultSaveMethod__c null → EVENT_BUS by …"; ""
// when it did nothing.
func ObjectLine(o result.ObjectChange) string {
	const most = 3
	changed := ChangeLine(o.RowCounts)
	if changed == "" {
		return ""
	}
	line := strings.Replace(changed, " ", " "+o.Object+" ", 1)
	fields := slices.Clone(o.Fields)
	slices.SortStableFunc(fields, func(a, b result.FieldChange) int { return b.Rows - a.Rows })
	var words []string
	for i, f := range fields {
		if i == most {
			words = append(words, Count(len(fields)-most, "more field"))
			break
		}
		words = append(words, FieldLine(f))
	}
	if len(words) > 0 {
		line += ": " + strings.Join(words, ", ")
	}
	return line + " by " + Causes(o)
}

// Causes lists what wrote records of an object: "A.run, line 3 (120), …".
func Causes(o result.ObjectChange) string {
	var words []string
	for _, c := range o.Causes {
		s := c.Cause
		if len(o.Causes) > 1 {
			s += " (" + Thousands(int64(c.Rows)) + ")"
		}
		words = append(words, s)
	}
	return strings.Join(words, "; ")
}

// FieldLine is "Total__c 99.50 → 110.00".
func FieldLine(f result.FieldChange) string {
	return f.Field + " " + orNothing(f.Before) + " → " + orNothing(f.After)
}

// orNothing shows an empty value.
func orNothing(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// TrafficLine says what users did: "36 transactions, 91 rows, 2 broken".
func TrafficLine(p result.TrafficPhase) string {
	line := Count(p.Transactions, "transaction") + ", " + Count(p.Rows, "row")
	if p.Refused > 0 {
		line += fmt.Sprintf(", %d refused", p.Refused)
	}
	if p.Broken > 0 {
		line += fmt.Sprintf(", %d of them worked before", p.Broken)
	}
	return line
}

func counts(inserted, updated, deleted int) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{inserted, "inserted"}, {updated, "updated"}, {deleted, "deleted"}} {
		if p.n > 0 {
			parts = append(parts, Thousands(int64(p.n))+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// Mended tells what did not hold before the upgrade and does now, a line for
// each expectation and scenario.
func Mended(r *result.Result) []string {
	var lines []string
	for i := range r.Scenarios {
		for _, c := range r.Scenarios[i].Checks {
			if c.Mended != "" {
				lines = append(lines, fmt.Sprintf("mended in %s: %s %s", Label(&r.Scenarios[i]), c.Name, c.Mended))
			}
		}
	}
	return lines
}
