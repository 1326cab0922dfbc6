// Package probe tries things out to learn what a judgement needs to know:
// experiments on an org before an upgrade and on the one after it.
//
// The machine: a Subject is what a rehearsal has at its end, two forks of one
// org and the record of what happened between them. Gather carries out the
// experiments in order (Experiments), each on forks of its own that are thrown
// away: rows are saved again (saveagain.go), and rows at the edges of new rules
// (edgerows.go), the upgrade is asked for where the subscriber made what it
// brings (owntabs.go), the post-install script is run again (runagain.go), the
// subscriber's Apex is compiled (compile.go), and what a subscriber may have
// written (oldcallers.go), tests of the old version run (oldtests.go), jobs that were scheduled before run
// (survivingjobs.go), the other way through the versions is taken
// (otherway.go), the upgraded org is held against a first install (fresh.go),
// the suite's queries are asked (answers.go), rows are read for what the new
// version no longer has or newly asks for (oldrows.go). What the platform
// refuses in the versions themselves is asked without an org (versions.go).
// What they learn is one Evidence of typed values, with the names of the rows
// that anybody may want to tell of (names.go).
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

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
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
	// Strict takes our checker's word against Apex of a release.
	Strict bool
	// Versions remembers what was found out about versions for other scenarios;
	// nil: nothing.
	Versions *Versions
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

// Experiment is one thing that is tried.
type Experiment struct {
	Name string // what it does, in the words of a progress line
	// NeedsCommit leaves it out when the upgrade was undone, since then there
	// is nothing to learn.
	NeedsCommit bool
	try         func(ctx context.Context, s *Subject, e *Evidence) error
}

// Experiments lists the experiments in the order in which they are carried out.
var Experiments = []Experiment{
	{"check the versions", false, checkVersions},
	{"save rows again", true, saveAgain},
	{"save rows at the edges of new rules", true, edgeRows},
	{"upgrade where the subscriber made a tab", false, ownTabs},
	{"read what rows hold", true, oldRows},
	{"save rows anew", true, recomputed},
	{"call what reads custom metadata of the subscriber", true, ownRecords},
	{"read what old rows leave blank", true, leftBlank},
	{"compile the subscriber's Apex", true, compile},
	{"compile what subscribers may have written", true, oldCallers},
	{"run old tests against the new version", true, oldTests},
	{"save what old tests leave behind", true, harvest},
	{"run jobs that were scheduled before", true, survivingJobs},
	{"run the script again", true, runAgain},
	{"take the other way", true, otherWay},
	{"hold against a first install", true, fresh},
	{"ask the suite's queries", true, ask},
	{"read the names of rows", false, readNames},
}

// Gather carries out every experiment. An error means that one could not be
// carried out.
func Gather(ctx context.Context, s *Subject) (*Evidence, error) {
	e := &Evidence{From: s.From, To: s.To, Steps: s.Steps, Diff: s.Diff, Mess: s.Mess, Skipped: s.Skipped, Broken: s.Broken,
		Worked: s.Worked, Before: stateOf(s.Before), After: stateOf(s.After), names: map[string]string{}}
	for _, x := range Experiments {
		if x.NeedsCommit && e.Undone() {
			continue
		}
		err := x.try(ctx, s, e)
		if what := unsimulated(err); what != "" {
			e.leave(x.Name, what)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s in org %s: %w", x.Name, s.After.Name(), err)
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
