package syntax

import (
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

var (
	exprStart = kindRange(firstType, lastName).and(kindRange(tInt, tTextBlock)).and(setOf(
		tThis, tSuper, tNew, tNull, tTrue, tFalse, tList, tMap, tTrigger, tLParen, tLBrack,
		tBang, tTilde, tPlus, tMinus, tInc, tDec))
	stmtStart = exprStart.and(setOf(
		tLBrace, tIf, tWhile, tDo, tFor, tReturn, tThrow, tBreak, tContinue, tTry,
		tInsert, tUpdate, tUpsert, tDelete, tUndelete, tMerge,
		tAt, tFinal, tStatic, tPublic, tPrivate, tProtected, tGlobal, tAbstract, tVirtual, tOverride,
		tWebService, tTestMethod))
	afterStmt = stmtStart.and(setOf(tRBrace))
)

// body reads the block of a method, accessor or initialiser.
func (p *parser) body() *Block { return p.blockThen(memberStart) }

// block reads a block statement.
func (p *parser) block() *Block { return p.blockThen(afterStmt) }

// blockThen reads { ... }; follow is what may stand after it. A member that
// begins inside means that the closing brace was forgotten: then every open
// block ends there.
func (p *parser) blockThen(follow kindSet) *Block {
	b := p.blocks.new()
	b.Pos = p.pos()
	if !p.enter() {
		p.exit()
		b.End = b.Pos
		return b
	}
	ctx := p.ctx
	p.accept(tLBrace)
	mark := p.stmtList.mark()
	for p.tok != tRBrace && p.tok != tEOF && !p.leave {
		start := p.i
		if !stmtStart.has(p.tok) {
			if follow.has(p.tok) && !memberStart.has(p.tok) {
				break // expect says that the brace is missing
			}
			if !p.declarationInBlock() {
				p.strayStatement()
			}
			continue
		}
		p.stmtList.push(p.statement())
		if p.lost && !p.leave {
			p.resyncStmt()
		}
		if p.i == start && !p.leave {
			p.next()
		}
	}
	b.Stmts = p.stmtList.take(mark)
	if !p.leave {
		p.expect(tRBrace, follow)
	}
	p.ctx = ctx
	b.Range = p.rangeFrom(b.Pos)
	p.exit()
	return b
}

// declarationInBlock reports a type declared inside a block as a missing
// brace.
func (p *parser) declarationInBlock() bool {
	switch p.tok {
	case tClass, tInterface, tEnum:
		p.fail("SYNTAX_MISSING", "Missing '}' at '"+p.shown()+"'")
		p.leave = true
		return true
	}
	return false
}

// strayStatement reports a token that begins no statement and moves on.
func (p *parser) strayStatement() {
	if p.at(1) == tRBrace {
		p.fail("SYNTAX_EXTRA", "Extra '}', at '"+p.shown()+"'.")
		p.next()
		return
	}
	p.fail("SYNTAX_EXPECTED", "Expecting '}' but was: '"+p.shown()+"'")
	p.next()
	if p.tok != tLBrace {
		p.resyncStmt()
	}
}

// resyncStmt moves past the statement that could not be read.
func (p *parser) resyncStmt() {
	if p.deep {
		return
	}
	if p.i > 0 && p.toks[p.i-1].kind == tSemi {
		p.lost = false
		return
	}
	p.skipTo(setOf(tSemi, tLBrace, tIf, tFor, tWhile, tDo, tReturn, tThrow, tTry,
		tInsert, tUpdate, tUpsert, tDelete, tUndelete, tPublic, tPrivate, tGlobal))
	p.accept(tSemi)
}

// statement reads one statement.
func (p *parser) statement() Stmt {
	switch p.tok {
	case tLBrace:
		return p.block()
	case tIf:
		return p.ifStmt()
	case tFor, tWhile, tDo, tTry:
		return p.compound()
	case tReturn, tThrow:
		return p.returnOrThrow()
	case tBreak, tContinue:
		return p.jumpStmt()
	case tInsert, tUpdate, tUpsert, tDelete, tUndelete, tMerge:
		return p.dml()
	case tSwitch:
		if p.at(1) == tOn {
			return p.compound()
		}
	case tDotted:
		if p.atRunAs() {
			return p.runAs()
		}
	}
	return p.simple()
}

// atRunAs recognises System.runAs, which the platform reads as one keyword.
func (p *parser) atRunAs() bool { return EqualFold(p.raw(), "System.runAs") }

// compound reads a statement that holds others, counting its nesting.
func (p *parser) compound() Stmt {
	pos := p.pos()
	if !p.enter() {
		p.exit()
		return &BadStmt{Range{Pos: pos, End: pos}}
	}
	defer p.exit()
	switch p.tok {
	case tFor:
		return p.forStmt()
	case tWhile:
		return p.whileStmt()
	case tDo:
		return p.doStmt()
	case tTry:
		return p.tryStmt()
	}
	return p.switchStmt()
}

// simple reads a declaration or an expression with its semicolon.
func (p *parser) simple() Stmt {
	pos := p.pos()
	if p.tok == tAt || modifierOf[p.tok] != 0 && p.modifierWidth(p.i) > 0 {
		return p.modified()
	}
	if p.declares() {
		if p.toks[p.scanType(p.i)+1].kind == tLParen && p.memberAhead() == methodMember {
			return p.forgottenBrace(p.scanType(p.i))
		}
		return p.localVar(Modifiers{Range: Range{Pos: pos, End: pos}})
	}
	s := p.exprs.new()
	s.X = p.expr()
	p.expect(tSemi, afterStmt)
	s.Range = p.rangeFrom(pos)
	return s
}

// modified reads a local variable with modifiers.
func (p *parser) modified() Stmt {
	if p.memberAhead() != noMember {
		return p.forgottenBrace(p.i)
	}
	start := p.i
	if p.at(1) == tRBrace {
		p.strayStatement()
		return &BadStmt{p.rangeFrom(p.toks[start].pos)}
	}
	m := p.modifiers()
	if p.lost || !p.declares() {
		p.unexpectedAt(start)
		return &BadStmt{p.rangeFrom(m.Pos)}
	}
	return p.localVar(m)
}

// forgottenBrace reports a method that begins inside a body and ends all open
// blocks.
func (p *parser) forgottenBrace(at int) Stmt {
	pos := p.pos()
	i := p.i
	p.jump(at)
	if at == i {
		p.fail("SYNTAX_UNEXPECTED", "Unexpected token '"+p.shown()+"'.")
	} else {
		p.fail("SYNTAX_MISSING", "Missing ';' at '"+p.shown()+"'")
	}
	p.jump(i)
	p.leave = true
	return &BadStmt{Range{Pos: pos, End: pos}}
}

// declares reports whether a type followed by a name begins here.
func (p *parser) declares() bool {
	if p.tok.isPath() {
		switch n := p.at(1); {
		case n.isName():
			return p.tok != tSet
		case n != tLt && n != tLBrack:
			return false
		}
	} else if p.tok != tList && p.tok != tMap {
		return false
	}
	j := p.scanType(p.i)
	return j > 0 && p.toks[j].kind.isName()
}

// localVar reads "Type a = x, b;" whose modifiers were read.
func (p *parser) localVar(m Modifiers) *LocalVar {
	s := p.localDecl(m)
	p.expect(tSemi, afterStmt)
	s.Range = p.rangeFrom(m.Pos)
	return s
}

func (p *parser) localDecl(m Modifiers) *LocalVar {
	s := p.locals.new()
	s.Modifiers = m
	s.Type = p.typeRef()
	name := p.name()
	if p.tok != tAssign && p.tok != tSemi && p.tok != tComma && p.tok != tRBrace && p.at(1) != tSemi {
		p.notDeclared(s.Type)
	}
	s.Vars = p.vars(name)
	s.Range = p.rangeFrom(m.Pos)
	return s
}

// notDeclared reports "Type name" that does not go on as a declaration does.
// The platform's parser then takes the type for an expression.
func (p *parser) notDeclared(t *TypeRef) {
	here := p.i
	p.jump(here - 1)
	if t.Dims == 0 && len(t.Args()) == 0 {
		p.fail("SYNTAX_MISSING", "Missing ';' at '"+p.shown()+"'")
	} else {
		p.fail("SYNTAX_UNEXPECTED", "Unexpected token '"+p.shown()+"'.")
	}
	p.jump(here)
	p.lost = true
}

// condition reads ( X ) of a header. What follows is a statement.
func (p *parser) condition() Expr {
	if !p.expect(tLParen, exprStart) {
		p.skipTo(setOf(tLBrace, tSemi))
		return &BadExpr{Range{Pos: p.pos(), End: p.pos()}}
	}
	ctx := p.ctx
	p.ctx = setOf(tRParen)
	x := p.expr()
	p.ctx = ctx
	p.closeHeader()
	return x
}

// closeHeader reads the ) of a header, looking for it further on when
// something else stands there.
func (p *parser) closeHeader() {
	if p.expect(tRParen, stmtStart) || p.deep {
		return
	}
	p.skipTo(setOf(tRParen, tLBrace, tSemi))
	p.accept(tRParen)
}

// sub reads the statement under a header.
func (p *parser) sub() Stmt {
	if p.leave {
		return &BadStmt{Range{Pos: p.pos(), End: p.pos()}}
	}
	if !stmtStart.has(p.tok) {
		pos := p.pos()
		p.unexpected()
		return &BadStmt{Range{Pos: pos, End: pos}}
	}
	if !p.enter() {
		p.exit()
		return &BadStmt{Range{Pos: p.pos(), End: p.pos()}}
	}
	s := p.statement()
	p.exit()
	return s
}

// loopBody is sub, where a lone semicolon is allowed; it gives nil for one.
func (p *parser) loopBody() Stmt {
	if p.accept(tSemi) {
		return nil
	}
	return p.sub()
}

// ifStmt reads an if with its chain of else-ifs; the chain is a loop so that
// a long one does not nest.
func (p *parser) ifStmt() Stmt {
	var first, last *If
	for {
		s := p.ifs.new()
		s.Pos = p.pos()
		p.next()
		s.Cond = p.condition()
		if p.tok == tLBrace && !p.lost {
			s.Then = p.blockThen(afterStmt.and(setOf(tElse)))
		} else {
			s.Then = p.sub()
		}
		s.Range = p.rangeFrom(s.Pos)
		if first == nil {
			first = s
		} else {
			last.Else = s
		}
		last = s
		if p.lost || p.leave || !p.accept(tElse) {
			break
		}
		if p.tok != tIf {
			s.Else = p.sub()
			break
		}
	}
	end := max(first.Pos, p.prevEnd())
	for s := first; s != nil; s, _ = s.Else.(*If) {
		s.End = end
	}
	return first
}

func (p *parser) returnOrThrow() Stmt {
	pos := p.pos()
	k := p.tok
	p.next()
	if k == tThrow {
		s := &Throw{X: p.expr()}
		p.expect(tSemi, afterStmt)
		s.Range = p.rangeFrom(pos)
		return s
	}
	s := p.returns.new()
	if p.tok != tSemi && exprStart.has(p.tok) {
		s.X = p.expr()
	}
	p.expect(tSemi, afterStmt)
	s.Range = p.rangeFrom(pos)
	return s
}

func (p *parser) jumpStmt() Stmt {
	pos := p.pos()
	k := p.tok
	p.next()
	p.expect(tSemi, afterStmt)
	if k == tBreak {
		return &Break{p.rangeFrom(pos)}
	}
	return &Continue{p.rangeFrom(pos)}
}

// dmlOps maps the keywords of DML statements.
var dmlOps = [numKinds]dml.Op{tInsert: dml.Insert, tUpdate: dml.Update, tUpsert: dml.Upsert, tDelete: dml.Delete, tUndelete: dml.Undelete, tMerge: dml.Merge}

func (p *parser) dml() Stmt {
	s := &DML{Op: dmlOps[p.tok]}
	s.Pos = p.pos()
	p.next()
	if p.accept(tAs) {
		switch p.tok {
		case tUser:
			s.Mode = UserMode
			p.next()
		case tSystem:
			s.Mode = SystemMode
			p.next()
		default:
			p.fail("SYNTAX_UNEXPECTED", "Unexpected token "+p.shown()+".")
			p.lost = true
		}
	}
	s.X = p.expr()
	switch {
	case p.lost:
	case s.Op == dml.Merge:
		s.With = p.expr()
	case s.Op == dml.Upsert && p.tok.isPath():
		s.Field = p.fieldName()
	}
	p.expect(tSemi, afterStmt)
	s.Range = p.rangeFrom(s.Pos)
	return s
}

// fieldName reads the dotted external id field of an upsert.
func (p *parser) fieldName() *TypeRef {
	t := p.types.new()
	t.Pos = p.pos()
	mark := p.nameList.mark()
	p.typeParts(p.word())
	t.Names = p.nameList.take(mark)
	t.End = p.prevEnd()
	return t
}

func (p *parser) runAs() Stmt {
	s := &RunAs{}
	s.Pos = p.pos()
	p.next()
	if p.tok != tLParen {
		p.expect(tLParen, kindSet{})
		return &BadStmt{p.rangeFrom(s.Pos)}
	}
	s.Args = p.args()
	if p.tok == tLBrace && !p.lost {
		s.Body = p.block()
	} else {
		p.expect(tLBrace, stmtStart)
		s.Body = &Block{Range: Range{Pos: p.pos(), End: p.pos()}}
	}
	s.Range = p.rangeFrom(s.Pos)
	return s
}
