package value

import (
	"math"
	"strings"
	"testing"
	"time"
)

func dec(t *testing.T, s string) Dec {
	t.Helper()
	d, err := ParseDec(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecimalArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, op, b, want string }{
		{"1.10", "+", "2.2", "3.30"},
		{"9223372036854775807", "+", "1", "9223372036854775808"},
		{"9223372036854775808", "-", "1", "9223372036854775807"},
		{"-0.05", "+", "0.05", "0.00"},
		{"1.5", "*", "1.5", "2.25"},
		{"9999999999.99", "*", "9999999999.99", "99999999999800000000.0001"},
		{"12345678901234567890.5", "-", "0.5", "12345678901234567890.0"},
		{"7", "%", "3", "1"},
		{"-7.5", "%", "2", "-1.5"},
		{"1e3", "+", "0", "1000"},
		{"1E-3", "+", "0", "0.001"},
	} {
		a, b := dec(t, c.a), dec(t, c.b)
		var got Dec
		switch c.op {
		case "+":
			got = a.Add(b)
		case "-":
			got = a.Sub(b)
		case "*":
			got = a.Mul(b)
		case "%":
			got, _ = a.Rem(b)
		}
		if got.String() != c.want {
			t.Errorf("%s %s %s = %s, want %s", c.a, c.op, c.b, got, c.want)
		}
	}
}

func TestDecimalRounding(t *testing.T) {
	t.Parallel()
	modes := []RoundingMode{Up, Down, Ceiling, Floor, HalfUp, HalfDown, HalfEven}
	// The table of java.math.RoundingMode.
	for in, want := range map[string]string{
		"5.5":  "6 5 6 5 6 5 6",
		"2.5":  "3 2 3 2 3 2 2",
		"1.6":  "2 1 2 1 2 2 2",
		"1.1":  "2 1 2 1 1 1 1",
		"1.0":  "1 1 1 1 1 1 1",
		"-1.0": "-1 -1 -1 -1 -1 -1 -1",
		"-1.1": "-2 -1 -1 -2 -1 -1 -1",
		"-1.6": "-2 -1 -1 -2 -2 -2 -2",
		"-2.5": "-3 -2 -2 -3 -3 -2 -2",
		"-5.5": "-6 -5 -5 -6 -6 -5 -6",
	} {
		for i, w := range strings.Fields(want) {
			fast, _ := dec(t, in).SetScale(0, modes[i])
			slow, _ := dec(t, in).Quo(NewDec(1, 0), 0, modes[i])
			if fast.String() != w || slow.String() != w {
				t.Errorf("%s in mode %d: %s and %s, want %s", in, modes[i], fast, slow, w)
			}
		}
	}
	if _, err := dec(t, "1.25").SetScale(1, Unnecessary); err != ErrRounding {
		t.Errorf("giving up a digit unnecessarily: %v", err)
	}
	if _, err := dec(t, "1").Quo(Dec{}, 2, HalfUp); err != ErrDivideByZero {
		t.Errorf("1/0: %v", err)
	}
	third, _ := dec(t, "1").Quo(dec(t, "3"), 33, HalfUp)
	if third.String() != "0."+strings.Repeat("3", 33) {
		t.Errorf("1/3 = %s", third)
	}
}

func TestDecimalComparesByValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.0", "1", 0}, {"0.1", "0.09", 1}, {"-1", "1", -1}, {"123456789012345678901", "123456789012345678900.9", 1}} {
		if got := dec(t, c.a).Cmp(dec(t, c.b)); got != c.want {
			t.Errorf("%s <=> %s = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0015000001Fn4VL":    "0015000001Fn4VLAAZ", // system-fields.md, section 1
		"000000000000000":    "000000000000000AAA",
		"0015000001Fn4VLAAZ": "0015000001Fn4VLAAZ",
		"0015000001FN4VLAAZ": "0015000001Fn4VLAAZ", // a system without case
		"0015000001fn4vlaaz": "0015000001Fn4VLAAZ",
	} {
		if got, err := NewID(in); err != nil || got != want {
			t.Errorf("NewID(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "001", "0015000001Fn4V!", "0015000001Fn4VLAA9", "0015000001Fn4VLA"} {
		if got, err := NewID(bad); err == nil {
			t.Errorf("NewID(%q) = %q, want an error", bad, got)
		}
	}
	if SameID("00000000000000A001", "00000000000000A002") || SameID("00000000000000A", "00000000000000A001") {
		t.Error("ids whose last three characters are no checksum are taken for their first fifteen")
	}
	if !SameID("0015000001Fn4VL", "0015000001Fn4VLAAZ") || SameID("0015000001Fn4VL", "0015000001Fn4VM") {
		t.Error("ids of 15 and 18 characters do not compare as they should")
	}
	id := MakeID("a0B", "5g0", 123456789)
	if got := IDCounter(id); got != 123456789 || len(id) != 18 {
		t.Errorf("counter of %s = %d", id, got)
	}
	if a, b := Prefix62('a', 0), Prefix62('a', 63); a != "a00" || b != "a11" {
		t.Errorf("prefixes %s, %s", a, b)
	}
}

func TestDatesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1970-01-01", "2024-02-29", "1969-12-31", "1700-01-01", "4000-12-31"} {
		d, err := ParseDate(s)
		if err != nil || FormatDate(d) != s {
			t.Errorf("%s: %s, %v", s, FormatDate(d), err)
		}
	}
	for in, want := range map[string]string{
		"2024-05-01T10:00:00Z":         "2024-05-01T10:00:00.000Z",
		"2024-05-01T10:00:00.5+02:00":  "2024-05-01T08:00:00.500Z",
		"2024-05-01T00:30:00.123-0130": "2024-05-01T02:00:00.123Z",
		"1969-12-31T23:59:59.999Z":     "1969-12-31T23:59:59.999Z",
	} {
		ms, err := ParseDatetime(in)
		if err != nil || FormatDatetime(ms) != want {
			t.Errorf("%s: %s, %v, want %s", in, FormatDatetime(ms), err, want)
		}
	}
	for _, bad := range []string{"2023-02-29", "2024-13-01", "24-01-01", "2024-01-01x", ""} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) gives no error", bad)
		}
	}
	zone := time.FixedZone("", -8*3600)
	if days, of := DaysOf(0, zone); days != -1 || of != 16*msPerHour {
		t.Errorf("the epoch at -8: day %d, %d", days, of)
	}
	if got := StartOfDay(0, zone); got != 8*msPerHour {
		t.Errorf("start of 1970-01-01 at -8: %d", got)
	}
}

func TestStringValueOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Value{}, "null"}, {OfBool(true), "true"}, {OfInt(-3), "-3"}, {OfText("a"), "a"},
		{OfDouble(1), "1.0"}, {OfDouble(1e7), "1.0E7"}, {OfDouble(0.00012), "1.2E-4"}, {OfDouble(123.456), "123.456"},
		{OfDecimal(NewDec(150, 2)), "1.50"}, {OfDecimal(NewDec(-5, 3)), "-0.005"},
		{OfDate(DateOf(2024, 5, 1)), "2024-05-01 00:00:00"},
		{OfDatetime(DateOf(2024, 5, 1)*MsPerDay + 36000500), "2024-05-01 10:00:00"},
		{OfTime(36000500), "10:00:00.500Z"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("String of %#v = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestCompareOrders(t *testing.T) {
	t.Parallel()
	ordered := [][]Value{
		{{}, OfBool(false), OfBool(true)},
		{{}, OfText(""), OfText("a"), OfText("B"), OfText("b1"), OfText("é"), OfText("日")},
		{OfInt(-1), OfDecimal(NewDec(5, 1)), OfLong(1), OfDouble(1.5)},
		{OfDate(0), OfDatetime(1), OfDate(1)},
	}
	for _, list := range ordered {
		for i := range list {
			for j := range list {
				want := 0
				if i < j {
					want = -1
				} else if i > j {
					want = 1
				}
				if got := Compare(list[i], list[j]); got != want {
					t.Errorf("%v <=> %v = %d, want %d", list[i], list[j], got, want)
				}
			}
		}
	}
	for _, c := range []struct {
		a, b Value
		want bool
	}{
		{OfText("ÀÉ"), OfText("àé"), true}, {OfText("\u212a"), OfText("k"), false}, {OfText("ΣΑΣ"), OfText("σας"), true},
		{OfID("0015000001Fn4VLAAZ"), OfText("0015000001Fn4VL"), true},
		{OfDecimal(NewDec(100, 2)), OfInt(1), true}, {OfText("1"), OfInt(1), false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("%v = %v is %t", c.a, c.b, got)
		}
		if c.a.Kind() == Text && c.b.Kind() == Text && (Fold(c.a.Text()) == Fold(c.b.Text())) != c.want {
			t.Errorf("Fold of %v and %v disagrees with Equal", c.a, c.b)
		}
	}
}

func FuzzParseDec(f *testing.F) {
	for _, s := range []string{"0", "-1.50", "1e10", "99999999999999999999.1", ".5", "5.", "1e-4000", "1e4096", "1e-4096", "0e-4093", "0e-4094", "+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDec(s)
		if err != nil {
			return
		}
		again, err := ParseDec(d.String())
		if err != nil || again.Cmp(d) != 0 || again.String() != d.String() {
			t.Fatalf("%q reads as %s, which reads as %s, %v", s, d, again, err)
		}
		if !math.IsInf(d.Float64(), 0) && OfDecimal(d).Decimal().Cmp(d) != 0 {
			t.Fatalf("%s changes as a value", d)
		}
	})
}

func FuzzNewID(f *testing.F) {
	f.Add("0015000001Fn4VL")
	f.Add("0015000001fn4vlaaz")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := NewID(s)
		if err != nil {
			return
		}
		if again, err := NewID(id); err != nil || again != id || !SameID(id, id[:15]) {
			t.Fatalf("%q gives %q, which gives %q, %v", s, id, again, err)
		}
	})
}

func FuzzParseDatetime(f *testing.F) {
	f.Add("2024-05-01T10:00:00.000+02:00")
	f.Add("2024-05-01")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && FormatDate(d) != s {
			t.Fatalf("date %q prints as %s", s, FormatDate(d))
		}
		ms, err := ParseDatetime(s)
		if err != nil {
			return
		}
		if y, _, _ := YMD(ms / MsPerDay); y < 1 || y > 9998 {
			return
		}
		if again, err := ParseDatetime(FormatDatetime(ms)); err != nil || again != ms {
			t.Fatalf("%q is %d, printed and read again %d, %v", s, ms, again, err)
		}
	})
}
