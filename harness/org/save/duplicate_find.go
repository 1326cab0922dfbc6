package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Duplicates are the stored rows that a matching rule of a duplicate rule takes
// for a row.
type Duplicates struct {
	Rule     *DuplicateRule
	Matching *MatchingRule
	Records  []*schema.Record
}

// FindDuplicates asks the duplicate rules of a row's object, as a save would,
// and changes nothing. Each matching rule that was asked has an entry, whether it
// found rows or not.
func (s *Session) FindDuplicates(ctx context.Context, rec *schema.Record) ([]Duplicates, error) {
	auto := s.env.Automation(rec.Object)
	row := &Row{New: rec}
	var out []Duplicates
	for i := range auto.Duplicates {
		rule := &auto.Duplicates[i]
		if rule.Applies != nil && !rule.Applies(ctx, s.env, row) {
			continue
		}
		for m := range rule.Matching {
			matching := &rule.Matching[m]
			found := Duplicates{Rule: rule, Matching: matching}
			ok, err := present(ctx, s.env.Store(), matching.Object)
			if err == nil && ok {
				err = s.env.Store().Scan(ctx, matching.Object, func(stored *schema.Record) error {
					same, err := matching.same(rec, stored)
					if same {
						found.Records = append(found.Records, stored)
					}
					return err
				})
			}
			if err != nil {
				return nil, fmt.Errorf("duplicate rule %s: %w", rule.Source.Name, err)
			}
			out = append(out, found)
		}
	}
	return out, nil
}
