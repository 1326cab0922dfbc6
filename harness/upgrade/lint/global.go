package lint

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// promise is one thing that subscribers' Apex may rely on.
type promise struct {
	key      string // what it is, without what may change: "Outer.Inner.run(String)"
	text     string // as it is declared: "global static void Outer.run(String)"
	span     diag.Span
	contract bool   // implementers must provide it: abstract, or of an interface
	owner    string // the type it belongs to, or what an annotation stands at
	required bool   // flows must set it
	path     string // address of a REST service
}

// contractOf lists the global promises of a class, in source order; none when
// its top type is not global.
func contractOf(m *metadata.Component) []promise {
	u := parseApex(m)
	if u == nil || u.Type == nil {
		return nil
	}
	l := contract{unit: u}
	l.declare("", u.Type, false)
	return l.promises
}

// parseApex reads a class, or a trigger; nil when it does not parse.
func parseApex(m *metadata.Component) *syntax.Unit {
	kind := syntax.ClassUnit
	if m.Kind == metadata.ApexTrigger {
		kind = syntax.TriggerUnit
	}
	u, _ := syntax.Parse(diag.NewFile(m.Span.File, m.Source), syntax.Options{Kind: kind, APIVersion: majorOf(m.APIVersion)})
	return u
}

type contract struct {
	unit     *syntax.Unit
	promises []promise
}

func (l *contract) add(p promise, at syntax.Node) {
	p.span = l.unit.Span(at)
	l.promises = append(l.promises, p)
}

const outward = syntax.Global | syntax.WebService

// declare lists a type and its members. A member of an interface is as global as
// the interface.
func (l *contract) declare(outer string, t syntax.TypeDecl, open bool) {
	mods := t.TypeModifiers()
	if !open && !mods.Set.Any(outward) {
		return
	}
	name := t.TypeName().Text
	if outer != "" {
		name = outer + "." + name
	}
	switch d := t.(type) {
	case *syntax.ClassDecl:
		l.class(name, d)
	case *syntax.InterfaceDecl:
		l.add(promise{key: "type " + name, text: "global interface " + name}, d.Name)
		for _, e := range d.Extends {
			l.add(promise{key: name + " extends " + l.plain(e), text: name + " extends " + l.plain(e)}, d.Name)
		}
		for _, m := range d.Members {
			if method, ok := m.(*syntax.MethodDecl); ok {
				l.method(name, method, true)
			}
		}
	case *syntax.EnumDecl:
		l.add(promise{key: "type " + name, text: "global enum " + name}, d.Name)
		for _, v := range d.Values {
			l.add(promise{key: name + "." + v.Text, text: name + "." + v.Text}, v)
		}
	}
}

func (l *contract) class(name string, d *syntax.ClassDecl) {
	kind := "class"
	switch {
	case d.Modifiers.Set.Has(syntax.Abstract):
		kind = "abstract class"
	case d.Modifiers.Set.Has(syntax.Virtual):
		kind = "virtual class"
	}
	l.add(promise{key: "type " + name, text: "global " + kind + " " + name}, d.Name)
	l.annotated(name, &d.Modifiers, d.Name)
	if d.Extends != nil {
		l.add(promise{key: name + " extends", text: name + " extends " + l.plain(d.Extends)}, d.Name)
	}
	for _, i := range d.Implements {
		l.add(promise{key: name + " implements " + l.plain(i), text: name + " implements " + l.plain(i)}, d.Name)
	}
	for _, m := range d.Members {
		l.member(name, m)
	}
}

func (l *contract) member(owner string, m syntax.Member) {
	switch d := m.(type) {
	case syntax.TypeDecl:
		l.declare(owner, d, false)
	case *syntax.MethodDecl:
		if d.Modifiers.Set.Any(outward) {
			l.method(owner, d, d.Modifiers.Set.Has(syntax.Abstract))
		}
	case *syntax.ConstructorDecl:
		if d.Modifiers.Set.Any(outward) {
			key := owner + ".<init>(" + l.paramTypes(d.Params) + ")"
			l.add(promise{key: key, text: "global " + owner + "(" + l.paramTypes(d.Params) + ")"}, d.Name)
		}
	case *syntax.FieldDecl:
		if d.Modifiers.Set.Any(outward) {
			for _, v := range d.Vars {
				l.annotated(owner+"."+v.Name.Text, &d.Modifiers, v.Name)
				l.add(promise{key: owner + "." + v.Name.Text, text: modifiersText(&d.Modifiers) + l.plain(d.Type) + " " + owner + "." + v.Name.Text}, v.Name)
			}
		}
	case *syntax.PropertyDecl:
		if d.Modifiers.Set.Any(outward) {
			l.add(promise{key: owner + "." + d.Name.Text, text: modifiersText(&d.Modifiers) + l.plain(d.Type) + " " + owner + "." + d.Name.Text}, d.Name)
			for _, a := range []struct {
				word     string
				accessor *syntax.Accessor
			}{{"get", d.Get}, {"set", d.Set}} {
				if a.accessor != nil && !a.accessor.Modifiers.Set.Any(syntax.Private|syntax.Protected|syntax.Public) {
					key := owner + "." + d.Name.Text + " " + a.word
					l.add(promise{key: key, text: key}, d.Name)
				}
			}
		}
	}
}

// outwardAnnotations are those by which something other than Apex calls a
// method or class.
var outwardAnnotations = []string{"InvocableMethod", "InvocableVariable", "AuraEnabled", "RemoteAction", "RestResource",
	"HttpGet", "HttpPost", "HttpPut", "HttpPatch", "HttpDelete"}

func isTrue(x syntax.Expr) bool {
	l, ok := x.(*syntax.Literal)
	return ok && l.Kind == syntax.BooleanLiteral && l.Bool
}

// restPath is the address at which a class serves; "" for other annotations.
func restPath(a *syntax.Annotation) string {
	if l, ok := a.Arg("urlMapping").(*syntax.Literal); ok && a.Name.Is("RestResource") {
		return l.Text
	}
	return ""
}

// annotated lists the annotations of a declaration as promises of their own.
func (l *contract) annotated(key string, mods *syntax.Modifiers, at syntax.Node) {
	for _, name := range outwardAnnotations {
		if a := mods.Annotation(name); a != nil {
			l.add(promise{key: "@" + name + " " + key, text: "@" + name + " of " + key, owner: key,
				required: name == "InvocableVariable" && isTrue(a.Arg("required")), path: restPath(a)}, at)
		}
	}
}

func (l *contract) method(owner string, d *syntax.MethodDecl, abstract bool) {
	l.annotated(owner+"."+d.Name.Text, &d.Modifiers, d.Name)
	signature := owner + "." + d.Name.Text + "(" + l.paramTypes(d.Params) + ")"
	l.add(promise{key: signature, text: modifiersText(&d.Modifiers) + l.plain(d.Return) + " " + signature,
		contract: abstract, owner: owner}, d.Name)
}

// modifiersText gives the modifiers that callers and heirs can notice.
func modifiersText(m *syntax.Modifiers) string {
	out := ""
	for _, w := range []struct {
		modifier syntax.Modifier
		word     string
	}{{syntax.WebService, "webservice "}, {syntax.Global, "global "}, {syntax.Static, "static "}, {syntax.Abstract, "abstract "}, {syntax.Virtual, "virtual "}, {syntax.Override, "override "}} {
		if m.Set.Has(w.modifier) {
			out += w.word
		}
	}
	return out
}

func (l *contract) paramTypes(params []syntax.Param) string {
	types := make([]string, len(params))
	for i, p := range params {
		types[i] = l.plain(p.Type)
	}
	return strings.Join(types, ", ")
}

// plain spells a type in the one way that its meaning has: without the
// namespaces of the library and without the class that it stands in, arrays as
// lists.
func (l *contract) plain(t *syntax.TypeRef) string {
	names := t.Names
	if len(names) > 1 && (names[0].Is("System") || names[0].Is("Schema") || names[0].Is(l.unit.Type.TypeName().Text)) {
		names = names[1:]
	}
	var b strings.Builder
	for i := range names {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(names[i].Text)
		for j, a := range names[i].Args {
			b.WriteString([]string{"<", ","}[min(j, 1)])
			b.WriteString(l.plain(a))
		}
		if len(names[i].Args) > 0 {
			b.WriteByte('>')
		}
	}
	return strings.Repeat("List<", t.Dims) + b.String() + strings.Repeat(">", t.Dims)
}

// globals compares the global promises of the classes that changed.
func (c *checker) globals() {
	if !c.managed() {
		return
	}
	for _, change := range c.changes {
		if change.Kind != metadata.ApexClass || change.After == nil {
			continue
		}
		var was []promise
		if change.Before != nil {
			was = contractOf(change.Before)
		}
		is := contractOf(change.After)
		c.broken(change.After, was, is)
		c.grown(change.After, was, is)
		c.annotations(change.After, was, is)
		if c.isPatch() {
			c.patchedClass(change)
		}
		if c.isPatch() && len(is) > len(was) {
			c.add(PatchGlobal, change.After, "", "class %s has new global declarations in a patch", change.Name)
		}
	}
}

// broken finds promises that are not kept.
func (c *checker) broken(m *metadata.Component, was, is []promise) {
	for _, p := range was {
		i := slices.IndexFunc(is, func(n promise) bool { return strings.EqualFold(n.key, p.key) })
		switch {
		case i < 0 && strings.HasPrefix(p.key, "@"):
			problem := c.add(GlobalAnnotation, m, "", "%s is gone", p.text)
			problem.From = p.text
			problem.Span = nearest(is, p, m.Span)
		case i < 0:
			problem := c.add(GlobalRemoved, m, "", "global %s is gone", strings.TrimPrefix(p.text, "global "))
			problem.From = p.text
			problem.Span = nearest(is, p, m.Span)
		case !strings.EqualFold(is[i].text, p.text) && !loosened(p.text, is[i].text):
			problem := c.add(GlobalChanged, m, "", "%s becomes %s", p.text, is[i].text)
			problem.From, problem.To, problem.Span = p.text, is[i].text, is[i].span
		}
	}
}

// annotations finds inputs of invocable actions that flows must now set, and
// REST services that moved.
func (c *checker) annotations(m *metadata.Component, was, is []promise) {
	had := func(key string) *promise {
		for i := range was {
			if strings.EqualFold(was[i].key, key) {
				return &was[i]
			}
		}
		return nil
	}
	for _, p := range is {
		old := had(p.key)
		typeName := p.owner[:max(0, strings.LastIndexByte(p.owner, '.'))]
		switch {
		case p.required && (old != nil && !old.required || old == nil && had("type "+typeName) != nil):
			problem := c.add(InputRequired, m, "", "flows must now set %s", p.owner)
			problem.To, problem.Span = p.text, p.span
		case old != nil && p.path != old.path:
			problem := c.add(RestPathChanged, m, "", "%s serves %s instead of %s", p.owner, shown(p.path), shown(old.path))
			problem.From, problem.To, problem.Span = old.path, p.path, p.span
		}
	}
}

// loosened says that only virtual was added or abstract became virtual: nobody
// who compiled before fails now.
func loosened(was, is string) bool {
	plain := func(s string) string {
		return strings.NewReplacer("abstract ", "", "virtual ", "", "override ", "").Replace(s)
	}
	return strings.EqualFold(plain(was), plain(is)) && !strings.Contains(is, "abstract ") &&
		(strings.Contains(is, "virtual ") || !strings.Contains(was, "virtual ") && !strings.Contains(was, "abstract "))
}

// nearest is where the type stands that a promise belonged to.
func nearest(is []promise, gone promise, otherwise diag.Span) diag.Span {
	owner := gone.key
	if i := strings.LastIndexByte(strings.SplitN(owner, "(", 2)[0], '.'); i >= 0 {
		owner = owner[:i]
	}
	for _, p := range is {
		if strings.EqualFold(p.key, "type "+owner) {
			return p.span
		}
	}
	return otherwise
}

// grown finds what implementers and heirs must now provide.
func (c *checker) grown(m *metadata.Component, was, is []promise) {
	had := func(key string) bool {
		return slices.ContainsFunc(was, func(o promise) bool { return strings.EqualFold(o.key, key) })
	}
	for _, p := range is {
		if p.contract && had("type "+p.owner) && !had(p.key) {
			problem := c.add(GlobalContractGrown, m, "", "%s must now provide %s", "what implements or extends "+p.owner, p.text)
			problem.To, problem.Span = p.text, p.span
		}
	}
}
