package types

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// What the platform asks of a query besides that its names exist (SOQL and SOSL
// Reference, worded as the API words it).

// scopes are the words of USING SCOPE.
var scopes = wordSet("delegated everything mine mine_and_my_groups my_territory my_team_territory team scopingrule")

// accessModes are the words of WITH that stand alone.
var accessModes = wordSet("security_enforced user_mode system_mode data recordvisibilitycontext")

// maxPath is how many relationships a field path may follow upwards.
const maxPath = 5

// shape checks what a query says of itself.
func (w *queryBinder) shape(q *query.Query, s *queryScope) {
	aggregate := isAggregate(q)
	w.selected(q, aggregate)
	if q.Scope != nil && !scopes[q.Scope.Key()] {
		w.errorf(*q.Scope, "Invalid scope: %s", q.Scope.Text)
	}
	if q.With != nil && q.With.Mode.Text != "" && !accessModes[q.With.Mode.Key()] {
		w.errorf(q.With.Mode, "Invalid WITH clause: %s", q.With.Mode.Text)
	}
	if q.With != nil && q.With.Mode.Is("SECURITY_ENFORCED") && w.b.unit.APIVersion >= UserModeFrom {
		w.errorf(q.With.Mode, "WITH SECURITY_ENFORCED is not supported in API version %d.0 and later. Use WITH USER_MODE instead.", UserModeFrom)
		w.b.soft[len(w.b.soft)-1].Notes = []string{"that it does not compile is documented; with which words is not known"}
	}
	for _, f := range q.For {
		switch {
		case !f.Is("update"):
		case len(q.OrderBy) > 0:
			w.errorf(f, "ORDER BY is not allowed with FOR UPDATE")
		case aggregate:
			w.errorf(f, "FOR UPDATE is not allowed with aggregate expressions")
		}
	}
	if q.GroupBy != nil {
		for _, x := range q.GroupBy.Items {
			if f := w.column(s, x); f != nil && !f.Groupable && f.Type == schema.TextArea {
				w.errorf(x, "field '%s' can not be grouped in a query call", f.Name)
			}
		}
	}
	for i := range q.OrderBy {
		x := q.OrderBy[i].Expr
		if f := w.column(s, x); f != nil && !f.Sortable && (f.Type == schema.TextArea || f.Type == schema.MultiPicklist) {
			w.errorf(x, "field '%s' can not be sorted in a query call", f.Name)
		}
	}
}

// selected checks the list of what is selected: nothing twice, and other names
// for aggregates alone.
func (w *queryBinder) selected(q *query.Query, aggregate bool) {
	seen, aliases := map[string]bool{}, map[string]bool{}
	for _, item := range q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			continue
		}
		p, plain := f.Expr.(*query.Path)
		if plain {
			key := strings.ToLower(p.String())
			if seen[key] && !aggregate {
				w.errorf(f, "duplicate field selected: %s", p.String())
			}
			seen[key] = true
		}
		if c, ok := f.Expr.(*query.Call); ok && c.Name.Is("FIELDS") {
			w.fieldsOf(q, c)
		}
		if c, ok := f.Expr.(*query.Call); ok && dateParts[c.Name.Key()] && !aggregate {
			w.errorf(c, "Field must be grouped or aggregated: %s", c.Name.Text)
		}
		if f.Alias == nil {
			continue
		}
		if plain && !aggregate {
			w.errorf(*f.Alias, "only aggregate expressions use field aliasing")
		}
		if aliases[f.Alias.Key()] {
			w.errorf(*f.Alias, "duplicate alias: %s", f.Alias.Text)
		}
		aliases[f.Alias.Key()] = true
	}
}

// fieldsOf checks FIELDS(...): those without a bound are not for Apex.
func (w *queryBinder) fieldsOf(q *query.Query, c *query.Call) {
	if len(c.Args) != 1 {
		return
	}
	p, ok := c.Args[0].(*query.Path)
	switch {
	case !ok:
	case !strings.EqualFold(p.String(), "all") && !strings.EqualFold(p.String(), "custom") && !strings.EqualFold(p.String(), "standard"):
		w.errorf(p, "Invalid argument of FIELDS: %s", p.String())
	case !strings.EqualFold(p.String(), "standard") && q.Limit == nil:
		w.errorf(c, "The SOQL FIELDS function must have a LIMIT of at most 200")
	}
}

// aggregated checks what an aggregate is of.
func (w *queryBinder) aggregated(s *queryScope, c *query.Call) {
	key := c.Name.Key()
	if len(c.Args) != 1 || key != "sum" && key != "avg" && key != "min" && key != "max" {
		return
	}
	f := w.column(s, c.Args[0])
	if f == nil {
		return
	}
	ok := true
	switch key {
	case "sum", "avg":
		ok = f.Type.IsNumber()
	default:
		ok = f.Type != schema.Boolean && f.Type != schema.TextArea && f.Type != schema.MultiPicklist && f.Type != schema.Base64
	}
	if !ok {
		w.errorf(c, "field %s does not support aggregate operator %s", f.Name, strings.ToUpper(c.Name.Text))
	}
}

// compared checks the operator of a filter against its column.
func (w *queryBinder) compared(s *queryScope, c *query.Compare) {
	if call, ok := c.Left.(*query.Call); ok {
		if aggregates[call.Name.Key()] && !s.having {
			w.errorf(call, "Aggregate functions are not allowed in WHERE: %s", call.Name.Text)
		}
		return
	}
	f := w.column(s, c.Left)
	if f == nil {
		return
	}
	ordered := c.Op == query.Less || c.Op == query.LessEqual || c.Op == query.Greater || c.Op == query.GreaterEqual
	switch {
	case !f.Filterable && f.Type == schema.TextArea && f.Length > 255:
		w.errorf(c.Left, "field '%s' can not be filtered in a query call", f.Name)
	case ordered && f.Type == schema.Boolean, c.Op == query.Like && !f.Type.IsText():
		w.errorf(c, "invalid operator on %s field", f.Type)
	}
}

// member checks IN, INCLUDES and what stands around a semi-join.
func (w *queryBinder) member(s *queryScope, c *query.In) {
	f := w.column(s, c.Left)
	if (c.Op == query.Includes || c.Op == query.Excludes) && f != nil && f.Type != schema.MultiPicklist {
		w.errorf(c, "invalid operator on %s field", f.Type)
	}
	q := c.Query
	if q == nil {
		return
	}
	s.outer = f
	if f != nil && !f.Type.IsID() {
		w.errorf(c.Left, "The left operand field in the where expression for outer query should be an id or reference field, cannot use: '%s'", f.Name)
	}
	if s.join != nil {
		w.errorf(q, "Nesting of semi join sub-selects is not supported")
	}
	if len(q.Select) != 1 {
		w.errorf(q, "Semi join sub-selects must select exactly one field")
	}
}

// joined checks what the sub-select of a semi-join selects: ids of the object
// that the outer column has ids of.
func (w *queryBinder) joined(q *query.Query, inner *queryScope, outer *schema.Field) {
	if len(q.Select) != 1 {
		return
	}
	x, ok := q.Select[0].(*query.Field)
	if !ok {
		return
	}
	f := w.column(inner, x.Expr)
	switch {
	case f == nil:
	case !f.Type.IsID():
		w.errorf(x, "The selected field '%s' in the inner select should be an id or reference field", f.Name)
	case outer != nil && outer.Type.IsID() && !meet(pointsAt(f), pointsAt(outer)):
		w.errorf(x, "The selected field '%s' in the subquery and the left operand field in the where expression in the outer query '%s' should point to the same object type", f.Name, outer.Name)
	}
}

// pointsAt are the objects whose ids a field holds.
func pointsAt(f *schema.Field) []string {
	if f.Type == schema.ID {
		return []string{f.Object.Name}
	}
	return f.ReferenceTo
}

func meet(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// polymorphicField checks the last step of a path through a lookup to several
// objects: the field must be one of theirs, or of Name, which stands for them.
func (w *queryBinder) polymorphicField(f *schema.Field, last query.Ident) {
	p := w.b.program
	if name := p.schema.Object("Name"); name == nil || name.FieldIn(w.b.ns, last.Text) != nil || name.RelationshipIn(w.b.ns, last.Text) != nil {
		return
	}
	for _, target := range f.ReferenceTo {
		o := p.schema.Object(target)
		if o == nil || o.FieldIn(w.b.ns, last.Text) != nil || p.partial(o, "") {
			return
		}
	}
	if !p.missing(last.Text, "") {
		w.noColumn(last, "Name")
	}
}

func (w *queryBinder) noColumn(name query.Ident, entity string) {
	w.errorf(name, "No such column '%s' on entity '%s'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.", name.Text, entity)
}
