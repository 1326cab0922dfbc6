package javaregex

import "unicode/utf8"

// Texts are UTF-8 in which a lone surrogate keeps its three bytes, as strings
// of Apex are held.

// decode reads the character at the start of s.
func decode(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 {
		return rune(s[0]&0xF)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

// decodeLast reads the character at the end of s.
func decodeLast(s string) (rune, int) {
	n := len(s)
	if s[n-1] < utf8.RuneSelf {
		return rune(s[n-1]), 1
	}
	r, size := utf8.DecodeLastRuneInString(s)
	if r == utf8.RuneError && size == 1 && n >= 3 && s[n-3] == 0xED && s[n-2] >= 0xA0 {
		return decode(s[n-3:])
	}
	return r, size
}

// appendRune writes a character, a lone surrogate in its three bytes.
func appendRune(b []byte, r rune) []byte {
	if r >= 0xD800 && r < 0xE000 {
		return append(b, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0xBF, 0x80|byte(r)&0xBF)
	}
	return utf8.AppendRune(b, r)
}

// runesOf takes a text apart into its characters.
func runesOf(s string) []rune {
	out := make([]rune, 0, len(s))
	for len(s) > 0 {
		r, n := decode(s)
		out = append(out, r)
		s = s[n:]
	}
	return out
}
