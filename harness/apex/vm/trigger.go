package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// TriggerContext is what one invocation of a trigger sees: New and Old in the
// same order, at most 200 records of one object. New is nil for delete, Old
// for insert and undelete.
type TriggerContext struct {
	Event    dml.Event
	New, Old []*schema.Record
}

// maxTriggerDepth is how deep triggers may cause each other
// (governor-limits.md, section 1).
const maxTriggerDepth = 16

type triggerState struct {
	ctx    TriggerContext
	object *types.Type
	vars   map[string]Value
}

// RunTrigger runs one trigger as part of the transaction. Errors added to
// records are taken with TakeErrors. What leaves the trigger comes back as an
// error: an *Error for an exception.
func (t *Thread) RunTrigger(tr *types.Trigger, ctx TriggerContext) error {
	body, errs := tr.Body()
	code := t.prog.triggerCode(tr, body)
	state := &triggerState{ctx: ctx, object: tr.Object, vars: map[string]Value{}}
	undo := t.protect(ctx)
	defer undo()
	return t.guard(func() {
		if errs.Err() != nil {
			t.Unsupported("trigger "+tr.Name, "does not compile: "+errs[0].Message)
		}
		if body == nil {
			return
		}
		if len(t.triggers) >= maxTriggerDepth {
			t.exceed(tr.Namespace, "", "maximum trigger depth exceeded\n"+tr.Name+" trigger event "+ctx.Event.Name())
		}
		t.triggers = append(t.triggers, state)
		defer func() { t.triggers = t.triggers[:len(t.triggers)-1] }()
		unit := tr.Name + " on " + tr.Object.Name + " trigger event " + ctx.Event.Name()
		t.log("CODE_UNIT_STARTED", "[EXTERNAL]", unit)
		defer func() { t.log("CODE_UNIT_FINISHED", unit) }()
		t.call(code, nil, nil)
	})
}

func (p *Program) triggerCode(tr *types.Trigger, body *types.Body) *code {
	class := p.ClassOf(tr.Class)
	key := "trigger"
	if c, ok := class.impls.Load(key); ok {
		return c.(*code)
	}
	c := p.codeOfBody(class, body, nil, "")
	name := tr.Name
	if tr.Namespace != "" {
		name = tr.Namespace + "." + name
	}
	c.place, c.ns, c.sharing = cause.Place{Trigger: name}, tr.Namespace, WithoutSharing
	actual, _ := class.impls.LoadOrStore(key, c)
	return actual.(*code)
}

// protect makes the records that a trigger may only read read-only for as long
// as it runs: the old ones always, the new ones after the save.
func (t *Thread) protect(ctx TriggerContext) (undo func()) {
	var marked []*schema.Record
	mark := func(rs []*schema.Record) {
		for _, r := range rs {
			if _, have := t.readonly[r]; have || r == nil {
				continue
			}
			if t.readonly == nil {
				t.readonly = map[*schema.Record]struct{}{}
			}
			t.readonly[r] = struct{}{}
			marked = append(marked, r)
		}
	}
	mark(ctx.Old)
	if ctx.Event >= dml.AfterInsert {
		mark(ctx.New)
	}
	return func() {
		for _, r := range marked {
			delete(t.readonly, r)
		}
	}
}

// InTrigger reports whether a trigger runs.
func (t *Thread) InTrigger() bool { return len(t.triggers) > 0 }

// triggerVar answers Trigger.new and its like; outside a trigger they are null
// or false.
func (t *Thread) triggerVar(name string) Value {
	if len(t.triggers) == 0 {
		switch name {
		case "new", "old", "newMap", "oldMap", "operationType":
			return Null
		case "size":
			return Int(0)
		default:
			return Bool(false)
		}
	}
	s := t.triggers[len(t.triggers)-1]
	if v, ok := s.vars[name]; ok {
		return v
	}
	v := t.makeTriggerVar(s, name)
	s.vars[name] = v
	return v
}

func (t *Thread) makeTriggerVar(s *triggerState, name string) Value {
	e := s.ctx.Event
	switch name {
	case "new":
		return t.triggerList(s, s.ctx.New)
	case "old":
		return t.triggerList(s, s.ctx.Old)
	case "newMap":
		if e == dml.BeforeInsert {
			return Null
		}
		return t.triggerMap(s, s.ctx.New)
	case "oldMap":
		return t.triggerMap(s, s.ctx.Old)
	case "isInsert":
		return Bool(e == dml.BeforeInsert || e == dml.AfterInsert)
	case "isUpdate":
		return Bool(e == dml.BeforeUpdate || e == dml.AfterUpdate)
	case "isDelete":
		return Bool(e == dml.BeforeDelete || e == dml.AfterDelete)
	case "isUndelete":
		return Bool(e == dml.AfterUndelete || e == dml.BeforeUndelete)
	case "isBefore":
		return Bool(e < dml.AfterInsert)
	case "isAfter":
		return Bool(e >= dml.AfterInsert)
	case "isExecuting":
		return Bool(true)
	case "size":
		return Int(int64(max(len(s.ctx.New), len(s.ctx.Old))))
	default:
		return t.EnumValue("System.TriggerOperation", e.Constant())
	}
}

func (t *Thread) triggerList(s *triggerState, rows []*schema.Record) Value {
	if rows == nil {
		return Null
	}
	return t.RecordList(types.ListOf(s.object), rows)
}

func (t *Thread) triggerMap(s *triggerState, rows []*schema.Record) Value {
	if rows == nil {
		return Null
	}
	m := NewMap(types.MapOf(types.ID, s.object))
	for _, r := range rows {
		m.Put(t, ID(r.ID()), Record(r))
	}
	return MapValue(m)
}
