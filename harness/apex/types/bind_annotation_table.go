package types

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// annotationRule is what the platform knows of an annotation: where it may
// stand and which properties it has (Apex Developer Guide, "Annotations").
type annotationRule struct {
	sites    site
	required string
	props    map[string]propertyKind
}

// propertyKind is what an annotation's property takes.
type propertyKind uint8

const (
	aBoolean propertyKind = iota
	aString
	aJSONAccess // when a class may be turned to JSON or back
	anURL       // the path of a REST resource
)

var jsonAccess = []string{"never", "samenamespace", "samepackage", "always"}

var annotationRules = map[string]annotationRule{
	"auraenabled": {sites: onMethod | onData, props: map[string]propertyKind{"cacheable": aBoolean, "continuation": aBoolean, "scope": aString}},
	"deprecated":  {sites: onType | onMethod | onConstructor | onData},
	"future":      {sites: onMethod, props: map[string]propertyKind{"callout": aBoolean, "limits": aString}},
	"httpdelete":  {sites: onMethod},
	"httpget":     {sites: onMethod},
	"httppatch":   {sites: onMethod},
	"httppost":    {sites: onMethod},
	"httpput":     {sites: onMethod},
	"invocablemethod": {sites: onMethod, props: map[string]propertyKind{"label": aString, "description": aString, "category": aString,
		"callout": aBoolean, "configurationeditor": aString, "iconname": aString, "capabilitytype": aString}},
	"invocablevariable": {sites: onData, props: map[string]propertyKind{"label": aString, "description": aString, "required": aBoolean,
		"defaultvalue": aString, "placeholdertext": aString, "capabilitytype": aString}},
	"istest": {sites: onType | onMethod, props: map[string]propertyKind{"seealldata": aBoolean, "isparallel": aBoolean,
		"oninstall": aBoolean, "critical": aBoolean, "testfor": aString}},
	"jsonaccess":          {sites: onClass, props: map[string]propertyKind{"serializable": aJSONAccess, "deserializable": aJSONAccess}},
	"namespaceaccessible": {sites: onType | onMethod | onConstructor | onData},
	"readonly":            {sites: onMethod},
	"remoteaction":        {sites: onMethod},
	"restresource":        {sites: onClass, required: "urlMapping", props: map[string]propertyKind{"urlmapping": anURL}},
	"suppresswarnings":    {sites: onAnything, props: map[string]propertyKind{"": aString}},
	"testsetup":           {sites: onMethod},
	"testvisible":         {sites: onType | onMethod | onConstructor | onData},
}

// annotated checks the annotations before a declaration: that they exist, stand
// once and belong there, and what they say.
func (r *rules) annotated(m *syntax.Modifiers, at site, name syntax.Ident) {
	seen := map[string]bool{}
	for _, a := range m.Annotations {
		key := a.Name.Key()
		rule, ok := annotationRules[key]
		switch {
		case !ok:
			r.errorf(a, CodeInvalidAnnotation, "Annotation does not exist: %s", a.Name.Text)
		case seen[key]:
			r.errorf(a, CodeInvalidAnnotation, "Duplicate annotation: %s", a.Name.Text)
		case rule.sites&at == 0:
			r.errorf(a, CodeInvalidAnnotation, "Annotation is not allowed on %s: %s", sites[at].name, a.Name.Text)
		default:
			r.properties(a, rule)
		}
		seen[key] = true
	}
	var verb *syntax.Annotation // the first of HTTP
	for _, a := range m.Annotations {
		switch {
		case !isHTTP(a):
		case verb == nil:
			verb = a
		case !verb.Name.Is(a.Name.Text):
			r.errorf(a, CodeInvalidAnnotation, "Annotations are mutually exclusive: %s, %s", verb.Name.Text, a.Name.Text)
		}
	}
	if a := m.Annotation("isTest"); a != nil && isTrue(a.Arg("isParallel")) && isTrue(a.Arg("seeAllData")) {
		r.errorf(name, CodeInvalidAnnotation, "IsTest does not take isParallel=true with seeAllData=true: %s", name.Text)
	}
}

// isHTTP reports whether an annotation says which verb of HTTP calls a method.
func isHTTP(a *syntax.Annotation) bool { return strings.HasPrefix(a.Name.Key(), "http") }

// properties checks what stands in the parentheses of an annotation.
func (r *rules) properties(a *syntax.Annotation, rule annotationRule) {
	seen := map[string]bool{}
	for i := range a.Args {
		arg := &a.Args[i]
		key := arg.Name.Key()
		kind, ok := rule.props[key]
		v, _ := arg.Value.(*syntax.Literal)
		switch {
		case !ok && key == "":
			r.errorf(arg, CodeInvalidAnnotation, "Annotation %s takes no value", a.Name.Text)
		case !ok:
			r.errorf(arg, CodeInvalidAnnotation, "Annotation property does not exist: %s.%s", a.Name.Text, arg.Name.Text)
		case seen[key]:
			r.errorf(arg, CodeInvalidAnnotation, "Duplicate annotation property: %s.%s", a.Name.Text, arg.Name.Text)
		case v != nil:
			r.property(a, arg, kind, v)
		}
		seen[key] = true
	}
	if rule.required != "" && a.Arg(rule.required) == nil {
		r.errorf(a, CodeInvalidAnnotation, "Annotation %s requires the property: %s", a.Name.Text, rule.required)
	}
	if a.Name.Is("JsonAccess") && len(a.Args) == 0 {
		r.errorf(a, CodeInvalidAnnotation, "Annotation %s requires at least one of the following serializable, deserializable", a.Name.Text)
	}
}

func (r *rules) property(a *syntax.Annotation, arg *syntax.AnnotationArg, kind propertyKind, v *syntax.Literal) {
	want := ""
	switch {
	case kind == aBoolean && v.Kind != syntax.BooleanLiteral && !(v.Kind == syntax.StringLiteral && isBoolean(v.Text)):
		want = "Boolean"
	case kind != aBoolean && v.Kind != syntax.StringLiteral:
		want = "String"
	case kind == aJSONAccess && !slices.Contains(jsonAccess, strings.ToLower(v.Text)):
		r.errorf(arg, CodeInvalidAnnotation, "Invalid value for %s.%s: %s", a.Name.Text, arg.Name.Text, v.Text)
	case kind == anURL:
		if message := urlProblem(v.Text); message != "" {
			r.errorf(arg, CodeInvalidAnnotation, "Invalid urlMapping '%s': %s", v.Text, message)
		}
	}
	if want != "" {
		r.errorf(arg, CodeInvalidAnnotation, "Annotation property %s.%s must be of type %s", a.Name.Text, arg.Name.Text, want)
	}
}

// isBoolean reports whether a text is a Boolean, which the platform takes too.
func isBoolean(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

func isTrue(x syntax.Expr) bool {
	v, ok := x.(*syntax.Literal)
	return ok && v.Kind == syntax.BooleanLiteral && v.Bool
}

// urlProblem says what is wrong with the path of a REST resource ("RestResource
// Annotation", URL guidelines).
func urlProblem(path string) string {
	switch {
	case !strings.HasPrefix(path, "/"):
		return "it must begin with '/'"
	case len(path) > 255:
		return "it must not be longer than 255 characters"
	}
	for i := range len(path) {
		if path[i] == '*' && (path[i-1] != '/' || i+1 < len(path) && path[i+1] != '/') {
			return "'*' must be preceded by '/', and followed by it unless it is the last character"
		}
	}
	return ""
}
