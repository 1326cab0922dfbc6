package invariant

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// upgradeSucceeds finds refused and rolled back upgrades.
func upgradeSucceeds(e *Evidence) []finding.Finding {
	step := e.Last()
	failure := step.Report.Failure
	if failure == nil {
		return append(e.overcome(), tabsOfTheirOwn(e)...)
	}
	f := refused(finding.UpgradeFails, "The upgrade was refused: nothing of it is in the org", failure)
	var apex *probe.ApexError
	if errors.As(failure.Cause, &apex) {
		script := ""
		if step.Report.Script != nil {
			script = step.Report.Script.Class
		}
		f.Title = fmt.Sprintf("The post-install script %s failed and the upgrade was rolled back", script)
		if apex.Limit || strings.HasSuffix(apex.Type, "LimitException") {
			f.Title = fmt.Sprintf("The post-install script %s hit a governor limit and the upgrade was rolled back", script)
		}
		f.Message, f.Failed = apex.Type+": "+apex.Message, apex.Failed
		f.Stack = linesOf(apex.Frames)
		f.Cause = causeOfStack(apex.Frames, finding.ByScript)
		f.Components = nil
	}
	f.Rows = e.rowsOf(failedRows(step.Events, &f.Failed))
	return []finding.Finding{f}
}

// refused tells of an upgrade that the platform refused.
func refused(code finding.Code, title string, failure *probe.Failure) finding.Finding {
	f := finding.New(code, title)
	f.Message = failure.Message
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: failure.Step}
	if cure := failure.Cure(); cure != "" {
		f.Advice = cure
	}
	f.Components = named(failure)
	return f
}

// named are the components that a refusal names.
func named(failure *probe.Failure) []finding.Component {
	var list []finding.Component
	for _, name := range failure.Components {
		kind, rest, _ := strings.Cut(name, " ")
		list = append(list, finding.Component{Kind: kind, Name: rest})
	}
	return list
}

// failedRows gathers the rows that a failure names, and those that a partial save
// refused for the same reason.
func failedRows(events []probe.Event, failed *dml.Failed) []string {
	var ids []string
	status := failed.Status()
	for i := range events {
		ev := &events[i]
		if ev.Kind == probe.RowFailed && failed.Limit == "" && (status == "" || ev.Failed.Status() == status) {
			ids = append(ids, ev.Rows...)
		}
	}
	for _, row := range failed.Rows {
		if row.ID != "" {
			ids = append(ids, row.ID)
		}
	}
	return ids
}
