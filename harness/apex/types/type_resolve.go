package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// inner finds an inner class by name, also one inherited.
func (c *Class) inner(name string) *Class {
	for depth := 0; c != nil && depth < maxDepth; depth++ {
		if i := c.ownInner(name); i != nil {
			return i
		}
		up := c.superClass()
		if up == nil || up.Lib {
			return nil
		}
		c = up
	}
	return nil
}

// ownInner finds an inner class by name among those that the class declares.
func (c *Class) ownInner(name string) *Class {
	if c.innerByName != nil {
		return c.innerByName[strings.ToLower(name)]
	}
	for _, i := range c.Inner {
		if syntax.EqualFold(i.Name, name) {
			return i
		}
	}
	return nil
}

// addInner takes an inner class in; where there are many they are found by a map.
func (c *Class) addInner(inner *Class) {
	const many = 16
	c.Inner = append(c.Inner, inner)
	switch {
	case c.innerByName != nil:
		c.innerByName[strings.ToLower(inner.Name)] = inner
	case len(c.Inner) > many:
		c.innerByName = make(map[string]*Class, 2*many)
		for _, i := range c.Inner {
			c.innerByName[strings.ToLower(i.Name)] = i
		}
	}
}

// maxDepth bounds the walk up a chain of classes while cycles may still be
// there.
const maxDepth = 64

func (c *Class) superClass() *Class {
	if s := c.Super(); s != nil {
		return s.Class
	}
	return nil
}

// typeNamed finds the type that a single name means inside a class of a
// namespace: the class and those around it with their inner types, the
// namespace's classes, the library's System and Schema, then sObjects. A nil
// type is not found.
func (p *Program) typeNamed(from *Class, ns, name string) *Type {
	for c := from; c != nil; c = c.Outer {
		if _, named := c.Decl.(syntax.TypeDecl); named && syntax.EqualFold(c.Name, name) {
			return c.typ // the name of a trigger is no type, and may be that of a class
		}
		if i := c.inner(name); i != nil {
			return i.typ
		}
	}
	key := strings.ToLower(name)
	if s := p.spaces[strings.ToLower(ns)]; s != nil {
		if c := s.classes[key]; c != nil {
			return c.typ
		}
	}
	c := libraryClass("system." + key)
	if c != nil && !c.onlyStatics() {
		return instantiate(c, nil)
	}
	if x := libraryClass("schema." + key); x != nil {
		return x.typ
	}
	if o := p.object(ns, name); o != nil {
		return p.SObjectType(o)
	}
	if c != nil {
		return instantiate(c, nil)
	}
	for outer := range from.aroundInherited {
		if i := outer.inner(name); i != nil {
			return i.typ
		}
	}
	if o := p.outline(name, ""); o != nil {
		return p.SObjectType(o)
	}
	return nil
}

// aroundInherited are the classes around those that a class, or one around it,
// extends: what is nested in them and their statics are in reach too, after
// everything else.
func (c *Class) aroundInherited(yield func(*Class) bool) {
	for ; c != nil; c = c.Outer {
		up := c.superClass()
		for depth := 0; up != nil && !up.Lib && depth < maxDepth; depth++ {
			if up.Outer != nil && up.Outer.Namespace == c.Namespace && !yield(up.Outer) {
				return
			}
			up = up.superClass()
		}
	}
}

// onlyStatics reports whether a library class is a mere holder of static
// methods, so that an sObject of the same name (Site, Network) is meant where
// a type is wanted.
func (c *Class) onlyStatics() bool {
	if c.Kind != KindClass || c.Params > 0 || !c.Lib {
		return false
	}
	m := c.loadMembers()
	for _, f := range m.fields {
		if !f.Static {
			return false
		}
	}
	for _, x := range m.methods {
		if !x.Static {
			return false
		}
	}
	return len(m.methods) > 0
}

// generated are namespaces whose types the platform makes from other metadata.
var generated = map[string]string{
	"component":               "Visualforce components made in Apex are not simulated",
	"dataweavescriptresource": "DataWeave scripts are not simulated",
	"externalservice":         "external services are not simulated",
	"connectapi":              "not all types of ConnectApi are known",
	"flow":                    "flows started by their name are not simulated",
}

// libAliases are second names of library types.
var libAliases = map[string]string{"apexpages.pagereference": "system.pagereference"}

// typeIn finds a top-level type of a namespace: of a package, or of the
// library, sObjects for Schema.
func (p *Program) typeIn(ns, name, from string) *Type {
	if s := p.spaces[strings.ToLower(ns)]; s != nil && ns != "" {
		if c := s.classes[strings.ToLower(name)]; c != nil {
			return c.typ
		}
		if o := p.object(ns, name); o != nil {
			return p.SObjectType(o)
		}
	}
	key := strings.ToLower(ns + "." + name)
	if alias, ok := libAliases[key]; ok {
		key = alias
	}
	if c := libraryClass(key); c != nil {
		return instantiate(c, nil)
	}
	if strings.EqualFold(ns, "schema") {
		if t := libKinds["system."+strings.ToLower(name)]; t != nil && t.Kind == KindSObject {
			return t
		}
	}
	if strings.EqualFold(ns, "schema") || strings.EqualFold(ns, "system") {
		if o := p.object(from, name); o != nil {
			return p.SObjectType(o)
		}
		if o := p.outline(name, ""); o != nil && strings.EqualFold(ns, "schema") {
			return p.SObjectType(o)
		}
	}
	return nil
}

// typeScope is where a written type is read.
type typeScope struct {
	program *Program
	class   *Class // nil at the top
	home    *Class // the top-level class, where class is not one of its own
	ns      string
	unit    *syntax.Unit
	notes   *[]ledger.Entry // takes what is named of packages that are not at hand; noted at once for nil
}

func (s typeScope) noted(e ledger.Entry) {
	if s.notes == nil {
		s.program.noted(e)
		return
	}
	*s.notes = append(*s.notes, e)
}

// resolve finds the type of a reference. When it can not, it appends a
// diagnostic and returns Invalid.
func (s typeScope) resolve(ref *syntax.TypeRef, into *diag.List) *Type {
	if ref == nil || len(ref.Names) == 0 {
		return Invalid
	}
	t := s.named(ref, into)
	if t == nil {
		if _, ok := flowNamed(ref.Names); ok {
			return libraryType("flow.interview")
		}
		if what := generated[strings.ToLower(ref.Names[0].Text)]; what != "" && len(ref.Names) > 1 {
			s.noted(ledger.Entry{Name: ref.Names[0].Text, Note: what, Where: s.unit.Span(ref).String()})
			return Invalid
		}
		if s.program.absent[strings.ToLower(ref.Names[0].Text)] {
			s.noted(absentNote(ref.Names[0].Text, s.unit.Span(ref).String()))
			return Invalid
		}
		if ns := s.program.missingNamespace(ref.Names[len(ref.Names)-1].Text); ns != "" {
			s.noted(absentNote(ns, s.unit.Span(ref).String()))
			return Invalid
		}
		*into = append(*into, diag.Errorf(s.unit.Span(ref), CodeUnknownType, InvalidType+"%s", ref.String()))
		return Invalid
	}
	if c := t.Class; c != nil && !c.Lib && !s.sees(c) {
		*into = append(*into, diag.Errorf(s.unit.Span(ref), CodeNotVisible, "Type is not visible: %s", ref.String()))
		if !s.program.released[s.unit] {
			return Invalid
		}
	}
	for range ref.Dims {
		t = ListOf(t)
	}
	return t
}

// flowNamed is the name of the flow in a type such as Flow.Interview.Name or
// Flow.Interview.ns.Name: such types are there whether or not the flow is, and
// are Flow.Interview.
func flowNamed(names []syntax.TypeName) (path []string, ok bool) {
	if len(names) < 3 || !names[0].Is("Flow") || !names[1].Is("Interview") {
		return nil, false
	}
	for _, n := range names[2:] {
		path = append(path, n.Text)
	}
	return path, true
}

// sees reports whether a class can be named from the scope: global ones of
// other namespaces, and of its own all but the private inner ones of others.
func (s typeScope) sees(c *Class) bool {
	if !strings.EqualFold(c.Namespace, s.ns) {
		for ; c != nil; c = c.Outer {
			if c.Access != Global {
				return false
			}
		}
		return true
	}
	if c.Access > Private || c.Outer == nil || s.class == nil {
		return true
	}
	home := s.home
	if home == nil {
		home = s.class.top()
	}
	if home == c.top() {
		return true
	}
	for from := s.class; from != nil; from = from.Outer {
		if from.below(c.Outer) {
			return true
		}
	}
	d, ok := c.Decl.(syntax.TypeDecl)
	return home.Test && ok && testVisible(d.TypeModifiers())
}

func (s typeScope) named(ref *syntax.TypeRef, into *diag.List) *Type {
	names := ref.Names
	if len(names) == 1 && names[0].Is("void") {
		return Void
	}
	var args []*Type
	for _, a := range ref.Args() {
		arg := s.resolve(a, into)
		if arg == Void {
			*into = append(*into, diag.Errorf(s.unit.Span(a), CodeUnknownType, "Invalid type: void"))
			arg = Invalid
		}
		args = append(args, arg)
	}
	t := s.path(names, len(args) > 0)
	if t == nil || len(args) == 0 {
		return t
	}
	if t.Class != nil && t.Class.Lib && t.Class.Params > 0 {
		if len(args) != t.Class.Params {
			*into = append(*into, diag.Errorf(s.unit.Span(ref), CodeUnknownType, "Invalid type: %s", ref.String()))
			return Invalid
		}
		return instantiate(t.Class, args)
	}
	*into = append(*into, diag.Errorf(s.unit.Span(ref), CodeUnknownType, "Unexpected type arguments: %s", ref.String()))
	return Invalid
}

// path resolves a dotted name: Outer.Inner before namespace.Class.
func (s typeScope) path(names []syntax.TypeName, generic bool) *Type {
	first := names[0].Text
	if len(names) == 1 {
		if generic {
			if c := libraryClass("system." + strings.ToLower(first)); c != nil && c.Params > 0 {
				return c.typ
			}
		}
		return s.program.typeNamed(s.class, s.ns, first)
	}
	if t := s.program.typeNamed(s.class, s.ns, first); t != nil && t.Class != nil {
		if c := innerPath(t.Class, names[1:]); c != nil {
			return instantiate(c, nil)
		}
		if t.Kind == KindSObject && len(names) == 2 && names[1].Is("SObjectType") {
			return libraryType("schema.sobjecttype")
		}
	}
	t := s.program.typeIn(first, names[1].Text, s.ns)
	if t == nil || len(names) == 2 || t.Class == nil {
		if len(names) > 2 {
			return nil
		}
		return t
	}
	if c := innerPath(t.Class, names[2:]); c != nil {
		return instantiate(c, nil)
	}
	return nil
}

func innerPath(c *Class, names []syntax.TypeName) *Class {
	for i := range names {
		if c = c.inner(names[i].Text); c == nil {
			return nil
		}
	}
	return c
}

// Knows reports whether a word is a namespace or names a type of any package or
// of the library.
func (p *Program) Knows(word string) bool {
	if p.isNamespace(word) || libraryNamespace(word) {
		return true
	}
	for _, s := range p.spaces {
		if s.classes[strings.ToLower(word)] != nil {
			return true
		}
	}
	return p.typeNamed(nil, "", word) != nil
}

// TypeByName is what Type.forName finds from code of a namespace: a class, an
// sObject or a library type, with generic arguments; nil when there is none. An
// sObject goes before a class of its name, which code alone would see: a public
// package whose tests shadow standard objects by classes finds the objects so.
func (p *Program) TypeByName(namespace, name string) *Type {
	if name = strings.TrimSpace(name); name == "ANY" { // as messages of failed casts write it
		return Object
	}
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		if t := p.TypeByName(namespace, elem); t != nil {
			return ListOf(t)
		}
		return nil
	}
	base, rest, generic := strings.Cut(name, "<")
	var ref []syntax.TypeName
	for part := range strings.SplitSeq(base, ".") {
		ref = append(ref, syntax.TypeName{Ident: syntax.Ident{Text: strings.TrimSpace(part)}})
	}
	s := typeScope{program: p, ns: namespace}
	t := s.path(ref, generic)
	if len(ref) == 1 && !generic && t != nil && t.Class != nil && !t.Class.Lib {
		if o := p.object(namespace, ref[0].Text); o != nil {
			return p.SObjectType(o)
		}
	}
	if t == nil || !generic {
		return t
	}
	var args []*Type
	for _, a := range splitTypes(strings.TrimSuffix(strings.TrimSpace(rest), ">")) {
		arg := p.TypeByName(namespace, a)
		if arg == nil {
			return nil
		}
		args = append(args, arg)
	}
	if t.Class == nil || t.Class.Params != len(args) {
		return nil
	}
	return instantiate(t.Class, args)
}
