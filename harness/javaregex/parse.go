package javaregex

import "math"

// flag is what a pattern may switch on and off with (?…).
type flag int

const (
	ignoreCase flag = 1 << iota
	multiline
	dotAll
	unixLines
	unicodeCase
	comments
	unicodeClass
)

var flagLetters = map[rune]flag{
	'i': ignoreCase, 'm': multiline, 's': dotAll, 'd': unixLines, 'u': unicodeCase, 'x': comments,
	'U': unicodeClass | unicodeCase, 'c': 0, // canonical equivalence: see the package comment
}

const (
	// maxReps is what Java takes for "without end".
	maxReps = math.MaxInt32
	// maxDepth bounds groups in groups and classes in classes.
	maxDepth = 500
	// absent is what escape gives where the sequence is no character.
	absent = -1
)

// parser reads a pattern. Its cursor goes over the characters of the pattern
// with two zeros behind them, as Java's does, so that messages name the same
// places.
type parser struct {
	source string
	in     []rune
	n      int
	cursor int
	flags  flag
	depth  int
	groups int // capturing groups so far, the whole match among them
	names  map[string]int
	refs   bool
	found  *node    // what escape made of a sequence that is no character
	set    *charset // what escape made of a class of one letter
}

// fail ends the parse; Compile turns it into an error.
func (p *parser) fail(description string) {
	panic(&SyntaxError{Description: description, Index: p.cursor - 1, Pattern: p.source})
}

func (p *parser) on(f flag) bool { return p.flags&f == f }

// at is the character at the cursor plus an offset; 0 behind the end.
func (p *parser) at(offset int) rune {
	if i := p.cursor + offset; i < len(p.in) {
		return p.in[i]
	}
	return 0
}

func (p *parser) peek() rune {
	if p.on(comments) {
		p.passBlanks()
	}
	return p.at(0)
}

func (p *parser) next() rune {
	p.cursor++
	return p.peek()
}

func (p *parser) read() rune {
	c := p.at(0)
	p.cursor++
	if p.on(comments) && (isSpace(c) || c == '#') {
		p.cursor--
		p.passBlanks()
		c = p.at(0)
		p.cursor++
	}
	return c
}

// skip passes the character at the cursor and the next one, which it gives.
func (p *parser) skip() rune {
	c := p.at(1)
	p.cursor += 2
	return c
}

func isSpace(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// passBlanks passes white space and comments, which run to the end of a line.
func (p *parser) passBlanks() {
	for p.cursor < p.n {
		switch c := p.at(0); {
		case isSpace(c):
			p.cursor++
		case c == '#':
			for p.cursor < p.n && !p.isLineEnd(p.at(0)) {
				p.cursor++
			}
		default:
			return
		}
	}
}

func (p *parser) isLineEnd(c rune) bool {
	return c == '\n' || !p.on(unixLines) && (c == '\r' || c == 0x85 || c|1 == 0x2029)
}

// unquote writes the characters between \Q and \E as escapes.
func unquote(in []rune) []rune {
	var out []rune
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' || i+1 >= len(in) || in[i+1] != 'Q' {
			out = append(out, in[i])
			if in[i] == '\\' && i+1 < len(in) {
				i++
				out = append(out, in[i])
			}
			continue
		}
		first := true
		for i += 2; i < len(in); i++ {
			c := in[i]
			if c == '\\' && i+1 < len(in) && in[i+1] == 'E' {
				i++
				break
			}
			switch {
			case c >= '0' && c <= '9' && first: // \1 would be a reference
				out = append(out, '\\', 'x', '3', c)
			case c < 128 && !isAlnum(c):
				out = append(out, '\\', c)
			default:
				out = append(out, c)
			}
			first = false
		}
	}
	return out
}

func isAlpha(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c rune) bool { return c >= '0' && c <= '9' }
func isAlnum(c rune) bool { return isAlpha(c) || isDigit(c) }

// pattern reads the whole.
func (p *parser) pattern() *node {
	root := p.expr()
	if p.cursor != p.n {
		if p.peek() == ')' {
			p.fail("Unmatched closing ')'")
		}
		p.fail("Unexpected internal error")
	}
	return root
}

// expr reads alternatives.
func (p *parser) expr() *node {
	if p.depth++; p.depth > maxDepth {
		panic(ErrTooComplicated)
	}
	defer func() { p.depth-- }()
	branches := []*node{p.sequence()}
	for p.peek() == '|' {
		p.next()
		branches = append(branches, p.sequence())
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return &node{kind: kindAny, kids: branches}
}

// sequence reads up to the end of an alternative.
func (p *parser) sequence() *node {
	seq := &node{kind: kindAll}
	for {
		var atom *node
		switch c := p.peek(); c {
		case '(':
			if group := p.group(); group != nil {
				seq.kids = append(seq.kids, group)
			}
			continue
		case '[':
			atom = &node{kind: kindSet, set: p.class(true)}
		case '^':
			p.next()
			atom = &node{kind: p.lineStart()}
		case '$':
			p.next()
			atom = p.lineEnd(p.on(multiline))
		case '.':
			p.next()
			atom = &node{kind: kindSet, set: p.dot()}
		case '|', ')':
			return seq
		case '?', '*', '+':
			p.next()
			p.fail("Dangling meta character '" + string(c) + "'")
		case 0:
			if p.cursor >= p.n {
				return seq
			}
			atom = p.atom()
		default:
			atom = p.atom()
		}
		seq.kids = append(seq.kids, p.closure(atom))
	}
}

func (p *parser) lineStart() kind {
	switch {
	case !p.on(multiline):
		return kindBegin
	case p.on(unixLines):
		return kindUnixLineStart
	}
	return kindLineStart
}

func (p *parser) lineEnd(multi bool) *node {
	k := kindLineEnd
	if p.on(unixLines) {
		k = kindUnixLineEnd
	}
	return &node{kind: k, multi: multi}
}

var (
	every    = newSet(span{0, 0x10FFFF})
	unixDot  = one('\n').negate()
	plainDot = newSet(span{'\n', '\n'}, span{'\r', '\r'}, span{0x85, 0x85}, span{0x2028, 0x2029}).negate()
)

func (p *parser) dot() *charset {
	switch {
	case p.on(dotAll):
		return every
	case p.on(unixLines):
		return unixDot
	}
	return plainDot
}

// atom reads one character, or what an escape says. Where Java finds a
// quantifier with nothing before it that is no dangling one ("{2}"), the atom
// is empty.
func (p *parser) atom() *node {
	switch c := p.peek(); c {
	case '{':
		return &node{kind: kindAll}
	case '\\':
		if c := p.at(1); c == 'p' || c == 'P' {
			p.cursor++
			return &node{kind: kindSet, set: p.property(c == 'P')}
		}
		p.found = nil
		if c := p.escape(false, false); c != absent {
			return p.literal(c)
		}
		return p.found
	default:
		p.next()
		return p.literal(c)
	}
}

func (p *parser) literal(c rune) *node {
	return &node{kind: kindSet, set: p.single(c), char: c, plain: !p.on(ignoreCase)}
}

// single is the set of one character under the flags.
func (p *parser) single(c rune) *charset {
	if !p.on(ignoreCase) {
		return one(c)
	}
	return one(c).ignoringCase(p.on(unicodeCase))
}

// closure reads the quantifier behind an atom.
func (p *parser) closure(atom *node) *node {
	r := &node{kind: kindRepeat, kids: []*node{atom}, max: maxReps}
	switch p.peek() {
	case '?':
		r.kind, r.max = kindMaybe, 1
		p.next()
	case '*':
		p.next()
	case '+':
		r.min = 1
		p.next()
	case '{':
		if !isDigit(p.at(1)) {
			p.cursor += 2
			p.fail("Illegal repetition")
		}
		p.counted(r)
	default:
		return atom
	}
	switch p.peek() {
	case '?':
		r.mode = lazy
		p.next()
	case '+':
		r.mode = possessive
		p.next()
	}
	return r
}

// counted reads {n}, {n,} and {n,m}.
func (p *parser) counted(r *node) {
	c := p.skip()
	r.min, c = p.count(c)
	r.max = r.min
	if c == ',' {
		r.max = maxReps
		if c = p.read(); isDigit(c) {
			r.max, c = p.count(c)
		}
	}
	if c != '}' {
		p.fail("Unclosed counted closure")
	}
	if r.max < r.min {
		p.fail("Illegal repetition range")
	}
	p.peek()
}

// count reads a number that begins with c; it gives the character behind it.
func (p *parser) count(c rune) (int, rune) {
	n := 0
	for ; isDigit(c); c = p.read() {
		if n = n*10 + int(c-'0'); n > maxReps {
			p.fail("Illegal repetition range")
		}
	}
	return n, c
}
