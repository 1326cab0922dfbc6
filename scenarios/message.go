package scenarios

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Error is what is wrong with a suite file: every message with its position,
// the line it is about and a caret.
type Error struct {
	List diag.List
	file *diag.File
}

// Error is, for each message, "file:line:column: error: …", the line, a caret
// and the fix.
func (e *Error) Error() string {
	var b strings.Builder
	for i, d := range e.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(d.Error())
		e.excerpt(&b, d.Span)
		if d.Fix != "" {
			b.WriteString("\n  hint: ")
			b.WriteString(d.Fix)
		}
	}
	return b.String()
}

// excerpt writes the line of a span and a caret under its column. Tabs are
// shown as arrows, so that the caret stands right and the tab can be seen.
func (e *Error) excerpt(b *strings.Builder, at diag.Span) {
	line := e.file.Line(at.Line)
	if at.Line == 0 || strings.TrimSpace(line) == "" && !strings.Contains(line, "\t") {
		return
	}
	b.WriteString("\n  | ")
	b.WriteString(strings.ReplaceAll(line, "\t", "→"))
	if at.Column > 0 && at.Column <= len(line)+1 {
		b.WriteString("\n  | ")
		b.WriteString(strings.Repeat(" ", at.Column-1))
		b.WriteByte('^')
	}
}
