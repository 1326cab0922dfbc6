package query

import "strings"

// conditions reads NOT x, or terms joined by only AND or only OR: the platform
// asks for parentheses where the two meet, and after a NOT.
func (p *parser) conditions() Condition {
	pos := p.tok.pos
	if p.is("NOT") {
		p.enter()
		p.advance()
		n := &Not{Term: p.condition()}
		n.Range = p.from(pos)
		p.exit()
		return n
	}
	first := p.condition()
	word := ""
	switch {
	case p.is("AND"):
		word = "AND"
	case p.is("OR"):
		word = "OR"
	default:
		return first
	}
	terms := []Condition{first}
	for p.acceptWord(word) {
		terms = append(terms, p.condition())
	}
	if word == "AND" {
		return &And{p.from(pos), terms}
	}
	return &Or{p.from(pos), terms}
}

// condition reads one comparison or a group in parentheses.
func (p *parser) condition() Condition {
	p.enter()
	defer p.exit()
	if p.accept(kLParen) {
		c := p.conditions()
		p.expect(kRParen, ")")
		return c
	}
	pos := p.tok.pos
	if p.tok.kind == kColon { // :a.Type INCLUDES ('x; y'), an example of the Apex Developer Guide
		left := p.bindValue()
		if !p.is("INCLUDES") && !p.is("EXCLUDES") {
			p.unexpected()
		}
		op, _ := p.operator()
		return p.membership(left, op, pos)
	}
	return p.compare(p.field(), pos)
}

// compare reads the operator and right side of a comparison.
func (p *parser) compare(left Operand, pos int32) Condition {
	op, member := p.operator()
	if member {
		return p.membership(left, op, pos)
	}
	c := &Compare{Left: left, Op: op, Right: p.value()}
	c.Range = p.from(pos)
	return c
}

// operator consumes a comparison operator; member is true for those that take
// a set.
func (p *parser) operator() (op Operator, member bool) {
	switch p.tok.kind {
	case kEqual:
		op = Equal
	case kNotEqual:
		op = NotEqual
	case kLess:
		op = Less
	case kLessEqual:
		op = LessEqual
	case kGreater:
		op = Greater
	case kGreaterEqual:
		op = GreaterEqual
	case kWord:
		return p.wordOperator()
	default:
		p.unexpected()
	}
	p.advance()
	return op, false
}

func (p *parser) wordOperator() (Operator, bool) {
	switch {
	case p.acceptWord("LIKE"):
		return Like, false
	case p.acceptWord("IN"):
		return InSet, true
	case p.acceptWord("INCLUDES"):
		return Includes, true
	case p.acceptWord("EXCLUDES"):
		return Excludes, true
	case p.acceptWord("NOT"):
		if !p.acceptWord("IN") {
			p.fail("Expecting 'IN' but was: '" + p.shown() + "'")
		}
		return NotInSet, true
	}
	p.unexpected()
	return 0, false
}

// membership reads the right side of IN, NOT IN, INCLUDES and EXCLUDES.
func (p *parser) membership(left Operand, op Operator, pos int32) Condition {
	n := &In{Left: left, Op: op}
	set := op == InSet || op == NotInSet
	switch {
	case p.tok.kind == kColon && set:
		n.Bind = p.bindValue()
	case p.tok.kind == kLParen:
		p.advance()
		if p.is("SELECT") && set {
			n.Query = p.query()
		} else {
			n.Values = append(n.Values, p.value())
			for p.accept(kComma) {
				n.Values = append(n.Values, p.value())
			}
		}
		p.expect(kRParen, ")")
	default:
		p.unexpected()
	}
	n.Range = p.from(pos)
	return n
}

// value reads a literal or a bind.
func (p *parser) value() Operand {
	start := p.tok
	switch start.kind {
	case kColon:
		return p.bindValue()
	case kString:
		raw := p.text()
		p.advance()
		return &Literal{Range: Range{start.pos, start.end}, Kind: StringLiteral, Raw: raw, Text: unescape(raw[1 : len(raw)-1])}
	case kPlus, kMinus, kNumber:
		return p.numberValue()
	case kDate:
		return p.simple(DateLiteral)
	case kDatetime:
		return p.simple(DatetimeLiteral)
	case kTime:
		return p.simple(TimeLiteral)
	case kWord:
		return p.wordValue()
	}
	p.unexpected()
	return nil
}

func (p *parser) simple(k LiteralKind) *Literal {
	n := &Literal{Range: Range{p.tok.pos, p.tok.end}, Kind: k, Text: p.text(), Raw: p.text()}
	p.advance()
	return n
}

func (p *parser) numberValue() *Literal {
	pos := p.tok.pos
	sign := ""
	if p.tok.kind != kNumber {
		if p.tok.kind == kMinus {
			sign = "-"
		}
		p.advance()
	}
	if p.tok.kind != kNumber {
		p.unexpected()
	}
	digits := p.text()
	if c := p.byteAt(p.tok.end); class[c] == isLetter {
		// 1L and 1.5d are literals of Apex, not of SOQL.
		p.failAt(Range{p.tok.pos, p.tok.end + 1}, "Unexpected token '"+digits+string(c)+"'.")
	}
	if whole := strings.TrimLeft(digits, "0"); !strings.Contains(digits, ".") &&
		(len(whole) > 10 || len(whole) == 10 && whole > "2147483647") && p.bind != nil {
		p.failAt(Range{p.tok.pos, p.tok.end}, "Illegal integer")
	}
	p.advance()
	return &Literal{Range: p.from(pos), Kind: NumberLiteral, Text: sign + digits, Raw: sign + digits}
}

// wordValue reads null, true, false, a date range or a currency amount.
func (p *parser) wordValue() *Literal {
	pos := p.tok.pos
	w := p.text()
	n := &Literal{Raw: w}
	switch {
	case fold(w, "NULL"):
		n.Kind = NullLiteral
	case fold(w, "TRUE"):
		n.Kind, n.Bool = BooleanLiteral, true
	case fold(w, "FALSE"):
		n.Kind = BooleanLiteral
	case isCurrency(w):
		return p.currency()
	default:
		counted, known := dateRanges[strings.ToUpper(w)]
		if !known {
			p.unexpected()
		}
		n.Kind, n.Text = DateRangeLiteral, w
		p.advance()
		if counted && p.tok.kind == kColon {
			p.rangeCount(n)
		}
		n.Range = p.from(pos)
		n.Raw = p.src[n.Pos:n.End]
		return n
	}
	p.advance()
	n.Range = p.from(pos)
	return n
}

// rangeCount reads the :n of LAST_N_DAYS:n.
func (p *parser) rangeCount(n *Literal) {
	p.advance()
	if p.tok.kind != kNumber || strings.Contains(p.text(), ".") {
		p.fail("Missing 'INTEGER_LITERAL' at '" + p.shown() + "'")
	}
	for _, c := range p.text() {
		n.N = min(n.N*10+int64(c-'0'), 1<<31)
	}
	p.advance()
}

// isCurrency recognises an amount with its currency: USD5000.
func isCurrency(w string) bool {
	if len(w) < 4 {
		return false
	}
	for i := range len(w) {
		if want := isDigit; i < 3 && class[w[i]] != isLetter || i >= 3 && class[w[i]] != want {
			return false
		}
	}
	return true
}

func (p *parser) currency() *Literal {
	pos := p.tok.pos
	p.advance()
	if p.tok.kind == kNumber && p.tok.pos == p.last && strings.HasPrefix(p.text(), ".") {
		p.advance()
	}
	n := &Literal{Range: p.from(pos), Kind: CurrencyLiteral}
	n.Text = p.src[n.Pos:n.End]
	n.Raw = n.Text
	return n
}

// bindValue reads ":" and what the callback makes of the text after it.
func (p *parser) bindValue() *Bind {
	b := &Bind{Range: Range{Pos: p.tok.pos}}
	if p.bind == nil {
		p.advance()
		path := p.path()
		b.Expr, b.End = path, path.End
		return b
	}
	p.enter()
	x, end, ok := p.bind(p.tok.end)
	if !ok {
		p.tok.pos, p.tok.end = end, end
		panic(bailout{})
	}
	b.Expr = x
	p.pos = end
	b.End = end
	p.advance()
	p.last = end
	p.exit()
	return b
}

// dateRanges are the date literals; true for those that take a count.
var dateRanges = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`YESTERDAY TODAY TOMORROW LAST_WEEK THIS_WEEK NEXT_WEEK LAST_MONTH THIS_MONTH
		NEXT_MONTH LAST_90_DAYS NEXT_90_DAYS THIS_QUARTER LAST_QUARTER NEXT_QUARTER THIS_YEAR LAST_YEAR NEXT_YEAR
		THIS_FISCAL_QUARTER LAST_FISCAL_QUARTER NEXT_FISCAL_QUARTER THIS_FISCAL_YEAR LAST_FISCAL_YEAR
		NEXT_FISCAL_YEAR`) {
		m[w] = false
	}
	for _, unit := range strings.Fields("DAYS WEEKS MONTHS QUARTERS YEARS FISCAL_QUARTERS FISCAL_YEARS") {
		m["LAST_N_"+unit], m["NEXT_N_"+unit], m["N_"+unit+"_AGO"] = true, true, true
	}
	return m
}()

// unescape resolves the escapes of a SOQL string.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'N':
			out = append(out, '\n')
		case 'r', 'R':
			out = append(out, '\r')
		case 't', 'T':
			out = append(out, '\t')
		case 'b', 'B':
			out = append(out, '\b')
		case 'f', 'F':
			out = append(out, '\f')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
