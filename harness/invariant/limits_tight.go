package invariant

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// tight is the share of a limit from which on little is left.
const tight = 0.8

// limitsHeadroom finds limits that the install transaction or a job all but
// used up, by the largest use of each.
func limitsHeadroom(e *Evidence) []finding.Finding {
	groups, worst := newGrouping(), map[string]float64{}
	for _, step := range e.Steps {
		if s := step.Report.Script; s != nil {
			addTight(groups, worst, s.Result, finding.Cause{Kind: finding.ByScript, Class: qualified(step.To.Namespace, s.Class)})
		}
		for _, job := range step.Jobs {
			addTight(groups, worst, job.Result, finding.Cause{Kind: finding.ByJob, Class: qualified(job.Namespace, job.Class), Job: jobName(job)})
		}
	}
	return groups.list()
}

// addTight keeps the worst use of each limit by each class.
func addTight(groups *grouping, worst map[string]float64, r *probe.Transaction, cause finding.Cause) {
	if r == nil {
		return
	}
	for _, l := range r.Limits {
		// A limit of one is met by whoever does the thing at all.
		if l.Max <= 1 || float64(l.Used) < tight*float64(l.Max) {
			continue
		}
		key := l.Name + l.Namespace + cause.Class
		if share := float64(l.Used) / float64(l.Max); share > worst[key] {
			worst[key] = share
			f, _ := groups.at(key)
			*f = finding.New(finding.LimitsTight, fmt.Sprintf("%d of %d %s are used", l.Used, l.Max, l.Name))
			f.Cause = cause
		}
	}
}
