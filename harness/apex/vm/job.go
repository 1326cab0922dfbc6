package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// RunFuture runs the method of a future job.
func (t *Thread) RunFuture(job *Job) error {
	m, ok := job.Payload.(*types.Method)
	if !ok {
		return t.guard(func() { t.Unsupported(job.Class+"."+job.Method, "a future job without its method") })
	}
	return t.guard(func() { t.call(t.prog.codeOf(m), nil, job.Args) })
}

// RunQueueable runs execute(QueueableContext); ctx is made by the library.
func (t *Thread) RunQueueable(job *Job, jobID string) error {
	return t.guard(func() {
		ctx := t.NewNative("System.QueueableContext", &JobContext{JobID: jobID})
		t.callAs(job.Instance, "System.Queueable", "execute", ctx)
	})
}

// callAs calls a method that a library interface asks for: of a class that
// implements several, the one whose parameters are those of this interface.
func (t *Thread) callAs(v Value, iface, method string, args ...Value) Value {
	if o := v.Object(); o != nil && o.stub == nil {
		for _, m := range t.prog.LibClass(iface).Def.Methods() {
			if !strings.EqualFold(m.Name, method) || len(m.Params) != len(args) {
				continue
			}
			if k := o.Class.implementation(m); k != nil {
				return t.call(k, o, args)
			}
		}
	}
	return t.CallMethod(v, method, args...)
}

// AttachFinalizer sets what runs after the queueable job, whether it succeeds
// or not; a job has one at most.
func (t *Thread) AttachFinalizer(v Value) (attached bool) {
	if t.finalizer.k != KindNull {
		return false
	}
	t.finalizer = v
	return true
}

// Finalizer is what was attached, null for nothing.
func (t *Thread) Finalizer() Value { return t.finalizer }

// FinalizerContext is the argument of a finalizer: the job, its request and
// how it ended. Exception is null when it succeeded.
type FinalizerContext struct {
	JobID, RequestID string
	Exception        Value
}

// RunFinalizer runs execute(FinalizerContext).
func (t *Thread) RunFinalizer(finalizer Value, c *FinalizerContext) error {
	return t.guard(func() {
		t.callAs(finalizer, "System.Finalizer", "execute", t.NewNative("System.FinalizerContext", c))
	})
}

// RunScheduled runs execute(SchedulableContext).
func (t *Thread) RunScheduled(job *Job, triggerID string) error {
	return t.guard(func() {
		ctx := t.NewNative("System.SchedulableContext", &JobContext{TriggerID: triggerID})
		t.callAs(job.Instance, "System.Schedulable", "execute", ctx)
	})
}

// BatchStart runs start of a batch and gives the records of its scope, or the
// elements of its iterable.
func (t *Thread) BatchStart(job *Job, jobID string) (scope []Value, typ *types.Type, err error) {
	err = t.guard(func() {
		v := t.CallMethod(job.Instance, "start", t.batchContext(jobID, ""))
		if v.k == KindNull {
			t.ThrowNull()
		}
		if l, ok := v.Native().(*Locator); ok {
			l.Call.Mode = QueryLocator
			rs := t.Query(l.Call)
			rows := t.Rows(rs, nil, types.QueryList)
			scope, typ = rows.List().Vals, rows.List().Type
			return
		}
		scope = append(scope, t.Elements(v)...)
		typ = types.ListOf(types.Object)
		if l := v.List(); l != nil {
			typ = l.Type
		} else if len(scope) > 0 && scope[0].k == KindRecord {
			typ = types.ListOf(types.SObject)
		}
	})
	return scope, typ, err
}

// BatchExecute runs execute on one chunk of the scope.
func (t *Thread) BatchExecute(job *Job, jobID, childID string, typ *types.Type, chunk []Value) error {
	return t.guard(func() {
		for _, v := range chunk {
			if r := v.Record(); r != nil {
				t.markQueried([]*schema.Record{r})
			}
		}
		t.callAs(job.Instance, "Database.Batchable", "execute", t.batchContext(jobID, childID), NewList(typ, append([]Value(nil), chunk...)))
	})
}

// BatchFinish runs finish.
func (t *Thread) BatchFinish(job *Job, jobID string) error {
	return t.guard(func() { t.CallMethod(job.Instance, "finish", t.batchContext(jobID, "")) })
}

func (t *Thread) batchContext(jobID, childID string) Value {
	return t.NewNative("Database.BatchableContext", &JobContext{JobID: jobID, ChildJobID: childID})
}

// JobContext is the state of the contexts that jobs get.
type JobContext struct{ JobID, ChildJobID, TriggerID string }

// Implements reports whether an object's class is or implements a type of the
// library by its platform name: "Database.Stateful".
func (t *Thread) Implements(v Value, name string) bool {
	o := v.Object()
	if o == nil {
		return false
	}
	c := t.prog.LibClass(name)
	return c.Def.Type() != nil && o.Class.is(c.Def.Type())
}

// Copy copies an object deeply, so that a job does not share state with the
// transaction that made it, or a batch's chunks with each other.
func Copy(v Value) Value {
	c := copier{seen: map[*Object]*Object{}}
	return c.copy(v)
}

// copier copies values with what they hold, each object once.
type copier struct {
	seen map[*Object]*Object
	to   *Program // whose values are made of them; nil: those of their own program
	lost string   // the first class that to does not have
}

func (c *copier) copy(v Value) Value {
	switch v.k {
	case KindObject:
		return Obj(c.object(v.Object()))
	case KindRecord:
		return Record(c.record(v.Record()))
	case KindEnum:
		return c.constant(v)
	case KindList:
		l := v.List()
		vals := make([]Value, len(l.Vals))
		for i, x := range l.Vals {
			vals[i] = c.copy(x)
		}
		return NewList(c.typeNamed(l.Type), vals)
	case KindSet:
		s := v.Set()
		n := &Set{Type: c.typeNamed(s.Type), table: s.clone()}
		for i := range n.entries {
			n.entries[i].key = c.copy(n.entries[i].key)
		}
		return SetValue(n)
	case KindMap:
		m := v.Map()
		n := &Map{Type: c.typeNamed(m.Type), table: *m.clone()}
		for i := range n.entries {
			n.entries[i].key, n.entries[i].val = c.copy(n.entries[i].key), c.copy(n.entries[i].val)
		}
		return MapValue(n)
	default:
		return v
	}
}

func (c *copier) object(o *Object) *Object {
	if have := c.seen[o]; have != nil {
		return have
	}
	if o.Class.Def.Lib {
		return o
	}
	if c.to != nil {
		return c.adopt(o)
	}
	n := newObject(o.Class, len(o.Fields))
	n.Native, n.stub = o.Native, o.stub
	c.seen[o] = n
	for i, v := range o.Fields {
		n.Fields[i] = c.copy(v)
	}
	return n
}
