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
	e.Object = w.query(q, nil, nil)
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
	if n := len(w.binds); n > 0 {
		if t := w.binds[0].X.Type(); t != String && t != Invalid && t != Null && t != ID && t != Object {
			w.errorf(x.Search.Term, "Invalid bind expression type of %s for column of type String", t.Name)
		}
	}
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
	outer   *schema.Field   // what the semi-join at hand is about
	join    *queryScope     // around a semi-join
	having  bool            // in HAVING, where aggregates stand
	or      bool            // below an OR
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

// query binds one SELECT; parent is the object around a sub-query of children,
// join what is around a semi-join.
func (w *queryBinder) query(q *query.Query, parent, join *queryScope) *schema.Object {
	s := queryScope{aliases: map[string]*schema.Object{}, fields: map[string]bool{}, join: join}
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
	w.shape(q, &s)
	if join != nil {
		w.joined(q, &s, join.outer)
	}
	s.having = true
	w.condition(&s, q.Having)
	s.having = false
	for i := range q.OrderBy {
		w.expr(&s, q.OrderBy[i].Expr)
	}
	w.count(q.Limit)
	w.count(q.Offset)
	return s.object
}

// grouping checks that what an aggregate query selects is grouped by or
// aggregated.
func (w *queryBinder) grouping(q *query.Query) {
	if !isAggregate(q) || isCount(q) {
		return
	}
	grouped, calls := map[string]bool{}, map[string]bool{}
	if q.GroupBy != nil {
		for _, x := range q.GroupBy.Items {
			switch x := x.(type) {
			case *query.Path:
				grouped[strings.ToLower(x.Parts[len(x.Parts)-1].Text)] = true
			case *query.Call:
				calls[x.Name.Key()] = true
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
		if c, ok := f.Expr.(*query.Call); ok && dateParts[c.Name.Key()] && !calls[c.Name.Key()] {
			w.errorf(c, "Field must be grouped or aggregated: %s", c.Name.Text)
		}
		if f.Alias != nil {
			grouped[f.Alias.Key()] = true
		}
	}
	for i := range q.OrderBy {
		if p, ok := q.OrderBy[i].Expr.(*query.Path); ok && !grouped[strings.ToLower(p.Parts[len(p.Parts)-1].Text)] {
			w.errorf(p, "Field must be grouped or aggregated: %s", p.String())
		}
	}
}

// dateParts are the functions of dates that a query may group by.
var dateParts = wordSet("calendar_month calendar_quarter calendar_year day_in_month day_in_week day_in_year day_only " +
	"fiscal_month fiscal_quarter fiscal_year hour_in_day week_in_month week_in_year")

func (w *queryBinder) from(s *queryScope, f *query.From, first bool, parent *queryScope) {
	parts := f.Path.Parts
	switch {
	case !first:
		o, known := s.aliases[parts[0].Key()]
		path := parts
		if known {
			path = parts[1:]
		} else {
			o = s.object
		}
		if o != nil {
			if r := w.walk(o, path); r != nil {
				s.alias(f, r)
			}
		}
		if !known && s.object != nil && s.object.RelationshipIn(w.b.ns, parts[0].Text) == nil && s.object.ChildIn(w.b.ns, parts[0].Text) == nil {
			w.errorf(parts[0], "Didn't understand relationship '%s' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.", parts[0].Text)
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

// alias names what a path of FROM leads to: by its alias, and for later paths by
// its last part.
func (s *queryScope) alias(f *query.From, o *schema.Object) {
	last := f.Path.Parts[len(f.Path.Parts)-1].Key()
	if _, known := s.aliases[last]; !known {
		s.aliases[last] = o
	}
	if f.Alias != nil {
		s.aliases[f.Alias.Key()] = o
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
			w.query(item.Query, s, nil)
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

// count binds LIMIT and OFFSET, which take whole numbers.
func (w *queryBinder) count(x query.Operand) {
	w.operand(x)
	if d, ok := x.(*query.Bind); ok && d != nil && len(w.binds) > 0 && w.binds[len(w.binds)-1].Node == d {
		switch t := w.binds[len(w.binds)-1].X.Type(); t.Kind {
		case KindInvalid, KindNull, KindInteger, KindLong, KindObject:
		default:
			w.errorf(d, "Invalid bind expression type of %s for column of type Integer", t.Name)
		}
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
		w.aggregated(s, x)
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
		or := s.or
		s.or = true
		for _, t := range c.Terms {
			w.condition(s, t)
		}
		s.or = or
	case *query.Not:
		w.condition(s, c.Term)
	case *query.Compare:
		w.expr(s, c.Left)
		w.expr(s, c.Right)
		w.compared(s, c)
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
		w.member(s, c)
		if c.Query != nil {
			if s.or {
				w.errorf(c.Query, "Semi join sub-selects are not allowed with the 'OR' operator")
			}
			if o := w.query(c.Query, nil, s); o != nil && o == s.object {
				w.errorf(c.Query, "The inner and outer selects should not be on the same object type")
			}
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
	if len(parts)-1 > maxPath {
		w.errorf(p, "Field path follows more than %d relationships: %s", maxPath, p.String())
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
			if i == len(parts)-2 { // any of several objects: which one is known only at run time
				w.polymorphicField(f, parts[i+1])
			}
			return
		}
		if o = w.b.program.schema.Object(f.ReferenceTo[0]); o == nil {
			return
		}
	}
	last := parts[len(parts)-1]
	if o.FieldIn(w.b.ns, last.Text) == nil && !w.b.program.missing(last.Text, "") && !w.b.program.partial(o, "") {
		w.noColumn(last, o.Name)
	}
}

// distance finds a compound field used as a step of a path.
func (w *queryBinder) distance(o *schema.Object, name query.Ident) *schema.Field {
	if f := o.FieldIn(w.b.ns, name.Text); f != nil && f.Type.IsCompound() {
		return f
	}
	return nil
}
