package invariant

import (
	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Entry binds one built-in invariant to its judgement. What its findings weigh,
// mean and advise is told by its codes (finding.Codes).
type Entry struct {
	Name string // stable: "upgrade-succeeds"
	// NeedsCommit leaves it out when the upgrade was undone, since then the
	// question has no meaning.
	NeedsCommit bool
	needs       string // the experiment without which there is nothing to judge; "" for none
	judge       func(e *Evidence) []finding.Finding
	facts       func(e *Evidence) []finding.Fact // of the kind of upgrade, which are no findings; nil: there are none
	notAsked    func(e *Evidence) string         // why the evidence says nothing about it, "" where it does; nil: it always does
}

// Registry lists the built-in invariants in the order in which they are judged.
var Registry = []Entry{
	// What the platform refuses to make reaches no org at all.
	{Name: "version-allowed", judge: versionAllowed},
	// A version that can not be installed reaches nobody.
	{Name: "upgrade-succeeds", judge: upgradeSucceeds, facts: compilesAll},
	// What integrations and code make must go on being made.
	{Name: "makers-go-on", judge: makersGoOn},
	// Other orgs are at limits, and have set things differently.
	{Name: "every-org-takes-it", judge: everyOrgTakesIt},
	// What a method took, callers go on giving it.
	{Name: "calls-go-on", judge: callsGoOn},
	// A class behaves by its API version.
	{Name: "behaves-as-before", judge: behavesAsBefore},
	// An id is of the org in which it was written.
	{Name: "ids-are-asked-for", judge: idsAreAskedFor},
	// Work after the commit fails unseen: the install is green.
	{Name: "async-succeeds", NeedsCommit: true, judge: asyncSucceeds},
	// A chain of jobs without end takes the asynchronous work of everybody.
	{Name: "async-ends", NeedsCommit: true, judge: asyncEnds},
	// A failure that is caught leaves the org half migrated.
	{Name: "no-swallowed-failure", NeedsCommit: true, judge: noSwallowedFailure},
	// Users can not work with rows that refuse to be saved.
	{Name: "still-saveable", NeedsCommit: true, judge: stillSaveable},
	// Users work while an upgrade runs and afterwards.
	{Name: "business-goes-on", NeedsCommit: true, judge: businessGoesOn},
	// A save that succeeds may still no longer do what it did.
	{Name: "same-work", NeedsCommit: true, judge: sameWork,
		notAsked: func(e *Evidence) string { return e.Twins.NotAsked }},
	// Administrators try a release; the others work with it.
	{Name: "access-kept", NeedsCommit: true, judge: accessKept},
	// The data is the subscriber's.
	{Name: "data-kept", NeedsCommit: true, judge: dataKept},
	// What a subscriber entered must go on having an effect.
	{Name: "values-still-read", NeedsCommit: true, judge: valuesStillRead},
	// Code and reports of the new version look for the values that it defines.
	{Name: "values-defined", NeedsCommit: true, judge: valuesDefined},
	// Custom metadata of the subscriber steers the package.
	{Name: "metadata-complete", NeedsCommit: true, judge: metadataComplete},
	// What the subscriber set up is the subscriber's.
	{Name: "customisation-kept", NeedsCommit: true, judge: customisationKept, facts: replacedWhole},
	// Code that no longer compiles blocks the subscriber's own releases.
	{Name: "subscriber-apex-compiles", NeedsCommit: true, judge: subscriberApexCompiles},
	// A script is run again by the next upgrade, and after a failure.
	{Name: "script-idempotent", NeedsCommit: true, needs: "script-again", judge: scriptIdempotent},
	// A script may rely on what an earlier run of it did.
	{Name: "script-has-history", NeedsCommit: true, judge: scriptHasHistory},
	// Other orgs answer the script's conditions otherwise.
	{Name: "script-takes-others", NeedsCommit: true, needs: "script-conditions", judge: scriptTakesOthers},
	// Some subscribers skip the version that a step is for.
	{Name: "gates-let-in", NeedsCommit: true, needs: "gates", judge: gatesLetIn},
	// The next org is larger.
	{Name: "limits-headroom", NeedsCommit: true, judge: limitsHeadroom},
	// Some subscribers take every release, others skip some.
	{Name: "path-equivalence", NeedsCommit: true, needs: "other-way", judge: pathEquivalence},
	// Support meets customers who lack what the documentation shows.
	{Name: "upgraded-equals-fresh", NeedsCommit: true, needs: "fresh", judge: upgradedEqualsFresh,
		notAsked: func(e *Evidence) string { return e.Fresh.NotAsked }},
}
