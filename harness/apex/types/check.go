package types

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// CheckAll binds everything, on all cores, and lists what is wrong, sorted:
// also what only a full check looks at, such as the names in queries.
func (p *Program) CheckAll() diag.List {
	return p.check(func(*Class) bool { return true })
}

// Check is CheckAll for the classes and triggers of one namespace, "" for the
// subscriber's: what the others offer is only looked up.
func (p *Program) Check(namespace string) diag.List {
	return p.check(func(c *Class) bool { return strings.EqualFold(c.Namespace, namespace) })
}

func (p *Program) check(wanted func(*Class) bool) diag.List {
	units := p.unitChecks(wanted)
	results := make([]diag.List, len(units))
	one := func(i int) { results[i] = units[i].run() }
	if c := p.cache; c != nil {
		d := p.newDeclarations()
		for _, u := range units {
			p.checks.Store(u.unit, u)
			p.checks.Store(u.unit.File.Name, u)
		}
		one = func(i int) { results[i] = p.recheck(c, d, units[i]) }
	}
	onAllCores(len(units), one)
	p.checks.Clear()
	files := map[string]bool{}
	for _, u := range units {
		files[u.unit.File.Name] = true
	}
	all := slices.DeleteFunc(slices.Clone(p.declared), func(d diag.Diagnostic) bool { return !files[d.Span.File] })
	for _, r := range results {
		all = append(all, r...)
	}
	all.Sort()
	return compact(all)
}

// unitChecks puts the classes and triggers that are wanted together by file.
func (p *Program) unitChecks(wanted func(*Class) bool) []*unitCheck {
	var list []*unitCheck
	byUnit := map[*syntax.Unit]*unitCheck{}
	of := func(c *Class) *unitCheck {
		u := byUnit[c.Unit]
		if u == nil {
			u = &unitCheck{unit: c.Unit}
			byUnit[c.Unit] = u
			list = append(list, u)
		}
		return u
	}
	for _, c := range p.all {
		if wanted(c) {
			u := of(c)
			u.classes = append(u.classes, c)
		}
	}
	for _, t := range p.triggers {
		if wanted(t.Class) {
			u := of(t.Class)
			u.triggers = append(u.triggers, t)
		}
	}
	return list
}

// onAllCores calls do for 0 to n-1, in no order.
func onAllCores(n int, do func(i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}

// compact drops a message that stands twice at one place.
func compact(list diag.List) diag.List {
	out := list[:0]
	for i, d := range list {
		if i > 0 && d.Span == list[i-1].Span && d.Message == list[i-1].Message {
			continue
		}
		out = append(out, d)
	}
	return out
}

func (t *Trigger) check() diag.List {
	if t.Body(); t.Class.Unit.Bad {
		return nil
	}
	return append(append(t.Class.check(), t.errs...), t.soft...)
}

// check binds all of a class and applies the rules of declarations.
func (c *Class) check() diag.List {
	if c.Unit.Bad {
		return nil // what follows from syntax errors helps nobody
	}
	m := c.loadMembers()
	errs := append(diag.List(nil), m.errors...)
	r := rules{class: c}
	r.modifiers()
	r.annotations()
	r.memberRules()
	r.inheritance()
	errs = append(errs, r.errs...)
	for _, list := range [][]*Method{m.methods, m.constructors} {
		for _, x := range list {
			errs = x.check(errs)
		}
	}
	for _, f := range m.fields {
		for _, x := range []*Method{f.Get, f.Set} {
			if x != nil {
				errs = x.check(errs)
			}
		}
	}
	for _, static := range []bool{true, false} {
		i := &c.instanceInit
		if static {
			i = &c.staticInit
		}
		c.initializer(i, static)
		errs = append(append(errs, i.errs...), i.soft...)
	}
	return errs
}

func (m *Method) check(errs diag.List) diag.List {
	m.bind()
	return append(append(errs, m.errors...), m.soft...)
}

// rules checks what a class owes to those above it.
type rules struct {
	class *Class
	errs  diag.List
}

func (r *rules) errorf(n syntax.Node, code, format string, args ...any) {
	r.errs = append(r.errs, diag.Errorf(r.class.Unit.Span(n), code, format, args...))
}

func (r *rules) inheritance() {
	c := r.class
	d, ok := c.Decl.(*syntax.ClassDecl)
	if !ok {
		return
	}
	for _, m := range c.loadMembers().methods {
		r.override(m)
	}
	if c.Abstract || c.hidden() {
		return
	}
	for _, m := range c.loadLayout().vtable {
		if m.Abstract && m.property == nil {
			r.errorf(d.Name, CodeNotImplemented, "Class %s must implement the abstract method: %s from the type %s", c.FullName(), signature(m), m.Class.FullName())
		}
	}
	seen := map[*Class]bool{}
	for up := c; up != nil; up = up.superClass() {
		for _, i := range up.Interfaces() {
			r.implementsAll(d.Name, i, seen)
		}
	}
}

// override checks one method against the one of its name above it.
func (r *rules) override(m *Method) {
	d, ok := m.Decl.(*syntax.MethodDecl)
	if !ok || m.Static {
		return
	}
	above := overridden(m)
	switch {
	case above == nil && m.Override:
		if !r.class.hidden() && !r.implementsSome(m) {
			r.errorf(d.Name, CodeInvalidOverride, "Method does not override an ancestor method: %s", signature(m))
		}
	case above != nil && above.Class == Object.Class && m.Override && !returnsFit(m.Returns, above.Returns):
		r.errorf(d.Name, CodeInvalidOverride, "Method return types clash: %s vs %s from the type %s", signature(m), signature(above), above.Class.FullName())
	case above == nil || above.Class.Lib:
	case above.Access == Private && above.Class.top() != m.Class.top():
		if m.Override && !(above.TestVisible && m.Class.top().Test) {
			r.errorf(d.Name, CodeInvalidOverride, "Method does not override an ancestor method: %s", signature(m))
		}
	case !above.Virtual:
		if above.Access != Private {
			r.errorf(d.Name, CodeInvalidOverride, "Non-virtual, non-abstract methods cannot be overridden: %s", signature(m))
		}
	case !m.Override && !above.Abstract:
		r.errorf(d.Name, CodeInvalidOverride, "Method must use the override keyword: %s", signature(m))
	case above.Returns != m.Returns && above.Returns != Invalid && m.Returns != Invalid:
		r.errorf(d.Name, CodeInvalidOverride, "Method return types clash: %s vs %s from the type %s", signature(m), signature(above), above.Class.FullName())
	case m.Access < min(above.Access, Public) && above.Access > Private:
		r.errorf(d.Name, CodeInvalidOverride, "Cannot reduce the visibility of the inherited method: %s", signature(above))
	}
}

// overridden finds the method of a class above that m replaces.
func overridden(m *Method) *Method {
	for up := m.Class.superClass(); up != nil; up = up.superClass() {
		for _, x := range candidatesOf(up, m.Name) {
			if !x.Static && sameParams(m, x) {
				return x
			}
		}
	}
	for _, x := range candidatesOf(Object.Class, m.Name) {
		if sameParams(m, x) {
			return x
		}
	}
	return nil
}

// implementsSome reports whether a method stands for one of an interface, which
// may be marked override too.
func (r *rules) implementsSome(m *Method) bool {
	for _, c := range candidates(r.class.typ, lower(m.Name)) {
		if c.method.Class.Kind == KindInterface && len(c.method.Params) == len(m.Params) {
			return true
		}
	}
	return false
}

func candidatesOf(c *Class, name string) []*Method { return c.loadMembers().methodsByName[lower(name)] }

func (r *rules) implementsAll(at syntax.Node, i *Type, seen map[*Class]bool) {
	if seen[i.Class] {
		return
	}
	seen[i.Class] = true
	for _, m := range i.Class.loadMembers().methods {
		if optional[m.LibKey] {
			continue
		}
		x := r.class.Implementation(m)
		switch {
		case x == nil:
			r.errorf(at, CodeNotImplemented, "Class %s must implement the method: %s %s.%s(%s)", r.class.FullName(), substitute(m.Returns, i.Args).Name,
				i.Class.FullName(), m.Name, argNames(substituteAll(paramTypes(m), i.Args)))
		case x.Class == r.class && !returnsFit(x.Returns, substitute(m.Returns, i.Args)):
			r.errorf(x.Decl.(*syntax.MethodDecl).Name, CodeInvalidOverride, "Method return types clash: %s vs %s from the type %s", signature(x), signature(m), i.Class.FullName())
		case x.Access < Public && r.class.Outer == nil && x.Class == r.class:
			r.errorf(x.Decl.(*syntax.MethodDecl).Name, CodeInvalidOverride, "%s: Overriding implementations of global or public interface methods must be global or public: %s", r.class.FullName(), signature(x))
		}
	}
	for _, up := range i.Class.Interfaces() {
		r.implementsAll(at, substitute(up, i.Args), seen)
	}
}

// returnsFit reports whether a method that returns have may stand for one that
// returns want.
func returnsFit(have, want *Type) bool {
	if have == Void || want == Void {
		return have == want || have == Invalid || want == Invalid
	}
	return sameType(have, want) || sameCollection(have, want) || elemFits(have, want)
}

// optional are methods of library interfaces that a class need not have, or
// that Object gives it.
var optional = map[string]bool{
	"Database.BatchableContext.getChildJobId()": true,
	"System.FinalizerContext.getRequestId()":    true,
}

func substituteAll(list, args []*Type) []*Type {
	out := make([]*Type, len(list))
	for i, t := range list {
		out[i] = substitute(t, args)
	}
	return out
}
