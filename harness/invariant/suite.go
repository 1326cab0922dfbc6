package invariant

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/org"
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
func (e *Evidence) askSuite(ctx context.Context) ([]Outcome, error) {
	var outcomes []Outcome
	for _, r := range e.Rules {
		out := Outcome{Name: r.Name}
		if e.Undone() {
			out.Skipped = "the upgrade was undone"
		} else {
			findings, err := e.askRule(ctx, r)
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

// askRule runs one query in the org after the upgrade. Names resolve in the
// package's namespace first.
func (e *Evidence) askRule(ctx context.Context, r Rule) ([]finding.Finding, error) {
	records, err := e.query(ctx, e.After, r.SOQL)
	if err != nil {
		return nil, err
	}
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
	bad, err := e.askEach(ctx, r, records)
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
	script := e.last().Report.Script
	if script != nil && script.Skipped == "" {
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(e.To.Namespace, script.Class), Detail: "told that the previous version was " + script.Context.PreviousVersion}
	}
	return f
}

func (e *Evidence) askEach(ctx context.Context, r Rule, records []*schema.Record) ([]*schema.Record, error) {
	earlier := map[string]*schema.Record{}
	if strings.Contains(r.Each.String(), "before") {
		old, err := e.query(ctx, e.Before, r.SOQL)
		if err == nil { // a field that is new has no before
			for _, rec := range old {
				earlier[rec.ID()] = rec
			}
		}
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

func (e *Evidence) query(ctx context.Context, o *org.Org, soql string) ([]*schema.Record, error) {
	var records []*schema.Record
	opt := org.TxOptions{Cause: "suite expectation", Namespace: e.To.Namespace, NoLimits: true}
	_, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		var err error
		records, err = tx.Query(ctx, soql, nil)
		return err
	})
	return records, err
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

// askChanges holds the record changes against those that are expected.
func (e *Evidence) askChanges() ([]finding.Finding, error) {
	met := make([]int, len(e.Changes))
	groups := newGrouping()
	for i := range e.Diff.Objects {
		o := &e.Diff.Objects[i]
		for j := range o.Rows {
			if err := e.askRow(o, &o.Rows[j], met, groups); err != nil {
				return nil, err
			}
		}
	}
	list := groups.list()
	for i, c := range e.Changes {
		if c.Required && met[i] == 0 {
			f := finding.New(finding.MissingChange, fmt.Sprintf("The expected change of %s did not happen", c.Object))
			f.Message = strings.TrimSpace(strings.Join(c.Fields, ", "))
			list = append(list, f)
		}
	}
	return list, nil
}

func (e *Evidence) askRow(o *diff.Object, row *diff.Row, met []int, groups *grouping) error {
	expected := map[string]bool{}
	for i, c := range e.Changes {
		if !e.sameName(c.Object, o.Object.Name) || c.Kind != "" && c.Kind != string(row.Kind) {
			continue
		}
		if c.When != nil {
			holds, err := c.When.Holds(map[string]any{"before": orNull(row.Before, e.To.Namespace), "after": orNull(row.After, e.To.Namespace)})
			if err != nil {
				return fmt.Errorf("expected change of %s: %w", c.Object, err)
			}
			if !holds {
				continue
			}
		}
		if e.cover(c, row, expected) {
			met[i]++
		}
	}
	if !e.Strict || expected["*"] || row.Causes.Business() {
		return nil
	}
	for _, f := range row.Fields {
		if !expected[strings.ToLower(f.Field.Name)] {
			e.unexpected(o, row, f.Field.Name, groups)
		}
	}
	if row.Kind != diff.Updated {
		e.unexpected(o, row, "", groups)
	}
	return nil
}

// cover marks the fields of a row that an expected change accounts for.
func (e *Evidence) cover(c Change, row *diff.Row, expected map[string]bool) bool {
	if len(c.Fields) == 0 || row.Kind != diff.Updated {
		expected["*"] = true
		return true
	}
	any := false
	for _, f := range row.Fields {
		if slices.ContainsFunc(c.Fields, func(name string) bool { return e.sameName(name, f.Field.Name) }) {
			expected[strings.ToLower(f.Field.Name)] = true
			any = true
		}
	}
	return any
}

// sameName compares names as the suite may write them: with the package's
// namespace or without, or as a pattern.
func (e *Evidence) sameName(wanted, name string) bool {
	wanted, name = strings.ToLower(wanted), strings.ToLower(name)
	ns := strings.ToLower(e.To.Namespace) + "__"
	bare := strings.TrimPrefix(name, ns)
	for _, n := range []string{name, bare} {
		if ok, err := path.Match(wanted, n); ok && err == nil {
			return true
		}
	}
	return false
}

func orNull(r *schema.Record, ns string) any {
	if r == nil {
		return nil
	}
	return plain(r, ns)
}

func (e *Evidence) unexpected(o *diff.Object, row *diff.Row, field string, groups *grouping) {
	f, first := groups.at(o.Object.Name + "." + field + string(row.Kind) + strings.Join(row.Causes.Texts(), ";"))
	if first {
		title := fmt.Sprintf("Records of %s were %s, which the suite does not expect", o.Object.Name, row.Kind)
		if field != "" {
			title = fmt.Sprintf("%s.%s changed, which the suite does not expect", o.Object.Name, field)
		}
		*f = finding.New(finding.UnexpectedChange, title)
		f.Cause = causeOfWrites(row.Causes)
		f.Rows = []finding.Rows{{Object: o.Object.Name}}
	}
	note := ""
	for _, changed := range row.Fields {
		if changed.Field.Name == field {
			note = changeNote([]diff.Field{changed})
		}
	}
	f.Rows[0].AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: note})
}
