package syntax

// scanType looks whether a type begins at token i and returns the token after
// it, or -1. It decides between declarations, casts and expressions; nested
// type arguments are followed without building anything.
func (p *parser) scanType(i int) int { return p.scanTypeDepth(i, 0) }

func (p *parser) scanTypeDepth(i, depth int) int {
	if depth > 50 || i >= len(p.toks) {
		return -1
	}
	k := p.toks[i].kind
	collection := k == tList || k == tMap || k == tSet
	if !k.isName() && !collection {
		return -1
	}
	i++
	for p.toks[i].kind == tDot && p.toks[i+1].kind.isWord() && p.toks[i+1].kind != tClass {
		collection = false
		i += 2
	}
	if p.toks[i].kind == tLt {
		return p.scanTypeArgs(i+1, depth)
	}
	if collection {
		return -1
	}
	for p.toks[i].kind == tLBrack && p.toks[i+1].kind == tRBrack {
		i += 2
	}
	return i
}

// scanTypeArgs follows "A, B>" and returns the token after it, or -1.
func (p *parser) scanTypeArgs(i, depth int) int {
	for {
		i = p.scanTypeDepth(i, depth+1)
		if i < 0 {
			return -1
		}
		switch p.toks[i].kind {
		case tComma:
			i++
		case tGt:
			return i + 1
		default:
			return -1
		}
	}
}

var typeStart = kindRange(firstName, lastName).and(setOf(tList, tMap))

// typeRef reads a type. After type arguments no brackets may follow, as in
// the platform's grammar.
func (p *parser) typeRef() *TypeRef {
	t := p.typeName()
	if len(t.Names) > 0 && len(t.Args()) == 0 {
		p.dims(t)
	}
	return t
}

// dims reads the pairs of brackets after a type name.
func (p *parser) dims(t *TypeRef) {
	for p.tok == tLBrack && p.at(1) == tRBrack {
		p.next()
		p.next()
		t.Dims++
	}
	t.End = max(t.Pos, p.prevEnd())
}

// typeName reads a dotted name with the type arguments of its last part.
func (p *parser) typeName() *TypeRef {
	t := p.types.new()
	t.Pos = p.pos()
	mark := p.nameList.mark()
	if !p.enter() || p.lost || !typeStart.has(p.tok) {
		p.unexpected()
		p.nameList.push(TypeName{Ident: Ident{Range: Range{Pos: t.Pos, End: t.Pos}}})
		t.Names = p.nameList.take(mark)
		t.End = t.Pos
		p.exit()
		return t
	}
	needArgs := p.tok == tList || p.tok == tMap || p.tok == tSet
	n := TypeName{Ident: p.word()}
	for p.tok == tDot && p.at(1).isWord() && p.at(1) != tClass {
		p.nameList.push(n)
		p.next()
		n = TypeName{Ident: p.word()}
		needArgs = false
	}
	if p.tok == tLt || needArgs {
		n.Args = p.typeArgs()
	}
	p.nameList.push(n)
	t.Names = p.nameList.take(mark)
	t.End = max(t.Pos, p.prevEnd())
	p.exit()
	return t
}

func (p *parser) typeArgs() []*TypeRef {
	if !p.expect(tLt, typeStart) {
		return nil
	}
	mark := p.typeList.mark()
	p.typeList.push(p.typeRef())
	for !p.lost && p.accept(tComma) {
		p.typeList.push(p.typeRef())
	}
	p.expect(tGt, afterType)
	return p.typeList.take(mark)
}

// afterType is what may stand after a closed type.
var afterType = kindRange(firstName, lastName).and(setOf(tLParen, tRParen, tLBrace, tGt, tComma, tDot, tLBrack, tSemi))
