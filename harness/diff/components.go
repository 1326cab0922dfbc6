package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// ComponentChange says what happened to a component of the org.
type ComponentChange string

// The changes of a component.
const (
	ComponentAdded      ComponentChange = "added"
	ComponentRemoved    ComponentChange = "removed"
	ComponentModified   ComponentChange = "modified"
	ComponentDeprecated ComponentChange = "deprecated" // its package dropped it, the org keeps it
)

// Component is one component that differs.
type Component struct {
	Key        org.Key
	Change     ComponentChange
	Properties []metadata.PropertyChange // of a modified one
	Cosmetic   bool                      // nothing that data or code can notice
	Before     *org.Entry                // nil when added
	After      *org.Entry                // nil when removed
}

// FullName is the name with the namespace of its package, as the org shows it.
func (c Component) FullName() string { return FullName(c.Key) }

// Key names a component of an org.
type Key = org.Key

// FullName is a component's name with its namespace.
func FullName(k org.Key) string {
	if k.Namespace == "" {
		return k.Name
	}
	return k.Namespace + "__" + k.Name
}

// Components compares two registries.
func Components(before, after *org.Registry) []Component {
	was := map[org.Key]*org.Entry{}
	for _, e := range before.All() {
		was[foldKey(e.Key())] = e
	}
	var changes []Component
	for _, e := range after.All() {
		k := foldKey(e.Key())
		old := was[k]
		delete(was, k)
		if c, differs := compareEntries(old, e); differs {
			changes = append(changes, c)
		}
	}
	for _, e := range was {
		changes = append(changes, Component{Key: e.Key(), Change: ComponentRemoved, Before: e})
	}
	slices.SortFunc(changes, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Key.Kind, b.Key.Kind), cmp.Compare(a.Key.Namespace, b.Key.Namespace), cmp.Compare(a.Key.Name, b.Key.Name))
	})
	return changes
}

func foldKey(k org.Key) org.Key {
	k.Name, k.Namespace = strings.ToLower(k.Name), strings.ToLower(k.Namespace)
	return k
}

func compareEntries(was, is *org.Entry) (Component, bool) {
	c := Component{Key: is.Key(), Before: was, After: is}
	switch {
	case was == nil:
		c.Change = ComponentAdded
		return c, true
	case was.State != is.State && is.State == org.Deprecated:
		c.Change = ComponentDeprecated
		return c, true
	case was.Component == is.Component || was.Component.Hash == is.Component.Hash:
		return c, false
	}
	c.Change = ComponentModified
	c.Properties, c.Cosmetic = properties(was.Component, is.Component)
	return c, true
}

// properties asks package metadata how two states of a component differ.
func properties(was, is *metadata.Component) ([]metadata.PropertyChange, bool) {
	before, _ := metadata.NewPackage(metadata.Package{}, []*metadata.Component{was})
	after, _ := metadata.NewPackage(metadata.Package{}, []*metadata.Component{is})
	for _, change := range metadata.Compare(before, after) {
		return change.Properties, change.Cosmetic
	}
	return nil, true
}
