package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/reports/plain"
)

// progress tells on stderr how a run goes on: a bar for each scenario under way
// when that is a terminal, a line when one is over otherwise.
type progress interface {
	harness.Progress
	close()
}

func (a *app) progress(p *plan.Plan) progress {
	if width, tty := terminal(a.screen.errs); tty {
		return newBars(a.screen.errs, width, len(p.Scenarios))
	}
	return &lines{out: a.errs, total: len(p.Scenarios)}
}

// lines writes a line for each scenario.
type lines struct {
	mu          sync.Mutex
	out         io.Writer
	done, total int
}

func (l *lines) Reading(string) {}

func (l *lines) Warned(what string, list diag.List) { warn(l.out, what, list) }

func (l *lines) Started(*plan.Scenario, int)      {}
func (l *lines) Step(*plan.Scenario, int, string) {}
func (l *lines) close()                           {}

func (l *lines) Finished(sc *plan.Scenario, status result.Status, found int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	fmt.Fprintf(l.out, "%d/%d %s: %s\n", l.done, l.total, sc.ID, outcome(status, found))
}

// warn writes what reading a package made doubtful.
func warn(w io.Writer, what string, list diag.List) {
	const most = 10
	for i, d := range list {
		if i == most {
			fmt.Fprintf(w, "%s: and %d more warnings\n", what, len(list)-most)
			return
		}
		fmt.Fprintf(w, "%s: %s\n", what, d.Error())
	}
}

func outcome(status result.Status, found int) string {
	if status == result.Found {
		return fmt.Sprintf("%d found", found)
	}
	return string(status)
}

// bars draws a bar for each scenario under way and one for the whole run below
// them. A scenario that is over leaves a line above, as in a log.
type bars struct {
	container *mpb.Progress
	whole     *mpb.Bar
	log       *lines

	mu      sync.Mutex
	running map[string]*bar
}

// newBars draws on w, which is width columns wide.
func newBars(w io.Writer, width, scenarios int) *bars {
	c := mpb.New(mpb.WithOutput(w), mpb.WithWidth(min(width, 100)))
	return &bars{
		container: c,
		whole: c.AddBar(int64(max(scenarios, 1)), mpb.BarRemoveOnComplete(), mpb.BarPriority(math.MaxInt),
			mpb.PrependDecorators(decor.Name("all", decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.CountersNoUnit("%d of %d scenarios"))),
		log:     &lines{out: plain.NewWriter(c), total: scenarios},
		running: map[string]*bar{},
	}
}

type bar struct {
	*mpb.Bar
	mu   sync.Mutex
	what string
}

func (b *bar) say(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.what = plain.Line(what)
}

func (b *bar) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.what
}

func (b *bars) Reading(string) {}

func (b *bars) Warned(what string, list diag.List) { b.log.Warned(what, list) }

func (b *bars) Started(sc *plan.Scenario, steps int) {
	own := &bar{}
	own.Bar = b.container.AddBar(int64(max(steps, 1)), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(plain.Line(sc.Org.Name+" "+strings.Join(sc.Path, " → ")), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return own.said() })))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running[sc.ID] = own
}

func (b *bars) at(sc *plan.Scenario) *bar {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running[sc.ID]
}

func (b *bars) Step(sc *plan.Scenario, step int, what string) {
	if own := b.at(sc); own != nil {
		own.say(what)
		own.SetCurrent(int64(step))
	}
}

func (b *bars) Finished(sc *plan.Scenario, status result.Status, found int) {
	if own := b.at(sc); own != nil {
		own.Abort(true)
	}
	b.log.Finished(sc, status, found)
	b.whole.Increment()
}

// close takes the bars away and returns when the last line is drawn. A run that
// was interrupted has bars that are not full; waiting for those would never end.
func (b *bars) close() {
	b.mu.Lock()
	for _, own := range b.running {
		own.Abort(true)
	}
	b.mu.Unlock()
	b.whole.Abort(true)
	b.container.Wait()
}
