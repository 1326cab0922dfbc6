package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// operand is what a prefix of a dotted chain means: a value, a type, a
// namespace, or one of the platform's words that are neither.
type operand struct {
	expr   Expr
	typ    *Type
	ns     string
	word   word
	object *schema.Object
	safes  []*Safe // null-safe steps not yet closed, outermost first
}

// word is a step of a chain with a meaning of its own.
type word uint8

// The words.
const (
	noWord        word = iota
	triggerWord        // Trigger
	labelWord          // Label, System.Label; ns is set after a namespace
	pageWord           // Page
	objectsWord        // Schema.SObjectType: the next step is an object
	fieldsWord         // Account.fields: the next step is a field token
	describesWord      // Schema.SObjectType.Account.fields: the next step is a field describe
	fieldSetsWord      // Schema.SObjectType.Account.fieldSets
	unknownWord        // of a package that is not at hand
	failedWord         // has given its error
)

// value makes a value of an operand and closes its null-safe steps.
func (b *binder) value(x syntax.Expr, o operand) Expr {
	e := o.expr
	if e == nil {
		switch {
		case o.word == failedWord:
			return b.invalid(x)
		case o.word == unknownWord:
			return &Unresolved{Node: Node{Invalid, posOf(x)}, Name: o.ns, Args: nil}
		case o.word == fieldsWord || o.word == describesWord || o.word == fieldSetsWord:
			return b.tokenMap(x, o)
		case o.typ != nil || o.ns != "" || o.word != noWord:
			b.errorf(x, CodeUnknownVariable, "Variable does not exist: %s", lastName(x))
		}
		return b.invalid(x)
	}
	if l, ok := e.(*LabelRef); ok {
		b.checkLabel(l)
	}
	for i := len(o.safes) - 1; i >= 0; i-- {
		s := o.safes[i]
		e = &Safe{Node{e.Type(), s.At}, s.X, s.Slot, e}
	}
	return e
}

func lastName(x syntax.Expr) string {
	switch x := x.(type) {
	case *syntax.Name:
		return x.Text
	case *syntax.FieldAccess:
		return x.Name.Text
	default:
		return ""
	}
}

var failed = operand{word: failedWord}

// operand binds a chain of names, members, calls and indexes.
func (b *binder) operand(x syntax.Expr) operand {
	b.depth++
	defer func() { b.depth-- }()
	if b.depth > maxNesting {
		b.errorf(x, CodeInvalidExpression, "Expression is nested too deeply")
		return failed
	}
	switch x := x.(type) {
	case *syntax.Name:
		if o, ok := b.name(x.Ident); ok {
			return o
		}
		if b.program.missing(x.Text, b.unit.Span(x).String()) || b.program.absent[x.Key()] {
			return operand{word: unknownWord, ns: x.Text}
		}
		if f := b.class.findField(x.Text); f != nil && b.static {
			b.errorf(x, CodeStaticContext, "Non static field cannot be referenced from a static context: %s", f.Name)
		} else if !b.class.hidden() {
			b.errorf(x, CodeUnknownVariable, "Variable does not exist: %s", x.Text)
		}
		return failed
	case *syntax.FieldAccess:
		return b.fieldAccess(x)
	case *syntax.MethodCall:
		return b.methodCall(x)
	case *syntax.Index:
		return b.index(x)
	default:
		return operand{expr: b.expr(x)}
	}
}

// name finds what one word means: a local, a field of the class or of the
// classes around it, one of the platform's words, a type, a namespace.
func (b *binder) name(id syntax.Ident) (operand, bool) {
	if v := b.find(id); v != nil {
		return operand{expr: &Local{Node{v.typ, id.Pos}, v.slot, v.name.Text}}, true
	}
	if e := b.ownField(id); e != nil {
		return operand{expr: e}, true
	}
	return b.typeName(id)
}

// typeName is name past the variables.
func (b *binder) typeName(id syntax.Ident) (operand, bool) {
	word := systemWord(id.Text)
	t := b.program.typeNamed(b.class, b.ns, id.Text)
	user := t != nil && t.Class != nil && !t.Class.Lib
	if word != noWord && !user {
		return operand{word: word}, true
	}
	switch {
	case user:
		o := operand{typ: t}
		if libraryNamespace(id.Text) {
			o.ns = id.Text // what the class lacks is meant of the namespace: Flow.Interview beside a class Flow
		}
		return o, true
	case libraryNamespace(id.Text):
		o := operand{ns: id.Text, typ: t}
		if c := libraryClass("system." + id.Key()); c != nil {
			o.typ = c.typ
		}
		return o, true
	case t != nil:
		if c := libraryClass("system." + id.Key()); c != nil && t.Kind == KindSObject && t.SObject != nil {
			return operand{typ: t, ns: "system." + id.Key()}, true // Site, Network: an sObject and a library class
		}
		return operand{typ: t}, true
	case b.program.isNamespace(id.Text):
		return operand{ns: id.Text}, true
	}
	return operand{}, false
}

// systemWord are the words that the System namespace gives a meaning.
func systemWord(s string) word {
	switch {
	case syntax.EqualFold(s, "Trigger"):
		return triggerWord
	case syntax.EqualFold(s, "Label"):
		return labelWord
	case syntax.EqualFold(s, "Page"):
		return pageWord
	case syntax.EqualFold(s, "SObjectType"):
		return objectsWord
	default:
		return noWord
	}
}

// ownField reads a field of the instance or a static of the class and those
// around it.
func (b *binder) ownField(id syntax.Ident) Expr {
	static := b.static
	for c := b.class; c != nil; c = c.Outer {
		f := c.findField(id.Text)
		if f != nil && (f.Static || c == b.class) && b.visible(f.Class, f.Access, f.TestVisible) {
			if f.Static {
				return b.fieldOf(nil, f, id.Pos)
			}
			if !static {
				return b.fieldOf(b.self(id.Pos), f, id.Pos)
			}
		}
	}
	for outer := range b.class.aroundInherited {
		if f := outer.findField(id.Text); f != nil && f.Static && b.visible(f.Class, f.Access, f.TestVisible) {
			return b.fieldOf(nil, f, id.Pos)
		}
	}
	return nil
}

// fieldOf reads a field or property of x, a static one when x is nil.
func (b *binder) fieldOf(x Expr, f *Field, at int32) Expr {
	own := b.method != nil && b.method.property == f
	t := f.Type
	if x != nil {
		if up := x.Type().as(f.Class); up != nil {
			t = substitute(t, up.Args)
		}
	}
	switch {
	case f.LibKey != "":
		return &LibGet{Node{t, at}, x, f}
	case f.Property && !own && (f.Get != nil || f.Set != nil):
		return &PropertyGet{Node{t, at}, x, f, false}
	case x == nil:
		return &StaticGet{Node{t, at}, f}
	default:
		f.Class.loadLayout()
		if _, ok := x.(*This); ok && f.Class == b.class && !b.late[f] {
			b.ownRead++
		}
		return &FieldGet{Node{t, at}, x, f}
	}
}

func (b *binder) fieldAccess(x *syntax.FieldAccess) operand {
	if s, ok := x.X.(*syntax.Super); ok {
		return b.superField(s, x)
	}
	if n, ok := x.X.(*syntax.Name); ok {
		if o, ok := b.shadowed(n, x); ok {
			return o
		}
	}
	o := b.operand(x.X)
	if o.expr != nil {
		return b.valueMember(x, o)
	}
	return b.staticMember(x, o)
}

// shadowed handles Name.member where a variable and a type have one name and
// only the type has the member.
func (b *binder) shadowed(n *syntax.Name, x *syntax.FieldAccess) (operand, bool) {
	v, ok := b.name(n.Ident)
	if !ok || v.expr == nil || x.Safe || b.hasMember(v.expr.Type(), x.Name.Text) {
		return operand{}, false
	}
	o, ok := b.typeName(n.Ident)
	if !ok {
		return operand{}, false
	}
	mark, soft := len(b.errs), len(b.soft)
	r := b.staticMember(x, o)
	if r.word == failedWord || r.word == unknownWord {
		b.errs, b.soft = b.errs[:mark], b.soft[:soft]
		return operand{}, false
	}
	return r, true
}

func (b *binder) hasMember(t *Type, name string) bool {
	switch {
	case t == Invalid:
		return true
	case t.Kind == KindSObject:
		return b.recordMember(&Const{Node: Node{T: t}}, syntax.Ident{Text: name}) != nil
	case t.Class != nil:
		f := t.Class.findField(name)
		return f != nil && !f.Static || t.Class.hidden()
	default:
		return false
	}
}

func (b *binder) superField(s *syntax.Super, x *syntax.FieldAccess) operand {
	up := b.class.superClass()
	if up == nil || b.static {
		b.errorf(s, CodeInvalidExpression, "super cannot be referenced in a static context")
		return failed
	}
	f := up.findField(x.Name.Text)
	if f == nil || f.Static {
		b.errorf(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
		return failed
	}
	b.visibleField(x.Name, f)
	e := b.fieldOf(b.self(s.Pos), f, x.Name.Pos)
	if p, ok := e.(*PropertyGet); ok {
		p.Direct = true
	}
	return operand{expr: e}
}

// step begins a member of a value: after ?. the value goes into a slot.
func (b *binder) step(o operand, safe bool, at int32) operand {
	if q, ok := o.expr.(*Query); ok && q.Mode == QueryList && q.T.Kind == KindList {
		if safe {
			q.Mode = QueryFirst
		} else {
			q.Mode = QueryRow
		}
		q.T = q.T.Args[0]
	}
	if !safe {
		return o
	}
	t := o.expr.Type()
	slot := b.slot(t)
	o.safes = append(o.safes[:len(o.safes):len(o.safes)], &Safe{Node{nil, at}, o.expr, slot, nil})
	o.expr = &Local{Node{t, at}, slot, ""}
	return o
}

// valueMember is value.name.
func (b *binder) valueMember(x *syntax.FieldAccess, o operand) operand {
	if r, ok := b.tokenStep(x, o); ok {
		return r
	}
	o = b.step(o, x.Safe, x.X.At().Pos)
	t := o.expr.Type()
	switch {
	case t == Invalid:
		o.expr = &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: lastName(x.X) + "." + x.Name.Text, Args: []Expr{o.expr}, Member: x.Name.Text}
		return o
	case t.Kind == KindSObject:
		if e := b.recordMember(o.expr, x.Name); e != nil {
			o.expr = e
			return o
		}
		if where := b.unit.Span(x.Name).String(); !b.program.missing(x.Name.Text, where) && !b.program.partial(t.SObject, where) {
			b.unknownMember(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
		}
		return operand{word: unknownWord, ns: t.Name + "." + x.Name.Text}
	case t.Class == nil || t.Kind != KindClass && t.Kind != KindInterface:
		return b.noField(x, t)
	default:
		return b.objectField(x, o, t)
	}
}

// tokenStep is a member of what only looks like a value: a label's name that
// is a namespace, a describe's fields, a sharing reason.
func (b *binder) tokenStep(x *syntax.FieldAccess, o operand) (operand, bool) {
	switch e := o.expr.(type) {
	case *LabelRef: // Label.ns.Name
		return operand{expr: &LabelRef{Node{String, x.Name.Pos}, e.Name, x.Name.Text}}, true
	case *SObjectFieldToken: // Account__Share.RowCause.Reason__c
		if e.Field.Object.Kind == schema.Share && syntax.EqualFold(e.Field.Name, "RowCause") {
			reason := schema.Qualify(b.ns, x.Name.Text)
			return operand{expr: &Const{Node{String, x.Name.Pos}, value.OfText(reason)}}, true
		}
	case *ObjectDescribe:
		if x.Name.Is("fields") {
			return operand{word: describesWord, object: e.Object}, true
		}
		if x.Name.Is("fieldSets") {
			return operand{word: fieldSetsWord, object: e.Object}, true
		}
	case *SObjectTypeToken:
		if x.Name.Is("fields") && e.Object != nil {
			return operand{word: fieldsWord, object: e.Object}, true
		}
	}
	return operand{}, false
}

// objectField is a field or property of an object.
func (b *binder) objectField(x *syntax.FieldAccess, o operand, t *Type) operand {
	f := t.Class.findField(x.Name.Text)
	switch {
	case f == nil && bean(t, x.Name) != nil:
		m := bean(t, x.Name) // a setter alone can only be assigned to
		o.expr = &CallLib{Node: Node{substitute(m.Returns, t.Args), x.Name.Pos}, Method: m, Recv: o.expr}
		return o
	case f == nil && t.Class.hidden():
		o.expr = &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: t.Name + "." + x.Name.Text, Args: []Expr{o.expr}, Member: x.Name.Text}
		return o
	case f == nil:
		return b.noField(x, t)
	case f.Static && !f.Class.Lib:
		b.errorf(x.Name, CodeStaticContext, "Static field cannot be referenced from a non static context: %s.%s", t.Name, f.Name)
		return failed
	}
	b.visibleField(x.Name, f)
	if b.writing != syntax.Expr(x) {
		b.readable(x.Name, f)
	}
	o.expr = b.fieldOf(o.expr, f, x.Name.Pos)
	return o
}

// readable checks that a property can be read from here.
func (b *binder) readable(n syntax.Node, f *Field) {
	switch {
	case f.Class.Lib || !f.Property:
	case !f.CanGet:
		b.broken(n, CodeNotVisible, "Variable is not readable: %s", f.Name)
	case f.GetAccess < f.Access && !b.visibleAccessor(f, f.GetAccess):
		b.broken(n, CodeNotVisible, "Variable is not visible: %s", f.Name)
	}
}

// bean finds the getter behind a library object's property: value of a picklist
// entry is getValue(), success of a save result isSuccess().
func bean(t *Type, name syntax.Ident) *Method {
	if !t.Class.Lib {
		return nil
	}
	for i, prefix := range []string{"get", "is", "set"} {
		for _, c := range candidates(t, prefix+name.Key()) {
			if m := c.method; len(m.Params) == i/2 && !m.Static && m.Class.Lib {
				return m
			}
		}
	}
	return nil
}

func (b *binder) noField(x *syntax.FieldAccess, t *Type) operand {
	if t.Class != nil && t.Class.Lib && t.IsReference() {
		return b.libraryGap(x.Name, t)
	}
	if t.Kind == KindClass || t.Kind == KindInterface {
		b.errorf(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
	} else {
		b.errorf(x.Name, CodeUnknownVariable, "Initial term of field expression must be a concrete SObject: %s", t.Name)
	}
	return failed
}

// libraryGap reports a member that the library's tables do not have: only in a
// full check, since the gap may be theirs.
func (b *binder) libraryGap(name syntax.Ident, t *Type) operand {
	b.soft = append(b.soft, diag.Errorf(b.unit.Span(name), CodeUnknownVariable, "Variable does not exist: %s", name.Text))
	return operand{word: unknownWord, ns: t.Name + "." + name.Text}
}

// index is list[i].
func (b *binder) index(x *syntax.Index) operand {
	o := b.operand(x.X)
	if o.expr == nil {
		o = operand{expr: b.value(x.X, o)}
	}
	i := b.expr(x.Index)
	t := o.expr.Type()
	elem := Invalid
	switch {
	case t.Kind == KindList:
		elem = t.Args[0]
	case t != Invalid:
		b.errorf(x, CodeIncompatible, "Expression must be a list type: %s", t.Name)
	}
	if it := i.Type(); it != Integer && it != Invalid {
		b.errorf(x.Index, CodeIllegalAssignment, "Illegal assignment from %s to Integer", it.Name)
	}
	o.expr = &Index{Node{elem, x.Pos}, o.expr, i}
	return o
}
