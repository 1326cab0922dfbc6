// Package invariant judges an upgrade: what must hold after it, built in and
// from the suite.
//
// The machine: Evidence is what a rehearsal has gathered, two forks of one org
// and the record of what happened between them. A registry (registry.go) lists
// the invariants in order; each looks at the evidence and returns findings, or
// says why it could not ask. Findings are then blamed (blame.go): on the mess
// whose rows, fields or components they concern, on components of the org, on
// rules of the platform; those that repeat are gathered into one with a count.
//
// Invariants never change the orgs they are given: what must be tried out is
// tried on forks that are thrown away. They run one after another in the
// goroutine of the scenario, and what they say depends on the evidence alone.
package invariant

import (
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// Evidence is what there is to judge by.
type Evidence struct {
	Before, After *org.Org          // forks of one org; After equals Before in all but the clock when the upgrade was undone
	From, To      *metadata.Package // first and last version
	Steps         []Step            // upgrades, oldest first; an upgrade that failed is the last
	Diff          *diff.Diff        // of Before and After
	Mess          []finding.Mess    // what was done to the org beforehand
	Rules         []Rule            // of the suite
	Changes       []Change          // expected, of the suite
	Strict        bool              // changes that are not expected are findings
	Skipped       []string          // versions that the path leaves out
	Sample        int               // rows of an object that are tried; 0 for 200
	Broken        []Broken          // business that worked before and fails now
	Worked        bool              // users worked in After
	// Fresh makes the orgs that upgraded-equals-fresh holds against each other;
	// nil: it is not asked in this scenario.
	Fresh func(ctx context.Context) (*Fresh, error)
	// Between are the versions that the path leaves out, oldest first, where
	// path-equivalence is to go through them; nil: it is not.
	Between []*metadata.Package
	// Allow says that the suite accepts a finding, and why; nil: it accepts none.
	Allow func(*finding.Finding) (reason string, ok bool)

	entered map[string]bool // rows that users inserted since the fork
}

// Step is one upgrade.
type Step struct {
	From, To *metadata.Package
	Report   *upgrade.Report
	Jobs     []org.JobRun // run after the commit
	Events   []org.Event  // of the install transaction and its jobs, in order
}

// Undone reports whether the last upgrade was refused or rolled back.
func (e *Evidence) Undone() bool { return e.last().Report.Failure != nil }

func (e *Evidence) last() *Step { return &e.Steps[len(e.Steps)-1] }

func (e *Evidence) sample() int {
	if e.Sample > 0 {
		return e.Sample
	}
	return 200
}

// Outcome is what one invariant said.
type Outcome struct {
	Name     string
	Findings []finding.Finding
	Allowed  []Allowed // findings that the suite accepts
	Skipped  string    // why it could not be asked
}

// Allowed are findings that the suite accepts for one reason.
type Allowed struct {
	Finding finding.Finding
	Reason  string
}

// notAsked is why an invariant was not asked: an error that Judge turns into
// Outcome.Skipped.
type notAsked string

// Error is the reason.
func (n notAsked) Error() string { return string(n) }

// NotAsked makes the error with which Evidence.Fresh says that the question can
// not be asked, and why.
func NotAsked(why string) error { return notAsked(why) }

// Judge asks every invariant. An error means that one could not be evaluated.
func Judge(ctx context.Context, e *Evidence) ([]Outcome, error) {
	var outcomes []Outcome
	for _, inv := range Registry {
		out := Outcome{Name: inv.Name}
		if inv.NeedsCommit && e.Undone() {
			out.Skipped = "the upgrade was undone"
			outcomes = append(outcomes, out)
			continue
		}
		findings, err := inv.Ask(ctx, e)
		var skip notAsked
		if errors.As(err, &skip) {
			out.Skipped, findings, err = string(skip), nil, nil
		}
		if err != nil {
			return outcomes, fmt.Errorf("judge %s: %w", inv.Name, err)
		}
		out.Findings = findings
		outcomes = append(outcomes, out)
	}
	suite, err := e.askSuite(ctx)
	if err != nil {
		return outcomes, err
	}
	outcomes = append(outcomes, suite...)
	for i := range outcomes {
		for j := range outcomes[i].Findings {
			f := &outcomes[i].Findings[j]
			f.Check = outcomes[i].Name
			e.blame(f)
		}
		outcomes[i].accept(e.Allow)
		outcomes[i].Findings = finding.Gather(outcomes[i].Findings)
	}
	return outcomes, nil
}

// accept takes the findings that the suite allows out of an outcome, those with
// one reason together.
func (o *Outcome) accept(allow func(*finding.Finding) (string, bool)) {
	if allow == nil {
		return
	}
	var rest []finding.Finding
	var reasons []string
	accepted := map[string][]finding.Finding{}
	for i := range o.Findings {
		reason, ok := allow(&o.Findings[i])
		if !ok {
			rest = append(rest, o.Findings[i])
			continue
		}
		if accepted[reason] == nil {
			reasons = append(reasons, reason)
		}
		accepted[reason] = append(accepted[reason], o.Findings[i])
	}
	o.Findings = rest
	for _, reason := range reasons {
		for _, f := range finding.Gather(accepted[reason]) {
			o.Allowed = append(o.Allowed, Allowed{f, reason})
		}
	}
}
