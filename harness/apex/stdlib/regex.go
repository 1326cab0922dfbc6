package stdlib

import (
	"errors"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/javaregex"
)

// Texts from these lengths on are too long for a regular expression, whatever
// it is (measured on the platform: verified-behaviours-2.md, row 224).
const (
	longestParted  = 500_000   // split, replaceFirst
	longestMatched = 1_000_000 // replaceAll and Matcher
)

var regexTable = vm.Library{
	"Pattern.compile": func(t thread, _ val, a vals) val { return t.NewNative("System.Pattern", compile(t, str(t, a[0]))) },
	"Pattern.matches": func(t thread, _ val, a vals) val {
		return matched(t, newMatcher(t, compile(t, str(t, a[0])), str(t, a[1])), (*javaregex.Matcher).Matches)
	},
	"Pattern.quote":   func(t thread, _ val, a vals) val { return vm.Str(`\Q` + str(t, a[0]) + `\E`) },
	"Pattern.pattern": func(t thread, r val, a vals) val { return vm.Str(r.Native().(*javaregex.Pattern).String()) },
	"Pattern.matcher": func(t thread, r val, a vals) val {
		return t.NewNative("System.Matcher", newMatcher(t, r.Native().(*javaregex.Pattern), str(t, a[0])))
	},
	"Pattern.split": func(t thread, r val, a vals) val {
		return split(t, r.Native().(*javaregex.Pattern), str(t, a[0]), arg(a, 1))
	},
	"String.split": func(t thread, r val, a vals) val { return split(t, compile(t, str(t, a[0])), r.Text(), arg(a, 1)) },
	"String.replaceAll": func(t thread, r val, a vals) val {
		return replace(t, newMatcher(t, compile(t, str(t, a[0])), r.Text()), str(t, a[1]), -1)
	},
	"String.replaceFirst": func(t thread, r val, a vals) val {
		fits(t, r.Text(), longestParted)
		return replace(t, newMatcher(t, compile(t, str(t, a[0])), r.Text()), str(t, a[1]), 1)
	},
	"Matcher.matches":   func(t thread, r val, a vals) val { return matched(t, mat(r), (*javaregex.Matcher).Matches) },
	"Matcher.lookingAt": func(t thread, r val, a vals) val { return matched(t, mat(r), (*javaregex.Matcher).LookingAt) },
	"Matcher.find": func(t thread, r val, a vals) val {
		if len(a) == 0 {
			return matched(t, mat(r), (*javaregex.Matcher).Find)
		}
		at := offset(t, mat(r), a[0], "Illegal start index")
		return matched(t, mat(r), func(m *javaregex.Matcher) (bool, error) { return m.FindFrom(at) })
	},
	"Matcher.group": func(t thread, r val, a vals) val {
		from, to := groupOf(t, mat(r), arg(a, 0))
		if from < 0 {
			return vm.Null
		}
		return vm.Str(mat(r).Text()[from:to])
	},
	"Matcher.groupCount": func(t thread, r val, a vals) val { return vm.Int(int64(mat(r).Pattern().Groups())) },
	"Matcher.start": func(t thread, r val, a vals) val {
		from, _ := groupOf(t, mat(r), arg(a, 0))
		return vm.Int(vm.Index16(mat(r).Text(), from))
	},
	"Matcher.end": func(t thread, r val, a vals) val {
		_, to := groupOf(t, mat(r), arg(a, 0))
		return vm.Int(vm.Index16(mat(r).Text(), to))
	},
	"Matcher.reset": func(t thread, r val, a vals) val {
		if len(a) == 1 {
			*mat(r) = *newMatcher(t, mat(r).Pattern(), str(t, a[0]))
		}
		mat(r).Reset()
		return r
	},
	"Matcher.hitEnd":       func(t thread, r val, a vals) val { return vm.Bool(mat(r).HitEnd()) },
	"Matcher.requireEnd":   func(t thread, r val, a vals) val { return vm.Bool(mat(r).RequireEnd()) },
	"Matcher.pattern":      func(t thread, r val, a vals) val { return t.NewNative("System.Pattern", mat(r).Pattern()) },
	"Matcher.replaceAll":   func(t thread, r val, a vals) val { return replace(t, mat(r), str(t, a[0]), -1) },
	"Matcher.replaceFirst": func(t thread, r val, a vals) val { return replace(t, mat(r), str(t, a[0]), 1) },
	"Matcher.quoteReplacement": func(t thread, _ val, a vals) val {
		return vm.Str(strings.NewReplacer(`\`, `\\`, `$`, `\$`).Replace(str(t, a[0])))
	},
	"Matcher.usePattern": func(t thread, r val, a vals) val { mat(r).Use(a[0].Native().(*javaregex.Pattern)); return r },
	"Matcher.region": func(t thread, r val, a vals) val {
		m := mat(r)
		from, to := offset(t, m, a[0], "start"), offset(t, m, a[1], "end")
		if from > to {
			t.Throw("System.ListException", "start")
		}
		m.Region(from, to)
		return r
	},
	"Matcher.regionStart": func(t thread, r val, a vals) val {
		from, _ := mat(r).Bounds()
		return vm.Int(vm.Index16(mat(r).Text(), from))
	},
	"Matcher.regionEnd": func(t thread, r val, a vals) val {
		_, to := mat(r).Bounds()
		return vm.Int(vm.Index16(mat(r).Text(), to))
	},
	"Matcher.hasAnchoringBounds":   func(t thread, r val, a vals) val { return vm.Bool(mat(r).Anchoring()) },
	"Matcher.hasTransparentBounds": func(t thread, r val, a vals) val { return vm.Bool(mat(r).Transparent()) },
	"Matcher.useAnchoringBounds": func(t thread, r val, a vals) val {
		mat(r).SetAnchoring(flag(t, a[0]))
		return r
	},
	"Matcher.useTransparentBounds": func(t thread, r val, a vals) val {
		mat(r).SetTransparent(flag(t, a[0]))
		return r
	},
}

func mat(v vm.Value) *javaregex.Matcher { return v.Native().(*javaregex.Matcher) }

// compile reads a pattern and keeps it for the transaction.
func compile(t *vm.Thread, source string) *javaregex.Pattern {
	return t.Memo("regex:"+source, func() any {
		p, err := javaregex.Compile(source)
		if err != nil {
			tooComplicated(t, err)
			t.Throw("System.StringException", "Invalid regex: "+err.Error())
		}
		return p
	}).(*javaregex.Pattern)
}

// tooComplicated stops the transaction for what goes over the platform's bound.
func tooComplicated(t *vm.Thread, err error) {
	if errors.Is(err, javaregex.ErrTooComplicated) {
		t.Exceed(javaregex.ErrTooComplicated.Error())
	}
}

// fits stops the transaction at a text of more characters than most.
func fits(t *vm.Thread, text string, most int) {
	if len(text) > most && vm.Len16(text) > most {
		t.Exceed(javaregex.ErrTooComplicated.Error())
	}
}

func newMatcher(t *vm.Thread, p *javaregex.Pattern, text string) *javaregex.Matcher {
	fits(t, text, longestMatched)
	return p.Matcher(text)
}

// matched runs one match and charges for what it read.
func matched(t *vm.Thread, m *javaregex.Matcher, match func(*javaregex.Matcher) (bool, error)) vm.Value {
	before := m.Reads()
	ok, err := match(m)
	tooComplicated(t, err)
	t.Work(int64(m.Reads()-before) + 20)
	return vm.Bool(ok)
}

// offset is the byte that an index of a matcher's text names; one outside it
// is an error of that wording.
func offset(t *vm.Thread, m *javaregex.Matcher, index vm.Value, wording string) int {
	at := num(t, index)
	if at < 0 || at > int64(vm.Len16(m.Text())) {
		t.Throw("System.ListException", wording)
	}
	return vm.Offset16(m.Text(), at)
}

// groupOf is where a group of the last match lies; the whole match for none.
func groupOf(t *vm.Thread, m *javaregex.Matcher, which vm.Value) (from, to int) {
	if !m.Matched() {
		t.Throw("System.StringException", "No match found")
	}
	n := 0
	switch {
	case which.IsNull():
	case which.Kind() == vm.KindString:
		named, known := m.Named(which.Text())
		if !known {
			t.Throwf("System.IllegalArgumentException", "No group with name <%s>", which.Text())
		}
		n = named
	default:
		if n = int(which.Int()); n < 0 || n > m.Pattern().Groups() {
			t.Throwf("System.ListException", "No group %d", n)
		}
	}
	return m.Group(n)
}

// replace replaces up to n matches (all for -1) by a Java replacement text.
func replace(t *vm.Thread, m *javaregex.Matcher, with string, n int) vm.Value {
	before := m.Reads()
	out, err := m.Replace(with, n, t.Fits)
	tooComplicated(t, err)
	var noGroup *javaregex.GroupError
	switch {
	case errors.As(err, &noGroup) && noGroup.ByNumber:
		t.Throw("System.ListException", err.Error())
	case err != nil:
		t.Throw("System.IllegalArgumentException", err.Error())
	}
	t.Work(int64(m.Reads()-before) + 20)
	return vm.Str(out)
}

// split follows String.split of Java: trailing empty parts go without a limit.
func split(t *vm.Thread, p *javaregex.Pattern, text string, limit vm.Value) vm.Value {
	fits(t, text, longestParted)
	parts, err := p.Split(text, int(limit.Int()))
	tooComplicated(t, err)
	t.Work(int64(len(text)) + 20)
	return t.StringList(parts)
}
