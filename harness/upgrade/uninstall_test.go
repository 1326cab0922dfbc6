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

// TestUninstall removes a package with its components and rows, and is refused
// while a class of the subscriber names one of its objects.
func TestUninstall(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	o, err := org.New(ctx, org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	if _, err := upgrade.Install(ctx, o, sample(t, "v1.2"), install.Options{}); err != nil {
		t.Fatal(err)
	}
	fill(t, o)

	class := &metadata.Component{Kind: metadata.ApexClass, Name: "Ours", Props: &metadata.Node{Name: "ApexClass"},
		Source: []byte("public class Ours { List<toolshed__Rental__c> all; }")}
	class.Seal()
	entry := &org.Entry{Component: class, State: org.Unmanaged}
	if _, err := o.Deploy(ctx, org.Change{Put: []*org.Entry{entry}}); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, o)
	_, err = upgrade.Uninstall(ctx, o, "toolshed")
	var refused *upgrade.Failure
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "Rental__c - Component is in use by another component in your organization.") {
		t.Fatalf("error %v, want a refusal that names the object in use", err)
	}
	if after := fingerprint(t, o); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Error("a refused uninstall left a trace")
	}

	if _, err := o.Deploy(ctx, org.Change{Remove: []org.Removal{{Key: entry.Key()}}}); err != nil {
		t.Fatal(err)
	}
	removed, err := upgrade.Uninstall(ctx, o, "toolshed")
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Packages()) != 0 || o.Components().Len() != 0 || len(removed.Rows) == 0 || o.Schema().Object("toolshed__Rental__c") != nil {
		t.Errorf("left behind: packages %v, %d components; removed rows %v", o.Packages(), o.Components().Len(), removed.Rows)
	}
}
