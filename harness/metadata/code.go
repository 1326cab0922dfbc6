package metadata

import (
	"bytes"
	"regexp"
)

// forTools is an annotation whose text is for code scanners; the platform
// ignores it.
var forTools = regexp.MustCompile(`(?i)(@SuppressWarnings)\s*\(\s*'[^']*'\s*\)`)

// Code reduces a body to what it does. Apex loses comments, what it tells
// code scanners, and white space outside of string literals; markup loses the white space at its ends.
func Code(kind Kind, src []byte) []byte {
	if kind != ApexClass && kind != ApexTrigger {
		return bytes.TrimSpace(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")))
	}
	out := make([]byte, 0, len(src))
	gap := false // white space or a comment since the last byte written
	for i := 0; i < len(src); {
		switch {
		case bytes.HasPrefix(src[i:], []byte("//")):
			i = skipPast(src, i, "\n")
			gap = true
		case bytes.HasPrefix(src[i:], []byte("/*")):
			i = skipPast(src, i+2, "*/")
			gap = true
		case src[i] <= ' ':
			i++
			gap = true
		default:
			if gap && len(out) > 0 && isWordByte(out[len(out)-1]) && isWordByte(src[i]) {
				out = append(out, ' ')
			}
			gap = false
			end := i + 1
			if src[i] == '\'' {
				end = literalEnd(src, i)
			}
			out = append(out, src[i:end]...)
			i = end
		}
	}
	return forTools.ReplaceAll(out, []byte("$1"))
}

func skipPast(src []byte, from int, mark string) int {
	if at := bytes.Index(src[min(from, len(src)):], []byte(mark)); at >= 0 {
		return from + at + len(mark)
	}
	return len(src)
}

// literalEnd is the offset after the string literal that begins at i.
func literalEnd(src []byte, i int) int {
	for j := i + 1; j < len(src); j++ {
		switch src[j] {
		case '\\':
			j++
		case '\'':
			return j + 1
		}
	}
	return len(src)
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
