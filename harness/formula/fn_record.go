package formula

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// recordFunctions are about picklists and about the record before its save.
var recordFunctions = []function{
	{name: "ISPICKVAL", takes: "P T", bind: bindIsPickVal},
	{name: "INCLUDES", takes: "U T", returns: Boolean, blanks: true, f2: includes},
	{name: "PICKLISTCOUNT", takes: "U", returns: Number, blanks: true, f1: func(_ *frame, a value.Value) (value.Value, error) {
		if a.IsNull() {
			return whole(0), nil
		}
		return whole(int64(strings.Count(a.Text(), ";") + 1)), nil
	}},
	{name: "ISNEW", takes: "", returns: Boolean, in: inRules, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		return value.OfBool(f.env.IsNew()), nil
	}},
	{name: "ISCLONE", takes: "", returns: Boolean, in: inRules, fn: func(f *frame, _ []value.Value) (value.Value, error) {
		return value.OfBool(f.env.IsClone()), nil
	}},
	{name: "ISCHANGED", takes: "A", in: inRules, bind: bindIsChanged},
	{name: "PRIORVALUE", takes: "A", in: inRules, bind: bindPriorValue},
}

func bindIsPickVal(b *binder, e *Expr) (node, *problem) {
	field, err := b.bind(e.Args[0])
	if err != nil {
		return field, err
	}
	if field.typ != Picklist && field.typ != Any {
		return field, b.problem(e.Args[0], CodeType,
			"Incorrect parameter type for function 'ISPICKVAL()'. Expected Picklist, received %s", field.typ)
	}
	want, err := b.bind(e.Args[1])
	if err == nil {
		err = b.expect(want, setOf(Text), "function", "ISPICKVAL()")
	}
	if err != nil {
		return want, err
	}
	return node{typ: Boolean, eval: equality(Text, true, field.eval, want.eval)}, nil
}

// includes: a multi-select picklist holds its values separated by semicolons.
func includes(_ *frame, a, b value.Value) (value.Value, error) {
	if a.IsNull() || b.IsNull() {
		return value.OfBool(a.IsNull() && b.IsNull()), nil
	}
	for _, v := range strings.Split(a.Text(), ";") {
		if v == b.Text() {
			return value.OfBool(true), nil
		}
	}
	return value.OfBool(false), nil
}

// ownField binds the parameter of ISCHANGED and PRIORVALUE, a field of the
// object itself.
func ownField(b *binder, e *Expr) (node, *problem) {
	n, err := b.bind(e.Args[0])
	if err == nil && n.field == nil {
		err = b.problem(e.Args[0], CodeType, "The %s function can only be used on a field of the object itself", e.Text)
	}
	return n, err
}

// onPrior evaluates a node on the record as it was before the save.
func onPrior(f *frame, eval evaluator, prior *schema.Record) (value.Value, error) {
	return eval(&frame{env: f.env, rec: prior})
}

func bindIsChanged(b *binder, e *Expr) (node, *problem) {
	n, err := ownField(b, e)
	if err != nil {
		return n, err
	}
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		prior := f.env.Prior()
		if prior == nil || f.env.IsNew() {
			return value.OfBool(false), nil
		}
		before, err := onPrior(f, n.eval, prior)
		if err != nil {
			return null, err
		}
		after, err := n.eval(f)
		return value.OfBool(!value.Identical(before, after)), err
	}}, nil
}

// bindPriorValue: of a new record it is the value itself.
func bindPriorValue(b *binder, e *Expr) (node, *problem) {
	n, err := ownField(b, e)
	if err != nil {
		return n, err
	}
	eval := n.eval
	n.eval = func(f *frame) (value.Value, error) {
		if prior := f.env.Prior(); prior != nil && !f.env.IsNew() {
			return onPrior(f, eval, prior)
		}
		return eval(f)
	}
	n.field = nil
	return n, nil
}
