package javaregex

import (
	"sync"
	"unicode"
)

// test is what passes no character of its own: places, references, looks
// around. It gives the place to go on from.
func (m *Matcher) test(in *instruction, pos int) (int, bool) {
	switch in.op {
	case opAtomic:
		return m.run(in.x, pos)
	case opAhead:
		to := m.to
		if m.transparent {
			m.to = len(m.text)
		}
		_, ok := m.run(in.x, pos)
		m.to = to
		return pos, ok != in.negative
	case opBehind:
		return pos, m.lookBehind(in, pos) != in.negative
	case opBehindEnd:
		return pos, pos == m.behindTo
	case opReference:
		return m.passReference(in, pos)
	case opGrapheme:
		return m.passGrapheme(pos)
	}
	return pos, m.isPlace(in, pos)
}

// lookBehind tries from the nearest place that may do to the farthest.
func (m *Matcher) lookBehind(in *instruction, pos int) bool {
	from := m.from
	if m.transparent {
		m.from = 0
	}
	saved := m.behindTo
	m.behindTo = pos
	defer func() { m.behindTo, m.from = saved, from }()
	at := pos
	for n := 0; n <= in.max; n++ {
		if n > 0 {
			if at <= m.from {
				return false
			}
			_, size := decodeLast(m.text[:at])
			at -= size
		}
		if n < in.min {
			continue
		}
		if _, ok := m.run(in.x, at); ok {
			return true
		}
		if m.over {
			return false
		}
	}
	return false
}

// passReference passes what a group has; a group that has nothing, or is none,
// matches nowhere.
func (m *Matcher) passReference(in *instruction, pos int) (int, bool) {
	if 2*in.x >= len(m.groups) || m.groups[2*in.x] < 0 {
		return pos, false
	}
	text := m.text[m.groups[2*in.x]:m.groups[2*in.x+1]]
	if in.plain {
		if pos+len(text) > m.to {
			m.hitEnd = true
			return pos, false
		}
		return m.passText(text, pos)
	}
	for len(text) > 0 {
		if pos >= m.to {
			m.hitEnd = true
			return pos, false
		}
		want, n := decode(text)
		got, size := decode(m.text[pos:])
		m.reads++
		if !sameLetter(want, got, in.multi) {
			return pos, false
		}
		text, pos = text[n:], pos+size
	}
	return pos, true
}

func sameLetter(a, b rune, byUnicode bool) bool {
	if a == b {
		return true
	}
	if byUnicode {
		a, b = unicode.ToUpper(a), unicode.ToUpper(b)
		return a == b || unicode.ToLower(a) == unicode.ToLower(b)
	}
	return a < 128 && b < 128 && unicode.ToLower(a) == unicode.ToLower(b)
}

// isPlace reports whether an assertion holds at a place.
func (m *Matcher) isPlace(in *instruction, pos int) bool {
	first, last := m.from, m.to
	if !m.anchoring {
		first, last = 0, len(m.text)
	}
	switch in.kind {
	case kindBegin:
		return pos == first
	case kindEnd:
		if pos != last {
			return false
		}
		m.hitEnd = true
		return true
	case kindLastMatch:
		return pos == m.oldLast
	case kindLineStart, kindUnixLineStart:
		return m.isLineStart(pos, first, last, in.kind == kindUnixLineStart)
	case kindLineEnd:
		return m.isLineEnd(in, pos, last)
	case kindUnixLineEnd:
		return m.isUnixLineEnd(in, pos, last)
	case kindGraphemeBound:
		return m.isGraphemeBound(pos)
	}
	return m.isBound(in.multi, pos) != in.negative
}

func (m *Matcher) isLineStart(pos, first, last int, unix bool) bool {
	if pos == last {
		m.hitEnd = true
		return false
	}
	if pos <= first {
		return true
	}
	m.reads++
	r, _ := decodeLast(m.text[:pos])
	if unix {
		return r == '\n'
	}
	return isLineEnd(r) && !(r == '\r' && m.text[pos] == '\n')
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' || r == 0x85 || r|1 == 0x2029 }

// isLineEnd is $ and \Z: before a line end, which must be the last one but
// under the flag m, or at the end.
func (m *Matcher) isLineEnd(in *instruction, pos, last int) bool {
	if pos < last {
		m.reads++
		r, size := decode(m.text[pos:])
		if !isLineEnd(r) || r == '\n' && pos > 0 && m.text[pos-1] == '\r' {
			return false
		}
		if in.multi {
			return true
		}
		if rest := last - pos - size; rest > 0 && !(r == '\r' && rest == 1 && m.text[pos+1] == '\n') {
			return false
		}
	}
	m.hitEnd, m.requireEnd = true, true
	return true
}

func (m *Matcher) isUnixLineEnd(in *instruction, pos, last int) bool {
	if pos < last {
		m.reads++
		if m.text[pos] != '\n' || !in.multi && pos != last-1 {
			return false
		}
		if in.multi {
			return true
		}
	}
	m.hitEnd, m.requireEnd = true, true
	return true
}

// isBound is \b: a letter or digit on one side only. A mark that stands over a
// letter is part of its word.
func (m *Matcher) isBound(byUnicode bool, pos int) bool {
	first, last := m.from, m.to
	if m.transparent {
		first, last = 0, len(m.text)
	}
	left, right := false, false
	if pos > first {
		m.reads++
		r, size := decodeLast(m.text[:pos])
		left = isWord(r, byUnicode) || unicode.Is(unicode.Mn, r) && m.hasBase(pos-size, first)
	}
	if pos < last {
		m.reads++
		r, _ := decode(m.text[pos:])
		right = isWord(r, byUnicode) || unicode.Is(unicode.Mn, r) && m.hasBase(pos, first)
	} else {
		m.hitEnd, m.requireEnd = true, true
	}
	return left != right
}

var wordByUnicode = sync.OnceValue(func() *charset { return unicodeProperty("WORD") })

func isWord(r rune, byUnicode bool) bool {
	if byUnicode {
		return wordByUnicode().has(r)
	}
	return r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nd, r)
}

// hasBase looks for the letter under a mark.
func (m *Matcher) hasBase(pos, first int) bool {
	for pos > first {
		r, size := decodeLast(m.text[:pos])
		if unicode.IsLetter(r) || unicode.Is(unicode.Nd, r) {
			return true
		}
		if !unicode.Is(unicode.Mn, r) {
			return false
		}
		pos -= size
	}
	return false
}

// passGrapheme passes a character with the marks that go with it.
func (m *Matcher) passGrapheme(pos int) (int, bool) {
	if pos >= m.to {
		m.hitEnd = true
		return pos, false
	}
	end := m.graphemeEnd(pos)
	m.reads += end - pos
	return end, true
}

func (m *Matcher) isGraphemeBound(pos int) bool {
	if pos == m.from || pos == m.to {
		return m.from < m.to
	}
	at := m.from
	for at < pos {
		at = m.graphemeEnd(at)
	}
	return at == pos
}

const joiner = 0x200D

// graphemeEnd is the end of what is read as one character: a line end, a flag
// of two letters, or a character with its marks and what joiners tie to it
// (Unicode Standard Annex 29, in its common cases).
func (m *Matcher) graphemeEnd(pos int) int {
	r, size := decode(m.text[pos:])
	end := pos + size
	if r == '\r' && end < m.to && m.text[end] == '\n' {
		return end + 1
	}
	if unicode.IsControl(r) {
		return end
	}
	before, flags := r, isFlag(r)
	for end < m.to {
		r, size = decode(m.text[end:])
		switch {
		case unicode.Is(unicode.M, r), r == joiner, r == 0x200C, r >= 0x1F3FB && r <= 0x1F3FF:
		case before == joiner && unicode.Is(unicode.So, r):
		case flags && isFlag(r):
			flags = false
		default:
			return end
		}
		before, end = r, end+size
	}
	return end
}

func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
