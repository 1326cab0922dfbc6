package org

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TxOptions says who runs a transaction and why.
type TxOptions struct {
	User  string            // id of the running user; "" for the org's first administrator
	Cause cause.Transaction // what the writes are blamed on: "populate", "anonymous Apex"
	Async bool              // asynchronous governor limits
	// Package makes the transaction run as the package's own system user
	// (post-install.md, section 4): the name or namespace of an installed
	// package.
	Package string
	// Namespace is where names in SOQL and anonymous Apex resolve first.
	Namespace string
	NoLimits  bool
	// Quiddity is what Request.getQuiddity answers; "" for ANONYMOUS.
	Quiddity string
	// Test makes it the transaction of a test method: asynchronous work and
	// platform events wait for Test.stopTest and run inside of it, and what is
	// left when it ends is dropped.
	Test bool
	// Deployed makes a test one that a deployment of its package runs, which
	// checks less than a run of tests in an org: see save.Session.Deploying.
	Deployed bool
	// Log keeps the debug log: of this transaction, and of those that run in a
	// test.
	Log bool

	job  *job
	from cause.Cause // of work that another transaction started
}

// LimitUse is one governor limit at the end of a transaction. Namespace is the
// bucket: "" is the org's.
type LimitUse struct {
	Name      string `json:"name"` // "Queries", "DmlRows": as the Limits class names them
	Namespace string `json:"namespace,omitempty"`
	Used      int64  `json:"used"`
	Max       int64  `json:"max"`
}

// Mail is one message that left the org when a transaction committed.
type Mail struct {
	To                  []string
	Subject, Text, HTML string
	Class               string // code that sent it
}

// TxResult is what a transaction used and left behind.
type TxResult struct {
	Limits []LimitUse
	Mails  []Mail
	Jobs   []string // ids of the jobs it enqueued
	Debug  []string // lines of System.debug
	Log    []string // lines of the debug log, when asked for
}

// Tx is one running transaction.
type Tx struct {
	org      *Org
	opt      TxOptions
	compiled *compiled
	thread   *vm.Thread
	debugged int // bytes of debug output
	traced   int // events in the trace
	session  *save.Session
	user     *vm.UserInfo
	result   *TxResult

	savepoints []savepoint              // of Database.setSavepoint
	floor      int                      // savepoints set before the DML statement that runs now
	saved      string                   // object of the last DML statement of Apex code
	failedNew  map[*schema.Record][]int // events of rows without an id that a partial save refused
	restore    func()                   // ends the limits of Test.startTest; nil before and after
	unsetting  bool                     // default values of a setting are being worked out
	started    bool                     // Test.startTest was called
	jobs       []*job
	events     []published   // platform events published after commit
	immediate  []published   // those that do not wait for it
	cause      cause.Cause   // of what it does outside of Apex
	acting     []cause.Actor // what runs besides Apex: flows, workflow rules
	log        *vm.Log       // nil for none
}

// savepoint is one of Database.setSavepoint: rows, and what waits for the
// commit.
type savepoint struct {
	rows store.Savepoint
	drop func()
}

// Run runs one transaction. An error or a panic of fn undoes all it did,
// leaves no jobs and no mail, and is returned; a *ApexError tells of an
// exception that Apex code did not catch. The result is never nil.
func (o *Org) Run(ctx context.Context, opt TxOptions, fn func(*Tx) error) (*TxResult, error) {
	tx, err := o.begin(ctx, opt)
	if err != nil {
		return &TxResult{}, err
	}
	sp, err := o.st.Savepoint(ctx)
	if err != nil {
		return tx.result, fmt.Errorf("begin a transaction: %w", err)
	}
	o.tx = tx
	if opt.Test {
		o.test = tx
	}
	err = tx.guard(func(tx *Tx) error {
		if tx.log == nil {
			return fn(tx)
		}
		return tx.thread.LogUnit(orElse(tx.cause.String(), "transaction"), func() error { return fn(tx) })
	})
	o.tx = nil
	tx.leaveTest()
	tx.notes().note(tx.compiled.program(), tx.thread)
	tx.result.Limits = limitsOf(tx.thread)
	if opt.Log {
		tx.result.Log = tx.log.Lines
	}
	if err == nil && !opt.Test && o.test == nil {
		err = tx.session.Committed(ctx)
	}
	if err == nil {
		if err = o.st.Release(ctx, sp); err == nil {
			return tx.result, tx.committed(ctx)
		}
	}
	tx.result.Mails = nil
	if rerr := o.st.RollbackTo(ctx, sp); rerr != nil {
		return tx.result, fmt.Errorf("%w; undoing it failed too: %w", err, rerr)
	}
	if rerr := o.st.Release(context.WithoutCancel(ctx), sp); rerr != nil {
		return tx.result, fmt.Errorf("%w; undoing it failed too: %w", err, rerr)
	}
	o.forgetUsers()
	err = tx.failed(err)
	if derr := o.deliver(ctx, tx.immediate, tx.cause); derr != nil {
		err = fmt.Errorf("%w; then delivering events: %w", err, derr)
	}
	return tx.result, err
}

// between is how far the clock moves from one transaction to the next.
const between = time.Second

// offFullSecond puts the clock of a test between two full seconds: rows keep
// seconds only, so that what was saved is before System.now, as on the
// platform.
const offFullSecond = 417 * time.Millisecond

func (o *Org) begin(ctx context.Context, opt TxOptions) (*Tx, error) {
	if o.tx != nil {
		return nil, errors.New("begin a transaction: another one is running in the org")
	}
	o.clock.Advance(between)
	if opt.Test {
		o.clock.Advance(offFullSecond)
	}
	tx := &Tx{org: o, opt: opt, compiled: o.compiled, result: &TxResult{}, cause: opt.from}
	if opt.Cause != "" {
		tx.cause = cause.Of(opt.Cause)
	}
	if opt.job != nil && opt.job.compiled != nil {
		tx.compiled = opt.job.compiled
	}
	if err := tx.choose(ctx); err != nil {
		return nil, err
	}
	if _, err := o.organization(ctx); err != nil {
		return nil, err
	}
	tx.session = save.NewSession(pipelineEnv{tx})
	if opt.Deployed || o.test != nil && o.test.opt.Deployed {
		tx.session.Deploying()
	}
	switch {
	case opt.Log:
		tx.log = &vm.Log{}
	case o.test != nil:
		tx.log = o.test.log
	}
	tx.thread = tx.compiled.program().NewThread(ctx, host{tx}, vm.Options{
		Log:   tx.log,
		Depth: tx.depth(), MaxDepth: tx.maxDepth(),
		Limits: tx.limits(), Certified: o.certified(), Quiddity: orElse(opt.Quiddity, "ANONYMOUS"),
		RequestID: o.nextID("0Ar")[:15],
		Job:       tx.jobKind(), InJob: opt.job != nil, Test: opt.Test || o.test != nil,
		Debug: func(level, text string, line int) {
			tx.keep(text)
		},
	})
	if o.test != nil {
		tx.thread.ShareStatics(o.test.thread)
	}
	return tx, nil
}

// maxDebug is how many bytes of debug output are kept, that of the largest debug
// log (Apex Developer Guide, Debug Log: 20 MB).
const maxDebug = 20 << 20

// keep adds a line to the debug output while there is room.
func (tx *Tx) keep(line string) {
	if tx.debugged > maxDebug {
		return
	}
	if tx.debugged += len(line) + 1; tx.debugged > maxDebug {
		line = "*********** MAXIMUM DEBUG LOG SIZE REACHED ***********"
	}
	tx.result.Debug = append(tx.result.Debug, line)
}

// choose finds the running user.
func (tx *Tx) choose(ctx context.Context) error {
	o := tx.org
	switch {
	case tx.opt.job != nil && tx.opt.job.user != nil:
		tx.user = tx.opt.job.user
		return nil
	case tx.opt.Package != "":
		p, ok := o.Package(tx.opt.Package)
		if !ok {
			return fmt.Errorf("run as the user of package %q: it is not installed", tx.opt.Package)
		}
		tx.user = o.packageUser(p)
		return nil
	}
	id := orElse(tx.opt.User, o.state.AdminID)
	if full, err := value.NewID(id); err == nil {
		id = full
	}
	u, err := o.user(ctx, id)
	if err != nil {
		return err
	}
	if u == nil {
		return fmt.Errorf("run as user %s: the org has no such user", id)
	}
	tx.user = u.info
	return nil
}

func (tx *Tx) limits() vm.Limits {
	switch {
	case tx.opt.NoLimits:
		return vm.NoLimits()
	case tx.opt.job != nil && tx.opt.job.kind() == vm.FinalizerJob:
		return vm.LimitsOf(vm.InFinalizer)
	case tx.opt.job != nil && tx.opt.job.phase == batchStart && tx.opt.job.kind() == vm.BatchJob:
		return vm.LimitsOf(vm.InBatchStart)
	case tx.jobKind() == vm.QueueableJob:
		return vm.LimitsOf(vm.InQueueable)
	case tx.opt.Async:
		return vm.LimitsOf(vm.Asynchronous)
	default:
		return vm.LimitsOf(vm.Synchronous)
	}
}

// depth and maxDepth are those of a queueable job's chain.
func (tx *Tx) depth() int {
	if j := tx.opt.job; j != nil {
		return j.depth
	}
	return 0
}

func (tx *Tx) maxDepth() int {
	if j := tx.opt.job; j != nil {
		return j.call.MaxDepth
	}
	return 0
}

func (tx *Tx) jobKind() vm.JobKind {
	if tx.opt.job == nil {
		return 0
	}
	return tx.opt.job.kind()
}

func (o *Org) certified() []string {
	var out []string
	for _, p := range o.state.Packages {
		if p.Certified && p.Namespace != "" {
			out = append(out, p.Namespace)
		}
	}
	return out
}

// guard turns a panic of the simulator into an error of the transaction, so
// that one org's trouble stays its own.
func (tx *Tx) guard(fn func(*Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &InternalError{Org: tx.org.cfg.Name, Value: fmt.Sprint(r), Stack: string(debug.Stack())}
		}
	}()
	return fn(tx)
}

// InternalError is a fault of the simulator itself. Stack is for its
// developers; it differs from run to run and is no part of the text.
type InternalError struct{ Org, Value, Stack string }

// Error names the org and what happened.
func (e *InternalError) Error() string {
	return fmt.Sprintf("run a transaction of %s: internal error: %s", e.Org, e.Value)
}

// committed does what follows a commit: jobs, mails, events (step 20).
func (tx *Tx) committed(ctx context.Context) error {
	o := tx.org
	if tx.opt.Test || o.test != nil {
		tx.leaveToTest()
		return nil
	}
	for _, j := range tx.jobs {
		o.queue.push(j)
		tx.result.Jobs = append(tx.result.Jobs, j.id)
	}
	return o.deliver(ctx, slices.Concat(tx.immediate, tx.events), tx.cause)
}

// failed puts what ended the transaction into the trace.
func (tx *Tx) failed(err error) error {
	var ve *vm.Error
	if !errors.As(err, &ve) {
		return err
	}
	kind := Uncaught
	switch {
	case ve.Missing:
		kind = Unsimulated
	case ve.Limit:
		kind = LimitHit
	}
	tx.trace(Event{Kind: kind, Place: ve.Place(), Type: ve.Type, Message: ve.Message, Origin: ve.Place(), Failed: ve.Failed})
	return &ApexError{Type: ve.Type, Message: ve.Message, Frames: ve.Frames, Failed: ve.Failed, Limit: ve.Limit, Missing: ve.Missing, Assert: ve.Assert, err: ve}
}

// maxEvents is how many events of one transaction the trace keeps, besides the
// one that ends it: code that fails in a loop would fill the memory.
const maxEvents = 10_000

func (tx *Tx) trace(e Event) {
	if tx.traced++; tx.traced > maxEvents && (e.Kind == Caught || e.Kind == RowFailed) {
		tx.org.ledger.Note(ledger.Approximated, "trace", string(e.Kind), fmt.Sprintf("only the first %d events of a transaction are kept", maxEvents), tx.cause.String())
		return
	}
	e.Cause, e.Time = tx.cause, tx.org.clock.now
	if tx.opt.job != nil {
		e.Job = tx.opt.job.id
	}
	tx.org.trace.add(e)
}

// ApexError is an exception that Apex code did not catch.
type ApexError struct {
	Type    string // "System.DmlException"
	Message string
	Frames  []cause.Place // the stack where it was thrown, innermost first
	Failed  dml.Failed    // what it tells as structure
	Limit   bool          // a governor limit
	Missing bool          // the code reached something that is not simulated
	Assert  bool          // a failed System.assert

	err *vm.Error
}

// Error is the exception as the platform logs it.
func (e *ApexError) Error() string { return e.err.Error() }

// Stack is the stack trace as getStackTraceString prints it.
func (e *ApexError) Stack() string { return cause.Stack(e.Frames) }

// Report is the text that the platform mails: the exception, its causes, the
// stack.
func (e *ApexError) Report() string { return e.err.Report() }

// Unwrap gives the machine's own error.
func (e *ApexError) Unwrap() error { return e.err }

// limitsOf lists every limit of the table, the org's bucket first, then those of
// certified packages that used some.
func limitsOf(t *vm.Thread) []LimitUse {
	var out []LimitUse
	own := t.Usage()
	for _, l := range vm.AllLimits() {
		out = append(out, LimitUse{Name: l.String(), Used: own[l], Max: t.Allowed(l)})
	}
	buckets := t.Buckets()
	names := make([]string, 0, len(buckets))
	for ns := range buckets {
		names = append(names, ns)
	}
	slices.Sort(names)
	for _, ns := range names {
		for _, l := range vm.AllLimits() {
			if n := buckets[ns][l]; n > 0 {
				out = append(out, LimitUse{Name: l.String(), Namespace: ns, Used: n, Max: t.Allowed(l)})
			}
		}
	}
	return out
}

// Org is the org the transaction runs in.
func (tx *Tx) Org() *Org { return tx.org }

// Thread is the Apex thread of the transaction, for tools that need what Tx
// does not offer.
func (tx *Tx) Thread() *vm.Thread { return tx.thread }

// DML runs one statement through the save pipeline. With AllOrNone a bad row
// undoes the statement and gives a *dml.Error; the results are returned also
// then.
func (tx *Tx) DML(ctx context.Context, st schema.Statement) ([]dml.Result, error) {
	tx.noteSave(&st)
	results, err := tx.session.Run(ctx, &st)
	if err != nil {
		return nil, err
	}
	if st.AllOrNone {
		for _, r := range results {
			if len(r.Errors) > 0 {
				return results, &dml.Error{Op: st.Op, Results: results}
			}
		}
	}
	return results, nil
}

// Anonymous runs a block of anonymous Apex. A block that does not compile
// gives its diagnostics as a diag.List.
func (tx *Tx) Anonymous(ctx context.Context, source string) error {
	unit, diags := syntax.Parse(diag.NewFile("AnonymousBlock", []byte(source)), syntax.Options{Kind: syntax.AnonymousUnit})
	if diags.Err() != nil {
		return diags
	}
	body, diags := tx.compiled.program().Types().Anonymous(unit, tx.opt.Namespace)
	if diags.Err() != nil {
		return diags
	}
	return tx.thread.RunAnonymous(body, diags, tx.opt.Namespace)
}

// Invoke calls a static method without parameters of an Apex class.
func (tx *Tx) Invoke(_ context.Context, namespace, class, method string) error {
	c := tx.compiled.program().Types().Class(namespace, class)
	if c == nil {
		return fmt.Errorf("call %s.%s: the org has no class %s", class, method, prefixed(namespace, class))
	}
	_, err := tx.thread.CallStatic(c, method)
	return err
}
