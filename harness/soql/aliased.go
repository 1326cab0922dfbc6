package soql

import (
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// aliased is a function of the SELECT list that is given under a name of its
// own beside the fields of the row: FORMAT(Amount) shown.
type aliased struct {
	name     string
	function string // its name in lower case
	node     *node
	field    *schema.Field // nil for DISTANCE
	column   int           // -1 for a formula, computed after reading
}

// alias selects the result of a function under a name, in the row whose field
// it is of: toLabel(RecordType.Name) shown is shown of the RecordType.
func (b *builder) alias(name string, op operand, function string) error {
	a := aliased{name: name, function: function, node: op.node, field: op.field, column: -1}
	switch {
	case op.formula:
		b.whole(op.node)
	default:
		a.column = b.add(column{op.sql, op.col})
	}
	for up := op.node; up.parent != nil; up = up.parent {
		b.id(up)
	}
	op.node.named = true
	b.v.aliased = append(b.v.aliased, a)
	return nil
}

// nameResults puts the results of the functions into the records of one row.
func (r *run) nameResults(row store.Row, rec *schema.Record) error {
	for _, a := range r.v.aliased {
		var v value.Value
		var err error
		switch {
		case a.column < 0:
			v, err = r.formula(a.node, a.field, row)
		case row.Null(a.column):
		case r.v.columns[a.column].col.Kind == approximate:
			v = value.OfDouble(row.Float64(a.column))
		default:
			v = r.v.columns[a.column].col.Read(row, a.column)
		}
		if err != nil {
			return err
		}
		switch a.function {
		case "tolabel":
			v = labelOf(a.field, v)
		case "format":
			v = formatted(a.field, v, r.env.Zone)
		}
		to := recordOf(rec, a.node)
		if to == nil {
			continue // there is no such parent
		}
		named := to.Aliased()
		if named == nil {
			named = &schema.AggregateRow{}
			to.SetAliased(named)
		}
		named.Names, named.Values = append(named.Names, a.name), append(named.Values, v)
	}
	return nil
}

// recordOf is the record of a node in what was read for the root.
func recordOf(rec *schema.Record, n *node) *schema.Record {
	if n == nil || n.parent == nil || rec == nil {
		return rec
	}
	up := recordOf(rec, n.parent)
	if up == nil {
		return nil
	}
	p, _ := up.ParentOf(n.via)
	return p
}

// formatted is FORMAT: a number with separators, a date as it is written in
// the United States.
func formatted(f *schema.Field, v value.Value, zone *time.Location) value.Value {
	if zone == nil {
		zone = time.UTC
	}
	switch v.Kind() {
	case value.Null:
		return v
	case value.Date:
		y, m, d := value.YMD(v.Int64())
		return value.OfText(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Format("1/2/2006"))
	case value.Datetime:
		return value.OfText(time.UnixMilli(v.Int64()).In(zone).Format("1/2/2006, 3:04 PM"))
	case value.Int, value.Long, value.Double, value.Decimal:
		d, err := v.Decimal().SetScale(int32(f.Scale), value.HalfUp)
		if err != nil {
			return value.OfText(v.Plain())
		}
		return value.OfText(separated(value.OfDecimal(d).Plain()))
	default:
		return value.OfText(v.Plain())
	}
}

// separated puts commas between the thousands of a decimal number.
func separated(s string) string {
	whole, rest, dotted := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dotted {
		whole += "." + rest
	}
	return sign + whole
}
