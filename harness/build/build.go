// Package build is what a builder of orgs is asked for and what it gives: the
// words that the engine (package harness) and the makers of orgs (package
// fixtures) share, so that neither knows the other.
package build

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Request says what org is wanted and what will happen to it.
type Request struct {
	Org  suite.Org
	Seed uint64 // of the org, whatever Org.Seed says
	// From and To are the versions of the upgrade to come: mess aims at what
	// differs between them. To is nil when no upgrade is planned.
	From, To *metadata.Package
	// Install puts the packages that the org starts with into it. The builder
	// calls it once, before it populates packaged objects and adds mess: it is
	// the one call that goes up. nil: nothing is installed.
	Install func(ctx context.Context, o *org.Org) error
}

// Built is a populated org and what was done to it.
type Built struct {
	Org  *org.Org
	Mess []finding.Mess // in the order of the catalogue; kinds without a target are left out
}
