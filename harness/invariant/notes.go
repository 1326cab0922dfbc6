package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func changeNote(fields []diff.Field) string {
	var parts []string
	for _, f := range fields {
		if len(parts) == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%s: %s → %s", f.Field.Name, clip(f.Before.String()), clip(f.After.String())))
	}
	return strings.Join(parts, "; ")
}

// clip keeps a value to a length that fits a line.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// tally counts values, in the order in which they were first met.
type tally struct {
	order []string
	count map[string]int
}

func newTally() *tally { return &tally{count: map[string]int{}} }

func (t *tally) add(v value.Value) {
	text := "nothing"
	if !v.IsNull() {
		text = clip(v.String())
	}
	if t.count[text] == 0 {
		t.order = append(t.order, text)
	}
	t.count[text]++
}

// String is "true 3 times, false once", the first few values.
func (t *tally) String() string {
	if len(t.order) == 1 {
		return t.order[0]
	}
	var parts []string
	for i, text := range t.order {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%s in %d", text, t.count[text]))
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
