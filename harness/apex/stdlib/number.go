package stdlib

import (
	"math"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var numberTable = vm.Library{
	"Integer.valueOf": func(t thread, _ val, a vals) val { return parseWhole(t, a[0], "Integer", 32) },
	"System.Integer.valueOf(Object)": func(t thread, _ val, a vals) val {
		if a[0].IsNull() { // of an empty number field; of a text that is null it throws
			return vm.Null
		}
		return parseWhole(t, a[0], "Integer", 32)
	},
	"Long.valueOf":        func(t thread, _ val, a vals) val { return parseWhole(t, a[0], "Long", 64) },
	"Double.valueOf":      func(t thread, _ val, a vals) val { return vm.Double(parseNumber(t, a[0], "Double").Float64()) },
	"Decimal.valueOf":     func(t thread, _ val, a vals) val { return vm.Decimal(parseNumber(t, a[0], "Decimal")) },
	"Integer.format":      formatNumber,
	"Long.format":         formatNumber,
	"Double.format":       formatNumber,
	"Decimal.format":      formatNumber,
	"Integer.intValue":    func(t thread, r val, a vals) val { return r },
	"Integer.longValue":   func(t thread, r val, a vals) val { return vm.Long(r.Int()) },
	"Integer.doubleValue": func(t thread, r val, a vals) val { return vm.Double(r.Float()) },
	"Long.intValue":       func(t thread, r val, a vals) val { return vm.Int(r.Int()) },
	"Long.longValue":      func(t thread, r val, a vals) val { return r },
	"Long.doubleValue":    func(t thread, r val, a vals) val { return vm.Double(r.Float()) },
	"Double.intValue":     func(t thread, r val, a vals) val { return t.Convert(r, types.KindInteger) },
	"Double.longValue":    func(t thread, r val, a vals) val { return t.Convert(r, types.KindLong) },
	"Double.round":        func(t thread, r val, a vals) val { return vm.Long(int64(math.Floor(r.Float() + 0.5))) },
	"Decimal.intValue":    func(t thread, r val, a vals) val { return vm.Int(r.Int()) },
	"Decimal.longValue":   func(t thread, r val, a vals) val { return vm.Long(r.Int()) },
	"Decimal.doubleValue": func(t thread, r val, a vals) val { return vm.Double(r.Float()) },
	"Decimal.abs":         func(t thread, r val, a vals) val { return vm.Decimal(r.Dec().Abs()) },
	"Decimal.scale":       func(t thread, r val, a vals) val { return vm.Int(int64(r.Dec().Scale())) },
	"Decimal.precision":   func(t thread, r val, a vals) val { return vm.Int(int64(r.Dec().Precision())) },
	"Decimal.setScale": func(t thread, r val, a vals) val {
		return vm.Decimal(rescale(t, r.Dec(), num(t, a[0]), rounding(arg(a, 1))))
	},
	"Decimal.round": func(t thread, r val, a vals) val {
		mode := value.HalfEven
		if len(a) == 1 {
			mode = rounding(a[0])
		}
		d := rescale(t, r.Dec(), 0, mode)
		n, _ := d.Int64()
		return vm.Long(n)
	},
	"Decimal.divide": func(t thread, r val, a vals) val {
		required(t, a[0], "")
		if a[0].Dec().Sign() == 0 {
			t.Throw("System.MathException", "Divide by 0")
		}
		q, err := r.Dec().Quo(a[0].Dec(), int32(num(t, a[1])), rounding(arg(a, 2)))
		if err != nil {
			t.Throw("System.MathException", "Rounding necessary")
		}
		return vm.Decimal(q)
	},
	"Decimal.pow": func(t thread, r val, a vals) val {
		n := num(t, a[0])
		if n < 0 || n > 9999 {
			t.Throw("System.MathException", "Invalid operation")
		}
		out := value.NewDec(1, 0)
		for range n {
			out = out.Mul(r.Dec())
			t.Work(10)
		}
		return vm.Decimal(out)
	},
	"Decimal.stripTrailingZeros": func(t thread, r val, a vals) val { return vm.Decimal(r.Dec().StripZeros()) },
	"Decimal.toPlainString":      func(t thread, r val, a vals) val { return vm.Str(r.Dec().String()) },
	"Boolean.valueOf": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		if a[0].Kind() == vm.KindBoolean {
			return a[0]
		}
		return vm.Bool(strings.EqualFold(t.Text(a[0]), "true"))
	},
	"Integer.decimalValue": func(_ thread, r val, _ vals) val { return vm.Decimal(r.Dec()) },
	"Long.decimalValue":    func(_ thread, r val, _ vals) val { return vm.Decimal(r.Dec()) },
}

// parseWhole reads an Integer or Long from a text or another number.
func parseWhole(t *vm.Thread, v vm.Value, kind string, bits int) vm.Value {
	required(t, v, "")
	to := types.KindLong
	if bits == 32 {
		to = types.KindInteger
	}
	switch v.Kind() {
	case vm.KindInteger, vm.KindLong, vm.KindDouble, vm.KindDecimal:
		return t.Convert(v, to)
	case vm.KindString, vm.KindID:
	default:
		t.Throwf("System.TypeException", "Invalid %s: %s", strings.ToLower(kind), t.Text(v))
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(v.Text(), "+"), 10, bits)
	if err != nil {
		t.Throwf("System.TypeException", "Invalid %s: %s", strings.ToLower(kind), v.Text())
	}
	if bits == 32 {
		return vm.Int(n)
	}
	return vm.Long(n)
}

func parseNumber(t *vm.Thread, v vm.Value, kind string) value.Dec {
	required(t, v, "")
	switch v.Kind() {
	case vm.KindInteger, vm.KindLong, vm.KindDouble, vm.KindDecimal:
		return v.Dec()
	}
	d, err := value.ParseDec(strings.TrimSpace(v.Text()))
	if err != nil || v.Text() == "" {
		t.Throwf("System.TypeException", "Invalid %s: %s", strings.ToLower(kind), t.Text(v))
	}
	return d
}

// rounding is a System.RoundingMode; without one numbers round half even.
func rounding(v vm.Value) value.RoundingMode {
	switch vm.EnumName(v) {
	case "CEILING":
		return value.Ceiling
	case "DOWN":
		return value.Down
	case "FLOOR":
		return value.Floor
	case "HALF_DOWN":
		return value.HalfDown
	case "HALF_UP":
		return value.HalfUp
	case "UNNECESSARY":
		return value.Unnecessary
	case "UP":
		return value.Up
	default:
		return value.HalfEven
	}
}

func rescale(t *vm.Thread, d value.Dec, scale int64, mode value.RoundingMode) value.Dec {
	if scale < -33 || scale > 33 {
		t.Throwf("System.MathException", "Scale must be between -33 and 33: %d", scale)
	}
	out, err := d.SetScale(int32(scale), mode)
	if err != nil {
		t.Throw("System.MathException", "Rounding necessary")
	}
	return out
}

// formatNumber is format(): grouped by the user's locale, up to three digits
// after the point.
func formatNumber(t thread, r val, _ vals) val {
	d := r.Dec()
	if d.Scale() > 3 {
		d, _ = d.SetScale(3, value.HalfEven)
	}
	s := d.String()
	if r.Kind() == vm.KindDouble {
		s = d.StripZeros().String()
	}
	return vm.Str(group(s, signsOf(t.Host().User().Locale)))
}

// signs are what a locale writes between groups of digits and before the digits
// after the point.
type signs struct{ group, point string }

// localeSigns are those of locales that do not write "1,234.5", by locale, else by
// its language (the locale data that Java and ICU share; Help, "Supported Number,
// Name, and Address Formats").
var localeSigns = map[string]signs{
	"de": {".", ","}, "de_CH": {"’", "."}, "de_LI": {"’", "."}, "es": {".", ","}, "es_MX": {",", "."}, "es_US": {",", "."}, "it": {".", ","}, "it_CH": {"’", "."},
	"nl": {".", ","}, "pt": {".", ","}, "pt_PT": {"\u00a0", ","}, "da": {".", ","}, "id": {".", ","}, "tr": {".", ","}, "el": {".", ","}, "hr": {".", ","},
	"ro": {".", ","}, "sl": {".", ","}, "sr": {".", ","}, "vi": {".", ","},
	"fr": {"\u202f", ","}, "fr_CA": {"\u00a0", ","}, "fr_CH": {"\u202f", ","}, "sv": {"\u00a0", ","}, "nb": {"\u00a0", ","}, "no": {"\u00a0", ","}, "fi": {"\u00a0", ","},
	"ru": {"\u00a0", ","}, "uk": {"\u00a0", ","}, "pl": {"\u00a0", ","}, "cs": {"\u00a0", ","}, "sk": {"\u00a0", ","}, "hu": {"\u00a0", ","}, "bg": {"\u00a0", ","},
}

func signsOf(locale string) signs {
	for name := locale; name != ""; {
		if s, ok := localeSigns[name]; ok {
			return s
		}
		shorter, _, found := strings.Cut(name, "_")
		if !found {
			break
		}
		name = shorter
	}
	return signs{",", "."}
}

func group(s string, by signs) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, has := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + by.group + whole[i:]
	}
	if has {
		whole += by.point + frac
	}
	return sign + whole
}
