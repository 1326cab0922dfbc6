// Package diag is the one message type of the project: a coded diagnostic
// with a position in a user's file, notes and a fix.
//
// Every stage that reads what a user wrote (metadata XML, Apex, SOQL,
// formulas, suite files) reports through it, so that the command line prints
// all of them alike and a caller can decide by Code. Values are plain data:
// nothing here is printed, logged or translated, and a List sorts the same way
// on every run.
package diag

import (
	"fmt"
	"slices"
	"strings"
)

// Severity says what a diagnostic means for the work in hand.
type Severity uint8

// The severities, from gravest to lightest.
const (
	Error   Severity = iota // the input can not be used
	Warning                 // usable, but likely not what was meant
	Info                    // worth knowing
)

// String is the word printed before the message.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "info"
	}
}

// MarshalText makes a severity read as its word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Span is a range in one file. Lines and columns count from 1, columns in
// UTF-16 code units as the platform's compiler counts them for ASCII source;
// a zero Line means that only the file is known. End is exclusive and may be
// zero when the range is a point.
type Span struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// String is file:line:column, as editors understand it.
func (s Span) String() string {
	switch {
	case s.Line == 0:
		return s.File
	case s.Column == 0:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
	}
}

// Diagnostic is one message about a user's source. Code is stable across
// releases (callers and users match on it); Message is worded as the platform
// words it where that is known.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Span     Span     `json:"span"`
	Notes    []string `json:"notes,omitempty"`
	Fix      string   `json:"fix,omitempty"`
}

// Error is "file:line:column: error: message [CODE]".
func (d Diagnostic) Error() string {
	var b strings.Builder
	if at := d.Span.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "%s: %s", d.Severity, d.Message)
	if d.Code != "" {
		fmt.Fprintf(&b, " [%s]", d.Code)
	}
	return b.String()
}

// Errorf makes an error diagnostic at a span.
func Errorf(at Span, code, format string, args ...any) Diagnostic {
	return Diagnostic{Severity: Error, Code: code, Message: fmt.Sprintf(format, args...), Span: at}
}

// List is several diagnostics, itself an error: its text is a line each.
type List []Diagnostic

// Most is how many diagnostics of one file are shown to people: who has more
// mends these first.
const Most = 100

// Error is one line per diagnostic, at most Most of each file.
func (l List) Error() string {
	clipped := l.Clip(Most)
	lines := make([]string, len(clipped))
	for i, d := range clipped {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Clip keeps the first n diagnostics of each file and says at its last one how
// many more there are.
func (l List) Clip(n int) List {
	count, last := map[string]int{}, map[string]int{}
	var out List
	for _, d := range l {
		file := d.Span.File
		if count[file]++; count[file] <= n {
			last[file] = len(out)
			out = append(out, d)
		}
	}
	for file, have := range count {
		if have > n {
			d := &out[last[file]]
			d.Message += fmt.Sprintf(" (and %d more in this file)", have-n)
		}
	}
	return out
}

// Err is nil when nothing in the list is an error.
func (l List) Err() error {
	for _, d := range l {
		if d.Severity == Error {
			return l
		}
	}
	return nil
}

// Sort orders by file, position, code and message, so that output does not
// depend on which worker finished first.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		if c := strings.Compare(a.Span.File, b.Span.File); c != 0 {
			return c
		}
		if c := a.Span.Line - b.Span.Line; c != 0 {
			return c
		}
		if c := a.Span.Column - b.Span.Column; c != 0 {
			return c
		}
		if c := strings.Compare(a.Code, b.Code); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
}
