package finding

import (
	"slices"
	"strconv"
	"strings"
)

// Gather makes one finding of those that repeat: same code, mess and cause,
// and nothing else but the component or the object they name. The first stays,
// with a count, and a sample of the rows and components of all. The order of
// what stays is kept.
func Gather(list []Finding) []Finding {
	var out []Finding
	at := map[string]int{}
	for _, f := range list {
		key := f.repeats()
		i, ok := at[key]
		if !ok || key == "" {
			at[key] = len(out)
			out = append(out, f)
			continue
		}
		out[i].take(f)
	}
	return out
}

// repeats is what is the same in findings that repeat; "" for one that never
// does.
func (f *Finding) repeats() string {
	if f.Several == "" {
		return ""
	}
	cause := f.Cause
	if len(f.Components) > 0 {
		cause.Component = "" // named by the components themselves
	}
	parts := []string{string(f.Code), string(f.Severity), f.Several, string(cause.Kind), cause.String()}
	if len(f.Components) == 0 {
		parts = append(parts, f.Message)
	}
	for _, m := range f.Mess {
		parts = append(parts, m.Number)
	}
	return strings.Join(parts, "\x00")
}

// take adds a finding that repeats this one.
func (f *Finding) take(more Finding) {
	if f.Count == 0 {
		f.Count = 1
		f.Message = labelled(f)
	}
	if len(f.Components) > 0 && f.Cause.Component != more.Cause.Component {
		f.Cause.Component = ""
	}
	f.Count++
	f.Title = strings.ReplaceAll(f.Several, "{n}", strconv.Itoa(f.Count))
	if text := labelled(&more); f.Count <= SampleSize && text != f.Message {
		f.Message += "\n" + text
	} else if f.Count == SampleSize+1 && strings.Contains(f.Message, "\n") {
		f.Message += "\n…"
	}
	for _, c := range more.Components {
		if !slices.Contains(f.Components, c) {
			f.Components = append(f.Components, c)
		}
	}
	for _, rows := range more.Rows {
		f.addRows(rows)
	}
}

// labelled is a message with the component it is about.
func labelled(f *Finding) string {
	if len(f.Components) != 1 || f.Message == "" {
		return f.Message
	}
	return f.Components[0].String() + ": " + f.Message
}

func (f *Finding) addRows(more Rows) {
	for i := range f.Rows {
		if have := &f.Rows[i]; have.Object == more.Object {
			have.Count += more.Count
			have.Sample = append(have.Sample, more.Sample...)
			have.Sample = have.Sample[:min(len(have.Sample), SampleSize)]
			return
		}
	}
	f.Rows = append(f.Rows, more)
}
