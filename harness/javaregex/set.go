package javaregex

import (
	"slices"
	"unicode"
)

// span is a range of characters, both ends in it.
type span struct{ lo, hi rune }

// charset is a set of characters: spans in order that do not touch, and the
// first 256 characters as bits for speed once it is frozen.
type charset struct {
	spans []span
	low   [4]uint64
}

func (c *charset) has(r rune) bool {
	if r < 256 {
		return c.low[r>>6]&(1<<(r&63)) != 0
	}
	return inSpans(c.spans, r)
}

func inSpans(spans []span, r rune) bool {
	i, _ := slices.BinarySearchFunc(spans, r, func(s span, r rune) int { return int(s.hi) - int(r) })
	return i < len(spans) && spans[i].lo <= r
}

// newSet makes a set of spans in any order.
func newSet(spans ...span) *charset {
	s := slices.Clone(spans)
	slices.SortFunc(s, func(a, b span) int { return int(a.lo) - int(b.lo) })
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && x.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, x.hi)
			continue
		}
		out = append(out, x)
	}
	c := &charset{spans: out}
	for _, x := range out {
		for r := x.lo; r <= x.hi && r < 256; r++ {
			c.low[r>>6] |= 1 << (r & 63)
		}
	}
	return c
}

// setOf is the set of the characters of a text, with ranges as a-z.
func setOf(text string) *charset {
	var spans []span
	r := []rune(text)
	for i := 0; i < len(r); i++ {
		if i+2 < len(r) && r[i+1] == '-' {
			spans = append(spans, span{r[i], r[i+2]})
			i += 2
			continue
		}
		spans = append(spans, span{r[i], r[i]})
	}
	return newSet(spans...)
}

func one(r rune) *charset { return newSet(span{r, r}) }

func (c *charset) union(o *charset) *charset {
	return newSet(append(slices.Clone(c.spans), o.spans...)...)
}

func (c *charset) negate() *charset {
	var out []span
	next := rune(0)
	for _, s := range c.spans {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		next = s.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return newSet(out...)
}

func (c *charset) and(o *charset) *charset {
	return c.negate().union(o.negate()).negate()
}

// tables is the union of ranges of the Unicode tables.
func tables(list ...*unicode.RangeTable) *charset {
	var spans []span
	for _, t := range list {
		for _, r := range t.R16 {
			spans = appendStride(spans, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			spans = appendStride(spans, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(spans...)
}

func appendStride(spans []span, lo, hi, stride rune) []span {
	if stride == 1 {
		return append(spans, span{lo, hi})
	}
	for r := lo; r <= hi; r += stride {
		spans = append(spans, span{r, r})
	}
	return spans
}

// ignoringCase is the set with what Java takes for its characters when it
// ignores case: ASCII letters only, or by Unicode's mapping of one character.
func (c *charset) ignoringCase(byUnicode bool) *charset {
	extra := slices.Clone(c.spans)
	for r := rune('A'); r <= 'Z'; r++ {
		if l := r + 'a' - 'A'; inSpans(c.spans, r) || inSpans(c.spans, l) {
			extra = append(extra, span{r, r}, span{l, l})
		}
	}
	if byUnicode {
		for _, cased := range unicode.CaseRanges {
			for r := rune(cased.Lo); r <= rune(cased.Hi); r++ {
				up := unicode.ToUpper(r)
				if inSpans(c.spans, up) || inSpans(c.spans, unicode.ToLower(up)) {
					extra = append(extra, span{r, r})
				}
			}
		}
	}
	return newSet(extra...)
}
