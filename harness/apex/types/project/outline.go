package project

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// Entry is one line of an outline: a type, or at the next depth a member of it.
type Entry struct {
	Depth int
	Text  string // as a declaration says it, types by their full names
}

// Outline lists the types of one of the packages with their members: types by
// name, members in source order. With global it is what code of other
// namespaces can use.
func (p *Project) Outline(pkg int, global bool) []Entry {
	own := map[*syntax.Unit]bool{}
	start := 0
	for _, n := range p.counts[:pkg] {
		start += n
	}
	for _, u := range p.Units[start : start+p.counts[pkg]] {
		own[u] = true
	}
	o := outline{global: global}
	for _, c := range p.Program.Classes() {
		if own[c.Unit] {
			o.class(c, 0)
		}
	}
	if !global {
		for _, t := range p.Program.Triggers(nil) {
			if own[t.Class.Unit] {
				o.trigger(t)
			}
		}
	}
	return o.entries
}

type outline struct {
	global  bool
	entries []Entry
}

func (o *outline) add(depth int, words ...string) {
	var parts []string
	for _, w := range words {
		if w != "" {
			parts = append(parts, w)
		}
	}
	o.entries = append(o.entries, Entry{depth, strings.Join(parts, " ")})
}

func (o *outline) hides(a types.Access) bool { return o.global && a != types.Global }

var accessWords = map[types.Access]string{types.Private: "private", types.Protected: "protected", types.Public: "public", types.Global: "global"}

// word gives a keyword where it holds.
func word(holds bool, keyword string) string {
	if holds {
		return keyword
	}
	return ""
}

func (o *outline) class(c *types.Class, depth int) {
	if o.hides(c.Access) {
		return
	}
	kind := map[types.Kind]string{types.KindInterface: "interface", types.KindEnum: "enum"}[c.Kind]
	var above []string
	if kind == "" {
		kind = "class"
		if s := c.Super(); s != nil {
			above = append(above, "extends", s.Name)
		}
	}
	var interfaces []string
	for _, i := range c.Interfaces() {
		interfaces = append(interfaces, i.Name)
	}
	if len(interfaces) > 0 {
		above = append(above, map[bool]string{true: "extends", false: "implements"}[c.Kind == types.KindInterface], strings.Join(interfaces, ", "))
	}
	name := c.Name
	if c.Outer == nil {
		name = c.FullName()
	}
	own := c.Kind == types.KindClass
	o.add(depth, append([]string{accessWords[c.Access], word(own && c.Abstract, "abstract"), word(own && c.Virtual && !c.Abstract, "virtual"), kind, name}, above...)...)
	if c.Kind == types.KindEnum {
		o.add(depth+1, strings.Join(c.Enum, ", "))
		return
	}
	o.members(c, depth+1)
	for _, inner := range c.Inner {
		o.class(inner, depth+1)
	}
}

func (o *outline) members(c *types.Class, depth int) {
	for _, f := range c.Members() {
		if !o.hides(f.Access) {
			o.add(depth, accessWords[f.Access], word(f.Static, "static"), word(f.Final, "final"), written(f.Type, fieldRef(c, f)), f.Name, o.accessors(f))
		}
	}
	for _, m := range c.Constructors() {
		if m.Decl != nil && !o.hides(m.Access) {
			o.add(depth, accessWords[m.Access], c.Name+parameters(m))
		}
	}
	for _, m := range c.Methods() {
		if o.hides(m.Access) {
			continue
		}
		access := accessWords[m.Access]
		if c.Kind == types.KindInterface {
			o.add(depth, written(m.Returns, returnRef(m)), m.Name+parameters(m))
			continue
		}
		o.add(depth, access, word(m.Static, "static"), word(m.Abstract, "abstract"),
			word(m.Virtual && !m.Abstract && !m.Override, "virtual"), word(m.Override, "override"), written(m.Returns, returnRef(m)), m.Name+parameters(m))
	}
}

// accessors says how a property can be used: { get; private set; }.
func (o *outline) accessors(f *types.Field) string {
	if !f.Property {
		return ""
	}
	var b strings.Builder
	b.WriteString("{")
	for _, x := range []struct {
		there  bool
		access types.Access
		name   string
	}{{f.CanGet, f.GetAccess, "get"}, {f.CanSet, f.SetAccess, "set"}} {
		if !x.there || o.hides(x.access) {
			continue
		}
		b.WriteString(" ")
		if x.access != f.Access {
			b.WriteString(accessWords[x.access] + " ")
		}
		b.WriteString(x.name + ";")
	}
	return b.String() + " }"
}

func parameters(m *types.Method) string {
	var params []syntax.Param
	switch d := m.Decl.(type) {
	case *syntax.MethodDecl:
		params = d.Params
	case *syntax.ConstructorDecl:
		params = d.Params
	}
	var list []string
	for i, p := range m.Params {
		var ref *syntax.TypeRef
		if i < len(params) {
			ref = params[i].Type
		}
		list = append(list, written(p.Type, ref)+" "+p.Name)
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// written is the name of a type; one that can not be resolved, such as a type
// of a package that is not at hand, is as it stands in the source.
func written(t *types.Type, ref *syntax.TypeRef) string {
	if ref != nil && strings.Contains(t.Name, types.Invalid.Name) {
		return ref.String()
	}
	return t.Name
}

func returnRef(m *types.Method) *syntax.TypeRef {
	if d, ok := m.Decl.(*syntax.MethodDecl); ok {
		return d.Return
	}
	return nil
}

func fieldRef(c *types.Class, f *types.Field) *syntax.TypeRef {
	if d, ok := f.Decl.(*syntax.PropertyDecl); ok {
		return d.Type
	}
	d, ok := c.Decl.(*syntax.ClassDecl)
	if !ok {
		return nil
	}
	for _, m := range d.Members {
		x, ok := m.(*syntax.FieldDecl)
		if !ok {
			continue
		}
		for i := range x.Vars {
			if syntax.Node(&x.Vars[i]) == f.Decl {
				return x.Type
			}
		}
	}
	return nil
}

func (o *outline) trigger(t *types.Trigger) {
	var events []string
	for _, e := range t.Events {
		events = append(events, e.String())
	}
	name := t.Name
	if t.Namespace != "" {
		name = t.Namespace + "." + name
	}
	o.add(0, "trigger", name, "on", t.Object.Name, "("+strings.Join(events, ", ")+")")
}
