package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var asyncTable = vm.Library{
	"System.enqueueJob": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		job := jobOf(t, vm.QueueableJob, a[0])
		if len(a) == 2 && a[1].Kind() == vm.KindInteger {
			job.DelayMinutes = int(a[1].Int())
		}
		t.Use(vm.QueueableJobs, 1)
		return enqueue(t, job)
	},
	"Database.executeBatch": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		job := jobOf(t, vm.BatchJob, a[0])
		job.Scope = 200
		if len(a) == 2 {
			job.Scope = int(num(t, a[1]))
		}
		if job.Scope < 1 {
			t.Throw("System.UnexpectedException", "The batch size must be positive")
		}
		job.Scope = min(job.Scope, 2000)
		return enqueue(t, job)
	},
	"System.schedule": func(t thread, _ val, a vals) val {
		job := jobOf(t, vm.ScheduledJob, a[2])
		job.Name, job.Cron = str(t, a[0]), str(t, a[1])
		return enqueue(t, job)
	},
	"System.scheduleBatch": func(t thread, _ val, a vals) val {
		job := jobOf(t, vm.BatchJob, a[0])
		job.Name, job.DelayMinutes, job.Scope = str(t, a[1]), int(num(t, a[2])), 200
		if len(a) == 4 {
			job.Scope = int(num(t, a[3]))
		}
		return enqueue(t, job)
	},
	"System.abortJob": func(t thread, _ val, a vals) val {
		t.Check(t.Host().Abort(t, str(t, a[0])))
		return vm.Null
	},
	"System.attachFinalizer": func(t thread, _ val, a vals) val {
		t.Host().Approximated(t, "System.attachFinalizer", "the finalizer is not run after the job", t.Where())
		return vm.Null
	},
	"QueueableContext.getJobId":               jobID(func(c *vm.JobContext) string { return c.JobID }),
	"SchedulableContext.getTriggerId":         jobID(func(c *vm.JobContext) string { return c.TriggerID }),
	"Database.BatchableContext.getJobId":      jobID(func(c *vm.JobContext) string { return c.JobID }),
	"Database.BatchableContext.getChildJobId": jobID(func(c *vm.JobContext) string { return c.ChildJobID }),
}

func jobID(f func(*vm.JobContext) string) vm.Func {
	return func(_ thread, r val, _ vals) val {
		c, ok := r.Native().(*vm.JobContext)
		if !ok {
			return vm.Null
		}
		return idOrNull(f(c))
	}
}

func jobOf(t *vm.Thread, kind vm.JobKind, instance vm.Value) *vm.Job {
	o := instance.Object()
	if o == nil {
		t.ThrowNull()
	}
	return &vm.Job{Kind: kind, Namespace: o.Class.Def.Namespace, Class: o.Class.Name, Instance: vm.Copy(instance),
		Callouts: t.Implements(instance, "Database.AllowsCallouts")}
}

func enqueue(t *vm.Thread, job *vm.Job) vm.Value {
	id, err := t.Host().Enqueue(t, job)
	t.Check(err)
	return idOrNull(id)
}

var messagingTable = vm.Library{
	"Messaging.SingleEmailMessage.<init>": func(t thread, _ val, a vals) val {
		return t.NewNative("Messaging.SingleEmailMessage", &vm.Bag{Values: map[string]vm.Value{}})
	},
	"Messaging.reserveSingleEmailCapacity": func(t thread, _ val, a vals) val { return vm.Null },
	"Messaging.reserveMassEmailCapacity":   func(t thread, _ val, a vals) val { return vm.Null },
	"Messaging.sendEmail": func(t thread, _ val, a vals) val {
		t.Use(vm.EmailInvocations, 1)
		var out []vm.Value
		for _, m := range t.Elements(a[0]) {
			b, ok := m.Native().(*vm.Bag)
			if !ok {
				t.ThrowNull()
			}
			t.Check(t.Host().SendEmail(t, emailOf(t, b)))
			out = append(out, t.NewNative("Messaging.SendEmailResult", &result{RowResult: vm.RowResult{Success: true}}))
		}
		return t.ListOf("Messaging.SendEmailResult", out)
	},
	"Messaging.SendEmailResult.isSuccess": func(t thread, r val, a vals) val { return vm.Bool(res(r).Success) },
	"Messaging.SendEmailResult.getErrors": func(t thread, r val, a vals) val { return t.ListOf("Messaging.SendEmailError", nil) },
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
