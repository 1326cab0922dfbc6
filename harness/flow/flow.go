// Package flow is the declarative automation of an org: workflow rules with
// their field updates, and record-triggered flows.
//
// The machine: a component's property tree is parsed once into elements joined
// by connectors (parse.go). Link compiles the formulas and conditions in it
// against a schema (link.go). Run walks the connectors from the start element
// for one record (run.go, elements.go); everything an element does to the org
// (queries, DML, the clock) goes through Host. Elements that are not simulated
// are kept with their name and kind, listed by Unsupported, and fail only when
// reached. Workflow rules (workflow.go) give the field updates they want and
// change nothing themselves.
//
// A linked flow is immutable and may be shared; a run keeps its variables to
// itself. Order is the order of the metadata; nothing depends on maps.
//
// Left out: screens, waits, scheduled and asynchronous paths, approvals,
// actions other than Apex code, and workflow actions other than field updates.
package flow

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Host is what flows ask of the org that runs them.
type Host interface {
	// Find loads the rows of an object that meet a condition, sorted as asked.
	Find(ctx context.Context, q Find) ([]*schema.Record, error)
	// DML saves records through the whole save procedure; the error is the
	// first failure, after which nothing of the call is kept. Inserted records
	// get their ids.
	DML(ctx context.Context, op dml.Op, records []*schema.Record) error
	// Env is the evaluation environment of a record in this save.
	Env(rec, prior *schema.Record) formula.Env
	// Action runs an action by kind and name with the inputs of one or more
	// interviews, and answers the outputs of each by name in lower case. known is
	// false for kinds that are not simulated.
	Action(ctx context.Context, kind, ns, name string, inputs []map[string]Variable) (outputs []map[string]Variable, known bool, err error)
	// Unsupported notes in the ledger that something was reached that is not
	// simulated.
	Unsupported(name, note string)
}

// Find is a query of a flow's Get, Update or Delete Records element.
type Find struct {
	Object     *schema.Object
	Conditions []Condition
	Logic      string // "and", "or", or numbers as in "1 AND (2 OR 3)"; empty is and
	SortBy     *schema.Field
	Descending bool
	Limit      int // 0 is all
}

// Condition is one filter of a Find, its value already computed.
type Condition struct {
	Field    *schema.Field
	Operator string // EqualTo, NotEqualTo, GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo, StartsWith, EndsWith, Contains, IsNull, In, NotIn
	Value    value.Value
	Values   []value.Value // of In and NotIn
}

// Matches evaluates the filters of a Find on a row.
func (q Find) Matches(rec *schema.Record) (bool, error) {
	all, err := logicOf(len(q.Conditions), q.Logic)
	if err != nil {
		return false, err
	}
	return all(func(i int) (bool, error) {
		c := q.Conditions[i]
		if c.Operator == "In" || c.Operator == "NotIn" {
			return contains(c.Values, rec.Get(c.Field)) == (c.Operator == "In"), nil
		}
		return compare(c.Operator, rec.Get(c.Field), c.Value), nil
	})
}

// Trigger is when a record-triggered flow runs.
type Trigger uint8

// The moments a flow is started at (order-of-execution.md, steps 3 and 14).
const (
	NotTriggered Trigger = iota // launched by something else, or on a schedule
	BeforeSave
	AfterSave
	BeforeDelete
)

// Flow is a parsed flow. It is immutable.
type Flow struct {
	Name   string
	Label  string
	Active bool
	Object string // of the triggering record, as the metadata names it
	Trigger
	OnCreate, OnUpdate, OnDelete bool
	Order                        int // triggerOrder; 0 when not given
	APIVersion                   string

	start        *start
	elements     map[string]*element
	order        []string // names of the elements as the metadata has them
	variables    []*metadata.Node
	constants    []*metadata.Node
	formulaNodes []*metadata.Node
	foreign      []*metadata.Node // elements that are not simulated
	templates    []*metadata.Node
	unsupported  []string
}

// Unsupported lists what of the flow is not simulated, by kind and name
// ("actionCalls Send_Email"), in the order of the metadata.
func (f *Flow) Unsupported() []string { return f.unsupported }

// start is where a flow begins and which records start it.
type start struct {
	filters   []*metadata.Node
	logic     string
	formula   string
	onlyOnNew bool // only when the record was changed to meet the condition
	next      string
}

// element is a step of a flow.
type element struct {
	name, kind  string
	props       *metadata.Node
	next, fault string
}
