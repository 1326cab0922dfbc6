package formula

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// textFunctions read and change texts. Positions and lengths count UTF-16
// units, as Java does.
var textFunctions = []function{
	{name: "LEN", takes: "T", returns: Number, blanks: true, f1: func(_ *frame, a value.Value) (value.Value, error) {
		return whole(int64(length(a.Text()))), nil
	}},
	{name: "LEFT", takes: "T N", returns: Text, f2: func(_ *frame, a, n value.Value) (value.Value, error) {
		return text(cut(a.Text(), 0, clamp(n))), nil
	}},
	{name: "RIGHT", takes: "T N", returns: Text, f2: func(_ *frame, a, n value.Value) (value.Value, error) {
		size := length(a.Text())
		return text(cut(a.Text(), size-clamp(n), size)), nil
	}},
	{name: "MID", takes: "T N N", returns: Text, f3: func(_ *frame, a, start, n value.Value) (value.Value, error) {
		from := max(clamp(start)-1, 0)
		return text(cut(a.Text(), from, from+clamp(n))), nil
	}},
	{name: "SUBSTR", takes: "T N N?", returns: Text, fn: substr},
	{name: "FIND", takes: "T T N?", returns: Number, blanks: true, fn: find},
	{name: "SUBSTITUTE", takes: "T T T", returns: Text, blanks: true, f3: substitute},
	{name: "CONTAINS", takes: "T T", returns: Boolean, blanks: true, f2: func(_ *frame, a, b value.Value) (value.Value, error) {
		return value.OfBool(strings.Contains(a.Text(), b.Text())), nil
	}},
	{name: "BEGINS", takes: "T T", returns: Boolean, blanks: true, f2: func(_ *frame, a, b value.Value) (value.Value, error) {
		return value.OfBool(strings.HasPrefix(a.Text(), b.Text())), nil
	}},
	{name: "TRIM", takes: "T", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		return text(strings.TrimSpace(a.Text())), nil
	}},
	{name: "UPPER", takes: "T T?", returns: Text, blanks: true, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		return text(upper(a[0].Text(), turkish(a))), nil
	}},
	{name: "LOWER", takes: "T T?", returns: Text, blanks: true, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		return text(lower(a[0].Text(), turkish(a))), nil
	}},
	{name: "INITCAP", takes: "T", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		return text(initCap(a.Text())), nil
	}},
	{name: "REVERSE", takes: "T", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		r := []rune(a.Text())
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
		return text(string(r)), nil
	}},
	{name: "LPAD", takes: "T N T?", returns: Text, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		fill, rest := padding(a)
		return text(fill + rest), nil
	}},
	{name: "RPAD", takes: "T N T?", returns: Text, fn: func(_ *frame, a []value.Value) (value.Value, error) {
		fill, rest := padding(a)
		return text(rest + fill), nil
	}},
	{name: "ASCII", takes: "T", returns: Number, f1: func(_ *frame, a value.Value) (value.Value, error) {
		r, _ := utf8.DecodeRuneInString(a.Text())
		return whole(int64(r)), nil
	}},
	{name: "CHR", takes: "N", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		n, ok := a.Decimal().Int64()
		if !ok || n < 0 || n > unicode.MaxRune {
			return null, errDomain
		}
		return text(string(rune(n))), nil
	}},
	{name: "BR", takes: "", returns: Text, fn: func(*frame, []value.Value) (value.Value, error) {
		return value.OfText("\n"), nil
	}},
	{name: "TEXT", takes: "TNDMHPU", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		return text(toText(a)), nil
	}},
	{name: "VALUE", takes: "T", returns: Number, f1: func(_ *frame, a value.Value) (value.Value, error) {
		d, ok := parseNumber(strings.TrimSpace(a.Text()))
		if !ok {
			return null, errDomain
		}
		return number(d), nil
	}},
	{name: "REGEX", takes: "T T", returns: Boolean, blanks: true, bind: bindRegex},
	{name: "LIKE", takes: "T T", returns: Boolean, blanks: true, f2: func(_ *frame, a, b value.Value) (value.Value, error) {
		return value.OfBool(like(a.Text(), b.Text())), nil
	}},
	{name: "JSONVALUE", takes: "T T", returns: Text, f2: jsonValue},
	{name: "CASESAFEID", takes: "T", returns: Text, f1: func(_ *frame, a value.Value) (value.Value, error) {
		id, err := value.NewID(a.Text())
		if err != nil {
			return a, nil
		}
		return value.OfText(id), nil
	}},
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// length is the number of UTF-16 units.
func length(s string) int {
	if ascii(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut is the part from one place to another; places outside the text are
// brought to its ends.
func cut(s string, from, to int) string {
	size := length(s)
	from, to = max(from, 0), min(to, size)
	switch {
	case from >= to:
		return ""
	case ascii(s):
		return s[from:to]
	default:
		return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
	}
}

// clamp is a number as a place in a text.
func clamp(v value.Value) int {
	n, ok := v.Decimal().Int64()
	const far = 1 << 30
	if !ok {
		n = int64(v.Decimal().Sign()) * far
	}
	return int(max(-far, min(far, n)))
}

// substr counts from 1, and from the end for a negative start.
func substr(_ *frame, a []value.Value) (value.Value, error) {
	s := a[0].Text()
	size, from := length(s), clamp(a[1])
	switch {
	case from > 0:
		from--
	case from < 0:
		from += size
	}
	if from < 0 {
		return null, nil
	}
	n := size
	if len(a) == 3 {
		n = clamp(a[2])
	}
	return text(cut(s, from, from+n)), nil
}

// find is the place of the first occurrence, from 1; 0 when there is none.
func find(_ *frame, a []value.Value) (value.Value, error) {
	what, in := a[0].Text(), a[1].Text()
	start := 1
	if len(a) == 3 {
		if a[2].IsNull() {
			return null, nil
		}
		start = max(clamp(a[2]), 1)
	}
	if what == "" || in == "" {
		return whole(0), nil
	}
	rest := cut(in, start-1, length(in))
	i := strings.Index(rest, what)
	if i < 0 {
		return whole(0), nil
	}
	return whole(int64(start + length(rest[:i]))), nil
}

func substitute(_ *frame, a, from, to value.Value) (value.Value, error) {
	if a.IsNull() || from.IsNull() {
		return null, nil
	}
	return text(strings.ReplaceAll(a.Text(), from.Text(), to.Text())), nil
}

// padding is what fills a text up to a length, and the text cut to it.
func padding(a []value.Value) (fill, rest string) {
	s, want := a[0].Text(), clamp(a[1])
	if want <= 0 || want > 1<<16 {
		return "", ""
	}
	with := " "
	if len(a) == 3 {
		with = a[2].Text()
	}
	rest = cut(s, 0, want)
	missing := want - length(rest)
	fill = cut(strings.Repeat(with, missing/length(with)+1), 0, missing)
	return fill, rest
}

// toText writes a value as TEXT does: dates as 2024-05-01, datetimes in UTC as
// 2024-05-01 10:00:00Z, times as 10:00:00.000.
func toText(v value.Value) string {
	switch v.Kind() {
	case value.Datetime:
		s := value.FormatDatetime(v.Int64())
		return strings.Replace(s[:len(s)-len(".000Z")], "T", " ", 1) + "Z"
	case value.Time:
		return strings.TrimSuffix(value.FormatTime(v.Int64()), "Z")
	case value.Date:
		return value.FormatDate(v.Int64())
	case value.Decimal:
		d, _ := result(v.Decimal())
		return d.StripZeros().String()
	default:
		return v.Text()
	}
}

func turkish(a []value.Value) bool {
	if len(a) < 2 {
		return false
	}
	language, _, _ := strings.Cut(strings.ToLower(a[1].Text()), "_")
	return language == "tr" || language == "az"
}

// longUpper are the letters whose capital is more than one letter
// (Unicode SpecialCasing.txt, the unconditional ones in common use).
var longUpper = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ",
	"ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST")

func upper(s string, turkish bool) string {
	switch {
	case ascii(s) && !turkish:
		return strings.ToUpper(s)
	case turkish:
		return strings.ToUpperSpecial(unicode.TurkishCase, longUpper.Replace(s))
	default:
		return strings.ToUpper(longUpper.Replace(s))
	}
}

func lower(s string, turkish bool) string {
	if turkish {
		return strings.ToLowerSpecial(unicode.TurkishCase, s)
	}
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i̇"))
}

// initCap makes the first letter of every word a capital and the others small;
// letters and digits are a word.
func initCap(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			inWord = false
			b.WriteRune(r)
			continue
		case inWord:
			b.WriteString(lower(string(r), false))
		default:
			b.WriteRune(unicode.ToTitle(r))
		}
		inWord = true
	}
	return b.String()
}

// like matches a pattern with % for any text and _ for any character; a
// backslash before one of them or before itself takes it as it stands.
func like(s, pattern string) bool {
	var b strings.Builder
	b.WriteString(`^(?s:`)
	for i := 0; i < len(pattern); {
		r, n := utf8.DecodeRuneInString(pattern[i:])
		i += n
		switch {
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		case r == '\\' && i < len(pattern) && strings.ContainsRune(`%_\`, rune(pattern[i])):
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
			i++
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(`)$`)
	re, err := regexp.Compile(b.String())
	return err == nil && re.MatchString(s)
}

// jsonValue is a member of a JSON object as text.
func jsonValue(_ *frame, a, key value.Value) (value.Value, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(a.Text()), &object); err != nil {
		return null, errDomain
	}
	raw, ok := object[key.Text()]
	if !ok || string(raw) == "null" {
		return null, nil
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return text(s), nil
	}
	return text(string(raw)), nil
}
