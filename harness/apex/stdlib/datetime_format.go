package stdlib

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// formatPattern writes a time by a pattern of java.text.SimpleDateFormat in
// the locale en_US.
func formatPattern(t *vm.Thread, m time.Time, pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			i = quotedText(&b, pattern, i)
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := i
			for n < len(pattern) && pattern[n] == c {
				n++
			}
			if !dateField(&b, m, c, n-i) {
				t.Throwf("System.IllegalArgumentException", "Illegal pattern character '%c'", c)
			}
			i = n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// quotedText copies text between quotes; two quotes are one.
func quotedText(b *strings.Builder, p string, i int) int {
	if i+1 < len(p) && p[i+1] == '\'' {
		b.WriteByte('\'')
		return i + 2
	}
	for i++; i < len(p); i++ {
		if p[i] != '\'' {
			b.WriteByte(p[i])
			continue
		}
		if i+1 < len(p) && p[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return i + 1
	}
	return i
}

func dateField(b *strings.Builder, m time.Time, c byte, width int) bool {
	put := func(n int) { fmt.Fprintf(b, "%0*d", width, n) }
	switch c {
	case 'G':
		b.WriteString("AD")
	case 'y':
		if width == 2 {
			fmt.Fprintf(b, "%02d", m.Year()%100)
		} else {
			put(m.Year())
		}
	case 'Y':
		y, _ := weekOfYear(m)
		if width == 2 {
			fmt.Fprintf(b, "%02d", y%100)
		} else {
			put(y)
		}
	case 'M', 'L':
		monthField(b, m, width)
	case 'w':
		_, w := weekOfYear(m)
		put(w)
	case 'W':
		first := time.Date(m.Year(), m.Month(), 1, 0, 0, 0, 0, m.Location())
		put((m.Day()+int(first.Weekday())-1)/7 + 1)
	case 'D':
		put(m.YearDay())
	case 'd':
		put(m.Day())
	case 'F':
		put((m.Day()-1)/7 + 1)
	case 'E':
		if width >= 4 {
			b.WriteString(m.Weekday().String())
		} else {
			b.WriteString(m.Weekday().String()[:3])
		}
	case 'u':
		put((int(m.Weekday())+6)%7 + 1)
	default:
		return clockField(b, m, c, width)
	}
	return true
}

func clockField(b *strings.Builder, m time.Time, c byte, width int) bool {
	put := func(n int) { fmt.Fprintf(b, "%0*d", width, n) }
	switch c {
	case 'a':
		b.WriteString(m.Format("PM"))
	case 'H':
		put(m.Hour())
	case 'k':
		put((m.Hour()+23)%24 + 1)
	case 'K':
		put(m.Hour() % 12)
	case 'h':
		put((m.Hour()+11)%12 + 1)
	case 'm':
		put(m.Minute())
	case 's':
		put(m.Second())
	case 'S':
		put(m.Nanosecond() / 1e6)
	case 'z':
		b.WriteString(zoneText(m, width))
	case 'Z':
		b.WriteString(m.Format("-0700"))
	case 'X':
		b.WriteString(m.Format([]string{"Z07", "Z0700", "Z07:00"}[min(width, 3)-1]))
	default:
		return false
	}
	return true
}

func monthField(b *strings.Builder, m time.Time, width int) {
	switch {
	case width >= 4:
		b.WriteString(m.Month().String())
	case width == 3:
		b.WriteString(m.Month().String()[:3])
	default:
		fmt.Fprintf(b, "%0*d", width, int(m.Month()))
	}
}

// weekOfYear counts weeks as Java does for en_US: from Sunday, week 1 holds
// January 1.
func weekOfYear(m time.Time) (year, week int) {
	first := func(y int) time.Time {
		d := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
		return d.AddDate(0, 0, -int(d.Weekday()))
	}
	day := time.Date(m.Year(), m.Month(), m.Day(), 0, 0, 0, 0, time.UTC)
	y := m.Year()
	if !day.Before(first(y + 1)) {
		y++
	}
	return y, int(day.Sub(first(y)).Hours()/24)/7 + 1
}

// zoneNames are the long names of zones that Java prints for zzzz; others
// print their offset.
var zoneNames = map[string]string{
	"PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time", "MST": "Mountain Standard Time",
	"MDT": "Mountain Daylight Time", "CST": "Central Standard Time", "CDT": "Central Daylight Time",
	"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time", "GMT": "Greenwich Mean Time",
	"UTC": "Greenwich Mean Time", "BST": "British Summer Time", "CET": "Central European Standard Time",
	"CEST": "Central European Summer Time",
}

func zoneText(m time.Time, width int) string {
	name, off := m.Zone()
	if name == "UTC" {
		name = "GMT"
	}
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		name = "GMT" + time.UnixMilli(0).In(time.FixedZone("", off)).Format("-07:00")
	}
	if long, ok := zoneNames[name]; ok && width >= 4 {
		return long
	}
	return name
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
