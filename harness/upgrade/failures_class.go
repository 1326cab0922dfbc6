package upgrade

// FailureClass is a row of the catalogue of failures, by its name there.
type FailureClass string

// The classes, in the order of the catalogue.
const (
	ScriptFails        FailureClass = "F1"
	OlderVersion       FailureClass = "F2"
	DependencyMissing  FailureClass = "F3"
	FeatureOff         FailureClass = "F4"
	MetadataFull       FailureClass = "F5"
	TooManyDashboards  FailureClass = "F6"
	TooManyComponents  FailureClass = "F7"
	TestFails          FailureClass = "F8"
	OwnApexBroken      FailureClass = "F9" // Apex that is in the org and not in the version
	JobWaits           FailureClass = "F10"
	OrgHeld            FailureClass = "F11"
	StillNeeded        FailureClass = "F12"
	ForeignComponent   FailureClass = "F13"
	RelationshipTaken  FailureClass = "F14"
	OwnedElsewhere     FailureClass = "F15"
	NameTaken          FailureClass = "F16"
	TypeUsed           FailureClass = "F17"
	PushRefused        FailureClass = "F18"
	PlatformError      FailureClass = "F19"
	CountryUnknown     FailureClass = "F20"
	PermissionNeeded   FailureClass = "F21"
	LicenseWithoutApps FailureClass = "F22"
	ValueMissing       FailureClass = "F23"
	AbsentAfterwards   FailureClass = "F24"
	// StoredData is of values that the org holds, which the catalogue does not
	// number, NotDeployed of components that can not be deployed at all.
	StoredData  FailureClass = "data"
	NotDeployed FailureClass = "deploy"
	// TabTaken is of an object for which the subscriber made a tab, which the
	// catalogue does not number.
	TabTaken FailureClass = "tab"
)
