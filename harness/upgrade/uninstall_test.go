package upgrade_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// TestUninstall removes a package with its components and rows, and is refused
// while a class of the subscriber names one of its objects.
func TestUninstall(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	o := newOrg(t)
	mustInstall(t, o, sample(t, "v1.2"))
	fill(t, o)

	deployLocal(t, o, class("Ours", "public class Ours { List<toolshed__Rental__c> all; }"))
	before := fingerprint(t, o)
	_, err := upgrade.Uninstall(ctx, o, "toolshed")
	var refused *upgrade.Failure
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "Rental__c - Component is in use by another component in your organization.") {
		t.Fatalf("error %v, want a refusal that names the object in use", err)
	}
	if after := fingerprint(t, o); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Error("a refused uninstall left a trace")
	}

	if _, err := o.Deploy(ctx, org.Change{Remove: []org.Removal{{Key: org.Key{Kind: metadata.ApexClass, Name: "Ours"}}}}); err != nil {
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
