package stdlib

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// leadConvert is the state of Database.LeadConvert; fields are by the names of
// their getters.
type leadConvert struct {
	values map[string]vm.Value
}

// leadConverted is the state of Database.LeadConvertResult.
type leadConverted struct {
	dml.Result
	made dml.LeadConversion
}

// leadProperties are the properties of LeadConvert: getter, setter, and the
// value from the start.
var leadProperties = []struct {
	get, set string
	first    vm.Value
}{
	{"getAccountId", "setAccountId", vm.Null}, {"getContactId", "setContactId", vm.Null},
	{"getConvertedStatus", "setConvertedStatus", vm.Null}, {"getLeadID", "setLeadId", vm.Null},
	{"getOpportunityId", "setOpportunityId", vm.Null}, {"getOpportunityName", "setOpportunityName", vm.Null},
	{"getOwnerID", "setOwnerId", vm.Null}, {"isDoNotCreateOpportunity", "setDoNotCreateOpportunity", vm.Bool(false)},
	{"isOverWriteLeadSource", "setOverwriteLeadSource", vm.Bool(false)},
	{"isSendNotificationEmail", "setSendNotificationEmail", vm.Bool(false)},
	{"getBypassAccountDedupeCheck", "setBypassAccountDedupeCheck", vm.Bool(false)},
	{"getBypassContactDedupeCheck", "setBypassContactDedupeCheck", vm.Bool(false)},
}

var leadTable = leadFuncs()

func leadFuncs() vm.Library {
	out := vm.Library{
		"Database.convertLead": convertLead,
		"Database.LeadConvert.<init>": func(t thread, r val, a vals) val {
			state := &leadConvert{values: map[string]vm.Value{}}
			for _, p := range leadProperties {
				state.values[p.get] = p.first
			}
			return t.NewNative("Database.LeadConvert", state)
		},
	}
	for _, p := range leadProperties {
		out["Database.LeadConvert."+p.get] = func(t thread, r val, a vals) val { return r.Native().(*leadConvert).values[p.get] }
		out["Database.LeadConvert."+p.set] = func(t thread, r val, a vals) val {
			r.Native().(*leadConvert).values[p.get] = a[0]
			return vm.Null
		}
	}
	c := "Database.LeadConvertResult."
	out[c+"isSuccess"] = func(t thread, r val, a vals) val { return vm.Bool(converted(t, r).Success) }
	out[c+"getErrors"] = func(t thread, r val, a vals) val { return errorList(t, converted(t, r).Errors) }
	for name, id := range map[string]func(*leadConverted) string{
		"getLeadId":                 func(l *leadConverted) string { return l.ID },
		"getAccountId":              func(l *leadConverted) string { return l.made.AccountID },
		"getContactId":              func(l *leadConverted) string { return l.made.ContactID },
		"getOpportunityId":          func(l *leadConverted) string { return l.made.OpportunityID },
		"getRelatedPersonAccountId": func(*leadConverted) string { return "" },
	} {
		out[c+name] = func(t thread, r val, a vals) val {
			if s := id(converted(t, r)); s != "" {
				return vm.ID(s)
			}
			return vm.Null
		}
	}
	return out
}

// leadIDs are the ids that LeadConvertResult has in JSON, which knows them in
// small letters, each with where it is kept.
var leadIDs = []struct {
	name string
	at   func(*leadConverted) *string
}{
	{"accountid", func(l *leadConverted) *string { return &l.made.AccountID }},
	{"contactid", func(l *leadConverted) *string { return &l.made.ContactID }},
	{"leadid", func(l *leadConverted) *string { return &l.ID }},
	{"opportunityid", func(l *leadConverted) *string { return &l.made.OpportunityID }},
}

// convertedFromJSON makes the result of a conversion that tests write down.
func convertedFromJSON(t *vm.Thread, n *node, class string) vm.Value {
	l := &leadConverted{Result: dml.Result{Success: n.flagged("success"), Errors: rowErrorsFromJSON(n)}}
	for _, id := range leadIDs {
		*id.at(l) = idFromJSON(n.member(id.name))
	}
	return t.NewNative(class, l)
}

// converted writes a result in the form that convertedFromJSON reads.
func (w *jsonWriter) converted(l *leadConverted) {
	w.object(func(put func(string, func())) {
		put("success", func() { w.value(vm.Bool(l.Success)) })
		for _, id := range leadIDs {
			put(id.name, func() { w.value(idOrNull(*id.at(l))) })
		}
		put("errors", func() { w.list(len(l.Errors), func(i int) { w.rowError(l.Errors[i]) }) })
	})
}

// String is the result as System.debug shows it.
func (l *leadConverted) String() string {
	id := func(s string) string {
		if s == "" {
			return "null"
		}
		return s
	}
	errs := make([]string, len(l.Errors))
	for i, e := range l.Errors {
		errs[i] = (&dmlError{e}).String()
	}
	return fmt.Sprintf("Database.LeadConvertResult[getAccountId=%s;getContactId=%s;getErrors=(%s);getLeadId=%s;getOpportunityId=%s;isSuccess=%t;]",
		id(l.made.AccountID), id(l.made.ContactID), strings.Join(errs, ", "), id(l.ID), id(l.made.OpportunityID), l.Success)
}

func converted(t *vm.Thread, v vm.Value) *leadConverted {
	if l, ok := v.Native().(*leadConverted); ok {
		return l
	}
	t.ThrowNull()
	return nil
}

// convertLead is Database.convertLead(LeadConvert or a list of them [, allOrNone
// or DMLOptions] [, access level]).
func convertLead(t thread, _ val, a vals) val {
	call := &vm.DMLCall{Statement: schema.Statement{AllOrNone: true}}
	for _, v := range a[1:] {
		dmlArgument(t, call, v)
	}
	items := []vm.Value{a[0]}
	if l := a[0].List(); l != nil {
		items = l.Vals
	}
	t.Use(vm.DMLStatements, 1)
	t.Use(vm.DMLRows, int64(len(items)))
	var undo int
	if call.AllOrNone {
		n, err := t.Host().Savepoint(t)
		t.Check(err)
		undo = n
	}
	out := make([]vm.Value, len(items))
	var failed []vm.DMLRow
	for i, item := range items {
		l, ok := item.Native().(*leadConvert)
		if !ok {
			t.ThrowNull()
		}
		made := l.conversion()
		res, known, err := t.Host().Call(t, "Database.convertLead", made)
		t.Check(err)
		if !known {
			t.Unsupported("Database.convertLead", "")
		}
		row, _ := res.(dml.Result)
		for _, e := range row.Errors {
			failed = append(failed, vm.DMLRow{Index: i, ID: row.ID, RowError: e})
		}
		out[i] = t.NewNative("Database.LeadConvertResult", &leadConverted{row, *made})
	}
	if call.AllOrNone {
		if len(failed) > 0 {
			t.Check(t.Host().Rollback(t, undo))
			t.ThrowValue(t.DMLException("ConvertLead", failed))
		}
		t.Check(t.Host().Release(t, undo))
	}
	if a[0].List() == nil {
		return out[0]
	}
	return t.ListOf("Database.LeadConvertResult", out)
}

func (l *leadConvert) conversion() *dml.LeadConversion {
	text := func(name string) string { return l.values[name].Text() }
	return &dml.LeadConversion{LeadID: text("getLeadID"), AccountID: text("getAccountId"), ContactID: text("getContactId"),
		OpportunityID: text("getOpportunityId"), Status: text("getConvertedStatus"), OpportunityName: text("getOpportunityName"),
		OwnerID: text("getOwnerID"), NoOpportunity: l.values["isDoNotCreateOpportunity"].Bool(), OverwriteLeadSource: l.values["isOverWriteLeadSource"].Bool()}
}
