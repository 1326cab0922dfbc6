package soql

import (
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// filter is a condition applied to a row after reading, because it mentions a
// formula field.
type filter func(r *run, row store.Row) (bool, error)

// hasFormula reports whether a condition mentions a formula field. Errors are
// left to whoever compiles the condition.
func (b *builder) hasFormula(c query.Condition) (bool, error) {
	switch c := c.(type) {
	case *query.And:
		return b.anyFormula(c.Terms)
	case *query.Or:
		return b.anyFormula(c.Terms)
	case *query.Not:
		return b.hasFormula(c.Term)
	case *query.Compare:
		return b.isFormula(c.Left)
	case *query.In:
		return b.isFormula(c.Left)
	default:
		return false, nil
	}
}

func (b *builder) anyFormula(list []query.Condition) (bool, error) {
	for _, c := range list {
		if f, err := b.hasFormula(c); f || err != nil {
			return f, err
		}
	}
	return false, nil
}

func (b *builder) isFormula(o query.Operand) (bool, error) {
	p, ok := o.(*query.Path)
	if !ok {
		return false, nil
	}
	op, err := b.path(p)
	return op.formula && b.pushed(op) == nil, err
}

// filter compiles a condition to a function of a row.
func (b *builder) filter(c query.Condition) (filter, error) {
	switch c := c.(type) {
	case *query.And:
		return b.filterTerms(c.Terms, true)
	case *query.Or:
		return b.filterTerms(c.Terms, false)
	case *query.Not:
		f, err := b.filter(c.Term)
		return func(r *run, row store.Row) (bool, error) {
			ok, err := f(r, row)
			return !ok, err
		}, err
	case *query.Compare:
		return b.filterCompare(c.Left, c.Op, c.Right)
	case *query.In:
		return b.filterIn(c)
	default:
		return nil, &Error{Range: c.At(), Code: "MALFORMED_QUERY", Message: "unexpected condition"}
	}
}

// filterTerms is AND with stop false, OR with stop true.
func (b *builder) filterTerms(list []query.Condition, and bool) (filter, error) {
	terms := make([]filter, len(list))
	for i, c := range list {
		f, err := b.filter(c)
		if err != nil {
			return nil, err
		}
		terms[i] = f
	}
	return func(r *run, row store.Row) (bool, error) {
		for _, t := range terms {
			if ok, err := t(r, row); err != nil || ok != and {
				return ok, err
			}
		}
		return and, nil
	}, nil
}

// getter gives the value of an operand in a row.
type getter func(r *run, row store.Row) (value.Value, error)

func (b *builder) getter(o query.Operand) (operand, getter, error) {
	if b.grouping != nil {
		return b.groupingGetter(o)
	}
	op, err := b.filterOperand(o)
	if err != nil {
		return op, nil, err
	}
	if op.formula {
		b.whole(op.node)
		return op, func(r *run, row store.Row) (value.Value, error) { return r.formula(op.node, op.field, row) }, nil
	}
	at := b.add(column{op.sql, op.col})
	return op, func(r *run, row store.Row) (value.Value, error) { return op.col.Read(row, at), nil }, nil
}

func (b *builder) filterCompare(left query.Operand, o query.Operator, right query.Operand) (filter, error) {
	op, get, err := b.getter(left)
	if err != nil {
		return nil, err
	}
	if l, ok := right.(*query.Literal); ok && l.Kind == query.DateRangeLiteral {
		return func(r *run, row store.Row) (bool, error) {
			v, err := get(r, row)
			if err != nil || v.IsNull() {
				return o == query.NotEqual && err == nil, err
			}
			from, to := r.dateRange(l, op.col.Type)
			return inRange(o, v.Int64(), from.Int64(), to.Int64()), nil
		}, nil
	}
	want, err := b.right(op, o, right)
	if err != nil {
		return nil, err
	}
	if bind, ok := right.(*query.Bind); ok && (o == query.Equal || o == query.NotEqual) {
		if i := slices.Index(b.plan.binds, bind); b.shapes[i]&isList != 0 {
			return memberFilter(get, nil, i, op, o == query.NotEqual), nil
		}
	}
	if l, ok := right.(*query.Literal); ok && o == query.Like && l.Kind == query.StringLiteral && l.Text != "" {
		want = func(*run) (value.Value, error) { return value.OfText(likePattern(l)), nil }
	}
	return func(r *run, row store.Row) (bool, error) {
		v, err := get(r, row)
		if err != nil {
			return false, err
		}
		w, err := want(r)
		if err != nil {
			return false, err
		}
		return holds(o, v, w), nil
	}, nil
}

func inRange(o query.Operator, n, from, to int64) bool {
	switch o {
	case query.Equal:
		return n >= from && n < to
	case query.NotEqual:
		return n < from || n >= to
	case query.Less:
		return n < from
	case query.LessEqual:
		return n < to
	case query.Greater:
		return n >= to
	default:
		return n >= from
	}
}

// right gives the value on the right of a comparison.
func (b *builder) right(op operand, o query.Operator, right query.Operand) (arg, error) {
	switch r := right.(type) {
	case *query.Literal:
		v, err := comparand(r, o, op)
		return func(*run) (value.Value, error) { return v, nil }, err
	case *query.Bind:
		i := slices.Index(b.plan.binds, r)
		return func(r *run) (value.Value, error) {
			return convertComparand(r.single(i), o, op)
		}, nil
	default:
		return nil, &Error{Range: right.At(), Code: "MALFORMED_QUERY", Message: "unexpected token"}
	}
}

// holds is a comparison of SOQL between two values: an empty text is null, and
// null is equal to null and compares with nothing else.
func holds(o query.Operator, v, w value.Value) bool {
	if v.Kind() == value.Text && v.Text() == "" {
		v = value.Value{}
	}
	switch o {
	case query.Equal:
		return value.Equal(v, w)
	case query.NotEqual:
		return !value.Equal(v, w)
	}
	if v.IsNull() || w.IsNull() {
		return o == query.Like && v.IsNull() && w.IsNull()
	}
	switch c := value.Compare(v, w); o {
	case query.Less:
		return c < 0
	case query.LessEqual:
		return c <= 0
	case query.Greater:
		return c > 0
	case query.GreaterEqual:
		return c >= 0
	case query.Like:
		return store.Like(w.Text(), v.Plain())
	default:
		return false
	}
}

func (b *builder) filterIn(c *query.In) (filter, error) {
	op, get, err := b.getter(c.Left)
	if err != nil {
		return nil, err
	}
	if c.Query != nil {
		return nil, &Unsupported{Range: c.Range, Name: "semi-join beside a filter on a formula field"}
	}
	var wants []arg
	for _, v := range c.Values {
		w, err := b.right(op, query.Equal, v)
		if err != nil {
			return nil, err
		}
		wants = append(wants, w)
	}
	bind := -1
	if c.Bind != nil {
		bind = slices.Index(b.plan.binds, c.Bind)
	}
	if c.Op == query.Includes || c.Op == query.Excludes {
		return func(r *run, row store.Row) (bool, error) {
			v, err := get(r, row)
			if err != nil {
				return false, err
			}
			list, err := r.list(wants, bind, op)
			in := slices.ContainsFunc(list, func(w value.Value) bool { return store.Includes(v.Text(), w.Text()) })
			return in == (c.Op == query.Includes), err
		}, nil
	}
	return memberFilter(get, wants, bind, op, c.Op == query.NotInSet), nil
}

// memberFilter tests for being one of some values or of a bound collection.
func memberFilter(get getter, wants []arg, bind int, op operand, outside bool) filter {
	return func(r *run, row store.Row) (bool, error) {
		v, err := get(r, row)
		if err != nil {
			return false, err
		}
		list, err := r.list(wants, bind, op)
		in := slices.ContainsFunc(list, func(w value.Value) bool { return holds(query.Equal, v, w) })
		return in != outside, err
	}
}

func (r *run) list(wants []arg, bind int, op operand) ([]value.Value, error) {
	var out []value.Value
	if bind >= 0 {
		for _, v := range r.binds[bind].Values {
			switch {
			case v.IsNull():
			case v.Kind() == value.Text && v.Text() == "":
				v = value.Value{}
			default:
				c, err := convert(v, op)
				if err != nil {
					return nil, err
				}
				v = c
			}
			out = append(out, v)
		}
	}
	for _, w := range wants {
		v, err := w(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// matches applies the filters that SQL could not.
func (r *run) matches(row store.Row) (bool, error) {
	for _, f := range r.v.filters {
		if ok, err := f(r, row); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// sortRow is the values a row is ordered by.
type sortRow struct {
	keys []value.Value
	rec  *schema.Record
}

func (r *run) sortRow(row store.Row, rec *schema.Record) (sortRow, error) {
	out := sortRow{rec: rec}
	for _, k := range r.v.sort {
		v, err := value.Value{}, error(nil)
		if k.column >= 0 {
			v = k.op.col.Read(row, k.column)
		} else if v, err = r.formula(k.op.node, k.op.field, row); err != nil {
			return out, err
		}
		out.keys = append(out.keys, v)
	}
	return out, nil
}

// sorted orders rows by formulas. What was noted of the rows for TYPEOF goes
// along.
func (r *run) sorted(rows []*schema.Record, keys []sortRow) []*schema.Record {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return r.compareRows(keys[x], keys[y]) })
	out := make([]*schema.Record, len(rows))
	for i, at := range order {
		out[i] = rows[at]
	}
	for t, ids := range r.typed {
		moved := make([]string, len(ids))
		for i, at := range order {
			moved[i] = ids[at]
		}
		r.typed[t] = moved
	}
	return out
}

func (r *run) compareRows(a, b sortRow) int {
	for i, k := range r.v.sort {
		x, y := a.keys[i], b.keys[i]
		if x.IsNull() != y.IsNull() {
			if x.IsNull() == k.nullsLast {
				return 1
			}
			return -1
		}
		if c := value.Compare(x, y); c != 0 {
			if k.descending {
				return -c
			}
			return c
		}
	}
	return 0
}
