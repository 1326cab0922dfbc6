package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/aim/offers"
)

// Access is what the release changes of who may do and see what.
type Access struct {
	Sets    []offers.Grants  // permission sets, by name
	Sharing []offers.Sharing // classes that run in another sharing, by name
}

// readAccess compares what the two versions grant.
func readAccess(_ context.Context, s *Subject, e *Evidence) error {
	e.Access = Access{Sets: offers.PermissionSets(s.From, s.To), Sharing: offers.SharingWords(s.From, s.To)}
	return nil
}
