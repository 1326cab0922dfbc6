package formula

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Columns are the rows of a query, as a formula pushed down to it reads them.
type Columns interface {
	// Column is the SQL of a stored field of the row, or of the parent that the
	// lookups lead to; ok is false where the query can not reach it.
	Column(lookups []*schema.Field, f *schema.Field) (sql string, ok bool)
}

// SQL is how a database spells what a formula needs beyond plain SQL. A guard
// lets a value through, or makes the statement fail when SQL would compute
// another value from it than the evaluator does.
type SQL struct {
	Letters  func(text string) string                // makes text compare letter by letter
	Exact    func(number string) string              // guard: arithmetic stayed within 64 bits
	ASCII    func(text string) string                // guard: nothing but ASCII
	Plane    func(text string) string                // guard: every character is one UTF-16 unit
	Position func(text, what string) string          // from 1; 0 where there is none
	Part     func(part DatePart, days string) string // of a day since 1970
	Local    func(ms, zone string) string            // what the clocks of a zone show
}

// DatePart is a part of a date.
type DatePart uint8

// The parts. Weekday is 0 for Sunday.
const (
	PartYear DatePart = iota
	PartMonth
	PartDay
	PartWeekday
	PartYearday
)

// Pushed is a formula field as an SQL expression. Where the evaluator fails it
// is null, as the field is in the answer to a query. Numbers are whole ones of
// 10^-Scale, dates days, datetimes and times milliseconds, true and false 1
// and 0, as the store holds them.
type Pushed struct {
	Scale     int32
	text      string
	constants []evaluator
}

// mark stands in a pushed text for a constant of the run, its number after it.
const mark = "\x00"

// SQL is the expression; param gives the placeholder of the i-th constant.
func (p *Pushed) SQL(param func(i int) string) string {
	parts := strings.Split(p.text, mark)
	for i := 1; i < len(parts); i += 2 {
		n, _ := strconv.Atoi(parts[i])
		parts[i] = param(n)
	}
	return strings.Join(parts, "")
}

// Constant is the value of a constant of the run: TODAY(), $User.Id and
// whatever is computed of them alone. env has no record.
func (p *Pushed) Constant(i int, env Env) (value.Value, error) {
	return p.constants[i](&frame{env: env})
}

// Limits of what is pushed down: larger texts cost a database more to prepare
// than the rows cost here.
const (
	maxPushedText  = 16 << 10
	maxPushedDepth = 40
	maxPushedScale = 15
)

// Push writes a formula field as SQL over a query's rows. ok is false when it
// uses what SQL can not compute exactly as the evaluator does; it is then
// computed row by row.
func (c *Compiler) Push(f *schema.Field, cols Columns, d SQL) (pushed *Pushed, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	prog, _ := c.field(f)
	if prog == nil {
		return nil, false
	}
	p := &pusher{compiler: c, columns: cols, d: d, out: &Pushed{}}
	x, ok := p.field(f, prog)
	if !ok || x.typ != TypeOf(f.Type) {
		return nil, false
	}
	switch {
	case x.typ == Boolean:
		x.sql = "CASE WHEN " + x.sql + " THEN 1 ELSE 0 END"
	case x.typ == Number:
		if x, ok = p.shown(x, f); !ok {
			return nil, false
		}
	}
	if x.fails != "" {
		x.sql = "CASE WHEN " + x.fails + " THEN NULL ELSE " + x.sql + " END"
	}
	p.out.text, p.out.Scale = "("+x.sql+")", x.scale
	return p.out, len(p.out.text) <= maxPushedText
}

// shown rounds a number as FieldValue does.
func (p *pusher) shown(x part, f *schema.Field) (part, bool) {
	places := int32(f.Scale)
	if f.Type == schema.Percent {
		places += 2
	}
	x, ok := p.round(x, places)
	if ok && f.Type == schema.Percent {
		x, ok = p.rescale(x, max(x.scale, 2))
		x.scale -= 2
	}
	return x, ok
}

// pusher writes one formula field. While the formula of another field is
// written inside it, binder, path and expression are that one's.
type pusher struct {
	compiler *Compiler
	columns  Columns
	d        SQL
	b        *binder
	path     []*schema.Field // lookups to the record that the formula is about
	depth    int
	out      *Pushed
}

// part is the SQL of a node of the tree.
type part struct {
	typ   Type
	sql   string // blank is null; a condition is an SQL condition of three values
	fails string // condition under which the evaluator fails; null counts as no
	scale int32  // of a Number
	den   string // the number is sql / den, den above 0; only comparing and rounding take one
	lit   *value.Dec
}

// field writes the formula of a field of the record that path leads to.
func (p *pusher) field(f *schema.Field, prog *Program) (part, bool) {
	outer := p.b
	p.b = &binder{compiler: p.compiler, object: f.Object, ns: f.Namespace, context: FieldFormula,
		options: Options{BlankAsZero: f.TreatBlanksAsZero, Returns: f.Type}, seen: map[string]bool{}}
	defer func() { p.b = outer }()
	return p.push(prog.expr)
}

// push writes a node.
func (p *pusher) push(e *Expr) (part, bool) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxPushedDepth {
		return part{}, false
	}
	if steady(e) {
		return p.constant(e)
	}
	var x part
	var ok bool
	switch e.Op {
	case OpName:
		x, ok = p.name(e)
	case OpUnary:
		x, ok = p.unary(e)
	case OpBinary:
		x, ok = p.binary(e)
	case OpCall:
		if fn := pushed[e.Text]; fn != nil {
			x, ok = fn(p, e)
		}
	}
	return x, ok && len(x.sql)+len(x.fails)+len(x.den) <= maxPushedText
}

func (p *pusher) all(args []*Expr) ([]part, bool) {
	out := make([]part, len(args))
	for i, a := range args {
		x, ok := p.push(a)
		if !ok {
			return nil, false
		}
		out[i] = x
	}
	return out, true
}

// steadyGlobals are the global variables that are the same for all rows.
var steadyGlobals = []string{"$user", "$profile", "$organization", "$label", "$permission", "$setup", "$custommetadata", "$system", "$userrole"}

// steady reports whether a node is the same for all rows.
func steady(e *Expr) bool {
	ok := true
	e.Walk(func(e *Expr) {
		if e.Op == OpName {
			first, _, _ := strings.Cut(strings.ToLower(e.Text), ".")
			ok = ok && slices.Contains(steadyGlobals, first)
		}
	})
	return ok
}

// pure reports whether a steady node is the same in all runs.
func pure(e *Expr) bool {
	ok := true
	e.Walk(func(e *Expr) {
		switch {
		case e.Op == OpName, e.Op == OpCall && slices.Contains([]string{"TODAY", "NOW", "TIMENOW", "CURRENCYRATE"}, e.Text):
			ok = false
		}
	})
	return ok
}

// constant writes a steady node: a literal, or a parameter of the run. A
// number of the run has no scale that the SQL could be written for.
func (p *pusher) constant(e *Expr) (part, bool) {
	n, err := p.b.bind(e)
	if err != nil || n.typ == Location || n.typ == Object {
		return part{}, false
	}
	if !pure(e) {
		if n.typ == Number || n.typ == Any || n.typ == Boolean {
			return part{}, false
		}
		return part{typ: n.typ, sql: p.parameter(n.eval)}, true
	}
	v, fault := n.eval(&frame{})
	x := part{typ: n.typ, sql: "NULL"}
	if fault != nil {
		x.fails = "TRUE"
		return x, true
	}
	return x, literalSQL(&x, v)
}

func (p *pusher) parameter(eval evaluator) string {
	p.out.constants = append(p.out.constants, eval)
	return mark + strconv.Itoa(len(p.out.constants)-1) + mark
}

// literalSQL writes a value into a part.
func literalSQL(x *part, v value.Value) bool {
	switch v.Kind() {
	case value.Null:
	case value.Decimal:
		d := v.Decimal().StripZeros()
		n, ok := d.Unscaled64()
		if !ok || d.Scale() > maxPushedScale || d.Scale() < 0 {
			return false
		}
		x.sql, x.scale, x.lit = "("+strconv.FormatInt(n, 10)+")", d.Scale(), &d
	case value.Bool:
		x.sql = "FALSE"
		if v.Bool() {
			x.sql = "TRUE"
		}
	case value.Date, value.Datetime, value.Time:
		x.sql = "(" + strconv.FormatInt(v.Int64(), 10) + ")"
	default:
		if strings.Contains(v.Text(), mark) {
			return false
		}
		x.sql = quoted(v.Text())
	}
	return true
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// name writes a reference to a field.
func (p *pusher) name(e *Expr) (part, bool) {
	if strings.HasPrefix(e.Text, "$") {
		return part{}, false
	}
	ref, ok := p.b.resolve(strings.Split(e.Text, "."))
	if !ok || TypeOf(ref.field.Type) == Location {
		return part{}, false
	}
	path := slices.Clone(p.path)
	for _, s := range ref.steps {
		if s.as != nil || len(s.lookup.ReferenceTo) != 1 {
			return part{}, false
		}
		path = append(path, s.lookup)
	}
	zeroBlank := p.b.options.BlankAsZero
	if ref.field.IsFormula() {
		return p.formulaField(ref, path, zeroBlank)
	}
	sql, ok := p.columns.Column(path, ref.field)
	if !ok {
		return part{}, false
	}
	return p.stored(ref.field, sql, zeroBlank), true
}

// stored reads a column as the function read does a field.
func (p *pusher) stored(f *schema.Field, sql string, zeroBlank bool) part {
	x := part{typ: TypeOf(f.Type), sql: sql}
	switch x.typ {
	case Number:
		switch f.Type {
		case schema.Percent:
			x.scale = int32(f.Scale) + 2
		case schema.Double, schema.Currency:
			x.scale = int32(f.Scale)
		}
		if zeroBlank {
			x.sql = "COALESCE(" + sql + ", 0)"
		}
	case Boolean:
		x.sql = "(" + sql + " = 1)"
	case Date, DateTime, Time:
	default:
		if f.Type.IsID() {
			sql = "substr(" + sql + ", 1, 15)"
		}
		x.sql = "NULLIF(" + p.d.Letters(sql) + ", '')"
	}
	return x
}

// formulaField writes another formula field in place. Of a parent that is
// missing it is blank, whatever its formula makes of blank fields.
func (p *pusher) formulaField(ref reference, path []*schema.Field, zeroBlank bool) (part, bool) {
	prog, _ := p.compiler.field(ref.field)
	if prog == nil {
		return part{}, false
	}
	outer := p.path
	p.path = path
	x, ok := p.field(ref.field, prog)
	p.path = outer
	if !ok {
		return x, false
	}
	if t := TypeOf(ref.field.Type); t != x.typ && t != Any && x.typ != Any {
		return x, false
	}
	x.typ, x.lit = prog.fieldType(ref.field), nil
	if x.typ == Boolean {
		x.sql = "COALESCE(" + x.sql + ", FALSE)"
	}
	if len(ref.steps) > 0 {
		last := path[len(path)-1]
		o := p.compiler.schema.Object(last.ReferenceTo[0])
		if o == nil || o.IDField() == nil {
			return x, false
		}
		id, ok := p.columns.Column(path, o.IDField())
		if !ok {
			return x, false
		}
		x.sql = "CASE WHEN " + id + " IS NOT NULL THEN " + x.sql + " END"
		if x.fails != "" {
			x.fails = "(" + id + " IS NOT NULL AND " + x.fails + ")"
		}
	}
	if zeroBlank && x.typ == Number {
		if x.den != "" {
			return x, false
		}
		x.sql = "COALESCE(" + x.sql + ", 0)"
	}
	return x, true
}

// either joins conditions of failure.
func either(conditions ...string) string {
	var out []string
	for _, c := range conditions {
		if c != "" {
			out = append(out, c)
		}
	}
	switch len(out) {
	case 0:
		return ""
	case 1:
		return out[0]
	default:
		return "(" + strings.Join(out, " OR ") + ")"
	}
}

// failing is the failure of a node that computes all of its parts first.
func failing(parts ...part) string {
	out := make([]string, len(parts))
	for i, x := range parts {
		out[i] = x.fails
	}
	return either(out...)
}
