package stdlib

import (
	"errors"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// interviewTable is flows started from Apex, and invocable actions: Apex code
// and flows called by name. Standard actions stop the code that makes them.
var interviewTable = vm.Library{
	"Flow.Interview.createInterview":          createInterview,
	"Flow.Interview.start":                    func(t thread, r val, _ vals) val { r.Native().(*interview).start(t); return vm.Null },
	"Flow.Interview.getVariableValue":         func(t thread, r val, a vals) val { return r.Native().(*interview).variable(t, str(t, a[0])) },
	"Invocable.Action.createCustomAction":     createAction,
	"Invocable.Action.addInvocation":          addInvocation,
	"Invocable.Action.clearInvocations":       func(_ thread, r val, _ vals) val { r.Native().(*action).requests = nil; return r },
	"Invocable.Action.setInvocationParameter": setInvocationParameter,
	"Invocable.Action.setInvocations":         setInvocations,
	"Invocable.Action.invoke":                 func(t thread, r val, _ vals) val { return r.Native().(*action).invoke(t, r) },
	"Invocable.Action.getName":                func(_ thread, r val, _ vals) val { return vm.Str(r.Native().(*action).name) },
	"Invocable.Action.getNamespace":           func(_ thread, r val, _ vals) val { return textOrNull(r.Native().(*action).ns) },
	"Invocable.Action.getType":                func(_ thread, r val, _ vals) val { return vm.Str(r.Native().(*action).kind) },
	"Invocable.Action.isStandard":             func(thread, val, vals) val { return vm.Bool(false) },
}

// interview is the state of a Flow.Interview.
type interview struct {
	ns, name string
	inputs   *vm.Map
	end      *vm.Interview // once it has run
}

// createInterview is createInterview([namespace,] name, variables).
func createInterview(t thread, _ val, a vals) val {
	in := &interview{ns: t.Namespace(), name: str(t, a[len(a)-2]), inputs: a[len(a)-1].Map()}
	if len(a) == 3 && !a[0].IsNull() {
		in.ns = a[0].Text()
	}
	if in.inputs == nil {
		in.inputs = vm.NewMap(types.MapOf(types.String, types.Object))
	}
	there, ok, err := t.Host().Call(t, "Flow.exists", in.ns, in.name)
	t.Check(err)
	if !ok {
		t.Unsupported("Flow.Interview.createInterview", "")
	}
	if there != true {
		t.Throw("System.TypeException", "Invalid type: Flow.Interview."+in.name)
	}
	return t.NewNative("Flow.Interview", in)
}

func (in *interview) start(t *vm.Thread) {
	out, ok, err := t.Host().Call(t, "Flow.start", in.ns, in.name, in.inputs)
	t.Check(err)
	if !ok {
		t.Unsupported("Flow.Interview.start", "")
	}
	end := out.(vm.Interview)
	in.end = &end
}

// variable is what a variable holds: what was given before the interview runs.
func (in *interview) variable(t *vm.Thread, name string) vm.Value {
	if in.end == nil {
		return in.inputs.Get(t, vm.Str(name))
	}
	return in.end.Variable(name)
}

// Property is a variable read as a property of the interview.
func (in *interview) Property(t *vm.Thread, name string) vm.Value { return in.variable(t, name) }

// action is the state of an Invocable.Action.
type action struct {
	kind, ns, name string
	requests       []vm.Value // maps of parameters by name
	closed         bool       // the next parameter begins another request
}

// createAction is createCustomAction(type, [namespace,] name [, version]).
func createAction(t thread, _ val, a vals) val {
	x := &action{kind: lower(str(t, a[0])), ns: t.Namespace(), name: str(t, a[len(a)-1])}
	if len(a) >= 3 {
		x.ns, x.name = optional(a[1]), str(t, a[2])
	}
	if x.kind != "apex" && x.kind != "flow" {
		t.Unsupported("Invocable.Action of type "+x.kind, "")
	}
	return t.NewNative("Invocable.Action", x)
}

func newRequest() vm.Value { return vm.MapValue(vm.NewMap(types.MapOf(types.String, types.Object))) }

func addInvocation(_ thread, r val, _ vals) val {
	x := r.Native().(*action)
	if len(x.requests) == 0 {
		x.requests = append(x.requests, newRequest())
	}
	x.closed = true
	return r
}

func setInvocationParameter(t thread, r val, a vals) val {
	x := r.Native().(*action)
	if len(x.requests) == 0 || x.closed {
		x.requests, x.closed = append(x.requests, newRequest()), false
	}
	x.requests[len(x.requests)-1].Map().Put(t, a[0], a[1])
	return r
}

func setInvocations(t thread, r val, a vals) val {
	x := r.Native().(*action)
	x.requests = append([]val(nil), t.Elements(a[0])...)
	return r
}

// invoke calls the action with all its requests and answers a result for each.
func (x *action) invoke(t *vm.Thread, self vm.Value) vm.Value {
	var out []vm.Value
	if len(x.requests) == 0 {
		x.requests = append(x.requests, newRequest())
	}
	if x.kind == "flow" {
		for _, r := range x.requests {
			out = append(out, x.runFlow(t, self, r))
		}
		return t.ListOf("Invocable.Action.Result", out)
	}
	of := t.Program().Types().TypeByName(x.ns, x.name)
	if of == nil || of.Class == nil || vm.InvocableMethod(of.Class) == nil {
		return t.ListOf("Invocable.Action.Result", x.failures(t, self, "INVALID_TYPE", "Action name not found: "+x.name))
	}
	requests := make([]map[string]vm.Value, len(x.requests))
	for i, r := range x.requests {
		requests[i] = map[string]vm.Value{}
		r.Map().Each(func(k, v vm.Value) bool { requests[i][lower(k.Text())] = v; return true })
	}
	results, err := t.InvokeAction(of.Class, requests)
	var thrown *vm.Error
	switch {
	case errors.As(err, &thrown) && !thrown.Limit && !thrown.Missing && !thrown.Assert:
		return t.ListOf("Invocable.Action.Result", x.failures(t, self, "UNKNOWN_EXCEPTION", thrown.Message))
	case err != nil:
		t.Check(err)
	}
	for i, r := range x.requests {
		outputs := newRequest()
		if i < len(results) {
			for _, name := range sortedNames(results[i]) {
				outputs.Map().Put(t, vm.Str(name), results[i][name])
			}
		}
		out = append(out, x.result(t, self, r, outputs, nil))
	}
	return t.ListOf("Invocable.Action.Result", out)
}

func sortedNames(m map[string]vm.Value) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (x *action) runFlow(t *vm.Thread, self, request vm.Value) vm.Value {
	end, ok, err := t.Host().Call(t, "Flow.start", x.ns, strings.TrimPrefix(x.name, x.ns+"__"), request.Map())
	var fault *dml.Fault
	switch {
	case !ok:
		t.Unsupported("Invocable.Action of type flow", "")
	case errors.As(err, &fault):
		return x.result(t, self, request, newRequest(), []vm.Value{actionError(t, "UNKNOWN_EXCEPTION", fault.Message)})
	}
	t.Check(err)
	outputs := newRequest()
	in := end.(vm.Interview)
	for _, name := range in.Outputs {
		outputs.Map().Put(t, vm.Str(name), in.Variable(name))
	}
	return x.result(t, self, request, outputs, nil)
}

func (x *action) failures(t *vm.Thread, self vm.Value, code, message string) []vm.Value {
	var out []vm.Value
	for _, r := range x.requests {
		out = append(out, x.result(t, self, r, newRequest(), []vm.Value{actionError(t, code, message)}))
	}
	return out
}

func actionError(t *vm.Thread, code, message string) vm.Value {
	return t.NewNative("Invocable.Action.Error", &vm.Bag{Values: map[string]val{"code": vm.Str(code), "message": vm.Str(message)}})
}

func (x *action) result(t *vm.Thread, self, request, outputs vm.Value, errs []vm.Value) vm.Value {
	return t.NewNative("Invocable.Action.Result", &vm.Bag{Values: map[string]val{"success": vm.Bool(len(errs) == 0), "action": self,
		"invocationparameters": request, "outputparameters": outputs, "errors": t.ListOf("Invocable.Action.Error", errs)}})
}
