package invariant

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// businessGoesOn finds work of users that worked before and fails now, and uses
// that tests show.
func businessGoesOn(e *Evidence) []finding.Finding {
	groups := newGrouping()
	for _, b := range append(slices.Clone(e.Broken), e.refusedNow()...) {
		f, first := groups.at(b.Action + b.Object + statusOf(&b.Failed, b.Text) + refusedBy(&b.Failed).String() + b.Job)
		if first {
			*f = finding.New(finding.BusinessFails, titleOfBroken(&b))
			f.Several = "{n} kinds of business transaction worked before and fail now"
			f.Message, f.Failed = b.Text, b.Failed
			f.Cause = causeOfRefusal(b)
			if kind := refusedBy(&b.Failed).Kind; b.Action == "" && (kind == dml.ValidationRule || kind == dml.RequiredField) {
				f.Severity = finding.Minor // what the release demands of work to come
			}
		}
		f.Rows = e.addRows(f.Rows, b.IDs)
		if !first {
			addFailed(f, b.Failed.Rows)
		}
	}
	return append(append(groups.list(), shownUses(e)...), ownRecordsWork(e)...)
}

func titleOfBroken(b *probe.Broken) string {
	if b.Action == "" {
		return capital(b.Name) + " worked before and fails now"
	}
	return fmt.Sprintf("Business transaction \"%s %s\" worked before and fails now", b.Action, b.Object)
}

// refusedNow are the transactions tried in both versions that only the new one
// refuses.
func (e *Evidence) refusedNow() []probe.Broken {
	var list []probe.Broken
	for _, twin := range e.Twins.Differing {
		for _, d := range twin.Differs {
			if d.Kind == probe.RefusedNow && !e.toldOfSave(&d) {
				list = append(list, probe.Broken{Name: whatAndWho(&twin), Object: twin.Object, Phase: "after", Text: textOf(&d), Failed: d.Failed})
			}
		}
	}
	return list
}

// toldOfSave reports whether rows that are there are refused for the same reason:
// that is told as such.
func (e *Evidence) toldOfSave(d *probe.Difference) bool {
	if len(d.Failed.Rows) == 0 {
		return false
	}
	why := d.Failed.Rows[0].RowError
	return slices.ContainsFunc(e.SavedAgain, func(s probe.SavedAgain) bool {
		return slices.ContainsFunc(s.Refused, func(r probe.Refused) bool {
			return r.Error.StatusCode == why.StatusCode && r.Error.Source.String() == why.Source.String()
		})
	})
}

func whatAndWho(twin *probe.Twin) string {
	if twin.User == "" {
		return twin.What
	}
	return twin.What + " as " + twin.User
}

func textOf(d *probe.Difference) string {
	if d.Type == "" {
		return d.Text
	}
	return d.Type + ": " + d.Text
}

func causeOfRefusal(b probe.Broken) finding.Cause {
	c := finding.Cause{Kind: finding.ByComponent, Job: b.Job}
	when := "while jobs of the upgrade run"
	if b.Phase == "after" {
		when = "after the upgrade"
	}
	if source := refusedBy(&b.Failed); source.Acts() {
		c.Component, c.Detail = source.String(), when
	} else {
		c.Kind, c.Detail = finding.ByPlatform, "refused by the platform "+when
	}
	return c
}

// changedAgain leaves out of a comparison of two runs of the script the rows
// that users had a hand in, since a script may well see to rows that came
// later, and those of jobs that failed the first time and were made up for.
func (e *Evidence) changedAgain(o *diff.Object) *diff.Object {
	users := map[string]bool{}
	for i := range e.Diff.Objects {
		if e.Diff.Objects[i].Object.Name != o.Object.Name {
			continue
		}
		for _, row := range e.Diff.Objects[i].Rows {
			users[row.ID] = row.Causes.Business()
		}
	}
	rest := *o
	rest.Rows = slices.DeleteFunc(slices.Clone(o.Rows), func(row diff.Row) bool {
		return users[row.ID] || len(row.Causes) > 0 && !slices.ContainsFunc(row.Causes, func(c cause.Cause) bool { return !e.madeUpFor(c) })
	})
	return &rest
}

// madeUpFor reports whether a write is of a job that failed when the script ran
// first.
func (e *Evidence) madeUpFor(c cause.Cause) bool {
	return slices.ContainsFunc(e.Last().Jobs, func(job probe.Job) bool {
		return job.Err != nil && job.Class != "" && c.Job().Kind == job.Kind && strings.HasPrefix(c.Job().Name, job.Class)
	})
}

// blameUsers says when a failure is about a row that users deleted meanwhile.
func (e *Evidence) blameUsers(f *finding.Finding) {
	if f.Failed.Status() != "ENTITY_IS_DELETED" {
		return
	}
	for i := range e.Diff.Objects {
		for _, row := range e.Diff.Objects[i].Rows {
			if row.Kind != diff.Deleted || !row.Causes.Business() || !names(f.Rows, row.ID) {
				continue
			}
			f.Cause.Detail = strings.TrimPrefix(f.Cause.Detail+"; a user deleted "+cmp.Or(row.Name, row.ID)+" meanwhile", "; ")
			return
		}
	}
}

func names(rows []finding.Rows, id string) bool {
	return slices.ContainsFunc(rows, func(r finding.Rows) bool {
		return slices.ContainsFunc(r.Sample, func(row finding.Row) bool { return row.ID == id })
	})
}

// withoutBusiness leaves rows out that users inserted while the upgrade went on
// or after it: what is in them is theirs, not the release's.
func (e *Evidence) withoutBusiness(records []*schema.Record) []*schema.Record {
	if e.entered == nil {
		e.entered = map[string]bool{}
		for i := range e.Diff.Objects {
			for _, row := range e.Diff.Objects[i].Rows {
				if row.Kind == diff.Inserted && row.Causes.Business() {
					e.entered[row.ID] = true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(records), func(r *schema.Record) bool { return e.entered[r.ID()] })
}
