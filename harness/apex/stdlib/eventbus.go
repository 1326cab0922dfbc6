package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var eventTable = vm.Library{
	"EventBus.publish":                publish,
	"EventBus.publishWithAccessLevel": publish,
	"EventBus.getOperationId": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		for _, e := range res(a[0]).Errors {
			if e.StatusCode == vm.Enqueued {
				return vm.Str(e.Message)
			}
		}
		return vm.Null
	},
	"Test.getEventBus": func(t thread, _ val, a vals) val {
		return t.NewNative("EventBus.TestBroker", &vm.Bag{Values: map[string]vm.Value{}})
	},
	"EventBus.TestBroker.deliver": service("EventBus.TestBroker.deliver", vm.Null),
	"EventBus.TestBroker.fail":    service("EventBus.TestBroker.fail", vm.Null),
	"EventBus.TriggerContext.currentContext": func(t thread, _ val, a vals) val {
		return t.Memo(vm.EventContext, func() any { return vm.NewEventContext(t, 0, "") }).(vm.Value)
	},
}

// publish is publish(event or events [, callback or access level]). Events that
// are published at once count against a limit of their own, the others as one
// DML statement (governor-limits.md, section 1).
func publish(t thread, _ val, a vals) val {
	recs := t.Records(a[0])
	if len(recs) == 0 {
		return t.ListOf("Database.SaveResult", nil)
	}
	limit := vm.DMLStatements
	at, ok, err := t.Host().Call(t, "EventBus.publishesAtOnce", recs[0].Object)
	t.Check(err)
	if once, _ := at.(bool); ok && once {
		limit = vm.PublishImmediate
	}
	t.Use(limit, 1)
	call := &vm.PublishCall{Events: recs}
	if c := arg(a, 1); c.Object() != nil && !c.Object().Class.Def.Lib {
		call.Callback = c
	}
	rows, err := t.Host().Publish(t, call)
	t.Check(err)
	return resultValue(t, "Database.SaveResult", a[0], rows)
}
