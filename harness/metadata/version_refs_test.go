package metadata_test

import (
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// TestNumberedByRefs holds what project files say against the tags.
func TestNumberedByRefs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what             string
		refs, file, want []string
	}{
		{"files follow tags", []string{"v1.0", "v1.1"}, []string{"1.0", "1.1"}, []string{"1.0", "1.1"}},
		{"a file that is never raised", []string{"rel/1.0", "rel/1.1"}, []string{"1.0", "1.0"}, []string{"1.0", "1.1"}},
		{"a file raised once, to a patch", []string{"rel/1.16", "rel/1.19"}, []string{"1.16", "1.16.3"}, []string{"1.16", "1.19"}},
		{"files with numbers of their own", []string{"v5.0", "v5.1"}, []string{"1.3", "1.4"}, []string{"1.3", "1.4"}},
		{"files that go back", []string{"v4.2", "v4.3"}, []string{"4.3", "4.1"}, []string{"4.2", "4.3"}},
		{"a branch", []string{"v1.0", "main"}, []string{"1.0", "1.0"}, []string{"1.0", "1.0"}},
	} {
		var versions []*metadata.Package
		for i, ref := range test.refs {
			number, _ := metadata.ParseVersion(test.file[i])
			p, err := metadata.NewPackage(metadata.Package{Name: "p", Ref: ref, Version: number, Kind: metadata.Managed}, nil)
			if err != nil {
				t.Fatal(err)
			}
			versions = append(versions, p)
		}
		for i, p := range metadata.NumberedByRefs(versions) {
			if p.Version.String() != test.want[i] {
				t.Errorf("%s: %s is numbered %s, want %s", test.what, p.Ref, p.Version, test.want[i])
			}
			if before := versions[i].Version.String(); before != test.file[i] {
				t.Errorf("%s: the package given was changed to %s", test.what, before)
			}
		}
	}
}
