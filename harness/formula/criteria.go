package formula

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Item is one filter item of a workflow rule, roll-up summary, lookup filter,
// sharing rule or flow start: a field, an operation and a value.
type Item struct {
	Field      string // "Amount", "Account.Type"; the own object's name may lead; "$Source.X" in lookup filters
	Operation  string // equals, notEqual, lessThan, greaterThan, lessOrEqual, greaterOrEqual, contains, notContain, startsWith, includes, excludes
	Value      string // values separated by commas; "" with equals means blank
	ValueField string // compared with another field instead
}

// Criteria makes a condition of filter items joined by logic, such as
// "1 AND (2 OR 3)"; empty logic joins all with AND. No items is always true.
// Filter items compare texts without case and see per cent as fields hold it.
func (c *Compiler) Criteria(o *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	return c.criteria(nil, o, ns, items, logic)
}

// LookupFilter makes the condition of a lookup filter over records of the
// object looked up. Items that name $Source read the record that holds the
// lookup: Global is asked for {"$Source", field}.
func (c *Compiler) LookupFilter(source, target *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	return c.criteria(source, target, ns, items, logic)
}

func (c *Compiler) criteria(source, o *schema.Object, ns string, items []Item, logic string) (*Program, diag.List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := &binder{compiler: c, object: o, ns: ns, context: Rule, seen: map[string]bool{}}
	conds := make([]node, len(items))
	text := make([]string, len(items))
	for i, it := range items {
		n, err := b.item(source, it)
		if err != nil {
			return nil, diag.List{diag.Errorf(diag.Span{}, err.code, "filter item %d: %s", i+1, err.message)}
		}
		conds[i] = n
		text[i] = strings.TrimSpace(fmt.Sprintf("%s %s %s", it.Field, it.Operation, it.Value+it.ValueField))
	}
	n, err := joined(conds, logic)
	if err != nil {
		return nil, diag.List{diag.Errorf(diag.Span{}, err.code, "%s", err.message)}
	}
	return &Program{Source: strings.Join(text, "; "), Type: Boolean, eval: n.eval, returns: schema.Boolean,
		paths: b.paths, fields: b.fields}, nil
}

// itemField is one side of a filter item.
type itemField struct {
	field *schema.Field // nil for what is known only by its type
	typ   Type
	eval  evaluator
}

// itemPath finds the field an item names and how to read it, raw.
func (b *binder) itemPath(source *schema.Object, path string) (itemField, *problem) {
	at := &Expr{Op: OpName, Text: path}
	parts := strings.Split(path, ".")
	switch {
	case strings.EqualFold(parts[0], "$Source") && len(parts) == 2 && source != nil:
		f := source.FieldIn(b.ns, parts[1])
		if f == nil {
			return itemField{}, b.unknownField(at)
		}
		return itemField{f, TypeOf(f.Type), globalRaw([]string{"$Source", f.Name})}, nil
	case strings.HasPrefix(path, "$"):
		n, err := b.global(at, parts)
		return itemField{nil, n.typ, n.eval}, err
	}
	ref, ok := b.resolve(parts)
	if !ok && len(parts) == 2 && globalObjects["$"+strings.ToLower(parts[0])] != "" {
		n, err := b.global(at, []string{"$" + parts[0], parts[1]}) // "User.Region" is the running user's
		return itemField{nil, n.typ, n.eval}, err
	}
	if !ok && len(parts) == 2 {
		ref, ok = b.ofParent(parts[0], parts[1])
	}
	if !ok {
		return itemField{}, b.unknownField(at)
	}
	if _, err := b.fieldNode(at, ref); err != nil { // notes what is read, and checks formula fields
		return itemField{}, err
	}
	f := ref.field
	return itemField{f, TypeOf(f.Type), overParents(ref.steps, rawReader(b.compiler, f), false)}, nil
}

// ofParent finds a field by the name of a parent's object: "Contact.Email" on
// an object with a lookup to Contact, the first of them.
func (b *binder) ofParent(object, field string) (reference, bool) {
	o := b.compiler.schema.ObjectIn(b.ns, object)
	if o == nil || b.object == nil {
		return reference{}, false
	}
	for _, l := range b.object.Fields {
		if len(l.ReferenceTo) == 1 && l.ReferenceTo[0] == o.Name && o.FieldIn(b.ns, field) != nil {
			return reference{steps: []step{{lookup: l}}, field: o.FieldIn(b.ns, field)}, true
		}
	}
	return reference{}, false
}

func globalRaw(path []string) evaluator {
	return func(f *frame) (value.Value, error) {
		v, _ := f.env.Global(path)
		return v, nil
	}
}

// rawReader reads a field as the API shows it: per cent as held, ids of 18.
func rawReader(c *Compiler, f *schema.Field) evaluator {
	if f.IsFormula() {
		p, _ := c.field(f)
		return func(fr *frame) (value.Value, error) {
			v, err := p.eval(fr)
			if err != nil {
				return null, err
			}
			return fit(v, f.Type)
		}
	}
	return func(fr *frame) (value.Value, error) {
		own := f
		if fr.rec.Object != f.Object {
			if own = fr.rec.Object.Field(f.Name); own == nil {
				return null, nil
			}
		}
		v := fr.rec.Get(own)
		if f.Type == schema.Boolean && v.IsNull() {
			v = value.OfBool(false)
		}
		return v, nil
	}
}

func (b *binder) item(source *schema.Object, it Item) (node, *problem) {
	left, err := b.itemPath(source, it.Field)
	if err != nil {
		return node{}, err
	}
	test, ok := itemTests[it.Operation]
	if !ok {
		return node{}, b.problem(&Expr{}, CodeUnsupported, "operation %q of a filter item is not known", it.Operation)
	}
	if it.ValueField != "" {
		right, err := b.itemPath(source, it.ValueField)
		if err != nil {
			return node{}, err
		}
		return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
			x, y, err := both(f, left.eval, right.eval)
			return value.OfBool(test.of(x, span{y, y})), err
		}}, nil
	}
	wants, err := b.itemValues(left, it)
	if err != nil {
		return node{}, err
	}
	return node{typ: Boolean, eval: func(f *frame) (value.Value, error) {
		v, err := left.eval(f)
		if err != nil {
			return null, err
		}
		for _, want := range wants {
			if test.of(v, want(f)) != test.all {
				return value.OfBool(!test.all), nil
			}
		}
		return value.OfBool(test.all), nil
	}}, nil
}

// span is what an item compares with: one value, or the first and last of a
// range of dates.
type span struct{ from, to value.Value }

// itemTest is an operation: of compares with one value; with several values
// one must pass, or all for the negative operations.
type itemTest struct {
	of  func(v value.Value, s span) bool
	all bool
}

var itemTests = map[string]itemTest{
	"equals":         {of: within},
	"notEqual":       {of: func(v value.Value, s span) bool { return !within(v, s) }, all: true},
	"lessThan":       {of: func(v value.Value, s span) bool { return known(v, s) && value.Compare(v, s.from) < 0 }},
	"lessOrEqual":    {of: func(v value.Value, s span) bool { return known(v, s) && value.Compare(v, s.to) <= 0 }},
	"greaterThan":    {of: func(v value.Value, s span) bool { return known(v, s) && value.Compare(v, s.to) > 0 }},
	"greaterOrEqual": {of: func(v value.Value, s span) bool { return known(v, s) && value.Compare(v, s.from) >= 0 }},
	"contains":       {of: func(v value.Value, s span) bool { return holds(v, s, strings.Contains) }},
	"notContain":     {of: func(v value.Value, s span) bool { return !holds(v, s, strings.Contains) }, all: true},
	"startsWith":     {of: func(v value.Value, s span) bool { return holds(v, s, strings.HasPrefix) }},
	"includes":       {of: offers},
	"excludes":       {of: func(v value.Value, s span) bool { return !offers(v, s) }, all: true},
}

func known(v value.Value, s span) bool { return !v.IsNull() && !s.from.IsNull() }

func within(v value.Value, s span) bool {
	if v.IsNull() || s.from.IsNull() {
		return (v.IsNull() || v.Text() == "" && v.Kind() == value.Text) && s.from.IsNull()
	}
	if s.from == s.to {
		return value.Equal(v, s.from)
	}
	return value.Compare(v, s.from) >= 0 && value.Compare(v, s.to) <= 0
}

func holds(v value.Value, s span, test func(s, part string) bool) bool {
	return test(value.Fold(v.Text()), value.Fold(s.from.Text()))
}

// offers: of a multi-select picklist, all values joined by semicolons.
func offers(v value.Value, s span) bool {
	if s.from.IsNull() {
		return v.IsNull()
	}
	have := strings.Split(value.Fold(v.Text()), ";")
	for _, want := range strings.Split(value.Fold(s.from.Text()), ";") {
		if !contains(have, strings.TrimSpace(want)) {
			return false
		}
	}
	return true
}

// itemValues reads the values an item compares with, as the field's type has
// them; relative dates are computed when the item is evaluated.
func (b *binder) itemValues(left itemField, it Item) ([]func(*frame) span, *problem) {
	var wants []func(*frame) span
	for _, s := range listed(it.Value) {
		want, ok := itemValue(left.typ, s)
		if !ok {
			return nil, b.problem(&Expr{}, CodeType, "value %q does not fit field %s of type %s", s, it.Field, left.typ)
		}
		wants = append(wants, want)
	}
	return wants, nil
}

func itemValue(t Type, s string) (func(*frame) span, bool) {
	if s == "" {
		return always(null), true
	}
	switch t {
	case Number:
		d, ok := parseNumber(strings.NewReplacer("$", "", "%", "").Replace(s))
		return always(number(d)), ok
	case Boolean:
		return always(value.OfBool(strings.EqualFold(s, "true") || s == "1")), true
	case Date, DateTime:
		return itemDate(t, s)
	case Time:
		ms, err := value.ParseTime(s)
		return always(value.OfTime(ms)), err == nil
	default:
		return always(value.OfText(s)), true
	}
}

func always(v value.Value) func(*frame) span {
	return func(*frame) span { return span{v, v} }
}

// listed splits values at commas; a value in quotes may hold commas.
func listed(s string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out = append(out, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(out, strings.TrimSpace(b.String()))
}

// itemDate reads 2024-05-01, 5/1/2024, a datetime of the API, or a relative
// date of SOQL.
func itemDate(t Type, s string) (func(*frame) span, bool) {
	if ms, err := value.ParseDatetime(s); err == nil && t == DateTime {
		return always(value.OfDatetime(ms)), true
	}
	day, _, _ := strings.Cut(s, " ")
	day, _, _ = strings.Cut(day, "T")
	days, err := value.ParseDate(day)
	if err != nil {
		var ok bool
		if days, ok = slashed(day); !ok {
			return relative(t, s)
		}
	}
	return func(f *frame) span { return daysSpan(f, t, days, days) }, true
}

// slashed reads month/day/year.
func slashed(s string) (int64, bool) {
	p := strings.Split(s, "/")
	if len(p) != 3 {
		return 0, false
	}
	m, err1 := strconv.Atoi(p[0])
	d, err2 := strconv.Atoi(p[1])
	y, err3 := strconv.Atoi(p[2])
	if err1 != nil || err2 != nil || err3 != nil || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	if y < 100 {
		y += 2000
	}
	return value.DateOf(y, m, d), true
}

// daysSpan is a range of whole days, as dates or as datetimes in the user's
// zone.
func daysSpan(f *frame, t Type, from, to int64) span {
	if t == Date {
		return span{value.OfDate(from), value.OfDate(to)}
	}
	zone := f.env.Zone()
	return span{value.OfDatetime(value.StartOfDay(from, zone)), value.OfDatetime(value.StartOfDay(to+1, zone) - 1)}
}

// relative reads TODAY, LAST_N_DAYS:30 and the like; spaces may stand for the
// underscores.
func relative(t Type, s string) (func(*frame) span, bool) {
	name, count, _ := strings.Cut(strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", "_")), ":")
	n, _ := strconv.Atoi(count)
	rng, ok := relativeRanges[name]
	if !ok {
		return nil, false
	}
	return func(f *frame) span {
		today, _ := value.DaysOf(f.env.Now(), f.env.Zone())
		from, to := rng(today, int64(n))
		return daysSpan(f, t, from, to)
	}, true
}

// relativeRanges are the first and the last day of relative dates.
var relativeRanges = map[string]func(today, n int64) (int64, int64){
	"TODAY":       func(d, _ int64) (int64, int64) { return d, d },
	"YESTERDAY":   func(d, _ int64) (int64, int64) { return d - 1, d - 1 },
	"TOMORROW":    func(d, _ int64) (int64, int64) { return d + 1, d + 1 },
	"LAST_N_DAYS": func(d, n int64) (int64, int64) { return d - n, d },
	"NEXT_N_DAYS": func(d, n int64) (int64, int64) { return d + 1, d + n },
	"LAST_WEEK":   func(d, _ int64) (int64, int64) { w := week(d); return w - 7, w - 1 },
	"THIS_WEEK":   func(d, _ int64) (int64, int64) { w := week(d); return w, w + 6 },
	"NEXT_WEEK":   func(d, _ int64) (int64, int64) { w := week(d); return w + 7, w + 13 },
	"LAST_MONTH":  func(d, _ int64) (int64, int64) { return month(d, -1), month(d, 0) - 1 },
	"THIS_MONTH":  func(d, _ int64) (int64, int64) { return month(d, 0), month(d, 1) - 1 },
	"NEXT_MONTH":  func(d, _ int64) (int64, int64) { return month(d, 1), month(d, 2) - 1 },
	"LAST_YEAR":   func(d, _ int64) (int64, int64) { return year(d, -1), year(d, 0) - 1 },
	"THIS_YEAR":   func(d, _ int64) (int64, int64) { return year(d, 0), year(d, 1) - 1 },
	"NEXT_YEAR":   func(d, _ int64) (int64, int64) { return year(d, 1), year(d, 2) - 1 },
}

// week is the Sunday a week begins with.
func week(d int64) int64 { return d - ((d+4)%7+7)%7 }

func month(d int64, by int) int64 {
	y, m, _ := value.YMD(d)
	return value.DateOf(y, m+by, 1)
}

func year(d int64, by int) int64 {
	y, _, _ := value.YMD(d)
	return value.DateOf(y+by, 1, 1)
}
