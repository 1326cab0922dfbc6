package offers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// EntryKind is how something of a package is called from outside.
type EntryKind string

// The kinds of entry point.
const (
	StaticCall  EntryKind = "static"      // @AuraEnabled, @RemoteAction, webservice and global methods
	Invocable   EntryKind = "invocable"   // @InvocableMethod
	Controller  EntryKind = "controller"  // of a page, made without arguments
	Extension   EntryKind = "extension"   // of a page over a standard controller
	Batch       EntryKind = "batch"       // made without arguments
	Schedulable EntryKind = "schedulable" // made without arguments
	Queueable   EntryKind = "queueable"   // made without arguments
)

// EntryPoint is something of a package that is called from outside. Names are
// without namespace.
type EntryPoint struct {
	Kind    EntryKind
	Class   string // "Outer.Inner"
	Method  string // of a static call
	Params  []EntryParam
	Returns string       // type; "" for nothing
	Fields  []EntryParam // of the requests of an invocable; of a controller the properties that a page may set
	Request string       // class of those requests; "" where they are plain values
	Getters []string     // of a controller: expressions that give what a page shows: "getJobs()", "job"
	Actions []string     // of a controller: what a page may call
	Saves   []string     // methods without arguments of the class of a static call that finish its work
	Page    string       // a page with the controller
	Object  string       // of the standard controller of an extension
}

// EntryParam is a parameter or a field.
type EntryParam struct{ Name, Type string }

// Name is "Class.method", or the class.
func (p *EntryPoint) Name() string {
	if p.Method == "" {
		return p.Class
	}
	return p.Class + "." + p.Method
}

// signature is what must be the same in both versions for a call to be one.
func (p *EntryPoint) signature() string {
	parts := []string{string(p.Kind), p.Name(), p.Object}
	for _, param := range p.Params {
		parts = append(parts, param.Type)
	}
	return strings.ToLower(strings.Join(parts, " "))
}

// EntryPoints lists what both versions have, in the classes that wanted says yes
// to, as the old version has it; getters, actions and fields that the new version
// lacks are left out.
func EntryPoints(from, to *metadata.Package, wanted func(class *metadata.Component) bool) []EntryPoint {
	later := map[string]EntryPoint{}
	for _, p := range entriesOf(to, wanted) {
		later[p.signature()] = p
	}
	var out []EntryPoint
	for _, p := range entriesOf(from, wanted) {
		now, ok := later[p.signature()]
		if !ok {
			continue
		}
		p.Getters, p.Actions, p.Saves = common(p.Getters, now.Getters), common(p.Actions, now.Actions), common(p.Saves, now.Saves)
		p.Fields = slices.DeleteFunc(p.Fields, func(f EntryParam) bool { return !slices.Contains(now.Fields, f) })
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b EntryPoint) int { return cmp.Compare(a.signature(), b.signature()) })
	return out
}

func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// pageOf is the page that a class controls, and the object of its standard
// controller.
type pageOf struct{ page, object, text string }

var (
	pageController = regexp.MustCompile(`(?i)\bcontroller\s*=\s*"([\w.]+)"`)
	pageExtensions = regexp.MustCompile(`(?i)\bextensions\s*=\s*"([^"]+)"`)
	pageStandard   = regexp.MustCompile(`(?i)\bstandardController\s*=\s*"([\w.]+)"`)
)

func entriesOf(p *metadata.Package, wanted func(class *metadata.Component) bool) []EntryPoint {
	x := indexOf(p)
	controllers, extensions := map[string]pageOf{}, map[string]pageOf{}
	for _, c := range p.Components {
		if c.Kind != metadata.ApexPage {
			continue
		}
		text := string(c.Source)
		object := first(pageStandard, text)
		if name := first(pageController, text); name != "" {
			controllers[x.bare(name)] = pageOf{c.Name, "", text}
		}
		for name := range strings.SplitSeq(first(pageExtensions, text), ",") {
			if name = strings.TrimSpace(name); name != "" {
				extensions[x.bare(name)] = pageOf{c.Name, object, text}
			}
		}
	}
	var out []EntryPoint
	for _, c := range p.Components {
		if c.Kind != metadata.ApexClass || isTest.Match(c.Source) || !wanted(c) {
			continue
		}
		unit, _ := syntax.Parse(diag.NewFile(c.Name, c.Source), syntax.Options{Kind: syntax.ClassUnit})
		if class, ok := unit.Type.(*syntax.ClassDecl); ok {
			r := entryReader{controller: controllers[x.bare(c.Name)], extension: extensions[x.bare(c.Name)]}
			r.class(class, class.Name.Text)
			out = append(out, r.list...)
		}
	}
	return out
}

func first(re *regexp.Regexp, text string) string {
	if m := re.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// entryReader reads the entry points of one class.
type entryReader struct {
	controller, extension pageOf
	list                  []EntryPoint
}

func (r *entryReader) class(c *syntax.ClassDecl, name string) {
	if c.Modifiers.Set.Any(syntax.Private) && strings.Contains(name, ".") {
		return
	}
	r.made(c, name)
	inner := map[string]*syntax.ClassDecl{}
	var saves []string
	for _, m := range c.Members {
		switch m := m.(type) {
		case *syntax.ClassDecl:
			inner[strings.ToLower(m.Name.Text)] = m
			r.class(m, name+"."+m.Name.Text)
		case *syntax.MethodDecl:
			if m.Modifiers.Set.Has(syntax.Static) && len(m.Params) == 0 && !m.Modifiers.Set.Any(syntax.Private) && finishes.MatchString(m.Name.Text) {
				saves = append(saves, m.Name.Text)
			}
		}
	}
	for _, m := range c.Members {
		if m, ok := m.(*syntax.MethodDecl); ok && m.Modifiers.Set.Has(syntax.Static) {
			r.static(m, name, inner, saves)
		}
	}
}

// finishes are names of methods that end what earlier calls began.
var finishes = regexp.MustCompile(`(?i)^(save|flush|commit|publish|send|finish)`)

// entryAnnotations make a static method one that users call from outside.
var entryAnnotations = []string{"AuraEnabled", "RemoteAction", "InvocableMethod"}

func (r *entryReader) static(m *syntax.MethodDecl, class string, inner map[string]*syntax.ClassDecl, saves []string) {
	open := m.Modifiers.Set.Any(syntax.Global | syntax.WebService)
	for _, a := range entryAnnotations {
		open = open || m.Modifiers.Annotation(a) != nil
	}
	if !open || m.Modifiers.Set.Any(syntax.TestMethod) {
		return
	}
	p := EntryPoint{Kind: StaticCall, Class: class, Method: m.Name.Text, Params: paramsOf(m.Params)}
	if m.Return != nil && !m.Return.IsVoid() {
		p.Returns = m.Return.String()
	}
	if finishes.MatchString(m.Name.Text) {
		p.Saves = nil
	} else {
		p.Saves = saves
	}
	if m.Modifiers.Annotation("InvocableMethod") != nil {
		p.Kind = Invocable
		if len(m.Params) == 1 {
			if args := m.Params[0].Type.Args(); len(args) == 1 {
				parts := strings.Split(args[0].Name(), ".")
				if request := inner[strings.ToLower(parts[len(parts)-1])]; request != nil {
					p.Request, p.Fields = class+"."+request.Name.Text, invocableFields(request)
				}
			}
		}
	}
	r.list = append(r.list, p)
}

func paramsOf(list []syntax.Param) []EntryParam {
	var out []EntryParam
	for _, p := range list {
		out = append(out, EntryParam{p.Name.Text, p.Type.String()})
	}
	return out
}

func invocableFields(c *syntax.ClassDecl) []EntryParam {
	var out []EntryParam
	for _, m := range c.Members {
		if f, ok := m.(*syntax.FieldDecl); ok && f.Modifiers.Annotation("InvocableVariable") != nil {
			for _, v := range f.Vars {
				out = append(out, EntryParam{v.Name.Text, f.Type.String()})
			}
		}
	}
	return out
}

// jobInterfaces are the interfaces of asynchronous work.
var jobInterfaces = map[string]EntryKind{"database.batchable": Batch, "schedulable": Schedulable, "system.schedulable": Schedulable,
	"queueable": Queueable, "system.queueable": Queueable}

// made are the entry points of a class that are instances of it.
func (r *entryReader) made(c *syntax.ClassDecl, name string) {
	if c.Modifiers.Set.Has(syntax.Abstract) {
		return
	}
	byNothing, byStandard := constructors(c)
	if byNothing {
		for _, i := range c.Implements {
			if kind, ok := jobInterfaces[strings.ToLower(i.Name())]; ok {
				r.list = append(r.list, EntryPoint{Kind: kind, Class: name})
			}
		}
	}
	if strings.Contains(name, ".") {
		return
	}
	switch {
	case r.controller.page != "" && byNothing:
		r.list = append(r.list, controllerOf(c, EntryPoint{Kind: Controller, Class: name, Page: r.controller.page}, r.controller.text))
	case r.extension.page != "" && byStandard && r.extension.object != "":
		r.list = append(r.list, controllerOf(c, EntryPoint{Kind: Extension, Class: name, Page: r.extension.page, Object: r.extension.object}, r.extension.text))
	}
}

// constructors reports whether a class can be made without arguments, and over a
// standard controller.
func constructors(c *syntax.ClassDecl) (byNothing, byStandard bool) {
	any := false
	for _, m := range c.Members {
		k, ok := m.(*syntax.ConstructorDecl)
		if !ok {
			continue
		}
		any = true
		byNothing = byNothing || len(k.Params) == 0
		byStandard = byStandard || len(k.Params) == 1 && strings.HasSuffix(strings.ToLower(k.Params[0].Type.Name()), "standardcontroller")
	}
	return byNothing || !any, byStandard
}

// controllerOf reads what a page shows and calls of its controller.
func controllerOf(c *syntax.ClassDecl, p EntryPoint, page string) EntryPoint {
	page = strings.ToLower(page)
	for _, m := range c.Members {
		switch m := m.(type) {
		case *syntax.PropertyDecl:
			if m.Modifiers.Set.Any(syntax.Private|syntax.Static) || !m.Modifiers.Set.Any(syntax.Public|syntax.Global) {
				continue
			}
			if m.Get != nil && !m.Get.Modifiers.Set.Any(syntax.Private) {
				p.Getters = append(p.Getters, m.Name.Text)
			}
			if m.Set != nil && !m.Set.Modifiers.Set.Any(syntax.Private) {
				p.Fields = append(p.Fields, EntryParam{m.Name.Text, m.Type.String()})
			}
		case *syntax.MethodDecl:
			if m.Modifiers.Set.Any(syntax.Static) || !m.Modifiers.Set.Any(syntax.Public|syntax.Global) || len(m.Params) > 0 {
				continue
			}
			name := m.Name.Text
			switch {
			case len(name) > 3 && strings.EqualFold(name[:3], "get") && m.Return != nil && !m.Return.IsVoid():
				p.Getters = append(p.Getters, name+"()")
			case strings.Contains(page, strings.ToLower(name)):
				p.Actions = append(p.Actions, name)
			}
		}
	}
	return p
}
