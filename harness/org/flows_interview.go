package org

import (
	"context"
	"errors"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// interviewFault is the message of an interview that ends in a fault (Apex
// Reference, "Flow.Interview": what went wrong goes to the administrator).
const interviewFault = "An unhandled fault has occurred in this flow<br>An unhandled fault has occurred while processing the flow.  Please contact your system administrator for more information."

// findFlow is the service "Flow.exists": whether a flow is there to be started.
func findFlow(tx *Tx, _ *vm.Thread, args []any) (any, error) {
	return tx.startable(args[0].(string), args[1].(string)) != nil, nil
}

// startable finds an active flow by namespace and API name.
func (tx *Tx) startable(ns, name string) *flow.Linked {
	l := tx.compiled.automation.Flow(ns)(name)
	if l == nil || !l.Active {
		return nil
	}
	return l
}

// startInterview is the service "Flow.start": it runs a flow with the variables
// of a Map<String, Object> and answers a func(name string) vm.Value of those it
// ended with, and the names of its outputs.
func startInterview(tx *Tx, t *vm.Thread, args []any) (any, error) {
	l := tx.startable(args[0].(string), args[1].(string))
	if l == nil {
		return nil, &dml.Fault{Type: "System.TypeException", Message: "Invalid type: Flow.Interview." + args[1].(string)}
	}
	inputs := map[string]flow.Variable{}
	args[2].(*vm.Map).Each(func(k, v vm.Value) bool {
		if _, known := l.Variable(k.Text()); known {
			inputs[k.Text()] = variableOf(v)
		}
		return true
	})
	defer tx.act(cause.Act(cause.Flow, prefixed(l.Namespace, l.Name)))()
	tx.notes().started(prefixed(l.Namespace, l.Name))
	ctx := t.Context()
	end, err := flow.Interview(ctx, flowHost{tx: tx, ctx: ctx}, l, inputs)
	var fault *flow.Fault
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &fault):
		return nil, &dml.Fault{Type: "System.FlowException", Message: interviewFault}
	case err != nil:
		return nil, &dml.Fault{Type: "System.FlowException", Message: err.Error()}
	}
	return vm.Interview{Outputs: l.Outputs(), Variable: func(name string) vm.Value {
		v, ok := end(name)
		if !ok {
			return vm.Null
		}
		return tx.fromVariable(t, l, name, v)
	}}, nil
}

// variableOf is a value of Apex as a flow holds it.
func variableOf(v vm.Value) flow.Variable {
	if rec := v.Record(); rec != nil {
		return flow.Variable{Record: rec}
	}
	list := v.List()
	if list == nil {
		s, _ := v.Scalar()
		return flow.Variable{Value: s}
	}
	out := flow.Variable{Values: []value.Value{}}
	for _, e := range list.Vals {
		if rec := e.Record(); rec != nil {
			out.Records = append(out.Records, rec)
		} else if s, ok := e.Scalar(); ok {
			out.Values = append(out.Values, s)
		}
	}
	return out
}

// fromVariable is what a variable of a flow holds as a value of Apex.
func (tx *Tx) fromVariable(t *vm.Thread, l *flow.Linked, name string, v flow.Variable) vm.Value {
	d, _ := l.Variable(name)
	switch {
	case !d.Collection && d.Object != nil:
		return vm.Record(v.Record)
	case !d.Collection:
		return vm.OfScalar(v.Value)
	case d.Object != nil:
		return t.RecordList(types.ListOf(t.Program().Types().SObjectType(d.Object)), v.Records)
	}
	out := make([]vm.Value, len(v.Values))
	for i, s := range v.Values {
		out[i] = vm.OfScalar(s)
	}
	return vm.NewList(types.ListOf(types.Object), out)
}

// Action runs what a flow calls: Apex code marked as invocable. known is false
// for other kinds of action.
func (h flowHost) Action(_ context.Context, kind, ns, name string, inputs []map[string]flow.Variable) (outputs []map[string]flow.Variable, known bool, err error) {
	if !strings.EqualFold(kind, "apex") {
		return nil, false, nil
	}
	t := h.tx.thread
	if at, local, ok := strings.Cut(name, "__"); ok {
		ns, name = at, local
	}
	class := t.Program().Types().TypeByName(ns, name)
	if class == nil || class.Class == nil || class.Class.Lib {
		return nil, false, nil
	}
	in := make([]map[string]vm.Value, len(inputs))
	for i, vars := range inputs {
		in[i] = map[string]vm.Value{}
		for k, v := range vars {
			in[i][strings.ToLower(k)] = valueOf(t, v)
		}
	}
	out, err := t.InvokeAction(class.Class, in)
	if err != nil {
		return nil, true, err
	}
	outputs = make([]map[string]flow.Variable, len(out))
	for i, values := range out {
		outputs[i] = map[string]flow.Variable{}
		for k, v := range values {
			outputs[i][strings.ToLower(k)] = variableOf(v)
		}
	}
	return outputs, true, nil
}

// valueOf is a variable of a flow as a value of Apex; its kind shows in what it
// holds.
func valueOf(t *vm.Thread, v flow.Variable) vm.Value {
	switch {
	case v.Record != nil:
		return vm.Record(v.Record)
	case len(v.Records) > 0:
		return t.RecordList(types.ListOf(t.Program().Types().SObjectType(v.Records[0].Object)), v.Records)
	case v.Values != nil:
		out := make([]vm.Value, len(v.Values))
		for i, s := range v.Values {
			out[i] = vm.OfScalar(s)
		}
		return vm.NewList(types.ListOf(types.Object), out)
	default:
		return vm.OfScalar(v.Value)
	}
}
