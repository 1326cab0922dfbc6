package invariant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// plant is a version of a small package: beds, which a trigger has a say in.
func plant(t *testing.T, number string, more map[string]string) *metadata.Package {
	t.Helper()
	v, _ := metadata.ParseVersion(number)
	parts := []*metadata.Component{
		metadatatest.Component(metadata.CustomObject, "Bed__c", "<CustomObject><label>Bed</label><pluralLabel>Beds</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel></CustomObject>"),
		metadatatest.Component(metadata.CustomField, "Bed__c.Crop__c", "<CustomField><label>Crop</label><type>Text</type><length>80</length></CustomField>"),
		metadatatest.Component(metadata.CustomField, "Bed__c.Marker__c", "<CustomField><label>Marker</label><type>Text</type><length>80</length></CustomField>"),
		metadatatest.Component(metadata.CustomField, "Bed__c.Rows__c", "<CustomField><label>Rows</label><type>Number</type><precision>3</precision><scale>0</scale></CustomField>"),
	}
	for name, body := range more {
		kind := metadata.ApexClass
		if name == "BedTrigger" {
			kind = metadata.ApexTrigger
		}
		parts = append(parts, class(name, body).Component)
		last := parts[len(parts)-1]
		last.Kind = kind
		last.Seal()
	}
	p, _ := metadata.NewPackage(metadata.Package{Name: "plant", Namespace: "pl", Kind: metadata.Managed, Version: v}, parts)
	return p
}

// judged upgrades an org with one bed from one version of the package to another
// and gives the findings of a code, each as "severity: title | message".
func judged(t *testing.T, from, to *metadata.Package, codes ...finding.Code) []string {
	t.Helper()
	ctx := t.Context()
	before, err := org.New(ctx, org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = before.Close() })
	if _, err := upgrade.Install(ctx, before, from, install.Options{}); err != nil {
		t.Fatal(err)
	}
	_, err = before.Run(ctx, org.TxOptions{Cause: "rows"}, func(tx *org.Tx) error {
		return tx.Anonymous(ctx, "insert new pl__Bed__c(Name = 'North', pl__Crop__c = 'Leek');")
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := before.Fork(ctx, "after")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = after.Close() })
	report, err := upgrade.Install(ctx, after, to, install.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := diff.Compare(ctx, before, after)
	if err != nil {
		t.Fatal(err)
	}
	e, err := probe.Gather(ctx, &probe.Subject{Before: before, After: after, From: from, To: to, Diff: d, Twins: true, Depth: suite.Deep,
		Steps: []probe.Step{{From: from, To: to, Report: report}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, out := range invariant.Judge(&invariant.Evidence{Evidence: e}) {
		for _, f := range out.Findings {
			if slices.Contains(codes, f.Code) {
				message, _, _ := strings.Cut(f.Message, "\n")
				got = append(got, fmt.Sprintf("%s: %s | %s", f.Severity, f.Title, message))
			}
		}
	}
	return got
}

// TestSameWork does the same work in two versions of a package: what a save no
// longer does is told, and a version that does the same in other words is not.
func TestSameWork(t *testing.T) {
	t.Parallel()
	trigger := func(body string) map[string]string {
		return map[string]string{"BedTrigger": "trigger BedTrigger on Bed__c (before insert, before update, after insert) { Beds.handle(Trigger.new); }",
			"Beds": "public class Beds { public static void handle(List<Bed__c> beds) { " + body + " } }"}
	}
	const makes = "List<Account> all = new List<Account>(); for (Bed__c b : beds) { if (Trigger.isAfter) { all.add(new Account(Name = b.Name)); } else { b.Marker__c = b.Crop__c; } } insert all;"
	for _, tt := range []struct {
		name, from, to string
		want           []string
	}{
		{"the same in other words", makes, "/* in two parts */ if (Trigger.isBefore) { for (Bed__c b : beds) { b.Marker__c = b.Crop__c; } return; } List<Account> made = new List<Account>(); for (Bed__c b : beds) { made.add(new Account(Name = b.Name)); } insert made;", nil},
		{"a failure is caught", makes, "try { if (Trigger.isAfter) { for (Bed__c b : beds) { insert new Account(ParentId = (Id) b.Name); } } } catch (Exception e) { System.debug(e); } if (Trigger.isBefore) { for (Bed__c b : beds) { b.Marker__c = b.Crop__c; } }",
			[]string{
				"major: Inserting 201 Beds at once meets an exception that the package catches | System.StringException: Invalid id: Twin; new in pl__Beds: try, ParentId, Id, catch, Exception, e, System, debug",
				"major: Inserting 201 Beds at once no longer makes rows of Account: 201 → 0 | caught: System.StringException: Invalid id: Twin; new in pl__Beds: try, ParentId, Id, catch, Exception, e, System, debug",
			}},
		{"a marker is emptied", makes, "List<Account> all = new List<Account>(); for (Bed__c b : beds) { if (Trigger.isAfter) { all.add(new Account(Name = b.Name)); } else { b.Marker__c = Trigger.isInsert ? b.Crop__c : null; } } insert all;",
			[]string{"major: Saving a Bed that is new without a change leaves pl__Bed__c.pl__Marker__c empty, which was filled before | pl__Marker__c: Crop Twin → null; new in pl__Beds: isInsert, null"}},
		{"only many rows fail", makes, makes + " if (beds.size() > 100) { throw new IllegalArgumentException('too many'); }",
			[]string{"major: Inserting 201 Beds at once worked before and fails now | CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY, pl.BedTrigger: execution of BeforeInsert"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := judged(t, plant(t, "1.0", trigger(tt.from)), plant(t, "1.1", trigger(tt.to)), finding.BehaviourDiffers, finding.BusinessFails)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestSameCalls calls what a package offers in both versions.
func TestSameCalls(t *testing.T) {
	t.Parallel()
	board := func(where string) map[string]string {
		return map[string]string{"Board": "public with sharing class Board { @AuraEnabled public static List<Bed__c> beds() { return [SELECT Id FROM Bed__c " + where + "]; } }",
			"Join": "global class Join { global static void sign(String name) { List<Account> known = [SELECT Id FROM Account WHERE Name = :name]; if (known.isEmpty()) { insert new Account(Name = name); } } }"}
	}
	found := board("WHERE Crop__c != null")
	escapes := board("WHERE Crop__c != null")
	escapes["Join"] = strings.Replace(escapes["Join"], "List<Account> known", "name = name.escapeHtml4(); List<Account> known", 1)
	for _, tt := range []struct {
		name     string
		from, to map[string]string
		want     []string
	}{
		{"the same in other words", found, board("WHERE (Crop__c != null)"), nil},
		{"rows are no longer found", found, board("WHERE Crop__c = null"), []string{"major: Calling Board.beds gives something else than before: 2 pl__Bed__c → nothing | called as Board.beds()"}},
		{"a name is no longer found", found, escapes, []string{"minor: Calling Join.sign makes rows, and did not before, of Account: 0 → 1 | new besides: Twin &amp; Sons &lt;of&gt; Co; called as Join.sign('Twin & Sons <of> Co'); new in pl__Join: escapeHtml4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := judged(t, plant(t, "1.0", tt.from), plant(t, "1.1", tt.to), finding.BehaviourDiffers, finding.BusinessFails)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestAccessKept tells what a permission set no longer grants.
func TestAccessKept(t *testing.T) {
	t.Parallel()
	version := func(number, grants string) *metadata.Package {
		p := plant(t, number, nil)
		set := metadatatest.Component(metadata.PermissionSet, "Gardener", "<PermissionSet><label>Gardener</label>"+grants+"</PermissionSet>")
		p, _ = metadata.NewPackage(metadata.Package{Name: p.Name, Namespace: p.Namespace, Kind: p.Kind, Version: p.Version}, append(p.Components, set))
		return p
	}
	const reads = "<objectPermissions><object>Bed__c</object><allowRead>true</allowRead></objectPermissions>"
	const field = "<fieldPermissions><field>Bed__c.Crop__c</field><readable>true</readable><editable>false</editable></fieldPermissions>"
	want := []string{"major: Users with permission set Gardener lose access to 1 field | Bed__c.Crop__c (read)"}
	if d := cmp.Diff(want, judged(t, version("1.0", reads+field), version("1.1", reads), finding.AccessLost)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got := judged(t, version("1.0", reads), version("1.1", reads+field), finding.AccessLost); len(got) > 0 {
		t.Errorf("a grant more: %v", got)
	}
}

// TestPersonas calls as users who may see less than an administrator, and as one
// whose locale writes numbers in another way.
func TestPersonas(t *testing.T) {
	t.Parallel()
	version := func(number, class string) *metadata.Package {
		p := plant(t, number, map[string]string{"Plots": class})
		p, _ = metadata.NewPackage(metadata.Package{Name: p.Name, Namespace: p.Namespace, Kind: p.Kind, Version: p.Version}, append(p.Components,
			metadatatest.Component(metadata.CustomObject, "Plot__c", "<CustomObject><label>Plot</label><pluralLabel>Plots</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>Private</sharingModel></CustomObject>"),
			metadatatest.Component(metadata.PermissionSet, "Gardener", "<PermissionSet><label>Gardener</label><objectPermissions><object>Plot__c</object><allowRead>true</allowRead></objectPermissions></PermissionSet>")))
		return p
	}
	lists := func(word string) string {
		return "public " + word + " class Plots { @AuraEnabled public static List<Plot__c> all() { return [SELECT Id FROM Plot__c]; } }"
	}
	year := func(expr string) string {
		return "public class Plots { @AuraEnabled public static void year() { insert new Bed__c(Name = 'Year', Crop__c = " + expr + "); } }"
	}
	for _, tt := range []struct{ name, from, to, want string }{
		{"rows that are not shared are no longer seen", lists("without sharing"), lists("with sharing"),
			"major: Calling Plots.all as a user with permission set Gardener gives something else than before: 1 pl__Plot__c → nothing"},
		{"the same sharing", lists("with sharing"), lists("inherited sharing"), ""},
		{"a number is written by the locale", year("String.valueOf(2018)"), year("Integer.valueOf(2018).format().remove(',')"),
			"minor: Calling Plots.year as a user with the locale de_DE writes another value into pl__Bed__c.pl__Crop__c than before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := judged(t, version("1.0", tt.from), version("1.1", tt.to), finding.BehaviourDiffers, finding.BusinessFails)
			if tt.want == "" && len(got) == 0 || len(got) == 1 && strings.HasPrefix(got[0], tt.want) && tt.want != "" {
				return
			}
			t.Errorf("got %q, want %q", got, tt.want)
		})
	}
}
