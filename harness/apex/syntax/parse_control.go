package syntax

func (p *parser) whileStmt() Stmt {
	s := &While{}
	s.Pos = p.pos()
	p.next()
	s.Cond = p.condition()
	s.Body = p.loopBody()
	s.Range = p.rangeFrom(s.Pos)
	return s
}

func (p *parser) doStmt() Stmt {
	s := &DoWhile{}
	s.Pos = p.pos()
	p.next()
	if p.tok == tLBrace {
		s.Body = p.blockThen(setOf(tWhile))
	} else {
		p.expect(tLBrace, stmtStart)
		s.Body = p.sub()
	}
	if p.leave || !p.expect(tWhile, setOf(tLParen)) {
		s.Range = p.rangeFrom(s.Pos)
		return s
	}
	s.Cond = p.condition()
	p.expect(tSemi, afterStmt)
	s.Range = p.rangeFrom(s.Pos)
	return s
}

// forStmt reads all three forms of for.
func (p *parser) forStmt() Stmt {
	pos := p.pos()
	p.next()
	if !p.expect(tLParen, exprStart.and(setOf(tSemi))) {
		p.skipTo(setOf(tLBrace, tSemi))
		return &BadStmt{p.rangeFrom(pos)}
	}
	ctx := p.ctx
	p.ctx = setOf(tRParen, tSemi)
	defer func() { p.ctx = ctx }()
	if p.declares() {
		j := p.scanType(p.i)
		if p.toks[j+1].kind == tColon {
			return p.forEach(pos)
		}
	}
	s := &For{}
	switch {
	case p.tok == tSemi:
	case p.declares():
		s.Decl = p.localDecl(Modifiers{Range: Range{Pos: p.pos(), End: p.pos()}})
	default:
		s.Init = p.forInits()
	}
	p.expect(tSemi, exprStart.and(setOf(tSemi, tRParen)))
	if p.tok != tSemi && !p.lost {
		s.Cond = p.expr()
	}
	p.expect(tSemi, exprStart.and(setOf(tRParen)))
	if p.tok != tRParen && !p.lost {
		mark := p.exprList.mark()
		p.exprList.push(p.expr())
		s.Post = p.exprList.take(mark)
	}
	if p.lost {
		p.skipForHeader()
	} else {
		p.closeHeader()
	}
	s.Body = p.loopBody()
	s.Range = p.rangeFrom(pos)
	return s
}

// skipForHeader looks for the end of a header whose parts were not understood.
func (p *parser) skipForHeader() {
	if p.deep {
		return
	}
	p.skipTo(setOf(tRParen, tLBrace))
	p.accept(tRParen)
}

// forInits reads "a = x, b.c = y": the platform takes assignments to names
// only in the first part of a loop.
func (p *parser) forInits() []Expr {
	mark := p.exprList.mark()
	for {
		if !p.tok.isPath() || p.at(1) != tAssign {
			if p.tok.isPath() {
				p.next()
			}
			p.unexpected()
			break
		}
		p.exprList.push(p.expr())
		if p.lost || !p.accept(tComma) {
			break
		}
	}
	return p.exprList.take(mark)
}

func (p *parser) forEach(pos int32) Stmt {
	s := &ForEach{Modifiers: Modifiers{Range: Range{Pos: p.pos(), End: p.pos()}}}
	s.Type = p.typeRef()
	s.Name = p.name()
	p.expect(tColon, exprStart)
	p.ctx = setOf(tRParen)
	s.Over = p.expr()
	p.closeHeader()
	s.Body = p.loopBody()
	s.Range = p.rangeFrom(pos)
	return s
}

func (p *parser) switchStmt() Stmt {
	s := &Switch{}
	s.Pos = p.pos()
	p.next()
	p.next()
	p.ctx = p.ctx.and(setOf(tLBrace))
	s.X = p.expr()
	if !p.expect(tLBrace, setOf(tWhen)) {
		s.Range = p.rangeFrom(s.Pos)
		return s
	}
	for p.tok == tWhen && !p.lost && !p.leave {
		s.Whens = append(s.Whens, p.when())
	}
	if !p.leave {
		p.expect(tRBrace, afterStmt)
	}
	s.Range = p.rangeFrom(s.Pos)
	return s
}

func (p *parser) when() *When {
	w := &When{}
	w.Pos = p.pos()
	p.next()
	switch {
	case p.tok == tElse:
		p.next()
		w.Else = true
	case p.declares():
		w.Type = p.typeRef()
		w.Name = p.name()
	case p.tok == tLBrace:
		p.fail("SYNTAX_MISSING", "Missing 'ELSE' at '{'")
		w.Else = true
	default:
		mark := p.exprList.mark()
		p.exprList.push(p.expr())
		for !p.lost && p.accept(tComma) {
			p.exprList.push(p.expr())
		}
		w.Values = p.exprList.take(mark)
	}
	if p.tok == tLBrace && !p.lost {
		w.Body = p.block()
	} else {
		p.expect(tLBrace, afterStmt)
		w.Body = &Block{Range: Range{Pos: p.pos(), End: p.pos()}}
	}
	w.Range = p.rangeFrom(w.Pos)
	return w
}

func (p *parser) tryStmt() Stmt {
	s := &Try{}
	s.Pos = p.pos()
	p.next()
	s.Body = p.needBlock()
	for p.tok == tCatch && !p.lost && !p.leave {
		s.Catches = append(s.Catches, p.catch())
	}
	if !p.leave && !p.lost && p.accept(tFinally) {
		s.Finally = p.needBlock()
	}
	s.Range = p.rangeFrom(s.Pos)
	return s
}

// needBlock reads a block where nothing else may stand.
func (p *parser) needBlock() *Block {
	if p.tok == tLBrace && !p.lost {
		return p.blockThen(afterStmt.and(setOf(tCatch, tFinally)))
	}
	p.expect(tLBrace, afterStmt)
	return &Block{Range: Range{Pos: p.pos(), End: p.pos()}}
}

func (p *parser) catch() *Catch {
	c := &Catch{}
	c.Pos = p.pos()
	p.next()
	if p.expect(tLParen, typeStart) {
		c.Type = p.typeRef()
		c.Name = p.name()
		if !p.expect(tRParen, setOf(tLBrace)) && !p.deep {
			p.skipTo(setOf(tRParen, tLBrace, tSemi))
			p.accept(tRParen)
		}
	} else if !p.deep {
		p.skipTo(setOf(tLBrace, tSemi))
	}
	c.Body = p.needBlock()
	c.Range = p.rangeFrom(c.Pos)
	return c
}
