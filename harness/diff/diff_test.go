package diff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func newOrg(t *testing.T) *org.Org {
	t.Helper()
	ctx := context.Background()
	st, err := sqlite.New(ctx)
	if err != nil {
		t.Fatal(err)
	}
	o, err := org.New(ctx, org.Config{Name: "before", Seed: 1, Store: st})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func account(o *org.Org, id, name, phone string) *schema.Record {
	r := schema.NewRecord(o.Schema().Object("Account"))
	if id != "" {
		r.SetID(id)
	}
	r.Set(r.Object.Field("Name"), value.OfText(name))
	r.Set(r.Object.Field("Phone"), value.OfText(phone))
	return r
}

func save1(t *testing.T, o *org.Org, op dml.Op, by cause.Transaction, rec *schema.Record) string {
	t.Helper()
	ctx, id := context.Background(), ""
	_, err := o.Run(ctx, org.TxOptions{Cause: by}, func(tx *org.Tx) error {
		results, err := tx.DML(ctx, schema.Statement{Op: op, Records: []*schema.Record{rec}, AllOrNone: true})
		if err == nil {
			id = results[0].ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// words writes a diff as lines, with ids left out.
func words(d *diff.Diff) []string {
	var out []string
	for _, c := range d.Components {
		out = append(out, fmt.Sprintf("%s %s %s", c.Change, c.Key.Kind, c.FullName()))
	}
	for _, o := range d.Objects {
		for _, r := range o.Rows {
			line := fmt.Sprintf("%s %s %s", r.Kind, o.Object.Name, r.Name)
			for _, f := range r.Fields {
				line += fmt.Sprintf(", %s: %s → %s", f.Field.Name, f.Before, f.After)
			}
			out = append(out, line+" by "+strings.Join(r.Causes.Texts(), "; "))
		}
	}
	return out
}

func TestCompare(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	before := newOrg(t)
	kept := save1(t, before, dml.Insert, "setup", account(before, "", "Kept", "1"))
	changed := save1(t, before, dml.Insert, "setup", account(before, "", "Changed", "1"))
	binned := save1(t, before, dml.Insert, "setup", account(before, "", "Binned", "1"))
	after, err := before.Fork(ctx, "after")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = after.Close() })

	save1(t, after, dml.Update, "nobody", account(after, kept, "Kept", "1")) // saved, and the same
	save1(t, after, dml.Update, "the script", account(after, changed, "Changed", "2"))
	save1(t, after, dml.Insert, "the script", account(after, "", "New", "3"))
	gone := schema.NewRecord(after.Schema().Object("Account"))
	gone.SetID(binned)
	save1(t, after, dml.Delete, "an admin", gone)
	root, err := metadata.ParseXML("label", []byte("<CustomLabel><value>Hello</value></CustomLabel>"))
	if err != nil {
		t.Fatal(err)
	}
	label := metadata.NewComponent(metadata.CustomLabel, "Greeting", "label", root)
	label.Seal()
	if _, err := after.Deploy(ctx, org.Change{Put: []*org.Entry{{Component: label, Namespace: "ns", State: org.Installed}}}); err != nil {
		t.Fatal(err)
	}

	d, err := diff.Compare(ctx, before, after)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"added CustomLabel ns__Greeting",
		"updated Account Changed, Phone: 1 → 2 by the script",
		"deleted Account Binned by an admin",
		"inserted Account New by the script",
	}
	if problem := cmp.Diff(want, words(d)); problem != "" {
		t.Error(problem)
	}

	same, err := diff.Compare(ctx, before, before)
	if err != nil {
		t.Fatal(err)
	}
	if lines := words(same); len(lines) > 0 {
		t.Errorf("an org differs from itself: %v", lines)
	}
}
