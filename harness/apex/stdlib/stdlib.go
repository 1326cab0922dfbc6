// Package stdlib is the Apex standard library: tables of platform name and Go
// function, a file a class or family of classes.
//
// The machine calls a function with its receiver (null for static methods) and
// arguments, already converted to the parameter types by the checker; a
// function that has overloads tells them apart by the number and kinds of its
// arguments. State lives in the Thread or behind the Host, never in the
// package, so the tables are shared by every org and goroutine.
//
// Some methods are services of the org, asked for through Host.Call by their
// platform name with their arguments as []vm.Value items, except for
// Database.emptyRecycleBin and SObject.recalculateFormulas, which pass one
// []*schema.Record; emptyRecycleBin answers []dml.Result, the others a
// vm.Value or nothing. They are the FeatureManagement methods,
// Metadata.Operations, Http.send, and of Test startTest,
// stopTest, setCreatedDate, getStandardPricebookId and enqueueBatchJobs.
//
// A signature that the checker knows and no table has stops the code that
// calls it and is noted by name in the fidelity ledger.
package stdlib

import (
	"maps"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Short names for the signature that every function of the tables has.
type (
	thread = *vm.Thread
	val    = vm.Value
	vals   = []vm.Value
)

// Functions is the whole library, keyed by lower-case "namespace.class.method"
// without the namespace System. Constructors end in ".<init>", properties in
// ".get:name" and ".set:name".
func Functions() vm.Library { return functions }

var functions = merge(
	stringTable, stringSearchTable, numberTable, mathTable, dateTable, datetimeTable, timeTable,
	blobTable, idTable, listTable, setTable, mapTable, objectTable, systemTable, assertTable,
	exceptionTable, dmlExceptionTable, databaseTable, leadTable, resultTable, sobjectTable, schemaTable, describeFieldTable, userTable,
	jsonTable, jsonStreamTable, regexTable, typeTable, installTable, testTable, limitsTable, cryptoTable,
	encodingTable, messagingTable, featureTable, pageTable, urlTable, requestTable,
	eventTable, cacheTable, httpTable, metadataTable, asyncTable, securityTable, placeTable, cipherTable, controllerTable, orgLimitsTable,
	restTable, connectTable, interviewTable, hoursTable, domTable, xmlReaderTable, xmlWriterTable, mockTable, calloutTable, siteTable, visualEditorTable, zipTable, domainTable, testDataTable, templateTable, changesTable, searchTable, labelTable, collatorTable, passwordTable, uuidTable, datacloudTable, formulaTable, approvalTable,
)

func merge(tables ...vm.Library) vm.Library {
	all := vm.Library{}
	for _, t := range tables {
		for name, f := range t {
			key := strings.ToLower(name)
			if all[key] != nil {
				panic("stdlib: " + name + " is in two tables")
			}
			all[key] = f
		}
	}
	return withDoubts(maps.Clone(all))
}

// str is a String argument that must not be null.
func str(t *vm.Thread, v vm.Value) string {
	if v.IsNull() {
		t.ThrowNull()
	}
	return v.Text()
}

// num is an Integer or Long argument that must not be null
// (verified-behaviours-2.md, 226).
func num(t *vm.Thread, v vm.Value) int64 {
	required(t, v, "")
	return v.Int()
}

// flag is a Boolean argument that must not be null.
func flag(t *vm.Thread, v vm.Value) bool {
	if v.IsNull() {
		t.ThrowNull()
	}
	return v.Bool()
}

// required refuses null where the platform names the argument.
func required(t *vm.Thread, v vm.Value, what string) {
	if v.IsNull() {
		t.Throw("System.NullPointerException", "Argument cannot be null."+what)
	}
}

// idText is a String argument that must be an id.
func idText(t *vm.Thread, v vm.Value) string {
	s := str(t, v)
	if _, err := value.NewID(s); err != nil {
		t.Throwf("System.StringException", "Invalid id: %s", s)
	}
	return s
}

// optional is the text of a String that may be null.
func optional(v vm.Value) string { return v.Text() }

// arg is the i-th argument, or null.
func arg(a []vm.Value, i int) vm.Value {
	if i < len(a) {
		return a[i]
	}
	return vm.Null
}
