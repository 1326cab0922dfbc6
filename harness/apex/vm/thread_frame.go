package vm

import (
	"strings"
)

// frame is one activation. Frames form a chain that is kept and used again, so
// a call allocates nothing once the chain is as deep.
type frame struct {
	l    []Value // slots: parameters first
	this *Object
	ret  Value
	t    *Thread
	code *code
	prev *frame
	next *frame
	pos  int32 // of the expression that last called or threw
	buf  []Value
	// runningAs counts the blocks of System.runAs that the frame is inside.
	runningAs int
}

// ctl is how a statement ended.
type ctl uint8

const (
	onward ctl = iota
	broke
	continued
	returned
)

type (
	stmt    func(f *frame) ctl
	valExpr func(f *frame) Value
	intExpr func(f *frame) int64
	fltExpr func(f *frame) float64
	bolExpr func(f *frame) bool
)

// push makes the next frame ready for a body; its slots beyond the parameters
// are null.
func (f *frame) push(c *code) *frame {
	t := f.t
	n := f.next
	if n == nil {
		n = &frame{t: t, prev: f, buf: make([]Value, 8)}
		f.next = n
	}
	if !c.ready.Load() {
		c.prepare(t.prog)
	}
	if t.depth >= t.limits.Depth {
		t.tooDeep()
	}
	t.depth++
	if len(n.buf) < c.nslots {
		n.buf = make([]Value, c.nslots+8)
	}
	n.l = n.buf[:c.nslots]
	if c.nslots > c.nparams {
		clear(n.l[c.nparams:])
	}
	n.code = c
	return n
}

func (t *Thread) tooDeep() {
	t.exceed(t.Namespace(), "", "Maximum stack depth reached: "+itoa(int64(t.limits.Depth)+1))
}

// exec runs the body of a pushed frame and leaves the frame; the result is in
// its ret.
func (n *frame) exec() {
	t := n.t
	c := n.code
	t.cur = n
	t.steps += c.cost
	if t.steps >= t.nextCheck {
		t.checkpoint()
	}
	if c.run == nil {
		t.cannotRun(c)
	}
	c.run(n)
	t.cur = n.prev
	t.depth--
}

// cannotRun stops at a body that did not compile or that is abstract.
func (t *Thread) cannotRun(c *code) {
	note := "has no body"
	if len(c.problems) > 0 {
		note = "does not compile: " + c.problems[0].Message
		if s := c.problems[0].Span.String(); s != "" {
			note += " (" + s + ")"
		}
		for _, n := range c.problems[0].Notes {
			note += ": " + n
		}
	}
	t.Unsupported(c.label(), note)
}

// call runs code from Go: the library, the org.
func (t *Thread) call(c *code, this *Object, args []Value) Value {
	f := t.cur
	n := f.push(c)
	copy(n.l, args)
	n.this = this
	n.exec()
	return n.ret
}

// construct allocates an object and runs a constructor on it.
func (t *Thread) construct(c *Class, ctor *code, args []Value) Value {
	o := t.alloc(c)
	for _, init := range c.prepare().inits {
		t.call(init, o, nil)
	}
	t.call(ctor, o, args)
	return Obj(o)
}

// alloc makes an object of a user's class with all fields null; its class is
// initialised first.
func (t *Thread) alloc(c *Class) *Object {
	t.initClass(c)
	t.Grow(int64(16 + 8*c.nfields))
	o := newObject(c, c.nfields)
	if base := c.libraryBase(); base != nil {
		t.initNative(o, base)
	}
	return o
}

// newObject allocates an object and its fields in one piece where it can.
func newObject(c *Class, n int) *Object {
	switch {
	case n == 0:
		return &Object{Class: c}
	case n == 1:
		o := &struct {
			Object
			f [1]Value
		}{}
		o.Class, o.Fields = c, o.f[:]
		return &o.Object
	case n == 2:
		o := &struct {
			Object
			f [2]Value
		}{}
		o.Class, o.Fields = c, o.f[:]
		return &o.Object
	case n <= 4:
		o := &struct {
			Object
			f [4]Value
		}{}
		o.Class, o.Fields = c, o.f[:n]
		return &o.Object
	default:
		return &Object{Class: c, Fields: make([]Value, n)}
	}
}

// libraryBase is the library class that a user's class extends, nil for none.
func (c *Class) libraryBase() *Class {
	for k := c.super; k != nil; k = k.super {
		if k.Def.Lib {
			return k
		}
	}
	return nil
}

// IsException reports whether instances are exceptions.
func (c *Class) IsException() bool {
	for k := c; k != nil; k = k.super {
		if k.Def.Lib && strings.HasSuffix(k.Def.Name, "Exception") {
			return true
		}
	}
	return false
}

func (t *Thread) initNative(o *Object, base *Class) {
	if base.IsException() {
		t.steps += exceptionCost
		o.Native = &Exception{Frames: t.Trace(), Unused: true}
	}
}

// initClass runs the static initialisers of a class and of those above it,
// once a transaction.
func (t *Thread) initClass(c *Class) *classState {
	if c.id < len(t.statics) {
		if s := t.statics[c.id]; s != nil {
			return s
		}
	}
	return t.firstUse(c)
}

func (t *Thread) firstUse(c *Class) *classState {
	for len(t.statics) <= c.id {
		t.statics = append(t.statics, nil)
	}
	s := &classState{}
	t.statics[c.id] = s
	if c.Def.Lib {
		return s
	}
	c.prepare()
	s.vals = make([]Value, len(c.Def.Statics()))
	if c.super != nil {
		t.initClass(c.super)
	}
	if o := c.Def.Outer; o != nil {
		t.initClass(c.prog.ClassOf(o))
	}
	for _, k := range c.constants {
		s.vals[k.slot] = k.value
	}
	if c.static != nil {
		t.call(c.static, nil, nil)
	}
	return s
}

// compileDefault is the body of a constructor that nobody wrote: the
// constructor above.
func compileDefault(p *Program, c *code) stmt {
	class := c.class.prepare()
	c.file = nil
	init := class.late
	var super *code
	if s := class.super; s != nil && !s.Def.Lib {
		for _, m := range s.Def.Constructors() {
			if len(m.Params) == 0 {
				super = p.codeOf(m)
			}
		}
	}
	c.nslots = c.nparams
	return func(f *frame) ctl {
		if super != nil {
			runOn(f, super, f.this)
		}
		if init != nil {
			runOn(f, init, f.this)
		}
		return returned
	}
}

// runOn runs parameterless code on an object.
func runOn(f *frame, c *code, o *Object) {
	n := f.push(c)
	n.this = o
	n.exec()
}

// libFunc finds a library function by LibKey.
func (p *Program) libFunc(key string) Func {
	key = strings.ToLower(key)
	if f := p.lib[key]; f != nil {
		return f
	}
	if i := strings.IndexByte(key, '('); i >= 0 {
		key = key[:i]
	}
	if f := p.lib[key]; f != nil {
		return f
	}
	key = strings.TrimPrefix(key, "system.")
	if f := p.lib[key]; f != nil {
		return f
	}
	return nil
}
