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
