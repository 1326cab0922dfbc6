package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// subscriberApexCompiles finds Apex of the subscriber that compiled before and
// does not now, and what other subscribers may have written and could not any
// more.
func subscriberApexCompiles(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, m := range e.Compiled.After {
		if slices.ContainsFunc(e.Compiled.Before, func(b probe.Message) bool { return b.Text == m.Text && b.File == m.File }) {
			continue
		}
		f := finding.New(finding.SubscriberApex, fmt.Sprintf("%s of the subscriber no longer compiles", m.File))
		f.Several = "{n} errors in Apex of the subscriber that compiled before"
		f.Message = m.Text
		f.Cause = finding.Cause{Kind: finding.ByComponent, Class: strings.TrimSuffix(m.File, ".cls"), Line: m.Line}
		list = append(list, f)
	}
	return append(list, oldCallersCompile(e)...)
}
