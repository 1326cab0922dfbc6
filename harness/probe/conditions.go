package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// OtherSide is an upgrade of this org after rows or settings were put on the other
// side of what the script asks, and failed there though it succeeds here.
type OtherSide struct {
	Did  []string // what was changed beforehand
	Step string   // what failed: "the upgrade", "Batch ns.Repair, chunk 1"
	Err  error
}

// otherSides upgrades forks of the org before in which the script's own conditions
// come out otherwise: without rows in the settings that it reads, and with two
// equal rows for each text that its queries look for.
func otherSides(ctx context.Context, s *Subject, e *Evidence) error {
	step := &s.Steps[0]
	if len(s.Steps) > 1 || step.Report.Script == nil || step.Report.Script.Skipped != "" {
		return nil
	}
	for _, job := range step.Jobs {
		if job.Err != nil {
			return nil // it fails here already
		}
	}
	for _, change := range []func(context.Context, *Subject, *org.Org) ([]string, error){withoutSettings, withAskedRows} {
		side, err := s.otherSide(ctx, step, change)
		if err != nil {
			return err
		}
		if side != nil {
			e.OtherSides = append(e.OtherSides, *side)
		}
	}
	return nil
}

// otherSide makes one such fork and upgrades it; nil where nothing was there to
// change, or nothing fails.
func (s *Subject) otherSide(ctx context.Context, step *Step, change func(context.Context, *Subject, *org.Org) ([]string, error)) (*OtherSide, error) {
	fork, err := s.Before.Fork(ctx, s.Before.Name()+", with the script's conditions turned")
	if err != nil {
		return nil, err
	}
	defer func() { _ = fork.Close() }()
	did, err := change(ctx, s, fork)
	if err != nil || len(did) == 0 {
		return nil, err
	}
	report, err := upgrade.Install(ctx, fork, step.To, step.Report.Options)
	if report != nil && report.Failure != nil {
		if report.Failure.Class != upgrade.ScriptFails {
			return nil, nil // what was changed is no matter of the script's
		}
		return &OtherSide{Did: did, Step: "the upgrade", Err: report.Failure.Cause}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("upgrade with %s: %w", strings.Join(did, ", "), err)
	}
	jobs, err := fork.Drain(ctx, org.DrainOptions{})
	if err != nil {
		return nil, err
	}
	for _, job := range jobs {
		var apex *ApexError
		if job.Err != nil && errors.As(job.Err, &apex) && job.Namespace == step.To.Namespace {
			return &OtherSide{Did: did, Step: string(job.Kind) + " " + job.Class, Err: job.Err}, nil
		}
	}
	return nil, nil
}

// withoutSettings deletes the rows of the settings that the script reads, as
// orgs lack them that were never configured.
func withoutSettings(ctx context.Context, s *Subject, o *org.Org) ([]string, error) {
	var did []string
	for _, name := range s.Aim.Settings() {
		obj := o.Schema().ObjectIn(s.From.Namespace, name)
		if obj == nil || !obj.Kind.IsCustomSetting() {
			continue
		}
		var ids []string
		if err := o.Store().Scan(ctx, obj, func(r *schema.Record) error { ids = append(ids, r.ID()); return nil }); err != nil {
			return nil, fmt.Errorf("read rows of %s: %w", obj.Name, err)
		}
		if len(ids) == 0 {
			continue
		}
		if err := o.Store().Delete(ctx, obj, ids, store.NoCause); err != nil {
			return nil, fmt.Errorf("delete rows of %s: %w", obj.Name, err)
		}
		did = append(did, "no row in "+obj.Name)
	}
	return did, nil
}

// equalRows is how many rows get what the script looks for: two, since a row that
// is picked of two may be either.
const equalRows = 2

// withAskedRows writes what the script's queries look for into two rows of each
// object, below the save pipeline: values that are older than today's rules.
func withAskedRows(ctx context.Context, s *Subject, o *org.Org) ([]string, error) {
	var did []string
	taken := map[string]bool{} // rows that have a value already
	for _, asked := range s.Aim.Asks() {
		obj := o.Schema().ObjectIn(s.From.Namespace, metadata.StripNamespace(asked.Object, s.From.Namespace))
		if obj == nil || !obj.Kind.Stored() || !obj.Updateable || obj.Kind == schema.CustomMetadata {
			continue
		}
		f := obj.FieldIn(s.From.Namespace, metadata.StripNamespace(asked.Field, s.From.Namespace))
		if f == nil || !f.IsStored() || !f.Updateable || f.Unique || !f.Type.IsText() && f.Type != schema.Picklist || f.Length > 0 && len([]rune(asked.Value)) > f.Length {
			continue
		}
		rows, err := freeRows(ctx, o, obj, taken)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			taken[r.ID()] = true
			r.Set(f, value.OfText(asked.Value))
		}
		if len(rows) < equalRows {
			continue
		}
		if err := o.Store().Update(ctx, obj, rows, store.NoCause); err != nil {
			return nil, fmt.Errorf("change rows of %s: %w", obj.Name, err)
		}
		did = append(did, fmt.Sprintf("%d rows of %s with %s = '%s' (%s, line %d)", len(rows), obj.Name, f.Name, asked.Value, asked.Class.Name, asked.Line))
	}
	return did, nil
}

// freeRows are the first rows of an object that nothing was written into, as
// changes with their ids alone.
func freeRows(ctx context.Context, o *org.Org, obj *schema.Object, taken map[string]bool) ([]*schema.Record, error) {
	var rows []*schema.Record
	err := o.Store().Scan(ctx, obj, func(r *schema.Record) error {
		if len(rows) < equalRows && !taken[r.ID()] && !deleted(r) {
			change := schema.NewRecord(obj)
			change.SetID(r.ID())
			rows = append(rows, change)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", obj.Name, err)
	}
	return rows, nil
}
