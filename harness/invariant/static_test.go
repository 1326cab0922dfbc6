package invariant_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// apexOf is a class or trigger by its first words.
func apexOf(source string) *metadata.Component {
	kind, words := metadata.Kind(metadata.ApexClass), strings.Fields(source)
	name := words[2]
	if words[0] == "trigger" {
		kind, name = metadata.ApexTrigger, words[1]
	}
	c := metadatatest.Component(kind, name, "<"+string(kind)+"><apiVersion>60.0</apiVersion><status>Active</status></"+string(kind)+">")
	c.Source = []byte(source)
	c.Seal()
	return c
}

// atAPI gives code an API version.
func atAPI(version string, c *metadata.Component) *metadata.Component {
	c.APIVersion = version
	c.Seal()
	return c
}

// of is components by kind, name and XML.
func of(kind metadata.Kind, name, xml string) *metadata.Component {
	return metadatatest.Component(kind, name, "<"+string(kind)+">"+xml+"</"+string(kind)+">")
}

const (
	bell        = "<label>Bell</label><pluralLabel>Bells</pluralLabel><deploymentStatus>Deployed</deploymentStatus>"
	requiredTxt = "<label>Tone</label><type>Text</type><length>36</length><required>true</required>"
	dynamic     = "<dashboardType>LoggedInUser</dashboardType><title>D</title>"
)

// versionPairs are pairs of versions that tell something by themselves, each
// with a twin that does not.
var versionPairs = map[string]struct {
	from, to, twin []*metadata.Component // twin is what the new version might be instead
	want           finding.Code
	says           string
}{
	"a required field of an event": {
		from: []*metadata.Component{of(metadata.CustomObject, "Bell__e", bell)},
		to:   []*metadata.Component{of(metadata.CustomObject, "Bell__e", bell), of(metadata.CustomField, "Bell__e.Tone__c", requiredTxt)},
		twin: []*metadata.Component{of(metadata.CustomObject, "Bell__e", bell), of(metadata.CustomField, "Bell__e.Tone__c", requiredTxt+"<defaultValue>'a'</defaultValue>")},
		want: finding.RequiredAdded, says: "Bell__e.Tone__c is new and required. Integrations, flows and Apex of subscribers that publish the event do not set it."},
	"a required field that code does not set": {
		from: []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell)},
		to: []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell), of(metadata.CustomField, "Bell__c.Tone__c", requiredTxt),
			apexOf("public class Ringer { void ring() { insert new Bell__c(Name = 'x'); } }")},
		twin: []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell), of(metadata.CustomField, "Bell__c.Tone__c", requiredTxt),
			apexOf("public class Ringer { void ring() { Bell__c b = new Bell__c(); b.Tone__c = 'x'; insert b; } }")},
		want: finding.RequiredAdded, says: "The package itself does not set it in ApexClass Ringer, line 1."},
	"a dashboard of which an org has few": {
		to:   []*metadata.Component{of(metadata.Dashboard, "Ours/All", dynamic)},
		twin: []*metadata.Component{of(metadata.Dashboard, "Ours/All", strings.Replace(dynamic, "LoggedInUser", "SpecifiedUser", 1))},
		want: finding.OrgDependent, says: "adds Dashboard Ours/All. Enterprise Edition allows 5 of them in the org"},
	"mail out of a trigger": {
		to: []*metadata.Component{apexOf("trigger OnAccount on Account (after insert) { Handler.run(); }"), apexOf("public class Handler { public static void run() { Mailer.tell(); } }"),
			apexOf("public class Mailer { public static void tell() { Messaging.sendEmail(new List<Messaging.Email>()); } }")},
		twin: []*metadata.Component{apexOf("trigger OnAccount on Account (after insert) { Handler.run(); }"), apexOf("public class Handler { public static void run() { Mailer.tell(); } }"),
			apexOf("public class Mailer { public static void tell() { try { Messaging.sendEmail(new List<Messaging.Email>()); } catch (Exception e) { return; } } }")},
		want: finding.OrgDependent, says: "line 1 sends mail and is reached by trigger OnAccount, Handler, Mailer"},
	"share rows": {
		from: []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell)},
		to:   []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell), apexOf("public class Sharer { Bell__Share s; }")},
		twin: []*metadata.Component{of(metadata.CustomObject, "Bell__c", bell), apexOf("public class Sharer { String s; } // Bell__Share")},
		want: finding.OrgDependent, says: `then the upgrade fails there with "Invalid type: Bell__Share"`},
	"an exception": {
		from: []*metadata.Component{apexOf("public class Finder { public void find(String s) { System.debug(s); } void other() { throw new OldException(); } }")},
		to:   []*metadata.Component{apexOf("public class Finder { public void find(String s) { if (s == null) { throw new NewException(); } } void other() { throw new OldException(); } }")},
		twin: []*metadata.Component{apexOf("public class Finder { public void find(String s) { if (s == null) { throw new OldException(); } } void more() { throw new NewException(); } }")},
		want: finding.NewlyThrows, says: "Finder.find, line 1, throws NewException when s == null: 1.0 did not."},
	"an id in the source": {
		to:   []*metadata.Component{apexOf("public class Fixed { Id owner = '00558000001Gm4gAAC'; }")},
		twin: []*metadata.Component{apexOf("public class Fixed { String a = 'Responsibilities'; Id b = '005000000000000'; String c = '00558000001Gm4gAAA'; }")},
		want: finding.FixedID, says: "ApexClass Fixed: 00558000001Gm4gAAC, line 1"},
	"a class that goes over an API version": {
		from: []*metadata.Component{atAPI("60.0", apexOf("public class Lister { public List<Account> all() { return [SELECT Id FROM Account]; } }"))},
		to:   []*metadata.Component{atAPI("67.0", apexOf("public class Lister { public List<Account> all() { return [SELECT Id FROM Account]; } }"))},
		twin: []*metadata.Component{atAPI("67.0", apexOf("public without sharing class Lister { public List<Account> all() { return [SELECT Id FROM Account WITH SYSTEM_MODE]; } }"))},
		want: finding.APIVersionRaised, says: "ApexClass Lister goes from API version 60.0 to 67.0. Before 67.0 it reads and writes in system mode where it says nothing; line 1 does what changes."},
	"a type of configuration that is gone": {
		from: []*metadata.Component{of(metadata.CustomObject, "Rule__mdt", bell)},
		twin: []*metadata.Component{of(metadata.CustomObject, "Rule__mdt", bell)},
		want: finding.ValuesLeft, says: "Rule__mdt is not part of 2.0. This org has no records of its own in it"},
}

// TestVersionsTell reads pairs of versions without rows: what each tells, and
// that its twin tells nothing.
func TestVersionsTell(t *testing.T) {
	t.Parallel()
	for name, tt := range versionPairs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			for _, f := range toldBy(t, tt.from, tt.to) {
				if told = append(told, string(f.Code)+" "+f.Message); f.Code == tt.want && strings.Contains(f.Message, tt.says) {
					told = nil
					break
				}
			}
			if told != nil {
				t.Errorf("told %q, not %s %q", told, tt.want, tt.says)
			}
			for _, f := range toldBy(t, tt.from, tt.twin) {
				t.Errorf("the twin tells: %s %s: %s", f.Code, f.Title, f.Message)
			}
		})
	}
}

// toldBy judges two versions of an unlocked package in an empty org.
func toldBy(t *testing.T, from, to []*metadata.Component) []finding.Finding {
	t.Helper()
	ctx := context.Background()
	var pkgs []*metadata.Package
	for i, parts := range [][]*metadata.Component{from, to} {
		v, _ := metadata.ParseVersion([]string{"1.0", "2.0"}[i])
		p, diags := metadata.NewPackage(metadata.Package{Name: "p", Kind: metadata.Unlocked, Version: v}, parts)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		pkgs = append(pkgs, p)
	}
	o, err := org.New(ctx, org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	e, err := probe.Gather(ctx, &probe.Subject{Before: o, After: o, From: pkgs[0], To: pkgs[1], Diff: &diff.Diff{}, TellsVersions: true,
		Steps: []probe.Step{{From: pkgs[0], To: pkgs[1], Report: &upgrade.Report{}}}})
	if err != nil {
		t.Fatal(err)
	}
	var list []finding.Finding
	for _, out := range invariant.Judge(&invariant.Evidence{Evidence: e}) {
		list = append(list, out.Findings...)
	}
	return list
}
