package syntax

// modifierOf maps the reserved words that are modifiers.
var modifierOf = [numKinds]Modifier{
	tPublic: Public, tPrivate: Private, tProtected: Protected, tGlobal: Global, tStatic: Static, tFinal: Final,
	tAbstract: Abstract, tVirtual: Virtual, tOverride: Override, tTransient: Transient,
	tWebService: WebService, tTestMethod: TestMethod,
	tWith: WithSharing, tWithout: WithoutSharing, tInherited: InheritedSharing,
}

// modifierWidth says how many tokens at i are a modifier: one, two for the
// sharing of a class, or none. The words that may also be names count only
// when a declaration goes on after them.
func (p *parser) modifierWidth(i int) int {
	k := p.toks[i].kind
	switch k {
	case tTransient:
		if n := p.toks[i+1].kind; (n.isWord() || n == tDotted) && !afterVar.has(p.toks[i+2].kind) {
			return 1
		}
		return 0
	case tWith, tWithout, tInherited:
		if p.toks[i+1].kind == tSharing {
			if n := p.toks[i+2].kind; n.isWord() || n == tAt || n == tDotted {
				return 2
			}
		}
		return 0
	}
	if modifierOf[k] != 0 {
		return 1
	}
	return 0
}

// afterVar is what follows the name of a variable, parameter or method.
var afterVar = setOf(tSemi, tAssign, tComma, tLParen, tRParen, tLBrace, tColon)

// modifiers reads what stands before a declaration.
func (p *parser) modifiers() (m Modifiers) {
	m.Pos, m.End = p.pos(), p.pos()
	words, notes := p.wordList.mark(), p.noteList.mark()
	for !p.lost {
		if p.tok == tAt {
			p.noteList.push(p.annotation())
			continue
		}
		w := p.modifierWidth(p.i)
		if w == 0 {
			break
		}
		pos, mod := p.pos(), modifierOf[p.tok]
		for range w {
			p.next()
		}
		m.Set |= mod
		p.wordList.push(ModifierWord{p.rangeFrom(pos), mod})
	}
	m.Words = p.wordList.take(words)
	m.Annotations = p.noteList.take(notes)
	m.End = max(m.Pos, p.prevEnd())
	if len(m.Words)+len(m.Annotations) == 0 {
		m.End = m.Pos
	}
	return m
}

// annotation reads @Name, @Name('x') or @Name(a='x' b=true).
func (p *parser) annotation() *Annotation {
	a := &Annotation{}
	a.Pos = p.pos()
	if !p.at(1).isName() {
		p.unexpected()
		p.next()
		return a
	}
	p.next()
	a.Name = p.word()
	if !p.lost && p.accept(tLParen) {
		a.Parens = true
		if p.tok == tString {
			lit := p.literal()
			a.Args = append(a.Args, AnnotationArg{Range: lit.At(), Value: lit})
		} else {
			for p.tok.isName() && !p.lost {
				a.Args = append(a.Args, p.annotationArg())
			}
		}
		p.closeAnnotation()
	}
	a.Range = p.rangeFrom(a.Pos)
	return a
}

// annotated is what may follow an annotation.
var annotated = memberStart.and(setOf(tTrigger))

func (p *parser) closeAnnotation() {
	if p.expect(tRParen, annotated) || p.deep {
		return
	}
	p.skipTo(setOf(tRParen, tSemi, tLBrace))
	p.accept(tRParen)
}

func (p *parser) annotationArg() (arg AnnotationArg) {
	arg.Pos = p.pos()
	arg.Name = p.word()
	p.expect(tAssign, kindSet{})
	switch p.tok {
	case tString, tTrue, tFalse:
		if !p.lost {
			arg.Value = p.literal()
		}
	default:
		p.unexpected()
	}
	arg.Range = p.rangeFrom(arg.Pos)
	return arg
}

// typeDecl reads a class, interface or enum whose modifiers were read.
func (p *parser) typeDecl(m Modifiers) TypeDecl {
	if !p.enter() {
		p.exit()
		return nil
	}
	defer p.exit()
	switch p.tok {
	case tClass:
		return p.classDecl(m)
	case tInterface:
		return p.interfaceDecl(m)
	case tEnum:
		return p.enumDecl(m)
	}
	p.unexpected()
	return nil
}

func (p *parser) classDecl(m Modifiers) *ClassDecl {
	d := &ClassDecl{Modifiers: m}
	p.next()
	d.Name = p.name()
	d.TypeParams = p.typeParams()
	if !p.lost && p.accept(tExtends) {
		d.Extends = p.typeRef()
	}
	if !p.lost && p.accept(tImplements) {
		d.Implements = p.typeRefs()
	}
	start := p.pos()
	if p.openBody() {
		d.Members = p.members()
	}
	d.Body = p.rangeFrom(start)
	d.Range = p.rangeFrom(m.Pos)
	return d
}

func (p *parser) typeRefs() []*TypeRef {
	mark := p.typeList.mark()
	p.typeList.push(p.typeRef())
	for !p.lost && p.accept(tComma) {
		p.typeList.push(p.typeRef())
	}
	return p.typeList.take(mark)
}

// typeParams reads <T, U> after the name of a class or interface.
func (p *parser) typeParams() (names []Ident) {
	if p.lost || !p.accept(tLt) {
		return nil
	}
	names = append(names, p.name())
	for !p.lost && p.accept(tComma) {
		names = append(names, p.name())
	}
	p.expect(tGt, setOf(tLBrace, tExtends, tImplements))
	return names
}

// openBody consumes the brace that opens a body. When the header was not
// understood it looks for the brace further on.
func (p *parser) openBody() bool {
	if p.expect(tLBrace, memberStart) {
		return true
	}
	if p.deep {
		return false
	}
	p.skipTo(setOf(tLBrace, tSemi))
	return p.accept(tLBrace)
}

// memberStart is what a member may begin with.
var memberStart = kindRange(firstType, lastName).and(setOf(
	tPublic, tPrivate, tProtected, tGlobal, tStatic, tFinal, tAbstract, tVirtual, tOverride, tWebService, tTestMethod,
	tClass, tInterface, tEnum, tAt, tLBrace, tList, tMap, tRBrace))

// members reads the members of a class up to and with its closing brace.
func (p *parser) members() []Member {
	mark := p.memberLst.mark()
	for p.tok != tRBrace && p.tok != tEOF {
		if !memberStart.has(p.tok) {
			p.strayInBody()
			continue
		}
		start := p.i
		p.memberLst.push(p.member())
		p.leave = false
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

// strayInBody reports a token that begins no member and moves to one that may.
func (p *parser) strayInBody() {
	if p.at(1) == tRBrace {
		p.fail("SYNTAX_EXTRA", "Extra '}', at '"+p.shown()+"'.")
		p.next()
		return
	}
	p.fail("SYNTAX_EXPECTED", "Expecting '}' but was: '"+p.shown()+"'")
	p.next()
	p.resyncMember()
}

// resyncMember moves to where the next member seems to begin.
func (p *parser) resyncMember() {
	p.skipTo(setOf(tSemi, tLBrace, tPublic, tPrivate, tProtected, tGlobal, tStatic, tOverride, tVirtual, tAbstract,
		tAt, tClass, tInterface, tEnum, tWebService, tTestMethod))
	switch p.tok {
	case tSemi:
		p.next()
	case tLBrace:
		p.skipBraces()
	}
}

// skipBraces steps over a balanced block.
func (p *parser) skipBraces() {
	p.next()
	p.skipTo(kindSet{})
	p.accept(tRBrace)
}

// member reads one member of a class.
func (p *parser) member() Member {
	pos := p.pos()
	if p.tok == tLBrace || p.tok == tStatic && p.at(1) == tLBrace {
		return p.initBlock()
	}
	m := p.modifiers()
	switch {
	case p.lost:
		return &BadMember{p.rangeFrom(pos)}
	case p.tok == tClass || p.tok == tInterface || p.tok == tEnum:
		if d := p.typeDecl(m); d != nil {
			return d
		}
		return &BadMember{p.rangeFrom(pos)}
	}
	if p.tok.isPath() && p.at(1) == tLParen {
		return p.constructor(m)
	}
	t := p.typeRef()
	dotted := p.tok == tDotted && p.at(1) == tLParen
	if !p.lost && !p.tok.isName() && !dotted {
		p.unexpected()
	}
	if p.lost {
		return &BadMember{p.rangeFrom(pos)}
	}
	name := p.word()
	if dotted {
		p.noName(name)
	}
	switch p.tok {
	case tLParen:
		return p.method(m, t, name)
	case tLBrace:
		return p.property(m, t, name)
	case tSemi, tAssign, tComma:
		return p.fieldDecl(m, t, name)
	}
	p.unexpectedAt(p.i - 1)
	return &BadMember{p.rangeFrom(pos)}
}

func (p *parser) constructor(m Modifiers) *ConstructorDecl {
	d := &ConstructorDecl{Modifiers: m}
	d.Name = p.word()
	d.Params = p.params()
	d.Body = p.methodBody()
	d.Range = p.rangeFrom(m.Pos)
	return d
}

func (p *parser) method(m Modifiers, t *TypeRef, name Ident) *MethodDecl {
	d := p.methods.new()
	d.Modifiers, d.Return, d.Name = m, t, name
	d.Params = p.params()
	d.Body = p.methodBody()
	d.Range = p.rangeFrom(m.Pos)
	return d
}

// params reads a parameter list with its parentheses.
func (p *parser) params() []Param {
	p.next()
	mark := p.paramList.mark()
	if p.tok != tRParen && paramStart.has(p.tok) {
		p.paramList.push(p.param())
		for !p.lost && p.accept(tComma) {
			p.paramList.push(p.param())
		}
	}
	out := p.paramList.take(mark)
	if !p.expect(tRParen, setOf(tLBrace, tSemi)) && !p.deep {
		p.skipTo(setOf(tRParen, tLBrace, tSemi))
		p.accept(tRParen)
	}
	return out
}

var paramStart = memberStart

func (p *parser) param() (a Param) {
	a.Modifiers = p.modifiers()
	a.Type = p.typeRef()
	a.Name = p.name()
	a.Range = p.rangeFrom(a.Modifiers.Pos)
	return a
}

// methodBody reads { ... }, or ; for a method without a body.
func (p *parser) methodBody() *Block {
	switch {
	case p.tok == tLBrace:
		return p.body()
	case p.accept(tSemi):
		return nil
	}
	stmt := !p.lost && stmtStart.has(p.tok) && p.memberAhead() == noMember
	p.unexpected()
	if stmt && !p.deep {
		p.lost = false // only the brace is missing
		return p.body()
	}
	return nil
}

// property reads { get; set; } with bodies and modifiers.
func (p *parser) property(m Modifiers, t *TypeRef, name Ident) Member {
	d := &PropertyDecl{Modifiers: m, Type: t, Name: name}
	p.next()
	for !p.lost && (p.tok != tRBrace || d.Get == nil && d.Set == nil) {
		if d.Get != nil || d.Set != nil {
			i, _ := p.skipModifiers(p.i)
			if k := p.toks[i].kind; k != tGet && k != tSet {
				break
			}
		}
		pos := p.pos()
		mods := p.accessModifier()
		slot := &d.Get
		switch p.tok {
		case tSet:
			slot = &d.Set
		case tGet:
		default:
			p.unexpected()
			continue
		}
		if *slot != nil {
			p.fail("SYNTAX_MISSING", "Missing '}' at '"+p.shown()+"'")
			p.lost = true
			break
		}
		p.next()
		a := &Accessor{Modifiers: mods}
		a.Body = p.methodBody()
		a.Range = p.rangeFrom(pos)
		*slot = a
	}
	if p.lost && !p.deep && !p.leave {
		p.skipTo(kindSet{})
	}
	if !p.leave && !p.expect(tRBrace, memberStart) && !p.deep {
		p.skipTo(kindSet{})
		p.accept(tRBrace)
	}
	d.Range = p.rangeFrom(m.Pos)
	return d
}

// accessModifier reads the one word of access that an accessor may have.
func (p *parser) accessModifier() (m Modifiers) {
	m.Pos, m.End = p.pos(), p.pos()
	switch p.tok {
	case tPublic, tPrivate, tProtected, tGlobal:
		m.Set = modifierOf[p.tok]
		p.next()
		m.End = p.prevEnd()
		m.Words = []ModifierWord{{m.Range, m.Set}}
	}
	return m
}

func (p *parser) fieldDecl(m Modifiers, t *TypeRef, name Ident) *FieldDecl {
	d := &FieldDecl{Modifiers: m, Type: t}
	d.Vars = p.vars(name)
	p.expect(tSemi, memberStart)
	d.Range = p.rangeFrom(m.Pos)
	return d
}

// vars reads the names and initial values of a declaration; the first name
// was read.
func (p *parser) vars(name Ident) []Var {
	mark := p.varList.mark()
	for {
		v := Var{Range: Range{Pos: name.Pos}, Name: name}
		if !p.lost && p.accept(tAssign) {
			v.Init = p.expr()
		}
		v.End = max(name.End, p.prevEnd())
		p.varList.push(v)
		if p.lost || !p.accept(tComma) {
			break
		}
		name = p.name()
	}
	return p.varList.take(mark)
}

func (p *parser) initBlock() *InitBlock {
	b := &InitBlock{}
	pos := p.pos()
	b.Static = p.accept(tStatic)
	b.Body = p.body()
	b.Range = p.rangeFrom(pos)
	return b
}
