package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Withdrawn lists the objects in which subscribers configure the package,
// custom metadata types and custom settings, that the new version does not have.
func (a *Upgrade) Withdrawn() []*metadata.Component {
	var list []*metadata.Component
	for _, c := range a.Changes {
		if c.Kind == metadata.CustomObject && c.Change == metadata.Removed && metadata.IsOwnObject(c.Name) && a.configures(c.Before) {
			list = append(list, c.Before)
		}
	}
	return list
}

// configures reports whether subscribers make records of an object to steer the
// package. What is protected they see only where the package is not managed.
func (a *Upgrade) configures(o *metadata.Component) bool {
	if o.Props.Get("visibility") == "Protected" && a.From.Kind == metadata.Managed {
		return false
	}
	return strings.HasSuffix(strings.ToLower(o.Name), "__mdt") || o.Props.Has("customSettingsType")
}
