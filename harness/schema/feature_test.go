package schema_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// TestNamesRecordTypes tells code that names the field from code that does not.
func TestNamesRecordTypes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"class A { Id f(Account a) { return a.RecordTypeId; } }":                    true,
		"class A { Object f = Account.recordtypeid; }":                              true,
		"class A { Id f(Schema.RecordTypeInfo i) { return i.getRecordTypeId(); } }": false,
		"class A { void f(SObject s) { s.put('RecordTypeId', null); } }":            false,
	} {
		c := metadata.NewComponent(metadata.ApexClass, "A", "A.cls", &metadata.Node{Name: "ApexClass"})
		c.Source = []byte(code)
		pkg, err := metadata.NewPackage(metadata.Package{Name: "p"}, []*metadata.Component{c})
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.NamesRecordTypes(pkg); got != want {
			t.Errorf("%s: %v, want %v", code, got, want)
		}
	}
}
