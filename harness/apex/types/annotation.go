package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// annotationNames are the annotations that the platform knows.
var annotationNames = map[string]bool{"auraenabled": true, "deprecated": true, "future": true, "httpdelete": true,
	"httpget": true, "httppatch": true, "httppost": true, "httpput": true, "invocablemethod": true,
	"invocablevariable": true, "istest": true, "jsonaccess": true, "namespaceaccessible": true, "readonly": true,
	"remoteaction": true, "restresource": true, "suppresswarnings": true, "testsetup": true, "testvisible": true}

// annotations checks the annotations of a class's methods.
func (r *rules) annotations() {
	for _, m := range r.class.loadMembers().methods {
		d, ok := m.Decl.(*syntax.MethodDecl)
		if !ok {
			continue
		}
		r.known(&d.Modifiers)
		for _, a := range m.Annotations {
			if rule := methodAnnotations[a.Name.Key()]; rule != nil {
				if message := rule(m); message != "" {
					r.errorf(d.Name, CodeInvalidAnnotation, "%s: %s", message, signature(m))
				}
			}
		}
	}
}

// methodAnnotations says what is wrong with a method for an annotation, ""
// when nothing is.
var methodAnnotations = map[string]func(*Method) string{
	"auraenabled": auraEnabled,
	"httpdelete":  restMethod("HttpDelete"),
	"httpget":     restMethod("HttpGet"),
	"httppatch":   restMethod("HttpPatch"),
	"httppost":    restMethod("HttpPost"),
	"httpput":     restMethod("HttpPut"),
	"future": func(m *Method) string {
		switch {
		case !m.Static:
			return "Future methods must be static"
		case m.Returns != Void && m.Returns != Invalid:
			return "Future methods must return void"
		}
		for _, p := range m.Params {
			if !primitive(p.Type) {
				return "Unsupported parameter type " + p.Type.Name
			}
		}
		return ""
	},
	"invocablemethod": func(m *Method) string {
		switch {
		case !m.Static:
			return "InvocableMethod methods must be static"
		case m.Access < Public:
			return "InvocableMethod methods must be public or global"
		case m.Class.Outer != nil:
			return "InvocableMethod methods must be in a top-level class"
		case len(m.Params) > 1:
			return "InvocableMethod methods may have only one parameter"
		case len(m.Params) == 1 && m.Params[0].Type.Kind != KindList && m.Params[0].Type != Invalid:
			return "InvocableMethod methods do not support parameter type of " + m.Params[0].Type.Name
		}
		return ""
	},
	"testsetup": func(m *Method) string {
		switch {
		case !m.Class.top().Test:
			return "TestSetup methods must be in a test class"
		case !m.Static || m.Returns != Void || len(m.Params) > 0:
			return "TestSetup methods must be static, void and without parameters"
		}
		return ""
	},
	"istest": func(m *Method) string {
		switch {
		case !m.Static:
			return "Test methods must be static"
		case len(m.Params) > 0:
			return "Test methods must be without parameters"
		case !m.Class.top().Test && m.Class.Unit.APIVersion >= 28:
			return "Defining type for testMethod methods must be declared as IsTest"
		}
		return ""
	},
	"remoteaction": func(m *Method) string {
		if !m.Static {
			return "RemoteAction methods must be static"
		}
		return ""
	},
}

// primitive reports whether values of a type may be handed to a future method.
func primitive(t *Type) bool {
	switch t.Kind {
	case KindList, KindSet:
		return primitive(t.Args[0])
	case KindMap:
		return primitive(t.Args[0]) && primitive(t.Args[1])
	case KindInvalid:
		return true
	default:
		return t.Kind >= KindBoolean && t.Kind <= KindTime
	}
}

// modifiers checks what a class's own line and its static members say.
func (r *rules) modifiers() {
	c := r.class
	d, ok := c.Decl.(syntax.TypeDecl)
	if !ok {
		return
	}
	if c.Kind == KindClass && c.isException() && !strings.HasSuffix(strings.ToLower(c.Name), "exception") {
		r.errorf(d.TypeName(), CodeInvalidDeclaration, "Classes extending Exception must have a name ending in 'Exception': %s", c.Name)
	}
	r.repeated(d.TypeModifiers())
	r.enumValues()
	if c.Outer == nil {
		return
	}
	m := c.loadMembers()
	for _, f := range m.fields {
		if f.Static {
			r.errorf(f.Decl, CodeInvalidDeclaration, "Static can only be used on fields of a top level class: %s", f.Name)
		}
	}
	for _, x := range m.methods {
		if md, ok := x.Decl.(*syntax.MethodDecl); ok && x.Static {
			r.errorf(md.Name, CodeInvalidDeclaration, "Static can only be used on methods of a top level class: %s", signature(x))
		}
	}
}

func (r *rules) enumValues() {
	d, ok := r.class.Decl.(*syntax.EnumDecl)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, v := range d.Values {
		if seen[v.Key()] {
			r.errorf(v, CodeDuplicateField, "Duplicate enum value: %s", v.Text)
		}
		seen[v.Key()] = true
	}
}

// repeated reports words that stand twice, and two access levels.
func (r *rules) repeated(m *syntax.Modifiers) {
	var seen, access syntax.Modifier
	for _, w := range m.Words {
		if seen.Any(w.Modifier) {
			r.errs = append(r.errs, diag.Errorf(r.class.Unit.Span(w), CodeInvalidDeclaration, "Duplicate modifier"))
		}
		seen |= w.Modifier
		if w.Modifier&(syntax.Public|syntax.Private|syntax.Protected|syntax.Global) != 0 {
			if access != 0 && access != w.Modifier {
				r.errs = append(r.errs, diag.Errorf(r.class.Unit.Span(w), CodeInvalidDeclaration, "Modifiers are mutually exclusive: access"))
			}
			access |= w.Modifier
		}
	}
}
