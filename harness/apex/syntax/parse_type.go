package syntax

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

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
	if !k.isPath() && !collection {
		return -1
	}
	i++
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

var typeStart = kindRange(firstType, lastName).and(setOf(tList, tMap))

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
	p.typeParts(p.word())
	t.Names = p.nameList.take(mark)
	if p.tok == tLt || needArgs {
		t.Names[len(t.Names)-1].Args = p.typeArgs()
	}
	t.End = max(t.Pos, p.prevEnd())
	p.exit()
	return t
}

// typeParts pushes the parts of a dotted name.
func (p *parser) typeParts(n Ident) {
	for {
		var part Ident
		part, n = p.cut(n)
		p.nameList.push(TypeName{Ident: part})
		if n.Pos == n.End {
			return
		}
	}
}

// cut splits the first part off a dotted name. The rest begins after the dot;
// it is empty, with Pos equal to End, when there was none. Doubled dots count
// as one: a..b compiles on the platform, and released packages have it. A part
// without a name is reported.
func (p *parser) cut(n Ident) (first, rest Ident) {
	dot := strings.IndexByte(n.Text, '.')
	if dot < 0 {
		return p.checked(n), Ident{Range: Range{Pos: n.End, End: n.End}}
	}
	first = Ident{Range: Range{Pos: n.Pos, End: n.Pos + int32(dot)}, Text: n.Text[:dot]}
	for dot++; dot < len(n.Text)-1 && n.Text[dot] == '.'; dot++ {
	}
	rest = Ident{Range: Range{Pos: n.Pos + int32(dot), End: n.End}, Text: n.Text[dot:]}
	if rest.Text == "" || rest.Text == "." {
		rest = Ident{Range: Range{Pos: n.End, End: n.End}}
		p.noName(rest)
	}
	return p.checked(first), rest
}

// checked reports a part of a dotted name that is no name. The platform's
// parser lets these pass and its later stages refuse them, so the code is not
// one of a syntax error.
func (p *parser) checked(n Ident) Ident {
	if n.Text == "" || byteClass[n.Text[0]] == cDigit {
		p.noName(n)
	}
	return n
}

func (p *parser) noName(n Ident) {
	p.failAt(n.Range, query.CodeName, "Invalid identifier '"+n.Text+"'. Apex identifiers must start with an ASCII letter (a-z or A-Z) "+
		"followed by any number of ASCII letters (a-z or A-Z), digits (0 - 9), '_'.")
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
