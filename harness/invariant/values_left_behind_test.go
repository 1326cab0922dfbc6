package invariant_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

const (
	checkbox = "<CustomField><type>Checkbox</type><defaultValue>false</defaultValue><label>L</label></CustomField>"
	text     = "<CustomField><type>Text</type><length>40</length><label>L</label></CustomField>"
	mdt      = "<CustomObject><label>Rule</label><pluralLabel>Rules</pluralLabel></CustomObject>"
	record   = "<CustomMetadata><label>Ours</label></CustomMetadata>"
)

func valuesOf(values ...string) string {
	xml := "<CustomField><type>Picklist</type><label>L</label><valueSet><restricted>true</restricted><valueSetDefinition>"
	for _, v := range values {
		xml += "<value><fullName>" + v + "</fullName><default>false</default><label>" + v + "</label></value>"
	}
	return xml + "</valueSetDefinition></valueSet></CustomField>"
}

// replaced is a text field of the account with the layout and the list view that
// show it.
func replaced(name string) []*metadata.Component {
	return []*metadata.Component{metadatatest.Component(metadata.CustomField, "Account."+name, text),
		metadatatest.Component(metadata.Layout, "Account-Sales", "<Layout><layoutSections><layoutColumns><layoutItems><field>"+name+"</field></layoutItems></layoutColumns></layoutSections></Layout>"),
		metadatatest.Component(metadata.ListView, "Account.Mine", "<ListView><columns>"+name+"</columns></ListView>")}
}

// TestLeftBehind upgrades between two versions of a package without a
// namespace, with one value in the account, and looks at what is said of it.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	field := func(name, xml string) *metadata.Component {
		return metadatatest.Component(metadata.CustomField, name, xml)
	}
	yes := value.OfBool(true)
	asking := class("Install", "global class Install implements InstallHandler { global void onInstall(InstallContext c) { if (c.previousVersion() == null) { return; } } }").Component
	for name, tt := range map[string]struct {
		from, to []*metadata.Component
		own      []*org.Entry // of the subscriber
		set      string       // field of the account
		value    value.Value
		script   string // first version with a script
		copies   bool   // a script copies the value
		want     finding.Code
		says     string
	}{
		"a field that held a value": {from: []*metadata.Component{field("Account.HideNames__c", checkbox)}, to: []*metadata.Component{field("Account.NamesAreHidden__c", checkbox)},
			set: "HideNames__c", value: yes, want: finding.ValuesLeft, says: "1 row held a value before: true. No step of the upgrade copied what was there. NamesAreHidden__c, new in 2.0, looks like the successor: it holds false in these rows."},
		"a field at its default": {from: []*metadata.Component{field("Account.HideNames__c", checkbox)}, set: "HideNames__c", value: value.OfBool(false)},
		"a field that is copied": {from: []*metadata.Component{field("Account.Old__c", text)}, to: []*metadata.Component{field("Account.New__c", text)},
			set: "Old__c", value: value.OfText("entered"), copies: true},
		"a field whose place another one took": {from: replaced("Owner__c"), to: append(replaced("OwnerName__c"), field("Account.Owner__c", text)),
			set: "Owner__c", value: value.OfText("entered"), want: finding.ValuesLeft, says: "Layout Account-Sales, ListView Account.Mine went over from it to OwnerName__c, new in 2.0"},
		"a field that is shown beside a new one": {from: replaced("Owner__c"), to: append(replaced("Owner__c"), field("Account.OwnerName__c", text)),
			set: "Owner__c", value: value.OfText("entered")},
		"a field whose place one took that is called otherwise": {from: replaced("Owner__c"), to: append(replaced("Region__c"), field("Account.Owner__c", text)),
			set: "Owner__c", value: value.OfText("entered")},
		"a value that is no longer defined": {from: []*metadata.Component{field("Account.Way__c", valuesOf("ACH/EFT", "Card"))}, to: []*metadata.Component{field("Account.Way__c", valuesOf("ACH", "Card"))},
			set: "Way__c", value: value.OfText("ACH/EFT"), want: finding.ValuesUndefined, says: "Way__c holds ACH/EFT, in 1 of 1 row. The new version defines ACH."},
		"a value that stays": {from: []*metadata.Component{field("Account.Way__c", valuesOf("ACH/EFT", "Card"))}, to: []*metadata.Component{field("Account.Way__c", valuesOf("ACH", "Card"))},
			set: "Way__c", value: value.OfText("Card")},
		"metadata without what is required": {from: []*metadata.Component{metadatatest.Component(metadata.CustomObject, "Rule__mdt", mdt)},
			to:  []*metadata.Component{metadatatest.Component(metadata.CustomObject, "Rule__mdt", mdt), field("Rule__mdt.Sort__c", strings.Replace(text, "<label>", "<required>true</required><label>", 1))},
			own: []*org.Entry{entry(metadata.CustomMetadata, "Rule.Ours", record)}, want: finding.RecordsIncomplete, says: "1 record without a value in Sort__c"},
		"metadata of a type that is gone": {from: []*metadata.Component{metadatatest.Component(metadata.CustomObject, "Rule__mdt", mdt)},
			own: []*org.Entry{entry(metadata.CustomMetadata, "Rule.Ours", record)}, want: finding.ValuesLeft, says: "1 record of the subscriber in Rule__mdt: the object is not part of 2.0"},
		"metadata of the package itself": {from: []*metadata.Component{metadatatest.Component(metadata.CustomObject, "Rule__mdt", mdt), metadatatest.Component(metadata.CustomMetadata, "Rule.Theirs", record)}},
		"a script for the first time":    {script: "2.0", to: []*metadata.Component{asking}, want: finding.ScriptFirstRun, says: "1.0 has no post-install script and 2.0 has one"},
		"a script as before":             {script: "1.0", to: []*metadata.Component{asking}},
		"a script that treats all alike": {script: "2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			ctx := context.Background()
			var parts []*org.Entry
			for _, c := range tt.from {
				parts = append(parts, &org.Entry{Component: c, Package: "p", State: org.Installed})
			}
			if _, err := b.before.Deploy(ctx, org.Change{Put: append(parts, tt.own...)}); err != nil {
				t.Fatal(err)
			}
			if tt.set != "" {
				b.set(b.before, tt.set, tt.value)
			}
			after, err := b.before.Fork(ctx, "later")
			if err != nil {
				t.Fatal(err)
			}
			b.after = after
			t.Cleanup(func() { _ = after.Close() })
			for _, c := range tt.to {
				b.deploy(&org.Entry{Component: c, Package: "p", State: org.Installed})
			}
			if tt.copies {
				b.cause = "post-install script Install"
				b.set(b.after, "New__c", tt.value)
			}
			b.step = step(tt.from, tt.to, tt.script)
			found := b.judge()
			if tt.want == "" {
				if len(found[finding.ValuesLeft])+len(found[finding.ValuesUndefined])+len(found[finding.ScriptFirstRun]) > 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if len(found[tt.want]) != 1 || !strings.Contains(found[tt.want][0].Message, tt.says) {
				t.Errorf("found %+v, want one %s that says %q", found, tt.want, tt.says)
			}
		})
	}
}

// set writes one field of the account.
func (b *bench) set(o *org.Org, field string, v value.Value) {
	b.t.Helper()
	rec := schema.NewRecord(o.Schema().Object("Account"))
	rec.SetID(b.account)
	rec.Set(rec.Object.Field(field), v)
	b.save(o, dml.Update, rec)
}

// step is an upgrade from 1.0 to 2.0, with a script from one of them on.
func step(from, to []*metadata.Component, script string) probe.Step {
	first := metadata.Package{Name: "p", Kind: metadata.Unlocked, Version: metadata.Version{Major: 1}}
	second := metadata.Package{Name: "p", Kind: metadata.Unlocked, Version: metadata.Version{Major: 2}}
	report := &upgrade.Report{}
	if script != "" {
		second.PostInstall = "Install"
		report.Script = &upgrade.ScriptRun{Class: "Install"}
	}
	if script == "1.0" {
		first.PostInstall = "Install"
	}
	old, _ := metadata.NewPackage(first, from)
	next, _ := metadata.NewPackage(second, to)
	return probe.Step{From: old, To: next, Report: report}
}
