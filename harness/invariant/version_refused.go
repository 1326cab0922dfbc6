package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// versionAllowed finds what the platform refuses when the version is made: no
// org ever meets it.
func versionAllowed(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, made := range e.NotMade {
		for _, p := range made.Problems {
			f := finding.New(finding.VersionRefused, fmt.Sprintf("The platform refuses version %s: %s", made.To.Version, p.Message))
			f.Several = fmt.Sprintf("The platform refuses version %s for {n} reasons", made.To.Version)
			f.Message = p.Platform
			if f.Message == "" {
				f.Message = p.Message
			}
			f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: p.Why}
			f.Components = []finding.Component{{Kind: string(p.Kind), Name: p.Name, Namespace: made.To.Namespace, Note: p.Message + " (" + p.Span.String() + ")"}}
			f.Advice = p.Recipe
			list = append(list, f)
		}
	}
	return list
}
