package org

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// publishesAtOnce says whether an event is published at once, whatever becomes of
// the transaction.
func publishesAtOnce(tx *Tx, _ *vm.Thread, args []any) (any, error) {
	obj, _ := args[0].(*schema.Object)
	return obj != nil && tx.compiled.publishesAtOnce(obj), nil
}

// published is a platform event that waits for its delivery.
type published struct {
	record   *schema.Record
	uuid     string
	callback vm.Value // of EventBus.publish, null for none
}

// Publish takes platform events; they are delivered after the commit, or also
// after a rollback when the event says so.
func (h host) Publish(_ *vm.Thread, call *vm.PublishCall) ([]dml.Result, error) {
	out := make([]dml.Result, len(call.Events))
	for i, in := range call.Events {
		if in.Object.Kind != schema.PlatformEvent {
			return nil, &dml.Fault{Type: "System.TypeException", Message: in.Object.Name + " is not a platform event"}
		}
		if errs := refusedEvent(in); errs != nil {
			out[i].Errors = errs
			continue
		}
		p := h.tx.org.stamp(in.Clone(false), call.Callback, h.tx.user.ID)
		id := h.tx.org.NewID(in.Object)
		if h.tx.compiled.publishesAtOnce(in.Object) {
			h.tx.immediate = append(h.tx.immediate, p)
		} else {
			h.tx.events = append(h.tx.events, p)
		}
		out[i] = dml.Result{ID: id, Success: true, Created: true,
			Errors: []dml.RowError{{StatusCode: vm.Enqueued, Message: p.uuid}}}
	}
	return out, nil
}

// refusedEvent says why an event can not be published: only the platform
// publishes its own events, a text may be too long, and what is required may be
// missing (how that is worded is from knowledge). It fails alone, without an
// exception (verified-behaviours-2.md, row 199).
func refusedEvent(ev *schema.Record) []dml.RowError {
	if !strings.HasSuffix(strings.ToLower(ev.Object.Name), "__e") {
		return []dml.RowError{{StatusCode: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Message: "entity type cannot be inserted: " + ev.Object.Label}}
	}
	var errs []dml.RowError
	ev.Each(func(f *schema.Field, v value.Value) {
		if f.Length > 0 && v.Kind() == value.Text && len([]rune(v.Text())) > f.Length {
			errs = append(errs, dml.RowError{StatusCode: "STRING_TOO_LONG", Fields: []string{f.Name},
				Message: fmt.Sprintf("%s: data value too large: %s (max length=%d)", f.Label, v.Text(), f.Length)})
		}
	})
	for _, f := range ev.Object.Fields {
		if v := ev.Get(f); f.Custom && !f.Nillable && f.Type != schema.Boolean && f.DefaultValue == "" && (v.IsNull() || v.Kind() == value.Text && v.Text() == "") {
			errs = append(errs, dml.RowError{StatusCode: "REQUIRED_FIELD_MISSING", Fields: []string{f.Name},
				Message: fmt.Sprintf("Required fields are missing: [%s]", f.Name)})
		}
	}
	return errs
}

// stamp gives an event what the event bus gives it.
func (o *Org) stamp(ev *schema.Record, callback vm.Value, user string) published {
	p := published{record: ev, callback: callback}
	for _, f := range ev.Object.Fields {
		switch f.Name {
		case "CreatedDate":
			ev.Set(f, value.OfDatetime(o.clock.now/1000*1000))
		case "CreatedById":
			ev.Set(f, value.OfID(user))
		case "ReplayId":
			o.state.Numbers["replayid"]++
			ev.Set(f, value.OfText(fmt.Sprint(o.state.Numbers["replayid"])))
		case "EventUuid":
			if ev.Get(f).IsNull() {
				ev.Set(f, value.OfText(uuid(o.random(), o.random())))
			}
			p.uuid = ev.Get(f).Text()
		}
	}
	falseBooleans(ev)
	return p
}

// publishesAtOnce reads the publish behaviour of a platform event.
func (w *compiled) publishesAtOnce(obj *schema.Object) bool {
	for _, name := range []string{obj.Name, stripped(obj)} {
		if e := w.registry.Find(metadata.CustomObject, obj.Namespace, name); e != nil {
			return strings.EqualFold(e.Component.Props.Get("publishBehavior"), "PublishImmediately")
		}
	}
	return false
}

// uuid writes 128 random bits as a version 4 UUID.
func uuid(a, b uint64) string {
	a = a&^0xF000 | 0x4000
	b = b&^(3<<62) | 1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xFFFF, a&0xFFFF, b>>48, b&0xFFFFFFFFFFFF)
}
