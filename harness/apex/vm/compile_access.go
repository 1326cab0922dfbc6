package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// fieldGet reads an instance field.
func (c *compiler) fieldGet(e *types.FieldGet) valExpr {
	slot, pos := e.Field.Slot, e.At
	if e.Field.LibKey != "" {
		return c.libField(e.X, e.Field, pos)
	}
	if _, ok := e.X.(*types.This); ok {
		return func(f *frame) Value { return f.this.Fields[slot] }
	}
	if l, ok := e.X.(*types.Local); ok {
		at := l.Slot
		return func(f *frame) Value {
			o := f.l[at].Object()
			if o == nil {
				throwNull(f, pos)
			}
			return o.Fields[slot]
		}
	}
	x := c.val(e.X)
	return func(f *frame) Value {
		o := x(f).Object()
		if o == nil {
			throwNull(f, pos)
		}
		return o.Fields[slot]
	}
}

// libField reads a property that a user's class inherits from the library.
func (c *compiler) libField(x types.Expr, field *types.Field, pos int32) valExpr {
	return c.libGet(&types.LibGet{Node: types.Node{T: field.Type, At: pos}, X: x, Field: field})
}

// staticOf finds the statics of a class, which it initialises first.
func (c *compiler) staticOf(class *types.Class) (func(f *frame) *classState, int) {
	k := c.prog.ClassOf(class)
	id := k.id
	return func(f *frame) *classState {
		t := f.t
		if id < len(t.statics) {
			if s := t.statics[id]; s != nil {
				return s
			}
		}
		s := t.firstUse(k)
		t.cur = f
		return s
	}, id
}

func (c *compiler) staticGet(e *types.StaticGet) valExpr {
	state, _ := c.staticOf(e.Field.Class)
	slot, pos := e.Field.Slot, e.At
	return func(f *frame) Value {
		f.pos = pos
		return state(f).vals[slot]
	}
}

// propertyGet calls the accessor of a property, or reads its storage.
func (c *compiler) propertyGet(e *types.PropertyGet) valExpr {
	fd := e.Field
	if fd.Get == nil {
		if fd.Static || e.X == nil {
			return c.staticGet(&types.StaticGet{Node: e.Node, Field: fd})
		}
		return c.fieldGet(&types.FieldGet{Node: e.Node, X: e.X, Field: fd})
	}
	return c.callExpr(accessorCall(e, fd.Get, nil))
}

// accessorCall is the call that a property access stands for.
func accessorCall(e *types.PropertyGet, m *types.Method, args []types.Expr) *types.Call {
	call := &types.Call{Node: e.Node, Method: m, Recv: e.X, Args: args, Mode: types.StaticCall}
	switch {
	case m.Static || e.X == nil:
		call.Recv = nil
	case m.Slot >= 0 && !e.Direct:
		call.Mode = types.VirtualCall
		if m.Class.Kind == types.KindInterface {
			call.Mode = types.InterfaceCall
		}
	default:
		call.Mode = types.DirectCall
	}
	return call
}

// libGet reads a property of a library class: the function "key.get:name".
func (c *compiler) libGet(e *types.LibGet) valExpr {
	fn, key, pos := c.propertyFunc(e.Field, ".get:"), e.Field.LibKey, e.At
	if e.X == nil {
		return func(f *frame) Value {
			f.pos = pos
			if fn == nil {
				f.t.Unsupported(key, "")
			}
			return fn(f.t, Value{}, nil)
		}
	}
	x := c.val(e.X)
	return func(f *frame) Value {
		v := x(f)
		f.pos = pos
		if v.k == KindNull {
			f.t.ThrowNull()
		}
		if fn == nil {
			return f.t.propertyBag(v, key, nil)
		}
		return fn(f.t, v, nil)
	}
}

// propertyFunc finds the accessor of a library property.
func (c *compiler) propertyFunc(fd *types.Field, kind string) Func {
	class := fd.Class.FullName()
	return c.prog.libFunc(class + kind + fd.Name)
}

// index reads an element of a list.
func (c *compiler) index(e *types.Index) valExpr {
	x, i, pos := c.val(e.X), c.num(e.I), e.At
	return func(f *frame) Value {
		l := x(f).List()
		if l == nil {
			throwNull(f, pos)
		}
		n := i(f)
		if uint64(n) >= uint64(len(l.Vals)) {
			f.pos = pos
			f.t.throwIndex(n)
		}
		return l.Vals[n]
	}
}

// place is a target of assignments: open evaluates its parts once, get and set
// use them.
type place struct {
	open func(f *frame) ref
	get  func(f *frame, r ref) Value
	set  func(f *frame, r ref, v Value)
}

type ref struct {
	v Value
	i int64
}

// place compiles an assignment target.
func (c *compiler) place(x types.Expr) place {
	c.cost++
	none := func(*frame) ref { return ref{} }
	pos := x.Pos()
	switch e := x.(type) {
	case *types.Local:
		slot := e.Slot
		return place{none,
			func(f *frame, _ ref) Value { return f.l[slot] },
			func(f *frame, _ ref, v Value) { f.l[slot] = v }}
	case *types.FieldGet:
		return c.fieldPlace(e)
	case *types.StaticGet:
		state, _ := c.staticOf(e.Field.Class)
		slot := e.Field.Slot
		return place{none,
			func(f *frame, _ ref) Value { f.pos = pos; return state(f).vals[slot] },
			func(f *frame, _ ref, v Value) { f.pos = pos; state(f).vals[slot] = v }}
	case *types.PropertyGet:
		return c.propertyPlace(e)
	case *types.LibGet:
		return c.libPlace(e)
	case *types.SObjectGet, *types.SObjectParent:
		return c.recordPlace(x)
	case *types.Index:
		l, i := c.val(e.X), c.num(e.I)
		return place{
			func(f *frame) ref {
				v := l(f)
				if v.k == KindNull {
					throwNull(f, pos)
				}
				return ref{v, i(f)}
			},
			func(f *frame, r ref) Value { f.pos = pos; return r.v.List().At(f.t, r.i) },
			func(f *frame, r ref, v Value) { f.pos = pos; r.v.List().Put(f.t, r.i, v) }}
	case *types.Unresolved:
		if e.Member != "" {
			return c.openPlace(e)
		}
		return place{none, c.unresolvedPlace(e), func(f *frame, r ref, _ Value) { c.unresolved(e)(f) }}
	default:
		v := c.val(x)
		return place{none, func(f *frame, _ ref) Value { return v(f) }, func(*frame, ref, Value) {}}
	}
}

func (c *compiler) fieldPlace(e *types.FieldGet) place {
	slot, pos := e.Field.Slot, e.At
	if e.Field.LibKey != "" {
		return c.libPlace(&types.LibGet{Node: e.Node, X: e.X, Field: e.Field})
	}
	x := c.val(e.X)
	return place{
		func(f *frame) ref {
			v := x(f)
			if v.k != KindObject {
				throwNull(f, pos)
			}
			return ref{v: v}
		},
		func(_ *frame, r ref) Value { return r.v.Object().Fields[slot] },
		func(_ *frame, r ref, v Value) { r.v.Object().Fields[slot] = v },
	}
}

// opened evaluates the object that a property is of; nil is for static ones.
func (c *compiler) opened(of types.Expr, pos int32) func(*frame) ref {
	if of == nil {
		return func(*frame) ref { return ref{} }
	}
	x := c.val(of)
	return func(f *frame) ref {
		v := x(f)
		if v.k == KindNull {
			throwNull(f, pos)
		}
		return ref{v: v}
	}
}

func (c *compiler) propertyPlace(e *types.PropertyGet) place {
	fd, pos := e.Field, e.At
	open := c.opened(e.X, pos)
	state, _ := c.staticOf(fd.Class)
	static, slot := fd.Static, fd.Slot
	access := func(f *frame, m *types.Method, r ref, args ...Value) Value {
		f.pos = pos
		code := c.prog.codeOf(m)
		o := r.v.Object()
		if o == nil && !static {
			o = f.this
		}
		if static {
			state(f)
		} else if m.Slot >= 0 && !e.Direct && o != nil {
			if k := o.Class.prepare(); m.Slot < len(k.vtable) {
				code = k.vtable[m.Slot]
			}
		}
		return f.t.call(code, o, args)
	}
	storage := func(f *frame, r ref) *Value {
		if static {
			return &state(f).vals[slot]
		}
		o := r.v.Object()
		if o == nil {
			o = f.this
		}
		return &o.Fields[slot]
	}
	return place{open,
		func(f *frame, r ref) Value {
			if fd.Get != nil {
				return access(f, fd.Get, r)
			}
			return *storage(f, r)
		},
		func(f *frame, r ref, v Value) {
			if fd.Set != nil {
				access(f, fd.Set, r, v)
				return
			}
			*storage(f, r) = v
		}}
}

func (c *compiler) libPlace(e *types.LibGet) place {
	getter, setter := c.propertyFunc(e.Field, ".get:"), c.propertyFunc(e.Field, ".set:")
	key, pos := e.Field.LibKey, e.At
	open := c.opened(e.X, pos)
	return place{open,
		func(f *frame, r ref) Value {
			f.pos = pos
			if getter == nil {
				return f.t.propertyBag(r.v, key, nil)
			}
			return getter(f.t, r.v, nil)
		},
		func(f *frame, r ref, v Value) {
			f.pos = pos
			if setter == nil {
				f.t.propertyBag(r.v, key, &v)
				return
			}
			setter(f.t, r.v, []Value{v})
		}}
}
