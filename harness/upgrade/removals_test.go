package upgrade_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// TestUnlockedDeletesWhatNothingNeeds removes classes from an unlocked package:
// one that a class of the subscriber names stays, deprecated.
func TestUnlockedDeletesWhatNothingNeeds(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	old := version(t, unlocked, "", "1.0", class("Used", "public class Used {}"), class("Unused", "public class Unused {}"), class("Stays", "public class Stays {}"))
	mustInstall(t, o, old)
	deployLocal(t, o, class("Ours", "public class Ours { Used u; String s = 'Unused'; }"))
	report, err := upgrade.Install(t.Context(), o, version(t, unlocked, "", "1.1", class("Stays", "public class Stays {}")), install.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]upgrade.Verb{"Used": upgrade.Deprecate, "Unused": upgrade.Delete, "Stays": upgrade.Rewrite}
	for _, act := range report.Actions {
		if act.Verb != want[act.Name] {
			t.Errorf("%s is %s, want %s", act.Name, act.Verb, want[act.Name])
		}
	}
	if e := o.Components().Find(metadata.ApexClass, "", "Used"); e == nil || e.State != org.Deprecated {
		t.Errorf("the class in use is %v", e)
	}
	if o.Components().Find(metadata.ApexClass, "", "Unused") != nil {
		t.Error("the class that nothing needs is still there")
	}
}

// TestUninstallRefusals words the refusal of an uninstall by what of the
// subscriber uses what of the package.
func TestUninstallRefusals(t *testing.T) {
	t.Parallel()
	packaged := []part{object("Thing__c"), textField("Thing__c.F__c", ""), class("Api", "global class Api { global static void go() {} }"),
		{kind: "Layout", name: "Thing__c-Thing Layout", xml: "<layoutSections><label>L</label></layoutSections>"},
		class("Nightly", "global class Nightly implements Schedulable { global void execute(SchedulableContext c) {} }")}
	for _, tt := range []struct {
		name  string
		local part
		apex  string
		says  string
	}{
		{"nothing of the subscriber", part{}, "", ""},
		{"a class", class("Ours", "public class Ours { void f() { ns.Api.go(); } }"), "", "Api - Component is in use by another component in your organization. ApexClass Ours"},
		{"a class that names it in a string", class("Ours", "public class Ours { String s = 'ns.Api'; }"), "", ""},
		{"a field of the subscriber on a packaged object", textField("ns__Thing__c.Ours__c", ""), "", "Thing__c - Component is in use by another component in your organization. CustomField ns__Thing__c.Ours__c"},
		{"a workflow rule", part{kind: "WorkflowRule", name: "Account.Ours", xml: "<active>true</active><formula>ISBLANK(ns__F__c)</formula>"}, "", "Custom Field F__c: The custom field is in use in a workflow rule."},
		{"a flow", part{kind: "Flow", name: "Ours", xml: "<start><object>ns__Thing__c</object></start>"}, "", "Thing__c - Component is in use by another component in your organization. Flow Ours"},
		{"a scheduled job", part{}, "System.schedule('n', '0 0 3 * * ?', new ns.Nightly());", "This schedulable class has jobs pending or in progress - CronTrigger IDs (08e"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			mustInstall(t, o, version(t, managed, "ns", "1.0", packaged...))
			if tt.local.kind != "" {
				deployLocal(t, o, tt.local)
			}
			if tt.apex != "" {
				runApex(t, o, tt.apex)
			}
			_, err := upgrade.Uninstall(t.Context(), o, "ns")
			var refused *upgrade.Failure
			if errors.As(err, &refused) != (tt.says != "") || refused != nil && !strings.Contains(refused.Message, tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}
