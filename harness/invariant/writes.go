package invariant

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// byPackage reports whether one of the causes is a step of the package: its
// script, or a job that the script started, with nothing of the subscriber
// between it and the row.
func (e *Evidence) byPackage(causes diff.Causes) bool {
	return slices.ContainsFunc(causes, func(c cause.Cause) bool {
		return c.FromScript() && !e.ofSubscriber(c)
	})
}

// ofSubscriber reports whether the code or the automation that wrote belongs
// to the subscriber.
func (e *Evidence) ofSubscriber(c cause.Cause) bool {
	own := func(kind metadata.Kind, name string) bool {
		return slices.ContainsFunc(e.After.Components().OfKind(kind), func(entry *probe.Entry) bool {
			return entry.Package == "" && entry.Namespace == "" && strings.EqualFold(entry.Component.Name, name)
		})
	}
	if trigger := c.Place.Trigger; trigger != "" {
		return own(metadata.ApexTrigger, trigger)
	}
	if outer, _, _ := strings.Cut(c.Place.Class, "."); outer != "" && own(metadata.ApexClass, outer) {
		return true
	}
	return slices.ContainsFunc(c.Acting, func(a cause.Actor) bool {
		return slices.ContainsFunc(a.Names, func(name string) bool { return own(metadata.Kind(a.Kind), name) })
	})
}

// causeKinds says how a finding names what wrote.
var causeKinds = map[cause.Kind]finding.CauseKind{
	cause.ByScript: finding.ByScript, cause.ByJob: finding.ByJob, cause.ByAutomation: finding.ByAutomation,
	cause.ByBusiness: finding.ByBusiness, cause.ByUpgrade: finding.ByPlatform, cause.ByOther: finding.ByUnknown,
}

// causeOfWrites is the first of what wrote a row, with the others by name.
func causeOfWrites(causes diff.Causes) finding.Cause {
	if len(causes) == 0 {
		return finding.Cause{Kind: finding.ByPlatform, Detail: "the upgrade's change of components"}
	}
	first := causes[0]
	p := first.Place
	c := finding.Cause{Kind: causeKinds[first.Kind()], Class: p.Class, Method: p.Method, Line: p.Line, Trigger: p.Trigger, Job: first.Job().String()}
	if p.Trigger != "" {
		c.Kind = finding.ByTrigger
	}
	var others []string
	if p.IsZero() && c.Job == "" {
		others = append(others, string(first.Transaction))
	}
	for _, a := range first.Acting {
		others = append(others, a.String())
	}
	for _, more := range causes[1:] {
		if s := more.Words(); !slices.Contains(others, s) {
			others = append(others, s)
		}
	}
	c.Detail = strings.Join(others, "; ")
	return c
}
