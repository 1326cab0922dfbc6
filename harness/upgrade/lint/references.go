package lint

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// namingElements are elements in which a plain name means a component of a
// kind. Objects and fields need none: their suffix tells them.
var namingElements = map[metadata.Kind][]string{
	metadata.GlobalValueSet:          {"valueSetName"},
	metadata.ApexClass:               {"apexClass"},
	metadata.ApexPage:                {"apexPage", "page"},
	metadata.CustomPermission:        {"customPermission", "permission"},
	metadata.Flow:                    {"flowName", "flow"},
	metadata.CustomTab:               {"tab", "tabs", "defaultLandingTab"},
	metadata.QuickAction:             {"quickActionName"},
	metadata.RecordType:              {"recordType"},
	metadata.CustomApplication:       {"application"},
	metadata.EmailTemplate:           {"template"},
	metadata.StaticResource:          {"staticResource"},
	metadata.LightningMessageChannel: {"messageChannel"},
}

// withoutReferences are kinds whose names of other components are not held
// against what is there: profiles carry settings for what an org has, and
// translations of what left are dropped.
var withoutReferences = map[metadata.Kind]bool{metadata.Profile: true, metadata.CustomObjectTranslation: true, metadata.Translations: true,
	metadata.GlobalValueSetTranslation: true, metadata.StandardValueSetTranslation: true, metadata.ApexClass: true, metadata.ApexTrigger: true,
	metadata.LightningComponentBundle: true, metadata.AuraDefinitionBundle: true}

// prose are elements for people, which may hold any word.
var prose = []string{"label", "masterLabel", "description", "inlineHelpText", "errorMessage", "pluralLabel",
	"shortDescription", "relationshipLabel", "fullName", "relationshipName"}

// references finds components other than Apex that still name one that left:
// the version can not be created then (upgrade-rules.md, section 12, row 4).
func (c *checker) references() {
	var gone []*metadata.Component
	for _, change := range c.changes {
		if change.Change == metadata.Removed && !c.wholeObjectLeft(change.Before) && c.tellable(change.Before) {
			gone = append(gone, change.Before)
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, m := range c.after.Components {
		if withoutReferences[m.Kind] {
			continue
		}
		for _, g := range gone {
			if at, found := c.naming(m, g); found {
				p := c.add(StillReferenced, m, "", "%s %s is removed and still named in %s %s", g.Kind, g.Name, m.Kind, m.Name)
				p.Span = at
			}
		}
	}
}

// tellable says that a name can not be mistaken for another: of an object or
// field of the package, or one that stands in elements of its own.
func (c *checker) tellable(m *metadata.Component) bool {
	switch m.Kind {
	case metadata.CustomObject, metadata.CustomField:
		return strings.Contains(m.BaseName(), "__")
	case metadata.ApexComponent:
		return true
	}
	return namingElements[m.Kind] != nil
}

// naming finds the place in a component that names one that left.
func (c *checker) naming(m, gone *metadata.Component) (at diag.Span, found bool) {
	at = m.Span
	switch {
	case gone.Kind == metadata.ApexComponent:
		return at, (m.Kind == metadata.ApexPage || m.Kind == metadata.ApexComponent) && hasWord(string(m.Source), "c:"+gone.BaseName())
	case gone.Kind == metadata.CustomObject && m.Kind == metadata.CustomTab && strings.EqualFold(m.Name, gone.Name):
		return at, true
	}
	means := c.meaning(m, gone)
	var look func(n *metadata.Node)
	look = func(n *metadata.Node) {
		for _, child := range n.Children {
			if found {
				return
			}
			if child.Text != "" && means(child) {
				found = true
				if child.Line > 0 {
					at = diag.Span{File: m.Span.File, Line: child.Line, Column: child.Column}
				}
				return
			}
			look(child)
		}
	}
	look(m.Props)
	return at, found
}

// meaning tells for an element of a component whether its text names one that
// left.
func (c *checker) meaning(m, gone *metadata.Component) func(*metadata.Node) bool {
	base := gone.BaseName()
	switch gone.Kind {
	case metadata.CustomObject:
		return func(n *metadata.Node) bool { return !slices.Contains(prose, n.Name) && hasWord(n.Text, base) }
	case metadata.CustomField:
		object, alone := gone.Parent(), !c.elsewhere(base)
		own := strings.EqualFold(objectOf(m), object)
		return func(n *metadata.Node) bool {
			if slices.Contains(prose, n.Name) || !hasWord(n.Text, base) {
				return false
			}
			return alone || hasWord(n.Text, object+"."+base) || own && !strings.Contains(n.Text, ".")
		}
	}
	elements := namingElements[gone.Kind]
	return func(n *metadata.Node) bool {
		return slices.Contains(elements, n.Name) && (strings.EqualFold(n.Text, base) || strings.EqualFold(n.Text, gone.Name))
	}
}

// objectOf is the object that a component belongs to, by its name.
func objectOf(m *metadata.Component) string {
	if parent := m.Parent(); parent != "" {
		return parent
	}
	switch m.Kind {
	case metadata.Layout, metadata.CustomObjectTranslation:
		object, _, _ := strings.Cut(m.Name, "-")
		return object
	case metadata.QuickAction, metadata.WorkflowRule, metadata.WorkflowFieldUpdate:
		object, _, _ := strings.Cut(m.Name, ".")
		return object
	}
	return ""
}

// elsewhere says whether another object of the new version has a field of that
// name: then a text that names it may mean that one.
func (c *checker) elsewhere(field string) bool {
	for _, f := range c.after.OfKind(metadata.CustomField) {
		if strings.EqualFold(f.BaseName(), field) {
			return true
		}
	}
	return false
}
