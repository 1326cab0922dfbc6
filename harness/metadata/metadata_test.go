package metadata

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestCompare: each archive has two versions of a package in Metadata API
// format and the changes between them.
func TestCompare(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("testdata", "compare", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			before, after := packageOf(t, a, "before/"), packageOf(t, a, "after/")
			var got, want strings.Builder
			for _, c := range Compare(before, after) {
				got.WriteString(line(c))
			}
			for _, f := range a.Files {
				if f.Name == "want" {
					want.Write(f.Data)
				}
			}
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
			if changes := Compare(after, after); len(changes) > 0 {
				t.Errorf("a package differs from itself: %v", changes)
			}
		})
	}
}

func packageOf(t *testing.T, a *txtar.Archive, folder string) *Package {
	t.Helper()
	var components []*Component
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, folder)
		if !ok {
			continue
		}
		root, err := ParseXML(name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		components = append(components, Split(Kind(root.Name), base, name, root)...)
	}
	for _, c := range components {
		c.Seal()
	}
	p, twice := NewPackage(Package{Name: "P", Namespace: "ns", Kind: Managed}, components)
	if len(twice) > 0 {
		t.Fatalf("%s %s twice", twice[0].Kind, twice[0].Name)
	}
	return p
}

// line prints a change on one line.
func line(c Change) string {
	var b strings.Builder
	b.WriteString(string(c.Change))
	if c.Cosmetic {
		b.WriteString(" cosmetic")
	}
	b.WriteString(" " + string(c.Kind) + " " + c.Name)
	for i, p := range c.Properties {
		if i == 0 {
			b.WriteString(": " + p.Name)
		} else {
			b.WriteString("; " + p.Name)
		}
		if len(p.RemovedItems)+len(p.AddedItems) > 0 {
			if len(p.RemovedItems) > 0 {
				b.WriteString(" -[" + strings.Join(p.RemovedItems, " ") + "]")
			}
			if len(p.AddedItems) > 0 {
				b.WriteString(" +[" + strings.Join(p.AddedItems, " ") + "]")
			}
		} else {
			word := func(s string) string {
				if s == "" {
					return "null"
				}
				return s
			}
			b.WriteString(" " + word(p.From) + " -> " + word(p.To))
		}
		if p.Cosmetic {
			b.WriteString(" (cosmetic)")
		}
	}
	return b.String() + "\n"
}

// TestCode: bodies that do the same.
func TestCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"class A { }", "class A{\n}\n", true},
		{"class A { } // x", "/** doc */ class A { }", true},
		{"Integer i = 1;", "Integeri=1;", false},
		{"String s = 'a  b';", "String s = 'a b';", false},
		{"String s = '// no comment';", "String s = '// other';", false},
		{`String s = 'it\'s // x';`, `String s = 'it\'s // y';`, false},
		{"@SuppressWarnings('PMD.A') class A {}", "@SuppressWarnings('PMD.B') class A {}", true},
		{"/* open", "", true},
		{"'open", "'open ", false},
	} {
		if got := string(Code(ApexClass, []byte(c.a))) == string(Code(ApexClass, []byte(c.b))); got != c.same {
			t.Errorf("%q and %q: same is %v", c.a, c.b, got)
		}
	}
}

func TestChangeJSON(t *testing.T) {
	t.Parallel()
	d := Difference{From: "v1", To: "v2", Changes: []Change{
		{Kind: CustomField, Name: "A__c.B__c", Change: Modified, Properties: []PropertyChange{
			{Name: "length", From: "80", To: "255"},
			{Name: "defaultValue", To: "1"},
			{Name: "label", From: "B", To: "Bee", Cosmetic: true},
			{Name: "picklistValues", AddedItems: []string{"X"}}}},
		{Kind: ApexClass, Name: "C", Change: Added},
	}}
	got, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"from":"v1","to":"v2","changes":[` +
		`{"kind":"CustomField","name":"A__c.B__c","change":"modified","cosmetic":false,"properties":[` +
		`{"name":"length","from":"80","to":"255"},{"name":"defaultValue","from":null,"to":"1"},` +
		`{"name":"label","from":"B","to":"Bee","cosmetic":true},{"name":"picklistValues","removed":[],"added":["X"]}]},` +
		`{"kind":"ApexClass","name":"C","change":"added","cosmetic":false}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Version{
		"4.3.0.NEXT":       {4, 3, 0, 0},
		"4.3.0.3":          {4, 3, 0, 3},
		"v4.4.0":           {4, 4, 0, 0},
		"rel/3.187":        {3, 187, 0, 0},
		"release/1.6":      {1, 6, 0, 0},
		"4.0.0-9":          {4, 0, 0, 9},
		"uat/3.188-Beta_2": {3, 188, 0, 2},
		"main":             {},
		"d52be40a01":       {},
		"":                 {},
	} {
		got, ok := ParseVersion(s)
		if got != want || ok != !want.IsZero() {
			t.Errorf("%q: %v %v, want %v", s, got, ok, want)
		}
	}
	// From the oldest to the newest (versions-and-push.md, section 1).
	ordered := []Version{{3, 9, 0, 0}, {3, 10, 0, 0}, {3, 10, 0, 2}, {3, 10, 0, 11}, {3, 10, 1, 0}, {3, 11, 0, 0}, {4, 0, 0, 0}}
	for i, v := range ordered {
		for j, w := range ordered {
			if got := v.Compare(w); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%v compared with %v is %d", v, w, got)
			}
		}
	}
}

func TestStripNamespace(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ns__A__c":              "A__c",
		"NS__A__c.ns__B__c":     "A__c.B__c",
		"ns__A__c-ns__A Layout": "A__c-A Layout",
		"other__A__c.ns__B__c":  "other__A__c.B__c",
		"Account.Region__c":     "Account.Region__c",
		"transns__x":            "transns__x",
		"ns__":                  "ns__",
		"A.b-c":                 "A.b-c",
	} {
		if got := StripNamespace(name, "ns"); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestAttribute: spot checks of the table against upgrade-rules.md, section 3.
func TestAttribute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind     Kind
		property string
		want     AttrClass
	}{
		{CustomField, "label", Developer},
		{CustomField, "required", Developer},
		{CustomField, "defaultValue", Developer},
		{CustomField, "inlineHelpText", Both},
		{CustomField, "valueSet/valueSetDefinition/value", Both},
		{CustomField, "picklistValues", Both},
		{CustomField, "lookupFilter/errorMessage", Developer},
		{CustomField, "type", Never},
		{CustomField, "unique", Never},
		{CustomObject, "nameField/label", Developer},
		{CustomObject, "nameField/type", Never},
		{CustomObject, "sharingModel", Both},
		{ValidationRule, "active", Both},
		{ValidationRule, "errorMessage", Developer},
		{Layout, "layoutSections", Both},
		{FieldSet, "displayedFields", Subscriber},
		{FieldSet, "availableFields", Developer},
		{PermissionSet, "fieldPermissions[Job__c.A__c]/editable", Developer},
		{Flow, "status", Both},
		{Flow, "decisions", Developer},
		{"NeverHeardOf", "any", Developer},
	} {
		if got := Attribute(c.kind, c.property); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.kind, c.property, got, c.want)
		}
	}
}

func TestManageability(t *testing.T) {
	t.Parallel()
	if n := len(manageable); n < 240 {
		t.Errorf("%d types in the table", n)
	}
	for kind, upgraded := range map[Kind]bool{CustomField: true, Layout: false, ListView: false, Report: false,
		PermissionSet: true, EmailTemplate: false, CustomLabel: true, WorkflowRule: true, "NeverHeardOf": true} {
		if m := ManageabilityOf(kind); m.IsUpgraded() != upgraded {
			t.Errorf("%s: %+v", kind, m)
		}
	}
	mdt := (&Component{Kind: CustomField, Name: "A__mdt.B__c"}).Manageability()
	if mdt.Removable2GP || !ManageabilityOf(CustomField).Removable2GP {
		t.Errorf("field of a custom metadata type: %+v", mdt)
	}
	for _, c := range []struct {
		pkg  PackageKind
		kind Kind
		want Removal
	}{
		{Managed, ApexClass, HardDeleted}, {Managed, ApexPage, Deprecated}, {Managed, CustomField, Deprecated},
		{Unlocked, ApexPage, HardDeleted}, {Unlocked, CustomObject, Deprecated}, {Unmanaged, ApexClass, Deprecated},
	} {
		if got := RemovalOf(c.pkg, c.kind); got != c.want {
			t.Errorf("%s %s: %v", c.pkg, c.kind, got)
		}
	}
}

// TestXMLErrors: what is wrong with a file, and where.
func TestXMLErrors(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"":                                     "f.xml:1:1: error: no XML element in the file [metadata/xml]",
		"words":                                "f.xml:1:1: error: text outside the root element [metadata/xml]",
		"<a>\n  <b></a>":                       "f.xml:2:6: error: <b> of line 2 is closed by </a> [metadata/xml]",
		"<a>\n<b>":                             "f.xml:2:4: error: the file ends inside <b>, which begins at line 2 [metadata/xml]",
		"<a/><b/>":                             "f.xml:1:5: error: a second root element <b> [metadata/xml]",
		"</a>":                                 "f.xml:1:1: error: </a> closes nothing [metadata/xml]",
		"<a>\n&lol;</a>":                       "f.xml:2:6: error: not well-formed XML: invalid character entity &lol; [metadata/xml]",
		"<!DOCTYPE a [<!ENTITY x 'y'>]>\n<a/>": "f.xml:1:1: error: document type and entity declarations are not allowed in metadata [metadata/xml-entity]",
		strings.Repeat("<a>", 65):              "f.xml:1:193: error: elements are nested more than 64 deep [metadata/xml-limit]",
	} {
		_, err := ParseXML("f.xml", []byte(src))
		if err == nil || err.Error() != want {
			t.Errorf("%.40q:\n got %v\nwant %s", src, err, want)
		}
	}
}

func FuzzParseXML(f *testing.F) {
	f.Add([]byte("<a><b>x</b><!-- c --><c><![CDATA[d]]></c></a>"))
	f.Add([]byte("\xef\xbb\xbf<?xml version='1.0'?><CustomField><picklist><picklistValues/></picklist></CustomField>"))
	f.Add([]byte("<CustomObject><fields><fullName>A</fullName></fields><actionOverrides/></CustomObject>"))
	f.Fuzz(func(t *testing.T, src []byte) {
		root, err := ParseXML("f.xml", src)
		if err != nil {
			return
		}
		components := Split(Kind(root.Name), "A__c", "f.xml", root)
		for _, c := range components {
			c.Seal()
			again := Canonical(c.Kind, c.Props.Clone())
			if c.Kind != CustomObject && !again.Equal(c.Props) {
				t.Errorf("canonical form is not stable:\n%s\n%s", c.Props, again)
			}
		}
		p, _ := NewPackage(Package{Namespace: "A"}, components)
		if changes := Compare(p, p); len(changes) > 0 {
			t.Errorf("differs from itself: %v", changes)
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add([]byte("class A { String s = 'x\\'y'; /* c */ } // d"))
	f.Fuzz(func(t *testing.T, src []byte) {
		once := Code(ApexClass, src)
		if len(once) > len(src) {
			t.Errorf("%q grew to %q", src, once)
		}
	})
}

func FuzzParseVersion(f *testing.F) {
	f.Add("uat/3.188-Beta_2")
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := ParseVersion(s); ok && (v.Major < 0 || v.Build < 0) {
			t.Errorf("%q: %v", s, v)
		}
	})
}
