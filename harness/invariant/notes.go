package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func changeNote(fields []diff.Field) string {
	var parts []string
	for _, f := range fields {
		if len(parts) == 3 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, f.Field.Name+": "+clipPair(f.Before.String(), f.After.String()))
	}
	return strings.Join(parts, "; ")
}

// clip keeps a value to a length that fits a line.
func clip(s string) string { return clipTo(s, 40) }

func clipTo(s string, most int) string {
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

// PropertyNote says how a property differs: "length: 80 → 255".
func PropertyNote(p metadata.PropertyChange) string {
	if p.Name == "" {
		return "content" // of a component that is one file
	}
	if len(p.RemovedItems)+len(p.AddedItems) == 0 {
		return p.Name + ": " + clipPair(p.From, p.To)
	}
	if trees := slices.Concat(p.RemovedItems, p.AddedItems); !slices.ContainsFunc(trees, func(s string) bool { return !strings.HasPrefix(s, "{") }) {
		// Entries without a name: their texts tell nobody anything.
		return fmt.Sprintf("%s: %d of before, %d of now differ", p.Name, len(p.RemovedItems), len(p.AddedItems))
	}
	var parts []string
	if len(p.RemovedItems) > 0 {
		parts = append(parts, "without "+itemsNote(p.RemovedItems))
	}
	if len(p.AddedItems) > 0 {
		parts = append(parts, "with "+itemsNote(p.AddedItems))
	}
	return p.Name + ": " + strings.Join(parts, ", ")
}

// itemsNote lists items; of many, how many there are and the first few.
func itemsNote(items []string) string {
	const most = 5
	var names []string
	for i, item := range items {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, clip(item))
	}
	text := strings.Join(names, ", ")
	if len(items) > most {
		return fmt.Sprintf("%d entries (%s)", len(items), text)
	}
	return text
}

// clipPair shows two values that differ, "80 → 255": of long ones what stands
// around the first difference.
func clipPair(was, is string) string {
	const around, most = 12, 40
	a, b := []rune(strings.Join(strings.Fields(was), " ")), []rune(strings.Join(strings.Fields(is), " "))
	if len(a) <= most && len(b) <= most {
		return string(a) + " → " + string(b)
	}
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-around)
	return window(a, from, most) + " → " + window(b, from, most)
}

// window is a part of a text, with dots where it is cut.
func window(text []rune, from, length int) string {
	from = min(from, len(text))
	end := min(from+length, len(text))
	s := string(text[from:end])
	if from > 0 {
		s = "…" + s
	}
	if end < len(text) {
		s += "…"
	}
	return s
}
