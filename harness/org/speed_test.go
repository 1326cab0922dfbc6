package org_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// tenFunctions is a validation rule of ten functions over the fields of an
// account.
const tenFunctions = `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
<validationRules><fullName>Ten</fullName><active>%t</active><errorMessage>No.</errorMessage><errorConditionFormula>
AND(NOT(ISBLANK(Name)), OR(LEN(Name) &gt; 250, CONTAINS(UPPER(Name), "FORBIDDEN")), IF(ISPICKVAL(Industry, "Energy"), MAX(NumberOfEmployees, 10) &lt; 5, LEFT(Name, 1) = "x"))
</errorConditionFormula></validationRules></CustomObject>`

// BenchmarkValidationRule saves 200 rows without and with a rule of ten
// functions in turn, so that both meet the same machine, and reports what the
// rule adds in per cent.
func BenchmarkValidationRule(b *testing.B) {
	ctx := context.Background()
	var took [2]time.Duration
	var orgs [2]*org.Org
	for i, active := range []bool{false, true} {
		orgs[i] = newOrg(b, 1)
		deploy(b, orgs[i], component(b, metadata.CustomObject, "Account", fmt.Sprintf(tenFunctions, active))...)
	}
	for b.Loop() {
		for i, o := range orgs {
			f, err := o.Fork(ctx, "fork")
			if err != nil {
				b.Fatal(err)
			}
			rows := accounts(f, 200)
			start := time.Now()
			if err := insert(ctx, f, rows); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(start)
			_ = f.Close()
		}
	}
	b.ReportMetric(float64(took[0].Microseconds())/float64(b.N), "µs/bare")
	b.ReportMetric(100*(took[1]-took[0]).Seconds()/took[0].Seconds(), "%added")
}

const master = `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
<label>Plan</label><pluralLabel>Plans</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel>
<fields><fullName>Total__c</fullName><label>Total</label><type>Summary</type><summarizedField>Item__c.Cost__c</summarizedField><summaryForeignKey>Item__c.Plan__c</summaryForeignKey><summaryOperation>sum</summaryOperation></fields>
</CustomObject>`

const detail = `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
<label>Item</label><pluralLabel>Items</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>ControlledByParent</sharingModel>
<fields><fullName>Plan__c</fullName><label>Plan</label><type>MasterDetail</type><referenceTo>Plan__c</referenceTo><relationshipName>Items</relationshipName></fields>
<fields><fullName>Cost__c</fullName><label>Cost</label><type>Currency</type><precision>12</precision><scale>2</scale></fields>
</CustomObject>`

// rollUpOrg is an org with children of a number of parents, loaded past the
// save pipeline.
func rollUpOrg(t testing.TB, parents, children int) *org.Org {
	t.Helper()
	ctx := context.Background()
	o := newOrg(t, 1)
	deploy(t, o, append(component(t, metadata.CustomObject, "Plan__c", master), component(t, metadata.CustomObject, "Item__c", detail)...)...)
	plan, item := o.Schema().Object("Plan__c"), o.Schema().Object("Item__c")
	load := func(obj *schema.Object, n int, fill func(r *schema.Record, i int)) {
		recs := make([]*schema.Record, n)
		for i := range recs {
			recs[i] = schema.NewRecord(obj)
			recs[i].SetID(o.NewID(obj))
			recs[i].Set(obj.Field("Name"), value.OfText(fmt.Sprint(obj.Label, i)))
			fill(recs[i], i)
		}
		if err := o.LoadRaw(ctx, obj, recs, ""); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	load(plan, parents, func(r *schema.Record, _ int) { ids = append(ids, r.ID()) })
	load(item, children, func(r *schema.Record, i int) {
		r.Set(item.Field("Plan__c"), value.OfID(ids[i%parents]))
		r.Set(item.Field("Cost__c"), value.OfDecimal(value.NewDec(int64(i%1000), 2)))
	})
	return o
}

// TestRecalculateRollUps computes what rows loaded past the save pipeline left
// behind.
func TestRecalculateRollUps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := rollUpOrg(t, 3, 10)
	if err := o.RecalculateRollUps(ctx, "Item__c"); err != nil {
		t.Fatal(err)
	}
	plan := o.Schema().Object("Plan__c")
	var got []string
	err := o.Store().Scan(ctx, plan, func(r *schema.Record) error {
		got = append(got, r.Get(plan.Field("Total__c")).String())
		return nil
	})
	if want := "[0.18 0.12 0.15]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("totals are %v, want %s; %v", got, want, err)
	}
}

// BenchmarkRollUp recalculates a SUM over 100,000 children of 100 parents, all
// of them stale, beside the bare statement of the store.
func BenchmarkRollUp(b *testing.B) {
	ctx := context.Background()
	o := rollUpOrg(b, 100, 100_000)
	if err := o.RecalculateRollUps(ctx, "Item__c"); err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			err := o.Store().Query(ctx, `SELECT "plan__c", SUM("cost__c") FROM "item__c" GROUP BY "plan__c"`, nil, func(store.Row) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("recalculate", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			if _, err := o.Store().Exec(ctx, `UPDATE "plan__c" SET "total__c" = -1`); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := o.RecalculateRollUps(ctx, "Item__c"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
