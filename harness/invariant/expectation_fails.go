package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Rule is an expectation of the suite: a query, and an expression that must be
// true of each row, or of the whole answer.
type Rule struct {
	Name, SOQL, Message string
	Each                *rule.Rule // over row and before; nil when That is set
	That                *rule.Rule // over rows and count
}

// Change is a change of records that the suite expects.
type Change struct {
	Object   string
	Fields   []string
	Kind     string // "" for any
	Required bool
	When     *rule.Rule // nil for always
}

// askSuite asks what the suite expects.
func (e *Evidence) askSuite() ([]Outcome, error) {
	var outcomes []Outcome
	for i, r := range e.Rules {
		out := Outcome{Name: r.Name}
		if e.Undone() {
			out.Skipped = "the upgrade was undone"
		} else {
			findings, err := e.askRule(r, &e.Answers[i])
			if err != nil {
				return outcomes, fmt.Errorf("expectation %q: %w", r.Name, err)
			}
			out.Findings = findings
		}
		outcomes = append(outcomes, out)
	}
	if e.Strict || len(e.Changes) > 0 {
		out := Outcome{Name: "expected changes"}
		if e.Undone() {
			out.Skipped = "the upgrade was undone"
		} else {
			findings, err := e.askChanges()
			if err != nil {
				return outcomes, err
			}
			out.Findings = findings
		}
		outcomes = append(outcomes, out)
	}
	return outcomes, nil
}

// askRule judges the answer to one query.
func (e *Evidence) askRule(r Rule, a *probe.Answer) ([]finding.Finding, error) {
	records := a.After
	if r.That != nil {
		records = e.withoutBusiness(records)
		rows := make([]any, len(records))
		for i, rec := range records {
			rows[i] = plain(rec, e.To.Namespace)
		}
		holds, err := r.That.Holds(map[string]any{"rows": rows, "count": float64(len(rows))})
		if err != nil || holds {
			return nil, err
		}
		f := e.broken(r, fmt.Sprintf("%s: does not hold, the query gives %d rows", r.Name, len(records)))
		f.Message = strings.TrimSpace(r.Message + "\n" + r.That.String())
		f.Rows = e.rowsOf(idsOf(records))
		return []finding.Finding{f}, nil
	}
	records = e.withoutBusiness(records)
	bad, err := e.askEach(r, records, a.Before)
	if err != nil || len(bad) == 0 {
		return nil, err
	}
	f := e.broken(r, fmt.Sprintf("%s: does not hold for %d of %d rows", r.Name, len(bad), len(records)))
	f.Message = strings.TrimSpace(r.Message + "\n" + r.Each.String())
	f.Rows = e.rowsOf(idsOf(bad))
	return []finding.Finding{f}, nil
}

func (e *Evidence) broken(r Rule, title string) finding.Finding {
	f := finding.New(finding.ExpectationFails, title)
	script := e.Last().Report.Script
	if script != nil && script.Skipped == "" {
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(e.To.Namespace, script.Class), Detail: "told that the previous version was " + script.Context.PreviousVersion}
	}
	return f
}

func (e *Evidence) askEach(r Rule, records, before []*schema.Record) ([]*schema.Record, error) {
	earlier := map[string]*schema.Record{}
	for _, rec := range before {
		earlier[rec.ID()] = rec
	}
	var bad []*schema.Record
	for _, rec := range records {
		vars := map[string]any{"row": plain(rec, e.To.Namespace), "before": nil}
		if was := earlier[rec.ID()]; was != nil {
			vars["before"] = plain(was, e.To.Namespace)
		}
		holds, err := r.Each.Holds(vars)
		if err != nil {
			return nil, err
		}
		if !holds {
			bad = append(bad, rec)
		}
	}
	return bad, nil
}

func idsOf(records []*schema.Record) []string {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID())
	}
	return ids
}

// plain turns a record into what expressions work on. Packaged fields are
// there under both their names, with the namespace and without.
func plain(r *schema.Record, ns string) map[string]any {
	if r == nil {
		return nil
	}
	m := map[string]any{"Id": r.ID()}
	put := func(name string, v any) {
		m[name] = v
		if bare, ok := strings.CutPrefix(name, ns+"__"); ok && ns != "" {
			m[bare] = v
		}
	}
	r.Each(func(f *schema.Field, v value.Value) { put(f.Name, simple(v)) })
	r.Parents(func(f *schema.Field, parent *schema.Record) {
		if parent == nil {
			put(f.RelationshipName, nil)
			return
		}
		put(f.RelationshipName, plain(parent, ns))
	})
	return m
}

// simple turns a value into a number, a truth, a text or nil.
func simple(v value.Value) any {
	switch v.Kind() {
	case value.Null:
		return nil
	case value.Bool:
		return v.Bool()
	case value.Int, value.Long, value.Double, value.Decimal:
		return v.Decimal().Float64()
	default:
		return v.String()
	}
}
