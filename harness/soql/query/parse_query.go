package query

// query reads SELECT ... with all its clauses, in the order the platform
// asks for.
func (p *parser) query() *Query {
	p.enter()
	q := &Query{}
	pos := p.tok.pos
	p.expectWord("SELECT")
	q.Select = p.selectList()
	p.expectWord("FROM")
	q.From = append(q.From, p.fromItem())
	for p.accept(kComma) {
		q.From = append(q.From, p.fromItem())
	}
	if p.acceptWord("USING") {
		if p.is("SCOPE") {
			p.advance()
		}
		n := p.name()
		q.Scope = &n
	}
	if p.acceptWord("WHERE") {
		q.Where = p.conditions()
	}
	if p.is("WITH") {
		q.With = p.with()
	}
	if p.is("GROUP") && p.then("BY") {
		q.GroupBy = p.groupBy()
		if p.acceptWord("HAVING") {
			q.Having = p.conditions()
		}
	}
	q.OrderBy, q.Limit, q.Offset = p.window()
	p.lockClauses(q)
	q.Range = p.from(pos)
	p.exit()
	return q
}

// lockClauses reads ALL ROWS, FOR ... and UPDATE TRACKING.
func (p *parser) lockClauses(q *Query) {
	if p.is("ALL") && p.then("ROWS") {
		p.advance()
		p.advance()
		q.AllRows = true
	}
	for p.is("FOR") && !q.AllRows {
		p.advance()
		if !p.is("VIEW") && !p.is("REFERENCE") && !p.is("UPDATE") {
			p.fail("Expecting 'UPDATE' but was: '" + p.shown() + "'")
		}
		q.For = append(q.For, p.word())
	}
	q.Update = p.updateClause()
}

func (p *parser) updateClause() (names []Ident) {
	if !p.is("UPDATE") {
		return nil
	}
	for {
		p.advance()
		if !p.is("TRACKING") && !p.is("VIEWSTAT") {
			p.unexpected()
		}
		names = append(names, p.word())
		if p.tok.kind != kComma {
			return names
		}
	}
}

func (p *parser) selectList() (items []SelectItem) {
	items = append(items, p.selectItem())
	for p.accept(kComma) {
		items = append(items, p.selectItem())
	}
	if len(items) > 1 {
		for _, it := range items {
			if f, ok := it.(*Field); ok && isBareCount(f.Expr) {
				p.failAt(f.Range, "Unexpected token ','.")
			}
		}
	}
	return items
}

// isBareCount recognises COUNT(), which must stand alone.
func isBareCount(x Operand) bool {
	c, ok := x.(*Call)
	return ok && len(c.Args) == 0
}

func (p *parser) selectItem() SelectItem {
	pos := p.tok.pos
	if p.tok.kind == kLParen {
		p.advance()
		s := &SubQuery{Query: p.query()}
		p.expect(kRParen, ")")
		s.Alias = p.selectAlias()
		s.Range = p.from(pos)
		return s
	}
	if k := p.peek().kind; p.is("TYPEOF") && (k == kDotted || k == kWord && !p.then("FROM")) {
		return p.typeOf()
	}
	f := &Field{Expr: p.field()}
	f.Alias = p.selectAlias()
	f.Range = p.from(pos)
	return f
}

// selectAlias reads an alias: any name that is not FROM.
func (p *parser) selectAlias() *Ident {
	if p.tok.kind == kDotted {
		return p.dottedAlias()
	}
	if p.tok.kind != kWord || isReserved(p.text()) || p.isKeyword() {
		return nil
	}
	n := p.word()
	return &n
}

// dottedAlias takes a dotted name where an alias stands, most likely after a
// forgotten comma. The platform's parser lets it pass, so the code is not one
// of a syntax error.
func (p *parser) dottedAlias() *Ident {
	n := Ident{Range{p.tok.pos, p.tok.end}, p.text()}
	p.err = &Error{n.Range, CodeName, "Invalid identifier '" + n.Text + "'."}
	p.advance()
	return &n
}

// typeOf reads TYPEOF path WHEN type THEN fields ... END.
func (p *parser) typeOf() *TypeOf {
	t := &TypeOf{}
	pos := p.tok.pos
	p.advance()
	t.Path = p.path()
	for p.is("WHEN") {
		w := TypeWhen{}
		start := p.tok.pos
		p.advance()
		w.Type = p.name()
		p.expectWord("THEN")
		w.Fields = p.paths()
		w.Range = p.from(start)
		t.Whens = append(t.Whens, w)
	}
	if len(t.Whens) == 0 {
		p.unexpected()
	}
	if p.acceptWord("ELSE") {
		t.Else = p.paths()
	}
	p.expectWord("END")
	t.Range = p.from(pos)
	return t
}

func (p *parser) paths() (out []*Path) {
	out = append(out, p.path())
	for p.accept(kComma) {
		out = append(out, p.path())
	}
	return out
}

// field reads a path or a function.
func (p *parser) field() Operand {
	path := p.path()
	if p.tok.kind != kLParen || len(path.Parts) > 1 {
		return path
	}
	p.enter()
	c := &Call{Name: path.Parts[0]}
	p.advance()
	switch {
	case p.tok.kind != kRParen:
		c.Args = append(c.Args, p.argument())
		for p.accept(kComma) {
			c.Args = append(c.Args, p.argument())
		}
	case !fold(c.Name.Text, "COUNT"):
		p.unexpected()
	}
	p.expect(kRParen, ")")
	c.Range = p.from(path.Pos)
	p.exit()
	return c
}

// argument reads an argument of a function.
func (p *parser) argument() Operand {
	if p.tok.kind == kDotted || p.tok.kind == kWord && !isReserved(p.text()) {
		return p.field()
	}
	return p.value()
}

func (p *parser) fromItem() From {
	f := From{Path: p.path()}
	pos := f.Path.Pos
	as := p.acceptWord("AS")
	if p.tok.kind == kDotted {
		f.Alias = p.dottedAlias()
	} else if as {
		n := p.name()
		f.Alias = &n
	} else if p.aliasAhead() {
		n := p.word()
		f.Alias = &n
	}
	f.Range = p.from(pos)
	return f
}

// aliasAhead tells an alias from the word that begins the next clause.
func (p *parser) aliasAhead() bool {
	if p.tok.kind != kWord || isReserved(p.text()) || p.isKeyword() {
		return false
	}
	switch {
	case p.is("ORDER") || p.is("GROUP"):
		return !p.then("BY")
	case p.is("ALL"):
		return !p.then("ROWS")
	case p.is("OFFSET"):
		k := p.peek().kind
		return k != kNumber && k != kColon
	}
	return !p.is("WITH")
}

func (p *parser) groupBy() *GroupBy {
	g := &GroupBy{}
	pos := p.tok.pos
	p.advance()
	p.advance()
	if (p.is("ROLLUP") || p.is("CUBE")) && p.peek().kind == kLParen {
		g.Kind = p.word()
		p.advance()
		g.Items = p.fields()
		p.expect(kRParen, ")")
	} else {
		g.Items = p.fields()
	}
	g.Range = p.from(pos)
	return g
}

func (p *parser) fields() (out []Operand) {
	out = append(out, p.field())
	for p.accept(kComma) {
		out = append(out, p.field())
	}
	return out
}

func (p *parser) orderBy() (out []Order) {
	p.advance()
	p.advance()
	for {
		pos := p.tok.pos
		o := Order{Expr: p.field()}
		if p.acceptWord("DESC") {
			o.Descending = true
		} else {
			p.acceptWord("ASC")
		}
		if p.acceptWord("NULLS") {
			switch {
			case p.acceptWord("FIRST"):
				o.Nulls = NullsFirst
			case p.acceptWord("LAST"):
				o.Nulls = NullsLast
			default:
				p.unexpected()
			}
		}
		o.Range = p.from(pos)
		out = append(out, o)
		if !p.accept(kComma) {
			return out
		}
	}
}

// count reads the operand of LIMIT and OFFSET: a number or a bind.
func (p *parser) count() Operand {
	switch p.tok.kind {
	case kNumber, kPlus, kMinus, kColon:
		return p.value()
	}
	p.unexpected()
	return nil
}

// with reads WITH mode, WITH DATA CATEGORY ..., or WITH name = value.
func (p *parser) with() *With {
	w := &With{}
	pos := p.tok.pos
	p.advance()
	if p.is("DATA") && p.then("CATEGORY") {
		p.advance()
		p.advance()
		w.Categories = p.categories()
		w.Range = p.from(pos)
		return w
	}
	start := p.tok.pos
	name := p.name()
	switch p.tok.kind {
	case kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual:
		left := &Path{Range: name.Range, Parts: []Ident{name}}
		w.Filter = p.compare(left, start)
	case kLParen:
		w.Mode = name
		w.Params = p.params()
	default:
		w.Mode = name
	}
	w.Range = p.from(pos)
	return w
}

// params reads (name = value, ...).
func (p *parser) params() (out []*Compare) {
	for {
		p.advance()
		pos := p.tok.pos
		name := p.name()
		c := &Compare{Left: &Path{Range: name.Range, Parts: []Ident{name}}}
		p.expect(kEqual, "=")
		c.Right = p.value()
		c.Range = p.from(pos)
		out = append(out, c)
		if p.tok.kind != kComma {
			break
		}
	}
	p.expect(kRParen, ")")
	return out
}

func (p *parser) categories() (out []DataCategory) {
	for {
		c := DataCategory{}
		pos := p.tok.pos
		c.Group = p.name()
		if !p.is("AT") && !p.is("ABOVE") && !p.is("BELOW") && !p.is("ABOVE_OR_BELOW") {
			p.unexpected()
		}
		c.Selector = p.word()
		if p.accept(kLParen) {
			c.Categories = append(c.Categories, p.name())
			for p.accept(kComma) {
				c.Categories = append(c.Categories, p.name())
			}
			p.expect(kRParen, ")")
		} else {
			c.Categories = append(c.Categories, p.name())
		}
		c.Range = p.from(pos)
		out = append(out, c)
		if !p.acceptWord("AND") {
			return out
		}
	}
}
