package types

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// bindMembers resolves the signatures that a user's class declares.
func (c *Class) bindMembers() members {
	b := memberBinder{class: c, scope: typeScope{program: c.program, class: c, ns: c.Namespace, unit: c.Unit, notes: new([]ledger.Entry)},
		out: members{fieldByName: map[string]*Field{}, methodsByName: map[string][]*Method{}}}
	switch d := c.Decl.(type) {
	case *syntax.ClassDecl:
		b.memberList(d.Members)
		if len(b.out.constructors) == 0 {
			b.out.constructors = []*Method{{Class: c, Name: ConstructorName, Constructor: true, Access: Global, Returns: Void, Slot: -1}}
		}
	case *syntax.InterfaceDecl:
		b.memberList(d.Members)
	case *syntax.EnumDecl:
		b.out.methods = enumMethods(c)
	default:
		b.itemList(c.items)
	}
	b.out.notes = *b.scope.notes
	return b.out
}

type memberBinder struct {
	class  *Class
	scope  typeScope
	out    members
	static bool // members of triggers and anonymous blocks are
}

func (b *memberBinder) errorf(n syntax.Node, code, format string, args ...any) {
	b.out.errors = append(b.out.errors, diag.Errorf(b.class.Unit.Span(n), code, format, args...))
}

func (b *memberBinder) memberList(list []syntax.Member) {
	for _, m := range list {
		b.member(m)
	}
}

// itemList takes the declarations among the statements of a trigger or an
// anonymous block.
func (b *memberBinder) itemList(list []syntax.Node) {
	b.static = true
	for _, n := range list {
		if m, ok := n.(syntax.Member); ok {
			b.member(m)
		}
	}
}

func (b *memberBinder) member(m syntax.Member) {
	switch m := m.(type) {
	case *syntax.FieldDecl:
		b.field(m)
	case *syntax.PropertyDecl:
		b.property(m)
	case *syntax.MethodDecl:
		b.method(m)
	case *syntax.ConstructorDecl:
		b.constructor(m)
	}
}

func (b *memberBinder) typeOf(ref *syntax.TypeRef) *Type {
	t := b.scope.resolve(ref, &b.out.errors)
	if t == Void {
		b.errorf(ref, CodeUnknownType, "Invalid type: void")
		return Invalid
	}
	return t
}

func testVisible(m *syntax.Modifiers) bool { return m.Annotation("TestVisible") != nil }

func (b *memberBinder) field(d *syntax.FieldDecl) {
	t := b.typeOf(d.Type)
	for i := range d.Vars {
		v := &d.Vars[i]
		set := d.Modifiers.Set
		f := &Field{Class: b.class, Name: v.Name.Text, Type: t, Static: set.Has(syntax.Static) || b.static,
			Final: set.Has(syntax.Final), Transient: set.Has(syntax.Transient), Access: accessOf(&d.Modifiers, Private),
			TestVisible: testVisible(&d.Modifiers), CanGet: true, CanSet: true, Decl: v, Annotations: d.Modifiers.Annotations}
		f.GetAccess, f.SetAccess = f.Access, f.Access
		b.addField(f, v.Name)
	}
}

func (b *memberBinder) addField(f *Field, name syntax.Ident) {
	if key := name.Key(); b.out.fieldByName[key] != nil {
		b.errorf(name, CodeDuplicateField, "Duplicate field: %s", f.Name)
	} else {
		b.out.fieldByName[key] = f
	}
	b.out.fields = append(b.out.fields, f)
	if f.Static {
		f.Slot = len(b.out.statics)
		b.out.statics = append(b.out.statics, f)
	} else {
		f.Slot = len(b.out.slots) // inherited slots are added with the layout
		b.out.slots = append(b.out.slots, f)
	}
}

func (b *memberBinder) property(d *syntax.PropertyDecl) {
	set := d.Modifiers.Set
	f := &Field{Class: b.class, Name: d.Name.Text, Type: b.typeOf(d.Type), Static: set.Has(syntax.Static) || b.static,
		Transient: set.Has(syntax.Transient), Access: accessOf(&d.Modifiers, Private), Property: true,
		TestVisible: testVisible(&d.Modifiers), CanGet: d.Get != nil, CanSet: d.Set != nil, Decl: d, Annotations: d.Modifiers.Annotations}
	f.GetAccess, f.SetAccess = f.Access, f.Access
	virtual := set.Any(syntax.Virtual | syntax.Abstract | syntax.Override)
	if d.Get != nil {
		f.GetAccess = accessOf(&d.Get.Modifiers, f.Access)
		f.Get = b.accessor(f, d, d.Get, "get "+f.Name, nil, f.Type, virtual)
	}
	if d.Set != nil {
		f.SetAccess = accessOf(&d.Set.Modifiers, f.Access)
		f.Set = b.accessor(f, d, d.Set, "set "+f.Name, []Param{{Name: "value", Type: f.Type}}, Void, virtual)
	}
	b.addField(f, d.Name)
}

// accessor is the method behind get or set; nil for an automatic one that can
// not be overridden.
func (b *memberBinder) accessor(f *Field, d *syntax.PropertyDecl, a *syntax.Accessor, name string, params []Param, returns *Type, virtual bool) *Method {
	if a.Body == nil && !virtual {
		return nil
	}
	set := d.Modifiers.Set
	m := &Method{Class: b.class, Name: name, Params: params, Returns: returns, Static: f.Static, Access: f.Access,
		Virtual: virtual, Override: set.Has(syntax.Override), Slot: -1, Decl: a, property: f, auto: a.Body == nil}
	m.Abstract = set.Has(syntax.Abstract) && a.Body == nil
	return m
}

func (b *memberBinder) params(list []syntax.Param) []Param {
	out := make([]Param, len(list))
	for i := range list {
		out[i] = Param{Name: list[i].Name.Text, Type: b.typeOf(list[i].Type)}
		for j := range i {
			if list[j].Name.Is(list[i].Name.Text) {
				b.errorf(list[i].Name, CodeDuplicateVariable, "Duplicate variable: %s", list[i].Name.Text)
			}
		}
	}
	return out
}

func (b *memberBinder) method(d *syntax.MethodDecl) {
	set := d.Modifiers.Set
	m := &Method{Class: b.class, Name: d.Name.Text, Params: b.params(d.Params), Static: set.Has(syntax.Static) || b.static,
		Access: accessOf(&d.Modifiers, Private), Abstract: set.Has(syntax.Abstract), Override: set.Has(syntax.Override),
		Slot: -1, Decl: d, Annotations: d.Modifiers.Annotations, TestVisible: testVisible(&d.Modifiers)}
	m.Virtual = set.Any(syntax.Virtual | syntax.Abstract | syntax.Override)
	m.Test = set.Has(syntax.TestMethod) || d.Modifiers.Annotation("isTest") != nil
	m.Returns = b.scope.resolve(d.Return, &b.out.errors)
	if b.class.Kind == KindInterface {
		m.Access, m.Abstract, m.Virtual = max(b.class.Access, Public), true, true
	}
	b.methodRules(d, m)
	key := strings.ToLower(m.Name)
	if declared(b.out.methodsByName[key], m) {
		b.errorf(d.Name, CodeDuplicateMethod, "Method already defined: %s", signature(m))
	}
	b.out.methodsByName[key] = append(b.out.methodsByName[key], m)
	b.out.methods = append(b.out.methods, m)
}

// declared reports whether a list has a method with the parameters of m.
func declared(list []*Method, m *Method) bool {
	return slices.ContainsFunc(list, func(x *Method) bool {
		return slices.EqualFunc(x.Params, m.Params, func(a, b Param) bool { return a.Type == b.Type })
	})
}

// methodRules checks what a method's own modifiers say about its body.
func (b *memberBinder) methodRules(d *syntax.MethodDecl, m *Method) {
	switch {
	case b.class.Kind == KindInterface:
		if d.Body != nil {
			b.errorf(d.Name, CodeInvalidDeclaration, "Interface methods cannot have a body: %s", signature(m))
		}
	case m.Abstract && d.Body != nil:
		b.errorf(d.Name, CodeInvalidDeclaration, "Abstract methods cannot have a body: %s", signature(m))
	case m.Abstract && !b.class.Abstract:
		b.errorf(d.Name, CodeInvalidDeclaration, "Class must be abstract to declare an abstract method: %s", signature(m))
	case m.Static && m.Virtual:
		b.errorf(d.Name, CodeInvalidDeclaration, "Static methods cannot be virtual, abstract or override: %s", signature(m))
	case !m.Abstract && d.Body == nil:
		b.errorf(d.Name, CodeInvalidDeclaration, "Method must have a body: %s", signature(m))
	}
}

func (b *memberBinder) constructor(d *syntax.ConstructorDecl) {
	if !d.Name.Is(b.class.Name) {
		b.errorf(d.Name, CodeInvalidDeclaration, "Invalid constructor name: %s", d.Name.Text)
	}
	m := &Method{Class: b.class, Name: ConstructorName, Constructor: true, Params: b.params(d.Params), Returns: Void,
		Access: accessOf(&d.Modifiers, Private), Slot: -1, Decl: d, Annotations: d.Modifiers.Annotations,
		TestVisible: testVisible(&d.Modifiers)}
	if declared(b.out.constructors, m) {
		b.errorf(d.Name, CodeDuplicateMethod, "Constructor already defined: %s(%s)", b.class.Name, paramNames(m.Params))
	}
	b.out.constructors = append(b.out.constructors, m)
}

// signature is a method as messages name it: "void foo(Integer, String)".
func signature(m *Method) string {
	return m.Returns.Name + " " + m.Name + "(" + argNames(paramTypes(m)) + ")"
}

func paramTypes(m *Method) []*Type {
	out := make([]*Type, len(m.Params))
	for i := range m.Params {
		out[i] = m.Params[i].Type
	}
	return out
}

func argNames(types []*Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// findField finds a field or property of a class or of one above it.
func (c *Class) findField(name string) *Field {
	key := strings.ToLower(name)
	for c != nil {
		if f := c.loadMembers().fieldByName[key]; f != nil {
			return f
		}
		c = c.superClass()
	}
	return nil
}
