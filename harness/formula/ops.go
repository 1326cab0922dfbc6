package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

const day = value.MsPerDay

func (b *binder) unary(e *Expr) (node, *problem) {
	n, err := b.bind(e.Args[0])
	if err != nil {
		return n, err
	}
	want := Number
	if e.Text == "!" {
		want = Boolean
	}
	if err := b.expect(n, setOf(want), "operator", e.Text); err != nil {
		return n, err
	}
	switch e.Text {
	case "!":
		return node{typ: Boolean, eval: not(n.eval)}, nil
	case "+":
		return node{typ: Number, eval: n.eval}, nil
	}
	return node{typ: Number, eval: func(f *frame) (value.Value, error) {
		v, err := n.eval(f)
		if err != nil || v.IsNull() {
			return null, err
		}
		return number(v.Decimal().Neg()), nil
	}}, nil
}

func not(of evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		v, err := of(f)
		if err != nil || v.IsNull() {
			return null, err
		}
		return value.OfBool(!v.Bool()), nil
	}
}

func (b *binder) binary(e *Expr) (node, *problem) {
	l, err := b.bind(e.Args[0])
	if err != nil {
		return l, err
	}
	r, err := b.bind(e.Args[1])
	if err != nil {
		return r, err
	}
	switch e.Text {
	case "&&", "||":
		for _, n := range []node{l, r} {
			if err := b.expect(n, setOf(Boolean), "operator", e.Text); err != nil {
				return n, err
			}
		}
		return junction(e.Text == "&&", []node{l, r}), nil
	case "=", "<>", "<", "<=", ">", ">=":
		return b.comparison(e, l, r)
	case "&":
		for _, n := range []node{l, r} {
			if err := b.expect(n, setOf(Text), "operator", e.Text); err != nil {
				return n, err
			}
		}
		return node{typ: Text, eval: concat(l.eval, r.eval)}, nil
	default:
		return b.arithmetic(e, l, r)
	}
}

// junction is AND or OR over conditions: left to right, and no further than
// the result needs. A blank condition leaves the result blank unless another
// one decides it.
func junction(and bool, args []node) node {
	evals := make([]evaluator, len(args))
	for i, a := range args {
		evals[i] = a.eval
	}
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		blank := false
		for _, eval := range evals {
			v, err := eval(f)
			switch {
			case err != nil:
				return null, err
			case v.IsNull():
				blank = true
			case v.Bool() != and:
				return v, nil
			}
		}
		if blank {
			return null, nil
		}
		return value.OfBool(and), nil
	}}
}

func concat(l, r evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		a, err := l(f)
		if err != nil {
			return null, err
		}
		b, err := r(f)
		if err != nil {
			return null, err
		}
		switch {
		case a.IsNull():
			return b, nil
		case b.IsNull():
			return a, nil
		}
		return text(a.Text() + b.Text()), nil
	}
}

func (b *binder) comparison(e *Expr, l, r node) (node, *problem) {
	want := setOf(Text, Number, Date, DateTime, Time)
	if e.Text == "=" || e.Text == "<>" {
		want |= setOf(Boolean)
	}
	for _, n := range []node{l, r} {
		if err := b.expect(n, want, "operator", e.Text); err != nil {
			return n, err
		}
	}
	lt, rt := b.plain(l.typ), b.plain(r.typ)
	if !accepts(lt, rt) {
		return r, b.problem(r.expr, CodeType, "Incorrect parameter type for operator '%s'. Expected %s, received %s",
			e.Text, lt, rt)
	}
	if lt == Any {
		lt = rt
	}
	if e.Text == "=" || e.Text == "<>" {
		return node{typ: Boolean, eval: equality(lt, e.Text == "=", l.eval, r.eval)}, nil
	}
	op := e.Text
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		x, y, err := both(f, l.eval, r.eval)
		if err != nil || x.IsNull() || y.IsNull() {
			return null, err
		}
		return value.OfBool(ordered(op, order(x, y))), nil
	}}, nil
}

// plain is the type a picklist counts as where it may be used as a text.
func (b *binder) plain(t Type) Type {
	if b.context == Flow && (t == Picklist || t == MultiPicklist) {
		return Text
	}
	return t
}

func both(f *frame, l, r evaluator) (x, y value.Value, err error) {
	if x, err = l(f); err != nil {
		return
	}
	y, err = r(f)
	return
}

func ordered(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}

// order compares two values of one type; texts by their characters, case
// included.
func order(x, y value.Value) int {
	if x.Kind() == value.Text || x.Kind() == value.ID {
		return strings.Compare(x.Text(), y.Text())
	}
	return value.Compare(x, y)
}

// equality of texts takes blank for the empty text; a comparison of anything
// else with blank is blank.
func equality(t Type, equal bool, l, r evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		x, y, err := both(f, l, r)
		if err != nil {
			return null, err
		}
		if x.IsNull() || y.IsNull() {
			switch t {
			case Text:
				return value.OfBool((x.IsNull() == y.IsNull()) == equal), nil
			case Boolean:
				return value.OfBool((x.Bool() == y.Bool()) == equal), nil
			default:
				return null, nil
			}
		}
		return value.OfBool((order(x, y) == 0) == equal), nil
	}
}

type arithmeticRule struct{ left, right, result Type }

// arithmeticTypes are the operands each operator takes and what comes of them.
var arithmeticTypes = map[string][]arithmeticRule{
	"+": {{Number, Number, Number}, {Text, Text, Text}, {Date, Number, Date}, {Number, Date, Date},
		{DateTime, Number, DateTime}, {Number, DateTime, DateTime}, {Time, Number, Time}, {Number, Time, Time}},
	"-": {{Number, Number, Number}, {Date, Number, Date}, {DateTime, Number, DateTime}, {Time, Number, Time},
		{Date, Date, Number}, {DateTime, DateTime, Number}, {Time, Time, Number}},
	"*": {{Number, Number, Number}},
	"/": {{Number, Number, Number}},
	"^": {{Number, Number, Number}},
}

func (b *binder) arithmetic(e *Expr, l, r node) (node, *problem) {
	rules := arithmeticTypes[e.Text]
	lt, rt := b.plain(l.typ), b.plain(r.typ)
	var left, right typeSet
	var fitting []arithmeticRule
	for _, rule := range rules {
		if accepts(rule.left, lt) && accepts(rule.right, rt) {
			fitting = append(fitting, rule)
		}
		left |= setOf(rule.left)
		if accepts(rule.left, lt) {
			right |= setOf(rule.right)
		}
	}
	switch len(fitting) {
	case 0:
	case 1:
		return arithmeticNode(e.Text, fitting[0], l, r), nil
	default:
		return undecided(e.Text, fitting, l, r), nil
	}
	if err := b.expect(l, left, "operator", e.Text); err != nil {
		return l, err
	}
	if err := b.expect(r, right, "operator", e.Text); err != nil {
		return r, err
	}
	return r, b.problem(r.expr, CodeType, "Incorrect parameter type for operator '%s'. Expected %s, received %s",
		e.Text, right, r.typ)
}

// undecided computes with operands whose type is not known before they are:
// blank, or the rule that fits what they turn out to be.
func undecided(op string, rules []arithmeticRule, l, r node) node {
	nodes := make([]node, len(rules))
	result := rules[0].result
	for i, rule := range rules {
		nodes[i] = arithmeticNode(op, rule, l, r)
		if rule.result != result {
			result = Any
		}
	}
	return node{typ: result, eval: func(f *frame) (value.Value, error) {
		x, y, err := both(f, l.eval, r.eval)
		if err != nil || x.IsNull() && y.IsNull() {
			return null, err
		}
		for i, rule := range rules {
			if isA(x, rule.left) && isA(y, rule.right) {
				return nodes[i].eval(f)
			}
		}
		return null, errDomain
	}}
}

// isA reports whether a value can be of a type; blank can be of any.
func isA(v value.Value, t Type) bool {
	switch v.Kind() {
	case value.Null:
		return true
	case value.Decimal, value.Int, value.Long, value.Double:
		return t == Number
	case value.Date:
		return t == Date
	case value.Datetime:
		return t == DateTime
	case value.Time:
		return t == Time
	case value.Bool:
		return t == Boolean
	default:
		return t == Text
	}
}

func arithmeticNode(op string, rule arithmeticRule, l, r node) node {
	lt, rt, result := rule.left, rule.right, rule.result
	n := node{typ: result}
	switch {
	case lt == Text:
		n.eval = concat(l.eval, r.eval)
	case lt == Number && rt == Number:
		n.eval = operate(l.eval, r.eval, numberOps[op])
	case result == Number: // a difference of two moments
		n.eval = operate(l.eval, r.eval, difference)
	case lt == Number:
		n.eval = operate(r.eval, l.eval, func(t, d value.Value) (value.Value, error) { return shift(t, d.Decimal()) })
	case op == "-":
		n.eval = operate(l.eval, r.eval, func(t, d value.Value) (value.Value, error) { return shift(t, d.Decimal().Neg()) })
	default:
		n.eval = operate(l.eval, r.eval, func(t, d value.Value) (value.Value, error) { return shift(t, d.Decimal()) })
	}
	return n
}

// operate computes both operands; blank in either makes blank.
func operate(l, r evaluator, op func(x, y value.Value) (value.Value, error)) evaluator {
	return func(f *frame) (value.Value, error) {
		x, y, err := both(f, l, r)
		if err != nil || x.IsNull() || y.IsNull() {
			return null, err
		}
		return op(x, y)
	}
}

var numberOps = map[string]func(x, y value.Value) (value.Value, error){
	"+": func(x, y value.Value) (value.Value, error) { return number(x.Decimal().Add(y.Decimal())), nil },
	"-": func(x, y value.Value) (value.Value, error) { return number(x.Decimal().Sub(y.Decimal())), nil },
	"*": func(x, y value.Value) (value.Value, error) {
		p := x.Decimal().Mul(y.Decimal())
		if p.Precision() > maxDigits {
			return null, errOverflow
		}
		return number(p), nil
	},
	"/": func(x, y value.Value) (value.Value, error) {
		q, err := quotient(x.Decimal(), y.Decimal())
		return number(q), err
	},
	"^": func(x, y value.Value) (value.Value, error) {
		p, err := power(x.Decimal(), y.Decimal())
		return number(p), err
	},
}

// difference is in days for dates, in milliseconds for times of day, where it
// counts forward past midnight.
func difference(x, y value.Value) (value.Value, error) {
	switch x.Kind() {
	case value.Date:
		return whole(x.Int64() - y.Int64()), nil
	case value.Time:
		return whole((x.Int64() - y.Int64() + day) % day), nil
	default:
		d, err := quotient(value.NewDec(x.Int64()-y.Int64(), 0), value.NewDec(day, 0))
		return number(d), err
	}
}

// shift moves a date or datetime by days, a time of day by milliseconds. A
// date loses the fraction, a datetime is moved by whole seconds; a time wraps past midnight forward but not back.
func shift(t value.Value, by value.Dec) (value.Value, error) {
	switch t.Kind() {
	case value.Date:
		n, ok := by.Int64()
		return inCalendar(value.OfDate(t.Int64()+n), ok && n < 1<<50 && n > -1<<50)
	case value.Time:
		n, ok := by.Int64()
		ms := t.Int64() + n
		if !ok || ms < 0 || n > 1<<50 {
			return null, errDomain
		}
		return value.OfTime(ms % day), nil
	default:
		seconds, _ := by.Mul(value.NewDec(day/1000, 0)).SetScale(0, value.HalfUp)
		n, ok := seconds.Int64()
		return inCalendar(value.OfDatetime(t.Int64()+n*1000), ok && n < 1<<50 && n > -1<<50)
	}
}

// The years a date may have in formulas.
const (
	firstYear = 1
	lastYear  = 9999
)

var (
	firstDay = value.DateOf(firstYear, 1, 1)
	lastDay  = value.DateOf(lastYear, 12, 31)
)

func inCalendar(v value.Value, ok bool) (value.Value, error) {
	days := v.Int64()
	if v.Kind() == value.Datetime {
		days, _ = value.DaysOf(v.Int64(), nil)
	}
	if !ok || days < firstDay || days > lastDay {
		return null, errDomain
	}
	return v, nil
}
