// Package traffic is the business that goes on in an org while it is being
// upgraded: users who insert, change and delete rows.
//
// The machine: Plan makes a list of Steps from a seed, for the objects that
// the org has; each Step is one transaction and has a name that its writes
// are blamed on. The runner calls Next between two asynchronous transactions.
//
// The same seed and the same org give the same steps. A Plan belongs to one
// goroutine. Left out: user interface work (layouts, required-on-layout).
package traffic

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Step is one business transaction.
type Step struct {
	Name   string // "update Contact 3 rows"
	Object string
	Run    func(ctx context.Context, o *org.Org) Outcome
}

// Outcome is how a step ended. Err is an error of the rows or of their
// triggers: the user's work that could not be saved.
type Outcome struct {
	Step string
	Rows int
	Err  error
}
