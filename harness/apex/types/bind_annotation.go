package types

import (
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// annotations checks the annotations of a class's methods.
func (r *rules) annotations() {
	for _, m := range r.class.loadMembers().methods {
		d, ok := m.Decl.(*syntax.MethodDecl)
		if !ok {
			continue
		}
		for _, a := range m.Annotations {
			if rule := methodAnnotations[a.Name.Key()]; rule != nil {
				if message := rule(m); message != "" {
					r.errorf(d.Name, CodeInvalidAnnotation, "%s: %s", message, signature(m))
				}
			}
		}
		if m.Test && d.Modifiers.Annotation("isTest") == nil {
			if message := testMethod(m); message != "" {
				r.errorf(d.Name, CodeInvalidAnnotation, "%s: %s", message, signature(m))
			}
		}
		if d.Modifiers.Set.Has(syntax.WebService) {
			if message := webService(m); message != "" {
				r.errorf(d.Name, CodeInvalidDeclaration, "%s: %s", message, signature(m))
			}
		}
	}
	r.onlyOne()
}

// single are the annotations that one method of a class may have.
var single = map[string]bool{"httpdelete": true, "httpget": true, "httppatch": true, "httppost": true, "httpput": true,
	"invocablemethod": true, "testsetup": true}

// onlyOne checks annotations that a class may have once, and overloads of
// methods that are called by their name from outside.
func (r *rules) onlyOne() {
	seen := map[string]bool{}
	for _, m := range r.class.loadMembers().methods {
		d, ok := m.Decl.(*syntax.MethodDecl)
		if !ok {
			continue
		}
		for _, a := range m.Annotations {
			key := a.Name.Key()
			if single[key] {
				if seen[key] {
					r.errorf(d.Name, CodeInvalidAnnotation, "Only one method per type can be defined with: %s", a.Name.Text)
				}
				seen[key] = true
				continue
			}
			name := strings.ToLower(m.Name)
			switch {
			case key == "auraenabled" && since(m.Class.Unit, OneAuraEnabledFrom):
			case key == "remoteaction":
				name += "/" + strconv.Itoa(len(m.Params))
			default:
				continue
			}
			if seen[key+" "+name] {
				r.errorf(d.Name, CodeInvalidAnnotation, "%s methods cannot be overloaded: %s", a.Name.Text, signature(m))
			}
			seen[key+" "+name] = true
		}
		if d.Modifiers.Set.Has(syntax.WebService) {
			key := "webservice " + strings.ToLower(m.Name)
			if seen[key] {
				r.errorf(d.Name, CodeInvalidDeclaration, "WebService methods cannot be overloaded: %s", signature(m))
			}
			seen[key] = true
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
			return "InvocableMethod methods require at least one of the following global, public"
		case m.Class.Outer != nil:
			return "InvocableMethod methods must be in a top-level class"
		case len(m.Params) > 1:
			return "InvocableMethod methods may have only one parameter"
		case len(m.Params) == 1 && !invocableList(m.Params[0].Type):
			return "InvocableMethod methods do not support parameter type of " + m.Params[0].Type.Name
		case m.Returns != Void && !invocableList(m.Returns):
			return "InvocableMethod methods do not support return type of " + m.Returns.Name
		}
		return ""
	},
	"testsetup": func(m *Method) string {
		a := annotationOf(m.Class.top(), "isTest")
		switch {
		case !m.Class.top().Test:
			return "TestSetup methods must be in a test class"
		case !m.Static || m.Returns != Void || len(m.Params) > 0:
			return "TestSetup methods must be static, void and without parameters"
		case a != nil && isTrue(a.Arg("seeAllData")):
			return "TestSetup methods are not supported in a class with seeAllData=true"
		}
		return ""
	},
	"istest": testMethod,
	"remoteaction": func(m *Method) string {
		switch {
		case !m.Static:
			return "RemoteAction methods must be static"
		case m.Access < Public:
			return "RemoteAction methods require at least one of the following global, public"
		}
		return ""
	},
}

// annotationOf finds an annotation of a class.
func annotationOf(c *Class, name string) *syntax.Annotation {
	d, ok := c.Decl.(syntax.TypeDecl)
	if !ok {
		return nil
	}
	return d.TypeModifiers().Annotation(name)
}

// testMethod is the rule of test methods, whether annotated or of the old
// spelling.
func testMethod(m *Method) string {
	switch {
	case !m.Static:
		return "Test methods must be static"
	case len(m.Params) > 0:
		return "Test methods must be without parameters"
	case m.Returns != Void && m.Returns != Invalid && m.Decl.(*syntax.MethodDecl).Modifiers.Set.Has(syntax.TestMethod):
		return "Test methods must return void" // an annotated one may return a value, as released packages do
	case !m.Class.top().Test && since(m.Class.Unit, TestClassesFrom):
		return "Defining type for testMethod methods must be declared as IsTest"
	}
	return ""
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
	if c.Kind == KindClass && c.Outer == nil && c.Test && c.isException() {
		r.errorf(d.TypeName(), CodeInvalidDeclaration, "Test class must not be an exception: %s", c.Name)
	}
	r.head(d)
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

// invocableList reports whether an invocable method may take or return a type:
// a list of values that a flow can hold ("InvocableMethod Annotation").
func invocableList(t *Type) bool {
	if t == Invalid {
		return true
	}
	return t.Kind == KindList && invocable(t.Args[0])
}

// invocable reports whether a flow can hold values of a type.
func invocable(t *Type) bool {
	switch t.Kind {
	case KindObject, KindVoid, KindMap, KindSet:
		return false
	case KindList:
		return invocable(t.Args[0])
	case KindClass:
		return t.Class.Lib || t.Class.hidden() || hasInvocableVariable(t.Class)
	default:
		return true
	}
}

// hasInvocableVariable reports whether a flow sees something of a class.
func hasInvocableVariable(c *Class) bool {
	for ; c != nil; c = c.superClass() {
		for _, f := range c.loadMembers().fields {
			for _, a := range f.Annotations {
				if a.Name.Is("InvocableVariable") || a.Name.Is("AuraEnabled") {
					return true
				}
			}
		}
	}
	return false
}

// webService is the rule of web service methods ("webservice Keyword").
func webService(m *Method) string {
	for _, p := range m.Params {
		if !serviceType(p.Type) {
			return "WebService methods do not support parameter type of " + p.Type.Name
		}
	}
	if m.Returns != Void && !serviceType(m.Returns) {
		return "WebService methods do not support return type of " + m.Returns.Name
	}
	return ""
}

func serviceType(t *Type) bool {
	switch t.Kind {
	case KindMap, KindSet, KindObject:
		return false
	case KindList:
		return serviceType(t.Args[0])
	case KindClass, KindInterface:
		return t.Class == nil || !t.Class.isException() && t.Name != "Pattern" && t.Name != "Matcher"
	default:
		return true
	}
}
