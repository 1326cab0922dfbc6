package soql

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// SearchPlan is a checked SOSL query. Like a Plan it may be shared.
type SearchPlan struct {
	Notes []Note

	schema *schema.Schema
	ns     string
	search *query.Search
}

// CompileSearch checks a SOSL query. Its text search is approximated: a word
// is found where a word of a text field begins with it.
func CompileSearch(s *schema.Schema, ns string, q *query.Search) (*SearchPlan, error) {
	p := &SearchPlan{schema: s, ns: ns, search: q,
		Notes: []Note{{"SOSL", "words are looked for in the text fields of each object, without ranking or stemming"}}}
	if len(q.Returning) == 0 {
		return nil, &Unsupported{Range: q.Range, Name: "FIND without RETURNING"}
	}
	for i := range q.Returning {
		sub, err := p.query(&q.Returning[i], "x", nil)
		if err != nil {
			return nil, err
		}
		if _, err := Compile(s, ns, sub); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// CompileSearchText parses and checks a SOSL query.
func CompileSearchText(s *schema.Schema, ns, text string) (*SearchPlan, error) {
	q, _, perr := query.ParseSearchAt(text, 0, int32(len(text)), nil)
	if perr != nil {
		return nil, &Error{Range: perr.Range, Code: "MALFORMED_SEARCH", Message: perr.Message}
	}
	return CompileSearch(s, ns, q)
}

// Run gives the rows found, a list per object of RETURNING in its order. With
// fixed not nil only rows with those ids are found, whatever the term: that is
// how a test sets what a search finds.
func (p *SearchPlan) Run(ctx context.Context, st store.Store, env Env, fixed []string) ([][]*schema.Record, error) {
	term := ""
	switch t := p.search.Term.(type) {
	case *query.Literal:
		term = t.Text
	case *query.Bind:
		b, err := env.Bind(t)
		if err != nil {
			return nil, err
		}
		if len(b.Values) > 0 {
			term = b.Values[0].Plain()
		}
	}
	out := make([][]*schema.Record, len(p.search.Returning))
	for i := range p.search.Returning {
		q, err := p.query(&p.search.Returning[i], term, fixed)
		if err != nil {
			return nil, err
		}
		if q == nil {
			continue
		}
		plan, err := Compile(p.schema, p.ns, q)
		if err != nil {
			return nil, err
		}
		res, err := plan.Run(ctx, st, env)
		if err != nil {
			return nil, err
		}
		out[i] = res.Records
	}
	return out, nil
}

// query is the SOQL query that finds the rows of one object; nil when nothing
// can be found.
func (p *SearchPlan) query(r *query.Returning, term string, fixed []string) (*query.Query, error) {
	o := p.schema.ObjectIn(p.ns, r.Object.Text)
	if o == nil {
		return nil, &Error{Range: r.Object.Range, Code: "INVALID_TYPE", Message: "sObject type '" + r.Object.Text + "' is not supported." + customObjectHint}
	}
	found := p.byTerm(o, term)
	if fixed != nil {
		found = byIDs(fixed)
	}
	if found == nil {
		return nil, nil
	}
	q := &query.Query{Range: r.Range, From: []query.From{{Path: path(r.Object)}}, Select: r.Fields, Where: found,
		OrderBy: r.OrderBy, Limit: r.Limit, Offset: r.Offset}
	if r.Where != nil {
		q.Where = &query.And{Range: r.Range, Terms: []query.Condition{found, r.Where}}
	}
	if len(q.Select) == 0 {
		q.Select = []query.SelectItem{&query.Field{Expr: path(query.Ident{Text: "Id"})}}
	}
	if q.Limit == nil {
		q.Limit = p.search.Limit
	}
	return q, nil
}

func path(name query.Ident) *query.Path {
	return &query.Path{Range: name.Range, Parts: []query.Ident{name}}
}

func byIDs(ids []string) query.Condition {
	if len(ids) == 0 {
		return nil
	}
	in := &query.In{Left: path(query.Ident{Text: "Id"}), Op: query.InSet}
	for _, id := range ids {
		in.Values = append(in.Values, &query.Literal{Kind: query.StringLiteral, Text: id})
	}
	return in
}

// byTerm is the condition that every word of the term begins a word of some
// field of the search's group; OR between words makes any of them enough.
func (p *SearchPlan) byTerm(o *schema.Object, term string) query.Condition {
	var any []query.Condition
	for alternative := range strings.SplitSeq(term, " OR ") {
		var all []query.Condition
		for _, word := range words(alternative) {
			if c := p.byWord(o, word); c != nil {
				all = append(all, c)
			}
		}
		if c := join(all, func(t []query.Condition) query.Condition { return &query.And{Terms: t} }); c != nil {
			any = append(any, c)
		}
	}
	return join(any, func(t []query.Condition) query.Condition { return &query.Or{Terms: t} })
}

func join(terms []query.Condition, with func([]query.Condition) query.Condition) query.Condition {
	switch len(terms) {
	case 0:
		return nil
	case 1:
		return terms[0]
	default:
		return with(terms)
	}
}

// words takes a term apart: a phrase in quotes is one word; AND says what is
// so anyway.
func words(term string) []string {
	var out []string
	for i, part := range strings.Split(term, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		for _, w := range strings.Fields(part) {
			if w != "AND" {
				out = append(out, w)
			}
		}
	}
	return out
}

// byWord looks for one word at the begin of a field or after a blank.
func (p *SearchPlan) byWord(o *schema.Object, word string) query.Condition {
	pattern := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%", "?", "_").Replace(word)
	if strings.Trim(pattern, "%_") == "" {
		return nil
	}
	var any []query.Condition
	for _, f := range o.Fields {
		if !p.searches(f) {
			continue
		}
		for _, like := range []string{pattern + "%", "% " + pattern + "%"} {
			any = append(any, &query.Compare{Left: path(query.Ident{Text: f.Name}), Op: query.Like,
				Right: &query.Literal{Kind: query.StringLiteral, Text: like}})
		}
	}
	return join(any, func(t []query.Condition) query.Condition { return &query.Or{Terms: t} })
}

// searches reports whether a field is of the group the search is IN.
func (p *SearchPlan) searches(f *schema.Field) bool {
	if !f.IsStored() {
		return false
	}
	switch strings.ToUpper(p.search.Group.Text) {
	case "NAME":
		return f.NameField
	case "EMAIL":
		return f.Type == schema.Email
	case "PHONE":
		return f.Type == schema.Phone
	default:
		return f.Type == schema.String || f.Type == schema.Email || f.Type == schema.Phone || f.Type == schema.URL ||
			f.Type == schema.TextArea && !f.IsLongText()
	}
}
