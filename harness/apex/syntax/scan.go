package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Classes of bytes: what a token that begins with the byte can be.
const (
	cOther uint8 = iota
	cSpace
	cLetter // letters, _ and $
	cDigit
)

var byteClass = func() (t [256]uint8) {
	for _, c := range " \t\n\r" {
		t[c] = cSpace
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = cLetter, cLetter
	}
	t['_'], t['$'] = cLetter, cLetter
	for c := '0'; c <= '9'; c++ {
		t[c] = cDigit
	}
	return t
}()

// scanner cuts a source text into tokens. Comments and space are skipped,
// characters that begin no token are reported and dropped.
type scanner struct {
	src  string
	toks []token
	errs []problem
}

// problem is an error at a place, before lines and columns are known.
type problem struct {
	Range
	code, text string
}

func (s *scanner) fail(pos, end int32, code, text string) {
	if len(s.errs) < maxProblems {
		s.errs = append(s.errs, problem{Range{Pos: pos, End: end}, code, text})
	}
}

// run scans the whole text; the last token is tEOF.
func (s *scanner) run() {
	src := s.src
	n := int32(len(src))
	pos := int32(0)
	if strings.HasPrefix(src, "\uFEFF") {
		pos = 3
	}
	for pos < n {
		c := src[pos]
		switch byteClass[c] {
		case cSpace:
			pos++
			continue
		case cLetter:
			start := pos
			for pos++; pos < n && byteClass[src[pos]] >= cLetter; pos++ {
			}
			k := tDotted
			if pos == n || src[pos] != '.' {
				k = lookupWord(src[start:pos])
			}
			for ; pos < n && (src[pos] == '.' || byteClass[src[pos]] >= cLetter); pos++ {
			}
			s.toks = append(s.toks, token{kind: k, pos: start, end: pos})
			continue
		case cDigit:
			if end, ok := s.dateOrTime(pos); ok {
				pos = end
			} else {
				pos = s.number(pos)
			}
			continue
		}
		if c == '/' && pos+1 < n && (src[pos+1] == '/' || src[pos+1] == '*') {
			pos = s.comment(pos)
			continue
		}
		if c == '\'' {
			pos = s.text(pos)
			continue
		}
		if c == '.' && pos+1 < n && byteClass[src[pos+1]] == cDigit {
			pos = s.number(pos)
			continue
		}
		k, width := punctuation(src[pos:])
		if width == 0 {
			pos = s.stray(pos)
			continue
		}
		s.toks = append(s.toks, token{kind: k, pos: pos, end: pos + width})
		pos += width
	}
	s.toks = append(s.toks, token{kind: tEOF, pos: n, end: n})
}

// comment skips a comment that begins at pos.
func (s *scanner) comment(pos int32) int32 {
	if s.src[pos+1] == '/' {
		if i := strings.IndexByte(s.src[pos:], '\n'); i >= 0 {
			if cr := strings.IndexByte(s.src[pos:pos+int32(i)], '\r'); cr >= 0 {
				return pos + int32(cr)
			}
			return pos + int32(i)
		}
		if i := strings.IndexByte(s.src[pos:], '\r'); i >= 0 {
			return pos + int32(i)
		}
		return int32(len(s.src))
	}
	if i := strings.Index(s.src[pos+2:], "*/"); i >= 0 {
		return pos + 2 + int32(i) + 2
	}
	end := int32(len(s.src))
	s.fail(pos, pos+2, "SYNTAX_COMMENT", "Missing closing mark */ on multi-line comment.")
	return end
}

// number scans digits, an optional fraction and the letter that gives the
// type: 1, 1L, 1.5, .5, 1.5d.
func (s *scanner) number(pos int32) int32 {
	src, start, k := s.src, pos, tInt
	n := int32(len(src))
	for pos < n && byteClass[src[pos]] == cDigit {
		pos++
	}
	if pos+1 < n && src[pos] == '.' && byteClass[src[pos+1]] == cDigit {
		k = tDecimal
		for pos++; pos < n && byteClass[src[pos]] == cDigit; pos++ {
		}
	} else if pos+1 < n && src[pos] == '.' {
		_, w := utf8.DecodeRuneInString(src[pos+1:]) // a whole number has no members: 1.format()
		end := pos + 1 + int32(w)
		s.fail(pos+1, end, "SYNTAX_SYMBOL", "Unrecognized symbol '"+strings.ToLower(src[pos+1:end])+"', which is not a valid Apex identifier.")
	}
	if pos < n {
		switch c := src[pos] | 0x20; {
		case k == tInt && c == 'l':
			k = tLong
			pos++
		case k == tDecimal && c == 'd':
			k = tDouble
			pos++
		}
	}
	s.toks = append(s.toks, token{kind: k, pos: start, end: pos})
	return pos
}

// text scans a string literal or a text block.
func (s *scanner) text(pos int32) int32 {
	src, n := s.src, int32(len(s.src))
	if strings.HasPrefix(src[pos:], "'''") {
		return s.textBlock(pos)
	}
	for i := pos + 1; i < n; i++ {
		switch src[i] {
		case '\'':
			s.toks = append(s.toks, token{kind: tString, pos: pos, end: i + 1})
			return i + 1
		case '\\':
			i++
		}
		if i < n && (src[i] == '\n' || src[i] == '\r') {
			return s.brokenText(pos, i)
		}
	}
	return s.brokenText(pos, n)
}

// brokenText ends a string literal at the end of its line, so that one missing
// quote does not swallow the rest of the file.
func (s *scanner) brokenText(pos, end int32) int32 {
	code, text := "SYNTAX_STRING", "Missing closing quote character ' on string."
	if strings.IndexByte(s.src[end:], '\'') >= 0 {
		text = "Illegal string literal: Line breaks are not allowed in string literals"
	}
	s.fail(pos, end, code, text)
	s.toks = append(s.toks, token{kind: tString, bad: true, pos: pos, end: end})
	return end
}

// textBlock scans ”' and a line break up to the next three quotes.
func (s *scanner) textBlock(pos int32) int32 {
	src, n := s.src, int32(len(s.src))
	i := pos + 3
	if i >= n || src[i] != '\n' && src[i] != '\r' {
		r, w := rune(' '), 1
		if i < n {
			r, w = utf8.DecodeRuneInString(src[i:])
		}
		s.fail(i, i+int32(w), "SYNTAX_STRING", "Unexpected symbol '"+string(r)+"', was expecting '\\n'.")
		s.toks = append(s.toks, token{kind: tString, bad: true, pos: pos, end: pos + 3})
		return pos + 3
	}
	for ; i < n; i++ {
		if src[i] == '\\' {
			i++
			continue
		}
		if src[i] == '\'' && strings.HasPrefix(src[i:], "'''") {
			s.toks = append(s.toks, token{kind: tTextBlock, pos: pos, end: i + 3})
			return i + 3
		}
	}
	s.fail(pos, n, "SYNTAX_STRING", "Missing closing quote character ''' on string.")
	s.toks = append(s.toks, token{kind: tTextBlock, bad: true, pos: pos, end: n})
	return n
}

// stray reports a character that begins no token and steps over it.
func (s *scanner) stray(pos int32) int32 {
	r, w := utf8.DecodeRuneInString(s.src[pos:])
	end := pos + int32(w)
	switch {
	case r < ' ' || r == 0x7F:
		s.fail(pos, end, "SYNTAX_SYMBOL", fmt.Sprintf("Found control character hex 0x%04X (decimal %d) that isn't valid in Apex.", r, r))
	case r < utf8.RuneSelf && strings.ContainsRune("%#`@", r):
		s.fail(pos, end, "SYNTAX_SYMBOL", "Found punctuation symbol or operator '"+string(r)+"' that isn't valid in Apex.")
	case unicode.IsLetter(r):
		for end < int32(len(s.src)) {
			r2, w2 := utf8.DecodeRuneInString(s.src[end:])
			if r2 < utf8.RuneSelf && byteClass[s.src[end]] < cLetter || r2 >= utf8.RuneSelf && !unicode.IsLetter(r2) {
				break
			}
			end += int32(w2)
		}
		s.fail(pos, end, "SYNTAX_IDENTIFIER", "Invalid identifier '"+s.src[pos:end]+
			"'. Apex identifiers must start with an ASCII letter (a-z or A-Z) followed by any number of "+
			"ASCII letters (a-z or A-Z), digits (0 - 9), '_'.")
	default:
		s.fail(pos, end, "SYNTAX_SYMBOL", "Unrecognized symbol '"+s.src[pos:end]+"', which is not a valid Apex identifier.")
	}
	return end
}

// marks are the marks that begin no longer one.
var marks = [256]kind{'(': tLParen, ')': tRParen, '[': tLBrack, ']': tRBrack, '{': tLBrace, '}': tRBrace,
	';': tSemi, ',': tComma, '.': tDot, '@': tAt, ':': tColon, '~': tTilde, '>': tGt}

// punctuation is the operator or mark that s begins with, and its width.
// Shifts, <= and >= are left to the parser, which puts them together from
// single marks: the same marks close type arguments.
func punctuation(s string) (kind, int32) {
	var c1, c2 byte
	if len(s) > 1 {
		c1 = s[1]
	}
	if len(s) > 2 {
		c2 = s[2]
	}
	if k := marks[s[0]]; k != tEOF {
		return k, 1
	}
	switch s[0] {
	case '=':
		switch {
		case c1 == '=' && c2 == '=':
			return tExact, 3
		case c1 == '=':
			return tEq, 2
		case c1 == '>':
			return tArrow, 2
		}
		return tAssign, 1
	case '!':
		switch {
		case c1 == '=' && c2 == '=':
			return tNotExact, 3
		case c1 == '=':
			return tNotEq, 2
		}
		return tBang, 1
	case '<':
		if c1 == '>' {
			return tAltNotEq, 2
		}
		return tLt, 1
	case '?':
		switch {
		case c1 == '?':
			return tCoalesce, 2
		case c1 == '.' && byteClass[c2] != cDigit:
			return tSafeDot, 2
		}
		return tQuestion, 1
	case '+':
		return pick(c1, '+', tInc, tAddAssign, tPlus)
	case '-':
		return pick(c1, '-', tDec, tSubAssign, tMinus)
	case '&':
		return pick(c1, '&', tAndAnd, tAndAssign, tAmp)
	case '|':
		return pick(c1, '|', tOrOr, tOrAssign, tPipe)
	case '*':
		return pick(c1, 0xFF, tStar, tMulAssign, tStar)
	case '/':
		return pick(c1, 0xFF, tSlash, tDivAssign, tSlash)
	case '^':
		return pick(c1, 0xFF, tCaret, tXorAssign, tCaret)
	}
	return tEOF, 0
}

// pick chooses between a doubled mark, its assignment and the mark alone.
func pick(next, same byte, double, assign, single kind) (kind, int32) {
	switch next {
	case same:
		return double, 2
	case '=':
		return assign, 2
	}
	return single, 1
}
