package javaregex

import (
	"errors"
	"fmt"
	"strings"
)

// What is wrong with a replacement, as Java words it.
var (
	//lint:ignore ST1005 the words are Java's own
	errReference = errors.New("Illegal group reference")
	//lint:ignore ST1005 the words are Java's own
	errDollar   = errors.New("Illegal group reference: group index is missing")
	errEscape   = errors.New("character to be escaped is missing")
	errNoName   = errors.New("named capturing group has 0 length name")
	errOpenName = errors.New("named capturing group is missing trailing '}'")
)

// A GroupError says that a replacement names a group that the pattern does not
// have; it is an index out of bounds where the group is named by its number.
type GroupError struct {
	Text     string
	ByNumber bool
}

func (e *GroupError) Error() string { return e.Text }

// Replace replaces matches by a replacement in Java's form ($1, ${name}, \ before
// a literal): most of them, or all for a negative number. room is called with
// the length of the result as it grows. Besides ErrTooComplicated it gives what
// is wrong with the replacement.
func (m *Matcher) Replace(with string, most int, room func(bytes int)) (string, error) {
	m.Reset()
	var b strings.Builder
	last := 0
	for ; most != 0; most-- {
		ok, err := m.Find()
		if err != nil {
			return "", err
		}
		if !ok {
			break
		}
		b.WriteString(m.text[last:m.first])
		if err := m.expand(&b, with); err != nil {
			return "", err
		}
		last = m.last
		room(b.Len())
	}
	b.WriteString(m.text[last:])
	return b.String(), nil
}

// expand writes a replacement for the last match.
func (m *Matcher) expand(b *strings.Builder, with string) error {
	for i := 0; i < len(with); i++ {
		switch with[i] {
		case '\\':
			if i++; i == len(with) {
				return errEscape
			}
			b.WriteByte(with[i])
		case '$':
			group, size, err := m.reference(with[i+1:])
			if err != nil {
				return err
			}
			i += size
			if from, to := m.Group(group); from >= 0 {
				b.WriteString(m.text[from:to])
			}
		default:
			b.WriteByte(with[i])
		}
	}
	return nil
}

// reference reads what stands behind a $: the group and how long it is. A
// number takes digits as long as there is such a group.
func (m *Matcher) reference(s string) (group, size int, err error) {
	if s == "" {
		return 0, 0, errDollar
	}
	if s[0] == '{' {
		end := 1
		for end < len(s) && isAlnum(rune(s[end])) {
			end++
		}
		name := s[1:end]
		switch {
		case name == "":
			return 0, 0, errNoName
		case end == len(s) || s[end] != '}':
			return 0, 0, errOpenName
		case isDigit(rune(name[0])):
			return 0, 0, fmt.Errorf("capturing group name {%s} starts with digit character", name)
		}
		group, known := m.Named(name)
		if !known {
			return 0, 0, &GroupError{Text: "No group with name {" + name + "}"}
		}
		return group, end + 1, nil
	}
	if !isDigit(rune(s[0])) {
		return 0, 0, errReference
	}
	group = int(s[0] - '0')
	if group > m.p.Groups() {
		return 0, 0, &GroupError{Text: fmt.Sprintf("No group %d", group), ByNumber: true}
	}
	for size = 1; size < len(s) && isDigit(rune(s[size])); size++ {
		if group*10+int(s[size]-'0') > m.p.Groups() {
			break
		}
		group = group*10 + int(s[size]-'0')
	}
	return group, size, nil
}

// Split is Pattern.split of Java: at most limit parts for a positive one; empty
// parts at the end go for 0.
func (p *Pattern) Split(text string, limit int) ([]string, error) {
	m := p.Matcher(text)
	var parts []string
	last := 0
	for limit <= 0 || len(parts) < limit-1 {
		ok, err := m.Find()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if m.last == 0 { // an empty match at the beginning parts nothing
			continue
		}
		parts = append(parts, text[last:m.first])
		last = m.last
	}
	if parts == nil {
		return []string{text}, nil
	}
	parts = append(parts, text[last:])
	if limit == 0 {
		for len(parts) > 0 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
	}
	return parts, nil
}
