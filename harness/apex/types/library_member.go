package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// bindHead resolves the supertypes of a library class.
func (e *libEntry) bindHead() head {
	var h head
	for s := range strings.SplitSeq(e.supers, ",") {
		if s == "" {
			continue
		}
		t := e.typeOf(s)
		switch {
		case t.Class == e.class:
		case t.Kind == KindInterface || e.kind == 'I':
			h.interfaces = append(h.interfaces, t)
		default:
			h.super = t
		}
	}
	return h
}

// bindMembers parses the member lines of a library class.
func (e *libEntry) bindMembers() members {
	m := memberLines{entry: e, at: map[string]int{}}
	for _, block := range e.blocks {
		for line := range strings.SplitSeq(block, "\n") {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				m.line(line)
			}
		}
	}
	var out members
	for _, x := range m.list {
		switch {
		case x.field != nil:
			out.fields = append(out.fields, x.field)
		case x.method.Constructor:
			out.constructors = append(out.constructors, x.method)
		default:
			out.methods = append(out.methods, x.method)
		}
	}
	if e.kind == 'E' {
		out.methods = append(out.methods, enumMethods(e.class)...)
	}
	return out
}

type memberLines struct {
	entry *libEntry
	list  []libMember
	at    map[string]int // position of a signature, so that a later table replaces it
}

type libMember struct {
	field  *Field
	method *Method
}

func (m *memberLines) line(s string) {
	c := m.entry.class
	if strings.HasPrefix(s, "=") {
		return // the constants of an enum were read with its declaration
	}
	s, static := strings.CutPrefix(s, "static ")
	open := strings.IndexByte(s, '(')
	if open < 0 {
		name, typ, _ := strings.Cut(s, ":")
		f := &Field{Class: c, Name: name, Type: m.entry.typeOf(typ), Static: static, Access: Global, SetAccess: Global,
			GetAccess: Global, Property: true, CanGet: true, CanSet: true, Slot: -1, LibKey: m.entry.name + "." + name}
		m.add(strings.ToLower(name), libMember{field: f})
		return
	}
	end := strings.LastIndexByte(s, ')')
	method := &Method{Class: c, Name: s[:open], Static: static, Access: Global, Slot: -1, Returns: Void,
		Abstract: m.entry.kind == 'I', Virtual: !static}
	if method.Name == "new" {
		method.Name, method.Constructor, method.Virtual = ConstructorName, true, false
	}
	for _, p := range splitTypes(s[open+1 : end]) {
		typ, name, _ := strings.Cut(p, " ") // constructors name their parameters
		method.Params = append(method.Params, Param{Name: name, Type: m.entry.typeOf(typ)})
	}
	if ret := strings.TrimPrefix(s[end+1:], ":"); ret != "" {
		method.Returns = m.entry.typeOf(ret)
	} else if !method.Constructor {
		method.Returns = Invalid // the index does not say
	}
	method.LibKey = m.entry.name + "." + method.Name + "(" + paramNames(method.Params) + ")"
	m.add(strings.ToLower(method.LibKey), libMember{method: method})
}

func (m *memberLines) add(key string, x libMember) {
	if i, ok := m.at[key]; ok {
		m.list[i] = x
		return
	}
	m.at[key] = len(m.list)
	m.list = append(m.list, x)
}

// enumMethods are what every enum has (apex-stdlib-index.md, supplement).
func enumMethods(c *Class) []*Method {
	key := func(s string) string { return "System.Enum." + s }
	text := []Param{{Name: "name", Type: String}}
	list := []*Method{
		{Name: "name", Returns: String, LibKey: key("name()")},
		{Name: "ordinal", Returns: Integer, LibKey: key("ordinal()")},
		{Name: "toString", Returns: String, LibKey: key("toString()")},
		{Name: "equals", Params: []Param{{Type: Object}}, Returns: Boolean, LibKey: key("equals(Object)")},
		{Name: "hashCode", Returns: Integer, LibKey: key("hashCode()")},
		{Name: "values", Returns: ListOf(c.typ), Static: true, LibKey: key("values()")},
		{Name: "valueOf", Params: text, Returns: c.typ, Static: true, LibKey: key("valueOf(String)")},
	}
	for _, m := range list {
		m.Class, m.Access, m.Slot = c, Global, -1
	}
	return list
}

func paramNames(params []Param) string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Type.Name
	}
	return strings.Join(names, ",")
}

// splitTypes cuts a list of types at its outer commas.
func splitTypes(s string) []string {
	if s == "" {
		return nil
	}
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '<':
			depth++
		case '>':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

// typeOf reads a type of the tables. What they name but do not have is Invalid:
// whatever is said of its values is taken for granted.
func (e *libEntry) typeOf(s string) *Type {
	if elem, ok := strings.CutSuffix(s, "[]"); ok {
		return ListOf(e.typeOf(elem))
	}
	name, rest, generic := strings.Cut(s, "<")
	for i, p := range e.params {
		if syntax.EqualFold(p, name) {
			return e.class.typ.Args[i]
		}
	}
	if syntax.EqualFold(name, "void") {
		return Void
	}
	var args []*Type
	if generic {
		for _, a := range splitTypes(strings.TrimSuffix(rest, ">")) {
			args = append(args, e.typeOf(a))
		}
	}
	c := e.classOf(name)
	if c == nil {
		if sobjectsOfLibrary[strings.ToLower(name)] {
			return SObject
		}
		return Invalid
	}
	return instantiate(c, args)
}

// sobjectsOfLibrary are the sObjects that signatures of the library name.
var sobjectsOfLibrary = map[string]bool{"user": true, "idea": true, "question": true, "ideacomment": true,
	"authconfig": true, "authprovider": true, "samlssoconfig": true, "contact": true, "account": true}

// classOf finds a class as a signature of this one names it.
func (e *libEntry) classOf(name string) *Class {
	key := strings.ToLower(name)
	ns, _, _ := strings.Cut(strings.ToLower(e.name), ".")
	for _, k := range []string{strings.ToLower(e.name) + "." + key, ns + "." + key, "system." + key, "schema." + key, key} {
		if x := lib.index[k]; x != nil {
			return x.class
		}
	}
	return nil
}

// instantiate makes the type of a library class with type arguments; missing
// ones are Object.
func instantiate(c *Class, args []*Type) *Type {
	if c.Params == 0 {
		return c.typ
	}
	for len(args) < c.Params {
		args = append(args, Object)
	}
	return generic(c.Kind, c, args[:c.Params]...)
}

// substitute puts type arguments in place of the parameters of a generic
// library class.
func substitute(t *Type, args []*Type) *Type {
	if len(args) == 0 {
		return t
	}
	if t.Kind == KindVar {
		if t.Index < len(args) {
			return args[t.Index]
		}
		return Object
	}
	if len(t.Args) == 0 {
		return t
	}
	out := make([]*Type, len(t.Args))
	for i, a := range t.Args {
		out[i] = substitute(a, args)
	}
	return generic(t.Kind, t.Class, out...)
}
