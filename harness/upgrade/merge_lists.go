package upgrade

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// own merges the kinds whose parts follow rules of their own; handled is
// false when the classes of attributes say all there is to say of a property.
func (m *merging) own(have, next *metadata.Component, name string, ours, theirs []*metadata.Node) (nodes []*metadata.Node, withheld []Withheld, handled bool) {
	switch next.Kind {
	case metadata.CustomObject:
		// Once a released version turns them on, an upgrade turns them on and
		// nobody can turn them off again (upgrade-rules.md, section 3, note *).
		if (name == "enableActivities" || name == "enableReports") && next.Props.Bool(name) {
			return theirs, nil, true
		}
	case metadata.CustomMetadata:
		if name == "values" {
			nodes, withheld = mergeRecordValues(m.pkg, next.Name, ours, theirs)
			return nodes, withheld, true
		}
	case metadata.FieldSet:
		if name == "availableFields" || name == "displayedFields" {
			nodes, withheld = mergeFieldSet(m.pkg, have, next, name)
			return nodes, withheld, true
		}
	case metadata.RecordType:
		if name == "picklistValues" {
			return mergeMappings(ours, theirs), nil, true
		}
	case metadata.PermissionSetGroup:
		if name == "permissionSets" {
			return m.members(ours, theirs), nil, true
		}
	case metadata.Flow:
		// An active flow that comes with a new version becomes the active one,
		// even where the subscriber had switched it off (upgrade-rules.md,
		// section 9).
		if name == "status" && next.Props.Get("status") == "Active" && newFlowVersion(have, next) {
			return theirs, nil, true
		}
	}
	return nil, nil, false
}

// members merges the permission sets of a group: those of the new version, and
// those that the subscriber put in (upgrade-rules.md, section 3,
// PermissionSetGroup). A set of the package that the new version's group lacks
// goes.
func (m *merging) members(ours, theirs []*metadata.Node) []*metadata.Node {
	out := slices.Clone(theirs)
	for _, n := range ours {
		of := m.org.Held(metadata.PermissionSet, n.Text)
		packaged := m.pkg.Find(metadata.PermissionSet, n.Text) != nil || of != nil && !of.Deleted
		if !packaged && !slices.ContainsFunc(theirs, func(t *metadata.Node) bool { return strings.EqualFold(t.Text, n.Text) }) {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b *metadata.Node) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// newFlowVersion says that the developer shipped another version of a flow: its
// definition differs, not only what the subscriber owns.
func newFlowVersion(have, next *metadata.Component) bool {
	for _, name := range childNames(have.Props, next.Props) {
		if metadata.Attribute(metadata.Flow, name) == metadata.Developer &&
			!slices.EqualFunc(have.Props.All(name), next.Props.All(name), (*metadata.Node).Equal) {
			return true
		}
	}
	return false
}

// mergeMappings keeps the subscriber's values of a record type and adds the
// picklists that are new to it, as the developer mapped them (upgrade-rules.md,
// section 5, New picklist field).
func mergeMappings(ours, theirs []*metadata.Node) []*metadata.Node {
	out := slices.Clone(ours)
	for _, m := range theirs {
		picklist := m.Get("picklist")
		if !slices.ContainsFunc(ours, func(o *metadata.Node) bool { return strings.EqualFold(o.Get("picklist"), picklist) }) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b *metadata.Node) int { return strings.Compare(a.Get("picklist"), b.Get("picklist")) })
	return out
}

// mergeFieldSet merges one column of a field set (upgrade-rules.md, section 10):
// what is new in the version is put at the end of its column, what left both
// columns is removed, what moved between them stays where the org has it.
func mergeFieldSet(pkg *metadata.Package, have, next *metadata.Component, column string) ([]*metadata.Node, []Withheld) {
	in := func(c *metadata.Component, field string) bool {
		for _, name := range []string{"availableFields", "displayedFields"} {
			if hasField(c.Props.All(name), field) {
				return true
			}
		}
		return false
	}
	var nodes []*metadata.Node
	for _, n := range have.Props.All(column) {
		field := n.Get("field")
		if in(next, field) || subscribersField(pkg, next.Parent(), field) {
			nodes = append(nodes, n)
		}
	}
	var withheld []Withheld
	for _, n := range next.Props.All(column) {
		field := n.Get("field")
		switch {
		case !in(have, field):
			nodes = append(nodes, n)
		case !hasField(have.Props.All(column), field):
			withheld = append(withheld, Withheld{Property: column + "[" + field + "]", Class: metadata.Subscriber})
		}
	}
	return nodes, withheld
}

func hasField(nodes []*metadata.Node, field string) bool {
	return slices.ContainsFunc(nodes, func(n *metadata.Node) bool { return strings.EqualFold(n.Get("field"), field) })
}

// subscribersField says that a field of a set is not the package's: the
// subscriber put it there.
func subscribersField(pkg *metadata.Package, object, field string) bool {
	return strings.HasSuffix(strings.ToLower(field), "__c") && !strings.Contains(field, ".") &&
		pkg.Find(metadata.CustomField, object+"."+field) == nil
}
