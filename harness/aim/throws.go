package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Thrown is an exception that a method of the new version throws where the one
// of the old version threw none of its type.
type Thrown struct {
	Class     *metadata.Component
	Method    string
	Exception string
	When      string // the condition around it as it is written, on one line; "" where there is none
	Line      int
}

// NewlyThrown lists the exceptions that methods newly throw which the old
// version had: what worked for some input may end there now.
func (a *Upgrade) NewlyThrown() []Thrown {
	var list []Thrown
	for _, c := range a.Changes {
		if c.Kind != metadata.ApexClass || c.Change != metadata.Modified || isTestSource(c.After) {
			continue
		}
		was, is := a.before.Apex(c.Before), a.after.Apex(c.After)
		if is.Test {
			continue
		}
		old := map[string]bool{} // methods, and exceptions of the whole class
		was.throws(func(method string, _ *syntax.Throw, exception, _ string) { old["throws "+exception] = true },
			func(method string) { old[method] = true })
		is.throws(func(method string, x *syntax.Throw, exception, when string) {
			if old[method] && !old["throws "+exception] {
				list = append(list, Thrown{c.After, method, exception, when, is.Span(x).Line})
				old["throws "+exception] = true // once a class
			}
		}, func(string) {})
	}
	return list
}

// throws visits the methods of a unit, and what they throw with the condition
// that it stands under.
func (u *Unit) throws(thrown func(method string, x *syntax.Throw, exception, when string), enters func(method string)) {
	method := ""
	var conditions []*syntax.If
	for _, root := range u.roots() {
		syntax.Walk(root, func(n syntax.Node) bool {
			switch x := n.(type) {
			case *syntax.MethodDecl:
				method, conditions = x.Name.Text, nil
				enters(method)
			case *syntax.If:
				conditions = append(conditions, x)
			case *syntax.Throw:
				if made, ok := syntax.Unparen(x.X).(*syntax.NewObject); ok && method != "" {
					thrown(method, x, made.Type.Name(), u.whenOf(x, conditions))
				}
			}
			return true
		})
	}
}

// whenOf is the condition of the innermost if around a statement.
func (u *Unit) whenOf(x *syntax.Throw, conditions []*syntax.If) string {
	for i := len(conditions) - 1; i >= 0; i-- {
		c := conditions[i]
		if c.Then != nil && inside(x, c.Then) {
			return u.text(c.Cond)
		}
		if c.Else != nil && inside(x, c.Else) {
			return "not (" + u.text(c.Cond) + ")"
		}
	}
	return ""
}

func inside(n, of syntax.Node) bool { return n.At().Pos >= of.At().Pos && n.At().End <= of.At().End }

// text is a node as it is written, on one line.
func (u *Unit) text(n syntax.Node) string {
	r := n.At()
	return strings.Join(strings.Fields(string(u.File.Src[r.Pos:r.End])), " ")
}
