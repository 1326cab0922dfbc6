package cause

import (
	"slices"
	"strconv"
	"strings"
)

// The encoding: the transaction, its jobs, the place and what acts, in this
// order, with separator between them. A part begins with the word of its kind.
// Inside of names | and \ have a \ before them, and names that act together are
// joined by actorSeparator, so that every cause can be read back.
const (
	separator      = " | "
	actorSeparator = " + "
	escape         = '\\'
)

// String is the cause as the journal keeps it: "post-install script Install |
// BatchApex ns.Repair | Class.ns.Repair.execute: line 4, column 1".
func (c Cause) String() string {
	if c.IsZero() {
		return ""
	}
	if len(c.Jobs) == 0 && c.Place.IsZero() && len(c.Acting) == 0 {
		return escaped(string(c.Transaction))
	}
	var b strings.Builder
	b.WriteString(escaped(string(c.Transaction)))
	for _, j := range c.Jobs {
		b.WriteString(separator)
		b.WriteString(string(j.Kind))
		b.WriteByte(' ')
		b.WriteString(escaped(j.Name))
	}
	if !c.Place.IsZero() {
		b.WriteString(separator)
		b.WriteString(c.Place.String())
	}
	for _, a := range c.Acting {
		b.WriteString(separator)
		if a.Kind != "" {
			b.WriteString(string(a.Kind))
			b.WriteByte(' ')
		}
		for i, name := range a.Names {
			if i > 0 {
				b.WriteString(actorSeparator)
			}
			b.WriteString(escaped(name))
		}
	}
	return b.String()
}

// Parse reads what String writes. A part of no known kind is a name that acts,
// of no kind: texts of older orgs are read as far as they go.
func Parse(text string) Cause {
	if text == "" {
		return Cause{}
	}
	parts := strings.Split(text, separator)
	c := Cause{Transaction: Transaction(unescaped(parts[0]))}
	for _, part := range parts[1:] {
		if kind, name, ok := kindOf(part, jobKinds); ok {
			c.Jobs = append(c.Jobs, Job{kind, unescaped(name)})
		} else if p, ok := ParsePlace(part); ok {
			c.Place = p
		} else {
			kind, names, _ := kindOf(part, actorKinds)
			a := Actor{Kind: kind}
			for name := range strings.SplitSeq(names, actorSeparator) {
				a.Names = append(a.Names, unescaped(name))
			}
			c.Acting = append(c.Acting, a)
		}
	}
	return c
}

// kindOf takes the word of its kind off a part.
func kindOf[K ~string](part string, kinds []K) (kind K, rest string, ok bool) {
	for _, k := range kinds {
		if rest, ok := strings.CutPrefix(part, string(k)+" "); ok {
			return k, rest, true
		}
	}
	return "", part, false
}

// special are the characters that separate.
const special = `|+\`

func escaped(name string) string {
	if !strings.ContainsAny(name, special) {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		if strings.IndexByte(special, name[i]) >= 0 {
			b.WriteByte(escape)
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

func unescaped(text string) string {
	if strings.IndexByte(text, escape) < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == escape && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Words is the cause as readers want it: the innermost that has a name.
func (c Cause) Words() string {
	if c.Kind() == ByBusiness {
		return "business that went on"
	}
	var parts []string
	if n := len(c.Acting); n > 0 {
		parts = append(parts, c.Acting[n-1].String())
	}
	if !c.Place.IsZero() {
		parts = append(parts, c.Place.Code()+", line "+strconv.Itoa(c.Place.Line))
	}
	switch job := c.Job(); {
	case job != Job{}:
		parts = append(parts, "job "+job.String())
	case c.Place.IsZero():
		parts = append(parts, string(c.Transaction))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
