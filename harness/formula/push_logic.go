package formula

import (
	"fmt"
	"strings"
)

// pushed are the functions that SQL computes as the evaluator does. What is
// not here is computed row by row.
var pushed map[string]func(p *pusher, e *Expr) (part, bool)

func init() {
	pushed = map[string]func(p *pusher, e *Expr) (part, bool){
		"IF": pushIf, "CASE": pushCase,
		"AND":        func(p *pusher, e *Expr) (part, bool) { return p.junction(e.Args, true) },
		"OR":         func(p *pusher, e *Expr) (part, bool) { return p.junction(e.Args, false) },
		"NOT":        func(p *pusher, e *Expr) (part, bool) { return p.not(e.Args[0]) },
		"ISBLANK":    func(p *pusher, e *Expr) (part, bool) { return p.blank(e, true) },
		"ISNULL":     func(p *pusher, e *Expr) (part, bool) { return p.blank(e, false) },
		"BLANKVALUE": func(p *pusher, e *Expr) (part, bool) { return p.instead(e, true) },
		"NULLVALUE":  func(p *pusher, e *Expr) (part, bool) { return p.instead(e, false) },
		"IFERROR":    pushIfError,
		"ISPICKVAL":  func(p *pusher, e *Expr) (part, bool) { return p.comparison("=", e.Args[0], e.Args[1]) },
		"INCLUDES":   pushIncludes, "PICKLISTCOUNT": pushPicklistCount,

		"LEN": pushLen, "LEFT": pushLeft, "RIGHT": pushRight, "MID": pushMid, "FIND": pushFind,
		"CONTAINS": pushContains, "BEGINS": pushBegins, "SUBSTITUTE": pushSubstitute, "TRIM": pushTrim, "TEXT": pushText,
		"UPPER": func(p *pusher, e *Expr) (part, bool) { return p.letters(e, "upper") },
		"LOWER": func(p *pusher, e *Expr) (part, bool) { return p.letters(e, "lower") },

		"ABS": pushAbs, "MOD": pushMod,
		"MAX":     func(p *pusher, e *Expr) (part, bool) { return p.extreme(e, ">=") },
		"MIN":     func(p *pusher, e *Expr) (part, bool) { return p.extreme(e, "<=") },
		"ROUND":   pushRound,
		"FLOOR":   func(p *pusher, e *Expr) (part, bool) { return p.integer(e, "0") },
		"CEILING": func(p *pusher, e *Expr) (part, bool) { return p.integer(e, "sign(%[1]s) * (%[2]s - 1)") },
		"MFLOOR": func(p *pusher, e *Expr) (part, bool) {
			return p.integer(e, "CASE WHEN %[1]s < 0 THEN 1 - %[2]s ELSE 0 END")
		},
		"MCEILING": func(p *pusher, e *Expr) (part, bool) {
			return p.integer(e, "CASE WHEN %[1]s > 0 THEN %[2]s - 1 ELSE 0 END")
		},

		"YEAR":      func(p *pusher, e *Expr) (part, bool) { return p.datePart(e, PartYear, "%s") },
		"MONTH":     func(p *pusher, e *Expr) (part, bool) { return p.datePart(e, PartMonth, "%s") },
		"DAY":       func(p *pusher, e *Expr) (part, bool) { return p.datePart(e, PartDay, "%s") },
		"WEEKDAY":   func(p *pusher, e *Expr) (part, bool) { return p.datePart(e, PartWeekday, "(%s + 1)") },
		"DAYOFYEAR": func(p *pusher, e *Expr) (part, bool) { return p.datePart(e, PartYearday, "%s") },
		"DATEVALUE": pushDateValue, "DATETIMEVALUE": pushDateTimeValue,
		"HOUR":   func(p *pusher, e *Expr) (part, bool) { return p.clock(e, 3600_000, 24) },
		"MINUTE": func(p *pusher, e *Expr) (part, bool) { return p.clock(e, 60_000, 60) },
		"SECOND": func(p *pusher, e *Expr) (part, bool) { return p.clock(e, 1000, 60) },
	}
}

// junction is AND or OR: what comes after the term that decides can not fail.
func (p *pusher) junction(args []*Expr, and bool) (part, bool) {
	terms, ok := p.all(args)
	if !ok {
		return part{}, false
	}
	word, goesOn := " OR ", "TRUE"
	if and {
		word, goesOn = " AND ", "FALSE"
	}
	sqls := make([]string, len(terms))
	fails := ""
	for i := len(terms) - 1; i >= 0; i-- {
		t := terms[i]
		sqls[i] = t.sql
		if fails != "" {
			fails = "((" + t.sql + ") IS NOT " + goesOn + " AND " + fails + ")"
		}
		fails = either(t.fails, fails)
	}
	return part{typ: Boolean, sql: "(" + strings.Join(sqls, word) + ")", fails: fails}, true
}

func (p *pusher) not(a *Expr) (part, bool) {
	x, ok := p.push(a)
	x.sql = "(NOT " + x.sql + ")"
	return x, ok
}

// arms brings the results of a choice to one type and scale.
func (p *pusher) arms(list []part) (Type, int32, bool) {
	t, scale := Any, int32(0)
	for _, x := range list {
		if x.den != "" {
			return t, 0, false
		}
		if t == Any {
			t = x.typ
		}
		scale = max(scale, x.scale)
	}
	for i, x := range list {
		if t != Number {
			break
		}
		var ok bool
		if list[i], ok = p.rescale(x, scale); !ok {
			return t, 0, false
		}
	}
	return t, scale, true
}

func pushIf(p *pusher, e *Expr) (part, bool) {
	test, ok := p.push(e.Args[0])
	if !ok {
		return test, false
	}
	list, ok := p.all(e.Args[1:])
	if !ok {
		return test, false
	}
	t, scale, ok := p.arms(list)
	x := part{typ: t, scale: scale, sql: fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", test.sql, list[0].sql, list[1].sql)}
	x.fails = either(test.fails, choice([]string{test.sql}, list))
	return x, ok
}

// choice is the failure of whichever arm is taken.
func choice(tests []string, arms []part) string {
	if failing(arms...) == "" {
		return ""
	}
	var s strings.Builder
	s.WriteString("CASE")
	fails := func(x part) string {
		if x.fails == "" {
			return "FALSE"
		}
		return x.fails
	}
	for i, t := range tests {
		s.WriteString(" WHEN " + t + " THEN " + fails(arms[i]))
	}
	s.WriteString(" ELSE " + fails(arms[len(arms)-1]) + " END")
	return s.String()
}

func pushCase(p *pusher, e *Expr) (part, bool) {
	subject, ok := p.push(e.Args[0])
	if !ok || subject.typ == Any {
		return subject, false
	}
	var tests []string
	var arms []part
	for i := 1; i+1 < len(e.Args); i += 2 {
		v, ok := p.push(e.Args[i])
		if !ok || v.fails != "" {
			return v, false
		}
		test, ok := p.compare("=", subject, v)
		if !ok {
			return v, false
		}
		arm, ok := p.push(e.Args[i+1])
		if !ok {
			return v, false
		}
		tests, arms = append(tests, test), append(arms, arm)
	}
	last, ok := p.push(e.Args[len(e.Args)-1])
	if !ok {
		return last, false
	}
	arms = append(arms, last)
	t, scale, ok := p.arms(arms)
	if !ok {
		return last, false
	}
	var s strings.Builder
	s.WriteString("CASE")
	for i, test := range tests {
		s.WriteString(" WHEN " + test + " THEN " + arms[i].sql)
	}
	s.WriteString(" ELSE " + arms[len(arms)-1].sql + " END")
	return part{typ: t, scale: scale, sql: s.String(), fails: either(subject.fails, choice(tests, arms))}, true
}

func (p *pusher) blank(e *Expr, texts bool) (part, bool) {
	x, ok := p.push(e.Args[0])
	sql := "(" + x.sql + " IS NULL)"
	if !texts && x.typ == Text {
		sql = "FALSE"
	}
	return part{typ: Boolean, sql: sql, fails: x.fails}, ok
}

func (p *pusher) instead(e *Expr, texts bool) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok {
		return part{}, false
	}
	first := list[0].sql
	t, scale, ok := p.arms(list)
	if !ok {
		return part{}, false
	}
	if !texts && t == Text {
		return list[0], true
	}
	x := part{typ: t, scale: scale, sql: "COALESCE(" + list[0].sql + ", " + list[1].sql + ")", fails: list[0].fails}
	if list[1].fails != "" {
		x.fails = either(x.fails, "("+first+" IS NULL AND "+list[1].fails+")")
	}
	return x, true
}

func pushIfError(p *pusher, e *Expr) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok {
		return part{}, false
	}
	t, scale, ok := p.arms(list)
	x := part{typ: t, scale: scale, sql: list[0].sql}
	if list[0].fails != "" {
		x.sql = fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", list[0].fails, list[1].sql, list[0].sql)
		if list[1].fails != "" {
			x.fails = "(" + list[0].fails + " AND " + list[1].fails + ")"
		}
	}
	return x, ok
}

func (p *pusher) comparison(op string, l, r *Expr) (part, bool) {
	list, ok := p.all([]*Expr{l, r})
	if !ok {
		return part{}, false
	}
	sql, ok := p.compare(op, list[0], list[1])
	return part{typ: Boolean, sql: sql, fails: failing(list...)}, ok
}

// compare writes a comparison. Texts compare letter by letter, and blank is
// equal to blank; true and false take blank for false; of anything else a
// comparison with blank is blank.
func (p *pusher) compare(op string, l, r part) (string, bool) {
	t := l.typ
	if t == Any {
		t = r.typ
	}
	equality := op == "=" || op == "<>"
	switch t {
	case Number:
		return p.compareNumbers(op, l, r)
	case Boolean:
		return "(COALESCE(" + l.sql + ", FALSE) " + op + " COALESCE(" + r.sql + ", FALSE))", equality
	case Date, DateTime, Time:
		return "(" + l.sql + " " + op + " " + r.sql + ")", l.typ == r.typ || l.typ == Any || r.typ == Any
	case Any, MultiPicklist, Location, Object:
		return "", false
	}
	switch op {
	case "=":
		op = "IS NOT DISTINCT FROM"
	case "<>":
		op = "IS DISTINCT FROM"
	}
	return "(" + p.d.Letters(l.sql) + " " + op + " " + p.d.Letters(r.sql) + ")", true
}

func (p *pusher) unary(e *Expr) (part, bool) {
	switch e.Text {
	case "!":
		return p.not(e.Args[0])
	case "+":
		return p.push(e.Args[0])
	}
	x, ok := p.push(e.Args[0])
	if x.typ != Number {
		return x, false
	}
	x.sql = p.d.Exact("(-" + x.sql + ")")
	x.lit = nil
	return x, ok
}

func (p *pusher) binary(e *Expr) (part, bool) {
	switch e.Text {
	case "&&", "||":
		return p.junction(e.Args, e.Text == "&&")
	case "=", "<>", "<", "<=", ">", ">=":
		return p.comparison(e.Text, e.Args[0], e.Args[1])
	}
	list, ok := p.all(e.Args)
	if !ok {
		return part{}, false
	}
	l, r := list[0], list[1]
	switch {
	case e.Text == "&", e.Text == "+" && l.typ == Text && r.typ == Text:
		return p.concat(l, r)
	case l.typ == Number && r.typ == Number:
		return p.arithmetic(e.Text, l, r)
	default:
		return p.moments(e.Text, l, r)
	}
}
