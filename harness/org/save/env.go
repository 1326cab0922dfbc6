package save

import (
	"context"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Env is what the pipeline needs of the transaction it runs in.
type Env interface {
	Schema() *schema.Schema
	Store() store.Store
	// Now is the clock in milliseconds since the epoch.
	Now() int64
	UserID() string
	// NewID gives the id of a new row, NextNumber the next number of an
	// auto-number field.
	NewID(o *schema.Object) string
	NextNumber(f *schema.Field) int64
	// Purged reports whether a deleted row has left the recycle bin.
	Purged(id string) bool
	// Zone is the time zone of the running user.
	Zone() *time.Location
	// DefaultOwner is the owner of rows that name none, DefaultRecordType the
	// id of the record type of rows that name none ("" for none).
	DefaultOwner() string
	OrganizationID() string
	DefaultRecordType(o *schema.Object) string
	// RecordTypeValues are the values of a picklist that a record type of the
	// object offers; known is false where it does not say.
	RecordTypeValues(o *schema.Object, recordType string, f *schema.Field) (values []schema.PicklistValue, known bool)
	// QueueServes reports whether rows of an object may belong to a queue; known
	// is false where nothing says so.
	QueueServes(ctx context.Context, queue string, o *schema.Object) (serves, known bool, err error)
	// Cause is what the next write is blamed on. Act names what acts besides
	// Apex code until done is called.
	Cause() store.Cause
	Act(what cause.Actor) (done func())
	// Started notes that a flow runs for rows, by its qualified name.
	Started(flow string)
	// Automation is the compiled rules of an object, never nil.
	Automation(o *schema.Object) *Automation
	// RunTriggers runs the triggers of one event and marks rows they refuse. An
	// error ends the transaction.
	RunTriggers(ctx context.Context, c *TriggerCall) error
	// SaveLimits remembers the governor counters; calling the result puts them
	// back.
	SaveLimits() (restore func())
	// Waiting remembers what waits for the commit (jobs, events, mail); calling
	// the result drops what came since.
	Waiting() (drop func())
	// Formula is the evaluation environment of a record with what was stored of
	// it before, nil for a new one.
	Formula(ctx context.Context, rec, prior *schema.Record) formula.Env
	// Currency is the ISO code of the org's currency.
	Currency() string
	// Directory is the users, roles and groups of the org.
	Directory(ctx context.Context) (*sharing.Directory, error)
	// Flows and Workflow are what flows and workflow rules reach of the org, for
	// the call that runs them.
	Flows(ctx context.Context) flow.Host
	Workflow(ctx context.Context) flow.WorkflowHost
	// Load writes rows of the platform's own past the phases: no triggers, rules
	// or checks. Save runs a statement inside the one that runs.
	Load(ctx context.Context, o *schema.Object, recs []*schema.Record) error
	Save(ctx context.Context, st *schema.Statement) ([]dml.Result, error)
	// Approximated tells the ledger of something that is not exact.
	Approximated(name, note, where string)
}

// Automation is what the org's components do to rows of one object. It is
// immutable once built and shared by all orgs that have the same components,
// which is why its functions are handed the Env they run in.
type Automation struct {
	Defaults    []Default // in describe order
	Rules       []Rule    // active validation rules, in order of name
	BeforeFlows []Action
	AfterFlows  []Action
	// Workflow evaluates the active workflow rules of a chunk and gives the
	// field updates in order; nil when there are none.
	Workflow func(ctx context.Context, env Env, rows []*Row) ([]FieldUpdate, error)
	// Triggers says which events have a trigger.
	Triggers [dml.Events]bool
	// Compute fills in the formula fields of rows; nil when the object has
	// none.
	Compute func(ctx context.Context, env Env, rows []*schema.Record) error
	// RollUps are the summary fields of other objects over rows of this one.
	RollUps []RollUp
	// Filters are the required filters of the object's lookups, Duplicates the
	// active duplicate rules in their order.
	Filters    []LookupFilter
	Duplicates []DuplicateRule
	// ShareRules are the object's sharing rules.
	ShareRules []ShareRule
	// Derive fills in standard fields that follow from others; nil for most
	// objects.
	Derive func(row *schema.Record)
	// Prepare is what the platform does to new rows just before they are
	// written, Follow what it writes to other objects just after new or changed
	// rows, ahead of the after triggers; nil for most objects.
	Prepare, Follow func(ctx context.Context, env Env, rows []*Row) error
}

// Default gives a field that was never assigned its value on insert.
type Default struct {
	Field *schema.Field
	Value func(ctx context.Context, env Env, rec *schema.Record) (value.Value, error)
}

// Rule is a validation rule. Fails reports whether it refuses the row.
type Rule struct {
	Source  dml.Source // the rule itself
	Message string
	Field   string // API name of the error location; "" for the top of the page
	Fails   func(ctx context.Context, env Env, r *Row) (bool, error)
}

// Action is a record-triggered flow. It may change Row.New before the save and
// mark rows with errors.
type Action struct {
	Name   string
	Events [2]bool // insert, update
	Run    func(ctx context.Context, env Env, rows []*Row) error
}

// FieldUpdate is one change that a workflow rule makes.
type FieldUpdate struct {
	Row    *Row
	Lookup *schema.Field // of Row, to the parent that has the field; nil for the row itself
	Field  *schema.Field
	Value  value.Value
	Rule   string // "Account.Region"
	Source string // the field update: "Account.Set_Region"
	Again  bool   // if it changes the field, rules that have not fired are evaluated anew
}

// RollUp is a summary field with the objects it needs resolved.
type RollUp struct {
	Field   *schema.Field                                                 // on the parent
	Lookup  *schema.Field                                                 // on the child, the master-detail
	Of      *schema.Field                                                 // on the child; nil for count
	Matches func(ctx context.Context, env Env, child *schema.Record) bool // nil for all
	// Value computes Of where it is a formula field; nil for stored fields.
	Value func(ctx context.Context, env Env, child *schema.Record) value.Value
	// Reads are the fields of the child that Matches and Value read.
	Reads []*schema.Field
}

// TriggerCall is one firing of the triggers of an object: Rows are those still
// without errors. New and Old of the rows are Trigger.new and Trigger.old.
type TriggerCall struct {
	Object *schema.Object
	Event  dml.Event
	Rows   []*Row
}

// Row is one row on its way through the phases.
type Row struct {
	Index int            // in the statement
	Input *schema.Record // what the caller handed over
	Old   *schema.Record // as stored before the statement; nil on insert
	New   *schema.Record // as it will be stored; nil on delete
	// Errors are what refused the row; a row with errors skips the phases that
	// follow.
	Errors []dml.RowError

	created bool
	outer   *Row           // the same row where it is being saved further up; nil where it is not
	again   bool           // a save inside this one wrote the row
	parents *parentSet     // of the outermost save of the row
	match   string         // id of the row that an external id found
	share   *schema.Record // the share row that is there already for the same grant
}

// AddError marks the row.
func (r *Row) AddError(e dml.RowError) { r.Errors = append(r.Errors, e) }

// IsNew reports whether the row is being inserted.
func (r *Row) IsNew() bool { return r.Old == nil }

// Changed reports whether the field differs from what is stored.
func (r *Row) Changed(f *schema.Field) bool {
	return r.Old == nil || !value.Identical(r.New.Get(f), r.Old.Get(f))
}
