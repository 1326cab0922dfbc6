package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// changesTable is which rows changed in a time (Apex Reference,
// Database.getDeleted, getUpdated).
var changesTable = vm.Library{
	"Database.getUpdated": func(t thread, _ val, a vals) val {
		from, to := span(t, a)
		var ids []val
		for _, rec := range queryInside(t, "SELECT Id FROM "+objectNamed(t, str(t, a[0])).Name+between(from, to)+" ORDER BY Id", "") {
			ids = append(ids, vm.ID(rec.ID()))
		}
		return t.NewNative("Database.GetUpdatedResult", &vm.Bag{Values: map[string]val{
			"ids": vm.NewList(types.ListOf(types.ID), ids), "latestdatecovered": a[2]}})
	},
	"Database.getDeleted": func(t thread, _ val, a vals) val {
		from, to := span(t, a)
		var rows []val
		object := objectNamed(t, str(t, a[0]))
		for _, rec := range queryInside(t, "SELECT Id, SystemModstamp FROM "+object.Name+between(from, to)+" AND IsDeleted = true ORDER BY Id ALL ROWS", "") {
			rows = append(rows, t.NewNative("Database.DeletedRecord", &vm.Bag{Values: map[string]val{
				"id": vm.ID(rec.ID()), "deleteddate": vm.OfScalar(rec.Get(object.Field("SystemModstamp")))}}))
		}
		return t.NewNative("Database.GetDeletedResult", &vm.Bag{Values: map[string]val{
			"deletedrecords": t.ListOf("Database.DeletedRecord", rows), "earliestdateavailable": a[1], "latestdatecovered": a[2]}})
	},
	"Database.GetUpdatedResult.getIds":                   fromBag("ids"),
	"Database.GetUpdatedResult.getLatestDateCovered":     fromBag("latestdatecovered"),
	"Database.GetDeletedResult.getDeletedRecords":        fromBag("deletedrecords"),
	"Database.GetDeletedResult.getEarliestDateAvailable": fromBag("earliestdateavailable"),
	"Database.GetDeletedResult.getLatestDateCovered":     fromBag("latestdatecovered"),
	"Database.DeletedRecord.getId":                       fromBag("id"),
	"Database.DeletedRecord.getDeletedDate":              fromBag("deleteddate"),
}

// span is the times between which getUpdated and getDeleted look.
func span(t *vm.Thread, a []vm.Value) (from, to int64) {
	from, to = num(t, a[1]), num(t, a[2])
	if from >= to {
		t.Throw("System.InvalidParameterValueException", "startDate must be before endDate")
	}
	return from, to
}

func between(from, to int64) string {
	at := func(ms int64) string { return isoMillis(ms) }
	return " WHERE SystemModstamp >= " + at(from) + " AND SystemModstamp < " + at(to)
}
