package access

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Rights is what one user may do. The zero value may do nothing; Full is an
// administrator.
type Rights struct {
	all      bool
	outside  bool // a guest, or a user of a site or of Chatter alone
	standard bool // the profile grants standard fields

	user    map[string]bool   // user permissions, folded
	objects map[string]Object // by folded API name
	fields  map[string]Field  // by folded "object.field"
	granted map[string]bool   // ids of what SetupEntityAccess grants
}

// Full is the rights of administrators and of packages: all that objects and
// fields allow.
func Full() *Rights { return &Rights{all: true, standard: true} }

// New begins the rights of a user of a profile. name is that of the profile,
// userType that of its licence.
func New(name, userType string) *Rights {
	p := ProfileNamed(name)
	return &Rights{outside: userType != "Standard", standard: p == nil || !p.NoFields,
		user: map[string]bool{}, objects: map[string]Object{}, fields: map[string]Field{}, granted: map[string]bool{}}
}

// AddUser grants a user permission by name, without the prefix of its field.
func (r *Rights) AddUser(permission string) { r.user[strings.ToLower(permission)] = true }

// AddObject grants permissions on an object.
func (r *Rights) AddObject(object string, p Object) {
	r.objects[strings.ToLower(object)] |= p.complete()
}

// AddField grants permissions on a field, written "Object.Field".
func (r *Rights) AddField(field string, p Field) {
	if p&FieldEdit != 0 {
		p |= FieldRead
	}
	r.fields[strings.ToLower(field)] |= p
}

// AddEntity grants a component by the id of its row: a custom permission, a
// class, a page.
func (r *Rights) AddEntity(id string) { r.granted[id] = true }

// All reports whether nothing is refused.
func (r *Rights) All() bool { return r.all }

// User reports whether the user has a user permission.
func (r *Rights) User(permission string) bool { return r.all || r.user[strings.ToLower(permission)] }

// Entity reports whether a component is granted by the id of its row.
func (r *Rights) Entity(id string) bool { return r.granted[id] }

// Object reports whether the user may use an object so.
func (r *Rights) Object(o *schema.Object, use Use) bool {
	return allows(o, use) && (r.all || r.grants(o, use))
}

// Records reports whether the user reaches all rows of an object whatever
// their sharing: to read, else to change.
func (r *Rights) Records(o *schema.Object, use Use) bool {
	if r.all || r.user["modifyalldata"] || use == ToRead && r.user["viewalldata"] {
		return true
	}
	c, name := governor(o)
	if c != byPermission {
		return false
	}
	need := ModifyAll
	if use == ToRead {
		need = ViewAll
	}
	return r.objects[name]&need != 0
}

func (r *Rights) grants(o *schema.Object, use Use) bool {
	switch c, name := governor(o); c {
	case byPermission:
		if r.user["modifyalldata"] || use == ToRead && r.user["viewalldata"] {
			return true
		}
		return r.objects[name]&needs[use] != 0
	case byUser:
		if use == ToRead {
			if code[strings.ToLower(o.Name)] && !r.user["viewsetup"] && !r.user["authorapex"] {
				return false
			}
			return !r.outside || name != "CustomizeApplication"
		}
		return r.user[strings.ToLower(name)]
	default:
		return !r.outside || use == ToRead
	}
}

// Field reports whether the user may use a field so. A field that no
// permission can be given for follows its object.
func (r *Rights) Field(f *schema.Field, use Use) bool {
	if !fieldAllows(f, use) {
		return false
	}
	if r.all {
		return true
	}
	if !r.grants(f.Object, use) {
		return false
	}
	c, _ := governor(f.Object)
	activity := activities[strings.ToLower(f.Object.Name)] != "" && !f.Custom // what is granted of them is that of the profile
	if c != byPermission && !activity || !f.IsPermissionable() {
		return true
	}
	need := FieldRead
	if use != ToRead {
		need = FieldEdit
	}
	return r.field(f)&need != 0
}

// field is what is granted on a field: by permissions of its own, else, for a
// standard one, by the profile. The parts of an address have the permissions
// of the address.
func (r *Rights) field(f *schema.Field) Field {
	name := f.Name
	if f.Compound != "" {
		name = f.Compound
	}
	if !f.Custom && r.standard {
		return FieldRead | FieldEdit
	}
	return r.fields[strings.ToLower(f.Object.Name+"."+name)]
}
