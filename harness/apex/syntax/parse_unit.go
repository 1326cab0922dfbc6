package syntax

import (
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// classUnit reads a file that holds one class, interface or enum.
func (p *parser) classUnit() TypeDecl {
	m := p.modifiers()
	d := p.typeDecl(m)
	if d != nil {
		p.endOfFile()
	}
	return d
}

// endOfFile reports whatever follows the last closing brace.
func (p *parser) endOfFile() {
	if p.tok == tEOF || p.deep {
		return
	}
	p.lost = false
	if p.tok == tClass || p.tok == tInterface || p.tok == tEnum || p.at(1) != tEOF {
		p.fail("SYNTAX_MISSING", "Missing '<EOF>' at '"+p.shown()+"'")
		return
	}
	p.fail("SYNTAX_EXTRA", "Extra '<EOF>', at '"+p.shown()+"'.")
}

// triggerUnit reads "trigger Name on Object (events) { ... }".
func (p *parser) triggerUnit() *TriggerDecl {
	if p.tok != tTrigger {
		p.unexpected()
		return nil
	}
	d := &TriggerDecl{}
	pos := p.pos()
	p.next()
	d.Name = p.name()
	p.expect(tOn, typeStart)
	if p.tok == tDotted && !p.lost {
		d.Object = p.word()
	} else {
		d.Object = p.name()
	}
	p.expect(tLParen, setOf(tBefore, tAfter))
	p.events(d)
	if !p.expect(tRParen, setOf(tLBrace)) && !p.deep {
		p.skipTo(setOf(tRParen, tLBrace))
		p.accept(tRParen)
	}
	start := p.pos()
	if p.openBody() {
		d.Items = p.items(tRBrace)
		p.expect(tRBrace, setOf(tEOF))
	}
	d.Body = p.rangeFrom(start)
	d.Range = p.rangeFrom(pos)
	p.endOfFile()
	return d
}

func (p *parser) events(d *TriggerDecl) {
	for !p.lost {
		w := TriggerEventWord{Range: Range{Pos: p.pos()}}
		switch p.tok {
		case tBefore:
			w.Event = dml.BeforeInsert
		case tAfter:
			w.Event = dml.AfterInsert
		default:
			p.unexpected()
			return
		}
		p.next()
		switch p.tok {
		case tInsert:
		case tUpdate:
			w.Event++
		case tDelete:
			w.Event += 2
		case tUndelete:
			w.Event += 3
		default:
			p.unexpected()
			return
		}
		p.next()
		w.End = p.prevEnd()
		d.Events = append(d.Events, w)
		if !p.accept(tComma) {
			return
		}
	}
}

// anonymousUnit reads statements and declarations up to the end of the file.
func (p *parser) anonymousUnit() []Node { return p.items(tEOF) }

// items reads the statements and members of a trigger or anonymous block up
// to a closing token, which stays.
func (p *parser) items(end kind) (items []Node) {
	for p.tok != end && p.tok != tEOF {
		start := p.i
		switch p.memberAhead() {
		case noMember:
			if p.tok == tRBrace || !stmtStart.has(p.tok) {
				p.strayStatement()
				break
			}
			items = append(items, p.statement())
		default:
			items = append(items, p.member())
		}
		p.leave = false
		if p.lost {
			p.resyncStmt()
		}
		if p.i == start {
			p.next()
		}
	}
	return items
}

// memberKind is what sort of member seems to begin at a token.
type memberKind uint8

const (
	noMember memberKind = iota
	typeMember
	methodMember // also constructors
	propertyMember
	initMember
)

// memberAhead looks past modifiers and annotations to tell a member from a
// statement. A variable, with or without modifiers, counts as a statement.
func (p *parser) memberAhead() memberKind {
	i, modified := p.skipModifiers(p.i)
	switch p.toks[i].kind {
	case tClass, tInterface, tEnum:
		return typeMember
	case tLBrace:
		return noMember
	}
	j := p.scanType(i)
	if j < 0 {
		return noMember
	}
	if p.toks[j].kind == tLParen && modified && j == i+1 {
		return methodMember
	}
	if !p.toks[j].kind.isName() {
		return noMember
	}
	switch p.toks[j+1].kind {
	case tLParen:
		if p.closedBefore(j+1, tLBrace) {
			return methodMember
		}
	case tLBrace:
		if k := p.toks[j+2].kind; k == tGet || k == tSet || modifierOf[k] != 0 {
			return propertyMember
		}
	}
	return noMember
}

// skipModifiers is the token after the modifiers and annotations at i, and
// whether there were any.
func (p *parser) skipModifiers(i int) (next int, modified bool) {
	for {
		if p.toks[i].kind == tAt && p.toks[i+1].kind.isWord() {
			i += 2
			if p.toks[i].kind == tLParen {
				for n := 0; n < 200 && p.toks[i].kind != tRParen && p.toks[i].kind != tEOF; n++ {
					i++
				}
				if p.toks[i].kind == tRParen {
					i++
				}
			}
			modified = true
			continue
		}
		w := p.modifierWidth(i)
		if w == 0 {
			return i, modified
		}
		i += w
		modified = true
	}
}

// closedBefore reports whether the parenthesis at i closes directly before a
// token of the given kind, within a bounded look.
func (p *parser) closedBefore(i int, k kind) bool {
	depth := 0
	for n := 0; n < 400 && i < len(p.toks)-1; n++ {
		switch p.toks[i].kind {
		case tLParen:
			depth++
		case tRParen:
			depth--
			if depth == 0 {
				return p.toks[i+1].kind == k
			}
		case tLBrace, tRBrace, tSemi:
			return false
		}
		i++
	}
	return false
}
