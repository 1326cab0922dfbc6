package javaregex

// shorthand are the classes of one letter. Those in byUnicode have another
// meaning under the flag U.
var shorthand = map[rune]*charset{
	'd': setOf("0-9"),
	'w': setOf("a-zA-Z_0-9"),
	's': setOf(" \t-\r"),
	'h': newSet(span{' ', ' '}, span{'\t', '\t'}, span{0xA0, 0xA0}, span{0x1680, 0x1680}, span{0x180E, 0x180E},
		span{0x2000, 0x200A}, span{0x202F, 0x202F}, span{0x205F, 0x205F}, span{0x3000, 0x3000}),
	'v': newSet(span{'\n', '\r'}, span{0x85, 0x85}, span{0x2028, 0x2029}),
}

var byUnicode = map[rune]string{'d': "DIGIT", 'w': "WORD", 's': "WHITE_SPACE"}

// controls are the escapes that name one character.
var controls = map[rune]rune{'a': '\a', 'e': 0x1B, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape sequence. It gives the character, or absent and
// leaves the set in p.set and the node in p.found. bounds is for one that
// begins or ends a range.
func (p *parser) escape(inClass, bounds bool) rune {
	c := p.skip()
	if c == 0 && p.cursor > p.n {
		p.cursor = p.n + 1
		p.fail("Unexpected internal error")
	}
	if c == 'v' && bounds {
		return '\v'
	}
	if set := p.shorthandSet(c); set != nil {
		p.set, p.found = set, &node{kind: kindSet, set: set}
		return absent
	}
	if r, ok := controls[c]; ok {
		return r
	}
	switch c {
	case '0':
		return p.octal()
	case 'c':
		if p.cursor >= p.n {
			p.fail("Illegal control escape sequence")
		}
		return p.read() ^ 64
	case 'u':
		return p.unicode()
	case 'x':
		return p.hexadecimal()
	}
	if !isAlnum(c) {
		return c
	}
	if !inClass {
		if p.found = p.position(c); p.found != nil {
			return absent
		}
	}
	p.fail("Illegal/unsupported escape sequence")
	return absent
}

// shorthandSet is the class that a letter stands for, nil for none.
func (p *parser) shorthandSet(c rune) *charset {
	lower, negative := c, false
	if c >= 'A' && c <= 'Z' {
		lower, negative = c+'a'-'A', true
	}
	set := shorthand[lower]
	if set == nil {
		return nil
	}
	if name := byUnicode[lower]; name != "" && p.on(unicodeClass) {
		set = unicodeProperty(name)
	}
	if negative {
		return set.negate()
	}
	return set
}

// position reads what matches a place or an earlier group.
func (p *parser) position(c rune) *node {
	switch c {
	case 'A':
		return &node{kind: kindBegin}
	case 'B', 'b':
		if c == 'b' && p.peek() == '{' && p.at(1) == 'g' && p.at(2) == '}' {
			p.cursor += 3
			return &node{kind: kindGraphemeBound}
		}
		return &node{kind: kindBound, negative: c == 'B', multi: p.on(unicodeClass)}
	case 'G':
		return &node{kind: kindLastMatch}
	case 'R':
		return &node{kind: kindLineBreak}
	case 'X':
		return &node{kind: kindGrapheme}
	case 'Z':
		return p.lineEnd(false)
	case 'z':
		return &node{kind: kindEnd}
	case 'k':
		if p.read() != '<' {
			p.fail(`\k is not followed by '<' for named capturing group`)
		}
		name := p.groupName(p.read())
		group, known := p.names[name]
		if !known {
			p.fail("named capturing group <" + name + "> does not exist")
		}
		return p.reference(group)
	}
	if !isDigit(c) {
		return nil
	}
	group := int(c - '0')
	for isDigit(p.peek()) && group*10+int(p.peek()-'0') <= p.groups-1 {
		group = group*10 + int(p.read()-'0')
	}
	return p.reference(group)
}

func (p *parser) reference(group int) *node {
	p.refs = true
	return &node{kind: kindReference, group: group, plain: !p.on(ignoreCase), multi: p.on(unicodeCase)}
}

// octal reads \0n, \0nn and \0mnn.
func (p *parser) octal() rune {
	value, digits, most := rune(0), 0, 2
	for ; digits < most; digits++ {
		c := p.read()
		if c < '0' || c > '7' {
			break
		}
		if digits == 0 && c <= '3' {
			most = 3
		}
		value = value*8 + c - '0'
	}
	if digits == 0 {
		p.fail("Illegal octal escape sequence")
	}
	if digits < most {
		p.cursor--
	}
	return value
}

// hexadecimal reads \xhh and \x{h…}.
func (p *parser) hexadecimal() rune {
	first := p.read()
	if high, ok := hexDigit(first); ok {
		low, ok := hexDigit(p.read())
		if !ok {
			p.fail("Illegal hexadecimal escape sequence")
		}
		return high*16 + low
	}
	if _, ok := hexDigit(p.peek()); first != '{' || !ok {
		p.fail("Illegal hexadecimal escape sequence")
	}
	value := rune(0)
	c := p.read()
	for d, ok := hexDigit(c); ok; d, ok = hexDigit(c) {
		if value = value*16 + d; value > 0x10FFFF {
			p.fail("Hexadecimal codepoint is too big")
		}
		c = p.read()
	}
	if c != '}' {
		p.fail("Unclosed hexadecimal escape sequence")
	}
	return value
}

// unicode reads \uhhhh, and two of them that are halves of one character.
func (p *parser) unicode() rune {
	high := p.unit()
	if high >= 0xD800 && high < 0xDC00 && p.at(0) == '\\' && p.at(1) == 'u' {
		back := p.cursor
		p.cursor += 2
		if low := p.unit(); low >= 0xDC00 && low < 0xE000 {
			return 0x10000 + (high-0xD800)<<10 + low - 0xDC00
		}
		p.cursor = back
	}
	return high
}

func (p *parser) unit() rune {
	value := rune(0)
	for range 4 {
		d, ok := hexDigit(p.read())
		if !ok {
			p.fail("Illegal Unicode escape sequence")
		}
		value = value*16 + d
	}
	return value
}

func hexDigit(c rune) (rune, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
