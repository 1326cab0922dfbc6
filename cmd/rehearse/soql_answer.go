package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// answer is what a query gave, with its columns in the order of the SELECT
// list.
type answer struct {
	res     *soql.Result
	columns []string
	count   bool            // SELECT COUNT(): a number and no rows
	withID  bool            // the query asks for the Id, which records carry anyway
	childID map[string]bool // sub-queries that do, by relationship in lower case
}

func newAnswer(text string, res *soql.Result) *answer {
	ans := &answer{res: res, withID: true}
	q, bad := query.Parse(diag.NewFile("query", []byte(text)))
	switch {
	case len(res.Rows) > 0:
		ans.columns = res.Rows[0].Names
	case bad.Err() == nil && q != nil:
		ans.count = len(res.Records) == 0 && isCount(q)
		ans.columns, ans.withID = selected(q)
		ans.childID = map[string]bool{}
		for _, item := range q.Select {
			if sub, ok := item.(*query.SubQuery); ok && len(sub.Query.From) > 0 {
				_, withID := selected(sub.Query)
				ans.childID[strings.ToLower(sub.Query.From[0].Path.String())] = withID
			}
		}
	}
	if ans.columns == nil && len(res.Records) > 0 {
		// A function such as FIELDS(ALL): what the records hold.
		for _, f := range res.Records[0].Fields() {
			ans.columns = append(ans.columns, f.Name)
		}
	}
	return ans
}

// isCount reports whether a query is SELECT COUNT() without more.
func isCount(q *query.Query) bool {
	if len(q.Select) != 1 {
		return false
	}
	f, ok := q.Select[0].(*query.Field)
	return ok && strings.EqualFold(query.Format(f.Expr), "COUNT()")
}

// selected lists the paths of a SELECT list; nil when one of its items stands
// for several fields.
func selected(q *query.Query) (columns []string, withID bool) {
	for _, item := range q.Select {
		switch item := item.(type) {
		case *query.Field:
			path, ok := item.Expr.(*query.Path)
			if !ok {
				return nil, true
			}
			columns = append(columns, path.String())
			withID = withID || strings.EqualFold(path.String(), "Id")
		case *query.TypeOf:
			return nil, true
		}
	}
	return columns, withID
}

// lines are the values of all rows under the columns.
func (ans *answer) lines() [][]string {
	var lines [][]string
	for _, row := range ans.res.Rows {
		line := make([]string, len(row.Values))
		for i, v := range row.Values {
			line[i] = shownAs(v)
		}
		lines = append(lines, line)
	}
	for _, r := range ans.res.Records {
		line := make([]string, len(ans.columns))
		for i, path := range ans.columns {
			line[i] = shownAs(follow(r, path))
		}
		lines = append(lines, line)
	}
	if ans.count {
		ans.columns, lines = []string{"count()"}, [][]string{{strconv.FormatInt(ans.res.Count, 10)}}
	}
	return lines
}

// follow reads a path of relationship names and a field at its end.
func follow(r *schema.Record, path string) value.Value {
	head, rest, more := strings.Cut(path, ".")
	switch {
	case r == nil:
		return value.Value{}
	case !more:
		if f := r.Object.Field(head); f != nil {
			return r.Get(f)
		}
		return value.Value{}
	case strings.EqualFold(head, r.Object.Name):
		return follow(r, rest) // Account.Name in a query of accounts
	default:
		return follow(r.Parent(head), rest)
	}
}

func shownAs(v value.Value) string {
	if v.IsNull() {
		return ""
	}
	return v.Plain()
}

func (ans *answer) writeTable(out, errs io.Writer) error {
	lines := ans.lines()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(lines) > 0 {
		fmt.Fprintln(w, strings.Join(ans.columns, "\t"))
	}
	for _, line := range lines {
		for i, v := range line {
			line[i] = strings.NewReplacer("\r", "", "\n", "⏎", "\t", " ").Replace(v)
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(errs, "%d rows\n", len(lines))
	return err
}

func (ans *answer) writeCSV(out io.Writer) error {
	lines := ans.lines()
	w := csv.NewWriter(out)
	if err := w.Write(ans.columns); err != nil {
		return err
	}
	return w.WriteAll(lines)
}

// writeJSON prints the answer as the REST API gives it (salesforce-api.md,
// query results).
func (ans *answer) writeJSON(out io.Writer) error {
	total, records := len(ans.res.Records)+len(ans.res.Rows), []object{}
	if ans.count {
		total = int(ans.res.Count)
	}
	for _, r := range ans.res.Records {
		records = append(records, ans.record(r, ans.withID))
	}
	for _, row := range ans.res.Rows {
		o := object{{"attributes", object{{"type", "AggregateResult"}}}}
		for i, name := range row.Names {
			o = append(o, member{name, jsonValue(row.Values[i])})
		}
		records = append(records, o)
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(object{{"totalSize", total}, {"done", true}, {"records", records}})
}

// restVersion is the API version in the urls of records.
const restVersion = "v60.0"

func (ans *answer) record(r *schema.Record, withID bool) object {
	o := object{{"attributes", object{{"type", r.Object.Name},
		{"url", "/services/data/" + restVersion + "/sobjects/" + r.Object.Name + "/" + r.ID()}}}}
	r.Each(func(f *schema.Field, v value.Value) {
		if withID || f.Type != schema.ID {
			o = append(o, member{f.Name, jsonValue(v)})
		}
	})
	r.Parents(func(f *schema.Field, parent *schema.Record) {
		var nested any
		if parent != nil {
			nested = ans.record(parent, false)
		}
		o = append(o, member{f.RelationshipName, nested})
	})
	r.ChildLists(func(relationship string, children []*schema.Record) {
		var nested any
		if len(children) > 0 {
			list := make([]object, len(children))
			for i, c := range children {
				list[i] = ans.record(c, ans.childID[strings.ToLower(relationship)])
			}
			nested = object{{"totalSize", len(list)}, {"done", true}, {"records", list}}
		}
		o = append(o, member{relationship, nested})
	})
	return o
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// jsonValue keeps numbers exact.
func jsonValue(v value.Value) any {
	switch v.Kind() {
	case value.Null:
		return nil
	case value.Bool:
		return v.Bool()
	case value.Int, value.Long, value.Double, value.Decimal:
		return json.Number(v.Decimal().String())
	default:
		return v.Plain()
	}
}
