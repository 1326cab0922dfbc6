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

// condition writes a condition. SOQL's logic has two values: a comparison with
// a null field is false, and NOT makes it true.
func (b *builder) condition(c query.Condition) (string, error) {
	switch c := c.(type) {
	case *query.And:
		return b.terms(c.Terms, " AND ")
	case *query.Or:
		return b.terms(gathered(c.Terms), " OR ")
	case *query.Not:
		sql, err := b.condition(c.Term)
		return "((" + sql + ") IS NOT TRUE)", err
	case *query.Compare:
		op, err := b.filterOperand(c.Left)
		if err != nil {
			return "", err
		}
		return b.compare(op, c.Op, c.Right)
	case *query.In:
		if left, ok := c.Left.(*query.Bind); ok {
			return b.membership(b.bound(left), c)
		}
		op, err := b.filterOperand(c.Left)
		if err != nil {
			return "", err
		}
		return b.membership(op, c)
	default:
		return "", &Error{Range: c.At(), Code: "MALFORMED_QUERY", Message: "unexpected condition"}
	}
}

func (b *builder) terms(list []query.Condition, with string) (string, error) {
	out := make([]string, len(list))
	for i, t := range list {
		sql, err := b.condition(t)
		if err != nil {
			return "", err
		}
		out[i] = sql
	}
	return "(" + joined(out, with) + ")", nil
}

// widest is how many terms stand side by side at most. A chain is as deep as
// it is long to a database, and SQLite takes expressions to a depth of 1,000
// (sqlite.org/limits.html, SQLITE_MAX_EXPR_DEPTH).
const widest = 100

// joined joins terms of AND or OR, many of them as a tree of groups. A group is
// closed to the planner, whose work grows with the square of the terms: SOQL's
// logic has two values, so IS TRUE changes none.
func joined(terms []string, with string) string {
	for len(terms) > widest {
		groups := make([]string, 0, len(terms)/widest+1)
		for part := range slices.Chunk(terms, widest) {
			groups = append(groups, "(("+strings.Join(part, with)+") IS TRUE)")
		}
		terms = groups
	}
	return strings.Join(terms, with)
}

// gathered makes one IN of the many terms of an OR that ask one field for
// different values, for which there may be an index.
func gathered(list []query.Condition) []query.Condition {
	if len(list) <= widest {
		return list
	}
	var out []query.Condition
	sets := map[string]*query.In{}
	for _, c := range list {
		if set, ok := c.(*query.Compare); ok && set.Op == query.Equal {
			path, named := set.Left.(*query.Path)
			l, constant := set.Right.(*query.Literal)
			if named && constant && l.Kind != query.DateRangeLiteral && l.Kind != query.NullLiteral {
				key := strings.ToLower(path.String())
				if in := sets[key]; in != nil {
					in.Values = append(in.Values, l)
					continue
				}
				sets[key] = &query.In{Range: set.Range, Left: path, Op: query.InSet, Values: []query.Operand{l}}
				out = append(out, sets[key])
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// bound is a bind on the left side of INCLUDES or EXCLUDES: it is read as the text
// of a multi-select picklist.
func (b *builder) bound(left *query.Bind) operand {
	i := slices.Index(b.plan.binds, left)
	p := b.param(func(r *run) (value.Value, error) {
		if v := r.binds[i].Values; len(v) > 0 {
			return v[0], nil
		}
		return value.Value{}, nil
	})
	return operand{sql: p, field: boundList, col: store.ColumnOf(boundList)}
}

var boundList = &schema.Field{Type: schema.MultiPicklist}

// operand resolves a path or a function.
func (b *builder) operand(o query.Operand) (operand, error) {
	switch o := o.(type) {
	case *query.Path:
		if b.kind == Aggregate && len(o.Parts) == 1 && !b.filtering {
			if op, ok := b.aliased(o.Parts[0]); ok {
				return op, nil
			}
		}
		return b.path(o)
	case *query.Call:
		if isAggregate(o) {
			return b.aggregateCall(o)
		}
		return b.function(o)
	default:
		return operand{}, &Error{Range: o.At(), Code: "MALFORMED_QUERY", Message: "unexpected token"}
	}
}

// filterOperand is operand for a place where not every field may stand.
func (b *builder) filterOperand(o query.Operand) (operand, error) {
	op, err := b.operand(o)
	if err != nil {
		return op, err
	}
	op = b.computed(op)
	if f := op.field; f != nil && !op.aggregate {
		if f.IsLongText() || f.Type == schema.EncryptedString || f.Type == schema.Base64 || f.Type.IsCompound() {
			return op, &Error{Range: o.At(), Code: "INVALID_FIELD", Message: "field '" + f.Name + "' can not be filtered in a query call"}
		}
		if sql, ok := b.having[op.sql]; ok {
			op.sql, op.expression = sql, true
		}
		if op.node == b.root && (f.Type.IsID() || f.Unique || f.ExternalID || f.NameField) && !slices.Contains(b.indexes, f) {
			b.indexes = append(b.indexes, f)
		}
	}
	return op, nil
}

// folds reports whether a comparison needs the folding of all letters: for
// texts with letters outside ASCII, and for expressions that are no column,
// which have no folding of their own.
func (op operand) folds(unicode bool) bool {
	return op.col.Kind == store.Text && (unicode || op.expression || op.node != nil && op.node.polyTop != nil)
}

// compare writes one comparison.
func (b *builder) compare(op operand, o query.Operator, right query.Operand) (string, error) {
	switch r := right.(type) {
	case *query.Literal:
		if r.Kind == query.DateRangeLiteral {
			return b.compareRange(op, o, r)
		}
		v, err := comparand(r, o, op)
		if err != nil {
			return "", err
		}
		if v.IsNull() {
			return b.compareNull(op, o), nil
		}
		if o == query.Like {
			v = value.OfText(likePattern(r))
		}
		return b.compareValue(op, o, isUnicode(v), func(*run) (value.Value, error) { return v, nil })
	case *query.Bind:
		i := slices.Index(b.plan.binds, r)
		s := b.shapes[i]
		if s&isList != 0 && o == query.Like {
			return fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE sf_like(j.value, %s))", b.d.Each(b.param(listArg(i, op)), "j"), op.sql), nil
		}
		if s&isList != 0 && (o == query.Equal || o == query.NotEqual) {
			return b.memberOfBind(op, i, o == query.NotEqual), nil
		}
		if s&hasNull != 0 && !isOrder(o) {
			return b.compareNull(op, o), nil
		}
		return b.compareValue(op, o, s&hasUnicode != 0, func(r *run) (value.Value, error) { return convertComparand(r.single(i), o, op) })
	default:
		return "", &Error{Range: right.At(), Code: "MALFORMED_QUERY", Message: "unexpected token on the right of " + o.String()}
	}
}

func isUnicode(v value.Value) bool {
	if v.Kind() != value.Text {
		return false
	}
	for i, s := 0, v.Text(); i < len(s); i++ {
		if s[i] >= 0x80 {
			return true
		}
	}
	return false
}

func (b *builder) compareNull(op operand, o query.Operator) string {
	switch o {
	case query.Equal, query.Like:
		return "(" + op.sql + " IS NULL)"
	case query.NotEqual:
		return "(" + op.sql + " IS NOT NULL)"
	default:
		return "FALSE"
	}
}

var sqlOperators = map[query.Operator]string{query.Equal: "=", query.NotEqual: "IS DISTINCT FROM", query.Less: "<",
	query.LessEqual: "<=", query.Greater: ">", query.GreaterEqual: ">="}

func (b *builder) compareValue(op operand, o query.Operator, unicode bool, v arg) (string, error) {
	p := b.param(func(r *run) (value.Value, error) {
		x, err := v(r)
		if err != nil {
			return x, err
		}
		return encode(op.col, o, x), nil
	})
	if o == query.Like {
		if unicode {
			return fmt.Sprintf("sf_like(%s, %s)", p, op.sql), nil
		}
		return b.d.Like(op.sql, p), nil
	}
	left := op.sql
	if op.folds(unicode) {
		left, p = b.d.Fold(left), b.d.Fold(p)
	}
	return fmt.Sprintf("(%s %s %s)", left, sqlOperators[o], p), nil
}

// compareRange compares with a range of days: = is inside it, < before its
// begin, > after its end.
func (b *builder) compareRange(op operand, o query.Operator, l *query.Literal) (string, error) {
	if t := op.col.Type; t != schema.Date && t != schema.Datetime {
		return "", typeMismatch(l, op)
	}
	if _, _, ok := dateRange(l.Text, l.N, 0); !ok {
		return "", &Error{Range: l.Range, Code: "MALFORMED_QUERY", Message: "unexpected token: '" + l.Text + "'"}
	}
	from := func(r *run) (value.Value, error) { v, _ := r.dateRange(l, op.col.Type); return v, nil }
	to := func(r *run) (value.Value, error) { _, v := r.dateRange(l, op.col.Type); return v, nil }
	switch o {
	case query.Equal:
		return fmt.Sprintf("(%s >= %s AND %s < %s)", op.sql, b.param(from), op.sql, b.param(to)), nil
	case query.NotEqual:
		return fmt.Sprintf("((%s >= %s AND %s < %s) IS NOT TRUE)", op.sql, b.param(from), op.sql, b.param(to)), nil
	case query.Less:
		return fmt.Sprintf("(%s < %s)", op.sql, b.param(from)), nil
	case query.LessEqual:
		return fmt.Sprintf("(%s < %s)", op.sql, b.param(to)), nil
	case query.Greater:
		return fmt.Sprintf("(%s >= %s)", op.sql, b.param(to)), nil
	case query.GreaterEqual:
		return fmt.Sprintf("(%s >= %s)", op.sql, b.param(from)), nil
	default:
		return "", &Error{Range: l.Range, Code: "MALFORMED_QUERY", Message: "invalid operator on a date"}
	}
}

// membership writes IN, NOT IN, INCLUDES and EXCLUDES.
func (b *builder) membership(op operand, c *query.In) (string, error) {
	sql, err := "", error(nil)
	switch {
	case c.Op == query.Includes || c.Op == query.Excludes:
		sql, err = b.includes(op, c)
	case c.Query != nil:
		sql, err = b.semiJoin(op, c.Query)
	case c.Bind != nil:
		return b.memberOfBind(op, slices.Index(b.plan.binds, c.Bind), c.Op == query.NotInSet), nil
	default:
		sql, err = b.inValues(op, c.Values)
	}
	if err != nil {
		return "", err
	}
	if c.Op == query.NotInSet || c.Op == query.Excludes {
		return "((" + sql + ") IS NOT TRUE)", nil
	}
	return "(" + sql + ")", nil
}

// memberOfBind tests for being one of a bound collection, as IN does and also =
// when a collection stands on its right ("where Id = :ids"). A null among the
// values is a value as others are.
func (b *builder) memberOfBind(op operand, i int, outside bool) string {
	s := b.shapes[i]
	sql := b.d.In(op.sql, b.param(listArg(i, op)), op.col.Kind, op.folds(s&hasUnicode != 0))
	if s&hasNull != 0 {
		sql += " OR " + op.sql + " IS NULL"
	}
	if outside {
		return "((" + sql + ") IS NOT TRUE)"
	}
	return "(" + sql + ")"
}

func (b *builder) inValues(op operand, values []query.Operand) (string, error) {
	if len(values) > 4 { // a long OR is slow to prepare; values alone make a set
		if sql, ok := b.inSet(op, values); ok {
			return sql, nil
		}
	}
	terms := make([]string, len(values))
	for i, v := range values {
		sql, err := b.compare(op, query.Equal, v)
		if err != nil {
			return "", err
		}
		terms[i] = sql
	}
	return joined(terms, " OR "), nil
}

func (b *builder) inSet(op operand, values []query.Operand) (string, bool) {
	var list []value.Value
	unicode := false
	for _, v := range values {
		l, ok := v.(*query.Literal)
		if !ok || l.Kind == query.DateRangeLiteral {
			return "", false
		}
		x, err := literal(l, op)
		if err != nil || x.IsNull() {
			return "", false
		}
		unicode = unicode || isUnicode(x)
		list = append(list, x)
	}
	p := b.param(func(*run) (value.Value, error) { return jsonList(list, op.col), nil })
	return b.d.In(op.sql, p, op.col.Kind, op.folds(unicode)), true
}

// includes tests a multi-select: one of the values, each of which may join
// several by semicolons that must all be there.
func (b *builder) includes(op operand, c *query.In) (string, error) {
	if op.field == nil || op.field.Type != schema.MultiPicklist {
		return "", &Error{Range: c.Range, Code: "INVALID_FIELD", Message: "includes or excludes operator only valid on multipicklist fields"}
	}
	test := func(get func(r *run) []value.Value) string {
		p := b.param(func(r *run) (value.Value, error) { return jsonList(get(r), store.Column{Kind: store.Text}), nil })
		return fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE sf_includes(%s, j.value))", b.d.Each(p, "j"), op.sql)
	}
	if c.Bind != nil {
		i := slices.Index(b.plan.binds, c.Bind)
		return test(func(r *run) []value.Value { return r.binds[i].Values }), nil
	}
	var list []value.Value
	var terms []string
	for _, v := range c.Values {
		switch v := v.(type) {
		case *query.Literal:
			x, err := literal(v, op)
			if err != nil {
				return "", err
			}
			list = append(list, x)
		case *query.Bind:
			i := slices.Index(b.plan.binds, v)
			terms = append(terms, test(func(r *run) []value.Value { return r.binds[i].Values }))
		}
	}
	if len(list) > 0 {
		terms = append(terms, test(func(*run) []value.Value { return list }))
	}
	return joined(terms, " OR "), nil
}

// semiJoin writes IN (SELECT ...).
func (b *builder) semiJoin(op operand, q *query.Query) (string, error) {
	sub := &builder{plan: b.plan, d: b.d, shapes: b.shapes, q: q, aliases: b.aliases, args: b.args, aliasPaths: map[string]*node{},
		has: b.has, inGo: b.inGo, v: &variant{parent: -1}, inner: true, sharing: b.sharing}
	if err := sub.object(); err != nil {
		return "", err
	}
	f, ok := q.Select[0].(*query.Field)
	if !ok || len(q.Select) != 1 {
		return "", &Error{Range: q.Range, Code: "MALFORMED_QUERY", Message: "Nesting of semi join sub-selects is not supported"}
	}
	inner, err := sub.operand(f.Expr)
	if err != nil {
		return "", err
	}
	if err := b.joinable(op, inner, q, f); err != nil {
		return "", err
	}
	where, err := sub.where()
	if err != nil {
		return "", err
	}
	inner = sub.computed(inner)
	b.v.pushed = b.v.pushed || sub.v.pushed
	if sub.post || inner.formula {
		return "", &Unsupported{Range: q.Range, Name: "formula field in a semi-join"}
	}
	for _, o := range sub.objects {
		b.touch(o)
	}
	for _, f := range sub.mentioned {
		b.mention(f)
	}
	b.shared = append(b.shared, sub.shared...)
	b.targetsSeen = append(b.targetsSeen, sub.targetsSeen...)
	sql := fmt.Sprintf("%s IN (SELECT %s FROM %s WHERE %s IS NOT NULL", op.sql, inner.sql, sub.from(), inner.sql)
	if where != "" {
		sql += " AND " + where
	}
	return sql + ")", nil
}

// joinable refuses the semi-joins that the platform does (SOQL reference,
// Comparison Operators): of fields that are no ids, over the object itself, and
// inside of another.
func (b *builder) joinable(outer, inner operand, q *query.Query, f *query.Field) error {
	if p, ok := f.Expr.(*query.Path); ok && inner.field != nil && outer.field != nil && inner.field.Type.IsID() != outer.field.Type.IsID() {
		return &Error{Range: p.Range, Code: "MALFORMED_QUERY", Message: "The selected field '" + p.String() +
			"' in the subquery and the left operand field in the where expression in the outer query '" + outer.field.Name +
			"' should point to the same object type"}
	}
	if inner.node != nil && inner.node.object == b.root.object {
		return &Error{Range: q.Range, Code: "MALFORMED_QUERY", Message: "The inner and outer selects should not be on the same object type"}
	}
	if b.inner {
		return &Error{Range: q.Range, Code: "MALFORMED_QUERY", Message: "Nesting of semi join sub-selects is not supported"}
	}
	return nil
}
