package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// approvalTable is locks of records and submitting to approval processes (Apex
// Reference, Approval Class). Locks are the org's; an approval process that
// takes a record stops the code that asked.
var approvalTable = vm.Library{
	"Approval.isLocked": func(t thread, _ val, a vals) val {
		if _, one := single(a[0]); one {
			return locked(t, idOf(t, a[0]))
		}
		out := vm.NewMap(types.MapOf(types.ID, types.Boolean))
		for _, v := range t.Elements(a[0]) {
			out.Put(t, idOf(t, v), locked(t, idOf(t, v)))
		}
		return vm.MapValue(out)
	},
	"Approval.lock":    lockWith("Approval.lock", "Approval.LockResult"),
	"Approval.unlock":  lockWith("Approval.unlock", "Approval.UnlockResult"),
	"Approval.process": approve,

	"Approval.ProcessResult.isSuccess":         fromBag("success"),
	"Approval.ProcessResult.getErrors":         fromBag("errors"),
	"Approval.ProcessResult.getEntityId":       fromBag("entityid"),
	"Approval.ProcessResult.getInstanceId":     fromBag("instanceid"),
	"Approval.ProcessResult.getInstanceStatus": fromBag("instancestatus"),
	"Approval.ProcessResult.getActorIds":       fromBag("actorids"),
	"Approval.ProcessResult.getNewWorkitemIds": fromBag("newworkitemids"),
}

// idOf is an id, also of a record.
func idOf(t *vm.Thread, v vm.Value) vm.Value {
	if r := v.Record(); r != nil {
		v = idOrNull(r.ID())
	}
	if v.IsNull() {
		t.ThrowNull()
	}
	return v
}

func locked(t *vm.Thread, id vm.Value) vm.Value {
	return service("Approval.isLocked", vm.Bool(false))(t, vm.Null, []vm.Value{id})
}

// lockWith is lock and unlock: (id or record, or a list of them [, allOrNone]).
func lockWith(name, class string) vm.Func {
	set := service(name, vm.Bool(true))
	return func(t thread, _ val, a vals) val {
		items := []val{a[0]}
		if _, one := single(a[0]); !one {
			items = t.Elements(a[0])
		}
		t.Use(vm.DMLStatements, 1)
		t.Use(vm.DMLRows, int64(len(items)))
		rows := make([]dml.Result, len(items))
		for i, v := range items {
			id := idOf(t, v)
			rows[i] = dml.Result{ID: id.Text(), Success: true}
			if !set(t, vm.Null, []val{id}).Bool() {
				e := dml.RowError{StatusCode: "INVALID_CROSS_REFERENCE_KEY", Message: "invalid cross reference id"}
				rows[i].Success, rows[i].Errors = false, []dml.RowError{e}
				if len(a) == 1 || a[1].Bool() {
					t.ThrowValue(t.DMLException("Lock", []vm.DMLRow{{Index: i, ID: id.Text(), RowError: e}}))
				}
			}
		}
		return resultValue(t, class, a[0], rows)
	}
}

// approve is process: (request or list of them [, allOrNone]).
func approve(t thread, _ val, a vals) val {
	one := a[0].List() == nil
	requests := []val{a[0]}
	if !one {
		requests = t.Elements(a[0])
	}
	t.Use(vm.DMLStatements, 1)
	takes := service("Approval.process", vm.Bool(false))
	out := make([]val, len(requests))
	for i, q := range requests {
		id := bagOf(q).Values["objectid"]
		if id.IsNull() || takes(t, vm.Null, []val{id}).Bool() {
			t.Unsupported("Approval.process", "approval processes are not run")
		}
		e := dml.RowError{StatusCode: "NO_APPLICABLE_PROCESS", Message: "No applicable approval process was found."}
		if len(a) == 1 || a[1].Bool() {
			t.ThrowValue(t.DMLException("Process", []vm.DMLRow{{Index: i, ID: id.Text(), RowError: e}}))
		}
		out[i] = t.NewNative("Approval.ProcessResult", &vm.Bag{Values: map[string]val{
			"success": vm.Bool(false), "entityid": id, "errors": errorList(t, []dml.RowError{e})}})
	}
	if one {
		return out[0]
	}
	return t.ListOf("Approval.ProcessResult", out)
}
