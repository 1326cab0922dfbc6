package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
)

// staticMember is Type.name, namespace.name or word.name.
func (b *binder) staticMember(x *syntax.FieldAccess, o operand) operand {
	if o.word != noWord {
		return b.wordMember(x, o)
	}
	if o.typ != nil {
		if r, ok := b.typeMember(x, o.typ); ok {
			return r
		}
	}
	if o.ns != "" {
		if r, ok := b.namespaceMember(x, o.ns); ok {
			return r
		}
	}
	if what := generated[strings.ToLower(o.ns)]; what != "" {
		b.program.noted(ledger.Entry{Name: o.ns, Note: what, Where: b.unit.Span(x).String()})
		return operand{word: unknownWord, ns: o.ns + "." + x.Name.Text}
	}
	if strings.EqualFold(o.ns, "schema") && b.program.missing(x.Name.Text, b.unit.Span(x.Name).String()) {
		return operand{word: unknownWord, ns: x.Name.Text}
	}
	if o.typ != nil && o.typ.Class != nil && o.typ.Class.hidden() {
		return operand{expr: &Unresolved{Node: Node{Invalid, x.Name.Pos}, Name: o.typ.Name + "." + x.Name.Text, Args: nil}}
	}
	if where := b.unit.Span(x.Name).String(); o.typ != nil && o.typ.Kind == KindSObject && (b.program.missing(x.Name.Text, where) || b.program.partial(o.typ.SObject, where)) {
		return operand{word: unknownWord, ns: x.Name.Text}
	}
	if o.typ != nil && o.typ.Kind == KindSObject {
		b.unknownMember(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
		return operand{word: unknownWord, ns: o.typ.Name + "." + x.Name.Text}
	}
	if o.typ != nil && o.typ.Class != nil && o.typ.Class.Lib {
		return b.libraryGap(x.Name, o.typ)
	}
	b.errorf(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
	return failed
}

func (b *binder) typeMember(x *syntax.FieldAccess, t *Type) (operand, bool) {
	name := x.Name
	if t.Kind == KindSObject {
		return b.objectMember(x, t)
	}
	c := t.Class
	if c == nil {
		return failed, false
	}
	if e := b.enumConstOf(c, name); e != nil {
		return operand{expr: e}, true
	}
	if f := c.findField(name.Text); f != nil && (f.Static || f.Class.Lib) {
		b.visibleField(name, f)
		return operand{expr: b.fieldOf(nil, f, name.Pos)}, true
	}
	if i := c.inner(name.Text); i != nil {
		return operand{typ: i.typ}, true
	}
	return failed, false
}

func (b *binder) enumConstOf(c *Class, name syntax.Ident) Expr {
	if c.Kind != KindEnum {
		return nil
	}
	return b.enumConst(c, name)
}

// namespaceMember is ns.Class, System.Label, Schema.SObjectType, Schema.Account.
func (b *binder) namespaceMember(x *syntax.FieldAccess, ns string) (operand, bool) {
	name := x.Name
	system, schemaNS := strings.EqualFold(ns, "system"), strings.EqualFold(ns, "schema")
	if w := systemWord(name.Text); w != noWord {
		if w == objectsWord && schemaNS || w != objectsWord && system {
			return operand{word: w}, true
		}
	}
	t := b.program.typeIn(ns, name.Text, b.ns)
	if t == nil {
		return failed, false
	}
	if t.Class != nil && !t.Class.Lib {
		b.visibleType(name, t.Class)
	}
	return operand{typ: t}, true
}

// wordMember is the step after one of the platform's words.
func (b *binder) wordMember(x *syntax.FieldAccess, o operand) operand {
	name := x.Name
	switch o.word {
	case triggerWord:
		return b.triggerVar(name)
	case labelWord:
		return b.label(x, o)
	case pageWord:
		if !b.program.ask(b.unit, true, b.ns, name.Text) {
			b.soft = append(b.soft, diag.Errorf(b.unit.Span(name), CodeUnknownPage, "Page %s does not exist", name.Text))
		}
		return operand{expr: &PageRef{Node{libraryType("system.pagereference"), name.Pos}, b.ns, name.Text}}
	case objectsWord:
		obj := b.program.object(b.ns, name.Text)
		if obj == nil {
			obj = b.program.outline(name.Text, b.unit.Span(name).String())
		}
		if obj != nil {
			return operand{expr: &ObjectDescribe{Node{libraryType("schema.describesobjectresult"), name.Pos}, obj}}
		}
		if b.program.missing(name.Text, b.unit.Span(name).String()) {
			return operand{word: unknownWord, ns: name.Text}
		}
		b.unknownMember(name, CodeUnknownVariable, "Variable does not exist: %s", name.Text)
		return operand{word: unknownWord, ns: name.Text}
	case fieldsWord, describesWord, fieldSetsWord:
		return b.tokenMember(name, o)
	case unknownWord:
		return operand{word: unknownWord, ns: o.ns + "." + name.Text}
	default:
		return failed
	}
}

// label is Label.Name, Label.ns.Name and System.Label.Name.
func (b *binder) label(x *syntax.FieldAccess, o operand) operand {
	ns := o.ns
	if ns == "" {
		ns = b.ns
	}
	return operand{expr: &LabelRef{Node{String, x.Name.Pos}, ns, x.Name.Text}}
}

// SiteLabels is what stands for the namespace of the standard labels of sites,
// which every org has: Label.Site.username.
const SiteLabels = "Site"

// checkLabel looks whether a label exists, once it is clear that its name is
// not a namespace.
func (b *binder) checkLabel(l *LabelRef) {
	if strings.EqualFold(l.Namespace, SiteLabels) {
		return
	}
	if b.program.ask(b.unit, false, l.Namespace, l.Name) {
		return
	}
	if !strings.EqualFold(l.Namespace, b.ns) && !b.program.isNamespace(l.Namespace) {
		b.program.noted(absentNote(l.Namespace, b.unit.Span(syntax.Range{Pos: l.At}).String()))
		return
	}
	b.soft = append(b.soft, diag.Errorf(b.unit.File.Span(int(l.At), int(l.At)+len(l.Name)), CodeUnknownLabel, "Variable does not exist: %s", l.Name))
}
