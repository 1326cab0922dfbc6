package stdlib

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// result is the state of SaveResult and its kin; class is which of them.
type result struct {
	dml.Result
	class string
}

func newResult(t *vm.Thread, class string, r dml.Result) vm.Value {
	return t.NewNative(class, &result{r, class})
}

func resultValue(t *vm.Thread, class string, arg vm.Value, rows []dml.Result) vm.Value {
	out := make([]vm.Value, len(rows))
	for i, r := range rows {
		out[i] = newResult(t, class, r)
	}
	if _, one := single(arg); one {
		if len(out) == 1 {
			return out[0]
		}
		return vm.Null
	}
	return t.ListOf(class, out)
}

var resultTable = resultFuncs()

func resultFuncs() vm.Library {
	out := vm.Library{
		"Database.Error.getMessage":    func(t thread, r val, a vals) val { return vm.Str(rowError(r).Message) },
		"Database.Error.getStatusCode": func(t thread, r val, a vals) val { return statusCode(t, rowError(r).StatusCode) },
		"Database.Error.getFields":     func(t thread, r val, a vals) val { return t.StringList(rowError(r).Fields) },
		"Database.DMLOptions.<init>": func(t thread, r val, a vals) val {
			return t.NewNative("Database.DMLOptions", &dmlOptions{})
		},
		"AccessLevel.get:SYSTEM_MODE":               level(systemMode),
		"AccessLevel.get:USER_MODE":                 level(userMode),
		"Database.MergeResult.getMergedRecordIds":   func(t thread, r val, a vals) val { return idList(res(r).Merged) },
		"Database.MergeResult.getUpdatedRelatedIds": func(t thread, r val, a vals) val { return idList(res(r).Updated) },
	}
	for class := range resultMembers {
		p := class + "."
		out[p+"isSuccess"] = func(t thread, r val, a vals) val { return vm.Bool(res(r).Success) }
		out[p+"getId"] = func(t thread, r val, a vals) val {
			if id := res(r).ID; id != "" {
				return vm.ID(id)
			}
			return vm.Null
		}
		out[p+"getErrors"] = func(t thread, r val, a vals) val { return errorList(t, res(r).Errors) }
		out[p+"isCreated"] = func(t thread, r val, a vals) val { return vm.Bool(res(r).Created) }
		out[p+"toString"] = func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) }
	}
	for name, get := range dmlOptionFields {
		out["Database.DMLOptions.get:"+name] = func(t thread, r val, a vals) val {
			v := *get(r.Native().(*dmlOptions))
			if o := v.Object(); o != nil && o.Class == nil {
				o.Class = t.Program().LibClass("Database.DMLOptions." + name)
			}
			return v
		}
		out["Database.DMLOptions.set:"+name] = func(t thread, r val, a vals) val {
			*get(r.Native().(*dmlOptions)) = a[0]
			return vm.Null
		}
	}
	return out
}

func idList(ids []string) vm.Value {
	out := make([]vm.Value, len(ids))
	for i, id := range ids {
		out[i] = vm.ID(id)
	}
	return vm.NewList(types.ListOf(types.ID), out)
}

func res(v vm.Value) *result {
	if r, ok := v.Native().(*result); ok {
		return r
	}
	return &result{}
}

type dmlError struct{ dml.RowError }

// String is the error as System.debug shows it.
func (e *dmlError) String() string {
	return fmt.Sprintf("Database.Error[getFields=(%s);getMessage=%s;getStatusCode=%s;]", strings.Join(e.Fields, ", "), e.Message, e.StatusCode)
}

func rowError(v vm.Value) dml.RowError {
	if e, ok := v.Native().(*dmlError); ok {
		return e.RowError
	}
	return dml.RowError{}
}

func errorList(t *vm.Thread, errs []dml.RowError) vm.Value {
	out := make([]vm.Value, len(errs))
	for i, e := range errs {
		out[i] = t.NewNative("Database.Error", &dmlError{e})
	}
	return t.ListOf("Database.Error", out)
}

// statusCode is a code as an enum constant; one the library lacks is a text.
func statusCode(t *vm.Thread, code string) vm.Value {
	if v := t.EnumValue("System.StatusCode", code); !v.IsNull() {
		return v
	}
	return vm.Str(code)
}

// String is the result as System.debug shows it: its accessors in order.
func (r *result) String() string {
	id := r.ID
	if id == "" {
		id = "null"
	}
	errs := make([]string, len(r.Errors))
	for i, e := range r.Errors {
		errs[i] = (&dmlError{e}).String()
	}
	list := func(l []string) string { return "(" + strings.Join(l, ", ") + ")" }
	text := r.class + "[getErrors=" + list(errs) + ";getId=" + id + ";"
	for _, m := range resultMembers[r.class] {
		switch m {
		case "created":
			text += "isCreated=" + value.OfBool(r.Created).String() + ";"
		case "mergedRecordIds":
			text += "getMergedRecordIds=" + list(r.Merged) + ";"
		case "updatedRelatedIds":
			text += "getUpdatedRelatedIds=" + list(r.Updated) + ";"
		}
	}
	return text + "isSuccess=" + value.OfBool(r.Success).String() + ";]"
}

// resultMembers are the result classes, each with what its JSON has besides
// success, id and errors.
var resultMembers = map[string][]string{
	"Database.SaveResult": nil, "Database.DeleteResult": nil, "Database.UndeleteResult": nil,
	"Database.EmptyRecycleBinResult": nil, "Approval.LockResult": nil, "Approval.UnlockResult": nil,
	"Database.UpsertResult": {"created"}, "Database.MergeResult": {"mergedRecordIds", "updatedRelatedIds"},
}

// resultFromJSON makes a result out of JSON, which is how tests come by one
// that no DML statement gave; ok is false for every other class.
func resultFromJSON(t *vm.Thread, n *node, class string) (v vm.Value, ok bool) {
	if class == "Database.Error" {
		return t.NewNative(class, &dmlError{rowErrorFromJSON(n)}), true
	}
	if class == "Database.LeadConvertResult" {
		return convertedFromJSON(t, n, class), true
	}
	if _, ok := resultMembers[class]; !ok {
		return vm.Null, false
	}
	r := dml.Result{ID: idFromJSON(n.member("id")), Success: n.flagged("success"), Created: n.flagged("created"),
		Merged: n.texts("mergedRecordIds"), Updated: n.texts("updatedRelatedIds")}
	r.Errors = rowErrorsFromJSON(n)
	return newResult(t, class, r), true
}

// idFromJSON is an id of eighteen characters; a text that is none stays.
func idFromJSON(s string) string {
	if id, err := value.NewID(s); err == nil {
		return id
	}
	return s
}

func rowErrorsFromJSON(n *node) []dml.RowError {
	errs := n.get("errors")
	if errs == nil {
		return nil
	}
	var out []dml.RowError
	for _, e := range errs.values {
		out = append(out, rowErrorFromJSON(e))
	}
	return out
}

func rowErrorFromJSON(n *node) dml.RowError {
	return dml.RowError{StatusCode: n.member("statusCode"), Message: n.member("message"), Fields: n.texts("fields")}
}

// result writes a result in the form that resultFromJSON reads.
func (w *jsonWriter) result(r *result) {
	w.object(func(put func(string, func())) {
		put("success", func() { w.value(vm.Bool(r.Success)) })
		put("id", func() { w.value(idOrNull(r.ID)) })
		put("errors", func() { w.list(len(r.Errors), func(i int) { w.rowError(r.Errors[i]) }) })
		for _, m := range resultMembers[r.class] {
			switch m {
			case "created":
				put(m, func() { w.value(vm.Bool(r.Created)) })
			case "mergedRecordIds":
				put(m, func() { w.value(w.t.StringList(r.Merged)) })
			case "updatedRelatedIds":
				put(m, func() { w.value(w.t.StringList(r.Updated)) })
			}
		}
	})
}

func (w *jsonWriter) rowError(e dml.RowError) {
	w.depth++
	w.object(func(put func(string, func())) {
		put("message", func() { w.value(vm.Str(e.Message)) })
		put("fields", func() { w.value(w.t.StringList(e.Fields)) })
		put("statusCode", func() { w.value(vm.Str(e.StatusCode)) })
	})
	w.depth--
}

// member is the text of a member that is a scalar, "" for every other.
func (n *node) member(key string) string {
	if m := n.get(key); m != nil {
		return m.text
	}
	return ""
}

func (n *node) flagged(key string) bool {
	m := n.get(key)
	return m != nil && (m.flag || strings.EqualFold(m.text, "true"))
}

// texts are the elements of a member that is an array of texts.
func (n *node) texts(key string) []string {
	m := n.get(key)
	if m == nil {
		return nil
	}
	var out []string
	for _, x := range m.values {
		out = append(out, x.text)
	}
	return out
}
