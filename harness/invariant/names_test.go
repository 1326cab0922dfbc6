package invariant_test

import (
	"errors"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestEveryRowIsNamed names all rows that a rolled back upgrade failed for,
// although the text of its exception has the id of the first only.
func TestEveryRowIsNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	other := schema.NewRecord(b.after.Schema().Object("Account"))
	other.Set(other.Object.Field("Name"), value.OfText("Umbrella"))
	second := b.save(b.after, dml.Insert, other)
	var failed dml.Failed
	for _, id := range []string{b.account, second} {
		failed.Rows = append(failed.Rows, dml.FailedRow{ID: id, RowError: dml.RowError{StatusCode: "STRING_TOO_LONG", Message: "x"}})
	}
	b.step.Report.Failure = &upgrade.Failure{Message: "The post install script failed.", Step: "running the script",
		Cause: errors.Join(&org.ApexError{Type: "System.DmlException", Message: "Update failed. First exception on row 0 with id " + b.account + "; first error: STRING_TOO_LONG, x", Failed: failed})}
	found := b.judge()[finding.UpgradeFails]
	if len(found) != 1 || len(found[0].Rows) != 1 || len(found[0].Rows[0].Sample) != 2 {
		t.Fatalf("found %+v", found)
	}
	for i, want := range []string{"Acme", "Umbrella"} {
		if got := found[0].Rows[0].Sample[i].Name; got != want {
			t.Errorf("row %d is called %q, want %q", i, got, want)
		}
	}
}
