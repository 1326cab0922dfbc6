// Package automation compiles what an org's components do to rows of an
// object: defaults, validation rules, formula fields, roll-ups, duplicate rules
// and lookup filters, workflow rules and record-triggered flows; and what the
// platform itself does to rows of a few standard objects.
//
// A Compiler reads the components of one org through Components and makes a
// save.Automation an object, once, when it is first asked for. What it makes
// is immutable and shared by all orgs that have the same components; its
// functions are handed the save.Env they run in. A Compiler is safe for
// concurrent use.
//
// Left out: when the compiled rules run, which is the order of execution
// (package save); the triggers, which the org runs.
package automation

import (
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Components finds the components of an org.
type Components interface {
	Find(kind metadata.Kind, namespace, name string) (flow.Owned, bool)
	// OfKind lists the components of a kind, sorted by namespace and name.
	OfKind(kind metadata.Kind) []flow.Owned
}

// Compiler makes the automation of an org's objects.
type Compiler struct {
	schema     *schema.Schema
	formulas   *formula.Compiler
	components Components
	triggered  func(*schema.Object, dml.Event) bool

	byObjectOnce once.Once
	byObject     map[string][]flow.Owned // by object, lower case

	mu   sync.Mutex
	made map[*schema.Object]*save.Automation
}

// New begins a Compiler. triggered tells whether an object has triggers of an
// event; it is asked when the object's automation is made.
func New(s *schema.Schema, formulas *formula.Compiler, components Components, triggered func(*schema.Object, dml.Event) bool) *Compiler {
	return &Compiler{schema: s, formulas: formulas, components: components, triggered: triggered, made: map[*schema.Object]*save.Automation{}}
}

// Of is what the components do to rows of an object, compiled once; never nil.
func (c *Compiler) Of(obj *schema.Object) *save.Automation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.made[obj]; a != nil {
		return a
	}
	a := &save.Automation{
		Defaults:   c.defaults(obj),
		Rules:      c.rules(obj),
		Compute:    c.compute(obj),
		RollUps:    c.rollUps(obj),
		Filters:    c.lookupFilters(obj),
		Duplicates: c.duplicateRules(obj),
		ShareRules: c.shareRules(obj),
		Derive:     derivations[obj.Name],
	}
	switch obj.Name {
	case "ContentVersion":
		a.Prepare, a.Follow = prepareFiles, shareFiles
	case "User":
		a.Follow = followProfiles
	case "UserRole":
		a.Follow = followRoles
	}
	for event := range a.Triggers {
		a.Triggers[event] = c.triggered(obj, dml.Event(event))
	}
	c.flows(obj, a)
	c.made[obj] = a
	return a
}

// componentsOf lists the components of a kind that act on rows of an object.
func (c *Compiler) componentsOf(obj *schema.Object, kind metadata.Kind) []flow.Owned {
	c.byObjectOnce.Do(c.sortByObject)
	var out []flow.Owned
	for _, e := range c.byObject[strings.ToLower(obj.Name)] {
		if e.Component.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

func (c *Compiler) sortByObject() {
	c.byObject = map[string][]flow.Owned{}
	for _, kind := range []metadata.Kind{metadata.ValidationRule, metadata.WorkflowRule, metadata.DuplicateRule, metadata.Flow, metadata.CustomField,
		metadata.SharingOwnerRule, metadata.SharingCriteriaRule} {
		for _, e := range c.components.OfKind(kind) {
			parent := e.Component.Parent()
			switch kind {
			case metadata.CustomField:
				if e.Component.Props.Child("lookupFilter") == nil {
					continue
				}
			case metadata.Flow:
				parent = e.Component.Props.Get("start/object")
			case metadata.DuplicateRule:
				parent, _, _ = strings.Cut(e.Component.Name, ".")
			}
			if o := c.schema.ObjectIn(e.Namespace, parent); o != nil {
				key := strings.ToLower(o.Name)
				c.byObject[key] = append(c.byObject[key], e)
			}
		}
	}
}

// prefixed puts a namespace in front of any name: "ns__Name".
func prefixed(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}

func firstMessage(diags diag.List) string {
	for _, d := range diags {
		if d.Severity == diag.Error {
			return d.Message
		}
	}
	return "does not compile"
}
