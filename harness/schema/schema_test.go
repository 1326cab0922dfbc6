package schema

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// comp makes a component from the inside of its XML file.
func comp(t testing.TB, kind, name, body string) *metadata.Component {
	t.Helper()
	root := &metadata.Node{Name: kind}
	stack := []*metadata.Node{root}
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return &metadata.Component{Kind: metadata.Kind(kind), Name: name, Props: root}
		}
		if err != nil {
			t.Fatal(err)
		}
		top := stack[len(stack)-1]
		switch e := token.(type) {
		case xml.StartElement:
			n := &metadata.Node{Name: e.Name.Local}
			top.Children = append(top.Children, n)
			stack = append(stack, n)
		case xml.CharData:
			top.Text = strings.TrimSpace(top.Text + string(e))
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func sample(t testing.TB) Source {
	return Source{Namespace: "ns", Components: []*metadata.Component{
		comp(t, "CustomObject", "Invoice__c", `<label>Invoice</label><pluralLabel>Invoices</pluralLabel><nameField><type>AutoNumber</type><label>Number</label><displayFormat>I-{0000}</displayFormat></nameField><sharingModel>Private</sharingModel><enableHistory>true</enableHistory><enableActivities>true</enableActivities>`),
		comp(t, "CustomField", "Invoice__c.Account__c", `<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Invoices</relationshipName><deleteConstraint>Restrict</deleteConstraint>`),
		comp(t, "CustomField", "Invoice__c.Total__c", `<type>Summary</type><summaryOperation>sum</summaryOperation><summaryForeignKey>Line__c.Invoice__c</summaryForeignKey><summarizedField>Line__c.Amount__c</summarizedField><summaryFilterItems><field>Line__c.Amount__c</field><operation>greaterThan</operation><value>0</value></summaryFilterItems>`),
		comp(t, "CustomField", "Invoice__c.Status__c", `<type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><value><fullName>Open</fullName><default>true</default></value><value><fullName>Paid</fullName><isActive>false</isActive></value></valueSetDefinition></valueSet>`),
		comp(t, "CustomField", "Invoice__c.Due__c", `<type>Date</type><formula>CreatedDate + 30</formula>`),
		comp(t, "CustomField", "Invoice__c.Place__c", `<type>Location</type><scale>5</scale>`),
		comp(t, "CustomObject", "Line__c", `<label>Line</label><nameField><type>Text</type></nameField>`),
		comp(t, "CustomField", "Line__c.Invoice__c", `<type>MasterDetail</type><referenceTo>Invoice__c</referenceTo><relationshipName>Lines</relationshipName>`),
		comp(t, "CustomField", "Line__c.Amount__c", `<type>Currency</type><precision>16</precision><scale>2</scale>`),
		comp(t, "CustomField", "Account.Region__c", `<type>Text</type><length>40</length><unique>true</unique><externalId>true</externalId>`),
		comp(t, "CustomField", "Activity.Kind__c", `<type>Text</type><length>10</length>`),
		comp(t, "CustomField", "Activity.Bill__c", `<type>Lookup</type><referenceTo>Invoice__c</referenceTo><relationshipName>Doings</relationshipName>`),
		comp(t, "RecordType", "Invoice__c.Big", `<label>Big</label><active>true</active><picklistValues><picklist>Status__c</picklist><values><fullName>Q%26A</fullName></values></picklistValues>`),
		comp(t, "CustomObject", "Settings__c", `<customSettingsType>Hierarchy</customSettingsType><visibility>Protected</visibility>`),
		comp(t, "CustomObject", "Rule__mdt", `<label>Rule</label>`),
		comp(t, "CustomField", "Rule__mdt.Object__c", `<type>MetadataRelationship</type><referenceTo>EntityDefinition</referenceTo><relationshipName>Rules</relationshipName>`),
		comp(t, "CustomObject", "Ping__e", `<label>Ping</label>`),
		comp(t, "CustomField", "Missing__c.X__c", `<type>Text</type>`),
		comp(t, "FieldSet", "Invoice__c.Main", `<label>Main</label><displayedFields><field>Account__c</field></displayedFields><displayedFields><field>Account__r.Name</field></displayedFields>`),
	}}
}

func TestStandardObjects(t *testing.T) {
	t.Parallel()
	s, diags := Build(Options{})
	if len(diags) != 0 {
		t.Fatal(diags)
	}
	account := s.Object("ACCOUNT")
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"key prefix", account.KeyPrefix == "001" && s.ByPrefix("001") == account},
		{"name field", account.NameField == account.Field("name")},
		{"lookup", account.Relationship("owner") == account.Field("OwnerId")},
		{"child", account.Child("Contacts") != nil && account.Child("contacts").Field == "AccountId"},
		{"self lookup", slices.Equal(account.Field("ParentId").ReferenceTo, []string{"Account"})},
		{"no currency without the feature", account.Field("CurrencyIsoCode") == nil},
		{"no person fields without the feature", account.Field("PersonEmail") == nil && account.Field("IsPersonAccount") == nil},
		{"values", account.Field("Industry").Picklist.Value("banking") != nil},
		{"address parts", account.Field("BillingCity").Compound == "BillingAddress" && !account.Field("BillingAddress").IsStored()},
		{"polymorphic", s.Object("Task").Field("WhoId").IsPolymorphic()},
		{"feature objects", s.Object("Quote") == nil},
		{"nothing", s.Object("Nothing") == nil && s.Object("Foo__c") == nil},
		{"permissions", s.Object("PermissionSet").Field("PermissionsModifyAllData") != nil},
	} {
		if !c.ok {
			t.Errorf("%s is not as it should be", c.what)
		}
	}
	with, _ := Build(Options{Features: []Feature{MultiCurrency, PersonAccounts, "Quotes", StateCountryPicklists}})
	account = with.Object("Account")
	if account.Field("CurrencyIsoCode") == nil || account.Field("PersonEmail") == nil || with.Object("Quote") == nil || account.Field("BillingStateCode") == nil {
		t.Error("features do not bring their fields and objects")
	}
	if n := len(s.Objects()); n < 300 {
		t.Errorf("only %d objects", n)
	}
}

func TestEveryStandardReferenceIsKnownOrExternal(t *testing.T) {
	t.Parallel()
	s, _ := Build(Options{Features: []Feature{MultiCurrency}})
	for _, o := range s.Objects() {
		if o.Createable && o.Kind != PlatformEvent && o.IDField() == nil {
			t.Errorf("%s has no Id", o.Name)
		}
		for _, f := range o.Fields {
			if f.RelationshipName != "" && len(f.ReferenceTo) == 0 {
				t.Errorf("%s.%s refers to nothing", o.Name, f.Name)
			}
			if f.Type.IsDecimal() && (f.Precision > 18 || f.Scale > f.Precision) {
				t.Errorf("%s.%s has precision %d, scale %d", o.Name, f.Name, f.Precision, f.Scale)
			}
		}
	}
}

func TestComponentsMakeObjects(t *testing.T) {
	t.Parallel()
	s, diags := Build(Options{Prefixes: map[string]string{"ns__line__c": "a0B"}}, sample(t))
	if len(diags) != 1 || diags[0].Code != "SCHEMA-NO-OBJECT" {
		t.Errorf("diagnostics: %v", diags)
	}
	invoice, line := s.Object("ns__Invoice__c"), s.ObjectIn("ns", "Line__c")
	names := func(fields []*Field) (out []string) {
		for _, f := range fields {
			out = append(out, f.Name)
		}
		return out
	}
	want := []string{"Id", "OwnerId", "IsDeleted", "Name", "RecordTypeId", "CreatedDate", "CreatedById", "LastModifiedDate",
		"LastModifiedById", "SystemModstamp", "LastActivityDate", "LastViewedDate", "LastReferencedDate",
		"ns__Account__c", "ns__Total__c", "ns__Status__c", "ns__Due__c", "ns__Place__c", "ns__Place__Latitude__s", "ns__Place__Longitude__s"}
	if d := cmp.Diff(want, names(invoice.Fields)); d != "" {
		t.Errorf("fields of the invoice (-want +got):\n%s", d)
	}
	total, status := invoice.FieldIn("ns", "Total__c"), invoice.FieldIn("ns", "status__c")
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"a detail has no owner", line.Field("OwnerId") == nil},
		{"prefix given by the org", line.KeyPrefix == "a0B" && s.ByPrefix("a0B") == line},
		{"prefix of creation order", invoice.KeyPrefix == "a00" && s.Object("ns__Settings__c").KeyPrefix == "a01" && s.Object("ns__Rule__mdt").KeyPrefix == "m00"},
		{"master-detail", line.Field("ns__Invoice__c").MasterDetail && !line.Field("ns__Invoice__c").Updateable},
		{"relationship down", invoice.ChildIn("ns", "Lines__r").Field == "ns__Invoice__c" && invoice.Child("ns__Lines__r").CascadeDelete},
		{"relationship up", line.RelationshipIn("ns", "Invoice__r").ReferenceTo[0] == "ns__Invoice__c"},
		{"restricting lookup", s.Object("Account").Child("ns__Invoices__r").RestrictDelete},
		{"roll-up", total.Type == Currency && total.Scale == 2 && total.Summary.Child == "ns__Line__c" && total.Summary.Filters[0].Field == "ns__Amount__c"},
		{"picklist", status.Picklist.Restricted && status.Picklist.Default() == "Open" && !status.Picklist.Value("Paid").Active},
		{"formula", invoice.Field("ns__Due__c").Calculated && !invoice.Field("ns__Due__c").IsStored()},
		{"auto-number name", invoice.NameField.AutoNumber && !invoice.NameField.Createable},
		{"record type values", invoice.RecordType("ns", "big").PicklistValues["ns__status__c"][0].Name == "Q&A"},
		{"share and history", s.Object("ns__Invoice__Share") != nil && s.Object("ns__Invoice__History").Field("ParentId") != nil && s.Object("ns__Line__Share") == nil},
		{"custom setting", s.Object("ns__Settings__c").Kind == CustomSettingHierarchy && s.Object("ns__Settings__c").Protected},
		{"metadata relationship", s.Object("ns__Rule__mdt").Field("ns__Object__c").Type == String},
		{"event", s.Object("ns__Ping__e").Kind == PlatformEvent && !s.Object("ns__Ping__e").Kind.Stored()},
		{"external id", s.Object("Account").FieldIn("ns", "Region__c").IDLookup},
		{"activity", s.Object("Task").Field("ns__Kind__c") != nil && s.Object("Event").Field("ns__Kind__c") != nil},
		{"a lookup of activities leads to tasks", invoice.Child("ns__Doings__r").Child == "Task"},
		{"a metadata relationship leads down", s.Object("EntityDefinition").Child("ns__Rules__r") != nil},
		{"field set", invoice.FieldSets[0].Fields[1].Path == "ns__Account__r.Name"},
		{"field knows its object", s.Object("Account").Field("Name").Object == s.Object("Account")},
	} {
		if !c.ok {
			t.Errorf("%s is not as it should be", c.what)
		}
	}
}

func TestRebuildTakesOverWhatDidNotChange(t *testing.T) {
	t.Parallel()
	src := sample(t)
	before, _ := Build(Options{}, src)
	sub := Source{Components: []*metadata.Component{comp(t, "CustomField", "ns__Line__c.Note__c", `<type>LongTextArea</type><length>1000</length>`)}}
	after, _ := Build(Options{Previous: before}, src, sub)
	if before.Object("ns__Invoice__c") != after.Object("ns__Invoice__c") || before.Object("Account") != after.Object("Account") ||
		before.Object("ns__Invoice__Share") != after.Object("ns__Invoice__Share") {
		t.Error("objects without a change are made anew")
	}
	line := after.Object("ns__Line__c")
	if line == before.Object("ns__Line__c") || line.Field("Note__c") == nil || line.Field("Note__c").Filterable {
		t.Error("the subscriber's field is not on the packaged object")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Foo__c": "ns__Foo__c", "a__Foo__c": "a__Foo__c", "Name": "Name", "Foo__r": "ns__Foo__r", "Foo__mdt": "ns__Foo__mdt",
		"Foo__Share": "ns__Foo__Share", "Loc__Latitude__s": "ns__Loc__Latitude__s", "a__Loc__Latitude__s": "a__Loc__Latitude__s",
		"Foo__Bar": "Foo__Bar",
	} {
		if got := Qualify("ns", in); got != want {
			t.Errorf("%s in ns is %s, want %s", in, got, want)
		}
	}
	if got := Qualify("", "Foo__c"); got != "Foo__c" {
		t.Errorf("without a namespace: %s", got)
	}
}

func TestRecordHoldsAnySubset(t *testing.T) {
	t.Parallel()
	s, _ := Build(Options{})
	o := s.Object("Account")
	for _, n := range []int{3, 30} { // few fields are searched, many have a table
		shape := NewShape(o, o.Fields[:n])
		vals := make([]value.Value, n)
		for i := range vals {
			vals[i] = value.OfInt(int32(i))
		}
		r := shape.NewRecord(vals)
		c := r.Clone(false)
		last := o.Fields[len(o.Fields)-1]
		c.Set(last, value.OfText("x"))
		c.Set(o.Fields[0], value.Value{})
		if r.IsSet(last) || r.Get(o.Fields[0]).Int64() != 0 || c.Len() != n+1 || c.Get(last).Text() != "x" || !c.IsSet(o.Fields[0]) {
			t.Errorf("%d fields: a clone is not independent", n)
		}
		c.Unset(o.Fields[1])
		fields := c.Fields()
		if len(fields) != n || c.IsSet(o.Fields[1]) || !slices.IsSortedFunc(fields, func(a, b *Field) int { return a.Index - b.Index }) {
			t.Errorf("%d fields: unset leaves %d fields", n, len(fields))
		}
	}
}

func BenchmarkFirstObject(b *testing.B) {
	for b.Loop() {
		bs := &base{features: map[Feature]bool{}}
		if bs.object("account") == nil {
			b.Fatal("no Account")
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	src := sample(b)
	for b.Loop() {
		Build(Options{}, src)
	}
}
