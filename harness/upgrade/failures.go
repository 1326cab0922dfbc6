package upgrade

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// ErrorType is the class of a failed push (PackagePushError.ErrorType).
type ErrorType string

// The error types (versions-and-push.md, section 7).
const (
	ApexTestFailure   ErrorType = "ApexTestFailure"
	DeployError       ErrorType = "DeployError"
	FeatureMissing    ErrorType = "FeatureMissing"
	IneligibleUpgrade ErrorType = "IneligibleUpgrade"
	LimitExceeded     ErrorType = "LimitExceeded"
	LockingFailure    ErrorType = "LockingFailure"
	PACError          ErrorType = "PACError"
	UnclassifiedError ErrorType = "UnclassifiedError"
)

// FailureKind is one row of the catalogue of failures.
type FailureKind struct {
	Class FailureClass
	Type  ErrorType // as a push reports it
	Text  string    // as the platform words it; with verbs of fmt
	Cause string
	Cure  string // what the publisher or the installer does about it
	// Where says what raises it: a function of this package, or the room that
	// finds it later. Empty: it can not be simulated, and Gap says why.
	Where, Gap string
}

// Failures is the catalogue, in its order (versions-and-push.md, section 8).
var Failures = []FailureKind{
	{Class: ScriptFails, Type: UnclassifiedError, Text: "The post install script failed.",
		Cause: "an exception leaves onInstall",
		Cure:  "make the failing step tolerate this org, or move it out of the install transaction into a batch", Where: "runScript"},
	{Class: OlderVersion, Type: IneligibleUpgrade, Text: "A newer version of this package is currently installed",
		Cause: "the org has this version or a newer one",
		Cure:  "raise the version number; an org never goes back to an older version", Where: "refuseVersion"},
	{Class: DependencyMissing, Type: DeployError, Text: "A required package is missing: Package %q, Version %s or later must be installed first.",
		Cause: "a package that this one depends on is missing or too old",
		Cure:  "install or push the required package first, and tell customers so before the release", Where: "refuseDependency"},
	{Class: FeatureOff, Type: FeatureMissing, Text: "In field: %s - no CustomField named %s found",
		Cause: "the org lacks a feature that the version refers to",
		Cure:  "refer to it by name only in Apex (dynamic SOQL, describe), or ship it in an extension package for orgs that have the feature", Where: "refuseFeatures"},
	{Class: MetadataFull, Type: LimitExceeded, Text: "(%s) Custom metadata limit exceeded. Your organization has reached its custom metadata maximum limit.",
		Cause: "the records of custom metadata types take more than the org may hold",
		Cure:  "ship fewer or smaller records, or let customers delete what they no longer use before they upgrade", Where: "refuseMetadataLimit"},
	{Class: TooManyDashboards, Type: LimitExceeded, Text: "You reached the limit for dashboards run as the logged-in user.",
		Cause: "more dynamic dashboards than the edition allows",
		Cure:  "ship dashboards that run as a named user, or in a package of their own; customers can delete a dynamic dashboard to make room", Where: "refuseLimits"},
	{Class: TooManyComponents, Type: LimitExceeded, Text: "reached maximum number of %s",
		Cause: "more objects, tabs, apps, fields or relationships than the edition allows",
		Cure:  "tell customers which limit they reach before the release, or ship fewer components of that sort", Where: "refuseLimits"},
	{Class: TestFails, Type: ApexTestFailure, Text: "Apex Test Failure: %s",
		Cause: "a test of the package fails in this org",
		Cure:  "let the test make its own data and set what it needs, so that rules and settings of the customer do not touch it", Where: "runTests"},
	{Class: OwnApexBroken, Type: DeployError, Text: "%s: line %d, column %d: %s",
		Cause: "Apex that is in the org and not in the version does not compile when all of the org is compiled: the subscriber's, another package's, or what left this package",
		Cure:  "keep what it calls, let the upgrade delete what left the package, or tell administrators to choose \"Compile only the Apex in the package\", or to mend or delete the class first", Where: "refuseBrokenApex"},
	{Class: JobWaits, Type: LockingFailure, Text: "This schedulable class has jobs pending or in progress - CronTrigger IDs (%s)",
		Cause: "a job waits whose class, or a class that it refers to, changes",
		Cure:  "let the script of a release before abort its jobs, or tell administrators which jobs to delete before they upgrade", Where: "refuseJobs"},
	{Class: OrgHeld, Type: LockingFailure, Text: "unable to obtain exclusive access to this record",
		Cause: "another deployment or transaction holds the org or a record",
		Gap:   "two transactions at once are not simulated: whether an upgrade meets a lock depends on the moment"},
	{Class: StillNeeded, Type: DeployError, Text: "This app can't be upgraded. Salesforce has blocked this package upgrade because the new package version removes some Apex code " +
		"that one or more Visualforce pages or global Visualforce components need in order to function. %s: %s.",
		Cause: "a page or component that stays needs Apex that goes",
		Cure:  "take two releases: remove the reference from the page first, the class in the next one", Where: "refuseRemovedControllers"},
	{Class: ForeignComponent, Type: DeployError, Text: "Cannot Modify Managed Component",
		Cause: "the version changes a component of another package",
		Cure:  "leave components of other packages out of the version", Where: "refuseForeign"},
	{Class: RelationshipTaken, Type: DeployError, Text: "The relationship name %q is already used by custom field %s. Please rename existing relationship name.",
		Cause: "a child relationship name is taken",
		Cure:  "give the relationship another name, or tell customers to rename theirs first", Where: "refuseRelationships"},
	{Class: OwnedElsewhere, Type: DeployError, Text: "Cannot add component of type:%s named:%s subjectId:%s to another package because it is an installed component",
		Cause: "another unlocked package owns the component",
		Cure:  "remove the component from the other package first, in deprecate-only mode", Where: "refuseOwned"},
	{Class: NameTaken, Type: DeployError, Text: "%s component name already in use",
		Cause: "a namesake of another type is there",
		Cure:  "give the new component a name that no component of another sort had", Where: "refuseNamesakes"},
	{Class: TypeUsed, Type: DeployError, Text: "Cannot change field type of a custom field referenced in Apex class or trigger: %s",
		Cause: "Apex of the org refers to a field whose type changes",
		Cure:  "take two releases: remove the reference, change the type, refer to it again", Where: "refuseConversions"},
	{Class: PushRefused, Type: PACError, Text: "The push upgrade is blocked: %s",
		Cause: "a connected app asks for more, or the subscriber blocks pushes",
		Cure:  "ask customers to install this version by hand: an administrator may accept it", Where: "refusePush"},
	{Class: PlatformError, Type: UnclassifiedError, Text: "Your request install failed. Please try this again.",
		Cause: "an internal error of the platform",
		Gap:   "internal errors of the platform follow no rule that could be simulated"},
	{Class: CountryUnknown, Type: DeployError, Text: "There's a problem with this country, even though it may appear correct. Please select a country/territory from the list of valid countries.",
		Cause: "State and Country Picklists are on and the script or a test writes another country",
		Cure:  "write country and state codes, or look them up by describe before writing", Where: "the save of a record (harness/org/save); shown by F1"},
	{Class: PermissionNeeded, Type: DeployError, Text: "Permission %s depends on permission(s): %s",
		Cause: "the script inserts a permission set without a permission that a feature of the org makes necessary",
		Gap:   "which permission depends on which is not known for all features: a permission set that Apex inserts is taken as it is"},
	{Class: LicenseWithoutApps, Type: DeployError, Text: "The user license doesn't allow Assigned Apps",
		Cause: "a permission set gets an app, and a user who has it has a license without apps",
		Cure:  "take the app out of the permission set, or unassign it from users whose license has no apps first", Where: "refuseAssignedApps"},
	{Class: ValueMissing, Type: DeployError, Text: "Picklist value: %s in picklist: %s not found",
		Cause: "a component needs a picklist value that upgrades do not bring",
		Cure:  "tell customers to add the value before they upgrade, or take the step out of the path", Where: "refuseMissingValues"},
	{Class: AbsentAfterwards, Type: "", Text: "",
		Cause: "the upgrade succeeds, and what no upgrade brings is absent", Where: "the invariant upgraded-equals-fresh"},
}

// failureKind finds a row of the catalogue; one that is not there is a fault of
// the build.
func failureKind(class FailureClass) FailureKind {
	for _, k := range Failures {
		if k.Class == class {
			return k
		}
	}
	panic("no failure " + class)
}

// Failure is an install or upgrade that the platform refuses or undoes.
type Failure struct {
	Class   FailureClass
	Type    ErrorType // as a push reports it
	Message string    // the text that the installer sees
	Step    string    // what was being done
	// Cause is what the installer does not see, such as the exception of the
	// post-install script; nil when there is nothing more to tell.
	Cause error
	// Components are the components concerned, as "Kind Name".
	Components []string
	jobs       []string // that wait and stand in the way (F10)
	cure       string   // of a class that the catalogue does not have
}

// fail makes a failure of the catalogue: its text filled in.
func fail(class FailureClass, step string, components []string, args ...any) *Failure {
	k := failureKind(class)
	message := k.Text
	if len(args) > 0 {
		message = fmt.Sprintf(k.Text, args...)
	}
	return &Failure{Class: class, Type: k.Type, Message: message, Step: step, Components: components}
}

// Error is what was being done and the platform's text.
func (f *Failure) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %s (%v)", f.Step, f.Message, f.Cause)
	}
	return f.Step + ": " + f.Message
}

// Cure is what to do about a failure; "" where there is nothing to say.
func (f *Failure) Cure() string {
	if f.cure != "" {
		return f.cure
	}
	if f.Class == TabTaken {
		return "leave the tab out of the package, or tell administrators to delete theirs before they upgrade"
	}
	for _, k := range Failures {
		if k.Class == f.Class {
			return k.Cure
		}
	}
	return ""
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// noteGaps enters in the ledger the failures that an upgrade could meet on the
// platform and never meets here.
func noteGaps(o *org.Org, pkg *metadata.Package) {
	for _, k := range Failures {
		if k.Gap != "" && (k.Class != PermissionNeeded || makesPermissionSets(pkg)) {
			o.Ledger().Note(ledger.Unsupported, "upgrade", "failure "+string(k.Class)+": "+k.Text, k.Gap, pkg.Name)
		}
	}
}

// makesPermissionSets says that Apex of the package may insert permission sets.
func makesPermissionSets(pkg *metadata.Package) bool {
	return slices.ContainsFunc(pkg.OfKind(metadata.ApexClass), func(c *metadata.Component) bool {
		return bytes.Contains(bytes.ToLower(c.Source), []byte("new permissionset("))
	})
}
