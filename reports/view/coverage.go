package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// Exercised is what the rehearsals of one way through the versions made use of.
type Exercised struct {
	Way   string
	Lines []string
}

// noun is what reports call the components of a kind.
func noun(kind string) string {
	switch kind {
	case "ApexClass":
		return "changed class"
	case "ApexTrigger":
		return "changed trigger"
	default:
		return "changed flow"
	}
}

// kindsThatRun are in the order in which they are told.
var kindsThatRun = []string{"ApexClass", "ApexTrigger", "Flow"}

// met is a component over scenarios: what ran at the most.
type met struct {
	result.CoveredComponent
	whys []string
}

// way is the coverage of scenarios of one way, or of all.
type way struct {
	title      string
	components []met
	scripts    []*result.ScriptCoverage
	scenarios  []*result.Scenario
}

// waysOf gathers the coverage of scenarios by what title says of each.
func waysOf(r *result.Result, title func(*result.Scenario) string) []*way {
	var ways []*way
	for i := range r.Scenarios {
		sc := &r.Scenarios[i]
		if sc.Coverage == nil {
			continue
		}
		at := slices.IndexFunc(ways, func(w *way) bool { return w.title == title(sc) })
		if at < 0 {
			at = len(ways)
			ways = append(ways, &way{title: title(sc)})
		}
		ways[at].add(sc)
	}
	return ways
}

func (w *way) add(sc *result.Scenario) {
	w.scenarios = append(w.scenarios, sc)
	if sc.Coverage.Script != nil {
		w.scripts = append(w.scripts, sc.Coverage.Script)
	}
	for _, c := range sc.Coverage.Components {
		at := slices.IndexFunc(w.components, func(m met) bool { return m.Kind == c.Kind && strings.EqualFold(m.Name, c.Name) })
		if at < 0 {
			w.components = append(w.components, met{CoveredComponent: c})
			at = len(w.components) - 1
		}
		m := &w.components[at]
		m.Ran = max(m.Ran, c.Ran)
		if c.Why != "" && !slices.Contains(m.whys, c.Why) {
			m.whys = append(m.whys, c.Why)
		}
	}
}

// CoverageOf tells what was exercised of what the releases change, way by way
// over all orgs.
func CoverageOf(r *result.Result) []Exercised {
	var list []Exercised
	for _, w := range waysOf(r, func(sc *result.Scenario) string { return columnOf(sc).Title() }) {
		if lines := w.lines(); len(lines) > 0 {
			list = append(list, Exercised{w.title, lines})
		}
	}
	return list
}

// CoverageLines tells what one scenario exercised.
func CoverageLines(sc *result.Scenario) []string {
	if sc.Coverage == nil {
		return nil
	}
	var w way
	w.add(sc)
	return append(w.lines(), stoodFor([]result.Scenario{*sc})...)
}

func (w *way) lines() []string {
	return slices.Concat(w.ran(), w.neverRan(), w.scriptLines(), w.rows(), w.empty())
}

func (w *way) of(kind string) (all []met, never []met) {
	for _, m := range w.components {
		if m.Kind == kind {
			all = append(all, m)
			if m.Ran == 0 {
				never = append(never, m)
			}
		}
	}
	return all, never
}

// ran is "6 of 7 changed classes ran, 61 of 80 lines of them".
func (w *way) ran() []string {
	var parts []string
	for _, kind := range kindsThatRun {
		all, never := w.of(kind)
		if len(all) == 0 {
			continue
		}
		part := fmt.Sprintf("%d of %s ran", len(all)-len(never), Count(len(all), noun(kind)))
		if kind != "Flow" {
			lines, ran := 0, 0
			for _, m := range all {
				lines, ran = lines+m.Lines, ran+m.Ran
			}
			part += fmt.Sprintf(" (%d of %s)", ran, Count(lines, "line"))
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return []string{"it changes nothing that runs: no Apex with statements, no flow"}
	}
	return []string{strings.Join(parts, "; ")}
}

func (w *way) neverRan() []string {
	const most = 8
	var lines []string
	more := 0
	for _, kind := range kindsThatRun {
		_, never := w.of(kind)
		for _, m := range never {
			if len(lines) == most {
				more++
				continue
			}
			lines = append(lines, "never ran: "+m.Name+": "+strings.Join(m.whys, "; "))
		}
	}
	if more > 0 {
		lines = append(lines, "and "+Count(more, "more component")+" that never ran")
	}
	return lines
}

// scriptLines tells how much of the post-install class ran, at the most in one
// org, and which of its branches on the previous version no org took.
func (w *way) scriptLines() []string {
	if len(w.scripts) == 0 {
		return nil
	}
	most := slices.MaxFunc(w.scripts, func(a, b *result.ScriptCoverage) int { return a.Ran - b.Ran })
	line := "script " + most.Class
	if most.Lines > 0 {
		line += fmt.Sprintf(": %d of %s", most.Ran, Count(most.Lines, "line"))
	}
	if w.idle() {
		line += "; it wrote no row and started no job"
	}
	lines := []string{line}
	for _, g := range untaken(w.scripts, false) {
		lines = append(lines, fmt.Sprintf("branch not taken: %s, line %d: %s", g.Class, g.Line, g.Condition))
	}
	return lines
}

// idle reports whether the scripts changed nothing in any org.
func (w *way) idle() bool {
	return len(w.scripts) > 0 && !slices.ContainsFunc(w.scripts, func(s *result.ScriptCoverage) bool { return s.Wrote })
}

// untaken are the branches that no script took; those on the previous version
// only, when asked.
func untaken(scripts []*result.ScriptCoverage, version bool) []result.GateTaken {
	var gates []result.GateTaken
	for _, s := range scripts {
		for _, g := range s.Gates {
			at := slices.IndexFunc(gates, func(have result.GateTaken) bool {
				return have.Class == g.Class && have.Line == g.Line && have.Condition == g.Condition
			})
			switch {
			case version && !g.Version:
			case at < 0:
				gates = append(gates, g)
			default:
				gates[at].Taken = gates[at].Taken || g.Taken
			}
		}
	}
	return slices.DeleteFunc(gates, func(g result.GateTaken) bool { return g.Taken })
}

// rows tells how many rows the objects had that the release changes.
func (w *way) rows() []string {
	const most = 6
	var names []string
	low, high := map[string]int{}, map[string]int{}
	for _, sc := range w.scenarios {
		for _, o := range sc.Coverage.Objects {
			if !o.Changed {
				continue
			}
			if _, known := high[o.Object]; !known {
				names = append(names, o.Object)
				low[o.Object] = o.Rows
			}
			low[o.Object], high[o.Object] = min(low[o.Object], o.Rows), max(high[o.Object], o.Rows)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names[:min(most, len(names))] {
		part := name + " " + Thousands(int64(high[name]))
		if low[name] < high[name] {
			part = name + " " + Thousands(int64(low[name])) + " to " + Thousands(int64(high[name]))
		}
		parts = append(parts, part)
	}
	if len(names) > most {
		parts = append(parts, Count(len(names)-most, "more object"))
	}
	return []string{"rows before of what it changes: " + strings.Join(parts, ", ")}
}

// unexercised are the clauses of the verdict about what nothing made use of:
// "3 of 7 changed classes never ran: A, B, C".
func unexercised(r *result.Result) []string {
	var clauses []string
	for _, w := range waysOf(r, func(sc *result.Scenario) string { return sc.Package }) {
		for _, kind := range kindsThatRun {
			if all, never := w.of(kind); len(never) > 0 {
				var names []string
				for _, m := range never {
					names = append(names, m.Name)
				}
				clauses = append(clauses, neverOf(len(never), len(all), noun(kind))+few(names))
			}
		}
		if w.idle() {
			clauses = append(clauses, "the script "+w.scripts[0].Class+" changed nothing in any org")
		}
		if gates := untaken(w.scripts, true); len(gates) > 0 {
			var lines []string
			for _, g := range gates {
				lines = append(lines, fmt.Sprintf("%s line %d", g.Class, g.Line))
			}
			clauses = append(clauses, "no way took "+Count(len(gates), "branch")+" of the script on the previous version: "+few(lines))
		}
		clauses = append(clauses, w.empty()...)
		clauses = append(clauses, w.unnumbered(r)...)
	}
	return append(clauses, stoodFor(r.Scenarios)...)
}

// neverOf is "3 of 7 changed classes never ran: ", "the changed class never ran: ".
func neverOf(n, all int, noun string) string {
	switch {
	case all == 1:
		return "the " + noun + " never ran: "
	case n == all:
		return "none of " + Count(all, noun) + " ran: "
	default:
		return fmt.Sprintf("%d of %s never ran: ", n, Count(all, noun))
	}
}

// empty tells of the objects of the package that have no row in any org, while
// others have.
func (w *way) empty() []string {
	var names []string
	filled := map[string]bool{}
	for _, sc := range w.scenarios {
		populated := slices.ContainsFunc(sc.Coverage.Objects, func(o result.ObjectRows) bool { return o.Rows > 0 })
		for _, o := range sc.Coverage.Objects {
			filled[o.Object] = filled[o.Object] || o.Rows > 0
			if populated && o.Rows == 0 && !slices.Contains(names, o.Object) {
				names = append(names, o.Object)
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return filled[name] })
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []string{"populated orgs had no row of " + few(names)}
}

// unnumbered tells of versions to start from whose number nothing says, where the
// script asks for it.
func (w *way) unnumbered(r *result.Result) []string {
	const none = "0.0" // what a version without a number is told as
	var names []string
	for _, p := range r.Packages {
		for _, v := range p.Versions {
			asks := slices.ContainsFunc(w.scenarios, func(sc *result.Scenario) bool {
				return sc.Package == p.Name && slices.Contains(sc.Path[:len(sc.Path)-1], v.Name) && sc.Coverage.Script != nil &&
					slices.ContainsFunc(sc.Coverage.Script.Gates, func(g result.GateTaken) bool { return g.Version })
			})
			if v.Number == none && asks {
				names = append(names, v.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"nothing says the number of " + few(names) + ", which the script asks for and is told as " + none + " (number in a suite, a tag, or the project's versionNumber)"}
}

// few names the first of a list, and how many more there are.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// stoodFor tells of the required packages in whose place empty ones stood.
func stoodFor(scenarios []result.Scenario) []string {
	var names []string
	for i := range scenarios {
		names = append(names, scenarios[i].StandIns...)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	stood := "empty packages stood for "
	if len(names) == 1 {
		stood = "an empty package stood for "
	}
	return []string{stood + few(names) + ", which no source names (--with, dependsOn)"}
}
