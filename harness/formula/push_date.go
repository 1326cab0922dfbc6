package formula

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// moments computes with dates, datetimes and times of day.
func (p *pusher) moments(op string, l, r part) (part, bool) {
	switch {
	case op == "-" && l.typ == r.typ:
		return p.difference(l, r)
	case op == "+" && l.typ == Number:
		return p.shift(r, l, "+")
	case (op == "+" || op == "-") && r.typ == Number:
		return p.shift(l, r, op)
	default:
		return part{}, false
	}
}

func (p *pusher) difference(l, r part) (part, bool) {
	x := part{typ: Number, sql: "(" + l.sql + " - " + r.sql + ")", fails: failing(l, r)}
	switch l.typ {
	case Date:
	case DateTime:
		x.den = fmt.Sprint(day)
	case Time:
		x.sql = fmt.Sprintf("((%s + %d) %% %d)", x.sql, day, day)
	default:
		return x, false
	}
	return x, true
}

// shift moves a date by whole days, a datetime by whole seconds. What leaves
// the calendar fails.
func (p *pusher) shift(t, by part, op string) (part, bool) {
	x := part{typ: t.typ, fails: failing(t, by)}
	least, most := firstDay, lastDay
	switch t.typ {
	case Date:
		num, den, ok := p.over(by, 0)
		if !ok {
			return x, false
		}
		if den != "" {
			num = "(" + num + " / " + nonZero(den) + ")"
		}
		x.sql = p.d.Exact("(" + t.sql + " " + op + " " + num + ")")
	case DateTime:
		if by.den != "" {
			return x, false
		}
		seconds, ok := p.round(part{typ: Number, scale: by.scale, sql: p.d.Exact(fmt.Sprintf("(%s * %d)", by.sql, day/1000))}, 0)
		if !ok {
			return x, false
		}
		x.sql = p.d.Exact(fmt.Sprintf("(%s %s %s * 1000)", t.sql, op, seconds.sql))
		least, most = least*day, most*day+day-1
	default:
		return x, false
	}
	x.fails = either(x.fails, fmt.Sprintf("(%s NOT BETWEEN %d AND %d)", x.sql, least, most))
	return x, true
}

func (p *pusher) datePart(e *Expr, which DatePart, format string) (part, bool) {
	x, ok := p.push(e.Args[0])
	if !ok || x.typ != Date {
		return x, false
	}
	return part{typ: Number, sql: fmt.Sprintf(format, p.d.Part(which, x.sql)), fails: x.fails}, true
}

// pushDateValue of a datetime is the day in the user's zone.
func pushDateValue(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[0])
	switch {
	case !ok || x.typ == Date:
		return x, ok
	case x.typ != DateTime:
		return x, false
	}
	zone := p.parameter(func(f *frame) (value.Value, error) {
		if z := f.env.Zone(); z != nil {
			return value.OfText(z.String()), nil
		}
		return value.OfText("UTC"), nil
	})
	local := p.d.Local(x.sql, zone)
	// SQL cuts a quotient towards zero, days count downwards.
	return part{typ: Date, sql: fmt.Sprintf("((%[1]s - CASE WHEN %[1]s < 0 THEN %[2]d ELSE 0 END) / %[3]d)", local, day-1, day), fails: x.fails}, true
}

func pushDateTimeValue(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[0])
	switch {
	case !ok || x.typ == DateTime:
		return x, ok
	case x.typ != Date:
		return x, false
	}
	return part{typ: DateTime, sql: fmt.Sprintf("(%s * %d)", x.sql, day), fails: x.fails}, true
}

func (p *pusher) clock(e *Expr, unit, count int64) (part, bool) {
	x, ok := p.push(e.Args[0])
	if !ok || x.typ != Time {
		return x, false
	}
	return part{typ: Number, sql: fmt.Sprintf("(%s / %d %% %d)", x.sql, unit, count), fails: x.fails}, true
}
