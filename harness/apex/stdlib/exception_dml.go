package stdlib

import "github.com/rehearsal-dev/rehearsal/harness/apex/vm"

// dmlExceptionTable is the methods that tell of the rows of a failed DML
// statement. They can be called on any exception: code that logs calls them on
// what it caught as an Exception.
var dmlExceptionTable = dmlExceptionFuncs()

func dmlExceptionFuncs() vm.Library {
	out := vm.Library{}
	for name, f := range rowDetails {
		for _, class := range []string{"Exception.", "DmlException.", "EmailException."} {
			out[class+name] = f
		}
	}
	return out
}

var rowDetails = vm.Library{
	"getNumDml":        func(t thread, r val, a vals) val { return vm.Int(int64(len(dmlExc(t, r).Rows))) },
	"getDmlIndex":      func(t thread, r val, a vals) val { return vm.Int(int64(dmlRow(t, r, a).Index)) },
	"getDmlMessage":    func(t thread, r val, a vals) val { return vm.Str(dmlRow(t, r, a).Message) },
	"getDmlStatusCode": func(t thread, r val, a vals) val { return vm.Str(dmlRow(t, r, a).StatusCode) },
	"getDmlType":       func(t thread, r val, a vals) val { return t.EnumValue("System.StatusCode", dmlRow(t, r, a).StatusCode) },
	"getDmlFieldNames": func(t thread, r val, a vals) val { return t.StringList(dmlRow(t, r, a).Fields) },
	"getDmlId": func(t thread, r val, a vals) val {
		if id := dmlRow(t, r, a).ID; id != "" {
			return vm.ID(id)
		}
		return vm.Null
	},
	"getDmlFields": func(t thread, r val, a vals) val {
		row := dmlRow(t, r, a)
		var out []vm.Value
		for _, name := range row.Fields {
			if row.Record != nil {
				if f := row.Record.Object.Field(name); f != nil {
					out = append(out, t.SObjectField(f))
				}
			}
		}
		return t.ListOf("Schema.SObjectField", out)
	},
}

// dmlExc is the state of an exception that tells of rows. One that is no
// DmlException and no EmailException tells of none; the words are not known.
func dmlExc(t *vm.Thread, r vm.Value) *vm.Exception {
	x := exc(t, r)
	if c := r.Object().Class; len(x.Rows) == 0 && !c.IsA("System.DmlException") && !c.IsA("System.EmailException") {
		t.Host().Approximated(t, "Exception.getDml…", "the text of the exception that other exceptions throw is not known", t.Where())
		t.Throwf("System.TypeException", "DML details are not available for %s", c.Name)
	}
	return x
}
