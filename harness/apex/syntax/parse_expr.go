package syntax

// operators are what may follow an operand inside an expression.
var operators = kindRange(tDot, tSafeDot).and(setOf(tQuestion, tCoalesce, tInstanceof, tLBrack)).and(kindRange(tAssign, tDec))

// afterOperand is what may stand after a complete operand here.
func (p *parser) afterOperand() kindSet {
	s := operators.and(p.ctx)
	if p.ctx == (kindSet{}) {
		s = s.and(setOf(tSemi))
	}
	return s
}

// bad stands in for an expression that could not be read.
func (p *parser) bad() Expr { return &BadExpr{Range{Pos: p.pos(), End: p.pos()}} }

// expr reads an expression, assignments included.
func (p *parser) expr() Expr {
	if p.lost {
		return p.bad()
	}
	if !p.enter() {
		p.exit()
		return p.bad()
	}
	x := p.ternary()
	if op, width := p.assignOp(); width > 0 && !p.lost {
		a := p.assigns.new()
		a.Op, a.OpPos, a.Left = op, p.pos(), x
		for range width {
			p.next()
		}
		a.Right = p.expr()
		a.Range = p.rangeFrom(x.At().Pos)
		x = a
	}
	p.exit()
	return x
}

// assignOp is the assignment operator at the current token and its width in
// tokens; shifts are put together from single marks.
func (p *parser) assignOp() (Op, int) {
	switch p.tok {
	case tAssign:
		return NoOp, 1
	case tAddAssign:
		return Add, 1
	case tSubAssign:
		return Sub, 1
	case tMulAssign:
		return Mul, 1
	case tDivAssign:
		return Div, 1
	case tAndAssign:
		return BitAnd, 1
	case tOrAssign:
		return BitOr, 1
	case tXorAssign:
		return BitXor, 1
	case tLt:
		if p.at(1) == tLt && p.at(2) == tAssign {
			return ShiftLeft, 3
		}
	case tGt:
		if p.at(1) != tGt {
			break
		}
		if p.at(2) == tAssign {
			return ShiftRight, 3
		}
		if p.at(2) == tGt && p.at(3) == tAssign {
			return ShiftRightUnsigned, 4
		}
	}
	return NoOp, 0
}

// ternary reads cond ? then : else. The middle may hold an assignment, the
// last part may not.
func (p *parser) ternary() Expr {
	x := p.binary(precCoalesce)
	if p.tok != tQuestion || p.lost {
		return x
	}
	if !p.enter() {
		p.exit()
		return x
	}
	t := &Ternary{Cond: x}
	p.next()
	ctx := p.ctx
	p.ctx = ctx.and(setOf(tColon))
	t.Then = p.expr()
	p.ctx = ctx
	p.expect(tColon, exprStart)
	if p.lost {
		t.Else = p.bad()
	} else {
		t.Else = p.ternary()
	}
	t.Range = p.rangeFrom(x.At().Pos)
	p.exit()
	return t
}

var unaryOps = [numKinds]Op{tBang: Not, tMinus: Negate, tPlus: Plus, tTilde: Complement, tInc: Increment, tDec: Decrement}

// unary reads prefix operators, casts and operands with their suffixes.
func (p *parser) unary() Expr {
	op := unaryOps[p.tok]
	isCast := op == NoOp && p.tok == tLParen && p.castAhead()
	if op == NoOp && !isCast {
		return p.postfix()
	}
	pos := p.pos()
	if p.lost {
		return p.bad()
	}
	if !p.enter() {
		p.exit()
		return p.bad()
	}
	var x Expr
	p.next()
	if isCast {
		c := &Cast{Type: p.typeRef()}
		p.expect(tRParen, exprStart)
		c.X = p.unary()
		c.Range = p.rangeFrom(pos)
		x = c
	} else {
		u := p.unaries.new()
		u.Op = op
		u.X = p.unary()
		u.Range = p.rangeFrom(pos)
		x = u
	}
	p.exit()
	return x
}

// castAhead decides whether a parenthesis holds the type of a cast: a type, a
// closing parenthesis, and then something that can only begin an operand. A
// sign after the parenthesis means a cast only for types that can be negated.
func (p *parser) castAhead() bool {
	j := p.scanType(p.i + 1)
	if j < 0 || p.toks[j].kind != tRParen {
		return false
	}
	switch k := p.toks[j+1].kind; k {
	case tLParen, tBang, tTilde, tThis, tSuper, tNull, tTrue, tFalse, tList, tMap, tTrigger,
		tInt, tLong, tDecimal, tDouble, tString, tTextBlock:
		return true
	case tNew:
		return true
	case tLBrack:
		n := p.toks[j+2].kind
		return n == tSelect || n == tFind && p.toks[j+3].kind != tRBrack && p.toks[j+3].kind != tDot
	case tPlus, tMinus:
		return j > p.i+2 || p.numericType(p.i+1)
	case tInc, tDec:
		n := p.toks[j+2].kind
		return n.isPath() || n == tLParen || n == tThis
	default:
		return k.isPath()
	}
}

// numericType reports whether the token names a type whose values may have a
// sign.
func (p *parser) numericType(i int) bool {
	t := p.toks[i]
	for _, name := range [...]string{"Integer", "Long", "Double", "Decimal", "Object"} {
		if EqualFold(p.src[t.pos:t.end], name) {
			return true
		}
	}
	return false
}

// postfix reads an operand, its suffixes, and ++ or --.
func (p *parser) postfix() Expr {
	start := p.i
	x := p.operand()
	x = p.suffixes(x, start)
	for !p.lost && (p.tok == tInc || p.tok == tDec) {
		s := &Postfix{Op: unaryOps[p.tok], X: x}
		p.next()
		s.Range = p.rangeFrom(x.At().Pos)
		x = s
	}
	return x
}

// suffixes reads .name, .name(args), ?.name and [index] after an operand that
// begins at token start.
func (p *parser) suffixes(x Expr, start int) Expr {
	named := start+1 == p.i && p.toks[start].kind.isPath() // nothing but a name so far
	for !p.lost {
		switch p.tok {
		case tDot, tSafeDot:
			safe := p.tok == tSafeDot
			if p.at(1) == tClass && named && !safe {
				x = p.classLiteral(start)
				named = false
				continue
			}
			p.next()
			if !p.tok.isPath() {
				p.unexpected()
				continue
			}
			x = p.chain(x, safe, p.word())
			named = false
		case tLBrack:
			if named && p.at(1) == tRBrack && p.classLiteralAhead(start) {
				x = p.classLiteral(start)
				named = false
				continue
			}
			x = p.index(x)
			named = false
		case tLt:
			if !named || !p.classLiteralAhead(start) {
				return x
			}
			x = p.classLiteral(start)
			named = false
		default:
			return x
		}
	}
	return x
}

// chain makes field accesses of a dotted name after x, which is nil at the
// start of an expression, and a call of its last part when arguments follow.
func (p *parser) chain(x Expr, safe bool, rest Ident) Expr {
	head, rooted := rest, x == nil
	for {
		var name Ident
		name, rest = p.cut(rest)
		last := rest.Pos == rest.End
		switch {
		case last && p.tok == tLParen:
			c := p.calls.new()
			c.X, c.Safe, c.Name = x, safe, name
			c.Args = p.args()
			c.Range = p.rangeFrom(head.Pos)
			if x != nil {
				c.Pos = x.At().Pos
			}
			return c
		case x == nil:
			x = p.root(name)
		case rooted && name.Is("class"):
			x = p.classOf(Ident{Range: Range{Pos: head.Pos, End: name.Pos - 1}, Text: p.src[head.Pos : name.Pos-1]})
		default:
			f := p.fields.new()
			f.X, f.Safe, f.Name = x, safe, name
			f.Range = Range{Pos: x.At().Pos, End: name.End}
			x = f
		}
		safe = false
		if last {
			return x
		}
	}
}

// root is the first part of a dotted name.
func (p *parser) root(name Ident) Expr {
	switch {
	case name.Is("this"):
		return &This{name.Range}
	case name.Is("super"):
		return &Super{name.Range}
	}
	n := p.names.new()
	n.Ident = name
	return n
}

// classOf is Name.class for a dotted name that was read as one token.
func (p *parser) classOf(name Ident) Expr {
	t := p.types.new()
	t.Range = name.Range
	mark := p.nameList.mark()
	p.typeParts(name)
	t.Names = p.nameList.take(mark)
	return &ClassLiteral{Range: Range{Pos: name.Pos, End: name.End + int32(len(".class"))}, Type: t}
}

func (p *parser) index(x Expr) Expr {
	n := p.indexes.new()
	n.X = x
	p.next()
	ctx := p.ctx
	p.ctx = setOf(tRBrack)
	n.Index = p.expr()
	p.ctx = ctx
	p.expect(tRBrack, p.afterOperand())
	n.Range = p.rangeFrom(x.At().Pos)
	return n
}

// classLiteralAhead reports whether the names since token start, with type
// arguments or brackets, are followed by ".class".
func (p *parser) classLiteralAhead(start int) bool {
	j := p.scanType(start)
	if j <= 0 || p.toks[j].kind != tDot {
		return false
	}
	t := p.toks[j+1]
	return t.kind == tClass || t.kind == tDotted && len(p.src[t.pos:t.end]) > len("class.") && EqualFold(p.src[t.pos:t.pos+int32(len("class."))], "class.")
}

// classLiteral goes back to the first name and reads Type.class, with the names
// after it where they were read as one token.
func (p *parser) classLiteral(start int) Expr {
	p.jump(start)
	c := &ClassLiteral{Type: p.typeRef()}
	p.next()
	if p.tok == tClass {
		p.next()
		c.Range = p.rangeFrom(c.Type.Pos)
		return c
	}
	class, rest := p.cut(p.word())
	c.Range = Range{Pos: c.Type.Pos, End: class.End}
	return p.chain(c, false, rest)
}

// args reads an argument list with its parentheses.
func (p *parser) args() []Expr {
	p.next()
	mark := p.exprList.mark()
	ctx := p.ctx
	p.ctx = setOf(tRParen, tComma)
	if exprStart.has(p.tok) {
		p.exprList.push(p.expr())
		for !p.lost && p.accept(tComma) {
			p.exprList.push(p.expr())
		}
	}
	p.ctx = ctx
	out := p.exprList.take(mark)
	p.expect(tRParen, p.afterOperand())
	return out
}

// operand reads a literal, a name or call, a parenthesis, new, a query.
func (p *parser) operand() Expr {
	if p.lost {
		return p.bad()
	}
	switch p.tok {
	case tInt, tLong, tDecimal, tDouble, tString, tTextBlock, tNull, tTrue, tFalse:
		return p.literal()
	case tThis, tSuper:
		return p.thisOrSuper()
	case tNew:
		return p.creation()
	case tLParen:
		return p.paren()
	case tLBrack:
		return p.queryLiteral()
	case tList, tMap:
		if p.at(1) == tLt {
			if p.classLiteralAhead(p.i) {
				return p.classLiteral(p.i)
			}
			p.unexpected()
			return p.bad()
		}
		p.unexpected()
		return p.bad()
	}
	if !p.tok.isPath() || p.tok == tDotted && p.atRunAs() {
		p.unexpected()
		return p.bad()
	}
	return p.chain(nil, false, p.word())
}

func (p *parser) thisOrSuper() Expr {
	t := p.toks[p.i]
	r := Range{Pos: t.pos, End: t.end}
	p.next()
	if p.tok == tLParen {
		c := &ConstructorCall{Super: t.kind == tSuper}
		c.Args = p.args()
		c.Range = p.rangeFrom(t.pos)
		return c
	}
	if t.kind == tThis {
		return &This{r}
	}
	if p.tok != tDot {
		p.unexpected()
	}
	return &Super{r}
}

func (p *parser) paren() Expr {
	x := p.parens.new()
	x.Pos = p.pos()
	p.next()
	ctx := p.ctx
	p.ctx = setOf(tRParen)
	x.X = p.expr()
	p.ctx = ctx
	p.expect(tRParen, p.afterOperand())
	x.Range = p.rangeFrom(x.Pos)
	return x
}
