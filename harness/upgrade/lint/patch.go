package lint

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// isPatch says that the new version is a patch of the line of the old one.
func (c *checker) isPatch() bool {
	v, w := c.before.Version, c.after.Version
	return c.managed() && w.Patch != 0 && v.Major == w.Major && v.Minor == w.Minor
}

// patch holds a patch version against what it may not do.
func (c *checker) patch() {
	if !c.isPatch() {
		return
	}
	for _, change := range c.changes {
		switch {
		case change.Change == metadata.Added:
			c.add(PatchAdds, change.After, "", "%s %s is added in patch %s", change.Kind, change.Name, c.after.Version)
		case change.Change == metadata.Removed:
			c.add(PatchRemoves, change.Before, "", "%s %s is removed in patch %s", change.Kind, change.Name, c.after.Version)
		case change.Kind == metadata.Flow:
			c.add(PatchFlow, change.After, "", "flow %s changes in patch %s", change.Name, c.after.Version)
		}
	}
	if c.before.PostInstall != c.after.PostInstall {
		c.add(PatchScript, c.script(), "", "the post-install class changes from %s to %s in patch %s",
			shown(c.before.PostInstall), shown(c.after.PostInstall), c.after.Version)
	}
}

// patchedClass holds a class of a patch against what may not change in it: who
// it extends and implements, virtual and abstract, and deprecation.
func (c *checker) patchedClass(change metadata.Change) {
	if change.Before == nil {
		return
	}
	old, next := classOf(change.Before), classOf(change.After)
	if old == nil || next == nil {
		return
	}
	switch {
	case len(next.Implements) > len(old.Implements), next.Extends != nil && old.Extends == nil:
		c.add(PatchRelationship, change.After, "", "class %s extends or implements more in patch %s", change.Name, c.after.Version)
	case next.Modifiers.Set&^old.Modifiers.Set&(syntax.Virtual|syntax.Abstract|syntax.Global) != 0:
		c.add(PatchRelationship, change.After, "", "class %s gets another modifier in patch %s", change.Name, c.after.Version)
	}
	if deprecations(change.After) > deprecations(change.Before) {
		c.add(PatchDeprecates, change.After, "", "class %s deprecates in patch %s", change.Name, c.after.Version)
	}
}

// classOf is the class of a body; nil for an interface, an enum, or what does
// not parse.
func classOf(m *metadata.Component) *syntax.ClassDecl {
	u := parseApex(m)
	if u == nil {
		return nil
	}
	d, _ := u.Type.(*syntax.ClassDecl)
	return d
}

func deprecations(m *metadata.Component) int {
	return strings.Count(strings.ToLower(string(metadata.Code(m.Kind, m.Source))), "@deprecated")
}

// script is the component that the new version's install script is, or the old
// one's, or the version itself where there is none.
func (c *checker) script() *metadata.Component {
	for _, version := range []*metadata.Package{c.after, c.before} {
		if m := version.Find(metadata.ApexClass, version.PostInstall); m != nil {
			return m
		}
	}
	return &metadata.Component{Kind: metadata.ApexClass, Name: c.after.PostInstall, Props: &metadata.Node{}}
}

// delivery judges the version as a whole.
func (c *checker) delivery() {
	for _, class := range []string{c.after.PostInstall, c.after.Uninstall} {
		if class == "" {
			continue
		}
		m := c.after.Find(metadata.ApexClass, class)
		switch {
		case m == nil:
			c.add(ScriptMissing, &metadata.Component{Kind: metadata.ApexClass, Name: class, Props: &metadata.Node{}, Span: c.project().Span}, "",
				"script class %s is not in the version", class)
		case !c.managed():
			c.add(ScriptNotAllowed, m, "", "script class %s does not run: the package is %s", class, c.after.Kind)
		}
	}
	v, w := c.before.Version, c.after.Version
	if c.managed() && !v.IsZero() && !w.IsZero() && w.Compare(v) <= 0 {
		c.add(VersionNotNewer, c.project(), "",
			"version %s is not newer than %s", w, v)
	}
}
