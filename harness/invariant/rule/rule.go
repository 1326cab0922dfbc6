// Package rule compiles the expressions of suites: what must be true of a row,
// of a whole answer or of a change.
//
// The language is CEL. Numbers are decimals throughout, so that literals and
// fields mix (a field of 3 days times a rate of 9.95), and null counts as such:
// num(x) makes it 0, text(x) makes it "". round(x, digits) rounds half up, as
// the platform does; near(a, b) is equality to within a millionth.
//
// A Rule is immutable and may be evaluated by several goroutines. Evaluation
// has no side effects and depends on nothing but its input. Fields are not
// checked against a describe: a name that a row does not have is an error when
// it is met.
package rule

import (
	"fmt"
	"math"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Scope says which variables an expression may use.
type Scope string

// The scopes.
const (
	Row    Scope = "row"    // row, and before: the same record before the upgrade, or null
	Answer Scope = "answer" // rows and count
	Change Scope = "change" // before and after, null for rows that are new or gone
)

var variables = map[Scope][]string{
	Row:    {"row", "before"},
	Answer: {"rows", "count"},
	Change: {"before", "after"},
}

// Rule is a compiled expression.
type Rule struct {
	source  string
	program cel.Program
	idents  []string
	paths   []Path
}

// Compile checks an expression. at is where its text begins in the user's
// file; diagnostics are placed from there.
func Compile(scope Scope, source string, at diag.Span) (*Rule, diag.List) {
	env, err := environment(scope, nil)
	if err != nil {
		return nil, diag.List{diag.Errorf(at, "EXPRESSION", "prepare the expression language: %v", err)}
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, place(issues, source, scope, at)
	}
	decimals(parsed.NativeRep())
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, place(issues, source, scope, at)
	}
	if out := checked.OutputType(); !out.IsExactType(cel.BoolType) && !out.IsExactType(cel.DynType) {
		return nil, diag.List{diag.Errorf(at, "EXPRESSION", "the expression gives %s, it must say true or false", out)}
	}
	program, err := env.Program(checked)
	if err != nil {
		return nil, diag.List{diag.Errorf(at, "EXPRESSION", "prepare %q: %v", source, err)}
	}
	names := reader{rows: map[string]string{}}
	names.read(parsed.NativeRep().Expr())
	return &Rule{source: source, program: program, idents: names.idents, paths: names.paths}, nil
}

// String is the expression as written.
func (r *Rule) String() string { return r.source }

// Holds evaluates the expression over variables of its scope. Numbers in vars
// are float64, missing values nil, records map[string]any.
func (r *Rule) Holds(vars map[string]any) (bool, error) {
	out, _, err := r.program.Eval(vars)
	if err != nil {
		return false, fmt.Errorf("evaluate %q: %w", r.source, err)
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("evaluate %q: it gives %v, it must say true or false", r.source, out.Value())
	}
	return holds, nil
}

// Nulls lists the fields that an expression reads and that are null in
// variables of its scope, as they are written: "row.Note__c". Of a whole answer
// it names none, since which row of it was read is not known.
func (r *Rule) Nulls(vars map[string]any) []string {
	var names []string
	for _, p := range r.paths {
		record, ok := vars[p.Variable].(map[string]any)
		if !ok {
			continue
		}
		var v any = record
		for _, field := range p.Fields {
			if record, ok := v.(map[string]any); ok {
				v = record[field]
			}
		}
		if v == nil {
			names = append(names, p.Variable+"."+p.String())
		}
	}
	return names
}

// environment is the language with the variables of a scope, of the types that
// are known of them, and anything else.
func environment(scope Scope, known map[string]*cel.Type, more ...cel.EnvOption) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true),
		cel.Function("num", cel.Overload("num_dyn", []*cel.Type{cel.DynType}, cel.DoubleType, cel.UnaryBinding(num))),
		cel.Function("text", cel.Overload("text_dyn", []*cel.Type{cel.DynType}, cel.StringType, cel.UnaryBinding(text))),
		cel.Function("round", cel.Overload("round_dyn_dyn", []*cel.Type{cel.DynType, cel.DynType}, cel.DoubleType, cel.BinaryBinding(round))),
		cel.Function("near", cel.Overload("near_dyn_dyn", []*cel.Type{cel.DynType, cel.DynType}, cel.BoolType, cel.BinaryBinding(near))),
	}
	for _, name := range variables[scope] {
		t := known[name]
		if t == nil {
			t = cel.DynType
		}
		options = append(options, cel.Variable(name, t))
	}
	return cel.NewEnv(append(options, more...)...)
}

// decimals turns whole-number literals into decimals: CEL has no operators over
// mixed kinds of number.
func decimals(tree *ast.AST) {
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.LiteralKind {
			return
		}
		if n, ok := e.AsLiteral().(types.Int); ok {
			e.SetKindCase(factory.NewLiteral(e.ID(), types.Double(n)))
		}
	}))
}

// place turns the compiler's messages into diagnostics in the user's file: all
// messages but those that follow from a first one of the syntax. The lines of
// a text over several lines are indented alike.
func place(issues *cel.Issues, source string, scope Scope, at diag.Span) diag.List {
	var list diag.List
	for _, e := range issues.Errors() {
		span := at
		span.Line += e.Location.Line() - 1
		span.Column += e.Location.Column()
		message, _, _ := strings.Cut(e.Message, " (in container")
		message, _, _ = strings.Cut(message, "\n")
		d := diag.Errorf(span, "EXPRESSION", "expression %q: %s", source, message)
		d.Fix = "use " + strings.Join(variables[scope], ", ") + " and the functions num, text, round, near"
		list = append(list, d)
		if strings.HasPrefix(message, "Syntax error") {
			break
		}
	}
	return list
}

func asNumber(v ref.Val) (float64, bool) {
	switch v := v.(type) {
	case types.Double:
		return float64(v), true
	case types.Int:
		return float64(v), true
	case types.Null:
		return 0, true
	default:
		return 0, false
	}
}

func num(v ref.Val) ref.Val {
	n, ok := asNumber(v)
	if !ok {
		return types.NewErr("num: %v is not a number", v.Value())
	}
	return types.Double(n)
}

func text(v ref.Val) ref.Val {
	if v.Type() == types.NullType {
		return types.String("")
	}
	return v.ConvertToType(types.StringType)
}

func round(v, digits ref.Val) ref.Val {
	n, ok := asNumber(v)
	d, ok2 := asNumber(digits)
	if !ok || !ok2 {
		return types.NewErr("round: %v to %v digits: not numbers", v.Value(), digits.Value())
	}
	scale := math.Pow(10, d)
	// The last bits of a binary product must not decide a half.
	scaled := math.Abs(n) * scale
	rounded := math.Floor(scaled*(1+1e-14) + 0.5)
	return types.Double(math.Copysign(rounded/scale, n))
}

func near(a, b ref.Val) ref.Val {
	if a.Type() == types.NullType || b.Type() == types.NullType {
		return types.Bool(a.Type() == b.Type())
	}
	x, ok := asNumber(a)
	y, ok2 := asNumber(b)
	if !ok || !ok2 {
		return types.NewErr("near: %v and %v: not numbers", a.Value(), b.Value())
	}
	return types.Bool(math.Abs(x-y) <= 1e-6)
}
