package org

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// Rows that stand for profiles, permission sets and their groups.

func mirrorPermissionSet(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	fs := standard.Fields{"Name": c.Name, "Label": orElse(c.Props.Get("label"), c.Name), "NamespacePrefix": e.Namespace,
		"Description": c.Props.Get("description"), "IsCustom": true, "Type": "Regular", "IsOwnedByProfile": false}
	grantListed(fs, c)
	return o.compiled.schema.Object("PermissionSet"), fs
}

// grantListed sets the user permissions that a component lists.
func grantListed(fs standard.Fields, c *metadata.Component) {
	for _, p := range c.Props.All("userPermissions") {
		fs[permissionPrefix+p.Get("name")] = p.Bool("enabled")
	}
}

// mirrorProfile gives a custom profile a row; standard ones are known by
// their metadata names.
func mirrorProfile(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	fs := standard.Fields{"Name": access.ProfileName(c.Name), "Description": c.Props.Get("description")}
	if access.ProfileNamed(fs["Name"].(string)) == nil {
		fs["UserType"] = access.UserTypeOf(c.Props.Get("userLicense"))
	}
	grantListed(fs, c)
	return o.compiled.schema.Object("Profile"), fs
}

func mirrorPermissionSetGroup(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	return o.compiled.schema.Object("PermissionSetGroup"), standard.Fields{"DeveloperName": c.Name, "MasterLabel": orElse(c.Props.Get("label"), c.Name),
		"NamespacePrefix": e.Namespace, "Description": c.Props.Get("description"), "Status": "Updated", "Language": "en_US"}
}

// mirrorGrants writes the rows of what a component of access grants.
func (o *Org) mirrorGrants(ctx context.Context, e *Entry, id string, cause store.Cause) error {
	switch e.Component.Kind {
	case metadata.PermissionSet:
		return o.grantComponents(ctx, e, id, cause)
	case metadata.Profile:
		if set := o.state.Mirror[profileSetKey(id)]; set != "" {
			if err := o.listPermissions(ctx, e, set, cause); err != nil {
				return err
			}
			return o.grantComponents(ctx, e, set, cause)
		}
	case metadata.PermissionSetGroup:
		return o.mirrorMembers(ctx, e, id, cause)
	}
	return nil
}

// listPermissions gives the permission set of a profile the user permissions
// that the profile's component lists.
func (o *Org) listPermissions(ctx context.Context, e *Entry, set string, cause store.Cause) error {
	obj := o.compiled.schema.Object("PermissionSet")
	fs := standard.Fields{}
	grantListed(fs, e.Component)
	if obj == nil || len(fs) == 0 {
		return nil
	}
	fs["Id"] = set
	return o.st.Update(ctx, obj, []*schema.Record{fs.Record(obj)}, cause)
}

// mirrorMembers writes the members of a permission set group.
func (o *Org) mirrorMembers(ctx context.Context, e *Entry, group string, cause store.Cause) error {
	obj := o.compiled.schema.Object("PermissionSetGroupComponent")
	if obj == nil {
		return nil
	}
	var old []string
	err := o.each(ctx, obj.Name, "PermissionSetGroupId", []string{group}, []string{"Id"}, func(row store.Row) { old = append(old, row.Text(0)) })
	if err != nil {
		return err
	}
	if len(old) > 0 {
		if err := o.st.Delete(ctx, obj, old, cause); err != nil {
			return err
		}
	}
	var rows []*schema.Record
	fill := o.filler(obj)
	for _, p := range e.Component.Props.All("permissionSets") {
		if set := o.MirrorID(Key{metadata.PermissionSet, e.Namespace, metadata.StripNamespace(p.Text, e.Namespace)}); set != "" {
			rec := standard.Fields{"PermissionSetGroupId": group, "PermissionSetId": set}.Record(obj)
			fill(rec)
			rows = append(rows, rec)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return o.st.Insert(ctx, obj, rows, cause)
}
