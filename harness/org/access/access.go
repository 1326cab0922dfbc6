// Package access is what users may do: the profiles that come with an org,
// the objects and fields that object and field permissions govern, and the
// rights that a user's profile and permission sets add up to.
//
// The machine: tables say what a fresh org's profiles grant and what each
// object's access follows from; Rights gathers the grants of one user from
// rows of PermissionSet, ObjectPermissions, FieldPermissions and
// SetupEntityAccess, and answers for one object or field. Sharing says who
// sees which rows of an object by default.
//
// Everything here is a pure function of its input; a Rights belongs to one
// goroutine while it is filled and may be shared afterwards.
//
// Left out: where rows come from (the org reads them), sharing rules, muting
// permission sets, licences of single features.
package access

import "github.com/rehearsal-dev/rehearsal/harness/schema"

// Object is a set of object permissions.
type Object uint8

// The object permissions, as the fields of ObjectPermissions name them.
const (
	Read Object = 1 << iota
	Create
	Edit
	Delete
	ViewAll
	ModifyAll

	ReadCreate     = Read | Create
	ReadCreateEdit = Read | Create | Edit
	ReadWrite      = Read | Create | Edit | Delete
	Everything     = ReadWrite | ViewAll | ModifyAll
)

// ObjectColumns are the fields of an ObjectPermissions row, in the order of the
// bits.
var ObjectColumns = [...]string{"PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete",
	"PermissionsViewAllRecords", "PermissionsModifyAllRecords"}

// complete adds what a permission needs: nobody edits what he may not read, and
// who modifies all may do everything but create (Object Reference,
// "ObjectPermissions").
func (p Object) complete() Object {
	if p&ModifyAll != 0 {
		p |= Everything &^ Create
	}
	if p&Delete != 0 {
		p |= Edit
	}
	if p != 0 {
		p |= Read
	}
	return p
}

// Field is a set of field permissions.
type Field uint8

// The field permissions, as the fields of FieldPermissions name them.
const (
	FieldRead Field = 1 << iota
	FieldEdit
)

// Use is what a user wants to do with an object or a field.
type Use uint8

// The uses, as describes tell of them.
const (
	ToRead Use = iota
	ToCreate
	ToEdit
	ToDelete
	ToUndelete
)

// needs is the object permission that a use takes. Undeleting takes the right
// to delete.
var needs = [...]Object{ToRead: Read, ToCreate: Create, ToEdit: Edit, ToDelete: Delete, ToUndelete: Delete}

// allows reports whether an object can be used so at all, by anyone.
func allows(o *schema.Object, use Use) bool {
	switch use {
	case ToCreate:
		return o.Createable
	case ToEdit:
		return o.Updateable
	case ToDelete:
		return o.Deletable
	case ToUndelete:
		return o.Undeletable
	default:
		return o.Queryable
	}
}

// fieldAllows reports whether a field can be used so at all, by anyone.
func fieldAllows(f *schema.Field, use Use) bool {
	switch use {
	case ToCreate:
		return f.Createable
	case ToEdit:
		return f.Updateable
	default:
		return true
	}
}
