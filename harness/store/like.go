package store

import (
	"strings"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// LikeBytes matches text against a pattern of SOQL: % any letters, _ one
// letter, backslash takes the next letter as it is. After a mismatch it goes
// back to the last %, so the time is pattern times text at worst.
func LikeBytes(pattern, text []byte) bool {
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '%' {
			p++
			star, mark = p, t
			continue
		}
		if n, m := matchOne(pattern[p:], text[t:]); n > 0 {
			p, t = p+n, t+m
			continue
		}
		if star < 0 {
			return false
		}
		_, m := utf8.DecodeRune(text[mark:])
		mark += m
		p, t = star, mark
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches one letter and tells how many bytes of each it took.
func matchOne(pattern, text []byte) (n, m int) {
	if len(pattern) == 0 {
		return 0, 0
	}
	t, m := utf8.DecodeRune(text)
	switch {
	case pattern[0] == '_':
		return 1, m
	case pattern[0] == '\\' && len(pattern) > 1:
		n = 1
	}
	p, size := utf8.DecodeRune(pattern[n:])
	if p == t || value.FoldRune(p) == value.FoldRune(t) {
		return n + size, m
	}
	return 0, 0
}

// Like is LikeBytes for strings.
func Like(pattern, text string) bool { return LikeBytes([]byte(pattern), []byte(text)) }

// Includes reports whether a multi-select holds all the values that want joins
// by semicolons.
func Includes(selected, want string) bool {
	if want == "" {
		return selected == ""
	}
	have := strings.Split(selected, ";")
	for w := range strings.SplitSeq(want, ";") {
		found := false
		for _, h := range have {
			found = found || value.EqualFold(h, w)
		}
		if !found {
			return false
		}
	}
	return true
}
