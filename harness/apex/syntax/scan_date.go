package syntax

// The platform's scanner knows the dates and times of SOQL everywhere, also in
// plain Apex: four digits and a minus, or an hour and a colon, begin one. So
// 2024-5 is no subtraction, and 2024 - 5 is.

const (
	dateRule = "Apex dates must be of the form YYYY-mm-DD. " + dateParts
	timeRule = "Apex times must be of the form HH:MM:SS.NNNzOFFSET. " + timeParts
	bothRule = "Apex DateTimes must be of the form YYYY-mm-DDtHH:MM:SS.NNNzOFFSET. " + dateParts + " " + timeParts

	dateParts = "YYYY must be a year (AD) 0001-9999. mm must be a month 01-12. DD must be a day 01-31."
	timeParts = "HH must be 00-23, MM must be 00-59, and SS must be 00-59. .NNN is optional and is the milliseconds " +
		"within the second 000-999. OFFSET is the timezone offset and has an optional + or - followed by HHMM or HH:MM."
)

// dateOrTime scans a date, datetime or time that begins at pos; ok is false
// when a plain number stands there.
func (s *scanner) dateOrTime(pos int32) (end int32, ok bool) {
	switch {
	case s.digits(pos, 4) && s.byteAt(pos+4) == '-':
		end, ok = s.date(pos)
		if !ok {
			s.badDate(pos, end, "SYNTAX_DATE", "Invalid Date '"+s.src[pos:end]+
				"'. If you are trying to do subtraction adding spaces around the '-' sign(s) will help. "+dateRule)
			return end, true
		}
		if s.byteAt(end)|0x20 == 't' {
			clock, ok := s.clock(end + 1)
			if !ok {
				s.badDate(pos, clock, "SYNTAX_DATE", "Invalid DateTime '"+s.src[pos:clock]+"'. "+bothRule)
				return clock, true
			}
			end = clock
		}
	case s.digits(pos, 2) && s.byteAt(pos+2) == ':' && s.number2(pos) < 24:
		end, ok = s.clock(pos)
		if !ok {
			s.badDate(pos, end, "SYNTAX_TIME", "Invalid Time '"+s.src[pos:end]+"'. "+timeRule)
			return end, true
		}
	default:
		return pos, false
	}
	s.toks = append(s.toks, token{kind: tDate, pos: pos, end: end})
	return end, true
}

func (s *scanner) badDate(pos, end int32, code, text string) {
	s.fail(pos, end, code, text)
	s.toks = append(s.toks, token{kind: tInt, bad: true, pos: pos, end: end})
}

func (s *scanner) byteAt(i int32) byte {
	if int(i) < len(s.src) {
		return s.src[i]
	}
	return 0
}

// digits reports whether exactly n digits stand at pos.
func (s *scanner) digits(pos int32, n int32) bool {
	for i := range n {
		if byteClass[s.byteAt(pos+i)] != cDigit {
			return false
		}
	}
	return byteClass[s.byteAt(pos+n)] != cDigit
}

// number2 is the value of the two digits at pos.
func (s *scanner) number2(pos int32) int {
	return int(s.src[pos]-'0')*10 + int(s.src[pos+1]-'0')
}

// date follows YYYY-mm-DD and says how far it went.
func (s *scanner) date(pos int32) (int32, bool) {
	i, ok := s.twoDigits(pos+5, 1, 12)
	if !ok {
		return i, false
	}
	if s.byteAt(i) != '-' {
		return i, false
	}
	return s.twoDigits(i+1, 1, 31)
}

// clock follows HH:MM:SS, a fraction and an offset.
func (s *scanner) clock(pos int32) (int32, bool) {
	i := pos
	for n, limit := range [...]int{23, 59, 59} {
		if n > 0 {
			if s.byteAt(i) != ':' {
				return i, false
			}
			i++
		}
		var ok bool
		if i, ok = s.twoDigits(i, 0, limit); !ok {
			return i, false
		}
	}
	if s.byteAt(i) == '.' {
		for i++; byteClass[s.byteAt(i)] == cDigit; i++ {
		}
	}
	switch s.byteAt(i) {
	case 'z', 'Z':
		return i + 1, true
	case '+', '-':
		var ok bool
		if i, ok = s.twoDigits(i+1, 0, 99); !ok {
			return i, false
		}
		if s.byteAt(i) == ':' {
			i++
		}
		return s.twoDigits(i, 0, 59)
	}
	return i, false
}

// twoDigits follows two digits whose value lies between the bounds and says how far
// it went.
func (s *scanner) twoDigits(i int32, low, high int) (int32, bool) {
	if c := s.byteAt(i); byteClass[c] != cDigit || int(c-'0') > high/10 {
		return i, false
	}
	if byteClass[s.byteAt(i+1)] != cDigit {
		return i + 1, false
	}
	if v := s.number2(i); v < low || v > high {
		return i + 1, false
	}
	return i + 2, true
}
