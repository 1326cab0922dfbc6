package javaregex

// class reads a class from its bracket on; it passes the closing one where
// close says so. Single characters are gathered apart from the rest, as Java
// does: they count once more behind an intersection that does not end the class.
func (p *parser) class(closing bool) *charset {
	if p.depth++; p.depth > maxDepth {
		panic(ErrTooComplicated)
	}
	defer func() { p.depth-- }()
	var all *charset
	singles, pending := &charset{}, false
	join := func(c *charset) {
		if all == nil {
			all = c
			return
		}
		all = all.union(c)
	}
	negative := false
	c := p.next()
	if c == '^' && p.at(-1) == '[' {
		c = p.next()
		negative = true
	}
	for ; ; c = p.peek() {
		switch {
		case c == '[':
			join(p.class(true))
			continue
		case c == '&' && p.next() == '&':
			right := p.intersected()
			if pending {
				join(singles)
				pending = false
			}
			switch {
			case right == nil && all == nil:
				p.fail("Bad class syntax")
			case all == nil:
				all = right
			case right != nil:
				all = all.and(right)
			}
			continue
		case c == '&':
			p.cursor-- // one & stands for itself
		case c == 0 && p.cursor >= p.n:
			p.fail("Unclosed character class")
		case c == ']' && (all != nil || pending):
			if closing {
				p.next()
			}
			if pending {
				join(singles)
			}
			if negative {
				return all.negate()
			}
			return all
		}
		set, single := p.span()
		if single {
			singles, pending = singles.union(set), true
			continue
		}
		join(set)
	}
}

// intersected reads what stands behind &&; nil for nothing.
func (p *parser) intersected() *charset {
	var right *charset
	for c := p.next(); c != ']' && c != '&'; c = p.peek() {
		var next *charset
		if c == '[' {
			next = p.class(true)
		} else {
			p.cursor--
			next = p.class(false)
		}
		if right == nil {
			right = next
			continue
		}
		right = right.union(next)
	}
	return right
}

// span reads a character, a range or an escape inside a class; single is for a
// character of Latin-1 that stands alone.
func (p *parser) span() (set *charset, single bool) {
	c := p.peek()
	if c == '\\' {
		if kind := p.at(1); kind == 'p' || kind == 'P' {
			p.cursor++
			return p.property(kind == 'P'), false
		}
		if c = p.escape(true, p.at(2) == '-'); c == absent {
			return p.set, false
		}
	} else {
		p.next()
	}
	if p.peek() == '-' && p.at(1) != '[' && p.at(1) != ']' {
		p.next()
		end := p.peek()
		if end == '\\' {
			end = p.escape(true, true)
		} else {
			p.next()
		}
		if end < c {
			p.fail("Illegal character range")
		}
		set = newSet(span{c, end})
		if p.on(ignoreCase) {
			set = set.ignoringCase(p.on(unicodeCase))
		}
		return set, false
	}
	return p.single(c), c < 256
}
