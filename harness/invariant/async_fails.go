package invariant

import (
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// asyncSucceeds finds jobs that ended with an exception, and jobs that were
// scheduled before the upgrade and will.
func asyncSucceeds(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, step := range e.Steps {
		for _, job := range step.Jobs {
			if job.Err == nil {
				continue
			}
			message, stack, failed := failureOf(job.Err)
			key := string(job.Kind) + " " + job.Namespace + "." + job.Class + " " + statusOf(&failed, message)
			f, first := groups.at(key)
			if first {
				*f = finding.New(finding.AsyncFails, fmt.Sprintf("%s failed after the upgrade was committed", jobName(job)))
				f.Message, f.Stack, f.Failed = message, linesOf(stack), failed
				f.Cause = causeOfStack(stack, finding.ByJob)
				f.Cause.Kind, f.Cause.Job = finding.ByJob, jobName(job)
			}
			f.Rows = e.addRows(f.Rows, failedRows(jobEvents(step.Events, job.ID), &failed))
		}
	}
	return append(groups.list(), scheduledJobsSurvive(e)...)
}

// failureOf is what an exception says and where it was thrown.
func failureOf(err error) (message string, stack []cause.Place, failed dml.Failed) {
	var apex *probe.ApexError
	if errors.As(err, &apex) {
		return apex.Type + ": " + apex.Message, apex.Frames, apex.Failed
	}
	return err.Error(), nil, dml.Failed{}
}

func jobName(job probe.Job) string {
	name := string(job.Kind) + " " + qualified(job.Namespace, job.Class)
	if job.Step != "" {
		name += ", " + job.Step
	}
	if job.Method != "" {
		name += "." + job.Method
	}
	return name
}

func jobEvents(events []probe.Event, id string) []probe.Event {
	var own []probe.Event
	for _, ev := range events {
		if ev.Job == id {
			own = append(own, ev)
		}
	}
	return own
}
