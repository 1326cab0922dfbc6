package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// chunk is up to 200 rows of one object on their way through the phases.
type chunk struct {
	session *Session
	object  *schema.Object
	op      dml.Op // Insert, Update, Delete or Undelete
	rows    []*Row
	auto    *Automation
	options dml.Options
	manner

	// reSave is set while workflow field updates are saved: no validation
	// rules, flows or duplicate rules (step 11b).
	reSave bool
	// quiet is set when the triggers have had their one more time.
	quiet bool
	// parents are the rows whose roll-ups this chunk may have changed.
	parents *parentSet
}

// phase is one step of the order of execution.
type phase struct {
	step string // in order-of-execution.md, section 1; "" for deletes
	name string
	// onceOnly phases are skipped for rows that are already being saved
	// further up: steps 9 to 17 of a recursive save.
	onceOnly bool
	run      func(c *chunk, ctx context.Context, rows []*Row) error
}

// saveOrder is the order of execution of inserts and updates.
func saveOrder() []phase {
	return []phase{
		{step: "1", name: "load and overlay", run: (*chunk).load},
		{step: "1", name: "record access", run: (*chunk).guarded},
		{step: "2", name: "system validation", run: (*chunk).validateAssigned},
		{step: "3", name: "before-save flows", run: (*chunk).beforeFlows},
		{step: "4", name: "before triggers", run: (*chunk).beforeTriggers},
		{step: "5", name: "system validation again", run: (*chunk).validateRow},
		{step: "5", name: "share rows", run: (*chunk).validateShares},
		{step: "5", name: "lookup filters", run: (*chunk).lookupFilters},
		{step: "5", name: "custom validation rules", run: (*chunk).validationRules},
		{step: "6", name: "duplicate rules", run: (*chunk).duplicateRules},
		{step: "7", name: "write", run: (*chunk).write},
		{step: "8", name: "after triggers", run: (*chunk).afterTriggers},
		{step: "11", name: "workflow rules", onceOnly: true, run: (*chunk).workflow},
		{step: "14", name: "after-save flows", onceOnly: true, run: (*chunk).afterFlows},
		{step: "16", name: "roll-up summaries", onceOnly: true, run: (*chunk).rollUp},
	}
}

// reSaveOrder is what a row goes through again when a workflow rule changed
// it: step 11, parts a to c.
func reSaveOrder() []phase {
	return []phase{
		{step: "11b", name: "system validation", run: (*chunk).validateAssigned},
		{step: "11c", name: "before triggers", run: (*chunk).beforeTriggers},
		{step: "11b", name: "system validation again", run: (*chunk).validateRow},
		{step: "11a", name: "write", run: (*chunk).write},
		{step: "11c", name: "after triggers", run: (*chunk).afterTriggers},
	}
}

// deleteOrder and undeleteOrder are the notes under section 1.
func deleteOrder() []phase {
	return []phase{
		{name: "load", run: (*chunk).load},
		{name: "record access", run: (*chunk).guarded},
		{name: "share rows", run: (*chunk).guardShares},
		{name: "before triggers", run: (*chunk).beforeTriggers},
		{name: "restricted lookups", run: (*chunk).restricted},
		{name: "recycle bin, cascade and lookups", run: (*chunk).remove},
		{name: "after triggers", run: (*chunk).afterTriggers},
		{name: "roll-up summaries", onceOnly: true, run: (*chunk).rollUp},
	}
}

func undeleteOrder() []phase {
	return []phase{
		{name: "load", run: (*chunk).load},
		{name: "record access", run: (*chunk).guarded},
		{name: "restore", run: (*chunk).restore},
		{name: "after triggers", run: (*chunk).afterTriggers},
		{name: "roll-up summaries", onceOnly: true, run: (*chunk).rollUp},
	}
}

// Phases lists the names of the phases of an operation, in order.
func Phases(op dml.Op) []string {
	var names []string
	for _, p := range orderOf(op) {
		names = append(names, p.name)
	}
	return names
}

func orderOf(op dml.Op) []phase {
	switch op {
	case dml.Delete:
		return deleteOrder()
	case dml.Undelete:
		return undeleteOrder()
	default:
		return saveOrder()
	}
}

func (c *chunk) run(ctx context.Context) error {
	c.parents = &parentSet{}
	defer c.enter()()
	return c.follow(ctx, orderOf(c.op))
}

// enter marks the rows as being saved until the returned function is called;
// new ones have no id before they are written.
func (c *chunk) enter() func() {
	for _, r := range c.rows {
		r.parents = c.parents
		if id := r.id(); id != "" {
			c.mark(r, id)
		}
	}
	return func() {
		for _, r := range c.rows {
			if id := r.id(); c.session.saving[id] == r {
				delete(c.session.saving, id)
			}
		}
	}
}

// mark notes that a row is being saved. What a save inside its own does to the
// roll-ups of parents is left to the outermost one.
func (c *chunk) mark(r *Row, id string) {
	if r.outer = c.session.saving[id]; r.outer == nil {
		c.session.saving[id] = r
		return
	}
	r.parents = r.outer.parents
}

func (r *Row) id() string {
	switch {
	case r.match != "":
		return r.match
	case r.created && r.New != nil:
		return r.New.ID()
	default:
		return r.Input.ID()
	}
}

func (c *chunk) follow(ctx context.Context, order []phase) error {
	for _, p := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := make([]*Row, 0, len(c.rows))
		for _, r := range c.rows {
			if len(r.Errors) == 0 && !(p.onceOnly && r.outer != nil) {
				rows = append(rows, r)
			}
		}
		if len(rows) == 0 {
			continue
		}
		if err := p.run(c, ctx, rows); err != nil {
			return fmt.Errorf("%s of %s: %w", p.name, c.object.Name, err)
		}
	}
	return nil
}

func (c *chunk) beforeFlows(ctx context.Context, rows []*Row) error {
	return c.actions(ctx, c.auto.BeforeFlows, rows)
}

func (c *chunk) afterFlows(ctx context.Context, rows []*Row) error {
	return c.actions(ctx, c.auto.AfterFlows, rows)
}

func (c *chunk) actions(ctx context.Context, actions []Action, rows []*Row) error {
	for _, a := range actions {
		if !a.Events[c.op] {
			continue
		}
		good := live(rows)
		if len(good) == 0 {
			return nil
		}
		if err := a.Run(ctx, c.session.env, good); err != nil {
			return err
		}
	}
	return nil
}

func live(rows []*Row) []*Row {
	out := make([]*Row, 0, len(rows))
	for _, r := range rows {
		if len(r.Errors) == 0 {
			out = append(out, r)
		}
	}
	return out
}

func (c *chunk) beforeTriggers(ctx context.Context, rows []*Row) error {
	event := dml.BeforeUpdate
	switch {
	case c.op == dml.Delete:
		event = dml.BeforeDelete
	case c.op == dml.Insert && !c.reSave:
		event = dml.BeforeInsert
	}
	return c.fire(ctx, event, rows)
}

func (c *chunk) afterTriggers(ctx context.Context, rows []*Row) error {
	event := dml.AfterUpdate
	switch {
	case c.op == dml.Delete:
		event = dml.AfterDelete
	case c.op == dml.Undelete:
		event = dml.AfterUndelete
	case c.op == dml.Insert && !c.reSave:
		event = dml.AfterInsert
	}
	if err := c.fire(ctx, event, rows); err != nil {
		return err
	}
	return c.reload(ctx, rows)
}

func (c *chunk) fire(ctx context.Context, event dml.Event, rows []*Row) error {
	if !c.auto.Triggers[event] || c.quiet {
		return nil
	}
	if c.auto.Compute != nil {
		var recs []*schema.Record
		for _, r := range rows {
			if r.New != nil {
				recs = append(recs, r.New)
			}
			if r.Old != nil {
				recs = append(recs, r.Old)
			}
		}
		if err := c.auto.Compute(ctx, c.session.env, recs); err != nil {
			return err
		}
	}
	return c.session.env.RunTriggers(ctx, &TriggerCall{Object: c.object, Event: event, Rows: rows})
}

// validationRules evaluates every active rule on every row; a row keeps the
// first error per field (step 5).
func (c *chunk) validationRules(ctx context.Context, rows []*Row) error {
	for _, r := range rows {
		at := map[string]bool{}
		for i := range c.auto.Rules {
			rule := &c.auto.Rules[i]
			if at[rule.Field] && rule.Field != "" {
				continue
			}
			fails, err := rule.Fails(ctx, c.session.env, r)
			if err != nil {
				return err
			}
			if !fails {
				continue
			}
			at[rule.Field] = true
			var fields []string
			if rule.Field != "" {
				fields = []string{rule.Field}
			}
			r.AddError(AddedError(rule.Message, fields, rule.Source))
		}
	}
	return nil
}
