package stdlib

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// lookupTable is what Database and Search answer in objects of their own
// (Apex Reference, Database.getDeleted, getUpdated, Search.find).
var lookupTable = vm.Library{
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

	"Search.find": func(t thread, _ val, a vals) val {
		found := vm.NewMap(types.MapOf(types.String, types.ListOf(types.Library("Search.SearchResult").Type())))
		for _, list := range t.Elements(t.Hook("search.query", a...)) {
			var out []val
			for _, v := range list.List().Vals {
				out = append(out, t.NewNative("Search.SearchResult", &vm.Bag{Values: map[string]val{"sobject": v}}))
			}
			if len(out) > 0 {
				name := list.List().Vals[0].Record().Object.Name
				found.Put(t, vm.Str(strings.ToLower(name)), t.ListOf("Search.SearchResult", out))
			}
		}
		return t.NewNative("Search.SearchResults", &vm.Bag{Values: map[string]val{"found": vm.MapValue(found)}})
	},
	"Search.SearchResults.get": func(t thread, r val, a vals) val {
		if list := bagOf(r).Values["found"].Map().Get(t, vm.Str(lower(str(t, a[0])))); !list.IsNull() {
			return list
		}
		return t.ListOf("Search.SearchResult", nil)
	},
	"Search.SearchResult.getSObject": fromBag("sobject"),
	"Search.SearchResult.getSnippet": func(t thread, r val, a vals) val {
		t.Host().Approximated(t, "Search.SearchResult.getSnippet", "the whole text of the field, nothing marked", t.Where())
		rec := bagOf(r).Values["sobject"].Record()
		name := "Name"
		if len(a) == 1 {
			name = str(t, a[0])
		}
		f := fieldOf(t, rec.Object, vm.Str(name))
		return vm.FieldValue(f, rec.Get(f))
	},
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

// smallTable is classes with a method or two.
var smallTable = vm.Library{
	"Label.get": func(t thread, _ val, a vals) val {
		s, ok := t.Label(optional(a[0]), str(t, a[1]), optional(arg(a, 2)))
		if !ok {
			t.Throwf("System.IllegalArgumentException", "Custom label does not exist: %s", a[1].Text())
		}
		return vm.Str(s)
	},
	"Collator.getInstance": func(t thread, _ val, _ vals) val { return t.NewNative("System.Collator", &vm.Bag{}) },
	"Collator.compare": func(t thread, _ val, a vals) val {
		t.Host().Approximated(t, "Collator.compare", "letters with accents come after those without, in every locale", t.Where())
		x, y := str(t, a[0]), str(t, a[1])
		if n := value.CompareFold(x, y); n != 0 {
			return vm.Int(int64(n))
		}
		return vm.Int(int64(vm.CompareText(y, x))) // lower case first
	},
	"ResetPasswordResult.getPassword": fromBag("password"),
	"System.resetPassword": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		return t.NewNative("System.ResetPasswordResult", &vm.Bag{Values: map[string]val{"password": vm.Str(randomUUID(t)[:10])}})
	},
	"System.setPassword":           func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Null },
	"System.purgeOldAsyncJobs":     func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Int(0) }, // jobs are kept a week at least
	"UserManagement.obfuscateUser": inert("UserManagement.obfuscateUser", "the user keeps his name"),
	"Integer.decimalValue":         func(_ thread, r val, _ vals) val { return vm.Decimal(r.Dec()) },
	"Long.decimalValue":            func(_ thread, r val, _ vals) val { return vm.Decimal(r.Dec()) },
	"UUID.equals":                  func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"UUID.hashCode":                func(t thread, r val, _ vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Schema.describeDataCategoryGroups": func(t thread, _ val, _ vals) val {
		return t.ListOf("Schema.DescribeDataCategoryGroupResult", nil) // orgs here have no data categories
	},
	"Schema.describeDataCategoryGroupStructures": func(t thread, _ val, _ vals) val {
		return t.ListOf("Schema.DescribeDataCategoryGroupStructureResult", nil)
	},
	"Metadata.DeployContainer.removeMetadata": func(t thread, r val, a vals) val {
		l := bagOf(r).Values["metadata"].List()
		i := find(t, l.Vals, a[0])
		if i >= 0 {
			l.Vals = slices.Delete(l.Vals, i, i+1)
		}
		return vm.Bool(i >= 0)
	},
	"Metadata.DeployContainer.removeMetadataByFullName": func(t thread, r val, a vals) val {
		l, n := bagOf(r).Values["metadata"].List(), 0
		n = len(l.Vals)
		l.Vals = slices.DeleteFunc(l.Vals, func(v val) bool { return strings.EqualFold(bagOf(v).Values["fullname"].Text(), str(t, a[0])) })
		return vm.Bool(len(l.Vals) < n)
	},
	// the address of a compound field
	"Address.getDistance": func(t thread, r val, a vals) val {
		b := bagOf(r).Values
		if b["latitude"].IsNull() || b["longitude"].IsNull() || a[0].IsNull() {
			return vm.Null
		}
		here := &place{b["latitude"].Float(), b["longitude"].Float()}
		return vm.Double(distance(here, placeOf(t, a[0]), str(t, a[1])))
	},
}
