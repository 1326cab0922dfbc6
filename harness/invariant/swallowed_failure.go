package invariant

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// noSwallowedFailure finds exceptions that were caught, rollbacks to a
// savepoint and rows of a partial save that failed, in the install transaction
// or in jobs it started.
func noSwallowedFailure(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, step := range e.Steps {
		for _, ev := range step.Events {
			title, swallowed := swallowedTitles[ev.Kind]
			if !swallowed || ev.Superseded || e.asksForOthers(&ev) {
				continue
			}
			key := fmt.Sprint(ev.Kind, ev.Place, ev.Type, statusOf(&ev.Failed, ev.Message))
			f, first := groups.at(key)
			if first {
				*f = finding.New(finding.SwallowedFailure, strings.ReplaceAll(title, "{}", ev.Type))
				f.Message, f.Failed = ev.Message, ev.Failed
				if ev.Kind == probe.RowFailed {
					f.Message = ev.Type + ", " + ev.Message
				}
				f.Cause = causeOfStack([]cause.Place{ev.Place}, finding.ByScript)
				if ev.Job != "" {
					f.Cause.Kind, f.Cause.Job = finding.ByJob, ev.Cause.String()
				}
				if !ev.Origin.IsZero() && ev.Origin != ev.Place {
					f.Cause.Detail = "thrown at " + strings.TrimSuffix(ev.Origin.String(), ", column 1")
				}
			}
			f.Rows = e.addRows(f.Rows, ev.Rows)
			if !first {
				addFailed(f, ev.Failed.Rows)
			}
		}
	}
	return groups.list()
}

// absentType is how Apex learns that a custom object is not there.
var absentType = regexp.MustCompile(`^sObject type '(\w+__\w+)' is not supported\.`)

// asksForOthers says that an exception only tells the code that a custom object
// is not in the org, of a package that is not installed: this is how code asks
// whether another package is there.
func (e *Evidence) asksForOthers(ev *probe.Event) bool {
	m := absentType.FindStringSubmatch(ev.Message)
	if ev.Kind != probe.Caught || m == nil {
		return false
	}
	known := e.After.Schema()
	for _, p := range e.After.Packages() {
		if p.Namespace != "" && known.Object(p.Namespace+"__"+m[1]) != nil {
			return false
		}
	}
	return known.Object(m[1]) == nil
}

var swallowedTitles = map[probe.EventKind]string{
	probe.Caught:     "{} was caught: the upgrade is green although a step of it failed",
	probe.RolledBack: "Work was rolled back to a savepoint: the upgrade is green although a step of it was undone",
	probe.RowFailed:  "Rows failed in a partial save ({}): the upgrade is green although they were left out",
}
