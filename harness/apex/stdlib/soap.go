package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// calloutTable is callouts besides Http: those of classes made from a WSDL,
// which a WebServiceMock answers, and continuations of pages (Apex Developer
// Guide, Invoking Callouts Using Apex).
var calloutTable = vm.Library{
	"WebServiceCallout.invoke": func(t thread, _ val, a vals) val {
		t.Use(vm.Callouts, 1)
		mock, _ := t.Memo("mock:webservicemock", func() any { return vm.Null }).(vm.Value)
		if mock.IsNull() {
			if t.Options().Test {
				t.Throw("System.TypeException", noCallouts)
			}
			t.Unsupported("WebServiceCallout.invoke", "there is no network in a rehearsal")
		}
		info := t.Elements(a[3])
		at := func(i int) val { return arg(info, i) }
		// endpoint, SOAPAction, request name, response namespace, name and type;
		// the namespace of the request is not handed on
		t.CallMethod(mock, "doInvoke", a[0], a[1], a[2], at(0), at(1), at(3), at(4), at(5), at(6))
		return vm.Null
	},
	"Continuation.<init>": func(t thread, _ val, a vals) val {
		requests := vm.NewMap(types.MapOf(types.String, types.Library("System.HttpRequest").Type()))
		return t.NewNative("System.Continuation", &vm.Bag{Values: map[string]val{"timeout": a[0], "requests": vm.MapValue(requests)}})
	},
	"Continuation.addHttpRequest": func(t thread, r val, a vals) val {
		required(t, a[0], "")
		requests := bagOf(r).Values["requests"].Map()
		if requests.Len() >= mostContinued {
			t.Throwf("System.CalloutException", "Too many callouts in a Continuation: %d", requests.Len()+1)
		}
		label := vm.Str("Continuation-" + itoa(int64(requests.Len()+1)))
		requests.Put(t, label, a[0])
		return label
	},
	"Continuation.getRequests": func(_ thread, r val, _ vals) val { return bagOf(r).Values["requests"] },
	"Continuation.getResponse": func(t thread, _ val, a vals) val {
		return continued(t).Get(t, vm.Str(str(t, a[0])))
	},
	"Test.setContinuationResponse": func(t thread, _ val, a vals) val {
		continued(t).Put(t, vm.Str(str(t, a[0])), a[1])
		return vm.Null
	},
	"Test.invokeContinuationMethod": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		b := bagOf(a[1])
		method := str(t, b.Values["continuationmethod"])
		if t.HasMethod(a[0], method, 0) {
			return t.CallMethod(a[0], method)
		}
		if t.HasMethod(a[0], method, 1) {
			return t.CallMethod(a[0], method, b.Values["state"])
		}
		labels := vm.NewList(types.ListOf(types.String), b.Values["requests"].Map().Keys())
		return t.CallMethod(a[0], method, labels, b.Values["state"])
	},
}

const noCallouts = "Methods defined as TestMethod do not support Web service callouts"

// mostContinued is how many callouts a continuation can make (Apex Developer
// Guide, Asynchronous Callout Limits).
const mostContinued = 3

// continued is the responses that tests have set by the labels of requests.
func continued(t *vm.Thread) *vm.Map {
	return t.Memo("continuation", func() any { return t.MapOf("System.HttpResponse") }).(*vm.Map)
}
