package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

func (p *Program) declareTrigger(s *space, u *syntax.Unit) {
	d := u.Trigger
	c := &Class{Name: d.Name.Text, Namespace: s.name, Kind: KindClass, Access: Private, Decl: d, items: d.Items, Unit: u, program: p,
		headState: headDone}
	c.typ = &Type{Kind: KindClass, Name: c.FullName(), Class: c}
	c.key = lower(c.typ.Name)
	for _, n := range d.Items {
		if inner, ok := n.(syntax.TypeDecl); ok {
			p.declareInner(c, u, inner)
		}
	}
	t := &Trigger{Name: d.Name.Text, Namespace: s.name, Object: SObject, Class: c, decl: d}
	for _, e := range d.Events {
		t.Events = append(t.Events, e.Event)
	}
	p.triggers = append(p.triggers, t)
}

func (p *Program) resolveTrigger(t *Trigger) {
	u, d := t.Class.Unit, t.decl
	o := p.object(t.Namespace, d.Object.Text)
	if o == nil {
		o = p.outline(d.Object.Text, u.Span(d.Object).String())
	}
	if o != nil {
		t.Object = p.SObjectType(o)
		if !o.Outline && untriggered(o) {
			p.declared = append(p.declared, diag.Errorf(u.Span(d.Object), CodeInvalidDeclaration, "SObject type does not allow triggers: %s", o.Name))
		}
	} else if !p.missing(d.Object.Text, u.Span(d.Object).String()) {
		p.declared = append(p.declared, diag.Errorf(u.Span(d.Object), CodeUnknownObject, "Invalid SObject type name: %s", d.Object.Text))
	}
	seen := map[dml.Event]bool{}
	for _, e := range d.Events {
		if e.Event == dml.BeforeUndelete {
			p.declared = append(p.declared, diag.Errorf(u.Span(e), CodeInvalidDeclaration, "Invalid trigger event: before undelete"))
		}
		if seen[e.Event] {
			p.declared = append(p.declared, diag.Errorf(u.Span(e), CodeInvalidDeclaration, "Duplicate trigger event: %s", e.Event))
		}
		seen[e.Event] = true
	}
}

// untriggered reports whether an object has no triggers: settings, metadata
// types and, of the standard objects, those whose describe says so.
func untriggered(o *schema.Object) bool {
	switch o.Kind {
	case schema.CustomSettingHierarchy, schema.CustomSettingList, schema.CustomMetadata:
		return true
	case schema.Standard:
		return !o.Triggerable
	default:
		return false
	}
}

// Body is the bound body of the trigger.
func (t *Trigger) Body() (*Body, diag.List) {
	t.once.Do(func() {
		if t.errs = t.Class.unparsed(); t.errs != nil {
			return
		}
		b := t.Class.newBinder(true)
		b.trigger = t.Object
		b.items(t.decl.Items)
		t.body, t.errs, t.soft = b.body, b.errs, b.soft
	})
	return t.body, t.errs
}

// items binds the statements of a trigger or an anonymous block.
func (b *binder) items(items []syntax.Node) {
	var list []syntax.Stmt
	for _, n := range items {
		if s, ok := n.(syntax.Stmt); ok {
			list = append(list, s)
		}
	}
	b.body.Stmts, _ = b.stmts(list)
}

// Anonymous binds an anonymous block as code of a namespace. Its declarations
// belong to the class of the body.
func (p *Program) Anonymous(u *syntax.Unit, namespace string) (*Body, diag.List) {
	c := &Class{Name: "anon", Namespace: namespace, Kind: KindClass, Access: Private, items: u.Items, Unit: u, program: p,
		headState: headDone}
	c.typ = &Type{Kind: KindClass, Name: "anon", Class: c}
	var errs diag.List
	q := &Program{schema: p.schema, env: p.env, spaces: p.spaces, absent: p.absent, sobjects: p.sobjects}
	for _, n := range u.Items {
		if inner, ok := n.(syntax.TypeDecl); ok {
			q.declareInner(c, u, inner)
		}
	}
	for _, inner := range q.all {
		inner.program = p
		inner.resolveHead(&q.declared)
	}
	errs = append(errs, q.declared...)
	b := c.newBinder(true)
	b.items(u.Items)
	errs = append(append(errs, b.errs...), b.soft...)
	errs = append(errs, c.check()...)
	for _, inner := range q.all {
		errs = append(errs, inner.check()...)
	}
	errs.Sort()
	return b.body, errs
}
