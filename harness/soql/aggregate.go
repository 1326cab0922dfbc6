package soql

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

var aggregateNames = map[string]bool{"count": true, "count_distinct": true, "sum": true, "avg": true, "min": true, "max": true}

func isAggregate(c *query.Call) bool { return aggregateNames[c.Name.Key()] }

// groupColumn is one column of an aggregate row and how it is read.
type groupColumn struct {
	column int
	col    store.Column
	read   func(r store.Row, at int) value.Value // nil: as the column says
}

// group is one item of GROUP BY.
type group struct {
	op    operand
	key   string // how it is written, folded
	field *schema.Field
}

// aggregate builds a query with aggregates.
func (b *builder) aggregate() error {
	formula, err := b.needsRows()
	if err != nil {
		return err
	}
	if formula || b.subtotals() {
		return b.aggregateRows(formula)
	}
	groups, err := b.groupBy()
	if err != nil {
		return err
	}
	if err := b.aggregateList(groups); err != nil {
		return err
	}
	where, err := b.where()
	if err != nil {
		return err
	}
	if b.post {
		return &Unsupported{Range: b.q.Range, Name: "filter on a formula field in a query with aggregates"}
	}
	having := ""
	if b.q.Having != nil {
		b.having = map[string]string{}
		for i, g := range groups {
			if g.op.col.Kind == store.Text {
				b.having[g.op.sql] = b.columns[i].sql
			}
		}
		having, err = b.condition(b.q.Having)
		b.having = nil
		if err != nil {
			return err
		}
	}
	order, err := b.orderBy()
	if err != nil {
		return err
	}
	if b.v.limit, err = b.count(b.q.Limit); err != nil {
		return err
	}
	if b.v.offset, err = b.count(b.q.Offset); err != nil {
		return err
	}
	if b.kind == Count && where == "" {
		where = "TRUE"
	}
	b.v.sql = b.groupSQL(groups, where, having, order) + b.d.Limit(b.param(limitArg), b.param(offsetArg))
	return nil
}

func (b *builder) groupSQL(groups []group, where, having, order string) string {
	s := b.selected(where)
	keys := make([]string, len(groups))
	for i, g := range groups {
		keys[i] = b.groupKey(g.op)
	}
	if len(keys) > 0 {
		s.WriteString(" GROUP BY " + strings.Join(keys, ","))
	}
	if having != "" {
		s.WriteString(" HAVING " + having)
	}
	if len(keys) > 0 {
		s.WriteString(" ORDER BY " + order + "min(" + b.root.alias + ".rowid)")
	}
	return s.String()
}

func (b *builder) groupKey(op operand) string {
	if op.col.Kind == store.Text {
		return b.d.Fold(op.sql)
	}
	return op.sql
}

// groupBy resolves GROUP BY. Each item is read as a column of its own, first
// in the list.
func (b *builder) groupBy() ([]group, error) {
	if b.q.GroupBy == nil {
		return nil, nil
	}
	var out []group
	for _, item := range b.q.GroupBy.Items {
		op, err := b.grouped(item)
		if err != nil {
			return nil, err
		}
		op = b.computed(op)
		if op.formula {
			return nil, &Unsupported{Range: item.At(), Name: "GROUP BY a formula field"}
		}
		if err := groupable(op, item); err != nil {
			return nil, err
		}
		sql := op.sql
		if op.col.Kind == store.Text {
			sql = "min(" + b.d.Letters(sql) + ")" // one spelling of the group, always the same
		}
		b.add(column{sql, op.col})
		out = append(out, group{op: op, key: operandKey(item), field: op.field})
	}
	if len(out) > 8 {
		return nil, &Error{Range: b.q.GroupBy.Range, Code: "MALFORMED_QUERY", Message: "too many fields in GROUP BY"}
	}
	return out, nil
}

// grouped resolves an item of GROUP BY: a field, though an aggregate of it is
// called like it.
func (b *builder) grouped(item query.Operand) (operand, error) {
	if p, ok := item.(*query.Path); ok {
		if op, err := b.path(p); err == nil {
			return op, nil
		}
	}
	return b.operand(item)
}

// groupable refuses fields that rows can not be grouped by.
func groupable(op operand, item query.Operand) error {
	if f := op.field; f != nil && !f.Groupable && (f.IsLongText() || f.Type == schema.MultiPicklist || f.Type.IsDecimal() || f.Type == schema.Datetime) {
		return &Error{Range: item.At(), Code: "MALFORMED_QUERY", Message: "field '" + f.Name + "' can not be grouped in a query call"}
	}
	return nil
}

func operandKey(o query.Operand) string {
	switch o := o.(type) {
	case *query.Path:
		return strings.ToLower(o.String())
	case *query.Call:
		args := make([]string, len(o.Args))
		for i, a := range o.Args {
			args[i] = operandKey(a)
		}
		return o.Name.Key() + "(" + strings.Join(args, ",") + ")"
	default:
		return ""
	}
}

// aggregateList resolves the SELECT list. Columns without an alias are named
// after their field, functions expr0, expr1 ...
func (b *builder) aggregateList(groups []group) error {
	unnamed := 0
	for _, item := range b.q.Select {
		f, ok := item.(*query.Field)
		if !ok {
			return &Error{Range: item.At(), Code: "MALFORMED_QUERY", Message: "Grouped query cannot use child relationships in the SELECT list"}
		}
		name := ""
		if f.Alias != nil {
			name = f.Alias.Text
		}
		at := slices.IndexFunc(groups, func(g group) bool { return g.key == operandKey(f.Expr) })
		var gc groupColumn
		switch e := f.Expr.(type) {
		case *query.Path:
			op, err := b.path(e)
			if err != nil {
				return err
			}
			if at < 0 {
				at = slices.IndexFunc(groups, func(g group) bool { return g.field == op.field && g.op.node == op.node })
			}
			if at < 0 {
				return &Error{Range: e.Range, Code: "MALFORMED_QUERY", Message: "Field must be grouped or aggregated: " + e.Parts[len(e.Parts)-1].Text}
			}
			gc = groupColumn{column: at, col: groups[at].op.col}
			if name == "" {
				name = op.field.Name
			}
		case *query.Call:
			var err error
			if gc, err = b.aggregateColumn(e, groups, at); err != nil {
				return err
			}
			if name == "" {
				name = fmt.Sprintf("expr%d", unnamed)
				unnamed++
			}
		}
		b.v.groups = append(b.v.groups, gc)
		b.v.names = append(b.v.names, name)
	}
	return nil
}

func (b *builder) aggregateColumn(c *query.Call, groups []group, at int) (groupColumn, error) {
	if at >= 0 {
		return groupColumn{column: at, col: groups[at].op.col}, nil
	}
	if !isAggregate(c) {
		return groupColumn{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "Field must be grouped or aggregated: " + c.Name.Text}
	}
	op, err := b.aggregateCall(c)
	if err != nil {
		return groupColumn{}, err
	}
	switch c.Name.Key() {
	case "sum":
		return b.sum(op)
	case "avg":
		return groupColumn{column: b.add(column{op.sql, op.col}), read: func(r store.Row, at int) value.Value {
			if r.Null(at) {
				return value.Value{}
			}
			return value.OfDouble(r.Float64(at))
		}}, nil
	default:
		return groupColumn{column: b.add(column{op.sql, op.col}), col: op.col}, nil
	}
}

// sum adds whole numbers of 64 bits exactly: high and low halves apart, so
// that no sum overflows.
func (b *builder) sum(op operand) (groupColumn, error) {
	inner := op.inner
	high := b.add(column{"sum(" + inner + " >> 32)", op.col})
	b.add(column{"sum(" + inner + " & 4294967295)", op.col})
	scale := op.col.Scale
	return groupColumn{column: high, read: func(r store.Row, at int) value.Value {
		if r.Null(at) {
			return value.Value{}
		}
		n := big.NewInt(r.Int64(at))
		n.Lsh(n, 32).Add(n, big.NewInt(r.Int64(at+1)))
		return value.OfDecimal(value.NewDecBig(n, scale))
	}}, nil
}

// aggregated resolves what stands in an aggregate: a field, even where an alias
// has the same name (MAX(Name) name).
func (b *builder) aggregated(o query.Operand) (operand, error) {
	if p, ok := o.(*query.Path); ok {
		return b.path(p)
	}
	return b.operand(o)
}

// aggregateCall resolves an aggregate to SQL that also stands in HAVING and
// ORDER BY.
func (b *builder) aggregateCall(c *query.Call) (operand, error) {
	name := c.Name.Key()
	whole := store.Column{Kind: store.Whole, Type: schema.Int}
	if name == "count" && len(c.Args) == 0 {
		return operand{sql: "count(*)", col: whole, aggregate: true}, nil
	}
	if len(c.Args) != 1 {
		return operand{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unexpected number of arguments for " + c.Name.Text}
	}
	op, err := b.aggregated(c.Args[0])
	if err != nil {
		return operand{}, err
	}
	op = b.computed(op)
	if op.formula {
		return operand{}, &Unsupported{Range: c.Range, Name: strings.ToUpper(name) + " of a formula field"}
	}
	number := op.col.Type.IsNumber()
	if f := op.field; f != nil && (name == "sum" || name == "avg") && !number || op.col.Type == schema.Boolean && name != "count" {
		return operand{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "field " + f.Name + " does not support aggregate operator " + strings.ToUpper(name)}
	}
	out := operand{col: op.col, field: op.field, node: op.node, aggregate: true, inner: op.sql}
	switch name {
	case "count":
		out.sql, out.col = "count("+op.sql+")", whole
	case "count_distinct":
		out.sql, out.col = "count(DISTINCT "+b.groupKey(op)+")", whole
	case "sum":
		out.sql = b.d.Total(op.sql)
	case "avg":
		out.sql = fmt.Sprintf("(%s / 1%s.0)", b.d.Average(op.sql), strings.Repeat("0", int(op.col.Scale)))
		out.col = store.Column{Kind: approximate, Type: schema.Double}
	default:
		out.sql = name + "(" + op.sql + ")"
		if op.col.Kind == store.Text {
			out.sql = b.d.Extreme(name, op.sql)
		}
	}
	return out, nil
}

// aliased resolves an alias of the SELECT list, which ORDER BY may use.
func (b *builder) aliased(name query.Ident) (operand, bool) {
	for _, item := range b.q.Select {
		if f, ok := item.(*query.Field); ok && f.Alias != nil && f.Alias.Is(name.Text) {
			if b.resolving[f] {
				return operand{}, false
			}
			if b.resolving == nil {
				b.resolving = map[*query.Field]bool{}
			}
			b.resolving[f] = true
			op, err := b.operand(f.Expr)
			delete(b.resolving, f)
			return op, err == nil
		}
	}
	return operand{}, false
}
