package value

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Compare orders two values as ORDER BY does: null first, false before true,
// numbers by value whatever their kind, text by Fold, ids by their characters,
// dates and times by time. Kinds that have no common order are ordered by
// kind, so that sorting is always possible.
func Compare(a, b Value) int {
	ca, cb := class(a.kind), class(b.kind)
	if ca != cb {
		return cmp.Compare(ca, cb)
	}
	switch ca {
	case classNumber:
		return compareNumbers(a, b)
	case classText:
		if a.kind == ID && b.kind == ID {
			return strings.Compare(a.s, b.s)
		}
		return CompareFold(a.s, b.s)
	case classMoment:
		return cmp.Compare(a.moment(), b.moment())
	case classBlob:
		return strings.Compare(a.s, b.s)
	default:
		return cmp.Compare(a.n, b.n)
	}
}

// Equal reports whether two values are equal as a filter of SOQL has it: null
// equals null, text without case, an id equals its 15-character form.
func Equal(a, b Value) bool {
	if (a.kind == ID || b.kind == ID) && class(a.kind) == classText && class(b.kind) == classText {
		return SameID(a.s, b.s)
	}
	return Compare(a, b) == 0
}

// Identical reports whether two values are the same to the last digit and
// letter: the test of a difference between two rows. The scale of a decimal
// does not count.
func Identical(a, b Value) bool {
	if class(a.kind) != class(b.kind) {
		return false
	}
	if class(a.kind) == classText {
		return a.s == b.s
	}
	return Compare(a, b) == 0
}

const (
	classNull = iota
	classBool
	classNumber
	classMoment
	classTime
	classText
	classBlob
)

func class(k Kind) int {
	switch k {
	case Null:
		return classNull
	case Bool:
		return classBool
	case Int, Long, Double, Decimal:
		return classNumber
	case Date, Datetime:
		return classMoment
	case Time:
		return classTime
	case Blob:
		return classBlob
	default:
		return classText
	}
}

func (v Value) moment() int64 {
	if v.kind == Date {
		return v.n * MsPerDay
	}
	return v.n
}

func compareNumbers(a, b Value) int {
	whole := func(k Kind) bool { return k == Int || k == Long }
	switch {
	case whole(a.kind) && whole(b.kind):
		return cmp.Compare(a.n, b.n)
	case a.kind == Double && b.kind == Double:
		return cmp.Compare(a.Float64(), b.Float64())
	default:
		return a.Decimal().Cmp(b.Decimal())
	}
}

// FoldRune is the letter that stands for all cases of r. ASCII letters fold to
// lower case and never meet a letter outside ASCII (the Kelvin sign is not a
// k), so that comparing with an ASCII text needs no table of Unicode; other
// letters fold to the least of their simple cases.
func FoldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if f >= utf8.RuneSelf && (f < least || least < utf8.RuneSelf) {
			least = f
		}
	}
	return least
}

// CompareFold compares texts letter by letter after FoldRune. A byte that is
// not UTF-8 counts as the replacement character.
func CompareFold[T string | []byte](a, b T) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x < utf8.RuneSelf && y < utf8.RuneSelf {
			if x != y {
				if x >= 'A' && x <= 'Z' {
					x += 'a' - 'A'
				}
				if y >= 'A' && y <= 'Z' {
					y += 'a' - 'A'
				}
				if x != y {
					return cmp.Compare(x, y)
				}
			}
			i, j = i+1, j+1
			continue
		}
		r, n := decodeRune(a[i:])
		s, m := decodeRune(b[j:])
		if r != s {
			if r, s = FoldRune(r), FoldRune(s); r != s {
				return cmp.Compare(r, s)
			}
		}
		i, j = i+n, j+m
	}
	return cmp.Compare(len(a)-i, len(b)-j)
}

func decodeRune[T string | []byte](s T) (rune, int) {
	if len(s) > utf8.UTFMax {
		s = s[:utf8.UTFMax]
	}
	return utf8.DecodeRuneInString(string(s))
}

// EqualFold reports whether two texts differ in case at most.
func EqualFold(a, b string) bool { return a == b || CompareFold(a, b) == 0 }

// Fold is the text with every letter folded: equal texts have equal folds.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return strings.Map(FoldRune, s)
		}
	}
	return s
}
