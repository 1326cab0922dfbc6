// Package lint judges a new version of a package without any org: what the
// platform would refuse to package or install, what subscribers will never
// receive, and what breaks them although the platform allows it.
//
// The machine: the rules are one table (rules.go), an entry a code, with the
// reason, the platform's own text where it is known, the safe recipe and where
// the facts say so. Finders look at the differences of the two versions
// (components.go for kinds and attributes by the manageability table,
// removals.go for what left, global.go for the contract of global Apex,
// references.go and compiled.go for what still names something that left,
// markup.go for global and exposed components in markup, patch.go for patch
// versions, ancestry.go and requirements.go for what the org
// must have and be at) and at the path that an install takes through
// the post-install class (path.go, gates.go): which version gates which
// starting version passes, queries without a limit, writes without partial
// success, classes with sharing.
//
// Everything is a pure function of its input and sorted, so two runs print the
// same. Packages are not changed.
//
// Left out: what only stored data can tell (the rehearsal of an upgrade finds
// it), test coverage, and calls that the install path makes through interfaces
// or types made by name.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Problem is one thing that a rule found.
type Problem struct {
	Code      Code          `json:"code"`
	Effect    Effect        `json:"effect"`
	Kind      metadata.Kind `json:"kind"`
	Name      string        `json:"name"`
	Property  string        `json:"property,omitempty"`
	From      string        `json:"fromValue,omitempty"`
	To        string        `json:"toValue,omitempty"`
	Message   string        `json:"message"`
	Platform  string        `json:"platformText,omitempty"` // as the platform words it, where known
	Why       string        `json:"why"`
	Recipe    string        `json:"recipe"` // what to do instead
	Source    string        `json:"source"` // of the rule
	Span      diag.Span     `json:"span"`
	InRemoved bool          `json:"inRemoved,omitempty"` // Span is in the old version: the new one has no such file
	Versions  []string      `json:"versions,omitempty"`  // starting versions concerned; empty for all
}

// Report is what the check of a new version found.
type Report struct {
	From     []string             `json:"from"` // starting versions, as the caller names them
	To       string               `json:"to"`
	Kind     metadata.PackageKind `json:"kind"`
	Problems []Problem            `json:"problems"` // never null
	Gates    []Gate               `json:"gates"`    // branches of the install path on version and mode, never null
}

// Count is how many problems have an effect.
func (r *Report) Count(e Effect) int {
	n := 0
	for _, p := range r.Problems {
		if p.Effect == e {
			n++
		}
	}
	return n
}

// Old is a starting version under the name that the caller gives it.
type Old struct {
	Name    string
	Package *metadata.Package
}

// Check judges the upgrades from each of the old versions, given oldest first,
// to a new one. The rules of the new version's kind of package apply.
func Check(old []Old, to string, next *metadata.Package) *Report {
	return check(old, to, next, newCompiler())
}

// CheckReleased is Check from one version, and lists what our compiler says
// against the Apex of the new one.
func CheckReleased(old Old, to string, next *metadata.Package) (*Report, diag.List) {
	c := newCompiler()
	return check([]Old{old}, to, next, c), c.errors(next)
}

func check(old []Old, to string, next *metadata.Package, compiler *compiler) *Report {
	r := &Report{To: to, Kind: next.Kind, Problems: []Problem{}, Gates: []Gate{}}
	merged := map[string]int{}
	for i, o := range old {
		r.From = append(r.From, o.Name)
		c := &checker{before: o.Package, after: next, compiler: compiler}
		c.changes = metadata.Compare(o.Package, next)
		c.run()
		if i > 0 {
			c.burntNames(old[:i])
		}
		for _, p := range c.found {
			r.merge(merged, o.Name, p)
		}
	}
	for _, d := range next.Unreadable {
		r.merge(merged, "", problemOf(FileUnreadable, d))
	}
	path := installPath(old, next)
	r.Gates = append(r.Gates, path.gates...)
	for _, p := range path.found {
		r.merge(merged, "", p)
	}
	for i := range r.Problems {
		if len(r.Problems[i].Versions) == len(old) {
			r.Problems[i].Versions = nil
		}
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Effect.rank(), b.Effect.rank()), cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Property, b.Property),
			cmp.Compare(a.Span.Line, b.Span.Line), cmp.Compare(a.Message, b.Message))
	})
	return r
}

// merge adds a problem once, with the starting versions that have it.
func (r *Report) merge(at map[string]int, version string, p Problem) {
	key := strings.Join([]string{string(p.Code), string(p.Kind), p.Name, p.Property, p.Message, p.Span.String()}, "\x00")
	i, known := at[key]
	if !known {
		i = len(r.Problems)
		at[key] = i
		r.Problems = append(r.Problems, p)
	}
	if version != "" {
		r.Problems[i].Versions = append(r.Problems[i].Versions, version)
	}
}

// checker looks at one pair of versions.
type checker struct {
	before, after *metadata.Package
	changes       []metadata.Change
	found         []Problem
	compiler      *compiler
}

func (c *checker) run() {
	for _, change := range c.changes {
		switch change.Change {
		case metadata.Added:
			c.added(change)
		case metadata.Removed:
			c.removed(change)
		case metadata.Modified:
			c.modified(change)
			c.markup(change)
		}
	}
	c.globals()
	if c.after.Kind != metadata.Unmanaged {
		c.references()
		c.compiled()
	}
	c.patch()
	c.delivery()
	c.ancestry()
	c.requirements()
	c.crossings()
}

func (c *checker) managed() bool { return c.after.Kind == metadata.Managed }

// add reports a problem of a component of the new version, or of the old one
// when it left.
// problemOf is a problem of a file that gave no component to name.
func problemOf(code Code, d diag.Diagnostic) Problem {
	p := newProblem(code, &metadata.Component{Name: d.Span.File, Props: &metadata.Node{}, Span: d.Span}, "", d.Message)
	if len(d.Notes) > 0 {
		p.Message += "; " + d.Notes[0]
	}
	return p
}

func (c *checker) add(code Code, m *metadata.Component, property, format string, args ...any) *Problem {
	p := newProblem(code, m, property, fmt.Sprintf(format, args...))
	p.InRemoved = c.after.Find(m.Kind, m.Name) == nil
	c.found = append(c.found, p)
	return &c.found[len(c.found)-1]
}

func newProblem(code Code, m *metadata.Component, property, message string) Problem {
	rule := RuleOf(code)
	return Problem{Code: code, Effect: rule.Effect, Kind: m.Kind, Name: m.Name, Property: property, Message: message,
		Platform: rule.Platform, Why: rule.Why, Recipe: rule.Recipe, Source: rule.Source(), Span: spanOf(m, property)}
}

// spanOf is where a property stands in the file of a component: the line of the
// nearest element that is written there.
func spanOf(m *metadata.Component, property string) diag.Span {
	at := m.Span
	node := m.Props
	if property == "picklistValues" {
		property = "valueSet/valueSetDefinition"
	}
	for step := range strings.SplitSeq(property, "/") {
		name, key, _ := strings.Cut(strings.TrimSuffix(step, "]"), "[")
		next := node.Child(name)
		for _, entry := range node.All(name) {
			if key != "" && slices.ContainsFunc(entry.Children, func(n *metadata.Node) bool { return n.Text == key }) {
				next = entry
			}
		}
		if next == nil {
			break
		}
		if node = next; node.Line > 0 {
			at = diag.Span{File: m.Span.File, Line: node.Line, Column: node.Column}
		}
	}
	return at
}
