package query

import "strings"

// search reads FIND ... with all its clauses.
func (p *parser) search() *Search {
	s := &Search{}
	pos := p.tok.pos
	p.expectWordAt("FIND")
	s.Term = p.searchTerm()
	if p.acceptWord("IN") {
		s.Group = p.name()
		p.expectWord("FIELDS")
	}
	if p.acceptWord("RETURNING") {
		s.Returning = append(s.Returning, p.returning())
		for p.accept(kComma) {
			s.Returning = append(s.Returning, p.returning())
		}
	}
	for p.is("WITH") {
		s.With = append(s.With, p.searchWith())
	}
	if p.acceptWord("LIMIT") {
		s.Limit = p.count()
	}
	s.Update = p.updateClause()
	s.Range = p.from(pos)
	return s
}

// expectWordAt consumes the first word of a search. The term after FIND may
// stand in braces, so the scanner must not look beyond it.
func (p *parser) expectWordAt(upper string) {
	if !p.is(upper) {
		p.unexpected()
	}
	p.last = p.tok.end
	p.skip()
	if p.byteAt(p.pos) != '{' {
		p.advance()
		return
	}
	t := token{kind: kBraces, pos: p.pos}
	for p.pos++; p.pos < p.limit && p.src[p.pos] != '}'; p.pos++ {
		if p.src[p.pos] == '\\' {
			p.pos++
		}
	}
	p.pos = min(p.pos+1, p.limit)
	t.end = p.pos
	p.tok = t
}

// searchTerm reads a string, a bind, or {text} where only a query text is
// read: Apex has no braces there.
func (p *parser) searchTerm() Operand {
	switch p.tok.kind {
	case kString, kColon:
		return p.value()
	case kBraces:
		if p.bind == nil && strings.HasSuffix(p.text(), "}") {
			n := p.simple(SearchTermLiteral)
			n.Text = unescape(n.Raw[1 : len(n.Raw)-1])
			return n
		}
	}
	p.unexpected()
	return nil
}

// returning reads Object(fields WHERE ... ORDER BY ... LIMIT n OFFSET n).
func (p *parser) returning() Returning {
	r := Returning{}
	pos := p.tok.pos
	path := p.path()
	r.Object = Ident{path.Range, p.src[path.Pos:path.End]}
	if p.accept(kLParen) {
		for {
			f := &Field{Range: Range{Pos: p.tok.pos}, Expr: p.field()}
			f.End = p.last
			r.Fields = append(r.Fields, f)
			if !p.accept(kComma) {
				break
			}
		}
		p.returningClauses(&r)
		p.expect(kRParen, ")")
	}
	r.Range = p.from(pos)
	return r
}

func (p *parser) returningClauses(r *Returning) {
	if p.acceptWord("USING") {
		p.expectWord("LISTVIEW")
		p.expect(kEqual, "=")
		n := p.name()
		r.ListView = &n
	}
	if p.acceptWord("WHERE") {
		r.Where = p.conditions()
	}
	r.OrderBy, r.Limit, r.Offset = p.window()
}

// window reads ORDER BY, LIMIT and OFFSET, each of which may be missing.
func (p *parser) window() (order []Order, limit, offset Operand) {
	if p.is("ORDER") && p.then("BY") {
		order = p.orderBy()
	}
	if p.acceptWord("LIMIT") {
		limit = p.count()
	}
	if p.acceptWord("OFFSET") {
		offset = p.count()
	}
	return order, limit, offset
}

// searchWith reads one WITH clause.
func (p *parser) searchWith() SearchWith {
	w := SearchWith{}
	pos := p.tok.pos
	p.advance()
	if p.is("DATA") && p.then("CATEGORY") {
		p.advance()
		p.advance()
		w.Categories = p.categories()
		w.Range = p.from(pos)
		return w
	}
	w.Name = *p.path()
	switch {
	case p.tok.kind == kEqual:
		w.Op = "="
		p.advance()
		w.Values = append(w.Values, p.withValue())
	case p.is("IN"):
		w.Op = "IN"
		p.advance()
		p.expect(kLParen, "(")
		w.Values = append(w.Values, p.withValue())
		for p.accept(kComma) {
			w.Values = append(w.Values, p.withValue())
		}
		p.expect(kRParen, ")")
	case p.tok.kind == kLParen:
		w.Params = p.params()
	}
	w.Range = p.from(pos)
	return w
}

// withValue reads a string, a bind, true or false.
func (p *parser) withValue() Operand {
	if p.tok.kind != kString && p.tok.kind != kColon && !p.is("TRUE") && !p.is("FALSE") {
		p.unexpected()
	}
	return p.value()
}
