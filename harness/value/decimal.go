package value

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Dec is an exact decimal number: an integer of digits and a scale, the number
// of them after the point, as java.math.BigDecimal has it. Trailing zeros
// count: 1.50 has scale 2 and prints as such. The zero Dec is 0. Digits that
// fit 64 bits take no memory of their own; larger ones do.
type Dec struct {
	n     int64
	big   *big.Int // nil when n holds the digits; never changed after
	scale int32
}

// RoundingMode says how digits are given up; the modes are Java's.
type RoundingMode uint8

// The rounding modes.
const (
	HalfUp RoundingMode = iota
	HalfEven
	HalfDown
	Up
	Down
	Ceiling
	Floor
	Unnecessary // any loss of digits is an error
)

// maxDigits bounds the digits that parsing takes and powers of ten reach, so
// that "1e999999999" can not ask for gigabytes.
const maxDigits = 4096

// Errors of decimal arithmetic.
var (
	ErrDivideByZero = errors.New("divide by 0")
	ErrRounding     = errors.New("rounding necessary")
)

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// bigPowers are the powers of ten that quotients and sums of long numbers take.
var bigPowers = func() (out [64]*big.Int) {
	for i := range out {
		out[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return out
}()

// bigPow10 is a power of ten; the caller may not change it.
func bigPow10(n int32) *big.Int {
	if n < int32(len(bigPowers)) {
		return bigPowers[n]
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// NewDec makes unscaled / 10^scale.
func NewDec(unscaled int64, scale int32) Dec { return Dec{n: unscaled, scale: scale} }

// NewDecBig is NewDec for digits of any number. The integer is copied.
func NewDecBig(unscaled *big.Int, scale int32) Dec {
	return decOf(new(big.Int).Set(unscaled), scale)
}

// DecOfBig is NewDecBig without the copy: the integer may not be changed after.
func DecOfBig(unscaled *big.Int, scale int32) Dec { return decOf(unscaled, scale) }

// decOf takes b over and falls back to 64 bits when they do.
func decOf(b *big.Int, scale int32) Dec {
	if b.IsInt64() {
		return Dec{n: b.Int64(), scale: scale}
	}
	return Dec{big: b, scale: scale}
}

// DecOfFloat is the shortest decimal that reads back as f, as String.valueOf
// and Decimal.valueOf(Double) take it. Infinite and NaN give 0.
func DecOfFloat(f float64) Dec {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Dec{}
	}
	if d, ok := shortDec(f); ok {
		return d
	}
	var room [32]byte
	text := strconv.AppendFloat(room[:0], f, 'e', -1, 64)
	at := bytes.IndexByte(text, 'e')
	exp, _ := strconv.Atoi(string(text[at+1:]))
	n, after := int64(0), 0
	for i, c := range text[:at] {
		if c >= '0' && c <= '9' { // at most 17 digits
			n = n*10 + int64(c-'0')
		} else if c == '.' {
			after = at - i - 1
		}
	}
	if f < 0 {
		n = -n
	}
	d := Dec{n: n, scale: int32(after - exp)}
	if d.scale < 0 {
		d, _ = d.SetScale(0, Unnecessary)
	}
	return d
}

// exactDigits is how many digits a double always holds: numbers of so many that
// are read as the same double are the same number.
const exactDigits = 1e15

// shortDec is the shortest number that reads as f when it has at most 15
// digits: the one with the smallest scale.
func shortDec(f float64) (Dec, bool) {
	for scale, pow := range floatPow10 {
		m := math.RoundToEven(f * pow)
		if m >= exactDigits || m <= -exactDigits {
			break
		}
		if m/pow == f {
			return NewDec(int64(m), int32(scale)), true
		}
	}
	return Dec{}, false
}

// ParseDec reads digits with an optional sign, point and exponent.
func ParseDec(s string) (Dec, error) {
	bad := func() (Dec, error) { return Dec{}, fmt.Errorf("read decimal %q: not a number", clip(s)) }
	mantissa, exp := s, int64(0)
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.ParseInt(s[i+1:], 10, 32)
		if err != nil || e > maxDigits || e < -maxDigits {
			return bad()
		}
		mantissa, exp = s[:i], e
	}
	neg := false
	if mantissa != "" && (mantissa[0] == '-' || mantissa[0] == '+') {
		neg, mantissa = mantissa[0] == '-', mantissa[1:]
	}
	if len(mantissa) > maxDigits {
		return bad()
	}
	var n uint64
	digits, scale, point := 0, int64(0), false
	for i := 0; i < len(mantissa); i++ {
		c := mantissa[i]
		switch {
		case c == '.' && !point:
			point = true
		case c >= '0' && c <= '9':
			if digits++; digits <= 18 {
				n = n*10 + uint64(c-'0')
			}
			if point {
				scale++
			}
		default:
			return bad()
		}
	}
	// What is read must be as short written out, without an exponent.
	if digits == 0 || max(int64(digits), scale-exp+1)+max(0, exp-scale) > maxDigits-int64(len("-.")) {
		return bad()
	}
	d := Dec{n: int64(n), scale: int32(scale - exp)}
	if digits > 18 {
		b, _ := new(big.Int).SetString(strings.Replace(mantissa, ".", "", 1), 10)
		d = decOf(b, int32(scale-exp))
	}
	if neg {
		d = d.Neg()
	}
	if d.scale < 0 {
		return d.SetScale(0, Unnecessary)
	}
	return d, nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Scale is the number of digits after the point.
func (d Dec) Scale() int32 { return d.scale }

// Unscaled is the digits as an integer; the caller may change it.
func (d Dec) Unscaled() *big.Int {
	if d.big != nil {
		return new(big.Int).Set(d.big)
	}
	return big.NewInt(d.n)
}

// Unscaled64 is the digits as an integer; ok is false when they do not fit.
func (d Dec) Unscaled64() (n int64, ok bool) { return d.n, d.big == nil }

// digits is the digits as an integer; the caller may not change it.
func (d Dec) digits() *big.Int {
	if d.big != nil {
		return d.big
	}
	return big.NewInt(d.n)
}

// Big is the digits that do not fit 64 bits, nil when they do. The caller may
// not change it.
func (d Dec) Big() *big.Int { return d.big }

// Precision is the number of digits, 1 for zero.
func (d Dec) Precision() int {
	if d.big != nil {
		return len(new(big.Int).Abs(d.big).String())
	}
	n, p := d.n, 1
	for n /= 10; n != 0; n /= 10 {
		p++
	}
	return p
}

// Sign is -1, 0 or 1.
func (d Dec) Sign() int {
	switch {
	case d.big != nil:
		return d.big.Sign()
	case d.n > 0:
		return 1
	case d.n < 0:
		return -1
	default:
		return 0
	}
}

// Neg is -d.
func (d Dec) Neg() Dec {
	if d.big == nil && d.n != math.MinInt64 {
		return Dec{n: -d.n, scale: d.scale}
	}
	b := d.Unscaled()
	return decOf(b.Neg(b), d.scale)
}

// Abs is d without its sign.
func (d Dec) Abs() Dec {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// IsInt reports whether nothing but zeros stands after the point.
func (d Dec) IsInt() bool {
	_, err := d.SetScale(0, Unnecessary)
	return err == nil
}

// Int64 is d cut to a whole number; ok is false when it does not fit 64 bits.
func (d Dec) Int64() (n int64, ok bool) {
	w, _ := d.SetScale(0, Down)
	return w.n, w.big == nil
}

// Bits is the size of the digits in bits.
func (d Dec) Bits() int {
	if d.big != nil {
		return d.big.BitLen()
	}
	return 64
}

// Float64 is the nearest float.
func (d Dec) Float64() float64 {
	if d.big == nil && d.scale == 0 {
		return float64(d.n)
	}
	if d.big == nil && d.scale > 0 && d.scale <= 15 && d.n < 1<<53 && d.n > -1<<53 {
		return float64(d.n) / floatPow10[d.scale] // both are exact, so the quotient is rounded once
	}
	var room [64]byte
	text := d.digits().Append(room[:0], 10)
	text = append(text, 'e')
	f, _ := strconv.ParseFloat(string(strconv.AppendInt(text, -int64(d.scale), 10)), 64)
	return f
}

var floatPow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// String is the number without exponent, all digits of the scale written, as
// BigDecimal.toPlainString.
func (d Dec) String() string {
	var digits string
	if d.big != nil {
		digits = d.big.String()
	} else {
		digits = strconv.FormatInt(d.n, 10)
	}
	if d.scale <= 0 {
		if d.Sign() == 0 {
			return "0"
		}
		return digits + strings.Repeat("0", int(-d.scale))
	}
	neg := digits[0] == '-'
	if neg {
		digits = digits[1:]
	}
	if missing := int(d.scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	at := len(digits) - int(d.scale)
	digits = digits[:at] + "." + digits[at:]
	if neg {
		return "-" + digits
	}
	return digits
}

// OfDecimal makes a Decimal.
func OfDecimal(d Dec) Value {
	if d.big != nil {
		return Value{kind: Decimal, scale: d.scale, s: d.big.String()}
	}
	return Value{kind: Decimal, scale: d.scale, n: d.n}
}

// Decimal is the number of a Decimal, Int or Long exactly, the shortest
// decimal of a Double, and 0 for every other kind.
func (v Value) Decimal() Dec {
	switch v.kind {
	case Decimal:
		if v.s != "" {
			b, _ := new(big.Int).SetString(v.s, 10)
			return Dec{big: b, scale: v.scale}
		}
		return Dec{n: v.n, scale: v.scale}
	case Int, Long:
		return Dec{n: v.n}
	case Double:
		return DecOfFloat(v.Float64())
	default:
		return Dec{}
	}
}
