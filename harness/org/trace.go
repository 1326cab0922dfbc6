package org

import (
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// EventKind says what a trace event is about.
type EventKind string

// The kinds of event.
const (
	Caught      EventKind = "caught"      // Apex code caught an exception
	RolledBack  EventKind = "rollback"    // Apex code rolled back to a savepoint
	RowFailed   EventKind = "row-error"   // a row of a partial-success DML failed
	Uncaught    EventKind = "uncaught"    // an exception ended a transaction
	LimitHit    EventKind = "limit"       // a governor limit ended a transaction
	Unsimulated EventKind = "unsupported" // code stopped at something not simulated
	JobFailed   EventKind = "job-failed"  // an asynchronous job ended with an exception
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
	Object  string      // of the rows concerned
	Rows    []string    // ids; empty for rows that never had one
	Job     string      // id of the job the transaction belonged to
	Time    int64       // milliseconds since the epoch on the org's clock
}

// Trace collects events in the order they happened.
type Trace struct{ events []Event }

// Events lists what was collected. The slice is shared until the next Reset.
func (t *Trace) Events() []Event { return t.events }

// Reset forgets all events.
func (t *Trace) Reset() { t.events = nil }

func (t *Trace) add(e Event) { t.events = append(t.events, e) }

// noteQuery puts what a query only approximates into the ledger.
func (o *Org) noteQuery(n soql.Note, where string) {
	o.ledger.Note(ledger.Approximated, "soql", n.Name, n.Text, where)
}
