// Package vm executes checked Apex.
//
// The machine: every method's bound tree (package types) is compiled once,
// when it is first called, into typed Go closures over a frame of slots:
// Integer, Long, Double and Boolean are computed in registers, names and
// overloads were resolved by the checker, and common shapes (i < n, x += e,
// field get and set) are single closures. A Thread is one transaction: static
// variables, governor limits, the stack. It reaches the org only through its
// Host.
//
// Compiled code is immutable and shared by all threads and orgs that run the
// same program; a Thread belongs to one goroutine. Nothing depends on the wall
// clock, on map order or on global randomness: CPU time is counted in
// executed nodes. Apex exceptions travel as panics inside this package and
// leave it as *Error values.
//
// Left out: the library, which package stdlib registers as tables of
// functions, and everything an org does, which is behind Host.
package vm

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Object is an instance of a class. Library objects keep their state in
// Native, instances of user classes that extend one too.
type Object struct {
	Class  *Class
	Fields []Value
	Native any
	stub   *stub
}

// Options are what a transaction starts with.
type Options struct {
	Limits    Limits
	Certified []string // namespaces with limits of their own
	Quiddity  string   // Request.getQuiddity: "ANONYMOUS", "QUEUEABLE", "POST_INSTALL_SCRIPT" ...
	RequestID string
	Test      bool // Test.isRunningTest
	Debug     func(level, text string, line int)
	// State says what kind of job runs; it answers System.isBatch and so on.
	Job JobKind
	// InJob is set when Job means something.
	InJob bool
	// Depth is how many queueable jobs deep this one is chained, from 1, and
	// MaxDepth the deepest allowed, 0 for any (AsyncInfo).
	Depth, MaxDepth int
	// Log takes the debug log; nil for none. Method entries are in it only when
	// the program observes methods.
	Log *Log
}

func (o *Options) certified(ns string) bool {
	for _, c := range o.Certified {
		if strings.EqualFold(c, ns) {
			return true
		}
	}
	return false
}

// Thread is one transaction: static variables, limits, the stack. It belongs
// to one goroutine and ends when the transaction does.
type Thread struct {
	prog *Program
	host Host
	ctx  context.Context
	opt  Options

	limits    Limits
	usage     Usage
	buckets   map[string]*Usage
	steps     int64
	nextCheck int64
	spent     int64 // steps of the counts of limits that came before this one
	heap      int64
	heapCheck int64 // running total at which the live heap is measured next
	heapStop  int64 // and at which it may be over the limit
	heapPeak  int64 // of the live heap, when it was measured
	tail      []byte

	args    []Value // of calls whose arguments are being evaluated
	base    *frame
	cur     *frame
	depth   int
	statics []*classState

	triggers []*triggerState
	queried  map[*schema.Record]struct{}
	readonly map[*schema.Record]struct{}
	errors   map[*schema.Record][]dml.RowError
	options  map[*schema.Record]*dml.Options
	cache    map[string]any

	finalizer Value // of a queueable job
	ran       Statements

	profiling     *profileNode // the method that runs
	profiledInner int64        // steps of the calls inside it
}

type classState struct {
	vals []Value
}

// NewThread begins a transaction.
func (p *Program) NewThread(ctx context.Context, host Host, opt Options) *Thread {
	t := &Thread{prog: p, host: host, ctx: ctx, opt: opt, limits: opt.Limits}
	if t.limits.Depth == 0 {
		t.limits = LimitsOf(Synchronous)
	}
	t.base = &frame{t: t}
	t.cur = t.base
	t.nextCheck = min(checkEvery, t.limits.Max[CPUTime]*StepsPerMillisecond)
	t.heapStop = t.limits.Max[HeapSize]
	t.heapCheck = t.nextLook()
	return t
}

// Context is the context the transaction runs under.
func (t *Thread) Context() context.Context { return t.ctx }

// Host is the org the transaction runs in.
func (t *Thread) Host() Host { return t.host }

// Program is the program that runs.
func (t *Thread) Program() *Program { return t.prog }

// Options are what the transaction was started with.
func (t *Thread) Options() *Options { return &t.opt }

// Schema is the describe the program was checked against.
func (t *Thread) Schema() *schema.Schema { return t.prog.Schema() }

// Namespace is the namespace of the code that runs now.
func (t *Thread) Namespace() string {
	if c := t.cur.code; c != nil {
		return c.ns
	}
	return ""
}

// Class is the class whose code runs now, nil outside one.
func (t *Thread) Class() *Class {
	if c := t.cur.code; c != nil {
		return c.class
	}
	return nil
}

// APIVersion is the API version of the class or trigger whose code runs now, 0
// for the newest.
func (t *Thread) APIVersion() int {
	if c := t.cur.code; c != nil && c.class.Def.Unit != nil {
		return c.class.Def.Unit.APIVersion
	}
	return 0
}

// Sharing is the sharing the running code has: that of the nearest class on
// the stack that declares one; the block of System.runAs and anonymous code
// are with sharing, triggers without. Where the code that was entered first
// leaves it open, "inherited sharing" is with and no word is without (Apex
// Developer Guide, "Use the with sharing, without sharing, and inherited sharing
// Keywords", "Using the runAs Method").
func (t *Thread) Sharing() Sharing {
	entry := sharingOmitted
	for f := t.cur; f != nil && f.code != nil; f = f.prev {
		if f.runningAs > 0 {
			if f != t.cur && entry == sharingOmitted {
				t.host.Approximated(t, "class without a sharing word in System.runAs",
					"it takes the sharing of the block; the guide says that classes called in it keep their own", t.Where())
			}
			return WithSharing
		}
		if s := f.code.sharing; s == WithSharing || s == WithoutSharing {
			return s
		}
		entry = f.code.sharing
	}
	if entry == sharingInherited {
		return WithSharing
	}
	return WithoutSharing
}

// Access is the mode of a statement of the running code that states none.
func (t *Thread) Access() AccessMode {
	if c := t.cur.code; c != nil && c.userMode {
		if c.place.Trigger != "" {
			t.host.Approximated(t, "trigger of API version 67",
				"its statements run in user mode, as the guide says; notes on the release say that triggers run in system mode", t.Where())
		}
		return UserMode
	}
	return SystemMode
}

// Memo keeps a value of the library for the length of the transaction.
func (t *Thread) Memo(key string, make func() any) any {
	if v, ok := t.cache[key]; ok {
		return v
	}
	if t.cache == nil {
		t.cache = map[string]any{}
	}
	v := make()
	t.cache[key] = v
	return v
}

// SetMemo replaces a value kept by Memo.
func (t *Thread) SetMemo(key string, v any) {
	if t.cache == nil {
		t.cache = map[string]any{}
	}
	t.cache[key] = v
}

// Trace is the stack, innermost frame first.
func (t *Thread) Trace() []cause.Place {
	n := 0
	for f := t.cur; f != nil && f.code != nil; f = f.prev {
		n++
	}
	out := make([]cause.Place, 0, n)
	for f := t.cur; f != nil && f.code != nil; f = f.prev {
		out = append(out, f.place())
		if f.code == f.code.class.late {
			f = f.prev // the constructor that runs them is in the same line
		}
	}
	return out
}

func (f *frame) place() cause.Place {
	c := f.code
	p := c.place
	if c.file != nil {
		p.Line = c.file.LineOf(int(f.pos))
	}
	return p
}

// Place is the innermost line of the stack, zero outside code.
func (t *Thread) Place() cause.Place {
	if t.cur.code == nil {
		return cause.Place{}
	}
	return t.cur.place()
}

// Where is Place as stack traces print it, "" outside code.
func (t *Thread) Where() string { return t.Place().String() }

// event fills in where the running code is.
func (t *Thread) event(kind EventKind, typ, message string) *Event {
	return &Event{Kind: kind, Type: typ, Message: message, Place: t.Place()}
}

// Emit sends an event of the running code to the org's trace.
func (t *Thread) Emit(kind EventKind, typ, message string) {
	t.host.Event(t, t.event(kind, typ, message))
}

// guard runs fn and turns what leaves it into an error.
func (t *Thread) guard(fn func()) (err error) {
	cur, depth, args := t.cur, t.depth, len(t.args)
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		switch e := r.(type) {
		case *thrown:
			err = t.asError(e.exception)
		case *stop:
			err = t.stopError(e)
		default:
			err = fmt.Errorf("run Apex: internal error at %s: %v", t.Where(), r)
		}
		t.cur, t.depth, t.args = cur, depth, t.args[:args]
	}()
	fn()
	return nil
}

func (t *Thread) stopError(s *stop) error {
	if s.exception.IsNull() {
		return s.err
	}
	e := t.asError(s.exception)
	e.Missing, e.Assert = s.missing, s.assert
	e.Limit = !s.missing && !s.assert
	return e
}

// Run runs fn, which may use the methods that throw, as part of the
// transaction. What leaves it comes back as an error, usually an *Error.
func (t *Thread) Run(fn func()) error { return t.guard(fn) }

// RunAnonymous runs an anonymous block as code of a namespace.
func (t *Thread) RunAnonymous(b *types.Body, errs diag.List, namespace string) error {
	if errs.Err() != nil {
		return errs
	}
	class := t.prog.ClassOf(b.Class)
	c := t.prog.codeOfBody(class, b, errs, "")
	c.place, c.ns, c.sharing = cause.Place{Class: cause.Anonymous}, namespace, WithSharing
	return t.guard(func() { t.call(c, nil, nil) })
}

// CallStatic calls a static method by name with arguments already of the
// parameters' types.
func (t *Thread) CallStatic(class *types.Class, method string, args ...Value) (v Value, err error) {
	for _, m := range class.Methods() {
		if m.Static && strings.EqualFold(m.Name, method) && len(m.Params) == len(args) {
			err = t.guard(func() {
				t.initClass(t.prog.ClassOf(class))
				v = t.call(t.prog.codeOf(m), nil, args)
			})
			return v, err
		}
	}
	return Null, fmt.Errorf("call %s.%s: there is no such static method with %d parameters", class.FullName(), method, len(args))
}

// New makes an instance with the constructor that takes these arguments.
func (t *Thread) New(class *types.Class, args ...Value) (v Value, err error) {
	err = t.guard(func() { v = t.NewObject(class, args...) })
	return v, err
}

// NewObject is New inside running code; without a fitting constructor it
// throws TypeException.
func (t *Thread) NewObject(class *types.Class, args ...Value) Value {
	c := t.prog.ClassOf(class)
	if class.Abstract || class.Kind != types.KindClass {
		t.Throwf("System.TypeException", "Class is abstract: %s", c.Name)
	}
	if class.Lib {
		return t.newLibrary(class, args)
	}
	for _, m := range class.Constructors() {
		if len(m.Params) == len(args) {
			return t.construct(c, t.prog.codeOf(m), args)
		}
	}
	t.Throwf("System.TypeException", "Class must have a no-arg constructor: %s", c.Name)
	return Null
}

func (t *Thread) newLibrary(class *types.Class, args []Value) Value {
	k := t.prog.ClassOf(class)
	if k.IsException() {
		return t.makeException(k, args)
	}
	for _, m := range class.Constructors() {
		if len(m.Params) != len(args) {
			continue
		}
		fn := t.prog.libFunc(m.LibKey)
		if fn == nil {
			fn = t.prog.libFunc(class.FullName() + "." + types.ConstructorName)
		}
		if fn != nil {
			return fn(t, t.TypeValue(class.Type()), args)
		}
		if b := newBag(m, args); b != nil {
			return Obj(&Object{Class: k, Native: b})
		}
	}
	t.Unsupported("new "+class.FullName(), "made by name")
	return Null
}

// Invoke calls a method of an object by name: what the org calls on handlers,
// jobs and callbacks.
func (t *Thread) Invoke(obj Value, method string, args ...Value) (v Value, err error) {
	err = t.guard(func() { v = t.CallMethod(obj, method, args...) })
	return v, err
}

// CallMethod is Invoke inside running code.
func (t *Thread) CallMethod(obj Value, method string, args ...Value) Value {
	o := obj.Object()
	if o == nil {
		t.ThrowNull()
	}
	if o.stub != nil {
		return t.callStubByName(obj, method, args)
	}
	if o.Class.Def.Lib {
		return t.callLibrary(obj, method, args)
	}
	c := o.Class.prepare().find(method, len(args))
	if c == nil {
		t.Unsupported(o.Class.Name+"."+method, "called by the platform and not found")
	}
	if c.method.Slot >= 0 && c.method.Slot < len(o.Class.vtable) {
		c = o.Class.vtable[c.method.Slot]
	}
	return t.call(c, o, args)
}

// callLibrary calls a method of a library object by name: of its class or the
// nearest one above that has it.
func (t *Thread) callLibrary(obj Value, method string, args []Value) Value {
	for k := obj.Object().Class; k != nil; k = k.super {
		if fn := t.prog.libFunc(k.Def.FullName() + "." + method); fn != nil {
			return fn(t, obj, args)
		}
	}
	t.Unsupported(obj.Object().Class.Name+"."+method, "called by the platform and not found")
	return Null
}

// HasMethod reports whether an object's class has a method of that name and
// number of parameters.
func (t *Thread) HasMethod(obj Value, method string, params int) bool {
	o := obj.Object()
	return o != nil && (o.stub != nil || o.Class.prepare().find(method, params) != nil)
}

// Debug is System.debug.
func (t *Thread) Debug(level, text string) {
	if level == "" {
		level = "DEBUG"
	}
	e := t.event(EventDebug, level, text)
	if t.opt.Debug != nil {
		t.opt.Debug(level, text, e.Place.Line)
	}
	t.host.Event(t, e)
	t.log("USER_DEBUG", t.at(), level, text)
}

// CloneObject is Object.clone: a shallow copy.
func (t *Thread) CloneObject(v Value) Value {
	o := v.Object()
	if o == nil {
		return v
	}
	n := newObject(o.Class, len(o.Fields))
	copy(n.Fields, o.Fields)
	n.Native, n.stub = o.Native, o.stub
	if b, ok := o.Native.(*Bag); ok {
		c := &Bag{Values: make(map[string]Value, len(b.Values)), Whole: b.Whole}
		for k, x := range b.Values {
			c.Values[k] = x
		}
		n.Native = c
	}
	return Obj(n)
}

// Blank makes an instance of a user's class without running a constructor, as
// deserialisation does.
func (t *Thread) Blank(class *types.Class) Value { return Obj(t.alloc(t.prog.ClassOf(class))) }
