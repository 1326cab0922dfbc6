package stdlib

import (
	"strconv"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var dateTable = vm.Library{
	"Date.today":   func(t thread, _ val, a vals) val { return today(t) },
	"System.today": func(t thread, _ val, a vals) val { return today(t) },
	"Date.newInstance": func(t thread, _ val, a vals) val {
		return vm.Date(value.DateOf(int(num(t, a[0])), int(num(t, a[1])), int(num(t, a[2]))))
	},
	"Date.valueOf": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		switch a[0].Kind() {
		case vm.KindDate:
			return a[0]
		case vm.KindDatetime:
			return t.Convert(a[0], types.KindDate)
		}
		days, ok := parseLooseDate(strings.TrimSpace(a[0].Text()))
		if !ok {
			t.Throwf("System.TypeException", "Invalid date: %s", a[0].Text())
		}
		return vm.Date(days)
	},
	"Date.parse": func(t thread, _ val, a vals) val {
		s := str(t, a[0])
		parts := strings.Split(s, "/")
		if len(parts) == 3 {
			m, e1 := strconv.Atoi(parts[0])
			d, e2 := strconv.Atoi(parts[1])
			y, e3 := strconv.Atoi(parts[2])
			if e1 == nil && e2 == nil && e3 == nil && m >= 1 && m <= 12 && d >= 1 && d <= value.DaysInMonth(y, m) {
				return vm.Date(value.DateOf(y, m, d))
			}
		}
		t.Throwf("System.TypeException", "Invalid date: %s", s)
		return vm.Null
	},
	"Date.daysInMonth": func(t thread, _ val, a vals) val {
		return vm.Int(int64(value.DaysInMonth(int(num(t, a[0])), int(num(t, a[1])))))
	},
	"Date.isLeapYear": func(t thread, _ val, a vals) val {
		return vm.Bool(value.DaysInMonth(int(num(t, a[0])), 2) == 29)
	},
	"Date.addDays":   func(t thread, r val, a vals) val { return vm.Date(r.Int() + num(t, a[0])) },
	"Date.addMonths": func(t thread, r val, a vals) val { return vm.Date(addMonths(r.Int(), num(t, a[0]))) },
	"Date.addYears":  func(t thread, r val, a vals) val { return vm.Date(addMonths(r.Int(), 12*num(t, a[0]))) },
	"Date.year":      func(t thread, r val, a vals) val { y, _, _ := value.YMD(r.Int()); return vm.Int(int64(y)) },
	"Date.month":     func(t thread, r val, a vals) val { _, m, _ := value.YMD(r.Int()); return vm.Int(int64(m)) },
	"Date.day":       func(t thread, r val, a vals) val { _, _, d := value.YMD(r.Int()); return vm.Int(int64(d)) },
	"Date.dayOfYear": func(t thread, r val, a vals) val {
		y, _, _ := value.YMD(r.Int())
		return vm.Int(r.Int() - value.DateOf(y, 1, 1) + 1)
	},
	"Date.daysBetween": func(t thread, r val, a vals) val { return vm.Int(dateArg(t, a[0]) - r.Int()) },
	"Date.monthsBetween": func(t thread, r val, a vals) val {
		y1, m1, _ := value.YMD(r.Int())
		y2, m2, _ := value.YMD(dateArg(t, a[0]))
		return vm.Int(int64((y2-y1)*12 + m2 - m1))
	},
	"Date.isSameDay": func(t thread, r val, a vals) val { return vm.Bool(dateArg(t, a[0]) == r.Int()) },
	"Date.toStartOfMonth": func(t thread, r val, a vals) val {
		y, m, _ := value.YMD(r.Int())
		return vm.Date(value.DateOf(y, m, 1))
	},
	"Date.toStartOfWeek": func(t thread, r val, a vals) val {
		weekday := ((r.Int()+4)%7 + 7) % 7 // 1970-01-01 was a Thursday; weeks begin on Sunday in en_US
		return vm.Date(r.Int() - weekday)
	},
	"Date.format": func(t thread, r val, a vals) val {
		y, m, d := value.YMD(r.Int())
		return vm.Str(strconv.Itoa(m) + "/" + strconv.Itoa(d) + "/" + strconv.Itoa(y))
	},
	"Date.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
}

func zone(t *vm.Thread) *time.Location {
	if z := t.Host().User().Zone; z != nil {
		return z
	}
	return time.UTC
}

// now is the clock of the org as the running code sees it: it goes on with the
// CPU time that the transaction has used.
func now(t *vm.Thread) int64 { return t.Host().Now() + t.Elapsed() }

func today(t *vm.Thread) vm.Value {
	days, _ := value.DaysOf(now(t), zone(t))
	return vm.Date(days)
}

func dateArg(t *vm.Thread, v vm.Value) int64 {
	required(t, v, "")
	if v.Kind() == vm.KindDatetime {
		v = t.Convert(v, types.KindDate)
	}
	return v.Int()
}

// addMonths keeps the day of the month or the month's last day.
func addMonths(days, n int64) int64 {
	y, m, d := value.YMD(days)
	total := int64(y)*12 + int64(m) - 1 + n
	year, month := int(total/12), int(total%12)+1
	if total < 0 && total%12 != 0 {
		year, month = int(total/12)-1, int(total%12)+13
	}
	return value.DateOf(year, month, min(d, value.DaysInMonth(year, month)))
}

// parseLooseDate reads y-m-d with one or two digits, followed by a time or not.
func parseLooseDate(s string) (int64, bool) {
	s, _, _ = strings.Cut(s, " ")
	s, _, _ = strings.Cut(s, "T")
	p := strings.Split(s, "-")
	if len(p) != 3 {
		return 0, false
	}
	y, e1 := strconv.Atoi(p[0])
	m, e2 := strconv.Atoi(p[1])
	d, e3 := strconv.Atoi(p[2])
	if e1 != nil || e2 != nil || e3 != nil || m < 1 || m > 12 || d < 1 || d > value.DaysInMonth(y, m) {
		return 0, false
	}
	return value.DateOf(y, m, d), true
}
