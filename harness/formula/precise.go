package formula

import (
	"math"
	"math/big"
)

// The transcendental functions, computed with workBits and rounded once to the
// nearest float. The platform's Java gives the nearest float for nearly every
// argument; the functions of package math miss it by the last digit now and
// then, which would show in a result and in a difference of two runs.
const workBits = 240

var bigPi, _, _ = big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651",
	10, workBits+100, big.ToNearestEven)

func bigOf(x float64) *big.Float { return new(big.Float).SetPrec(workBits).SetFloat64(x) }

func newBig() *big.Float { return new(big.Float).SetPrec(workBits) }

func nearest(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

// series sums a Taylor series until its terms vanish: next makes a term from
// the one before and its number, from 1.
func series(first *big.Float, next func(term *big.Float, n int64)) *big.Float {
	sum, term := newBig().Set(first), newBig().Set(first)
	for n := int64(1); n < 400; n++ {
		next(term, n)
		if term.Sign() == 0 || sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-workBits {
			break
		}
		sum.Add(sum, term)
	}
	return sum
}

// bigExp is e^x for |x| below 1000: of x / 2^k, squared k times.
func bigExp(x *big.Float) *big.Float {
	const k = 16
	r := newBig().SetMantExp(x, -k)
	e := series(bigOf(1), func(t *big.Float, n int64) { t.Quo(t.Mul(t, r), newBig().SetInt64(n)) })
	for range k {
		e.Mul(e, e)
	}
	return e
}

func exp(x float64) float64 {
	if math.Abs(x) > 740 {
		return math.Exp(x)
	}
	return nearest(bigExp(bigOf(x)))
}

// ln improves the float's logarithm by one step that triples its digits.
func ln(x float64) float64 {
	y := math.Log(x)
	if x <= 0 || x == 1 || math.IsInf(x, 0) {
		return y
	}
	e := bigExp(bigOf(y))
	num, den := newBig().Sub(bigOf(x), e), newBig().Add(bigOf(x), e)
	step := newBig().Quo(num, den)
	return nearest(newBig().Add(bigOf(y), step.Mul(step, bigOf(2))))
}

// bigSinCos reduces by whole turns first.
func bigSinCos(x *big.Float) (sin, cos *big.Float) {
	turn := new(big.Float).SetPrec(workBits+100).Mul(bigPi, big.NewFloat(2))
	turns := new(big.Float).SetPrec(workBits+100).Quo(x, turn)
	n, _ := turns.Int(nil)
	whole := new(big.Float).SetPrec(workBits + 100).SetInt(n)
	r := newBig().Sub(x, whole.Mul(whole, turn))
	square := newBig().Mul(r, r)
	next := func(shift int64) func(*big.Float, int64) {
		return func(t *big.Float, n int64) {
			t.Quo(t.Mul(t, square), newBig().SetInt64((2*n+shift)*(2*n+shift-1)))
			t.Neg(t)
		}
	}
	return series(r, next(1)), series(bigOf(1), next(0))
}

// far is where a float has no fraction left and an angle no meaning.
const far = 1 << 53

func sine(x float64) float64 {
	if x == 0 || math.Abs(x) > far {
		return math.Sin(x)
	}
	s, _ := bigSinCos(bigOf(x))
	return nearest(s)
}

func cosine(x float64) float64 {
	if math.Abs(x) > far {
		return math.Cos(x)
	}
	_, c := bigSinCos(bigOf(x))
	return nearest(c)
}

func tangent(x float64) float64 {
	if x == 0 || math.Abs(x) > far {
		return math.Tan(x)
	}
	s, c := bigSinCos(bigOf(x))
	return nearest(s.Quo(s, c))
}

// bigAtan improves the float's angle y of tan x: the rest d is so small that
// d - d³/3 is its own arc.
func bigAtan(x *big.Float) *big.Float {
	y := math.Atan(nearest(x))
	s, c := bigSinCos(bigOf(y))
	t := s.Quo(s, c)
	den := newBig().Mul(x, t)
	d := newBig().Quo(newBig().Sub(x, t), den.Add(den, bigOf(1)))
	cube := newBig().Mul(d, d)
	cube.Quo(cube.Mul(cube, d), bigOf(3))
	return newBig().Sub(newBig().Add(bigOf(y), d), cube)
}

func arcTangent(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) {
		return math.Atan(x)
	}
	return nearest(bigAtan(bigOf(x)))
}

// bigAsin is the arc of the tangent x / sqrt(1 - x²), for |x| below 1.
func bigAsin(x float64) *big.Float {
	b := bigOf(x)
	rest := newBig().Sub(bigOf(1), newBig().Mul(b, b))
	return bigAtan(b.Quo(b, rest.Sqrt(rest)))
}

func arcSine(x float64) float64 {
	if x == 0 || !(math.Abs(x) < 1) {
		return math.Asin(x)
	}
	return nearest(bigAsin(x))
}

func arcCosine(x float64) float64 {
	if !(math.Abs(x) < 1) {
		return math.Acos(x)
	}
	half := newBig().Quo(bigPi, bigOf(2))
	return nearest(half.Sub(half, bigAsin(x)))
}

func arcTangent2(y, x float64) float64 {
	if x == 0 || y == 0 || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Atan2(y, x)
	}
	a := bigAtan(newBig().Quo(bigOf(y), bigOf(x)))
	switch {
	case x > 0:
	case y > 0:
		a.Add(a, bigPi)
	default:
		a.Sub(a, bigPi)
	}
	return nearest(a)
}
