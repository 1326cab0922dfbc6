package save

import (
	"context"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// cascades is how often the rules of an object are evaluated anew because
// field updates ask for it (Salesforce Help, Field Update Actions).
const cascades = 5

// firedRule is a workflow rule that has fired for a row.
type firedRule struct {
	row  *Row
	rule string
}

// workflow evaluates the workflow rules and, where they changed fields, saves
// the rows again with update triggers, once. Rules that have not fired are
// evaluated anew where a field update asks for it and changed its field.
func (c *chunk) workflow(ctx context.Context, rows []*Row) error {
	if c.auto.Workflow == nil {
		return nil
	}
	again := *c
	again.reSave = true
	fired := map[firedRule]bool{}
	for range 1 + cascades {
		updates, err := c.auto.Workflow(ctx, c.session.env, live(rows))
		if err != nil {
			return err
		}
		updates = slices.DeleteFunc(updates, func(u FieldUpdate) bool { return fired[firedRule{u.Row, u.Rule}] })
		for _, u := range updates {
			fired[firedRule{u.Row, u.Rule}] = true
		}
		if rows, err = again.update(ctx, updates); err != nil || len(rows) == 0 {
			return err
		}
	}
	return nil
}

// update carries field updates out and gives the rows whose rules are to be
// evaluated anew.
func (c *chunk) update(ctx context.Context, updates []FieldUpdate) ([]*Row, error) {
	var changed, anew []*Row
	var sources []string
	var parents []FieldUpdate
	for _, u := range updates {
		if !slices.Contains(sources, u.Source) {
			sources = append(sources, u.Source)
		}
		if u.Lookup != nil {
			parents = append(parents, u)
			continue
		}
		if u.Row.Old == nil { // the update triggers of an insert see what was inserted
			row := u.Row
			row.Old = row.New.Clone(false)
			defer func() { row.Old = nil }()
		}
		v := normalise(u.Field, u.Value)
		if u.Again && !value.Identical(v, u.Row.New.Get(u.Field)) && !slices.Contains(anew, u.Row) {
			anew = append(anew, u.Row)
		}
		u.Row.New.Set(u.Field, v)
		if !slices.Contains(changed, u.Row) {
			changed = append(changed, u.Row)
		}
	}
	defer c.session.env.Act(cause.Actor{Kind: cause.FieldUpdate, Names: sources})()
	if len(changed) > 0 {
		c.rows = changed
		if err := c.follow(ctx, reSaveOrder()); err != nil {
			return nil, err
		}
		c.quiet = true
	}
	return anew, c.updateParents(ctx, parents)
}

// updateParents saves the parents that field updates change through their own
// full procedure; one that can not be saved fails the row (step 16).
func (c *chunk) updateParents(ctx context.Context, updates []FieldUpdate) error {
	recs := map[string]*schema.Record{}
	var changed []*schema.Record
	for _, u := range updates {
		at := u.Row.New.Get(u.Lookup)
		parent := c.session.target(u.Lookup, at)
		if parent == nil {
			continue
		}
		rec := recs[at.Text()]
		if rec == nil {
			rec = schema.NewRecord(parent)
			rec.SetID(at.Text())
			recs[at.Text()] = rec
			changed = append(changed, rec)
		}
		rec.Set(u.Field, u.Value)
	}
	if len(changed) == 0 {
		return nil
	}
	results, err := c.session.run(ctx, &schema.Statement{Op: dml.Update, Records: changed}, manner{internal: true})
	if err != nil {
		return err
	}
	for i, res := range results {
		for _, u := range updates {
			if len(u.Row.Errors) == 0 && u.Row.New.Get(u.Lookup).Text() == changed[i].ID() {
				u.Row.Errors = append(u.Row.Errors, res.Errors...)
			}
		}
	}
	return nil
}
