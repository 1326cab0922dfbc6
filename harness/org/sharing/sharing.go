// Package sharing says who sees which rows: organisation-wide defaults, owners,
// the role hierarchy, share rows, and what follows from a master, a parent or
// an account.
//
// The machine: a Directory is the users, roles and groups of an org, read once;
// it closes over memberships and the hierarchy and gives the Grantees of a
// user: every id that a row may be shared with or belong to for the user to
// have it. A View is one user's sight of an org: for an object and a Level it
// writes the SQL condition that the rows meet which the user reaches so, over
// the owner column and the share rows; a query adds it to its WHERE clause, a
// save asks it for the rows of a statement. Where the organisation-wide default
// or a right over all records is enough there is no condition.
//
// A Directory and a View are immutable and safe for concurrent use; their
// conditions depend on nothing but the schema, the rights and the rows they
// were made from.
//
// Left out: territories, sharing sets, manager groups, restriction and scoping
// rules; the org notes in the ledger where they would count.
package sharing

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Level is how far a user reaches a row. Each contains those before it.
type Level uint8

// The levels. All is what an owner has: it takes sharing the row further.
const (
	None Level = iota
	Read
	Edit
	Transfer
	Delete
	All
)

// names are the levels as UserRecordAccess.MaxAccessLevel and share rows write
// them.
var names = [...]string{"None", "Read", "Edit", "Transfer", "Delete", "All"}

// String is the level as the platform writes it: "Read".
func (l Level) String() string { return names[l] }

// defaults is what an organisation-wide default gives everybody (Metadata API,
// CustomObject.sharingModel).
var defaults = map[string]Level{"private": None, "none": None, "read": Read, "readselect": Read, "readwrite": Edit,
	"readwritetransfer": Transfer, "fullaccess": All}

// controlled is the model of objects whose rows follow their parents.
const controlled = "controlledbyparent"

// models are the organisation-wide defaults of a new org, by object in lower
// case (Salesforce Help, "Organization-Wide Default Access Settings"). Objects
// that are not listed are open to all who have rights on them.
var models = map[string]string{
	"account": "ReadWrite", "asset": "ControlledByParent", "campaign": "FullAccess", "case": "ReadWriteTransfer",
	"contact": "ControlledByParent", "contract": "ControlledByParent", "lead": "ReadWriteTransfer", "opportunity": "ReadWrite",
	"order": "ControlledByParent", "task": "Private", "event": "Private",
}

// ModelOf is the organisation-wide default of an object for internal users, as
// the Metadata API writes it; "" for objects that sharing does not govern. A
// custom object that says nothing is open (Metadata API, CustomObject).
func ModelOf(o *schema.Object) string {
	switch {
	case o.Kind == schema.Custom && o.SharingModel == "":
		return "ReadWrite"
	case o.Kind == schema.Custom || o.SharingModel != "":
		return o.SharingModel
	}
	return models[strings.ToLower(o.Name)]
}

// modelFor is the organisation-wide default for internal or external users;
// that of external users is never wider.
func modelFor(o *schema.Object, external bool) string {
	model := strings.ToLower(ModelOf(o))
	if outside := strings.ToLower(o.ExternalSharingModel); external && outside != "" && model != controlled {
		if outside == controlled || defaults[outside] < defaults[model] {
			return outside
		}
	}
	return model
}

// Default is what everybody inside may do with the rows of an object by its
// organisation-wide default; None for what follows from parents.
func Default(o *schema.Object) Level { return defaults[strings.ToLower(ModelOf(o))] }

// HasOwnerRows reports whether the rows of an object have owner rows among their share
// rows: where the organisation-wide default is Private or Public Read Only.
func HasOwnerRows(o *schema.Object) bool {
	switch strings.ToLower(ModelOf(o)) {
	case "private", "read":
		return o.Field("OwnerId") != nil
	default:
		return false
	}
}

// Rows describes the share rows of an object: Parent is the lookup to the row
// that is shared, Access its level.
type Rows struct {
	Object *schema.Object
	Parent *schema.Field
	Access *schema.Field
}

// RowsOf finds the share object of an object; ok is false where it has none.
func RowsOf(s *schema.Schema, o *schema.Object) (Rows, bool) {
	name := o.Name + "Share"
	if o.Kind == schema.Custom {
		name = strings.TrimSuffix(o.Name, "c") + "Share"
	}
	share := s.Object(name)
	if share == nil || share.Kind != schema.Share {
		return Rows{}, false
	}
	return describe(share, o)
}

// SharedBy is the object whose rows a share object shares, with the
// description of its rows.
func SharedBy(s *schema.Schema, share *schema.Object) (*schema.Object, Rows, bool) {
	if share.Kind != schema.Share {
		return nil, Rows{}, false
	}
	name := strings.TrimSuffix(share.Name, "Share")
	if strings.HasSuffix(name, "__") {
		name += "c"
	}
	o := s.Object(name)
	if o == nil {
		return nil, Rows{}, false
	}
	rows, ok := describe(share, o)
	return o, rows, ok
}

func describe(share, o *schema.Object) (Rows, bool) {
	parent, level := "ParentId", "AccessLevel"
	if o.Kind != schema.Custom {
		parent, level = o.Name+"Id", o.Name+"AccessLevel"
	}
	r := Rows{Object: share, Parent: share.Field(parent), Access: share.Field(level)}
	return r, r.Parent != nil && r.Access != nil
}
