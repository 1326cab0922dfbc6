package formula

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// function is an entry of the table of functions. Either bind makes the node
// from the call, or one of the f fields computes the result from the values of
// the parameters.
type function struct {
	name string
	// takes lists the parameters: a letter per type (T text, N number, B true
	// or false, D date, M date/time, H time of day, P picklist, L location,
	// A any), several letters for a choice; "?" after one makes it optional,
	// "*" lets the last repeat any number of times, also none.
	takes   string
	returns Type
	in      uint8 // contexts that may use it, a bit each; 0 is all
	// blanks says that the function wants to see blank parameters; otherwise
	// any blank makes the result blank.
	blanks bool
	f1     func(f *frame, a value.Value) (value.Value, error)
	f2     func(f *frame, a, b value.Value) (value.Value, error)
	f3     func(f *frame, a, b, c value.Value) (value.Value, error)
	fn     func(f *frame, args []value.Value) (value.Value, error)
	bind   func(b *binder, e *Expr) (node, *problem)
	// unsupported says why a function is known but not simulated.
	unsupported string

	params      []typeSet
	least, most int // parameters; most is -1 without bound
}

// Contexts that know the record before the save.
const inRules = 1<<Rule | 1<<Flow

var typeLetters = map[rune]Type{'T': Text, 'N': Number, 'B': Boolean, 'D': Date, 'M': DateTime, 'H': Time,
	'P': Picklist, 'U': MultiPicklist, 'L': Location, 'A': Any, 'O': Object}

// functions is the whole table by name.
var functions map[string]*function

// The table is made when the program starts because entries bind through it.
func init() {
	functions = map[string]*function{}
	for _, family := range [][]function{logicFunctions, recordFunctions, textFunctions, encodingFunctions,
		mathFunctions, dateFunctions, placeFunctions} {
		for i := range family {
			fn := &family[i]
			fn.signature()
			if functions[fn.name] != nil {
				panic("formula: two functions are named " + fn.name)
			}
			functions[fn.name] = fn
		}
	}
}

func (fn *function) signature() {
	for _, p := range strings.Fields(fn.takes) {
		var set typeSet
		switch p[len(p)-1] {
		case '*':
			fn.most = -1
		case '?':
			fn.most++
		default:
			fn.least++
			fn.most++
		}
		for _, r := range strings.TrimRight(p, "?*") {
			t, ok := typeLetters[r]
			if !ok {
				panic(fmt.Sprintf("formula: %s takes an unknown type %q", fn.name, r))
			}
			set |= setOf(t)
		}
		fn.params = append(fn.params, set)
	}
}

func (fn *function) param(i int) typeSet { return fn.params[min(i, len(fn.params)-1)] }

// node makes the closure of a call whose parameters are evaluated first.
func (fn *function) node(args []node) node {
	n := node{typ: fn.returns}
	switch {
	case fn.f1 != nil:
		n.eval = fn.call1(args[0].eval)
	case fn.f2 != nil:
		n.eval = fn.call2(args[0].eval, args[1].eval)
	case fn.f3 != nil:
		n.eval = fn.call3(args[0].eval, args[1].eval, args[2].eval)
	default:
		n.eval = fn.callN(args)
	}
	return n
}

func (fn *function) call1(a evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		x, err := a(f)
		if err != nil || x.IsNull() && !fn.blanks {
			return null, err
		}
		return fn.f1(f, x)
	}
}

func (fn *function) call2(a, b evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		x, y, err := both(f, a, b)
		if err != nil || (x.IsNull() || y.IsNull()) && !fn.blanks {
			return null, err
		}
		return fn.f2(f, x, y)
	}
}

func (fn *function) call3(a, b, c evaluator) evaluator {
	return func(f *frame) (value.Value, error) {
		x, y, err := both(f, a, b)
		if err != nil {
			return null, err
		}
		z, err := c(f)
		if err != nil || (x.IsNull() || y.IsNull() || z.IsNull()) && !fn.blanks {
			return null, err
		}
		return fn.f3(f, x, y, z)
	}
}

func (fn *function) callN(args []node) evaluator {
	evals := make([]evaluator, len(args))
	for i, a := range args {
		evals[i] = a.eval
	}
	return func(f *frame) (value.Value, error) {
		vals := make([]value.Value, len(evals))
		blank := false
		for i, eval := range evals {
			v, err := eval(f)
			if err != nil {
				return null, err
			}
			blank = blank || v.IsNull()
			vals[i] = v
		}
		if blank && !fn.blanks {
			return null, nil
		}
		return fn.fn(f, vals)
	}
}
