package syntax

// The precedences, loosest first. Equality and comparison share one, and ??
// binds looser than ||, as the platform's parser has it.
const (
	precNone uint8 = iota
	precCoalesce
	precOr
	precAnd
	precBitOr
	precBitXor
	precBitAnd
	precCompare
	precShift
	precAdd
	precMul
)

type operator struct {
	op    Op
	prec  uint8
	width uint8
}

// simpleOps are the binary operators of one token.
var simpleOps = [numKinds]operator{
	tCoalesce: {Coalesce, precCoalesce, 1},
	tOrOr:     {OrElse, precOr, 1},
	tAndAnd:   {AndAlso, precAnd, 1},
	tPipe:     {BitOr, precBitOr, 1},
	tCaret:    {BitXor, precBitXor, 1},
	tAmp:      {BitAnd, precBitAnd, 1},
	tEq:       {Eq, precCompare, 1},
	tNotEq:    {NotEq, precCompare, 1},
	tAltNotEq: {AltNotEq, precCompare, 1},
	tExact:    {Exact, precCompare, 1},
	tNotExact: {NotExact, precCompare, 1},
	tPlus:     {Add, precAdd, 1},
	tMinus:    {Sub, precAdd, 1},
	tStar:     {Mul, precMul, 1},
	tSlash:    {Div, precMul, 1},
}

// binaryOp is the binary operator at the current token.
func (p *parser) binaryOp() operator {
	switch p.tok {
	case tLt:
		switch p.at(1) {
		case tAssign:
			return operator{LtEq, precCompare, 2}
		case tLt:
			if p.at(2) == tAssign {
				return operator{}
			}
			return operator{ShiftLeft, precShift, 2}
		}
		return operator{Lt, precCompare, 1}
	case tGt:
		switch p.at(1) {
		case tAssign:
			return operator{GtEq, precCompare, 2}
		case tGt:
			switch {
			case p.at(2) == tAssign:
				return operator{}
			case p.at(2) != tGt:
				return operator{ShiftRight, precShift, 2}
			case p.at(3) == tAssign:
				return operator{}
			}
			return operator{ShiftRightUnsigned, precShift, 3}
		}
		return operator{Gt, precCompare, 1}
	}
	return simpleOps[p.tok]
}

// binary climbs precedences. instanceof stands at the level of comparisons
// but does not mix with them without parentheses.
func (p *parser) binary(lowest uint8) Expr {
	x := p.unary()
	compared, tested := false, false
	for !p.lost {
		if p.tok == tInstanceof && lowest <= precCompare {
			if compared || tested {
				return x
			}
			tested = true
			p.next()
			i := &InstanceOf{X: x, Type: p.typeRef()}
			i.Range = p.rangeFrom(x.At().Pos)
			x = i
			continue
		}
		op := p.binaryOp()
		if op.prec == precNone || op.prec < lowest || op.prec == precCompare && tested {
			return x
		}
		compared = compared || op.prec == precCompare
		b := p.binaries.new()
		b.Op, b.OpPos, b.Left = op.op, p.pos(), x
		for range op.width {
			p.next()
		}
		b.Right = p.binary(op.prec + 1)
		b.Range = p.rangeFrom(x.At().Pos)
		x = b
	}
	return x
}
