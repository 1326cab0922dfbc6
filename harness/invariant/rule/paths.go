package rule

import (
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
)

// Path is one name that an expression reads of a record: "Rental__r", "Name".
type Path struct {
	Variable string // row, before, after; of a whole answer, rows
	Fields   []string
}

// String is the path as written, without its variable.
func (p Path) String() string { return strings.Join(p.Fields, ".") }

// Uses reports whether an expression names a variable of its scope.
func (r *Rule) Uses(variable string) bool { return slices.Contains(r.idents, variable) }

// Paths lists the fields that an expression reads, each once, in the order in
// which they are written.
func (r *Rule) Paths() []Path { return slices.Clone(r.paths) }

// reader finds the names in an expression.
type reader struct {
	idents []string
	paths  []Path
	rows   map[string]string // variables of macros over the rows of an answer, and what they run over
}

// read walks an expression from the outside in, so that the longest path is met
// first.
func (r *reader) read(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		if name := e.AsIdent(); !slices.Contains(r.idents, name) {
			r.idents = append(r.idents, name)
		}
	case ast.SelectKind:
		if variable, fields, ok := r.path(e); ok {
			p := Path{variable, fields}
			if !slices.ContainsFunc(r.paths, func(have Path) bool { return have.Variable == p.Variable && slices.Equal(have.Fields, p.Fields) }) {
				r.paths = append(r.paths, p)
			}
		}
		r.read(operandOf(e))
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			r.read(call.Target())
		}
		for _, arg := range call.Args() {
			r.read(arg)
		}
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			r.read(item)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			r.read(entry.AsMapEntry().Key())
			r.read(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		r.read(c.IterRange())
		if over := c.IterRange(); over.Kind() == ast.IdentKind {
			r.rows[c.IterVar()] = over.AsIdent()
		}
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			r.read(part)
		}
		delete(r.rows, c.IterVar())
	}
}

// operandOf is what stands before the last dot of a path, past all its dots.
func operandOf(e ast.Expr) ast.Expr {
	for e.Kind() == ast.SelectKind {
		e = e.AsSelect().Operand()
	}
	return e
}

// path takes a chain of dots apart that begins with a record.
func (r *reader) path(e ast.Expr) (variable string, fields []string, ok bool) {
	for e.Kind() == ast.SelectKind {
		fields = append(fields, e.AsSelect().FieldName())
		e = e.AsSelect().Operand()
	}
	slices.Reverse(fields)
	switch {
	case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "_[_]" && e.AsCall().Args()[0].Kind() == ast.IdentKind:
		return e.AsCall().Args()[0].AsIdent(), fields, true
	case e.Kind() != ast.IdentKind:
		return "", nil, false
	}
	name := e.AsIdent()
	if over := r.rows[name]; over != "" {
		name = over
	}
	return name, fields, true
}
