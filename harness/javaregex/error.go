package javaregex

import (
	"errors"
	"strconv"
	"strings"
)

// ErrTooComplicated says that a match, or a pattern, went over the bounds of
// the platform, which words it "Regex too complicated".
//
//lint:ignore ST1005 the words are those of the platform
var ErrTooComplicated = errors.New("Regex too complicated")

// A SyntaxError says what is wrong with a pattern, as Java words it.
type SyntaxError struct {
	Description string
	Index       int // in characters of the pattern, about where it is wrong
	Pattern     string
}

// Error is the message of Java's PatternSyntaxException: what is wrong, and
// where, on a line each.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	b.WriteString(e.Description)
	if e.Index >= 0 {
		b.WriteString(" near index " + strconv.Itoa(e.Index))
	}
	b.WriteString("\n" + e.Pattern)
	if runes := []rune(e.Pattern); e.Index >= 0 && e.Index < len(runes) {
		b.WriteByte('\n')
		for _, r := range runes[:e.Index] {
			if r == '\t' {
				b.WriteByte('\t')
				continue
			}
			b.WriteByte(' ')
		}
		b.WriteByte('^')
	}
	return b.String()
}
