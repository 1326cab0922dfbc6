package javaregex

const (
	// maxReads bounds how often a text may be read (Apex Developer Guide, "Using
	// Regular Expressions").
	maxReads = 1_000_000
	// maxWork and maxFrames bound what reads no text, and memory.
	maxWork   = 8 * maxReads
	maxFrames = 3 * maxReads
)

// A frame is something to go back to, or to put back on the way there.
type frame struct {
	kind    frameKind
	pc, pos int32
	a, b    int32
}

type frameKind uint8

const (
	choice    frameKind = iota // go on at pc from pos
	capture                    // slot a of the groups had b
	localWas                   // local a had b
	giveBack                   // a repeat went to pos: one character less, down to a
	takeMore                   // a lazy repeat went to pos: one character more, a are left
	iterMore                   // a lazy iteration: one more, the a-th
	loopAgain                  // a lazy loop: one more, the a-th
	loopEnded                  // as choice, and memory a keeps that the loop failed from pos
	iterated                   // group a went from pos to pc in an iteration of those that began at frame b
)

func (m *Matcher) push(f frame) { m.stack = append(m.stack, f) }

func (m *Matcher) setCapture(slot int, v int32) {
	m.push(frame{kind: capture, a: int32(slot), b: m.groups[slot]})
	m.groups[slot] = v
}

func (m *Matcher) setLocal(slot int, v int32) {
	m.push(frame{kind: localWas, a: int32(slot), b: m.locals[slot]})
	m.locals[slot] = v
}

// back undoes down to the last choice above base; false when there is none.
func (m *Matcher) back(base int) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		f := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		switch f.kind {
		case choice:
			return int(f.pc), int(f.pos), true
		case capture:
			m.groups[f.a] = f.b
		case localWas:
			m.locals[f.a] = f.b
		case loopEnded:
			m.memos[f.a][f.pos] = struct{}{}
			return int(f.pc), int(f.pos), true
		case giveBack:
			if f.pos > f.a {
				_, size := decodeLast(m.text[:f.pos])
				if f.pos -= int32(size); f.pos > f.a {
					m.push(f)
				}
				return int(f.pc), int(f.pos), true
			}
		case takeMore:
			in := &m.p.program[f.pc]
			if end, ok := m.passOne(in.set, int(f.pos)); ok {
				if f.a > 1 {
					m.push(frame{kind: takeMore, pc: f.pc, pos: int32(end), a: f.a - 1})
				}
				return int(f.pc) + 1, end, true
			}
		case iterMore:
			if end, ok := m.iterateLazily(int(f.pc), int(f.pos), int(f.a)); ok {
				return m.p.program[f.pc].y, end, true
			}
		case loopAgain:
			in := &m.p.program[f.pc]
			m.setLocal(in.a, f.a)
			return in.x, int(f.pos), true
		}
	}
	return 0, 0, false
}

// run goes through the program from pc until opDone or opMatch and gives the
// place reached. What it left to go back to is gone then, and what it captured
// stays: so it is with Java's look-arounds and independent groups.
func (m *Matcher) run(pc, pos int) (int, bool) {
	base := len(m.stack)
	program := m.p.program
	for {
		if m.work++; m.work > maxWork || m.reads > maxReads || len(m.stack) > maxFrames {
			m.over = true
		}
		if m.over {
			return 0, false
		}
		in := &program[pc]
		ok := true
		switch in.op {
		case opSet:
			pos, ok = m.passOne(in.set, pos)
			pc++
		case opText:
			pos, ok = m.passText(in.text, pos)
			pc++
		case opJump:
			pc = in.x
		case opSplit:
			m.push(frame{kind: choice, pc: int32(in.y), pos: int32(pos)})
			pc = in.x
		case opOpen:
			m.setLocal(in.x, int32(pos))
			pc++
		case opClose:
			m.setCapture(2*in.y, m.locals[in.x])
			m.setCapture(2*in.y+1, int32(pos))
			pc++
		case opRepeat:
			pos, ok = m.repeat(in, pc, pos)
			pc++
		case opIterate:
			pos, ok = m.iterate(in, pc, pos)
			pc = in.y
		case opLoopInit:
			pc = m.enterLoop(in, pc, pos)
		case opLoop:
			pc = m.nextInLoop(in, pc, pos)
		case opDone:
			m.leave(base)
			return pos, true
		case opMatch:
			if ok = !m.whole || pos == m.to; ok {
				m.leave(base)
				return pos, true
			}
		default:
			pos, ok = m.test(in, pos)
			if pc++; in.y > 0 {
				pc = in.y
			}
		}
		if !ok {
			if pc, pos, ok = m.back(base); !ok {
				return 0, false
			}
		}
	}
}

// leave forgets what there was to go back to. A group that a quantifier
// iterates keeps what it had when the quantifier was left first: Java sets it on
// the way back from a match (java.util.regex.Pattern.GroupCurly).
func (m *Matcher) leave(base int) {
	seen := int32(-1)
	for i := len(m.stack) - 1; i >= base; i-- {
		if f := &m.stack[i]; f.kind == iterated && f.b != seen {
			seen = f.b
			m.groups[2*f.a], m.groups[2*f.a+1] = f.pos, f.pc
		}
	}
	m.stack = m.stack[:base]
}

// passOne passes a character of the set.
func (m *Matcher) passOne(set *charset, pos int) (int, bool) {
	if pos >= m.to {
		m.hitEnd = true
		return pos, false
	}
	m.reads++
	r, size := decode(m.text[pos:])
	return pos + size, set.has(r)
}

func (m *Matcher) passText(text string, pos int) (int, bool) {
	for i := range len(text) {
		if pos+i >= m.to {
			m.hitEnd = true
			return pos, false
		}
		m.reads++
		if m.text[pos+i] != text[i] {
			return pos, false
		}
	}
	return pos + len(text), true
}

// repeat passes characters of the instruction's set.
func (m *Matcher) repeat(in *instruction, pc, pos int) (int, bool) {
	most := in.max
	if in.mode == lazy {
		most = in.min
	}
	n, least := 0, pos
	for n < most {
		end, ok := m.passOne(in.set, pos)
		if !ok {
			break
		}
		pos = end
		if n++; n == in.min {
			least = pos
		}
	}
	if n < in.min {
		return pos, false
	}
	switch {
	case in.mode == greedy && n > in.min:
		m.push(frame{kind: giveBack, pc: int32(pc + 1), pos: int32(pos), a: int32(least)})
	case in.mode == lazy && in.max > in.min:
		m.push(frame{kind: takeMore, pc: int32(pc), pos: int32(pos), a: int32(in.max - in.min)})
	}
	return pos, true
}

func (m *Matcher) captureGroup(group, from, to int) {
	if group > 0 {
		m.setCapture(2*group, int32(from))
		m.setCapture(2*group+1, int32(to))
	}
}

func (m *Matcher) iterate(in *instruction, pc, pos int) (int, bool) {
	n := 0
	for ; n < in.min; n++ {
		end, ok := m.run(in.x, pos)
		if !ok {
			return pos, false
		}
		m.captureGroup(in.group, pos, end)
		if end == pos { // the others pass nothing either
			n = in.min
			break
		}
		pos = end
	}
	if in.mode == lazy {
		if in.max > n {
			m.push(frame{kind: iterMore, pc: int32(pc), pos: int32(pos), a: int32(n)})
		}
		return pos, true
	}
	began := int32(len(m.stack))
	for ; n < in.max; n++ {
		before := len(m.stack)
		if in.mode == greedy {
			m.push(frame{kind: choice, pc: int32(in.y), pos: int32(pos)})
		}
		end, ok := m.run(in.x, pos)
		if !ok || end == pos {
			m.stack = m.stack[:before]
			break
		}
		if m.captureGroup(in.group, pos, end); in.group > 0 && in.mode == greedy {
			m.push(frame{kind: iterated, pc: int32(end), pos: int32(pos), a: int32(in.group), b: began})
		}
		pos = end
	}
	return pos, true
}

// iterateLazily runs the iteration behind the n-th.
func (m *Matcher) iterateLazily(pc, pos, n int) (int, bool) {
	in := &m.p.program[pc]
	end, ok := m.run(in.x, pos)
	if !ok || end == pos {
		return pos, false
	}
	if n+1 < in.max {
		m.push(frame{kind: iterMore, pc: int32(pc), pos: int32(end), a: int32(n + 1)})
	}
	if in.group > 0 {
		m.groups[2*in.group], m.groups[2*in.group+1] = int32(pos), int32(end)
	}
	return end, true
}

// enterLoop begins a loop; it gives the place to go on at.
func (m *Matcher) enterLoop(in *instruction, pc, pos int) int {
	if in.max == 0 {
		return in.y
	}
	m.setLocal(in.a, 1)
	switch {
	case in.min > 0:
		return in.x
	case in.mode == lazy:
		m.push(frame{kind: choice, pc: int32(in.x), pos: int32(pos)})
		return in.y
	}
	m.push(frame{kind: choice, pc: int32(in.y), pos: int32(pos)})
	return in.x
}

// nextInLoop decides at the end of an iteration.
func (m *Matcher) nextInLoop(in *instruction, pc, pos int) int {
	count := int(m.locals[in.a])
	if pos <= int(m.locals[in.b]) { // it passed nothing
		return in.y
	}
	if count < in.min {
		m.setLocal(in.a, int32(count+1))
		return in.x
	}
	if count >= in.max {
		return in.y
	}
	if in.mode == lazy {
		m.push(frame{kind: loopAgain, pc: int32(pc), pos: int32(pos), a: int32(count + 1)})
		return in.y
	}
	if in.memo < 0 {
		m.push(frame{kind: choice, pc: int32(in.y), pos: int32(pos)})
	} else {
		if _, failed := m.memos[in.memo][int32(pos)]; failed {
			return in.y
		}
		m.push(frame{kind: loopEnded, pc: int32(in.y), pos: int32(pos), a: int32(in.memo)})
	}
	m.setLocal(in.a, int32(count+1))
	return in.x
}
