package metadata

// ChangeType says what happened to a component between two versions.
type ChangeType string

// The types of change, worded as in the JSON output.
const (
	Added    ChangeType = "added"
	Removed  ChangeType = "removed"
	Modified ChangeType = "modified"
)

// Change is one component that differs between two versions of a package.
type Change struct {
	Kind   Kind       `json:"kind"`
	Name   string     `json:"name"`
	Change ChangeType `json:"change"`
	// Cosmetic is true when only labels, help, descriptions or history
	// tracking differ: nothing that data or code can notice.
	Cosmetic   bool             `json:"cosmetic"`
	Properties []PropertyChange `json:"properties,omitempty"` // of a modified component, sorted by name
	Before     *Component       `json:"-"`                    // nil when added
	After      *Component       `json:"-"`                    // nil when removed
}

// PropertyChange is one property that differs. Either From and To are set
// (empty: absent and without a default), or, for a property that is a set of
// names such as picklistValues, RemovedItems and AddedItems.
type PropertyChange struct {
	Name                     string
	From, To                 string
	RemovedItems, AddedItems []string
	Cosmetic                 bool
}

// Compare lists the components that differ between two versions of a package,
// sorted by kind and name.
func Compare(before, after *Package) []Change {
	var changes []Change
	return changes
}
