package javaregex

import "strings"

// Matcher matches one pattern against one text, as java.util.regex.Matcher
// does. Places in the text are bytes. A method that matches ends with
// ErrTooComplicated when the text was read too often since the Matcher was made.
type Matcher struct {
	p    *Pattern
	text string

	from, to               int // the region
	anchoring, transparent bool

	first, last, oldLast int // of the last match; first is -1 for none
	groups               []int32
	appended             int

	locals             []int32
	memos              []map[int32]struct{}
	stack              []frame
	whole              bool
	hitEnd, requireEnd bool
	behindTo           int
	reads, work        int
	over               bool
}

// Matcher makes a matcher of the pattern for a text.
func (p *Pattern) Matcher(text string) *Matcher {
	m := &Matcher{text: text, anchoring: true}
	m.Use(p)
	m.Reset()
	return m
}

// Use goes on with another pattern; the groups of the last match are forgotten,
// the place in the text is not.
func (m *Matcher) Use(p *Pattern) {
	m.p = p
	m.groups = make([]int32, 2*p.groups)
	m.locals = make([]int32, p.locals)
	m.memos = make([]map[int32]struct{}, p.memos)
	m.clear()
}

// Pattern is the pattern it matches.
func (m *Matcher) Pattern() *Pattern { return m.p }

// Text is the text it matches against.
func (m *Matcher) Text() string { return m.text }

// Reads is how often characters were looked at so far.
func (m *Matcher) Reads() int { return m.reads }

func (m *Matcher) clear() {
	for i := range m.groups {
		m.groups[i] = -1
	}
}

// Reset begins anew with the whole text.
func (m *Matcher) Reset() {
	m.first, m.last, m.oldLast, m.appended = -1, 0, -1, 0
	m.from, m.to = 0, len(m.text)
	m.clear()
}

// Region begins anew with a part of the text.
func (m *Matcher) Region(from, to int) {
	m.Reset()
	m.from, m.to = from, to
}

// Bounds are the ends of the region.
func (m *Matcher) Bounds() (from, to int) { return m.from, m.to }

// Anchoring says whether ^ and $ match at the ends of the region,
// Transparent whether looking around goes beyond them.
func (m *Matcher) Anchoring() bool   { return m.anchoring }
func (m *Matcher) Transparent() bool { return m.transparent }

// SetAnchoring and SetTransparent change that.
func (m *Matcher) SetAnchoring(on bool)   { m.anchoring = on }
func (m *Matcher) SetTransparent(on bool) { m.transparent = on }

// HitEnd reports whether the last match looked beyond the end of the text,
// RequireEnd whether more text could have made it fail.
func (m *Matcher) HitEnd() bool     { return m.hitEnd }
func (m *Matcher) RequireEnd() bool { return m.requireEnd }

// Matched reports whether the last match succeeded.
func (m *Matcher) Matched() bool { return m.first >= 0 }

// Matches reports whether the whole region matches.
func (m *Matcher) Matches() (bool, error) { return m.try(m.from, true) }

// LookingAt reports whether the region begins with a match.
func (m *Matcher) LookingAt() (bool, error) { return m.try(m.from, false) }

func (m *Matcher) begin(at int, whole bool) {
	m.hitEnd, m.requireEnd = false, false
	m.whole = whole
	if m.oldLast < 0 {
		m.oldLast = at
	}
	m.clear()
	for i := range m.locals {
		m.locals[i] = -1
	}
	for i := range m.memos {
		if m.memos[i] == nil {
			m.memos[i] = map[int32]struct{}{}
		}
		clear(m.memos[i])
	}
}

// finish notes the outcome of a match.
func (m *Matcher) finish(at, end int, ok bool) (bool, error) {
	m.stack = m.stack[:0]
	m.oldLast = m.last
	if m.over {
		m.first = -1
		return false, ErrTooComplicated
	}
	if !ok {
		m.first = -1
		return false, nil
	}
	m.first, m.last, m.oldLast = at, end, end
	m.groups[0], m.groups[1] = int32(at), int32(end)
	return true, nil
}

func (m *Matcher) try(at int, whole bool) (bool, error) {
	m.begin(at, whole)
	end, ok := m.run(0, at)
	return m.finish(at, end, ok)
}

// Find looks for the next match: behind the last one, and a character further
// if that was empty.
func (m *Matcher) Find() (bool, error) {
	at := m.last
	if at == m.first {
		at = m.after(at)
	}
	at = max(at, m.from)
	if at > m.to {
		m.clear()
		m.first = -1
		return false, nil
	}
	return m.search(at)
}

// after is the place a character further.
func (m *Matcher) after(at int) int {
	if at >= len(m.text) {
		return at + 1
	}
	_, size := decode(m.text[at:])
	return at + size
}

// FindFrom begins anew and looks for the first match from a place on.
func (m *Matcher) FindFrom(at int) (bool, error) {
	m.Reset()
	return m.search(at)
}

func (m *Matcher) search(at int) (bool, error) {
	m.begin(at, false)
	for at <= m.to {
		if begins := m.p.begins; begins != nil {
			if at = m.candidate(begins, at); at >= m.to {
				break
			}
		}
		if m.to-at < m.p.least {
			break
		}
		end, ok := m.run(0, at)
		if ok || m.over {
			return m.finish(at, end, ok)
		}
		if at >= m.to {
			break
		}
		at = m.after(at)
	}
	m.hitEnd = true
	return m.finish(at, 0, false)
}

// candidate passes characters that no match begins with.
func (m *Matcher) candidate(begins *charset, at int) int {
	from := at
	if c := m.p.only; c != 0 {
		if n := strings.IndexByte(m.text[at:m.to], c); n >= 0 {
			at += n
		} else {
			at = m.to
		}
	} else {
		for at < m.to {
			r, size := decode(m.text[at:])
			if begins.has(r) {
				break
			}
			at += size
		}
	}
	m.reads += at - from
	m.over = m.over || m.reads > maxReads
	return at
}

// Group is where a group of the last match begins and ends; -1 when it has
// none.
func (m *Matcher) Group(n int) (from, to int) {
	return int(m.groups[2*n]), int(m.groups[2*n+1])
}

// Named is the number of the group of a name.
func (m *Matcher) Named(name string) (int, bool) {
	n, ok := m.p.names[name]
	return n, ok
}
