package org

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// pipelineEnv is the save pipeline's view of a transaction.
type pipelineEnv struct{ tx *Tx }

var _ save.Env = pipelineEnv{}

func (e pipelineEnv) Schema() *schema.Schema           { return e.tx.compiled.schema }
func (e pipelineEnv) Store() store.Store               { return e.tx.org.st }
func (e pipelineEnv) Now() int64                       { return e.tx.org.clock.now }
func (e pipelineEnv) UserID() string                   { return e.tx.user.ID }
func (e pipelineEnv) Zone() *time.Location             { return e.tx.user.Zone }
func (e pipelineEnv) NewID(o *schema.Object) string    { return e.tx.org.NewID(o) }
func (e pipelineEnv) NextNumber(f *schema.Field) int64 { return e.tx.org.nextNumber(f) }

// DefaultOwner is the running user.
func (e pipelineEnv) DefaultOwner() string { return e.tx.user.ID }

// OrganizationID is what custom settings belong to by default.
func (e pipelineEnv) OrganizationID() string { return e.tx.org.state.OrgID }

// DefaultRecordType is the master record type: rows name none unless a profile
// gives another default, which profiles here do not.
func (e pipelineEnv) DefaultRecordType(*schema.Object) string { return "" }

func (e pipelineEnv) Automation(o *schema.Object) *save.Automation {
	return e.tx.compiled.automation.Of(o)
}

// Cause is the transaction's cause and the line of code that is running.
func (e pipelineEnv) Cause() store.Cause { return e.tx.org.cause(e.tx.blame()) }

// unnamed is a transaction that nobody gave a cause.
const unnamed cause.Transaction = "transaction"

// begun is the cause of what the transaction starts, whatever line asks for it.
func (tx *Tx) begun() cause.Cause {
	c := tx.cause
	if c.Transaction == "" {
		c.Transaction = unnamed
	}
	return c
}

// blame is the cause of what the transaction does now.
func (tx *Tx) blame() cause.Cause {
	c := tx.begun()
	c.Place, c.Acting = tx.thread.Place(), tx.acting
	return c
}

// Act names what acts besides Apex code.
func (e pipelineEnv) Act(what cause.Actor) func() { return e.tx.act(what) }

// Started notes that a flow runs for rows.
func (e pipelineEnv) Started(flow string) { e.tx.notes().started(flow) }

// noteSave notes that rows are about to be written.
func (tx *Tx) noteSave(st *schema.Statement) {
	if len(st.Records) > 0 {
		tx.notes().wrote(st.Records[0].Object.Name)
	}
}

// notes is where the transaction notes what runs; nil for one that runs code from
// before anybody asked for it.
func (tx *Tx) notes() *Ran {
	if !tx.compiled.covered {
		return nil
	}
	return tx.org.ran
}

// act marks what acts besides Apex until the returned function is called.
func (tx *Tx) act(what cause.Actor) func() {
	tx.acting = append(tx.acting, what)
	return func() { tx.acting = tx.acting[:len(tx.acting)-1] }
}

func (e pipelineEnv) SaveLimits() func() {
	s := e.tx.thread.UsageSnapshot()
	return func() { e.tx.thread.RestoreUsage(s) }
}

// Waiting remembers the jobs, events and mail of the transaction.
func (e pipelineEnv) Waiting() func() { return e.tx.waiting() }

func (tx *Tx) waiting() (drop func()) {
	jobs, events, mails := len(tx.jobs), len(tx.events), len(tx.result.Mails)
	return func() {
		tx.jobs = tx.jobs[:min(jobs, len(tx.jobs))]
		tx.events = tx.events[:min(events, len(tx.events))]
		tx.result.Mails = tx.result.Mails[:min(mails, len(tx.result.Mails))]
	}
}

func (e pipelineEnv) Approximated(name, note, where string) {
	e.tx.org.ledger.Note(ledger.Approximated, "save", name, note, where)
}

// triggersFor lists the triggers of an object that run at an event.
func triggersFor(prog *vm.Program, obj *schema.Object, event dml.Event) []*types.Trigger {
	var out []*types.Trigger
	for _, t := range prog.Types().Triggers(obj) {
		if slices.Contains(t.Events, event) {
			out = append(out, t)
		}
	}
	return out
}

// RunTriggers runs the triggers of one event, in order of namespace and name,
// and gives the errors they add to the rows. A trigger that ends with an
// exception fails every row (order-of-execution.md, section 3).
func (e pipelineEnv) RunTriggers(_ context.Context, c *save.TriggerCall) error {
	tc := vm.TriggerContext{Event: c.Event}
	for _, r := range c.Rows {
		if r.New != nil && c.Event != dml.BeforeDelete && c.Event != dml.AfterDelete {
			tc.New = append(tc.New, r.New)
		}
		if r.Old != nil && c.Event != dml.AfterUndelete {
			tc.Old = append(tc.Old, r.Old)
		}
	}
	for _, t := range triggersFor(e.tx.compiled.program(), c.Object, c.Event) {
		err := e.tx.thread.RunTrigger(t, tc)
		e.takeErrors(c, t)
		if err == nil {
			continue
		}
		var ve *vm.Error
		if !errors.As(err, &ve) || ve.Limit || ve.Missing || ve.Assert {
			return err
		}
		failure := e.tx.triggerFailure(t, c.Event, ve)
		for _, r := range c.Rows {
			r.AddError(failure)
		}
		return nil
	}
	return nil
}

// sourceOf is a trigger as what refuses a row.
func (tx *Tx) sourceOf(t *types.Trigger) dml.Source {
	s := dml.Source{Kind: dml.Trigger, Name: t.Name, Namespace: t.Namespace}
	if e := tx.org.registry.Find(metadata.ApexTrigger, t.Namespace, t.Name); e != nil {
		s.Package = e.Package
	}
	return s
}

// triggerFailure is the error of the rows of a trigger that an exception ended.
func (tx *Tx) triggerFailure(t *types.Trigger, event dml.Event, err *vm.Error) dml.RowError {
	return save.TriggerFailure(nested(t, event, err), tx.sourceOf(t), err.Refusals())
}

// nested is the message of a trigger's exception (order-of-execution.md,
// section 5).
func nested(t *types.Trigger, event dml.Event, err *vm.Error) string {
	var b strings.Builder
	name := t.Name
	if t.Namespace != "" {
		name = t.Namespace + "." + name
	}
	b.WriteString(name + ": execution of " + event.Name() + "\n\ncaused by: " + err.Error() + "\n\n")
	if t.Namespace != "" {
		b.WriteString("(" + t.Namespace + ")\n")
	}
	shown := err.Frames
	if i := slices.IndexFunc(shown, func(p cause.Place) bool { return p.Trigger != "" }); i >= 0 {
		shown = shown[:i+1] // what called the DML is not shown
	}
	b.WriteString(cause.Stack(shown))
	return b.String()
}

// takeErrors moves what addError put on the records of a trigger to the rows.
func (e pipelineEnv) takeErrors(c *save.TriggerCall, t *types.Trigger) {
	for _, r := range c.Rows {
		for _, rec := range []*schema.Record{r.New, r.Old} {
			if rec == nil {
				continue
			}
			for _, re := range e.tx.thread.TakeErrors(rec) {
				re.Source = e.tx.sourceOf(t)
				r.AddError(re)
			}
		}
	}
}

// Formula is a record and the org around it, as formulas see them.
func (e pipelineEnv) Formula(ctx context.Context, rec, prior *schema.Record) formula.Env {
	return e.tx.formulaEnv(ctx, rec, prior)
}

// Directory is the users, roles and groups of the org.
func (e pipelineEnv) Directory(ctx context.Context) (*sharing.Directory, error) {
	return e.tx.org.directory(ctx)
}

// Currency is that of the org.
func (e pipelineEnv) Currency() string { return e.tx.org.currency() }

// Flows is the view that flows have of the transaction.
func (e pipelineEnv) Flows(ctx context.Context) flow.Host { return flowHost{e.tx, ctx} }

// Workflow is the view that workflow rules have of the transaction.
func (e pipelineEnv) Workflow(ctx context.Context) flow.WorkflowHost { return workflowHost{e.tx, ctx} }

// Load writes rows of the platform's own.
func (e pipelineEnv) Load(ctx context.Context, o *schema.Object, recs []*schema.Record) error {
	return e.tx.org.load(ctx, o, recs, e.tx.blame())
}

// Save runs a statement inside the one that runs.
func (e pipelineEnv) Save(ctx context.Context, st *schema.Statement) ([]dml.Result, error) {
	e.tx.noteSave(st)
	return e.tx.session.Run(ctx, st)
}

// RecordTypeValues are the values that a record type offers.
func (e pipelineEnv) RecordTypeValues(o *schema.Object, recordType string, f *schema.Field) ([]schema.PicklistValue, bool) {
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		if e.tx.org.recordTypeID(rt.Namespace, o, rt.DeveloperName) == recordType {
			values, known := rt.PicklistValues[strings.ToLower(f.Name)]
			return values, known
		}
	}
	return nil, false
}

// QueueServes reports whether rows of an object may belong to a queue. Of a
// queue that names no objects at all nothing is known.
func (e pipelineEnv) QueueServes(ctx context.Context, queue string, o *schema.Object) (serves, known bool, err error) {
	org := e.tx.org
	for _, q := range org.registry.OfKind(metadata.Queue) {
		if org.MirrorID(q.Key()) != queue {
			continue
		}
		for _, n := range q.Component.Props.All("queueSobject") {
			known = true
			serves = serves || e.tx.compiled.schema.ObjectIn(q.Namespace, n.Get("sobjectType")) == o
		}
	}
	link := e.tx.compiled.schema.Object("QueueSobject")
	if serves || link == nil || !org.stored(link) {
		return serves, known, nil
	}
	err = org.st.Scan(ctx, link, func(rec *schema.Record) error {
		if rec.Get(link.Field("QueueId")).Text() == queue {
			known = true
			serves = serves || strings.EqualFold(rec.Get(link.Field("SobjectType")).Text(), o.Name)
		}
		return nil
	})
	return serves, known, err
}
