package invariant

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// Entry is one built-in invariant.
type Entry struct {
	Name string       // stable: "upgrade-succeeds"
	Code finding.Code // of its findings; data-kept has two
	Why  string
	// NeedsCommit leaves it out when the upgrade was undone, since then the
	// question has no meaning.
	NeedsCommit bool
	Ask         func(ctx context.Context, e *Evidence) ([]finding.Finding, error)
}

// Registry lists the built-in invariants in the order in which they are asked.
var Registry = []Entry{
	{"upgrade-succeeds", finding.UpgradeFails,
		"a version that can not be installed reaches nobody", false, upgradeSucceeds},
	{"async-succeeds", finding.AsyncFails,
		"work after the commit fails unseen: the install is green", true, asyncSucceeds},
	{"no-swallowed-failure", finding.SwallowedFailure,
		"a failure that is caught leaves the org half migrated", true, noSwallowedFailure},
	{"still-saveable", finding.SaveBroken,
		"users can not work with rows that refuse to be saved", true, stillSaveable},
	{"business-goes-on", finding.BusinessFails,
		"users work while an upgrade runs and afterwards", true, businessGoesOn},
	{"data-kept", finding.DataLost,
		"the data is the subscriber's", true, dataKept},
	{"values-still-read", finding.ValuesLeft,
		"what a subscriber entered must go on having an effect", true, valuesStillRead},
	{"values-defined", finding.ValuesUndefined,
		"code and reports of the new version look for the values that it defines", true, valuesDefined},
	{"metadata-complete", finding.RecordsIncomplete,
		"custom metadata of the subscriber steers the package", true, metadataComplete},
	{"customisation-kept", finding.CustomisationLost,
		"what the subscriber set up is the subscriber's", true, customisationKept},
	{"subscriber-apex-compiles", finding.SubscriberApex,
		"code that no longer compiles blocks the subscriber's own releases", true, subscriberApexCompiles},
	{"script-idempotent", finding.ScriptNotIdempotent,
		"a script is run again by the next upgrade, and after a failure", true, scriptIdempotent},
	{"script-has-history", finding.ScriptFirstRun,
		"a script may rely on what an earlier run of it did", true, scriptHasHistory},
	{"limits-headroom", finding.LimitsTight,
		"the next org is larger", true, limitsHeadroom},
	{"path-equivalence", finding.PathsDiffer,
		"some subscribers take every release, others skip some", true, pathEquivalence},
	{"upgraded-equals-fresh", finding.FreshDiffers,
		"support meets customers who lack what the documentation shows", true, upgradedEqualsFresh},
}
