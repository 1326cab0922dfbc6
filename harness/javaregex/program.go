package javaregex

import "unicode/utf8"

// opcode is what an instruction of a program does. Where it can not, the
// machine goes back to the last choice.
type opcode uint8

const (
	opSet       opcode = iota // pass a character of the set
	opText                    // pass the text
	opJump                    // go to x
	opSplit                   // go to x, and to y when that does not lead to a match
	opOpen                    // keep the place in local x
	opClose                   // group y goes from the place in local x to here
	opRepeat                  // pass min to max characters of the set
	opIterate                 // run x min to max times, each as it matches first; then go on at y
	opLoopInit                // enter a loop at x with its count in local a, or go on at y
	opLoop                    // the end of an iteration that began at the place in local b
	opAtomic                  // run x as it matches first, go on at y
	opAhead                   // the same from here, and come back
	opBehind                  // run x from min to max characters before, it must end here
	opReference               // pass what group x has
	opAssert                  // test for a place
	opLineBreak               // pass one line end
	opGrapheme                // pass what is read as one character
	opBehindEnd               // the place where a look behind began
	opDone                    // the end of what is run by itself
	opMatch                   // the end
)

type instruction struct {
	op       opcode
	mode     mode
	kind     kind // of an assertion
	negative bool
	multi    bool
	plain    bool
	set      *charset
	text     string
	x, y     int
	a, b     int
	min, max int
	group    int // of opIterate: the group that it captures, 0 for none
	memo     int // of opLoop: its memory of places from which it failed, -1 for none
}

// Pattern is a compiled regular expression.
type Pattern struct {
	source  string
	program []instruction
	groups  int // the whole match among them
	names   map[string]int
	locals  int
	memos   int
	begins  *charset // what a match begins with; nil for anything
	only    byte     // the one ASCII character it begins with; 0 for others
	least   int      // characters that a match has at least
}

// Compile reads a pattern of Java. Its error is a *SyntaxError, or
// ErrTooComplicated for groups or classes nested without measure.
func Compile(source string) (pattern *Pattern, err error) {
	defer func() {
		switch bad := recover().(type) {
		case nil:
		case *SyntaxError:
			pattern, err = nil, bad
		case error:
			if bad != ErrTooComplicated {
				panic(bad)
			}
			pattern, err = nil, bad
		default:
			panic(bad)
		}
	}()
	in := unquote(runesOf(source))
	p := &parser{source: source, in: append(in, 0, 0), n: len(in), groups: 1, names: map[string]int{}}
	root := p.pattern()
	w := &writer{refs: p.refs}
	w.node(root, true)
	w.emit(instruction{op: opMatch})
	pattern = &Pattern{source: source, program: w.out, groups: p.groups, names: p.names, locals: w.locals, memos: w.memos,
		begins: root.first(), least: root.shortest()}
	if b := pattern.begins; b != nil && len(b.spans) == 1 && b.spans[0].lo == b.spans[0].hi && b.spans[0].lo < utf8.RuneSelf {
		pattern.only = byte(b.spans[0].lo)
	}
	return pattern, nil
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Groups is the number of capturing groups.
func (p *Pattern) Groups() int { return p.groups - 1 }

// writer makes a program of a tree.
type writer struct {
	out    []instruction
	locals int
	memos  int
	refs   bool
}

func (w *writer) emit(i instruction) int {
	w.out = append(w.out, i)
	return len(w.out) - 1
}

func (w *writer) here() int { return len(w.out) }

func (w *writer) local() int {
	w.locals++
	return w.locals - 1
}

// node writes one node; outermost is false inside what is repeated or looked
// behind at, where loops keep no memory.
func (w *writer) node(n *node, outermost bool) {
	switch n.kind {
	case kindAll:
		w.all(n.kids, outermost)
	case kindAny:
		w.any(n.kids, outermost)
	case kindSet:
		w.emit(instruction{op: opSet, set: n.set})
	case kindGroup:
		w.group(n, outermost)
	case kindRepeat, kindMaybe:
		w.repeat(n, outermost)
	case kindAtomic:
		at := w.emit(instruction{op: opAtomic})
		w.inner(at, n.kids[0], outermost)
	case kindAhead:
		at := w.emit(instruction{op: opAhead, negative: n.negative})
		w.inner(at, n.kids[0], outermost)
	case kindBehind:
		at := w.emit(instruction{op: opBehind, negative: n.negative, min: n.min, max: n.max})
		w.out[at].x = w.here()
		w.node(n.kids[0], false)
		w.emit(instruction{op: opBehindEnd})
		w.emit(instruction{op: opDone})
		w.out[at].y = w.here()
	case kindReference:
		w.emit(instruction{op: opReference, x: n.group, plain: n.plain, multi: n.multi})
	case kindLineBreak:
		w.lineBreak()
	case kindGrapheme:
		w.emit(instruction{op: opGrapheme})
	default:
		w.emit(instruction{op: opAssert, kind: n.kind, multi: n.multi, negative: n.negative})
	}
}

// inner writes what instruction at runs by itself.
func (w *writer) inner(at int, n *node, outermost bool) {
	w.out[at].x = w.here()
	w.node(n, outermost)
	w.emit(instruction{op: opDone})
	w.out[at].y = w.here()
}

// all writes a sequence; characters whose case counts become texts.
func (w *writer) all(kids []*node, outermost bool) {
	for i := 0; i < len(kids); i++ {
		var text []byte
		for ; i < len(kids) && kids[i].kind == kindSet && kids[i].plain; i++ {
			text = appendRune(text, kids[i].char)
		}
		if text != nil {
			w.emit(instruction{op: opText, text: string(text)})
		}
		if i < len(kids) {
			w.node(kids[i], outermost)
		}
	}
}

func (w *writer) any(kids []*node, outermost bool) {
	var ends []int
	for i, k := range kids {
		if i == len(kids)-1 {
			w.node(k, outermost)
			break
		}
		split := w.emit(instruction{op: opSplit})
		w.out[split].x = w.here()
		w.node(k, outermost)
		ends = append(ends, w.emit(instruction{op: opJump}))
		w.out[split].y = w.here()
	}
	for _, e := range ends {
		w.out[e].x = w.here()
	}
}

func (w *writer) group(n *node, outermost bool) {
	if n.group == 0 {
		w.node(n.kids[0], outermost)
		return
	}
	place := w.local()
	w.emit(instruction{op: opOpen, x: place})
	w.node(n.kids[0], outermost)
	w.emit(instruction{op: opClose, x: place, y: n.group})
}

// repeat writes a quantifier, in the one of Java's four ways that its kid asks
// for.
func (w *writer) repeat(n *node, outermost bool) {
	kid := n.kids[0]
	group := n.quantifiedGroup && kid.kind == kindGroup
	switch {
	case kid.kind == kindSet:
		w.emit(instruction{op: opRepeat, set: kid.set, min: n.min, max: n.max, mode: n.mode})
	case group && n.kind == kindMaybe && n.mode != possessive:
		split := w.emit(instruction{op: opSplit})
		w.out[split].x = w.here()
		w.node(kid, false)
		w.out[split].y = w.here()
		if n.mode == lazy {
			w.out[split].x, w.out[split].y = w.out[split].y, w.out[split].x
		}
	case group && n.isLoop(kid.measure()):
		w.loop(n, kid, outermost)
	default:
		it := instruction{op: opIterate, min: n.min, max: n.max, mode: n.mode}
		if group && n.mode != possessive {
			it.group, kid = kid.group, kid.kids[0]
		}
		w.inner(w.emit(it), kid, false)
	}
}

// loop writes a group that is gone back into.
func (w *writer) loop(n, kid *node, outermost bool) {
	count, begin, memo := w.local(), w.local(), -1
	if outermost && !w.refs && n.mode == greedy && n.max == maxReps {
		memo = w.memos
		w.memos++
	}
	init := w.emit(instruction{op: opLoopInit, a: count, min: n.min, max: n.max, mode: n.mode})
	body := w.emit(instruction{op: opOpen, x: begin})
	w.node(kid.kids[0], false)
	if kid.group > 0 {
		w.emit(instruction{op: opClose, x: begin, y: kid.group})
	}
	w.emit(instruction{op: opLoop, a: count, b: begin, x: body, y: w.here() + 1, min: n.min, max: n.max, mode: n.mode, memo: memo})
	w.out[init].x, w.out[init].y = body, w.here()
}

// lineBreak writes \R: a carriage return and a line feed, or one of them.
func (w *writer) lineBreak() {
	split := w.emit(instruction{op: opSplit})
	w.out[split].x = w.here()
	w.emit(instruction{op: opText, text: "\r\n"})
	jump := w.emit(instruction{op: opJump})
	w.out[split].y = w.here()
	w.emit(instruction{op: opSet, set: shorthand['v']})
	w.out[jump].x = w.here()
}
