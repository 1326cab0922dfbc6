package stdlib

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

var messagingTable = vm.Library{
	"Messaging.SingleEmailMessage.<init>": func(t thread, _ val, a vals) val {
		return t.NewNative("Messaging.SingleEmailMessage", &vm.Bag{Values: map[string]vm.Value{}})
	},
	"Messaging.reserveSingleEmailCapacity": func(t thread, _ val, a vals) val { return vm.Null },
	"Messaging.reserveMassEmailCapacity":   func(t thread, _ val, a vals) val { return vm.Null },
	"Messaging.sendEmail":                  sendEmail,
	"Messaging.SendEmailResult.getErrors": func(t thread, r val, a vals) val {
		if errs := bagOf(r).Values["errors"]; !errs.IsNull() {
			return errs
		}
		return t.ListOf("Messaging.SendEmailError", nil)
	},
}

// sendEmail is Messaging.sendEmail(messages [, allOrNothing]): messages that
// are not fit to be sent end the call, or are told of in their results.
func sendEmail(t thread, _ val, a vals) val {
	t.Use(vm.EmailInvocations, 1)
	all := len(a) < 2 || a[1].IsNull() || a[1].Bool()
	var out []vm.Value
	for i, m := range t.Elements(a[0]) {
		b, ok := m.Native().(*vm.Bag)
		if !ok {
			t.ThrowNull()
		}
		wrong := dml.RowError{}
		if strings.EqualFold(m.Object().Class.Def.Name, "SingleEmailMessage") {
			wrong = unfit(t, b)
		}
		if wrong.StatusCode == "" {
			t.Check(t.Host().SendEmail(t, emailOf(t, b)))
			out = append(out, t.NewNative("Messaging.SendEmailResult", &vm.Bag{Values: map[string]val{"success": vm.Bool(true)}}))
			continue
		}
		if all {
			t.Throwf("System.EmailException", "SendEmail failed. First exception on row %d; first error: %s, %s: [%s]",
				i, wrong.StatusCode, wrong.Message, strings.Join(wrong.Fields, ", "))
		}
		failure := t.NewNative("Messaging.SendEmailError", &vm.Bag{Values: map[string]val{"message": vm.Str(wrong.Message),
			"statuscode": statusCode(t, wrong.StatusCode), "fields": t.StringList(wrong.Fields), "targetobjectid": b.Values["targetobjectid"]}})
		out = append(out, t.NewNative("Messaging.SendEmailResult", &vm.Bag{Values: map[string]val{"success": vm.Bool(false),
			"errors": t.ListOf("Messaging.SendEmailError", []vm.Value{failure})}}))
	}
	return t.ListOf("Messaging.SendEmailResult", out)
}

// unfit says why a message can not be sent; codes and texts are those of the
// platform's exceptions, known from reports of them.
func unfit(t *vm.Thread, b *vm.Bag) dml.RowError {
	m := emailOf(t, b)
	toUser := strings.HasPrefix(m.TargetObjectID, "005")
	save := b.Values["saveasactivity"]
	switch {
	case len(m.To)+len(m.Cc)+len(m.Bcc) == 0 && m.TargetObjectID == "":
		return dml.RowError{StatusCode: "REQUIRED_FIELD_MISSING", Message: "Add a recipient to send an email."}
	case toUser && m.WhatID != "":
		return dml.RowError{StatusCode: "INVALID_ID_FIELD", Message: "WhatId is not available for sending emails to UserIds.", Fields: []string{"whatId", m.WhatID}}
	case toUser && (save.IsNull() || save.Bool()):
		return dml.RowError{StatusCode: "INVALID_SAVE_AS_ACTIVITY_FLAG", Message: "saveAsActivity must be false when sending mail to users.", Fields: []string{"saveAsActivity", "true"}}
	}
	return dml.RowError{}
}

func emailOf(t *vm.Thread, b *vm.Bag) *vm.Email {
	list := func(name string) []string {
		v := b.Values[name]
		if v.IsNull() {
			return nil
		}
		if v.List() == nil {
			return []string{t.Text(v)}
		}
		var out []string
		for _, x := range t.Elements(v) {
			out = append(out, t.Text(x))
		}
		return out
	}
	text := func(name string) string { return b.Values[name].Text() }
	return &vm.Email{To: list("toaddresses"), Cc: list("ccaddresses"), Bcc: list("bccaddresses"),
		Subject: text("subject"), Text: text("plaintextbody"), HTML: text("htmlbody"), ReplyTo: text("replyto"),
		Sender: text("senderdisplayname"), TargetObjectID: text("targetobjectid"), WhatID: text("whatid"),
		TemplateID: text("templateid"), OrgWideEmailAddressID: text("orgwideemailaddressid"),
		SaveAsActivity: b.Values["saveasactivity"].Bool()}
}
