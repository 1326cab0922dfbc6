// Package apextest runs the Apex tests of packages in simulated orgs.
//
// The machine: one pristine org holds all components of the package set, as
// a deployment to a scratch org puts them there (build.go). Each class gets a
// fork of it in which its @TestSetup methods run once; each method gets a fork
// of that, so that tests see nothing of each other. Methods run on several
// workers; results come out sorted by class, then in source order, and depend
// neither on the number of workers nor on their order.
//
// Left out: @isTest(SeeAllData=true) sees what the deployment brought, since
// the org has no other data.
package apextest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Options say which tests run and how.
type Options struct {
	Namespace string            // whose tests
	Package   *metadata.Package // only its classes; nil for all of the namespace
	Filter    string            // CLASS or CLASS.METHOD, ignoring case; "" for all
	Jobs      int               // workers; 0 for 1
	NoLimits  bool              // no governor limits
	Trace     bool              // keep the events of each test
	// Progress is called after each test, by one goroutine at a time, in the
	// order in which tests end; nil for nothing.
	Progress func(*Result)
}

// Kind says why a test did not pass.
type Kind string

// The kinds of failure.
const (
	Assertion   Kind = "assertion"   // a System.assert failed
	Exception   Kind = "exception"   // an exception or a limit ended it
	Unsupported Kind = "unsupported" // it reached something that is not simulated
)

// Result is the outcome of one test method. Kind is "" when it passed.
type Result struct {
	Class, Method  string
	Kind           Kind
	Message, Stack string
	Duration       time.Duration // differs from run to run
	Missing        []string      // what is not simulated that it reached, by name
	Events         []org.Event
}

// Report is the outcome of a run.
type Report struct {
	Results                     []Result // by class, then in source order
	Passed, Failed, Unsupported int
	Duration                    time.Duration // differs from run to run
}

// Run runs tests in forks of an org, which stays as it is. The error is of the
// simulator or of the context; tests that fail are no error.
func Run(ctx context.Context, o *org.Org, opt Options) (*Report, error) {
	began := time.Now()
	r := &runner{opt: opt, org: o}
	for _, tc := range o.TestClasses(opt.Namespace) {
		if opt.Package != nil && opt.Package.Find("ApexClass", tc.Name) == nil {
			continue
		}
		c := &class{TestClass: tc}
		for _, m := range tc.Methods {
			if selected(opt.Filter, &tc, m) {
				c.left++
				r.tests = append(r.tests, test{c, m})
			}
		}
	}
	r.results = make([]Result, len(r.tests))
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	report := &Report{Results: r.results, Duration: time.Since(began)}
	for i := range r.results {
		switch r.results[i].Kind {
		case "":
			report.Passed++
		case Unsupported:
			report.Unsupported++
		default:
			report.Failed++
		}
	}
	return report, nil
}

// selected reports whether a filter names a test: its class or its method,
// with or without namespace.
func selected(filter string, c *org.TestClass, method string) bool {
	if filter == "" {
		return true
	}
	for _, name := range []string{c.Name, c.FullName()} {
		if strings.EqualFold(filter, name) || strings.EqualFold(filter, name+"."+method) {
			return true
		}
	}
	return false
}

// class is a test class and the org its setup left.
type class struct {
	org.TestClass
	mu    sync.Mutex
	ready bool
	org   *org.Org
	setup *Result // why the setup failed; nil when it did not
	left  int     // methods that have not run
}

type test struct {
	class  *class
	method string
}

// runner is one run. forks guards the org all tests come from.
type runner struct {
	opt     Options
	org     *org.Org
	tests   []test
	results []Result
	forks   sync.Mutex
	report  sync.Mutex
}

// all runs the tests on the workers.
func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(r.opt.Jobs, 1) {
		workers.Go(func() {
			for i := range next {
				if err := r.one(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range r.tests {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// one runs one test on a fork of its class's org.
func (r *runner) one(ctx context.Context, i int) error {
	t := r.tests[i]
	o, err := r.fork(ctx, t.class)
	if err != nil {
		return fmt.Errorf("run %s.%s: %w", t.class.FullName(), t.method, err)
	}
	result := &r.results[i]
	if o == nil {
		*result = *t.class.setup
	} else {
		began := time.Now()
		*result, err = r.call(ctx, o, t.class, t.method)
		result.Duration = time.Since(began)
		err = errors.Join(err, o.Close())
	}
	result.Class, result.Method = t.class.FullName(), t.method
	if err = errors.Join(err, t.class.done()); err != nil {
		return fmt.Errorf("run %s.%s: %w", t.class.FullName(), t.method, err)
	}
	if r.opt.Progress != nil {
		r.report.Lock()
		defer r.report.Unlock()
		r.opt.Progress(result)
	}
	return nil
}

// fork gives a test an org of its own, which is nil when the setup of its
// class failed.
func (r *runner) fork(ctx context.Context, c *class) (*org.Org, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ready {
		if err := r.prepare(ctx, c); err != nil {
			return nil, err
		}
		c.ready = true
	}
	if c.setup != nil {
		return nil, nil
	}
	return c.org.Fork(ctx, "")
}

// prepare makes the org of a class and runs its setup there.
func (r *runner) prepare(ctx context.Context, c *class) error {
	r.forks.Lock()
	o, err := r.org.Fork(ctx, "")
	r.forks.Unlock()
	if err != nil {
		return err
	}
	c.org = o
	for _, method := range c.Setup {
		result, err := r.call(ctx, o, c, method)
		if err != nil {
			return err
		}
		if result.Kind != "" {
			result.Message = method + ": " + result.Message
			c.setup = &result
			return nil
		}
	}
	o.Trace().Reset()
	return nil
}

// done gives back the class's org after its last method.
func (c *class) done() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	if c.left > 0 || c.org == nil {
		return nil
	}
	o := c.org
	c.org = nil
	return o.Close()
}

// call runs one method as a test transaction.
func (r *runner) call(ctx context.Context, o *org.Org, c *class, method string) (Result, error) {
	var result Result
	setup := !contains(c.Methods, method)
	opt := org.TxOptions{Cause: "test " + c.FullName() + "." + method, Test: true, NoLimits: r.opt.NoLimits,
		Namespace: c.Namespace, Quiddity: "RUNTEST_SYNC"}
	_, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		if err := tx.Invoke(ctx, c.Namespace, c.Name, method); err != nil || !setup {
			return err
		}
		return tx.DrainTest(ctx)
	})
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	if r.opt.Trace {
		result.Events = o.Trace().Events()
	}
	for _, e := range o.Ledger().Entries() {
		if e.Status == ledger.Unsupported {
			result.Missing = append(result.Missing, e.Name)
		}
	}
	result.fail(err)
	return result, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// fail puts what ended a test into its result.
func (r *Result) fail(err error) {
	var apex *org.ApexError
	var internal *org.InternalError
	switch {
	case err == nil:
	case errors.As(err, &apex):
		r.Message, r.Stack = apex.Error(), apex.Stack
		switch {
		case apex.Missing:
			r.Kind = Unsupported
		case apex.Assert:
			r.Kind = Assertion
		default:
			r.Kind = Exception
		}
	case errors.As(err, &internal):
		r.Kind, r.Message, r.Stack = Unsupported, err.Error(), internal.Stack
	default:
		r.Kind, r.Message = Unsupported, err.Error()
	}
}

// Add puts the results of another run behind those of r.
func (r *Report) Add(other *Report) {
	r.Results = append(r.Results, other.Results...)
	r.Passed += other.Passed
	r.Failed += other.Failed
	r.Unsupported += other.Unsupported
	r.Duration += other.Duration
}
