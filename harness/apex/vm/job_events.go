package vm

// Enqueued is the status code of a platform event that was taken; the message
// is the event's UUID (Apex Reference, EventBus.publish).
const Enqueued = "OPERATION_ENQUEUED"

// EventContext is the Memo under which the transaction of a platform event
// trigger keeps its EventBus.TriggerContext.
const EventContext = "eventbus.context"

// NewEventContext makes the EventBus.TriggerContext of a delivery: how often it
// was retried and the message of the exception that asked for it.
func NewEventContext(t *Thread, retries int, lastError string) Value {
	b := &Bag{Whole: true, Values: map[string]Value{"retries": Int(int64(retries))}}
	if lastError != "" {
		b.Values["lasterror"] = Str(lastError)
	}
	return t.NewNative("EventBus.TriggerContext", b)
}

// Checkpoint is the replay id that the trigger set to resume after, "" for
// none.
func (t *Thread) Checkpoint() string {
	v, _ := t.cache[EventContext].(Value)
	if b, ok := v.Native().(*Bag); ok {
		return b.Values["resumecheckpoint"].Text()
	}
	return ""
}

// NewUUIDs makes the EventBus.SuccessResult or FailureResult that a publish
// callback is called with.
func (t *Thread) NewUUIDs(class string, ids []string) Value {
	return t.NewNative(class, &Bag{Whole: true, Values: map[string]Value{"eventuuids": t.StringList(ids)}})
}
