package invariant

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// upgradeSucceeds finds refused and rolled back upgrades.
func upgradeSucceeds(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	step := e.last()
	failure := step.Report.Failure
	if failure == nil {
		return e.overcome(), nil
	}
	f := refused(finding.UpgradeFails, "The upgrade was refused: nothing of it is in the org", failure)
	var apex *org.ApexError
	if errors.As(failure.Cause, &apex) {
		script := ""
		if step.Report.Script != nil {
			script = step.Report.Script.Class
		}
		f.Title = fmt.Sprintf("The post-install script %s failed and the upgrade was rolled back", script)
		if strings.HasSuffix(apex.Type, "LimitException") {
			f.Title = fmt.Sprintf("The post-install script %s hit a governor limit and the upgrade was rolled back", script)
		}
		f.Message = apex.Type + ": " + apex.Message
		f.Stack = linesOf(apex.Frames)
		f.Cause = causeOfStack(apex.Frames, finding.ByScript)
		f.Components = nil
	}
	f.Rows = e.rowsOf(failedRows(step.Events, f.Message))
	return []finding.Finding{f}, nil
}

// refused tells of an upgrade that the platform refused.
func refused(code finding.Code, title string, failure *upgrade.Failure) finding.Finding {
	f := finding.New(code, title)
	f.Message = failure.Message
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: failure.Step}
	if cure := failure.Cure(); cure != "" {
		f.Advice = cure
	}
	for _, name := range failure.Components {
		kind, rest, _ := strings.Cut(name, " ")
		f.Components = append(f.Components, finding.Component{Kind: kind, Name: rest})
	}
	return f
}

// overcome finds steps that were refused at first and went through when the
// administrator had done what the refusal asks for.
func (e *Evidence) overcome() []finding.Finding {
	var list []finding.Finding
	for _, step := range e.Steps {
		for _, failure := range step.Report.Overcome {
			title := "The upgrade is refused until an administrator deletes the scheduled jobs in its way"
			if failure.Class == "F9" {
				title = "The upgrade is refused unless the administrator compiles the package's Apex only: a class of this org was broken before"
			}
			f := refused(finding.InstallerMustAct, title, failure)
			if failure.Class == "F9" {
				f.Severity = finding.Minor // it is the org that is at fault
			}
			list = append(list, f)
		}
	}
	return list
}

// asyncSucceeds finds jobs that ended with an exception.
func asyncSucceeds(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	groups := newGrouping()
	for _, step := range e.Steps {
		for _, job := range step.Jobs {
			if job.Err == nil {
				continue
			}
			message, stack := failureOf(job.Err)
			key := string(job.Kind) + " " + job.Namespace + "." + job.Class + " " + statusOf(message)
			f, first := groups.at(key)
			if first {
				*f = finding.New(finding.AsyncFails, fmt.Sprintf("%s failed after the upgrade was committed", jobName(job)))
				f.Message, f.Stack = message, linesOf(stack)
				f.Cause = causeOfStack(stack, finding.ByJob)
				f.Cause.Kind, f.Cause.Job = finding.ByJob, jobName(job)
			}
			f.Rows = e.addRows(f.Rows, failedRows(jobEvents(step.Events, job.ID), message))
		}
	}
	return groups.list(), nil
}

// failureOf is what an exception says and where it was thrown.
func failureOf(err error) (message string, stack []cause.Place) {
	var apex *org.ApexError
	if errors.As(err, &apex) {
		return apex.Type + ": " + apex.Message, apex.Frames
	}
	return err.Error(), nil
}

func jobName(job org.JobRun) string {
	name := string(job.Kind) + " " + qualified(job.Namespace, job.Class)
	if job.Step != "" {
		name += ", " + job.Step
	}
	if job.Method != "" {
		name += "." + job.Method
	}
	return name
}

func jobEvents(events []org.Event, id string) []org.Event {
	var own []org.Event
	for _, ev := range events {
		if ev.Job == id {
			own = append(own, ev)
		}
	}
	return own
}

// noSwallowedFailure finds exceptions that were caught, rollbacks to a
// savepoint and rows of a partial save that failed, in the install transaction
// or in jobs it started.
func noSwallowedFailure(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	groups := newGrouping()
	for _, step := range e.Steps {
		for _, ev := range step.Events {
			title, swallowed := swallowedTitles[ev.Kind]
			if !swallowed || e.asksForOthers(&ev) {
				continue
			}
			key := fmt.Sprint(ev.Kind, ev.Place, ev.Type, statusOf(ev.Message))
			f, first := groups.at(key)
			if first {
				*f = finding.New(finding.SwallowedFailure, strings.ReplaceAll(title, "{}", ev.Type))
				f.Message = ev.Message
				if ev.Kind == org.RowFailed {
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
		}
	}
	return groups.list(), nil
}

// absentType is how Apex learns that a custom object is not there.
var absentType = regexp.MustCompile(`^sObject type '(\w+__\w+)' is not supported\.`)

// asksForOthers says that an exception only tells the code that a custom object
// is not in the org, of a package that is not installed: this is how code asks
// whether another package is there.
func (e *Evidence) asksForOthers(ev *org.Event) bool {
	m := absentType.FindStringSubmatch(ev.Message)
	if ev.Kind != org.Caught || m == nil {
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

var swallowedTitles = map[org.EventKind]string{
	org.Caught:     "{} was caught: the upgrade is green although a step of it failed",
	org.RolledBack: "Work was rolled back to a savepoint: the upgrade is green although a step of it was undone",
	org.RowFailed:  "Rows failed in a partial save ({}): the upgrade is green although they were left out",
}

// failedRows gathers the rows of events that tell of this message, and the id
// that a DmlException names.
func failedRows(events []org.Event, message string) []string {
	var ids []string
	status := statusOf(message)
	for _, ev := range events {
		if len(ev.Rows) > 0 && (status == "" || strings.Contains(ev.Message+ev.Type, status)) {
			ids = append(ids, ev.Rows...)
		}
	}
	if m := rowInMessage.FindStringSubmatch(message); m != nil {
		ids = append(ids, m[1])
	}
	return ids
}
