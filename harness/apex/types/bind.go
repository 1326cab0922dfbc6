package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/once"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// binder binds one body. It belongs to one goroutine.
type binder struct {
	program *Program
	class   *Class
	unit    *syntax.Unit
	ns      string
	static  bool // there is no instance
	test    bool // @TestVisible members are in reach
	method  *Method
	returns *Type // Void where return takes no value
	init    bool  // final fields may be assigned
	// released code is bound as far as it goes.
	released bool
	trigger  *Type // sObject type of the trigger whose body it is

	body   *Body
	locals []local
	places map[string]int // of locals by name in lower case, once there are many
	types  typeScope
	loops  int
	depth  int
	errs   diag.List
	soft   diag.List // errors of a full check only

	writing syntax.Expr // the left side of the assignment at hand

	selves  int             // expressions for the instance that were made
	ownRead int             // those of them that only read a field with its value
	late    map[*Field]bool // fields of the class that get their value late
}

// self is the instance.
func (b *binder) self(at int32) *This {
	b.selves++
	return &This{Node{b.class.typ, at}}
}

// local is a variable in scope.
type local struct {
	name  syntax.Ident
	slot  int
	typ   *Type
	final bool // may not be assigned any more
	blank bool // final, and without a value yet
}

// initializer is a class's initialising code, bound on first demand.
type initializer struct {
	once once.Once
	body *Body
	errs diag.List
	soft diag.List
}

func (c *Class) newBinder(static bool) *binder {
	b := &binder{program: c.program, class: c, unit: c.Unit, ns: c.Namespace, static: static, returns: Void,
		types: typeScope{program: c.program, class: c, ns: c.Namespace, unit: c.Unit},
		body:  &Body{Class: c, File: c.Unit.File}}
	b.test = c.top().Test
	b.released = c.released()
	return b
}

func (b *binder) errorf(n syntax.Node, code, format string, args ...any) {
	b.errs = append(b.errs, diag.Errorf(b.unit.Span(n), code, format, args...))
}

// unknownMember reports a member that an sObject lacks. A custom one is an
// error of the body; a standard one may be missing from the schema's tables, so
// that only a full check reports it and a run goes on until it is reached.
func (b *binder) unknownMember(name syntax.Ident, code, format string, args ...any) {
	d := diag.Errorf(b.unit.Span(name), code, format, args...)
	if _, _, suffix := schema.SplitName(name.Text); suffix == "" {
		b.soft = append(b.soft, d)
		return
	}
	b.errs = append(b.errs, d)
}

func (b *binder) typeOf(ref *syntax.TypeRef) *Type {
	t := b.resolve(ref)
	if t == Void {
		b.errorf(ref, CodeUnknownType, "Invalid type: void")
		return Invalid
	}
	return t
}

// declare puts a variable in scope and gives it a slot.
func (b *binder) declare(name syntax.Ident, t *Type, final bool) int {
	if b.find(name) != nil {
		b.broken(name, CodeDuplicateVariable, "Duplicate variable: %s", name.Text)
	}
	switch {
	case isReserved(name):
		b.broken(name, CodeInvalidDeclaration, "Identifier name is reserved: %s", name.Text)
	case !wellFormed(name.Text):
		b.broken(name, CodeInvalidDeclaration, "Invalid character in identifier: %s", name.Text)
	case len(name.Text) > maxIdentifier:
		b.broken(name, CodeInvalidDeclaration, "Identifiers are limited to %d characters: %s", maxIdentifier, name.Text)
	}
	slot := b.slot(t)
	b.body.Names[slot] = name.Text
	b.addLocal(local{name: name, slot: slot, typ: t, final: final})
	return slot
}

func (b *binder) addLocal(l local) {
	const many = 64
	b.locals = append(b.locals, l)
	switch n := len(b.locals); {
	case b.places != nil:
		b.places[strings.ToLower(l.name.Text)] = n - 1
	case n > many:
		b.places = make(map[string]int, 2*many)
		for i := range b.locals {
			b.places[strings.ToLower(b.locals[i].name.Text)] = i
		}
	}
}

// slot adds a local without a name.
func (b *binder) slot(t *Type) int {
	b.body.Slots = append(b.body.Slots, t)
	b.body.Names = append(b.body.Names, "")
	return len(b.body.Slots) - 1
}

// find finds a variable in reach. Where there are many it is looked up first:
// an entry whose variable went out of reach is of no use.
func (b *binder) find(name syntax.Ident) *local {
	if b.places != nil {
		i, known := b.places[strings.ToLower(name.Text)]
		if !known {
			return nil
		}
		if i < len(b.locals) && b.locals[i].name.Is(name.Text) {
			return &b.locals[i]
		}
	}
	for i := len(b.locals) - 1; i >= 0; i-- {
		if b.locals[i].name.Is(name.Text) {
			return &b.locals[i]
		}
	}
	return nil
}

// bind checks the body of a method once.
func (m *Method) bind() (*Body, diag.List) {
	m.once.Do(func() {
		if m.LibKey != "" || m.Class.Lib {
			return
		}
		if m.errors = m.Class.unparsed(); m.errors != nil {
			return
		}
		m.Class.loadLayout()
		b := m.Class.newBinder(m.Static)
		b.method, b.body.Method, b.returns = m, m, m.Returns
		b.test = b.test || m.Test
		switch d := m.Decl.(type) {
		case *syntax.MethodDecl:
			if d.Body == nil {
				return
			}
			b.methodBody(d.Params, d.Body, d.Name)
		case *syntax.ConstructorDecl:
			if d.Body == nil {
				return
			}
			b.constructorBody(d)
		case *syntax.Accessor:
			if m.auto && m.Abstract {
				return
			}
			b.accessorBody(d)
		default:
			b.defaultConstructor()
		}
		m.body, m.errors, m.soft = b.body, b.errs, b.soft
	})
	return m.body, m.errors
}

func (b *binder) parameters(list []syntax.Param) {
	for i := range list {
		b.declareParam(list[i].Name, b.method.Params[i].Type, list[i].Modifiers.Set.Has(syntax.Final))
	}
	b.body.Params = len(list)
}

// declareParam is declare without the message, which the signature's check
// gives.
func (b *binder) declareParam(name syntax.Ident, t *Type, final bool) {
	slot := b.slot(t)
	b.body.Names[slot] = name.Text
	b.addLocal(local{name: name, slot: slot, typ: t, final: final})
}

func (b *binder) methodBody(params []syntax.Param, body *syntax.Block, name syntax.Ident) {
	b.parameters(params)
	list, end := b.stmts(body.Stmts)
	b.body.Stmts = b.checkReturn(list, end, syntax.Range{Pos: max(body.End-1, body.Pos), End: body.End})
}

// checkReturn gives back the statements of a body that has to return something.
func (b *binder) checkReturn(list []Stmt, end flow, at syntax.Range) []Stmt {
	errors := len(b.errs)
	if end == flowOn && b.returns != Void && b.returns != Invalid {
		b.errorf(at, CodeMissingReturn, "Missing return statement required return type: %s", b.returns.Name)
	}
	return b.fitEnd(list, at.Pos, errors)
}

func (b *binder) accessorBody(d *syntax.Accessor) {
	m := b.method
	get := len(m.Params) == 0
	if !get {
		b.declareParam(syntax.Ident{Text: "value"}, m.Params[0].Type, false)
		b.body.Params = 1
	}
	if d.Body != nil {
		list, end := b.stmts(d.Body.Stmts)
		b.body.Stmts = b.checkReturn(list, end, syntax.Range{Pos: max(d.Body.End-1, d.Body.Pos), End: d.Body.End})
		return
	}
	storage := b.storage(m.property, d.Pos)
	if get {
		b.body.Stmts = []Stmt{&Return{StmtNode{d.Pos}, storage}}
		return
	}
	value := &Local{Node{m.Params[0].Type, d.Pos}, 0, "value"}
	b.body.Stmts = []Stmt{&ExprStmt{StmtNode{d.Pos}, &Assign{Node{m.property.Type, d.Pos}, storage, value}}}
}

// unparsed says that a class can not be used because its file has syntax
// errors, which are reported by whoever parsed it.
func (c *Class) unparsed() diag.List {
	if c.Unit == nil || !c.Unit.Bad || c.released() {
		return nil
	}
	d := diag.Errorf(diag.Span{File: c.Unit.File.Name}, CodeNotParsed, "Dependent class is invalid and needs recompilation: %s", c.FullName())
	if c.Unit.First.Message != "" {
		d.Notes = []string{c.Unit.First.Error()}
	}
	return diag.List{d}
}

// storage reads what a field holds, past any accessor.
func (b *binder) storage(f *Field, at int32) Expr {
	if f.Static {
		return &StaticGet{Node{f.Type, at}, f}
	}
	return &FieldGet{Node{f.Type, at}, b.self(at), f}
}

func (b *binder) constructorBody(d *syntax.ConstructorDecl) {
	b.init = true
	b.parameters(d.Params)
	rest := d.Body.Stmts
	var call *syntax.ConstructorCall
	if len(rest) > 0 {
		if x, ok := rest[0].(*syntax.ExprStmt); ok {
			if call, ok = x.X.(*syntax.ConstructorCall); ok {
				rest = rest[1:]
			}
		}
	}
	head := b.constructorCall(call, d.Name)
	list, _ := b.stmts(rest)
	b.body.Stmts = append(head, list...)
}

func (b *binder) defaultConstructor() {
	b.init = true
	if m := b.method; m.above != nil {
		var args []Expr
		for _, p := range m.Params {
			args = append(args, &Local{Node{p.Type, 0}, b.slot(p.Type), ""})
		}
		b.body.Params = len(args)
		b.body.Stmts = []Stmt{&CtorCall{StmtNode{}, m.above, args}}
		return
	}
	if d, ok := b.class.Decl.(syntax.TypeDecl); ok {
		b.body.Stmts = b.constructorCall(nil, d.TypeName())
	}
}

// constructorCall binds this(...) or super(...), or the super() that is not
// written.
func (b *binder) constructorCall(call *syntax.ConstructorCall, name syntax.Ident) []Stmt {
	at, errors := name.Pos, len(b.errs)
	var n syntax.Node = name
	var args []Expr
	super := true
	if call != nil {
		at, n, super = call.Pos, call, call.Super
		b.static = true // arguments can not use the instance yet
		args = b.exprs(call.Args)
		b.static = false
	}
	target := b.class.typ
	if super {
		if target = b.class.Super(); target == nil || target == Invalid {
			return b.fitEnd(nil, at, errors)
		}
	}
	ctor, converted := b.pickConstructor(n, target, args)
	if ctor != nil && ctor == b.method {
		b.errorf(n, CodeInvalidStatement, "Recursive constructor invocation: [%s].<Constructor>(%s)", target.Name, argNames(paramTypes(ctor)))
	}
	list := b.fitEnd(nil, at, errors)
	if ctor != nil && !(ctor.LibKey != "" && len(args) == 0) {
		list = append(list, &CtorCall{StmtNode{at}, ctor, converted})
	}
	return list
}

// StaticInit is the code that initialises the class's statics, in source
// order; nil when there is nothing to do.
func (c *Class) StaticInit() (*Body, diag.List) { return c.initializer(&c.staticInit, true) }

// InstanceInit is the code of the class's own field initialisers and
// initialiser blocks, in source order but for Body.Late; nil when there is
// nothing to do.
func (c *Class) InstanceInit() (*Body, diag.List) { return c.initializer(&c.instanceInit, false) }

func (c *Class) initializer(i *initializer, static bool) (*Body, diag.List) {
	i.once.Do(func() {
		if c.Lib {
			return
		}
		if i.errs = c.unparsed(); i.errs != nil {
			return
		}
		c.loadLayout()
		b := c.newBinder(static)
		b.init = true
		switch d := c.Decl.(type) {
		case *syntax.ClassDecl:
			for _, m := range d.Members {
				b.initMember(m, static)
			}
		default:
			b.initItems(c.items, static)
		}
		i.errs, i.soft = b.errs, b.soft
		if b.body.Stmts = append(b.body.Stmts, b.body.Late...); len(b.body.Stmts) > 0 {
			i.body = b.body
		}
	})
	return i.body, i.errs
}

func (b *binder) initItems(items []syntax.Node, static bool) {
	if !static {
		return
	}
	for _, n := range items {
		if f, ok := n.(*syntax.FieldDecl); ok {
			b.initFields(f)
		}
	}
}

func (b *binder) initMember(m syntax.Member, static bool) {
	switch m := m.(type) {
	case *syntax.FieldDecl:
		if m.Modifiers.Set.Has(syntax.Static) == static {
			b.initFields(m)
		}
	case *syntax.InitBlock:
		if m.Static == static && m.Body != nil {
			seen := b.selves - b.ownRead
			b.addInit(b.block(m.Body), nil, seen)
		}
	}
}

// addInit takes an initialiser of a field, or a block for nil. One that needs the
// instance runs late; seen is how many expressions did so before it.
func (b *binder) addInit(s Stmt, f *Field, seen int) {
	if b.selves-b.ownRead == seen || b.static {
		b.body.Stmts = append(b.body.Stmts, s)
		return
	}
	b.body.Late = append(b.body.Late, s)
	if f != nil {
		if b.late == nil {
			b.late = map[*Field]bool{}
		}
		b.late[f] = true
	}
}

func (b *binder) initFields(d *syntax.FieldDecl) {
	for i := range d.Vars {
		v := &d.Vars[i]
		f := b.class.loadMembers().fieldByName[v.Name.Key()]
		if v.Init == nil || f == nil {
			continue
		}
		seen, errors := b.selves-b.ownRead, len(b.errs)
		value := b.assigned(v.Init, f.Type)
		b.addInit(b.fit(&InitField{StmtNode{v.Pos}, f, value}, v.Pos, errors), f, seen)
	}
}
