package value

import (
	"fmt"
	"strconv"
	"time"
)

const (
	msPerSecond = 1000
	msPerMinute = 60 * msPerSecond
	msPerHour   = 60 * msPerMinute
	// MsPerDay is the milliseconds of a day.
	MsPerDay = 24 * msPerHour
)

// DateOf is the days since 1970-01-01 of a year, month and day of the
// proleptic Gregorian calendar. Months and days beyond their range carry over.
func DateOf(year, month, day int) int64 {
	return floorDiv(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix(), 86400)
}

// YMD is the year, month and day of days since 1970-01-01.
func YMD(days int64) (year, month, day int) {
	y, m, d := time.Unix(days*86400, 0).UTC().Date()
	return y, int(m), d
}

// DaysOf is the days and the milliseconds within the day of a datetime in a
// zone; nil is UTC.
func DaysOf(ms int64, zone *time.Location) (days, msOfDay int64) {
	local := ms
	if zone != nil {
		_, offset := time.UnixMilli(ms).In(zone).Zone()
		local += int64(offset) * msPerSecond
	}
	days = floorDiv(local, MsPerDay)
	return days, local - days*MsPerDay
}

// StartOfDay is the datetime at which a day begins in a zone; nil is UTC.
func StartOfDay(days int64, zone *time.Location) int64 {
	return AtWall(days, 0, zone)
}

// AtWall is the datetime at which the clocks of a zone show a day and a time in
// milliseconds, which may be more or less than a day has; nil is UTC. As
// java.util.GregorianCalendar has it, a time that the change to summer time
// leaves out is counted on from the one before (2:30 is 3:30), and one that the
// change to winter time brings twice is the later one.
func AtWall(days, ms int64, zone *time.Location) int64 {
	wall := days*MsPerDay + ms
	if zone == nil {
		return wall
	}
	before, after := offsetAt(wall-MsPerDay, zone), offsetAt(wall+MsPerDay, zone)
	if at := wall - after; offsetAt(at, zone) == after {
		return at
	}
	return wall - before
}

// offsetAt is the distance of a zone's clocks from UTC at a moment, in
// milliseconds.
func offsetAt(ms int64, zone *time.Location) int64 {
	_, seconds := time.UnixMilli(ms).In(zone).Zone()
	return int64(seconds) * 1000
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// FormatDate writes a date as 2024-05-01.
func FormatDate(days int64) string { return string(appendDate(nil, days)) }

// FormatDatetime writes a datetime in UTC as 2024-05-01T10:00:00.000Z.
func FormatDatetime(ms int64) string {
	days := floorDiv(ms, MsPerDay)
	b := append(appendDate(make([]byte, 0, 24), days), 'T')
	return string(append(appendClock(b, ms-days*MsPerDay, true), 'Z'))
}

// FormatTime writes a time of day as 10:00:00.000Z.
func FormatTime(ms int64) string { return string(append(appendClock(nil, ms, true), 'Z')) }

func appendDate(b []byte, days int64) []byte {
	y, m, d := YMD(days)
	if y < 0 {
		b, y = append(b, '-'), -y
	}
	b = pad(b, y, 4)
	b = pad(append(b, '-'), m, 2)
	return pad(append(b, '-'), d, 2)
}

func appendClock(b []byte, ms int64, millis bool) []byte {
	b = pad(b, int(ms/msPerHour), 2)
	b = pad(append(b, ':'), int(ms/msPerMinute%60), 2)
	b = pad(append(b, ':'), int(ms/msPerSecond%60), 2)
	if millis {
		b = pad(append(b, '.'), int(ms%msPerSecond), 3)
	}
	return b
}

func pad(b []byte, n, width int) []byte {
	s := strconv.Itoa(n)
	for i := len(s); i < width; i++ {
		b = append(b, '0')
	}
	return append(b, s...)
}

// ParseDate reads 2024-05-01 and gives its days.
func ParseDate(s string) (int64, error) {
	p := scanner{s: s}
	days, ok := p.date()
	if !ok || p.at != len(s) {
		return 0, fmt.Errorf("read date %q: not of the form YYYY-MM-DD", clip(s))
	}
	return days, nil
}

// ParseDatetime reads 2024-05-01T10:00:00.000Z and gives its milliseconds. The
// fraction may be missing or of any length; the zone is Z, +02:00 or +0200.
func ParseDatetime(s string) (int64, error) {
	p := scanner{s: s}
	days, ok := p.date()
	ok = ok && (p.take('T') || p.take('t') || p.take(' '))
	if !ok {
		return 0, badDatetime(s)
	}
	ms, ok := p.clock()
	if !ok {
		return 0, badDatetime(s)
	}
	offset, ok := p.zone()
	if !ok || p.at != len(s) {
		return 0, badDatetime(s)
	}
	return days*MsPerDay + ms - offset, nil
}

func badDatetime(s string) error {
	return fmt.Errorf("read datetime %q: not of the form YYYY-MM-DDThh:mm:ssZ", clip(s))
}

// ParseTime reads 10:00:00.000Z, the fraction and the Z optional, and gives
// the milliseconds since midnight.
func ParseTime(s string) (int64, error) {
	p := scanner{s: s}
	ms, ok := p.clock()
	if ok && p.at < len(s) {
		var offset int64
		offset, ok = p.zone()
		ms = (ms - offset + 2*MsPerDay) % MsPerDay
	}
	if !ok || p.at != len(s) {
		return 0, fmt.Errorf("read time %q: not of the form hh:mm:ss.SSSZ", clip(s))
	}
	return ms, nil
}

// scanner reads fixed-width numbers from the front of a text.
type scanner struct {
	s  string
	at int
}

func (p *scanner) take(c byte) bool {
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *scanner) number(width int) (int, bool) {
	if p.at+width > len(p.s) {
		return 0, false
	}
	n := 0
	for range width {
		c := p.s[p.at]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
		p.at++
	}
	return n, true
}

func (p *scanner) date() (int64, bool) {
	y, ok1 := p.number(4)
	ok2 := p.take('-')
	m, ok3 := p.number(2)
	ok4 := p.take('-')
	d, ok5 := p.number(2)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || m < 1 || m > 12 || d < 1 || d > DaysInMonth(y, m) {
		return 0, false
	}
	return DateOf(y, m, d), true
}

// DaysInMonth is 28 to 31.
func DaysInMonth(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (p *scanner) clock() (int64, bool) {
	h, ok1 := p.number(2)
	ok2 := p.take(':')
	m, ok3 := p.number(2)
	if !(ok1 && ok2 && ok3) || h > 23 || m > 59 {
		return 0, false
	}
	ms := int64(h)*msPerHour + int64(m)*msPerMinute
	if !p.take(':') {
		return ms, true
	}
	s, ok := p.number(2)
	if !ok || s > 59 {
		return 0, false
	}
	ms += int64(s) * msPerSecond
	if p.take('.') {
		unit, digits := int64(100), 0
		for p.at < len(p.s) && p.s[p.at] >= '0' && p.s[p.at] <= '9' {
			ms += int64(p.s[p.at]-'0') * unit
			unit /= 10
			digits++
			p.at++
		}
		if digits == 0 {
			return 0, false
		}
	}
	return ms, true
}

// zone reads Z, +hh:mm or +hhmm and gives its offset in milliseconds.
func (p *scanner) zone() (int64, bool) {
	if p.take('Z') || p.take('z') {
		return 0, true
	}
	sign := int64(1)
	switch {
	case p.take('-'):
		sign = -1
	case p.take('+'):
	default:
		return 0, false
	}
	h, ok := p.number(2)
	if !ok || h > 23 {
		return 0, false
	}
	p.take(':')
	m, ok := p.number(2)
	if !ok || m > 59 {
		return 0, false
	}
	return sign * (int64(h)*msPerHour + int64(m)*msPerMinute), true
}
