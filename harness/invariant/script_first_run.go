package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// scriptHasHistory finds upgrades that run a post-install script in an org in
// which no version of the package ever ran one: what the script does for a new
// install never happened there.
func scriptHasHistory(e *Evidence) []finding.Finding {
	for _, step := range e.Steps {
		script := step.Report.Script
		if step.From.PostInstall != "" {
			return nil
		}
		if script == nil || script.Skipped != "" || !asksForHistory(step.To, script.Class) {
			continue
		}
		class := qualified(step.To.Namespace, script.Class)
		f := finding.New(finding.ScriptFirstRun, fmt.Sprintf("%s runs in an org where no version of the package ever ran a script", class))
		f.Message = fmt.Sprintf("%s has no post-install script and %s has one: it is told of an upgrade from %s, so that what it does on a new install, where the previous version is null, never happens in this org",
			step.From.Version, step.To.Version, step.From.Version)
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: class}
		return []finding.Finding{f}
	}
	return nil
}

// asksForHistory reports whether a script tells an upgrade from a new install
// (InstallContext: post-install.md).
func asksForHistory(pkg *metadata.Package, class string) bool {
	c := pkg.Find(metadata.ApexClass, class)
	if c == nil {
		return false
	}
	source := strings.ToLower(string(c.Source))
	return strings.Contains(source, "previousversion(") || strings.Contains(source, "isupgrade(")
}
