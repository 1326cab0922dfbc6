package soql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// subquery is a child relationship of the SELECT list: a plan of its own that
// also reads the lookup to the parent.
type subquery struct {
	name  string
	plan  *Plan
	field *schema.Field
}

// typeOf is a TYPEOF of the SELECT list: a plan per type, by id.
type typeOf struct {
	field  *schema.Field
	column int
	plans  map[string]*Plan // by key prefix
}

func (b *builder) selectField(f *query.Field) error {
	switch e := f.Expr.(type) {
	case *query.Path:
		op, err := b.path(e)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(op.node.out, func(o output) bool { return o.field == op.field && o.asked && !o.label && !o.format }) {
			return &Error{Range: e.Range, Code: "MALFORMED_QUERY", Message: "duplicate field selected: " + e.String()}
		}
		return b.output(op, output{asked: true})
	case *query.Call:
		return b.selectCall(f, e)
	default:
		return &Error{Range: f.Range, Code: "MALFORMED_QUERY", Message: "unexpected token in the SELECT list"}
	}
}

// output selects a field, and with one of a parent the lookups that lead there:
// code may read contact.AccountId after SELECT Account.Name, although nobody
// asked for it (from experience; packages' tests rely on it). A compound field
// stands for its parts.
func (b *builder) output(op operand, o output) error {
	n, f := op.node, op.field
	for up := n; up != nil; up = up.parent {
		b.id(up)
		if p := up.parent; p != nil && p.polyTop == nil && (up.via.Type == schema.Reference || up.definition) {
			lookup := operand{sql: b.columnSQL(p, up.via), col: store.ColumnOf(up.via), field: up.via, node: p}
			p.out = appendOutput(p.out, output{field: up.via, column: b.read(lookup)})
		}
	}
	o.field, o.column = f, -1
	switch {
	case f.Type.IsCompound():
		for _, part := range n.object.Fields {
			if part.Compound == f.Name && part.IsStored() {
				pop, err := b.fieldOf(n, query.Ident{Text: part.Name})
				if err != nil {
					return err
				}
				n.out = appendOutput(n.out, output{field: part, column: b.read(pop)})
			}
		}
		return nil
	case op.formula:
		b.whole(n)
	default:
		o.column = b.read(op)
	}
	n.out = appendOutput(n.out, o)
	return nil
}

func appendOutput(out []output, o output) []output {
	for i := range out {
		if out[i].field == o.field {
			if o.label || o.format {
				out[i] = o
			}
			out[i].asked = out[i].asked || o.asked
			return out
		}
	}
	return append(out, o)
}

func (b *builder) selectCall(f *query.Field, c *query.Call) error {
	name := c.Name.Key()
	switch name {
	case "fields":
		return b.selectFields(c)
	case "tolabel", "format", "convertcurrency":
		if len(c.Args) != 1 {
			return &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unexpected number of arguments for " + c.Name.Text}
		}
		if inner, ok := c.Args[0].(*query.Call); ok {
			return b.selectCall(f, inner)
		}
		path, ok := c.Args[0].(*query.Path)
		if !ok {
			return &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unexpected argument for " + c.Name.Text}
		}
		op, err := b.path(path)
		if err != nil {
			return err
		}
		if name == "format" {
			b.note("FORMAT", "numbers and dates are given as in the United States, amounts without their currency")
		}
		if f.Alias != nil {
			return b.alias(f.Alias.Text, op, name)
		}
		return b.output(op, output{label: name == "tolabel", format: name == "format"})
	case "distance":
		op, err := b.distance(c)
		if err != nil {
			return err
		}
		alias := fmt.Sprintf("expr%d", len(b.v.aliased))
		if f.Alias != nil {
			alias = f.Alias.Text
		}
		return b.alias(alias, op, name)
	case "geolocation", "grouping":
		return &Unsupported{Range: c.Range, Name: strings.ToUpper(name)}
	default:
		return &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unknown function '" + c.Name.Text + "'"}
	}
}

// selectFields expands FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM).
func (b *builder) selectFields(c *query.Call) error {
	which := ""
	if len(c.Args) == 1 {
		if p, ok := c.Args[0].(*query.Path); ok {
			which = strings.ToLower(p.String())
		}
	}
	if which != "standard" && !b.bounded() {
		return &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "The SOQL FIELDS function must have a LIMIT of at most 200"}
	}
	for _, f := range b.root.object.Fields {
		switch {
		case which == "standard" && f.Custom, which == "custom" && !f.Custom, f.Compound != "" && f.Custom:
			continue
		}
		op, err := b.fieldOf(b.root, query.Ident{Range: c.Range, Text: f.Name})
		if err != nil {
			return err
		}
		if err := b.output(op, output{}); err != nil {
			return err
		}
	}
	return nil
}

// mostFields is how many rows a query may read whose fields are not named
// (SOQL reference, FIELDS()).
const mostFields = 200

// bounded reports whether a LIMIT or a filter by ids keeps a query of all
// fields small.
func (b *builder) bounded() bool {
	switch l := b.q.Limit.(type) {
	case *query.Literal:
		d, err := value.ParseDec(l.Text)
		n, ok := d.Int64()
		return err == nil && ok && n <= mostFields
	case *query.Bind:
		return true // its value is not known yet
	}
	for _, c := range conjuncts(b.q.Where) {
		var left query.Operand
		switch c := c.(type) {
		case *query.Compare:
			left = c.Left
		case *query.In:
			left = c.Left
		}
		if p, ok := left.(*query.Path); ok && len(p.Parts) == 1 && p.Parts[0].Is("Id") {
			return true
		}
	}
	return false
}

// subQuery compiles (SELECT ... FROM Children).
func (b *builder) subQuery(s *query.SubQuery) error {
	from := s.Query.From[0]
	parts := from.Path.Parts
	name := parts[len(parts)-1]
	rel := b.root.object.ChildIn(b.plan.ns, name.Text)
	var child *schema.Object
	if rel != nil {
		child = b.plan.schema.Object(rel.Child)
	}
	if child == nil || child.Field(rel.Field) == nil || child.IDField() == nil {
		return &Error{Range: name.Range, Code: "INVALID_TYPE",
			Message: "Didn't understand relationship '" + name.Text + "' in FROM part of query call." + customRelationshipHint}
	}
	p := &Plan{schema: b.plan.schema, ns: b.plan.ns, query: s.Query, binds: collectBinds(s.Query), Object: child, formulas: b.plan.formulas}
	sub := newBuilder(p, make([]shape, len(p.binds)))
	v, err := sub.buildChild(child, rel.Field)
	if err != nil {
		return err
	}
	p.targets = sub.targetsSeen
	p.first, p.Kind, p.Notes, p.Fields = v, sub.kind, sub.notes, sub.mentioned
	for _, n := range sub.notes {
		b.note(n.Name, n.Text)
	}
	for _, f := range sub.mentioned {
		b.mention(f)
	}
	if sub.kind != Rows {
		return &Error{Range: s.Range, Code: "MALFORMED_QUERY", Message: "only root queries support aggregate expressions"}
	}
	b.v.subs = append(b.v.subs, &subquery{name: rel.Name, plan: p, field: child.Field(rel.Field)})
	return nil
}

// buildChild builds a sub-query: its rows are those whose lookup is in a list
// of ids given at run time, and the lookup is read too.
func (b *builder) buildChild(child *schema.Object, lookup string) (*variant, error) {
	b.v = &variant{parent: -1}
	if err := b.setRoot(child); err != nil {
		return nil, err
	}
	if err := b.classify(); err != nil || b.kind != Rows {
		return b.v, err
	}
	f := child.Field(lookup)
	op := operand{sql: b.columnSQL(b.root, f), col: store.ColumnOf(f), field: f, node: b.root}
	if !f.IsStored() {
		return nil, &Unsupported{Range: b.q.Range, Name: "sub-query over " + child.Name + "." + f.Name}
	}
	b.v.parent, b.v.lookup = b.read(op), lookup
	b.parentSQL = op.sql
	b.indexes = append(b.indexes, f)
	if err := b.rows(); err != nil {
		return nil, err
	}
	// Child rows bring the lookup at their parent along, asked for or not (from
	// experience; packages' tests rely on it).
	b.root.out = appendOutput(b.root.out, output{field: f, column: b.v.parent})
	return b.finish(), nil
}

// typeOf compiles TYPEOF: a plan by id per named type.
func (b *builder) typeOf(t *query.TypeOf) error {
	n, last, err := b.walk(t.Path)
	if err != nil {
		return err
	}
	f := n.object.RelationshipIn(b.plan.ns, last.Text)
	if n != b.root || f == nil || !f.IsPolymorphic() {
		return &Error{Range: t.Path.Range, Code: "INVALID_FIELD", Message: "Didn't understand relationship '" + last.Text + "' in field path." + customRelationshipHint}
	}
	op := operand{sql: b.columnSQL(n, f), col: store.ColumnOf(f), field: f, node: n}
	out := &typeOf{field: f, column: b.read(op), plans: map[string]*Plan{}}
	targets := b.targets(f)
	for _, w := range t.Whens {
		o := b.plan.schema.ObjectIn(b.plan.ns, w.Type.Text)
		if o == nil || !slices.Contains(targets, o) {
			return &Error{Range: w.Type.Range, Code: "INVALID_FIELD", Message: "sObject type '" + w.Type.Text + "' is not supported." + customObjectHint}
		}
		if out.plans[o.KeyPrefix], err = b.typePlan(o, w.Fields); err != nil {
			return err
		}
	}
	if len(t.Else) > 0 {
		for _, o := range targets {
			if out.plans[o.KeyPrefix] == nil && o.KeyPrefix != "" && o.Queryable {
				// A type that lacks a field of ELSE gives those it has.
				if p, err := b.typePlan(o, known(o, b.plan.ns, t.Else)); err == nil {
					out.plans[o.KeyPrefix] = p
				}
			}
		}
	}
	b.v.types = append(b.v.types, out)
	return nil
}

func known(o *schema.Object, ns string, paths []*query.Path) []*query.Path {
	var out []*query.Path
	for _, p := range paths {
		if len(p.Parts) > 1 || o.FieldIn(ns, p.Parts[0].Text) != nil {
			out = append(out, p)
		}
	}
	return out
}

// typePlan is a plan that reads fields of rows of an object by id.
func (b *builder) typePlan(o *schema.Object, fields []*query.Path) (*Plan, error) {
	q := &query.Query{From: []query.From{{Path: &query.Path{Parts: []query.Ident{{Text: o.Name}}}}}, AllRows: true}
	for _, f := range fields {
		q.Select = append(q.Select, &query.Field{Range: f.Range, Expr: f})
	}
	p := &Plan{schema: b.plan.schema, ns: b.plan.ns, query: q, Object: o, formulas: b.plan.formulas}
	sub := newBuilder(p, nil)
	v, err := sub.buildChild(o, "Id")
	if err != nil {
		return nil, err
	}
	p.first, p.targets = v, sub.targetsSeen
	for _, f := range sub.mentioned {
		b.mention(f)
	}
	return p, nil
}
