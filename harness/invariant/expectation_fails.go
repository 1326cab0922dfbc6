package invariant

import (
	"fmt"
	"slices"
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
	Mends               bool       // the release is meant to make it hold where it did not
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
func (e *Evidence) askSuite() []Outcome {
	var outcomes []Outcome
	for i := range e.Rules {
		out := Outcome{Name: e.Rules[i].Name}
		if e.Undone() {
			out.Skipped = "the upgrade was undone"
		} else {
			e.askRule(&e.Rules[i], &e.Answers[i], &out)
		}
		outcomes = append(outcomes, out)
	}
	if e.Strict || len(e.Changes) > 0 {
		out := Outcome{Name: "expected changes"}
		if e.Undone() {
			out.Skipped = "the upgrade was undone"
		} else {
			out.Findings = e.askChanges()
		}
		outcomes = append(outcomes, out)
	}
	return outcomes
}

// askRule judges the answer to one query, against what the same query gave
// before the upgrade: what was broken then is nothing that the upgrade broke.
func (e *Evidence) askRule(r *Rule, a *probe.Answer, out *Outcome) {
	if r.That != nil {
		e.askThat(r, a, out)
	} else {
		e.askEach(r, a, out)
	}
}

// askThat judges a whole answer.
func (e *Evidence) askThat(r *Rule, a *probe.Answer, out *Outcome) {
	now := e.withoutBusiness(a.After)
	holds, why := says(r.That, e.answer(now, e.To.Namespace))
	held := true
	if a.NotBefore == "" {
		held, _ = says(r.That, e.answer(a.Before, e.From.Namespace))
	}
	switch {
	case holds && !held:
		out.Mended = fmt.Sprintf("holds now and did not before: the query gave %s then and gives %d now", counted(len(a.Before), "row"), len(now))
		return
	case holds:
		return
	}
	title := fmt.Sprintf("%s: does not hold, the query gives %s", r.Name, counted(len(now), "row"))
	f := e.broken(r, title)
	if !held && !r.Mends && !gained(now, a.Before) {
		f.Title = fmt.Sprintf("%s, and did not before the upgrade, when it gave %d", title, len(a.Before))
		f.wasSo()
	}
	f.Message = said(r.Message, r.That, why)
	f.Rows = e.rowsOf(idsOf(now))
	out.Findings = append(out.Findings, f.Finding)
}

// gained reports whether an answer has rows that the earlier one had not.
func gained(now, before []*schema.Record) bool {
	had := map[string]bool{}
	for _, r := range before {
		had[r.ID()] = true
	}
	return slices.ContainsFunc(now, func(r *schema.Record) bool { return !had[r.ID()] })
}

// askEach judges an answer row by row. Rows that were broken before the upgrade
// are told as such, unless a step of the package wrote them and left them
// broken, or the suite says that the release mends them.
func (e *Evidence) askEach(r *Rule, a *probe.Answer, out *Outcome) {
	now := e.withoutBusiness(a.After)
	bad, reasons := judgeRows(r.Each, now, a.Before, e.To.Namespace, e.From.Namespace)
	was := map[string]bool{}
	if !r.Each.Uses("before") && a.NotBefore == "" {
		old, _ := judgeRows(r.Each, a.Before, nil, e.From.Namespace, e.From.Namespace)
		for _, rec := range old {
			was[rec.ID()] = true
		}
	}
	var broken, wasSo []*schema.Record
	for _, rec := range bad {
		if was[rec.ID()] && !r.Mends && !e.wroteRow(rec.ID()) {
			wasSo = append(wasSo, rec)
		} else {
			broken = append(broken, rec)
		}
	}
	mended := 0
	for _, rec := range now {
		if _, isBad := reasons[rec.ID()]; was[rec.ID()] && !isBad {
			mended++
		}
	}
	if mended > 0 {
		out.Mended = fmt.Sprintf("holds now for %s for which it did not before", counted(mended, "row"))
	}
	if len(broken) > 0 {
		f := e.broken(r, fmt.Sprintf("%s: does not hold for %d of %s", r.Name, len(broken), counted(len(now), "row")))
		out.Findings = append(out.Findings, e.withRows(f, r, broken, reasons))
	}
	if len(wasSo) > 0 {
		f := e.broken(r, fmt.Sprintf("%s: does not hold for %d of %s, and did not before the upgrade, when it was %d of %d",
			r.Name, len(wasSo), counted(len(now), "row"), len(was), len(a.Before)))
		f.wasSo()
		out.Findings = append(out.Findings, e.withRows(f, r, wasSo, reasons))
	}
}

// judgeRows gives the rows of an answer of which an expression is not true. An
// expression that can not be evaluated for a row, most often since it meets a
// null, is not true of it; reasons says why, for each of the rows by id.
func judgeRows(each *rule.Rule, records, before []*schema.Record, ns, nsBefore string) (bad []*schema.Record, reasons map[string]string) {
	earlier := map[string]*schema.Record{}
	for _, rec := range before {
		earlier[rec.ID()] = rec
	}
	reasons = map[string]string{}
	for _, rec := range records {
		vars := map[string]any{"row": plain(rec, ns), "before": nil}
		if was := earlier[rec.ID()]; was != nil {
			vars["before"] = plain(was, nsBefore)
		}
		holds, why := says(each, vars)
		if !holds {
			bad = append(bad, rec)
			reasons[rec.ID()] = why
		}
	}
	return bad, reasons
}

// says evaluates an expression. One that can not be evaluated does not hold; why
// names what it met.
func says(r *rule.Rule, vars map[string]any) (holds bool, why string) {
	holds, err := r.Holds(vars)
	if err == nil {
		return holds, ""
	}
	if nulls := r.Nulls(vars); len(nulls) > 0 {
		return false, strings.Join(nulls, ", ") + " is null"
	}
	return false, err.Error()
}

// said is what a finding says of an expression.
func said(message string, r *rule.Rule, why string) string {
	text := strings.TrimSpace(message + "\n" + r.String())
	if why != "" {
		text += "\nIt can not be evaluated: " + why
	}
	return text
}

// unmet is a finding about an expectation.
type unmet struct{ finding.Finding }

// wasSo makes a finding one of what the upgrade did not break.
func (f *unmet) wasSo() {
	f.Severity = finding.Minor
	f.Advice = "nothing that this upgrade did: mend the rows, or say mends: true in the suite if the release is meant to"
	f.Cause = finding.Cause{Kind: finding.ByUnknown, Detail: "it was so before the upgrade"}
}

func (e *Evidence) broken(r *Rule, title string) unmet {
	f := finding.New(finding.ExpectationFails, title)
	script := e.Last().Report.Script
	if script != nil && script.Skipped == "" {
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(e.To.Namespace, script.Class), Detail: "told that the previous version was " + script.Context.PreviousVersion}
	}
	return unmet{f}
}

// withRows names the rows of which an expression is not true.
func (e *Evidence) withRows(f unmet, r *Rule, records []*schema.Record, reasons map[string]string) finding.Finding {
	f.Message = said(r.Message, r.Each, "")
	f.Rows = e.rowsOf(idsOf(records))
	for i := range f.Rows {
		for j := range f.Rows[i].Sample {
			row := &f.Rows[i].Sample[j]
			row.Note = reasons[row.ID]
		}
	}
	return f.Finding
}

// wroteRow reports whether a step of the package wrote a row.
func (e *Evidence) wroteRow(id string) bool {
	if e.wrote == nil {
		e.wrote = map[string]bool{}
		for i := range e.Diff.Objects {
			for _, row := range e.Diff.Objects[i].Rows {
				if e.byPackage(row.Causes) {
					e.wrote[row.ID] = true
				}
			}
		}
	}
	return e.wrote[id]
}

// answer are the variables of an expression over a whole answer.
func (e *Evidence) answer(records []*schema.Record, ns string) map[string]any {
	rows := make([]any, len(records))
	for i, rec := range records {
		rows[i] = plain(rec, ns)
	}
	return map[string]any{"rows": rows, "count": float64(len(rows))}
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
