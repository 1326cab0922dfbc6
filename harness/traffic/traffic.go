// Package traffic is the business that goes on in an org while it is being
// upgraded: users who insert, change and delete rows.
//
// The machine: New draws a list of Steps from the org's stream of random
// numbers, for the objects of a catalogue (catalogue.go) that the org has;
// each Step is one transaction with a name that its writes are blamed on. The
// runner takes the next step between two asynchronous transactions.
//
// The same seed and the same org give the same steps, and a step draws from a
// stream of its own, so that steps that are left out move no other. A Plan
// belongs to one goroutine. Left out: work in the user interface (required on
// a layout, mass actions).
package traffic

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Action is what a step does.
type Action string

// The actions.
const (
	Create Action = "insert"
	Change Action = "update"
	Remove Action = "delete"
)

// Step is one business transaction, as data.
type Step struct {
	Name   string // "traffic 3: update 5 Contact"
	Object string
	Action Action
	Rows   int
}

// Outcome is how a step ended. Err is an error of the rows or of their
// triggers: the user's work that could not be saved.
type Outcome struct {
	Step Step
	Rows int // rows written
	Err  error
}

// Options says how much goes on.
type Options struct {
	Steps int // 0 for 20
	Label string
	// Objects adds API names to the standard ones: objects of a package.
	Objects []string
}

// Plan is the steps of one run and how far it is.
type Plan struct {
	Steps    []Step
	Outcomes []Outcome
	label    string
}

const defaultSteps = 20

// weights of the actions: most work changes what is there.
var weights = []struct {
	action Action
	weight int
}{{Change, 6}, {Create, 3}, {Remove, 1}}

// New draws the steps for an org.
func New(o *org.Org, opt Options) *Plan {
	label := opt.Label
	if label == "" {
		label = "traffic"
	}
	p := &Plan{label: label}
	steps := opt.Steps
	if steps == 0 {
		steps = defaultSteps
	}
	objects := present(o, opt.Objects)
	if len(objects) == 0 {
		return p
	}
	rnd := o.Rand(label)
	for i := range steps {
		s := Step{Object: objects[rnd.IntN(len(objects))], Action: draw(rnd), Rows: 1 + rnd.IntN(5)}
		if s.Action == Remove {
			s.Rows = 1
		}
		s.Name = fmt.Sprintf("%s %d: %s %d %s", label, i+1, s.Action, s.Rows, s.Object)
		p.Steps = append(p.Steps, s)
	}
	return p
}

func draw(rnd *rand.Rand) Action {
	total := 0
	for _, w := range weights {
		total += w.weight
	}
	n := rnd.IntN(total)
	for _, w := range weights {
		if n -= w.weight; n < 0 {
			return w.action
		}
	}
	return Change
}

// Next runs the next step in a transaction of its own; ok is false when all
// have run. The error is of the org itself or of the context, never of rows.
func (p *Plan) Next(ctx context.Context, o *org.Org) (out Outcome, ok bool, err error) {
	if len(p.Outcomes) == len(p.Steps) {
		return Outcome{}, false, nil
	}
	s := p.Steps[len(p.Outcomes)]
	out = Outcome{Step: s}
	st, err := p.statement(ctx, o, s)
	if err != nil {
		return out, true, fmt.Errorf("%s: %w", s.Name, err)
	}
	if len(st.Records) > 0 {
		_, out.Err = o.Run(ctx, org.TxOptions{Cause: s.Name}, func(tx *org.Tx) error {
			_, err := tx.DML(ctx, st)
			return err
		})
		if out.Err == nil {
			out.Rows = len(st.Records)
		}
	}
	p.Outcomes = append(p.Outcomes, out)
	return out, true, ctx.Err()
}

// Between is Next as DrainOptions.Between wants it.
func (p *Plan) Between(o *org.Org) func(context.Context) error {
	return func(ctx context.Context) error {
		_, _, err := p.Next(ctx, o)
		return err
	}
}

// statement makes the DML of a step from rows that are there now.
func (p *Plan) statement(ctx context.Context, o *org.Org, s Step) (save.Statement, error) {
	obj := o.Schema().Object(s.Object)
	rnd := o.Rand(s.Name)
	st := save.Statement{AllOrNone: true}
	if obj == nil { // the upgrade took it away
		return st, nil
	}
	if s.Action == Create {
		st.Op = save.Insert
		for i := range s.Rows {
			if rec := newRow(obj, fmt.Sprintf("%s %d", s.Name, i+1), rnd); rec != nil {
				st.Records = append(st.Records, rec)
			}
		}
		return st, nil
	}
	rows, err := pick(ctx, o, obj, s.Rows, rnd)
	if err != nil {
		return st, err
	}
	st.Op = save.Update
	if s.Action == Remove {
		st.Op = save.Delete
	}
	for i, row := range rows {
		rec := schema.NewRecord(obj)
		rec.SetID(row.ID())
		if s.Action == Change && !edit(rec, fmt.Sprintf("%s %d", s.Name, i+1), rnd) {
			continue
		}
		st.Records = append(st.Records, rec)
	}
	return st, nil
}

// pick draws live rows of an object without repetition, in the order they were
// inserted.
func pick(ctx context.Context, o *org.Org, obj *schema.Object, n int, rnd *rand.Rand) ([]*schema.Record, error) {
	deleted := obj.Field("IsDeleted")
	var chosen []*schema.Record
	seen := 0
	err := o.Store().Scan(ctx, obj, func(rec *schema.Record) error {
		if deleted != nil && rec.Get(deleted).Bool() {
			return nil
		}
		seen++
		if len(chosen) < n {
			chosen = append(chosen, rec)
		} else if at := rnd.IntN(seen); at < n {
			chosen[at] = rec
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("choose rows of %s: %w", obj.Name, err)
	}
	return chosen, nil
}

// edit changes a descriptive field of a row, one that any user may write.
func edit(rec *schema.Record, text string, rnd *rand.Rand) bool {
	var free []*schema.Field
	for _, f := range rec.Object.Fields {
		if f.Updateable && f.Nillable && !f.Unique && f.Picklist == nil && f.IsStored() &&
			(f.Type == schema.TextArea || f.Type == schema.String && f.Length >= 40) && f.Compound == "" {
			free = append(free, f)
		}
	}
	if len(free) == 0 {
		return false
	}
	f := free[rnd.IntN(len(free))]
	if f.Length > 0 && len(text) > f.Length {
		text = text[:f.Length]
	}
	rec.Set(f, value.OfText(text))
	return true
}
