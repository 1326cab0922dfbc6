package vm

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Strings are UTF-8 inside and UTF-16 to the program. Nearly all are ASCII,
// where the two count alike; the functions below look first.

func isASCII(s string) bool {
	for len(s) >= 8 {
		if *(*uint64)(unsafe.Pointer(unsafe.StringData(s)))&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// What a String's Value knows of its text in the field that holds the scale of
// a Decimal, so that it is looked at once.
const (
	unseen = iota
	plain  // ASCII only: bytes are UTF-16 units
	mixed
)

// classify notes whether a String is plain, and reports it.
func (v *Value) classify() bool {
	if v.s == unseen {
		v.s = mixed
		if isASCII(v.Text()) {
			v.s = plain
		}
	}
	return v.s == plain
}

// Len16 is the length of s in UTF-16 units.
func Len16(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); {
		r, size := decodeWTF(s[i:])
		n++
		if r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}

// decodeWTF decodes a rune and lets the three bytes of a lone surrogate
// through, so that half a pair survives in a string.
func decodeWTF(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 {
		return rune(s[0]&0xF)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}

// Units is s as UTF-16.
func Units(s string) []uint16 {
	out := make([]uint16, 0, len(s))
	for i := 0; i < len(s); {
		r, size := decodeWTF(s[i:])
		i += size
		if r > 0xFFFF {
			r -= 0x10000
			out = append(out, uint16(0xD800+(r>>10)), uint16(0xDC00+(r&0x3FF)))
			continue
		}
		out = append(out, uint16(r))
	}
	return out
}

// FromUnits is the string of UTF-16 units; a lone surrogate keeps its value.
func FromUnits(units []uint16) string {
	b := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		u := rune(units[i])
		switch {
		case u >= 0xD800 && u < 0xDC00 && i+1 < len(units) && units[i+1] >= 0xDC00 && units[i+1] < 0xE000:
			b = utf8.AppendRune(b, 0x10000+(u-0xD800)<<10+rune(units[i+1])-0xDC00)
			i++
		case u >= 0xD800 && u < 0xE000:
			b = append(b, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0xBF, 0x80|byte(u)&0xBF)
		default:
			b = utf8.AppendRune(b, u)
		}
	}
	return string(b)
}

// Slice16 is s from unit begin to end; ok is false when they are outside s.
func Slice16(s string, begin, end int64) (string, bool) {
	if begin < 0 || end < begin || end > int64(len(s)) {
		return "", false
	}
	if isASCII(s) {
		return s[begin:end], true
	}
	u := Units(s)
	if end > int64(len(u)) {
		return "", false
	}
	return FromUnits(u[begin:end]), true
}

// Index16 turns a byte offset in s into an index of UTF-16 units; -1 stays.
func Index16(s string, byteOffset int) int64 {
	if byteOffset < 0 {
		return -1
	}
	return int64(Len16(s[:byteOffset]))
}

// Offset16 turns an index of UTF-16 units into a byte offset, clamped to s.
func Offset16(s string, index int64) int {
	if index <= 0 {
		return 0
	}
	if isASCII(s) {
		return int(min(index, int64(len(s))))
	}
	n := int64(0)
	for i := 0; i < len(s); {
		if n >= index {
			return i
		}
		r, size := decodeWTF(s[i:])
		n++
		if r > 0xFFFF {
			n++
		}
		i += size
	}
	return len(s)
}

// appendFrom is the length from which concatenation keeps spare room behind
// the result, so that text built piece by piece is not copied each time.
const appendFrom = 256

// concat joins two strings. Text that was the last result of a concatenation
// is grown in place when it has room: bytes after its end belong to nobody
// else, and a longer string shares the prefix.
func (t *Thread) concat(a, b string) string {
	if len(b) == 0 {
		return a
	}
	n := len(a) + len(b)
	if n < appendFrom {
		t.Grow(int64(n))
		return a + b
	}
	if len(a) == len(t.tail) && len(a) > 0 && unsafe.StringData(a) == unsafe.SliceData(t.tail) && cap(t.tail) >= n {
		t.Fits(n)
		t.Grow(int64(len(b)))
		t.tail = append(t.tail, b...)
		return unsafe.String(unsafe.SliceData(t.tail), n)
	}
	t.Reserve(int64(n))
	buf := make([]byte, n, n*2)
	copy(buf, a)
	copy(buf[len(a):], b)
	t.tail = buf
	return unsafe.String(unsafe.SliceData(buf), n)
}

// part is a value as part of a concatenation: a text, or an Integer or Long that
// join writes.
func (t *Thread) part(v Value) Value {
	switch v.k {
	case KindString, KindID, KindInteger, KindLong:
		return v
	}
	return Str(t.Text(v))
}

// join makes one text of parts.
func (t *Thread) join(parts []Value) Value {
	if first := parts[0]; first.k == KindString && first.n >= appendFrom {
		s := first.Text()
		for _, p := range parts[1:] {
			s = t.concat(s, t.Text(p))
		}
		return Str(s)
	}
	ascii := int32(plain)
	total := 0
	for _, p := range parts {
		if p.k == KindInteger || p.k == KindLong {
			total += digits(p.n)
			continue
		}
		total += int(p.n)
		if p.k == KindString && p.s != plain {
			ascii = unseen
		}
	}
	t.Fits(total)
	t.Grow(int64(total))
	buf := make([]byte, 0, total)
	for _, p := range parts {
		if p.k == KindInteger || p.k == KindLong {
			buf = strconv.AppendInt(buf, p.n, 10)
			continue
		}
		buf = append(buf, p.Text()...)
	}
	v := Str(unsafe.String(unsafe.SliceData(buf), len(buf)))
	v.s = ascii
	return v
}

// digits is how many bytes a whole number is in text.
func digits(n int64) int {
	size := 1
	if n < 0 {
		size, n = 2, -n
	}
	for u := uint64(n); u >= 10; u /= 10 {
		size++
	}
	return size
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// CompareText is the order of strings that < and sort use: UTF-16 units,
// upper case before lower.
func CompareText(a, b string) int {
	if isASCII(a) && isASCII(b) {
		return strings.Compare(a, b)
	}
	x, y := Units(a), Units(b)
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] != y[i] {
			return cmp.Compare(x[i], y[i])
		}
	}
	return cmp.Compare(len(x), len(y))
}

// EqualFold is == of strings: without regard to case.
func EqualFold(a, b string) bool {
	if len(a) == len(b) && a == b {
		return true
	}
	return strings.EqualFold(a, b)
}

// HashText is String.hashCode, as Java computes it.
func HashText(s string) int32 {
	var h int32
	if isASCII(s) {
		for i := 0; i < len(s); i++ {
			h = h*31 + int32(s[i])
		}
		return h
	}
	for _, u := range Units(s) {
		h = h*31 + int32(u)
	}
	return h
}
