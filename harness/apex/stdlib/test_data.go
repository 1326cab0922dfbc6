package stdlib

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// testDataTable is what tests load and the surroundings they ask for.
var testDataTable = vm.Library{
	"Test.loadData": func(t thread, _ val, a vals) val {
		recs := csvRecords(t, objectToken(t, a[0]), resourceBody(t, str(t, a[1])))
		t.DML(&vm.DMLCall{Statement: schema.Statement{Op: dml.Insert, Records: recs, AllOrNone: true}, Namespace: t.Namespace()})
		return t.RecordList(types.ListOf(types.SObject), recs)
	},
	"Test.testSandboxPostCopyScript": func(t thread, _ val, a vals) val {
		context := t.NewNative("System.SandboxContext", &vm.Bag{Values: map[string]val{"organizationid": a[1], "sandboxid": a[2], "sandboxname": a[3]}})
		t.CallMethod(a[0], "runApexClass", context)
		return vm.Null
	},
	"SandboxContext.organizationId": func(_ thread, r val, _ vals) val { return bagOf(r).Values["organizationid"] },
	"SandboxContext.sandboxId":      func(_ thread, r val, _ vals) val { return bagOf(r).Values["sandboxid"] },
	"SandboxContext.sandboxName":    func(_ thread, r val, _ vals) val { return bagOf(r).Values["sandboxname"] },
	"Test.setReadOnlyApplicationMode": func(t thread, _ val, a vals) val {
		t.SetMemo(readOnlyMode, flag(t, a[0]))
		return vm.Null
	},
	"System.getApplicationReadWriteMode": func(t thread, _ val, _ vals) val {
		if on, _ := t.Memo(readOnlyMode, func() any { return false }).(bool); on {
			return t.EnumValue("System.ApplicationReadWriteMode", "READ_ONLY")
		}
		return t.EnumValue("System.ApplicationReadWriteMode", "DEFAULT")
	},
	"Test.enableChangeDataCapture":     inert("Test.enableChangeDataCapture", "change events are not published"),
	"Test.calculatePermissionSetGroup": inert("Test.calculatePermissionSetGroup", "groups are calculated whenever they are asked for"),
}

const readOnlyMode = "read-only mode"

// csvRecords reads rows under a header of field names, as Test.loadData takes
// them (Apex Developer Guide, Loading Test Data).
func csvRecords(t *vm.Thread, object *schema.Object, text string) []*schema.Record {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil
	}
	fields := make([]*schema.Field, len(header))
	for i, name := range header {
		fields[i] = fieldOf(t, object, vm.Str(strings.TrimSpace(name)))
	}
	var out []*schema.Record
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Throwf("System.StringException", "Invalid CSV in static resource: %v", err)
		}
		rec := schema.NewRecord(object)
		for i, cell := range row {
			if cell == "" || i >= len(fields) || fields[i].Name == "Id" {
				continue
			}
			v := scalarFromJSON(t, &node{kind: 's', text: cell}, vm.FieldType(fields[i]))
			t.SetField(rec, fields[i], v)
		}
		out = append(out, rec)
	}
}
