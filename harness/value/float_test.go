package value

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestDecOfFloat holds the quick ways between floats and decimals to strconv.
func TestDecOfFloat(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	floats := []float64{0, math.Copysign(0, -1), 0.1, 0.3, 1e15, 1e15 - 1, 123456789012345.6, 1e-15, 1e-16, 1e22, math.MaxFloat64, math.SmallestNonzeroFloat64}
	for range 20_000 {
		n := float64(rnd.Int64N(1e16)) / math.Pow10(rnd.IntN(18))
		floats = append(floats, n, -n, rnd.NormFloat64()*math.Pow10(rnd.IntN(30)-15))
	}
	for _, f := range floats {
		d := DecOfFloat(f)
		want, err := ParseDec(strconv.FormatFloat(f, 'g', -1, 64))
		if err != nil {
			t.Fatal(err)
		}
		if want.Scale() < 0 {
			want, _ = want.SetScale(0, Unnecessary)
		}
		if d.String() != want.String() {
			t.Errorf("the decimal of %g is %s, want %s", f, d, want)
		}
		if back := d.Float64(); back != f {
			t.Errorf("%s is the float %g, want %g", d, back, f)
		}
	}
}
