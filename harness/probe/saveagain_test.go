package probe_test

import (
	"fmt"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

const (
	unique = "<CustomField><label>Unique</label><type>Text</type><length>80</length><unique>true</unique><caseSensitive>false</caseSensitive></CustomField>"
	// copying makes a row refuse to be saved when another with its name holds
	// the unique field.
	copying = "trigger Copy on Thing__c (before update) { for (Thing__c t : Trigger.new) { t.Unique__c = t.Name; } }"
	forbid  = "<ValidationRule><active>true</active><errorConditionFormula>Name = 'B'</errorConditionFormula><errorMessage>No B.</errorMessage></ValidationRule>"
)

// version is one of a package with an object, a unique field, a trigger that
// fills it, and more.
func version(t *testing.T, number string, more ...*metadata.Component) *metadata.Package {
	t.Helper()
	v, _ := metadata.ParseVersion(number)
	parts := append([]*metadata.Component{
		metadatatest.Component(metadata.CustomObject, "Thing__c", "<CustomObject><label>Thing</label><pluralLabel>Things</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel></CustomObject>"),
		metadatatest.Component(metadata.CustomField, "Thing__c.Unique__c", unique),
		source(metadata.ApexTrigger, "Copy", copying),
	}, more...)
	p, _ := metadata.NewPackage(metadata.Package{Name: "p", Namespace: "ns", Kind: metadata.Managed, Version: v}, parts)
	return p
}

func source(kind metadata.Kind, name, body string) *metadata.Component {
	c := metadatatest.Component(kind, name, fmt.Sprintf("<%s><apiVersion>60.0</apiVersion><status>Active</status></%s>", kind, kind))
	c.Source = []byte(body)
	c.Seal()
	return c
}

// apex runs code in an org, in a transaction of that name.
func apex(t *testing.T, o *org.Org, began cause.Transaction, code string) {
	t.Helper()
	if _, err := o.Run(t.Context(), org.TxOptions{Cause: began}, func(tx *org.Tx) error { return tx.Anonymous(t.Context(), code) }); err != nil {
		t.Fatal(err)
	}
}

// gather upgrades an org with rows from one version to another, lets users work,
// and carries out the experiments.
func gather(t *testing.T, from, to *metadata.Package, rows, business string) *probe.Evidence {
	t.Helper()
	return gatherAt(t, suite.Normal, from, to, rows, business)
}

// gatherAt does so at a depth.
func gatherAt(t *testing.T, depth suite.Depth, from, to *metadata.Package, rows, business string) *probe.Evidence {
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
	apex(t, before, "rows", rows)
	after := fork(t, before)
	report, err := upgrade.Install(ctx, after, to, install.Options{})
	if err != nil {
		t.Fatal(err)
	}
	upgraded := fork(t, after)
	apex(t, after, "traffic after 1: update 1 Thing", business)
	d, err := diff.Compare(ctx, before, after)
	if err != nil {
		t.Fatal(err)
	}
	e, err := probe.Gather(ctx, &probe.Subject{Before: before, After: after, Upgraded: upgraded, From: from, To: to, Diff: d, Depth: depth,
		Steps: []probe.Step{{From: from, To: to, Report: report}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func fork(t *testing.T, o *org.Org) *org.Org {
	t.Helper()
	f, err := o.Fork(t.Context(), "fork")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestSavedAgain saves rows again of which two get in each other's way, after
// users saved the second of them.
func TestSavedAgain(t *testing.T) {
	t.Parallel()
	rows := "insert new List<ns__Thing__c>{ new ns__Thing__c(Name = 'A'), new ns__Thing__c(Name = 'A'), new ns__Thing__c(Name = 'B') };"
	works := "update [SELECT Id FROM ns__Thing__c WHERE Name = 'A' ORDER BY Id DESC LIMIT 1];"
	for name, tt := range map[string]struct {
		to   *metadata.Package
		want []string
	}{
		"nothing changed": {version(t, "1.1"), nil},
		"a stricter rule": {version(t, "1.1", metadatatest.Component(metadata.ValidationRule, "Thing__c.No_B", forbid)),
			[]string{"ns__Thing__c B FIELD_CUSTOM_VALIDATION_EXCEPTION"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, saved := range gather(t, version(t, "1.0"), tt.to, rows, works).SavedAgain {
				if saved.Object.Name == "ns__Thing__c" && saved.Tried != 3 {
					t.Errorf("tried %d rows, want 3", saved.Tried)
				}
				for _, r := range saved.Refused {
					got = append(got, saved.Object.Name+" "+r.Name+" "+r.Error.StatusCode)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("refused %v, want %v", got, tt.want)
			}
		})
	}
}
