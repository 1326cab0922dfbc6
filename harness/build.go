package harness

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Builder makes the orgs of a plan. Equal requests give equal orgs, byte for
// byte; it may be called from several goroutines.
type Builder interface {
	Build(ctx context.Context, req BuildRequest) (*Built, error)
}

// Opener is a Builder that also opens .org files, where its orgs live. A
// builder without it leaves them to the embedded store.
type Opener interface {
	Open(ctx context.Context, path string) (*org.Org, error)
}

// BuildRequest says what org is wanted and what will happen to it.
type BuildRequest struct {
	Org  OrgSpec // with its Seed
	Seed uint64
	// From and To are the versions of the upgrade to come: mess aims at what
	// differs between them. To is nil when no upgrade is planned.
	From, To *metadata.Package
	// Install puts the packages that the org starts with into it. The builder
	// calls it once, before it populates packaged objects and adds mess. nil:
	// nothing is installed.
	Install func(ctx context.Context, o *org.Org) error
}

// Built is a populated org and what was done to it.
type Built struct {
	Org  *org.Org
	Mess []finding.Mess
}
