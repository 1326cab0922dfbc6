package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var systemTable = vm.Library{
	"System.debug": func(t thread, _ val, a vals) val {
		level, v := "DEBUG", a[0]
		if len(a) == 2 {
			level, v = vm.EnumName(a[0]), a[1]
		}
		t.Debug(level, t.Text(v))
		return vm.Null
	},
	"System.equals":                  func(t thread, _ val, a vals) val { return vm.Bool(t.Equal(a[0], a[1])) },
	"System.hashCode":                func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Int(int64(t.HashCode(a[0]))) },
	"System.isBatch":                 func(t thread, _ val, a vals) val { return inJob(t, vm.BatchJob) },
	"System.isFuture":                func(t thread, _ val, a vals) val { return inJob(t, vm.FutureJob) },
	"System.isQueueable":             func(t thread, _ val, a vals) val { return inJob(t, vm.QueueableJob) },
	"System.isScheduled":             func(t thread, _ val, a vals) val { return inJob(t, vm.ScheduledJob) },
	"System.isFunctionCallback":      func(t thread, _ val, a vals) val { return vm.Bool(false) },
	"System.isRunningElasticCompute": func(t thread, _ val, a vals) val { return vm.Bool(false) },
	"System.requestVersion": func(t thread, _ val, a vals) val {
		t.Host().Approximated(t, "System.requestVersion", "always 1.0: the version a caller was compiled against is not kept", t.Where())
		return newVersion(t, &version{1, 0, -1})
	},
	"System.currentPageReference": func(t thread, _ val, a vals) val { return currentPage(t) },
	"System.getQuiddityShortCode": func(t thread, _ val, a vals) val { return vm.Str(quiddityCodes[vm.EnumName(a[0])]) },
	"System.runAs": func(t thread, _ val, a vals) val {
		t.Unsupported("System.runAs as an expression", "")
		return vm.Null
	},
}

func inJob(t *vm.Thread, k vm.JobKind) vm.Value {
	o := t.Options()
	return vm.Bool(o.InJob && o.Job == k)
}

var assertTable = vm.Library{
	"System.assert": func(t thread, _ val, a vals) val {
		if a[0].IsNull() || !a[0].Bool() {
			failed(t, "Assertion Failed", arg(a, 1))
		}
		return vm.Null
	},
	"System.assertEquals":    func(t thread, _ val, a vals) val { return assertEqual(t, a[0], a[1], arg(a, 2)) },
	"System.assertNotEquals": func(t thread, _ val, a vals) val { return assertNotEqual(t, a[0], a[1], arg(a, 2)) },
	"Assert.areEqual":        func(t thread, _ val, a vals) val { return assertEqual(t, a[0], a[1], arg(a, 2)) },
	"Assert.areNotEqual":     func(t thread, _ val, a vals) val { return assertNotEqual(t, a[0], a[1], arg(a, 2)) },
	"Assert.isTrue": func(t thread, _ val, a vals) val {
		if !a[0].Bool() {
			failed(t, "Assertion Failed", arg(a, 1), "Expected: true, Actual: "+t.Text(a[0]))
		}
		return vm.Null
	},
	"Assert.isFalse": func(t thread, _ val, a vals) val {
		if a[0].IsNull() || a[0].Bool() {
			failed(t, "Assertion Failed", arg(a, 1), "Expected: false, Actual: "+t.Text(a[0]))
		}
		return vm.Null
	},
	"Assert.isNull": func(t thread, _ val, a vals) val {
		if !a[0].IsNull() {
			failed(t, "Assertion Failed", arg(a, 1), "Expected: null, Actual: "+t.Text(a[0]))
		}
		return vm.Null
	},
	"Assert.isNotNull": func(t thread, _ val, a vals) val {
		if a[0].IsNull() {
			failed(t, "Assertion Failed", arg(a, 1), "Same value: null")
		}
		return vm.Null
	},
	"Assert.fail": func(t thread, _ val, a vals) val { failed(t, "Assertion Failed", arg(a, 0)); return vm.Null },
	"Assert.isInstanceOfType": func(t thread, _ val, a vals) val {
		if !t.InstanceOf(a[0], typeOf(t, a[1])) {
			failed(t, "Assertion Failed", arg(a, 2), "Expected type: "+typeOf(t, a[1]).Name+", Actual type: "+t.TypeName(a[0]))
		}
		return vm.Null
	},
	"Assert.isNotInstanceOfType": func(t thread, _ val, a vals) val {
		if t.InstanceOf(a[0], typeOf(t, a[1])) {
			failed(t, "Assertion Failed", arg(a, 2), "Not expected type: "+typeOf(t, a[1]).Name)
		}
		return vm.Null
	},
}

// failed ends the transaction with the text of System.AssertException.
func failed(t *vm.Thread, text string, message vm.Value, detail ...string) {
	if !message.IsNull() {
		text += ": " + t.Text(message)
		if len(detail) > 0 {
			text = "Assertion Failed: " + t.Text(message) + ": " + detail[0]
		}
	} else if len(detail) > 0 {
		text += ": " + detail[0]
	}
	t.Fail(text)
}

func assertEqual(t *vm.Thread, want, have, message vm.Value) vm.Value {
	if !sameForAssert(t, want, have) {
		failed(t, "Assertion Failed", message, "Expected: "+t.Text(want)+", Actual: "+t.Text(have))
	}
	return vm.Null
}

func assertNotEqual(t *vm.Thread, want, have, message vm.Value) vm.Value {
	if sameForAssert(t, want, have) {
		failed(t, "Assertion Failed", message, "Same value: "+t.Text(want))
	}
	return vm.Null
}

// sameForAssert is equality with texts by case.
func sameForAssert(t *vm.Thread, a, b vm.Value) bool {
	if a.Kind() == vm.KindString && b.Kind() == vm.KindString {
		return a.Text() == b.Text()
	}
	return t.Equal(a, b)
}

var exceptionTable = vm.Library{
	// what it is made with is for the component that called; getMessage does not
	// tell it until setMessage has
	"AuraHandledException.<init>": func(t thread, _ val, a vals) val {
		v := t.NewException("System.AuraHandledException", arg(a, 0).Text())
		exc(t, v).HasText = false
		return v
	},
	"Exception.getMessage": func(t thread, r val, a vals) val { return vm.Str(exc(t, r).Text()) },
	"Exception.setMessage": func(t thread, r val, a vals) val {
		x := exc(t, r)
		x.Message, x.HasText = a[0].Text(), true
		return vm.Null
	},
	"Exception.getCause": func(t thread, r val, a vals) val { return exc(t, r).Cause },
	"Exception.initCause": func(t thread, r val, a vals) val {
		exc(t, r).Cause = a[0]
		return vm.Null
	},
	"Exception.getTypeName":           func(t thread, r val, a vals) val { return vm.Str(r.Object().Class.Name) },
	"Exception.getLineNumber":         func(t thread, r val, a vals) val { return vm.Int(int64(exc(t, r).Line())) },
	"Exception.getStackTraceString":   func(t thread, r val, a vals) val { return vm.Str(exc(t, r).Stack()) },
	"Exception.toString":              func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"Exception.getInaccessibleFields": func(t thread, r val, a vals) val { return fieldNames(t, exc(t, r).Inaccessible) },
}

func isText(v vm.Value) bool { return v.Kind() == vm.KindString || v.Kind() == vm.KindID }

func exc(t *vm.Thread, v vm.Value) *vm.Exception {
	x := vm.ExceptionOf(v)
	if x == nil {
		t.ThrowNull()
	}
	return x
}

func dmlRow(t *vm.Thread, r vm.Value, a []vm.Value) vm.DMLRow {
	x, i := dmlExc(t, r), num(t, a[0])
	if i < 0 || i >= int64(len(x.Rows)) {
		t.Throwf("System.ListException", "List index out of bounds: %d", i)
	}
	return x.Rows[i]
}

var objectTable = vm.Library{
	"Object.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	// of texts in variables of type Object it ignores case, as == does (a public package's test)
	"Object.equals": func(t thread, r val, a vals) val {
		if isText(r) && isText(a[0]) {
			return vm.Bool(strings.EqualFold(r.Text(), a[0].Text()))
		}
		return vm.Bool(t.KeyEqual(r, a[0]))
	},
	"Object.hashCode": func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Object.clone":    func(t thread, r val, a vals) val { return t.CloneObject(r) },
	"Enum.name":       func(t thread, r val, a vals) val { return vm.Str(vm.EnumName(r)) },
	"Enum.toString":   func(t thread, r val, a vals) val { return vm.Str(vm.EnumName(r)) },
	"Enum.ordinal":    func(t thread, r val, a vals) val { return vm.Int(r.Int()) },
	"Enum.equals":     func(t thread, r val, a vals) val { return vm.Bool(r.Same(a[0])) },
	"Enum.hashCode":   func(t thread, r val, a vals) val { return vm.Int(int64(vm.HashText(vm.EnumName(r)))) },
}

var limitsTable = limitFuncs()

// limitFuncs makes getX and getLimitX of the Limits class
// (governor-limits.md, section 1).
func limitFuncs() vm.Library {
	out := vm.Library{}
	for _, l := range vm.AllLimits() {
		for _, name := range l.Names() {
			out["Limits.get"+name] = func(t thread, _ val, _ vals) val { return vm.Int(t.Used(l)) }
			out["Limits.getLimit"+name] = func(t thread, _ val, _ vals) val { return vm.Int(t.Allowed(l)) }
		}
	}
	for _, name := range []string{"ChildRelationshipsDescribes", "FieldsDescribes", "PicklistDescribes",
		"RecordTypesDescribes", "ScriptStatements", "DatabaseTime", "AsyncCalls", "FieldSetsDescribes",
		"ApexCursors", "ApexPaginationCursorRows", "ApexPaginationCursors"} {
		out["Limits.get"+name] = func(t thread, _ val, _ vals) val { return vm.Int(0) }
		out["Limits.getLimit"+name] = func(t thread, _ val, _ vals) val { return vm.Int(100) }
	}
	return out
}

var quiddityCodes = map[string]string{"ANONYMOUS": "A", "AURA": "AU", "BATCH_APEX": "BA", "FUTURE": "F",
	"INVOCABLE_ACTION": "I", "POST_INSTALL_SCRIPT": "PI", "QUEUEABLE": "Q", "REST": "R", "RUNTEST_ASYNC": "TA",
	"RUNTEST_SYNC": "TS", "SCHEDULED": "SC", "SYNCHRONOUS": "S", "UNDEFINED": "U", "VF": "V"}

func quiddity(t *vm.Thread) string {
	if q := t.Options().Quiddity; q != "" {
		return strings.ToUpper(q)
	}
	return "SYNCHRONOUS"
}
