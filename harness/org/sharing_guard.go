package org

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// guard decides which rows of a statement its user may write: by sharing, and
// in user mode by what fields they carry.
type guard struct {
	tx      *Tx
	view    *sharing.View
	refused map[*schema.Record]dml.RowError // for their fields
}

// guardOf is the guard of a statement that is run with sharing or as its user;
// nil for none.
func (tx *Tx) guardOf(ctx context.Context, call *vm.DMLCall) (save.Guard, error) {
	if call.Sharing != vm.WithSharing && call.Access != vm.UserMode {
		return nil, nil
	}
	v, err := tx.view(ctx)
	if err != nil || v == nil {
		return nil, err
	}
	g := guard{tx: tx, view: v}
	if call.Access == vm.UserMode {
		if g.refused, err = tx.enforceDML(ctx, call); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Admit marks the rows that the user does not reach as the operation takes.
func (g guard) Admit(ctx context.Context, op dml.Op, rows []*save.Row) error {
	o := rows[0].Input.Object
	for _, r := range rows {
		if e, bad := g.refused[r.Input]; bad {
			r.AddError(e)
		}
	}
	var err error
	switch op {
	case dml.Update:
		if err = g.need(ctx, o, sharing.Edit, rows); err == nil {
			err = g.transfers(ctx, o, rows)
		}
	case dml.Delete, dml.Undelete:
		err = g.need(ctx, o, sharing.Delete, rows)
	}
	if err != nil || op != dml.Insert && op != dml.Update {
		return err
	}
	for _, f := range o.Fields {
		if f.Type == schema.Reference && f.IsStored() {
			if err := g.points(ctx, o, f, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// need marks the rows that the user does not reach so.
func (g guard) need(ctx context.Context, o *schema.Object, l sharing.Level, rows []*save.Row) error {
	if g.view.Open(o, l) {
		return nil
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		if len(r.Errors) == 0 {
			ids = append(ids, storedID(r))
		}
	}
	have, err := g.tx.reached(ctx, g.view, o, ids, l)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if len(r.Errors) == 0 && !have[storedID(r)] {
			r.AddError(save.NoAccess())
		}
	}
	return nil
}

func storedID(r *save.Row) string {
	if r.Old != nil {
		return r.Old.ID()
	}
	if r.New != nil {
		return r.New.ID()
	}
	return r.Input.ID()
}

// transfers marks the rows whose owner the user changes and may not.
func (g guard) transfers(ctx context.Context, o *schema.Object, rows []*save.Row) error {
	owner := o.Field("OwnerId")
	if owner == nil || g.view.Open(o, sharing.Transfer) {
		return nil
	}
	var moved []*save.Row
	for _, r := range rows {
		if len(r.Errors) == 0 && r.Old != nil && r.New != nil && !value.Identical(r.Old.Get(owner), r.New.Get(owner)) {
			moved = append(moved, r)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return g.need(ctx, o, sharing.Transfer, moved)
}

// points marks the rows that the statement makes point at rows out of the
// user's reach: a lookup takes Read, a master what the relationship says, a
// share row all of the row it shares (sharing.md, section 3).
func (g guard) points(ctx context.Context, o *schema.Object, f *schema.Field, rows []*save.Row) error {
	level := sharing.Read
	switch {
	case f.MasterDetail && !f.WriteRequiresRead:
		level = sharing.Edit
	case o.Kind == schema.Share && f.Name != "UserOrGroupId" && f.Name != "LastModifiedById":
		level = sharing.All
	}
	wanted := map[*schema.Object][]string{}
	var objects []*schema.Object
	for _, r := range rows {
		id := r.Input.Get(f).Text()
		if len(r.Errors) > 0 || id == "" || r.Old != nil && r.Old.Get(f).Text() == id {
			continue
		}
		target := g.tx.prefixOf(id)
		if target == nil || g.view.Open(target, level) {
			continue
		}
		if wanted[target] == nil {
			objects = append(objects, target)
		}
		wanted[target] = append(wanted[target], id)
	}
	for _, target := range objects {
		have, err := g.tx.reached(ctx, g.view, target, wanted[target], level)
		if err != nil {
			return err
		}
		there, err := g.there(ctx, target, wanted[target])
		if err != nil {
			return err
		}
		for _, r := range rows {
			id := r.Input.Get(f).Text()
			if len(r.Errors) > 0 || g.tx.prefixOf(id) != target || have[id] || !there[id] || r.Old != nil && r.Old.Get(f).Text() == id {
				continue
			}
			if o.Kind == schema.Share {
				r.AddError(save.NoAccess())
			} else {
				r.AddError(save.NoReference())
			}
		}
	}
	return nil
}

// there tells which rows exist: what points at none is refused for that.
func (g guard) there(ctx context.Context, o *schema.Object, ids []string) (map[string]bool, error) {
	recs, err := g.tx.org.st.Load(ctx, o, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, rec := range recs {
		if rec != nil {
			out[rec.ID()] = true
		}
	}
	return out, nil
}
