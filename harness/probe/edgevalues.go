package probe

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// formulaWord are the texts, names and numbers of a formula.
var formulaWord = regexp.MustCompile(`"[^"]*"|'[^']*'|[A-Za-z][A-Za-z0-9_.]*|-?\d+(?:\.\d+)?`)

// condition takes the fields and literals out of a formula. Reading words is
// enough: what is no field of the object is passed over.
func (x *edge) condition(formula, ns string) {
	for _, w := range formulaWord.FindAllString(formula, -1) {
		switch {
		case w[0] == '"' || w[0] == '\'':
			x.literals = append(x.literals, w[1:len(w)-1])
		case w[0] == '-' || w[0] >= '0' && w[0] <= '9':
			x.literals = append(x.literals, w)
		default:
			x.field(w, ns)
		}
	}
}

// field takes the first step of a path: the field, or the one that leads to the
// parent.
func (x *edge) field(path, ns string) {
	name, _, deeper := strings.Cut(path, ".")
	name = strings.ToLower(metadata.StripNamespace(name, ns))
	if base, ok := strings.CutSuffix(name, "__r"); ok {
		name = base + "__c"
	} else if deeper {
		name += "id" // RecordType.DeveloperName, Account.Name
	}
	x.fields[name] = true
}

// filter takes the fields of both sides of a lookup filter.
func (x *edge) filter(filter *metadata.Node, ns string) {
	for _, item := range filter.All("filterItems") {
		for _, side := range []string{item.Get("field"), item.Get("valueField")} {
			if of, path, ok := strings.Cut(side, "."); ok && strings.EqualFold(of, "$Source") {
				x.field(path, ns)
			}
		}
		x.literals = append(x.literals, strings.Split(item.Get("value"), ", ")...)
	}
	x.fields["recordtypeid"] = true
}

// mostTemplates is how many rows are taken as they are and changed in a field or
// two.
const mostTemplates = 6

// rows makes rows of an object: like rows that are there, one of each record
// type, with one field or two at an edge.
func (x *edge) rows(ctx context.Context, s *Subject, o *org.Org, obj *schema.Object) ([]madeUp, error) {
	templates, err := templatesOf(ctx, o, obj)
	if err != nil || len(templates) == 0 {
		return nil, err
	}
	var fields []*schema.Field
	for _, f := range obj.Fields {
		name := strings.ToLower(metadata.StripNamespace(f.Name, s.From.Namespace))
		if x.fields[name] && f.IsStored() && f.Createable && !f.AutoNumber && !f.Calculated {
			fields = append(fields, f)
		}
	}
	values := make([][]value.Value, len(fields))
	for i, f := range fields {
		if values[i], err = x.values(ctx, o, obj, f); err != nil {
			return nil, err
		}
	}
	var rows []madeUp
	add := func(from *schema.Record, at ...int) { // pairs of a field and one of its values
		if len(rows) >= mostEdgeRows {
			return
		}
		r := madeUp{record: likeRow(from)}
		for i := 0; i < len(at); i += 2 {
			f, v := fields[at[i]], values[at[i]][at[i+1]]
			r.record.Set(f, v)
			r.set = append(r.set, f.Name+" = "+textOf(ctx, o, f, v))
		}
		rows = append(rows, r)
	}
	for _, from := range templates {
		for i := range fields {
			for v := range values[i] {
				add(from, i, v)
			}
		}
	}
	for i := range fields {
		for j := i + 1; j < len(fields); j++ {
			for v := range values[i] {
				for w := range values[j] {
					add(templates[0], i, v, j, w)
				}
			}
		}
	}
	return rows, nil
}

// templatesOf are rows of an object, the first of each record type.
func templatesOf(ctx context.Context, o *org.Org, obj *schema.Object) ([]*schema.Record, error) {
	kind := obj.Field("RecordTypeId")
	seen := map[string]bool{}
	var list []*schema.Record
	err := o.Store().Scan(ctx, obj, func(r *schema.Record) error {
		key := ""
		if kind != nil {
			key = r.Get(kind).String()
		}
		if !seen[key] && len(list) < mostTemplates && !deleted(r) {
			seen[key] = true
			list = append(list, r.Clone(false))
		}
		return nil
	})
	return list, err
}

// likeRow is a new row that holds what another holds, but for what must differ.
func likeRow(from *schema.Record) *schema.Record {
	r := schema.NewRecord(from.Object)
	for _, f := range from.Object.Fields {
		if f.IsStored() && f.Createable && !f.AutoNumber && !f.Calculated && !f.Unique && f.Type != schema.ID && !from.Get(f).IsNull() {
			r.Set(f, from.Get(f))
		}
	}
	return r
}

// values are those of a field that a condition may turn on: what it names, what
// lies beside that, nothing, and what people enter that nobody thinks of.
func (x *edge) values(ctx context.Context, o *org.Org, obj *schema.Object, f *schema.Field) ([]value.Value, error) {
	var list []value.Value
	switch {
	case f.Name == "RecordTypeId":
		for i := range obj.RecordTypes {
			if obj.RecordTypes[i].Active {
				list = append(list, value.OfID(o.RecordTypeID(obj, &obj.RecordTypes[i])))
			}
		}
		return list, nil
	case f.Type == schema.Reference:
		return parentsOf(ctx, o, f)
	case f.Type == schema.Boolean:
		return []value.Value{value.OfBool(true), value.OfBool(false)}, nil
	case f.Type == schema.Picklist || f.Type == schema.MultiPicklist:
		if f.Picklist != nil {
			for _, v := range f.Picklist.Values[:min(len(f.Picklist.Values), 12)] {
				list = append(list, value.OfText(v.Name))
			}
		}
	case f.Type.IsNumber():
		list = x.numbers(f)
	case f.Type == schema.Date:
		today := o.Clock().Now() / 86_400_000
		list = []value.Value{value.OfDate(today - 400), value.OfDate(today), value.OfDate(today + 400)}
	case f.Type == schema.Datetime:
		now := o.Clock().Now() / 1000 * 1000
		list = []value.Value{value.OfDatetime(now - 400*86_400_000), value.OfDatetime(now + 400*86_400_000)}
	case f.Type.IsText():
		list = x.texts(f)
	}
	if f.Nillable {
		list = append(list, value.Value{})
	}
	return list, nil
}

func (x *edge) numbers(f *schema.Field) []value.Value {
	list := []value.Value{value.OfDecimal(value.NewDec(0, 0)), value.OfDecimal(value.NewDec(-1, 0)), value.OfDecimal(value.NewDec(1, 0))}
	one := value.NewDec(1, 0)
	for _, text := range x.literals {
		if n, err := value.ParseDec(text); err == nil {
			list = append(list, value.OfDecimal(n), value.OfDecimal(n.Add(one)), value.OfDecimal(n.Sub(one)))
		}
	}
	return slices.CompactFunc(list, value.Identical)
}

// texts are what people enter: addresses without a scheme, characters that mark
// up, quote or escape, the longest that the field takes.
func (x *edge) texts(f *schema.Field) []value.Value {
	var texts []string
	switch f.Type {
	case schema.URL:
		texts = append(texts, "www.example.com", "example.com/a?b=c&d=e")
	case schema.Email:
		texts = append(texts, "o'neill@example.com")
	case schema.Phone:
		texts = append(texts, "+1 (555) 010-0199 x12", "555")
	default:
		texts = append(texts, "x", "www.example.com", `Smith & Sons <"it's">`, strings.Repeat("Z", min(max(f.Length, 1), 4000)))
	}
	var list []value.Value
	for _, text := range append(texts, x.literals...) {
		if text != "" && len(text) <= max(f.Length, 1) {
			list = append(list, value.OfText(text))
		}
	}
	return list
}

// parentsOf are the rows that a lookup can name, the first of each record type
// of each object, and none.
func parentsOf(ctx context.Context, o *org.Org, f *schema.Field) ([]value.Value, error) {
	var list []value.Value
	for _, name := range f.ReferenceTo {
		parent := o.Schema().Object(name)
		if parent == nil || !parent.Kind.Stored() {
			continue
		}
		rows, err := templatesOf(ctx, o, parent)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, value.OfID(r.ID()))
		}
	}
	if f.Nillable {
		list = append(list, value.Value{})
	}
	return list, nil
}

// textOf is a value as a person reads it: a row by its name, a record type by
// its developer name.
func textOf(ctx context.Context, o *org.Org, f *schema.Field, v value.Value) string {
	const most = 30
	switch {
	case v.IsNull():
		return "empty"
	case f.Type == schema.Reference:
		target := o.Schema().ByPrefix(v.Text()[:3])
		if target == nil || !target.Kind.Stored() {
			return v.Text()
		}
		rows, err := o.Store().Load(ctx, target, []string{v.Text()})
		if err != nil || rows[0] == nil {
			return v.Text()
		}
		name := diff.NameOf(rows[0])
		if developer := target.Field("DeveloperName"); developer != nil {
			name = rows[0].Get(developer).Text()
		} else if kind := target.Field("RecordTypeId"); kind != nil && !rows[0].Get(kind).IsNull() {
			name += " of record type " + textOf(ctx, o, kind, rows[0].Get(kind))
		}
		return name
	case f.Type.IsText():
		if text := []rune(v.Text()); len(text) > most {
			return strconv.Quote(string(text[:most])+"…") + " of " + strconv.Itoa(len(text)) + " characters"
		}
		return strconv.Quote(v.Text())
	default:
		return v.String()
	}
}
