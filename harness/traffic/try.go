package traffic

import (
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Verdict is what trying a step elsewhere says.
type Verdict string

// The verdicts.
const (
	Works   Verdict = "works"
	Fails   Verdict = "fails"
	Unknown Verdict = "unknown" // none of its rows are there, or it is not simulated
)

// Try runs the very statement of an outcome, and the jobs that it starts, on a
// throw-away fork of an org. Rows that the org does not have are left out.
func (out *Outcome) Try(ctx context.Context, o *org.Org) (Verdict, error) {
	fork, err := o.Fork(ctx, o.Name()+", "+out.Step.Name)
	if err != nil {
		return Unknown, err
	}
	defer func() { _ = fork.Close() }()
	st, err := out.in(ctx, fork)
	if err != nil || len(st.Records) == 0 {
		return Unknown, err
	}
	if _, err := fork.Drain(ctx, org.DrainOptions{}); err != nil {
		return Unknown, err
	}
	unknown, failure := run(ctx, fork, out.Step.Name, st)
	runs, err := fork.Drain(ctx, org.DrainOptions{})
	if err != nil {
		return Unknown, err
	}
	for _, job := range runs {
		failure = errors.Join(failure, job.Err)
	}
	switch {
	case unknown || ctx.Err() != nil:
		return Unknown, ctx.Err()
	case failure != nil:
		return Fails, nil
	default:
		return Works, nil
	}
}

// in is the statement in terms of another fork: its describes, its rows.
func (out *Outcome) in(ctx context.Context, o *org.Org) (schema.Statement, error) {
	st := schema.Statement{Op: out.statement.Op, AllOrNone: true}
	obj := o.Schema().Object(out.Step.Object)
	if obj == nil {
		return st, nil
	}
	for _, rec := range out.statement.Records {
		if id := rec.ID(); id != "" && st.Op != dml.Insert {
			have, err := o.Store().Load(ctx, obj, []string{id})
			if err != nil {
				return st, fmt.Errorf("look for a row of %s: %w", obj.Name, err)
			}
			if len(have) == 0 || have[0] == nil {
				continue
			}
		}
		own := schema.NewRecord(obj)
		rec.Each(func(f *schema.Field, v value.Value) {
			if same := obj.Field(f.Name); same != nil && (st.Op != dml.Insert || same.Createable) {
				own.Set(same, v)
			}
		})
		st.Records = append(st.Records, own)
	}
	return st, nil
}

// Failure takes the error of a step apart: a text in the words of the platform,
// what it tells as structure, and the ids of the rows concerned.
func (out *Outcome) Failure() (text string, failed dml.Failed, ids []string) {
	var refused *dml.Error
	var thrown *org.ApexError
	switch {
	case errors.As(out.Err, &refused):
		failed.Rows = refused.Rows()
	case errors.As(out.Err, &thrown):
		return fmt.Sprint(out.Err), thrown.Failed, out.rowIDs()
	}
	if len(failed.Rows) == 0 {
		return fmt.Sprint(out.Err), failed, out.rowIDs()
	}
	for i := range failed.Rows {
		row := &failed.Rows[i]
		if row.Index < len(out.statement.Records) && out.statement.Op != dml.Insert {
			row.ID = out.statement.Records[row.Index].ID()
			ids = append(ids, row.ID)
		}
	}
	return failed.Rows[0].Text(), failed, ids
}

func (out *Outcome) rowIDs() []string {
	var ids []string
	if out.statement.Op == dml.Insert {
		return nil
	}
	for _, rec := range out.statement.Records {
		ids = append(ids, rec.ID())
	}
	return ids
}
