package soql

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// question is one random query and its binds.
type question struct {
	p     *programmer
	o     *schema.Object
	binds map[string]Bind
}

func newQuestion(p *programmer) *question {
	return &question{p: p, o: p.object(), binds: map[string]Bind{}}
}

func (q *question) pick(list ...string) string { return list[q.p.rnd.IntN(len(list))] }

func (q *question) one(in int) bool { return q.p.rnd.IntN(in) == 0 }

func (q *question) field(o *schema.Object, fits func(*schema.Field) bool) *schema.Field {
	var list []*schema.Field
	for _, f := range o.Fields {
		if (f.Custom || f.NameField) && f.IsStored() && (fits == nil || fits(f)) {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return o.IDField()
	}
	return list[q.p.rnd.IntN(len(list))]
}

func filterable(f *schema.Field) bool { return !f.IsLongText() }

func (q *question) write() string {
	if q.one(3) {
		return q.aggregate()
	}
	var list []string
	for range 1 + q.p.rnd.IntN(4) {
		list = append(list, q.path(nil))
	}
	list = append([]string{"Id"}, list...)
	if q.one(5) {
		if i := q.p.rnd.IntN(len(q.p.objects)); q.p.objects[i].Relationship("ns__Up__r") != nil {
			c := q.p.objects[i].Relationship("ns__Up__r")
			if len(c.ReferenceTo) > 0 && strings.EqualFold(c.ReferenceTo[0], q.o.Name) {
				list = append(list, fmt.Sprintf("(SELECT Id, Name FROM Down%d__r ORDER BY Name)", i))
			}
		}
	}
	s := "SELECT " + strings.Join(dedup(list), ", ") + " FROM " + q.o.Name
	if !q.one(4) {
		s += " WHERE " + q.condition(2)
	}
	if q.one(2) {
		s += " ORDER BY " + q.path(func(f *schema.Field) bool { return filterable(f) && f.Type != schema.MultiPicklist }) + q.pick("", " DESC", " ASC NULLS LAST", " DESC NULLS LAST", " NULLS FIRST")
	}
	if q.one(4) {
		s += fmt.Sprintf(" LIMIT %d", q.p.rnd.IntN(6))
		if q.one(2) {
			s += fmt.Sprintf(" OFFSET %d", q.p.rnd.IntN(3))
		}
	}
	return s
}

func dedup(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// path is a field of the object or of its parent.
func (q *question) path(fits func(*schema.Field) bool) string {
	if up := q.o.Relationship("ns__Up__r"); up != nil && q.one(5) {
		return "Up__r." + q.field(q.p.w.s.Object(up.ReferenceTo[0]), fits).Name
	}
	return q.field(q.o, fits).Name
}

func (q *question) condition(depth int) string {
	if depth > 0 && q.one(3) {
		op := q.pick(" AND ", " OR ")
		return "(" + q.condition(depth-1) + op + q.condition(depth-1) + ")"
	}
	if depth > 0 && q.one(6) {
		return "(NOT " + q.condition(depth-1) + ")"
	}
	f := q.field(q.o, filterable)
	name := f.Name
	switch {
	case f.Type == schema.MultiPicklist && q.one(2):
		return name + q.pick(" INCLUDES ", " EXCLUDES ") + q.pick("('red')", "('Red;green', 'BLUE')")
	case f.Type == schema.Datetime && q.one(3):
		return q.pick("CALENDAR_YEAR", "CALENDAR_MONTH", "DAY_IN_MONTH", "DAY_IN_WEEK", "HOUR_IN_DAY", "CALENDAR_QUARTER") + "(" + name + ")" + q.pick(" = ", " > ", " != ") + fmt.Sprint(q.p.rnd.IntN(12))
	case (f.Type == schema.Date || f.Type == schema.Datetime) && q.one(3):
		return name + q.pick(" = ", " < ", " >= ", " != ") + q.pick("TODAY", "LAST_N_DAYS:10", "THIS_MONTH", "NEXT_WEEK", "YESTERDAY")
	case f.Type == schema.Reference && q.one(3):
		sub := q.p.w.s.Object(f.ReferenceTo[0])
		return name + q.pick(" IN ", " NOT IN ") + "(SELECT Id FROM " + sub.Name + " WHERE Name != null)"
	case isText(f) && q.one(3):
		return name + " LIKE " + q.bind(value.OfText(q.pattern()))
	case q.one(4):
		return name + q.pick(" IN ", " NOT IN ") + q.list(f)
	case f.Type == schema.Boolean || f.Type == schema.Reference:
		return name + q.pick(" = ", " != ") + q.bind(q.p.value(f))
	case f.Type == schema.MultiPicklist:
		return name + q.pick(" = ", " != ") + q.bind(q.p.value(f))
	default:
		return name + q.pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + q.bind(q.p.value(f))
	}
}

func isText(f *schema.Field) bool {
	return f.Type == schema.String || f.Type == schema.Email || f.Type == schema.TextArea
}

func (q *question) pattern() string {
	return strings.ReplaceAll(q.pick("a%", "%b%", "z_rich", "%", "%ß%", `%\_%`, "É", "K%", "_", "%σ", "İ%", "日_", "X%Y"), "\n", "")
}

func (q *question) bind(v value.Value) string {
	name := fmt.Sprintf("b%d", len(q.binds))
	q.binds[name] = One(v)
	return ":" + name
}

func (q *question) list(f *schema.Field) string {
	var list []value.Value
	for range q.p.rnd.IntN(5) {
		list = append(list, q.p.value(f))
	}
	name := fmt.Sprintf("b%d", len(q.binds))
	q.binds[name] = List(list...)
	return ":" + name
}

func (q *question) aggregate() string {
	number := func(f *schema.Field) bool { return f.Type.IsDecimal() }
	groupable := func(f *schema.Field) bool {
		return isText(f) || f.Type == schema.Boolean || f.Type == schema.Date || f.Type == schema.Reference
	}
	s := "SELECT "
	group := ""
	if q.one(3) {
		s += "COUNT()"
	} else {
		var list []string
		if !q.one(4) {
			g := q.field(q.o, groupable)
			group = g.Name
			list = append(list, group)
		}
		list = append(list, "COUNT(Id) n")
		if f := q.field(q.o, number); f.Type.IsDecimal() {
			list = append(list, fmt.Sprintf("SUM(%s) s, AVG(%s) a, MIN(%s) i, MAX(%s) x", f.Name, f.Name, f.Name, f.Name))
		}
		t := q.field(q.o, isText)
		list = append(list, fmt.Sprintf("COUNT_DISTINCT(%s) d, MIN(%s) ti, MAX(%s) tx", t.Name, t.Name, t.Name))
		s += strings.Join(list, ", ")
	}
	s += " FROM " + q.o.Name
	if q.one(2) {
		s += " WHERE " + q.condition(1)
	}
	if group == "" {
		return s
	}
	s += " GROUP BY " + q.pick("", "", "ROLLUP")
	if strings.HasSuffix(s, "ROLLUP") {
		return s + "(" + group + ")"
	}
	s += group
	if q.one(3) {
		s += " HAVING COUNT(Id) > 1"
	} else if q.one(4) {
		s += " HAVING " + group + " != null"
	}
	if q.one(3) {
		s += " ORDER BY " + group + q.pick("", " DESC")
	} else if q.one(3) {
		s += " ORDER BY COUNT(Id) DESC"
	}
	return s
}
