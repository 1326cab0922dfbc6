package invariant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
)

// stillSaveable saves a sample of rows unchanged on a fork of the org after the
// upgrade, and those that fail on a fork of the org before it.
func stillSaveable(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	after, err := e.After.Fork(ctx, e.After.Name()+", saved again")
	if err != nil {
		return nil, err
	}
	defer func() { _ = after.Close() }()
	before, err := e.Before.Fork(ctx, e.Before.Name()+", saved again")
	if err != nil {
		return nil, err
	}
	defer func() { _ = before.Close() }()
	groups := newGrouping()
	for _, o := range e.concerned() {
		if err := e.trySaving(ctx, groups, before, after, o); err != nil {
			return nil, fmt.Errorf("save rows of %s again: %w", o.Name, err)
		}
	}
	return groups.list(), nil
}

// concerned lists the objects that the upgrade may touch: packaged ones, those
// with packaged fields or triggers, and those whose records changed.
func (e *Evidence) concerned() []*schema.Object {
	wanted := map[string]bool{}
	for _, c := range e.To.Components {
		if parent := c.Parent(); parent != "" {
			wanted[strings.ToLower(parent)] = true
		}
		if c.Kind == metadata.CustomObject {
			wanted[strings.ToLower(c.Name)] = true
		}
		if c.Kind == metadata.ApexTrigger {
			if words := strings.Fields(string(c.Source)); len(words) > 3 && strings.EqualFold(words[2], "on") {
				wanted[strings.ToLower(strings.TrimRight(words[3], "("))] = true
			}
		}
	}
	for _, o := range e.Diff.Objects {
		wanted[strings.ToLower(o.Object.Name)] = true
	}
	var objects []*schema.Object
	for _, o := range e.After.Schema().Objects() {
		bare := strings.TrimPrefix(strings.ToLower(o.Name), strings.ToLower(e.To.Namespace)+"__")
		if (wanted[strings.ToLower(o.Name)] || wanted[bare]) && saveable(o) {
			objects = append(objects, o)
		}
	}
	return objects
}

func saveable(o *schema.Object) bool {
	return o.Kind.Stored() && o.Updateable && o.Kind != schema.CustomMetadata && !strings.EqualFold(o.Name, "User")
}

func (e *Evidence) trySaving(ctx context.Context, groups *grouping, before, after *org.Org, o *schema.Object) error {
	old := before.Schema().Object(o.Name)
	if old == nil {
		return nil // new with the upgrade
	}
	ids, err := sampleIDs(ctx, before, old, e.sample())
	if err != nil || len(ids) == 0 {
		return err
	}
	failed, err := saveAgain(ctx, after, o, ids)
	if err != nil || len(failed) == 0 {
		return err
	}
	var suspects []string
	for _, r := range failed {
		suspects = append(suspects, r.id)
	}
	failedBefore, err := saveAgain(ctx, before, old, suspects)
	if err != nil {
		return err
	}
	for _, r := range failed {
		if r.status == "ENTITY_IS_DELETED" {
			continue // gone, which data-kept tells
		}
		if slices.ContainsFunc(failedBefore, func(b refusal) bool { return b.id == r.id }) {
			continue
		}
		f, first := groups.at(o.Name + r.status + r.source)
		if first {
			*f = finding.New(finding.SaveBroken, fmt.Sprintf("Records of %s that could be saved before can not be saved now", o.Name))
			f.Message = r.text
			f.Cause = finding.Cause{Kind: finding.ByComponent, Component: r.source}
			f.Several = "Records of {n} objects that could be saved before can not be saved now"
			f.Rows = []finding.Rows{{Object: o.Name}}
		}
		f.Rows[0].AddRow(finding.Row{ID: r.id, Name: e.sampleName(f.Rows[0], o, r.id)})
	}
	return nil
}

func (e *Evidence) sampleName(rows finding.Rows, o *schema.Object, id string) string {
	if len(rows.Sample) >= finding.SampleSize {
		return ""
	}
	return e.nameOf(o, id)
}

// sampleIDs picks rows evenly over the table, the same ones each time.
func sampleIDs(ctx context.Context, o *org.Org, obj *schema.Object, most int) ([]string, error) {
	n, err := o.Store().Count(ctx, obj)
	if err != nil || n == 0 {
		return nil, err
	}
	stride := max(1, int(n)/most)
	var ids []string
	i := 0
	err = o.Store().Scan(ctx, obj, func(r *schema.Record) error {
		if i%stride == 0 && len(ids) < most && !deleted(r) {
			ids = append(ids, r.ID())
		}
		i++
		return nil
	})
	return ids, err
}

func deleted(r *schema.Record) bool {
	f := r.Object.Field("IsDeleted")
	return f != nil && r.Get(f).Bool()
}

// refusal is a row that could not be saved.
type refusal struct{ id, status, text, source string }

// saveAgain updates rows without changing a field, in one transaction that is
// outside the governor limits: the question is about rules, not volume.
func saveAgain(ctx context.Context, o *org.Org, obj *schema.Object, ids []string) ([]refusal, error) {
	var failed []refusal
	opt := org.TxOptions{Cause: "saved again to judge", NoLimits: true}
	_, err := o.Run(ctx, opt, func(tx *org.Tx) error {
		st := save.Statement{Op: save.Update}
		for _, id := range ids {
			r := schema.NewRecord(obj)
			r.SetID(id)
			st.Records = append(st.Records, r)
		}
		results, err := tx.DML(ctx, st)
		for i, r := range results {
			if !r.Success && len(r.Errors) > 0 {
				first := r.Errors[0]
				failed = append(failed, refusal{ids[i], first.StatusCode, first.Text(), first.Source})
			}
		}
		return err
	})
	return failed, err
}

// scriptIdempotent runs the last script again on a fork and looks for changes.
// Where users worked since it ran, the second run may mend what they did, so the
// third is looked at: that one must find nothing to do.
func scriptIdempotent(ctx context.Context, e *Evidence) ([]finding.Finding, error) {
	script := e.last().Report.Script
	if script == nil || script.Skipped != "" {
		return nil, nil
	}
	second, err := e.After.Fork(ctx, e.After.Name()+", script again")
	if err != nil {
		return nil, err
	}
	defer func() { _ = second.Close() }()
	list, err := e.scriptAgain(ctx, e.After, second, script)
	if err != nil || len(list) == 0 || !e.Worked {
		return list, err
	}
	third, err := second.Fork(ctx, e.After.Name()+", script once more")
	if err != nil {
		return nil, err
	}
	defer func() { _ = third.Close() }()
	return e.scriptAgain(ctx, second, third, script)
}

// scriptAgain runs the last script in a fork of an org and tells what that
// changed.
func (e *Evidence) scriptAgain(ctx context.Context, o, again *org.Org, script *upgrade.ScriptRun) ([]finding.Finding, error) {
	step := e.last()
	base, err := o.Fork(ctx, o.Name()+", as it was")
	if err != nil {
		return nil, err
	}
	defer func() { _ = base.Close() }()
	current, ok := installed(again, step.To.Name, step.To.Namespace)
	if !ok {
		return nil, nil
	}
	if _, err := upgrade.RunScript(ctx, again, step.To, current, script.Context); err != nil {
		f := finding.New(finding.ScriptNotIdempotent, fmt.Sprintf("A second run of %s fails", script.Class))
		f.Message = err.Error()
		f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(step.To.Namespace, script.Class)}
		return []finding.Finding{f}, nil
	}
	if _, err := again.Drain(ctx, org.DrainOptions{}); err != nil {
		return nil, err
	}
	objects, err := diff.Records(ctx, base, again)
	if err != nil {
		return nil, err
	}
	var list []finding.Finding
	for i := range objects {
		if rest := e.changedAgain(&objects[i]); len(rest.Rows) > 0 {
			list = append(list, secondRun(script.Class, step.To.Namespace, rest))
		}
	}
	return list, nil
}

func secondRun(class, ns string, o *diff.Object) finding.Finding {
	f := finding.New(finding.ScriptNotIdempotent, fmt.Sprintf("A second run of %s changes records of %s again", class, o.Object.Name))
	f.Cause = finding.Cause{Kind: finding.ByScript, Class: qualified(ns, class)}
	rows := finding.Rows{Object: o.Object.Name}
	for _, row := range o.Rows {
		note := string(row.Kind)
		if row.Kind == diff.Updated {
			note = changeNote(row.Fields)
		}
		rows.AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: note})
	}
	f.Rows = []finding.Rows{rows}
	if len(o.Rows[0].Causes) > 0 {
		f.Cause = causeOfWrites(o.Rows[0].Causes)
	}
	f.Several = fmt.Sprintf("A second run of %s changes records of {n} objects again", class)
	return f
}

func installed(o *org.Org, name, ns string) (org.InstalledPackage, bool) {
	for _, p := range o.Packages() {
		if ns != "" && strings.EqualFold(p.Namespace, ns) || ns == "" && p.Namespace == "" && strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return org.InstalledPackage{}, false
}

// tight is the share of a limit from which on little is left.
const tight = 0.8

// limitsHeadroom finds limits that the install transaction or a job all but
// used up.
func limitsHeadroom(_ context.Context, e *Evidence) ([]finding.Finding, error) {
	groups := newGrouping()
	for _, step := range e.Steps {
		if s := step.Report.Script; s != nil {
			addTight(groups, s.Result, finding.Cause{Kind: finding.ByScript, Class: qualified(step.To.Namespace, s.Class)})
		}
		for _, job := range step.Jobs {
			addTight(groups, job.Result, finding.Cause{Kind: finding.ByJob, Class: qualified(job.Namespace, job.Class), Job: jobName(job)})
		}
	}
	return groups.list(), nil
}

func addTight(groups *grouping, r *org.TxResult, cause finding.Cause) {
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
