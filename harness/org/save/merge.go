package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// merge deletes the duplicates with their delete triggers, gives their
// children to the master without triggers, and updates the master once.
func (s *Session) merge(ctx context.Context, st *schema.Statement, how manner) ([]dml.Result, error) {
	o := st.Master.Object
	if err := s.mixed(st, o, how); err != nil {
		return nil, err
	}
	if !o.Mergeable {
		return nil, &dml.Fault{Type: "System.TypeException", Message: fmt.Sprintf("DML operation Merge not allowed on %s", o.Name)}
	}
	store := s.env.Store()
	sp, err := store.Savepoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin the merge into %s: %w", st.Master.ID(), err)
	}
	drop := s.env.Waiting()
	res, err := s.mergeRows(ctx, st, how, o)
	if err != nil || len(res.Errors) > 0 {
		drop()
		if uerr := store.RollbackTo(ctx, sp); uerr != nil && err == nil {
			err = uerr
		}
	}
	if rerr := store.Release(ctx, sp); err == nil && rerr != nil {
		err = rerr
	}
	return []dml.Result{res}, err
}

func (s *Session) mergeRows(ctx context.Context, st *schema.Statement, how manner, o *schema.Object) (dml.Result, error) {
	res := dml.Result{ID: st.Master.ID()}
	losers := make([]string, len(st.Records))
	for i, rec := range st.Records {
		losers[i] = rec.ID()
	}
	moved, err := s.reparent(ctx, o, losers, st.Master.ID())
	if err != nil {
		return res, err
	}
	gone, err := s.run(ctx, &schema.Statement{Op: dml.Delete, Records: st.Records, AllOrNone: true}, manner{guard: how.guard, mergedInto: st.Master.ID()})
	if err != nil {
		return res, err
	}
	updated, err := s.run(ctx, &schema.Statement{Op: dml.Update, Records: []*schema.Record{st.Master}, AllOrNone: true}, manner{guard: how.guard})
	if err != nil {
		return res, err
	}
	for _, r := range append(gone, updated...) {
		res.Errors = append(res.Errors, r.Errors...)
	}
	res.Success = len(res.Errors) == 0
	if res.Success {
		res.Merged, res.Updated = losers, moved
	}
	return res, nil
}

// reparent points the lookups of all children at the master.
func (s *Session) reparent(ctx context.Context, o *schema.Object, losers []string, master string) ([]string, error) {
	var moved []string
	for _, rel := range o.Children {
		lookup, child := s.childLookup(rel)
		if lookup == nil || child.Kind == schema.Share { // the survivor keeps its own
			continue
		}
		ids, err := s.childIDs(ctx, lookup, losers, false)
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			continue
		}
		recs := make([]*schema.Record, len(ids))
		for i, id := range ids {
			recs[i] = schema.NewRecord(child)
			recs[i].SetID(id)
			recs[i].Set(lookup, value.OfID(master))
		}
		if err := s.env.Store().Update(ctx, child, recs, s.env.Cause()); err != nil {
			return nil, fmt.Errorf("re-parent %d rows of %s: %w", len(ids), child.Name, err)
		}
		moved = append(moved, ids...)
	}
	return moved, nil
}
