package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// tight is the share of a limit from which on little is left.
const tight = 0.8

// limitsHeadroom finds limits that the install transaction or a job all but
// used up.
func limitsHeadroom(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, step := range e.Steps {
		if s := step.Report.Script; s != nil {
			addTight(groups, s.Result, finding.Cause{Kind: finding.ByScript, Class: qualified(step.To.Namespace, s.Class)})
		}
		for _, job := range step.Jobs {
			addTight(groups, job.Result, finding.Cause{Kind: finding.ByJob, Class: qualified(job.Namespace, job.Class), Job: jobName(job)})
		}
	}
	return groups.list()
}

func addTight(groups *grouping, r *probe.Transaction, cause finding.Cause) {
	if r == nil {
		return
	}
	for _, l := range r.Limits {
		if l.Max <= 0 || float64(l.Used) < tight*float64(l.Max) {
			continue
		}
		f, first := groups.at(l.Name + cause.Class)
		if first {
			*f = finding.New(finding.LimitsTight, fmt.Sprintf("%d of %d %s are used", l.Used, l.Max, l.Name))
			f.Cause = cause
		}
	}
}
