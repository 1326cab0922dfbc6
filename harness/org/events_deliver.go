package org

import (
	"context"
	"errors"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// eventBatch is how many platform events one trigger invocation gets
// (order-of-execution.md, section 2).
const eventBatch = 2000

// maxEventDepth bounds events that publish events.
const maxEventDepth = 8

// maxEventRetries is how often a trigger that throws RetryableException gets
// the same events again (Platform Events Developer Guide, "Retry Event Triggers
// with EventBus.RetryableException").
const maxEventRetries = 9

// retryable is what a trigger throws to get the same events again.
const retryable = "EventBus.RetryableException"

// deliver tells the publishers of events that they were taken, and runs the
// triggers, each batch in a transaction of its own. What fails there is traced
// and stops nothing else.
func (o *Org) deliver(ctx context.Context, events []published, from cause.Cause) error {
	if len(events) == 0 {
		return nil
	}
	if o.eventDepth == maxEventDepth {
		o.ledger.Note(ledger.Approximated, "events", events[0].record.Object.Name, "events that publish events are delivered eight levels deep", from.String())
		return nil
	}
	o.eventDepth++
	defer func() { o.eventDepth-- }()
	if err := o.answerPublishers(ctx, events, from, "onSuccess", "EventBus.SuccessResult"); err != nil {
		return err
	}
	for len(events) > 0 {
		obj := events[0].record.Object
		n := 1
		for n < len(events) && n < eventBatch && events[n].record.Object == obj {
			n++
		}
		batch := make([]*schema.Record, n)
		for i := range batch {
			batch[i] = events[i].record
		}
		events = events[n:]
		if !o.compiled.automation.Of(obj).Triggers[dml.AfterInsert] {
			continue
		}
		if err := o.deliverBatch(ctx, batch, from.Started(cause.Job{Kind: cause.PlatformEvent, Name: obj.Name})); err != nil {
			return err
		}
	}
	return nil
}

// deliverBatch runs the triggers on events of one object: again when they ask
// for it, and on what follows a checkpoint that they set.
func (o *Org) deliverBatch(ctx context.Context, batch []*schema.Record, from cause.Cause) error {
	opt := TxOptions{from: from}
	if u, err := o.user(ctx, o.automatedID()); err != nil {
		return err
	} else if u != nil { // not in orgs saved before it was known
		opt.User = o.automatedID()
	}
	retries, last := 0, ""
	for len(batch) > 0 {
		checkpoint := ""
		_, err := o.Run(ctx, opt, func(tx *Tx) error {
			tx.thread.SetMemo(vm.EventContext, vm.NewEventContext(tx.thread, retries, last))
			defer func() { checkpoint = tx.thread.Checkpoint() }()
			return tx.eventTriggers(batch)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var thrown *ApexError
		if errors.As(err, &thrown) && thrown.Type == retryable && retries < maxEventRetries {
			retries++
			last = thrown.Message
			continue
		}
		if err != nil {
			o.trace.add(Event{Kind: JobFailed, Cause: from, Type: string(cause.PlatformEvent), Message: err.Error(), Object: batch[0].Object.Name, Time: o.clock.now})
		}
		rest := afterCheckpoint(batch, checkpoint)
		if len(rest) == len(batch) {
			return nil
		}
		batch, retries, last = rest, 0, ""
	}
	return nil
}

// afterCheckpoint is what follows the event with a replay id; all events when
// none has it.
func afterCheckpoint(batch []*schema.Record, checkpoint string) []*schema.Record {
	f := batch[0].Object.Field("ReplayId")
	if checkpoint == "" || f == nil {
		return batch
	}
	i := slices.IndexFunc(batch, func(r *schema.Record) bool { return r.Get(f).Text() == checkpoint })
	return batch[i+1:]
}

// eventTriggers runs the triggers on events until one fails.
func (tx *Tx) eventTriggers(batch []*schema.Record) error {
	for _, t := range triggersFor(tx.compiled.program(), batch[0].Object, dml.AfterInsert) {
		err := tx.thread.RunTrigger(t, vm.TriggerContext{Event: dml.AfterInsert, New: batch})
		var thrown *vm.Error
		switch {
		case errors.As(err, &thrown) && thrown.Type != retryable && !thrown.Limit && !thrown.Missing && !thrown.Assert:
			return errors.New(tx.triggerFailure(t, dml.AfterInsert, thrown).Text())
		case err != nil:
			return err
		}
	}
	return nil
}

// answerPublishers calls the callbacks of events, each once with the events
// that it was given for, in transactions of their own.
func (o *Org) answerPublishers(ctx context.Context, events []published, from cause.Cause, method, class string) error {
	for i, first := range events {
		c := first.callback
		same := func(e published) bool { return e.callback.Same(c) }
		if c.IsNull() || slices.IndexFunc(events, same) < i {
			continue
		}
		var ids []string
		for _, e := range events {
			if same(e) {
				ids = append(ids, e.uuid)
			}
		}
		opt := TxOptions{from: from.Started(cause.Job{Kind: cause.PublishCallback, Name: c.Object().Class.Name}), Async: true}
		_, err := o.Run(ctx, opt, func(tx *Tx) error {
			if !tx.thread.HasMethod(c, method, 1) {
				return nil
			}
			_, err := tx.thread.Invoke(c, method, tx.thread.NewUUIDs(class, ids))
			return err
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			o.trace.add(Event{Kind: JobFailed, Cause: opt.from, Type: string(cause.PublishCallback), Message: err.Error(), Object: first.record.Object.Name, Time: o.clock.now})
		}
	}
	return nil
}

// deliverEvents is Test.getEventBus().deliver().
func deliverEvents(tx *Tx, t *vm.Thread, _ []any) (any, error) {
	test, err := testOf(tx, "getEventBus")
	if err != nil {
		return nil, err
	}
	return nil, test.deliverWaiting(t.Context())
}

// failEvents is Test.getEventBus().fail(): the events that wait are lost, and
// their publishers are told.
func failEvents(tx *Tx, t *vm.Thread, _ []any) (any, error) {
	test, err := testOf(tx, "getEventBus")
	if err != nil {
		return nil, err
	}
	events := test.takeEvents()
	return nil, test.suspended(func() error {
		return tx.org.answerPublishers(t.Context(), events, tx.cause, "onFailure", "EventBus.FailureResult")
	})
}

// takeEvents are the events that wait, which then wait no more.
func (tx *Tx) takeEvents() []published {
	events := slices.Concat(tx.immediate, tx.events)
	tx.immediate, tx.events = nil, nil
	return events
}

func (tx *Tx) deliverWaiting(ctx context.Context) error {
	events := tx.takeEvents()
	return tx.suspended(func() error { return tx.org.deliver(ctx, events, tx.cause) })
}
