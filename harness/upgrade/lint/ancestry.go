package lint

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// ancestry holds the ancestor that the project names against the rules of
// second-generation managed packages (versions-and-push.md, section 2).
func (c *checker) ancestry() {
	named := c.after.Ancestor
	if named == "" {
		return
	}
	self := c.project()
	if !c.managed() {
		p := c.add(AncestorInvalid, self, "ancestorVersion", "an %s package has no ancestor", c.after.Kind)
		p.Platform = "Can't create package version. Specifying an ancestor is available only for second-generation managed packages."
		return
	}
	version, known := metadata.ParseVersion(named)
	next, from := c.after.Version, c.before.Version
	switch {
	case strings.EqualFold(named, "NONE"):
		p := c.add(AncestorNotDescendant, self, "ancestorVersion", "the version descends from none, so that no org can upgrade to it")
		p.Platform = "Can't create package version because you didn't specify a package ancestor."
	case !known || version.IsZero():
		// HIGHEST, or an id: the platform knows which version that is.
	case next.Patch != 0 && (version.Major != next.Major || version.Minor != next.Minor):
		p := c.add(AncestorInvalid, self, "ancestorVersion", "patch %s descends from %s, which is of another line", next, version)
		p.Platform = strings.ReplaceAll(p.Platform, "%s", next.String())
	case next.Patch == 0 && version.Patch != 0:
		p := c.add(AncestorInvalid, self, "ancestorVersion", "%s descends from the patch %s, which only a patch may", next, version)
		p.Platform = ""
	case !next.IsZero() && version.Compare(next) >= 0 && !c.released(version):
		p := c.add(AncestorInvalid, self, "ancestorVersion", "%s descends from %s, which is not older", next, version)
		p.Platform = ""
	case !from.IsZero() && from.Compare(next) < 0 && from.Patch == 0 && beyond(from, version):
		c.add(AncestorNotDescendant, self, "ancestorVersion", "%s descends from %s and passes over %s: orgs that have it can not upgrade", next, version, from)
	}
}

// released says that the number of a project file is that of a version which is
// out already, and its tag says the number of this one.
func (c *checker) released(ancestor metadata.Version) bool {
	tagged, ok := metadata.ParseVersion(c.after.Ref)
	return ok && beyond(tagged, ancestor)
}

// project is the new version as a whole, which its project file describes.
func (c *checker) project() *metadata.Component {
	return &metadata.Component{Kind: "Package", Name: c.after.Name, Props: &metadata.Node{}, Span: diag.Span{File: "sfdx-project.json"}}
}

// beyond says that a starting version is newer than the ancestor, its build
// aside.
func beyond(from, ancestor metadata.Version) bool {
	from.Build, ancestor.Build = 0, 0
	return from.Compare(ancestor) > 0
}
