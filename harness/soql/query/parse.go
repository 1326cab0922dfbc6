package query

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// BindParser parses the expression of a bind that begins at byte offset pos
// (after the colon) and says where it ended. It returns ok false, having
// reported the error itself or not, when there is no expression.
type BindParser func(pos int32) (expr any, end int32, ok bool)

// CodeName is the code of a part of a dotted name that is no name (a.1): the
// platform's parser lets it pass and the next stage refuses it, so that it is
// no syntax error.
const CodeName = "INVALID_IDENTIFIER"

// Error is a syntax error at a place of the text.
type Error struct {
	Range
	Code    string // begins with SYNTAX, or is CodeName
	Message string
}

// Parse reads a whole text as one SOQL query, as Database.query does: binds
// are a name and members (":record.Id") and become a *Path.
func Parse(f *diag.File) (*Query, diag.List) {
	src := string(f.Src)
	q, end, err := ParseQueryAt(src, 0, int32(len(src)), nil)
	if err == nil {
		err = trailing(src, end)
	}
	return q, list(f, err)
}

// ParseSearch reads a whole text as one SOSL query, as Search.query does.
func ParseSearch(f *diag.File) (*Search, diag.List) {
	src := string(f.Src)
	s, end, err := ParseSearchAt(src, 0, int32(len(src)), nil)
	if err == nil {
		err = trailing(src, end)
	}
	return s, list(f, err)
}

// trailing reports text after the end of a query.
func trailing(src string, end int32) *Error {
	s := scanner{src: src, pos: end, limit: int32(len(src))}
	t := s.next()
	if t.kind == kEOF {
		return nil
	}
	return &Error{Range{t.pos, t.end}, "SYNTAX_QUERY", "Unexpected token '" + src[t.pos:t.end] + "'."}
}

func list(f *diag.File, err *Error) diag.List {
	if err == nil {
		return nil
	}
	return diag.List{diag.Errorf(f.Span(int(err.Pos), int(err.End)), err.Code, "%s", err.Message)}
}

// ParseQueryAt reads the SOQL query that begins at offset pos of src, as far
// as it goes before limit; end is the offset of the first token that is not
// part of it. A nil bind allows names and members only.
func ParseQueryAt(src string, pos, limit int32, bind BindParser) (q *Query, end int32, err *Error) {
	p := parser{scanner: scanner{src: src, pos: pos, limit: limit}, bind: bind}
	defer func() { q, end, err = recovered(recover(), &p, q) }()
	p.advance()
	q = p.query()
	return q, p.tok.pos, nil
}

// ParseSearchAt is ParseQueryAt for SOSL.
func ParseSearchAt(src string, pos, limit int32, bind BindParser) (s *Search, end int32, err *Error) {
	p := parser{scanner: scanner{src: src, pos: pos, limit: limit}, bind: bind}
	defer func() { s, end, err = recovered(recover(), &p, s) }()
	p.advance()
	s = p.search()
	return s, p.tok.pos, nil
}

// bailout unwinds the parser after its first error.
type bailout struct{}

func recovered[T any](caught any, p *parser, tree *T) (*T, int32, *Error) {
	switch caught.(type) {
	case nil:
		if p.err != nil {
			tree = nil
		}
		return tree, p.tok.pos, p.err
	case bailout:
		return nil, p.tok.pos, p.err
	}
	panic(caught)
}

// maxDepth is how deep conditions, calls and sub-queries may nest.
const maxDepth = 200

// parser stops at the first error of a query.
type parser struct {
	scanner
	tok   token
	last  int32 // where the token before ended
	bind  BindParser
	err   *Error
	depth int
}

func (p *parser) advance() {
	p.last = p.tok.end
	p.tok = p.scanner.next()
}

// peek is the token after the current one.
func (p *parser) peek() token {
	s := p.scanner
	return s.next()
}

func (p *parser) text() string { return p.src[p.tok.pos:p.tok.end] }

func (p *parser) shown() string {
	switch p.tok.kind {
	case kEOF:
		return "<EOF>"
	case kString:
		return p.src[p.tok.pos+1 : p.tok.end-1]
	}
	return p.text()
}

func (p *parser) from(pos int32) Range { return Range{pos, max(pos, p.last)} }

func (p *parser) fail(message string) {
	p.failAt(Range{p.tok.pos, p.tok.end}, message)
}

func (p *parser) failAt(at Range, message string) {
	p.err = &Error{at, "SYNTAX_QUERY", message}
	panic(bailout{})
}

func (p *parser) unexpected() { p.fail("Unexpected token '" + p.shown() + "'.") }

// is reports whether the current token is a word, written in upper case here.
func (p *parser) is(upper string) bool {
	return p.tok.kind == kWord && fold(p.text(), upper)
}

// then reports whether the token after the current one is a word.
func (p *parser) then(upper string) bool {
	t := p.peek()
	return t.kind == kWord && fold(p.src[t.pos:t.end], upper)
}

func (p *parser) acceptWord(upper string) bool {
	if !p.is(upper) {
		return false
	}
	p.advance()
	return true
}

// expectWord consumes a keyword or says what stands in its place.
func (p *parser) expectWord(upper string) {
	if p.acceptWord(upper) {
		return
	}
	switch {
	case p.then(upper):
		p.fail("Extra '" + upper + "', at '" + p.shown() + "'.")
	case p.tok.kind == kWord && !isReserved(p.text()):
		p.fail("Missing '" + upper + "' at '" + p.shown() + "'")
	default:
		p.fail("Expecting '" + upper + "' but was: '" + p.shown() + "'")
	}
}

func (p *parser) accept(k kind) bool {
	if p.tok.kind != k {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(k kind, shown string) {
	if p.accept(k) {
		return
	}
	switch {
	case p.tok.kind != kEOF && p.peek().kind == k:
		p.fail("Extra '" + shown + "', at '" + p.shown() + "'.")
	case p.tok.kind == kRBrack:
		p.fail("Missing '" + shown + "' at '" + p.shown() + "'")
	default:
		p.fail("Expecting '" + shown + "' but was: '" + p.shown() + "'")
	}
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.err = &Error{Range{p.tok.pos, p.tok.end}, "SYNTAX_NESTING", "Too deeply nested query"}
		panic(bailout{})
	}
}

func (p *parser) exit() { p.depth-- }

// word takes any word as a name.
func (p *parser) word() Ident {
	if p.tok.kind != kWord {
		p.unexpected()
	}
	n := Ident{Range{p.tok.pos, p.tok.end}, p.text()}
	p.advance()
	return n
}

// name takes a word that is not reserved.
func (p *parser) name() Ident {
	if p.tok.kind == kWord && isReserved(p.text()) {
		p.unexpected()
	}
	return p.word()
}

// isKeyword reports whether the current word can not be a name in a query
// literal of Apex.
func (p *parser) isKeyword() bool {
	return p.bind != nil && p.tok.kind == kWord && has(keywords, p.text())
}

// path reads a dotted name; reserved words are no names by themselves, but
// may be parts of one.
func (p *parser) path() *Path {
	n := &Path{Range: Range{p.tok.pos, p.tok.end}}
	if p.tok.kind != kDotted {
		word := p.isKeyword()
		n.Parts = append(make([]Ident, 0, 1), p.name())
		if word && p.tok.kind != kLParen {
			p.unexpected()
		}
		return n
	}
	text, pos := p.text(), p.tok.pos
	n.Parts = make([]Ident, 0, strings.Count(text, ".")+1)
	for part := range strings.SplitSeq(text, ".") {
		end := pos + int32(len(part))
		if part == "" || class[part[0]] == isDigit {
			p.err = &Error{Range{pos, end}, CodeName, "Invalid identifier '" + part + "'."}
		}
		n.Parts = append(n.Parts, Ident{Range{pos, end}, part})
		pos = end + 1
	}
	p.advance()
	return n
}
