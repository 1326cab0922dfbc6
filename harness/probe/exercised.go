package probe

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/aim"
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Exercised is how much of what a release changes was made use of: by the
// script, jobs, business and experiments.
type Exercised struct {
	Components []Used     // changed Apex that has statements, and changed flows, in the order of the comparison
	Objects    []Stock    // of the package before, by name; settings and the like left out
	Script     *ScriptUse // of the last step; nil where none ran
}

// Used is a changed component that can run.
type Used struct {
	Kind       metadata.Kind
	Name       string
	Lines, Ran int    // of Apex: lines with statements, and those that ran; of a flow 1, and 1 when it ran
	Why        string // it did not run: what would start it
}

// Stock is how many rows an object had before the upgrade.
type Stock struct {
	Object  string // with its namespace
	Rows    int
	Changed bool // by the release
}

// ScriptUse is how much of the post-install class ran.
type ScriptUse struct {
	Class      string
	Lines, Ran int
	Gates      []GateUse
	// Wrote says that it or a job of it changed rows, or that it started jobs.
	Wrote bool
}

// GateUse is what became of a gate of the script.
type GateUse struct {
	Gate
	Reached, Taken bool
}

// exercised looks at what was noted while the scenario ran.
func exercised(ctx context.Context, s *Subject, e *Evidence) error {
	ran := s.After.Ran()
	if ran == nil {
		return nil
	}
	x := &exercise{Subject: s, ran: ran}
	if err := x.changed(); err != nil {
		return err
	}
	x.explain()
	if err := x.stock(ctx); err != nil {
		return err
	}
	x.script(e)
	e.Exercised = x.out
	return nil
}

// exercise is what is known so far.
type exercise struct {
	*Subject
	ran     *org.Ran
	objects map[string]bool              // that the release changes, in lower case, without namespace
	callers map[*metadata.Component]bool // code that names what did not run: whether it ran itself
	out     Exercised
}

// changed lists what the release changes and can run.
func (x *exercise) changed() error {
	x.objects = map[string]bool{}
	code := map[Key]bool{}
	for _, c := range metadata.Compare(x.From, x.To) {
		object, _, _ := strings.Cut(c.Name, ".")
		x.objects[strings.ToLower(object)] = true
		if x.To.Find(c.Kind, c.Name) != nil {
			code[Key{Kind: c.Kind, Name: strings.ToLower(c.Name)}] = true
		}
	}
	for _, c := range x.ran.Coverage(x.After, func(c *org.ClassCoverage) bool {
		return !c.Test && code[Key{Kind: kindOf(c), Name: strings.ToLower(c.Name)}] && x.same(c)
	}) {
		x.out.Components = append(x.out.Components, used(&c))
	}
	for _, c := range x.To.OfKind(metadata.Flow) {
		if code[Key{Kind: c.Kind, Name: strings.ToLower(c.Name)}] {
			u := Used{Kind: c.Kind, Name: c.Name, Lines: 1}
			if x.ran.Flow(x.full(c.Name)) {
				u.Ran = 1
			}
			x.out.Components = append(x.out.Components, u)
		}
	}
	return nil
}

// Key names a component.
type Key = org.Key

func kindOf(c *org.ClassCoverage) metadata.Kind {
	if c.Trigger {
		return metadata.ApexTrigger
	}
	return metadata.ApexClass
}

// same reports whether covered code is that of the last version.
func (x *exercise) same(c *org.ClassCoverage) bool {
	is := x.To.Find(kindOf(c), c.Name)
	return strings.EqualFold(c.Namespace, x.To.Namespace) && is != nil && bytes.Equal(is.Source, c.File.Src)
}

func used(c *org.ClassCoverage) Used {
	u := Used{Kind: kindOf(c), Name: c.Name}
	for _, ran := range c.Lines() {
		u.Lines++
		if ran {
			u.Ran++
		}
	}
	return u
}

func (x *exercise) full(name string) string {
	return diff.FullName(org.Key{Kind: metadata.Flow, Namespace: x.To.Namespace, Name: name})
}

// explain says of what did not run what would start it.
func (x *exercise) explain() {
	var classes []string
	for _, u := range x.out.Components {
		if u.Ran == 0 && u.Kind == metadata.ApexClass {
			classes = append(classes, u.Name)
		}
	}
	callers := aim.NamedIn(x.To, classes)
	x.seeCallers(callers)
	for i := range x.out.Components {
		u := &x.out.Components[i]
		if u.Ran > 0 {
			continue
		}
		c := x.To.Find(u.Kind, u.Name)
		switch u.Kind {
		case metadata.ApexTrigger:
			u.Why = x.noTrigger(c)
		case metadata.Flow:
			u.Why = x.noFlow(c)
		default:
			u.Why = x.noClass(c, callers[strings.ToLower(u.Name)])
		}
	}
}

func (x *exercise) noTrigger(c *metadata.Component) string {
	object := triggerObject(c)
	if !x.wrote(object) {
		return "no row of " + object + " was saved"
	}
	return "rows of " + object + " were saved, none by what it waits for"
}

// triggerObject is the object of a trigger, as its source writes it.
func triggerObject(c *metadata.Component) string {
	_, rest, _ := strings.Cut(string(c.Source), " on ")
	object, _, _ := strings.Cut(strings.TrimSpace(rest), "(")
	return strings.TrimSpace(object)
}

func (x *exercise) wrote(object string) bool {
	return x.ran.Wrote(object) || x.ran.Wrote(x.full(metadata.StripNamespace(object, x.To.Namespace)))
}

func (x *exercise) noFlow(c *metadata.Component) string {
	object := ""
	if start := c.Props.Child("start"); start != nil {
		object = start.Get("object")
		if start.Get("triggerType") == "Scheduled" {
			return "only its schedule starts it"
		}
	}
	switch {
	case c.Props.Get("status") != "" && c.Props.Get("status") != "Active":
		return "it is not active"
	case object == "" && c.Props.Get("processType") == "Flow":
		return "only people start it, in screens"
	case object == "":
		return "nothing that ran starts it"
	case !x.wrote(object):
		return "no row of " + object + " was saved"
	}
	return "no row of " + object + " that was saved met its conditions"
}

func (x *exercise) noClass(c *metadata.Component, callers []*metadata.Component) string {
	if starts := aim.Starts(x.To, c); len(starts) > 0 {
		return "waits for " + strings.Join(starts, ", ")
	}
	var ran, idle []string
	for _, by := range callers {
		switch did, runs := x.callers[by]; {
		case did:
			ran = append(ran, by.Name)
		case runs:
			idle = append(idle, by.Name)
		}
	}
	switch {
	case len(ran) > 0:
		return few(ran) + " ran and did not come to it"
	case len(idle) > 0:
		return few(idle) + " did not run"
	}
	return "no Apex of the package names it but its tests"
}

// few names the first of a list.
func few(names []string) string {
	const most = 3
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "others")
	}
	return strings.Join(names, ", ")
}

// seeCallers finds out which of some classes and triggers ran; tests do not count.
func (x *exercise) seeCallers(callers map[string][]*metadata.Component) {
	asked := map[*metadata.Component]bool{}
	for _, list := range callers {
		for _, c := range list {
			asked[c] = true
		}
	}
	x.callers = map[*metadata.Component]bool{}
	for _, c := range x.ran.Coverage(x.After, func(c *org.ClassCoverage) bool {
		return !c.Test && asked[x.To.Find(kindOf(c), c.Name)] && x.same(c)
	}) {
		x.callers[x.To.Find(kindOf(&c), c.Name)] = used(&c).Ran > 0
	}
}

// stock counts the rows before.
func (x *exercise) stock(ctx context.Context) error {
	counts, err := x.Before.Counts(ctx)
	if err != nil {
		return err
	}
	for _, c := range x.From.OfKind(metadata.CustomObject) {
		obj := x.Before.Schema().ObjectIn(x.From.Namespace, c.Name)
		if obj == nil || obj.Kind != schema.Custom {
			continue
		}
		x.out.Objects = append(x.out.Objects, Stock{Object: obj.Name, Rows: int(counts[obj.Name]), Changed: x.objects[strings.ToLower(c.Name)]})
	}
	slices.SortFunc(x.out.Objects, func(a, b Stock) int { return strings.Compare(a.Object, b.Object) })
	return nil
}

// script tells of the post-install class of the last step what ran while it was
// installed.
func (x *exercise) script(e *Evidence) {
	step := e.Last()
	script := step.Report.Script
	if script == nil || script.Skipped != "" {
		return
	}
	gates := x.Versions.check(step.From, step.To).gates
	out := &ScriptUse{Class: script.Class, Wrote: len(step.Jobs) > 0}
	byClass := map[string]org.ClassCoverage{}
	classes := map[string]bool{strings.ToLower(script.Class): true}
	for _, g := range gates {
		classes[topClass(g.Class)] = true
	}
	for _, c := range step.Ran.Coverage(x.After, func(c *org.ClassCoverage) bool {
		return !c.Trigger && classes[strings.ToLower(c.Name)] && x.same(c)
	}) {
		byClass[strings.ToLower(c.Name)] = c
		if strings.EqualFold(c.Name, script.Class) {
			u := used(&c)
			out.Lines, out.Ran = u.Lines, u.Ran
		}
	}
	for _, g := range gates {
		c := byClass[topClass(g.Class)]
		taken, other := ranWithin(&c, g.Then), ranWithin(&c, g.Else)
		out.Gates = append(out.Gates, GateUse{Gate: g, Taken: taken, Reached: taken || other || ranAt(&c, g.Span.Line)})
	}
	if script.Result != nil {
		for _, l := range script.Result.Limits {
			out.Wrote = out.Wrote || l.Name == "DmlRows" && l.Used > 0
		}
	}
	x.out.Script = out
}

// topClass is the class of a file, in lower case, of "Outer.Inner".
func topClass(name string) string {
	top, _, _ := strings.Cut(strings.ToLower(name), ".")
	return top
}

func ranWithin(c *org.ClassCoverage, r syntax.Range) bool {
	for _, s := range c.Statements {
		if s.Ran && s.At >= int(r.Pos) && s.At < int(r.End) {
			return true
		}
	}
	return false
}

// ranAt reports whether a statement of a line ran.
func ranAt(c *org.ClassCoverage, line int) bool { return c.Lines()[line] }
