package org

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func init() {
	services["EventBus.publishesAtOnce"] = func(tx *Tx, _ *vm.Thread, args []any) (any, error) {
		obj, _ := args[0].(*schema.Object)
		return obj != nil && tx.world.publishesAtOnce(obj), nil
	}
}

// published is a platform event that waits for its delivery.
type published struct {
	record   *schema.Record
	uuid     string
	callback vm.Value // of EventBus.publish, null for none
}

// Publish takes platform events; they are delivered after the commit, or also
// after a rollback when the event says so.
func (h host) Publish(_ *vm.Thread, call *vm.PublishCall) ([]vm.RowResult, error) {
	out := make([]vm.RowResult, len(call.Events))
	for i, in := range call.Events {
		if in.Object.Kind != schema.PlatformEvent {
			return nil, &vm.Fault{Type: "System.TypeException", Message: in.Object.Name + " is not a platform event"}
		}
		ev := in.Clone(false)
		p := published{record: ev, callback: call.Callback}
		o := h.tx.org
		id := o.NewID(in.Object)
		now := value.OfDatetime(o.clock.now / 1000 * 1000)
		for _, f := range in.Object.Fields {
			switch f.Name {
			case "CreatedDate":
				ev.Set(f, now)
			case "CreatedById":
				ev.Set(f, value.OfID(h.tx.user.ID))
			case "ReplayId":
				o.state.Numbers["replayid"]++
				ev.Set(f, value.OfText(fmt.Sprint(o.state.Numbers["replayid"])))
			case "EventUuid":
				if ev.Get(f).IsNull() {
					ev.Set(f, value.OfText(uuid(h.Random(), h.Random())))
				}
				p.uuid = ev.Get(f).Text()
			}
		}
		falseBooleans(ev)
		if h.tx.world.publishesAtOnce(in.Object) {
			h.tx.immediate = append(h.tx.immediate, p)
		} else {
			h.tx.events = append(h.tx.events, p)
		}
		out[i] = vm.RowResult{ID: id, Success: true, Created: true,
			Errors: []vm.RowError{{StatusCode: vm.Enqueued, Message: p.uuid}}}
	}
	return out, nil
}

// publishesAtOnce reads the publish behaviour of a platform event.
func (w *world) publishesAtOnce(obj *schema.Object) bool {
	for _, name := range []string{obj.Name, stripped(obj)} {
		if e := w.registry.Find("CustomObject", obj.Namespace, name); e != nil {
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
