package stdlib

import (
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var stringSearchTable = vm.Library{
	"String.contains":   func(t thread, r val, a vals) val { return vm.Bool(strings.Contains(r.Text(), str(t, a[0]))) },
	"String.startsWith": func(t thread, r val, a vals) val { return vm.Bool(strings.HasPrefix(r.Text(), str(t, a[0]))) },
	"String.endsWith":   func(t thread, r val, a vals) val { return vm.Bool(strings.HasSuffix(r.Text(), str(t, a[0]))) },
	"String.containsIgnoreCase": func(t thread, r val, a vals) val {
		return vm.Bool(strings.Contains(lower(r.Text()), lower(str(t, a[0]))))
	},
	"String.startsWithIgnoreCase": func(t thread, r val, a vals) val {
		return vm.Bool(strings.HasPrefix(lower(r.Text()), lower(str(t, a[0]))))
	},
	"String.endsWithIgnoreCase": func(t thread, r val, a vals) val {
		return vm.Bool(strings.HasSuffix(lower(r.Text()), lower(str(t, a[0]))))
	},
	"String.containsAny": func(t thread, r val, a vals) val { return vm.Bool(strings.ContainsAny(r.Text(), str(t, a[0]))) },
	"String.containsNone": func(t thread, r val, a vals) val {
		return vm.Bool(a[0].IsNull() || !strings.ContainsAny(r.Text(), a[0].Text()))
	},
	"String.containsOnly": func(t thread, r val, a vals) val {
		set := str(t, a[0])
		return vm.Bool(every(r.Text(), func(c rune) bool { return strings.ContainsRune(set, c) }))
	},
	"String.containsWhitespace": func(t thread, r val, a vals) val {
		return vm.Bool(strings.IndexFunc(r.Text(), unicode.IsSpace) >= 0)
	},
	"String.countMatches": func(t thread, r val, a vals) val {
		sub := str(t, a[0])
		if sub == "" {
			return vm.Int(0)
		}
		return vm.Int(int64(strings.Count(r.Text(), sub)))
	},
	"String.difference": func(t thread, r val, a vals) val {
		x, y := vm.Units(r.Text()), vm.Units(str(t, a[0]))
		return vm.Str(vm.FromUnits(y[differAt(x, y):]))
	},
	"String.indexOfDifference": func(t thread, r val, a vals) val {
		x, y := vm.Units(r.Text()), vm.Units(str(t, a[0]))
		if n := differAt(x, y); n < len(x) || n < len(y) {
			return vm.Int(int64(n))
		}
		return vm.Int(-1)
	},
	"String.indexOf":           func(t thread, r val, a vals) val { return index(r.Text(), str(t, a[0]), arg(a, 1)) },
	"String.indexOfIgnoreCase": func(t thread, r val, a vals) val { return index(lower(r.Text()), lower(str(t, a[0])), arg(a, 1)) },
	"String.lastIndexOf":       func(t thread, r val, a vals) val { return lastIndex(r.Text(), str(t, a[0]), arg(a, 1)) },
	"String.lastIndexOfIgnoreCase": func(t thread, r val, a vals) val {
		return lastIndex(lower(r.Text()), lower(str(t, a[0])), arg(a, 1))
	},
	"String.indexOfChar": func(t thread, r val, a vals) val {
		return index(r.Text(), string(rune(num(t, a[0]))), arg(a, 1))
	},
	"String.lastIndexOfChar": func(t thread, r val, a vals) val {
		return lastIndex(r.Text(), string(rune(num(t, a[0]))), arg(a, 1))
	},
	"String.indexOfAny": func(t thread, r val, a vals) val {
		return vm.Int(vm.Index16(r.Text(), strings.IndexAny(r.Text(), str(t, a[0]))))
	},
	"String.indexOfAnyBut": func(t thread, r val, a vals) val {
		set := str(t, a[0])
		return vm.Int(vm.Index16(r.Text(), strings.IndexFunc(r.Text(), func(c rune) bool { return !strings.ContainsRune(set, c) })))
	},
	"String.isAllLowerCase":      all(unicode.IsLower, false),
	"String.isAllUpperCase":      all(unicode.IsUpper, false),
	"String.isAlpha":             all(unicode.IsLetter, false),
	"String.isAlphaSpace":        all(func(c rune) bool { return unicode.IsLetter(c) || c == ' ' }, true),
	"String.isAlphanumeric":      all(func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }, false),
	"String.isAlphanumericSpace": all(func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == ' ' }, true),
	"String.isAsciiPrintable":    all(func(c rune) bool { return c >= 32 && c < 127 }, true),
	"String.isNumeric":           all(unicode.IsDigit, false),
	"String.isNumericSpace":      all(func(c rune) bool { return unicode.IsDigit(c) || c == ' ' }, true),
	"String.isWhitespace":        all(unicode.IsSpace, true),
	"String.left": func(t thread, r val, a vals) val {
		n := max(0, min(num(t, a[0]), int64(vm.Len16(r.Text()))))
		return slice(t, r.Text(), 0, n)
	},
	"String.right": func(t thread, r val, a vals) val {
		size := int64(vm.Len16(r.Text()))
		n := max(0, min(num(t, a[0]), size))
		return slice(t, r.Text(), size-n, size)
	},
	"String.mid": func(t thread, r val, a vals) val {
		size, start, n := int64(vm.Len16(r.Text())), max(0, num(t, a[0])), num(t, a[1])
		if n < 0 || start > size {
			return vm.Str("")
		}
		return slice(t, r.Text(), start, min(size, start+n))
	},
	"String.substring": func(t thread, r val, a vals) val {
		begin, end := num(t, a[0]), int64(vm.Len16(r.Text()))
		if len(a) == 2 {
			end = num(t, a[1])
		}
		return slice(t, r.Text(), begin, end)
	},
	"String.substringBefore": func(t thread, r val, a vals) val {
		if i := strings.Index(r.Text(), a[0].Text()); i >= 0 && !a[0].IsNull() {
			return vm.Str(r.Text()[:i])
		}
		return r
	},
	"String.substringBeforeLast": func(t thread, r val, a vals) val {
		if i := strings.LastIndex(r.Text(), a[0].Text()); i >= 0 && a[0].Text() != "" {
			return vm.Str(r.Text()[:i])
		}
		return r
	},
	"String.substringAfter": func(t thread, r val, a vals) val {
		sep := a[0].Text()
		if i := strings.Index(r.Text(), sep); i >= 0 && !a[0].IsNull() {
			return vm.Str(r.Text()[i+len(sep):])
		}
		return vm.Str("")
	},
	"String.substringAfterLast": func(t thread, r val, a vals) val {
		sep := a[0].Text()
		if i := strings.LastIndex(r.Text(), sep); i >= 0 && sep != "" {
			return vm.Str(r.Text()[i+len(sep):])
		}
		return vm.Str("")
	},
	"String.substringBetween": func(t thread, r val, a vals) val {
		open := str(t, a[0])
		end := open
		if len(a) == 2 {
			end = str(t, a[1])
		}
		_, rest, ok := strings.Cut(r.Text(), open)
		if !ok {
			return vm.Null
		}
		in, _, ok := strings.Cut(rest, end)
		if !ok {
			return vm.Null
		}
		return vm.Str(in)
	},
	"String.remove": func(t thread, r val, a vals) val { return vm.Str(strings.ReplaceAll(r.Text(), str(t, a[0]), "")) },
	"String.removeEnd": func(t thread, r val, a vals) val {
		return vm.Str(strings.TrimSuffix(r.Text(), a[0].Text()))
	},
	"String.removeStart": func(t thread, r val, a vals) val {
		return vm.Str(strings.TrimPrefix(r.Text(), a[0].Text()))
	},
	"String.removeEndIgnoreCase": func(t thread, r val, a vals) val {
		if s := r.Text(); strings.HasSuffix(lower(s), lower(a[0].Text())) {
			return vm.Str(s[:len(s)-len(a[0].Text())])
		}
		return r
	},
	"String.removeStartIgnoreCase": func(t thread, r val, a vals) val {
		if s := r.Text(); strings.HasPrefix(lower(s), lower(a[0].Text())) {
			return vm.Str(s[len(a[0].Text()):])
		}
		return r
	},
	"String.replace": func(t thread, r val, a vals) val {
		s, from, to := r.Text(), str(t, a[0]), str(t, a[1])
		t.Reserve(int64(len(s) + strings.Count(s, from)*len(to)))
		return vm.Str(strings.ReplaceAll(s, from, to))
	},
	"String.splitByCharacterType":          func(t thread, r val, a vals) val { return t.StringList(splitByType(r.Text(), false)) },
	"String.splitByCharacterTypeCamelCase": func(t thread, r val, a vals) val { return t.StringList(splitByType(r.Text(), true)) },
}

func lower(s string) string { return strings.ToLower(s) }

func slice(t *vm.Thread, s string, begin, end int64) vm.Value {
	out, ok := vm.Slice16(s, begin, end)
	switch {
	case ok:
	case begin < 0 || begin > int64(vm.Len16(s)):
		t.Throwf("System.StringException", "Starting position out of bounds: %d", begin)
	case end < begin:
		t.Throwf("System.StringException", "Ending position out of bounds: %d", end-begin)
	default:
		t.Throwf("System.StringException", "Ending position out of bounds: %d", end)
	}
	return vm.Str(out)
}

func index(s, sub string, from vm.Value) vm.Value {
	start := 0
	if !from.IsNull() {
		start = vm.Offset16(s, from.Int())
	}
	i := strings.Index(s[start:], sub)
	if i < 0 {
		return vm.Int(-1)
	}
	return vm.Int(vm.Index16(s, start+i))
}

func lastIndex(s, sub string, until vm.Value) vm.Value {
	part := s
	if !until.IsNull() {
		if until.Int() < 0 {
			return vm.Int(-1)
		}
		part = s[:min(len(s), vm.Offset16(s, until.Int())+len(sub))]
	}
	return vm.Int(vm.Index16(s, strings.LastIndex(part, sub)))
}

func every(s string, f func(rune) bool) bool {
	for _, c := range s {
		if !f(c) {
			return false
		}
	}
	return true
}

func all(f func(rune) bool, empty bool) vm.Func {
	return func(_ thread, r val, _ vals) val {
		if r.Text() == "" {
			return vm.Bool(empty)
		}
		return vm.Bool(every(r.Text(), f))
	}
}

func differAt(x, y []uint16) int {
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// splitByType follows the character classes of java.lang.Character.getType;
// with camel an upper-case letter belongs to the lower-case run after it.
func splitByType(s string, camel bool) []string {
	class := func(c rune) int {
		switch {
		case unicode.IsUpper(c):
			return 1
		case unicode.IsLower(c):
			return 2
		case unicode.IsDigit(c):
			return 3
		case unicode.IsSpace(c):
			return 4
		default:
			return 5 + int(c)%7
		}
	}
	var out []string
	runes := []rune(s)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && class(runes[i]) == class(runes[i-1]) {
			continue
		}
		if camel && i < len(runes) && class(runes[i]) == 2 && class(runes[i-1]) == 1 {
			if i-1 > start {
				out = append(out, string(runes[start:i-1]))
				start = i - 1
			}
			continue
		}
		if i > start {
			out = append(out, string(runes[start:i]))
		}
		start = i
	}
	return out
}
