package harness

import (
	"fmt"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// TestNamespacesLeftOut gives a version the namespace that its project files leave
// out, where nothing else can be meant.
func TestNamespacesLeftOut(t *testing.T) {
	t.Parallel()
	managed := func(namespace string) *metadata.Package {
		return &metadata.Package{Kind: metadata.Managed, KindDeduced: true, Namespace: namespace}
	}
	unlocked := &metadata.Package{Kind: metadata.Unlocked, KindDeduced: true}
	said := &metadata.Package{Kind: metadata.Unlocked}
	unmanaged := &metadata.Package{Kind: metadata.Unmanaged, KindDeduced: true}
	for name, c := range map[string]struct {
		kind metadata.PackageKind // that the suite says
		read []*metadata.Package
		want string
	}{
		"an older version without one":         {read: []*metadata.Package{unlocked, managed("ns")}, want: "map[0:ns]"},
		"a newer one, with a script alone":     {read: []*metadata.Package{managed("ns"), managed("")}, want: "map[1:ns]"},
		"all have it":                          {read: []*metadata.Package{managed("ns"), managed("ns")}, want: "map[]"},
		"none has one":                         {read: []*metadata.Package{unlocked, unlocked}, want: "map[]"},
		"two of them":                          {read: []*metadata.Package{managed("a"), unlocked, managed("b")}, want: "map[]"},
		"source that is no package":            {read: []*metadata.Package{unmanaged, managed("ns")}, want: "map[]"},
		"the version says that it is unlocked": {read: []*metadata.Package{said, managed("ns")}, want: "map[]"},
		"the suite says the kind":              {kind: metadata.Unlocked, read: []*metadata.Package{unlocked, managed("ns")}, want: "map[]"},
		"one could not be read":                {read: []*metadata.Package{nil, unlocked, managed("ns")}, want: "map[1:ns]"},
	} {
		s := &suite.Suite{Packages: []suite.Package{{Name: "p", Kind: c.kind}, {Name: "other"}}}
		var wanted []plan.Version
		for i := range c.read {
			wanted = append(wanted, plan.Version{Package: "p", Name: fmt.Sprint(i)})
		}
		// Another package's namespace says nothing.
		wanted, c.read = append(wanted, plan.Version{Package: "other", Name: "1"}), append(c.read, managed("elsewhere"))
		if got := fmt.Sprint(leftOut(s, wanted, c.read)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
