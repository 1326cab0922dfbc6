package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokNumber
	tokString
	tokName // path of identifiers: "A.B__r.C", "$User.Id"
	tokOp
	tokOpen
	tokClose
	tokComma
	tokBad // text says what is wrong
)

type token struct {
	kind     tokenKind
	text     string
	pos, end int
}

// lexer turns a formula into tokens. White space and comments separate tokens
// and mean nothing else.
type lexer struct {
	src string
	at  int
}

func (l *lexer) next() token {
	l.skip()
	start := l.at
	if start >= len(l.src) {
		return token{tokEOF, "", start, start}
	}
	switch c := l.src[start]; {
	case c == '"' || c == '\'':
		return l.text(c)
	case isDigit(c) || c == '.' && start+1 < len(l.src) && isDigit(l.src[start+1]):
		return l.number()
	case c == '(':
		return l.take(tokOpen, 1)
	case c == ')':
		return l.take(tokClose, 1)
	case c == ',':
		return l.take(tokComma, 1)
	case c == '{':
		return l.resource()
	}
	if n := identifier(l.src[start:], true); n > 0 {
		return l.path(n)
	}
	for _, op := range operators {
		if strings.HasPrefix(l.src[start:], op) {
			return l.take(tokOp, len(op))
		}
	}
	_, n := utf8.DecodeRuneInString(l.src[start:])
	return l.take(tokBad, n)
}

// operators, longer ones before their beginnings.
var operators = []string{"&&", "||", "<>", "!=", "<=", ">=", "==", "=", "<", ">", "+", "-", "*", "/", "^", "&", "!"}

func (l *lexer) take(kind tokenKind, n int) token {
	t := token{kind, l.src[l.at : l.at+n], l.at, l.at + n}
	l.at += n
	return t
}

func (l *lexer) skip() {
	for l.at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.at:])
		switch {
		case unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B':
			l.at += n
		case strings.HasPrefix(l.src[l.at:], "/*"):
			end := strings.Index(l.src[l.at+2:], "*/")
			if end < 0 {
				l.at = len(l.src)
				return
			}
			l.at += end + 4
		default:
			return
		}
	}
}

// text reads a quoted text. A backslash stands before a quote, a backslash or
// one of n, r, t; before anything else it stands for itself.
func (l *lexer) text(quote byte) token {
	start := l.at
	i := start + 1
	plain := i
	var b strings.Builder
	for i < len(l.src) {
		switch c := l.src[i]; {
		case c == quote:
			b.WriteString(l.src[plain:i])
			l.at = i + 1
			return token{tokString, b.String(), start, l.at}
		case c == '\\' && i+1 < len(l.src):
			if e, ok := escapes[l.src[i+1]]; ok {
				b.WriteString(l.src[plain:i])
				b.WriteByte(e)
				plain = i + 2
			}
			i += 2
		default:
			i++
		}
	}
	l.at = len(l.src)
	return token{tokBad, l.src[start : start+1], start, l.at}
}

var escapes = map[byte]byte{'"': '"', '\'': '\'', '\\': '\\', 'n': '\n', 'r': '\r', 't': '\t'}

func (l *lexer) number() token {
	i := l.at
	for i < len(l.src) && isDigit(l.src[i]) {
		i++
	}
	if i < len(l.src) && l.src[i] == '.' {
		i++
		for i < len(l.src) && isDigit(l.src[i]) {
			i++
		}
	}
	return l.take(tokNumber, i-l.at)
}

// path reads names joined by points. A polymorphic lookup may name the object
// it is to be read as: Owner:User.Name.
func (l *lexer) path(n int) token {
	i := l.at + n
	for i < len(l.src) && (l.src[i] == '.' || l.src[i] == ':') {
		m := identifier(l.src[i+1:], false)
		if m == 0 {
			break
		}
		i += 1 + m
	}
	return l.take(tokName, i-l.at)
}

// resource reads {!path}, the way flows name their resources.
func (l *lexer) resource() token {
	start := l.at
	end := strings.IndexByte(l.src[start:], '}')
	if end < 0 || !strings.HasPrefix(l.src[start:], "{!") {
		return l.take(tokBad, 1)
	}
	name := strings.TrimSpace(l.src[start+2 : start+end])
	inner := lexer{src: name}
	t := inner.next()
	if t.kind != tokName || t.end != len(name) {
		return l.take(tokBad, 1)
	}
	l.at = start + end + 1
	return token{tokName, name, start, l.at}
}

// identifier is the length of the name at the front of s.
func identifier(s string, global bool) int {
	i := 0
	if global && strings.HasPrefix(s, "$") {
		i = 1
	}
	first := i
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		letter := r == '_' || unicode.IsLetter(r)
		if !letter && (i == first && global || !unicode.IsDigit(r)) {
			break
		}
		i += n
	}
	if i == first {
		return 0
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
