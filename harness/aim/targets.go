package aim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Objects lists the objects whose rows mess may change, the likeliest to hurt
// first: the package's own, and standard ones that it extends or that its
// script names. Custom settings and custom metadata have kinds of their own.
func (a *Upgrade) Objects(o *org.Org) []*schema.Object {
	type target struct {
		obj    *schema.Object
		weight int
	}
	var targets []target
	for _, obj := range o.Schema().Objects() {
		if obj.Kind != schema.Custom && obj.Kind != schema.Standard || !obj.Createable || !obj.Updateable || obj.IDField() == nil {
			continue
		}
		weight := a.weight(metadata.CustomObject, obj.Name, obj.Name)
		own := a.Owns(obj.Namespace, obj.Name)
		extended := slices.ContainsFunc(obj.Fields, func(f *schema.Field) bool { return f.Custom && a.Owns(f.Namespace, obj.Name+"."+f.Name) })
		switch {
		case own:
			weight += 3
		case extended:
			weight++
		case obj.Kind == schema.Custom || !a.types[strings.ToLower(obj.Name)] || setupObject[obj.Name]:
			continue
		}
		for _, c := range a.Changes {
			if c.Kind == metadata.CustomField && strings.EqualFold(ObjectOf(c.Name), metadata.StripNamespace(obj.Name, a.Namespace)) {
				weight++
			}
		}
		targets = append(targets, target{obj, weight})
	}
	slices.SortStableFunc(targets, func(x, y target) int { return cmp.Compare(y.weight, x.weight) })
	objects := make([]*schema.Object, len(targets))
	for i, t := range targets {
		objects[i] = t.obj
	}
	return objects
}

// setupObject are standard objects that hold set-up, not business.
var setupObject = map[string]bool{"User": true, "Profile": true, "PermissionSet": true, "Organization": true,
	"UserRole": true, "Group": true, "RecordType": true, "PermissionSetAssignment": true, "ApexClass": true,
	"EmailTemplate": true, "Report": true, "Dashboard": true, "Document": true, "Folder": true, "StaticResource": true}

// ObjectOf is the object that the name of a component of one begins with:
// Thing__c of Thing__c.Flag__c.
func ObjectOf(fullName string) string {
	object, _, _ := strings.Cut(fullName, ".")
	return object
}

// Owns reports whether a component is the package's own: by its namespace, or,
// for a package without one, because the version has it.
func (a *Upgrade) Owns(namespace, name string) bool {
	if a.Namespace != "" {
		return strings.EqualFold(namespace, a.Namespace)
	}
	if a.From == nil {
		return false
	}
	kind := metadata.Kind(metadata.CustomObject)
	if strings.Contains(name, ".") {
		kind = metadata.CustomField
	}
	return a.From.Find(kind, name) != nil
}

// Fields lists the fields of an object that pass a test, the likeliest to hurt
// first. Only fields that rows can hold are offered.
func (a *Upgrade) Fields(obj *schema.Object, ok func(*schema.Field) bool) []*schema.Field {
	var fields []*schema.Field
	for _, f := range obj.Fields {
		if f.IsStored() && f.Createable && !f.AutoNumber && !f.Calculated && !f.Deprecated && ok(f) {
			fields = append(fields, f)
		}
	}
	slices.SortStableFunc(fields, func(x, y *schema.Field) int {
		return cmp.Compare(a.fieldWeight(y), a.fieldWeight(x))
	})
	return fields
}

func (a *Upgrade) fieldWeight(f *schema.Field) int {
	w := a.weight(metadata.CustomField, f.Object.Name+"."+f.Name, f.Name)
	if f.Custom && a.Owns(f.Namespace, f.Object.Name+"."+f.Name) {
		w++
	}
	return w
}

// Target is an object and one of its fields.
type Target struct {
	Object *schema.Object
	Field  *schema.Field
}

// Targets lists the fields over all objects that pass a test, the likeliest to
// hurt first, no more than max.
func (a *Upgrade) Targets(o *org.Org, max int, ok func(*schema.Field) bool) []Target {
	var targets []Target
	for _, obj := range a.Objects(o) {
		for _, f := range a.Fields(obj, ok) {
			targets = append(targets, Target{obj, f})
		}
	}
	slices.SortStableFunc(targets, func(x, y Target) int { return cmp.Compare(a.fieldWeight(y.Field), a.fieldWeight(x.Field)) })
	return targets[:min(max, len(targets))]
}

// Leaves reports whether the upgrade takes a field away.
func (a *Upgrade) Leaves(f *schema.Field) bool {
	c, ok := a.Change(metadata.CustomField, metadata.StripNamespace(f.Object.Name, a.Namespace)+"."+metadata.StripNamespace(f.Name, a.Namespace))
	return ok && c.After == nil
}

// Touches reports whether the upgrade changes an object or one of its fields.
func (a *Upgrade) Touches(obj *schema.Object) bool {
	name := metadata.StripNamespace(obj.Name, a.Namespace)
	for _, c := range a.Changes {
		if !c.Cosmetic && (c.Kind == metadata.CustomObject && strings.EqualFold(c.Name, name) || c.Kind == metadata.CustomField && strings.EqualFold(ObjectOf(c.Name), name)) {
			return true
		}
	}
	return false
}
