package finding

// Code is the stable name of a sort of finding.
type Code string

// The codes. They are part of the interface: never renamed, never reused.
const (
	UpgradeFails        Code = "upgrade-fails"
	AsyncFails          Code = "async-fails"
	JobsEndless         Code = "jobs-endless"
	SwallowedFailure    Code = "swallowed-failure"
	SaveBroken          Code = "save-broken"
	DataLost            Code = "data-lost"
	DataAltered         Code = "data-altered"
	CustomisationLost   Code = "customisation-lost"
	SubscriberApex      Code = "subscriber-apex-broken"
	ScriptNotIdempotent Code = "script-not-idempotent"
	LimitsTight         Code = "limits-tight"
	PathsDiffer         Code = "paths-differ"
	FreshDiffers        Code = "fresh-differs"
	BusinessFails       Code = "business-fails"
	ExpectationFails    Code = "expectation-fails"
	UnexpectedChange    Code = "unexpected-change"
	MissingChange       Code = "expected-change-missing"
	ValuesLeft          Code = "values-left-behind"
	ValuesUndefined     Code = "values-undefined"
	RecordsIncomplete   Code = "records-incomplete"
	ScriptFirstRun      Code = "script-first-run"
	InstallerMustAct    Code = "installer-must-act"
	VersionRefused      Code = "version-refused"
	OrgDependent        Code = "org-dependent"
	RequiredAdded       Code = "required-field-added"
	NewlyThrows         Code = "newly-throws"
	FixedID             Code = "fixed-id"
	ScriptCondition     Code = "script-condition"
	APIVersionRaised    Code = "api-version-raised"
	GateExcludes        Code = "gate-excludes"
	BehaviourDiffers    Code = "behaviour-differs"
	AccessLost          Code = "access-lost"
	AccessGained        Code = "access-gained"
	SharingDiffers      Code = "sharing-differs"
)

// Entry describes a code: what the judgement is called when it holds, what a
// breach usually weighs, what it means and what to do about it.
type Entry struct {
	Code      Code
	Invariant string // name of the invariant that was broken: "upgrade-succeeds"
	Severity  Severity
	Means     string
	Advice    string
}

// Codes lists every code in the order in which reports explain them.
var Codes = []Entry{
	{VersionRefused, "version-allowed", Blocker,
		"the platform does not make or install this version: package check says the same without any org",
		"undo the change that is refused, or do what is named with it"},
	{UpgradeFails, "upgrade-succeeds", Blocker,
		"the upgrade was rolled back: the subscriber stays on the old version",
		"make the failing step tolerate this org, or move it out of the install transaction into a batch"},
	{DataLost, "data-kept", Blocker,
		"records or values of the subscriber are gone after the upgrade",
		"keep the old field until its values are copied; never delete rows in a script"},
	{AsyncFails, "async-succeeds", Major,
		"the upgrade is green, yet work it started afterwards failed",
		"handle the failing rows one by one and log them where the subscriber can see them"},
	{JobsEndless, "async-ends", Major,
		"jobs that the upgrade began start each other without end, until the org has no asynchronous executions left for the day",
		"start the next job only while there is work left, and let the chain stop by itself"},
	{SwallowedFailure, "no-swallowed-failure", Major,
		"the upgrade is green, yet something failed inside and the failure was caught",
		"report what failed (a log record, a mail) and make the step repeatable"},
	{SaveBroken, "still-saveable", Major,
		"records that could be saved before the upgrade cannot be saved after it",
		"fill the rows in before a stricter rule arrives, or ship the rule inactive"},
	{BusinessFails, "business-goes-on", Major,
		"work of users that could be saved before the upgrade fails during or after it",
		"try the same change by hand in both versions; what refuses it is named as the cause"},
	{BehaviourDiffers, "same-work", Major,
		"the same work of a user is saved in both versions, and does not do the same in them",
		"do the same by hand in both versions; if the difference is meant, say so in the release notes"},
	{AccessLost, "access-kept", Major,
		"a packaged permission set no longer grants what users need for what the package still has",
		"grant it again, or tell administrators which permission set users need besides"},
	{AccessGained, "access-kept", Minor,
		"users of a packaged permission set see or change more than is shared with them",
		"say so in the release notes; administrators may want to take the permission set from some users"},
	{SharingDiffers, "access-kept", Minor,
		"a class sees other rows than before when a user runs it who may not see all",
		"try it as a user who owns nothing; give code that others write a sharing keyword of its own"},
	{DataAltered, "data-kept", Major,
		"records changed that no step of the package wrote by intent",
		"check what ran along: triggers, workflow and roll-ups that the script's writes set off"},
	{ValuesLeft, "values-still-read", Major,
		"what subscribers had entered is still in the org, and the new version does not look at it",
		"copy the values in the post-install script, and drop the old field a release later"},
	{ValuesUndefined, "values-defined", Major,
		"rows hold a picklist value that the new version does not know",
		"give the rows the new value in the post-install script, and tell subscribers to add it to the picklist"},
	{RecordsIncomplete, "metadata-complete", Major,
		"custom metadata that subscribers made lacks what the new version requires",
		"read a missing value as a sensible default, or give the field one; scripts can deploy custom metadata too"},
	{CustomisationLost, "customisation-kept", Major,
		"what the subscriber had set up is no longer as it was",
		"leave subscriber-editable components alone; ship the change as a new component"},
	{SubscriberApex, "subscriber-apex-compiles", Major,
		"Apex of the subscriber no longer compiles against the new version",
		"keep global signatures; deprecate before removing"},
	{ScriptNotIdempotent, "script-idempotent", Major,
		"a second run of the post-install script changes rows again",
		"select only rows that still need the change"},
	{RequiredAdded, "makers-go-on", Major,
		"whoever makes such records or publishes such events must newly set a field",
		"give the field a default, or leave it optional and fill it in a trigger"},
	{OrgDependent, "every-org-takes-it", Minor,
		"goes well here, and not in orgs that are at a limit or have set something differently",
		"say in the release notes what the version needs of an org"},
	{NewlyThrows, "calls-go-on", Minor,
		"a method ends with an exception for input that it took before",
		"say in the release notes what is no longer supported, and look for rows and settings of that kind"},
	{ScriptCondition, "script-takes-others", Major,
		"the script succeeds here and fails in an org whose rows or settings answer its conditions otherwise",
		"ask for null and for nothing found before going on, and take one of several rows by an order that is told"},
	{APIVersionRaised, "behaves-as-before", Minor,
		"classes behave otherwise since their API version was raised",
		"state in the class what is meant (with sharing or without, as user or as system), and try it as users who are no administrators"},
	{FixedID, "ids-are-asked-for", Minor,
		"the id of a record is written in the source: it is of the org in which it was written",
		"look the record up by its name or developer name"},
	{GateExcludes, "gates-let-in", Major,
		"a step of the script would change rows of this org and did not run, since it is for orgs that come from one version",
		"compare with < the version that no longer needs the step, so that who skips versions runs it too"},
	{ScriptFirstRun, "script-has-history", Minor,
		"the script meets an org that never ran what it does on a new install",
		"do on an upgrade from such a version what a new install does, and do it only where it is missing"},
	{InstallerMustAct, "upgrade-succeeds", Major,
		"the upgrade is refused until an administrator of the org has done something; a push fails",
		"tell administrators what to do before they upgrade"},
	{LimitsTight, "limits-headroom", Minor,
		"the install transaction came close to a governor limit",
		"move the work into a batch before a larger org crosses the line"},
	{PathsDiffer, "path-equivalence", Minor,
		"subscribers who skip releases hold another package than those who take each",
		"do not rely on components or attributes that an upgrade leaves behind; name the way in support cases"},
	{FreshDiffers, "upgraded-equals-fresh", Minor,
		"existing customers never receive what a first install of the new version has",
		"bring it to existing orgs by other means, or accept it in the suite with a reason"},
	{ExpectationFails, "suite expectation", Major,
		"an expectation of the suite does not hold after the upgrade",
		"compare the rows listed with what the release was meant to do"},
	{UnexpectedChange, "suite expectation", Major,
		"something changed that the suite does not expect",
		"add it to the expected changes if it is meant, else find the step named as its cause"},
	{MissingChange, "suite expectation", Major,
		"a change that the suite expects did not happen",
		"check the condition under which the script makes it, most often its version gate"},
}

// Describe gives the entry of a code; the zero Entry for an unknown one.
func Describe(c Code) Entry {
	for _, e := range Codes {
		if e.Code == c {
			return e
		}
	}
	return Entry{Code: c}
}

// New makes a finding with the usual severity and advice of its code.
func New(c Code, title string) Finding {
	e := Describe(c)
	return Finding{Code: c, Severity: e.Severity, Title: title, Advice: e.Advice, Cause: Cause{Kind: ByUnknown}}
}
