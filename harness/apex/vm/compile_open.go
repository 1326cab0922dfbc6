package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// unresolved compiles what belongs to a package or to a part of the library
// that is not at hand. Objects of library classes whose members are not known
// can be made and hold what is put into them; all else stops the program.
func (c *compiler) unresolved(e *types.Unresolved) valExpr {
	args, name, pos := c.vals(e.Args), e.Name, e.At
	if t := e.Type(); strings.HasPrefix(name, "new ") && len(args) == 0 && t != nil && t.Kind == types.KindClass && t.Class != nil && t.Class.Lib {
		class := c.prog.ClassOf(t.Class)
		return func(f *frame) Value {
			f.t.Grow(32)
			return Obj(&Object{Class: class, Native: &Bag{Values: map[string]Value{}}})
		}
	}
	if e.Method != "" {
		return c.openCall(e)
	}
	key := strings.ToLower(e.Member)
	return func(f *frame) Value {
		vals := evalAll(f, args)
		f.pos = pos
		if key != "" {
			if vals[0].k == KindNull {
				f.t.ThrowNull()
			}
			switch n := vals[0].Native().(type) {
			case *Bag:
				return n.Values[key]
			case propertied:
				return n.Property(f.t, key)
			}
		}
		f.t.Siloed(name)
		f.t.Unsupported(name, "its package or its part of the library is not at hand")
		return Value{}
	}
}

// unfit stops at a statement of released code that our checker rejects.
func (c *compiler) unfit(s *types.Unfit) stmt {
	pos, label, note := s.At, c.code.label(), rejected(s.Why)+"; the release exists"
	return func(f *frame) ctl {
		f.pos = pos
		f.t.Unsupported(label, note)
		return onward
	}
}

// rejected is what our checker says against code.
func rejected(d diag.Diagnostic) string {
	text := "our checker rejects it: " + d.Message
	if at := d.Span.String(); at != "" {
		text += " (" + at + ")"
	}
	for _, n := range d.Notes {
		text += ": " + n
	}
	return text
}

// openCall calls a method of a value whose type is known only when it runs:
// what a property of an open object holds.
func (c *compiler) openCall(e *types.Unresolved) valExpr {
	args, name, method, pos := c.vals(e.Args), e.Name, e.Method, e.At
	return func(f *frame) Value {
		vals := evalAll(f, args)
		f.pos = pos
		recv := vals[0]
		if recv.k == KindNull {
			f.t.ThrowNull()
		}
		if class := builtinClasses[recv.k]; class != "" {
			if fn := c.prog.libFunc(class + "." + method); fn != nil {
				return fn(f.t, recv, vals[1:])
			}
		}
		if o := recv.Object(); o != nil && !o.Class.Def.Lib {
			return f.t.CallMethod(recv, method, vals[1:]...)
		}
		f.t.Unsupported(name, "its package or its part of the library is not at hand")
		return Value{}
	}
}

// builtinClasses are the library classes of values that are no objects.
var builtinClasses = map[Kind]string{KindString: "String", KindID: "Id", KindInteger: "Integer", KindLong: "Long", KindDouble: "Double",
	KindDecimal: "Decimal", KindBlob: "Blob", KindDate: "Date", KindDatetime: "Datetime", KindTime: "Time", KindList: "List", KindSet: "Set",
	KindMap: "Map", KindRecord: "SObject"}

func (c *compiler) unresolvedPlace(e *types.Unresolved) func(*frame, ref) Value {
	v := c.unresolved(e)
	return func(f *frame, _ ref) Value { return v(f) }
}

// propertied is an object of the library whose properties are not those of its
// class: the variables of an interview.
type propertied interface {
	Property(t *Thread, name string) Value
}

// openPlace is a property of an object whose class's members are not known.
func (c *compiler) openPlace(e *types.Unresolved) place {
	x, key, name, pos := c.val(e.Args[0]), strings.ToLower(e.Member), e.Name, e.At
	bag := func(f *frame, r ref) *Bag {
		f.pos = pos
		b, ok := r.v.Native().(*Bag)
		if !ok {
			f.t.Unsupported(name, "its package or its part of the library is not at hand")
		}
		return b
	}
	return place{
		func(f *frame) ref {
			v := x(f)
			if v.k == KindNull {
				throwNull(f, pos)
			}
			return ref{v: v}
		},
		func(f *frame, r ref) Value {
			if n, ok := r.v.Native().(propertied); ok {
				f.pos = pos
				return n.Property(f.t, key)
			}
			return bag(f, r).Values[key]
		},
		func(f *frame, r ref, v Value) {
			b := bag(f, r)
			if b.Values == nil {
				b.Values = map[string]Value{}
			}
			b.Values[key] = v
		},
	}
}

// Siloed throws what calls of ConnectApi do in tests that do not see the
// org's data (Apex Developer Guide, Testing ConnectApi Code).
func (t *Thread) Siloed(name string) {
	if t.opt.Test && strings.HasPrefix(strings.ToLower(name), "connectapi.") && !t.seesAllData() {
		t.Throw("System.UnsupportedOperationException", "ConnectApi methods are not supported in data siloed tests. Please use @IsTest(SeeAllData=true).")
	}
}

// seesAllData reports whether the test that runs is annotated so, itself or
// through its class.
func (t *Thread) seesAllData() bool {
	var first *code
	for f := t.cur; f != nil && f.code != nil; f = f.prev {
		first = f.code
	}
	if first == nil || first.method == nil {
		return false
	}
	return SeesAllData(first.method)
}

// SeesAllData reports whether a test method is annotated to see the data of the
// org, itself or through its class.
func SeesAllData(m *types.Method) bool {
	for _, a := range m.Annotations {
		if seeAllData(a) {
			return true
		}
	}
	d, ok := m.Class.Decl.(syntax.TypeDecl)
	return ok && seeAllData(d.TypeModifiers().Annotation("isTest"))
}

func seeAllData(a *syntax.Annotation) bool {
	if a == nil || !strings.EqualFold(a.Name.Text, "isTest") {
		return false
	}
	l, ok := a.Arg("seeAllData").(*syntax.Literal)
	return ok && l.Bool
}
