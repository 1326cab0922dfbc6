package lint

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// requirements finds what an org must have for the new version that it need not
// have had for the old one.
func (c *checker) requirements() {
	c.features()
	c.dependencies()
	c.stepsOfPaths()
	for _, change := range c.changes {
		if change.After == nil {
			continue
		}
		switch change.Kind {
		case metadata.WorkflowRule:
			if c.managed() && change.After.Props.Has("workflowTimeTriggers") && (change.Before == nil || !change.Before.Props.Has("workflowTimeTriggers")) {
				c.add(TimeTrigger, change.After, "workflowTimeTriggers", "workflow rule %s has a time trigger", change.Name)
			}
		case metadata.LightningComponentBundle, metadata.AuraDefinitionBundle:
			c.namesake(change)
		case metadata.CustomField:
			if change.Before == nil && c.managed() && hasSuffix(change.After.Parent(), "__mdt") && c.before.Find(metadata.CustomObject, change.After.Parent()) != nil {
				c.add(MetadataTypeField, change.After, "", "%s is a new field of a released custom metadata type", change.Name)
			}
		}
	}
}

func (c *checker) features() {
	had := schema.Needs(c.before)
	for _, need := range schema.Needs(c.after) {
		if slices.ContainsFunc(had, func(h schema.Need) bool { return h.Feature == need.Feature }) {
			continue
		}
		what := need.Object
		if need.Field != "" {
			what += "." + need.Field
		}
		p := c.add(FeatureRequired, need.Component, "", "%s %s refers to %s, for which an org needs the feature %s", need.Component.Kind, need.Component.Name, what, need.Feature)
		p.Platform = strings.ReplaceAll(p.Platform, "%s", string(need.Feature))
	}
}

// dependencies finds required packages that are new, or wanted in a newer
// version.
func (c *checker) dependencies() {
	self := c.project()
	for _, dep := range c.after.Dependencies {
		if dep.Name == "" {
			continue
		}
		i := slices.IndexFunc(c.before.Dependencies, func(o metadata.Dependency) bool { return strings.EqualFold(o.Name, dep.Name) })
		if i < 0 {
			if c.isPatch() {
				c.add(PatchDependency, self, "", "patch %s depends on %s, on which %s does not", c.after.Version, dep.Name, c.before.Version)
			}
		} else if is, ok := metadata.ParseVersion(dep.Version); !ok {
			continue
		} else if was, ok := metadata.ParseVersion(c.before.Dependencies[i].Version); ok && is.Compare(was) <= 0 {
			continue
		}
		p := c.add(DependencyRaised, self, "", "the version needs %s %s", dep.Name, dep.Version)
		p.Platform = strings.Replace(strings.Replace(p.Platform, "%s", dep.Name, 1), "%s", dep.Version, 1)
	}
}

// stepsOfPaths finds steps of paths that need values which an org that has the
// field does not get.
func (c *checker) stepsOfPaths() {
	if c.after.Kind == metadata.Unmanaged {
		return
	}
	for _, m := range c.after.OfKind(metadata.PathAssistant) {
		name := m.Props.Get("entityName") + "." + m.Props.Get("fieldName")
		field := c.before.Find(metadata.CustomField, name)
		if field == nil {
			continue
		}
		definition := field.Props.Find("valueSet/valueSetDefinition")
		if definition == nil {
			continue
		}
		for _, step := range m.Props.All("pathAssistantSteps") {
			value := step.Get("picklistValueName")
			if value == "" || slices.ContainsFunc(definition.All("value"), func(v *metadata.Node) bool { return v.Get("fullName") == value }) {
				continue
			}
			p := c.add(ValueMissing, m, "pathAssistantSteps", "path %s has a step for %s, which no org that has %s gets", m.Name, value, name)
			p.Platform = strings.Replace(strings.Replace(p.Platform, "%s", value, 1), "%s", m.Props.Get("fieldName"), 1)
		}
	}
}

// namesake finds a Lightning component that takes the name of one of the other
// model, which stays in orgs that have it.
func (c *checker) namesake(change metadata.Change) {
	other := metadata.Kind(metadata.AuraDefinitionBundle)
	if change.Kind == other {
		other = metadata.LightningComponentBundle
	}
	if change.Before != nil || c.before.Find(other, change.Name) == nil || c.after.Kind == metadata.Unmanaged {
		return
	}
	p := c.add(NamesakeBundle, change.After, "", "%s %s has the name of %s %s", change.Kind, change.Name, other, change.Name)
	p.Platform = strings.ReplaceAll(p.Platform, "%s", change.Name)
}
