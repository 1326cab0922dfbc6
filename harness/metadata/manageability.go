package metadata

import (
	_ "embed"
	"fmt"
	"strings"
)

// AttrClass says who owns an attribute of an installed managed component
// (upgrade-rules.md, section 1).
type AttrClass byte

// The attribute classes.
const (
	Developer  AttrClass = 'D' // only the developer edits; every upgrade overwrites it
	Both       AttrClass = 'B' // both edit; a change reaches new installs only
	Subscriber AttrClass = 'S' // only the subscriber edits
	Never      AttrClass = 'N' // frozen once released; a version that changes it is refused
)

// String is the class letter.
func (a AttrClass) String() string { return string(rune(a)) }

// SubscriberKeeps says that an upgrade leaves the attribute of an installed component as
// the subscriber has it.
func (a AttrClass) SubscriberKeeps() bool { return a == Both || a == Subscriber }

// Flag is a yes or no of the documentation, which sometimes says neither.
type Flag byte

// The values of a Flag.
const (
	No          Flag = 'n'
	Yes         Flag = 'y'
	Conditional Flag = 'c' // under conditions the documentation tells in words
	Unknown     Flag = '?' // the documentation does not say
)

// Removal is what a managed upgrade does with a component that the new version
// lacks (upgrade-rules.md, section 6).
type Removal uint8

// The ways a removed component goes.
const (
	Deprecated  Removal = iota // stays in the org with its data, marked deprecated
	HardDeleted                // deleted by the upgrade
)

// Manageability is what packaging and upgrades do with a kind of component.
type Manageability struct {
	Type                string // the documentation's row: "CustomField", "CustomField@CustomMetadataType"
	FirstGen, SecondGen bool   // may be in a 1GP, 2GP managed package
	Upgraded            Flag   // later upgrades rewrite the component; No: deployed once only
	SubscriberDeletable Flag
	Removable1GP        bool   // the developer may drop it from a later 1GP version
	Removable2GP        bool   // the developer may drop it from a later 2GP version
	RemovableIf         string // condition on that: "non-global", "protected", "conditions"
	Hidden              Flag   // contents hidden in the subscriber's org
	Documented          bool   // false: the type is not in the documentation's table
}

// IsUpgraded says that later upgrades rewrite the component.
func (m Manageability) IsUpgraded() bool { return m.Upgraded != No }

//go:embed manageability.txt
var manageabilityText string

//go:embed attributes.txt
var attributesText string

var (
	manageable = readManageability(manageabilityText)
	attributes = readAttributes(attributesText)
)

// readManageability reads the embedded table; a broken table is a fault of the
// build and found by any test.
func readManageability(text string) map[string]Manageability {
	table := map[string]Manageability{}
	for _, f := range rows(text) {
		if len(f) != 6 {
			panic(fmt.Sprintf("manageability table: %d columns in %q", len(f), f))
		}
		who, condition, _ := strings.Cut(f[4], ":")
		table[f[0]] = Manageability{
			Type: f[0], FirstGen: strings.Contains(f[1], "1"), SecondGen: strings.Contains(f[1], "2"),
			Upgraded: Flag(f[2][0]), SubscriberDeletable: Flag(f[3][0]),
			Removable1GP: strings.Contains(who, "1"), Removable2GP: strings.Contains(who, "2"),
			RemovableIf: condition, Hidden: Flag(f[5][0]), Documented: true,
		}
	}
	return table
}

type attributeKey struct {
	kind     Kind
	property string
}

func readAttributes(text string) map[attributeKey]AttrClass {
	table := map[attributeKey]AttrClass{}
	for _, f := range rows(text) {
		for _, property := range f[2:] {
			table[attributeKey{Kind(f[0]), property}] = AttrClass(f[1][0])
		}
	}
	return table
}

// rows are the fields of the lines that are neither empty nor a comment.
func rows(text string) [][]string {
	var all [][]string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 0 && f[0][0] != '#' {
			all = append(all, f)
		}
	}
	return all
}

// Attribute is the class of a property of a kind: who may change it once the
// component is installed. Properties are named as in the canonical tree, nested
// ones joined by '/', or as in a PropertyChange; a nested property has the class
// of what it is in unless it is listed itself. What the tables do not list
// belongs to the developer.
func Attribute(kind Kind, property string) AttrClass {
	if i := strings.IndexByte(property, '['); i >= 0 {
		property = property[:i] // an entry of a list has the class of the list
	}
	for at := property; ; {
		if class, ok := attributes[attributeKey{kind, at}]; ok {
			return class
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	if class, ok := attributes[attributeKey{kind, "*"}]; ok {
		return class
	}
	return Developer
}

// ManageabilityOf is the row of a kind. A kind that the documentation does not
// list has the row of the kind it lives in; failing that, one that upgrades
// rewrite and nobody may remove, with Documented false.
func ManageabilityOf(kind Kind) Manageability {
	if m, ok := manageable[string(kind)]; ok {
		return m
	}
	if info, ok := InfoOf(kind); ok && info.Parent != "" {
		if m, ok := manageable[string(info.Parent)]; ok {
			m.Documented = false
			return m
		}
	}
	return Manageability{Type: string(kind), Upgraded: Yes, SubscriberDeletable: No, Hidden: Unknown}
}

// Manageability is the row that holds for this component: objects and fields of
// custom metadata types have their own.
func (c *Component) Manageability() Manageability {
	object := c.Name
	if c.Kind == CustomField {
		object = c.Parent()
	}
	if (c.Kind == CustomField || c.Kind == CustomObject) && strings.HasSuffix(fold(object), "__mdt") {
		return manageable[string(c.Kind)+"@CustomMetadataType"]
	}
	return ManageabilityOf(c.Kind)
}

// hardDeleted are the kinds that a managed 2GP upgrade deletes when the new
// version lacks them (upgrade-rules.md, section 6): Apex and Visualforce
// components that are not global.
var hardDeleted = map[Kind]bool{ApexClass: true, ApexTrigger: true, ApexComponent: true}

// hardDeletedUnlocked are the kinds that an unlocked upgrade in the default
// Mixed mode deletes (upgrade-rules.md, section 6, [U-hard]).
var hardDeletedUnlocked = kindSet(`AnalyticSnapshot ApexClass ApexComponent ApexPage ApexTrigger
	AuraDefinitionBundle CompactLayout CustomApplication CustomPageWebLink CustomPermission CustomTab
	Dashboard Document EmailServicesFunction EmailTemplate FeatureParameterBoolean FeatureParameterDate
	FeatureParameterInteger FieldRestrictionRule FlexiPage Flow HomePageComponent HomePageLayout Layout
	Letterhead LightningComponentBundle LightningMessageChannel ListView MatchingRule NamedCredential
	PermissionSet PermissionSetGroup PlatformEventSubscriberConfig Profile QuickAction RemoteSiteSetting
	Report ReportType RestrictionRule SharingReason StaticResource UserAccessPolicy ValidationRule
	WaveTemplateBundle WebLink WorkflowAlert WorkflowFieldUpdate WorkflowOutboundMessage WorkflowRule
	WorkflowTask`)

func kindSet(names string) map[Kind]bool {
	set := map[Kind]bool{}
	for _, name := range strings.Fields(names) {
		set[Kind(name)] = true
	}
	return set
}

// RemovalOf is what an upgrade of a package of this sort does with an installed
// component of a kind that the new version lacks. Whether something else still
// needs the component, whether an Apex class is global and whether a component
// is protected (protected ones are always deleted) is for the caller to see.
func RemovalOf(pkg PackageKind, kind Kind) Removal {
	if pkg == Managed && hardDeleted[kind] || pkg == Unlocked && hardDeletedUnlocked[kind] {
		return HardDeleted
	}
	return Deprecated
}
