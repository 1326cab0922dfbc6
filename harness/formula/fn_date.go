package formula

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// dateFunctions are about dates, datetimes and times of day. Datetimes are
// taken apart in UTC, as formulas do; TODAY is the user's.
var dateFunctions = []function{
	{name: "TODAY", takes: "", returns: Date, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		days, _ := value.DaysOf(f.env.Now(), f.env.Zone())
		return value.OfDate(days), nil
	}},
	{name: "NOW", takes: "", returns: DateTime, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		return value.OfDatetime(f.env.Now()), nil
	}},
	{name: "TIMENOW", takes: "", returns: Time, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		_, ms := value.DaysOf(f.env.Now(), nil)
		return value.OfTime(ms), nil
	}},
	{name: "DATE", takes: "N N N", returns: Date, f3: date},
	{name: "DATEVALUE", takes: "TMD", returns: Date, f1: dateValue},
	{name: "DATETIMEVALUE", takes: "TDM", returns: DateTime, f1: dateTimeValue},
	{name: "TIMEVALUE", takes: "TMH", returns: Time, f1: timeValue},
	{name: "YEAR", takes: "D", returns: Number, f1: ofDate(func(y, _, _ int) int { return y })},
	{name: "MONTH", takes: "D", returns: Number, f1: ofDate(func(_, m, _ int) int { return m })},
	{name: "DAY", takes: "D", returns: Number, f1: ofDate(func(_, _, d int) int { return d })},
	{name: "WEEKDAY", takes: "DM", returns: Number, f1: ofDate(func(y, m, d int) int {
		return int((value.DateOf(y, m, d)+4)%7+7)%7 + 1 // 1970-01-01 was a Thursday
	})},
	{name: "DAYOFYEAR", takes: "DM", returns: Number, f1: ofDate(func(y, m, d int) int {
		return int(value.DateOf(y, m, d)-value.DateOf(y, 1, 1)) + 1
	})},
	{name: "ISOWEEK", takes: "DM", returns: Number, f1: ofDate(func(y, m, d int) int { _, w := isoWeek(y, m, d); return w })},
	{name: "ISOYEAR", takes: "DM", returns: Number, f1: ofDate(func(y, m, d int) int { iy, _ := isoWeek(y, m, d); return iy })},
	{name: "HOUR", takes: "H", returns: Number, f1: ofClock(3600_000, 24)},
	{name: "MINUTE", takes: "H", returns: Number, f1: ofClock(60_000, 60)},
	{name: "SECOND", takes: "H", returns: Number, f1: ofClock(1000, 60)},
	{name: "MILLISECOND", takes: "H", returns: Number, f1: ofClock(1, 1000)},
	{name: "ADDMONTHS", takes: "DM N", bind: bindAddMonths},
	{name: "UNIXTIMESTAMP", takes: "DMH", returns: Number, f1: unixTimestamp},
	{name: "FROMUNIXTIME", takes: "N", returns: DateTime, f1: func(_ *frame, a value.Value) (value.Value, error) {
		ms, _ := a.Decimal().Mul(value.NewDec(1000, 0)).SetScale(0, value.Down)
		n, ok := ms.Int64()
		return inCalendar(value.OfDatetime(n), ok)
	}},
	{name: "FORMATDURATION", takes: "NHM AHM?", bind: bindFormatDuration},
}

func isoWeek(y, m, d int) (year, week int) {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).ISOWeek()
}

func date(_ *frame, y, m, d value.Value) (value.Value, error) {
	year, month, day := clamp(y), clamp(m), clamp(d)
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > value.DaysInMonth(year, month) {
		return null, errDomain
	}
	return value.OfDate(value.DateOf(year, month, day)), nil
}

// daysOf is the day of a date or datetime.
func daysOf(v value.Value) int64 {
	if v.Kind() == value.Datetime {
		days, _ := value.DaysOf(v.Int64(), nil)
		return days
	}
	return v.Int64()
}

func ofDate(fn func(y, m, d int) int) func(*frame, value.Value) (value.Value, error) {
	return func(_ *frame, a value.Value) (value.Value, error) {
		return whole(int64(fn(value.YMD(daysOf(a))))), nil
	}
}

func ofClock(unit, count int64) func(*frame, value.Value) (value.Value, error) {
	return func(_ *frame, a value.Value) (value.Value, error) { return whole(a.Int64() / unit % count), nil }
}

// dateValue of a datetime is its day in the user's zone.
func dateValue(f *frame, a value.Value) (value.Value, error) {
	switch a.Kind() {
	case value.Date:
		return a, nil
	case value.Datetime:
		days, _ := value.DaysOf(a.Int64(), f.env.Zone())
		return value.OfDate(days), nil
	}
	days, rest, ok := parseDay(strings.TrimSpace(a.Text()))
	if !ok || rest != "" {
		return null, errDomain
	}
	return inCalendar(value.OfDate(days), true)
}

// dateTimeValue of a text reads it in UTC.
func dateTimeValue(_ *frame, a value.Value) (value.Value, error) {
	switch a.Kind() {
	case value.Datetime:
		return a, nil
	case value.Date:
		return value.OfDatetime(a.Int64() * day), nil
	}
	days, rest, ok := parseDay(strings.TrimSuffix(strings.TrimSpace(a.Text()), "Z"))
	if !ok || !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "T") {
		return null, errDomain
	}
	clock := strings.Split(strings.TrimSpace(rest[1:]), ":")
	if len(clock) != 3 {
		return null, errDomain
	}
	h, ok1 := small(clock[0], 23)
	m, ok2 := small(clock[1], 59)
	s, ok3 := small(clock[2], 59)
	if !ok1 || !ok2 || !ok3 {
		return null, errDomain
	}
	return inCalendar(value.OfDatetime(days*day+((h*60+m)*60+s)*1000), true)
}

// parseDay reads 2024-5-1 at the front of a text.
func parseDay(s string) (days int64, rest string, ok bool) {
	day, rest := s, ""
	if i := strings.IndexAny(s, " T"); i >= 0 {
		day, rest = s[:i], s[i:]
	}
	parts := strings.Split(day, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return 0, "", false
	}
	y, ok1 := small(parts[0], lastYear)
	m, ok2 := small(parts[1], 12)
	d, ok3 := small(parts[2], 31)
	if !ok1 || !ok2 || !ok3 || m < 1 || d < 1 || d > int64(value.DaysInMonth(int(y), int(m))) {
		return 0, "", false
	}
	return value.DateOf(int(y), int(m), int(d)), rest, true
}

func small(s string, limit int64) (int64, bool) {
	if s == "" || !allDigits(s) || len(s) > 4 {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= limit
}

// timeValue of a text reads hh:mm:ss.SSS.
func timeValue(_ *frame, a value.Value) (value.Value, error) {
	switch a.Kind() {
	case value.Time:
		return a, nil
	case value.Datetime:
		_, ms := value.DaysOf(a.Int64(), nil)
		return value.OfTime(ms), nil
	}
	s := strings.TrimSpace(a.Text())
	if len(s) != len("00:00:00.000") {
		return null, errDomain
	}
	ms, err := value.ParseTime(s)
	return value.OfTime(ms), err
}

// bindAddMonths gives what it takes: the last day of a month stays the last.
func bindAddMonths(b *binder, e *Expr) (node, *problem) {
	fn := functions[e.Text]
	args, err := b.arguments(e, fn)
	if err != nil {
		return node{}, err
	}
	return node{typ: args[0].typ, eval: operate(args[0].eval, args[1].eval, addMonths)}, nil
}

func addMonths(t, n value.Value) (value.Value, error) {
	days := daysOf(t)
	y, m, d := value.YMD(days)
	month := y*12 + m - 1 + clamp(n)
	year := month / 12
	if year < firstYear || year > lastYear {
		return null, errDomain
	}
	last := value.DaysInMonth(year, month%12+1)
	if d == value.DaysInMonth(y, m) {
		d = last
	}
	moved := value.DateOf(year, month%12+1, min(d, last))
	if t.Kind() == value.Datetime {
		return value.OfDatetime(t.Int64() + (moved-days)*day), nil
	}
	return value.OfDate(moved), nil
}

// unixTimestamp is in seconds: since 1970, or since midnight for a time of day.
func unixTimestamp(_ *frame, a value.Value) (value.Value, error) {
	ms := a.Int64()
	if a.Kind() == value.Date {
		ms *= day
	}
	d, _ := value.NewDec(ms, 3).SetScale(0, value.Down)
	return number(d), nil
}

// bindFormatDuration takes seconds and whether to show days, or two moments.
func bindFormatDuration(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	n := node{typ: Text}
	switch {
	case args[0].typ != Number && len(args) == 2:
		n.eval = operate(args[0].eval, args[1].eval, func(x, y value.Value) (value.Value, error) {
			return duration(value.NewDec(x.Int64()-y.Int64(), 3), x.Kind() == value.Datetime), nil
		})
	case args[0].typ == Number || args[0].typ == Any:
		n.eval = func(f *frame) (value.Value, error) {
			v, err := args[0].eval(f)
			if err != nil || v.IsNull() {
				return null, err
			}
			days := value.OfBool(false)
			if len(args) == 2 {
				if days, err = args[1].eval(f); err != nil {
					return null, err
				}
			}
			return duration(v.Decimal(), days.Bool()), nil
		}
	default:
		return n, b.problem(e, CodeParameters, "Incorrect number of parameters for function 'FORMATDURATION()'. Expected 2, received 1")
	}
	return n, nil
}

func duration(seconds value.Dec, days bool) value.Value {
	n, _ := seconds.Abs().Int64()
	clock := fmt.Sprintf(":%02d:%02d", n/60%60, n%60)
	if days {
		return value.OfText(fmt.Sprintf("%d:%02d", n/86400, n/3600%24) + clock)
	}
	return value.OfText(fmt.Sprintf("%02d", n/3600) + clock)
}
