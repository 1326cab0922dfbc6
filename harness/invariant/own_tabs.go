package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// tabsOfTheirOwn finds objects whose first tab the upgrade brings, years after
// the object: administrators who wanted one have made it themselves.
func tabsOfTheirOwn(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, tab := range e.OwnTabs {
		f := finding.New(finding.InstallerMustAct, fmt.Sprintf("The upgrade is refused in orgs that made a tab of their own for %s", tab.Object))
		f.Several = "The upgrade is refused in orgs that made a tab of their own for one of {n} objects"
		f.Message = tab.Failure.Message + ". The object has had no tab until now, so that an administrator whose users need one made it; an object can have one tab only."
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "CustomTab " + tab.Object, Detail: "new in " + e.To.Version.String()}
		f.Components = []finding.Component{{Kind: "CustomTab", Name: tab.Object}}
		f.Advice = tab.Failure.Cure()
		list = append(list, f)
	}
	return list
}
