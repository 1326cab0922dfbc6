package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

// Experiment is one thing that is tried, or read, to learn what a judgement
// needs to know.
type Experiment struct {
	Name  string      // stable: "save-again"
	Does  string      // in the words of a progress line
	Asks  string      // the question, as somebody puts it who releases a package
	Costs string      // in a few words: what it takes of time
	Depth suite.Depth // the least at which it is carried out
	// NeedsCommit leaves it out when the upgrade was undone, since then there
	// is nothing to learn.
	NeedsCommit bool
	try         func(ctx context.Context, s *Subject, e *Evidence) error
}

// What experiments take, in the words of their table.
const (
	reading    = "reads the two versions: no org"
	fewQueries = "reads rows"
	oneFork    = "a fork, once through"
	twoForks   = "two forks, once through each"
)

// Experiments lists the experiments in the order in which they are carried out.
var Experiments = []Experiment{
	{Name: "versions", Does: "check the versions", Depth: suite.Quick, Costs: reading,
		Asks: "does the platform make and install the new version at all?", try: checkVersions},
	{Name: "static", Does: "read the versions", Depth: suite.Quick, Costs: reading,
		Asks: "what do the two versions tell by themselves: what orgs at a limit or with other settings run into, what integrations must newly do, what newly throws?", try: readVersions},
	{Name: "grants", Does: "read what permission sets grant", Depth: suite.Quick, Costs: reading, NeedsCommit: true,
		Asks: "what can users with a packaged permission set no longer reach, and what do they newly see?", try: readAccess},
	{Name: "save-again", Does: "save rows again", Depth: suite.Quick, Costs: twoForks, NeedsCommit: true,
		Asks: "can rows that could be saved before still be saved, unchanged?", try: saveAgain},
	{Name: "twins", Does: "do the same work in both versions", Depth: suite.Deep, Costs: "two forks, a hundred transactions and calls in each, once for each way", NeedsCommit: true,
		Asks: "does a save, a call or a page of a user still do what it did, also in bulk and for who is no administrator?", try: twins},
	{Name: "edge-rows", Does: "save rows at the edges of new rules", Depth: suite.Quick, Costs: twoForks, NeedsCommit: true,
		Asks: "can rows be saved that stand just where a new or changed rule begins to refuse?", try: edgeRows},
	{Name: "own-tabs", Does: "upgrade where the subscriber made a tab", Depth: suite.Normal, Costs: "a fork and an upgrade, where the version adds tabs",
		Asks: "does the upgrade reach an org that made a tab for an object which the version brings one for?", try: ownTabs},
	{Name: "old-rows", Does: "read what rows hold", Depth: suite.Quick, Costs: fewQueries, NeedsCommit: true,
		Asks: "what do rows hold of what the new version no longer has, or newly asks for?", try: oldRows},
	{Name: "saved-anew", Does: "save rows anew", Depth: suite.Quick, Costs: twoForks, NeedsCommit: true,
		Asks: "which rows hold what the old version wrote and the new one would write otherwise?", try: recomputed},
	{Name: "own-records", Does: "call what reads custom metadata of the subscriber", Depth: suite.Normal, Costs: twoForks, NeedsCommit: true,
		Asks: "does code that reads custom metadata take the records of subscribers as it did?", try: ownRecords},
	{Name: "left-blank", Does: "read what old rows leave blank", Depth: suite.Quick, Costs: fewQueries, NeedsCommit: true,
		Asks: "which new fields does code read as if set, that old rows leave blank?", try: leftBlank},
	{Name: "subscriber-apex", Does: "compile the subscriber's Apex", Depth: suite.Quick, Costs: "compiles Apex of the org, once or twice", NeedsCommit: true,
		Asks: "does the subscriber's own Apex still compile?", try: compile},
	{Name: "old-callers", Does: "compile what subscribers may have written", Depth: suite.Quick, Costs: "compiles made-up Apex against both versions", NeedsCommit: true,
		Asks: "does what subscribers may have written against the old version still compile?", try: oldCallers},
	{Name: "old-tests", Does: "run old tests against the new version", Depth: suite.Normal, Costs: "runs the old version's tests that changed or left, against both", NeedsCommit: true,
		Asks: "does the new version still do what tests of the old one say?", try: oldTests},
	{Name: "harvest", Does: "save what old tests leave behind", Depth: suite.Normal, Costs: "runs the old version's tests, and upgrades what they leave", NeedsCommit: true,
		Asks: "can the rows that the old version's own tests leave behind still be saved?", try: harvest},
	{Name: "surviving-jobs", Does: "run jobs that were scheduled before", Depth: suite.Quick, Costs: twoForks, NeedsCommit: true,
		Asks: "do jobs that were scheduled before the upgrade still run?", try: survivingJobs},
	{Name: "script-again", Does: "run the script again", Depth: suite.Normal, Costs: oneFork + "; twice where users worked", NeedsCommit: true,
		Asks: "does a second run of the post-install script change anything?", try: runAgain},
	{Name: "script-conditions", Does: "turn the script's conditions", Depth: suite.Normal, Costs: "two forks and an upgrade of each, where the version has a script", NeedsCommit: true,
		Asks: "does the script fail where settings have no row, or where rows are what its queries look for, two alike?", try: otherSides},
	{Name: "gates", Does: "run the script as if the org came from elsewhere", Depth: suite.Normal, Costs: "a fork and a run of the script for each version that a branch of it is for", NeedsCommit: true,
		Asks: "which rows would a step of the script repair that runs only for orgs of another version?", try: gates},
	{Name: "other-way", Does: "take the other way", Depth: suite.Normal, Costs: "a fork, an upgrade for each version on the way", NeedsCommit: true,
		Asks: "do subscribers who skip versions end where those do who take each?", try: otherWay},
	{Name: "fresh", Does: "hold against a first install", Depth: suite.Normal, Costs: "two more orgs and their installs, once for each way", NeedsCommit: true,
		Asks: "what does a first install have that existing customers never receive?", try: fresh},
	{Name: "suite-queries", Does: "ask the suite's queries", Depth: suite.Quick, Costs: fewQueries, NeedsCommit: true,
		Asks: "does what the suite expects hold?", try: ask},
	{Name: "exercised", Does: "see what was exercised", Depth: suite.Quick, Costs: "counts rows, compiles what changed",
		Asks: "how much of what the release changes did anything make use of?", try: exercised},
	{Name: "row-names", Does: "read the names of rows", Depth: suite.Quick, Costs: fewQueries,
		Asks: "what are the rows called that failures are about?", try: readNames},
}
