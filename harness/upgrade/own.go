package upgrade

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// DeployOwn deploys what belongs to an org and not to a package, as the
// subscriber's own. What it lacks to compile is noted: the parts of a project
// that are deployed beside its package are written for the publisher's orgs.
func DeployOwn(ctx context.Context, o *org.Org, source *metadata.Package) error {
	var change org.Change
	for _, c := range source.Components {
		change.Put = append(change.Put, &org.Entry{Component: c, State: org.Unmanaged})
	}
	broken, err := o.Deploy(ctx, change)
	if err != nil {
		return fmt.Errorf("deploy what the project has beside the package %s to org %s: %w", source.Name, o.Name(), err)
	}
	for _, d := range broken {
		o.Ledger().Note(ledger.Approximated, "upgrade", "component beside the package "+d.Span.File,
			"it is not what the org can use: "+d.Message, d.Span.String())
	}
	return nil
}
