// Package traffic is the business that goes on in an org while it is being
// upgraded: users who insert, change and delete rows.
//
// The machine: New draws a list of Steps from the org's stream of random
// numbers, for the objects of a catalogue (catalogue.go) and of packages that
// the org has rows of; each Step is one transaction with a name that its writes
// are blamed on. Next makes its statement from the rows that are there
// (statement.go) and runs it; the runner takes the next step between two
// asynchronous transactions. What failed can be tried in another fork (try.go),
// which tells whether it worked there.
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
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
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
	// Unknown is set when the step reached something that is not simulated:
	// whether it would have worked can not be said.
	Unknown bool

	statement schema.Statement
}

// Options says how much goes on.
type Options struct {
	Steps int // 0 for 20
	Label string
	// Objects adds API names to the standard ones: objects of a package. Half of
	// the work is done on them.
	Objects []string
	// Empty lets users work on objects without rows as well.
	Empty bool
}

// Plan is the steps of one run and how far it is.
type Plan struct {
	Steps    []Step
	Outcomes []Outcome
}

const defaultSteps = 20

// weights of the actions: most work changes what is there.
var weights = []struct {
	action Action
	weight int
}{{Change, 6}, {Create, 3}, {Remove, 1}}

// New draws the steps for an org. An org without rows has none, unless the
// options say otherwise.
func New(ctx context.Context, o *org.Org, opt Options) (*Plan, error) {
	label := opt.Label
	if label == "" {
		label = cause.BusinessWord
	}
	p := &Plan{}
	steps := opt.Steps
	if steps == 0 {
		steps = defaultSteps
	}
	var groups [][]string
	for _, names := range [][]string{catalogue, opt.Objects} {
		objects, err := present(ctx, o, names, opt.Empty)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", label, err)
		}
		if len(objects) > 0 {
			groups = append(groups, objects)
		}
	}
	if len(groups) == 0 {
		return p, nil
	}
	rnd := o.Rand(label)
	for i := range steps {
		objects := groups[rnd.IntN(len(groups))]
		s := Step{Object: objects[rnd.IntN(len(objects))], Action: draw(rnd), Rows: 1 + rnd.IntN(5)}
		if s.Action == Remove {
			s.Rows = 1
		}
		s.Name = fmt.Sprintf("%s %d: %s %d %s", label, i+1, s.Action, s.Rows, s.Object)
		p.Steps = append(p.Steps, s)
	}
	return p, nil
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
	out.statement, err = statement(ctx, o, s)
	if err != nil {
		return out, true, fmt.Errorf("%s: %w", s.Name, err)
	}
	out.Unknown, out.Err = run(ctx, o, s.Name, out.statement)
	if out.Err == nil {
		out.Rows = len(out.statement.Records)
	}
	p.Outcomes = append(p.Outcomes, out)
	return out, true, ctx.Err()
}

// run carries out a statement in a transaction of its own.
func run(ctx context.Context, o *org.Org, name string, st schema.Statement) (unknown bool, err error) {
	if len(st.Records) == 0 {
		return false, nil
	}
	met := len(o.Trace().Events())
	_, err = o.Run(ctx, org.TxOptions{Cause: cause.Transaction(name)}, func(tx *org.Tx) error {
		_, err := tx.DML(ctx, st)
		return err
	})
	return err != nil && unsimulated(o.Trace().Events()[met:]), err
}

func unsimulated(events []org.Event) bool {
	return slices.ContainsFunc(events, func(ev org.Event) bool { return ev.Kind == org.Unsimulated })
}

// Between is Next as DrainOptions.Between wants it.
func (p *Plan) Between(o *org.Org) func(context.Context) error {
	return func(ctx context.Context) error {
		_, _, err := p.Next(ctx, o)
		return err
	}
}
