package stdlib

import (
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// pattern is the state of System.Pattern, matcher of System.Matcher. Offsets
// of regexp2 are runes; the program sees UTF-16 units.
type pattern struct {
	source string
	re     *regexp2.Regexp
	whole  *regexp2.Regexp
}

type matcher struct {
	p         *pattern
	input     []rune
	text      string
	from, end int
	match     *regexp2.Match
	at        int // where find goes on
	appended  int
}

// String is the source of the pattern.
func (p *pattern) String() string { return p.source }

var regexTable = vm.Library{
	"Pattern.compile": func(t thread, _ val, a vals) val { return t.NewNative("System.Pattern", compile(t, str(t, a[0]))) },
	"Pattern.matches": func(t thread, _ val, a vals) val {
		m := newMatcher(compile(t, str(t, a[0])), str(t, a[1]))
		return vm.Bool(m.matches(t))
	},
	"Pattern.quote":   func(t thread, _ val, a vals) val { return vm.Str(`\Q` + str(t, a[0]) + `\E`) },
	"Pattern.pattern": func(t thread, r val, a vals) val { return vm.Str(r.Native().(*pattern).source) },
	"Pattern.matcher": func(t thread, r val, a vals) val {
		return t.NewNative("System.Matcher", newMatcher(r.Native().(*pattern), str(t, a[0])))
	},
	"Pattern.split": func(t thread, r val, a vals) val { return split(t, r.Native().(*pattern), str(t, a[0]), arg(a, 1)) },
	"String.split":  func(t thread, r val, a vals) val { return split(t, compile(t, str(t, a[0])), r.Text(), arg(a, 1)) },
	"String.replaceAll": func(t thread, r val, a vals) val {
		return vm.Str(replace(t, newMatcher(compile(t, str(t, a[0])), r.Text()), str(t, a[1]), -1))
	},
	"String.replaceFirst": func(t thread, r val, a vals) val {
		return vm.Str(replace(t, newMatcher(compile(t, str(t, a[0])), r.Text()), str(t, a[1]), 1))
	},
	"Matcher.matches":   func(t thread, r val, a vals) val { return vm.Bool(mat(r).matches(t)) },
	"Matcher.lookingAt": func(t thread, r val, a vals) val { return vm.Bool(mat(r).lookingAt(t)) },
	"Matcher.find": func(t thread, r val, a vals) val {
		m := mat(r)
		if len(a) == 1 {
			m.reset()
			m.at = len([]rune(m.text[:vm.Offset16(m.text, num(t, a[0]))]))
		}
		return vm.Bool(m.find(t))
	},
	"Matcher.group": func(t thread, r val, a vals) val {
		g := mat(r).group(t, arg(a, 0))
		if g == nil || len(g.Captures) == 0 {
			return vm.Null
		}
		return vm.Str(g.String())
	},
	"Matcher.groupCount": func(t thread, r val, a vals) val { return vm.Int(int64(len(mat(r).p.re.GetGroupNumbers()) - 1)) },
	"Matcher.start":      func(t thread, r val, a vals) val { return mat(r).edge(t, arg(a, 0), false) },
	"Matcher.end":        func(t thread, r val, a vals) val { return mat(r).edge(t, arg(a, 0), true) },
	"Matcher.reset": func(t thread, r val, a vals) val {
		m := mat(r)
		if len(a) == 1 {
			*m = *newMatcher(m.p, str(t, a[0]))
		}
		m.reset()
		return r
	},
	"Matcher.hitEnd":       func(t thread, r val, a vals) val { return vm.Bool(mat(r).match == nil) },
	"Matcher.pattern":      func(t thread, r val, a vals) val { return t.NewNative("System.Pattern", mat(r).p) },
	"Matcher.replaceAll":   func(t thread, r val, a vals) val { return vm.Str(replace(t, mat(r), str(t, a[0]), -1)) },
	"Matcher.replaceFirst": func(t thread, r val, a vals) val { return vm.Str(replace(t, mat(r), str(t, a[0]), 1)) },
	"Matcher.quoteReplacement": func(t thread, _ val, a vals) val {
		return vm.Str(strings.NewReplacer(`\`, `\\`, `$`, `\$`).Replace(str(t, a[0])))
	},
	"Matcher.usePattern": func(t thread, r val, a vals) val { mat(r).p = a[0].Native().(*pattern); return r },
	"Matcher.region": func(t thread, r val, a vals) val {
		m := mat(r)
		m.reset()
		m.from = len([]rune(m.text[:vm.Offset16(m.text, num(t, a[0]))]))
		m.end = len([]rune(m.text[:vm.Offset16(m.text, num(t, a[1]))]))
		m.at = m.from
		return r
	},
}

func mat(v vm.Value) *matcher { return v.Native().(*matcher) }

// matchLimit bounds one match of a pattern that backtracks without end; the
// platform gives up on such patterns too ("Regex too complicated", known from
// the platform). No pattern that ends is near it.
const matchLimit = 2 * time.Second

// compile translates a Java pattern and keeps it for the transaction.
func compile(t *vm.Thread, source string) *pattern {
	return t.Memo("regex:"+source, func() any {
		translated := translatePattern(source)
		re, err := regexp2.Compile(translated)
		if err != nil {
			t.Throwf("System.StringException", "Invalid regex: %s near index %d\n%s", err.Error(), len(source)-1, source)
		}
		whole, err := regexp2.Compile(`\G(?:` + translated + `)\z`)
		if err != nil {
			whole = re
		}
		re.MatchTimeout, whole.MatchTimeout = matchLimit, matchLimit
		return &pattern{source: source, re: re, whole: whole}
	}).(*pattern)
}

// translatePattern turns what Java writes otherwise into what regexp2 reads:
// \Q..\E, possessive quantifiers, \h, \R, \z, POSIX classes and intersections
// of classes in their common form.
func translatePattern(p string) string {
	var b strings.Builder
	class := 0
	for i := 0; i < len(p); i++ {
		c := p[i]
		switch {
		case c == '\\' && i+1 < len(p):
			i = escapeSequence(&b, p, i, class > 0)
		case c == '[':
			if class > 0 && !strings.HasPrefix(p[i:], "[:") {
				i = nestedClass(&b, p, i)
				continue
			}
			class++
			b.WriteByte(c)
			if i+1 < len(p) && p[i+1] == '^' {
				b.WriteByte('^')
				i++
			}
			if i+1 < len(p) && p[i+1] == ']' {
				b.WriteString(`\]`)
				i++
			}
		case c == ']' && class > 0:
			class--
			b.WriteByte(c)
		case class == 0 && c == '+' && i > 0 && strings.IndexByte("*+?}", p[i-1]) >= 0 && !escaped(p, i-1):
			// a possessive quantifier: the greedy one matches the same texts but for backtracking
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func escaped(p string, i int) bool {
	n := 0
	for i--; i >= 0 && p[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

var posixClasses = map[string]string{
	"Lower": "a-z", "Upper": "A-Z", "ASCII": `\x00-\x7F`, "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": `!-/:-@\[-` + "`" + `{-~`, "Graph": "!-~", "Print": " -~", "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": "0-9a-fA-F", "Space": `\s`, "IsAlphabetic": `\p{L}`, "IsDigit": `\p{Nd}`, "javaLowerCase": `\p{Ll}`,
	"javaUpperCase": `\p{Lu}`, "IsLatin": `A-Za-z\u00C0-\u024F`, "IsPunctuation": `\p{P}`, "IsLetter": `\p{L}`,
}

// shorthand are the classes of one letter.
var shorthand = map[byte]string{'d': "0-9", 'w': "a-zA-Z_0-9", 's': ` \t-\r`}

func escapeSequence(b *strings.Builder, p string, i int, inClass bool) int {
	switch p[i+1] {
	case 'Q':
		end := strings.Index(p[i+2:], `\E`)
		text := p[i+2:]
		if end >= 0 {
			text = p[i+2 : i+2+end]
			i += 2 + end + 1
		} else {
			i = len(p)
		}
		for _, c := range text {
			if strings.ContainsRune(`\.+*?()|[]{}^$-`, c) {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		}
		return i
	case 'd', 'w', 's': // ASCII only
		if inClass {
			b.WriteString(shorthand[p[i+1]])
		} else {
			b.WriteString("[" + shorthand[p[i+1]] + "]")
		}
	case 'D', 'W', 'S':
		if inClass {
			b.WriteString(p[i : i+2])
		} else {
			b.WriteString("[^" + shorthand[p[i+1]+'a'-'A'] + "]")
		}
	case 'h':
		if inClass {
			b.WriteString(` \t\u00A0`)
		} else {
			b.WriteString(`[ \t\u00A0]`)
		}
	case 'R':
		b.WriteString(`(?:\r\n|[\n\r\u000B\u000C\u0085\u2028\u2029])`)
	case 'p', 'P':
		if i+2 < len(p) && p[i+2] == '{' {
			if end := strings.IndexByte(p[i:], '}'); end > 0 {
				if set, ok := posixClasses[p[i+3:i+end]]; ok {
					writeClass(b, set, p[i+1] == 'P', inClass)
					return i + end
				}
			}
		}
		b.WriteString(p[i : i+2])
	case '_': // no letter, so Java takes it as it stands; regexp2 counts it among them
		b.WriteByte('_')
	default:
		b.WriteString(p[i : i+2])
	}
	return i + 1
}

func writeClass(b *strings.Builder, set string, negated, inClass bool) {
	switch {
	case inClass:
		b.WriteString(set)
	case negated:
		b.WriteString("[^" + set + "]")
	default:
		b.WriteString("[" + set + "]")
	}
}

// nestedClass writes a class inside a class as part of its union.
func nestedClass(b *strings.Builder, p string, i int) int {
	end := i + 1
	for end < len(p) && (p[end] != ']' || escaped(p, end)) {
		end++
	}
	b.WriteString(p[i+1 : min(end, len(p))])
	return end
}

func newMatcher(p *pattern, text string) *matcher {
	input := []rune(text)
	return &matcher{p: p, input: input, text: text, end: len(input)}
}

func (m *matcher) reset() {
	m.match, m.at, m.appended, m.from, m.end = nil, 0, 0, 0, len(m.input)
}

func (m *matcher) run(t *vm.Thread, re *regexp2.Regexp, at int) bool {
	if at > m.end {
		m.match = nil
		return false
	}
	match, err := re.FindRunesMatchStartingAt(m.input[:m.end], at)
	if err != nil { // too much to go back to, or matchLimit
		t.Exceed("Regex too complicated")
	}
	m.match = match
	seen := m.end - at
	if match != nil {
		seen = match.RuneIndex + match.RuneLength - at
	}
	t.Work(int64(seen) + 20)
	return match != nil
}

func (m *matcher) matches(t *vm.Thread) bool { return m.run(t, m.p.whole, m.from) }

func (m *matcher) lookingAt(t *vm.Thread) bool {
	return m.run(t, m.p.re, m.from) && m.match.RuneIndex == m.from
}

func (m *matcher) find(t *vm.Thread) bool {
	if !m.run(t, m.p.re, m.at) {
		return false
	}
	m.at = m.match.RuneIndex + m.match.RuneLength
	if m.match.RuneLength == 0 {
		m.at++
	}
	return true
}

func (m *matcher) group(t *vm.Thread, which vm.Value) *regexp2.Group {
	if m.match == nil {
		t.Throw("System.StringException", "No match found")
	}
	if which.IsNull() {
		return m.match.GroupByNumber(0)
	}
	if which.Kind() == vm.KindString {
		return m.match.GroupByName(which.Text())
	}
	g := m.match.GroupByNumber(int(which.Int()))
	if g == nil || int(which.Int()) >= len(m.p.re.GetGroupNumbers()) {
		t.Throwf("System.ListException", "No group %d", which.Int())
	}
	return g
}

func (m *matcher) edge(t *vm.Thread, which vm.Value, end bool) vm.Value {
	g := m.group(t, which)
	if g == nil || len(g.Captures) == 0 {
		return vm.Int(-1)
	}
	at := g.RuneIndex
	if end {
		at += g.RuneLength
	}
	return vm.Int(int64(vm.Len16(string(m.input[:at]))))
}

// replace replaces up to n matches (all for -1) by a Java replacement text.
func replace(t *vm.Thread, m *matcher, with string, n int) string {
	m.reset()
	var b strings.Builder
	last := 0
	for n != 0 && m.find(t) {
		b.WriteString(string(m.input[last:m.match.RuneIndex]))
		m.expand(t, &b, with)
		last = m.match.RuneIndex + m.match.RuneLength
		n--
		t.Fits(b.Len())
	}
	b.WriteString(string(m.input[last:]))
	return b.String()
}

// expand writes a replacement: $1, ${name}, and \ before a literal.
func (m *matcher) expand(t *vm.Thread, b *strings.Builder, with string) {
	for i := 0; i < len(with); i++ {
		switch c := with[i]; {
		case c == '\\' && i+1 < len(with):
			i++
			b.WriteByte(with[i])
		case c == '$' && i+1 < len(with) && with[i+1] >= '0' && with[i+1] <= '9':
			i++
			if g := m.group(t, vm.Int(int64(with[i]-'0'))); len(g.Captures) > 0 {
				b.WriteString(g.String())
			}
		case c == '$' && i+1 < len(with) && with[i+1] == '{':
			end := strings.IndexByte(with[i:], '}')
			if end < 0 {
				t.Throw("System.IllegalArgumentException", "named capturing group is missing trailing '}'")
			}
			if g := m.group(t, vm.Str(with[i+2:i+end])); g != nil && len(g.Captures) > 0 {
				b.WriteString(g.String())
			}
			i += end
		case c == '$':
			t.Throw("System.IllegalArgumentException", "Illegal group reference")
		default:
			b.WriteByte(c)
		}
	}
}

// split follows String.split of Java: trailing empty parts go without a limit.
func split(t *vm.Thread, p *pattern, text string, limit vm.Value) vm.Value {
	max := int(limit.Int())
	m := newMatcher(p, text)
	var parts []string
	last := 0
	for (max <= 0 || len(parts) < max-1) && m.find(t) {
		at, n := m.match.RuneIndex, m.match.RuneLength
		if at+n == 0 || n == 0 && at >= len(m.input) {
			continue
		}
		parts = append(parts, string(m.input[last:at]))
		last = at + n
	}
	parts = append(parts, string(m.input[last:]))
	if max == 0 {
		for len(parts) > 1 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		if len(parts) == 1 && parts[0] == "" && text != "" {
			parts = nil
		}
	}
	return t.StringList(parts)
}
