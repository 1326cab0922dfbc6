package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Answer is what a query of the suite gives in the two orgs. Names in it resolve
// in the package's namespace first.
type Answer struct {
	Before, After []*schema.Record
	// NotBefore is why the org before the upgrade does not know the query: it
	// asks for what is new. "" where it was answered.
	NotBefore string
}

// ask puts the suite's queries to both orgs.
func ask(ctx context.Context, s *Subject, e *Evidence) error {
	for _, soql := range s.Queries {
		var a Answer
		var err error
		if a.After, err = query(ctx, s.After, s.To.Namespace, soql); err != nil {
			return err
		}
		if a.Before, err = query(ctx, s.Before, s.From.Namespace, soql); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			a.NotBefore = err.Error()
		}
		e.Answers = append(e.Answers, a)
	}
	return nil
}

func query(ctx context.Context, o *org.Org, ns, soql string) ([]*schema.Record, error) {
	var records []*schema.Record
	opt := org.TxOptions{Cause: "suite expectation", Namespace: ns, NoLimits: true}
	_, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		var err error
		records, err = tx.Query(ctx, soql, nil)
		return err
	})
	return records, err
}
