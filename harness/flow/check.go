package flow

import (
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Checked is what CheckFormulas found in one version of a package.
type Checked struct {
	Formulas int       // all of them
	Foreign  int       // those that parse and are about objects or fields of other packages
	Problems diag.List // a diagnostic for each that is wrong, at its place
}

// foreignName finds names with the namespace of another package.
var foreignName = regexp.MustCompile(`\b[A-Za-z]\w*?__\w+__[cr]\b`)

// CheckFormulas parses and checks every formula of a package against the
// package's own schema: formula fields, defaults, validation rules, filters of
// lookups and roll-ups, workflow rules and field updates, and flows.
func CheckFormulas(pkg *metadata.Package) Checked {
	s, _ := schema.Build(schema.Options{Features: []schema.Feature{schema.RecordTypes}},
		schema.Source{Namespace: pkg.Namespace, Components: pkg.Components})
	c := &checker{pkg: pkg, s: s, c: formula.NewCompiler(s)}
	for _, comp := range pkg.Components {
		switch comp.Kind {
		case metadata.ValidationRule:
			c.formula(comp, comp.Props.Child("errorConditionFormula"), formula.Rule, schema.Boolean)
		case metadata.WorkflowRule:
			c.formula(comp, comp.Props.Child("formula"), formula.Rule, schema.Boolean)
			c.items(comp, c.object(comp), comp.Props.All("criteriaItems"), comp.Props.Get("booleanFilter"))
		case metadata.WorkflowFieldUpdate:
			c.formula(comp, comp.Props.Child("formula"), formula.Rule, schema.AnyType)
		case metadata.Flow:
			c.flow(comp)
		case metadata.CustomField:
			c.field(comp)
		}
	}
	return c.Checked
}

// checker checks the formulas of one package version.
type checker struct {
	Checked
	pkg *metadata.Package
	s   *schema.Schema
	c   *formula.Compiler
}

// note counts a formula with what the compiler says of it; at is where its
// text begins.
func (c *checker) note(comp *metadata.Component, at *metadata.Node, ok bool, diags diag.List) {
	c.Formulas++
	switch {
	case ok:
	case diags[0].Code == formula.CodeForeign, foreignName.MatchString(diags[0].Message):
		c.Foreign++
	default:
		d := diags[0]
		d.Span = place(comp, at, d.Span)
		d.Message = string(comp.Kind) + " " + comp.Name + ": " + d.Message
		c.Problems = append(c.Problems, d)
	}
}

// place turns a place in a formula into one in the file it stands in. Lines
// are those of the file; columns of a formula's first line count from the tag
// before it.
func place(comp *metadata.Component, at *metadata.Node, in diag.Span) diag.Span {
	out := comp.Span
	out.EndLine, out.EndColumn = 0, 0
	if at == nil || at.Line == 0 {
		return out
	}
	out.Line, out.Column = at.Line, at.Column
	if in.Line > 1 {
		out.Line, out.Column = at.Line+in.Line-1, in.Column
	} else if in.Line == 1 {
		out.Column = at.Column + len("<"+at.Name+">") + in.Column - 1
	}
	return out
}

func (c *checker) object(comp *metadata.Component) *schema.Object {
	return c.s.ObjectIn(c.pkg.Namespace, comp.Parent())
}

func (c *checker) formula(comp *metadata.Component, at *metadata.Node, ctx formula.Context, returns schema.FieldType) {
	if at == nil || at.Text == "" {
		return
	}
	if e, diags := formula.Parse(comp.Span.File, at.Text); e == nil {
		c.note(comp, at, false, diags)
		return
	}
	o := c.object(comp)
	if o == nil && foreignName.MatchString(comp.Parent()) {
		c.Formulas++
		c.Foreign++
		return
	}
	p, diags := c.c.Compile(o, c.pkg.Namespace, at.Text, ctx, formula.Options{Returns: returns, File: comp.Span.File})
	c.note(comp, at, p != nil, diags)
}

// constantDefaults are the types of field whose default value is no formula.
var constantDefaults = map[string]bool{"Picklist": true, "MultiselectPicklist": true, "Checkbox": true}

func (c *checker) field(comp *metadata.Component) {
	returns, o := schema.AnyType, c.object(comp)
	var f *schema.Field
	if o != nil {
		if f = o.FieldIn(c.pkg.Namespace, comp.BaseName()); f != nil {
			returns = f.Type
		}
	}
	c.formula(comp, comp.Props.Child("formula"), formula.FieldFormula, returns)
	if !constantDefaults[comp.Props.Get("type")] {
		c.formula(comp, comp.Props.Child("defaultValue"), formula.Default, returns)
	}
	if f == nil {
		return
	}
	if f.Summary != nil {
		c.items(comp, c.s.Object(f.Summary.Child), comp.Props.All("summaryFilterItems"), "")
	}
	if lf := comp.Props.Child("lookupFilter"); lf != nil && len(f.ReferenceTo) == 1 {
		if target := c.s.Object(f.ReferenceTo[0]); target != nil && lf.Child("filterItems") != nil {
			p, diags := c.c.LookupFilter(o, target, c.pkg.Namespace, itemsOf(lf.All("filterItems")), lf.Get("booleanFilter"))
			c.note(comp, lf, p != nil, diags)
		}
	}
}

func (c *checker) items(comp *metadata.Component, o *schema.Object, nodes []*metadata.Node, logic string) {
	if len(nodes) == 0 || o == nil {
		return
	}
	p, diags := c.c.Criteria(o, c.pkg.Namespace, itemsOf(nodes), logic)
	c.note(comp, nodes[0], p != nil, diags)
}

func itemsOf(nodes []*metadata.Node) []formula.Item {
	out := make([]formula.Item, len(nodes))
	for i, n := range nodes {
		out[i] = formula.Item{Field: n.Get("field"), Operation: n.Get("operation"), Value: n.Get("value"), ValueField: n.Get("valueField")}
	}
	return out
}

// flow checks the formulas and conditions of a flow.
func (c *checker) flow(comp *metadata.Component) {
	f, diags := Parse(comp)
	if f != nil {
		_, more := f.Link(c.c, c.pkg.Namespace, nil)
		diags = append(diags, more...)
	}
	formulas := comp.Props.All("formulas")
	c.Formulas += max(len(formulas)-len(diags), 0)
	for i := range diags {
		at := comp.Props
		for _, n := range formulas {
			if strings.HasPrefix(diags[i].Message, "formula "+n.Get("name")+":") {
				at = n
			}
		}
		c.note(comp, at, false, diags[i:i+1])
	}
}
