package harness

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/build"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Builder makes the orgs of a plan. Equal requests give equal orgs, byte for
// byte; it may be called from several goroutines.
type Builder interface {
	Build(ctx context.Context, req build.Request) (*build.Built, error)
}

// Opener is a Builder that also opens .org files, where its orgs live. A
// builder without it leaves them to the embedded store.
type Opener interface {
	Open(ctx context.Context, path string) (*org.Org, error)
}
