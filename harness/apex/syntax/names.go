package syntax

import "strings"

// Names calls fn for every word of a file that may name something, as written
// and as often as it stands there: keywords too, but nothing inside comments
// and string literals. The parts of a.b.c come one by one.
//
// Whatever a compile of the file may look up is among them, so that they say
// which changes elsewhere can matter to it.
func Names(src string, fn func(word string)) {
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case nameByte(c):
			start := i
			for i < len(src) && nameByte(src[i]) {
				i++
			}
			fn(src[start:i])
		case c == '/' && i+1 < len(src) && (src[i+1] == '/' || src[i+1] == '*'):
			i = skipComment(src, i)
		case c == '\'':
			i = skipText(src, i)
		default:
			i++
		}
	}
}

// nameByte reports whether a byte may be part of a name. Digits count also in
// front: a number is a word that names nothing.
func nameByte(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

func skipComment(src string, i int) int {
	if src[i+1] == '/' {
		for i < len(src) && src[i] != '\n' && src[i] != '\r' {
			i++
		}
		return i
	}
	for i += 2; i+1 < len(src); i++ {
		if src[i] == '*' && src[i+1] == '/' {
			return i + 2
		}
	}
	return len(src)
}

// skipText passes over a string literal: to its closing quote, to the end of
// its line when it has none, or to the closing quotes of a text block.
func skipText(src string, i int) int {
	const quotes = "'''"
	block := strings.HasPrefix(src[i:], quotes)
	i++
	if block {
		i += 2
	}
	for ; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\':
			i++
		case block && c == '\'' && strings.HasPrefix(src[i:], quotes):
			return i + len(quotes)
		case !block && c == '\'':
			return i + 1
		case !block && (c == '\n' || c == '\r'):
			return i
		}
	}
	return len(src)
}
