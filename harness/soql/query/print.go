package query

import (
	"fmt"
	"strconv"
	"strings"
)

// String prints the query as SOQL that parses to the same tree.
func (q *Query) String() string {
	w := writer{}
	w.query(q)
	return w.String()
}

// String prints the search as SOSL that parses to the same tree.
func (s *Search) String() string {
	w := writer{}
	w.search(s)
	return w.String()
}

// String prints the bind with its colon. An expression of a program that can
// not print itself stands as the word bind.
func (b *Bind) String() string {
	w := writer{}
	w.operand(b)
	return w.String()
}

// Numbered prints the query with its binds as variables that are numbered from
// 1, as the platform shows a query written in code.
func (q *Query) Numbered(variable string) string {
	w := writer{variable: variable}
	w.query(q)
	return w.String()
}

// Format prints any condition, operand or select item as it would stand in a
// query.
func Format(n Node) string {
	w := writer{}
	switch n := n.(type) {
	case *Query:
		w.query(n)
	case *Search:
		w.search(n)
	case Condition:
		w.condition(n, true)
	case Operand:
		w.operand(n)
	case SelectItem:
		w.item(n)
	}
	return w.String()
}

type writer struct {
	strings.Builder
	variable string // what binds are called, "" for as they are
	binds    int
}

func (w *writer) words(parts ...string) {
	for _, s := range parts {
		w.WriteString(s)
	}
}

func (w *writer) query(q *Query) {
	w.WriteString("SELECT ")
	for i, it := range q.Select {
		w.comma(i)
		w.item(it)
	}
	w.WriteString(" FROM ")
	for i, f := range q.From {
		w.comma(i)
		w.WriteString(f.Path.String())
		w.alias(f.Alias)
	}
	if q.Scope != nil {
		w.words(" USING SCOPE ", q.Scope.Text)
	}
	if q.Where != nil {
		w.WriteString(" WHERE ")
		w.condition(q.Where, true)
	}
	if q.With != nil {
		w.with(q.With)
	}
	if q.GroupBy != nil {
		w.groupBy(q.GroupBy)
	}
	if q.Having != nil {
		w.WriteString(" HAVING ")
		w.condition(q.Having, true)
	}
	w.orderBy(q.OrderBy)
	w.clause(" LIMIT ", q.Limit)
	w.clause(" OFFSET ", q.Offset)
	if q.AllRows {
		w.WriteString(" ALL ROWS")
	}
	for _, f := range q.For {
		w.words(" FOR ", f.Text)
	}
	w.update(q.Update)
}

func (w *writer) update(names []Ident) {
	if len(names) > 0 {
		w.WriteString(" UPDATE ")
		w.names(names)
	}
}

func (w *writer) names(names []Ident) {
	for i, n := range names {
		w.comma(i)
		w.WriteString(n.Text)
	}
}

func (w *writer) comma(i int) {
	if i > 0 {
		w.WriteString(", ")
	}
}

func (w *writer) alias(n *Ident) {
	if n != nil {
		w.words(" ", n.Text)
	}
}

func (w *writer) clause(word string, x Operand) {
	if x != nil {
		w.WriteString(word)
		w.operand(x)
	}
}

func (w *writer) item(it SelectItem) {
	switch n := it.(type) {
	case *Field:
		w.operand(n.Expr)
		w.alias(n.Alias)
	case *SubQuery:
		w.WriteByte('(')
		w.query(n.Query)
		w.WriteByte(')')
		w.alias(n.Alias)
	case *TypeOf:
		w.words("TYPEOF ", n.Path.String())
		for _, when := range n.Whens {
			w.words(" WHEN ", when.Type.Text, " THEN ")
			w.paths(when.Fields)
		}
		if len(n.Else) > 0 {
			w.WriteString(" ELSE ")
			w.paths(n.Else)
		}
		w.WriteString(" END")
	}
}

func (w *writer) paths(list []*Path) {
	for i, p := range list {
		w.comma(i)
		w.WriteString(p.String())
	}
}

func (w *writer) operands(list []Operand) {
	for i, x := range list {
		w.comma(i)
		w.operand(x)
	}
}

func (w *writer) operand(x Operand) {
	switch n := x.(type) {
	case *Path:
		w.WriteString(n.String())
	case *Call:
		w.words(n.Name.Text, "(")
		w.operands(n.Args)
		w.WriteByte(')')
	case *Literal:
		w.literal(n)
	case *Bind:
		w.WriteByte(':')
		if w.variable != "" {
			w.binds++
			w.words(w.variable, strconv.Itoa(w.binds))
			return
		}
		switch e := n.Expr.(type) {
		case fmt.Stringer:
			w.WriteString(e.String())
		default:
			w.WriteString("bind")
		}
	}
}

func (w *writer) literal(n *Literal) {
	switch {
	case n.Kind == DateRangeLiteral && n.N > 0:
		w.words(n.Text, ":", strconv.FormatInt(n.N, 10))
	case n.Raw != "":
		w.WriteString(n.Raw)
	default:
		w.WriteString(n.Text)
	}
}

// condition prints a condition; below the top, groups get their parentheses.
func (w *writer) condition(c Condition, top bool) {
	switch n := c.(type) {
	case *And:
		w.group(n.Terms, " AND ", top)
	case *Or:
		w.group(n.Terms, " OR ", top)
	case *Not:
		if !top {
			w.WriteByte('(')
		}
		w.WriteString("NOT ")
		w.condition(n.Term, false)
		if !top {
			w.WriteByte(')')
		}
	case *Compare:
		w.operand(n.Left)
		w.words(" ", n.Op.String(), " ")
		w.operand(n.Right)
	case *In:
		w.operand(n.Left)
		w.words(" ", n.Op.String(), " ")
		w.set(n)
	}
}

func (w *writer) set(n *In) {
	if n.Bind != nil {
		w.operand(n.Bind)
		return
	}
	w.WriteByte('(')
	if n.Query != nil {
		w.query(n.Query)
	} else {
		w.operands(n.Values)
	}
	w.WriteByte(')')
}

func (w *writer) group(terms []Condition, joint string, top bool) {
	if !top {
		w.WriteByte('(')
	}
	for i, t := range terms {
		if i > 0 {
			w.WriteString(joint)
		}
		w.condition(t, false)
	}
	if !top {
		w.WriteByte(')')
	}
}

func (w *writer) with(n *With) {
	w.WriteString(" WITH ")
	switch {
	case len(n.Categories) > 0:
		w.categories(n.Categories)
	case n.Filter != nil:
		w.condition(n.Filter, true)
	default:
		w.WriteString(n.Mode.Text)
		w.params(n.Params)
	}
}

func (w *writer) params(list []*Compare) {
	if len(list) == 0 {
		return
	}
	w.WriteString(" (")
	for i, c := range list {
		w.comma(i)
		w.condition(c, true)
	}
	w.WriteByte(')')
}

func (w *writer) categories(list []DataCategory) {
	w.WriteString("DATA CATEGORY ")
	for i, c := range list {
		if i > 0 {
			w.WriteString(" AND ")
		}
		w.words(c.Group.Text, " ", c.Selector.Text, " (")
		w.names(c.Categories)
		w.WriteByte(')')
	}
}

func (w *writer) groupBy(g *GroupBy) {
	w.WriteString(" GROUP BY ")
	if g.Kind.Text != "" {
		w.words(g.Kind.Text, "(")
	}
	w.operands(g.Items)
	if g.Kind.Text != "" {
		w.WriteByte(')')
	}
}

func (w *writer) orderBy(list []Order) {
	for i, o := range list {
		if i == 0 {
			w.WriteString(" ORDER BY ")
		}
		w.comma(i)
		w.operand(o.Expr)
		if o.Descending {
			w.WriteString(" DESC")
		}
		switch o.Nulls {
		case NullsFirst:
			w.WriteString(" NULLS FIRST")
		case NullsLast:
			w.WriteString(" NULLS LAST")
		}
	}
}

func (w *writer) search(s *Search) {
	w.WriteString("FIND ")
	w.operand(s.Term)
	if s.Group.Text != "" {
		w.words(" IN ", s.Group.Text, " FIELDS")
	}
	for i, r := range s.Returning {
		if i == 0 {
			w.WriteString(" RETURNING ")
		}
		w.comma(i)
		w.returning(&r)
	}
	for _, with := range s.With {
		w.searchWith(&with)
	}
	w.clause(" LIMIT ", s.Limit)
	w.update(s.Update)
}

func (w *writer) returning(r *Returning) {
	w.WriteString(r.Object.Text)
	if len(r.Fields) == 0 {
		return
	}
	w.WriteByte('(')
	for i, f := range r.Fields {
		w.comma(i)
		w.item(f)
	}
	if r.ListView != nil {
		w.words(" USING ListView = ", r.ListView.Text)
	}
	if r.Where != nil {
		w.WriteString(" WHERE ")
		w.condition(r.Where, true)
	}
	w.orderBy(r.OrderBy)
	w.clause(" LIMIT ", r.Limit)
	w.clause(" OFFSET ", r.Offset)
	w.WriteByte(')')
}

func (w *writer) searchWith(n *SearchWith) {
	w.WriteString(" WITH ")
	if len(n.Categories) > 0 {
		w.categories(n.Categories)
		return
	}
	w.WriteString(n.Name.String())
	switch n.Op {
	case "=":
		w.WriteString(" = ")
		w.operands(n.Values)
	case "IN":
		w.WriteString(" IN (")
		w.operands(n.Values)
		w.WriteByte(')')
	}
	w.params(n.Params)
}
