package org

import (
	"context"
	"fmt"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// BenchmarkSharing serves the bar that a query under private sharing over
// 100,000 rows costs at most three times the open one: all rows seen by an
// administrator, and by a user who reaches half of them by the role hierarchy,
// share rows and a group.
func BenchmarkSharing(b *testing.B) {
	o, reader := sharedOrg(b, 100_000)
	for _, q := range []struct{ name, text string }{
		{"rows", "SELECT Id, Name FROM Plan__c"}, {"count", "SELECT COUNT() FROM Plan__c"},
		{"ordered", "SELECT Id, Name FROM Plan__c ORDER BY Name LIMIT 200"}, {"details", "SELECT Id, Name FROM Step__c"},
	} {
		for _, as := range []struct {
			name, user string
			sharing    vm.Sharing
		}{{"open", reader, vm.WithoutSharing}, {"private", reader, vm.WithSharing}} {
			b.Run(q.name+"/"+as.name, func(b *testing.B) {
				rows := selectAs(b, o, as.user, as.sharing, q.text) // makes the indexes
				for b.Loop() {
					rows = selectAs(b, o, as.user, as.sharing, q.text)
				}
				b.ReportMetric(float64(rows), "rows")
			})
		}
	}
}

// TestSharingInSQL holds what a user sees of many rows against what was shared.
func TestSharingInSQL(t *testing.T) {
	t.Parallel()
	o, reader := sharedOrg(t, 600)
	for _, c := range []struct {
		text    string
		sharing vm.Sharing
		rows    int64
	}{
		{"SELECT Id FROM Plan__c", vm.WithoutSharing, 600}, {"SELECT Id FROM Plan__c", vm.WithSharing, 300},
		{"SELECT COUNT() FROM Plan__c", vm.WithSharing, 300}, {"SELECT Id FROM Step__c", vm.WithSharing, 300},
	} {
		if got := selectAs(t, o, reader, c.sharing, c.text); got != c.rows {
			t.Errorf("%s gives %d rows, want %d", c.text, got, c.rows)
		}
	}
}

// TestSharingGapsAreTold: what is not simulated of an org's sharing is in the
// ledger by name once a user's rows depend on it, and nothing else is.
func TestSharingGapsAreTold(t *testing.T) {
	t.Parallel()
	o, reader := sharedOrg(t, 600)
	var put []*Entry
	for name, xml := range map[string]string{
		"Intake": "<Queue><queueMembers><roles><role>Desk</role></roles></queueMembers></Queue>", "Empty": "<Queue/>",
	} {
		put = append(put, &Entry{Component: metadatatest.Component(metadata.Queue, name, xml), State: Unmanaged})
	}
	if _, err := o.Deploy(t.Context(), Change{Put: put}); err != nil {
		t.Fatal(err)
	}
	selectAs(t, o, reader, vm.WithSharing, "SELECT Id FROM Plan__c")
	told := ""
	for _, e := range o.Ledger().Entries() {
		if e.Area == "sharing" {
			told += e.Name + ";"
		}
	}
	if told != "Queue Intake;" {
		t.Errorf("the ledger tells of %q", told)
	}
}

func selectAs(tb testing.TB, o *Org, user string, s vm.Sharing, text string) int64 {
	tb.Helper()
	n := int64(0)
	_, err := o.Run(context.Background(), TxOptions{User: user, NoLimits: true}, func(tx *Tx) error {
		plan, err := tx.compiled.plans.Compile(tx.compiled.schema, "", text)
		if err != nil {
			return err
		}
		env := tx.queryEnv()
		if env.Sharing, err = tx.sharingOf(context.Background(), s, vm.SystemMode); err != nil {
			return err
		}
		res, err := plan.Run(context.Background(), o.st, env)
		if err == nil {
			n = res.Count
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// sharedOrg is an org with n private rows and a detail each: of every six one
// belongs to the reader's subordinate, one is shared with the reader, one with a
// group of the reader, and three are out of reach.
func sharedOrg(tb testing.TB, n int) (o *Org, reader string) {
	tb.Helper()
	ctx := context.Background()
	o, err := New(ctx, Config{Name: "Shared", Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { o.Close() }) //nolint:errcheck // in memory
	c := Change{}
	for kind, list := range map[metadata.Kind]map[string]string{
		metadata.CustomObject: {
			"Plan__c": `<CustomObject><label>Plan</label><nameField><label>Name</label><type>Text</type></nameField><sharingModel>Private</sharingModel></CustomObject>`,
			"Step__c": `<CustomObject><label>Step</label><nameField><label>Name</label><type>Text</type></nameField><sharingModel>ControlledByParent</sharingModel></CustomObject>`},
		metadata.CustomField: {
			"Step__c.Plan__c": `<CustomField><label>Plan</label><type>MasterDetail</type><referenceTo>Plan__c</referenceTo><relationshipName>Steps</relationshipName></CustomField>`},
	} {
		for name, xml := range list {
			props, err := metadata.ParseXML(name, []byte(xml))
			if err != nil {
				tb.Fatal(err)
			}
			c.Put = append(c.Put, &Entry{Component: &metadata.Component{Kind: kind, Name: name, Props: props}, State: Unmanaged})
		}
	}
	if _, err := o.Deploy(ctx, c); err != nil {
		tb.Fatal(err)
	}
	boss, below := roleOf(tb, o, "CEO"), roleOf(tb, o, "CFO")
	if reader, err = o.AddUser(ctx, NewUser{Alias: "reader", Role: boss}); err != nil {
		tb.Fatal(err)
	}
	owner, err := o.AddUser(ctx, NewUser{Alias: "owner", Role: below})
	if err != nil {
		tb.Fatal(err)
	}
	group, err := o.insertRow(ctx, "Group", standard.Fields{"Type": "Regular", "Name": "G"})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := o.insertRow(ctx, "GroupMember", standard.Fields{"GroupId": group, "UserOrGroupId": reader}); err != nil {
		tb.Fatal(err)
	}
	loadShared(tb, o, n, reader, owner, group)
	return o, reader
}

func loadShared(tb testing.TB, o *Org, n int, reader, owner, group string) {
	tb.Helper()
	plans, steps, shares := o.compiled.schema.Object("Plan__c"), o.compiled.schema.Object("Step__c"), o.compiled.schema.Object("Plan__Share")
	var rows, details, grants []*schema.Record
	for i := range n {
		fs := standard.Fields{"Name": fmt.Sprintf("plan %d", i), "OwnerId": o.state.AdminID}
		if i%6 == 0 {
			fs["OwnerId"] = owner
		}
		rec := fs.Record(plans)
		rec.SetID(o.NewID(plans))
		rows = append(rows, rec)
		details = append(details, standard.Fields{"Name": "step", "Plan__c": rec.ID()}.Record(steps))
		if i%6 == 1 || i%6 == 2 {
			to := map[int]string{1: reader, 2: group}[i%6]
			grants = append(grants, standard.Fields{"ParentId": rec.ID(), "UserOrGroupId": to, "AccessLevel": "Read", "RowCause": "Manual"}.Record(shares))
		}
	}
	for _, list := range [][]*schema.Record{rows, details, grants} {
		if err := o.LoadRaw(context.Background(), list[0].Object, list, ""); err != nil {
			tb.Fatal(err)
		}
	}
}

func roleOf(tb testing.TB, o *Org, name string) string {
	tb.Helper()
	id, err := o.roleNamed(context.Background(), name)
	if err != nil || id == "" {
		tb.Fatal(name, err)
	}
	return id
}

var _ soql.Sharing = sight{}
