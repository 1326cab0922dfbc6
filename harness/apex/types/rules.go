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
		r.typeAnnotations(&d.Modifiers, d.Name)
	case *syntax.InterfaceDecl:
		list = d.Members
		r.typeAnnotations(&d.Modifiers, d.Name)
	}
	invocable := false
	for _, m := range list {
		switch m := m.(type) {
		case *syntax.FieldDecl:
			for _, v := range m.Vars {
				r.name(v.Name)
			}
			if len(m.Vars) > 0 {
				r.member(&m.Modifiers, "variables", m.Vars[0].Name)
				r.fieldAnnotations(&m.Modifiers, m.Vars[0].Name)
			}
		case *syntax.PropertyDecl:
			r.name(m.Name)
			r.member(&m.Modifiers, "variables", m.Name)
			r.fieldAnnotations(&m.Modifiers, m.Name)
		case *syntax.MethodDecl:
			r.member(&m.Modifiers, "methods", m.Name)
			if a := m.Modifiers.Annotation("InvocableMethod"); a != nil {
				if invocable {
					r.errorf(m.Name, CodeInvalidAnnotation, "Only one method per type can be defined with: InvocableMethod")
				}
				invocable = true
			}
		case *syntax.ConstructorDecl:
			r.member(&m.Modifiers, "methods", m.Name)
		}
	}
}

// member checks the modifiers of one member.
func (r *rules) member(m *syntax.Modifiers, what string, name syntax.Ident) {
	r.repeated(m)
	if m.Set.Any(syntax.Global|syntax.WebService) && r.class.Access != Global && r.class.Kind == KindClass {
		r.errorf(name, CodeInvalidDeclaration, "Defining type for global %s must be declared as global", what)
	}
	if m.Set.Has(syntax.WebService) && what == "methods" && !m.Set.Has(syntax.Static) {
		r.errorf(name, CodeInvalidDeclaration, "WebService methods must be static: %s", name.Text)
	}
	if m.Set.Has(syntax.Abstract | syntax.Final) {
		r.errorf(name, CodeInvalidDeclaration, "Modifiers are mutually exclusive: abstract, final")
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
	}
}

// typeAnnotations checks the annotations of a class or interface.
func (r *rules) typeAnnotations(m *syntax.Modifiers, name syntax.Ident) {
	r.known(m)
	if a := m.Annotation("RestResource"); a != nil {
		if r.class.Access != Global || r.class.Outer != nil {
			r.errorf(name, CodeInvalidAnnotation, "RestResource classes must be global and top-level: %s", r.class.FullName())
		}
	}
}

// known checks that annotations exist and stand once.
func (r *rules) known(m *syntax.Modifiers) {
	seen := map[string]bool{}
	for _, a := range m.Annotations {
		key := a.Name.Key()
		if !annotationNames[key] {
			r.errorf(a, CodeInvalidAnnotation, "Annotation does not exist: %s", a.Name.Text)
		} else if seen[key] {
			r.errorf(a, CodeInvalidAnnotation, "Duplicate annotation: %s", a.Name.Text)
		}
		seen[key] = true
	}
}

func (r *rules) fieldAnnotations(m *syntax.Modifiers, name syntax.Ident) {
	r.known(m)
	if m.Annotation("InvocableVariable") == nil {
		return
	}
	switch {
	case m.Set.Has(syntax.Static):
		r.errorf(name, CodeInvalidAnnotation, "InvocableVariable fields cannot be static: %s", name.Text)
	case !m.Set.Any(syntax.Public | syntax.Global):
		r.errorf(name, CodeInvalidAnnotation, "InvocableVariable fields must be public or global: %s", name.Text)
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
		case d != nil && d.Modifiers.Annotation("RestResource") == nil:
			return "Defining type for " + name + " methods must be annotated with RestResource"
		}
		return ""
	}
}

// auraEnabled is the rule of @AuraEnabled methods: those of an instance give a
// component one of its values.
func auraEnabled(m *Method) string {
	switch {
	case m.Access < Public:
		return "AuraEnabled methods must be public or global"
	case !m.Static && !strings.HasPrefix(strings.ToLower(m.Name), "get"):
		return "AuraEnabled instance methods must be named with a prefix 'get'"
	case !m.Static && len(m.Params) > 0:
		return "AuraEnabled instance methods may not have parameters"
	}
	return ""
}
