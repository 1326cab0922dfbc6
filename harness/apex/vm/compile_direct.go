package vm

import "github.com/rehearsal-dev/rehearsal/harness/apex/types"

// callee is the code a call on an object runs: one that is known, or what the
// object's class has in a slot of its table of methods.
type callee struct {
	code *code
	slot int // -1 for code that nothing can override
}

// of finds the code for an object. Whoever made the object has prepared its
// class.
func (d *callee) of(o *Object) *code {
	if d.slot >= 0 {
		if table := o.Class.vtable; d.slot < len(table) {
			return table[d.slot]
		}
	}
	return d.code
}

// operand is an argument of a direct call. The commonest arguments are read
// without a closure of their own around them.
type operand struct {
	num  intExpr // computed Integers and Longs, of kind k
	call invoker // the result of a call
	val  valExpr // everything else
	k    Kind
}

func (c *compiler) operand(x types.Expr) operand {
	switch e := c.known(x).(type) {
	case *types.Binary, *types.Unary:
		if isInt(x.Type()) {
			k, _ := numberKind(x.Type())
			return operand{num: c.num(x), k: k}
		}
	case *types.Call:
		c.cost++
		return operand{call: c.invoker(e)}
	}
	return operand{val: c.val(x)}
}

func (a *operand) of(f *frame) Value {
	switch {
	case a.num != nil:
		return Value{k: a.k, n: a.num(f)}
	case a.call != nil:
		return a.call(f).ret
	default:
		return a.val(f)
	}
}

// directMost is how many arguments a direct call takes.
const directMost = 3

// directStatic compiles a call within one class with few arguments without any
// indirection.
func (c *compiler) directStatic(e *types.Call, target *code) invoker {
	pos := e.At
	if len(e.Args) == 1 && isInt(e.Args[0].Type()) && neverNull(e.Args[0]) {
		k, _ := numberKind(e.Args[0].Type())
		num := c.num(e.Args[0])
		return func(f *frame) *frame {
			x := num(f)
			f.pos = pos
			n := f.push(target)
			s := &n.l[0]
			s.n, s.k = x, k
			n.exec()
			return n
		}
	}
	args := make([]operand, len(e.Args))
	for i, x := range e.Args {
		args[i] = c.operand(x)
	}
	switch len(args) {
	case 0:
		return func(f *frame) *frame {
			f.pos = pos
			n := f.push(target)
			n.exec()
			return n
		}
	case 1:
		a := args[0]
		return func(f *frame) *frame {
			x := a.of(f)
			f.pos = pos
			n := f.push(target)
			n.l[0] = x
			n.exec()
			return n
		}
	case 2:
		a, b := args[0], args[1]
		return func(f *frame) *frame {
			x, y := a.of(f), b.of(f)
			f.pos = pos
			n := f.push(target)
			n.l[0], n.l[1] = x, y
			n.exec()
			return n
		}
	default:
		a, b, d := args[0], args[1], args[2]
		return func(f *frame) *frame {
			x, y, z := a.of(f), b.of(f), d.of(f)
			f.pos = pos
			n := f.push(target)
			n.l[0], n.l[1], n.l[2] = x, y, z
			n.exec()
			return n
		}
	}
}

// directMethod compiles a call on an object with at most one argument without
// any indirection. The receiver is evaluated and checked before the arguments,
// and a stub answers in the callee's place.
func (c *compiler) directMethod(e *types.Call) invoker {
	pos := e.At
	target := callee{c.prog.codeOf(e.Method), -1}
	if e.Mode == types.VirtualCall {
		target.slot = e.Method.Slot
	}
	recv := c.receiver(e.Recv)
	if len(e.Args) == 0 {
		return func(f *frame) *frame {
			o := f.this
			if recv != nil {
				o = object(f, recv, pos)
			}
			if o != nil && o.stub != nil {
				return f.stubbed(o, target.of(o), nil, pos)
			}
			f.pos = pos
			n := f.push(target.of(o))
			n.this = o
			n.exec()
			return n
		}
	}
	a := c.operand(e.Args[0])
	if num, k := a.num, a.k; num != nil {
		return func(f *frame) *frame {
			o := f.this
			if recv != nil {
				o = object(f, recv, pos)
			}
			x := num(f)
			if o != nil && o.stub != nil {
				return f.stubbed(o, target.of(o), []Value{{k: k, n: x}}, pos)
			}
			f.pos = pos
			n := f.push(target.of(o))
			n.this = o
			s := &n.l[0]
			s.n, s.k = x, k
			n.exec()
			return n
		}
	}
	return func(f *frame) *frame {
		o := f.this
		if recv != nil {
			o = object(f, recv, pos)
		}
		x := a.of(f)
		if o != nil && o.stub != nil {
			return f.stubbed(o, target.of(o), []Value{x}, pos)
		}
		f.pos = pos
		n := f.push(target.of(o))
		n.this = o
		n.l[0] = x
		n.exec()
		return n
	}
}

// receiver compiles what a method is called on, nil for the object whose code
// calls.
func (c *compiler) receiver(x types.Expr) valExpr {
	if _, ok := x.(*types.This); ok {
		c.cost++
		return nil
	}
	return c.val(x)
}

// object evaluates a receiver, which must not be null.
func object(f *frame, recv valExpr, pos int32) *Object {
	v := recv(f)
	o := v.Object()
	if o == nil {
		throwNull(f, pos)
	}
	return o
}
