package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// service asks the org's Call for a method: its arguments as values, its
// result as a vm.Value, none standing for the one given here.
func service(name string, none vm.Value) vm.Func {
	return func(t thread, _ val, a vals) val {
		args := make([]any, len(a))
		for i, v := range a {
			args[i] = v
		}
		out, ok, err := t.Host().Call(t, name, args...)
		t.Check(err)
		if !ok {
			t.Unsupported(name, "")
		}
		if v, ok := out.(vm.Value); ok {
			return v
		}
		return none
	}
}

// inert is service for what changes nothing inside the org: where the org does
// not simulate it, it is noted and passed over.
func inert(name, note string) vm.Func {
	return func(t thread, _ val, a vals) val {
		args := make([]any, len(a))
		for i, v := range a {
			args[i] = v
		}
		_, ok, err := t.Host().Call(t, name, args...)
		t.Check(err)
		if !ok {
			t.Host().Approximated(t, name, note, t.Where())
		}
		return vm.Null
	}
}
