package probe_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
)

// TestRemovedObjects tells objects and fields that leave from settings of those that
// the package does not own, which leave with the file and take nothing along.
func TestRemovedObjects(t *testing.T) {
	t.Parallel()
	const settings = "<CustomObject><enableHistory>true</enableHistory></CustomObject>"
	from := version(t, "1.0",
		metadatatest.Component(metadata.CustomObject, "Contact", settings),
		metadatatest.Component(metadata.CustomField, "Contact.Title", "<CustomField><trackHistory>true</trackHistory></CustomField>"),
		metadatatest.Component(metadata.CustomField, "Contact.Foster__c", "<CustomField><label>Foster</label><type>Text</type><length>20</length></CustomField>"),
		metadatatest.Component(metadata.CustomObject, "Gone__c", "<CustomObject><label>Gone</label><pluralLabel>Gone</pluralLabel><nameField><label>Name</label><type>Text</type></nameField><deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel></CustomObject>"),
		metadatatest.Component(metadata.CustomField, "Gone__c.Part__c", "<CustomField><label>Part</label><type>Text</type><length>20</length></CustomField>"))
	e := gather(t, from, version(t, "1.1"),
		"insert new Contact(LastName = 'C', Title = 'T', ns__Foster__c = 'yes'); insert new ns__Gone__c(Name = 'G', ns__Part__c = 'x');", "")
	var got []string
	for _, o := range e.OldRows.Objects {
		got = append(got, o.Object.Name)
	}
	for _, f := range e.OldRows.Fields {
		got = append(got, f.Field.Object.Name+"."+f.Field.Name)
	}
	if len(got) != 2 || got[0] != "ns__Gone__c" || got[1] != "Contact.ns__Foster__c" {
		t.Errorf("left: %v", got)
	}
	if len(e.OldRows.Objects) == 1 && len(e.OldRows.Objects[0].Rows) != 1 {
		t.Errorf("rows of the object: %v", e.OldRows.Objects[0].Rows)
	}
}
