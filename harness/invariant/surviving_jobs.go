package invariant

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
)

// scheduledJobsSurvive finds jobs that were scheduled before the upgrade and
// fail when their time comes after it.
func scheduledJobsSurvive(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, job := range e.SurvivingJobs {
		if job.Before != nil || job.After == nil {
			continue
		}
		class := qualified(e.From.Namespace, job.Class)
		message, stack, failed := failureOf(job.After)
		f := finding.New(finding.AsyncFails, fmt.Sprintf("%s, scheduled before the upgrade, fails when its time comes after it", class))
		f.Several = "{n} jobs that were scheduled before the upgrade fail when their time comes after it"
		f.Message = strings.TrimRight(message, ".") + ". A scheduled job keeps the state that it was given by the old version: fields that are new are null in it, and no constructor runs again."
		f.Stack, f.Failed = linesOf(stack), failed
		f.Cause = causeOfStack(stack, finding.ByJob)
		f.Cause.Kind, f.Cause.Job = finding.ByJob, "Scheduled "+class
		f.Advice = "let the class take null for what is new in it, or schedule the job anew in the post-install script"
		list = append(list, f)
	}
	return list
}
