package harness

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// RunOptions are what a run needs besides its plan.
type RunOptions struct {
	Builder  Builder
	Jobs     int      // scenarios at a time; 0 for one a processor
	Version  string   // of the tool, for the result
	Progress Progress // nil: silent
	// Timeout ends a scenario that does not come to an end; 0 for 30 minutes.
	Timeout time.Duration
	// WalkOn lets scenarios whose versions can not be used be those that could not
	// run, where an *InputError would end the run of the others too.
	WalkOn bool
}

// Progress is told how a run goes on, from several goroutines. It must not
// write to where results go.
type Progress interface {
	Reading(what string)                                         // a package version is being read
	Warned(what string, list diag.List)                          // it was read, with these warnings
	Started(sc *plan.Scenario, steps int)                        // a scenario begins
	Step(sc *plan.Scenario, step int, what string)               // it has done so many steps and does this now
	Finished(sc *plan.Scenario, status result.Status, found int) // it is over
}

// InputError is an error in what the user gave: nothing was run and nothing
// written.
type InputError struct{ Err error }

// Error is the error's own text.
func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap gives the error itself.
func (e *InputError) Unwrap() error { return e.Err }

// Run carries out a plan. An *InputError means that a package or an
// expectation can not be used; then there is no result. A cancelled context
// gives a result of what ran, marked as interrupted.
func Run(ctx context.Context, p *plan.Plan, opt RunOptions) (*result.Result, error) {
	if opt.Progress == nil {
		opt.Progress = silent{}
	}
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.GOMAXPROCS(0)
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 30 * time.Minute
	}
	started := time.Now()
	src, p, err := readSources(ctx, p, opt)
	if err != nil {
		return nil, err
	}
	usable := src.without(p)
	rules, err := compileExpectations(&p.Suite.Expect)
	if err != nil {
		return nil, &InputError{err}
	}
	if err := src.checkNames(usable, rules); err != nil {
		return nil, &InputError{err}
	}
	today := started.UTC().Format(time.DateOnly)
	keys, err := src.keys(usable, opt.Version, today)
	if err != nil {
		return nil, &InputError{err}
	}
	r := &run{plan: p, opt: opt, src: src, expect: rules, keys: keys, today: today}
	scenarios, millis := r.all(ctx)
	res := &result.Result{
		SchemaVersion: result.SchemaVersion,
		Tool:          result.Tool{Name: "rehearse", Version: opt.Version},
		Suite:         result.Suite{Name: p.Suite.Name, Description: p.Suite.Description, File: p.Suite.File},
		Seed:          p.Suite.Seed,
		FailOn:        p.Suite.Expect.FailsOn(),
		Allows:        r.allows(),
		Interrupted:   ctx.Err() != nil,
		Packages:      src.info(p),
		Orgs:          orgsOf(p),
		Scenarios:     scenarios,
		Timing:        result.Timing{Started: started.UTC(), Millis: time.Since(started).Milliseconds(), Jobs: opt.Jobs, Scenarios: millis},
	}
	res.Summarise()
	return res, nil
}

// run is one run under way. What it holds is shared and not changed.
type run struct {
	plan     *plan.Plan
	opt      RunOptions
	src      *sources
	expect   expectations
	keys     map[string]string // of scenarios, by id
	versions probe.Versions    // what is found out about versions, for all scenarios
	today    string            // by which acceptances of the suite expire: "2026-12-31"
}

// all runs every scenario, as many at a time as there are jobs. Each writes to
// its own place, so that the order in which they finish does not show.
func (r *run) all(ctx context.Context) ([]result.Scenario, []result.ScenarioTiming) {
	out := make([]result.Scenario, len(r.plan.Scenarios))
	millis := make([]result.ScenarioTiming, len(out))
	var group errgroup.Group
	memory := newGauge()
	defer memory.stop()
	slots := semaphore.NewWeighted(int64(r.opt.Jobs))
	for i := range r.plan.Scenarios {
		sc := &r.plan.Scenarios[i]
		out[i] = r.blank(sc)
		millis[i].ID = sc.ID
		if err := r.src.unusable[sc.ID]; err != nil {
			out[i].Status, out[i].Error = result.CouldNotRun, err.Error()
			continue
		}
		if slots.Acquire(ctx, 1) != nil {
			continue
		}
		group.Go(func() error {
			defer slots.Release(1)
			began := time.Now()
			done := memory.watch()
			r.one(ctx, sc, &out[i])
			millis[i].Millis, millis[i].MB = time.Since(began).Milliseconds(), done()
			r.opt.Progress.Finished(sc, out[i].Status, len(out[i].Findings))
			return nil
		})
	}
	_ = group.Wait() // every scenario keeps its own error
	return out, millis
}

// blank is a scenario that has not run.
func (r *run) blank(sc *plan.Scenario) result.Scenario {
	return result.Scenario{ID: sc.ID, Key: r.keys[sc.ID], Package: sc.Package, Path: sc.Path, Org: sc.Org.Name, Mode: result.Mode(sc.Install.Mode),
		Seed: sc.Seed, Status: result.NotRun, Reproduce: r.plan.Reproduce(sc.ID)}
}

// one runs a scenario and turns an error or a panic into "could not run".
func (r *run) one(ctx context.Context, sc *plan.Scenario, out *result.Scenario) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.opt.Timeout, fmt.Errorf("not finished after %s", r.opt.Timeout))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			blank := r.blank(sc)
			blank.Status = result.CouldNotRun
			blank.Error = fmt.Sprintf("internal error: %v\n%s", p, place(debug.Stack()))
			*out = blank
		}
	}()
	err := r.rehearse(ctx, sc, out)
	switch {
	case err == nil:
	case errors.Is(context.Cause(ctx), context.Canceled):
		blank := r.blank(sc)
		blank.Error = "interrupted"
		*out = blank
	default:
		out.Status = result.CouldNotRun
		out.Error = withoutStack(err.Error())
	}
}

// withoutStack cuts a Go stack off an error's text: its addresses and paths
// differ between runs.
func withoutStack(text string) string {
	text, _, _ = strings.Cut(text, "\ngoroutine ")
	return text
}

// place finds where a panic came from: the first frames of this project, without
// addresses, which differ between runs.
func place(stack []byte) string {
	var frames []string
	lines := strings.Split(string(stack), "\n")
	for i := 0; i+1 < len(lines) && len(frames) < 6; i++ {
		if !strings.HasPrefix(lines[i], "github.com/rehearsal-dev/") || !strings.HasPrefix(lines[i+1], "\t") {
			continue
		}
		name, _, _ := strings.Cut(lines[i][strings.LastIndexByte(lines[i], '/')+1:], "(0x")
		file, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +0x")
		frames = append(frames, name+" "+file[strings.LastIndexByte(file, '/')+1:])
	}
	if len(frames) > 2 {
		frames = frames[2:] // those of the recovery itself
	}
	return "at " + strings.Join(frames, ", ") + "; please report this with the suite and its seed"
}

// orgsOf lists the orgs of the plan in the suite's order.
func orgsOf(p *plan.Plan) []result.Org {
	used := map[string]uint64{}
	for _, sc := range p.Scenarios {
		used[sc.Org.Name] = sc.Seed
	}
	var out []result.Org
	for _, o := range p.Suite.Orgs {
		if seed, ok := used[o.Name]; ok {
			out = append(out, result.Org{Name: o.Name, Description: o.Description, Recipe: o.Recipe, Records: o.Records, Seed: seed})
		}
	}
	return out
}

type silent struct{}

func (silent) Reading(string)                              {}
func (silent) Warned(string, diag.List)                    {}
func (silent) Started(*plan.Scenario, int)                 {}
func (silent) Step(*plan.Scenario, int, string)            {}
func (silent) Finished(*plan.Scenario, result.Status, int) {}
