package org

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// eventBatch is how many platform events one trigger invocation gets
// (order-of-execution.md, section 2).
const eventBatch = 2000

// maxEventDepth bounds events that publish events.
const maxEventDepth = 8

// Publish takes platform events; they are delivered after the commit, or also
// after a rollback when the event says so.
func (h host) Publish(_ *vm.Thread, events []*schema.Record) ([]vm.RowResult, error) {
	out := make([]vm.RowResult, len(events))
	for i, in := range events {
		if in.Object.Kind != schema.PlatformEvent {
			return nil, &vm.Fault{Type: "System.TypeException", Message: in.Object.Name + " is not a platform event"}
		}
		ev := in.Clone(false)
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
				ev.Set(f, value.OfText(uuid(h.Random(), h.Random())))
			}
		}
		falseBooleans(ev)
		if h.tx.world.publishesAtOnce(in.Object) {
			h.tx.immediate = append(h.tx.immediate, ev)
		} else {
			h.tx.events = append(h.tx.events, ev)
		}
		out[i] = vm.RowResult{ID: id, Success: true, Created: true}
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

// deliver runs the triggers of platform events, each batch in a transaction of
// its own. What fails there is traced and stops nothing else.
func (o *Org) deliver(ctx context.Context, events []*schema.Record, cause string) error {
	if len(events) == 0 {
		return nil
	}
	if o.eventDepth == maxEventDepth {
		o.ledger.Note(ledger.Approximated, "events", events[0].Object.Name, "events that publish events are delivered eight levels deep", cause)
		return nil
	}
	o.eventDepth++
	defer func() { o.eventDepth-- }()
	for len(events) > 0 {
		obj := events[0].Object
		n := 1
		for n < len(events) && n < eventBatch && events[n].Object == obj {
			n++
		}
		batch := events[:n]
		events = events[n:]
		if !o.world.automation(obj).Triggers[save.AfterInsert] {
			continue
		}
		opt := TxOptions{Cause: cause + causeSeparator + "platform event " + obj.Name}
		_, err := o.Run(ctx, opt, func(tx *Tx) error {
			call := &save.TriggerCall{Object: obj, Event: save.AfterInsert}
			for _, ev := range batch {
				call.Rows = append(call.Rows, &save.Row{New: ev})
			}
			if err := (pipelineEnv{tx}).RunTriggers(ctx, call); err != nil {
				return err
			}
			if errs := call.Rows[0].Errors; len(errs) > 0 {
				return errors.New(errs[0].Text())
			}
			return nil
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			o.trace.add(Event{Kind: JobFailed, Cause: opt.Cause, Type: "platform event", Message: err.Error(), Object: obj.Name, Time: o.clock.now})
		}
	}
	return nil
}

// SendEmail takes one outgoing message; it leaves when the transaction
// commits.
func (h host) SendEmail(t *vm.Thread, mail *vm.Email) error {
	m := Mail{Subject: mail.Subject, Text: mail.Text, HTML: mail.HTML, Class: t.Where()}
	for _, list := range [][]string{mail.To, mail.Cc, mail.Bcc} {
		m.To = append(m.To, list...)
	}
	if len(m.To) == 0 && mail.TargetObjectID != "" {
		m.To = []string{mail.TargetObjectID}
	}
	h.tx.result.Mails = append(h.tx.result.Mails, m)
	return nil
}
