package types

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// candidate is a method that a call may mean, with the type arguments of the
// generic class it belongs to.
type candidate struct {
	method *Method
	args   []*Type
}

func (c candidate) param(i int) *Type { return substitute(c.method.Params[i].Type, c.args) }

// candidates collects the methods of a name of a type and all above it, nearest
// first.
func candidates(t *Type, name string) []candidate {
	var list []candidate
	seen := map[*Class]bool{}
	var collect func(t *Type)
	collect = func(t *Type) {
		c := t.Class
		if c == nil || seen[c] {
			return
		}
		seen[c] = true
		for _, m := range c.loadMembers().methodsByName[name] {
			list = append(list, candidate{m, t.Args})
		}
		h := c.loadHead()
		if h.super != nil && h.super != Invalid {
			collect(substitute(h.super, t.Args))
		}
		for _, i := range h.interfaces {
			collect(substitute(i, t.Args))
		}
	}
	collect(t)
	collect(Object)
	return list
}

// pick chooses the overload that the arguments fit best; nil for none. Of
// equals the nearest one wins, so that an override hides what it overrides.
func pick(list []candidate, args []Expr) (candidate, bool) {
	best, found := -1, candidate{}
	unsure := anyInvalid(args)
	for _, c := range list {
		cost := c.cost(args)
		if cost >= 0 && best >= 0 && unsure && c.method.Returns != found.method.Returns {
			return candidate{}, false // what an argument is decides, and that is not known
		}
		if cost >= 0 && (best < 0 || cost < best || cost == best && narrower(c, found)) {
			best, found = cost, c
		}
	}
	return found, best >= 0
}

// choose is pick among the methods that can be seen from here; when none of
// them fits, among all, so that the message can say which is hidden.
func (b *binder) choose(at syntax.Node, list []candidate, args []Expr) (candidate, bool) {
	var seen []candidate
	for _, c := range list {
		if m := c.method; m.LibKey != "" || b.visible(m.Class, m.Access, m.TestVisible) {
			seen = append(seen, c)
		}
	}
	if found, ok := pick(seen, args); ok || len(seen) == len(list) {
		if ok {
			b.unambiguous(at, seen, found, args)
		}
		return found, ok
	}
	return pick(list, args)
}

// unambiguous reports a call that two methods fit equally well, neither of which
// is the more special one.
func (b *binder) unambiguous(at syntax.Node, list []candidate, found candidate, args []Expr) {
	if found.method.Class.Lib || len(args) == 0 || anyInvalid(args) || anyHidden(args) {
		return
	}
	best := found.cost(args)
	for _, c := range list {
		if c.method == found.method || c.cost(args) != best || c.method.Class.Lib || c.method.above != nil {
			continue // the constructors that all exceptions have give way to those of the class
		}
		if wider(found, c) && wider(c, found) {
			name := found.method.Name
			if found.method.Constructor {
				name = found.method.Class.Name
			}
			b.errorf(at, CodeUnknownMethod, "Ambiguous method signature: %s(%s)", name, argNames(typesOf(args)))
			return
		}
	}
}

// narrower reports whether every parameter of a is of the type of that of b or
// below it, and one is below it: of two that fit as well, the more special one is
// meant.
func narrower(a, b candidate) bool { return !wider(a, b) && wider(b, a) }

// wider reports whether some parameter of a takes what that of b does not.
func wider(a, b candidate) bool {
	for i := range a.method.Params {
		if !assignable(a.param(i), b.param(i)) {
			return true
		}
	}
	return false
}

func (c candidate) cost(args []Expr) int {
	if len(c.method.Params) != len(args) {
		return -1
	}
	total := 0
	for i, a := range args {
		cost := exprCost(a, c.param(i))
		if cost < 0 {
			return -1
		}
		total += cost
	}
	return total
}

// arguments converts arguments to the parameters' types.
func (b *binder) arguments(c candidate, args []Expr) []Expr {
	out := make([]Expr, len(args))
	for i, a := range args {
		out[i] = b.convert(a, c.param(i))
	}
	return out
}

// inherited makes the constructors that a user's exception has from
// System.Exception: they call the one above and initialise the class.
func (c *Class) inherited() []*Method {
	c.inheritedOnce.Do(func() {
		list := c.loadMembers().constructors
		for _, base := range exceptionClass().loadMembers().constructors {
			declared := slices.ContainsFunc(list, func(m *Method) bool { return sameParams(m, base) })
			if declared {
				continue
			}
			above := base
			if up := c.superClass(); up != nil && !up.Lib {
				above = matching(constructorsOf(up), base)
			}
			c.inheritedCtors = append(c.inheritedCtors, &Method{Class: c, Name: ConstructorName, Constructor: true,
				Params: base.Params, Returns: Void, Access: Global, Slot: -1, ID: len(list) + len(c.inheritedCtors), above: above})
		}
	})
	return c.inheritedCtors
}

func matching(list []*Method, like *Method) *Method {
	for _, m := range list {
		if sameParams(m, like) {
			return m
		}
	}
	return like
}

// anyHidden reports whether it is not known what the class of an argument is
// below.
func anyHidden(args []Expr) bool {
	return slices.ContainsFunc(args, func(a Expr) bool { c := a.Type().Class; return c != nil && !c.Lib && c.hidden() })
}

func anyInvalid(args []Expr) bool {
	for _, a := range args {
		if a.Type() == Invalid {
			return true
		}
	}
	return false
}

func (b *binder) methodCall(x *syntax.MethodCall) operand {
	if x.X == nil {
		return operand{expr: b.ownCall(x, b.exprs(x.Args))}
	}
	if _, ok := x.X.(*syntax.Super); ok {
		return operand{expr: b.superCall(x, b.exprs(x.Args))}
	}
	o := b.receiver(x)
	args := b.exprs(x.Args)
	if o.expr == nil && o.word != noWord {
		if o.word == fieldsWord || o.word == describesWord || o.word == fieldSetsWord {
			o = operand{expr: b.tokenMap(x.X, o)}
		} else if o.word == failedWord {
			return failed
		} else if o.word == unknownWord {
			return operand{expr: &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: o.ns + "." + x.Name.Text, Args: args}}
		}
	}
	if o.expr != nil {
		return b.valueCall(x, o, args)
	}
	return operand{expr: b.staticCall(x, o, args)}
}

// receiver binds what a method is called on. Where a variable hides a type and
// has no such method, the type is meant.
func (b *binder) receiver(x *syntax.MethodCall) operand {
	n, ok := x.X.(*syntax.Name)
	if !ok {
		return b.operand(x.X)
	}
	v, ok := b.name(n.Ident)
	if !ok || v.expr == nil || x.Safe {
		return b.operand(x.X)
	}
	if t := v.expr.Type(); t != Invalid && len(candidates(t, x.Name.Key())) == 0 && (t.Class == nil || !t.Class.hidden()) {
		if o, ok := b.typeName(n.Ident); ok && (o.typ != nil || o.ns != "") {
			return o
		}
	}
	return v
}

// ownCall is a call without a receiver: a method of the class, of those above
// it, or a static one of those around it.
func (b *binder) ownCall(x *syntax.MethodCall, args []Expr) Expr {
	key := x.Name.Key()
	for c := b.class; c != nil; c = c.Outer {
		list := candidates(c.typ, key)
		if c != b.class {
			list = statics(list)
		}
		found, ok := b.choose(x.Name, list, args)
		if !ok {
			continue
		}
		m := found.method
		if m.Static {
			return b.call(x, found, nil, args)
		}
		if b.static {
			b.errorf(x.Name, CodeStaticContext, "Non static method cannot be referenced from a static context: %s from the type %s", signature(m), c.FullName())
			return b.invalid(x)
		}
		return b.call(x, found, b.self(x.Pos), args)
	}
	for outer := range b.class.aroundInherited {
		if found, ok := b.choose(x.Name, statics(candidates(outer.typ, key)), args); ok {
			return b.call(x, found, nil, args)
		}
	}
	if b.class.hidden() || anyInvalid(args) {
		return &Unresolved{Node: Node{Invalid, x.Pos}, Name: x.Name.Text, Args: args}
	}
	return b.noMethod(x, b.class.typ, args)
}

func instance(list []candidate) []candidate {
	var out []candidate
	for _, c := range list {
		if !c.method.Static {
			out = append(out, c)
		}
	}
	return out
}

func statics(list []candidate) []candidate {
	var out []candidate
	for _, c := range list {
		if c.method.Static {
			out = append(out, c)
		}
	}
	return out
}

// noMethod reports that a type has no such method. A name that the library's
// tables do not have at all may be a gap in them: only a full check reports it.
func (b *binder) noMethod(x *syntax.MethodCall, t *Type, args []Expr) Expr {
	e := &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: t.Name + "." + x.Name.Text, Args: args}
	if b.program.partial(t.SObject, b.unit.Span(x.Name).String()) {
		return e
	}
	d := diag.Errorf(b.unit.Span(x.Name), CodeUnknownMethod, "Method does not exist or incorrect signature: void %s(%s) from the type %s",
		x.Name.Text, argNames(typesOf(args)), t.Name)
	if t.Class != nil && t.Class.Lib && t.SObject == nil && len(candidates(t, x.Name.Key())) == 0 {
		b.soft = append(b.soft, d)
	} else {
		b.errs = append(b.errs, d)
	}
	return e
}

func (b *binder) superCall(x *syntax.MethodCall, args []Expr) Expr {
	up := b.class.Super()
	if up == nil {
		up = Object
	}
	if b.static {
		b.errorf(x, CodeStaticContext, "super cannot be referenced in a static context")
		return b.invalid(x)
	}
	found, ok := b.choose(x.Name, candidates(up, x.Name.Key()), args)
	if !ok {
		if up != Invalid && !b.class.hidden() && !anyInvalid(args) {
			b.noMethod(x, up, args)
		}
		return &Unresolved{Node: Node{Invalid, x.Pos}, Name: "super." + x.Name.Text, Args: args}
	}
	this := b.self(x.Pos)
	if found.method.Abstract && !found.method.Class.Lib {
		b.errorf(x.Name, CodeInvalidOverride, "Abstract methods cannot be called with super: %s", signature(found.method))
	}
	switch e := b.call(x, found, this, args).(type) {
	case *Call:
		if !found.method.Static {
			e.Mode = DirectCall
		}
		return e
	case *CallLib:
		e.Super = true
		return e
	default:
		return e
	}
}

// valueCall is value.method(args).
func (b *binder) valueCall(x *syntax.MethodCall, o operand, args []Expr) operand {
	if x.Safe {
		if q, ok := o.expr.(*Query); !ok || q.T.Kind != KindList {
			o = b.step(o, true, x.X.At().Pos)
		}
	}
	recv := o.expr
	if l, ok := recv.(*LabelRef); ok {
		b.checkLabel(l)
	}
	t := recv.Type()
	if t == Invalid {
		o.expr = &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: x.Name.Text, Args: append([]Expr{recv}, args...), Method: x.Name.Text}
		return o
	}
	list := candidates(t, x.Name.Key())
	if q, ok := recv.(*Query); ok && len(list) == 0 && q.T.Kind == KindList {
		recv = row(q, q.T.Args[0]) // a method of the single record
		t = recv.Type()
		list = candidates(t, x.Name.Key())
	}
	found, ok := b.choose(x.Name, instance(list), args)
	if !ok {
		found, ok = b.choose(x.Name, list, args)
	}
	switch {
	case !ok && (anyInvalid(args) || t.Class != nil && t.Class.hidden()):
		o.expr = &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: t.Name + "." + x.Name.Text, Args: append([]Expr{recv}, args...)}
	case !ok:
		o.expr = b.noMethod(x, t, args)
	case found.method.Static && anyInvalid(args):
		o.expr = &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: t.Name + "." + x.Name.Text, Args: append([]Expr{recv}, args...)}
	case found.method.Static && !found.method.Class.Lib && found.method.LibKey == "":
		b.errorf(x.Name, CodeStaticContext, "Static method cannot be referenced from a non static context: %s from the type %s", signature(found.method), t.Name)
		o.expr = b.invalid(x)
	default:
		o.expr = b.call(x, found, recv, args)
	}
	return o
}

// staticCall is Type.method(args), also for what a namespace and a type share
// (Database, Test).
func (b *binder) staticCall(x *syntax.MethodCall, o operand, args []Expr) Expr {
	t := o.typ
	if o.word == labelWord && o.ns == "" {
		t = libraryType("system.label") // Label.get(...) is a method, Label.get alone a label
	}
	if t == nil || t.Class == nil {
		b.errorf(x.X, CodeUnknownVariable, "Variable does not exist: %s", lastName(x.X))
		return b.invalid(x)
	}
	if e := b.settingCall(x, t, args); e != nil {
		return e
	}
	if t.Kind == KindSObject && t.SObject != nil && len(args) == 0 && x.Name.Key() == "getsobjecttype" {
		return &SObjectTypeToken{Node{libraryType("schema.sobjecttype"), x.Name.Pos}, t.SObject}
	}
	if t.Kind == KindSObject && o.ns != "" {
		if c := libraryClass(o.ns); c != nil {
			t = c.typ
		}
	}
	list := candidates(t, x.Name.Key())
	found, ok := b.choose(x.Name, statics(list), args)
	if !ok && t.Class.Lib {
		found, ok = b.choose(x.Name, list, args) // the table does not know of all that they are static
	}
	if ok {
		return b.call(x, found, nil, args)
	}
	if anyInvalid(args) || t.Class.hidden() {
		return &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: t.Name + "." + x.Name.Text, Args: args}
	}
	if found, ok := pick(list, args); ok {
		if !b.static && b.class.below(t.Class) {
			return b.call(x, found, b.self(x.Pos), args)
		}
		b.errorf(x.Name, CodeStaticContext, "Non static method cannot be referenced from a static context: %s from the type %s", signature(found.method), t.Name)
		return b.invalid(x)
	}
	return b.noMethod(x, t, args)
}

// locatorOfQuery begins the key of the method whose query is not run before its
// rows are asked for, though the code gives it as if it were a list.
const locatorOfQuery = "System.Database.getQueryLocator("

// first is the first of some arguments, nil where there is none.
func first(args []Expr) Expr {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// call makes the bound call of a chosen method; recv is nil for static ones.
func (b *binder) call(x *syntax.MethodCall, c candidate, recv Expr, args []Expr) Expr {
	m := c.method
	if q, ok := first(args).(*Query); ok && q.Mode == QueryList && strings.HasPrefix(m.LibKey, locatorOfQuery) {
		q.Mode = QueryLocate
	}
	converted := b.arguments(c, args)
	n := Node{substitute(m.Returns, c.args), x.Name.Pos}
	if m.LibKey != "" {
		n.T = libResult(m, recv, args, n.T)
		if m.Static {
			recv = nil
		}
		return &CallLib{Node: n, Method: m, Recv: recv, Args: converted}
	}
	b.visibleMethod(x, m)
	e := &Call{Node: n, Method: m, Recv: recv, Args: converted}
	switch {
	case m.Static:
		e.Mode, e.Recv = StaticCall, nil
	case m.Class.Kind == KindInterface:
		e.Mode = InterfaceCall
	case slotOf(m) >= 0:
		e.Mode = VirtualCall
	default:
		e.Mode = DirectCall
	}
	return e
}

// libResult sharpens the result types that the table gives too widely: a clone
// is of the type of what is cloned.
func libResult(m *Method, recv Expr, args []Expr, t *Type) *Type {
	switch {
	case recv != nil && m.Class == SObject.Class && strings.EqualFold(m.Name, "clone"):
		return recv.Type()
	case recv != nil && m.Class == Object.Class && strings.EqualFold(m.Name, "clone") && recv.Type().Kind != KindObject:
		return recv.Type()
	default:
		return t
	}
}
