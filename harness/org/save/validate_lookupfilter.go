package save

import (
	"context"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// LookupFilter is a required filter of a lookup. Optional ones only narrow the
// choice that a page offers and refuse nothing.
type LookupFilter struct {
	Field   *schema.Field
	Message string // "" for the platform's own
	// Reads are the fields of the row itself that the filter compares with.
	Reads []*schema.Field
	// Holds reports whether the row looked up meets the filter.
	Holds func(ctx context.Context, env Env, r *Row, target *schema.Record) (bool, error)
}

// lookupFilters refuses lookups to rows that do not meet their filter
// (section 6, FIELD_FILTER_VALIDATION_EXCEPTION). As with foreign keys, values
// that stay as they are stored are not looked at again.
func (c *chunk) lookupFilters(ctx context.Context, rows []*Row) error {
	for i := range c.auto.Filters {
		f := &c.auto.Filters[i]
		targets, err := c.filterTargets(ctx, f, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			target := targets[r]
			if target == nil {
				continue
			}
			ok, err := f.Holds(ctx, c.session.env, r, target)
			switch {
			case err != nil:
				return err
			case ok:
			case f.Message != "":
				e := filterBroken.at(f.Field)
				e.Message = f.Message
				r.AddError(e)
			default:
				r.AddError(filterBroken.at(f.Field))
			}
		}
	}
	return nil
}

// filterTargets loads what the lookups of the rows point at, of one object at
// a time; rows without are left out.
func (c *chunk) filterTargets(ctx context.Context, f *LookupFilter, rows []*Row) (map[*Row]*schema.Record, error) {
	wanted := map[*schema.Object][]*Row{}
	var objects []*schema.Object
	for _, r := range rows {
		changed := r.Changed(f.Field) || slices.ContainsFunc(f.Reads, r.Changed)
		target := c.session.target(f.Field, r.New.Get(f.Field))
		if target == nil || !changed {
			continue
		}
		if wanted[target] == nil {
			objects = append(objects, target)
		}
		wanted[target] = append(wanted[target], r)
	}
	out := map[*Row]*schema.Record{}
	for _, o := range objects {
		ids := make([]string, len(wanted[o]))
		for i, r := range wanted[o] {
			ids[i] = r.New.Get(f.Field).Text()
		}
		recs, err := c.session.env.Store().Load(ctx, o, ids)
		if err != nil {
			return nil, err
		}
		for i, r := range wanted[o] {
			out[r] = recs[i]
		}
	}
	return out, nil
}
