package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TestClass is a class annotated with @isTest.
type TestClass struct {
	Namespace, Name string
	Setup           []string // @TestSetup methods in source order
	Methods         []string // test methods in source order
	SeeAllData      []string // those of them that see the org's data
}

// FullName is the name with its namespace.
func (c *TestClass) FullName() string {
	if c.Namespace == "" {
		return c.Name
	}
	return c.Namespace + "." + c.Name
}

// TestClasses lists the test classes of a namespace that have test methods,
// sorted by name.
func (o *Org) TestClasses(namespace string) []TestClass {
	var out []TestClass
	for _, c := range o.compiled.program().Types().Classes() {
		if c.Lib || c.Outer != nil || c.Kind != types.KindClass || !strings.EqualFold(c.Namespace, namespace) {
			continue
		}
		tc := TestClass{Namespace: c.Namespace, Name: c.Name}
		for _, m := range c.Methods() {
			switch {
			case !m.Static || len(m.Params) > 0:
			case annotated(m, "testSetup"):
				tc.Setup = append(tc.Setup, m.Name)
			case m.Test:
				tc.Methods = append(tc.Methods, m.Name)
				if vm.SeesAllData(m) {
					tc.SeeAllData = append(tc.SeeAllData, m.Name)
				}
			}
		}
		if len(tc.Methods) > 0 {
			out = append(out, tc)
		}
	}
	slices.SortFunc(out, func(a, b TestClass) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}

func annotated(m *types.Method, name string) bool {
	return slices.ContainsFunc(m.Annotations, func(a *syntax.Annotation) bool { return strings.EqualFold(a.Name.Text, name) })
}

// leaveTest ends what a test's transaction, or one inside of it, held.
func (tx *Tx) leaveTest() {
	o := tx.org
	switch {
	case o.test == tx:
		o.test = nil
	case o.test != nil:
		o.test.thread.ShareStatics(tx.thread)
	}
}

// leaveToTest hands jobs and events of a transaction inside a test to the
// test's.
func (tx *Tx) leaveToTest() {
	if t := tx.org.test; t != nil {
		t.jobs = append(t.jobs, tx.jobs...)
		t.events = slices.Concat(t.events, tx.immediate, tx.events)
	}
}

func testOf(tx *Tx, method string) (*Tx, error) {
	if tx.org.test == nil {
		return nil, &dml.Fault{Type: "System.TypeException", Message: "Test." + method + " may only be called from a test method"}
	}
	return tx.org.test, nil
}

// startTest begins a fresh set of governor limits.
func startTest(tx *Tx, t *vm.Thread, _ []any) (any, error) {
	test, err := testOf(tx, "startTest")
	if err != nil {
		return nil, err
	}
	if test.restore != nil || test.started {
		return nil, &dml.Fault{Type: "System.FinalException", Message: "Testing already started"}
	}
	test.started = true
	test.restore = t.FreshLimits()
	return nil, nil
}

// stopTest runs the asynchronous work that the test started, delivers its
// platform events, and goes back to the limits of before startTest. An
// exception of that work is the test's.
func stopTest(tx *Tx, t *vm.Thread, _ []any) (any, error) {
	test, err := testOf(tx, "stopTest")
	if err != nil {
		return nil, err
	}
	if test.restore == nil {
		return nil, &dml.Fault{Type: "System.FinalException", Message: "Testing has not started"}
	}
	defer func() { test.restore(); test.restore = nil }()
	return nil, test.finishAsync(t.Context())
}

// enqueueBatchJobs adds jobs to the flex queue that do nothing.
func enqueueBatchJobs(tx *Tx, t *vm.Thread, args []any) (any, error) {
	n := int(argument(args, 0).Int())
	ids := make([]vm.Value, n)
	for i := range ids {
		id := tx.org.nextID("707")
		if _, err := (host{tx}).insert(t.Context(), "AsyncApexJob", standard.Fields{"Id": id, "JobType": "BatchApex", "Status": "Holding"}); err != nil {
			return nil, err
		}
		ids[i] = vm.ID(id)
	}
	return vm.NewList(types.ListOf(types.ID), ids), nil
}

// suspended lets transactions of their own run while the test's waits.
func (tx *Tx) suspended(fn func() error) error {
	o := tx.org
	running := o.tx
	o.tx = nil
	defer func() { o.tx = running }()
	return fn()
}

// Of the work that a test starts, what it starts in turn runs too: batches that
// start each other without a bound, queueable jobs not, unless the chain was begun
// with a depth (verified-behaviours.md, 31). What a scheduled
// job starts stays queued (from experience). testRounds bounds finalizers, which
// begin a new chain each, and events that publish events.
const (
	testRounds  = 100
	eventRounds = 5
)

// waits reports whether a job that a test has started does not run in it.
func (j *job) waits() bool {
	return j.scheduled || j.kind() == vm.QueueableJob && j.depth > 1 && j.call.MaxDepth == 0
}

// finishAsync runs the jobs that a test has started and delivers its events,
// until there are none; scheduled jobs run once, whatever their time.
func (tx *Tx) finishAsync(ctx context.Context) error {
	quiet := 0
	for range testRounds {
		jobs := tx.jobs
		tx.jobs = nil
		ran := false
		for _, j := range jobs {
			if j.waits() {
				continue
			}
			ran = true
			if err := tx.suspended(func() error { return tx.runTestJob(ctx, j) }); err != nil {
				return err
			}
		}
		if err := tx.deliverWaiting(ctx); err != nil {
			return err
		}
		if quiet++; ran {
			quiet = 0
		}
		if len(tx.jobs) == 0 || quiet >= eventRounds {
			return nil
		}
	}
	return nil
}

// runTestJob runs all transactions of one job.
func (tx *Tx) runTestJob(ctx context.Context, j *job) error {
	o := tx.org
	if j.cron != nil {
		// The row of the trigger stays as if its time had not come.
		once := *j
		call := *j.call
		once.call, once.once = &call, true
		run, err := o.runJob(ctx, &once)
		if !once.aborted {
			o.queue.push(j)
		}
		return cmp.Or(err, thrownBy(run.Err))
	}
	for {
		run, err := o.runJob(ctx, j)
		if err := cmp.Or(err, thrownBy(run.Err)); err != nil {
			o.queue.jobs = slices.DeleteFunc(o.queue.jobs, func(q *job) bool { return q == j })
			return err
		}
		if !slices.Contains(o.queue.jobs, j) {
			return nil
		}
		o.queue.jobs = slices.DeleteFunc(o.queue.jobs, func(q *job) bool { return q == j })
		if j.phase == batchExecute && j.total > 1 {
			return &dml.Fault{Type: "System.UnexpectedException", Message: "No more than one executeBatch can be called from within a test method. Please make sure the iterable returned from your start method matches the batch size, resulting in one executeBatch invocation."}
		}
	}
}

// thrownBy is the machine's error in that of a transaction.
func thrownBy(err error) error {
	var thrown *vm.Error
	if errors.As(err, &thrown) {
		return thrown
	}
	return err
}

// DrainTest runs what a transaction of a @TestSetup method started. Exceptions
// there end the work and no more.
func (tx *Tx) DrainTest(ctx context.Context) error {
	var thrown *vm.Error
	var fault *dml.Fault
	if err := tx.finishAsync(ctx); err != nil && !errors.As(err, &thrown) && !errors.As(err, &fault) {
		return err
	}
	return ctx.Err()
}

// setCreatedDate changes CreatedDate of a saved row.
func setCreatedDate(tx *Tx, t *vm.Thread, args []any) (any, error) {
	id, err := value.NewID(argument(args, 0).Text())
	if err != nil {
		return nil, &dml.Fault{Type: "System.StringException", Message: "Invalid id: " + argument(args, 0).Text()}
	}
	obj := tx.compiled.schema.ByPrefix(id[:3])
	if obj == nil {
		return nil, &dml.Fault{Type: "System.SObjectException", Message: "the org has no object of " + id}
	}
	if have, err := tx.org.st.Load(t.Context(), obj, []string{id}); err != nil || have[0] == nil {
		return nil, cmp.Or[error](err, &dml.Fault{Type: "System.SObjectException", Message: "the org has no row " + id})
	}
	rec := standard.Fields{"Id": id, "CreatedDate": value.OfDatetime(argument(args, 1).Int() / 1000 * 1000)}.Record(obj)
	if err := tx.org.st.Update(t.Context(), obj, []*schema.Record{rec}, tx.org.cause(tx.blame())); err != nil {
		return nil, fmt.Errorf("set CreatedDate of %s: %w", id, err)
	}
	return nil, nil
}

// pricebookNote is the key of the note that keeps the id of the standard price
// book.
const pricebookNote = "standard pricebook"

// foundPricebook makes the standard price book, which every org has.
func (o *Org) foundPricebook(ctx context.Context) error {
	id, err := o.insertRow(ctx, "Pricebook2", standard.Fields{"Name": "Standard Price Book", "IsStandard": true, "IsActive": true})
	if err == nil && id != "" {
		o.SetNote(pricebookNote, id)
	}
	return err
}

// standardPricebook is the id of the standard price book; who asks for it sees
// the book from then on.
func standardPricebook(tx *Tx, t *vm.Thread, _ []any) (any, error) {
	id := tx.org.state.Notes[pricebookNote]
	return vm.ID(id), tx.org.show(t.Context(), func(rec *schema.Record) bool { return rec.ID() == id })
}
