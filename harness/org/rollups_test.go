package org_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// TestDeployRecalculatesRollUps: a roll-up that a deployment adds, or defines
// anew, shows the rows that were there before it; one that it leaves alone stays
// as it is.
func TestDeployRecalculatesRollUps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := rollUpOrg(t, 3, 10) // loaded past the pipeline: nothing is summarised yet
	totals := func(name string) string {
		plan := o.Schema().Object("Plan__c")
		var got []string
		if err := o.Store().Scan(ctx, plan, func(r *schema.Record) error {
			got = append(got, r.Get(plan.Field(name)).String())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got)
	}
	before := totals("Total__c")
	added := `<fields><fullName>Count__c</fullName><label>Count</label><type>Summary</type><summaryForeignKey>Item__c.Plan__c</summaryForeignKey><summaryOperation>count</summaryOperation>
<summaryFilterItems><field>Item__c.Cost__c</field><operation>greaterThan</operation><value>0.04</value></summaryFilterItems></fields></CustomObject>`
	with := strings.Replace(master, "</CustomObject>", added, 1)
	deploy(t, o, component(t, metadata.CustomObject, "Plan__c", with)...)
	if got := totals("Count__c"); got != "[2 1 2]" {
		t.Errorf("the new roll-up shows %s", got)
	}
	if got := totals("Total__c"); got != before {
		t.Errorf("the roll-up that did not change went from %s to %s", before, got)
	}
	deploy(t, o, component(t, metadata.CustomObject, "Plan__c", strings.Replace(with, "<summaryOperation>sum<", "<summaryOperation>max<", 1))...)
	if got := totals("Total__c"); got != "[0.09 0.07 0.08]" {
		t.Errorf("the roll-up that became a maximum shows %s", got)
	}
}
