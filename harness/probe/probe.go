// Package probe tries things out to learn what a judgement needs to know:
// experiments on an org before an upgrade and on the one after it.
//
// The machine: a Subject is what a rehearsal has at its end, two forks of one
// org and the record of what happened between them. Gather carries out the
// experiments of the registry (registry.go) in order, each on forks of its own that are thrown
// away: rows are saved again (saveagain.go), and rows at the edges of new rules
// (edgerows.go), what the versions tell by themselves is read (static.go), the
// script is run as if the org came from elsewhere (gates.go), the upgrade is asked for where the subscriber made what it
// brings (owntabs.go), the post-install script is run again (runagain.go), the
// subscriber's Apex is compiled (compile.go), and what a subscriber may have
// written (oldcallers.go), tests of the old version run (oldtests.go), jobs that were scheduled before run
// (survivingjobs.go), the other way through the versions is taken
// (otherway.go), the upgraded org is held against a first install (fresh.go),
// the suite's queries are asked (answers.go), rows are read for what the new
// version no longer has or newly asks for (oldrows.go). What the platform
// refuses in the versions themselves is asked without an org (versions.go).
// What they learn is one Evidence of typed values, with the names of the rows
// that anybody may want to tell of (names.go). The same work of users is done in
// both versions (twins.go: of which objects twins_touched.go, with which rows
// twins_rows.go, in which order twins_stories.go, what it did twins_effect.go, what
// differs twins_compare.go), and what the package offers is called (calls.go).
//
// The orgs of a Subject are never changed. Experiments run one after another in
// the goroutine of the scenario, and what they give depends on the subject
// alone. They judge nothing: whether something is wrong is the question of
// package invariant, which reads Evidence and has no org.
package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/aim"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Subject is what the experiments are carried out on.
type Subject struct {
	Before, After *org.Org          // forks of one org; After equals Before in all but the clock when the upgrade was undone
	Upgraded      *org.Org          // After as it was before users went on working in it; nil: After itself
	From, To      *metadata.Package // first and last version
	Steps         []Step            // upgrades, oldest first; an upgrade that failed is the last
	Diff          *diff.Diff        // of Before and After
	Mess          []finding.Mess    // what was done to the org beforehand
	Skipped       []string          // versions that the path leaves out
	Broken        []Broken          // business that worked before and fails now
	Worked        bool              // users worked in After
	Sample        int               // rows of an object that are tried; 0 for 200
	Queries       []string          // of the suite, in its order
	Aim           *aim.Upgrade      // of From and To; nil: made when it is needed
	TellsVersions bool              // what the versions tell by themselves is told here
	Until         time.Time         // when a deep search ends; zero: never
	Depth         suite.Depth       // how far experiments go; "" is normal
	// Strict takes our checker's word against Apex of a release.
	Strict bool
	// Versions remembers what was found out about versions for other scenarios;
	// nil: nothing.
	Versions *Versions
	// Twins asks for the same work in both versions.
	Twins bool
	// Fresh are the orgs that are held against each other to find what existing
	// customers never receive; nil: not in this scenario.
	Fresh *Pair
	// Between are the versions that the path leaves out, oldest first, where the
	// other way is to go through them; nil: it is not.
	Between []*metadata.Package
	// Beside is what the project of the first and of the last version deploys
	// beside its package, such as tests; nil: nothing.
	Beside struct{ From, To *metadata.Package }
}

// Gather carries out every experiment that the depth of the subject asks for. An error means that one could not be
// carried out.
func Gather(ctx context.Context, s *Subject) (*Evidence, error) {
	whole := *s
	s = &whole
	if s.Aim == nil {
		s.Aim = aim.New(s.From, s.To)
	}
	if s.Versions == nil {
		s.Versions = &Versions{}
	}
	e := &Evidence{From: s.From, To: s.To, Steps: s.Steps, Diff: s.Diff, Mess: s.Mess, Skipped: s.Skipped, Broken: s.Broken,
		Worked: s.Worked, Before: stateOf(s.Before), After: stateOf(s.After), depth: s.Depth, names: map[string]string{}}
	for _, x := range Experiments {
		if x.NeedsCommit && e.Undone() || !s.Depth.Reaches(x.Depth) {
			continue
		}
		err := x.try(ctx, s, e)
		if what := unsimulated(err); what != "" {
			e.leave(x.Does, what)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s in org %s: %w", x.Does, s.After.Name(), err)
		}
	}
	var notes ledger.Ledger
	notes.Merge(s.Before.Ledger())
	notes.Merge(s.After.Ledger())
	notes.Merge(&e.notes)
	e.Ledger = notes.Entries()
	return e, nil
}

// unsimulated is what an experiment stopped at that is not simulated; "" where it
// was anything else, or nothing.
func unsimulated(err error) string {
	var stopped *ApexError
	if errors.As(err, &stopped) && stopped.Missing {
		return stopped.Message
	}
	return ""
}

// leave says in the ledger that something could not be tried out.
func (e *Evidence) leave(experiment, what string) {
	e.notes.Note(ledger.Unsupported, "apex", "experiment: "+experiment, "left out where it reached what is not simulated: "+what, "")
}
