package invariant_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/invariant/rule"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestExpectations asks an expectation of the suite before and after: what the
// upgrade broke, what was so before, what it mended, and rows with a null in a
// field that the expression reads.
func TestExpectations(t *testing.T) {
	t.Parallel()
	const soql = "SELECT Id, Name, Phone, NumberOfEmployees FROM Account"
	byScript := "post-install script Install | Class.ns.Repair.run: line 2, column 1"
	long := value.OfText("12345")
	for name, tt := range map[string]struct {
		each, that    string
		mends         bool
		before, after map[string]value.Value // of the account
		by            string                 // who wrote what is so after
		severity      finding.Severity       // "" when nothing is found
		says          string                 // part of the title, or of what was mended
	}{
		"holds":          {each: "row.Name == 'Acme'"},
		"broken now":     {each: "row.Phone == null", after: map[string]value.Value{"Phone": long}, by: byScript, severity: finding.Major, says: "does not hold for 1 of 1 row"},
		"was so before":  {each: "row.Phone != null", severity: finding.Minor, says: "and did not before the upgrade, when it was 1 of 1"},
		"was so, mends":  {each: "row.Phone != null", mends: true, severity: finding.Major, says: "does not hold for 1 of 1 row"},
		"written, wrong": {each: "row.Phone == '1'", after: map[string]value.Value{"Phone": long}, by: byScript, severity: finding.Major, says: "does not hold for 1 of 1 row"},
		"mended":         {each: "row.Phone != null", after: map[string]value.Value{"Phone": long}, by: byScript, says: "holds now for 1 row for which it did not before"},
		"a null":         {each: "size(row.Phone) < 1000", severity: finding.Minor, says: "and did not before the upgrade"},
		"a null in a sum": {each: "row.NumberOfEmployees + 1 > 2", before: map[string]value.Value{"NumberOfEmployees": value.OfInt(3)},
			after: map[string]value.Value{"NumberOfEmployees": {}}, by: byScript, severity: finding.Major, says: "does not hold for 1 of 1 row"},
		"asks of the change":    {each: "before != null && row.Phone != before.Phone", severity: finding.Major, says: "does not hold for 1 of 1 row"},
		"an answer was so":      {that: "count == 0", severity: finding.Minor, says: "and did not before the upgrade, when it gave 1"},
		"an answer now":         {that: "rows.all(r, r.Phone == null)", after: map[string]value.Value{"Phone": long}, by: byScript, severity: finding.Major, says: "does not hold, the query gives 1 row"},
		"an answer is mended":   {that: "rows.all(r, r.Phone != null)", after: map[string]value.Value{"Phone": long}, by: byScript, says: "holds now and did not before"},
		"an answer with a null": {that: "rows.all(r, size(r.Phone) > 0)", severity: finding.Minor, says: "and did not before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if tt.before != nil {
				b.write(b.before, tt.before, "an admin")
				b.refork()
			}
			if tt.after != nil {
				b.write(b.after, tt.after, tt.by)
			}
			r := invariant.Rule{Name: "it", SOQL: soql, Mends: tt.mends}
			r.Each, r.That = compiled(t, rule.Row, tt.each), compiled(t, rule.Answer, tt.that)
			out := b.expect(r)
			switch {
			case tt.severity == "" && len(out.Findings) > 0:
				t.Fatalf("found %q", out.Findings[0].Title)
			case tt.severity == "" && !strings.Contains(out.Mended, tt.says):
				t.Fatalf("mended %q, want %q", out.Mended, tt.says)
			case tt.severity == "":
				return
			case len(out.Findings) != 1:
				t.Fatalf("found %d, want 1", len(out.Findings))
			}
			if f := out.Findings[0]; f.Severity != tt.severity || !strings.Contains(f.Title, tt.says) {
				t.Errorf("says %s %q, want %s %q", f.Severity, f.Title, tt.severity, tt.says)
			}
		})
	}
}

func compiled(t *testing.T, scope rule.Scope, source string) *rule.Rule {
	t.Helper()
	if source == "" {
		return nil
	}
	r, bad := rule.Compile(scope, source, diag.Span{})
	if bad != nil {
		t.Fatal(bad)
	}
	return r
}

// refork takes what is in the earlier org over to the later one.
func (b *bench) refork() {
	b.t.Helper()
	after, err := b.before.Fork(context.Background(), "after")
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = after.Close() })
	b.after = after
}

// write writes fields of the account, blamed on a cause.
func (b *bench) write(o *org.Org, fields map[string]value.Value, by string) {
	b.t.Helper()
	rec := schema.NewRecord(o.Schema().Object("Account"))
	rec.SetID(b.account)
	for name, v := range fields {
		rec.Set(rec.Object.Field(name), v)
	}
	if err := o.Store().Update(context.Background(), rec.Object, []*schema.Record{rec}, o.Store().Cause(by)); err != nil {
		b.t.Fatal(err)
	}
}

// expect asks one expectation of the suite.
func (b *bench) expect(r invariant.Rule) invariant.Outcome {
	b.t.Helper()
	ctx := context.Background()
	d, err := diff.Compare(ctx, b.before, b.after)
	if err != nil {
		b.t.Fatal(err)
	}
	gathered, err := probe.Gather(ctx, &probe.Subject{Before: b.before, After: b.after, Diff: d, From: b.step.From, To: b.step.To,
		Steps: []probe.Step{b.step}, Queries: []string{r.SOQL}})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, out := range invariant.Judge(&invariant.Evidence{Evidence: gathered, Rules: []invariant.Rule{r}}) {
		if out.Name == r.Name {
			return out
		}
	}
	b.t.Fatal("the expectation was not asked")
	return invariant.Outcome{}
}
