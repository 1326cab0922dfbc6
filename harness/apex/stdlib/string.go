package stdlib

import (
	"html"
	"slices"
	"strings"
	"unicode"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var stringTable = vm.Library{
	"String.valueOf": func(t thread, _ val, a vals) val {
		if a[0].IsNull() {
			return vm.Null
		}
		return vm.Str(t.ValueOf(a[0]))
	},
	"String.valueOfGmt": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		return vm.Str(t.Text(a[0]))
	},
	"String.isBlank":    func(t thread, _ val, a vals) val { return vm.Bool(blank(a[0])) },
	"String.isNotBlank": func(t thread, _ val, a vals) val { return vm.Bool(!blank(a[0])) },
	"String.isEmpty":    func(t thread, _ val, a vals) val { return vm.Bool(a[0].Text() == "") },
	"String.isNotEmpty": func(t thread, _ val, a vals) val { return vm.Bool(a[0].Text() != "") },
	"String.join":       stringJoin,
	"String.format":     stringFormat,
	"String.escapeSingleQuotes": func(t thread, _ val, a vals) val {
		return vm.Str(strings.ReplaceAll(strings.ReplaceAll(str(t, a[0]), `\`, `\\`), `'`, `\'`))
	},
	"String.fromCharArray": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		var units []uint16
		for _, v := range a[0].List().Vals {
			if n := num(t, v); n > 0xFFFF {
				n -= 0x10000
				units = append(units, uint16(0xD800+n>>10), uint16(0xDC00+n&0x3FF))
			} else {
				units = append(units, uint16(n))
			}
		}
		return vm.Str(vm.FromUnits(units))
	},
	"String.getCommonPrefix": func(t thread, _ val, a vals) val {
		list := a[0].List()
		if list == nil || len(list.Vals) == 0 {
			return vm.Str("")
		}
		p := list.Vals[0].Text()
		for _, v := range list.Vals[1:] {
			for !strings.HasPrefix(v.Text(), p) {
				p = p[:len(p)-1]
			}
		}
		return vm.Str(p)
	},
	"String.length":   func(t thread, r val, a vals) val { return vm.Int(int64(vm.Len16(r.Text()))) },
	"String.hashCode": func(t thread, r val, a vals) val { return vm.Int(int64(vm.HashText(r.Text()))) },
	"String.toString": func(t thread, r val, a vals) val { return r },
	"String.equals": func(t thread, r val, a vals) val {
		return vm.Bool(!a[0].IsNull() && (a[0].Kind() == vm.KindString || a[0].Kind() == vm.KindID) && r.Text() == a[0].Text())
	},
	"String.equalsIgnoreCase": func(t thread, r val, a vals) val {
		return vm.Bool(!a[0].IsNull() && vm.EqualFold(r.Text(), a[0].Text()))
	},
	"String.compareTo": func(t thread, r val, a vals) val {
		x, y := vm.Units(r.Text()), vm.Units(str(t, a[0]))
		for i := 0; i < len(x) && i < len(y); i++ {
			if x[i] != y[i] {
				return vm.Int(int64(x[i]) - int64(y[i]))
			}
		}
		return vm.Int(int64(len(x) - len(y)))
	},
	"String.toLowerCase": func(t thread, r val, a vals) val {
		if turkic(a) {
			return vm.Str(strings.ToLowerSpecial(unicode.TurkishCase, r.Text()))
		}
		return vm.Str(strings.ToLower(r.Text()))
	},
	"String.toUpperCase": func(t thread, r val, a vals) val {
		if turkic(a) {
			return vm.Str(strings.ToUpperSpecial(unicode.TurkishCase, r.Text()))
		}
		return vm.Str(strings.ReplaceAll(strings.ToUpper(r.Text()), "ß", "SS"))
	},
	"String.trim": func(t thread, r val, a vals) val {
		return vm.Str(strings.TrimFunc(r.Text(), func(c rune) bool { return c <= ' ' }))
	},
	"String.capitalize": func(t thread, r val, a vals) val { return vm.Str(mapFirst(r.Text(), unicode.ToTitle)) },
	"String.uncapitalize": func(t thread, r val, a vals) val {
		return vm.Str(mapFirst(r.Text(), unicode.ToLower))
	},
	"String.swapCase": func(t thread, r val, a vals) val {
		return vm.Str(strings.Map(func(c rune) rune {
			if unicode.IsUpper(c) {
				return unicode.ToLower(c)
			}
			return unicode.ToUpper(c)
		}, r.Text()))
	},
	"String.reverse": func(t thread, r val, a vals) val {
		runes := []rune(r.Text())
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		return vm.Str(string(runes))
	},
	"String.repeat": func(t thread, r val, a vals) val {
		if len(a) == 2 {
			n := num(t, a[1])
			if n <= 0 {
				return vm.Str("")
			}
			one := str(t, a[0]) + r.Text()
			t.Reserve(int64(len(one)) * n)
			return vm.Str(r.Text() + strings.Repeat(one, int(n-1)))
		}
		n := max(0, num(t, a[0]))
		t.Reserve(int64(len(r.Text())) * n)
		return vm.Str(strings.Repeat(r.Text(), int(n)))
	},
	"String.leftPad":  func(t thread, r val, a vals) val { p := padding(t, r, a); return vm.Str(p + r.Text()) },
	"String.rightPad": func(t thread, r val, a vals) val { return vm.Str(r.Text() + padding(t, r, a)) },
	"String.center": func(t thread, r val, a vals) val {
		n := num(t, a[0]) - int64(vm.Len16(r.Text()))
		if n <= 0 {
			return r
		}
		pad := " "
		if len(a) == 2 && a[1].Text() != "" {
			pad = a[1].Text()
		}
		return vm.Str(fill(t, pad, n/2) + r.Text() + fill(t, pad, n-n/2))
	},
	"String.normalizeSpace": func(t thread, r val, a vals) val {
		return vm.Str(strings.Join(strings.Fields(r.Text()), " "))
	},
	"String.deleteWhitespace": func(t thread, r val, a vals) val {
		return vm.Str(strings.Join(strings.Fields(r.Text()), ""))
	},
	"String.abbreviate": stringAbbreviate,
	"String.charAt": func(t thread, r val, a vals) val {
		u, i := vm.Units(r.Text()), num(t, a[0])
		if i < 0 || i >= int64(len(u)) {
			t.Throwf("System.StringException", "String index out of range: %d", i)
		}
		return vm.Int(int64(u[i]))
	},
	"String.codePointAt": func(t thread, r val, a vals) val {
		s, i := r.Text(), num(t, a[0])
		if i < 0 || i >= int64(vm.Len16(s)) {
			t.Throwf("System.StringException", "String index out of range: %d", i)
		}
		for _, c := range s[vm.Offset16(s, i):] {
			return vm.Int(int64(c))
		}
		return vm.Int(0)
	},
	"String.codePointBefore": func(t thread, r val, a vals) val {
		s, i := r.Text(), num(t, a[0])
		if i < 1 || i > int64(vm.Len16(s)) {
			t.Throwf("System.StringException", "String index out of range: %d", i)
		}
		runes := []rune(s[:vm.Offset16(s, i)])
		return vm.Int(int64(runes[len(runes)-1]))
	},
	"String.codePointCount": func(t thread, r val, a vals) val {
		part, ok := vm.Slice16(r.Text(), num(t, a[0]), num(t, a[1]))
		if !ok {
			t.Throw("System.StringException", "String index out of range")
		}
		return vm.Int(int64(len([]rune(part))))
	},
	"String.offsetByCodePoints": func(t thread, r val, a vals) val {
		return vm.Int(offsetByCodePoints(t, r.Text(), num(t, a[0]), num(t, a[1])))
	},
	"String.getChars": func(t thread, r val, a vals) val {
		var out []vm.Value
		for _, u := range vm.Units(r.Text()) {
			out = append(out, vm.Int(int64(u)))
		}
		return t.IntegerList(out)
	},
	"String.escapeCsv": func(t thread, r val, a vals) val {
		if s := r.Text(); strings.ContainsAny(s, ",\"\n\r") {
			return vm.Str(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
		}
		return r
	},
	"String.unescapeCsv": func(t thread, r val, a vals) val {
		if s := r.Text(); len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' && strings.ContainsAny(s[1:len(s)-1], ",\"\n\r") {
			return vm.Str(strings.ReplaceAll(s[1:len(s)-1], `""`, `"`))
		}
		return r
	},
	"String.escapeEcmaScript":   func(t thread, r val, a vals) val { return vm.Str(escapeJava(r.Text(), `"'/`)) },
	"String.escapeJava":         func(t thread, r val, a vals) val { return vm.Str(escapeJava(r.Text(), `"`)) },
	"String.unescapeEcmaScript": func(t thread, r val, a vals) val { return vm.Str(unescapeJava(r.Text())) },
	"String.unescapeJava":       func(t thread, r val, a vals) val { return vm.Str(unescapeJava(r.Text())) },
	"String.unescapeUnicode":    func(t thread, r val, a vals) val { return vm.Str(unescapeJava(r.Text())) },
	"String.escapeUnicode": func(t thread, r val, a vals) val {
		var b strings.Builder
		for _, u := range vm.Units(r.Text()) { // printable ASCII stays
			if u >= ' ' && u < 0x7F {
				b.WriteByte(byte(u))
			} else {
				writeUnicode(&b, u)
			}
		}
		return vm.Str(b.String())
	},
	"String.escapeHtml3":   func(t thread, r val, a vals) val { return vm.Str(html3.Replace(r.Text())) },
	"String.escapeHtml4":   func(t thread, r val, a vals) val { return vm.Str(html4.Replace(r.Text())) },
	"String.unescapeHtml3": func(t thread, r val, a vals) val { return vm.Str(html.UnescapeString(r.Text())) },
	"String.unescapeHtml4": func(t thread, r val, a vals) val { return vm.Str(html.UnescapeString(r.Text())) },
	"String.escapeXml": func(t thread, r val, a vals) val {
		return vm.Str(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(r.Text()))
	},
	"String.unescapeXml": func(t thread, r val, a vals) val { return vm.Str(html.UnescapeString(r.Text())) },
	"String.stripHtmlTags": func(t thread, r val, a vals) val {
		return vm.Str(stripTags(r.Text()))
	},
	"String.getLevenshteinDistance": stringLevenshtein,
	"String.addError": func(t thread, r val, a vals) val {
		t.Throw("System.FinalException", "SObject row does not allow errors")
		return vm.Null
	},
}

func blank(v vm.Value) bool {
	return strings.TrimFunc(v.Text(), unicode.IsSpace) == ""
}

func mapFirst(s string, f func(rune) rune) string {
	for i, c := range s {
		if i == 0 {
			return string(f(c)) + s[len(string(c)):]
		}
	}
	return s
}

func fill(t *vm.Thread, pad string, n int64) string {
	t.Reserve(n)
	units := int64(vm.Len16(pad))
	full := strings.Repeat(pad, int(n/units)+1)
	out, _ := vm.Slice16(full, 0, n)
	return out
}

func padding(t *vm.Thread, r vm.Value, a []vm.Value) string {
	n := num(t, a[0]) - int64(vm.Len16(r.Text()))
	if n <= 0 {
		return ""
	}
	pad := " "
	if len(a) == 2 && a[1].Text() != "" {
		pad = a[1].Text()
	}
	return fill(t, pad, n)
}

func stringJoin(t thread, _ val, a vals) val {
	required(t, a[0], "")
	sep := a[1].Text()
	if a[1].IsNull() {
		sep = "null"
	}
	var b strings.Builder
	elements := t.Elements(a[0])
	t.Work(int64(len(elements)))
	for i, v := range elements {
		if i > 0 {
			b.WriteString(sep)
		}
		if !v.IsNull() {
			b.WriteString(t.ValueOf(v))
		}
		t.Fits(b.Len())
	}
	return vm.Str(b.String())
}

// stringFormat follows java.text.MessageFormat as far as the platform lets
// arguments be: ” is a quote, '...' is literal text, {n} an argument.
// turkic reports whether the locale given is one where i has its own capital.
func turkic(a vals) bool {
	locale := lower(arg(a, 0).Text())
	return strings.HasPrefix(locale, "tr") || strings.HasPrefix(locale, "az")
}

func stringFormat(t thread, _ val, a vals) val {
	required(t, a[0], "")
	var args []string // made text once each, in order, whether the pattern names them or not
	if !a[1].IsNull() {
		for _, v := range t.Elements(a[1]) {
			args = append(args, t.ValueOf(v))
		}
	}
	p := a[0].Text()
	var b strings.Builder
	quoted := false
	for i := 0; i < len(p); i++ {
		t.Fits(b.Len())
		c := p[i]
		switch {
		case c == '\'':
			if i+1 < len(p) && p[i+1] == '\'' {
				b.WriteByte('\'')
				i++
				continue
			}
			quoted = !quoted
		case c == '{' && !quoted:
			end := strings.IndexByte(p[i:], '}')
			if end < 0 {
				t.Throw("System.StringException", "Unmatched braces in the pattern.")
			}
			b.WriteString(formatArgument(t, p[i+1:i+end], args))
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return vm.Str(b.String())
}

func formatArgument(t *vm.Thread, spec string, args []string) string {
	name, _, _ := strings.Cut(spec, ",")
	n := 0
	name = strings.TrimSpace(name)
	for _, c := range name {
		if c < '0' || c > '9' || n > 1e6 {
			t.Throwf("System.StringException", "can't parse argument number: %s", spec)
		}
		n = n*10 + int(c-'0')
	}
	switch {
	case name == "":
		t.Throwf("System.StringException", "can't parse argument number: %s", spec)
		return ""
	case n >= len(args):
		return "{" + name + "}"
	default:
		return args[n]
	}
}

func stringAbbreviate(t thread, r val, a vals) val {
	u, width := vm.Units(r.Text()), num(t, a[0])
	if width < 4 {
		t.Throw("System.StringException", "Minimum abbreviation width is 4")
	}
	n := int64(len(u))
	if n <= width {
		return r
	}
	offset := min(num(t, orInt(arg(a, 1))), n)
	if n-offset < width-3 {
		offset = n - (width - 3)
	}
	if offset <= 4 {
		return vm.Str(vm.FromUnits(u[:width-3]) + "...")
	}
	if width < 7 {
		t.Throw("System.StringException", "Minimum abbreviation width with offset is 7")
	}
	if offset+width-3 < n {
		return vm.Str("..." + vm.FromUnits(u[offset:offset+width-6]) + "...")
	}
	return vm.Str("..." + vm.FromUnits(u[n-(width-3):]))
}

func orInt(v vm.Value) vm.Value {
	if v.IsNull() {
		return vm.Int(0)
	}
	return v
}

func stringLevenshtein(t thread, r val, a vals) val {
	x, y := vm.Units(r.Text()), vm.Units(str(t, a[0]))
	t.Work(int64(len(x)) * int64(len(y)))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		prev := row[0]
		row[0] = i + 1
		for j := range y {
			cost := prev
			if x[i] != y[j] {
				cost = 1 + min(prev, row[j], row[j+1])
			}
			prev, row[j+1] = row[j+1], cost
		}
	}
	d := int64(row[len(y)])
	if len(a) == 2 && d > num(t, a[1]) {
		d = -1
	}
	return vm.Int(d)
}

// offsetByCodePoints is the index that is so many code points away from another;
// before it for a negative number.
func offsetByCodePoints(t *vm.Thread, s string, index, by int64) int64 {
	if index < 0 || index > int64(vm.Len16(s)) {
		t.Throwf("System.StringException", "String index out of range: %d", index)
	}
	at := vm.Offset16(s, index)
	runes, sign := []rune(s[at:]), int64(1)
	if by < 0 {
		runes, sign = []rune(s[:at]), -1
		slices.Reverse(runes)
	}
	if by *= sign; by > int64(len(runes)) {
		t.Throwf("System.StringException", "String index out of range: %d", index+sign*by)
	}
	return index + sign*int64(vm.Len16(string(runes[:by])))
}
