// Package apextest runs the Apex tests of packages in simulated orgs.
//
// The machine: one pristine org holds all components of the package set, as
// a deployment to a scratch org puts them there (build.go). Each worker has a
// fork of it. For each class the @TestSetup methods run once and each method on
// what they left, which is then undone together with all it changed, so that
// tests see nothing of each other. Results come out sorted by class, then in
// source order, and do not depend on the number of workers.
//
// @isTest(SeeAllData=true) sees what the deployment brought and the rows that
// every org comes with, since the org has no other data. Tests run as they do
// while the package is deployed or made: a package whose tests pass there was
// released.
package apextest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Options say which tests run and how.
type Options struct {
	Namespace string                          // whose tests
	Package   *metadata.Package               // only its classes; nil for all of the namespace
	Filter    string                          // CLASS or CLASS.METHOD, ignoring case; "" for all
	Only      func(class, method string) bool // of those; nil for all
	Jobs      int                             // workers; 0 for 1
	NoLimits  bool                            // no governor limits
	Log       bool                            // keep the debug log of each test
	Coverage  bool                            // count the lines that ran
	Profile   bool                            // account for the CPU time of methods
	// Progress is called after each test, by one goroutine at a time, in the
	// order in which tests end; nil for nothing.
	Progress func(*Result)
	// Ended is called when a method has ended, with the org as it left it and
	// before that is undone; nil for nothing. Of several workers each calls it.
	Ended func(context.Context, *org.Org, *Result) error
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
	Log            []string      // the debug log, when asked for
}

// Report is the outcome of a run.
type Report struct {
	Results                     []Result // by class, then in source order
	Passed, Failed, Unsupported int
	Duration                    time.Duration // differs from run to run
	Coverage                    []ClassCoverage
	Profile                     func(io.Writer) error // writes the profile for go tool pprof; nil for none
}

// Run runs tests in forks of an org, which stays as it is. The error is of the
// simulator or of the context; tests that fail are no error.
func Run(ctx context.Context, o *org.Org, opt Options) (*Report, error) {
	began := time.Now()
	r := &runner{opt: opt, org: o}
	tests := 0
	for _, tc := range o.TestClasses(opt.Namespace) {
		if opt.Package != nil && opt.Package.Find(metadata.ApexClass, tc.Name) == nil {
			continue
		}
		c := &class{TestClass: tc, first: tests}
		for _, m := range tc.Methods {
			if selected(opt.Filter, &tc, m) && (opt.Only == nil || opt.Only(tc.Name, m)) {
				c.run = append(c.run, m)
			}
		}
		if len(c.run) > 0 {
			r.classes = append(r.classes, c)
			tests += len(c.run)
		}
	}
	r.results = make([]Result, tests)
	o.Observe(org.Observation{Coverage: opt.Coverage, Profile: opt.Profile, Methods: opt.Log})
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	report := &Report{Results: r.results, Duration: time.Since(began)}
	if opt.Coverage {
		report.Coverage = coverageOf(o, opt)
	}
	if opt.Profile {
		report.Profile = o.Program().WriteProfile
	}
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

// class is a test class and which of its methods run; first is the place of
// the first one among the results.
type class struct {
	org.TestClass
	run   []string
	first int
}

// runner is one run. forks guards the org that the workers' orgs come from.
type runner struct {
	opt     Options
	org     *org.Org
	classes []*class
	results []Result
	forks   sync.Mutex
	report  sync.Mutex
}

// all runs the classes on the workers.
func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *class)
	var workers sync.WaitGroup
	for range min(max(r.opt.Jobs, 1), max(len(r.classes), 1)) {
		workers.Go(func() {
			if err := r.work(ctx, next); err != nil {
				cancel(err)
			}
			for range next { // let the sender end
			}
		})
	}
	for _, c := range r.classes {
		if ctx.Err() != nil {
			break
		}
		next <- c
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// work runs classes on a fork of its own, which is as it was after each.
func (r *runner) work(ctx context.Context, classes <-chan *class) (err error) {
	r.forks.Lock()
	o, err := r.org.Fork(ctx, "")
	r.forks.Unlock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	for c := range classes {
		if err := o.Undone(ctx, func() error { return r.class(ctx, o, c) }); err != nil {
			return fmt.Errorf("run the tests of %s: %w", c.FullName(), err)
		}
	}
	return nil
}

// class runs the setup of a class once and each method on what it left. When
// the setup fails, every method fails so.
func (r *runner) class(ctx context.Context, o *org.Org, c *class) error {
	if err := o.Silo(ctx); err != nil {
		return err
	}
	var setup *Result
	for _, method := range c.Setup {
		result, err := r.call(ctx, o, c, method)
		if err != nil {
			return err
		}
		if result.Kind != "" {
			result.Message = method + ": " + result.Message
			setup = &result
			break
		}
	}
	for i, method := range c.run {
		result := &r.results[c.first+i]
		if setup != nil {
			*result = *setup
		} else {
			began := time.Now()
			err := o.Undone(ctx, func() (err error) {
				if slices.Contains(c.SeeAllData, method) {
					if err := o.SeeAll(ctx); err != nil {
						return err
					}
				}
				if *result, err = r.call(ctx, o, c, method); err != nil || r.opt.Ended == nil {
					return err
				}
				result.Class, result.Method = c.FullName(), method
				return r.opt.Ended(ctx, o, result)
			})
			if err != nil {
				return err
			}
			result.Duration = time.Since(began)
		}
		result.Class, result.Method = c.FullName(), method
		if r.opt.Progress != nil {
			r.report.Lock()
			r.opt.Progress(result)
			r.report.Unlock()
		}
	}
	return nil
}

// call runs one method as a test transaction.
func (r *runner) call(ctx context.Context, o *org.Org, c *class, method string) (Result, error) {
	var result Result
	setup := !contains(c.Methods, method)
	opt := org.TxOptions{Deployed: true, Cause: cause.Transaction("test " + c.FullName() + "." + method), Test: true, NoLimits: r.opt.NoLimits,
		Namespace: c.Namespace, Quiddity: "RUNTEST_SYNC", Log: r.opt.Log}
	done, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		if err := tx.Invoke(ctx, c.Namespace, c.Name, method); err != nil || !setup {
			return err
		}
		return tx.DrainTest(ctx)
	})
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	result.Log = done.Log
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
		r.Message, r.Stack = apex.Error(), apex.Stack()
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
	r.Coverage = append(r.Coverage, other.Coverage...)
	if other.Profile != nil {
		r.Profile = other.Profile
	}
}
