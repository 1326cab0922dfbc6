package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// asyncEnds finds jobs that started each other until they were stopped. Those
// that the org knew before the upgrade, such as a job that polls, are as before.
func asyncEnds(e *Evidence) []finding.Finding {
	var found []finding.Finding
	for _, step := range e.Steps {
		for _, ev := range step.Events {
			if ev.Kind != probe.JobsEndless || ev.Again {
				continue
			}
			f := finding.New(finding.JobsEndless, fmt.Sprintf("%s starts again without end after the upgrade", ev.Cause.Job()))
			f.Message = ev.Message + " when the rehearsal stopped them (--async-jobs); an org goes on until the asynchronous executions of the day are used up, and no other asynchronous work runs then"
			f.Cause.Kind, f.Cause.Job = finding.ByJob, ev.Cause.Job().String()
			found = append(found, f)
		}
	}
	return found
}
