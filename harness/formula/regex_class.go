package formula

import "strings"

// maxClassDepth bounds classes in classes.
const maxClassDepth = 50

// Java's classes hold classes, which unite with what stands beside them, and
// intersections: [a-d[m-p]], [a-z&&[^aeiou]] (java.util.regex.Pattern, "Character
// classes"). The engine has neither: such a class becomes alternatives and
// look-aheads over one character.

// isCompound reports whether the class that begins at t.at has a class or an
// intersection in it.
func (t *translator) isCompound() bool {
	for i := t.at + 1; i < len(t.in); i++ {
		switch {
		case t.in[i] == '\\':
			i = skipEscape(t.in, i) - 1
		case t.in[i] == '[', strings.HasPrefix(t.in[i:], "&&"):
			return true
		case t.in[i] == ']':
			return false
		}
	}
	return false
}

// skipEscape is the place after the escape, or the quotation, at i.
func skipEscape(s string, i int) int {
	if !strings.HasPrefix(s[i:], `\Q`) {
		return min(i+2, len(s))
	}
	if end := strings.Index(s[i:], `\E`); end >= 0 {
		return i + end + 2
	}
	return len(s)
}

// compound translates the class at t.at, which it passes.
func (t *translator) compound(depth int) (string, error) {
	if depth > maxClassDepth {
		return "", errPattern
	}
	t.at++
	negative := strings.HasPrefix(t.in[t.at:], "^")
	if negative {
		t.at++
	}
	var parts, union []string // of the intersection, and of its part at hand
	from := t.at
	flush := func() error {
		if from == t.at {
			return nil
		}
		plain, err := translate("[" + t.in[from:t.at] + "]")
		union = append(union, plain)
		return err
	}
	for t.at < len(t.in) {
		rest := t.in[t.at:]
		switch {
		case rest[0] == '\\':
			t.at = skipEscape(t.in, t.at)
		case rest[0] == '[':
			if err := flush(); err != nil {
				return "", err
			}
			inner, err := t.compound(depth + 1)
			if err != nil {
				return "", err
			}
			union, from = append(union, inner), t.at
		case rest[0] == ']', strings.HasPrefix(rest, "&&"):
			if err := flush(); err != nil {
				return "", err
			}
			if len(union) == 0 {
				return "", errPattern
			}
			parts, union = append(parts, "(?:"+strings.Join(union, "|")+")"), nil
			if rest[0] == ']' {
				t.at++
				return oneOf(parts, negative), nil
			}
			t.at += 2
			from = t.at
		default:
			t.at++
		}
	}
	return "", errPattern
}

// oneOf is one character that all parts match, or that not all of them do.
func oneOf(parts []string, negative bool) string {
	last := len(parts) - 1
	both := ""
	for _, p := range parts[:last] {
		both += "(?=" + p + ")"
	}
	if both += parts[last]; negative {
		return `(?:(?!` + both + `)[\s\S])`
	}
	return "(?:" + both + ")"
}
