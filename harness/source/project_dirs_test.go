package source_test

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestProjectDirectories reads a project as a push to a scratch org takes it:
// all package directories, but for one inside of another and one that depends
// on a package outside the project.
func TestProjectDirectories(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, txtar.Parse([]byte(`
-- sfdx-project.json --
{"packageDirectories": [
    {"path": "core", "package": "Core", "default": true},
    {"path": "core/inner", "package": "Inner"},
    {"path": "extra-tests"},
    {"path": "plugin", "package": "Plugin", "dependencies": [{"package": "Core@1.0.0-1"}]},
    {"path": "bridge", "package": "Bridge", "dependencies": [{"package": "Elsewhere@2.0.0-1"}]}],
 "sourceApiVersion": "62.0"}
-- core/classes/A.cls --
public class A {}
-- core/inner/classes/B.cls --
public class B {}
-- extra-tests/classes/C.cls --
public class C {}
-- plugin/classes/D.cls --
public class D {}
-- bridge/classes/E.cls --
public class E {}
`)), "")
	for _, test := range []struct {
		name string
		opt  source.Options
		want []string
	}{
		{"the package", source.Options{}, []string{"A"}},
		{"the project", source.Options{Project: true}, []string{"A", "B", "C", "D"}},
		{"the project with what it needs", source.Options{Project: true, External: true}, []string{"A", "B", "C", "D", "E"}},
		{"a folder of it", source.Options{Project: true, Folder: "plugin"}, []string{"D"}},
	} {
		p, _, err := source.Read(t.Context(), dir, test.opt)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		var got []string
		for _, c := range p.Components {
			got = append(got, c.Name)
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: read %v, want %v", test.name, got, test.want)
		}
	}
}

// projectWithFlows is a project whose flows deploy what lies beside the package.
const projectWithFlows = `
-- sfdx-project.json --
{"packageDirectories": [{"path": "force-app", "default": true}], "sourceApiVersion": "62.0"}
-- cumulusci.yml --
project: {name: Rentals, source_format: sfdx}
tasks:
    deploy_stand_ins:
        class_path: cumulusci.tasks.salesforce.Deploy
        options: {path: unpackaged/stand_ins}
    deploy_prefixed:
        class_path: cumulusci.tasks.salesforce.Deploy
        options: {path: unpackaged/prefixed}
    deploy_never:
        class_path: cumulusci.tasks.salesforce.Deploy
        options: {path: unpackaged/never}
    load_rows:
        class_path: tasks.rows.Load
        options: {path: unpackaged/rows}
flows:
    deploy_unmanaged:
        steps:
            2.1: {when: not org_config.namespace, task: deploy_stand_ins}
            2.2: {when: org_config.namespace, task: deploy_prefixed}
            2.3: {when: "'x' in org_config.installed_packages", task: deploy_never}
    config_apextest:
        steps:
            1: {options: {path: unpackaged/after}}
            3: {task: load_rows}
            4: {flow: more}
    more:
        steps:
            1: {flow: config_apextest}
    config_dev:
        steps:
            3: {task: deploy_never}
-- force-app/classes/A.cls --
public class A {}
-- unpackaged/pre/first/classes/A.cls --
public class A { Integer older; }
-- unpackaged/pre/first/classes/B.cls --
public class B {}
-- unpackaged/pre/second/classes/C.cls --
public class C {}
-- unpackaged/stand_ins/classes/D.cls --
public class D {}
-- unpackaged/prefixed/classes/E.cls --
public class E {}
-- unpackaged/never/classes/F.cls --
public class F {}
-- unpackaged/rows/classes/G.cls --
public class G {}
-- unpackaged/post/first/classes/H.cls --
public class H {}
-- unpackaged/after/first/classes/I.cls --
public class I {}
`

// TestProjectFlows reads a CumulusCI project as the org of its tests has it:
// with the bundles before and after the package and what its own steps deploy,
// where their conditions hold; the package's own components come first.
func TestProjectFlows(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, txtar.Parse([]byte(projectWithFlows)), "")
	for _, test := range []struct {
		name string
		opt  source.Options
		want []string
	}{
		{"the package", source.Options{}, []string{"A"}},
		{"the project", source.Options{Project: true}, []string{"A", "B", "C", "D", "I"}},
		{"the project in an org with a namespace", source.Options{Project: true, Namespace: "ns"}, []string{"A", "B", "C", "E", "I"}},
	} {
		p, _, err := source.Read(t.Context(), dir, test.opt)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		var got []string
		for _, c := range p.Components {
			got = append(got, c.Name)
			if c.Name == "A" && string(c.Source) != "public class A {}\n" {
				t.Errorf("%s: A is %q, not the package's", test.name, c.Source)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: read %v, want %v", test.name, got, test.want)
		}
	}
}

// TestBeside reads what belongs to the org of a subscriber and not to the
// package: what the project file and the flows name, before and after it, with
// the prefix of the package where it has one.
func TestBeside(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, txtar.Parse([]byte(`
-- sfdx-project.json --
{"packageDirectories": [{"path": "app", "default": true, "package": "P", "unpackagedMetadata": {"path": "app/test-only"},
  "seedMetadata": {"path": "seed"}, "apexTestAccess": {"permissionSets": ["P_User"]}}], "namespace": "pns"}
-- cumulusci.yml --
project: {name: P, source_format: sfdx}
-- app/classes/A.cls --
public class A {}
-- app/test-only/classes/B.cls --
public class B {}
-- seed/classes/C.cls --
public class C {}
-- unpackaged/pre/first/objects/Account.object --
<CustomObject><recordTypes><fullName>Human</fullName><label>Human</label><active>true</active></recordTypes></CustomObject>
-- unpackaged/post/first/objects/%%%NAMESPACE%%%D__c.object --
<CustomObject/>
-- unpackaged/post/first/objects/___NAMESPACE___D__c/fields/pns__E__c.field-meta.xml --
<CustomField><fullName>%%%NAMESPACE%%%E__c</fullName><type>Checkbox</type></CustomField>
`)), "")
	p, _, err := source.Read(t.Context(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(p, "ApexClass"); !slices.Equal(got, []string{"A"}) || !slices.Equal(p.TestAccess, []string{"P_User"}) {
		t.Errorf("the package has %v, access of tests %v", got, p.TestAccess)
	}
	before, after, _, err := source.ReadBeside(t.Context(), dir, source.Options{}, p)
	if err != nil {
		t.Fatal(err)
	}
	if before.Find("ApexClass", "C") == nil || before.Find("RecordType", "Account.Human") == nil || before.Namespace != "" {
		t.Errorf("before it: %v", before.Components)
	}
	if after.Find("ApexClass", "B") == nil || after.Find("CustomField", "pns__D__c.pns__E__c") == nil {
		t.Errorf("after it: %v", after.Components)
	}
	whole, _, err := source.Read(t.Context(), dir, source.Options{Project: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(whole, "ApexClass"); !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("the whole project has %v", got)
	}
}
