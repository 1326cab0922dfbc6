package vm

import (
	"compress/gzip"
	"io"
	"sync"
	"sync/atomic"
)

// profileNode is a method in the tree of calls: how often it was called from
// where its parent says, and the steps that were its own.
type profileNode struct {
	code        *code
	mu          sync.Mutex
	children    []*profileNode
	calls, self atomic.Int64
}

func (n *profileNode) child(c *code) *profileNode {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, k := range n.children {
		if k.code == c {
			return k
		}
	}
	k := &profileNode{code: c}
	n.children = append(n.children, k)
	return k
}

// profiled makes code account for its steps. A thread stands in the tree of
// calls; what a call takes is its own but for what the calls inside it take.
func profiled(c *code, run stmt) stmt {
	return func(f *frame) ctl {
		t := f.t
		above, inner := t.profiling, t.profiledInner
		if above == nil {
			above = t.prog.profile
		}
		node := above.child(c)
		node.calls.Add(1)
		began := t.spent + t.steps - c.cost
		t.profiling, t.profiledInner = node, 0
		defer func() {
			took := t.spent + t.steps - began
			node.self.Add(took - t.profiledInner)
			t.profiling, t.profiledInner = above, inner+took
		}()
		return run(f)
	}
}

// WriteProfile writes where the CPU time went as a profile for go tool pprof:
// a sample for each chain of Apex methods with its calls and its CPU time in
// nanoseconds (a step is 100 ns, StepsPerMillisecond).
func (p *Program) WriteProfile(w io.Writer) error {
	e := &profileEncoder{strings: map[string]int64{"": 0}, table: []string{""}, functions: map[*code]uint64{}}
	for _, kind := range [][2]string{{"calls", "count"}, {"cpu", "nanoseconds"}} {
		var v protoMessage
		v.uint(1, uint64(e.text(kind[0])))
		v.uint(2, uint64(e.text(kind[1])))
		e.out.bytes(1, v)
	}
	if p.profile != nil {
		e.samples(p.profile, nil)
	}
	e.out.uint(14, uint64(e.text("cpu")))
	for _, s := range e.table {
		e.out.bytes(6, []byte(s))
	}
	z := gzip.NewWriter(w)
	if _, err := z.Write(e.out); err != nil {
		return err
	}
	return z.Close()
}

// profileEncoder makes the message of pprof's profile.proto.
type profileEncoder struct {
	out       protoMessage
	strings   map[string]int64
	table     []string
	functions map[*code]uint64
}

func (e *profileEncoder) text(s string) int64 {
	i, ok := e.strings[s]
	if !ok {
		i = int64(len(e.table))
		e.strings[s] = i
		e.table = append(e.table, s)
	}
	return i
}

// samples writes a node and those under it; stack is the ids of the locations
// above it, innermost first.
func (e *profileEncoder) samples(n *profileNode, stack []uint64) {
	if n.code != nil {
		stack = append([]uint64{e.location(n.code)}, stack...)
		var sample, ids, values protoMessage
		for _, id := range stack {
			ids.varint(id)
		}
		values.varint(uint64(n.calls.Load()))
		values.varint(uint64(max(n.self.Load(), 0)) * (1_000_000 / StepsPerMillisecond))
		sample.bytes(1, ids)
		sample.bytes(2, values)
		e.out.bytes(2, sample)
	}
	for _, k := range n.children {
		e.samples(k, stack)
	}
}

// location is the id of a method's function and of its only location.
func (e *profileEncoder) location(c *code) uint64 {
	if id, ok := e.functions[c]; ok {
		return id
	}
	id := uint64(len(e.functions) + 1)
	e.functions[c] = id
	file, line := "", uint64(0)
	if c.file != nil {
		file = c.file.Name
	}
	if c.method != nil && c.method.Decl != nil && c.file != nil {
		n, _ := c.file.Position(int(c.method.Decl.At().Pos))
		line = uint64(n)
	}
	var fn, at, loc protoMessage
	fn.uint(1, id)
	fn.uint(2, uint64(e.text(c.label())))
	fn.uint(3, uint64(e.text(c.label())))
	fn.uint(4, uint64(e.text(file)))
	fn.uint(5, line)
	e.out.bytes(5, fn)
	at.uint(1, id)
	at.uint(2, line)
	loc.uint(1, id)
	loc.bytes(4, at)
	e.out.bytes(4, loc)
	return id
}

// protoMessage is a message of protocol buffers under construction.
type protoMessage []byte

func (m *protoMessage) varint(v uint64) {
	for v >= 0x80 {
		*m = append(*m, byte(v)|0x80)
		v >>= 7
	}
	*m = append(*m, byte(v))
}

func (m *protoMessage) uint(field int, v uint64) {
	m.varint(uint64(field) << 3)
	m.varint(v)
}

func (m *protoMessage) bytes(field int, b []byte) {
	m.varint(uint64(field)<<3 | 2)
	m.varint(uint64(len(b)))
	*m = append(*m, b...)
}
