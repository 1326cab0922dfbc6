package soql

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// dateFunction is how a date function is computed: a part of the date, and
// what is done to it.
type dateFunction struct {
	part   store.DatePart
	format string
}

// dateFunctions are SOQL's date functions. Fiscal years are the calendar's;
// DAY_ONLY, which is no part, has a format of the seconds themselves.
var dateFunctions = map[string]dateFunction{
	"calendar_year":    {store.Year, "%s"},
	"calendar_month":   {store.Month, "%s"},
	"calendar_quarter": {store.Month, "(%s + 2) / 3"},
	"fiscal_year":      {store.Year, "%s"},
	"fiscal_month":     {store.Month, "%s"},
	"fiscal_quarter":   {store.Month, "(%s + 2) / 3"},
	"day_in_month":     {store.Day, "%s"},
	"day_in_week":      {store.Weekday, "%s + 1"},
	"day_in_year":      {store.Yearday, "%s"},
	"hour_in_day":      {store.Hour, "%s"},
	"week_in_month":    {store.Day, "(%s + 6) / 7"},
	"week_in_year":     {store.Yearday, "(%s + 6) / 7"},
	"day_only":         {format: "CAST(floor(%s / 86400.0) AS INTEGER)"},
}

// function resolves a date function, which may stand in WHERE, GROUP BY,
// HAVING, ORDER BY and, when grouped, in SELECT.
func (b *builder) function(c *query.Call) (operand, error) {
	name := c.Name.Key()
	fn, ok := dateFunctions[name]
	switch {
	case name == "distance":
		return b.distance(c)
	case name == "geolocation":
		return operand{}, &Unsupported{Range: c.Range, Name: strings.ToUpper(name)}
	case name == "tolabel" && len(c.Args) == 1:
		if path, isPath := c.Args[0].(*query.Path); isPath {
			b.note("toLabel in a condition", "the value is compared, not its label")
			return b.path(path)
		}
		fallthrough
	case !ok || len(c.Args) != 1:
		return operand{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unknown function '" + c.Name.Text + "'"}
	}
	inner, zone := c.Args[0], "'UTC'"
	if call, isCall := inner.(*query.Call); isCall && call.Name.Is("convertTimezone") && len(call.Args) == 1 {
		inner = call.Args[0]
		zone = b.param(zoneArg)
	}
	path, ok := inner.(*query.Path)
	if !ok {
		return operand{}, &Error{Range: c.Range, Code: "MALFORMED_QUERY", Message: "unexpected argument for " + c.Name.Text}
	}
	op, err := b.path(path)
	if err != nil {
		return operand{}, err
	}
	op = b.computed(op)
	if op.formula {
		return operand{}, &Unsupported{Range: c.Range, Name: c.Name.Text + " of a formula field"}
	}
	seconds := "(" + op.sql + " * 86400)"
	switch op.col.Type {
	case schema.Date:
	case schema.Datetime:
		seconds = "(sf_local(" + op.sql + ", " + zone + ") / 1000)"
	default:
		return operand{}, &Error{Range: path.Range, Code: "INVALID_FIELD", Message: "field " + op.field.Name + " does not support function " + c.Name.Text}
	}
	if name != "day_only" {
		seconds = b.d.DatePart(fn.part, seconds)
	}
	out := operand{sql: "(" + fmt.Sprintf(fn.format, seconds) + ")", col: store.Column{Kind: store.Whole, Type: schema.Int}, node: op.node}
	if name == "day_only" {
		out.col.Type = schema.Date
	}
	return out, nil
}

func zoneArg(r *run) (value.Value, error) {
	if r.env.Zone == nil {
		return value.OfText("UTC"), nil
	}
	return value.OfText(r.env.Zone.String()), nil
}

func limitArg(r *run) (value.Value, error) { return value.OfLong(r.limit), nil }

func offsetArg(r *run) (value.Value, error) { return value.OfLong(r.offset), nil }

func parentsArg(r *run) (value.Value, error) { return r.parents, nil }

func allRowsArg(r *run) (value.Value, error) { return value.OfBool(r.env.AllRows), nil }

func userArg(r *run) (value.Value, error) { return value.OfText(r.env.UserID), nil }
