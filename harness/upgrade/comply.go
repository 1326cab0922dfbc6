package upgrade

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// comply does what an administrator can do about a refusal before installing
// again; false when there is nothing. Apex of the subscriber that was broken
// before does not stop who compiles the package's Apex only (F9), and scheduled
// jobs in the way can be deleted (F10). Nobody is there to do it when a version
// is pushed.
func comply(o *org.Org, pkg *metadata.Package, f *Failure, opt *install.Options, jobs *[]string) bool {
	switch f.Class {
	case OwnApexBroken:
		if opt.PackageApexOnly || !brokenBefore(o, pkg, f) {
			return false
		}
		opt.PackageApexOnly = true
		return true
	case JobWaits:
		if len(*jobs) > 0 || !allScheduled(o, f.jobs) {
			return false
		}
		*jobs = f.jobs
		return true
	}
	return false
}

// brokenBefore says of an org that an install was taken back from that the Apex
// which stopped it does not compile in the org as it was: it is not the new
// version that broke it.
func brokenBefore(o *org.Org, pkg *metadata.Package, f *Failure) bool {
	if f.Class != OwnApexBroken {
		return false
	}
	in := &installing{org: o, pkg: pkg}
	for _, d := range o.CheckApex("") {
		if e := in.leftOver(d.Span.File); e != nil && slices.Contains(f.Components, string(e.Component.Kind)+" "+e.Component.Name) {
			return true
		}
	}
	return false
}

// allScheduled says of jobs that they wait for their time; those that wait for
// their turn are over soon.
func allScheduled(o *org.Org, ids []string) bool {
	scheduled := map[string]bool{}
	for _, job := range o.PendingJobs() {
		scheduled[job.ID] = job.Scheduled
	}
	return !slices.ContainsFunc(ids, func(id string) bool { return !scheduled[id] })
}

// deleteJobs deletes scheduled jobs as on the page of scheduled jobs.
func deleteJobs(ctx context.Context, o *org.Org, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	code := ""
	for _, id := range ids {
		code += "System.abortJob('" + id + "');\n"
	}
	_, err := o.Run(ctx, org.TxOptions{Cause: "an administrator deletes scheduled jobs"}, func(tx *org.Tx) error { return tx.Anonymous(ctx, code) })
	if err != nil {
		return fmt.Errorf("delete the scheduled jobs %s: %w", strings.Join(ids, ", "), err)
	}
	return nil
}
