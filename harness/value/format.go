package value

import (
	"math"
	"strconv"
	"strings"
)

// String is the value as String.valueOf prints it: null as "null", booleans
// true and false, a Double as Java does, a Datetime in UTC as
// 2024-05-01 10:00:00, a Date as 2024-05-01 00:00:00.
func (v Value) String() string {
	switch v.kind {
	case Null:
		return "null"
	case Bool:
		return strconv.FormatBool(v.n != 0)
	case Int, Long:
		return strconv.FormatInt(v.n, 10)
	case Double:
		return FormatDouble(v.Float64())
	case Decimal:
		return v.Decimal().String()
	case Date:
		return FormatDate(v.n) + " 00:00:00"
	case Datetime:
		days := floorDiv(v.n, MsPerDay)
		return string(appendClock(append(appendDate(nil, days), ' '), v.n-days*MsPerDay, false))
	case Time:
		return FormatTime(v.n)
	default:
		return v.s
	}
}

// Plain is the value as the REST API and a CSV file write it: null as "",
// dates and datetimes in ISO form.
func (v Value) Plain() string {
	switch v.kind {
	case Null:
		return ""
	case Date:
		return FormatDate(v.n)
	case Datetime:
		return FormatDatetime(v.n)
	default:
		return v.String()
	}
}

// FormatDouble writes a float as Java's Double.toString: at least one digit
// after the point, an exponent below 10^-3 and from 10^7 on.
func FormatDouble(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 && math.Signbit(f):
		return "-0.0"
	case f == 0:
		return "0.0"
	}
	if a := math.Abs(f); a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exp, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exp)
	return mantissa + "E" + strconv.Itoa(n)
}
