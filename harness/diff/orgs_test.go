package diff

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// TestOfPackage tells what names something of one org from what a version
// brings.
func TestOfPackage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind metadata.Kind
		p    metadata.PropertyChange
		kept bool
	}{
		"a label":                   {metadata.CustomField, metadata.PropertyChange{Name: "label", From: "Old", To: "New"}, true},
		"a record id in a layout":   {metadata.Layout, metadata.PropertyChange{Name: "summaryLayout/masterLabel", From: "00h4x000000AbCd", To: "00h5e000000EfGh"}, false},
		"ids among other text":      {metadata.Layout, metadata.PropertyChange{Name: "content", From: "see 00h4x000000AbCd, top", To: "see 00h5e000000EfGh, bottom"}, true},
		"ids in items":              {metadata.Layout, metadata.PropertyChange{Name: "buttons", RemovedItems: []string{"link 00b4x000000AbCd"}, AddedItems: []string{"link 00b5e000000EfGh"}}, false},
		"another item":              {metadata.Layout, metadata.PropertyChange{Name: "buttons", AddedItems: []string{"link 00b5e000000EfGh"}}, true},
		"who runs a dashboard":      {metadata.Dashboard, metadata.PropertyChange{Name: "runningUser", From: "a@x.org", To: "b@y.org"}, false},
		"a name the platform gives": {metadata.FlexiPage, metadata.PropertyChange{Name: "flexiPageRegions/itemInstances/componentInstance/identifier", From: "a1", To: "a2"}, false},
		"words as long as ids":      {metadata.CustomLabel, metadata.PropertyChange{Name: "value", From: "internationalism", To: "characterisation"}, true},
	} {
		got := OfPackage([]Component{{Key: Key{Kind: tt.kind, Name: "x"}, Change: ComponentModified, Properties: []metadata.PropertyChange{tt.p}}})
		if (len(got) == 1) != tt.kept {
			t.Errorf("%s: kept %v", name, len(got) == 1)
		}
	}
}
