package formula

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// How numbers are computed. The figures are read off the results of
// Salesforce's own engine (formula-cases.json): sums and products are exact, a
// quotient keeps quotientDigits significant digits, a power powerDigits, and
// what leaves a formula or enters FLOOR and its kin keeps resultScale digits
// after the point. Logarithms, roots and angles are those of binary floating
// point.
const (
	quotientDigits = 40
	powerDigits    = 18
	resultScale    = 32
	maxPlaces      = 126 // digits before the point beyond which a result is an error
)

// Errors that end in #Error!.
var (
	errDivideByZero = errors.New("divide by zero")
	errOverflow     = errors.New("number is too large")
	errDomain       = errors.New("argument is outside the range of the function")
	errExponent     = errors.New("exponent is not a whole number")
)

var zero = value.NewDec(0, 0)

func number(d value.Dec) value.Value { return value.OfDecimal(d) }

func whole(n int64) value.Value { return value.OfDecimal(value.NewDec(n, 0)) }

// quotient is a / b with quotientDigits significant digits; an exact quotient
// has the scale of a less that of b, or what it needs.
func quotient(a, b value.Dec) (value.Dec, error) {
	if b.Sign() == 0 {
		return zero, errDivideByZero
	}
	preferred := max(a.Scale()-b.Scale(), 0)
	if x, ok := a.Unscaled64(); ok && a.Scale() == 0 && b.Scale() == 0 {
		if y, ok := b.Unscaled64(); ok && x%y == 0 && y != -1 {
			return value.NewDec(x/y, 0), nil
		}
	}
	lead := int32(a.Precision()-b.Precision()) - (a.Scale() - b.Scale()) // digits before the point, give or take one
	scale := max(int32(quotientDigits)-lead, 0)
	q, err := a.Quo(b, scale, value.HalfUp)
	if err != nil {
		return zero, err
	}
	return strip(round(q, quotientDigits), preferred), nil
}

// strip takes zeros off the end of the fraction as long as scale digits stay.
func strip(d value.Dec, scale int32) value.Dec {
	if d.Scale() <= scale {
		return d
	}
	s := d.StripZeros()
	if s.Scale() < scale {
		s, _ = s.SetScale(scale, value.Unnecessary)
	}
	return s
}

// round keeps that many significant digits of a number with a fraction.
func round(d value.Dec, digits int) value.Dec {
	over := d.Precision() - digits
	if over <= 0 || d.Scale() <= 0 {
		return d
	}
	r, _ := d.SetScale(max(d.Scale()-int32(over), 0), value.HalfUp)
	return r
}

// result is a number as a formula gives it away: at most resultScale digits
// after the point.
func result(d value.Dec) (value.Dec, error) {
	if d.Precision()-int(d.Scale()) > maxPlaces {
		return zero, errOverflow
	}
	if d.Scale() <= resultScale {
		return d, nil
	}
	return d.Round(resultScale), nil
}

// power is a ^ b for a whole b; 0 where it has no digit within resultScale.
func power(a, b value.Dec) (value.Dec, error) {
	if !b.IsInt() {
		return zero, errExponent
	}
	n, ok := b.Int64()
	switch {
	case n == 0 && ok:
		return value.NewDec(1, 0), nil
	case a.Sign() == 0 && n > 0:
		return zero, nil
	case a.Sign() == 0:
		return zero, errDivideByZero
	case !ok:
		return zero, errOverflow
	}
	magnitude := math.Abs(float64(n)) * log10(a.Abs())
	if n < 0 {
		magnitude = -magnitude
	}
	switch {
	case magnitude > maxPlaces:
		return zero, errOverflow
	case magnitude < -resultScale-1:
		return zero, nil
	}
	return powerOf(a, n, magnitude)
}

// log10 of a positive number, also where a float can not hold it.
func log10(d value.Dec) float64 {
	f := d.Float64()
	if f == 0 || math.IsInf(f, 0) {
		return float64(d.Precision()) - float64(d.Scale())
	}
	return math.Log10(f)
}

func powerOf(a value.Dec, n int64, magnitude float64) (value.Dec, error) {
	times := n
	if times < 0 {
		times = -times
	}
	const work = 60 // digits of the steps in between, enough for 18 correct ones
	product, square := value.NewDec(1, 0), a
	for ; times > 0; times >>= 1 {
		if times&1 == 1 {
			product = roundAny(product.Mul(square), work)
		}
		if times > 1 {
			square = roundAny(square.Mul(square), work)
		}
	}
	if n < 0 {
		q, err := value.NewDec(1, 0).Quo(product, int32(powerDigits+2+max(0, -magnitude)), value.HalfUp)
		if err != nil {
			return zero, err
		}
		return significant(q), nil
	}
	return significant(product), nil
}

// roundAny rounds to significant digits, also a whole number.
func roundAny(d value.Dec, digits int) value.Dec {
	over := int32(d.Precision() - digits)
	if over <= 0 {
		return d
	}
	r, _ := d.SetScale(d.Scale()-over, value.HalfUp)
	return r
}

func significant(d value.Dec) value.Dec {
	r := roundAny(d, powerDigits)
	if r.Scale() < 0 {
		r, _ = r.SetScale(0, value.Unnecessary)
	}
	return r
}

// ofFloat is a floating-point result as a decimal the way the platform has it:
// the shortest digits that give the float back, at least one after the point
// unless the number is ten million or more.
func ofFloat(f float64) (value.Value, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return value.Value{}, errDomain
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	_, fraction, _ := strings.Cut(mantissa, ".")
	scale := max(len(fraction), 1) - e
	if e >= -3 && e < 7 { // written without exponent: 1.0, 0.001
		scale = max(len(fraction)-e, 1)
	}
	d, err := value.ParseDec(strconv.FormatFloat(f, 'f', -1, 64))
	if err != nil {
		return value.Value{}, errOverflow
	}
	if d.Scale() < int32(scale) {
		d, _ = d.SetScale(int32(scale), value.Unnecessary)
	}
	return number(d), nil
}

// places is a number of decimals given as a number: cut to a whole, and within
// what rounding can reach.
func places(d value.Dec) int32 {
	n, ok := d.Int64()
	if !ok {
		n = int64(d.Sign()) * 1000
	}
	return int32(max(-1000, min(1000, n)))
}

// toPlaces rounds to n digits after the point, or to tens and hundreds for
// negative n. Digits are never added.
func toPlaces(d value.Dec, n int32, mode value.RoundingMode) value.Dec {
	if d.Scale() <= n {
		return d
	}
	if n < 0 && int(-n) > d.Precision()-int(d.Scale())+1 {
		return zero
	}
	r, _ := d.SetScale(n, mode)
	if n < 0 {
		r, _ = r.SetScale(0, value.Unnecessary)
	}
	return r
}

// parseNumber reads a number as VALUE takes it: sign, digits with a point
// anywhere, exponent.
func parseNumber(s string) (value.Dec, bool) {
	body := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	if body == "" || len(s)-len(body) > 1 || len(s) > 400 {
		return zero, false
	}
	mantissa, exp := body, ""
	if i := strings.IndexAny(body, "eE"); i >= 0 {
		mantissa, exp = body[:i], body[i+1:]
		if exp == "" {
			return zero, false
		}
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	digits := integer + fraction
	if digits == "" || !allDigits(digits) {
		return zero, false
	}
	e := 0
	if exp != "" {
		var err error
		if e, err = strconv.Atoi(exp); err != nil || e > maxPlaces || e < -maxPlaces {
			return zero, false
		}
	}
	n, _ := new(big.Int).SetString(digits, 10)
	if s[0] == '-' {
		n.Neg(n)
	}
	scale := int32(len(fraction) - e)
	d := value.NewDecBig(n, max(scale, 0))
	if scale < 0 {
		d = value.NewDecBig(n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil)), 0)
	}
	return d, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// maxDigits bounds what products may grow to.
const maxDigits = 400
