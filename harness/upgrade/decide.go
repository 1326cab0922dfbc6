package upgrade

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Verb is what an install or upgrade does with one component of the org.
type Verb string

// The verbs (upgrade-rules.md, section 2, steps 2 and 3).
const (
	Create    Verb = "created"    // not in the org: arrives whole, with every attribute
	Rewrite   Verb = "upgraded"   // in the org: the developer's attributes are set, the rest is kept
	Keep      Verb = "kept"       // in the org and never touched again by upgrades
	Skip      Verb = "skipped"    // the subscriber deleted it: it is not created again
	Deprecate Verb = "deprecated" // gone from the version: stays in the org with its data
	Delete    Verb = "deleted"    // gone from the version: deleted in the org
)

// Held is a component as the org has it before an install or upgrade.
type Held struct {
	Component *metadata.Component // with the subscriber's edits in it
	Deleted   bool                // the subscriber deleted it; Component is nil
}

// Inventory is what an org holds of a package before an install or upgrade.
type Inventory interface {
	// Held gives the org's copy of a component with this name in the package's
	// namespace, or nil when the org never had one.
	Held(metadata.Kind, string) *Held
	// Owned lists the components that the installed version brought and that
	// are not deprecated yet, sorted by kind and name.
	Owned() []*metadata.Component
}

// Action is the decision about one component.
type Action struct {
	Verb Verb
	Kind metadata.Kind
	Name string // without the package's namespace
	// Component is what the org holds afterwards; nil for Skip and Delete.
	Component *metadata.Component
	// Withheld are the properties whose new value does not reach this org
	// because the subscriber owns them or they are frozen, sorted.
	Withheld []Withheld
}

// Withheld is a property of the new version that an existing subscriber does
// not receive.
type Withheld struct {
	Property string
	Class    metadata.AttrClass
}

// Decide says for every component of the new version and of the installed one
// what the install or upgrade does; removal is for what left an unlocked package.
// The actions are sorted by kind and name.
func Decide(next *metadata.Package, org Inventory, removal install.Removal) []Action {
	var actions []Action
	for _, c := range next.Components {
		actions = append(actions, arrive(next, c, org))
	}
	for _, c := range org.Owned() {
		if next.Find(c.Kind, c.Name) == nil {
			actions = append(actions, leave(next.Kind, c, removal))
		}
	}
	slices.SortStableFunc(actions, func(a, b Action) int {
		if c := strings.Compare(string(a.Kind), string(b.Kind)); c != 0 {
			return c
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return actions
}

// arrive decides about a component that the new version has.
func arrive(next *metadata.Package, c *metadata.Component, org Inventory) Action {
	kind, held := next.Kind, org.Held(c.Kind, c.Name)
	act := Action{Kind: c.Kind, Name: c.Name, Component: c, Verb: Create}
	row := c.Manageability()
	switch {
	case held == nil:
	case held.Deleted && kind == metadata.Managed && row.SubscriberDeletable == metadata.Yes:
		act.Verb, act.Component = Skip, nil
	case held.Deleted:
		// Unlocked packages and deployments bring a deleted component back
		// (upgrade-rules.md, section 7).
	case kind == metadata.Managed && row.Upgraded == metadata.No:
		act.Verb, act.Component = Keep, held.Component
		act.Withheld = withheldWhole(held.Component, c)
	case kind == metadata.Managed:
		act.Verb = Rewrite
		act.Component, act.Withheld = merge(&merging{pkg: next, org: org}, held.Component, c)
	default:
		act.Verb = Rewrite
		act.Component, act.Withheld = overwrite(kind, held.Component, c)
	}
	return act
}

// leave decides about a component of the installed version that the new one
// lacks.
func leave(kind metadata.PackageKind, c *metadata.Component, mode install.Removal) Action {
	act := Action{Kind: c.Kind, Name: c.Name, Verb: Deprecate, Component: c}
	deleted := false
	switch kind {
	case metadata.Unmanaged:
		// A deployment removes nothing without a destructive manifest
		// (corpus-dev.md, A3, rule 4).
		act.Verb = Keep
	case metadata.Managed:
		deleted = deletedByManagedUpgrade(c)
	default:
		deleted = deletedByUnlockedUpgrade(c.Kind, mode)
	}
	if deleted {
		act.Verb, act.Component = Delete, nil
	}
	return act
}

// deletedByUnlockedUpgrade says whether an unlocked upgrade deletes components
// of a kind that left the package (upgrade-rules.md, section 6, Unlocked
// packages). Whether something depends on one is for keepWhatIsNeeded to see.
func deletedByUnlockedUpgrade(kind metadata.Kind, mode install.Removal) bool {
	switch mode {
	case install.DeprecateOnly:
		return false
	case install.DeleteOnly:
		return kind != metadata.CustomObject && kind != metadata.CustomField
	default:
		return metadata.RemovalOf(metadata.Unlocked, kind) == metadata.HardDeleted
	}
}

// deletedByManagedUpgrade says whether a managed upgrade deletes a component
// that left the package, or keeps it as deprecated (upgrade-rules.md,
// section 6). Global Apex stays because subscribers may call it; protected
// components go because nobody can refer to them.
func deletedByManagedUpgrade(c *metadata.Component) bool {
	if c.Props.Bool("protected") || strings.EqualFold(c.Props.Get("visibility"), "Protected") {
		return c.Kind != metadata.Kind(metadata.CustomField)
	}
	if metadata.RemovalOf(metadata.Managed, c.Kind) != metadata.HardDeleted {
		return false
	}
	switch c.Kind {
	case metadata.ApexClass:
		return !declaresGlobal(string(c.Source))
	case metadata.ApexComponent:
		return !strings.EqualFold(attributeOf(string(c.Source), "access"), "global")
	default:
		return true
	}
}

// declaresGlobal reports whether the top-level type of a class body is global.
// Modifiers stand before the type keyword, so the text up to it is enough.
func declaresGlobal(body string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(stripComments(body))) {
		switch word {
		case "global", "webservice":
			return true
		case "class", "interface", "enum":
			return false
		}
	}
	return false
}

// stripComments blanks comments, so that a licence header is not read as code.
func stripComments(body string) string {
	var b strings.Builder
	for i := 0; i < len(body); {
		switch {
		case strings.HasPrefix(body[i:], "//"):
			end := strings.IndexByte(body[i:], '\n')
			if end < 0 {
				return b.String()
			}
			i += end
		case strings.HasPrefix(body[i:], "/*"):
			end := strings.Index(body[i+2:], "*/")
			if end < 0 {
				return b.String()
			}
			i += end + 4
			b.WriteByte(' ')
		default:
			b.WriteByte(body[i])
			i++
		}
	}
	return b.String()
}

// attributeOf reads an attribute of the first tag of Visualforce markup.
func attributeOf(markup, name string) string {
	tag, _, _ := strings.Cut(markup, ">")
	_, rest, found := strings.Cut(strings.ToLower(tag), name+"=")
	if !found || rest == "" {
		return ""
	}
	value, _, _ := strings.Cut(rest[1:], rest[:1])
	return value
}
