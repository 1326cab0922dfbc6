package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// assign compiles Target = Value.
func (c *compiler) assign(e *types.Assign) valExpr {
	switch target := e.Target.(type) {
	case *types.Local:
		v, slot := c.val(e.Value), target.Slot
		return func(f *frame) Value { x := v(f); f.l[slot] = x; return x }
	case *types.FieldGet:
		if _, ok := target.X.(*types.This); ok && target.Field.LibKey == "" {
			v, slot := c.val(e.Value), target.Field.Slot
			return func(f *frame) Value { x := v(f); f.this.Fields[slot] = x; return x }
		}
	}
	p, v := c.place(e.Target), c.val(e.Value)
	return func(f *frame) Value {
		r := p.open(f)
		x := v(f)
		p.set(f, r, x)
		return x
	}
}

// opAssign compiles Target op= Value.
func (c *compiler) opAssign(e *types.OpAssign) valExpr {
	p, v, pos := c.place(e.Target), c.val(e.Value), e.At
	apply := c.operation(e, pos)
	return func(f *frame) Value {
		r := p.open(f)
		old := p.get(f, r)
		x := apply(f, old, v(f))
		p.set(f, r, x)
		return x
	}
}

// operation is what an OpAssign computes, converted back to its target's type.
func (c *compiler) operation(e *types.OpAssign, pos int32) func(f *frame, x, y Value) Value {
	op, on := e.Op, e.On
	if on == types.KindString {
		return func(f *frame, x, y Value) Value {
			f.pos = pos
			t := f.t
			return Str(t.concat(t.Text(x), t.Text(y)))
		}
	}
	back := e.T.Kind
	return func(f *frame, x, y Value) Value {
		f.pos = pos
		return f.t.narrow(f.t.binary(op, on, x, y), back)
	}
}

// narrow brings the result of a compound assignment to its target's kind.
func (t *Thread) narrow(v Value, k types.Kind) Value {
	switch k {
	case types.KindInteger:
		return Int(v.Int())
	case types.KindLong:
		return Long(v.Int())
	case types.KindDouble:
		return Double(v.Float())
	case types.KindDecimal:
		return Decimal(v.Dec())
	default:
		return v
	}
}

// incDec compiles ++ and --.
func (c *compiler) incDec(e *types.IncDec) valExpr {
	if n := c.incDecNum(e); n != nil {
		k := KindInteger
		if e.T.Kind == types.KindLong {
			k = KindLong
		}
		return func(f *frame) Value { return Value{k: k, n: n(f)} }
	}
	p, pos, op := c.place(e.Target), e.At, syntax.Add
	if e.Decrement {
		op = syntax.Sub
	}
	kind, prefix := e.T.Kind, e.Prefix
	return func(f *frame) Value {
		r := p.open(f)
		old := p.get(f, r)
		f.pos = pos
		x := f.t.narrow(f.t.binary(op, kind, old, Int(1)), kind)
		p.set(f, r, x)
		if prefix {
			return x
		}
		return old
	}
}

// incDecNum compiles ++ and -- on Integer and Long variables.
func (c *compiler) incDecNum(e *types.IncDec) intExpr {
	if !isInt(e.T) {
		return nil
	}
	d, pos, wide := int64(1), e.At, e.T.Kind == types.KindLong
	if e.Decrement {
		d = -1
	}
	back := d
	if e.Prefix {
		back = 0
	}
	if l, ok := e.Target.(*types.Local); ok && !wide {
		slot := l.Slot
		return func(f *frame) int64 {
			s := &f.l[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			s.n = int64(int32(s.n + d))
			return int64(int32(s.n - back))
		}
	}
	at := c.slot(e.Target)
	if at == nil {
		return nil
	}
	return func(f *frame) int64 {
		s := at(f)
		if s.k == KindNull {
			throwNull(f, pos)
		}
		s.n += d
		if wide {
			return s.n - back
		}
		s.n = int64(int32(s.n))
		return int64(int32(s.n - back))
	}
}

// increment is i++ or i-- on an Integer local as a statement.
func increment(slot int, pos int32, down bool) stmt {
	d := int64(1)
	if down {
		d = -1
	}
	return func(f *frame) ctl {
		s := &f.l[slot]
		if s.k == KindNull {
			throwNull(f, pos)
		}
		s.n = int64(int32(s.n + d))
		return onward
	}
}

// discard compiles an expression whose value nobody uses.
func (c *compiler) discard(x types.Expr) stmt {
	switch e := x.(type) {
	case *types.IncDec:
		if l, ok := e.Target.(*types.Local); ok && e.T.Kind == types.KindInteger {
			c.cost++
			return increment(l.Slot, e.At, e.Decrement)
		}
		if n := c.incDecNum(e); n != nil {
			c.cost++
			return func(f *frame) ctl { n(f); return onward }
		}
	case *types.Assign:
		if s := c.assignStmt(e); s != nil {
			return s
		}
	case *types.OpAssign:
		if s := c.opAssignStmt(e); s != nil {
			return s
		}
	}
	v := c.val(x)
	return func(f *frame) ctl { v(f); return onward }
}

// opAssignStmt compiles x += e on Integer locals and fields, and s += text on
// local strings.
func (c *compiler) opAssignStmt(e *types.OpAssign) stmt {
	if l, ok := e.Target.(*types.Local); ok && e.On == types.KindString {
		c.cost++
		v, slot, pos := c.val(e.Value), l.Slot, e.At
		return func(f *frame) ctl {
			t := f.t
			y := v(f)
			f.pos = pos
			y = t.part(y)
			s := &f.l[slot]
			base := len(t.args)
			t.args = append(t.args, t.part(*s), y)
			*s = t.join(t.args[base:])
			t.args = t.args[:base]
			return onward
		}
	}
	local, ok := e.Target.(*types.Local)
	if !ok || e.Op != syntax.Add || e.T.Kind != types.KindInteger || e.On != types.KindInteger {
		return c.addTo(e)
	}
	c.cost++
	n, slot, pos := c.num(e.Value), local.Slot, e.At
	if l, ok := e.Value.(*types.Local); ok {
		from := l.Slot
		return func(f *frame) ctl {
			s, v := &f.l[slot], &f.l[from]
			if s.k == KindNull || v.k == KindNull {
				throwNull(f, pos)
			}
			s.n = int64(int32(s.n + v.n))
			return onward
		}
	}
	return func(f *frame) ctl {
		v := n(f)
		s := &f.l[slot]
		if s.k == KindNull {
			throwNull(f, pos)
		}
		s.n = int64(int32(s.n + v))
		return onward
	}
}

// concat compiles joining texts. The parts of a + b + c come flat.
func (c *compiler) concat(e *types.Concat) valExpr {
	parts, pos := c.vals(e.Parts), e.At
	return func(f *frame) Value {
		t := f.t
		base := len(t.args)
		for _, p := range parts {
			v := p(f)
			f.pos = pos
			t.args = append(t.args, t.part(v))
		}
		s := t.join(t.args[base:])
		t.args = t.args[:base]
		return s
	}
}
