package vm

import (
	"strings"

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

// incDecNum compiles ++ and -- on Integer locals and own fields.
func (c *compiler) incDecNum(e *types.IncDec) intExpr {
	if e.T.Kind != types.KindInteger {
		return nil
	}
	d, pos := int64(1), e.At
	if e.Decrement {
		d = -1
	}
	back := d
	if e.Prefix {
		back = 0
	}
	switch x := e.Target.(type) {
	case *types.Local:
		slot := x.Slot
		return func(f *frame) int64 {
			s := &f.l[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			s.n = int64(int32(s.n + d))
			return int64(int32(s.n - back))
		}
	case *types.FieldGet:
		if _, ok := x.X.(*types.This); !ok || x.Field.LibKey != "" {
			return nil
		}
		slot := x.Field.Slot
		return func(f *frame) int64 {
			s := &f.this.Fields[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			s.n = int64(int32(s.n + d))
			return int64(int32(s.n - back))
		}
	}
	return nil
}

// discard compiles an expression whose value nobody uses.
func (c *compiler) discard(x types.Expr) stmt {
	switch e := x.(type) {
	case *types.IncDec:
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

// assignStmt compiles assignments of numbers to locals and fields without
// making a Value of them.
func (c *compiler) assignStmt(e *types.Assign) stmt {
	if e.T.Kind != types.KindInteger || !neverNull(e.Value) {
		if l, ok := e.Target.(*types.Local); ok {
			c.cost++
			v, slot := c.val(e.Value), l.Slot
			return func(f *frame) ctl { f.l[slot] = v(f); return onward }
		}
		return nil
	}
	switch x := e.Target.(type) {
	case *types.Local:
		c.cost++
		n, slot := c.num(e.Value), x.Slot
		return func(f *frame) ctl {
			v := n(f)
			s := &f.l[slot]
			s.n, s.k = v, KindInteger
			return onward
		}
	case *types.FieldGet:
		if x.Field.LibKey != "" {
			return nil
		}
		c.cost++
		slot, pos := x.Field.Slot, x.At
		if _, ok := x.X.(*types.This); ok {
			n := c.num(e.Value)
			return func(f *frame) ctl {
				v := n(f)
				s := &f.this.Fields[slot]
				s.n, s.k = v, KindInteger
				return onward
			}
		}
		o, n := c.val(x.X), c.num(e.Value)
		return func(f *frame) ctl {
			obj := o(f).Object()
			if obj == nil {
				throwNull(f, pos)
			}
			v := n(f)
			s := &obj.Fields[slot]
			s.n, s.k = v, KindInteger
			return onward
		}
	}
	return nil
}

// opAssignStmt compiles x += e on Integer locals and fields, and s += text on
// local strings.
func (c *compiler) opAssignStmt(e *types.OpAssign) stmt {
	if l, ok := e.Target.(*types.Local); ok && e.On == types.KindString {
		c.cost++
		v, slot, pos := c.val(e.Value), l.Slot, e.At
		return func(f *frame) ctl {
			y := v(f)
			f.pos = pos
			s := &f.l[slot]
			t := f.t
			*s = Str(t.concat(t.Text(*s), t.Text(y)))
			return onward
		}
	}
	wide := e.T.Kind == types.KindLong && e.On == types.KindLong
	if !wide && (e.T.Kind != types.KindInteger || e.On != types.KindInteger) ||
		e.Op != syntax.Add && e.Op != syntax.Sub && e.Op != syntax.Mul {
		return nil
	}
	at := c.numberSlot(e.Target)
	if at == nil {
		return nil
	}
	c.cost++
	n, op := c.num(e.Value), e.Op
	if _, local := e.Target.(*types.Local); local && op == syntax.Add && !wide {
		slot, pos := e.Target.(*types.Local).Slot, e.At
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
	return func(f *frame) ctl {
		s := at(f)
		old := s.n
		v := n(f)
		if op == syntax.Sub {
			v = old - v
		} else if op == syntax.Mul {
			v = old * v
		} else {
			v += old
		}
		if !wide {
			v = int64(int32(v))
		}
		at(f).n = v
		return onward
	}
}

// numberSlot is where a local or own field that must not be null is kept.
func (c *compiler) numberSlot(x types.Expr) func(f *frame) *Value {
	pos := x.Pos()
	switch e := x.(type) {
	case *types.Local:
		slot := e.Slot
		return func(f *frame) *Value {
			s := &f.l[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			return s
		}
	case *types.FieldGet:
		if _, ok := e.X.(*types.This); !ok || e.Field.LibKey != "" {
			return nil
		}
		slot := e.Field.Slot
		return func(f *frame) *Value {
			s := &f.this.Fields[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			return s
		}
	}
	return nil
}

// concat compiles joining texts. The parts of a + b + c come flat.
func (c *compiler) concat(e *types.Concat) valExpr {
	parts, pos := c.vals(e.Parts), e.At
	if len(parts) == 2 {
		a, b := parts[0], parts[1]
		return func(f *frame) Value {
			x := a(f)
			y := b(f)
			f.pos = pos
			t := f.t
			return Str(t.concat(t.Text(x), t.Text(y)))
		}
	}
	return func(f *frame) Value {
		t := f.t
		first := parts[0](f)
		f.pos = pos
		s := t.Text(first)
		if len(s) >= appendFrom {
			for _, p := range parts[1:] {
				v := p(f)
				f.pos = pos
				s = t.concat(s, t.Text(v))
			}
			return Str(s)
		}
		var b strings.Builder
		b.WriteString(s)
		for _, p := range parts[1:] {
			v := p(f)
			f.pos = pos
			b.WriteString(t.Text(v))
		}
		t.Reserve(int64(b.Len()))
		return Str(b.String())
	}
}
