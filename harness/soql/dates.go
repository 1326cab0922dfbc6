package soql

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// dateUnits are the units of date literals: from gives the first day of the
// unit that is n units away from the one with today in it.
var dateUnits = map[string]func(today int64, n int) int64{
	"DAY":  func(today int64, n int) int64 { return today + int64(n) },
	"WEEK": func(today int64, n int) int64 { return today - weekday(today) + 7*int64(n) },
	"MONTH": func(today int64, n int) int64 {
		y, m, _ := value.YMD(today)
		return value.DateOf(y, m+n, 1)
	},
	"QUARTER": func(today int64, n int) int64 {
		y, m, _ := value.YMD(today)
		return value.DateOf(y, (m-1)/3*3+1+3*n, 1)
	},
	"YEAR": func(today int64, n int) int64 {
		y, _, _ := value.YMD(today)
		return value.DateOf(y+n, 1, 1)
	},
}

// weekday counts from Sunday, with which the platform's weeks begin.
func weekday(days int64) int64 { return ((days+4)%7 + 7) % 7 }

// maxUnits bounds the n of LAST_N_DAYS:n, so that no date leaves the calendar.
const maxUnits = 100000

// dateRange gives the days [from, to) of a date literal (SOQL reference, date
// formats and date literals). Fiscal units are the calendar's.
func dateRange(name string, n int64, today int64) (from, to int64, ok bool) {
	name = strings.ReplaceAll(strings.ToUpper(name), "FISCAL_", "")
	if n > maxUnits || n < 0 {
		return 0, 0, false
	}
	c := int(n)
	switch name {
	case "YESTERDAY":
		return today - 1, today, true
	case "TODAY":
		return today, today + 1, true
	case "TOMORROW":
		return today + 1, today + 2, true
	case "LAST_90_DAYS":
		return today - 90, today + 1, true
	case "NEXT_90_DAYS":
		return today + 1, today + 91, true
	}
	unit := func(s string) func(int64, int) int64 {
		return dateUnits[strings.TrimSuffix(s, "S")]
	}
	switch {
	case strings.HasPrefix(name, "LAST_N_"):
		if u := unit(name[7:]); u != nil {
			if name == "LAST_N_DAYS" { // up to now, today included
				return u(today, -c), today + 1, true
			}
			return u(today, -c), u(today, 0), true
		}
	case strings.HasPrefix(name, "NEXT_N_"):
		if u := unit(name[7:]); u != nil {
			return u(today, 1), u(today, c+1), true
		}
	case strings.HasPrefix(name, "N_") && strings.HasSuffix(name, "_AGO"):
		if u := unit(name[2 : len(name)-4]); u != nil {
			return u(today, -c), u(today, 1-c), true
		}
	case strings.HasPrefix(name, "THIS_"):
		if u := unit(name[5:]); u != nil {
			return u(today, 0), u(today, 1), true
		}
	case strings.HasPrefix(name, "LAST_"):
		if u := unit(name[5:]); u != nil {
			return u(today, -1), u(today, 0), true
		}
	case strings.HasPrefix(name, "NEXT_"):
		if u := unit(name[5:]); u != nil {
			return u(today, 1), u(today, 2), true
		}
	}
	return 0, 0, false
}
