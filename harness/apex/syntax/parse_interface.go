package syntax

func (p *parser) interfaceDecl(m Modifiers) *InterfaceDecl {
	d := &InterfaceDecl{Modifiers: m}
	p.next()
	d.Name = p.name()
	d.TypeParams = p.typeParams()
	if !p.lost && p.accept(tExtends) {
		d.Extends = append(d.Extends, p.typeRef())
	}
	start := p.pos()
	if p.openBody() {
		d.Members = p.interfaceMembers()
	}
	d.Body = p.rangeFrom(start)
	d.Range = p.rangeFrom(m.Pos)
	return d
}

// interfaceMembers reads methods, which have no modifiers and no bodies.
func (p *parser) interfaceMembers() []Member {
	mark := p.memberLst.mark()
	for p.tok != tRBrace && p.tok != tEOF {
		start := p.i
		if !typeStart.has(p.tok) {
			if memberStart.has(p.tok) {
				p.fail("SYNTAX_MISSING", "Missing '}' at '"+p.shown()+"'")
				p.next()
				p.resyncMember()
			} else {
				p.strayInBody()
			}
			continue
		}
		p.memberLst.push(p.interfaceMethod())
		if p.lost {
			p.resyncMember()
		}
		if p.i == start {
			p.next()
		}
	}
	p.expect(tRBrace, memberStart)
	return p.memberLst.take(mark)
}

func (p *parser) interfaceMethod() Member {
	pos := p.pos()
	m := Modifiers{Range: Range{Pos: pos, End: pos}}
	t := p.typeRef()
	name := p.name()
	if p.tok != tLParen {
		p.expect(tLParen, kindSet{})
	}
	if p.lost {
		return &BadMember{p.rangeFrom(pos)}
	}
	d := p.methods.new()
	d.Modifiers, d.Return, d.Name = m, t, name
	d.Params = p.params()
	p.expect(tSemi, setOf(tRBrace).and(typeStart))
	d.Range = p.rangeFrom(pos)
	return d
}

func (p *parser) enumDecl(m Modifiers) *EnumDecl {
	d := &EnumDecl{Modifiers: m}
	p.next()
	d.Name = p.name()
	start := p.pos()
	if p.openBody() {
		if p.tok != tRBrace {
			d.Values = append(d.Values, p.name())
			for !p.lost && p.accept(tComma) {
				d.Values = append(d.Values, p.name())
			}
		}
		if !p.expect(tRBrace, memberStart) && !p.deep {
			p.skipTo(kindSet{})
			p.accept(tRBrace)
		}
	}
	d.Body = p.rangeFrom(start)
	d.Range = p.rangeFrom(m.Pos)
	return d
}
