package stdlib

import (
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// templateTable is merging of email templates (Apex Reference, Messaging
// Class). What is merged are fields of the recipient, of the related record, of
// the running user and of the org.
var templateTable = vm.Library{
	"Messaging.renderEmailTemplate": func(t thread, _ val, a vals) val {
		m := newMerge(t, a[0], a[1])
		var out []val
		for _, body := range t.Elements(a[2]) {
			out = append(out, t.NewNative("Messaging.RenderEmailTemplateBodyResult", &vm.Bag{Values: map[string]val{
				"success": vm.Bool(true), "mergedbody": vm.Str(m.text(body.Text())), "errors": t.ListOf("Messaging.RenderEmailTemplateError", nil)}}))
		}
		return t.ListOf("Messaging.RenderEmailTemplateBodyResult", out)
	},
	"Messaging.renderStoredEmailTemplate": func(t thread, _ val, a vals) val {
		rows := queryInside(t, "SELECT Subject, Body, HtmlValue FROM EmailTemplate WHERE Id = :name", str(t, a[0]))
		if len(rows) == 0 {
			t.Throwf("System.EmailException", "INVALID_ID_FIELD, Invalid email template id: %s", a[0].Text())
		}
		m, b := newMerge(t, a[1], a[2]), map[string]val{"templateid": a[0], "targetobjectid": a[1], "whatid": a[2]}
		for to, from := range map[string]string{"subject": "Subject", "plaintextbody": "Body", "htmlbody": "HtmlValue"} {
			if v := rows[0].Get(rows[0].Object.Field(from)); !v.IsNull() {
				b[to] = vm.Str(m.text(v.Text()))
			}
		}
		return t.NewNative("Messaging.SingleEmailMessage", &vm.Bag{Values: b})
	},
	"Messaging.RenderEmailTemplateBodyResult.getSuccess":    fromBag("success"),
	"Messaging.RenderEmailTemplateBodyResult.getMergedBody": fromBag("mergedbody"),
	"Messaging.RenderEmailTemplateBodyResult.getErrors":     fromBag("errors"),
}

// fromBag is an accessor of what only the org puts into an object.
func fromBag(name string) vm.Func {
	return func(_ thread, r val, _ vals) val { return bagOf(r).Values[name] }
}

// fieldMerge is what merge fields of a template can name, by the first word of the
// field in lower case.
type fieldMerge struct {
	t       *vm.Thread
	records map[string]*schema.Record
}

func newMerge(t *vm.Thread, who, what vm.Value) *fieldMerge {
	m := &fieldMerge{t, map[string]*schema.Record{}}
	m.add(who, "recipient")
	m.add(what, "relatedto")
	m.add(vm.ID(t.Host().User().ID), "sender")
	m.add(vm.ID(t.Host().Organization().ID), "")
	return m
}

// add makes a record's fields known by the name of its object and by another.
func (m *fieldMerge) add(id vm.Value, alias string) {
	if id.IsNull() || len(id.Text()) < 15 {
		return
	}
	object := m.t.Schema().ByPrefix(id.Text()[:3])
	if object == nil {
		return
	}
	var names []string
	for _, f := range object.Fields {
		if f.Compound == "" || f.Type != schema.Address && f.Type != schema.Location {
			names = append(names, f.Name)
		}
	}
	rows := queryInside(m.t, "SELECT "+strings.Join(names, ", ")+" FROM "+object.Name+" WHERE Id = :name", id.Text())
	if len(rows) == 1 {
		m.records[strings.ToLower(object.Name)], m.records[alias] = rows[0], rows[0]
	}
}

var mergeField = regexp.MustCompile(`\{!\s*([\w$]+)\.([\w.]+)\s*\}`)

// text puts values in the places of merge fields; unknown ones become nothing.
func (m *fieldMerge) text(s string) string {
	return mergeField.ReplaceAllStringFunc(s, func(found string) string {
		parts := mergeField.FindStringSubmatch(found)
		rec := m.records[strings.ToLower(parts[1])]
		if rec == nil {
			return ""
		}
		f := rec.Object.FieldIn(m.t.Namespace(), strings.ReplaceAll(parts[2], ".", ""))
		if f == nil {
			return ""
		}
		v := vm.FieldValue(f, rec.Get(f))
		if v.IsNull() {
			return ""
		}
		return m.t.ValueOf(m.t.Convert(v, types.KindString))
	})
}
