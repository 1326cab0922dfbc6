package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// Touch is one place of Apex that reads or writes a custom field.
type Touch struct {
	Object string // in lower case, without the package's namespace; "" where the source does not tell
	Field  string // so as well
	Writes bool
	At     syntax.Node
}

// Touches lists the places of a class or trigger that read or write custom
// fields, as far as declared types tell, without compiling: what reads a field
// of an object that can not be told has no object.
func (v *Version) Touches(u *Unit) []Touch {
	r := &reader{namespace: v.Package.Namespace, fields: map[string]*syntax.TypeRef{}, returns: map[string]*syntax.TypeRef{},
		vars: map[string]*syntax.TypeRef{}, written: map[*syntax.FieldAccess]bool{}}
	for _, n := range u.roots() {
		syntax.Walk(n, r.declare)
	}
	for _, n := range u.roots() {
		syntax.Walk(n, r.visit)
	}
	return r.found
}

// roots are the tops of the tree of a unit.
func (u *Unit) roots() []syntax.Node {
	switch {
	case u.Unit == nil:
		return nil
	case u.Type != nil:
		return []syntax.Node{u.Type}
	case u.Trigger != nil:
		return u.Trigger.Items
	}
	return nil
}

// reader goes through one unit.
type reader struct {
	namespace string
	fields    map[string]*syntax.TypeRef // of all classes of the unit
	returns   map[string]*syntax.TypeRef // of its methods
	vars      map[string]*syntax.TypeRef // of the method that is read
	written   map[*syntax.FieldAccess]bool
	found     []Touch
}

// declare notes the members of classes.
func (r *reader) declare(n syntax.Node) bool {
	switch x := n.(type) {
	case *syntax.FieldDecl:
		for i := range x.Vars {
			r.fields[x.Vars[i].Name.Key()] = x.Type
		}
		return false
	case *syntax.PropertyDecl:
		r.fields[x.Name.Key()] = x.Type
		return false
	case *syntax.MethodDecl:
		r.returns[x.Name.Key()] = x.Return
		return false
	}
	return true
}

func (r *reader) visit(n syntax.Node) bool {
	switch x := n.(type) {
	case *syntax.MethodDecl:
		r.enter(x.Params)
		return x.Modifiers.Set&syntax.TestMethod == 0 && x.Modifiers.Annotation("isTest") == nil
	case *syntax.ConstructorDecl:
		r.enter(x.Params)
	case *syntax.LocalVar:
		for i := range x.Vars {
			r.vars[x.Vars[i].Name.Key()] = x.Type
		}
	case *syntax.ForEach:
		if x.Type != nil {
			r.vars[x.Name.Key()] = x.Type
		}
	case *syntax.Assign:
		if at, ok := syntax.Unparen(x.Left).(*syntax.FieldAccess); ok && x.Op == syntax.NoOp {
			r.written[at] = true
		}
	case *syntax.FieldAccess:
		if isField(x.Name.Text) {
			r.touch(r.objectOf(x.X), x.Name.Text, r.written[x], x)
		}
	case *syntax.NewRecord:
		for i := range x.Fields {
			r.touch(x.Type.Name(), x.Fields[i].Name.Text, true, x)
		}
	case *syntax.SOQL:
		r.query(x)
	case *syntax.Literal:
		if x.Kind == syntax.StringLiteral {
			customNames(x.Text, func(word string) { r.touch("", word, false, x) })
		}
	}
	return true
}

func (r *reader) enter(params []syntax.Param) {
	r.vars = map[string]*syntax.TypeRef{}
	for i := range params {
		r.vars[params[i].Name.Key()] = params[i].Type
	}
}

func (r *reader) touch(object, field string, writes bool, at syntax.Node) {
	if !isField(field) {
		return
	}
	r.found = append(r.found, Touch{Object: r.bare(object), Field: r.bare(field), Writes: writes, At: at})
}

func (r *reader) bare(name string) string {
	return strings.ToLower(metadata.StripNamespace(name, r.namespace))
}

// isField says that a name is that of a custom field.
func isField(name string) bool { return strings.HasSuffix(strings.ToLower(name), "__c") }

// isObject says that a name is that of a custom object.
func isObject(name string) bool {
	name = strings.ToLower(name)
	for _, suffix := range []string{"__c", "__e", "__mdt", "__b", "__x"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// query notes the fields that a query literal names: those of its own object,
// and those of parents without their object.
func (r *reader) query(x *syntax.SOQL) {
	if x.Query == nil || len(x.Query.From) == 0 {
		return
	}
	object := x.Query.From[0].Path.String()
	syntax.Walk(x.Query, func(n syntax.Node) bool {
		switch p := n.(type) {
		case *query.SubQuery:
			syntax.Walk(p.Query, func(n syntax.Node) bool {
				if path, ok := n.(*query.Path); ok {
					r.touch("", path.Parts[len(path.Parts)-1].Text, false, x)
				}
				return true
			})
			return false
		case *query.Bind:
			return false // an expression, visited as one
		case *query.Path:
			of := object
			if len(p.Parts) > 1 {
				of = ""
			}
			r.touch(of, p.Parts[len(p.Parts)-1].Text, false, x)
		}
		return true
	})
}

// objectOf is the object of a record that an expression gives; "" where the
// declared types do not tell.
func (r *reader) objectOf(x syntax.Expr) string {
	if t := r.typeOf(x); t != nil {
		return t.Names[len(t.Names)-1].Text
	}
	switch x := syntax.Unparen(x).(type) {
	case *syntax.Name:
		if isObject(x.Text) {
			return x.Text // a token: Thing__c.Flag__c
		}
	case *syntax.FieldAccess:
		if head, ok := x.X.(*syntax.Name); ok && head.Is("Schema") {
			return x.Name.Text
		}
	case *syntax.SOQL:
		if x.Query != nil && len(x.Query.From) > 0 {
			return x.Query.From[0].Path.String()
		}
	}
	return ""
}

// typeOf is the declared type of an expression, nil where that takes more than
// this unit.
func (r *reader) typeOf(x syntax.Expr) *syntax.TypeRef {
	switch x := syntax.Unparen(x).(type) {
	case *syntax.Name:
		if t := r.vars[x.Key()]; t != nil {
			return t
		}
		return r.fields[x.Key()]
	case *syntax.FieldAccess:
		if _, own := x.X.(*syntax.This); own {
			return r.fields[x.Name.Key()]
		}
	case *syntax.Index:
		return element(r.typeOf(x.X))
	case *syntax.Cast:
		return x.Type
	case *syntax.NewRecord:
		return x.Type
	case *syntax.NewObject:
		return x.Type
	case *syntax.Ternary:
		return r.typeOf(x.Then)
	case *syntax.MethodCall:
		if x.X == nil {
			return r.returns[x.Name.Key()]
		}
		if _, own := x.X.(*syntax.This); own {
			return r.returns[x.Name.Key()]
		}
		if x.Name.Is("get") || x.Name.Is("remove") {
			return element(r.typeOf(x.X))
		}
	}
	return nil
}

// element is what a list holds, or the value of a map.
func element(t *syntax.TypeRef) *syntax.TypeRef {
	if t == nil {
		return nil
	}
	if args := t.Args(); len(args) > 0 {
		return args[len(args)-1]
	}
	return nil
}
