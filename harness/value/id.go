package value

import (
	"errors"
	"fmt"
	"strings"
)

// checksumAlphabet spells the three checksum characters of an id
// (system-fields.md, section 1).
const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// base62 is the digit order of the counter in an id.
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// ErrInvalidID is the error of NewID under its text.
var ErrInvalidID = errors.New("invalid id")

// NewID checks an id of 15 or 18 characters and gives its 18-character form.
// The checksum of 18 characters may be in any case, as systems that do not
// keep case write it; it also repairs the case of the other fifteen.
func NewID(s string) (string, error) {
	bad := func() (string, error) { return "", fmt.Errorf("read id %q: %w", clip(s), ErrInvalidID) }
	if len(s) != 15 && len(s) != 18 {
		return bad()
	}
	for i := 0; i < len(s); i++ {
		if base62Value(s[i]) < 0 {
			return bad()
		}
	}
	if len(s) == 15 {
		return s + Checksum(s), nil
	}
	if Checksum(s[:15]) == s[15:] {
		return s, nil
	}
	if repaired, ok := repairCase(s); ok {
		return repaired, nil
	}
	return bad()
}

// repairCase gives the fifteen characters the case that the checksum tells.
// The checksum can not be right for a digit that it says is upper case.
func repairCase(s string) (string, bool) {
	check := strings.ToUpper(s[15:])
	id := []byte(s[:15])
	for g := range 3 {
		b := strings.IndexByte(checksumAlphabet, check[g])
		if b < 0 {
			return "", false
		}
		for i := range 5 {
			c := &id[g*5+i]
			upper := b>>i&1 == 1
			switch isLetter := *c|0x20 >= 'a' && *c|0x20 <= 'z'; {
			case !isLetter && upper:
				return "", false
			case isLetter && upper:
				*c &^= 0x20
			case isLetter:
				*c |= 0x20
			}
		}
	}
	return string(id) + check, true
}

// Checksum is the three characters that follow an id of fifteen.
func Checksum(id15 string) string {
	var out [3]byte
	for g := range 3 {
		b := 0
		for i := range 5 {
			if at := g*5 + i; at < len(id15) && id15[at] >= 'A' && id15[at] <= 'Z' {
				b |= 1 << i
			}
		}
		out[g] = checksumAlphabet[b]
	}
	return string(out[:])
}

// SameID reports whether two ids of 15 or 18 characters name the same record.
// An id whose last three characters are no checksum, as tests make them up, is
// only the same as itself.
func SameID(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := NewID(a)
	y, errY := NewID(b)
	return errX == nil && errY == nil && x == y
}

// MakeID writes the id of the n-th record: a key prefix of three characters,
// three of the instance, the counter in base 62.
func MakeID(prefix, instance string, n uint64) string {
	var b [18]byte
	copy(b[:], prefix)
	copy(b[3:], instance)
	for i := 14; i >= 6; i-- {
		b[i] = base62[n%62]
		n /= 62
	}
	copy(b[15:], Checksum(string(b[:15])))
	return string(b[:])
}

// IDCounter is the counter of an id that MakeID could have written, 0 for any
// other text.
func IDCounter(id string) uint64 {
	if len(id) < 15 {
		return 0
	}
	var n uint64
	for i := 6; i < 15; i++ {
		v := base62Value(id[i])
		if v < 0 {
			return 0
		}
		n = n*62 + uint64(v)
	}
	return n
}

// Prefix62 is the n-th two-digit base-62 key prefix that begins with a letter:
// a00, a01 … a09, a0A … (system-fields.md, key prefixes).
func Prefix62(letter byte, n int) string {
	return string([]byte{letter, base62[n/62%62], base62[n%62]})
}

func base62Value(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 36
	default:
		return -1
	}
}
