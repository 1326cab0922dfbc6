package lint

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// removed judges a component that left the package.
func (c *checker) removed(change metadata.Change) {
	m := change.Before
	if c.after.Kind == metadata.Unmanaged || c.after.Kind == metadata.Managed && c.wholeObjectLeft(m) {
		return
	}
	if c.after.Kind == metadata.Unlocked {
		if metadata.RemovalOf(metadata.Unlocked, m.Kind) == metadata.HardDeleted && m.Kind != metadata.Profile {
			c.add(CodeDeleted, m, "", "%s %s leaves and is deleted in the org when nothing depends on it", m.Kind, m.Name)
		}
		return
	}
	c.removedManaged(m)
}

// wholeObjectLeft says that a component goes with its object, which is reported.
func (c *checker) wholeObjectLeft(m *metadata.Component) bool {
	object := objectOf(m)
	return object != "" && c.before.Find(metadata.CustomObject, object) != nil && c.after.Find(metadata.CustomObject, object) == nil
}

func (c *checker) removedManaged(m *metadata.Component) {
	row := m.Manageability()
	global := isGlobal(m)
	switch {
	case m.Kind == metadata.Profile:
	case global:
		if m.Kind == metadata.ApexClass {
			c.add(GlobalRemoved, m, "", "global class %s is removed", m.Name)
		} else {
			c.add(ComponentNotRemovable, m, "", "global %s %s is removed", m.Kind, m.Name)
		}
	case protected(m) && m.Kind != metadata.CustomField:
		p := c.add(ProtectedDeleted, m, "", "protected %s %s leaves and is deleted with its content", m.Kind, m.Name)
		if m.Kind == metadata.CustomObject {
			p.Effect = Breaks // its rows are the subscriber's
		}
	case !row.Removable1GP && !row.Removable2GP && row.Documented:
		c.add(ComponentNotRemovable, m, "", "%s %s is removed, which its type does not allow", m.Kind, m.Name)
	case row.RemovableIf == "protected":
		c.add(ComponentNotRemovable, m, "", "%s %s is removed, which is allowed for protected ones only", m.Kind, m.Name)
	case metadata.RemovalOf(metadata.Managed, m.Kind) == metadata.HardDeleted:
		if !isTest(m) {
			c.add(CodeDeleted, m, "", "%s %s leaves and is deleted in the subscriber's org", m.Kind, m.Name)
		}
		c.retainedPages(m)
	case m.Kind == metadata.CustomField || m.Kind == metadata.CustomObject || row.SubscriberDeletable != metadata.Yes:
		c.add(Retained, m, "", "%s %s leaves the package and stays in the org, deprecated", m.Kind, m.Name)
	}
}

// isGlobal says whether subscribers may refer to Apex or a Visualforce component.
func isGlobal(m *metadata.Component) bool {
	switch m.Kind {
	case metadata.ApexClass:
		return len(contractOf(m)) > 0
	case metadata.ApexComponent:
		tag, _, _ := strings.Cut(strings.ToLower(string(m.Source)), ">")
		return strings.Contains(strings.ReplaceAll(tag, "'", "\""), `access="global"`)
	}
	return false
}

// isTest says that a class is of tests only: nothing runs or schedules it.
func isTest(m *metadata.Component) bool {
	return m.Kind == metadata.ApexClass && hasWord(strings.SplitN(strings.ToLower(string(metadata.Code(m.Kind, m.Source))), "class ", 2)[0], "@istest")
}

// retainedPages finds pages that stay in the org, shipped or deprecated, and
// use a class that the upgrade deletes (F12).
func (c *checker) retainedPages(class *metadata.Component) {
	if class.Kind != metadata.ApexClass {
		return
	}
	for _, version := range []*metadata.Package{c.after, c.before} {
		for _, page := range version.OfKind(metadata.ApexPage) {
			if version == c.before && c.after.Find(metadata.ApexPage, page.Name) != nil || !usesController(page, class.Name) {
				continue
			}
			p := c.add(ControllerRemoved, page, "", "page %s stays in the org and needs class %s, which the upgrade deletes", page.Name, class.Name)
			p.Platform += " Visualforce Page: " + page.Name + "."
		}
	}
}

// usesController says whether the first tag of a page names a class.
func usesController(page *metadata.Component, class string) bool {
	tag, _, _ := strings.Cut(string(page.Source), ">")
	for _, attribute := range []string{"controller=", "extensions="} {
		_, rest, found := strings.Cut(strings.ToLower(tag), attribute)
		if !found || rest == "" {
			continue
		}
		value, _, _ := strings.Cut(rest[1:], rest[:1])
		for name := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(name), class) {
				return true
			}
		}
	}
	return false
}

// burntNames finds components of the new version that an earlier version had
// and the last one before it no longer has.
func (c *checker) burntNames(earlier []Old) {
	if !c.managed() {
		return
	}
	for _, m := range c.after.Components {
		if c.before.Find(m.Kind, m.Name) != nil || m.Kind == metadata.Profile {
			continue
		}
		for _, o := range earlier {
			if o.Package.Find(m.Kind, m.Name) != nil {
				c.add(NameBurnt, m, "", "%s %s was in %s, left, and comes back", m.Kind, m.Name, o.Name)
				break
			}
		}
	}
}
