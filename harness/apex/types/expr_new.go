package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// construct binds the forms of new.
func (b *binder) construct(x syntax.Expr) Expr {
	switch x := x.(type) {
	case *syntax.NewObject:
		return b.newObject(x)
	case *syntax.NewRecord:
		return b.newRecord(x)
	case *syntax.NewArray:
		size := b.expr(x.Size)
		if t := size.Type(); t != Integer && t != Invalid {
			b.errorf(x.Size, CodeIllegalAssignment, "Illegal assignment from %s to Integer", t.Name)
		}
		return &NewList{Node: Node{ListOf(b.typeOf(x.Elem)), x.Pos}, Size: size}
	case *syntax.NewList:
		return b.newList(x)
	case *syntax.NewMap:
		return b.newMap(x)
	default:
		return b.invalid(x)
	}
}

func (b *binder) newList(x *syntax.NewList) Expr {
	t := b.typeOf(x.Type)
	switch t.Kind {
	case KindList:
		return &NewList{Node: Node{t, x.Pos}, Items: b.elements(x.Elems, t.Args[0], t)}
	case KindSet:
		return &NewSet{Node: Node{t, x.Pos}, Items: b.elements(x.Elems, t.Args[0], t)}
	case KindMap:
		if len(x.Elems) == 0 {
			return &NewMap{Node: Node{t, x.Pos}}
		}
	case KindInvalid:
		b.exprs(x.Elems)
		return b.invalid(x)
	}
	b.errorf(x, CodeNotConstructible, "Invalid initializer type %s found for %s: expected a List or Set", t.Name, t.Name)
	return b.invalid(x)
}

func (b *binder) elements(list []syntax.Expr, elem, of *Type) []Expr {
	out := make([]Expr, len(list))
	for i, x := range list {
		e := b.expr(x)
		if !b.fits(e, elem) {
			b.errorf(x, CodeIllegalAssignment, "Incompatible element type %s for collection of %s", e.Type().Name, elem.Name)
		}
		out[i] = b.convert(e, elem)
	}
	return out
}

func (b *binder) newMap(x *syntax.NewMap) Expr {
	t := b.typeOf(x.Type)
	e := &NewMap{Node: Node{t, x.Pos}}
	key, val := Invalid, Invalid
	if t.Kind == KindMap {
		key, val = t.Args[0], t.Args[1]
	} else if t != Invalid {
		b.errorf(x, CodeNotConstructible, "Map initializer is not allowed for type: %s", t.Name)
	}
	for _, entry := range x.Entries {
		k, v := b.expr(entry.Key), b.expr(entry.Value)
		if !b.fits(k, key) {
			b.errorf(entry.Key, CodeIllegalAssignment, "Incompatible key type %s for %s", k.Type().Name, t.Name)
		}
		if !b.fits(v, val) {
			b.errorf(entry.Value, CodeIllegalAssignment, "Incompatible value type %s for %s", v.Type().Name, t.Name)
		}
		e.Keys, e.Values = append(e.Keys, b.convert(k, key)), append(e.Values, b.convert(v, val))
	}
	return e
}

// newObject binds new Type(args).
func (b *binder) newObject(x *syntax.NewObject) Expr {
	t := b.typeOf(x.Type)
	args := b.exprs(x.Args)
	if path, ok := flowNamed(x.Type.Names); ok && len(args) == 1 && t != Invalid {
		return b.newInterview(x, t, path, args[0])
	}
	switch {
	case t == Invalid:
		return &Unresolved{Node: Node{Invalid, x.Pos}, Name: "new " + x.Type.String(), Args: args}
	case t.Kind == KindList || t.Kind == KindSet || t.Kind == KindMap:
		return b.newCollection(x, t, args)
	case t.Kind == KindSObject:
		if len(args) > 0 || t.SObject == nil {
			if t.SObject == nil {
				b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
			} else {
				b.noConstructor(x, t, args)
			}
		}
		return &NewSObject{Node: Node{t, x.Pos}}
	case t.Kind == KindClass:
		return b.newInstance(x, t, args)
	case t.Kind == KindInterface:
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	default:
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	}
	return &Const{Node: Node{Invalid, x.Pos}}
}

// newInterview binds new Flow.Interview.Name(variables), which is createInterview
// by that name.
func (b *binder) newInterview(x *syntax.NewObject, t *Type, path []string, variables Expr) Expr {
	args := make([]Expr, 0, 3)
	for _, name := range path {
		args = append(args, &Const{Node: Node{String, x.Pos}, Value: value.OfText(name)})
	}
	args = append(args, variables)
	for _, c := range candidates(t, "createinterview") {
		if len(c.method.Params) == len(args) {
			return &CallLib{Node: Node{t, x.Pos}, Method: c.method, Args: args}
		}
	}
	return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + x.Type.String(), Args: args}
}

func (b *binder) newInstance(x *syntax.NewObject, t *Type, args []Expr) Expr {
	c := t.Class
	if c == exceptionClass() {
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	} else if c.Abstract && !c.Lib {
		b.errorf(x, CodeNotConstructible, "Abstract classes cannot be constructed: %s", t.Name)
	}
	b.visibleType(x.Type, c)
	if c.lib != nil && c.lib.opaque && len(c.loadMembers().constructors) == 0 {
		return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + t.Name, Args: args}
	}
	ctor, converted := b.pickConstructor(x, t, args)
	switch {
	case ctor == nil:
		return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + t.Name, Args: args}
	case c.Lib:
		return &NewLib{Node{t, x.Pos}, ctor, converted}
	default:
		return &New{Node{t, x.Pos}, ctor, converted}
	}
}

// newCollection binds new List<T>(...) and its like.
func (b *binder) newCollection(x *syntax.NewObject, t *Type, args []Expr) Expr {
	if len(args) > 1 {
		b.noConstructor(x, t, args)
		return &Const{Node: Node{t, x.Pos}}
	}
	var from Expr
	if len(args) == 1 {
		from = args[0]
		if !b.copyable(from.Type(), t) {
			b.noConstructor(x, t, args)
		}
	}
	at := Node{t, x.Pos}
	switch t.Kind {
	case KindList:
		if from != nil && from.Type() == Integer {
			return &NewList{Node: at, Size: from}
		}
		return &NewList{Node: at, From: from}
	case KindSet:
		if from != nil && from.Type() == Integer {
			return &NewSet{Node: at}
		}
		return &NewSet{Node: at, From: from}
	default:
		return &NewMap{Node: at, From: from}
	}
}

// copyable reports whether a collection can be made from a value of a type.
func (b *binder) copyable(from, t *Type) bool {
	switch {
	case from == Invalid || from == Null:
		return true
	case t.Kind == KindMap:
		if from.Kind == KindMap {
			return argsFit(from, t)
		}
		return from.Kind == KindList && (from.Args[0] == Invalid || from.Args[0].Kind == KindSObject) && (t.Args[1] == Object || t.Args[1] == Invalid || elemFits(from.Args[0], t.Args[1]))
	case from == Integer:
		return true
	case from.Kind == KindList || from.Kind == KindSet:
		return elemFits(from.Args[0], t.Args[0])
	default:
		i := from.as(iterableClass())
		return i != nil && elemFits(i.Args[0], t.Args[0])
	}
}

func (b *binder) noConstructor(n syntax.Node, t *Type, args []Expr) {
	b.errorf(n, CodeUnknownConstructor, "Constructor not defined: [%s].<Constructor>(%s)", t.Name, argNames(typesOf(args)))
}

// newRecord binds new Account(Name = 'x').
func (b *binder) newRecord(x *syntax.NewRecord) Expr {
	t := b.typeOf(x.Type)
	e := &NewSObject{Node: Node{t, x.Pos}}
	if t != Invalid && t.SObject == nil {
		b.errorf(x, CodeNotConstructible, "Invalid constructor syntax, name=value pairs can only be used for SObjects: %s", t.Name)
	}
	unknown := ""
	seen := map[string]bool{}
	for i := range x.Fields {
		f := &x.Fields[i]
		if seen[f.Name.Key()] {
			b.errorf(f.Name, CodeDuplicateField, "Duplicate field initialization: %s", f.Name.Text)
		}
		seen[f.Name.Key()] = true
		if t.SObject == nil {
			b.expr(f.Value)
			continue
		}
		if !b.fieldInit(e, f, t) {
			unknown = t.Name + "." + f.Name.Text
		}
	}
	if t.SObject == nil && unknown == "" {
		unknown = "new " + x.Type.String()
	}
	if unknown != "" {
		return &Unresolved{Node: Node{t, x.Pos}, Name: unknown, Args: nil}
	}
	return e
}

// fieldInit binds one field of a new record; it is false when there is none of
// that name.
func (b *binder) fieldInit(e *NewSObject, f *syntax.FieldInit, t *Type) bool {
	if field := t.SObject.FieldIn(b.ns, f.Name.Text); field != nil {
		v := b.assigned(f.Value, fieldType(field))
		b.writeable(f.Name, field)
		e.Fields = append(e.Fields, FieldInit{field, false, v})
		return true
	}
	if rel := t.SObject.RelationshipIn(b.ns, f.Name.Text); rel != nil {
		v := b.assigned(f.Value, b.program.parentType(rel))
		e.Fields = append(e.Fields, FieldInit{rel, true, v})
		return true
	}
	b.expr(f.Value)
	if where := b.unit.Span(f.Name).String(); !b.program.missing(f.Name.Text, where) && !b.program.partial(t.SObject, where) {
		b.unknownMember(f.Name, CodeUnknownField, "Field does not exist: %s on %s", f.Name.Text, t.Name)
	}
	return false
}

func (b *binder) pickConstructor(n syntax.Node, t *Type, args []Expr) (*Method, []Expr) {
	c := t.Class
	var list []candidate
	for _, m := range constructorsOf(c) {
		list = append(list, candidate{m, t.Args})
	}
	found, ok := b.choose(n, list, args)
	if !ok {
		if !c.hidden() && !anyInvalid(args) {
			b.noConstructor(n, t, args)
		}
		return nil, args
	}
	m := found.method
	if !m.Class.Lib && m.Decl != nil && !b.visible(m.Class, m.Access, m.TestVisible) {
		b.broken(n, CodeNotVisible, "Constructor is not visible: [%s].<Constructor>(%s)", t.Name, argNames(paramTypes(m)))
	}
	return m, b.arguments(found, args)
}

// constructorsOf are a class's constructors. Exceptions also have those of
// System.Exception that they do not declare themselves.
func constructorsOf(c *Class) []*Method {
	list := c.loadMembers().constructors
	switch {
	case !c.isException():
		return list
	case c.Lib:
		base := exceptionClass().loadMembers().constructors
		return append(list[:len(list):len(list)], base...)
	default:
		return append(list[:len(list):len(list)], c.inherited()...)
	}
}
