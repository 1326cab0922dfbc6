package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestStrayFile reads a version of which one file is no XML: it is left out with
// a warning that names it, an error for who wants to be told.
func TestStrayFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"sfdx-project.json": `{"packageDirectories":[{"path":"force-app","default":true}]}`,
		"force-app/main/default/objects/A__c/fields/Good__c.field-meta.xml": "<CustomField><fullName>Good__c</fullName><type>Text</type><length>5</length></CustomField>",
		"force-app/main/default/objects/A__c/fields/Bad__c.field-meta.xml":  "<CustomField><fullName>Bad__c</fullName><length>5</Size></CustomField>",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := source.Read(t.Context(), dir, source.Options{Strict: true}); err == nil || !strings.Contains(err.Error(), "Bad__c.field-meta.xml:1:50") {
		t.Errorf("error %v does not name the place", err)
	}
	p, warnings, err := source.Read(t.Context(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Find(metadata.CustomField, "A__c.Good__c") == nil || p.Find(metadata.CustomField, "A__c.Bad__c") != nil {
		t.Errorf("components %v", p.Components)
	}
	if len(warnings) != 1 || !source.Unreadable(warnings[0]) || warnings[0].Span.File != "force-app/main/default/objects/A__c/fields/Bad__c.field-meta.xml" {
		t.Errorf("warnings %v", warnings)
	}
}
