package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// literal reads a literal token.
func (p *parser) literal() *Literal {
	t := p.toks[p.i]
	n := p.literals.new()
	n.Range = Range{Pos: t.pos, End: t.end}
	text := p.src[t.pos:t.end]
	switch t.kind {
	case tNull:
		n.Kind = NullLiteral
	case tTrue, tFalse:
		n.Kind, n.Bool = BooleanLiteral, t.kind == tTrue
	case tInt:
		n.Kind, n.Text = IntegerLiteral, text
		v, err := strconv.ParseInt(text, 10, 32)
		if err != nil && !t.bad {
			p.failAt(n.Range, "SYNTAX_INTEGER", "Illegal integer")
		}
		n.Int = v
	case tLong:
		n.Kind, n.Text = LongLiteral, text[:len(text)-1]
		v, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			p.failAt(n.Range, "SYNTAX_LONG", "Illegal long")
		}
		n.Int = v
	case tDecimal:
		n.Kind, n.Text = DecimalLiteral, text
	case tDouble:
		n.Kind, n.Text = DoubleLiteral, text[:len(text)-1]
	case tString:
		n.Kind = StringLiteral
		if !t.bad {
			n.Text = p.unescape(n.Range, text[1:len(text)-1])
		}
	case tTextBlock:
		n.Kind = StringLiteral
		if !t.bad {
			n.Text = p.unescape(n.Range, stripBlock(text[3:len(text)-3]))
		}
	}
	p.next()
	return n
}

// unescape resolves the escapes of a string literal; both cases of a letter
// are allowed after the backslash.
func (p *parser) unescape(at Range, s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	out = append(out, s[:i]...)
	for i < len(s) {
		if s[i] != '\\' {
			out = append(out, s[i])
			i++
			continue
		}
		if i+1 >= len(s) {
			break
		}
		if c := escapes[s[i+1]|0x20]; c != 0 && s[i+1] >= 'A' {
			out = append(out, c)
			i += 2
			continue
		}
		switch c := s[i+1]; c {
		case '\n': // a text block goes on in the next line
			i += 2
		case '\'', '"', '\\':
			out = append(out, c)
			i += 2
		case 'u', 'U':
			r, n := p.unicodeEscape(at, s, i)
			if n == 0 {
				return string(out)
			}
			out = utf8.AppendRune(out, r)
			i += n
		default:
			p.failAt(at, "SYNTAX_STRING", "Illegal string literal: Invalid string literal '"+s+
				"'. Illegal character sequence \\"+string(c)+"' in string literal.")
			return string(out)
		}
	}
	return string(out)
}

// escapes maps the letter of an escape, in lower case, to its character.
var escapes = [256]byte{'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r'}

// unicodeEscape reads \u and its four hex digits at i, or two of these for a
// surrogate pair, and how many bytes it took; 0 after an error.
func (p *parser) unicodeEscape(at Range, s string, i int) (rune, int) {
	r, ok := p.hex4(at, s, i)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) && i+8 <= len(s) && s[i+6] == '\\' && s[i+7]|0x20 == 'u' {
		if low, ok := p.hex4(at, s, i+6); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		} else {
			return 0, 0
		}
	}
	return r, 6
}

func (p *parser) hex4(at Range, s string, i int) (rune, bool) {
	if i+6 > len(s) {
		p.failAt(at, "SYNTAX_STRING", "Illegal string literal: Invalid string literal '"+s+
			"'. Illegal unicode sequence. Less than four hex digits \\"+s[max(0, i-1):]+"' in string literal.")
		return 0, false
	}
	v, err := strconv.ParseUint(s[i+2:i+6], 16, 32)
	if err != nil {
		p.failAt(at, "SYNTAX_STRING", "Illegal string literal: Invalid string literal '"+s+
			"'. Illegal unicode sequence. "+s[i:i+6]+"' in string literal.")
		return 0, false
	}
	return rune(v), true
}

// stripBlock takes the first line break and the common indent from the text
// between ”' and ”'.
func stripBlock(s string) string {
	s = strings.TrimPrefix(s, "\r")
	s = strings.TrimPrefix(s, "\n")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	lines := strings.Split(s, "\n")
	indent := -1
	for i, line := range lines {
		rest := strings.TrimLeft(line, " \t")
		if rest == "" && i < len(lines)-1 {
			continue
		}
		if n := len(line) - len(rest); indent < 0 || n < indent {
			indent = n
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[min(max(indent, 0), len(line)):], " \t")
	}
	return strings.Join(lines, "\n")
}
