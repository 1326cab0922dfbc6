package types

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Package is the Apex of one namespace.
type Package struct {
	Namespace string // "" for the subscriber's own code and unmanaged packages
	Units     []*syntax.Unit
	// Released code was compiled by the platform: it is bound as far as it goes,
	// whatever is said against it (released.go).
	Released bool
}

// Env answers what the checker must know of an org besides its schema. A nil
// function accepts every name.
type Env struct {
	Label  func(namespace, name string) bool // custom labels
	Page   func(namespace, name string) bool // Visualforce pages
	Absent []string                          // namespaces of packages that are needed but not at hand
	Ledger *ledger.Ledger                    // takes what is named of absent namespaces; may be nil
}

// Config is what a Program is made of.
type Config struct {
	Schema   *schema.Schema
	Packages []Package
	Env      Env
	Cache    *Cache // shares the results of full checks between versions; may be nil
}

// Program is everything Apex that an org or a check can see.
type Program struct {
	schema   *schema.Schema
	env      Env
	spaces   map[string]*space // by lower-case namespace
	classes  []*Class          // top-level, by namespace and name
	all      []*Class          // with inner ones, outer before inner
	triggers []*Trigger
	absent   map[string]bool
	declared diag.List // what is wrong with declarations and headers
	released map[*syntax.Unit]bool

	mu       sync.Mutex
	sobjects map[*schema.Object]*Type

	requires struct {
		once once.Once
		set  map[string]bool // namespaces in lower case, see required
	}

	cache  *Cache
	checks sync.Map // the files under check with a cache: *unitCheck by unit and by file name
}

// space is the classes of one namespace.
type space struct {
	name    string
	classes map[string]*Class // top-level, by lower-case name
}

// NewProgram declares the classes of all packages and resolves their headers.
// It looks at no member and no body; the list holds types declared twice and
// headers that can not be resolved.
func NewProgram(cfg Config) (*Program, diag.List) {
	lib.load()
	p := &Program{schema: cfg.Schema, env: cfg.Env, cache: cfg.Cache, spaces: map[string]*space{}, absent: map[string]bool{}, released: map[*syntax.Unit]bool{},
		sobjects: map[*schema.Object]*Type{}}
	for _, ns := range cfg.Env.Absent {
		p.absent[strings.ToLower(ns)] = true
	}
	for _, pkg := range cfg.Packages {
		s := p.space(pkg.Namespace)
		for _, u := range pkg.Units {
			p.released[u] = pkg.Released
			p.declareUnit(s, u)
		}
	}
	byName := func(a, b *Class) int { return strings.Compare(a.key, b.key) }
	slices.SortStableFunc(p.classes, byName)
	slices.SortStableFunc(p.triggers, func(a, b *Trigger) int { return byName(a.Class, b.Class) })
	for _, c := range p.all {
		c.resolveHead(&p.declared)
	}
	for _, t := range p.triggers {
		p.resolveTrigger(t)
	}
	p.declared.Sort()
	return p, p.declared
}

func (p *Program) space(ns string) *space {
	key := strings.ToLower(ns)
	s := p.spaces[key]
	if s == nil {
		s = &space{name: ns, classes: map[string]*Class{}}
		p.spaces[key] = s
	}
	return s
}

func (p *Program) declareUnit(s *space, u *syntax.Unit) {
	switch {
	case u == nil:
	case u.Kind == syntax.TriggerUnit && u.Trigger != nil:
		p.declareTrigger(s, u)
	case u.Kind == syntax.ClassUnit && u.Type != nil:
		c := p.declareType(s.name, u, u.Type, nil)
		key := u.Type.TypeName().Key()
		if s.classes[key] != nil {
			p.declared = append(p.declared, diag.Errorf(u.Span(u.Type.TypeName()), CodeDuplicateType, "Duplicate type name: %s", c.Name))
			return
		}
		s.classes[key] = c
		p.classes = append(p.classes, c)
	}
}

// declareType makes the class of a declaration and of those inside it.
func (p *Program) declareType(ns string, u *syntax.Unit, d syntax.TypeDecl, outer *Class) *Class {
	c := &Class{Name: d.TypeName().Text, Namespace: ns, Outer: outer, Decl: d, Unit: u, program: p}
	mods := d.TypeModifiers()
	c.Access = accessOf(mods, Private)
	if outer == nil && c.Access == Private {
		c.Access = Public // a top-level test class may be private, and is then seen by tests only
	}
	c.Abstract = mods.Set.Has(syntax.Abstract)
	c.Virtual = mods.Set.Any(syntax.Abstract | syntax.Virtual)
	c.Sharing = sharingOf(mods.Set)
	c.Test = mods.Annotation("isTest") != nil || outer != nil && outer.Test
	p.all = append(p.all, c)
	var list []syntax.Member
	switch d := d.(type) {
	case *syntax.ClassDecl:
		c.Kind, list = KindClass, d.Members
	case *syntax.InterfaceDecl:
		c.Kind, c.Abstract, c.Virtual, list = KindInterface, true, true, d.Members
	case *syntax.EnumDecl:
		c.Kind = KindEnum
		for _, v := range d.Values {
			c.Enum = append(c.Enum, v.Text)
		}
	}
	c.typ = &Type{Kind: c.Kind, Name: c.FullName(), Class: c}
	c.key = strings.ToLower(c.typ.Name)
	for _, m := range list {
		if inner, ok := m.(syntax.TypeDecl); ok {
			p.declareInner(c, u, inner)
		}
	}
	return c
}

func (p *Program) declareInner(c *Class, u *syntax.Unit, d syntax.TypeDecl) {
	inner := p.declareType(c.Namespace, u, d, c)
	if c.ownInner(inner.Name) != nil {
		p.declared = append(p.declared, diag.Errorf(u.Span(d.TypeName()), CodeDuplicateType, "Duplicate type name: %s", inner.Name))
		return
	}
	if c.Outer != nil {
		p.declared = append(p.declared, diag.Errorf(u.Span(d.TypeName()), CodeInvalidDeclaration, "Inner types are not allowed to have inner types"))
	}
	c.addInner(inner)
}

func accessOf(m *syntax.Modifiers, otherwise Access) Access {
	switch {
	case m.Set.Any(syntax.Global | syntax.WebService):
		return Global
	case m.Set.Has(syntax.Public):
		return Public
	case m.Set.Has(syntax.Protected):
		return Protected
	case m.Set.Has(syntax.Private):
		return Private
	default:
		return otherwise
	}
}

func sharingOf(m syntax.Modifier) Sharing {
	switch {
	case m.Has(syntax.WithSharing):
		return WithSharing
	case m.Has(syntax.WithoutSharing):
		return WithoutSharing
	case m.Has(syntax.InheritedSharing):
		return InheritedSharing
	default:
		return SharingOmitted
	}
}

// Schema is the schema the program is bound against.
func (p *Program) Schema() *schema.Schema { return p.schema }

// Class finds a class of a namespace, top-level or "Outer.Inner", ignoring
// case; nil when there is none.
func (p *Program) Class(namespace, name string) *Class {
	s := p.spaces[strings.ToLower(namespace)]
	if s == nil {
		return nil
	}
	name, inner, nested := strings.Cut(name, ".")
	c := s.classes[strings.ToLower(name)]
	if nested && c != nil {
		return c.inner(inner)
	}
	return c
}

// Classes are the top-level classes of all packages, by namespace and name.
func (p *Program) Classes() []*Class { return p.classes }

// Triggers are the triggers on an object, by namespace and name; of all
// objects for nil.
func (p *Program) Triggers(object *schema.Object) []*Trigger {
	var list []*Trigger
	for _, t := range p.triggers {
		if object == nil || t.Object.SObject == object {
			list = append(list, t)
		}
	}
	return list
}

// SObjectType is the type of an object's records.
func (p *Program) SObjectType(o *schema.Object) *Type {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.sobjects[o]
	if t == nil {
		t = &Type{Kind: KindSObject, Name: o.Name, SObject: o, Class: SObject.Class}
		p.sobjects[o] = t
	}
	return t
}

// object finds an sObject as code of a namespace names it.
func (p *Program) object(ns, name string) *schema.Object {
	if p.schema == nil {
		return nil
	}
	return p.schema.ObjectIn(ns, name)
}

// isNamespace reports whether a word names a package at hand.
func (p *Program) isNamespace(name string) bool {
	return name != "" && p.spaces[strings.ToLower(name)] != nil
}

// missing reports whether a custom name (ns__Foo__c) belongs to a package that
// is not at hand, and notes it.
func (p *Program) missing(name, where string) bool {
	ns := p.missingNamespace(name)
	if ns == "" {
		return false
	}
	p.noted(absentNote(ns, where))
	return true
}

// missingNamespace is the namespace of a custom name whose package is not at
// hand, "" for other names.
func (p *Program) missingNamespace(name string) string {
	ns, _, _ := schema.SplitName(name)
	if p.isNamespace(ns) {
		return ""
	}
	return ns
}

// outline finds an sObject of which the platform's name is all that is known, and
// notes where it is used.
func (p *Program) outline(name, where string) *schema.Object {
	if p.schema == nil {
		return nil
	}
	o := p.schema.Outline(name)
	if o != nil && where != "" {
		p.noted(ledger.Entry{Name: o.Name, Note: "a standard object of which only the name is known: its fields are not checked, and no org holds it", Where: where})
	}
	return o
}

// partial reports whether an object belongs to a package that is not at hand, or
// is known by name only, so that what it seems to lack may be there, and notes it.
func (p *Program) partial(o *schema.Object, where string) bool {
	switch {
	case o == nil:
		return false
	case o.Outline:
		return p.outline(o.Name, where) != nil
	default:
		return p.missing(o.Name, where)
	}
}

// absentNote is the entry for a use of a package that is not at hand.
func absentNote(ns, where string) ledger.Entry {
	return ledger.Entry{Name: "namespace " + ns, Note: "the package is not at hand: what is named of it is not checked", Where: where}
}
