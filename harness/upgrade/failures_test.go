package upgrade_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// many makes n parts.
func many(n int, make func(i int) part) []part {
	var list []part
	for i := range n {
		list = append(list, make(i))
	}
	return list
}

// failureCases hold an org and an upgrade that it refuses, a row of the
// catalogue each (versions-and-push.md, section 8).
var failureCases = []struct {
	class upgrade.FailureClass
	what  string
	cfg   org.Config
	kind  metadata.PackageKind
	ns    string
	local []part // of the subscriber, before the upgrade
	old   []part // nil: a first install
	new   []part
	to    string // version number; "" for 1.1
	opt   install.Options
	with  upgrade.Installer
	before,
	between func(t *testing.T, o *org.Org) // before the first version, and before the upgrade
	says string
}{
	{class: upgrade.ScriptFails, what: "the script throws", kind: managed, ns: "ns", old: []part{class("A", "global class A {}")},
		new: []part{class("I", "global class I implements InstallHandler { global void onInstall(InstallContext c) { Integer i = 1 / 0; } }")}, says: "The post install script failed."},
	{class: upgrade.OlderVersion, what: "an older version", kind: managed, ns: "ns", old: []part{class("A", "class A {}")}, new: []part{class("A", "class A {}")}, to: "0.9",
		says: "A newer version of this package is currently installed"},
	{class: upgrade.OlderVersion, what: "the same version", kind: managed, ns: "ns", old: []part{class("A", "class A {}")}, new: []part{class("A", "class A {}")}, to: "1.0",
		says: "A newer version of this package is currently installed"},
	{class: upgrade.FeatureOff, what: "a field of a feature that is off", kind: managed, ns: "ns",
		new:  []part{{kind: "FieldSet", name: "Account.Places", xml: "<label>P</label><availableFields><field>BillingCountryCode</field></availableFields>"}},
		says: "In field: field - no CustomField named Account.BillingCountryCode found"},
	{class: upgrade.FeatureOff, what: "an object of a feature that is off", kind: managed, ns: "ns", new: []part{textField("Territory2.F__c", "")}, says: "Missing Organization Feature: Territory2"},
	{class: upgrade.MetadataFull, what: "records of custom metadata types fill the org", kind: unlocked,
		new: append(many(45, func(i int) part { return textField(fmt.Sprintf("T__mdt.F%d__c", i), "<visibleLines>3</visibleLines>") }),
			append(many(1, func(int) part {
				return part{kind: "CustomField", name: "T__mdt.Long__c", xml: "<label>L</label><type>LongTextArea</type><length>131072</length><visibleLines>3</visibleLines>"}
			}), append([]part{{kind: "CustomObject", name: "T__mdt", xml: "<label>T</label><pluralLabel>T</pluralLabel>"}},
				many(90, func(i int) part {
					return part{kind: "CustomMetadata", name: fmt.Sprintf("T.R%d", i), xml: "<label>R</label><values><field>Long__c</field><value>" + strings.Repeat("x", 120000) + "</value></values>"}
				})...)...)...),
		says: "(T.R0) Custom metadata limit exceeded. Your organization has reached its custom metadata maximum limit."},
	{class: upgrade.TooManyDashboards, what: "dynamic dashboards", kind: managed, ns: "ns",
		new: many(6, func(i int) part {
			return part{kind: "Dashboard", name: fmt.Sprintf("D/X%d", i), xml: "<dashboardType>LoggedInUser</dashboardType>"}
		}),
		says: "You reached the limit for dashboards run as the logged-in user."},
	{class: upgrade.TooManyComponents, what: "tabs of an unlocked package", kind: unlocked,
		new: many(26, func(i int) part {
			return part{kind: "CustomTab", name: fmt.Sprintf("T%d", i), xml: "<label>T</label><url>https://a.example</url>"}
		}),
		says: "reached maximum number of custom tabs"},
	{class: upgrade.TooManyComponents, what: "relationship fields", kind: managed, ns: "ns",
		new: many(41, func(i int) part { return lookup(fmt.Sprintf("Account.L%d__c", i), "Contact", fmt.Sprintf("R%d", i)) }), says: "reached maximum number of relationship fields on Account"},
	{class: upgrade.TestFails, what: "a test of the package fails", kind: managed, ns: "ns", new: []part{class("A", "class A {}")},
		with: upgrade.Installer{Tests: func(context.Context, *org.Org, *metadata.Package) ([]string, error) {
			return []string{"Class.ATest.saves: line 3, column 1"}, nil
		}}, says: "Apex Test Failure: Class.ATest.saves: line 3, column 1"},
	{class: upgrade.OwnApexBroken, what: "a class of the subscriber does not compile", kind: unlocked, local: []part{class("Ours", "public class Ours { Missing m; }")},
		new: []part{class("A", "public class A {}")}, says: "Ours: line 1"},
	{class: upgrade.JobWaits, what: "a scheduled class changes", kind: managed, ns: "ns", between: schedule, says: "This schedulable class has jobs pending or in progress - CronTrigger IDs (08e",
		old: []part{class("Nightly", nightly), class("Helper", "public class Helper { public static void go() {} }")},
		new: []part{class("Nightly", nightly+" // "), class("Helper", "public class Helper { public static void go() { Integer i = 1; } }")}},
	{class: upgrade.StillNeeded, what: "a page that stays needs a class that goes", kind: managed, ns: "ns", says: "or global Visualforce components need in order to function. Visualforce Page: P.",
		old: []part{class("Ctl", "public class Ctl {}"), {kind: "ApexPage", name: "P", code: `<apex:page controller="Ctl"/>`}},
		new: []part{class("Other", "public class Other {}")}},
	{class: upgrade.StillNeeded, what: "a page needs a component that goes", kind: managed, ns: "ns", says: "Visualforce Page: P.",
		old: []part{{kind: "ApexComponent", name: "Box", code: `<apex:component/>`}, {kind: "ApexPage", name: "P", code: `<apex:page><c:Box/></apex:page>`}},
		new: []part{class("Other", "public class Other {}")}},
	{class: upgrade.ForeignComponent, what: "a component of another package", kind: unlocked, says: "Cannot Modify Managed Component",
		before: other(textField("Account.Theirs__c", "")), new: []part{textField("Account.other__Theirs__c", "<description>ours</description>")}},
	{class: upgrade.RelationshipTaken, what: "a child relationship name is taken", kind: unlocked, local: []part{lookup("Contact.Ours__c", "Account", "People")},
		new: []part{lookup("Contact.Theirs__c", "Account", "People")}, says: `The relationship name "People__r" is already used by custom field Contact.Ours__c.`},
	{class: upgrade.OwnedElsewhere, what: "another unlocked package owns it", kind: unlocked, says: "Cannot add component of type:ApexClass named:Shared subjectId:01p",
		before: alsoUnlocked(class("Shared", "public class Shared {}")), new: []part{class("Shared", "public class Shared { Integer i; }")}},
	{class: upgrade.NameTaken, what: "an Aura component has the name", kind: unlocked, local: []part{{kind: "AuraDefinitionBundle", name: "card", code: "<aura:component/>"}},
		new: []part{{kind: "LightningComponentBundle", name: "card", code: "export default class {}"}}, says: "card component name already in use"},
	{class: upgrade.TypeUsed, what: "a type changes under Apex", kind: unlocked, local: []part{class("Ours", "public class Ours { String f(Account a) { return a.F__c; } }")},
		old: []part{textField("Account.F__c", "")}, new: []part{{kind: "CustomField", name: "Account.F__c", xml: "<label>F</label><type>TextArea</type>"}},
		says: "Cannot change field type of a custom field referenced in Apex class or trigger: Ours"},
	{class: upgrade.PushRefused, what: "a connected app asks for more", kind: managed, ns: "ns", opt: install.Options{Mode: install.Push}, says: "connected app App widens its OAuth scopes",
		old: []part{{kind: "ConnectedApp", name: "App", xml: "<label>A</label><oauthConfig><scopes>Api</scopes></oauthConfig>"}},
		new: []part{{kind: "ConnectedApp", name: "App", xml: "<label>A</label><oauthConfig><scopes>Api</scopes><scopes>Full</scopes></oauthConfig>"}}},
	{class: upgrade.PushRefused, what: "the subscriber blocks pushes", kind: managed, ns: "ns", opt: install.Options{Mode: install.Push}, old: []part{class("A", "class A {}")}, new: []part{class("A", "class A { Integer i; }")},
		between: func(_ *testing.T, o *org.Org) { o.SetNote(upgrade.PushBlocked, "ns") }, says: "the subscriber blocks push upgrades of this package"},
	{class: upgrade.ScriptFails, what: "F20, a country that there is not, thrown by the script", kind: managed, ns: "ns", cfg: org.Config{Features: []schema.Feature{schema.StateCountryPicklists}},
		new:  []part{class("I", "global class I implements InstallHandler { global void onInstall(InstallContext c) { insert new Account(Name = 'A', BillingCountry = 'Nowhere'); } }")},
		says: "There's a problem with this country"},
	{class: upgrade.LicenseWithoutApps, what: "an app for a user whose license has none", kind: managed, ns: "ns", between: assign, says: "The user license doesn't allow Assigned Apps",
		old: []part{{kind: "PermissionSet", name: "S", xml: "<label>S</label>"}},
		new: []part{{kind: "PermissionSet", name: "S", xml: "<label>S</label><applicationVisibilities><application>App</application><visible>true</visible></applicationVisibilities>"}}},
	{class: upgrade.ValueMissing, what: "a path needs a value that does not arrive", kind: managed, ns: "ns", says: "Picklist value: New in picklist: Kind__c not found",
		old: []part{object("Thing__c"), stages("Old")},
		new: []part{object("Thing__c"), stages("Old", "New"), {kind: "PathAssistant", name: "Thing", xml: "<active>true</active><entityName>Thing__c</entityName><fieldName>Kind__c</fieldName>" +
			"<pathAssistantSteps><picklistValueName>New</picklistValueName></pathAssistantSteps>"}}},
}

const nightly = "global class Nightly implements Schedulable { global void execute(SchedulableContext c) { Helper.go(); } }"

func stages(values ...string) part {
	xml := "<label>K</label><type>Picklist</type><valueSet><valueSetDefinition>"
	for _, v := range values {
		xml += "<value><fullName>" + v + "</fullName><default>false</default><label>" + v + "</label></value>"
	}
	return part{kind: "CustomField", name: "Thing__c.Kind__c", xml: xml + "</valueSetDefinition></valueSet>"}
}

// schedule has an administrator schedule the package's class.
func schedule(t *testing.T, o *org.Org) {
	t.Helper()
	runApex(t, o, "System.schedule('night', '0 0 3 * * ?', new ns.Nightly());")
}

// other installs a managed package with a namespace of its own.
func other(parts ...part) func(*testing.T, *org.Org) {
	return func(t *testing.T, o *org.Org) {
		t.Helper()
		pkg := version(t, managed, "other", "1.0", parts...)
		pkg.Name = "other"
		mustInstall(t, o, pkg)
	}
}

// alsoUnlocked installs an unlocked package beside the one under test.
func alsoUnlocked(parts ...part) func(*testing.T, *org.Org) {
	return func(t *testing.T, o *org.Org) {
		t.Helper()
		pkg := version(t, unlocked, "", "1.0", parts...)
		pkg.Name = "other"
		mustInstall(t, o, pkg)
	}
}

// assign gives the package's permission set to a user of a free license.
func assign(t *testing.T, o *org.Org) {
	t.Helper()
	ctx := t.Context()
	user, err := o.AddUser(ctx, org.NewUser{Username: "free@example.com", LastName: "Free", Alias: "free", Profile: "Chatter Free User"})
	if err != nil {
		t.Fatal(err)
	}
	set := o.MirrorID(org.Key{Kind: metadata.PermissionSet, Namespace: "ns", Name: "S"})
	r := schema.NewRecord(o.Schema().Object("PermissionSetAssignment"))
	r.Set(r.Object.Field("AssigneeId"), value.OfID(user))
	r.Set(r.Object.Field("PermissionSetId"), value.OfID(set))
	_, err = o.Run(ctx, org.TxOptions{Cause: "an admin"}, func(tx *org.Tx) error {
		_, err := tx.DML(ctx, schema.Statement{Op: dml.Insert, Records: []*schema.Record{r}, AllOrNone: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFailures raises each failure where it arises: with its class, its text,
// and without a trace in the org.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range failureCases {
		t.Run(string(tt.class)+", "+tt.what, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			tt.cfg.Seed = 1
			o, err := org.New(ctx, tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = o.Close() }()
			if tt.before != nil {
				tt.before(t, o)
			}
			if tt.old != nil {
				mustInstall(t, o, version(t, tt.kind, tt.ns, "1.0", tt.old...))
			}
			deployLocal(t, o, tt.local...)
			if tt.between != nil {
				tt.between(t, o)
			}
			before := fingerprint(t, o)
			if tt.to == "" {
				tt.to = "1.1"
			}
			_, err = tt.with.Install(ctx, o, version(t, tt.kind, tt.ns, tt.to, tt.new...), tt.opt)
			var failure *upgrade.Failure
			if !errors.As(err, &failure) {
				t.Fatalf("got %v, want a failure", err)
			}
			if failure.Class != tt.class || !strings.Contains(failure.Error(), tt.says) || failure.Type == "" {
				t.Errorf("got %s %s: %s\nwant %s: %s", failure.Class, failure.Type, failure.Error(), tt.class, tt.says)
			}
			if after := fingerprint(t, o); !slices.Equal(before, after) {
				t.Errorf("the failure left a trace:\n%v\n%v", before, after)
			}
		})
	}
}

// TestEveryFailureIsAnsweredFor holds the catalogue against the tests: each row
// is raised by a case, found elsewhere, or named in the ledger.
func TestEveryFailureIsAnsweredFor(t *testing.T) {
	t.Parallel()
	// F3 has the dependency cases of TestDependencies, F20 a case under F1, and
	// F24 is no failure: TestUpgradedEqualsFresh finds it.
	elsewhere := []upgrade.FailureClass{upgrade.DependencyMissing, upgrade.CountryUnknown, upgrade.AbsentAfterwards}
	for i, k := range upgrade.Failures {
		if want := fmt.Sprintf("F%d", i+1); string(k.Class) != want {
			t.Errorf("row %d is %s, want %s", i+1, k.Class, want)
		}
		cased := slices.Contains(elsewhere, k.Class)
		for _, tt := range failureCases {
			cased = cased || tt.class == k.Class
		}
		if raised := k.Where != "" && k.Type != ""; raised && k.Cure == "" {
			t.Errorf("%s has no cure", k.Class)
		}
		if (k.Where != "") != cased || (k.Gap != "") == cased {
			t.Errorf("%s is raised in %q, its gap is %q, and it has a case: %v", k.Class, k.Where, k.Gap, cased)
		}
	}
}

// TestGapsAreInTheLedger upgrades and looks for what could not be met.
func TestGapsAreInTheLedger(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	insert := class("Sets", "public class Sets { void f() { insert new PermissionSet(Name = 'X', Label = 'X'); } }")
	for _, number := range []string{"1.0", "1.1"} {
		mustInstall(t, o, version(t, managed, "ns", number, insert))
	}
	for _, k := range upgrade.Failures {
		named := slices.ContainsFunc(o.Ledger().Entries(), func(e ledger.Entry) bool {
			return e.Status == ledger.Unsupported && strings.HasPrefix(e.Name, "failure "+string(k.Class)+":")
		})
		if named != (k.Gap != "") {
			t.Errorf("%s: in the ledger %v, gap %q", k.Class, named, k.Gap)
		}
	}
}

// TestDependencies holds what a package needs against what the org has (F3).
func TestDependencies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ have, need, says string }{
		{"", "1.0", `A required package is missing: Package "base", Version 1.0 or later must be installed first.`},
		{"1.0", "1.2", `A required package is missing: Package "base", Version 1.2 or later must be installed first.`},
		{"1.2", "1.2", ""},
		{"2.0", "1.2", ""},
	} {
		t.Run(tt.have+" for "+tt.need, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			if tt.have != "" {
				base := version(t, managed, "base", tt.have, class("B", "global class B {}"))
				base.Name = "base"
				mustInstall(t, o, base)
			}
			pkg := version(t, managed, "ns", "1.0", class("A", "class A {}"))
			pkg.Dependencies = []metadata.Dependency{{Name: "base", Version: tt.need}}
			_, err := upgrade.Install(t.Context(), o, pkg, install.Options{})
			var failure *upgrade.Failure
			if errors.As(err, &failure) != (tt.says != "") || failure != nil && (failure.Message != tt.says || failure.Class != upgrade.DependencyMissing) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}
