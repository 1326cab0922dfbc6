package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// soql binds a SOQL literal: its binds, its result type, and, as errors of a
// full check only, its names.
func (b *binder) soql(x *syntax.SOQL) Expr {
	q := x.Query
	e := &Query{Node: Node{Invalid, x.Pos}, Tree: q}
	if q == nil || len(q.From) == 0 {
		return e
	}
	w := queryBinder{b: b}
	e.Object = w.query(q, nil)
	e.Binds = w.binds
	switch {
	case isCount(q):
		e.Mode, e.T = QueryCount, Integer
	case isAggregate(q):
		e.T = ListOf(AggregateResult)
	case e.Object != nil:
		e.T = ListOf(b.program.SObjectType(e.Object))
	}
	return e
}

// isCount reports whether a query is SELECT COUNT().
func isCount(q *query.Query) bool {
	if len(q.Select) != 1 {
		return false
	}
	f, ok := q.Select[0].(*query.Field)
	if !ok || f.Alias != nil {
		return false
	}
	c, ok := f.Expr.(*query.Call)
	return ok && c.Name.Is("count") && len(c.Args) == 0
}

var aggregates = map[string]bool{"count": true, "count_distinct": true, "sum": true, "avg": true, "min": true, "max": true}

func isAggregate(q *query.Query) bool {
	if q.GroupBy != nil {
		return true
	}
	for _, s := range q.Select {
		if f, ok := s.(*query.Field); ok {
			if c, ok := f.Expr.(*query.Call); ok && aggregates[c.Name.Key()] {
				return true
			}
		}
	}
	return false
}

// sosl binds a SOSL literal; its type is List<List<SObject>>.
func (b *binder) sosl(x *syntax.SOSL) Expr {
	e := &Search{Node: Node{ListOf(ListOf(SObject)), x.Pos}, Tree: x.Search}
	if x.Search == nil {
		return e
	}
	w := queryBinder{b: b}
	w.operand(x.Search.Term)
	for i := range x.Search.Returning {
		r := &x.Search.Returning[i]
		s := queryScope{object: w.object(r.Object)}
		w.selectItems(&s, r.Fields)
		w.condition(&s, r.Where)
		for j := range r.OrderBy {
			w.expr(&s, r.OrderBy[j].Expr)
		}
		w.operand(r.Limit)
		w.operand(r.Offset)
	}
	for i := range x.Search.With {
		for _, v := range x.Search.With[i].Values {
			w.operand(v)
		}
	}
	w.operand(x.Search.Limit)
	e.Binds = w.binds
	return e
}

// queryBinder walks a query: it binds the expressions in it and checks names.
type queryBinder struct {
	b     *binder
	binds []Bind
}

// queryScope is what names in one SELECT mean.
type queryScope struct {
	object  *schema.Object // nil when it is not known: then nothing is checked
	aliases map[string]*schema.Object
	fields  map[string]bool // aliases of selected expressions
}

func (w *queryBinder) errorf(n query.Node, format string, args ...any) {
	w.b.soft = append(w.b.soft, diag.Errorf(w.b.unit.Span(n), CodeInvalidQuery, format, args...))
}

func (w *queryBinder) object(name query.Ident) *schema.Object {
	p := w.b.program
	o := p.object(w.b.ns, name.Text)
	if o == nil {
		o = p.outline(name.Text, w.b.unit.Span(name).String())
	}
	if o == nil && !p.missing(name.Text, w.b.unit.Span(name).String()) && p.schema != nil {
		w.errorf(name, "sObject type '%s' is not supported.", name.Text)
	}
	return o
}

// query binds one SELECT; parent is the object around a sub-query of children.
func (w *queryBinder) query(q *query.Query, parent *queryScope) *schema.Object {
	s := queryScope{aliases: map[string]*schema.Object{}, fields: map[string]bool{}}
	for i := range q.From {
		w.from(&s, &q.From[i], i == 0, parent)
	}
	for _, item := range q.Select {
		if f, ok := item.(*query.Field); ok && f.Alias != nil {
			s.fields[f.Alias.Key()] = true
		}
	}
	w.selectItems(&s, q.Select)
	w.condition(&s, q.Where)
	if q.With != nil {
		w.condition(&s, q.With.Filter)
	}
	if q.GroupBy != nil {
		for _, x := range q.GroupBy.Items {
			w.expr(&s, x)
		}
	}
	w.grouping(q)
	w.condition(&s, q.Having)
	for i := range q.OrderBy {
		w.expr(&s, q.OrderBy[i].Expr)
	}
	w.operand(q.Limit)
	w.operand(q.Offset)
	return s.object
}

// grouping checks that what an aggregate query selects is grouped by or
// aggregated.
func (w *queryBinder) grouping(q *query.Query) {
	if !isAggregate(q) || isCount(q) {
		return
	}
	grouped := map[string]bool{}
	if q.GroupBy != nil {
		for _, x := range q.GroupBy.Items {
			if p, ok := x.(*query.Path); ok {
				grouped[strings.ToLower(p.Parts[len(p.Parts)-1].Text)] = true
			}
		}
	}
	for _, item := range q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			continue
		}
		if p, ok := f.Expr.(*query.Path); ok && !grouped[strings.ToLower(p.Parts[len(p.Parts)-1].Text)] {
			w.errorf(p, "Field must be grouped or aggregated: %s", p.String())
		}
	}
}

func (w *queryBinder) from(s *queryScope, f *query.From, first bool, parent *queryScope) {
	parts := f.Path.Parts
	switch {
	case !first:
		if o := s.aliases[parts[0].Key()]; o != nil {
			if r := w.walk(o, parts[1:]); r != nil && f.Alias != nil {
				s.aliases[f.Alias.Key()] = r
			}
		}
		return
	case parent != nil:
		s.object = w.children(parent, f)
	case len(parts) == 1:
		s.object = w.object(parts[0])
	case strings.EqualFold(parts[0].Text, "schema"):
		s.object = w.object(parts[1])
	default:
		s.object = w.object(parts[0])
	}
	s.aliases[parts[len(parts)-1].Key()] = s.object
	if s.object != nil {
		s.aliases[strings.ToLower(s.object.Name)] = s.object
	}
	if f.Alias != nil {
		s.aliases[f.Alias.Key()] = s.object
	}
}

func (w *queryBinder) children(parent *queryScope, f *query.From) *schema.Object {
	parts := f.Path.Parts
	if parent.object == nil {
		return nil
	}
	name := parts[len(parts)-1]
	c := parent.object.ChildIn(w.b.ns, name.Text)
	if c == nil {
		if !w.b.program.missing(name.Text, "") && !w.b.program.partial(parent.object, "") {
			w.errorf(f.Path, "Didn't understand relationship '%s' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.", name.Text)
		}
		return nil
	}
	return w.b.program.schema.Object(c.Child)
}

// walk follows parent relationships; nil when one is not known.
func (w *queryBinder) walk(o *schema.Object, parts []query.Ident) *schema.Object {
	for i := range parts {
		f := o.RelationshipIn(w.b.ns, parts[i].Text)
		if f == nil || len(f.ReferenceTo) != 1 {
			return nil
		}
		if o = w.b.program.schema.Object(f.ReferenceTo[0]); o == nil {
			return nil
		}
	}
	return o
}

func (w *queryBinder) selectItems(s *queryScope, list []query.SelectItem) {
	for _, item := range list {
		switch item := item.(type) {
		case *query.Field:
			w.expr(s, item.Expr)
		case *query.SubQuery:
			w.query(item.Query, s)
		case *query.TypeOf:
			w.typeOf(s, item)
		}
	}
}

func (w *queryBinder) typeOf(s *queryScope, t *query.TypeOf) {
	for i := range t.Whens {
		inner := queryScope{object: w.object(t.Whens[i].Type)}
		for _, f := range t.Whens[i].Fields {
			w.path(&inner, f)
		}
	}
}

// operand binds the binds of an operand that names no field.
func (w *queryBinder) operand(x query.Operand) {
	if d, ok := x.(*query.Bind); ok && d != nil {
		w.bind(d)
	}
}

func (w *queryBinder) bind(d *query.Bind) {
	if x := syntax.BindExpr(d); x != nil {
		w.binds = append(w.binds, Bind{d, w.b.expr(x)})
	}
}

func (w *queryBinder) expr(s *queryScope, x query.Operand) {
	switch x := x.(type) {
	case *query.Path:
		w.path(s, x)
	case *query.Call:
		if x.Name.Is("FIELDS") || x.Name.Is("GEOLOCATION") {
			return
		}
		for _, a := range x.Args {
			w.expr(s, a)
		}
	case *query.Bind:
		w.bind(x)
	}
}

func (w *queryBinder) condition(s *queryScope, c query.Condition) {
	switch c := c.(type) {
	case *query.And:
		for _, t := range c.Terms {
			w.condition(s, t)
		}
	case *query.Or:
		for _, t := range c.Terms {
			w.condition(s, t)
		}
	case *query.Not:
		w.condition(s, c.Term)
	case *query.Compare:
		w.expr(s, c.Left)
		w.expr(s, c.Right)
		w.filter(w.column(s, c.Left), c.Right)
	case *query.In:
		w.expr(s, c.Left)
		column := w.column(s, c.Left)
		for _, v := range c.Values {
			w.expr(s, v)
			w.filter(column, v)
		}
		if c.Bind != nil {
			w.bind(c.Bind)
			w.filterSet(column, c.Bind)
		}
		if c.Query != nil {
			w.query(c.Query, nil)
		}
	}
}

// path checks the names of a field path.
func (w *queryBinder) path(s *queryScope, p *query.Path) {
	o, parts := s.object, p.Parts
	if len(parts) == 1 && s.fields[parts[0].Key()] {
		return
	}
	if len(parts) > 1 {
		if a, ok := s.aliases[parts[0].Key()]; ok {
			o, parts = a, parts[1:]
		}
	}
	if o == nil {
		return
	}
	for i := range parts[:len(parts)-1] {
		f := o.RelationshipIn(w.b.ns, parts[i].Text)
		if f == nil {
			if f = w.distance(o, parts[i]); f == nil && !w.b.program.missing(parts[i].Text, "") && !w.b.program.partial(o, "") {
				w.errorf(parts[i], "Didn't understand relationship '%s' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.", parts[i].Text)
			}
			return
		}
		if len(f.ReferenceTo) != 1 {
			return // any of several objects: which one is known only at run time
		}
		if o = w.b.program.schema.Object(f.ReferenceTo[0]); o == nil {
			return
		}
	}
	last := parts[len(parts)-1]
	if o.FieldIn(w.b.ns, last.Text) == nil && !w.b.program.missing(last.Text, "") && !w.b.program.partial(o, "") {
		w.errorf(last, "No such column '%s' on entity '%s'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.", last.Text, o.Name)
	}
}

// distance finds a compound field used as a step of a path.
func (w *queryBinder) distance(o *schema.Object, name query.Ident) *schema.Field {
	if f := o.FieldIn(w.b.ns, name.Text); f != nil && f.Type.IsCompound() {
		return f
	}
	return nil
}
