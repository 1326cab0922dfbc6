package upgrade_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/source"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/store/sqlite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// errInjected is what a database gives that fails on purpose.
var errInjected = errors.New("the disk is gone")

// failing is a store that fails once, at its n-th operation from now on.
type failing struct {
	store.Store
	at *countdown
}

type countdown struct{ left, done int }

func (c *countdown) step() error {
	c.done++
	if c.left--; c.left == 0 {
		return errInjected
	}
	return nil
}

func (f failing) Exec(ctx context.Context, sql string, args ...value.Value) (int64, error) {
	if err := f.at.step(); err != nil {
		return 0, err
	}
	return f.Store.Exec(ctx, sql, args...)
}

func (f failing) Query(ctx context.Context, sql string, args []value.Value, row func(store.Row) error) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.Query(ctx, sql, args, row)
}

func (f failing) EnsureTable(ctx context.Context, o *schema.Object) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.EnsureTable(ctx, o)
}

func (f failing) Insert(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.Insert(ctx, o, rows, cause)
}

func (f failing) Update(ctx context.Context, o *schema.Object, rows []*schema.Record, cause store.Cause) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.Update(ctx, o, rows, cause)
}

func (f failing) Delete(ctx context.Context, o *schema.Object, ids []string, cause store.Cause) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.Delete(ctx, o, ids, cause)
}

func (f failing) Load(ctx context.Context, o *schema.Object, ids []string) ([]*schema.Record, error) {
	if err := f.at.step(); err != nil {
		return nil, err
	}
	return f.Store.Load(ctx, o, ids)
}

func (f failing) Scan(ctx context.Context, o *schema.Object, row func(*schema.Record) error) error {
	if err := f.at.step(); err != nil {
		return err
	}
	return f.Store.Scan(ctx, o, row)
}

// Fork keeps the copy that an attempt goes back to whole.
func (f failing) Fork(ctx context.Context) (store.Store, error) {
	inner, err := f.Store.Fork(ctx)
	return failing{inner, f.at}, err
}

func (f failing) Diff(ctx context.Context, before store.Store, o *schema.Object, change func(store.RowChange) error) error {
	if b, ok := before.(failing); ok {
		before = b.Store
	}
	return f.Store.Diff(ctx, before, o, change)
}

// TestFailureLeavesNoTrace upgrades an org again and again, each time with a
// failure at another operation of the database, and holds every row, component,
// package and job of the org against what they were. REHEARSAL_INJECTIONS says
// how many times.
func TestFailureLeavesNoTrace(t *testing.T) {
	t.Parallel()
	injections := 20
	if n, err := strconv.Atoi(os.Getenv("REHEARSAL_INJECTIONS")); err == nil {
		injections = n
	}
	ctx := t.Context()
	old, next := sample(t, "v1.2"), sample(t, "v1.3")
	inner, err := sqlite.New(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := &countdown{}
	o, err := org.New(ctx, org.Config{Seed: 1, Store: failing{inner, at}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	mustInstall(t, o, old)
	fill(t, o)
	before := fingerprint(t, o)

	// How many operations does it take when nothing fails?
	trial, err := o.Fork(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	at.done = 0
	mustInstall(t, trial, next)
	steps := at.done
	_ = trial.Close()
	if steps < 10 {
		t.Fatalf("the upgrade takes %d operations: too few to tell anything", steps)
	}

	random := rand.New(rand.NewPCG(1, 2))
	failed := 0
	for i := range injections {
		at.left = 1 + random.IntN(steps)
		where := at.left
		report, err := upgrade.Install(ctx, o, next, install.Options{})
		at.left = 0
		if err == nil {
			t.Fatalf("injection %d at operation %d of %d: the upgrade went through (%v)", i, where, steps, report.Failure)
		}
		failed++
		if after := fingerprint(t, o); !slices.Equal(before, after) {
			t.Fatalf("injection %d at operation %d of %d, error %v: the org is not as it was:\n%v\n%v", i, where, steps, err, before, after)
		}
	}
	if _, err := upgrade.Install(ctx, o, next, install.Options{}); err != nil {
		t.Fatalf("after %d failures the upgrade itself fails: %v", failed, err)
	}
	t.Logf("%d failures over %d operations", failed, steps)
}

func sample(t *testing.T, version string) *metadata.Package {
	t.Helper()
	p, _, err := source.Read(t.Context(), "../../scenarios/packages/toolshed/"+version, source.Options{Kind: metadata.Managed})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fill gives the packaged object rows for the script to work on.
func fill(t *testing.T, o *org.Org) {
	t.Helper()
	code := `List<toolshed__Rental__c> rows = new List<toolshed__Rental__c>();
		for (Integer i = 0; i < 20; i++) {
			rows.add(new toolshed__Rental__c(toolshed__Days__c = 3, toolshed__Daily_Rate__c = 9.99 + i));
		}
		insert rows;`
	if _, err := o.Run(t.Context(), org.TxOptions{Cause: "fill"}, func(tx *org.Tx) error { return tx.Anonymous(t.Context(), code) }); err != nil {
		t.Fatal(err)
	}
}

// fingerprint is everything that an org holds: a line an object with the digest
// of its rows, the components, packages and waiting jobs.
func fingerprint(t *testing.T, o *org.Org) []string {
	t.Helper()
	var lines []string
	counts, err := o.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name := range counts {
		obj := o.Schema().Object(name)
		h := sha256.New()
		err := o.Store().Scan(t.Context(), obj, func(r *schema.Record) error {
			for _, f := range obj.Fields {
				if f.IsStored() {
					fmt.Fprintf(h, "%s=%v\x00", f.Name, r.Get(f))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %d %x", name, counts[name], h.Sum(nil)[:8]))
	}
	slices.Sort(lines)
	for _, e := range o.Components().All() {
		lines = append(lines, fmt.Sprint(e.Key(), " ", e.State, " ", e.Package, " ", e.Component.Hash))
	}
	lines = append(lines, fmt.Sprint(o.Components().Deleted()), fmt.Sprint(o.Packages()), fmt.Sprint(o.PendingJobs()), fmt.Sprint(o.Clock().Now()))
	return lines
}
