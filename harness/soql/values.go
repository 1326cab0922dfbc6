package soql

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// approximate is the kind of a floating-point expression; no column has it.
const approximate store.Kind = 0

// typeMismatch is the platform's text for a literal of the wrong kind.
func typeMismatch(l *query.Literal, op operand) error {
	name := "function"
	if op.field != nil {
		name = op.field.Name
	}
	quotes := "should not be enclosed in quotes"
	if op.col.Type.IsText() || op.col.Type.IsID() {
		quotes = "should be enclosed in quotes"
	}
	typ := op.col.Type.String()
	if op.col.Type == schema.Datetime {
		typ = "dateTime"
	}
	return &Error{Range: l.Range, Code: "INVALID_FIELD",
		Message: "value of filter criterion for field '" + name + "' must be of type " + typ + " and " + quotes}
}

// literal turns a literal into a value for the operand it is compared with.
func literal(l *query.Literal, op operand) (value.Value, error) {
	text := op.col.Kind == store.Text || op.col.Kind == store.TextCase
	switch l.Kind {
	case query.NullLiteral:
		return value.Value{}, nil
	case query.BooleanLiteral:
		if op.col.Kind == store.Flag {
			return value.OfBool(l.Bool), nil
		}
	case query.StringLiteral:
		if l.Text == "" && (text || op.col.Kind == store.Identifier) {
			return value.Value{}, nil
		}
		switch {
		case text:
			return value.OfText(l.Text), nil
		case op.col.Kind == store.Identifier:
			return identifier(l.Text)
		}
	case query.NumberLiteral:
		if number := op.col.Kind == store.Scaled || op.col.Kind == approximate || op.col.Kind == store.Whole && (op.col.Type == schema.Int || op.col.Type == schema.Long); number {
			d, err := value.ParseDec(l.Text)
			if err == nil {
				return value.OfDecimal(d), nil
			}
		}
	case query.CurrencyLiteral:
		if len(l.Text) > 3 && op.col.Type == schema.Currency {
			if d, err := value.ParseDec(l.Text[3:]); err == nil {
				return value.OfDecimal(d), nil
			}
		}
	case query.DateLiteral:
		if op.col.Type == schema.Date {
			d, err := value.ParseDate(l.Text)
			if err == nil {
				return value.OfDate(d), nil
			}
		}
	case query.DatetimeLiteral:
		if op.col.Type == schema.Datetime {
			ms, err := value.ParseDatetime(l.Text)
			if err == nil {
				return value.OfDatetime(ms), nil
			}
		}
	case query.TimeLiteral:
		if op.col.Type == schema.Time {
			ms, err := value.ParseTime(l.Text)
			if err == nil {
				return value.OfTime(ms), nil
			}
		}
	}
	return value.Value{}, typeMismatch(l, op)
}

// isOrder reports whether an operator asks for more or less.
func isOrder(o query.Operator) bool { return o >= query.Less && o <= query.GreaterEqual }

// comparand is a literal on the right of a comparison. An empty text is null,
// but something to be greater than: "Id > ”" is true of every row (from
// experience; code that reads a table in pages begins so).
func comparand(l *query.Literal, o query.Operator, op operand) (value.Value, error) {
	v, err := literal(l, op)
	if err == nil && v.IsNull() && l.Kind == query.StringLiteral && isOrder(o) {
		v = value.OfText("")
	}
	return v, err
}

// convertComparand does the same for a bind.
func convertComparand(v value.Value, o query.Operator, op operand) (value.Value, error) {
	text := op.col.Kind == store.Text || op.col.Kind == store.TextCase || op.col.Kind == store.Identifier
	switch {
	case v.IsNull():
		return v, nil
	case v.Kind() != value.Text || v.Text() != "":
		return convert(v, op)
	case text && isOrder(o):
		return v, nil
	}
	return value.Value{}, nil
}

// likePattern is the pattern of a literal after LIKE: escapes of wild cards and
// of the backslash stay for the matching, the others are resolved.
func likePattern(l *query.Literal) string {
	if len(l.Raw) < 2 || !strings.Contains(l.Raw, "\\") {
		return l.Text
	}
	raw := l.Raw[1 : len(l.Raw)-1]
	var out strings.Builder
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' || i+1 == len(raw) {
			out.WriteByte(c)
			continue
		}
		i++
		switch raw[i] {
		case '%', '_', '\\':
			out.WriteByte('\\')
			out.WriteByte(raw[i])
		case 'n', 'N':
			out.WriteByte('\n')
		case 'r', 'R':
			out.WriteByte('\r')
		case 't', 'T':
			out.WriteByte('\t')
		case 'b', 'B':
			out.WriteByte('\b')
		case 'f', 'F':
			out.WriteByte('\f')
		default:
			out.WriteByte(raw[i])
		}
	}
	return out.String()
}

// identifier reads an id that a filter compares with. Only one of another
// length or with other characters is refused: ids that no row can have, as
// tests make them up, match nothing; of eighteen characters the first fifteen
// are the id, whatever the last three say.
func identifier(s string) (value.Value, error) {
	id, err := value.NewID(s)
	if err != nil && len(s) == 18 {
		id, err = value.NewID(s[:15])
	}
	if err != nil {
		return value.Value{}, &Error{Code: "INVALID_QUERY_FILTER_OPERATOR", Message: "invalid ID field: " + s}
	}
	return value.OfID(id), nil
}

// convert turns the value of a bind into one for the operand. Values that do
// not fit are an error, as the platform's run-time check gives; a text that is
// no id matches nothing, though in the query itself it would be an error (the
// tests of public packages look up ids by whatever texts users may give).
func convert(v value.Value, op operand) (value.Value, error) {
	switch op.col.Kind {
	case store.Identifier:
		if v.Kind() == value.Text || v.Kind() == value.ID {
			if id, err := identifier(v.Text()); err == nil {
				return id, nil
			}
			return value.OfText(v.Text()), nil
		}
	case store.Text, store.TextCase:
		return value.OfText(v.Plain()), nil
	case store.Flag:
		if v.Kind() == value.Bool {
			return v, nil
		}
	case store.Scaled, approximate:
		switch v.Kind() {
		case value.Int, value.Long, value.Double, value.Decimal:
			return v, nil
		}
	case store.Whole:
		if moment, ok := convertMoment(v, op.col.Type); ok {
			return moment, nil
		}
	}
	name := "a function"
	if op.field != nil {
		name = op.field.Name
	}
	return value.Value{}, &Error{Code: "INVALID_FIELD", Message: "Invalid bind expression for column '" + name + "' of type " + op.col.Type.String() + ": " + v.String()}
}

func convertMoment(v value.Value, t schema.FieldType) (value.Value, bool) {
	switch k := v.Kind(); t {
	case schema.Date:
		if k == value.Datetime {
			days, _ := value.DaysOf(v.Int64(), nil)
			return value.OfDate(days), true
		}
		return v, k == value.Date
	case schema.Datetime:
		if k == value.Date {
			return value.OfDatetime(v.Int64() * value.MsPerDay), true
		}
		return v, k == value.Datetime
	case schema.Time:
		return v, k == value.Time
	default:
		return v, k == value.Int || k == value.Long || k == value.Double || k == value.Decimal
	}
}

// encode turns a value into the parameter that compares with a column as the
// operator asks. A number with more digits than the column lies between two of
// its values; the bound moves to the one that keeps the comparison's meaning.
func encode(c store.Column, o query.Operator, v value.Value) value.Value {
	scale := c.Scale
	switch {
	case v.IsNull():
		return v
	case c.Kind == approximate:
		return value.OfDouble(v.Float64())
	case c.Kind == store.Flag:
		return value.OfBool(v.Bool())
	case c.Kind == store.Whole && (c.Type == schema.Int || c.Type == schema.Long):
		scale = 0
	case c.Kind == store.Scaled:
	case c.Kind == store.Whole:
		return value.OfLong(v.Int64())
	default:
		return value.OfText(v.Text())
	}
	mode := value.Floor
	if o == query.Less || o == query.GreaterEqual {
		mode = value.Ceiling
	}
	d, err := v.Decimal().SetScale(scale, value.Unnecessary)
	if err != nil {
		if o == query.Equal || o == query.NotEqual {
			return value.OfLong(math.MinInt64) // equals nothing
		}
		d, _ = v.Decimal().SetScale(scale, mode)
	}
	n, ok := d.Unscaled64()
	switch {
	case !ok && d.Sign() < 0:
		n = math.MinInt64
	case !ok:
		n = math.MaxInt64
	}
	return value.OfLong(n)
}

// listArg is a bind's values as a JSON array, the one parameter of an IN.
func listArg(i int, op operand) arg {
	return func(r *run) (value.Value, error) {
		list := make([]value.Value, 0, len(r.binds[i].Values))
		for _, v := range r.binds[i].Values {
			if v.IsNull() || v.Text() == "" && v.Kind() == value.Text {
				continue
			}
			c, err := convert(v, op)
			if err != nil {
				return c, err
			}
			list = append(list, c)
		}
		return jsonList(list, op.col), nil
	}
}

func jsonList(list []value.Value, c store.Column) value.Value {
	out := make([]byte, 0, 24*len(list)+2)
	out = append(out, '[')
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		e := encode(c, query.Equal, v)
		switch e.Kind() {
		case value.Text:
			out = appendJSON(out, e.Text())
		case value.Bool:
			n := byte('0')
			if e.Bool() {
				n = '1'
			}
			out = append(out, n)
		default:
			out = strconv.AppendInt(out, e.Int64(), 10)
		}
	}
	return value.OfText(string(append(out, ']')))
}

func appendJSON(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			quoted, _ := json.Marshal(s)
			return append(out, quoted...)
		}
	}
	out = append(out, '"')
	out = append(out, s...)
	return append(out, '"')
}

// collectBinds lists the binds of a query in the order of its text, without
// those of sub-queries in the SELECT list, which are plans of their own.
func collectBinds(q *query.Query) []*query.Bind {
	var out []*query.Bind
	var operand func(o query.Operand)
	operand = func(o query.Operand) {
		switch o := o.(type) {
		case *query.Bind:
			out = append(out, o)
		case *query.Call:
			for _, a := range o.Args {
				operand(a)
			}
		}
	}
	var condition func(query.Condition)
	condition = func(c query.Condition) {
		switch c := c.(type) {
		case *query.And:
			for _, t := range c.Terms {
				condition(t)
			}
		case *query.Or:
			for _, t := range c.Terms {
				condition(t)
			}
		case *query.Not:
			condition(c.Term)
		case *query.Compare:
			operand(c.Left)
			operand(c.Right)
		case *query.In:
			operand(c.Left)
			for _, v := range c.Values {
				operand(v)
			}
			if c.Bind != nil {
				out = append(out, c.Bind)
			}
			if c.Query != nil {
				out = append(out, collectBinds(c.Query)...)
			}
		}
	}
	for _, item := range q.Select {
		if f, ok := item.(*query.Field); ok {
			operand(f.Expr)
		}
	}
	condition(q.Where)
	if q.With != nil {
		condition(q.With.Filter)
	}
	condition(q.Having)
	for _, o := range q.OrderBy {
		operand(o.Expr)
	}
	operand(q.Limit)
	operand(q.Offset)
	return out
}
