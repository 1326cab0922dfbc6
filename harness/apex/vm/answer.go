package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Answer says what stands for a call that is not simulated. What the platform
// would answer is not known; a program that runs the same way with every answer
// did not depend on it.
type Answer uint8

// The answers.
const (
	Stop        Answer = iota // none: the transaction ends there
	NullAnswer                // null
	EmptyAnswer               // an empty value of its type: "", 0, false, a list without elements
	PassOver                  // none: the statement that asks is left out
)

// Answering is the program with something else done where it reaches what is not
// simulated. It shares what is checked and compiles again what it runs.
func (p *Program) Answering(a Answer) *Program {
	out := NewProgram(p.types, p.lib)
	out.answer = a
	return out
}

// known is an expression as long as it may be compiled in a short way: nil for
// one that may turn out not to be simulated, in a program with answers.
func (c *compiler) known(x types.Expr) types.Expr {
	if c.prog.answer != NullAnswer && c.prog.answer != EmptyAnswer {
		return x
	}
	switch x.(type) {
	case *types.Call, *types.CallLib, *types.New, *types.NewLib, *types.LibGet, *types.LabelRef, *types.PageRef, *types.SettingCall, *types.Unresolved,
		*types.Query, *types.Search, *types.SingleRow:
		return nil
	default:
		return x
	}
}

// answered compiles an expression that has a value even where it reaches what is
// not simulated.
func (c *compiler) answered(x types.Expr, v valExpr) valExpr {
	typ, empty := x.Type(), c.prog.answer == EmptyAnswer
	return func(f *frame) Value {
		r, known := f.ask(v)
		if known || !empty {
			return r
		}
		return f.t.empty(typ)
	}
}

// ask computes a value; known is false where that stopped at something that is
// not simulated.
func (f *frame) ask(v valExpr) (r Value, known bool) {
	t := f.t
	depth, args, as := t.depth, len(t.args), f.runningAs
	defer func() {
		if p := recover(); p != nil {
			f.unknown(p, depth, args, as)
		}
	}()
	return v(f), true
}

// unknown goes on in a frame that stopped at something that is not simulated; any
// other panic goes on its way.
func (f *frame) unknown(p any, depth, args, as int) {
	if s, ok := p.(*stop); !ok || !s.missing {
		panic(p)
	}
	f.t.cur, f.t.depth, f.t.args, f.runningAs = f, depth, f.t.args[:args], as
}

// passedOver compiles a statement that is left out where it reaches what is not
// simulated and no answer stands for that. A return returns null all the same.
func passedOver(s types.Stmt, run stmt) stmt {
	if _, ok := s.(*types.Block); ok {
		return run // its own statements are
	}
	left := onward
	if _, ok := s.(*types.Return); ok {
		left = returned
	}
	return func(f *frame) (r ctl) {
		t := f.t
		depth, args, as := t.depth, len(t.args), f.runningAs
		defer func() {
			if p := recover(); p != nil {
				f.unknown(p, depth, args, as)
				r, f.ret = left, Value{}
			}
		}()
		return run(f)
	}
}

// empty is a value of a type with nothing in it; null where the type has none.
func (t *Thread) empty(typ *types.Type) Value {
	if typ == nil {
		return Value{}
	}
	switch typ.Kind {
	case types.KindString:
		return Str("")
	case types.KindInteger:
		return Int(0)
	case types.KindLong:
		return Long(0)
	case types.KindDouble:
		return Double(0)
	case types.KindBoolean:
		return Bool(false)
	case types.KindBlob:
		return Blob("")
	case types.KindList:
		return NewList(typ, nil)
	case types.KindSet:
		return SetValue(emptySet(typ))
	case types.KindMap:
		return MapValue(NewMap(typ))
	case types.KindSObject:
		if typ.SObject != nil {
			return Record(schema.NewRecord(typ.SObject))
		}
	case types.KindClass:
		return t.emptyObject(typ)
	case types.KindInvalid:
		// Of a package that is not at hand: it has no value in any of its fields.
		return Obj(&Object{Class: t.prog.LibClass("NotAtHand"), Native: &Bag{Values: map[string]Value{}, Whole: true}})
	}
	return Value{}
}

// emptyObject makes an object of a class of the library that can be made of
// nothing.
func (t *Thread) emptyObject(typ *types.Type) Value {
	c := typ.Class
	if c == nil || !c.Lib {
		return Value{}
	}
	for _, m := range c.Constructors() {
		fn := t.prog.libFunc(m.LibKey)
		if len(m.Params) == 0 && fn != nil {
			return fn(t, t.TypeValue(typ), nil)
		}
	}
	return Value{}
}
