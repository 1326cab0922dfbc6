package flow

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// argument is what a subflow or an action is given: a copy of a resource, or a
// value.
func (r *run) argument(n *metadata.Node) (*slot, error) {
	if ref := n.Get("elementReference"); ref != "" && (r.flow.defs[key(ref)] != nil || r.vars[key(ref)] != nil) {
		got, err := r.slotOf(ref)
		if err != nil {
			return nil, err
		}
		s := *got
		if p := r.flow.formulas[key(ref)]; p != nil {
			s.value, err = r.value(ref)
		}
		return &s, err
	}
	v, err := r.literal(n)
	return &slot{value: v}, err
}

// act runs an action for the interviews that came to it, and gives an error for
// each. What it answers goes to the resources that the element names, or is kept
// under the element's own name.
func act(ctx context.Context, runs []*run, e *element) []error {
	first, n := runs[0], e.props
	errs := make([]error, len(runs))
	inputs := make([]map[string]Variable, len(runs))
	for i, r := range runs {
		inputs[i] = map[string]Variable{}
		for _, in := range n.All("inputParameters") {
			s, err := r.argument(in.Child("value"))
			if err != nil {
				errs[i] = r.leave(ctx, e, "", err)
				return errs
			}
			inputs[i][in.Get("name")] = Variable{s.value, s.values, s.rec, s.records}
		}
	}
	outputs, known, err := first.host.Action(ctx, n.Get("actionType"), first.flow.Namespace, n.Get("actionName"), inputs)
	if !known {
		first.host.Unsupported("Flow "+e.kind, "element "+e.name+" of flow "+first.flow.Name+" was reached and passed over")
	}
	for i, r := range runs {
		if known && err == nil && i < len(outputs) {
			r.take(e, outputs[i])
		}
		errs[i] = r.leave(ctx, e, e.next, err)
	}
	return errs
}

// take keeps what an action answered.
func (r *run) take(e *element, outputs map[string]Variable) {
	n := e.props
	if n.Bool("storeOutputAutomatically") {
		for name, v := range outputs {
			s := &slot{v.Value, v.Values, v.Record, v.Records}
			r.vars[key(e.name+"."+name)] = s
			if len(outputs) == 1 {
				r.vars[key(e.name)] = s
			}
		}
	}
	for _, out := range n.All("outputParameters") {
		if v, ok := outputs[key(out.Get("name"))]; ok {
			r.vars[key(out.Get("assignToReference"))] = &slot{v.Value, v.Values, v.Record, v.Records}
		}
	}
}
