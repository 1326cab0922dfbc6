package formula

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// rescale writes a number for another scale, no smaller than its own.
func (p *pusher) rescale(x part, scale int32) (part, bool) {
	by := scale - x.scale
	switch {
	case by == 0 || x.typ == Any:
		x.scale = scale
		return x, true
	case by < 0 || scale > maxPushedScale || x.den != "":
		return x, false
	case x.lit != nil:
		d, err := x.lit.SetScale(scale, value.Unnecessary)
		n, ok := d.Unscaled64()
		if err != nil || !ok {
			return x, false
		}
		x.sql, x.scale = "("+strconv.FormatInt(n, 10)+")", scale
		return x, true
	}
	x.sql, x.scale = p.d.Exact(fmt.Sprintf("(%s * %d)", x.sql, power10(by))), scale
	return x, true
}

func power10(n int32) int64 { return int64(math.Pow10(int(n))) }

// aligned brings two numbers to one scale.
func (p *pusher) aligned(l, r part) (part, part, bool) {
	scale := max(l.scale, r.scale)
	l, ok1 := p.rescale(l, scale)
	r, ok2 := p.rescale(r, scale)
	return l, r, ok1 && ok2
}

func (p *pusher) arithmetic(op string, l, r part) (part, bool) {
	x := part{typ: Number, fails: failing(l, r)}
	if l.den != "" || r.den != "" {
		return x, false
	}
	switch op {
	case "+", "-":
		l, r, ok := p.aligned(l, r)
		x.sql, x.scale = p.d.Exact("("+l.sql+" "+op+" "+r.sql+")"), l.scale
		return x, ok
	case "*":
		x.sql, x.scale = p.d.Exact("("+l.sql+" * "+r.sql+")"), l.scale+r.scale
		return x, x.scale <= maxPushedScale
	case "/":
		return p.quotient(l, r)
	default:
		return x, false
	}
}

// quotient divides. By a literal of twos and fives the quotient is a decimal;
// any other stays a pair of numerator and denominator.
func (p *pusher) quotient(l, r part) (part, bool) {
	if r.lit != nil && r.lit.Sign() != 0 {
		one, err := value.NewDec(1, 0).Quo(*r.lit, maxPushedScale, value.HalfUp)
		one = one.StripZeros()
		n, ok := one.Unscaled64()
		if err == nil && ok && one.Mul(*r.lit).Cmp(value.NewDec(1, 0)) == 0 && one.Scale() >= 0 {
			x := part{typ: Number, fails: l.fails, scale: l.scale + one.Scale()}
			x.sql = p.d.Exact(fmt.Sprintf("(%s * (%d))", l.sql, n))
			return x, x.scale <= maxPushedScale
		}
	}
	l, r, ok := p.aligned(l, r)
	x := part{typ: Number, den: "abs(" + r.sql + ")", fails: failing(l, r)}
	x.sql = p.d.Exact("(" + l.sql + " * sign(" + r.sql + "))")
	if r.lit == nil || r.lit.Sign() == 0 {
		x.fails = either(x.fails, "("+l.sql+" IS NOT NULL AND "+r.sql+" = 0)")
	}
	return x, ok
}

// compareNumbers compares at one scale; with a quotient, both sides times its
// denominator. The forty digits that the evaluator keeps of a quotient tell it
// from every number of 64 bits.
func (p *pusher) compareNumbers(op string, l, r part) (string, bool) {
	switch {
	case l.den != "" && r.den != "":
		return "", false
	case l.den != "":
		n, ok := p.rescaleOver(l, r.scale)
		return "(" + n + " " + op + " " + p.d.Exact("("+r.sql+" * "+l.den+")") + ")", ok
	case r.den != "":
		n, ok := p.rescaleOver(r, l.scale)
		return "(" + p.d.Exact("("+l.sql+" * "+r.den+")") + " " + op + " " + n + ")", ok
	}
	l, r, ok := p.aligned(l, r)
	return "(" + l.sql + " " + op + " " + r.sql + ")", ok
}

// rescaleOver is the numerator of a quotient for another scale.
func (p *pusher) rescaleOver(x part, scale int32) (string, bool) {
	if scale == 0 {
		return x.sql, true
	}
	return p.d.Exact(fmt.Sprintf("(%s * %d)", x.sql, power10(scale))), scale <= maxPushedScale
}

func pushAbs(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[0])
	x.sql, x.lit = "abs("+x.sql+")", nil
	return x, ok && x.typ == Number
}

// pushMod: the remainder has the sign of the dividend, as in SQL.
func pushMod(p *pusher, e *Expr) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || list[0].den != "" || list[1].den != "" {
		return part{}, false
	}
	l, r, ok := p.aligned(list[0], list[1])
	x := part{typ: Number, scale: l.scale, fails: failing(l, r)}
	x.sql = "(" + l.sql + " % NULLIF(" + r.sql + ", 0))"
	x.fails = either(x.fails, "("+l.sql+" IS NOT NULL AND "+r.sql+" = 0)")
	return x, ok
}

// extreme is MAX or MIN: blank when any is.
func (p *pusher) extreme(e *Expr, op string) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || len(list) > 3 {
		return part{}, false
	}
	fails := failing(list...)
	t, scale, ok := p.arms(list)
	if !ok || t != Number {
		return part{}, false
	}
	sql := list[0].sql
	for _, x := range list[1:] {
		sql = fmt.Sprintf("CASE WHEN %[1]s IS NULL OR %[2]s IS NULL THEN NULL WHEN %[1]s %[3]s %[2]s THEN %[1]s ELSE %[2]s END", sql, x.sql, op)
	}
	return part{typ: Number, scale: scale, sql: "(" + sql + ")", fails: fails}, true
}

// over writes a number as a numerator and a denominator for a scale: their
// quotient is the number times 10^scale.
func (p *pusher) over(x part, scale int32) (num, den string, ok bool) {
	num, den = x.sql, x.den
	by := scale - x.scale
	switch {
	case by > 0:
		num = p.d.Exact(fmt.Sprintf("(%s * %d)", num, power10(by)))
	case by < 0 && den != "":
		den = p.d.Exact(fmt.Sprintf("(%s * %d)", den, power10(-by)))
	case by < 0:
		den = strconv.FormatInt(power10(-by), 10)
	}
	return num, den, by <= maxPushedScale && -by <= maxPushedScale
}

// pushRound rounds half away from zero to a literal number of places.
func pushRound(p *pusher, e *Expr) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || list[1].lit == nil {
		return part{}, false
	}
	return p.round(list[0], places(*list[1].lit))
}

// maxQuotientScale bounds the places that a quotient is rounded to: so many
// that the digits which the evaluator cuts off a quotient can not decide how.
const maxQuotientScale = 10

func (p *pusher) round(x part, n int32) (part, bool) {
	if n < 0 || n > maxPushedScale || x.typ != Number {
		return x, false
	}
	if x.den == "" && x.scale <= n {
		return x, true
	}
	if x.den != "" && n > maxQuotientScale {
		return x, false
	}
	num, den, ok := p.over(x, n)
	out := part{typ: Number, scale: n, fails: x.fails}
	out.sql = fmt.Sprintf("(%s / (2 * %s))", p.d.Exact(fmt.Sprintf("(2 * %s + sign(%s) * %s)", num, num, den)), nonZero(den))
	return out, ok
}

// nonZero keeps a denominator from failing the statement: where it is 0 the
// formula fails by itself.
func nonZero(den string) string {
	if _, ok := new(big.Int).SetString(den, 10); ok {
		return den
	}
	return "NULLIF(" + den + ", 0)"
}

// integer cuts to a whole number after adding something that depends on sign
// and denominator.
func (p *pusher) integer(e *Expr, add string) (part, bool) {
	x, ok := p.push(e.Args[0])
	if !ok || x.typ != Number {
		return x, false
	}
	if x.den == "" && x.scale == 0 {
		return x, true
	}
	num, den, ok := p.over(x, 0)
	out := part{typ: Number, fails: x.fails}
	if add == "0" {
		out.sql = fmt.Sprintf("(%s / %s)", num, nonZero(den))
		return out, ok
	}
	out.sql = fmt.Sprintf("(%s / %s)", p.d.Exact("("+num+" + "+fmt.Sprintf(add, num, den)+")"), nonZero(den))
	return out, ok
}
