package automation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// flows adds the workflow rules and record-triggered flows of an object.
func (c *Compiler) flows(obj *schema.Object, a *save.Automation) {
	c.workflow(obj, a)
	type owned struct {
		*flow.Linked
		source dml.Source
	}
	var linked []owned
	for _, e := range c.componentsOf(obj, metadata.Flow) {
		f, _ := flow.Parse(e.Component)
		if f == nil || !f.Active || f.Trigger != flow.BeforeSave && f.Trigger != flow.AfterSave {
			continue
		}
		l, _ := f.Link(c.formulas, e.Namespace, c.Flow(e.Namespace))
		linked = append(linked, owned{l, e.Source(dml.Flow)})
	}
	slices.SortStableFunc(linked, func(x, y owned) int { return cmp.Compare(flowRank(x.Linked), flowRank(y.Linked)) })
	for _, l := range linked {
		action := save.Action{Name: prefixed(l.Namespace, l.Name), Events: [2]bool{l.OnCreate, l.OnUpdate}, Run: runFlow(l.Linked, l.source)}
		if l.Trigger == flow.BeforeSave {
			a.BeforeFlows = append(a.BeforeFlows, action)
		} else {
			a.AfterFlows = append(a.AfterFlows, action)
		}
	}
}

// flowRank orders flows: 1-1,000 first, those without an order next, then
// 1,001-2,000 (order-of-execution.md, step 3).
func flowRank(l *flow.Linked) int {
	switch {
	case l.Order == 0:
		return 1001
	case l.Order > 1000:
		return l.Order + 1
	default:
		return l.Order
	}
}

// Flow finds the flows of a namespace by API name, linked; nil where there is
// none.
func (c *Compiler) Flow(ns string) func(name string) *flow.Linked {
	return func(name string) *flow.Linked {
		e, ok := c.components.Find(metadata.Flow, ns, strings.TrimPrefix(name, ns+"__"))
		if !ok {
			return nil
		}
		f, _ := flow.Parse(e.Component)
		if f == nil {
			return nil
		}
		l, _ := f.Link(c.formulas, ns, c.Flow(ns))
		return l
	}
}

// runFlow runs a record-triggered flow for the rows that start it.
func runFlow(l *flow.Linked, source dml.Source) func(context.Context, save.Env, []*save.Row) error {
	name := prefixed(l.Namespace, l.Name)
	return func(ctx context.Context, env save.Env, rows []*save.Row) error {
		defer env.Act(cause.Act(cause.Flow, name))()
		h := env.Flows(ctx)
		var started []*save.Row
		var records, priors []*schema.Record
		for _, r := range rows {
			starts, err := l.Starts(h, r.New, r.Old)
			switch {
			case err != nil:
				r.AddError(flowError(l, source, err))
			case starts:
				started, records, priors = append(started, r), append(records, r.New), append(priors, r.Old)
			}
		}
		if len(started) > 0 {
			env.Started(name)
		}
		for i, err := range flow.Run(ctx, h, l, records, priors) {
			var stop *vm.Error
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.As(err, &stop) && (stop.Limit || stop.Missing):
				return err
			case err != nil:
				started[i].AddError(flowError(l, source, err))
			}
		}
		return nil
	}
}

func flowError(l *flow.Linked, source dml.Source, err error) dml.RowError {
	var custom *flow.CustomError
	if errors.As(err, &custom) {
		var at []string
		if custom.Field != nil {
			at = []string{custom.Field.Name}
		}
		return save.AddedError(custom.Message, at, source)
	}
	return save.FlowFailure(cmp.Or(l.Label, l.Name), err.Error(), source, refusals(err))
}

// refusals are the errors of the rows that ended a flow: those it saved itself,
// or that Apex it called saved.
func refusals(err error) []dml.RowError {
	var failed *dml.Error
	var thrown *vm.Error
	var out []dml.RowError
	switch {
	case errors.As(err, &failed):
		for _, row := range failed.Rows() {
			out = append(out, row.RowError)
		}
	case errors.As(err, &thrown):
		out = thrown.Refusals()
	}
	return out
}

// workflow adds the workflow rules of an object.
func (c *Compiler) workflow(obj *schema.Object, a *save.Automation) {
	var rules []flow.Owned
	rules = append(rules, c.componentsOf(obj, metadata.WorkflowRule)...)
	wf, diags := flow.LinkWorkflow(c.formulas, obj, rules, func(ns, name string) *metadata.Component {
		e, _ := c.components.Find(metadata.WorkflowFieldUpdate, ns, name)
		return e.Component
	})
	if wf.Empty() && len(diags) == 0 {
		return
	}
	a.Workflow = func(ctx context.Context, env save.Env, rows []*save.Row) ([]save.FieldUpdate, error) {
		for _, d := range diags {
			env.Approximated("workflow rule of "+obj.Name, "it does not compile and never fires: "+d.Message, d.Span.String())
		}
		var out []save.FieldUpdate
		for _, r := range rows {
			for _, u := range wf.Run(env.Formula(ctx, r.New, r.Old), env.Workflow(ctx)) {
				out = append(out, save.FieldUpdate{Row: r, Lookup: u.Lookup, Field: u.Field, Value: u.Value, Rule: u.Rule,
					Source: u.Source, Again: u.Again})
			}
		}
		return out, nil
	}
}
