package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// loadLayout gives slots to fields and virtual methods.
func (c *Class) loadLayout() *layout {
	c.layoutOnce.Do(func() {
		m := c.loadMembers()
		var l layout
		if up := c.superClass(); up != nil && !up.Lib {
			above := up.loadLayout()
			l.fields = append(l.fields, above.fields...)
			l.vtable = append(l.vtable, above.vtable...)
		}
		for _, f := range m.slots {
			f.Slot = len(l.fields)
			l.fields = append(l.fields, f)
		}
		if c.Kind == KindClass {
			for _, x := range m.methods {
				l.place(x)
			}
			for _, f := range m.fields {
				l.place(f.Get)
				l.place(f.Set)
			}
		}
		c.layout = l
	})
	return &c.layout
}

// place gives a method the slot of the one it overrides, or a new one.
func (l *layout) place(m *Method) {
	if m == nil || m.Static {
		return
	}
	for i, above := range l.vtable {
		if overrides(m, above) {
			m.Slot = i
			l.vtable[i] = m
			return
		}
	}
	if m.Virtual {
		m.Slot = len(l.vtable)
		l.vtable = append(l.vtable, m)
	}
}

// overrides reports whether m stands for a method above it: same name, same
// parameters.
func overrides(m, above *Method) bool {
	return syntax.EqualFold(m.Name, above.Name) && sameParams(m, above)
}

func sameParams(a, b *Method) bool {
	if len(a.Params) != len(b.Params) {
		return false
	}
	for i := range a.Params {
		if !sameType(a.Params[i].Type, b.Params[i].Type) {
			return false
		}
	}
	return true
}

// sameType is identity that takes what could not be resolved for anything.
func sameType(a, b *Type) bool {
	if a == b || a == Invalid || b == Invalid {
		return true
	}
	if a.Kind != b.Kind || a.Class != b.Class || len(a.Args) == 0 || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if !sameType(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

// slotOf is the slot of a method once its class has its layout.
func slotOf(m *Method) int {
	m.Class.loadLayout()
	return m.Slot
}

// Implementation finds the method of a class (or of those above it) that stands
// for m, a method of an interface or of the library: compareTo, toString,
// execute. It is nil when the class has none.
func (c *Class) Implementation(m *Method) *Method {
	if found, ok := c.implementations.Load(m); ok {
		x, _ := found.(*Method)
		return x
	}
	x := c.implementation(m)
	c.implementations.Store(m, x)
	return x
}

func (c *Class) implementation(m *Method) *Method {
	key := strings.ToLower(m.Name)
	args := c.argumentsOf(m.Class)
	var near, wide, static *Method
	wideCost := -1
	for up := c; up != nil && !up.Lib; up = up.superClass() {
		for _, x := range up.loadMembers().methodsByName[key] {
			switch {
			case x.Abstract || len(x.Params) != len(m.Params):
			case x.Static:
				if implements(x, m, args) && static == nil {
					static = x // old code implements interfaces so
				}
			case implements(x, m, args):
				return x
			case near == nil && m.Class.Kind == KindInterface && resembles(x, m, args):
				near = x
			case m.Class.Kind == KindInterface:
				if cost := widens(x, m, args); cost >= 0 && (wideCost < 0 || cost < wideCost) {
					wide, wideCost = x, cost
				}
			}
		}
	}
	switch {
	case near != nil:
		return near
	case wide != nil:
		return wide
	default:
		return static
	}
}

// widens is how far the parameters of x are above those of m, a method of an
// interface: take(Object) stands for take(SObject) too. It is -1 where x does
// not take all that m does.
func widens(x, m *Method, args []*Type) int {
	total := 0
	for i := range m.Params {
		have, want := x.Params[i].Type, substitute(m.Params[i].Type, args)
		if !subtype(want, have) {
			return -1
		}
		total += conversionCost(want, have)
	}
	return total
}

// implements reports whether x has the parameters of m, a method of a generic
// interface taken with the given arguments.
func implements(x, m *Method, args []*Type) bool {
	for i := range m.Params {
		want := substitute(m.Params[i].Type, args)
		if have := x.Params[i].Type; !sameType(have, want) && !sameCollection(have, want) {
			return false
		}
	}
	return true
}

// resembles reports whether values could pass between the parameters of x and
// m: the platform is generous with type arguments (List<Account> for
// Batchable<SObject>).
func resembles(x, m *Method, args []*Type) bool {
	for i := range m.Params {
		have, want := x.Params[i].Type, substitute(m.Params[i].Type, args)
		if sameType(have, want) {
			continue
		}
		if len(have.Args) == 0 && !m.Class.Lib || !castable(have, want) {
			return false
		}
		if have.IsReference() && want.IsReference() && len(have.Args) == 0 && !assignable(want, have) {
			return false // contexts of different jobs are no more than both interfaces
		}
	}
	return true
}

// sameCollection reports whether two collections differ in nothing but sObject
// types, which implementations of library interfaces may.
func sameCollection(a, b *Type) bool {
	if a.Kind == KindSObject && b.Kind == KindSObject {
		return a.SObject == nil || b.SObject == nil
	}
	if a.Kind != b.Kind || len(a.Args) == 0 || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if x, y := a.Args[i], b.Args[i]; !sameType(x, y) && !sameCollection(x, y) {
			return false
		}
	}
	return true
}

// argumentsOf finds with which type arguments a class implements a generic
// interface.
func (c *Class) argumentsOf(iface *Class) []*Type {
	if t := c.typ.as(iface); t != nil {
		return t.Args
	}
	return nil
}

// as finds the type of a class among a type and all above it, with type
// arguments; nil when it is not there.
func (t *Type) as(c *Class) *Type {
	if t.Class == c {
		return t
	}
	if t.Class == nil {
		return nil
	}
	h := t.Class.loadHead()
	if h.super != nil && h.super != Invalid {
		if x := substitute(h.super, t.Args).as(c); x != nil {
			return x
		}
	}
	for _, i := range h.interfaces {
		if x := substitute(i, t.Args).as(c); x != nil {
			return x
		}
	}
	return nil
}
