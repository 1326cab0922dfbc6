package lint

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// path is what an install runs synchronously: onInstall and what it calls in
// the package's own classes, as far as names and declared types tell.
type path struct {
	pkg     *metadata.Package
	classes map[string]*class // by lower-case full name: "outer.inner"
	routes  []route           // ways to come to the new version
	seen    map[visited]routes
	said    map[string]bool
	gateAt  map[string]int
	gates   []Gate
	found   []Problem
}

// class is a class of the package with what calls need to know.
type class struct {
	name    string // "Outer.Inner"
	top     *metadata.Component
	unit    *syntax.Unit
	decl    *syntax.ClassDecl
	outer   *class
	methods map[string][]*syntax.MethodDecl
	fields  map[string]string // type by lower-case name
}

// visited is a method with the place of the call in mind: inside a try block its
// failures are caught.
type visited struct {
	method  syntax.Node
	guarded bool
}

// installPath follows the post-install class of a version.
func installPath(old []Old, next *metadata.Package) *path {
	p := &path{pkg: next, classes: map[string]*class{}, seen: map[visited]routes{}, said: map[string]bool{},
		gateAt: map[string]int{}, routes: routesOf(old)}
	if next.PostInstall == "" || next.Find(metadata.ApexClass, next.PostInstall) == nil || next.Kind != metadata.Managed {
		return p
	}
	for _, m := range next.OfKind(metadata.ApexClass) {
		if u := parseApex(m); u != nil {
			if d, ok := u.Type.(*syntax.ClassDecl); ok {
				p.declare(m, u, d, nil)
			}
		}
	}
	start := p.classes[strings.ToLower(next.PostInstall)]
	if start == nil {
		return p
	}
	p.enter(start)
	for _, m := range start.methods["oninstall"] {
		w := &walker{path: p, class: start, at: allRoutes(len(p.routes)), vars: map[string]string{}}
		w.method(m)
	}
	p.judgeGates()
	return p
}

func (p *path) declare(m *metadata.Component, u *syntax.Unit, d *syntax.ClassDecl, outer *class) {
	c := &class{name: d.Name.Text, top: m, unit: u, decl: d, outer: outer,
		methods: map[string][]*syntax.MethodDecl{}, fields: map[string]string{}}
	if outer != nil {
		c.name = outer.name + "." + c.name
	}
	p.classes[strings.ToLower(c.name)] = c
	for _, member := range d.Members {
		switch x := member.(type) {
		case *syntax.MethodDecl:
			c.methods[x.Name.Key()] = append(c.methods[x.Name.Key()], x)
		case *syntax.FieldDecl:
			for _, v := range x.Vars {
				c.fields[v.Name.Key()] = x.Type.Name()
			}
		case *syntax.PropertyDecl:
			c.fields[x.Name.Key()] = x.Type.Name()
		case *syntax.ClassDecl:
			p.declare(m, u, x, c)
		}
	}
}

// find resolves a type name as seen from a class: its own inner types, those of
// what it is in, then top types.
func (p *path) find(from *class, name string) *class {
	name = strings.ToLower(metadata.StripNamespace(name, p.pkg.Namespace))
	for c := from; c != nil; c = c.outer {
		if inner := p.classes[strings.ToLower(c.name)+"."+name]; inner != nil {
			return inner
		}
		if strings.EqualFold(c.decl.Name.Text, name) {
			return c
		}
	}
	return p.classes[name]
}

// super is the class that a class extends, when it is the package's.
func (p *path) super(c *class) *class {
	if c.decl.Extends == nil {
		return nil
	}
	return p.find(c.outer, c.decl.Extends.Name())
}

// methodOf finds methods by name in a class, its ancestors and what it is in.
func (p *path) methodOf(c *class, name string, arguments int) (*class, *syntax.MethodDecl) {
	for depth := 0; c != nil && depth < 20; depth++ {
		for _, m := range c.methods[strings.ToLower(name)] {
			if len(m.Params) == arguments {
				return c, m
			}
		}
		if up := p.super(c); up != nil && up != c {
			c = up
		} else {
			c = c.outer
		}
	}
	return nil, nil
}

// enter notes that the script runs code of a class.
func (p *path) enter(c *class) {
	if !c.decl.Modifiers.Set.Any(syntax.WithSharing | syntax.InheritedSharing) {
		return
	}
	word := "with sharing"
	if c.decl.Modifiers.Set.Has(syntax.InheritedSharing) {
		word = "inherited sharing"
	}
	p.say(WithSharing, c, c.decl.Name, "class %s runs in the post-install script and is declared %s", c.name, word)
}

// say reports a problem of the install path once.
func (p *path) say(code Code, c *class, at syntax.Node, format string, args ...any) {
	problem := newProblem(code, c.top, "", fmt.Sprintf(format, args...))
	problem.Span = c.unit.Span(at)
	key := string(code) + problem.Span.String()
	if !p.said[key] {
		p.said[key] = true
		p.found = append(p.found, problem)
	}
}

// walker goes through one method.
type walker struct {
	path    *path
	class   *class
	at      routes            // ways that come to where it is
	vars    map[string]string // declared types by lower-case name
	guarded bool              // inside a try with a catch
	asked   bool              // the condition asks whether there is a previous version
	depth   int
}

// method goes through a method's body for the ways that come to it and have not
// been through it before.
func (w *walker) method(m *syntax.MethodDecl) {
	key := visited{m.Body, w.guarded}
	fresh := w.at.without(w.path.seen[key])
	if m.Body == nil || fresh.none() || w.depth > 60 {
		return
	}
	w.path.seen[key] = w.path.seen[key].with(w.at)
	for _, p := range m.Params {
		w.vars[p.Name.Key()] = p.Type.Name()
	}
	w.block(m.Body.Stmts)
}

// block goes through statements; ways that return or throw do not come to what
// follows.
func (w *walker) block(list []syntax.Stmt) {
	for _, s := range list {
		if w.at.none() {
			return
		}
		w.stmt(s)
	}
}

func (w *walker) stmt(s syntax.Stmt) {
	switch x := s.(type) {
	case nil:
	case *syntax.Block:
		w.block(x.Stmts)
	case *syntax.If:
		w.branch(x)
	case *syntax.Return, *syntax.Throw:
		w.expressions(s)
		w.at = make(routes, len(w.at))
	case *syntax.Try:
		w.try(x)
	case *syntax.DML:
		w.expressions(x)
		w.write(x, x.Op.Keyword())
	case *syntax.LocalVar:
		for i := range x.Vars {
			w.vars[x.Vars[i].Name.Key()] = x.Type.Name()
		}
		w.expressions(x)
	case *syntax.ForEach:
		if x.Type != nil {
			w.vars[x.Name.Key()] = x.Type.Name()
		}
		w.expression(x.Over)
		w.loop(x.Body)
	case *syntax.For:
		if x.Decl != nil {
			w.stmt(x.Decl)
		}
		w.expressions(&syntax.For{Init: x.Init, Cond: x.Cond, Post: x.Post})
		w.loop(x.Body)
	case *syntax.While:
		w.expression(x.Cond)
		w.loop(x.Body)
	case *syntax.DoWhile:
		w.loop(x.Body)
		w.expression(x.Cond)
	case *syntax.Switch:
		w.expression(x.X)
		before := w.at
		for _, when := range x.Whens {
			w.at = before
			w.stmt(when.Body)
		}
		w.at = before
	default:
		w.expressions(s)
	}
}

// loop goes through a body that may run any number of times.
func (w *walker) loop(body syntax.Stmt) {
	before := w.at
	w.stmt(body)
	w.at = before
}

func (w *walker) try(t *syntax.Try) {
	outer, before := w.guarded, w.at
	w.guarded = outer || len(t.Catches) > 0
	w.stmt(t.Body)
	w.guarded = outer
	after := w.at
	for _, c := range t.Catches {
		w.at = before
		w.vars[c.Name.Key()] = c.Type.Name()
		w.stmt(c.Body)
		after = after.with(w.at)
	}
	w.at = after
	if t.Finally != nil {
		w.stmt(t.Finally)
	}
}

// expression goes through one expression, expressions through all of a node.
func (w *walker) expression(x syntax.Expr) {
	if x != nil {
		w.expressions(x)
	}
}

func (w *walker) expressions(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.MethodCall:
			w.call(x)
			if x.Name.Is("getQueryLocator") {
				return false // of a batch: its rows have a limit of their own, 50 million
			}
		case *syntax.NewObject:
			w.construct(x)
		case *syntax.SOQL:
			w.query(x)
		case *syntax.Block:
			return false
		}
		return true
	})
}

// query looks at a query literal that has nothing to bound its answer.
func (w *walker) query(x *syntax.SOQL) {
	q := x.Query
	if q == nil || q.Limit != nil || len(q.From) == 0 || q.GroupBy != nil || aggregates(q) || bounded(q.Where) {
		return
	}
	if object := q.From[0].Path.String(); !hasSuffix(object, "__mdt") && !smallObjects[strings.ToLower(object)] && !w.isSetting(object) {
		w.path.say(QueryUnbounded, w.class, x, "the install transaction reads %s without a limit", object)
	}
}

// smallObjects hold setup of the org: their rows do not grow with its data.
var smallObjects = map[string]bool{"organization": true, "recordtype": true, "profile": true, "apexclass": true,
	"apextrigger": true, "permissionset": true, "group": true, "queuesobject": true, "crontrigger": true,
	"cronjobdetail": true, "folder": true, "emailtemplate": true, "userrole": true, "namespace": true, "publisher": true}

func (w *walker) isSetting(object string) bool {
	m := w.path.pkg.Find(metadata.CustomObject, object)
	return m != nil && m.Props.Get("customSettingsType") != ""
}

func aggregates(q *query.Query) bool {
	for _, item := range q.Select {
		if f, ok := item.(*query.Field); ok {
			if _, call := f.Expr.(*query.Call); call && len(q.Select) == 1 {
				return true
			}
		}
	}
	return false
}

// bounded says that a condition names the rows it wants by id.
func bounded(c query.Condition) bool {
	switch x := c.(type) {
	case *query.And:
		for _, t := range x.Terms {
			if bounded(t) {
				return true
			}
		}
	case *query.Compare:
		return isID(x.Left) && x.Op == query.Equal
	case *query.In:
		return isID(x.Left) && x.Op == query.InSet
	}
	return false
}

func isID(o query.Operand) bool {
	p, ok := o.(*query.Path)
	return ok && len(p.Parts) == 1 && p.Parts[0].Is("Id")
}

// write looks at a statement that saves all rows or none.
func (w *walker) write(at syntax.Node, what string) {
	if !w.guarded {
		w.path.say(WriteAllOrNone, w.class, at, "%s in %s of the post-install script saves all rows or none", what, w.class.name)
	}
}
