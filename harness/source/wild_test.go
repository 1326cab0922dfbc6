package source_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// class is a file of a class in a folder, as txtar.
func class(folder, name string) string {
	return "-- " + folder + "/classes/" + name + ".cls --\npublic class " + name + " {}\n"
}

// TestProjectsAsTheyAre: which folders are the package, in projects as people
// have them.
func TestProjectsAsTheyAre(t *testing.T) {
	t.Parallel()
	manifest := func(folder, name string) string {
		if name != "" {
			name = "<fullName>" + name + "</fullName>"
		}
		return "-- " + folder + "/package.xml --\n<Package>" + name + "<version>60.0</version></Package>\n"
	}
	project := func(directories string) string {
		return "-- sfdx-project.json --\n{\"packageDirectories\": [" + directories + "]}\n"
	}
	for _, c := range []struct {
		name, files string
		opt         source.Options
		want        string // classes
	}{
		{"no directory has a name", project(`{"path":"base"},{"path":"shop","default":true}`) + class("base", "A") + class("shop", "B"), source.Options{}, "A B"},
		{"one has", project(`{"path":"base","package":"Base"},{"path":"shop","default":true}`) + class("base", "A") + class("shop", "B"), source.Options{}, "A"},
		{"one has, delivered as source", project(`{"path":"base","package":"Base"},{"path":"shop","default":true}`) + class("base", "A") + class("shop", "B"),
			source.Options{Kind: metadata.Unmanaged}, "A B"},
		{"the default one is empty", project(`{"path":"pulled","default":true},{"path":"app"}`) + "-- pulled/.gitkeep --\n" + class("app", "A"), source.Options{}, "A"},
		{"the default package is empty", project(`{"path":"pulled","default":true,"package":"P"},{"path":"app","package":"Q"}`) + "-- pulled/.gitkeep --\n" + class("app", "A"), source.Options{}, "A"},
		{"the only one is empty", project(`{"path":"pulled","default":true}`) + "-- pulled/.gitkeep --\n" + class("src", "A") + manifest("src", ""), source.Options{}, "A"},
		{"one is not there", project(`{"path":"gone"},{"path":"app","default":true}`) + class("app", "A"), source.Options{}, "A"},
		{"a manifest beside", project(`{"path":"app","default":true}`) + manifest("manifest", "") + class("app", "A"), source.Options{}, "A"},
		{"a manifest beside, no project file", manifest("manifest", "") + class("src", "A") + manifest("src", ""), source.Options{}, "A"},
		{"a manifest beside and a package that needs another", project(`{"path":"app","default":true,"package":"P","dependencies":[{"package":"Q@1.0.0-1"}]}`) + manifest("manifest", "") + class("app", "A"),
			source.Options{Project: true}, "A"},
		{"what a package needs of the project stays", project(`{"path":"app","default":true,"package":"P","dependencies":[{"package":"R"}]},
			{"path":"low","package":"R","dependencies":[{"package":"Far@1"}]},{"path":"far","package":"S","dependencies":[{"package":"Far@1"}]}`) + class("app", "A") + class("low", "B") + class("far", "C"),
			source.Options{Project: true}, "A B"},
		{"several trees", manifest("core/src", "") + class("core/src", "A") + manifest("plus/src", "") + class("plus/src", "B"), source.Options{}, "A B"},
		{"several packages", manifest("core/src", "Core") + class("core/src", "A") + manifest("plus/src", "Plus") + class("plus/src", "B"), source.Options{}, "A"},
		{"a manifest that is broken", "-- src/package.xml --\ngit add<Package><version>\n" + class("src", "A"), source.Options{}, "A"},
	} {
		dir := unpacked(t, txtar.Parse([]byte(c.files)), "")
		p, _, err := source.Read(t.Context(), dir, c.opt)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join(namesOf(p, "ApexClass"), " "); got != c.want {
			t.Errorf("%s: read %q, want %q", c.name, got, c.want)
		}
	}
}

func namesOf(p *metadata.Package, kind metadata.Kind) []string {
	var names []string
	for _, c := range p.OfKind(kind) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

// TestDecomposed reads one permission set as a whole and as both presets write
// it: the three do not differ.
func TestDecomposed(t *testing.T) {
	t.Parallel()
	const (
		class  = "<apexClass>A</apexClass><enabled>true</enabled>"
		object = "<allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>true</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>T__c</object><viewAllRecords>false</viewAllRecords>"
		field  = "<editable>true</editable><field>T__c.N__c</field><readable>true</readable>"
		head   = "<label>P</label><hasActivationRequired>false</hasActivationRequired>"
	)
	var hashes []string
	for name, files := range map[string]string{
		"whole": "-- permissionsets/P.permissionset-meta.xml --\n<PermissionSet>" + head + "<classAccesses>" + class + "</classAccesses><objectPermissions>" + object +
			"</objectPermissions><fieldPermissions>" + field + "</fieldPermissions></PermissionSet>",
		"a folder a property": "-- permissionsets/P/P.permissionset-meta.xml --\n<PermissionSet>" + head + "</PermissionSet>" +
			"\n-- permissionsets/P/classAccesses/A.classAccess-meta.xml --\n<ClassAccess>" + class + "</ClassAccess>" +
			"\n-- permissionsets/P/objectPermissions/T__c.objectPermission-meta.xml --\n<ObjectPermission>" + object + "</ObjectPermission>" +
			"\n-- permissionsets/P/fieldPermissions/T__c.N__c.fieldPermission-meta.xml --\n<FieldPermission>" + field + "</FieldPermission>",
		"a file a property": "-- permissionsets/P/P.permissionset-meta.xml --\n<PermissionSet>" + head + "</PermissionSet>" +
			"\n-- permissionsets/P/P.classAccesses-meta.xml --\n<PermissionSet><classAccesses>" + class + "</classAccesses></PermissionSet>" +
			"\n-- permissionsets/P/objectSettings/T__c.objectSettings-meta.xml --\n<PermissionSet><objectPermissions>" + object + "</objectPermissions><fieldPermissions>" + field + "</fieldPermissions></PermissionSet>",
	} {
		dir := unpacked(t, txtar.Parse([]byte(files)), "")
		p, _, err := source.Read(t.Context(), dir, source.Options{})
		if err != nil || len(p.Components) != 1 || p.Components[0].Name != "P" {
			t.Fatalf("%s: %v, %v", name, p, err)
		}
		hashes = append(hashes, p.Components[0].Hash)
	}
	if slices.Sort(hashes); hashes[0] != hashes[2] {
		t.Errorf("the ways to keep a permission set differ: %v", hashes)
	}
}
