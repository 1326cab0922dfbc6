package javaregex

// group reads what stands in parentheses and the quantifier behind it; nil for
// flags that stand alone.
func (p *parser) group() *node {
	saved := p.flags
	var g *node
	if p.next() == '?' {
		if g = p.special(p.skip()); g == nil {
			return nil
		}
	} else {
		g = p.capturing()
	}
	if p.read() != ')' {
		p.fail("Unclosed group")
	}
	p.flags = saved
	r := p.closure(g)
	r.quantifiedGroup = r != g
	return r
}

// capturing reads the inside of a group that is counted.
func (p *parser) capturing() *node {
	g := &node{kind: kindGroup, group: p.groups}
	p.groups++
	g.kids = []*node{p.expr()}
	return g
}

// special reads a group that begins with (? and the character c.
func (p *parser) special(c rune) *node {
	switch c {
	case ':':
		return &node{kind: kindGroup, kids: []*node{p.expr()}}
	case '=', '!':
		return &node{kind: kindAhead, negative: c == '!', kids: []*node{p.expr()}}
	case '>':
		return &node{kind: kindAtomic, kids: []*node{p.expr()}}
	case '<':
		return p.behindOrNamed()
	case '$', '@':
		p.fail("Unknown group type")
	}
	p.cursor--
	p.setFlags()
	switch p.read() {
	case ')':
		return nil
	case ':':
		return &node{kind: kindGroup, kids: []*node{p.expr()}}
	}
	p.fail("Unknown inline modifier")
	return nil
}

// behindOrNamed reads (?<= (?<! and (?<name>.
func (p *parser) behindOrNamed() *node {
	c := p.read()
	if c != '=' && c != '!' {
		name := p.groupName(c)
		if _, known := p.names[name]; known {
			p.fail("Named capturing group <" + name + "> is already defined")
		}
		p.names[name] = p.groups
		return p.capturing()
	}
	n := &node{kind: kindBehind, negative: c == '!', kids: []*node{p.expr()}}
	reach := n.kids[0].measure()
	if !reach.bounded {
		p.fail("Look-behind group does not have an obvious maximum length")
	}
	n.min, n.max = int(reach.min), int(reach.max)
	return n
}

func (p *parser) groupName(c rune) string {
	if !isAlpha(c) {
		p.fail("capturing group name does not start with a Latin letter")
	}
	name := ""
	for ; isAlnum(c); c = p.read() {
		name += string(c)
	}
	if c != '>' {
		p.fail("named capturing group is missing trailing '>'")
	}
	return name
}

// setFlags reads letters up to the first that is none; those behind - go off.
func (p *parser) setFlags() {
	off := false
	for c := p.peek(); ; c = p.next() {
		f, known := flagLetters[c]
		switch {
		case c == '-' && !off:
			off = true
		case !known:
			return
		case off:
			p.flags &^= f
		default:
			p.flags |= f
		}
	}
}
