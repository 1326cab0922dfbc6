package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// memberRules checks what the members of a class say of themselves: modifiers,
// annotations, names.
func (r *rules) memberRules() {
	var list []syntax.Member
	switch d := r.class.Decl.(type) {
	case *syntax.ClassDecl:
		list = d.Members
		r.restResource(d)
	case *syntax.InterfaceDecl:
		list = d.Members
	}
	for _, m := range list {
		switch m := m.(type) {
		case *syntax.FieldDecl:
			for _, v := range m.Vars {
				r.name(v.Name)
			}
			if len(m.Vars) > 0 {
				r.member(&m.Modifiers, onField, m.Vars[0].Name)
			}
		case *syntax.PropertyDecl:
			r.name(m.Name)
			r.member(&m.Modifiers, onProperty, m.Name)
			r.accessors(m)
		case *syntax.MethodDecl:
			r.identifier(m.Name, maxIdentifier)
			r.member(&m.Modifiers, onMethod, m.Name)
			r.parameters(m.Params)
		case *syntax.ConstructorDecl:
			r.member(&m.Modifiers, onConstructor, m.Name)
			r.parameters(m.Params)
		case *syntax.InitBlock:
			if m.Static && r.class.Outer != nil {
				r.errorf(m, CodeInvalidDeclaration, "Static can only be used on methods of a top level class: static initializer")
			}
		}
	}
}

func (r *rules) parameters(list []syntax.Param) {
	for i := range list {
		r.errs = append(r.errs, modifierErrors(r.class.Unit, &list[i].Modifiers, onParameter)...)
		r.annotated(&list[i].Modifiers, onParameter, list[i].Name)
		r.name(list[i].Name)
	}
}

// member checks the modifiers and annotations of one member.
func (r *rules) member(m *syntax.Modifiers, at site, name syntax.Ident) {
	r.errs = append(r.errs, modifierErrors(r.class.Unit, m, at)...)
	r.annotated(m, at, name)
	what := "methods"
	if at&onData != 0 {
		what = "variables"
		r.invocableVariable(m, name)
	}
	if m.Set.Any(syntax.Global|syntax.WebService) && r.class.Access != Global && r.class.Kind == KindClass {
		r.errorf(name, CodeInvalidDeclaration, "Defining type for global %s must be declared as global", what)
	}
	if m.Set.Has(syntax.WebService) && at == onMethod && !m.Set.Has(syntax.Static) {
		r.errorf(name, CodeInvalidDeclaration, "WebService methods must be static: %s", name.Text)
	}
}

// accessors checks the accessors of a property: neither is seen farther than the
// property, and an abstract one has no body.
func (r *rules) accessors(d *syntax.PropertyDecl) {
	access := accessOf(&d.Modifiers, Private)
	abstract := d.Modifiers.Set.Has(syntax.Abstract)
	if abstract && !r.class.Abstract {
		r.errorf(d.Name, CodeInvalidDeclaration, "Class must be abstract to declare an abstract property: %s", d.Name.Text)
	}
	for _, a := range []*syntax.Accessor{d.Get, d.Set} {
		if a == nil {
			continue
		}
		if accessOf(&a.Modifiers, access) > access {
			r.errorf(a, CodeInvalidDeclaration, "Accessor visibility must be more restrictive than the visibility of the property: %s", d.Name.Text)
		}
		if abstract && a.Body != nil {
			r.errorf(a, CodeInvalidDeclaration, "Abstract properties cannot have a body: %s", d.Name.Text)
		}
	}
}

// reservedNames are the reserved words that a variable could have as its name as
// far as the grammar goes (Apex Developer Guide, "Reserved Keywords"). Methods
// may be called so.
var reservedNames = wordSet("any asc autonomous begin bigdecimal byte char collect commit const default " +
	"desc end export exit float goto group having hint int into inner import join loop number outer of " +
	"package parallel pragma retrieve rollback select short super synchronized this transaction void when where")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// isReserved reports whether a word may not name anything.
func isReserved(name syntax.Ident) bool { return reservedNames[name.Key()] }

func (r *rules) name(n syntax.Ident) {
	if isReserved(n) {
		r.errorf(n, CodeInvalidDeclaration, "Identifier name is reserved: %s", n.Text)
	} else {
		r.identifier(n, maxIdentifier)
	}
}

// restResource checks the class of a REST resource.
func (r *rules) restResource(d *syntax.ClassDecl) {
	if d.Modifiers.Annotation("RestResource") == nil {
		return
	}
	if r.class.Access != Global || r.class.Outer != nil {
		r.errorf(d.Name, CodeInvalidAnnotation, "RestResource classes must be global and top-level: %s", r.class.FullName())
	}
}

func (r *rules) invocableVariable(m *syntax.Modifiers, name syntax.Ident) {
	if m.Annotation("InvocableVariable") == nil {
		return
	}
	f := r.class.loadMembers().fieldByName[name.Key()]
	switch {
	case m.Set.Has(syntax.Static):
		r.errorf(name, CodeInvalidAnnotation, "InvocableVariable fields cannot be static: %s", name.Text)
	case !m.Set.Any(syntax.Public | syntax.Global):
		r.errorf(name, CodeInvalidAnnotation, "InvocableVariable fields require at least one of the following global, public: %s", name.Text)
	case f != nil && f.Type.Kind == KindMap || f != nil && f.Type.Kind == KindSet:
		r.errorf(name, CodeInvalidAnnotation, "InvocableVariable fields do not support type of %s: %s", f.Type.Name, name.Text)
	}
}

// restMethod is the rule of @HttpGet and its relatives.
func restMethod(name string) func(*Method) string {
	return func(m *Method) string {
		d, _ := m.Class.Decl.(*syntax.ClassDecl)
		switch {
		case !m.Static:
			return name + " methods must be static"
		case m.Access < Global:
			return name + " methods must be global"
		case (name == "HttpGet" || name == "HttpDelete") && len(m.Params) > 0:
			return name + " methods must be without parameters"
		case d != nil && d.Modifiers.Annotation("RestResource") == nil:
			return "Defining type for " + name + " methods must be annotated with RestResource"
		}
		for _, p := range m.Params {
			if p.Type.Kind == KindSet || p.Type.Kind == KindMap && p.Type.Args[0] != String && p.Type.Args[0] != Invalid {
				return name + " methods do not support parameter type of " + p.Type.Name
			}
		}
		return ""
	}
}

// auraEnabled is the rule of @AuraEnabled methods: those of an instance give a
// component one of its values.
func auraEnabled(m *Method) string {
	switch {
	case m.Access < Public:
		return "AuraEnabled methods require at least one of the following global, public"
	case !m.Static && !strings.HasPrefix(strings.ToLower(m.Name), "get"):
		return "AuraEnabled instance methods must be named with a prefix 'get'"
	case !m.Static && len(m.Params) > 0:
		return "AuraEnabled instance methods may not have parameters"
	}
	return ""
}
