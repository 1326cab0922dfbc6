package stdlib

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// visualEditorTable is the picklists of Lightning components' design files
// (Apex Reference, VisualEditor Namespace).
var visualEditorTable = vm.Library{
	"VisualEditor.DataRow.<init>": func(t thread, _ val, a vals) val {
		return t.NewNative("VisualEditor.DataRow", &vm.Bag{Values: map[string]val{"label": a[0], "value": a[1], "selected": vm.Bool(arg(a, 2).Bool())}})
	},
	"VisualEditor.DataRow.compareTo": func(_ thread, r val, a vals) val { return vm.Int(int64(compareRows(r, a[0]))) },
	"VisualEditor.DynamicPickListRows.<init>": func(t thread, _ val, a vals) val {
		rows := t.ListOf("VisualEditor.DataRow", nil)
		if given := arg(a, 0); !given.IsNull() {
			rows.List().Append(t, t.Elements(given)...)
		}
		return t.NewNative("VisualEditor.DynamicPickListRows", &vm.Bag{Values: map[string]val{"datarows": rows, "containsallrows": vm.Bool(arg(a, 1).Bool())}})
	},
	"VisualEditor.DynamicPickListRows.addRow": func(t thread, r val, a vals) val {
		rowsOf(r).Append(t, a[0])
		return vm.Null
	},
	"VisualEditor.DynamicPickListRows.addAllRows": func(t thread, r val, a vals) val {
		rowsOf(r).Append(t, slices.Clone(t.Elements(a[0]))...)
		return vm.Null
	},
	"VisualEditor.DynamicPickListRows.get":         func(t thread, r val, a vals) val { return rowsOf(r).At(t, num(t, a[0])) },
	"VisualEditor.DynamicPickListRows.size":        func(_ thread, r val, _ vals) val { return vm.Int(int64(len(rowsOf(r).Vals))) },
	"VisualEditor.DynamicPickListRows.getDataRows": func(_ thread, r val, _ vals) val { return vm.ListValue(rowsOf(r)) },
	"VisualEditor.DynamicPickListRows.containsAllRows": func(_ thread, r val, _ vals) val {
		return bagOf(r).Values["containsallrows"]
	},
	"VisualEditor.DynamicPickListRows.sort": func(_ thread, r val, _ vals) val {
		slices.SortStableFunc(rowsOf(r).Vals, compareRows)
		return vm.Null
	},
	// what a picklist says of a value unless it overrides it
	"VisualEditor.DynamicPickList.isValid": func(t thread, r val, a vals) val {
		return vm.Bool(!rowWith(t, r, a[0]).IsNull())
	},
	"VisualEditor.DynamicPickList.getLabel": func(t thread, r val, a vals) val {
		return bagOf(rowWith(t, r, a[0])).Values["label"]
	},
}

func rowsOf(v vm.Value) *vm.List { return bagOf(v).Values["datarows"].List() }

func compareRows(x, y vm.Value) int {
	label := func(v vm.Value) string { return strings.ToLower(bagOf(v).Values["label"].Text()) }
	return cmp.Compare(label(x), label(y))
}

// rowWith is the row of a picklist that has a value, null when none does.
func rowWith(t *vm.Thread, picklist, value vm.Value) vm.Value {
	for _, row := range rowsOf(t.CallMethod(picklist, "getValues")).Vals {
		if t.Equal(bagOf(row).Values["value"], value) {
			return row
		}
	}
	return vm.Null
}
