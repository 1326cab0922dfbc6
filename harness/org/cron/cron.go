// Package cron reads the schedules of System.schedule and says when they fire.
//
// A Schedule is immutable and safe for concurrent use; when it fires next
// depends on nothing but the time and the zone that are asked for.
package cron

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule is a schedule as System.schedule takes it: seconds, minutes, hours, day
// of month, month, day of week and optionally a year.
type Schedule struct {
	seconds, minutes, hours, days, months, weekdays uint64 // bit sets
	years                                           map[int]bool
	lastDay                                         bool
	workday                                         int // nearest weekday to this day of the month, 0 for none; with lastDay the last one
	lastWeekday                                     int // 1-7 with L behind it; 0 for none
	nth                                             [2]int
}

var monthNames = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
var dayNames = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}

// Parse reads an expression; the error is worded as the platform's. Seconds
// and minutes take no special characters (Apex Developer Guide, Apex
// Scheduler); the wording of that error is known from the platform.
func Parse(expr string) (*Schedule, error) {
	parts := strings.Fields(strings.ToUpper(expr))
	if len(parts) < 6 || len(parts) > 7 {
		//lint:ignore ST1005 the words are those of the platform
		return nil, fmt.Errorf("Illegal cron expression format (%s)", expr)
	}
	c := &Schedule{}
	bad := func() (*Schedule, error) {
		//lint:ignore ST1005 the words are those of the platform
		return nil, fmt.Errorf("Illegal cron expression format (%s)", expr)
	}
	ok := true
	set := func(dst *uint64, s string, lo, hi int, names []string, first int) {
		bits, good := bitSet(s, lo, hi, names, first)
		*dst = bits
		ok = ok && good
	}
	for _, s := range parts[:2] {
		if _, err := strconv.Atoi(s); err != nil {
			//lint:ignore ST1005 the words are those of the platform
			return nil, fmt.Errorf("Seconds and minutes must be specified as integers: %s", s)
		}
	}
	set(&c.seconds, parts[0], 0, 59, nil, 0)
	set(&c.minutes, parts[1], 0, 59, nil, 0)
	set(&c.hours, parts[2], 0, 23, nil, 0)
	set(&c.months, parts[4], 1, 12, monthNames, 1)
	switch day := parts[3]; {
	case day == "L":
		c.lastDay = true
	case day == "LW":
		c.lastDay, c.workday = true, 31
	case strings.HasSuffix(day, "W"):
		n, err := strconv.Atoi(strings.TrimSuffix(day, "W"))
		c.workday = n
		ok = ok && err == nil && n >= 1 && n <= 31
	default:
		set(&c.days, day, 1, 31, nil, 0)
	}
	switch day := parts[5]; {
	case strings.Contains(day, "#"):
		a, b, _ := strings.Cut(day, "#")
		w, good := number(a, dayNames, 1)
		n, err := strconv.Atoi(b)
		c.nth = [2]int{w, n}
		ok = ok && good && err == nil
	case len(day) > 1 && strings.HasSuffix(day, "L"):
		w, good := number(strings.TrimSuffix(day, "L"), dayNames, 1)
		c.lastWeekday = w
		ok = ok && good
	default:
		set(&c.weekdays, day, 1, 7, dayNames, 1)
	}
	if len(parts) == 7 && parts[6] != "*" && parts[6] != "?" {
		c.years = map[int]bool{}
		for _, item := range strings.Split(parts[6], ",") {
			lo, hi, ranged := strings.Cut(item, "-")
			from, err := strconv.Atoi(lo)
			to := from
			if ranged && err == nil {
				to, err = strconv.Atoi(hi)
			}
			if err != nil || to-from > 200 {
				return bad()
			}
			for y := from; y <= to; y++ {
				c.years[y] = true
			}
		}
	}
	if !ok {
		return bad()
	}
	return c, nil
}

func number(s string, names []string, first int) (int, bool) {
	for i, n := range names {
		if n == s {
			return i + first, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// bitSet reads one field: *, ?, values, ranges and increments.
func bitSet(s string, lo, hi int, names []string, first int) (uint64, bool) {
	var bits uint64
	for _, item := range strings.Split(s, ",") {
		body, stepText, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				return 0, false
			}
			step = n
		}
		from, to := lo, hi
		if body != "*" && body != "?" && body != "" {
			a, b, ranged := strings.Cut(body, "-")
			var ok bool
			if from, ok = number(a, names, first); !ok {
				return 0, false
			}
			to = from
			if ranged {
				if to, ok = number(b, names, first); !ok {
					return 0, false
				}
			} else if stepped {
				to = hi
			}
		}
		if from < lo || to > hi || from > to {
			return 0, false
		}
		for n := from; n <= to; n += step {
			bits |= 1 << n
		}
	}
	return bits, true
}

// Next is the first time after ms at which the schedule fires, in the zone;
// ok is false when it never does within 250 years.
func (c *Schedule) Next(ms int64, zone *time.Location) (int64, bool) {
	t := time.UnixMilli(ms).In(zone).Truncate(time.Second).Add(time.Second)
	end := t.AddDate(250, 0, 0)
	for t.Before(end) {
		switch {
		case c.years != nil && !c.years[t.Year()] || c.months>>int(t.Month())&1 == 0:
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, zone)
		case !c.fires(t):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
		case c.hours>>t.Hour()&1 == 0:
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour()+1, 0, 0, 0, zone)
		case c.minutes>>t.Minute()&1 == 0:
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute()+1, 0, 0, zone)
		case c.seconds>>t.Second()&1 == 0:
			t = t.Add(time.Second)
		default:
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// fires reports whether the schedule fires on the day of t.
func (c *Schedule) fires(t time.Time) bool {
	last := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, t.Location()).Day()
	weekday := int(t.Weekday()) + 1
	switch {
	case c.workday > 0:
		return (c.lastDay || c.workday <= last) && t.Day() == nearestWorkday(t, min(c.workday, last), last)
	case c.lastDay && t.Day() != last:
		return false
	case c.lastWeekday > 0 && (weekday != c.lastWeekday || t.Day()+7 <= last):
		return false
	case c.nth[0] > 0 && (weekday != c.nth[0] || (t.Day()+6)/7 != c.nth[1]):
		return false
	case !c.lastDay && c.days>>t.Day()&1 == 0:
		return false
	case c.lastWeekday == 0 && c.nth[0] == 0 && c.weekdays>>weekday&1 == 0:
		return false
	default:
		return true
	}
}

// nearestWorkday is the day from Monday to Friday that is nearest to a day of
// the month of t, without leaving the month (Apex Scheduler, W).
func nearestWorkday(t time.Time, day, last int) int {
	switch time.Date(t.Year(), t.Month(), day, 0, 0, 0, 0, t.Location()).Weekday() {
	case time.Saturday:
		if day == 1 {
			return 3
		}
		return day - 1
	case time.Sunday:
		if day == last {
			return day - 2
		}
		return day + 1
	default:
		return day
	}
}
