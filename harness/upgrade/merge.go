package upgrade

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// merging is what a merge looks at besides the two states of a component.
type merging struct {
	pkg *metadata.Package
	org Inventory
}

// merge makes the component that a managed upgrade leaves in the org: the
// developer's attributes of the new version over the org's copy, everything
// else as the org has it. A change of the developer to an attribute of class B
// reaches new installs only, even where the subscriber never touched it
// (upgrade-rules.md, section 1).
func merge(m *merging, have, next *metadata.Component) (*metadata.Component, []Withheld) {
	var withheld []Withheld
	root := &metadata.Node{Name: next.Props.Name, Line: next.Props.Line, Column: next.Props.Column}
	for _, name := range childNames(have.Props, next.Props) {
		ours, theirs := have.Props.All(name), next.Props.All(name)
		class := metadata.Attribute(next.Kind, name)
		if nested(next.Kind, name, ours, theirs) {
			node, held := mergeNested(next.Kind, name, ours[0], theirs[0])
			root.Children = append(root.Children, node)
			withheld = append(withheld, held...)
			continue
		}
		if nodes, held, handled := m.own(have, next, name, ours, theirs); handled {
			root.Children = append(root.Children, nodes...)
			withheld = append(withheld, held...)
			continue
		}
		if class == metadata.Developer {
			root.Children = append(root.Children, theirs...)
			continue
		}
		root.Children = append(root.Children, ours...)
		if !slices.EqualFunc(ours, theirs, (*metadata.Node).Equal) {
			withheld = append(withheld, Withheld{Property: name, Class: class})
		}
	}
	return metadata.WithProps(next, root), withheld
}

// valueClass is whose a value of a custom metadata record is, by the
// fieldManageability of its field (upgrade-rules.md, section 3, "CustomMetadata
// record").
var valueClass = map[string]metadata.AttrClass{
	"DeveloperControlled": metadata.Developer, "SubscriberControlled": metadata.Subscriber, "Locked": metadata.Never,
}

// mergeRecordValues merges the field values of a custom metadata record: what
// the type's fields leave to the subscriber is kept (upgrade-rules.md, section
// 3, "CustomMetadata record").
func mergeRecordValues(pkg *metadata.Package, record string, ours, theirs []*metadata.Node) ([]*metadata.Node, []Withheld) {
	typeName, _, _ := strings.Cut(record, ".")
	var nodes []*metadata.Node
	var withheld []Withheld
	for _, value := range theirs {
		field := value.Get("field")
		i := slices.IndexFunc(ours, func(n *metadata.Node) bool { return strings.EqualFold(n.Get("field"), field) })
		def := pkg.Find(metadata.CustomField, typeName+"__mdt."+field)
		class := metadata.Developer
		if i >= 0 && def != nil {
			class = valueClass[def.Props.Get("fieldManageability")]
		}
		if class != metadata.Subscriber && class != metadata.Never {
			nodes = append(nodes, value)
			continue
		}
		nodes = append(nodes, ours[i])
		if !ours[i].Equal(value) {
			withheld = append(withheld, Withheld{Property: "values/" + field, Class: class})
		}
	}
	return nodes, withheld
}

// nested reports whether a property is one tree on both sides whose parts have
// classes of their own, such as the name field of an object: its label is the
// developer's, its type frozen.
func nested(kind metadata.Kind, name string, ours, theirs []*metadata.Node) bool {
	if len(ours) != 1 || len(theirs) != 1 {
		return false
	}
	whole := metadata.Attribute(kind, name)
	return slices.ContainsFunc(theirs[0].Children, func(n *metadata.Node) bool {
		return metadata.Attribute(kind, name+"/"+n.Name) != whole
	})
}

func mergeNested(kind metadata.Kind, path string, have, next *metadata.Node) (*metadata.Node, []Withheld) {
	var withheld []Withheld
	node := &metadata.Node{Name: next.Name, Line: next.Line, Column: next.Column}
	for _, name := range childNames(have, next) {
		ours, theirs := have.All(name), next.All(name)
		class := metadata.Attribute(kind, path+"/"+name)
		if class == metadata.Developer {
			node.Children = append(node.Children, theirs...)
			continue
		}
		node.Children = append(node.Children, ours...)
		if !slices.EqualFunc(ours, theirs, (*metadata.Node).Equal) {
			withheld = append(withheld, Withheld{Property: path + "/" + name, Class: class})
		}
	}
	return node, withheld
}

// childNames lists the names of both nodes' children, each once, sorted.
func childNames(a, b *metadata.Node) []string {
	var names []string
	for _, n := range []*metadata.Node{a, b} {
		if n != nil {
			for _, c := range n.Children {
				names = append(names, c.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// withheldWhole lists what an org does not receive of a component that is
// deployed once and never upgraded.
func withheldWhole(have, next *metadata.Component) []Withheld {
	var withheld []Withheld
	for _, name := range childNames(have.Props, next.Props) {
		if !slices.EqualFunc(have.Props.All(name), next.Props.All(name), (*metadata.Node).Equal) {
			withheld = append(withheld, Withheld{Property: name, Class: metadata.Both})
		}
	}
	return withheld
}

// overwrite makes the component that an unlocked upgrade or a deployment
// leaves: the package's definition whole, local edits gone (upgrade-rules.md,
// section 7). Picklist values are the exception: an upgrade of an unlocked
// package changes none (section 5), a deployment only adds.
func overwrite(kind metadata.PackageKind, have, next *metadata.Component) (*metadata.Component, []Withheld) {
	property, ok := valuesProperty[next.Kind]
	if !ok {
		return next, nil
	}
	ours, theirs := have.Props.All(property), next.Props.All(property)
	if len(ours) == 0 || slices.EqualFunc(ours, theirs, (*metadata.Node).Equal) {
		return next, nil
	}
	root := &metadata.Node{Name: next.Props.Name, Line: next.Props.Line, Column: next.Props.Column}
	for _, n := range next.Props.Children {
		if n.Name != property {
			root.Children = append(root.Children, n)
		}
	}
	var withheld []Withheld
	if kind == metadata.Unlocked {
		root.Children = append(root.Children, ours...)
		withheld = append(withheld, Withheld{Property: property, Class: metadata.Both})
	} else {
		root.Children = append(root.Children, unionValues(ours, theirs)...)
	}
	slices.SortStableFunc(root.Children, func(a, b *metadata.Node) int { return strings.Compare(a.Name, b.Name) })
	return metadata.WithProps(next, root), withheld
}

// noteReplaced tells how much is known of overwriting, where it takes away what
// the subscriber changed.
func (in *installing) noteReplaced() {
	if in.pkg.Kind == metadata.Managed {
		return
	}
	for _, act := range in.actions {
		if have := in.inv.entry(act.Kind, act.Name); act.Verb == Rewrite && have != nil && len(have.Edited) > 0 {
			in.org.Ledger().Note(ledger.Approximated, "upgrade", "the subscriber's changes to components of an "+in.pkg.Kind.String()+" package",
				"overwritten, and emptied where the version leaves something out; documented for components as a whole (picklist values are the one exception known), not for each kind and property, nor for components that a release does not change", act.Name)
		}
	}
}

// valuesProperty names the property that holds a kind's picklist values.
var valuesProperty = map[metadata.Kind]string{
	metadata.CustomField:    "valueSet",
	metadata.GlobalValueSet: "customValue",
}

// unionValues adds the values of theirs that ours lacks.
func unionValues(ours, theirs []*metadata.Node) []*metadata.Node {
	if len(ours) == 1 && len(theirs) == 1 && len(theirs[0].Children) > 0 && ours[0].Name == "valueSet" {
		return []*metadata.Node{unionDefinition(ours[0], theirs[0])}
	}
	out := slices.Clone(ours)
	for _, v := range theirs {
		if !slices.ContainsFunc(ours, func(o *metadata.Node) bool { return o.Get("fullName") == v.Get("fullName") }) {
			out = append(out, v)
		}
	}
	return out
}

func unionDefinition(ours, theirs *metadata.Node) *metadata.Node {
	merged := theirs.Clone()
	have, next := ours.Child("valueSetDefinition"), merged.Child("valueSetDefinition")
	if have == nil || next == nil {
		return merged
	}
	for _, v := range have.All("value") {
		if !slices.ContainsFunc(next.All("value"), func(o *metadata.Node) bool { return o.Get("fullName") == v.Get("fullName") }) {
			next.Children = append(next.Children, v)
		}
	}
	return merged
}
