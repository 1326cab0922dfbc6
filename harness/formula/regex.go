package formula

import (
	"errors"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// matchLimit bounds one match of a pattern that backtracks without end; the
// platform gives up on such patterns too.
const matchLimit = 2 * time.Second

// bindRegex is REGEX: the whole text must match, in the syntax of Java. A
// pattern that is a literal is compiled once.
func bindRegex(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	n := node{typ: Boolean}
	if lit := args[1].literal; lit != nil {
		re, bad := CompilePattern(lit.Text())
		if bad != nil {
			return n, b.problem(e.Args[1], CodeSyntax, "Invalid regular expression: %s", bad)
		}
		n.eval = func(f *frame) (value.Value, error) {
			v, err := args[0].eval(f)
			if err != nil {
				return null, err
			}
			return matched(re, v.Text())
		}
		return n, nil
	}
	n.eval = func(f *frame) (value.Value, error) {
		v, p, err := both(f, args[0].eval, args[1].eval)
		if err != nil {
			return null, err
		}
		re, err := CompilePattern(p.Text())
		if err != nil {
			return null, err
		}
		return matched(re, v.Text())
	}
	return n, nil
}

func matched(re *regexp2.Regexp, s string) (value.Value, error) {
	ok, err := re.MatchString(s)
	return value.OfBool(ok), err
}

var errPattern = errors.New("the pattern is not a regular expression of Java")

// CompilePattern compiles a regular expression of Java so that it matches
// whole texts only.
func CompilePattern(pattern string) (*regexp2.Regexp, error) {
	translated, err := translate(pattern)
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(`\A(?:`+translated+`)\z`, regexp2.None)
	if err != nil {
		return nil, errPattern
	}
	re.MatchTimeout = matchLimit
	return re, nil
}

// posix are Java's named classes, as the inside of a bracket.
var posix = map[string]string{
	"Lower": "a-z", "Upper": "A-Z", "ASCII": `\x00-\x7F`, "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": `!-/:-@\[-` + "`" + `{-~`, "Graph": "!-~", "Print": " -~", "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": "0-9a-fA-F", "Space": ` \t\n\x0B\f\r`, "IsAlphabetic": `\p{L}\p{Nl}`, "IsLetter": `\p{L}`,
	"IsDigit": `\p{Nd}`, "IsPunctuation": `\p{P}`, "IsUppercase": `\p{Lu}`, "IsLowercase": `\p{Ll}`,
	"javaLowerCase": `\p{Ll}`, "javaUpperCase": `\p{Lu}`, "IsLatin": `A-Za-z\u00AA\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02B8`,
}

// shorthand are the classes of one letter, which in Java mean ASCII only.
var shorthand = map[byte]string{'d': "0-9", 'w': "a-zA-Z_0-9", 's': ` \t\n\x0B\f\r`, 'h': ` \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000`,
	'v': `\n\x0B\f\r\x85\u2028\u2029`}

var negated = map[byte]byte{'D': 'd', 'W': 'w', 'S': 's', 'H': 'h', 'V': 'v'}

// translate writes a pattern of Java in the syntax of the engine: \Q..\E,
// possessive quantifiers, ASCII classes, POSIX names.
func translate(p string) (string, error) {
	t := &translator{in: p}
	for t.at < len(t.in) {
		if err := t.step(); err != nil {
			return "", err
		}
	}
	return t.out.String(), nil
}

type translator struct {
	in      string
	at      int
	out     strings.Builder
	bracket int
	atom    int // where the last atom begins in out, for possessive quantifiers
	groups  []int
}

func (t *translator) step() error {
	c := t.in[t.at]
	switch {
	case c == '\\':
		return t.escape()
	case t.bracket > 0:
		return t.inBracket(c)
	case c == '[':
		t.atom = t.out.Len()
		if t.isCompound() {
			class, err := t.compound(0)
			t.out.WriteString(class)
			return err
		}
		t.bracket++
		t.copy(1)
		if strings.HasPrefix(t.in[t.at:], "^") {
			t.copy(1)
		}
		return nil
	case c == '(':
		t.groups = append(t.groups, t.out.Len())
		t.copy(1)
		return nil
	case c == ')':
		if n := len(t.groups); n > 0 {
			t.atom = t.groups[n-1]
			t.groups = t.groups[:n-1]
		}
		t.copy(1)
		return nil
	case strings.IndexByte("*+?{", c) >= 0:
		return t.quantifier()
	default:
		t.atom = t.out.Len()
		t.copy(1)
		return nil
	}
}

func (t *translator) copy(n int) {
	t.out.WriteString(t.in[t.at : t.at+n])
	t.at += n
}

// inBracket copies a character of a class that has no class in it.
func (t *translator) inBracket(c byte) error {
	switch c {
	case ']':
		t.bracket--
	case '[':
		return errPattern
	}
	t.copy(1)
	return nil
}

// quantifier copies a quantifier; a possessive one becomes an atomic group.
func (t *translator) quantifier() error {
	n := 1
	if t.in[t.at] == '{' {
		end := strings.IndexByte(t.in[t.at:], '}')
		if end < 0 {
			return errPattern
		}
		n = end + 1
	}
	t.copy(n)
	switch {
	case strings.HasPrefix(t.in[t.at:], "?"):
		t.copy(1)
	case strings.HasPrefix(t.in[t.at:], "+"):
		t.at++
		s := t.out.String()
		t.out.Reset()
		t.out.WriteString(s[:t.atom] + "(?>" + s[t.atom:] + ")")
	}
	return nil
}

func (t *translator) escape() error {
	if t.at+1 >= len(t.in) {
		return errPattern
	}
	if t.bracket == 0 {
		t.atom = t.out.Len()
	}
	c := t.in[t.at+1]
	class, negative := shorthand[c], false
	if base, ok := negated[c]; ok {
		class, negative = shorthand[base], true
	}
	switch {
	case class != "":
		t.at += 2
		return t.class(class, negative)
	case c == 'p' || c == 'P':
		return t.property(c == 'P')
	case c == 'Q':
		return t.quoted()
	case c == 'R' && t.bracket == 0:
		t.at += 2
		t.out.WriteString(`(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])`)
		return nil
	}
	t.copy(2)
	return nil
}

func (t *translator) class(set string, negative bool) error {
	switch {
	case t.bracket > 0 && negative:
		complement, ok := complements[set]
		if !ok {
			return errPattern
		}
		t.out.WriteString(complement)
	case t.bracket > 0:
		t.out.WriteString(set)
	case negative:
		t.out.WriteString("[^" + set + "]")
	default:
		t.out.WriteString("[" + set + "]")
	}
	return nil
}

// complements of the shorthand classes, for use inside brackets.
var complements = map[string]string{
	shorthand['d']: `\x00-/:-\uFFFF`,
	shorthand['w']: "\\x00-/:-@\\[-\\^`{-\\uFFFF",
	shorthand['s']: `\x00-\x08\x0E-\x1F!-\uFFFF`,
}

func (t *translator) property(negative bool) error {
	name := ""
	rest := t.in[t.at+2:]
	if strings.HasPrefix(rest, "{") {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return errPattern
		}
		name = rest[1:end]
		rest = rest[end+1:]
	} else if rest != "" {
		name, rest = rest[:1], rest[1:]
	}
	t.at = len(t.in) - len(rest)
	if set, ok := posix[name]; ok {
		return t.class(set, negative)
	}
	letter := "p"
	if negative {
		letter = "P"
	}
	t.out.WriteString(`\` + letter + "{" + strings.TrimPrefix(name, "Is") + "}")
	return nil
}

// quoted copies \Q...\E as it stands.
func (t *translator) quoted() error {
	t.at += 2
	body := t.in[t.at:]
	if end := strings.Index(body, `\E`); end >= 0 {
		body = body[:end]
		t.at += end + 2
	} else {
		t.at = len(t.in)
	}
	t.out.WriteString(regexp2.Escape(body))
	return nil
}
