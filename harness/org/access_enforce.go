package org

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// What user mode and WITH SECURITY_ENFORCED refuse (Apex Developer Guide,
// "Enforce User Mode for Database Operations" and "Filter SOQL Queries Using
// WITH SECURITY_ENFORCED").

// queryMode is whose rights a query runs with: that of the call, else that of
// the text.
func queryMode(q *vm.QueryCall, plan *soql.Plan) vm.AccessMode {
	switch {
	case plan.Mode == "SYSTEM_MODE":
		return vm.SystemMode
	case q.Access != vm.SystemMode:
		return q.Access
	case plan.Mode == "USER_MODE":
		return vm.UserMode
	case plan.Mode == "SECURITY_ENFORCED":
		return vm.SecurityEnforced
	default:
		return vm.SystemMode
	}
}

// enforceQuery refuses a query that reads what the running user may not. All
// fields that the query mentions count, those of its WHERE clause too.
func (tx *Tx) enforceQuery(ctx context.Context, mode vm.AccessMode, plan *soql.Plan) error {
	r, err := tx.rights(ctx)
	if err != nil || r.All() {
		return err
	}
	hidden := map[string][]string{}
	root := r.Object(plan.Object, access.ToRead)
	for _, f := range plan.Fields {
		if f.Type != schema.ID && !r.Field(f, access.ToRead) && !slices.Contains(hidden[f.Object.Name], f.Name) {
			hidden[f.Object.Name] = append(hidden[f.Object.Name], f.Name)
		}
	}
	switch {
	case root && len(hidden) == 0:
		return nil
	case mode == vm.SecurityEnforced:
		return &dml.Fault{Type: "System.QueryException", Inaccessible: hidden,
			Message: "Insufficient permissions: secure query included inaccessible field"}
	case !root:
		return &dml.Fault{Type: "System.QueryException", Inaccessible: hidden,
			Message: "sObject type '" + plan.Object.Name + "' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."}
	}
	object := slices.Sorted(maps.Keys(hidden))[0]
	return &dml.Fault{Type: "System.QueryException", Inaccessible: hidden,
		Message: "No such column '" + hidden[object][0] + "' on entity '" + object + "'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."}
}

// dmlUses are the uses of an object that a DML statement makes.
var dmlUses = map[dml.Op][]access.Use{dml.Insert: {access.ToCreate}, dml.Update: {access.ToEdit}, dml.Upsert: {access.ToCreate, access.ToEdit},
	dml.Delete: {access.ToDelete}, dml.Undelete: {access.ToUndelete}, dml.Merge: {access.ToEdit, access.ToDelete}}

// enforceDML refuses a statement in user mode on objects that the running user
// may not use so, and marks the rows with fields that he may not write: all that
// a row carries count, changed or not.
func (tx *Tx) enforceDML(ctx context.Context, call *vm.DMLCall) (map[*schema.Record]dml.RowError, error) {
	r, err := tx.rights(ctx)
	if err != nil || r.All() {
		return nil, err
	}
	var refused map[*schema.Record]dml.RowError
	seen := map[*schema.Object]bool{}
	for _, rec := range call.Records {
		own := rec.Object.Name == "User" && rec.ID() == tx.user.ID && call.Op == dml.Update
		var hidden []string
		for _, use := range dmlUses[call.Op] {
			if call.Op == dml.Upsert && (rec.ID() != "") == (use == access.ToCreate) {
				continue
			}
			if !seen[rec.Object] && !r.Object(rec.Object, use) && !own {
				return nil, noObject(r, rec.Object, call.Op)
			}
			if use != access.ToCreate && use != access.ToEdit || call.Op == dml.Merge {
				continue
			}
			for _, f := range rec.Fields() {
				if !mayWrite(r, f, use, call.Op) && !(own && access.OwnField(f)) && !slices.Contains(hidden, f.Name) {
					hidden = append(hidden, f.Name)
				}
			}
		}
		seen[rec.Object] = call.Op != dml.Upsert
		if len(hidden) > 0 {
			if refused == nil {
				refused = map[*schema.Record]dml.RowError{}
			}
			refused[rec] = save.NoFields(rec.Object, hidden)
		}
	}
	return refused, nil
}

// mayWrite reports whether a field that a row carries may be written in user
// mode. A master-detail that keeps its master is refused by an update even when
// it is unchanged (from experience of many).
func mayWrite(r *access.Rights, f *schema.Field, use access.Use, op dml.Op) bool {
	writable := f.Createable
	if use == access.ToEdit {
		writable = f.Updateable
	}
	if f.MasterDetail && !f.Reparentable && op == dml.Update {
		return false
	}
	return f.Type == schema.ID || !writable || r.Field(f, use)
}

// noObject is the exception of a statement on an object that the user has no
// right to use so: he sees none of it, or not this operation.
func noObject(r *access.Rights, o *schema.Object, op dml.Op) error {
	text := "Access to entity '" + o.Name + "' denied"
	if r.Object(o, access.ToRead) {
		text = "DML operation " + strings.ToUpper(op.String()) + " not allowed on " + o.Name
	}
	return &dml.Fault{Type: "System.SecurityException", Message: text}
}
