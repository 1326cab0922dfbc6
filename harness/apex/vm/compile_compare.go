package vm

import (
	"cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// compare compiles <, <=, >, >=. A null operand makes the comparison false,
// but a text is greater than null (Apex Developer Guide, operators).
func (c *compiler) compare(e *types.Compare) bolExpr {
	switch e.On {
	case types.KindInteger, types.KindLong:
		return c.compareInts(e)
	}
	a, b, op := c.val(e.X), c.val(e.Y), e.Op
	return func(f *frame) bool {
		x := a(f)
		y := b(f)
		if x.k == KindDouble && y.k == KindDouble {
			return ordered(op, compareNumbers(x, y))
		}
		if x.k == KindNull || y.k == KindNull {
			if x.isText() || y.isText() {
				return ordered(op, cmp.Compare(btoi(x.k != KindNull), btoi(y.k != KindNull)))
			}
			return false
		}
		return ordered(op, order(x, y))
	}
}

func ordered(op syntax.Op, n int) bool {
	switch op {
	case syntax.Lt:
		return n < 0
	case syntax.LtEq:
		return n <= 0
	case syntax.Gt:
		return n > 0
	default:
		return n >= 0
	}
}

// order compares two values of one kind as < does; texts without case.
func order(x, y Value) int {
	switch {
	case x.isNumber() && y.isNumber():
		return compareNumbers(x, y)
	case x.isText() && y.isText():
		return value.CompareFold(x.Text(), y.Text())
	case x.k == KindDate && y.k == KindDatetime:
		return cmp.Compare(x.n*msPerDay, y.n)
	case x.k == KindDatetime && y.k == KindDate:
		return cmp.Compare(x.n, y.n*msPerDay)
	default:
		return cmp.Compare(x.n, y.n)
	}
}

// compareInts compiles comparisons of Integer and Long. A null operand makes
// the comparison false.
func (c *compiler) compareInts(e *types.Compare) bolExpr {
	if fn := c.compareFused(e); fn != nil {
		return fn
	}
	if neverNull(e.X) && neverNull(e.Y) {
		a, b := c.num(e.X), c.num(e.Y)
		switch e.Op {
		case syntax.Lt:
			return func(f *frame) bool { x := a(f); return x < b(f) }
		case syntax.LtEq:
			return func(f *frame) bool { x := a(f); return x <= b(f) }
		case syntax.Gt:
			return func(f *frame) bool { x := a(f); return x > b(f) }
		default:
			return func(f *frame) bool { x := a(f); return x >= b(f) }
		}
	}
	a, b := c.val(e.X), c.val(e.Y)
	switch e.Op {
	case syntax.Lt:
		return func(f *frame) bool {
			x, y := a(f), b(f)
			return x.n < y.n && x.k != KindNull && y.k != KindNull
		}
	case syntax.LtEq:
		return func(f *frame) bool {
			x, y := a(f), b(f)
			return x.n <= y.n && x.k != KindNull && y.k != KindNull
		}
	case syntax.Gt:
		return func(f *frame) bool {
			x, y := a(f), b(f)
			return x.n > y.n && x.k != KindNull && y.k != KindNull
		}
	default:
		return func(f *frame) bool {
			x, y := a(f), b(f)
			return x.n >= y.n && x.k != KindNull && y.k != KindNull
		}
	}
}

// neverNull reports whether a number cannot be null.
func neverNull(x types.Expr) bool {
	switch e := x.(type) {
	case *types.Const:
		return !e.Value.IsNull()
	case *types.Binary, *types.Unary, *types.IncDec:
		return true
	case *types.Convert:
		return neverNull(e.X)
	case *types.CallLib:
		switch libName(e.Method) {
		case "list.size", "string.length", "map.size", "set.size", "string.charat", "math.mod", "math.max", "math.min", "math.abs":
			return true
		}
	}
	return false
}

// compareFused compiles local < constant and local < local.
func (c *compiler) compareFused(e *types.Compare) bolExpr {
	l, ok := e.X.(*types.Local)
	if !ok {
		return nil
	}
	slot := l.Slot
	if k, ok := e.Y.(*types.Const); ok && !k.Value.IsNull() {
		c.cost += 2
		n := constantValue(k).n
		switch e.Op {
		case syntax.Lt:
			return func(f *frame) bool { s := &f.l[slot]; return s.n < n && s.k != KindNull }
		case syntax.LtEq:
			return func(f *frame) bool { s := &f.l[slot]; return s.n <= n && s.k != KindNull }
		case syntax.Gt:
			return func(f *frame) bool { s := &f.l[slot]; return s.n > n && s.k != KindNull }
		default:
			return func(f *frame) bool { s := &f.l[slot]; return s.n >= n && s.k != KindNull }
		}
	}
	if r, ok := e.Y.(*types.Local); ok {
		c.cost += 2
		slot2 := r.Slot
		switch e.Op {
		case syntax.Lt:
			return func(f *frame) bool {
				s, r := &f.l[slot], &f.l[slot2]
				return s.n < r.n && s.k != KindNull && r.k != KindNull
			}
		case syntax.LtEq:
			return func(f *frame) bool {
				s, r := &f.l[slot], &f.l[slot2]
				return s.n <= r.n && s.k != KindNull && r.k != KindNull
			}
		case syntax.Gt:
			return func(f *frame) bool {
				s, r := &f.l[slot], &f.l[slot2]
				return s.n > r.n && s.k != KindNull && r.k != KindNull
			}
		default:
			return func(f *frame) bool {
				s, r := &f.l[slot], &f.l[slot2]
				return s.n >= r.n && s.k != KindNull && r.k != KindNull
			}
		}
	}
	if e.Op == syntax.Lt && neverNull(e.Y) {
		c.cost++
		b := c.num(e.Y)
		return func(f *frame) bool { n := b(f); s := &f.l[slot]; return s.n < n && s.k != KindNull }
	}
	return nil
}

// equal compiles == and !=.
func (c *compiler) equal(e *types.Equal) bolExpr {
	not := e.Not
	if k, ok := e.Y.(*types.Const); ok && k.Value.IsNull() {
		v := c.val(e.X)
		return func(f *frame) bool { return (v(f).k == KindNull) != not }
	}
	if fn := c.equalFused(e); fn != nil {
		return fn
	}
	switch e.On {
	case types.KindInteger, types.KindLong, types.KindDate, types.KindDatetime, types.KindTime, types.KindBoolean:
		if neverNull(e.X) && neverNull(e.Y) && e.On <= types.KindLong && e.On >= types.KindInteger {
			a, b := c.num(e.X), c.num(e.Y)
			return func(f *frame) bool { x := a(f); return (x == b(f)) != not }
		}
		a, b := c.val(e.X), c.val(e.Y)
		return func(f *frame) bool {
			x := a(f)
			y := b(f)
			return (x.n == y.n && (x.k == KindNull) == (y.k == KindNull)) != not
		}
	case types.KindString:
		a, b := c.val(e.X), c.val(e.Y)
		return func(f *frame) bool {
			x := a(f)
			y := b(f)
			if x.k == KindNull || y.k == KindNull {
				return (x.k == y.k) != not
			}
			return EqualFold(x.Text(), y.Text()) != not
		}
	}
	a, b, pos := c.val(e.X), c.val(e.Y), e.At
	return func(f *frame) bool {
		x := a(f)
		y := b(f)
		f.pos = pos
		return f.t.Equal(x, y) != not
	}
}

// equalFused compiles local == constant on Integer and Long.
func (c *compiler) equalFused(e *types.Equal) bolExpr {
	l, local := e.X.(*types.Local)
	k, constant := e.Y.(*types.Const)
	if !local || !constant || e.On != types.KindInteger && e.On != types.KindLong {
		return nil
	}
	c.cost += 2
	slot, n, not := l.Slot, constantValue(k).n, e.Not
	return func(f *frame) bool {
		s := &f.l[slot]
		return (s.n == n && s.k != KindNull) != not
	}
}
