package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// logicFunctions choose and test.
var logicFunctions = []function{
	{name: "IF", takes: "B A A", bind: bindIf},
	{name: "AND", takes: "B B*", bind: func(b *binder, e *Expr) (node, *problem) { return bindJunction(b, e, true) }},
	{name: "OR", takes: "B B*", bind: func(b *binder, e *Expr) (node, *problem) { return bindJunction(b, e, false) }},
	{name: "NOT", takes: "B", bind: bindNot},
	{name: "CASE", takes: "A A A A A*", bind: bindCase},
	{name: "ISBLANK", takes: "A", bind: func(b *binder, e *Expr) (node, *problem) { return bindBlank(b, e, true) }},
	{name: "ISNULL", takes: "A", bind: func(b *binder, e *Expr) (node, *problem) { return bindBlank(b, e, false) }},
	{name: "BLANKVALUE", takes: "A A", bind: func(b *binder, e *Expr) (node, *problem) { return bindOr(b, e, true) }},
	{name: "NULLVALUE", takes: "A A", bind: func(b *binder, e *Expr) (node, *problem) { return bindOr(b, e, false) }},
	{name: "IFERROR", takes: "A A", bind: bindIfError},
	{name: "IN", takes: "A A A*", bind: bindIn},
	{name: "ISNUMBER", takes: "T", returns: Boolean, blanks: true, f1: func(_ *frame, a value.Value) (value.Value, error) {
		_, ok := parseNumber(strings.TrimSpace(a.Text()))
		return value.OfBool(ok), nil
	}},
}

// same binds several nodes that must have one type, and gives that type.
func (b *binder) same(e *Expr, args []*Expr) ([]node, Type, *problem) {
	nodes := make([]node, len(args))
	t := Any
	for i, a := range args {
		n, err := b.bind(a)
		if err != nil {
			return nil, t, err
		}
		nt := b.plain(n.typ)
		if nt == Picklist || nt == MultiPicklist {
			return nil, t, b.expect(n, setOf(Text), "function", e.Text+"()")
		}
		if !accepts(t, nt) {
			return nil, t, b.problem(a, CodeType, "Incorrect parameter type for function '%s()'. Expected %s, received %s",
				e.Text, t, n.typ)
		}
		if t == Any {
			t = nt
		}
		nodes[i] = n
	}
	return nodes, t, nil
}

func (b *binder) condition(e *Expr, a *Expr) (node, *problem) {
	n, err := b.bind(a)
	if err == nil {
		err = b.expect(n, setOf(Boolean), "function", e.Text+"()")
	}
	return n, err
}

func bindIf(b *binder, e *Expr) (node, *problem) {
	test, err := b.condition(e, e.Args[0])
	if err != nil {
		return test, err
	}
	arms, t, err := b.same(e, e.Args[1:])
	if err != nil {
		return test, err
	}
	yes, no := arms[0].eval, arms[1].eval
	return node{typ: t, eval: func(f *frame) (value.Value, error) {
		v, err := test.eval(f)
		switch {
		case err != nil:
			return null, err
		case v.Bool():
			return yes(f)
		default:
			return no(f)
		}
	}}, nil
}

func bindJunction(b *binder, e *Expr, and bool) (node, *problem) {
	args := make([]node, len(e.Args))
	for i, a := range e.Args {
		n, err := b.condition(e, a)
		if err != nil {
			return n, err
		}
		args[i] = n
	}
	return junction(and, args), nil
}

func bindNot(b *binder, e *Expr) (node, *problem) {
	n, err := b.condition(e, e.Args[0])
	if err != nil {
		return n, err
	}
	return node{typ: Boolean, eval: not(n.eval)}, nil
}

// bindCase: the expression may be a picklist, compared with texts. Blank
// matches blank for texts only, as with the operator =.
func bindCase(b *binder, e *Expr) (node, *problem) {
	if len(e.Args)%2 != 0 {
		return node{}, b.problem(e, CodeParameters,
			"Incorrect number of parameters for function 'CASE()'. Expected %d, received %d", len(e.Args)+1, len(e.Args))
	}
	subject, err := b.bind(e.Args[0])
	if err != nil {
		return subject, err
	}
	t := subject.typ
	if t == Picklist {
		t = Text
	}
	var values []node
	var results []*Expr
	for i := 1; i+1 < len(e.Args); i += 2 {
		n, err := b.bind(e.Args[i])
		if err != nil {
			return n, err
		}
		if t == Any {
			t = n.typ
		}
		if nt := b.plain(n.typ); !accepts(t, nt) {
			return n, b.problem(e.Args[i], CodeType, "Incorrect parameter type for function 'CASE()'. Expected %s, received %s", t, nt)
		}
		values = append(values, n)
		results = append(results, e.Args[i+1])
	}
	arms, rt, err := b.same(e, append(results, e.Args[len(e.Args)-1]))
	if err != nil {
		return subject, err
	}
	texts := t == Text || t == Any
	return node{typ: rt, eval: func(f *frame) (value.Value, error) {
		v, err := subject.eval(f)
		if err != nil {
			return null, err
		}
		for i, n := range values {
			w, err := n.eval(f)
			if err != nil {
				return null, err
			}
			if texts && v.IsNull() && w.IsNull() || !v.IsNull() && !w.IsNull() && order(v, w) == 0 {
				return arms[i].eval(f)
			}
		}
		return arms[len(values)].eval(f)
	}}, nil
}

// bindBlank is ISBLANK, or ISNULL, for which a text is never null.
func bindBlank(b *binder, e *Expr, texts bool) (node, *problem) {
	n, err := b.bind(e.Args[0])
	if err != nil {
		return n, err
	}
	never := !texts && n.typ == Text
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		v, err := n.eval(f)
		return value.OfBool(v.IsNull() && !never), err
	}}, nil
}

// bindOr is BLANKVALUE, or NULLVALUE, which never replaces a text.
func bindOr(b *binder, e *Expr, texts bool) (node, *problem) {
	args, t, err := b.same(e, e.Args)
	if err != nil {
		return node{}, err
	}
	if !texts && t == Text {
		return node{typ: t, eval: args[0].eval}, nil
	}
	return node{typ: t, eval: func(f *frame) (value.Value, error) {
		v, err := args[0].eval(f)
		if err == nil && v.IsNull() {
			return args[1].eval(f)
		}
		return v, err
	}}, nil
}

func bindIfError(b *binder, e *Expr) (node, *problem) {
	args, t, err := b.same(e, e.Args)
	if err != nil {
		return node{}, err
	}
	return node{typ: t, eval: func(f *frame) (value.Value, error) {
		v, err := args[0].eval(f)
		if err != nil {
			return args[1].eval(f)
		}
		return v, nil
	}}, nil
}

// bindIn: blank is in no list.
func bindIn(b *binder, e *Expr) (node, *problem) {
	args, _, err := b.same(e, e.Args)
	if err != nil {
		return node{}, err
	}
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		v, err := args[0].eval(f)
		if err != nil {
			return null, err
		}
		found := false
		for _, a := range args[1:] {
			w, err := a.eval(f)
			if err != nil {
				return null, err
			}
			found = found || !v.IsNull() && !w.IsNull() && order(v, w) == 0
		}
		return value.OfBool(found), nil
	}}, nil
}
