package formula

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Compiler compiles formulas against one schema and keeps the programs of its
// formula fields, so that formulas over formula fields share them. It may be
// used by several goroutines.
type Compiler struct {
	schema *schema.Schema
	mu     sync.Mutex
	fields map[*schema.Field]*fieldProgram
}

// fieldProgram is a formula field, compiled or, while its own formula is being
// compiled, open: meeting an open one again is a circle.
type fieldProgram struct {
	program *Program
	diags   diag.List
	open    bool
}

// NewCompiler makes a compiler for a schema.
func NewCompiler(s *schema.Schema) *Compiler {
	return &Compiler{schema: s, fields: map[*schema.Field]*fieldProgram{}}
}

// Compile is the function Compile over this compiler's schema.
func (c *Compiler) Compile(o *schema.Object, ns, src string, ctx Context, opt Options) (*Program, diag.List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.compile(o, ns, src, ctx, opt)
}

// Field is the program of a formula field; its namespace is the field's own.
func (c *Compiler) Field(f *schema.Field) (*Program, diag.List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.field(f)
}

func (c *Compiler) field(f *schema.Field) (*Program, diag.List) {
	if p := c.fields[f]; p != nil {
		if p.open {
			return nil, diag.List{diag.Errorf(diag.Span{}, CodeCircular,
				"Formula field %s refers to itself, directly or over other formulas.", f.Name)}
		}
		return p.program, p.diags
	}
	p := &fieldProgram{open: true}
	c.fields[f] = p
	p.program, p.diags = c.compile(f.Object, f.Namespace, f.Formula, FieldFormula,
		Options{BlankAsZero: f.TreatBlanksAsZero, Returns: f.Type, File: f.Object.Name + "." + f.Name})
	p.open = false
	return p.program, p.diags
}

func (c *Compiler) compile(o *schema.Object, ns, src string, ctx Context, opt Options) (*Program, diag.List) {
	if ctx == FieldFormula && utf8.RuneCountInString(src) > maxLength {
		return nil, diag.List{diag.Errorf(diag.Span{File: opt.File}, CodeTooLong, "%s", tooLong(src, maxLength))}
	}
	e, diags := Parse(opt.File, src)
	if e == nil {
		return nil, diags
	}
	b := &binder{compiler: c, object: o, ns: ns, context: ctx, options: opt, seen: map[string]bool{}}
	n, err := b.bind(e)
	if err == nil {
		err = b.result(n, opt.Returns)
	}
	if err != nil {
		at := diag.NewFile(opt.File, []byte(src)).Span(err.pos, err.end)
		return nil, diag.List{diag.Errorf(at, err.code, "%s", err.message)}
	}
	return &Program{Source: src, Type: n.typ, expr: e, eval: n.eval, returns: opt.Returns, paths: b.paths, fields: b.fields}, nil
}

// binder gives types and closures to the nodes of one formula.
type binder struct {
	compiler *Compiler
	object   *schema.Object
	ns       string
	context  Context
	options  Options
	paths    []Path
	fields   []*schema.Field
	seen     map[string]bool
	foreign  bool // a path led to an object that the schema does not have
	tooFar   bool // a path spans more relationships than there may be
}

func (b *binder) problem(e *Expr, code, format string, args ...any) *problem {
	return &problem{code, fmt.Sprintf(format, args...), e.Pos, e.End}
}

// result checks that the formula gives what its place wants.
func (b *binder) result(n node, want schema.FieldType) *problem {
	t := TypeOf(want)
	if want == schema.AnyType || accepts(t, n.typ) {
		return nil
	}
	if b.context == Default || b.context == Flow || b.context == Rule {
		switch {
		case (t == Picklist || t == MultiPicklist) && n.typ == Text, t == Text && n.typ == Picklist:
			return nil
		case t == DateTime && n.typ == Date:
			return nil
		case t == Date && n.typ == DateTime && b.context == Default: // as released packages have it
			return nil
		}
	}
	return b.problem(n.expr, CodeType, "Formula result is data type (%s), incompatible with expected data type (%s).",
		resultName(n.typ), resultName(t))
}

func (b *binder) bind(e *Expr) (node, *problem) {
	n, err := b.bindNode(e)
	n.expr = e
	return n, err
}

func (b *binder) bindNode(e *Expr) (node, *problem) {
	switch e.Op {
	case OpNumber:
		d, ok := parseNumber(e.Text)
		if !ok {
			return node{}, b.problem(e, CodeSyntax, "Syntax error.  Found '%s'", e.Text)
		}
		return constantNode(Number, number(d)), nil
	case OpString:
		return constantNode(Text, text(e.Text)), nil
	case OpTrue, OpFalse:
		return constantNode(Boolean, value.OfBool(e.Op == OpTrue)), nil
	case OpNull:
		return constantNode(Any, null), nil
	case OpName:
		return b.name(e)
	case OpUnary:
		return b.unary(e)
	case OpBinary:
		return b.binary(e)
	default:
		return b.call(e)
	}
}

// call binds a call of a function of the table.
func (b *binder) call(e *Expr) (node, *problem) {
	fn := functions[e.Text]
	switch {
	case fn == nil:
		return node{}, b.problem(e, CodeFunction, "Unknown function %s. Check spelling.", e.Text)
	case fn.unsupported != "":
		return node{}, b.problem(e, CodeUnsupported, "Function %s() is not simulated: %s", e.Text, fn.unsupported)
	case fn.in != 0 && fn.in&(1<<b.context) == 0:
		return node{}, b.problem(e, CodeContext, "Function %s may not be used in this type of formula", e.Text)
	}
	if err := b.arity(e, fn); err != nil {
		return node{}, err
	}
	if fn.bind != nil {
		return fn.bind(b, e)
	}
	args, err := b.arguments(e, fn)
	if err != nil {
		return node{}, err
	}
	return fn.node(args), nil
}

func (b *binder) arity(e *Expr, fn *function) *problem {
	n := len(e.Args)
	if n >= fn.least && (fn.most < 0 || n <= fn.most) {
		return nil
	}
	expected := fmt.Sprint(fn.least)
	if fn.most != fn.least && n < fn.least {
		expected = fmt.Sprintf("%d or more", fn.least)
	} else if fn.most != fn.least {
		expected = fmt.Sprint(fn.most)
	}
	return b.problem(e, CodeParameters, "Incorrect number of parameters for function '%s()'. Expected %s, received %d",
		e.Text, expected, n)
}

func (b *binder) arguments(e *Expr, fn *function) ([]node, *problem) {
	args := make([]node, len(e.Args))
	for i, a := range e.Args {
		n, err := b.bind(a)
		if err != nil {
			return nil, err
		}
		if err := b.expect(n, fn.param(i), "function", e.Text+"()"); err != nil {
			return nil, err
		}
		args[i] = n
	}
	return args, nil
}

// expect checks a node against the types that its place allows.
func (b *binder) expect(n node, want typeSet, kind, where string) *problem {
	if want.has(n.typ) {
		return nil
	}
	if n.typ == Picklist || n.typ == MultiPicklist {
		if want.has(Text) && b.context == Flow {
			return nil
		}
		return b.problem(n.expr, CodeType,
			"Field %s is a picklist field. Picklist fields are only supported in certain functions.", n.expr.Text)
	}
	return b.problem(n.expr, CodeType, "Incorrect parameter type for %s '%s'. Expected %s, received %s",
		kind, where, want, n.typ)
}

// typeSet is the types a parameter takes, a bit each.
type typeSet uint16

func setOf(types ...Type) typeSet {
	var s typeSet
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

func (s typeSet) has(t Type) bool { return t == Any || s&(1<<Any) != 0 || s&(1<<t) != 0 }

// String lists the types as messages do.
func (s typeSet) String() string {
	var names []string
	for t := Any; t <= Object; t++ {
		if s&(1<<t) != 0 {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, ", ")
}
