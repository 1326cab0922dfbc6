package flow

import (
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Linked is a flow bound to a schema: its resources have types and its
// formulas are compiled. It may be shared by goroutines.
type Linked struct {
	*Flow
	Namespace string
	Object    *schema.Object // of the triggering record; nil for other flows

	compiler *formula.Compiler
	subflow  func(name string) *Linked
	defs     map[string]*definition
	formulas map[string]*formula.Program
	entry    *formula.Program // of a start that has a formula
	paths    sync.Map         // "Account 1.Name" → *formula.Reference
}

// definition is a named resource: what it holds.
type definition struct {
	typ        formula.Type   // of a value
	object     *schema.Object // of a record or a collection of records
	collection bool
	initial    *metadata.Node // of variables and constants: the element with value
	foreign    string         // kind of the element that would give the value and is not simulated
}

// Link binds a flow to the schema of a compiler. ns is the namespace the flow
// belongs to; subflow finds other flows by API name and may be nil. The flow is
// linked also where a formula is wrong; reaching that formula is then an error.
func (f *Flow) Link(c *formula.Compiler, ns string, subflow func(name string) *Linked) (*Linked, diag.List) {
	l := &Linked{Flow: f, Namespace: ns, compiler: c, subflow: subflow, defs: map[string]*definition{}, formulas: map[string]*formula.Program{}}
	if f.Object != "" {
		l.Object = c.Schema().ObjectIn(ns, f.Object)
	}
	var diags diag.List
	if f.Object != "" && l.Object == nil {
		diags = append(diags, diag.Errorf(diag.Span{}, CodeFlow, "flow %s: object %s does not exist", f.Name, f.Object))
	}
	l.define()
	for _, n := range f.formulaNodes {
		p, bad := c.Compile(l.Object, ns, n.Get("expression"), formula.Flow,
			formula.Options{File: f.Name + "." + n.Get("name"), Resources: resources{l}})
		if p == nil {
			diags = append(diags, formulaProblem(f.Name, n.Get("name"), bad))
			continue
		}
		l.formulas[key(n.Get("name"))] = p
	}
	if src := f.start.formula; src != "" {
		p, bad := c.Compile(l.Object, ns, src, formula.Flow,
			formula.Options{File: f.Name + ".start", Returns: schema.Boolean, Resources: resources{l}})
		if p == nil {
			diags = append(diags, formulaProblem(f.Name, "the entry condition", bad))
		}
		l.entry = p
	}
	return l, diags
}

func formulaProblem(flow, name string, bad diag.List) diag.Diagnostic {
	d := bad[0]
	d.Message = "flow " + flow + ": formula " + name + ": " + d.Message
	d.Notes = append(d.Notes, "code of the formula's own diagnostic: "+d.Code)
	d.Code = CodeFormula
	return d
}

func key(name string) string { return strings.ToLower(name) }

// define gives every resource of the flow what it holds.
func (l *Linked) define() {
	if l.Object != nil {
		l.defs["$record"] = &definition{object: l.Object}
		l.defs["$record__prior"] = &definition{object: l.Object}
	}
	for _, list := range [][]*metadata.Node{l.variables, l.constants} {
		for _, n := range list {
			d := &definition{typ: dataType(n.Get("dataType")), collection: n.Bool("isCollection"), initial: n}
			if o := n.Get("objectType"); o != "" {
				d.object = l.object(o)
			}
			l.defs[key(n.Get("name"))] = d
		}
	}
	for _, n := range l.formulaNodes {
		l.defs[key(n.Get("name"))] = &definition{typ: dataType(n.Get("dataType"))}
	}
	for _, n := range l.templates {
		l.defs[key(n.Get("name"))] = &definition{typ: formula.Text, initial: n}
	}
	for _, name := range l.order {
		l.defineElement(l.elements[name].props)
	}
	for _, n := range l.foreign {
		l.defineForeign(n, n.Name)
	}
	for _, name := range l.order {
		if n := l.elements[name].props; n.Name == "loops" {
			if d := l.defs[key(n.Get("collectionReference"))]; d != nil {
				l.defs[key(name)] = &definition{object: d.object, typ: d.typ}
			}
		}
	}
}

// defineElement: elements whose output is stored under their own name, and the
// outcomes of decisions. Loops,
// whose name is the current item, come after all others.
func (l *Linked) defineElement(n *metadata.Node) {
	name := key(n.Get("name"))
	switch n.Name {
	case "recordLookups":
		if n.Bool("storeOutputAutomatically") {
			l.defs[name] = &definition{object: l.object(n.Get("object")), collection: !n.Bool("getFirstRecordOnly")}
		}
	case "decisions":
		for _, rule := range n.All("rules") { // an outcome is true once it was taken
			l.defs[key(rule.Get("name"))] = &definition{typ: formula.Boolean}
		}
	case "recordCreates":
		if n.Bool("storeOutputAutomatically") {
			l.defs[name] = &definition{typ: formula.Text}
		}
	}
}

// defineForeign: what an element that is not simulated would give has no type
// here, and no value. The fields of a screen are resources of their own.
func (l *Linked) defineForeign(n *metadata.Node, kind string) {
	if k := key(n.Get("name")); k != "" && l.defs[k] == nil {
		l.defs[k] = &definition{foreign: kind}
	}
	for _, field := range n.All("fields") {
		l.defineForeign(field, kind)
	}
}

func (l *Linked) object(name string) *schema.Object {
	return l.compiler.Schema().ObjectIn(l.Namespace, name)
}

func dataType(s string) formula.Type {
	switch s {
	case "Number", "Currency":
		return formula.Number
	case "Boolean":
		return formula.Boolean
	case "Date":
		return formula.Date
	case "DateTime":
		return formula.DateTime
	case "Time":
		return formula.Time
	case "String", "Picklist", "Multipicklist":
		return formula.Text
	default:
		return formula.Any
	}
}

// resources gives names in the flow's formulas their meaning.
type resources struct{ l *Linked }

func (rs resources) Resource(fields formula.FieldFinder, path []string) (formula.Resource, bool) {
	l := rs.l
	if strings.EqualFold(path[0], "$Flow") && len(path) == 2 {
		t := map[string]formula.Type{"currentdate": formula.Date, "currentdatetime": formula.DateTime}[key(path[1])]
		return formula.Resource{Type: t, Get: func(env formula.Env) (value.Value, error) {
			return env.(*run).flowGlobal(path[1]), nil
		}}, true
	}
	d := l.defs[key(path[0])]
	switch {
	case d == nil:
		return formula.Resource{}, false
	case len(path) == 1 || d.foreign != "":
		return formula.Resource{Type: d.typ, Get: func(env formula.Env) (value.Value, error) {
			return env.(*run).value(path[0])
		}}, true
	case d.object == nil:
		return formula.Resource{}, false
	}
	ref, ok := fields(d.object, path[1:])
	if !ok {
		return formula.Resource{}, false
	}
	t := ref.Type
	if strings.HasPrefix(path[0], "$") && t == formula.Any {
		t = formula.Text
	}
	return formula.Resource{Type: t, Get: func(env formula.Env) (value.Value, error) {
		r := env.(*run)
		rec, err := r.record(path[0])
		if err != nil {
			return value.Value{}, err
		}
		return ref.Get(r.Env, rec)
	}}, true
}

// reference finds a field path from an object, once.
func (l *Linked) reference(o *schema.Object, path []string) *formula.Reference {
	if o == nil {
		return nil
	}
	k := o.Name + " " + strings.Join(path, ".")
	if ref, ok := l.paths.Load(k); ok {
		return ref.(*formula.Reference)
	}
	ref, ok := l.compiler.Reference(o, l.Namespace, path)
	if !ok {
		ref = nil
	}
	l.paths.Store(k, ref)
	return ref
}
