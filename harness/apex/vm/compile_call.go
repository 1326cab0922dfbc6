package vm

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// invoker evaluates the arguments of a call, runs it and returns the finished
// callee frame, whose ret is the result.
type invoker func(f *frame) *frame

// callExpr compiles a call of a user's method.
func (c *compiler) callExpr(e *types.Call) valExpr {
	call := c.invoker(e)
	if e.T.Kind == types.KindVoid {
		return func(f *frame) Value { call(f); return Value{} }
	}
	return func(f *frame) Value { return call(f).ret }
}

// callNum compiles a call whose Integer or Long must not be null.
func (c *compiler) callNum(e *types.Call) intExpr {
	call, pos := c.invoker(e), e.At
	return func(f *frame) int64 {
		n := call(f)
		if n.ret.k == KindNull {
			throwNull(f, pos)
		}
		return n.ret.n
	}
}

func (c *compiler) invoker(e *types.Call) invoker {
	if e.Mode == types.StaticCall || e.Recv == nil {
		return c.staticInvoker(e)
	}
	if e.Mode != types.InterfaceCall && len(e.Args) <= 1 {
		return c.directMethod(e)
	}
	recv := c.val(e.Recv)
	target := c.dispatch(e)
	pos := e.At
	pass := c.passer(e.Args)
	if _, ok := e.Recv.(*types.This); ok {
		return func(f *frame) *frame { return pass(f, target, f.this, pos) }
	}
	return func(f *frame) *frame {
		v := recv(f)
		o := v.Object()
		if o == nil {
			throwNull(f, pos)
		}
		return pass(f, target, o, pos)
	}
}

// dispatch finds the code to run for the receiver.
func (c *compiler) dispatch(e *types.Call) func(t *Thread, o *Object) *code {
	m := e.Method
	fixed := c.prog.codeOf(m)
	switch {
	case e.Mode == types.VirtualCall && m.Slot >= 0:
		slot := m.Slot
		return func(_ *Thread, o *Object) *code {
			k := o.Class
			if !k.laid() || slot >= len(k.vtable) {
				return fixed
			}
			return k.vtable[slot]
		}
	case e.Mode == types.InterfaceCall:
		type answer struct {
			of   *Class
			code *code
		}
		var last atomic.Pointer[answer] // most calls meet one class only
		return func(t *Thread, o *Object) *code {
			if a := last.Load(); a != nil && a.of == o.Class {
				return a.code
			}
			if k := o.Class.prepare().implementation(m); k != nil {
				if last.Load() == nil {
					last.Store(&answer{o.Class, k})
				}
				return k
			}
			if o.stub == nil {
				t.Unsupported(o.Class.Name+"."+m.Name, "called through "+m.Class.FullName())
			}
			return fixed
		}
	default:
		return func(*Thread, *Object) *code { return fixed }
	}
}

// laid prepares the class and reports that it has a table of methods.
func (c *Class) laid() bool {
	c.prepare()
	return c.vtable != nil
}

// passer evaluates arguments in order before the callee's frame is taken,
// since they may contain calls themselves.
func (c *compiler) passer(args []types.Expr) func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
	xs := c.vals(args)
	start := func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
		f.pos = pos
		n := f.push(target(f.t, o))
		n.this = o
		return n
	}
	switch len(xs) {
	case 0:
		return func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
			if o != nil && o.stub != nil {
				return f.stubbed(o, target(f.t, o), nil, pos)
			}
			n := start(f, target, o, pos)
			n.exec()
			return n
		}
	case 1:
		a := xs[0]
		return func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
			x := a(f)
			if o != nil && o.stub != nil {
				return f.stubbed(o, target(f.t, o), []Value{x}, pos)
			}
			n := start(f, target, o, pos)
			n.l[0] = x
			n.exec()
			return n
		}
	case 2:
		a, b := xs[0], xs[1]
		return func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
			x, y := a(f), b(f)
			if o != nil && o.stub != nil {
				return f.stubbed(o, target(f.t, o), []Value{x, y}, pos)
			}
			n := start(f, target, o, pos)
			n.l[0], n.l[1] = x, y
			n.exec()
			return n
		}
	case 3:
		a, b, c := xs[0], xs[1], xs[2]
		return func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
			x, y, z := a(f), b(f), c(f)
			if o != nil && o.stub != nil {
				return f.stubbed(o, target(f.t, o), []Value{x, y, z}, pos)
			}
			n := start(f, target, o, pos)
			n.l[0], n.l[1], n.l[2] = x, y, z
			n.exec()
			return n
		}
	default:
		return func(f *frame, target func(*Thread, *Object) *code, o *Object, pos int32) *frame {
			t := f.t
			base := f.evaluate(xs)
			vals := t.args[base:]
			if o != nil && o.stub != nil {
				vals = slices.Clone(vals)
				t.args = t.args[:base]
				return f.stubbed(o, target(t, o), vals, pos)
			}
			n := start(f, target, o, pos)
			copy(n.l, vals)
			t.args = t.args[:base]
			n.exec()
			return n
		}
	}
}

// staticInvoker compiles a call of a static method; its class is initialised
// first unless the caller is the same class.
func (c *compiler) staticInvoker(e *types.Call) invoker {
	if isFuture(e.Method) {
		return c.future(e)
	}
	target := c.prog.codeOf(e.Method)
	class := target.class
	if class == c.code.class && len(e.Args) <= directMost {
		return c.directStatic(e, target)
	}
	pass, pos := c.passer(e.Args), e.At
	find := func(t *Thread, _ *Object) *code {
		if class.id >= len(t.statics) || t.statics[class.id] == nil {
			t.firstUse(class)
		}
		return target
	}
	return func(f *frame) *frame { return pass(f, find, nil, pos) }
}

// libName is a library method as the tables key it: "list.size".
func libName(m *types.Method) string {
	key := strings.ToLower(m.LibKey)
	if i := strings.IndexByte(key, '('); i >= 0 {
		key = key[:i]
	}
	return strings.TrimPrefix(key, "system.")
}

// propertyName is the last part of a library key, in lower case.
func propertyName(key string) string {
	key = strings.ToLower(key)
	return key[strings.LastIndexByte(key, '.')+1:]
}

// callLib compiles a call of a library method.
func (c *compiler) callLib(e *types.CallLib) valExpr {
	if fast := c.intrinsic(e); fast != nil {
		return fast
	}
	if g, ok := e.Recv.(*types.SObjectGet); ok && strings.EqualFold(e.Method.Name, "addError") {
		return c.fieldError(e, g)
	}
	if e.Recv == nil && e.Method.Class != nil && e.Method.Class.Kind == types.KindEnum {
		return c.enumStatic(e)
	}
	fn := c.prog.libFunc(e.Method.LibKey)
	key, pos, m := e.Method.LibKey, e.At, e.Method
	args := c.vals(e.Args)
	if e.Recv == nil || e.Method.Static {
		return func(f *frame) Value {
			t := f.t
			base := f.evaluate(args)
			f.pos = pos
			if fn == nil {
				t.Siloed(key)
				t.Unsupported(key, "")
			}
			v := t.library(fn, Value{}, t.args[base:])
			t.args = t.args[:base]
			return v
		}
	}
	recv, super := c.val(e.Recv), e.Super
	return func(f *frame) Value {
		v := recv(f)
		if v.k == KindNull {
			throwNull(f, pos)
		}
		t := f.t
		base := f.evaluate(args)
		f.pos = pos
		v = t.onObject(fn, v, m, t.args[base:], super)
		t.args = t.args[:base]
		return v
	}
}

// onObject calls a method of the library on a value: what a user's class or a
// stub answers instead, or the function.
func (t *Thread) onObject(fn Func, v Value, m *types.Method, args []Value, super bool) Value {
	if v.k == KindObject && !super {
		o := v.Object()
		switch {
		case o.stub != nil && m.Class != nil && m.Class.Kind == types.KindObject:
			// what every object has is not the provider's to answer
		case o.stub != nil:
			return t.callStub(v, m, args)
		case !o.Class.Def.Lib:
			if k := o.Class.prepare().override(m); k != nil {
				return t.call(k, o, args)
			}
		}
	}
	if fn == nil {
		return t.missing(v, m, args)
	}
	return t.library(fn, v, args)
}

// evaluate puts arguments on the thread's stack of arguments and gives where
// they begin; whoever called it takes them away again.
func (f *frame) evaluate(args []valExpr) int {
	t := f.t
	base := len(t.args)
	for _, a := range args {
		v := a(f)
		t.args = append(t.args, v)
	}
	return base
}

// library runs a function of the library. The texts it reads count as work, the
// text it makes against the heap, so that no function has to count its own.
func (t *Thread) library(fn Func, recv Value, args []Value) Value {
	t.read(recv)
	for _, a := range args {
		t.read(a)
	}
	v := fn(t, recv, args)
	if v.k == KindString || v.k == KindBlob {
		t.Fits(int(v.n))
		t.Grow(v.n)
	}
	return v
}

// override finds the user's method that stands for a library method.
func (c *Class) override(m *types.Method) *code {
	if k := c.implementation(m); k != nil {
		return k
	}
	if m.Class != nil && m.Class.Kind != types.KindInterface && !c.Def.Lib {
		switch strings.ToLower(m.Name) {
		case "tostring":
			return c.text
		case "hashcode":
			return c.hash
		case "equals":
			return c.equals
		case "getmessage", "gettypename", "getcause", "getlinenumber", "getstacktracestring", "setmessage", "initcause",
			"getnumdml", "getdmlindex", "getdmlmessage", "getdmlstatuscode", "getdmltype", "getdmlfieldnames", "getdmlfields", "getdmlid":
			return c.find(m.Name, len(m.Params))
		}
	}
	return nil
}

// missing answers a call that no table has: accessors of a Bag, else it stops.
func (t *Thread) missing(v Value, m *types.Method, args []Value) Value {
	if b, ok := v.Native().(*Bag); ok {
		if x, ok := b.access(v.Object().Class.Def, strings.ToLower(m.Name), args); ok {
			return x
		}
	}
	t.Unsupported(m.LibKey, "")
	return Value{}
}

func evalAll(f *frame, args []valExpr) []Value {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return []Value{args[0](f)}
	default:
		vals := make([]Value, len(args))
		for i, a := range args {
			vals[i] = a(f)
		}
		return vals
	}
}

// newObject compiles new of a user's class.
func (c *compiler) newObject(e *types.New) valExpr {
	ctor := c.prog.codeOf(e.Ctor)
	class := ctor.class
	pass, pos := c.passer(e.Args), e.At
	find := func(*Thread, *Object) *code { return ctor }
	return func(f *frame) Value {
		f.pos = pos
		o := f.t.alloc(class)
		f.t.cur = f
		for _, init := range class.inits {
			runOn(f, init, o)
		}
		pass(f, find, o, pos)
		return Obj(o)
	}
}

// newLib compiles new of a library class: the function "class.<init>".
func (c *compiler) newLib(e *types.NewLib) valExpr {
	var class *types.Class
	key := e.T.Name + "." + types.ConstructorName
	if e.Ctor != nil {
		key, class = e.Ctor.LibKey, e.Ctor.Class
	}
	if e.T.Class != nil {
		class = e.T.Class
	}
	fn := c.prog.libFunc(key)
	if fn == nil && class != nil {
		fn = c.prog.libFunc(class.FullName() + "." + types.ConstructorName)
	}
	args, pos, typ, ctor := c.vals(e.Args), e.At, e.T, e.Ctor
	return func(f *frame) Value {
		vals := evalAll(f, args)
		f.pos = pos
		t := f.t
		t.Grow(32)
		if fn != nil {
			return fn(t, t.TypeValue(typ), vals)
		}
		k := t.prog.ClassOf(class)
		if k.IsException() {
			return t.makeException(k, vals)
		}
		if b := newBag(ctor, vals); b != nil {
			return Obj(&Object{Class: k, Native: b})
		}
		t.Unsupported(key, "")
		return Value{}
	}
}

// makeException is new of an exception: (), (message), (cause) or (message,
// cause).
func (t *Thread) makeException(k *Class, args []Value) Value {
	t.steps += exceptionCost
	x := &Exception{Frames: t.Trace(), Unused: true}
	x.fill(args)
	return Obj(&Object{Class: k, Native: x})
}

func (x *Exception) fill(args []Value) {
	for _, a := range args {
		switch a.k {
		case KindObject:
			x.Cause = a // its message does not become that of the exception
		case KindString:
			x.Message, x.HasText = a.Text(), true
		case KindNull:
			x.HasText = x.HasText || len(args) == 1
		}
	}
}

// enumStatic compiles values() and valueOf(name) of an enum.
func (c *compiler) enumStatic(e *types.CallLib) valExpr {
	class := c.prog.ClassOf(e.Method.Class)
	if strings.EqualFold(e.Method.Name, "values") {
		typ := types.ListOf(class.Def.Type())
		return func(f *frame) Value {
			vals := make([]Value, len(class.Def.Enum))
			for i := range vals {
				vals[i] = Enum(class, i)
			}
			return NewList(typ, vals)
		}
	}
	name, pos := c.val(e.Args[0]), e.At
	return func(f *frame) Value {
		v := name(f)
		f.pos = pos
		if v.k == KindNull { // a public package catches this one
			f.t.Throwf("System.NoSuchElementException", "No enum constant %s.null", class.Def.FullName())
		}
		for i, n := range class.Def.Enum {
			if strings.EqualFold(n, v.Text()) {
				return Enum(class, i)
			}
		}
		f.t.Throwf("System.NoSuchElementException", "No enum constant %s.%s", class.Def.FullName(), v.Text())
		return Value{}
	}
}

// fieldError compiles record.Field.addError(message): the error belongs to the
// field of the record, not to the value read from it.
func (c *compiler) fieldError(e *types.CallLib, g *types.SObjectGet) valExpr {
	rec, message, field, pos := c.val(g.X), c.val(e.Args[0]), g.Field, e.At
	return func(f *frame) Value {
		r := rec(f).Record()
		if r == nil {
			throwNull(f, pos)
		}
		m := message(f)
		f.pos = pos
		text := f.t.Text(m)
		if x := ExceptionOf(m); x != nil {
			text = x.Text()
		}
		f.t.AddError(r, field, text)
		return Value{}
	}
}
