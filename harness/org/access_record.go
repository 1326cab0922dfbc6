package org

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
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
	if err := st.EnsureTable(ctx, plan.Object); err != nil {
		return nil, err
	}
	var rows []*schema.Record
	for _, u := range users {
		made, err := h.tx.accessRows(ctx, plan.Object, u.Text(), records, len(rows))
		if err != nil {
			return nil, err
		}
		rows = append(rows, made...)
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

// accessRows are what a user may do with records: by sharing, and by his rights
// on their objects. A record that is not there gives a row that allows nothing;
// an unknown user none.
func (tx *Tx) accessRows(ctx context.Context, o *schema.Object, userID string, records []value.Value, n int) ([]*schema.Record, error) {
	user, err := value.NewID(userID)
	if err != nil {
		return nil, nil
	}
	u, err := tx.org.user(ctx, user)
	if err != nil || u == nil {
		return nil, err
	}
	view, err := tx.viewOf(ctx, u.info)
	if err != nil {
		return nil, err
	}
	var rows []*schema.Record
	for _, r := range records {
		id, err := value.NewID(r.Text())
		if err != nil {
			continue
		}
		rowID, err := value.NewID(fmt.Sprintf("000%012d", n+len(rows)+1)) // rows of no table have ids of no object
		if err != nil {
			return nil, err
		}
		row := standard.Fields{"Id": rowID, "UserId": user, "RecordId": id}
		if err := tx.accessTo(ctx, view, id, row); err != nil {
			return nil, err
		}
		rows = append(rows, row.Record(o))
	}
	return rows, nil
}

// accessLevels are the fields of UserRecordAccess, each with the level that it
// tells of and what that takes on the object.
var accessLevels = []struct {
	field string
	level sharing.Level
	use   access.Use
}{
	{"HasReadAccess", sharing.Read, access.ToRead}, {"HasEditAccess", sharing.Edit, access.ToEdit},
	{"HasDeleteAccess", sharing.Delete, access.ToDelete}, {"HasTransferAccess", sharing.Transfer, access.ToEdit},
	{"HasAllAccess", sharing.All, access.ToEdit},
}

// accessTo sets what a view reaches of one record.
func (tx *Tx) accessTo(ctx context.Context, view *sharing.View, id string, row standard.Fields) error {
	obj, most := tx.compiled.schema.ByID(id), sharing.None
	there := false
	if obj != nil && tx.org.stored(obj) {
		have, err := tx.org.st.Load(ctx, obj, []string{id})
		if err != nil {
			return err
		}
		there = have[0] != nil
	}
	for _, a := range accessLevels {
		row[a.field] = false
		if !there || !view.Rights().Object(obj, a.use) {
			continue
		}
		reached, err := tx.reached(ctx, view, obj, []string{id}, a.level)
		if err != nil {
			return err
		}
		if row[a.field] = reached[id]; reached[id] {
			most = max(most, a.level)
		}
	}
	row["MaxAccessLevel"] = most.String()
	return nil
}
