package invariant_test

import (
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/metadata/metadatatest"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// onThing is a package whose object and its parts are given as kind, name, XML.
func onThing(kind metadata.PackageKind, number string, parts ...string) *metadata.Package {
	version, _ := metadata.ParseVersion(number)
	list := []*metadata.Component{metadatatest.Component(metadata.CustomObject, "Thing__c",
		"<CustomObject><label>Thing</label><nameField><type>Text</type></nameField></CustomObject>")}
	for i := 0; i < len(parts); i += 3 {
		list = append(list, metadatatest.Component(metadata.Kind(parts[i]), parts[i+1], parts[i+2]))
	}
	p, _ := metadata.NewPackage(metadata.Package{Name: "p", Namespace: "ns", Kind: kind, Version: version}, list)
	return p
}

func picklist(values ...string) string {
	xml := "<CustomField><label>Kind</label><type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition>"
	for _, v := range values {
		xml += "<value><fullName>" + v + "</fullName><default>false</default><label>" + v + "</label></value>"
	}
	return xml + "</valueSetDefinition></valueSet></CustomField>"
}

// TestUpgradedEqualsFresh upgrades a new org and holds it against one that
// installs the last version: each difference is told with its rule.
func TestUpgradedEqualsFresh(t *testing.T) {
	t.Parallel()
	field := func(xml string) []string { return []string{"CustomField", "Thing__c.Kind__c", xml} }
	text := func(inner string) []string {
		return field("<CustomField><label>Kind</label><type>Text</type><length>20</length>" + inner + "</CustomField>")
	}
	for _, tt := range []struct {
		name     string
		kind     metadata.PackageKind
		old, new []string
		want     []string // a part of the title and one of the reason, each
	}{
		{"nothing", metadata.Managed, text(""), text(""), nil},
		{"a label, which the developer owns", metadata.Managed, text(""), text("<description>new</description>"), nil},
		{"picklist values", metadata.Managed, field(picklist("A")), field(picklist("A", "B")),
			[]string{"never receive the new values of CustomField ns__Thing__c.Kind__c", "adds, renames and removes no value"}},
		{"help text", metadata.Managed, text(""), text("<inlineHelpText>new</inlineHelpText>"),
			[]string{"keep what they have in CustomField", "class B or S"}},
		{"an unlocked upgrade brings the help text", metadata.Unlocked, text(""), text("<inlineHelpText>new</inlineHelpText>"), nil},
		{"a field that left", metadata.Managed, text(""), nil,
			[]string{"keep CustomField ns__Thing__c.Kind__c, which the new version no longer has", "deprecated"}},
		{"a list view", metadata.Managed,
			[]string{"ListView", "Thing__c.All", "<ListView><label>All</label><filterScope>Everything</filterScope></ListView>"},
			[]string{"ListView", "Thing__c.All", "<ListView><label>All</label><filterScope>Mine</filterScope></ListView>"},
			[]string{"never receive the changes to ListView", "deployed at the first install"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, to := onThing(tt.kind, "1.0", tt.old...), onThing(tt.kind, "1.1", tt.new...)
			found := judgeFresh(t, from, to)
			if len(found) != len(tt.want)/2 {
				t.Fatalf("found %d differences, want %d: %v", len(found), len(tt.want)/2, found)
			}
			if len(found) > 0 && (!strings.Contains(found[0].Title, tt.want[0]) || !strings.Contains(found[0].Cause.Detail, tt.want[1])) {
				t.Errorf("says %q, because %q; want %q", found[0].Title, found[0].Cause.Detail, tt.want)
			}
		})
	}
}

func judgeFresh(t *testing.T, from, to *metadata.Package) []finding.Finding {
	t.Helper()
	ctx := t.Context()
	before, after := through(t, from), through(t, from)
	report, err := upgrade.Install(ctx, after, to, install.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gathered, err := probe.Gather(ctx, &probe.Subject{Before: before, After: after, From: from, To: to, Diff: &diff.Diff{},
		Steps: []probe.Step{{From: from, To: to, Report: report}},
		Fresh: &probe.Pair{Upgraded: after, Installed: through(t, to), GrantedByUpgrades: report.Grants}})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := invariant.Judge(&invariant.Evidence{Evidence: gathered})
	for _, o := range outcomes {
		if o.Name == "upgraded-equals-fresh" {
			return o.Findings
		}
	}
	t.Fatal("the question was not asked")
	return nil
}

// through is a new org with a version installed.
func through(t *testing.T, p *metadata.Package) *org.Org {
	t.Helper()
	o, err := org.New(t.Context(), org.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	if _, err := upgrade.Install(t.Context(), o, p, install.Options{}); err != nil {
		t.Fatal(err)
	}
	return o
}

// versionOf is a version of a package with a post-install class, if it has that.
func versionOf(number string, parts ...*metadata.Component) *metadata.Package {
	v, _ := metadata.ParseVersion(number)
	pkg := metadata.Package{Name: "p", Namespace: "ns", Kind: metadata.Managed, Version: v}
	for _, c := range parts {
		if c.Name == "Install" {
			pkg.PostInstall = "Install"
		}
	}
	p, _ := metadata.NewPackage(pkg, parts)
	return p
}

// TestSenseOfDifference weighs what an upgraded org lacks by whether the new
// version asks for it: each case has a twin that weighs nothing or little.
func TestSenseOfDifference(t *testing.T) {
	t.Parallel()
	setting := of(metadata.CustomObject, "Config__c", "<label>Config</label><customSettingsType>List</customSettingsType><visibility>Public</visibility>")
	reader := apexOf("public class Reader { public static Integer n() { return Config__c.getAll().size(); } }")
	make := func(when string) *metadata.Component {
		return apexOf("global class Install implements InstallHandler { global void onInstall(InstallContext c) { if (c.previousVersion() " + when + " null) { insert new Config__c(Name = 'x'); } } }")
	}
	kind := func(values ...string) []*metadata.Component {
		return []*metadata.Component{of(metadata.CustomObject, "Thing__c", bell), metadatatest.Component(metadata.CustomField, "Thing__c.Kind__c", picklist(values...))}
	}
	writer := func(value string) *metadata.Component {
		return apexOf("public class Writer { void write(Thing__c t) { t.Kind__c = '" + value + "'; } }")
	}
	for name, tt := range map[string]struct {
		from, to []*metadata.Component
		severity finding.Severity // "": nothing is told
		says     string
	}{
		"a setting of first installs that code reads":    {[]*metadata.Component{}, []*metadata.Component{setting, reader, make("==")}, finding.Major, "ApexClass ns__Reader read them"},
		"a setting of first installs that only it reads": {[]*metadata.Component{}, []*metadata.Component{setting, make("==")}, finding.Minor, ""},
		"a setting of upgraded orgs":                     {[]*metadata.Component{}, []*metadata.Component{setting, reader, make("!=")}, "", ""},
		"a value that never arrives and code writes":     {kind("A"), append(kind("A", "B"), writer("B")), finding.Major, `ApexClass ns__Writer write "B" into Thing__c.Kind__c`},
		"a value that never arrives and nothing writes":  {kind("A"), append(kind("A", "B"), writer("A")), finding.Minor, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := judgeFresh(t, versionOf("1.0", tt.from...), versionOf("1.1", tt.to...))
			switch {
			case tt.severity == "" && len(found) > 0, tt.severity != "" && len(found) != 1:
				t.Fatalf("found %v", found)
			case tt.severity != "" && (found[0].Severity != tt.severity || !strings.Contains(found[0].Message, tt.says)):
				t.Errorf("%s %q, want %s %q", found[0].Severity, found[0].Message, tt.severity, tt.says)
			}
		})
	}
}
