package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// restTable is RestContext and what it holds (Apex Reference, RestContext
// Class): code that serves REST calls, and tests that put a request there.
// Outside of a call both are null.
var restTable = vm.Library{
	"RestContext.get:request":  func(t thread, _ val, _ vals) val { return restPart(t, "request") },
	"RestContext.get:response": func(t thread, _ val, _ vals) val { return restPart(t, "response") },
	"RestContext.set:request":  func(t thread, _ val, a vals) val { t.SetMemo("rest.request", a[0]); return a[0] },
	"RestContext.set:response": func(t thread, _ val, a vals) val { t.SetMemo("rest.response", a[0]); return a[0] },
	"RestRequest.<init>": func(t thread, _ val, _ vals) val {
		return t.NewNative("System.RestRequest", &vm.Bag{Values: map[string]vm.Value{"headers": newTexts(), "params": newTexts()}})
	},
	"RestResponse.<init>": func(t thread, _ val, _ vals) val {
		return t.NewNative("System.RestResponse", &vm.Bag{Values: map[string]vm.Value{"headers": newTexts()}})
	},
	"RestRequest.addHeader":    addTo("headers"),
	"RestRequest.addParameter": addTo("params"),
	"RestResponse.addHeader":   addTo("headers"),
}

func restPart(t *vm.Thread, part string) vm.Value {
	return t.Memo("rest."+part, func() any { return vm.Null }).(vm.Value)
}

// newTexts is an empty Map<String,String>.
func newTexts() vm.Value { return vm.MapValue(vm.NewMap(types.MapOf(types.String, types.String))) }

// addTo puts a name and a value into a map of the object.
func addTo(part string) vm.Func {
	return func(t thread, r val, a vals) val {
		m := bagOf(r).Values[part].Map()
		if m == nil {
			t.ThrowNull()
		}
		m.Put(t, vm.Str(str(t, a[0])), a[1])
		return vm.Null
	}
}
