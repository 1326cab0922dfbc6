package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

var asyncTable = vm.Library{
	"System.enqueueJob": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		job := jobOf(t, vm.QueueableJob, a[0])
		if len(a) == 2 {
			queueOptions(t, job, a[1])
		}
		if o := t.Options(); o.InJob && o.Job == vm.QueueableJob {
			if o.MaxDepth > 0 && o.Depth >= o.MaxDepth {
				t.Throw("System.AsyncException", "Maximum stack depth has been reached.")
			}
			if job.MaxDepth == 0 {
				job.MaxDepth = o.MaxDepth
			}
		}
		t.Use(vm.QueueableJobs, 1)
		return enqueue(t, job)
	},
	"Database.executeBatch": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		job := jobOf(t, vm.BatchJob, a[0])
		if len(a) == 2 { // what is left out is the org's to fill in
			if job.Scope = int(num(t, a[1])); job.Scope < 1 {
				t.Throw("System.UnexpectedException", "The batch size must be positive")
			}
		}
		return enqueue(t, job)
	},
	"System.schedule": func(t thread, _ val, a vals) val {
		job := jobOf(t, vm.ScheduledJob, a[2])
		job.Name, job.Cron = str(t, a[0]), str(t, a[1])
		return enqueue(t, job)
	},
	"System.scheduleBatch": func(t thread, _ val, a vals) val {
		job := jobOf(t, vm.BatchJob, a[0])
		job.Name, job.DelayMinutes = str(t, a[1]), int(num(t, a[2]))
		if len(a) == 4 {
			job.Scope = int(num(t, a[3]))
		}
		return enqueue(t, job)
	},
	"System.abortJob": func(t thread, _ val, a vals) val {
		t.Check(t.Host().Abort(t, idText(t, a[0])))
		return vm.Null
	},
	"System.attachFinalizer": func(t thread, _ val, a vals) val {
		required(t, a[0], "")
		if o := t.Options(); !o.InJob || o.Job != vm.QueueableJob {
			t.Throw("System.AsyncException", "System.attachFinalizer(Finalizer) is not allowed in this context")
		}
		if !t.AttachFinalizer(a[0]) {
			t.Throw("System.AsyncException", "More than one Finalizer cannot be attached to same Async Apex Job")
		}
		return vm.Null
	},
	"AsyncInfo.getCurrentQueueableStackDepth": asyncInfo(func(o *vm.Options) val { return vm.Int(int64(o.Depth)) }),
	"AsyncInfo.getMaximumQueueableStackDepth": asyncInfo(func(o *vm.Options) val {
		if o.MaxDepth == 0 {
			return vm.Null
		}
		return vm.Int(int64(o.MaxDepth))
	}),
	"AsyncInfo.hasMaxStackDepth":                  asyncInfo(func(o *vm.Options) val { return vm.Bool(o.MaxDepth > 0) }),
	"AsyncInfo.getMinimumQueueableDelayInMinutes": asyncInfo(func(*vm.Options) val { return vm.Null }),
	"QueueableDuplicateSignature.builder": func(t thread, _ val, _ vals) val {
		return t.NewNative("System.QueueableDuplicateSignature.Builder", &signature{})
	},
	"QueueableDuplicateSignature.Builder.<init>": func(t thread, _ val, _ vals) val {
		return t.NewNative("System.QueueableDuplicateSignature.Builder", &signature{})
	},
	"QueueableDuplicateSignature.Builder.getSize":    func(_ thread, r val, _ vals) val { return vm.Int(signatureSize(r)) },
	"QueueableDuplicateSignature.Builder.getMaxSize": func(thread, val, vals) val { return vm.Int(maxSignature) },
	"QueueableDuplicateSignature.Builder.getRemainingSize": func(_ thread, r val, _ vals) val {
		return vm.Int(maxSignature - signatureSize(r))
	},
	"QueueableDuplicateSignature.Builder.addId":      addToSignature,
	"QueueableDuplicateSignature.Builder.addInteger": addToSignature,
	"QueueableDuplicateSignature.Builder.addString":  addToSignature,
	"QueueableDuplicateSignature.Builder.build": func(t thread, r val, _ vals) val {
		return t.NewNative("System.QueueableDuplicateSignature", &signature{r.Native().(*signature).text})
	},
	"QueueableDuplicateSignature.toString": func(t thread, r val, _ vals) val { return vm.Str(t.Text(r)) },
	"FinalizerContext.getAsyncApexJobId":   finalizing(func(_ *vm.Thread, c *vm.FinalizerContext) val { return idOrNull(c.JobID) }),
	"FinalizerContext.getRequestId":        finalizing(func(_ *vm.Thread, c *vm.FinalizerContext) val { return vm.Str(c.RequestID) }),
	"FinalizerContext.getException":        finalizing(func(_ *vm.Thread, c *vm.FinalizerContext) val { return c.Exception }),
	"FinalizerContext.getResult": finalizing(func(t *vm.Thread, c *vm.FinalizerContext) val {
		if c.Exception.IsNull() {
			return t.EnumValue("System.ParentJobResult", "SUCCESS")
		}
		return t.EnumValue("System.ParentJobResult", "UNHANDLED_EXCEPTION")
	}),
	"QueueableContext.getJobId":               jobID(func(c *vm.JobContext) string { return c.JobID }),
	"SchedulableContext.getTriggerId":         jobID(func(c *vm.JobContext) string { return c.TriggerID }),
	"Database.BatchableContext.getJobId":      jobID(func(c *vm.JobContext) string { return c.JobID }),
	"Database.BatchableContext.getChildJobId": jobID(func(c *vm.JobContext) string { return c.ChildJobID }),
	"System.purgeOldAsyncJobs":                func(t thread, _ val, a vals) val { required(t, a[0], ""); return vm.Int(0) }, // jobs are kept a week at least
}

// queueOptions reads the second argument of System.enqueueJob: a delay in
// minutes or AsyncOptions.
func queueOptions(t *vm.Thread, job *vm.Job, v vm.Value) {
	if v.Kind() == vm.KindInteger {
		job.DelayMinutes = int(v.Int())
		return
	}
	b := bagOf(v).Values
	job.DelayMinutes = int(b["minimumqueueabledelayinminutes"].Int())
	job.MaxDepth = int(b["maximumqueueablestackdepth"].Int())
	if o := t.Options(); job.MaxDepth > 0 && o.InJob && o.Job == vm.QueueableJob {
		t.Throw("System.AsyncException", "Cannot reset Maximum Queueable Stack Depth in a queueable")
	}
	if s, ok := b["duplicatesignature"].Native().(*signature); ok {
		job.Signature = s.text
	}
}

// signature is the state of QueueableDuplicateSignature and of its builder.
type signature struct{ text string }

// String is the signature as it prints.
func (s *signature) String() string { return s.text }

// maxSignature is how many bytes a signature may have. From memory of the guide.
const maxSignature = 1000

func signatureSize(r val) int64 { return int64(len(r.Native().(*signature).text)) }

func addToSignature(t thread, r val, a vals) val {
	r.Native().(*signature).text += t.TypeName(a[0]) + ":" + t.Text(a[0]) + ";"
	return r
}

func asyncInfo(f func(o *vm.Options) val) vm.Func {
	return func(t thread, _ val, _ vals) val {
		o := t.Options()
		if !o.InJob || o.Job != vm.QueueableJob {
			t.Throw("System.IllegalStateException", "AsyncInfo is not allowed outside a Queueable of Finalizer execution")
		}
		return f(o)
	}
}

// finalizing gives a function of the context of a finalizer.
func finalizing(f func(t *vm.Thread, c *vm.FinalizerContext) val) vm.Func {
	return func(t thread, r val, _ vals) val {
		c, ok := r.Native().(*vm.FinalizerContext)
		if !ok {
			return vm.Null
		}
		return f(t, c)
	}
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
