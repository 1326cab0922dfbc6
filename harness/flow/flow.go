// Package flow is the declarative automation of an org: workflow rules with
// their field updates, and record-triggered flows.
//
// The machine: a component's property tree is parsed once into elements and
// connectors; formulas and conditions in it are compiled by package formula
// when the flow is linked to a schema. Run walks the connectors from the start
// element for one record; everything an element does to the org (queries, DML,
// the clock) goes through Host. Elements that are not simulated are kept with
// their name and kind, listed by Unsupported, and fail only when reached.
//
// A linked flow is immutable; a run keeps its variables to itself, so runs do
// not see each other. Order is the order of the metadata; nothing depends on
// maps.
//
// Left out: screens, scheduled and asynchronous paths, approvals, and actions
// other than field updates.
package flow

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// DMLOp is what an element does to records.
type DMLOp uint8

// The operations of flow elements.
const (
	Insert DMLOp = iota
	Update
	Delete
)

// Host is what flows and workflow rules ask of the org that runs them.
type Host interface {
	// Schema is the org's describe at this moment.
	Schema() *schema.Schema
	// Find loads the rows of an object that meet a condition, sorted as asked;
	// limit 0 is all. The condition is evaluated by the host over its rows.
	Find(ctx context.Context, q Find) ([]*schema.Record, error)
	// DML saves records through the whole save procedure; the error is the
	// first failure, after which nothing of the call is kept.
	DML(ctx context.Context, op DMLOp, records []*schema.Record) error
	// Env is the evaluation environment of a record in this save.
	Env(rec, prior *schema.Record) formula.Env
	// Unsupported notes in the ledger that something was reached that is not
	// simulated.
	Unsupported(name, note string)
}

// Find is a query of a flow's Get, Update or Delete Records element.
type Find struct {
	Object     *schema.Object
	Conditions []Condition // joined by Logic
	Logic      string      // "and", "or" or "1 AND (2 OR 3)"; empty is and
	SortBy     *schema.Field
	Descending bool
	Limit      int
}

// Condition is one filter of a Find, its value already computed.
type Condition struct {
	Field    *schema.Field
	Operator string // EqualTo, NotEqualTo, GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo, StartsWith, EndsWith, Contains, IsNull
	Value    value.Value
}
