package formula

import (
	"math"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// mathFunctions compute with numbers.
var mathFunctions = []function{
	{name: "ABS", takes: "N", returns: Number, f1: exact(value.Dec.Abs)},
	{name: "CEILING", takes: "N", returns: Number, f1: exact(integer(value.Up))},
	{name: "FLOOR", takes: "N", returns: Number, f1: exact(integer(value.Down))},
	{name: "MCEILING", takes: "N", returns: Number, f1: exact(integer(value.Ceiling))},
	{name: "MFLOOR", takes: "N", returns: Number, f1: exact(integer(value.Floor))},
	{name: "ROUND", takes: "N N", returns: Number, f2: rounding(value.HalfUp)},
	{name: "TRUNC", takes: "N N?", returns: Number, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		n := zero
		if len(a) == 2 {
			n = a[1].Decimal()
		}
		return number(toPlaces(a[0].Decimal(), places(n), value.Down)), nil
	}},
	{name: "MAX", takes: "N N*", returns: Number, fn: extreme(1)},
	{name: "MIN", takes: "N N*", returns: Number, fn: extreme(-1)},
	{name: "MOD", takes: "N N", returns: Number, f2: func(_ *frame, a, b value.Value) (value.Value, error) {
		r, err := a.Decimal().Rem(b.Decimal())
		return number(r), err
	}},
	{name: "SQRT", takes: "N", returns: Number, f1: float(math.Sqrt)},
	{name: "EXP", takes: "N", returns: Number, f1: float(exp)},
	{name: "LN", takes: "N", returns: Number, f1: float(ln)},
	{name: "LOG", takes: "N", returns: Number, f1: float(func(x float64) float64 { return ln(x) / math.Ln10 })},
	{name: "PI", takes: "", returns: Number, fn: func(*frame, []value.Value) (value.Value, error) { return ofFloat(math.Pi) }},
	{name: "SIN", takes: "N", returns: Number, f1: float(sine)},
	{name: "COS", takes: "N", returns: Number, f1: float(cosine)},
	{name: "TAN", takes: "N", returns: Number, f1: float(tangent)},
	{name: "ASIN", takes: "N", returns: Number, f1: float(arcSine)},
	{name: "ACOS", takes: "N", returns: Number, f1: float(arcCosine)},
	{name: "ATAN", takes: "N", returns: Number, f1: float(arcTangent)},
	{name: "ATAN2", takes: "N N", returns: Number, blanks: true, f2: func(_ *frame, a, b value.Value) (value.Value, error) {
		if a.IsNull() || b.IsNull() {
			return null, errDomain
		}
		return ofFloat(arcTangent2(a.Decimal().Float64(), b.Decimal().Float64()))
	}},
	{name: "CURRENCYRATE", takes: "T", returns: Number, f1: currencyRate},
}

func exact(fn func(value.Dec) value.Dec) func(*frame, value.Value) (value.Value, error) {
	return func(_ *frame, a value.Value) (value.Value, error) { return number(fn(a.Decimal())), nil }
}

func float(fn func(float64) float64) func(*frame, value.Value) (value.Value, error) {
	return func(_ *frame, a value.Value) (value.Value, error) { return ofFloat(fn(a.Decimal().Float64())) }
}

// integer is FLOOR (towards zero), CEILING (away from it) and their
// mathematical forms MFLOOR and MCEILING. It rounds away what a division left beyond resultScale first, so that
// FLOOR(1/9*9) is 1.
func integer(mode value.RoundingMode) func(value.Dec) value.Dec {
	return func(d value.Dec) value.Dec {
		r, _ := d.Round(resultScale).SetScale(0, mode)
		return r
	}
}

func rounding(mode value.RoundingMode) func(*frame, value.Value, value.Value) (value.Value, error) {
	return func(_ *frame, a, n value.Value) (value.Value, error) {
		return number(toPlaces(a.Decimal(), places(n.Decimal()), mode)), nil
	}
}

func extreme(sign int) func(*frame, []value.Value) (value.Value, error) {
	return func(_ *frame, a []value.Value) (value.Value, error) {
		best := a[0]
		for _, v := range a[1:] {
			if v.Decimal().Cmp(best.Decimal())*sign > 0 {
				best = v
			}
		}
		return best, nil
	}
}

// currencyRate is the conversion rate to the corporate currency, 1 where the
// org has one currency only.
func currencyRate(f *frame, a value.Value) (value.Value, error) {
	if v, ok := f.env.Global([]string{"$CurrencyRate", a.Text()}); ok {
		return number(v.Decimal()), nil
	}
	return whole(1), nil
}
