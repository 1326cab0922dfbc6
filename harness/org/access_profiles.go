package org

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
)

// AdminProfile is the name of the profile of administrators.
const AdminProfile = access.Administrator

// foundProfiles makes the licences and profiles of a fresh org, each profile
// with the permission set that stands for it and what that grants.
func (o *Org) foundProfiles(ctx context.Context) error {
	licenses := map[string]string{}
	for _, p := range access.Profiles() {
		if licenses[p.License] == "" {
			id, err := o.insertRow(ctx, "UserLicense", standard.Fields{"Name": p.License, "MasterLabel": p.License, "LicenseDefinitionKey": access.LicenseKey(p.License), "Status": "Active", "TotalLicenses": int64(100)})
			if err != nil {
				return err
			}
			licenses[p.License] = id
		}
		row := standard.Fields{"Name": p.Name, "UserLicenseId": licenses[p.License], "UserType": p.UserType}
		grantUser(row, o.compiled.schema.Object("Profile"), &p)
		id, err := o.insertRow(ctx, "Profile", row)
		if err != nil {
			return err
		}
		o.state.Profiles[strings.ToLower(p.Name)] = id
		if err := o.foundProfileSet(ctx, &p, id, licenses[p.License]); err != nil {
			return err
		}
	}
	return nil
}

// foundProfileSet makes the permission set of a profile.
func (o *Org) foundProfileSet(ctx context.Context, p *access.Profile, profile, license string) error {
	row := standard.Fields{"Name": "X" + profile, "Label": profile, "IsOwnedByProfile": true, "ProfileId": profile, "Type": "Profile",
		"IsCustom": false, "LicenseId": license}
	grantUser(row, o.compiled.schema.Object("PermissionSet"), p)
	set, err := o.insertRow(ctx, "PermissionSet", row)
	if err != nil {
		return err
	}
	o.state.Mirror[profileSetKey(profile)] = set
	obj := o.compiled.schema.Object("ObjectPermissions")
	if obj == nil {
		return nil
	}
	var rows []*schema.Record
	for _, target := range o.compiled.schema.Objects() {
		if granted := p.Objects[target.Name]; granted != 0 {
			rows = append(rows, objectGrant(obj, set, target.Name, granted))
		}
	}
	return o.LoadRaw(ctx, obj, rows, "")
}

// profileSetKey names the permission set that stands for a profile among the
// rows the org knows by name.
func profileSetKey(profile string) string { return "profileset/" + profile }

// assignProfileSets assigns users the permission set that stands for their
// profile, as the rows of PermissionSetAssignment show it (Object Reference,
// PermissionSetAssignment: a profile's permission set is assigned with it).
func (o *Org) assignProfileSets(ctx context.Context, users []*schema.Record, by cause.Cause) error {
	obj := o.compiled.schema.Object("PermissionSetAssignment")
	if obj == nil || len(users) == 0 {
		return nil
	}
	profile := users[0].Object.Field("ProfileId")
	var rows []*schema.Record
	for _, u := range users {
		if set := o.state.Mirror[profileSetKey(u.Get(profile).Text())]; set != "" {
			rows = append(rows, standard.Fields{"AssigneeId": u.ID(), "PermissionSetId": set, "IsActive": true}.Record(obj))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return o.load(ctx, obj, rows, by)
}

// grantUser sets the user permissions of a profile that a row shows; an
// administrator has all.
func grantUser(row standard.Fields, obj *schema.Object, p *access.Profile) {
	if obj == nil {
		return
	}
	for _, name := range p.Permissions {
		row[permissionPrefix+name] = true
	}
	if p.Name != AdminProfile {
		return
	}
	for _, f := range obj.Fields {
		if f.Type == schema.Boolean && strings.HasPrefix(f.Name, permissionPrefix) {
			row[f.Name] = true
		}
	}
}

func objectGrant(obj *schema.Object, set, target string, p access.Object) *schema.Record {
	fs := standard.Fields{"ParentId": set, "SobjectType": target}
	for i, column := range access.ObjectColumns {
		fs[column] = p&(1<<i) != 0
	}
	return fs.Record(obj)
}

// metadataGrants are what the objectPermissions of a profile or permission set
// say, by the property of each permission (Metadata API, "PermissionSet").
var metadataGrants = [...]string{"allowRead", "allowCreate", "allowEdit", "allowDelete", "viewAllRecords", "modifyAllRecords"}

// grantComponents writes what a profile's or permission set's component grants
// as the rows of its permission set. What it granted before and no longer
// names goes away for a permission set; a profile keeps it.
func (o *Org) grantComponents(ctx context.Context, e *Entry, set string, cause store.Cause) error {
	c := e.Component
	g := granter{o: o, set: set, cause: cause, keep: c.Kind == metadata.Profile}
	if err := g.begin(ctx); err != nil {
		return err
	}
	for _, p := range c.Props.All("objectPermissions") {
		if target := o.compiled.schema.ObjectIn(e.Namespace, p.Get("object")); target != nil {
			var granted access.Object
			for i, name := range metadataGrants {
				if p.Bool(name) {
					granted |= 1 << i
				}
			}
			g.object(target, granted)
		}
	}
	for _, p := range c.Props.All("fieldPermissions") {
		object, field, _ := strings.Cut(p.Get("field"), ".")
		if target := o.compiled.schema.ObjectIn(e.Namespace, object); target != nil {
			if f := target.FieldIn(e.Namespace, field); f != nil {
				g.field(f, p.Bool("readable"), p.Bool("editable"))
			}
		}
	}
	g.entities(e, "customPermissions", "name", metadata.CustomPermission)
	g.entities(e, "classAccesses", "apexClass", metadata.ApexClass)
	g.entities(e, "pageAccesses", "apexPage", metadata.ApexPage)
	return g.write(ctx)
}

// granter collects the rows of one permission set.
type granter struct {
	o     *Org
	set   string
	cause store.Cause
	keep  bool

	have    map[string]string // what is granted already, by object or field, to the id of its row
	objects []*schema.Record
	fields  []*schema.Record
	access  []*schema.Record
	stale   map[string][]string // ids of rows to delete, by object
}

// begin reads the rows that the set has.
func (g *granter) begin(ctx context.Context) error {
	g.have, g.stale = map[string]string{}, map[string][]string{}
	for _, t := range []struct{ object, key string }{{"ObjectPermissions", "SobjectType"}, {"FieldPermissions", "Field"}, {"SetupEntityAccess", "SetupEntityId"}} {
		err := g.o.each(ctx, t.object, "ParentId", []string{g.set}, []string{"Id", t.key}, func(row store.Row) {
			if !g.keep {
				g.stale[t.object] = append(g.stale[t.object], row.Text(0))
				return
			}
			g.have[strings.ToLower(t.object+"/"+row.Text(1))] = row.Text(0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// put adds a row; one that the set has for the same thing is replaced.
func (g *granter) put(object, key string, fs standard.Fields, rows *[]*schema.Record) {
	obj := g.o.compiled.schema.Object(object)
	if obj == nil {
		return
	}
	k := strings.ToLower(object + "/" + key)
	if id := g.have[k]; id != "" {
		g.stale[object] = append(g.stale[object], id)
	}
	fs["ParentId"] = g.set
	*rows = append(*rows, fs.Record(obj))
}

func (g *granter) object(target *schema.Object, p access.Object) {
	fs := standard.Fields{"SobjectType": target.Name}
	for i, column := range access.ObjectColumns {
		fs[column] = p&(1<<i) != 0
	}
	g.put("ObjectPermissions", target.Name, fs, &g.objects)
}

func (g *granter) field(f *schema.Field, read, edit bool) {
	name := f.Object.Name + "." + f.Name
	g.put("FieldPermissions", name, standard.Fields{"SobjectType": f.Object.Name, "Field": name,
		"PermissionsRead": read || edit, "PermissionsEdit": edit}, &g.fields)
}

// entities grants the components that a property of the component names.
func (g *granter) entities(e *Entry, property, name string, kind metadata.Kind) {
	for _, p := range e.Component.Props.All(property) {
		if !p.Bool("enabled") {
			continue
		}
		for _, ns := range []string{e.Namespace, ""} {
			if id := g.o.MirrorID(Key{kind, ns, metadata.StripNamespace(p.Get(name), e.Namespace)}); id != "" {
				g.put("SetupEntityAccess", id, standard.Fields{"SetupEntityId": id, "SetupEntityType": string(kind)}, &g.access)
				break
			}
		}
	}
}

func (g *granter) write(ctx context.Context) error {
	for _, t := range []struct {
		object string
		rows   []*schema.Record
	}{{"ObjectPermissions", g.objects}, {"FieldPermissions", g.fields}, {"SetupEntityAccess", g.access}} {
		obj := g.o.compiled.schema.Object(t.object)
		if obj == nil {
			continue
		}
		if ids := g.stale[t.object]; len(ids) > 0 {
			if err := g.o.st.Delete(ctx, obj, ids, g.cause); err != nil {
				return err
			}
		}
		if len(t.rows) == 0 {
			continue
		}
		fill := g.o.filler(obj)
		for _, rec := range t.rows {
			fill(rec)
		}
		if err := g.o.st.Insert(ctx, obj, t.rows, g.cause); err != nil {
			return err
		}
	}
	return nil
}
