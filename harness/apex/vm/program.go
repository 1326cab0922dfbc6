package vm

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Func is a function of the library: its receiver (null for static ones) and
// its arguments, which it must not keep. A void function returns null.
type Func func(t *Thread, recv Value, args []Value) Value

// Library is the standard library, keyed by lower-case LibKey without
// parameters and without "System.".
type Library map[string]Func

// Program is a checked program made executable. Methods are compiled when
// first called; what is compiled is shared by all threads.
type Program struct {
	types *types.Program
	lib   Library

	mu      sync.RWMutex
	classes map[*types.Class]*Class
	codes   map[*types.Method]*code
	byName  map[string]*Class // library classes by name
	count   int

	answer  Answer
	covered *coverage    // nil when not asked for
	profile *profileNode // the root of all calls; nil when not asked for
	logged  bool
}

// NewProgram makes a program executable with a library.
func NewProgram(p *types.Program, lib Library) *Program {
	return &Program{types: p, lib: lib, classes: map[*types.Class]*Class{},
		codes: map[*types.Method]*code{}, byName: map[string]*Class{}}
}

// Types is the checked program.
func (p *Program) Types() *types.Program { return p.types }

// Schema is the schema the program was checked against.
func (p *Program) Schema() *schema.Schema { return p.types.Schema() }

// Class is a class at run time: one per Program and class.
type Class struct {
	Name string // qualified: "ns.Outer.Inner", "System.DmlException"
	Def  *types.Class

	prog      *Program
	super     *Class
	id        int
	once      once.Once
	nfields   int
	vtable    []*code
	inits     []*code // instance initialisers that run before any constructor: those of the classes above first
	late      *code   // its own that run after the constructor above
	static    *code   // static initialisers
	constants []constant
	impls     sync.Map
	equals    *code
	hash      *code
	text      *code
	compareTo *code
}

// Program is the program the class belongs to.
func (c *Class) Program() *Program { return c.prog }

// Super is the class above, nil for none.
func (c *Class) Super() *Class { return c.super }

// Type is the class's type.
func (c *Class) Type() *types.Type { return c.Def.Type() }

// ClassOf is the run-time class of a declaration.
func (p *Program) ClassOf(d *types.Class) *Class {
	p.mu.RLock()
	c := p.classes[d]
	p.mu.RUnlock()
	if c != nil {
		return c
	}
	var super *Class
	if s := d.Super(); s != nil && s.Class != nil {
		super = p.ClassOf(s.Class)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c = p.classes[d]; c == nil {
		c = &Class{Def: d, prog: p, super: super, id: p.count, Name: className(d)}
		p.count++
		p.classes[d] = c
	}
	return c
}

// className is the name getTypeName shows: System classes with their
// namespace, others as FullName.
func className(d *types.Class) string {
	if d.Lib && syntax.EqualFold(d.Namespace, "System") {
		return "System." + d.FullName()
	}
	return d.FullName()
}

// LibClass is the run-time class of a library class by its platform name, with
// or without "System.". A name the library lacks gets a class of its own, so
// that an exception can always be made.
func (p *Program) LibClass(name string) *Class {
	key := strings.ToLower(strings.TrimPrefix(name, "System."))
	p.mu.RLock()
	c := p.byName[key]
	p.mu.RUnlock()
	if c != nil {
		return c
	}
	d := types.Library(strings.TrimPrefix(name, "System."))
	if d != nil {
		c = p.ClassOf(d)
	} else {
		c = p.ClassOf(&types.Class{Name: strings.TrimPrefix(name, "System."), Namespace: "System", Kind: types.KindClass, Lib: true})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byName[key] = c
	return c
}

// prepare lays the class out: slots, table of methods, initialisers.
func (c *Class) prepare() *Class {
	c.once.Do(func() {
		if c.Def.Lib {
			return
		}
		c.nfields = len(c.Def.Fields())
		for _, m := range c.Def.VTable() {
			c.vtable = append(c.vtable, c.prog.codeOf(m))
		}
		c.prepareInits()
		if b, errs := c.Def.StaticInit(); b != nil || errs.Err() != nil {
			c.static = c.prog.codeOfBody(c, b, errs, "<clinit>")
			c.constants = constantsOf(b)
		}
		c.equals = c.find("equals", 1)
		c.hash = c.find("hashCode", 0)
		c.text = c.find("toString", 0)
		c.compareTo = c.find("compareTo", 1)
	})
	return c
}

// prepareInits makes the code of the instance's initialisers.
func (c *Class) prepareInits() {
	if c.super != nil && !c.super.Def.Lib {
		c.inits = append(c.inits, c.super.prepare().inits...)
	}
	b, errs := c.Def.InstanceInit()
	if b == nil || errs.Err() != nil {
		if errs.Err() != nil {
			c.inits = append(c.inits, c.prog.codeOfBody(c, b, errs, types.ConstructorName))
		}
		return
	}
	early, late := *b, *b
	early.Stmts, late.Stmts = b.Stmts[:len(b.Stmts)-len(b.Late)], b.Late
	if len(early.Stmts) > 0 {
		c.inits = append(c.inits, c.prog.codeOfBody(c, &early, errs, types.ConstructorName))
	}
	if len(late.Stmts) > 0 {
		c.late = c.prog.codeOfBody(c, &late, errs, types.ConstructorName)
	}
}

// find looks for a method of a user's class or of those above it by name and
// number of parameters.
func (c *Class) find(name string, params int) *code {
	for k := c; k != nil && !k.Def.Lib; k = k.super {
		for _, m := range k.Def.Methods() {
			if len(m.Params) == params && !m.Static && !m.Abstract && syntax.EqualFold(m.Name, name) {
				return c.prog.codeOf(m)
			}
		}
	}
	for _, m := range c.Def.Methods() { // the platform also calls a static execute
		if len(m.Params) == params && m.Static && !c.Def.Lib && syntax.EqualFold(m.Name, name) {
			return c.prog.codeOf(m)
		}
	}
	return nil
}

// implementation finds what stands for a method of an interface or of the
// library in a user's class, nil when there is none.
func (c *Class) implementation(m *types.Method) *code {
	if v, ok := c.impls.Load(m); ok {
		return v.(*code)
	}
	var out *code
	if !c.Def.Lib {
		if impl := c.Def.Implementation(m); impl != nil && impl.Class != nil && !impl.Class.Lib {
			out = c.prog.codeOf(impl)
		}
	}
	c.impls.Store(m, out)
	return out
}

// is reports whether the class is t or below it.
func (c *Class) is(t *types.Type) bool {
	if c.Def.Type() == t {
		return true
	}
	return c.Def.Type() != nil && c.Def.SubtypeOf(t)
}

// IsA reports whether the class or one above it has the qualified name.
func (c *Class) IsA(name string) bool {
	for k := c; k != nil; k = k.super {
		if syntax.EqualFold(k.Name, name) {
			return true
		}
	}
	return false
}

// code is one executable body.
type code struct {
	class    *Class
	method   *types.Method
	place    cause.Place // as stack traces show it, without the line
	ns       string
	file     *diag.File
	bodyOf   func() (*types.Body, diag.List)
	nslots   int
	nparams  int
	cost     int64
	run      stmt
	ready    atomic.Bool
	once     once.Once
	problems diag.List
	sharing  Sharing
	userMode bool     // statements without a stated mode run in user mode
	names    []string // of slots, where known
}

func (p *Program) codeOf(m *types.Method) *code {
	p.mu.RLock()
	c := p.codes[m]
	p.mu.RUnlock()
	if c != nil {
		return c
	}
	class := p.ClassOf(m.Class)
	p.mu.Lock()
	defer p.mu.Unlock()
	if c = p.codes[m]; c != nil {
		return c
	}
	c = newCode(class, m.Name)
	c.method = m
	c.nparams = len(m.Params)
	c.bodyOf = m.Body
	p.codes[m] = c
	return c
}

func (p *Program) codeOfBody(class *Class, b *types.Body, errs diag.List, name string) *code {
	c := newCode(class, name)
	c.bodyOf = func() (*types.Body, diag.List) { return b, errs }
	return c
}

func newCode(class *Class, name string) *code {
	c := &code{class: class, place: cause.Place{Class: class.Name, Method: name}, ns: class.Def.Namespace}
	if class.Def.Lib {
		c.ns = ""
	}
	c.sharing, c.userMode = sharingOf(class.Def), sinceUserMode(class.Def)
	return c
}

// sharingOf is what a class says of sharing. A class without a word has that of
// the class it extends; an inner class does not ask its outer one (Apex
// Developer Guide, "Use the with sharing, without sharing, and inherited sharing
// Keywords").
//
// From API version 67 on no word is with sharing, for a class and for those that
// extend it (Apex Reference, "Versioned Behavior Changes").
func sharingOf(d *types.Class) Sharing {
	since := false
	for ; d != nil; d = superOf(d) {
		since = since || sinceUserMode(d)
		switch d.Sharing {
		case types.WithSharing:
			return WithSharing
		case types.WithoutSharing:
			return WithoutSharing
		case types.InheritedSharing:
			return sharingInherited
		}
	}
	if since {
		return WithSharing
	}
	return sharingOmitted
}

func sinceUserMode(d *types.Class) bool {
	return !d.Lib && d.Unit != nil && d.Unit.APIVersion >= types.UserModeFrom
}

func superOf(d *types.Class) *types.Class {
	if d.Lib || d.Kind != types.KindClass {
		return nil
	}
	if s := d.Super(); s != nil {
		return s.Class
	}
	return nil
}

// prepare compiles the body once.
func (c *code) prepare(p *Program) {
	c.once.Do(func() {
		b, errs := c.bodyOf()
		c.nslots = c.nparams
		if errs.Err() != nil {
			c.problems = errs
		} else if b == nil {
			if c.method == nil || c.method.Decl != nil {
				c.problems = diag.List{diag.Errorf(diag.Span{}, "apex.body", "%s.%s has no body", c.place.Unit(), c.place.Method)}
			} else {
				c.run = compileDefault(p, c)
			}
		} else {
			c.file = b.File
			c.nslots = max(len(b.Slots), c.nparams)
			c.names = append(make([]string, 0, c.nslots), b.Names...)
			c.names = append(c.names, make([]string, c.nslots-len(c.names))...)
			if c.method != nil {
				for i, q := range c.method.Params {
					c.names[i] = q.Name
				}
			}
			k := &compiler{prog: p, code: c, body: b}
			if c.method != nil && c.method.Constructor {
				c.run = k.constructor(b.Stmts)
			} else {
				c.run = k.block(b.Stmts)
			}
			c.cost = max(1, k.cost)
		}
		if c.run != nil {
			c.observed(p)
		}
		c.ready.Store(true)
	})
}

// constant is a static final field whose value is written out.
type constant struct {
	slot  int
	value Value
}

// constantsOf finds the constants among a class's static fields. They have
// their values before any initialiser runs, so that one may use a constant
// that is declared further down.
func constantsOf(b *types.Body) []constant {
	if b == nil {
		return nil
	}
	var out []constant
	for _, s := range b.Stmts {
		f, ok := s.(*types.InitField)
		if !ok || !f.Field.Static || !f.Field.Final {
			continue
		}
		if k, ok := f.Value.(*types.Const); ok && k.Type() == f.Field.Type {
			out = append(out, constant{f.Field.Slot, constantValue(k)})
		}
	}
	return out
}
