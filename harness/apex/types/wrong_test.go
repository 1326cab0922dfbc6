package types_test

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// rewriting reports whether the data files are to be written anew; the flag is
// datadriven's.
func rewriting() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// comp makes a component from the inside of its XML file.
func comp(kind, name, body string) *metadata.Component {
	root := &metadata.Node{Name: kind}
	stack := []*metadata.Node{root}
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return &metadata.Component{Kind: metadata.Kind(kind), Name: name, Props: root}
		}
		if err != nil {
			panic(err)
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

// sample is the schema of the tests: an invoice with lines, a custom setting
// and a custom metadata type.
var sample = sync.OnceValue(func() *schema.Schema {
	s, _ := schema.Build(schema.Options{}, schema.Source{Components: []*metadata.Component{
		comp("CustomObject", "Invoice__c", `<label>Invoice</label><nameField><type>Text</type></nameField>`),
		comp("CustomField", "Invoice__c.Account__c", `<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Invoices</relationshipName>`),
		comp("CustomField", "Invoice__c.Total__c", `<type>Number</type><precision>16</precision><scale>2</scale>`),
		comp("CustomField", "Invoice__c.Due__c", `<type>Date</type>`),
		comp("CustomField", "Invoice__c.Twice__c", `<type>Number</type><formula>Total__c * 2</formula>`),
		comp("CustomObject", "Line__c", `<label>Line</label><nameField><type>Text</type></nameField>`),
		comp("CustomField", "Line__c.Invoice__c", `<type>MasterDetail</type><referenceTo>Invoice__c</referenceTo><relationshipName>Lines</relationshipName>`),
		comp("CustomField", "Line__c.Code__c", `<type>Text</type><length>40</length><externalId>true</externalId>`),
		comp("CustomObject", "Settings__c", `<customSettingsType>Hierarchy</customSettingsType>`),
		comp("CustomField", "Settings__c.On__c", `<type>Checkbox</type>`),
		comp("CustomObject", "Rule__mdt", `<label>Rule</label>`),
	}})
	return s
})

// helper is a class beside the one under test, with members of every access.
var helper = sync.OnceValue(func() *syntax.Unit {
	u, _ := syntax.Parse(diag.NewFile("Helper.cls", []byte(`public virtual class Helper {
		private Integer secret; protected Integer kept; public Integer open; @TestVisible private Integer shown;
		public Integer half { get; private set; } private void hide() { } protected virtual void keep() { }
		private class Inner { } public class Outside { } private Helper(String s) { } public Helper() { }
		public interface Doing { Integer act(String s); } public static Integer count; public static void make() { }
		public abstract class Base { public abstract Integer act(Integer i); protected virtual String name() { return ''; } }
	}`)), syntax.Options{APIVersion: 62})
	return u
})

// enclosing is another, to be extended by its inner class.
var enclosing = sync.OnceValue(func() *syntax.Unit {
	u, _ := syntax.Parse(diag.NewFile("Around.cls", []byte(`public class Around {
		public static final Integer LIMITED = 1; public static Integer twice(Integer i) { return i * 2; }
		public virtual class Within { } public class Beside { }
	}`)), syntax.Options{APIVersion: 62})
	return u
})

// check parses and checks one source: a trigger when it begins so, an anonymous
// block when its name says so, else a class.
func check(name, src string) diag.List {
	opt := syntax.Options{APIVersion: 62}
	fmt.Sscanf(name, "version %d", &opt.APIVersion)
	if strings.HasPrefix(src, "trigger ") {
		opt.Kind = syntax.TriggerUnit
	}
	anonymous := strings.HasPrefix(name, "anonymous")
	if anonymous {
		opt.Kind = syntax.AnonymousUnit
	}
	u, errs := syntax.Parse(diag.NewFile(name, []byte(src)), opt)
	if errs.Err() != nil {
		return errs
	}
	units := []*syntax.Unit{helper(), enclosing(), u}
	if anonymous {
		units = units[:2]
	}
	p, _ := types.NewProgram(types.Config{Schema: sample(), Packages: []types.Package{{Units: units}}, Env: types.Env{
		Label: func(ns, name string) bool { return strings.EqualFold(name, "hello") },
		Page:  func(ns, name string) bool { return strings.EqualFold(name, "view") },
	}})
	if anonymous {
		_, errs := p.Anonymous(u, "")
		return errs
	}
	return p.CheckAll()
}

// TestWrongPrograms reads programs with what is wrong with them written in
// place: a line "//! column CODE message" belongs to the last line of source
// before it.
func TestWrongPrograms(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/wrong/*.txt")
	count := 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, part := range strings.Split("\n"+strings.TrimSuffix(string(data), "\n"), "\n=== ")[1:] {
			name, src, _ := strings.Cut(part, "\n")
			got := annotate(src, check(name, strip(src)))
			count++
			if !rewriting() && !strings.Contains(got, "//! ") {
				t.Errorf("%s: %s: nothing is wrong", path, name)
			}
			if diff := cmp.Diff(strings.Split(src, "\n"), strings.Split(got, "\n")); diff != "" && !rewriting() {
				t.Errorf("%s: %s: (-want +got)\n%s", path, name, diff)
			}
			fmt.Fprintf(&out, "=== %s\n%s\n", name, got)
		}
		if rewriting() {
			if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d wrong programs", count)
}

// TestRightPrograms reads programs with which nothing is wrong.
func TestRightPrograms(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/right/*.txt")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(data), "\n=== ")[1:] {
			name, src, _ := strings.Cut(part, "\n")
			if errs := check(name, src); len(errs) > 0 {
				t.Errorf("%s: %s: %v", path, name, errs)
			}
		}
	}
}

const mark = "//! "

func strip(src string) string {
	var out []string
	for _, line := range strings.Split(src, "\n") {
		if !strings.HasPrefix(line, mark) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func annotate(src string, errs diag.List) string {
	errs.Sort()
	var out []string
	for i, line := range strings.Split(strip(src), "\n") {
		out = append(out, line)
		for _, d := range errs {
			if d.Span.Line == i+1 {
				out = append(out, fmt.Sprintf("%s%d %s %s", mark, d.Span.Column, d.Code, d.Message))
			}
		}
	}
	return strings.Join(out, "\n")
}
