package invariant

import (
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// overcome finds steps that were refused at first and went through when the
// administrator had done what the refusal asks for.
func (e *Evidence) overcome() []finding.Finding {
	var list []finding.Finding
	for _, step := range e.Steps {
		for _, failure := range step.Report.Overcome {
			title := "The upgrade is refused until an administrator deletes the scheduled jobs in its way"
			if failure.Class == probe.OwnApexBroken {
				title = "The upgrade is refused unless the administrator compiles the package's Apex only: a class of this org was broken before"
			}
			f := refused(finding.InstallerMustAct, title, failure)
			if failure.Class == probe.OwnApexBroken {
				f.Severity = finding.Minor // it is the org that is at fault
			}
			list = append(list, f)
		}
	}
	return list
}
