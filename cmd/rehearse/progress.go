package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/rehearsal-dev/rehearsal/harness"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// progress tells on stderr how a run goes on: a bar for each scenario under way
// when that is a terminal, a line when one is over otherwise.
type progress interface {
	harness.Progress
	close()
}

func (a *app) progress(plan *harness.Plan) progress {
	if width, tty := terminal(a.errs); tty {
		return &bars{container: mpb.New(mpb.WithOutput(a.errs), mpb.WithWidth(min(width, 100))), running: map[string]*bar{}}
	}
	return &lines{out: a.errs, total: len(plan.Scenarios)}
}

// lines writes a line for each scenario.
type lines struct {
	mu          sync.Mutex
	out         io.Writer
	done, total int
}

func (l *lines) Reading(string) {}

func (l *lines) Warned(what string, list diag.List) { warn(l.out, what, list) }

func (l *lines) Started(*harness.Planned, int)      {}
func (l *lines) Step(*harness.Planned, int, string) {}
func (l *lines) close()                             {}

func (l *lines) Finished(sc *harness.Planned, status harness.Status, found int) {
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

func outcome(status harness.Status, found int) string {
	if status == harness.Found {
		return fmt.Sprintf("%d found", found)
	}
	return string(status)
}

// bars draws a bar for each scenario.
type bars struct {
	mu        sync.Mutex
	container *mpb.Progress
	running   map[string]*bar
}

type bar struct {
	*mpb.Bar
	mu   sync.Mutex
	what string
}

func (b *bar) say(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.what = what
}

func (b *bar) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.what
}

func (b *bars) Reading(string) {}

func (b *bars) Warned(what string, list diag.List) { warn(b.container, what, list) }

func (b *bars) Started(sc *harness.Planned, steps int) {
	own := &bar{}
	own.Bar = b.container.AddBar(int64(steps),
		mpb.PrependDecorators(decor.Name(sc.Org.Name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return own.said() })))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running[sc.ID] = own
}

func (b *bars) at(sc *harness.Planned) *bar {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running[sc.ID]
}

func (b *bars) Step(sc *harness.Planned, step int, what string) {
	if own := b.at(sc); own != nil {
		own.say(what)
		own.SetCurrent(int64(step))
	}
}

func (b *bars) Finished(sc *harness.Planned, status harness.Status, found int) {
	if own := b.at(sc); own != nil {
		own.say(outcome(status, found))
		own.SetTotal(-1, true)
	}
}

func (b *bars) close() { b.container.Wait() }
