package stdlib

import (
	"math"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var mathTable = vm.Library{
	"Math.get:E":  func(thread, val, vals) val { return vm.Double(math.E) },
	"Math.get:PI": func(thread, val, vals) val { return vm.Double(math.Pi) },
	"Math.abs": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		switch a[0].Kind() {
		case vm.KindInteger:
			return vm.Int(max(a[0].Int(), -a[0].Int()))
		case vm.KindLong:
			return vm.Long(max(a[0].Int(), -a[0].Int()))
		case vm.KindDouble:
			return vm.Double(math.Abs(a[0].Float()))
		default:
			return vm.Decimal(a[0].Dec().Abs())
		}
	},
	"Math.max": func(t thread, _ val, a vals) val { return pick(t, a, 1) },
	"Math.min": func(t thread, _ val, a vals) val { return pick(t, a, -1) },
	"Math.mod": func(t thread, _ val, a vals) val {
		x, y := num(t, a[0]), num(t, a[1])
		if y == 0 {
			t.Throw("System.MathException", "Divide by 0")
		}
		if a[0].Kind() == vm.KindInteger && a[1].Kind() == vm.KindInteger {
			return vm.Int(x % y)
		}
		return vm.Long(x % y)
	},
	"Math.random": func(t thread, _ val, a vals) val {
		return vm.Double(float64(t.Host().Random()>>11) / (1 << 53))
	},
	"Math.round":       func(t thread, _ val, a vals) val { return t.Convert(roundHalf(t, a[0]), types.KindInteger) },
	"Math.roundToLong": func(t thread, _ val, a vals) val { return t.Convert(roundHalf(t, a[0]), types.KindLong) },
	"Math.rint":        unary(math.RoundToEven),
	"Math.ceil":        decimalOr(math.Ceil, value.Ceiling),
	"Math.floor":       decimalOr(math.Floor, value.Floor),
	"Math.signum": unary(func(f float64) float64 {
		switch {
		case f > 0:
			return 1
		case f < 0:
			return -1
		default:
			return 0
		}
	}),
	"Math.pow": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		required(t, a[1], "")
		return vm.Double(math.Pow(a[0].Float(), a[1].Float()))
	},
	"Math.atan2": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		required(t, a[1], "")
		return sameKind(a[0], math.Atan2(a[0].Float(), a[1].Float()))
	},
	"Math.sqrt": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		if a[0].Float() < 0 {
			t.Throw("System.MathException", "Square root of negative number")
		}
		return sameKind(a[0], math.Sqrt(a[0].Float()))
	},
	"Math.cbrt": unary(math.Cbrt), "Math.exp": unary(math.Exp), "Math.log": unary(math.Log), "Math.log10": unary(math.Log10),
	"Math.sin": unary(math.Sin), "Math.cos": unary(math.Cos), "Math.tan": unary(math.Tan),
	"Math.asin": unary(math.Asin), "Math.acos": unary(math.Acos), "Math.atan": unary(math.Atan),
	"Math.sinh": unary(math.Sinh), "Math.cosh": unary(math.Cosh), "Math.tanh": unary(math.Tanh),
}

// pick is the larger (sign 1) or smaller of two numbers of one kind.
func pick(t *vm.Thread, a []vm.Value, sign int) vm.Value {
	required(t, a[0], "")
	required(t, a[1], "")
	if t.Compare(a[0], a[1])*sign >= 0 {
		return a[0]
	}
	return a[1]
}

func sameKind(like vm.Value, f float64) vm.Value {
	if like.Kind() == vm.KindDouble {
		return vm.Double(f)
	}
	return vm.Decimal(value.DecOfFloat(f))
}

func unary(f func(float64) float64) vm.Func {
	return func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		return sameKind(a[0], f(a[0].Float()))
	}
}

func decimalOr(f func(float64) float64, mode value.RoundingMode) vm.Func {
	return func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		if a[0].Kind() == vm.KindDouble {
			return vm.Double(f(a[0].Float()))
		}
		return vm.Decimal(rescale(t, a[0].Dec(), 0, mode))
	}
}

// roundHalf rounds half even for Decimals, half up for Doubles.
func roundHalf(t *vm.Thread, v vm.Value) vm.Value {
	required(t, v, "")
	if v.Kind() == vm.KindDouble {
		return vm.Double(math.Floor(v.Float() + 0.5))
	}
	return vm.Decimal(rescale(t, v.Dec(), 0, value.HalfEven))
}
