package stdlib

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zones of users, whatever machine this runs on

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var datetimeTable = vm.Library{
	"Datetime.now":             func(t thread, _ val, a vals) val { return vm.Datetime(now(t)) },
	"System.now":               func(t thread, _ val, a vals) val { return vm.Datetime(now(t)) },
	"System.currentTimeMillis": func(t thread, _ val, a vals) val { return vm.Long(now(t)) },
	"Datetime.newInstance": func(t thread, _ val, a vals) val {
		if len(a) == 1 {
			return vm.Datetime(num(t, a[0]))
		}
		return vm.Datetime(moment(t, a, zone(t)))
	},
	"Datetime.newInstanceGmt": func(t thread, _ val, a vals) val { return vm.Datetime(moment(t, a, time.UTC)) },
	"Datetime.valueOf":        func(t thread, _ val, a vals) val { return parseMoment(t, a[0], zone(t)) },
	"Datetime.valueOfGmt":     func(t thread, _ val, a vals) val { return parseMoment(t, a[0], time.UTC) },
	"Datetime.parse": func(t thread, _ val, a vals) val {
		s := strings.ToUpper(strings.TrimSpace(str(t, a[0])))
		for _, layout := range []string{"1/2/2006, 3:04 PM", "1/2/2006 3:04 PM"} {
			if m, err := time.ParseInLocation(layout, s, zone(t)); err == nil {
				return vm.Datetime(m.UnixMilli())
			}
		}
		t.Throwf("System.TypeException", "Invalid date/time: %s", s)
		return vm.Null
	},
	"Datetime.addDays":    func(t thread, r val, a vals) val { return vm.Datetime(r.Int() + num(t, a[0])*value.MsPerDay) },
	"Datetime.addMonths":  func(t thread, r val, a vals) val { return shiftMonths(r, num(t, a[0])) },
	"Datetime.addYears":   func(t thread, r val, a vals) val { return shiftMonths(r, 12*num(t, a[0])) },
	"Datetime.addHours":   func(t thread, r val, a vals) val { return vm.Datetime(r.Int() + num(t, a[0])*3600_000) },
	"Datetime.addMinutes": func(t thread, r val, a vals) val { return vm.Datetime(r.Int() + num(t, a[0])*60_000) },
	"Datetime.addSeconds": func(t thread, r val, a vals) val { return vm.Datetime(r.Int() + num(t, a[0])*1000) },
	"Datetime.getTime":    func(t thread, r val, a vals) val { return vm.Long(r.Int()) },
	"Datetime.date": func(t thread, r val, a vals) val {
		d, _ := value.DaysOf(r.Int(), zone(t))
		return vm.Date(d)
	},
	"Datetime.dateGmt": func(t thread, r val, a vals) val { d, _ := value.DaysOf(r.Int(), nil); return vm.Date(d) },
	"Datetime.time": func(t thread, r val, a vals) val {
		_, ms := value.DaysOf(r.Int(), zone(t))
		return vm.Time(ms)
	},
	"Datetime.timeGmt":        func(t thread, r val, a vals) val { _, ms := value.DaysOf(r.Int(), nil); return vm.Time(ms) },
	"Datetime.year":           part(false, time.Time.Year),
	"Datetime.yearGmt":        part(true, time.Time.Year),
	"Datetime.month":          part(false, func(m time.Time) int { return int(m.Month()) }),
	"Datetime.monthGmt":       part(true, func(m time.Time) int { return int(m.Month()) }),
	"Datetime.day":            part(false, time.Time.Day),
	"Datetime.dayGmt":         part(true, time.Time.Day),
	"Datetime.dayOfYear":      part(false, time.Time.YearDay),
	"Datetime.dayOfYearGmt":   part(true, time.Time.YearDay),
	"Datetime.hour":           part(false, time.Time.Hour),
	"Datetime.hourGmt":        part(true, time.Time.Hour),
	"Datetime.minute":         part(false, time.Time.Minute),
	"Datetime.minuteGmt":      part(true, time.Time.Minute),
	"Datetime.second":         part(false, time.Time.Second),
	"Datetime.secondGmt":      part(true, time.Time.Second),
	"Datetime.millisecond":    part(false, func(m time.Time) int { return m.Nanosecond() / 1e6 }),
	"Datetime.millisecondGmt": part(true, func(m time.Time) int { return m.Nanosecond() / 1e6 }),
	"Datetime.isSameDay": func(t thread, r val, a vals) val {
		x, _ := value.DaysOf(r.Int(), zone(t))
		y, _ := value.DaysOf(num(t, a[0]), zone(t))
		return vm.Bool(x == y)
	},
	"Datetime.format": func(t thread, r val, a vals) val {
		z := zone(t)
		if len(a) == 2 {
			z = namedZone(t, str(t, a[1]))
		}
		pattern := "M/d/yyyy, h:mm a"
		if len(a) > 0 && !a[0].IsNull() {
			pattern = a[0].Text()
		}
		return vm.Str(formatPattern(t, time.UnixMilli(r.Int()).In(z), pattern))
	},
	"Datetime.formatGmt": func(t thread, r val, a vals) val {
		return vm.Str(formatPattern(t, time.UnixMilli(r.Int()).UTC(), str(t, a[0])))
	},
	"Datetime.formatLong": func(t thread, r val, a vals) val {
		return vm.Str(formatPattern(t, time.UnixMilli(r.Int()).In(zone(t)), "M/d/yyyy, h:mm:ss a z"))
	},
	"Datetime.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
}

func part(gmt bool, f func(time.Time) int) vm.Func {
	return func(t thread, r val, _ vals) val {
		z := time.UTC
		if !gmt {
			z = zone(t)
		}
		return vm.Int(int64(f(time.UnixMilli(r.Int()).In(z))))
	}
}

// moment is a datetime from parts: (date, time), (y, m, d) or (y, m, d, h, mi,
// s).
func moment(t *vm.Thread, a []vm.Value, z *time.Location) int64 {
	if len(a) == 2 {
		return value.AtWall(dateArg(t, a[0]), num(t, a[1]), z)
	}
	var n [6]int64
	for i := range a {
		n[i] = num(t, a[i])
	}
	return wallOf(n, z)
}

// wallOf is the moment of year, month, day, hour, minute and second in a zone.
// Parts beyond their range roll over.
func wallOf(n [6]int64, z *time.Location) int64 {
	return value.AtWall(value.DateOf(int(n[0]), int(n[1]), int(n[2])), ((n[3]*60+n[4])*60+n[5])*1000, z)
}

// shiftMonths adds months and keeps the time of day in GMT, whatever the user's
// zone does meanwhile (measured: public threads on addMonths and addDays).
func shiftMonths(r vm.Value, months int64) vm.Value {
	d, ms := value.DaysOf(r.Int(), nil)
	return vm.Datetime(addMonths(d, months)*value.MsPerDay + ms)
}

// parseMoment reads "2024-05-01 10:00:00" in a zone.
func parseMoment(t *vm.Thread, v vm.Value, z *time.Location) vm.Value {
	required(t, v, "")
	switch v.Kind() {
	case vm.KindDatetime:
		return v
	case vm.KindDate:
		return vm.Datetime(value.StartOfDay(v.Int(), z))
	case vm.KindLong, vm.KindInteger: // milliseconds, as packages that keep timestamps in numbers use it
		return vm.Datetime(v.Int())
	}
	s := strings.TrimSpace(v.Text())
	if n, ok := momentParts(s); ok {
		return vm.Datetime(wallOf(n, z))
	}
	for _, layout := range []string{"2006-1-2 15:4:5", "2006-1-2T15:4:5", "2006-1-2T15:4:5.000", "2006-1-2"} {
		if m, err := time.ParseInLocation(layout, strings.TrimSuffix(s, "Z"), z); err == nil {
			return vm.Datetime(m.UnixMilli())
		}
	}
	if ms, err := value.ParseDatetime(s); err == nil {
		return vm.Datetime(ms)
	}
	t.Throwf("System.TypeException", "Invalid date/time: %s", s)
	return vm.Null
}

// momentParts takes "2018-13-45 25:99:99" apart; parts that no calendar has roll
// over (verified-behaviours-2.md, row 218).
func momentParts(s string) (n [6]int64, ok bool) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == ' ' || r == ':' })
	if len(fields) != 6 || strings.Count(s, "-") != 2 || strings.Count(s, ":") != 2 {
		return n, false
	}
	for i, f := range fields {
		x, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return n, false
		}
		n[i] = int64(x)
	}
	return n, true
}

// namedZone is a zone by IANA name or "GMT+01:00"; unknown names are GMT, as
// java.util.TimeZone has it.
func namedZone(t *vm.Thread, name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil && name != "Local" {
		return z
	}
	if rest, ok := strings.CutPrefix(name, "GMT"); ok && len(rest) >= 2 {
		h, m, _ := strings.Cut(rest[1:], ":")
		hours, e1 := strconv.Atoi(h)
		minutes, _ := strconv.Atoi(m)
		if e1 == nil {
			off := hours*3600 + minutes*60
			if rest[0] == '-' {
				off = -off
			}
			return time.FixedZone(name, off)
		}
	}
	return time.UTC
}
