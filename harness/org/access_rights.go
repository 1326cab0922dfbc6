package org

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Rights of users follow from rows: the permission set that stands for the
// profile, those that are assigned, and what they grant in ObjectPermissions,
// FieldPermissions and SetupEntityAccess.

// accessRows are the objects whose rows change what users may do.
var accessRows = map[string]bool{"User": true, "Profile": true, "PermissionSet": true, "PermissionSetAssignment": true,
	"PermissionSetGroup": true, "PermissionSetGroupComponent": true, "ObjectPermissions": true, "FieldPermissions": true,
	"SetupEntityAccess": true, "UserRole": true, "Group": true, "GroupMember": true}

// rights is what the running user may do. Administrators and packages are
// answered without looking at rows.
func (tx *Tx) rights(ctx context.Context) (*access.Rights, error) {
	if tx.administers() {
		return fullRights, nil
	}
	u, err := tx.org.user(ctx, tx.user.ID)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return fullRights, nil // the user of a package has no row
	}
	if u.rights == nil {
		if u.rights, err = tx.org.readRights(ctx, tx.user); err != nil {
			return nil, fmt.Errorf("read the rights of user %s: %w", tx.user.ID, err)
		}
	}
	return u.rights, nil
}

var fullRights = access.Full()

// administers reports whether the running user is a System Administrator, a
// package or the Automated Process.
func (tx *Tx) administers() bool {
	return tx.user.ProfileID == tx.org.adminProfile() || tx.user.Type == automatedType
}

func (o *Org) adminProfile() string { return o.state.Profiles[adminProfileKey] }

var adminProfileKey = strings.ToLower(AdminProfile)

// readRights adds up what the user's profile and permission sets grant.
func (o *Org) readRights(ctx context.Context, user *vm.UserInfo) (*access.Rights, error) {
	name, err := o.textOf(ctx, "Profile", user.ProfileID, "Name")
	if err != nil {
		return nil, err
	}
	r := access.New(name, user.Type)
	sets, err := o.permissionSetsOf(ctx, user)
	if err != nil || len(sets) == 0 {
		return r, err
	}
	if err := o.addUserPermissions(ctx, r, sets); err != nil {
		return nil, err
	}
	err = o.each(ctx, "ObjectPermissions", "ParentId", sets, append([]string{"SobjectType"}, access.ObjectColumns[:]...), func(row store.Row) {
		var p access.Object
		for i := range access.ObjectColumns {
			if row.Int64(i+1) != 0 {
				p |= 1 << i
			}
		}
		r.AddObject(row.Text(0), p)
	})
	if err != nil {
		return nil, err
	}
	err = o.each(ctx, "FieldPermissions", "ParentId", sets, []string{"Field", "PermissionsRead", "PermissionsEdit"}, func(row store.Row) {
		var p access.Field
		if row.Int64(1) != 0 {
			p |= access.FieldRead
		}
		if row.Int64(2) != 0 {
			p |= access.FieldEdit
		}
		r.AddField(row.Text(0), p)
	})
	if err != nil {
		return nil, err
	}
	err = o.each(ctx, "SetupEntityAccess", "ParentId", sets, []string{"SetupEntityId"}, func(row store.Row) { r.AddEntity(row.Text(0)) })
	return r, err
}

// addUserPermissions adds the user permissions that the sets' own rows show.
func (o *Org) addUserPermissions(ctx context.Context, r *access.Rights, sets []string) error {
	obj := o.compiled.schema.Object("PermissionSet")
	recs, err := o.st.Load(ctx, obj, sets)
	if err != nil {
		return err
	}
	for _, rec := range recs {
		if rec == nil {
			continue
		}
		rec.Each(func(f *schema.Field, v value.Value) {
			if name, ok := strings.CutPrefix(f.Name, permissionPrefix); ok && v.Bool() {
				r.AddUser(name)
			}
		})
	}
	return nil
}

const permissionPrefix = "Permissions"

// permissionSetsOf are the ids of the permission sets that count for a user:
// that of the profile, those assigned, and those of assigned groups.
func (o *Org) permissionSetsOf(ctx context.Context, user *vm.UserInfo) ([]string, error) {
	var sets, groups []string
	take := func(into *[]string) func(store.Row) {
		return func(row store.Row) {
			if id := row.Text(0); id != "" {
				*into = append(*into, id)
			}
		}
	}
	if err := o.each(ctx, "PermissionSet", "ProfileId", []string{user.ProfileID}, []string{"Id"}, take(&sets)); err != nil {
		return nil, err
	}
	err := o.each(ctx, "PermissionSetAssignment", "AssigneeId", []string{user.ID}, []string{"PermissionSetId", "PermissionSetGroupId"}, func(row store.Row) {
		take(&sets)(row)
		if id := row.Text(1); id != "" {
			groups = append(groups, id)
		}
	})
	if err != nil || len(groups) == 0 {
		return sets, err
	}
	err = o.each(ctx, "PermissionSetGroupComponent", "PermissionSetGroupId", groups, []string{"PermissionSetId"}, take(&sets))
	return sets, err
}

// each reads columns of the live rows of an object whose key is one of the
// given ids, in the order of their ids.
func (o *Org) each(ctx context.Context, object, key string, ids, columns []string, fn func(store.Row)) error {
	obj := o.compiled.schema.Object(object)
	if obj == nil || len(ids) == 0 || ids[0] == "" {
		return nil
	}
	if has, ok := o.st.(interface{ HasTable(*schema.Object) bool }); ok && !has.HasTable(obj) {
		return nil
	}
	var sql strings.Builder
	sql.WriteString("SELECT ")
	for i, c := range columns {
		if i > 0 {
			sql.WriteByte(',')
		}
		sql.WriteString(column(c))
	}
	sql.WriteString(" FROM " + column(obj.Name) + " WHERE " + column(key) + " IN (")
	args := make([]value.Value, len(ids))
	for i, id := range ids {
		if i > 0 {
			sql.WriteByte(',')
		}
		sql.WriteString(o.st.Dialect().Placeholder(i + 1))
		args[i] = value.OfID(id)
	}
	sql.WriteString(") ORDER BY " + column("Id"))
	return o.st.Query(ctx, sql.String(), args, func(row store.Row) error {
		fn(row)
		return nil
	})
}

// column writes the name of a table or column.
func column(name string) string { return `"` + strings.ToLower(name) + `"` }

// textOf reads one text of one row; "" when there is no such row.
func (o *Org) textOf(ctx context.Context, object, id, field string) (string, error) {
	obj := o.compiled.schema.Object(object)
	if obj == nil || id == "" || obj.Field(field) == nil {
		return "", nil
	}
	recs, err := o.st.Load(ctx, obj, []string{id})
	if err != nil || recs[0] == nil {
		return "", err
	}
	return recs[0].Get(obj.Field(field)).Text(), nil
}

var uses = [...]access.Use{vm.Accessible: access.ToRead, vm.Createable: access.ToCreate, vm.Updateable: access.ToEdit,
	vm.Deletable: access.ToDelete, vm.Undeletable: access.ToUndelete}

// Permission answers isAccessible and its kin for the running user.
func (h host) Permission(obj *schema.Object, f *schema.Field, use vm.Access) bool {
	r, err := h.tx.rights(h.tx.thread.Context())
	if err != nil {
		return false // the store is broken; the statement that comes next says so
	}
	if f != nil {
		return r.Field(f, uses[use])
	}
	return r.Object(obj, uses[use])
}

// OwnField answers for the personal settings of users.
func (h host) OwnField(f *schema.Field) bool { return access.OwnField(f) }

// CustomPermission answers FeatureManagement.checkPermission: a permission is
// had by those to whom a profile or permission set grants it, administrators
// too (Apex Reference, "FeatureManagement").
func (h host) CustomPermission(namespace, name string) bool {
	e := h.tx.compiled.registry.Find(metadata.CustomPermission, namespace, name)
	if e == nil {
		return false
	}
	if h.tx.user.Type == packageUserType {
		return true
	}
	ctx := h.tx.thread.Context()
	u, err := h.tx.org.user(ctx, h.tx.user.ID)
	if err != nil || u == nil {
		return false
	}
	if u.entities == nil {
		r, err := h.tx.org.readRights(ctx, h.tx.user)
		if err != nil {
			return false
		}
		u.entities = r
	}
	return u.entities.Entity(h.tx.org.MirrorID(e.Key()))
}
