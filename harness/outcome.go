package harness

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/invariant"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/plan"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/result"
)

// report fills in what a scenario found.
func (r *run) report(out *result.Scenario, e *invariant.Evidence, outcomes []invariant.Outcome) {
	for _, o := range outcomes {
		check := result.Check{Name: o.Name, Skipped: o.Skipped, Mended: o.Mended}
		for _, f := range o.Findings {
			f.Reproduce, f.Fingerprint = out.Reproduce, finding.FingerprintOf(&f)
			out.Findings = append(out.Findings, f)
			check.Findings++
		}
		for _, a := range o.Allowed {
			a.Finding.Reproduce, a.Finding.Fingerprint = out.Reproduce, finding.FingerprintOf(&a.Finding)
			entry := &r.plan.Suite.Expect.Allow[a.Entry]
			out.Allowed = append(out.Allowed, result.Allowed{Finding: a.Finding, Entry: a.Entry, Reason: entry.Reason, Issue: entry.Issue})
		}
		out.Facts = append(out.Facts, o.Facts...)
		check.Holds = check.Findings == 0 && check.Skipped == ""
		out.Checks = append(out.Checks, check)
	}
	finding.Sort(out.Findings)
	out.Mess = e.Mess
	out.Diff = summary(e.Diff, e.To)
	out.Limits = limits(e)
	out.Coverage = coverageOf(&e.Exercised)
	out.StandIns = standIns(e)
	out.Ledger = e.Ledger
	out.Status = result.Passed
	if len(out.Findings) > 0 {
		out.Status = result.Found
	}
}

// allows lists what the suite accepts.
func (r *run) allows() []result.AllowUse {
	list := []result.AllowUse{}
	for i := range r.plan.Suite.Expect.Allow {
		a := &r.plan.Suite.Expect.Allow[i]
		list = append(list, result.AllowUse{Code: finding.Code(a.Code), Reason: a.Reason, Issue: a.Issue, Until: a.Until, Where: a.Where, Expired: a.Expired(r.today)})
	}
	return list
}

// limits lists what the last install transaction used, package and org apart.
func limits(e *invariant.Evidence) []result.LimitUse {
	if len(e.Steps) == 0 {
		return nil
	}
	script := e.Steps[len(e.Steps)-1].Report.Script
	if script == nil || script.Result == nil {
		return nil
	}
	var out []result.LimitUse
	for _, l := range script.Result.Limits {
		if l.Used == 0 {
			continue
		}
		name := l.Name
		if l.Namespace == "" && e.To.Namespace != "" {
			name += " (of the org)"
		}
		out = append(out, result.LimitUse{Name: name, Used: l.Used, Max: l.Max})
	}
	return out
}

// summary turns a diff into what a result keeps of it.
func summary(d *diff.Diff, to *metadata.Package) result.Diff {
	var s result.Diff
	for _, c := range d.Components {
		change := result.ComponentChange{Kind: string(c.Key.Kind), Name: c.FullName(), Change: string(c.Change)}
		for _, p := range c.Properties {
			change.Properties = append(change.Properties, invariant.PropertyNote(p))
		}
		if strings.EqualFold(c.Key.Namespace, to.Namespace) {
			change.Cause = "upgrade to " + to.Version.String()
		}
		s.Components = append(s.Components, change)
	}
	for i := range d.Objects {
		s.Objects = append(s.Objects, objectChange(&d.Objects[i]))
	}
	return s
}

func objectChange(o *diff.Object) result.ObjectChange {
	c := o.Summary()
	out := result.ObjectChange{Object: o.Object.Name, RowCounts: rowCounts(c.Kinds)}
	for _, f := range c.Fields {
		was, is := brief(f.Before.String()), brief(f.After.String())
		out.Fields = append(out.Fields, result.FieldChange{Field: f.Field.Field.Name, Rows: f.Rows,
			Sample: fmt.Sprintf("%s: %s → %s", f.Of, was, is), Before: was, After: is})
	}
	for _, by := range c.Causes {
		out.Causes = append(out.Causes, result.CauseChange{Kind: string(by.Cause.Kind()), Cause: by.Text, Text: by.Cause.String(), Rows: by.Rows})
	}
	if len(c.Users) > 0 {
		users := rowCounts(c.Users)
		out.Users = &users
	}
	return out
}

func rowCounts(kinds map[diff.RowKind]int) result.RowCounts {
	return result.RowCounts{Inserted: kinds[diff.Inserted], Updated: kinds[diff.Updated], Deleted: kinds[diff.Deleted]}
}

// brief keeps a value to what fits a line.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// summarise is what a result keeps of a step.
func summarise(sc *plan.Scenario, i int, step *probe.Step) result.Step {
	s := result.Step{From: sc.Path[i-1], To: sc.Path[i], Committed: step.Report.Failure == nil, Jobs: len(step.Jobs)}
	if step.Report.Script != nil && step.Report.Script.Skipped == "" {
		s.Script = step.Report.Script.Class
	}
	if f := step.Report.Failure; f != nil {
		s.Error = f.Message
	}
	return s
}
