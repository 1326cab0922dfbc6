package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/javaregex"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// bindRegex is REGEX: the whole text must match, in the syntax of Java. A
// pattern that is a literal is compiled once.
func bindRegex(b *binder, e *Expr) (node, *problem) {
	args, err := b.arguments(e, functions[e.Text])
	if err != nil {
		return node{}, err
	}
	n := node{typ: Boolean}
	if lit := args[1].literal; lit != nil {
		re, bad := javaregex.Compile(lit.Text())
		if bad != nil {
			return n, b.problem(e.Args[1], CodeSyntax, "Invalid regular expression: %s", firstLine(bad))
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
		re, err := javaregex.Compile(p.Text())
		if err != nil {
			return null, err
		}
		return matched(re, v.Text())
	}
	return n, nil
}

func matched(re *javaregex.Pattern, s string) (value.Value, error) {
	ok, err := re.Matcher(s).Matches()
	return value.OfBool(ok), err
}

// firstLine is what is wrong with a pattern and where, without the picture of
// it that Java draws below.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
