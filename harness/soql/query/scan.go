package query

import "strings"

// kind is what a token of a query is.
type kind uint8

const (
	kEOF kind = iota
	kWord
	kDotted // a.b.c, written without space
	kString
	kNumber
	kDate
	kDatetime
	kTime
	kBraces // {text} after FIND
	kLParen
	kRParen
	kRBrack
	kComma
	kColon
	kEqual
	kNotEqual
	kLess
	kLessEqual
	kGreater
	kGreaterEqual
	kPlus
	kMinus
	kOther
)

// token is one token; its text is src[pos:end].
type token struct {
	kind     kind
	pos, end int32
}

// scanner reads tokens of src from pos to limit, one at a time.
type scanner struct {
	src        string
	pos, limit int32
}

const (
	isSpace uint8 = 1 << iota
	isLetter
	isDigit
)

var class = func() (t [256]uint8) {
	for _, c := range " \t\n\r\f\v" {
		t[c] = isSpace
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = isLetter, isLetter
	}
	t['_'], t['$'] = isLetter, isLetter
	for c := '0'; c <= '9'; c++ {
		t[c] = isDigit
	}
	return t
}()

func (s *scanner) byteAt(i int32) byte {
	if i < s.limit {
		return s.src[i]
	}
	return 0
}

// skip steps over space and, since queries stand in Apex, its comments.
func (s *scanner) skip() {
	for s.pos < s.limit {
		switch c := s.src[s.pos]; {
		case class[c] == isSpace:
			s.pos++
		case c == '/' && s.byteAt(s.pos+1) == '/':
			for s.pos < s.limit && s.src[s.pos] != '\n' && s.src[s.pos] != '\r' {
				s.pos++
			}
		case c == '/' && s.byteAt(s.pos+1) == '*':
			i := strings.Index(s.src[s.pos+2:s.limit], "*/")
			if i < 0 {
				s.pos = s.limit
				return
			}
			s.pos += int32(i) + 4
		default:
			return
		}
	}
}

// next scans one token.
func (s *scanner) next() token {
	s.skip()
	t := token{pos: s.pos, end: s.pos}
	if s.pos >= s.limit {
		return t
	}
	c := s.src[s.pos]
	switch {
	case class[c] == isLetter:
		t.kind = kWord
		for s.pos < s.limit && class[s.src[s.pos]]&(isLetter|isDigit) != 0 {
			s.pos++
		}
		if s.byteAt(s.pos) == '.' && !(class[s.byteAt(s.pos+1)] == isDigit && isCurrency(s.src[t.pos:s.pos])) {
			t.kind = kDotted
			for s.pos < s.limit && (s.src[s.pos] == '.' || class[s.src[s.pos]]&(isLetter|isDigit) != 0) {
				s.pos++
			}
		}
	case class[c] == isDigit || c == '.' && class[s.byteAt(s.pos+1)] == isDigit:
		t.kind = s.number()
	case c == '\'':
		t.kind = s.text()
	default:
		t.kind = s.mark(c)
	}
	t.end = s.pos
	return t
}

// mark scans punctuation.
func (s *scanner) mark(c byte) kind {
	n := s.byteAt(s.pos + 1)
	s.pos++
	switch c {
	case '(':
		return kLParen
	case ')':
		return kRParen
	case ']':
		return kRBrack
	case ',':
		return kComma
	case ':':
		return kColon
	case '+':
		return kPlus
	case '-':
		return kMinus
	case '=':
		if n == '=' || n == '>' {
			s.pos++
			return kOther
		}
		return kEqual
	case '!':
		if n == '=' {
			s.pos++
			return kNotEqual
		}
	case '<':
		switch n {
		case '>':
			s.pos++
			return kNotEqual
		case '=':
			s.pos++
			return kLessEqual
		}
		return kLess
	case '>':
		if n == '=' {
			s.pos++
			return kGreaterEqual
		}
		return kGreater
	}
	return kOther
}

// text scans a quoted string; an unclosed one is kOther.
func (s *scanner) text() kind {
	for i := s.pos + 1; i < s.limit; i++ {
		switch s.src[i] {
		case '\\':
			i++
		case '\'':
			s.pos = i + 1
			return kString
		case '\n', '\r':
			s.pos = i
			return kOther
		}
	}
	s.pos = s.limit
	return kOther
}

// number scans a number, a date, a datetime or a time.
func (s *scanner) number() kind {
	if s.shape("dddd-dd-dd") {
		s.pos += 10
		if s.byteAt(s.pos)|0x20 == 't' {
			save := s.pos
			s.pos++
			if s.clock() {
				s.zone()
				return kDatetime
			}
			s.pos = save
		}
		return kDate
	}
	if s.shape("dd:dd:dd") {
		s.clock()
		s.zone()
		return kTime
	}
	for class[s.byteAt(s.pos)] == isDigit {
		s.pos++
	}
	if s.byteAt(s.pos) == '.' && class[s.byteAt(s.pos+1)] == isDigit {
		s.pos++
		for class[s.byteAt(s.pos)] == isDigit {
			s.pos++
		}
	}
	return kNumber
}

// shape reports whether the text here looks like the pattern, d being a digit.
func (s *scanner) shape(pattern string) bool {
	for i := range len(pattern) {
		c := s.byteAt(s.pos + int32(i))
		if pattern[i] == 'd' && class[c] != isDigit || pattern[i] != 'd' && c != pattern[i] {
			return false
		}
	}
	return true
}

// clock scans HH:MM:SS with a fraction.
func (s *scanner) clock() bool {
	if !s.shape("dd:dd:dd") {
		return false
	}
	s.pos += 8
	if s.byteAt(s.pos) == '.' && class[s.byteAt(s.pos+1)] == isDigit {
		for s.pos++; class[s.byteAt(s.pos)] == isDigit; s.pos++ {
		}
	}
	return true
}

// zone scans Z, +01:00 or -0100.
func (s *scanner) zone() {
	switch c := s.byteAt(s.pos); {
	case c|0x20 == 'z':
		s.pos++
	case c == '+' || c == '-':
		save := s.pos
		s.pos++
		switch {
		case s.shape("dd:dd"):
			s.pos += 5
		case s.shape("dddd"):
			s.pos += 4
		default:
			s.pos = save
		}
	}
}

// reserved are the words that can not be the first part of a name.
var reserved = wordSet(`abstract and as asc break bulk by catch class continue delete desc do else enum extends false
	final finally for from global having if implements in insert instanceof interface like limit list map merge new
	not null nulls on or override private protected public return select static super testmethod this throw trigger
	true try undelete update upsert using virtual webservice where while`)

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// keywords are words of SOQL and Apex that the Apex compiler takes for no
// field, object or alias in a query literal, unless a parenthesis follows. A
// query text at run time may use them: fields and objects have such names.
var keywords = wordSet(`after before count cube excludes find first get includes last returning rollup set sharing
	transient with without`)

// isReserved looks a word up without regard to case.
func isReserved(s string) bool { return has(reserved, s) }

// has looks a word up in a set of lower-case words, without allocating.
func has(set map[string]bool, s string) bool {
	if len(s) < 2 || len(s) > 10 {
		return false
	}
	var buf [10]byte
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf[i] = c
	}
	return set[string(buf[:len(s)])]
}

// fold compares a word with an upper-case ASCII word.
func fold(s, upper string) bool {
	if len(s) != len(upper) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c &^= 0x20
		}
		if c != upper[i] {
			return false
		}
	}
	return true
}
