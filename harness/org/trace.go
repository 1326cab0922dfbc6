package org

import (
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// EventKind says what a trace event is about.
type EventKind string

// The kinds of event.
const (
	Caught      EventKind = "caught"       // Apex code caught an exception
	RolledBack  EventKind = "rollback"     // Apex code rolled back to a savepoint
	RowFailed   EventKind = "row-error"    // a row of a partial-success DML failed
	Uncaught    EventKind = "uncaught"     // an exception ended a transaction
	LimitHit    EventKind = "limit"        // a governor limit ended a transaction
	Unsimulated EventKind = "unsupported"  // code stopped at something not simulated
	JobFailed   EventKind = "job-failed"   // an asynchronous job ended with an exception
	JobsEndless EventKind = "jobs-endless" // jobs started each other until they were stopped
)

// Event is one thing that a transaction did besides its writes, kept because a
// failure may hide in it.
type Event struct {
	Kind    EventKind
	Cause   cause.Cause // of the transaction
	Place   cause.Place // where it happened
	Type    string      // exception type or status code
	Message string
	Origin  cause.Place // where the exception was thrown
	Failed  dml.Failed  // what the exception or the refused row tells as structure
	Object  string      // of the rows concerned
	Rows    []string    // ids; empty for rows that never had one
	Job     string      // id of the job the transaction belonged to
	Time    int64       // milliseconds since the epoch on the org's clock
	// Superseded says of a row that failed that a later statement tried it again:
	// what became of it is told there, if it was not saved.
	Superseded bool
	// Again says of jobs without end that the org has had them before.
	Again bool

	statement int // number of the statement that refused a row
}

// Trace collects events in the order they happened.
type Trace struct {
	statements int // of Apex code, so far
	events     []Event
	failed     map[string][]int // events of rows that failed in the last statement with them, by id
}

// Events lists what was collected. The slice is shared until the next Reset.
func (t *Trace) Events() []Event { return t.events }

// Reset forgets all events.
func (t *Trace) Reset() { t.events, t.failed = nil, nil }

func (t *Trace) add(e Event) {
	if e.Kind == RowFailed && len(e.Rows) == 1 {
		if t.failed == nil {
			t.failed = map[string][]int{}
		}
		if earlier := t.failed[e.Rows[0]]; len(earlier) > 0 && t.events[earlier[0]].statement != e.statement {
			t.triedAgain(e.Rows[0])
		}
		t.failed[e.Rows[0]] = append(t.failed[e.Rows[0]], len(t.events))
	}
	t.events = append(t.events, e)
}

// triedAgain takes note that a row was saved, or refused, again.
func (t *Trace) triedAgain(id string) {
	for _, i := range t.failed[id] {
		t.events[i].Superseded = true
	}
	delete(t.failed, id)
}

// superseded takes note of the same for events of a row without an id.
func (t *Trace) superseded(events []int) {
	for _, i := range events {
		if i < len(t.events) {
			t.events[i].Superseded = true
		}
	}
}

// noteQuery puts what a query only approximates into the ledger.
func (o *Org) noteQuery(n soql.Note, where string) {
	o.ledger.Note(ledger.Approximated, "soql", n.Name, n.Text, where)
}
