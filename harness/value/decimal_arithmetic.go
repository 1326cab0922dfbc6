package value

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// upscale gives the digits of d at a scale that is not smaller, in 64 bits.
func (d Dec) upscale(scale int32) (int64, bool) {
	k := scale - d.scale
	if d.big != nil || k > 18 {
		return 0, d.big == nil && d.n == 0
	}
	return mul64(d.n, pow10[k])
}

func mul64(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	if a == math.MinInt64 || b == math.MinInt64 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(abs64(a)), uint64(abs64(b)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs64(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// bigAt gives the digits of d at a scale that is not smaller; the caller may
// not change them.
func (d Dec) bigAt(scale int32) *big.Int {
	if k := scale - d.scale; k > 0 {
		return new(big.Int).Mul(d.digits(), bigPow10(k))
	}
	return d.digits()
}

// Add is d + e, with the larger scale of the two.
func (d Dec) Add(e Dec) Dec {
	scale := max(d.scale, e.scale)
	if a, ok := d.upscale(scale); ok {
		if b, ok := e.upscale(scale); ok {
			if c := a + b; (c > a) == (b > 0) {
				return Dec{n: c, scale: scale}
			}
		}
	}
	return decOf(new(big.Int).Add(d.bigAt(scale), e.bigAt(scale)), scale)
}

// Sub is d - e, with the larger scale of the two.
func (d Dec) Sub(e Dec) Dec { return d.Add(e.Neg()) }

// Mul is d * e, with the sum of the scales.
func (d Dec) Mul(e Dec) Dec {
	scale := d.scale + e.scale
	if d.big == nil && e.big == nil {
		if n, ok := mul64(d.n, e.n); ok {
			return Dec{n: n, scale: scale}
		}
	}
	return decOf(new(big.Int).Mul(d.digits(), e.digits()), scale)
}

// Quo is d / e at the scale given. The error is ErrDivideByZero or, with
// Unnecessary, ErrRounding.
func (d Dec) Quo(e Dec, scale int32, mode RoundingMode) (Dec, error) {
	if e.Sign() == 0 {
		return Dec{}, ErrDivideByZero
	}
	num, den := d.digits(), e.digits()
	if k := scale + e.scale - d.scale; k > 0 {
		num = new(big.Int).Mul(num, bigPow10(k))
	} else if k < 0 {
		den = new(big.Int).Mul(den, bigPow10(-k))
	}
	q, err := roundedQuo(num, den, mode)
	return decOf(q, scale), err
}

// Rem is the remainder of d / e cut to a whole number, with the sign of d.
func (d Dec) Rem(e Dec) (Dec, error) {
	if e.Sign() == 0 {
		return Dec{}, ErrDivideByZero
	}
	scale := max(d.scale, e.scale)
	return decOf(new(big.Int).Rem(d.bigAt(scale), e.bigAt(scale)), scale), nil
}

// roundedQuo is num / den as an integer.
func roundedQuo(num, den *big.Int, mode RoundingMode) (*big.Int, error) {
	q, r := new(big.Int).QuoRem(num, den, new(big.Int))
	if r.Sign() == 0 {
		return q, nil
	}
	if mode == Unnecessary {
		return q, ErrRounding
	}
	sign := num.Sign() * den.Sign()
	half := new(big.Int).Lsh(r.Abs(r), 1).CmpAbs(den)
	if awayFromZero(mode, sign, half, q.Bit(0) == 1) {
		q.Add(q, big.NewInt(int64(sign)))
	}
	return q, nil
}

// awayFromZero decides the last digit: half compares what is cut off with a
// half, odd tells the digit kept.
func awayFromZero(mode RoundingMode, sign, half int, odd bool) bool {
	switch mode {
	case Up:
		return true
	case Ceiling:
		return sign > 0
	case Floor:
		return sign < 0
	case HalfUp:
		return half >= 0
	case HalfDown:
		return half > 0
	case HalfEven:
		return half > 0 || half == 0 && odd
	default:
		return false
	}
}

// SetScale is d with exactly scale digits after the point. The error is
// ErrRounding, with Unnecessary only.
func (d Dec) SetScale(scale int32, mode RoundingMode) (Dec, error) {
	if scale >= d.scale {
		if n, ok := d.upscale(scale); ok {
			return Dec{n: n, scale: scale}, nil
		}
		return decOf(d.bigAt(scale), scale), nil
	}
	k := d.scale - scale
	if d.big == nil && k <= 18 {
		p := pow10[k]
		q, r := d.n/p, d.n%p
		if r == 0 {
			return Dec{n: q, scale: scale}, nil
		}
		if mode == Unnecessary {
			return Dec{n: q, scale: scale}, ErrRounding
		}
		rest := abs64(r)
		half := 0
		if rest > p-rest {
			half = 1
		} else if rest < p-rest {
			half = -1
		}
		if awayFromZero(mode, d.Sign(), half, q&1 != 0) {
			q += int64(d.Sign())
		}
		return Dec{n: q, scale: scale}, nil
	}
	q, err := roundedQuo(d.digits(), bigPow10(k), mode)
	return decOf(q, scale), err
}

// Round is d with at most scale digits after the point, rounded half up.
func (d Dec) Round(scale int32) Dec {
	if d.scale <= scale {
		return d
	}
	r, _ := d.SetScale(scale, HalfUp)
	return r
}

// StripZeros is d without zeros at the end of its fraction.
func (d Dec) StripZeros() Dec {
	for d.scale > 0 {
		s, err := d.SetScale(d.scale-1, Unnecessary)
		if err != nil {
			break
		}
		d = s
	}
	return d
}

// Cmp is -1, 0 or 1; the scale does not matter: 1.0 is 1.
func (d Dec) Cmp(e Dec) int {
	scale := max(d.scale, e.scale)
	if a, ok := d.upscale(scale); ok {
		if b, ok := e.upscale(scale); ok {
			return cmp.Compare(a, b)
		}
	}
	return d.bigAt(scale).Cmp(e.bigAt(scale))
}
