package syntax

import "github.com/rehearsal-dev/rehearsal/harness/soql/query"

// creation reads all forms of new.
func (p *parser) creation() Expr {
	pos := p.pos()
	p.next()
	first := p.tok
	t := p.typeName()
	if p.lost {
		return p.bad()
	}
	collection := len(t.Names) == 1 && len(t.Args()) > 0
	switch {
	case p.tok == tLParen:
		return p.construct(pos, t)
	case p.tok == tLBrack && !(collection && (first == tList || first == tSet || first == tMap)):
		return p.newArray(pos, t)
	case p.tok == tLBrace && collection && first == tMap:
		return p.newMap(pos, t)
	case p.tok == tLBrace && collection && (first == tList || first == tSet):
		return p.newList(pos, t)
	}
	p.unexpected()
	return p.bad()
}

// construct reads the parenthesis of new T(...): arguments, or field values
// of an sObject.
func (p *parser) construct(pos int32, t *TypeRef) Expr {
	if p.at(1).isName() && p.at(2) == tAssign {
		return p.newRecord(pos, t)
	}
	n := p.news.new()
	n.Type = t
	n.Args = p.args()
	n.Range = p.rangeFrom(pos)
	return n
}

func (p *parser) newRecord(pos int32, t *TypeRef) Expr {
	n := &NewRecord{Type: t}
	mark := p.initList.mark()
	ctx := p.ctx
	p.ctx = setOf(tRParen, tComma)
	for {
		p.next() // the parenthesis or the comma
		f := FieldInit{Name: p.name()}
		p.expect(tAssign, exprStart)
		f.Value = p.expr()
		f.Range = p.rangeFrom(f.Name.Pos)
		p.initList.push(f)
		if p.lost || p.tok != tComma {
			break
		}
	}
	p.ctx = ctx
	n.Fields = p.initList.take(mark)
	p.expect(tRParen, p.afterOperand())
	n.Range = p.rangeFrom(pos)
	return n
}

// newArray reads new T[n] and new T[]{...}.
func (p *parser) newArray(pos int32, t *TypeRef) Expr {
	if p.at(1) == tRBrack {
		p.dims(t)
		return p.newList(pos, t)
	}
	n := &NewArray{Elem: t}
	p.next()
	ctx := p.ctx
	p.ctx = setOf(tRBrack)
	n.Size = p.expr()
	p.ctx = ctx
	p.expect(tRBrack, p.afterOperand())
	n.Range = p.rangeFrom(pos)
	return n
}

func (p *parser) newList(pos int32, t *TypeRef) Expr {
	n := &NewList{Type: t}
	if !p.expect(tLBrace, exprStart) {
		return p.bad()
	}
	mark := p.exprList.mark()
	ctx := p.ctx
	p.ctx = setOf(tRBrace, tComma)
	if p.tok != tRBrace {
		p.exprList.push(p.expr())
		for !p.lost && p.accept(tComma) {
			p.exprList.push(p.expr())
		}
	}
	p.ctx = ctx
	n.Elems = p.exprList.take(mark)
	p.closeInitialiser()
	n.Range = p.rangeFrom(pos)
	return n
}

// closeInitialiser reads the brace after the elements of a collection. When
// they were not understood it looks for the brace, which must not be taken for
// the end of the block around.
func (p *parser) closeInitialiser() {
	if p.expect(tRBrace, p.afterOperand()) || p.deep {
		return
	}
	p.skipTo(setOf(tSemi))
	p.lost = !p.accept(tRBrace)
}

func (p *parser) newMap(pos int32, t *TypeRef) Expr {
	n := &NewMap{Type: t}
	mark := p.entryList.mark()
	ctx := p.ctx
	p.ctx = setOf(tRBrace, tComma, tArrow)
	p.next()
	for p.tok != tRBrace && !p.lost {
		var e MapEntry
		e.Key = p.expr()
		if !p.lost {
			p.expect(tArrow, exprStart)
		}
		e.Value = p.expr()
		p.entryList.push(e)
		if p.lost || !p.accept(tComma) {
			break
		}
		if p.tok == tRBrace {
			p.unexpected()
		}
	}
	p.ctx = ctx
	n.Entries = p.entryList.take(mark)
	p.closeInitialiser()
	n.Range = p.rangeFrom(pos)
	return n
}

// queryLiteral reads [SELECT ...] or [FIND ...]. The query parser works on
// the source text; the tokens in between are stepped over.
func (p *parser) queryLiteral() Expr {
	pos := p.pos()
	k := p.at(1)
	if k != tSelect && k != tFind {
		p.next()
		p.unexpected()
		return p.bad()
	}
	if !p.enter() {
		p.exit()
		return p.bad()
	}
	defer p.exit()
	start := p.toks[p.i+1].pos
	p.next()
	ctx := p.ctx
	p.ctx = setOf(tRBrack)
	var (
		x   Expr
		end int32
		err *query.Error
	)
	before := len(p.errs)
	if k == tSelect {
		s := &SOQL{}
		s.Query, end, err = query.ParseQueryAt(p.src, start, p.queryLimit(), p.bind)
		x = s
	} else {
		s := &SOSL{}
		s.Search, end, err = query.ParseSearchAt(p.src, start, p.queryLimit(), p.bind)
		x = s
	}
	p.ctx = ctx
	p.seek(end)
	if p.deep {
		return p.bad()
	}
	if err != nil || p.lost {
		if len(p.errs) == before && err != nil && !p.reported(start, err.End) {
			p.failAt(err.Range, err.Code, err.Message)
		}
		if !p.lost && err.Code == query.CodeName {
			p.expect(tRBrack, p.afterOperand())
			return &BadExpr{p.rangeFrom(pos)}
		}
		p.skipTo(setOf(tRBrack, tSemi))
		p.lost = !p.accept(tRBrack)
		return &BadExpr{p.rangeFrom(pos)}
	}
	p.expect(tRBrack, p.afterOperand())
	r := p.rangeFrom(pos)
	switch n := x.(type) {
	case *SOQL:
		n.Range = r
	case *SOSL:
		n.Range = r
	}
	return x
}

// reported says whether the scanner found fault with the text in a range.
func (p *parser) reported(pos, end int32) bool {
	for _, e := range p.errs {
		if e.Pos >= pos && e.Pos < end {
			return true
		}
	}
	return false
}

// queryLimit is the end of the text a query may use.
func (p *parser) queryLimit() int32 { return int32(len(p.src)) }

// seek moves on to the token at or after a byte offset.
func (p *parser) seek(pos int32) {
	for p.tok != tEOF && p.toks[p.i].pos < pos {
		p.next()
	}
}

// bind parses the expression of a bind inside a query, in place.
func (p *parser) bind(pos int32) (any, int32, bool) {
	p.seek(pos)
	if p.lost {
		return nil, pos, false
	}
	ctx := p.ctx
	p.ctx = setOf(tRBrack, tRParen, tComma)
	x := p.expr()
	p.ctx = ctx
	return x, p.pos(), !p.lost
}
