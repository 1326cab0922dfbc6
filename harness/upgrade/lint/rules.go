package lint

// Effect is what a problem does to the release.
type Effect string

// The effects, from gravest to lightest.
const (
	Refused   Effect = "refused"   // the platform does not make or install the version
	Breaks    Effect = "breaks"    // it is installed, and something of the subscriber breaks
	Unreached Effect = "unreached" // new installs get it, subscribers who upgrade never do
	Risk      Effect = "risk"      // goes wrong in some orgs
)

func (e Effect) rank() int {
	switch e {
	case Refused:
		return 0
	case Breaks:
		return 1
	case Risk:
		return 2
	default:
		return 3
	}
}

// Code is the stable name of a rule.
type Code string

// The codes. They are part of the interface: never renamed, never reused.
const (
	DataTypeChanged        Code = "data-type-changed"
	AttributeFrozen        Code = "attribute-frozen"
	ChildRelationship      Code = "child-relationship-renamed"
	GlobalRemoved          Code = "global-removed"
	GlobalChanged          Code = "global-changed"
	GlobalContractGrown    Code = "global-contract-grown"
	RequiredWithoutDefault Code = "required-without-default"
	NewAutoNumber          Code = "new-auto-number"
	MasterDetailAdded      Code = "master-detail-added"
	ProtectionNarrowed     Code = "protection-narrowed"
	ComponentNotRemovable  Code = "component-not-removable"
	ControllerRemoved      Code = "controller-removed"
	StillReferenced        Code = "removed-still-referenced"
	ExposureWithdrawn      Code = "exposure-withdrawn"
	NameBurnt              Code = "name-burnt"
	ConvertedFieldInApex   Code = "converted-field-in-apex"
	ScriptNotAllowed       Code = "script-not-allowed"
	ScriptMissing          Code = "script-missing"
	VersionNotNewer        Code = "version-not-newer"
	PatchAdds              Code = "patch-adds-component"
	PatchRemoves           Code = "patch-removes-component"
	PatchScript            Code = "patch-changes-script-class"
	PatchFlow              Code = "patch-has-flow"
	PatchGlobal            Code = "patch-adds-global"
	PatchProtection        Code = "patch-unprotects"
	PatchDependency        Code = "patch-adds-dependency"
	PatchDeprecates        Code = "patch-deprecates"
	PatchRelationship      Code = "patch-changes-relationship"
	GlobalAnnotation       Code = "global-annotation-removed"
	AncestorInvalid        Code = "ancestor-invalid"
	AncestorNotDescendant  Code = "ancestor-not-in-line"
	TimeTrigger            Code = "workflow-time-trigger"
	ValueMissing           Code = "picklist-value-needed"
	NamesakeBundle         Code = "component-name-taken"
	NotCompiling           Code = "does-not-compile"
	FileUnreadable         Code = "file-unreadable"

	LengthReduced      Code = "length-reduced"
	PrecisionReduced   Code = "precision-reduced"
	MadeRequired       Code = "made-required"
	ValuesVanish       Code = "picklist-values-vanish"
	CodeDeleted        Code = "code-deleted"
	ProtectedDeleted   Code = "protected-deleted"
	RuleStricter       Code = "validation-rule-changed"
	UnlockedOverwrites Code = "unlocked-overwrites"
	InputRequired      Code = "invocable-input-required"
	RestPathChanged    Code = "rest-path-changed"

	PicklistUnreached  Code = "picklist-values-unreached"
	AttributeKept      Code = "attribute-kept"
	ComponentOnce      Code = "component-deployed-once"
	DefaultNewRowsOnly Code = "default-new-rows-only"
	ProfileUnreached   Code = "profile-settings-unreached"
	Retained           Code = "component-retained"
	RecordKept         Code = "record-values-kept"

	FeatureRequired   Code = "feature-required"
	DependencyRaised  Code = "dependency-raised"
	APIVersionCrosses Code = "api-version-crosses"
	MetadataTypeField Code = "metadata-type-field-added"

	GateNeverTaken  Code = "gate-never-taken"
	GateExact       Code = "gate-matches-one-version"
	GateOwnVersion  Code = "gate-matches-own-version"
	GateNullVersion Code = "previous-version-null"
	QueryUnbounded  Code = "query-without-limit"
	WriteAllOrNone  Code = "write-all-or-none"
	WithSharing     Code = "with-sharing-in-script"
	CalloutInScript Code = "callout-in-script"
)

// Rule describes a code.
type Rule struct {
	Code     Code   `json:"code"`
	Effect   Effect `json:"effect"`
	Why      string `json:"why"`
	Platform string `json:"platformText,omitempty"`
	Recipe   string `json:"recipe"`
	Facts    string `json:"-"` // where harness/facts has it; Source is for users
}

// Rules lists every rule in the order in which they are explained.
var Rules = []Rule{
	{DataTypeChanged, Refused, "the data type of a released field is frozen", "",
		"add a field of the new type, copy the values in a batch that the post-install class starts, and stop using the old field",
		"upgrade-rules.md, section 4, Data type"},
	{AttributeFrozen, Refused, "this attribute may never change once the component is released", "",
		"leave it as it is and ship a new component with the new setting", "upgrade-rules.md, section 3, class N; section 12, row 2"},
	{ChildRelationship, Refused, "queries and code of subscribers name the child relationship", "",
		"keep the name; a new lookup may have another one", "upgrade-rules.md, section 4, Child relationship name"},
	{GlobalRemoved, Refused, "subscribers' Apex may call what is global, so it may never go", "",
		"keep it, mark it @Deprecated and let it delegate to what replaces it", "upgrade-rules.md, section 12, row 1"},
	{GlobalChanged, Refused, "subscribers' Apex is compiled against the global signature", "",
		"keep the old signature beside the new one", "upgrade-rules.md, section 12, row 1"},
	{GlobalContractGrown, Refused, "classes of subscribers that extend or implement it would no longer compile", "",
		"add the method as virtual with a body, or in a new interface", "upgrade-rules.md, section 12, row 1"},
	{RequiredWithoutDefault, Refused, "rows that exist would have nothing in a field that must be filled", "",
		"give the field a default value, or make it required by a validation rule once rows are filled", "upgrade-rules.md, section 12, row 5"},
	{NewAutoNumber, Refused, "an auto-number field can not be added to a released object", "",
		"use a text field that a trigger fills", "upgrade-rules.md, section 4, New auto-number field; section 12, row 5"},
	{MasterDetailAdded, Refused, "an object that holds rows can not get a master: the rows have none", "",
		"add a lookup, fill it, and require it by a validation rule", "upgrade-rules.md, section 4, New master-detail"},
	{ProtectionNarrowed, Refused, "what subscribers may refer to can not be taken back", "",
		"leave it public and ship a new protected component", "upgrade-rules.md, section 12, rows 7 and 8"},
	{ComponentNotRemovable, Refused, "components of this type can not be removed from a released package", "",
		"keep the component and stop using it", "manageability.json, devRemovable; upgrade-rules.md, section 12, row 3"},
	{ControllerRemoved, Refused, "a page that stays in the subscriber's org still needs the class",
		"This app can't be upgraded. Salesforce has blocked this package upgrade because the new package version removes some Apex code that one or more Visualforce pages or global Visualforce components need in order to function.",
		"take two releases: remove the reference from the page first, the class in the next one", "versions-and-push.md, section 8, F12; upgrade-rules.md, section 6"},
	{StillReferenced, Refused, "a component of the new version still refers to it, so the version can not be created", "",
		"remove the reference as well", "upgrade-rules.md, section 12, row 4"},
	{NotCompiling, Refused, "a version whose Apex does not compile can not be created", "",
		"mend the class; rehearse apex check shows all that is wrong", "upgrade-rules.md, section 12, row 4"},
	{FileUnreadable, Refused, "the platform deploys a file as it is, or refuses it and with it the whole version", "",
		"mend the file, or take it out of the package with .forceignore", "versions-and-push.md, section 1"},
	{ExposureWithdrawn, Refused, "pages of subscribers may use the exposed component", "",
		"keep isExposed and the targets; hide the component from new uses by its label", "upgrade-rules.md, section 12, row 6"},
	{NameBurnt, Refused, "the API name of a component that was removed is burnt for ever", "",
		"choose another API name", "upgrade-rules.md, section 4, Re-use API name"},
	{ConvertedFieldInApex, Refused, "Apex refers to the field whose type changes",
		"Cannot change field type of a custom field referenced in Apex class or trigger: %s",
		"take two releases: remove the reference, change the type, refer to it again", "versions-and-push.md, section 8, F17"},
	{ScriptNotAllowed, Refused, "only managed packages have post-install and uninstall scripts",
		"We can't create the package version. This parameter is available only for second-generation managed packages.",
		"run the steps by hand or from the deployment pipeline", "post-install.md, section 2"},
	{ScriptMissing, Refused, "the project names a script class that the version does not have", "",
		"add the class, or take its name out of the project file", "post-install.md, section 2"},
	{VersionNotNewer, Refused, "an org can not go to the same or an older version", "A newer version of this package is currently installed",
		"raise the version number", "versions-and-push.md, section 8, F2"},
	{PatchAdds, Refused, "a patch version may not add components", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchRemoves, Refused, "a patch version may not remove components", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchScript, Refused, "a patch version may change the body of the post-install class, not name another", "",
		"keep the class", "versions-and-push.md, section 4"},
	{PatchFlow, Refused, "a patch version may not contain a changed flow", "", "ship it in the next minor version", "versions-and-push.md, section 4; upgrade-rules.md, section 9"},
	{PatchGlobal, Refused, "a patch version may not add access modifiers or relationships of Apex", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchProtection, Refused, "a patch version may not make protected components public", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchDependency, Refused, "a patch version may not add dependencies", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchDeprecates, Refused, "a patch version may not deprecate Apex", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{PatchRelationship, Refused, "a patch version may not add relationships or access modifiers to Apex", "", "ship it in the next minor version", "versions-and-push.md, section 4"},
	{GlobalAnnotation, Refused, "flows, components and integrations of subscribers call global code by its annotation", "",
		"keep the annotation; deprecate the method and add another", "upgrade-rules.md, section 12, row 1"},
	{AncestorInvalid, Refused, "the version that this one descends from must be released and of the right line",
		"No matching major.minor version found for the given patch version (%s)",
		"set ancestorVersion to HIGHEST, or of a patch to the version that it repairs", "versions-and-push.md, section 2"},
	{AncestorNotDescendant, Refused, "an org can only go to a direct descendant of the version that it has", "",
		"make the version that subscribers have the ancestor, or an ancestor of it", "versions-and-push.md, section 2, Install-time rule"},
	{TimeTrigger, Refused, "time triggers of workflow rules can not be packaged", "",
		"use a scheduled path of a flow", "upgrade-rules.md, section 12, row 13"},
	{ValueMissing, Refused, "the install fails where a component needs a picklist value that the org does not have, and upgrades bring none",
		"Picklist value: %s in picklist: %s not found",
		"use only values of the first release, or ship a new field", "upgrade-rules.md, section 5; versions-and-push.md, section 8, F23"},
	{NamesakeBundle, Refused, "Lightning web components and Aura components share their names, and the old one stays in the org",
		"%s component name already in use",
		"give the new component another name", "versions-and-push.md, section 8, F16"},

	{LengthReduced, Breaks, "values that subscribers store may be longer than the field will be", "",
		"keep the length, or shorten the values first in a release of its own", "upgrade-rules.md, section 4, Text length"},
	{PrecisionReduced, Breaks, "stored numbers are rounded or no longer fit", "",
		"keep digits and decimals; format where the number is shown", "upgrade-rules.md, section 4, Number digits"},
	{MadeRequired, Breaks, "rows that exist stay empty, and any later save of such a row fails", "REQUIRED_FIELD_MISSING",
		"fill the rows in a release before, or let the post-install class start a batch that does", "upgrade-rules.md, section 4, Required"},
	{ValuesVanish, Breaks, "rows keep a value that the new version no longer knows", "",
		"migrate the rows, and let code accept the old value until all are", "upgrade-rules.md, section 5"},
	{CodeDeleted, Risk, "the upgrade deletes the class or trigger in the subscriber's org", "",
		"unschedule its jobs first: a job that is pending blocks the upgrade", "upgrade-rules.md, section 6; versions-and-push.md, section 8, F10"},
	{ProtectedDeleted, Risk, "protected components that leave are deleted with their content", "",
		"copy what is needed before the release that removes it", "upgrade-rules.md, section 1, Protected; section 6"},
	{InputRequired, Breaks, "flows of subscribers that call the action do not set the input, and fail", "",
		"make the input optional, and give it a default in code", "upgrade-rules.md, section 12, row 1 (a changed contract of global Apex)"},
	{RestPathChanged, Breaks, "clients of subscribers call the service at its old address", "",
		"keep the address, and serve the new one from another class", "upgrade-rules.md, section 12, row 1 (a changed contract of global Apex)"},
	{RuleStricter, Risk, "rows that exist are not checked by the upgrade; their next save may fail", "FIELD_CUSTOM_VALIDATION_EXCEPTION",
		"ship the rule inactive, or repair rows first", "upgrade-rules.md, section 3, ValidationRule; section 11"},
	{UnlockedOverwrites, Risk, "an unlocked package overwrites what the subscriber edited", "",
		"tell subscribers, or leave the component out of the package", "upgrade-rules.md, section 7"},

	{PicklistUnreached, Unreached, "an upgrade adds no value to a picklist that the org has",
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
		"tell administrators which values to add, or use a new field; do not write the value before it is there", "upgrade-rules.md, section 5"},
	{AttributeKept, Unreached, "the attribute belongs to the subscriber once the component is installed", "",
		"tell administrators what to change by hand", "upgrade-rules.md, section 1, classes B and S; section 3"},
	{ComponentOnce, Unreached, "components of this type are deployed at the first install and never again", "",
		"ship the change as a new component", "manageability.json, updatedOnUpgrade; upgrade-rules.md, section 1"},
	{DefaultNewRowsOnly, Unreached, "a default fills new rows; rows that exist keep what they have", "",
		"fill existing rows in a batch that the post-install class starts", "upgrade-rules.md, section 4"},
	{ProfileUnreached, Unreached, "profile settings of components that the org has are the subscriber's", "",
		"grant access by a permission set", "upgrade-rules.md, section 8"},
	{Retained, Unreached, "the component stays in the subscriber's org, deprecated, with its data", "",
		"tell administrators that they may delete it", "upgrade-rules.md, section 6"},
	{RecordKept, Unreached, "the field of this custom metadata record belongs to the subscriber", "",
		"ship a new record, or make the field upgradeable from the first release on", "upgrade-rules.md, section 3, CustomMetadata record"},

	{FeatureRequired, Risk, "what the version refers to comes with a feature of the org, which becomes a requirement to install it",
		"Missing Organization Feature: %s",
		"refer to it from Apex by name only, or ship it in an extension package", "upgrade-rules.md, section 12, row 14; versions-and-push.md, section 6"},
	{DependencyRaised, Risk, "the upgrade is refused where a required package is missing or too old, and nothing installs it",
		"A required package is missing: Package \"%s\", Version %s or later must be installed first.",
		"push the required package first, hours before this one", "versions-and-push.md, section 8, F3; section 6"},
	{APIVersionCrosses, Risk, "a class behaves by its own API version: raising it changes what unchanged code does", "",
		"state what is meant (with sharing or without, as user or as system), and try the class as users who are no administrators", "sharing.md, section 1"},
	{MetadataTypeField, Risk, "fields of a custom metadata type that is released may not be added in the same package", "",
		"add the field in an extension package, or try the version out before it is promised", "upgrade-rules.md, section 12, row 8"},

	{GateNeverTaken, Risk, "no supported starting version takes this branch of the install script", "",
		"remove the branch, or correct the version it compares with", "post-install.md, section 1, compareTo"},
	{GateExact, Risk, "a subscriber who skips that version never runs the step", "",
		"compare with < the version that no longer needs the step", "post-install.md, section 1, compareTo; versions-and-push.md, section 2"},
	{GateOwnVersion, Risk, "no org comes from the version that it is going to: the step never runs", "",
		"compare with < this version", "post-install.md, section 1, compareTo; versions-and-push.md, section 8, F2"},
	{GateNullVersion, Risk, "previousVersion() is null on a first install, so the call ends the install with an exception",
		"The post install script failed.",
		"ask isUpgrade() or previousVersion() != null first", "post-install.md, section 1"},
	{QueryUnbounded, Risk, "the install transaction may read 50,000 rows in all, and 10,000 can be written", "Too many query rows: 50001",
		"start a batch from the post-install class", "post-install.md, section 6"},
	{WriteAllOrNone, Risk, "one row that a rule or trigger of the subscriber refuses rolls the whole upgrade back", "The post install script failed.",
		"use Database.update(rows, false), and record the rows that failed", "post-install.md, section 3, steps 5 and 6"},
	{WithSharing, Risk, "the script runs as a user of its own; a class with sharing sees what sharing gives that user", "",
		"declare the class without sharing", "post-install.md, section 4"},
	{CalloutInScript, Risk, "a callout is not allowed in the install transaction", "System.CalloutException",
		"start asynchronous work from the script", "post-install.md, section 5"},
}

// RuleOf is the entry of a code; a code without one is a fault of the build.
func RuleOf(c Code) Rule {
	for _, r := range Rules {
		if r.Code == c {
			return r
		}
	}
	panic("no rule " + string(c))
}
