package upgrade_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

const managed, unlocked = metadata.Managed, metadata.Unlocked

// part is one component: kind, name, the inside of its XML, and its code.
type part struct{ kind, name, xml, code string }

func (p part) component(t *testing.T) *metadata.Component {
	t.Helper()
	root, err := metadata.ParseXML(p.name, []byte("<"+p.kind+">"+p.xml+"</"+p.kind+">"))
	if err != nil {
		t.Fatal(err)
	}
	c := metadata.NewComponent(metadata.Kind(p.kind), p.name, p.name, root)
	if p.code != "" {
		c.Source = []byte(p.code)
	}
	c.Seal()
	return c
}

func class(name, code string) part { return part{kind: "ApexClass", name: name, code: code} }

func textField(name, inner string) part {
	return part{kind: "CustomField", name: name, xml: "<label>F</label><type>Text</type><length>20</length>" + inner}
}

func object(name string) part {
	return part{kind: "CustomObject", name: name, xml: "<label>O</label><nameField><type>Text</type></nameField>"}
}

func lookup(name, to, relationship string) part {
	return part{kind: "CustomField", name: name, xml: "<label>F</label><type>Lookup</type><referenceTo>" + to + "</referenceTo><relationshipName>" + relationship + "</relationshipName>"}
}

// version is a version of a package.
func version(t *testing.T, kind metadata.PackageKind, ns, number string, parts ...part) *metadata.Package {
	t.Helper()
	v, ok := metadata.ParseVersion(number)
	if !ok {
		t.Fatalf("%q is no version number", number)
	}
	head := metadata.Package{Name: "p", Namespace: ns, Kind: kind, Version: v}
	var list []*metadata.Component
	for _, p := range parts {
		if strings.Contains(p.code, "InstallHandler") {
			head.PostInstall = p.name
		}
		list = append(list, p.component(t))
	}
	pkg, twice := metadata.NewPackage(head, list)
	if len(twice) > 0 {
		t.Fatalf("the package has %s %s twice", twice[0].Kind, twice[0].Name)
	}
	return pkg
}

// newOrg makes an empty org that the test closes.
func newOrg(t *testing.T) *org.Org {
	t.Helper()
	o, err := org.New(t.Context(), org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// mustInstall installs a version that the org takes.
func mustInstall(t *testing.T, o *org.Org, pkg *metadata.Package) {
	t.Helper()
	if _, err := upgrade.Install(t.Context(), o, pkg, install.Options{}); err != nil {
		t.Fatal(err)
	}
}

// deployLocal puts components of the subscriber into an org.
func deployLocal(t *testing.T, o *org.Org, parts ...part) {
	t.Helper()
	var entries []*org.Entry
	for _, p := range parts {
		entries = append(entries, &org.Entry{Component: p.component(t), State: org.Unmanaged})
	}
	if _, err := o.Deploy(t.Context(), org.Change{Put: entries}); err != nil {
		t.Fatal(err)
	}
}

// runApex runs anonymous Apex as an administrator.
func runApex(t *testing.T, o *org.Org, code string) {
	t.Helper()
	if _, err := o.Run(t.Context(), org.TxOptions{Cause: "an admin"}, func(tx *org.Tx) error { return tx.Anonymous(t.Context(), code) }); err != nil {
		t.Fatal(err)
	}
}
