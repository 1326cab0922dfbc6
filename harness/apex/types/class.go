package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// head is what a class's first line says, resolved.
type head struct {
	super      *Type
	interfaces []*Type
}

// members is what a class's body declares, in source order.
type members struct {
	fields       []*Field
	statics      []*Field
	slots        []*Field // instance storage
	methods      []*Method
	constructors []*Method
	errors       diag.List
	notes        []ledger.Entry // of the types that signatures name

	fieldByName   map[string]*Field
	methodsByName map[string][]*Method
}

// layout is the run-time shape of a class.
type layout struct {
	fields []*Field
	vtable []*Method
}

// Program is the program a class belongs to, nil for the library.
func (c *Class) Program() *Program { return c.program }

// Super is the type that the class extends, nil for none. Classes of exceptions
// extend System.Exception.
func (c *Class) Super() *Type { return c.loadHead().super }

// Interfaces are the interfaces that the class or interface names itself.
func (c *Class) Interfaces() []*Type { return c.loadHead().interfaces }

// Fields are the slots of an instance, inherited ones first.
func (c *Class) Fields() []*Field { return c.loadLayout().fields }

// Statics are the static fields with storage, by slot.
func (c *Class) Statics() []*Field { return c.loadMembers().statics }

// Members are all fields and properties that the class itself declares.
func (c *Class) Members() []*Field { return c.loadMembers().fields }

// Methods are the methods that the class itself declares.
func (c *Class) Methods() []*Method { return c.loadMembers().methods }

// Constructors are the constructors; a class that declares none has a default
// one without a Decl.
func (c *Class) Constructors() []*Method { return c.loadMembers().constructors }

// VTable is the methods dispatched at run time by Method.Slot, as this class
// has them.
func (c *Class) VTable() []*Method { return c.loadLayout().vtable }

// loadHead gives the header. Those of a Program's classes are resolved when it
// is made; the library's are when asked for.
func (c *Class) loadHead() *head {
	if c.lib != nil {
		c.headOnce.Do(func() { c.head = c.lib.bindHead() })
	}
	return &c.head
}

func (c *Class) loadMembers() *members {
	c.memberOnce.Do(func() {
		if c.lib != nil {
			c.members = c.lib.bindMembers()
		} else {
			c.members = c.bindMembers()
		}
		c.tell(c.members.notes)
		c.members.index()
	})
	return &c.members
}

// tell notes what the members of the class name of packages that are not at
// hand: once, whether they are bound or taken over from another version.
func (c *Class) tell(notes []ledger.Entry) {
	c.toldOnce.Do(func() {
		for _, e := range notes {
			c.program.noted(e)
		}
	})
}

// index numbers the members and finds them by name, where that is not done yet.
func (m *members) index() {
	if len(m.fieldByName) == 0 {
		m.fieldByName = make(map[string]*Field, len(m.fields))
		for _, f := range m.fields {
			if key := strings.ToLower(f.Name); m.fieldByName[key] == nil {
				m.fieldByName[key] = f
			}
		}
	}
	if len(m.methodsByName) == 0 {
		m.methodsByName = make(map[string][]*Method, len(m.methods))
		for _, x := range m.methods {
			key := strings.ToLower(x.Name)
			m.methodsByName[key] = append(m.methodsByName[key], x)
		}
	}
	for i, x := range m.methods {
		x.ID = i
	}
	for i, x := range m.constructors {
		x.ID = i
	}
}

// resolveHead finds what a class extends and implements. It runs while the
// Program is made, outer classes before inner ones.
func (c *Class) resolveHead(errs *diag.List) {
	if c.headState != headNew {
		return
	}
	c.headState = headBusy
	defer func() { c.headState = headDone }()
	s := typeScope{program: c.program, class: c.Outer, home: c.top(), ns: c.Namespace, unit: c.Unit}
	if c.Outer == nil {
		s.class = &Class{Inner: c.Inner, innerByName: c.innerByName, Namespace: c.Namespace} // its own inner types are in reach, what it inherits is not yet
	}
	switch d := c.Decl.(type) {
	case *syntax.ClassDecl:
		if d.Extends != nil {
			c.resolveExtends(s, d, errs)
		}
		for _, ref := range d.Implements {
			c.resolveInterface(s, ref, errs)
		}
	case *syntax.InterfaceDecl:
		for _, ref := range d.Extends {
			c.resolveInterface(s, ref, errs)
		}
	}
}

// The states of a header.
const (
	headNew = iota
	headBusy
	headDone
)

func (c *Class) resolveExtends(s typeScope, d *syntax.ClassDecl, errs *diag.List) {
	t := s.resolve(d.Extends, errs)
	span := c.Unit.Span(d.Extends)
	fail := func(format string, args ...any) {
		*errs = append(*errs, diag.Errorf(span, CodeInvalidDeclaration, format, args...))
	}
	switch {
	case t == Invalid:
		c.head.super = Invalid
	case t.Kind == KindInterface:
		fail("A class cannot extend an interface: %s", t.Name)
	case t.Kind != KindClass || t.Class == nil:
		fail("Non-virtual and non-abstract type cannot be extended: %s", t.Name)
	case !t.Class.Lib && !t.Class.Virtual:
		fail("Non-virtual and non-abstract type cannot be extended: %s", t.Name)
		if t.Class.headState != headBusy && !t.Class.below(c) {
			c.head.super = t // its members are still meant
		}
	default:
		if !t.Class.Lib {
			t.Class.resolveHead(errs)
		}
		if t.Class == c || t.Class.headState == headBusy || t.Class.below(c) {
			fail("Circular class hierarchy: %s", c.FullName())
			return
		}
		c.head.super = t
	}
}

func lower(s string) string { return strings.ToLower(s) }

// below reports whether o is above c in the chain of classes.
func (c *Class) below(o *Class) bool {
	for depth := 0; c != nil && depth < maxDepth; depth++ {
		if c == o {
			return true
		}
		c = c.superClass()
	}
	return false
}

// belowAny reports whether a class is one of a set or extends one.
func (c *Class) belowAny(set map[*Class]bool) bool {
	for depth := 0; c != nil && depth < maxDepth; depth++ {
		if set[c] {
			return true
		}
		c = c.superClass()
	}
	return false
}

func (c *Class) resolveInterface(s typeScope, ref *syntax.TypeRef, errs *diag.List) {
	t := s.resolve(ref, errs)
	switch {
	case t == Invalid:
		c.unknownAbove = true
	case t.Kind != KindInterface:
		*errs = append(*errs, diag.Errorf(c.Unit.Span(ref), CodeInvalidDeclaration, "%s: Only interfaces can be implemented", t.Name))
	case t.Class == c || t.Class.extendsInterface(c, 0):
		*errs = append(*errs, diag.Errorf(c.Unit.Span(ref), CodeInvalidDeclaration, "Circular class hierarchy: %s", c.FullName()))
	default:
		c.head.interfaces = append(c.head.interfaces, t)
	}
}

func (c *Class) extendsInterface(o *Class, depth int) bool {
	if depth > maxDepth {
		return true
	}
	for _, i := range c.Interfaces() {
		if i.Class == o || i.Class.extendsInterface(o, depth+1) {
			return true
		}
	}
	return false
}

// SubtypeOf reports whether instances of the class are instances of t.
func (c *Class) SubtypeOf(t *Type) bool { return t == Object || subtype(c.typ, t) }

// top is the outermost class.
func (c *Class) top() *Class {
	for c.Outer != nil {
		c = c.Outer
	}
	return c
}

// isException reports whether the class is System.Exception or below it.
func (c *Class) isException() bool { return c.below(exceptionClass()) }

func exceptionClass() *Class { return libraryClass("system.exception") }

// hidden reports whether something above the class could not be resolved, so
// that a missing member is no error of its own.
func (c *Class) hidden() bool {
	for depth := 0; c != nil && depth < maxDepth; depth++ {
		if c.unknownAbove || c.lib != nil && c.lib.opaque {
			return true
		}
		s := c.Super()
		if s == nil {
			return false
		}
		if s == Invalid {
			return true
		}
		c = s.Class
	}
	return false
}
