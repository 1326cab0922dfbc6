package upgrade_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// TestDependenciesByAddress installs a package that names what it requires by
// the addresses of repositories: one that is there under its name, and one that
// nothing can be told of.
func TestDependenciesByAddress(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	base := version(t, managed, "base", "1.0", class("B", "global class B {}"))
	base.Name = "Tools & Rentals"
	mustInstall(t, o, base)
	pkg := version(t, managed, "ns", "1.0", class("A", "class A {}"))
	pkg.Dependencies = []metadata.Dependency{{Source: "https://example.com/them/Tools_and_Rentals.git"}, {Source: "https://example.com/them/Other/"}}
	mustInstall(t, o, pkg)
	noted := func(name string) bool {
		return slices.ContainsFunc(o.Ledger().Entries(), func(e ledger.Entry) bool { return strings.Contains(e.Name, name) })
	}
	if noted("Tools_and_Rentals") || !noted("Other") {
		t.Errorf("the ledger has %v", o.Ledger().Entries())
	}
}
