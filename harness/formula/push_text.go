package formula

import (
	"fmt"
	"strings"
)

// orEmpty is a text that may be blank as an empty one.
func orEmpty(x part) string {
	if strings.HasPrefix(x.sql, "'") {
		return x.sql
	}
	return "COALESCE(" + x.sql + ", '')"
}

func isText(list ...part) bool {
	for _, x := range list {
		if x.typ != Text && x.typ != Any {
			return false
		}
	}
	return true
}

func (p *pusher) concat(l, r part) (part, bool) {
	return part{typ: Text, sql: "NULLIF((" + orEmpty(l) + " || " + orEmpty(r) + "), '')", fails: failing(l, r)}, isText(l, r)
}

func (p *pusher) texts(e *Expr) ([]part, bool) {
	list, ok := p.all(e.Args)
	return list, ok && isText(list...)
}

// pushIncludes: a multi-select holds its values separated by semicolons.
func pushIncludes(p *pusher, e *Expr) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || e.Args[1].Op != OpString || e.Args[1].Text == "" || strings.Contains(e.Args[1].Text, ";") {
		return part{}, false
	}
	found := p.d.Position("(';' || "+orEmpty(list[0])+" || ';')", quoted(";"+e.Args[1].Text+";"))
	return part{typ: Boolean, sql: "(" + found + " > 0)", fails: list[0].fails}, true
}

func pushPicklistCount(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[0])
	sql := fmt.Sprintf("COALESCE(length(%[1]s) - length(replace(%[1]s, ';', '')) + 1, 0)", x.sql)
	return part{typ: Number, sql: sql, fails: x.fails}, ok
}

func pushLen(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok {
		return part{}, false
	}
	return part{typ: Number, sql: "COALESCE(length(" + p.d.Plane(list[0].sql) + "), 0)", fails: list[0].fails}, true
}

// whole reads a parameter that must be a literal whole number.
func (x part) whole() (int64, bool) {
	if x.lit == nil {
		return 0, false
	}
	n, ok := x.lit.Int64()
	return max(0, min(n, 1<<30)), ok
}

func pushLeft(p *pusher, e *Expr) (part, bool) { return p.slice(e, 1, "1") }

func pushRight(p *pusher, e *Expr) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || !isText(list[0]) {
		return part{}, false
	}
	n, ok := list[1].whole()
	text := p.d.Plane(list[0].sql)
	sql := fmt.Sprintf("NULLIF(substr(%[1]s, CASE WHEN length(%[1]s) > %[2]d THEN length(%[1]s) - %[2]d + 1 ELSE 1 END), '')", text, n)
	return part{typ: Text, sql: sql, fails: list[0].fails}, ok
}

func pushMid(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[1])
	if !ok {
		return part{}, false
	}
	start, ok := x.whole()
	if !ok {
		return part{}, false
	}
	return p.slice(e, 2, fmt.Sprint(max(start, 1)))
}

// slice cuts from a place on as many characters as the parameter at says.
func (p *pusher) slice(e *Expr, at int, from string) (part, bool) {
	list, ok := p.all(e.Args)
	if !ok || !isText(list[0]) {
		return part{}, false
	}
	n, ok := list[at].whole()
	sql := fmt.Sprintf("NULLIF(substr(%s, %s, %d), '')", p.d.Plane(list[0].sql), from, n)
	return part{typ: Text, sql: sql, fails: list[0].fails}, ok
}

func pushFind(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok || len(list) != 2 {
		return part{}, false
	}
	sql := "COALESCE(" + p.d.Position(p.d.Plane(list[1].sql), list[0].sql) + ", 0)"
	return part{typ: Number, sql: sql, fails: failing(list...)}, true
}

func pushContains(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok {
		return part{}, false
	}
	return part{typ: Boolean, sql: "(" + p.d.Position(orEmpty(list[0]), orEmpty(list[1])) + " > 0)", fails: failing(list...)}, true
}

func pushBegins(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok {
		return part{}, false
	}
	what := orEmpty(list[1])
	sql := fmt.Sprintf("(%s = %s)", p.d.Letters("substr("+orEmpty(list[0])+", 1, length("+what+"))"), p.d.Letters(what))
	return part{typ: Boolean, sql: sql, fails: failing(list...)}, true
}

func pushSubstitute(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok {
		return part{}, false
	}
	sql := fmt.Sprintf("NULLIF(replace(%s, %s, %s), '')", list[0].sql, list[1].sql, orEmpty(list[2]))
	return part{typ: Text, sql: sql, fails: failing(list...)}, true
}

func pushTrim(p *pusher, e *Expr) (part, bool) {
	list, ok := p.texts(e)
	if !ok {
		return part{}, false
	}
	return part{typ: Text, sql: "NULLIF(trim(" + p.d.ASCII(list[0].sql) + ", '" + " \t\n\v\f\r" + "'), '')", fails: list[0].fails}, true
}

// letters is UPPER or LOWER, which databases do for ASCII alike.
func (p *pusher) letters(e *Expr, function string) (part, bool) {
	list, ok := p.texts(e)
	if !ok || len(list) != 1 {
		return part{}, false
	}
	return part{typ: Text, sql: function + "(" + p.d.ASCII(list[0].sql) + ")", fails: list[0].fails}, true
}

// pushText writes a picklist as the text it holds.
func pushText(p *pusher, e *Expr) (part, bool) {
	x, ok := p.push(e.Args[0])
	if x.typ != Picklist && x.typ != MultiPicklist && x.typ != Text {
		return x, false
	}
	x.typ = Text
	return x, ok
}
