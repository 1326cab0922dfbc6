package diag_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// TestPositionsInLongLines asks every character of lines of every length for its
// column, which is counted here from the line's begin.
func TestPositionsInLongLines(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("a", 1023) + "é\n" + strings.Repeat("ab😀é ", 700) + "\r\n\n" + strings.Repeat("x", 4096) + "\rlast " + strings.Repeat("😀", 2000)
	f := diag.NewFile("A.cls", []byte(src))
	line, column := 1, 1
	for at, r := range src {
		if gotLine, got := f.Position(at); gotLine != line || got != column {
			t.Fatalf("offset %d is %d:%d, want %d:%d", at, gotLine, got, line, column)
		}
		column += utf16.RuneLen(r)
		if r == '\n' || r == '\r' && !strings.HasPrefix(src[at+1:], "\n") {
			line, column = line+1, 1
		}
	}
}

// TestPositionsCostTheSame asks for a million positions of one line of 1,000,000
// characters: counted from its begin that would take an hour.
func TestPositionsCostTheSame(t *testing.T) {
	t.Parallel()
	const size = 1_000_000
	f := diag.NewFile("A.cls", []byte(strings.Repeat("x", size)))
	for at := range size {
		if _, column := f.Position(at); column != at+1 {
			t.Fatalf("offset %d has column %d", at, column)
		}
	}
}
