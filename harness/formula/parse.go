package formula

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Limits of formulas. maxLength is the platform's limit on characters of a
// formula field (Salesforce help, "Formula Field Limits"); the others bound what
// the parser takes at all: bytes, nesting and nodes.
const (
	maxLength = 3900
	maxSource = 100_000
	maxDepth  = 250
	maxNodes  = 20_000
)

// Codes of the diagnostics of formulas.
const (
	CodeSyntax      = "FORMULA_SYNTAX"
	CodeTooLong     = "FORMULA_TOO_LONG"
	CodeField       = "FORMULA_FIELD"
	CodeForeign     = "FORMULA_FOREIGN" // a field of an object that the schema does not have
	CodeFunction    = "FORMULA_FUNCTION"
	CodeParameters  = "FORMULA_PARAMETERS"
	CodeType        = "FORMULA_TYPE"
	CodeContext     = "FORMULA_CONTEXT"
	CodeUnsupported = "FORMULA_UNSUPPORTED"
	CodeCircular    = "FORMULA_CIRCULAR"
)

// Parse reads a formula. The tree is nil when the list is not empty. file is
// the name used in diagnostics.
func Parse(file, src string) (*Expr, diag.List) {
	if len(src) > maxSource {
		return nil, diag.List{diag.Errorf(diag.Span{File: file}, CodeTooLong, "%s", tooLong(src, maxSource))}
	}
	p := &parser{lex: lexer{src: src}}
	e, err := p.formula()
	if err != nil {
		at := diag.NewFile(file, []byte(src)).Span(err.pos, err.end)
		return nil, diag.List{diag.Errorf(at, err.code, "%s", err.message)}
	}
	return e, nil
}

func tooLong(src string, limit int) string {
	return fmt.Sprintf("Formula is too long (%s characters). Maximum length is %s characters.",
		grouped(utf8.RuneCountInString(src)), grouped(limit))
}

// grouped writes a number as the platform's messages do: 3,900.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// problem is a diagnostic whose position is still byte offsets.
type problem struct {
	code, message string
	pos, end      int
}

func (p *problem) Error() string { return p.message }

type parser struct {
	lex   lexer
	tok   token
	depth int
	nodes int
}

func (p *parser) advance() { p.tok = p.lex.next() }

func (p *parser) formula() (*Expr, *problem) {
	p.advance()
	if p.tok.kind == tokEOF {
		return nil, p.fail("Syntax error.  Formula is empty")
	}
	e, err := p.binary(0)
	switch {
	case err != nil:
		return nil, err
	case p.tok.kind == tokClose:
		return nil, p.fail("Syntax error.  Extra ')'")
	case p.tok.kind == tokComma:
		return nil, p.fail("Syntax error.  Extra ','")
	case p.tok.kind != tokEOF:
		return nil, p.unexpected()
	}
	return e, nil
}

// levels are the binary operators from weakest to strongest; all associate to
// the left.
var levels = [][]string{
	{"||"},
	{"&&"},
	{"=", "==", "<>", "!="},
	{"<", "<=", ">", ">="},
	{"+", "-", "&"},
	{"*", "/"},
	{"^"},
}

// canonical operators for those with two spellings.
var canonical = map[string]string{"==": "=", "!=": "<>"}

func (p *parser) binary(level int) (*Expr, *problem) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for p.tok.kind == tokOp && contains(levels[level], p.tok.text) {
		op := p.tok
		p.advance()
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		text := op.text
		if c, ok := canonical[text]; ok {
			text = c
		}
		if left, err = p.node(&Expr{Op: OpBinary, Text: text, Args: []*Expr{left, right}, Pos: left.Pos, End: right.End}); err != nil {
			return nil, err
		}
	}
	return left, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (p *parser) unary() (*Expr, *problem) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.tooDeep()
	}
	defer func() { p.depth-- }()
	if t := p.tok; t.kind == tokOp && (t.text == "-" || t.text == "+" || t.text == "!") {
		p.advance()
		e, err := p.unary()
		if err != nil {
			return nil, err
		}
		return p.node(&Expr{Op: OpUnary, Text: t.text, Args: []*Expr{e}, Pos: t.pos, End: e.End})
	}
	return p.primary()
}

func (p *parser) primary() (*Expr, *problem) {
	t := p.tok
	switch t.kind {
	case tokNumber:
		p.advance()
		return p.node(&Expr{Op: OpNumber, Text: t.text, Pos: t.pos, End: t.end})
	case tokString:
		p.advance()
		return p.node(&Expr{Op: OpString, Text: t.text, Pos: t.pos, End: t.end})
	case tokName:
		p.advance()
		if p.tok.kind == tokOpen {
			return p.call(t)
		}
		return p.node(name(t))
	case tokOpen:
		p.advance()
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		if p.tok.kind != tokClose {
			return nil, p.missingClose()
		}
		p.advance()
		return e, nil
	default:
		return nil, p.unexpected()
	}
}

func name(t token) *Expr {
	e := &Expr{Op: OpName, Text: t.text, Pos: t.pos, End: t.end}
	switch strings.ToUpper(t.text) {
	case "TRUE":
		e.Op = OpTrue
	case "FALSE":
		e.Op = OpFalse
	case "NULL":
		e.Op = OpNull
	}
	return e
}

func (p *parser) call(fn token) (*Expr, *problem) {
	e := &Expr{Op: OpCall, Text: strings.ToUpper(fn.text), Pos: fn.pos}
	p.advance()
	for p.tok.kind != tokClose {
		if len(e.Args) > 0 {
			if p.tok.kind != tokComma {
				return nil, p.missingClose()
			}
			p.advance()
		}
		arg, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, arg)
	}
	e.End = p.tok.end
	p.advance()
	return p.node(e)
}

func (p *parser) node(e *Expr) (*Expr, *problem) {
	if p.nodes++; p.nodes > maxNodes {
		return nil, p.fail("Formula is too complex: it has more than " + grouped(maxNodes) + " parts")
	}
	return e, nil
}

func (p *parser) fail(message string) *problem {
	return &problem{CodeSyntax, message, p.tok.pos, p.tok.end}
}

func (p *parser) missingClose() *problem {
	if p.tok.kind == tokBad {
		return p.unexpected()
	}
	return p.fail("Syntax error.  Missing ')'")
}

func (p *parser) tooDeep() *problem {
	return p.fail("Formula is too complex: it nests more than " + strconv.Itoa(maxDepth) + " levels")
}

func (p *parser) unexpected() *problem {
	switch {
	case p.tok.kind == tokEOF:
		return p.fail("Syntax error")
	case p.tok.kind == tokBad && (p.tok.text == `"` || p.tok.text == "'"):
		return p.fail("Syntax error.  Missing closing quote " + p.tok.text)
	default:
		return p.fail("Syntax error.  Found '" + p.tok.text + "'")
	}
}
