package org

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// recordAccess makes the rows of UserRecordAccess that a query asks for, which
// the platform computes for the user and records its filter names (Object
// Reference, UserRecordAccess). They are gone when undo is called.
func (h host) recordAccess(t *vm.Thread, q *vm.QueryCall, plan *soql.Plan) (undo func() error, err error) {
	ctx, st := t.Context(), h.tx.org.st
	users, err := plan.Wanted("UserId", binder(q))
	if err != nil {
		return nil, err
	}
	records, err := plan.Wanted("RecordId", binder(q))
	if err != nil {
		return nil, err
	}
	h.Approximated(t, "UserRecordAccess", "tells what the user may do with the object, whatever the sharing of the record", t.Where())
	if err := st.EnsureTable(ctx, plan.Object); err != nil {
		return nil, err
	}
	var rows []*schema.Record
	for _, u := range users {
		for _, r := range records {
			row, err := h.tx.accessRow(ctx, plan.Object, u, r, len(rows))
			if err != nil {
				return nil, err
			}
			if row != nil {
				rows = append(rows, row)
			}
		}
	}
	sp, err := st.Savepoint(ctx)
	if err != nil {
		return nil, err
	}
	if err := st.Insert(ctx, plan.Object, rows, store.NoCause); err != nil {
		return nil, err
	}
	return func() error {
		if err := st.RollbackTo(ctx, sp); err != nil {
			return err
		}
		return st.Release(ctx, sp)
	}, nil
}

// accessRow is what a user may do with a record; nil where there is no such
// user or record.
func (tx *Tx) accessRow(ctx context.Context, o *schema.Object, userID, recordID value.Value, n int) (*schema.Record, error) {
	id, err := value.NewID(recordID.Text())
	obj := tx.compiled.schema.ByID(id)
	if err != nil || obj == nil {
		return nil, nil
	}
	have, err := tx.org.st.Load(ctx, obj, []string{id})
	if err != nil || have[0] == nil {
		return nil, err
	}
	user, err := value.NewID(userID.Text())
	if err != nil {
		return nil, nil
	}
	u, err := tx.org.user(ctx, user)
	if err != nil || u == nil {
		return nil, err
	}
	rights, err := tx.org.readRights(ctx, u.info)
	if err != nil {
		return nil, fmt.Errorf("read the rights of user %s: %w", user, err)
	}
	rowID, err := value.NewID(fmt.Sprintf("000%012d", n+1)) // rows of no table have ids of no object
	if err != nil {
		return nil, err
	}
	read, edit, remove := rights.Object(obj, access.ToRead), rights.Object(obj, access.ToEdit), rights.Object(obj, access.ToDelete)
	all := read && edit && remove
	level := "None"
	switch {
	case all:
		level = "All"
	case remove:
		level = "Delete"
	case edit:
		level = "Edit"
	case read:
		level = "Read"
	}
	return standard.Fields{"Id": rowID, "UserId": user, "RecordId": id, "HasReadAccess": read, "HasEditAccess": edit,
		"HasDeleteAccess": remove, "HasTransferAccess": all, "HasAllAccess": all, "MaxAccessLevel": level}.Record(o), nil
}
