package invariant

import (
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// overcome finds steps that were refused at first and went through when the
// administrator had done what the refusal asks for. Where that was for Apex that
// was broken before, it is no doing of the release: see compilesAll.
func (e *Evidence) overcome() []finding.Finding {
	var list []finding.Finding
	for _, step := range e.Steps {
		for _, failure := range step.Report.Overcome {
			if failure.Class != probe.OwnApexBroken {
				list = append(list, refused(finding.InstallerMustAct, "The upgrade is refused until an administrator deletes the scheduled jobs in its way", failure))
			}
		}
	}
	return list
}
