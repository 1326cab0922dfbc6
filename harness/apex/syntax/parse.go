package syntax

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// Options says how a file is to be read.
type Options struct {
	Kind       UnitKind
	APIVersion int // major API version, 58 for "58.0"; 0 for the newest
}

const (
	// maxProblems is how many errors of one file are kept.
	maxProblems = 100
	// maxDepth is how deep expressions, blocks and types may nest.
	maxDepth = 1000
)

// Parse reads one file of Apex. The unit is never nil; the list holds every
// syntax error found, in source order, with codes that begin with SYNTAX; where
// there is none, the names that are no names.
func Parse(f *diag.File, opt Options) (*Unit, diag.List) {
	u := &Unit{File: f, Kind: opt.Kind, APIVersion: opt.APIVersion}
	p := parser{src: string(f.Src)}
	buf := tokenBuffers.Get().(*[]token)
	s := scanner{src: p.src, toks: (*buf)[:0]}
	s.run()
	p.toks, p.errs = s.toks, s.errs
	p.tok = p.toks[0].kind

	switch opt.Kind {
	case ClassUnit:
		u.Type = p.classUnit()
	case TriggerUnit:
		u.Trigger = p.triggerUnit()
	default:
		u.Items = p.anonymousUnit()
	}
	*buf = p.toks[:0]
	tokenBuffers.Put(buf)
	return u, p.report(f, u)
}

// tokenBuffers keeps the token slices between files; a tree has none of them.
var tokenBuffers = sync.Pool{New: func() any { s := make([]token, 0, 4096); return &s }}

// report turns the problems into diagnostics in source order.
func (p *parser) report(f *diag.File, u *Unit) diag.List {
	if len(p.errs) == 0 {
		return nil
	}
	u.Bad = true
	if slices.ContainsFunc(p.errs, func(e problem) bool { return e.code != query.CodeName }) {
		p.errs = slices.DeleteFunc(p.errs, func(e problem) bool { return e.code == query.CodeName })
	}
	slices.SortStableFunc(p.errs, func(a, b problem) int { return int(a.Pos - b.Pos) })
	out := make(diag.List, 0, len(p.errs))
	for _, e := range p.errs {
		out = append(out, diag.Errorf(f.Span(int(e.Pos), int(e.End)), e.code, "%s", e.text))
	}
	u.First = out[0]
	return out
}

// parser reads the tokens of one file. tok is always toks[i].kind.
//
// Errors follow the scheme the platform's messages show: when a token is
// missed, one unwanted token before it is skipped ("Extra"), or it is taken as
// written when what stands there may follow it ("Missing"), or else the
// construct is given up ("Expecting", "Unexpected token"). Giving up sets lost:
// until a loop over statements or members has found its feet again, no further
// errors are kept.
type parser struct {
	arena
	src   string
	toks  []token
	i     int
	tok   kind
	errs  []problem
	lost  bool    // gave up inside a construct
	leave bool    // a member began inside a body: its closing brace is missing
	deep  bool    // the nesting limit was passed
	ctx   kindSet // what may follow the expression being read
	depth int
}

// at is the token d places ahead; past the end it is tEOF.
func (p *parser) at(d int) kind {
	if p.i+d < len(p.toks) {
		return p.toks[p.i+d].kind
	}
	return tEOF
}

func (p *parser) pos() int32 { return p.toks[p.i].pos }

// prevEnd is where the last token consumed ended.
func (p *parser) prevEnd() int32 {
	if p.i == 0 {
		return 0
	}
	return p.toks[p.i-1].end
}

func (p *parser) rangeFrom(pos int32) Range { return Range{Pos: pos, End: max(pos, p.prevEnd())} }

func (p *parser) next() {
	if p.tok != tEOF {
		p.i++
		p.tok = p.toks[p.i].kind
	}
}

// jump moves to another token.
func (p *parser) jump(i int) {
	p.i = i
	p.tok = p.toks[i].kind
}

func (p *parser) accept(k kind) bool {
	if p.tok != k {
		return false
	}
	p.i++
	p.tok = p.toks[p.i].kind
	return true
}

// raw is the text of the current token.
func (p *parser) raw() string { t := p.toks[p.i]; return p.src[t.pos:t.end] }

// shown is the current token as messages quote it.
func (p *parser) shown() string {
	switch p.tok {
	case tEOF:
		return "<EOF>"
	case tString:
		return strings.TrimSuffix(strings.TrimPrefix(p.raw(), "'"), "'")
	}
	return p.raw()
}

// fail keeps an error at the current token, unless the parser is lost or the
// token before it is a literal that was reported already.
func (p *parser) fail(code, text string) {
	if p.lost || p.deep || p.i > 0 && p.toks[p.i-1].bad || p.toks[p.i].bad {
		return
	}
	t := p.toks[p.i]
	if n := len(p.errs); n > 0 && p.errs[n-1].Pos == t.pos && p.errs[n-1].code != query.CodeName && p.errs[n-1].code != "SYNTAX_IDENTIFIER" {
		return // a second message about the same token helps nobody
	}
	p.failAt(Range{Pos: t.pos, End: t.end}, code, text)
}

func (p *parser) failAt(r Range, code, text string) {
	if len(p.errs) < maxProblems {
		p.errs = append(p.errs, problem{r, code, text})
	}
}

// unexpectedAt gives up, naming an earlier token, where the platform's parser
// had its last choice.
func (p *parser) unexpectedAt(i int) {
	here := p.i
	p.jump(i)
	p.fail("SYNTAX_UNEXPECTED", "Unexpected token '"+p.shown()+"'.")
	p.jump(here)
	p.lost = true
}

// unexpected gives up at the current token.
func (p *parser) unexpected() {
	p.fail("SYNTAX_UNEXPECTED", "Unexpected token '"+p.shown()+"'.")
	p.lost = true
}

// expect consumes a token of the given kind; follow is what may stand after
// it. It reports whether the parse can go on.
func (p *parser) expect(k kind, follow kindSet) bool {
	if p.tok == k {
		if p.lost {
			return false
		}
		p.next()
		return true
	}
	return p.missed(k, follow)
}

func (p *parser) missed(k kind, follow kindSet) bool {
	switch {
	case p.lost:
		return false
	case p.at(1) == k && p.tok != tEOF:
		p.fail("SYNTAX_EXTRA", "Extra '"+expected[k]+"', at '"+p.shown()+"'.")
		p.next()
		p.next()
		return true
	case follow.has(p.tok):
		p.fail("SYNTAX_MISSING", "Missing '"+expected[k]+"' at '"+p.shown()+"'")
		return true
	}
	p.fail("SYNTAX_EXPECTED", "Expecting '"+expected[k]+"' but was: '"+p.shown()+"'")
	p.lost = true
	return false
}

// enter counts a level of nesting; past the limit it reports once and skips to
// the end of the file.
func (p *parser) enter() bool {
	p.depth++
	if p.depth <= maxDepth {
		return true
	}
	if !p.deep {
		p.lost = false
		p.fail("SYNTAX_NESTING", "Too deeply nested: more than 1000 levels")
		p.deep = true
	}
	p.jump(len(p.toks) - 1)
	p.lost = true
	return false
}

func (p *parser) exit() { p.depth-- }

// name consumes an identifier; reserved words are refused.
func (p *parser) name() Ident {
	if p.tok.isName() && !p.lost {
		return p.word()
	}
	if !p.lost {
		p.unexpected()
	}
	return Ident{Range: Range{Pos: p.pos(), End: p.pos()}}
}

// word consumes any word as a name.
func (p *parser) word() Ident {
	t := p.toks[p.i]
	p.next()
	return Ident{Range: Range{Pos: t.pos, End: t.end}, Text: p.src[t.pos:t.end]}
}

// skipTo moves on to a token of the set at the current depth of brackets, or
// to the brace or end that closes the surroundings, and is no longer lost.
func (p *parser) skipTo(stop kindSet) {
	p.lost = false
	braces, parens := 0, 0
	for p.tok != tEOF {
		switch p.tok {
		case tLBrace:
			if braces == 0 && stop.has(tLBrace) {
				return
			}
			braces++
			parens = 0
		case tRBrace:
			if braces == 0 {
				return
			}
			braces--
		case tLParen, tLBrack:
			parens++
		case tRParen, tRBrack:
			if parens == 0 && braces == 0 && stop.has(p.tok) {
				return
			}
			parens = max(0, parens-1)
		default:
			if braces == 0 && (parens == 0 || p.tok == tSemi) && stop.has(p.tok) {
				return
			}
		}
		p.next()
	}
}
