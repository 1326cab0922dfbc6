package vm

import (
	"math"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// arith compiles Integer and Long arithmetic. Integer wraps to 32 bits.
func (c *compiler) arith(e *types.Binary) intExpr {
	if e.On != types.KindInteger && e.On != types.KindLong {
		v := c.wide(e)
		return func(f *frame) int64 { return v(f).n }
	}
	c.cost++
	narrow := e.On == types.KindInteger
	if fn := c.arithFused(e, narrow); fn != nil {
		return fn
	}
	a, b, pos := c.num(e.X), c.num(e.Y), e.At
	if e.Op == syntax.Div {
		return func(f *frame) int64 {
			x, y := a(f), b(f)
			if y == 0 {
				f.pos = pos
				f.t.Throw("System.MathException", "Divide by 0")
			}
			if narrow {
				return int64(int32(x / y))
			}
			return x / y
		}
	}
	if narrow {
		return arith32(e.Op, a, b)
	}
	return arith64(e.Op, a, b)
}

func arith32(op syntax.Op, a, b intExpr) intExpr {
	switch op {
	case syntax.Add:
		return func(f *frame) int64 { x := a(f); return int64(int32(x + b(f))) }
	case syntax.Sub:
		return func(f *frame) int64 { x := a(f); return int64(int32(x - b(f))) }
	case syntax.Mul:
		return func(f *frame) int64 { x := a(f); return int64(int32(x * b(f))) }
	case syntax.ShiftLeft:
		return func(f *frame) int64 { x := a(f); return int64(int32(x) << (uint(b(f)) & 31)) }
	case syntax.ShiftRight:
		return func(f *frame) int64 { x := a(f); return int64(int32(x) >> (uint(b(f)) & 31)) }
	case syntax.ShiftRightUnsigned:
		return func(f *frame) int64 { x := a(f); return int64(int32(uint32(x) >> (uint(b(f)) & 31))) }
	default:
		return bitwise(op, a, b)
	}
}

func arith64(op syntax.Op, a, b intExpr) intExpr {
	switch op {
	case syntax.Add:
		return func(f *frame) int64 { x := a(f); return x + b(f) }
	case syntax.Sub:
		return func(f *frame) int64 { x := a(f); return x - b(f) }
	case syntax.Mul:
		return func(f *frame) int64 { x := a(f); return x * b(f) }
	case syntax.ShiftLeft:
		return func(f *frame) int64 { x := a(f); return x << (uint(b(f)) & 63) }
	case syntax.ShiftRight:
		return func(f *frame) int64 { x := a(f); return x >> (uint(b(f)) & 63) }
	case syntax.ShiftRightUnsigned:
		return func(f *frame) int64 { x := a(f); return int64(uint64(x) >> (uint(b(f)) & 63)) }
	default:
		return bitwise(op, a, b)
	}
}

func bitwise(op syntax.Op, a, b intExpr) intExpr {
	switch op {
	case syntax.BitAnd:
		return func(f *frame) int64 { x := a(f); return x & b(f) }
	case syntax.BitOr:
		return func(f *frame) int64 { x := a(f); return x | b(f) }
	default:
		return func(f *frame) int64 { x := a(f); return x ^ b(f) }
	}
}

// arithFused compiles local op constant and local op local for the commonest
// operators as one closure.
func (c *compiler) arithFused(e *types.Binary, narrow bool) intExpr {
	l, ok := e.X.(*types.Local)
	if !ok || !narrow {
		return nil
	}
	slot, pos := l.Slot, l.At
	if k, ok := e.Y.(*types.Const); ok {
		n := constantValue(k).n
		if e.Op == syntax.Sub {
			n = -n
		} else if e.Op != syntax.Add {
			return nil
		}
		c.cost += 2
		return func(f *frame) int64 {
			s := &f.l[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			return int64(int32(s.n + n))
		}
	}
	r, ok := e.Y.(*types.Local)
	if !ok || e.Op != syntax.Add && e.Op != syntax.Sub && e.Op != syntax.Mul {
		return nil
	}
	c.cost += 2
	slot2, op := r.Slot, e.Op
	return func(f *frame) int64 {
		x, y := &f.l[slot], &f.l[slot2]
		if x.k == KindNull || y.k == KindNull {
			throwNull(f, pos)
		}
		switch op {
		case syntax.Add:
			return int64(int32(x.n + y.n))
		case syntax.Sub:
			return int64(int32(x.n - y.n))
		default:
			return int64(int32(x.n * y.n))
		}
	}
}

func (c *compiler) arithFlt(e *types.Binary) fltExpr {
	c.cost++
	a, b, pos := c.flt(e.X), c.flt(e.Y), e.At
	switch e.Op {
	case syntax.Add:
		return func(f *frame) float64 { x := a(f); return x + b(f) }
	case syntax.Sub:
		return func(f *frame) float64 { x := a(f); return x - b(f) }
	case syntax.Mul:
		return func(f *frame) float64 { x := a(f); return x * b(f) }
	default:
		return func(f *frame) float64 {
			x, y := a(f), b(f)
			if y == 0 {
				f.pos = pos
				f.t.Throw("System.MathException", "Divide by 0")
			}
			return x / y
		}
	}
}

// wide compiles operations on Decimal and dates, and what else is not a
// machine number.
func (c *compiler) wide(x types.Expr) valExpr {
	switch e := x.(type) {
	case *types.Binary:
		a, b, pos, op := c.val(e.X), c.val(e.Y), e.At, e.Op
		on := e.On
		return func(f *frame) Value {
			x := a(f)
			y := b(f)
			f.pos = pos
			return f.t.binary(op, on, x, y)
		}
	case *types.Unary:
		v, pos := c.val(e.X), e.At
		return func(f *frame) Value {
			n := v(f)
			if n.k == KindNull {
				throwNull(f, pos)
			}
			return Decimal(n.Dec().Neg())
		}
	default:
		b := c.bol(x)
		return func(f *frame) Value { return Bool(b(f)) }
	}
}

// binary computes an operation whose operands have the kind on.
func (t *Thread) binary(op syntax.Op, on types.Kind, x, y Value) Value {
	if x.k == KindNull || y.k == KindNull {
		t.ThrowNull()
	}
	switch on {
	case types.KindInteger:
		return Int(t.integers(op, x.n, y.n, 31))
	case types.KindLong:
		return Long(t.integers(op, x.n, y.n, 63))
	case types.KindDouble:
		return t.doubles(op, x.Float(), y.Float())
	case types.KindDecimal:
		return Decimal(t.decimals(op, x.Dec(), y.Dec()))
	case types.KindBoolean:
		return Bool(t.integers(op, x.n, y.n, 63) != 0)
	default:
		return t.moments(op, on, x, y)
	}
}

func (t *Thread) integers(op syntax.Op, x, y int64, mask uint) int64 {
	switch op {
	case syntax.Add:
		return x + y
	case syntax.Sub:
		return x - y
	case syntax.Mul:
		return x * y
	case syntax.Div:
		if y == 0 {
			t.Throw("System.MathException", "Divide by 0")
		}
		return x / y
	case syntax.ShiftLeft:
		return x << (uint(y) & mask)
	case syntax.ShiftRight:
		return x >> (uint(y) & mask)
	case syntax.ShiftRightUnsigned:
		if mask == 31 {
			return int64(uint32(x) >> (uint(y) & mask))
		}
		return int64(uint64(x) >> (uint(y) & mask))
	case syntax.BitAnd:
		return x & y
	case syntax.BitOr:
		return x | y
	default:
		return x ^ y
	}
}

func (t *Thread) doubles(op syntax.Op, x, y float64) Value {
	switch op {
	case syntax.Add:
		return Double(x + y)
	case syntax.Sub:
		return Double(x - y)
	case syntax.Mul:
		return Double(x * y)
	default:
		if y == 0 {
			t.Throw("System.MathException", "Divide by 0")
		}
		return Double(x / y)
	}
}

// divisionScale is the scale of a quotient of two Decimals that does not come
// out even: at most 33 significant digits after the point.
const divisionScale = 33

// longDecimal is the size in bits from which computing with Decimals is charged
// for what it takes.
const longDecimal = 1 << 12

// decimals computes as BigDecimal does; a quotient has the fewest digits that
// are exact, or divisionScale of them, rounded half even.
func (t *Thread) decimals(op syntax.Op, x, y value.Dec) value.Dec {
	if bits := x.Bits() + y.Bits(); bits > longDecimal {
		t.Fits(bits / 8)
		t.Work(int64(x.Bits()/64) * int64(y.Bits()/64) / 16)
	}
	switch op {
	case syntax.Add:
		return x.Add(y)
	case syntax.Sub:
		return x.Sub(y)
	case syntax.Mul:
		return x.Mul(y)
	}
	if y.Sign() == 0 {
		t.Throw("System.MathException", "Divide by 0")
	}
	want := max(x.Scale()-y.Scale(), 0)
	q, err := x.Quo(y, divisionScale, value.HalfEven)
	if err != nil {
		t.Throw("System.MathException", err.Error())
	}
	s := q.StripZeros()
	if s.Scale() < want {
		s, _ = s.SetScale(want, value.HalfEven)
	}
	return s
}

const msPerDay = 24 * 60 * 60 * 1000

func (t *Thread) moments(op syntax.Op, on types.Kind, x, y Value) Value {
	sign := int64(1)
	if op == syntax.Sub {
		sign = -1
	}
	switch on {
	case types.KindDate:
		return Date(x.n + sign*y.Int())
	case types.KindDatetime:
		return Datetime(x.n + sign*int64(math.Round(y.Float()*msPerDay)))
	default:
		n := (x.n + sign*y.Int()) % msPerDay
		if n < 0 {
			n += msPerDay
		}
		return Time(n)
	}
}

func (c *compiler) unaryNum(e *types.Unary) intExpr {
	c.cost++
	n := c.num(e.X)
	narrow := e.T.Kind == types.KindInteger
	if e.Op == syntax.Complement {
		return func(f *frame) int64 { return ^n(f) }
	}
	if narrow {
		return func(f *frame) int64 { return int64(int32(-n(f))) }
	}
	return func(f *frame) int64 { return -n(f) }
}

func (c *compiler) bitBool(e *types.Binary) bolExpr {
	a, b := c.bol(e.X), c.bol(e.Y)
	switch e.Op {
	case syntax.BitAnd:
		return func(f *frame) bool { x := a(f); return b(f) && x }
	case syntax.BitOr:
		return func(f *frame) bool { x := a(f); return b(f) || x }
	default:
		return func(f *frame) bool { x := a(f); return b(f) != x }
	}
}
