package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// fieldType is the Apex type of a field's values (DisplayType to primitive).
func fieldType(f *schema.Field) *Type {
	switch f.Type {
	case schema.ID, schema.Reference:
		return ID
	case schema.Boolean:
		return Boolean
	case schema.Int:
		return Integer
	case schema.Long:
		return Long
	case schema.Double, schema.Currency, schema.Percent:
		return Decimal
	case schema.Date:
		return Date
	case schema.Datetime:
		return Datetime
	case schema.Time:
		return Time
	case schema.Base64:
		return Blob
	case schema.Address:
		return libraryType("system.address")
	case schema.Location:
		return libraryType("system.location")
	case schema.ComplexValue:
		if syntax.EqualFold(f.Name, "ChangeEventHeader") {
			return libraryType("eventbus.changeeventheader")
		}
		if f.IsJunctionList() {
			return ListOf(String)
		}
		return Object
	case schema.AnyType:
		return Object
	default:
		return String
	}
}

// parentType is the type of the parent records of a lookup: Name where there
// are several.
func (p *Program) parentType(f *schema.Field) *Type {
	if len(f.ReferenceTo) == 1 {
		if o := p.schema.Object(f.ReferenceTo[0]); o != nil {
			return p.SObjectType(o)
		}
		if o := p.outline(f.ReferenceTo[0], ""); o != nil {
			return p.SObjectType(o)
		}
		if p.missing(f.ReferenceTo[0], "") {
			return Invalid
		}
	}
	if o := p.schema.Object("Name"); o != nil && len(f.ReferenceTo) > 1 {
		return p.SObjectType(o)
	}
	return SObject
}

// recordMember reads a field, a parent or the children of a record; nil when
// the record's type has no such member.
func (b *binder) recordMember(x Expr, name syntax.Ident) Expr {
	t := x.Type()
	if t.SObject == nil {
		if name.Is("Id") && t != AggregateResult {
			return &SObjectGet{Node{ID, name.Pos}, x, nil}
		}
		return nil
	}
	o := t.SObject
	if f := o.FieldIn(b.ns, name.Text); f != nil {
		return &SObjectGet{Node{fieldType(f), name.Pos}, x, f}
	}
	if f := o.RelationshipIn(b.ns, name.Text); f != nil {
		return &SObjectParent{Node{b.program.parentType(f), name.Pos}, x, f}
	}
	if c := o.ChildIn(b.ns, name.Text); c != nil {
		if child := b.program.schema.Object(c.Child); child != nil {
			return &SObjectChildren{Node{ListOf(b.program.SObjectType(child)), name.Pos}, x, o, c}
		}
	}
	return nil
}

// objectMember is Account.Name, Account.SObjectType, Account.fields.
func (b *binder) objectMember(x *syntax.FieldAccess, t *Type) (operand, bool) {
	name, at := x.Name, x.Name.Pos
	if name.Is("SObjectType") && (t.SObject == nil || t.SObject.Field(name.Text) == nil) {
		return operand{expr: &SObjectTypeToken{Node{libraryType("schema.sobjecttype"), at}, t.SObject}}, true
	}
	if t.SObject == nil {
		return failed, false
	}
	if name.Is("fields") {
		return operand{word: fieldsWord, object: t.SObject}, true
	}
	if name.Is("fieldSets") {
		return operand{word: fieldSetsWord, object: t.SObject}, true
	}
	if f := t.SObject.FieldIn(b.ns, name.Text); f != nil {
		return operand{expr: fieldToken(f, at)}, true
	}
	// A path through a lookup (Contact.Account.Name) names the field at its end.
	if f := t.SObject.RelationshipIn(b.ns, name.Text); f != nil {
		return operand{typ: b.program.parentType(f)}, true
	}
	return failed, false
}

func fieldToken(f *schema.Field, at int32) Expr {
	return &SObjectFieldToken{Node{libraryType("schema.sobjectfield"), at}, f}
}

// tokenMember is the step after fields or fieldSets.
func (b *binder) tokenMember(name syntax.Ident, o operand) operand {
	if o.word == fieldSetsWord {
		t := libraryType("schema.fieldset")
		for _, s := range []string{schema.Qualify(b.ns, name.Text), name.Text, b.ns + "__" + name.Text} {
			if set := fieldSet(o.object, s); set != nil {
				return operand{expr: &FieldSetRef{Node{t, name.Pos}, o.object, set.Name}}
			}
		}
		if !b.program.partial(o.object, b.unit.Span(name).String()) {
			b.errorf(name, CodeUnknownField, "FieldSet does not exist: %s", name.Text)
		}
		return failed
	}
	f := o.object.FieldIn(b.ns, name.Text)
	if f == nil {
		if where := b.unit.Span(name).String(); b.program.missing(name.Text, where) || b.program.partial(o.object, where) {
			return operand{word: unknownWord, ns: name.Text}
		}
		b.unknownMember(name, CodeUnknownVariable, "Variable does not exist: %s", name.Text)
		return operand{word: unknownWord, ns: o.object.Name + "." + name.Text}
	}
	if o.word == fieldsWord {
		return operand{expr: fieldToken(f, name.Pos)}
	}
	return operand{expr: &FieldDescribe{Node{libraryType("schema.describefieldresult"), name.Pos}, f}}
}

func fieldSet(o *schema.Object, name string) *schema.FieldSet {
	for i := range o.FieldSets {
		if syntax.EqualFold(o.FieldSets[i].Name, name) {
			return &o.FieldSets[i]
		}
	}
	return nil
}

// tokenMap is the value of Account.fields and fieldSets, for getMap().
func (b *binder) tokenMap(x syntax.Expr, o operand) Expr {
	at := posOf(x)
	class := libraryClass("schema.describesobjectresult")
	name := "fields"
	if o.word == fieldSetsWord {
		name = "fieldSets"
	}
	f := class.findField(name)
	describe := &ObjectDescribe{Node{class.typ, at}, o.object}
	return &LibGet{Node{f.Type, at}, describe, f}
}

// writeable checks that a field may be given a value: at all, or when a record
// is made.
func (b *binder) writeable(x syntax.Node, f *schema.Field) {
	if writeable(f) {
		return
	}
	b.broken(x, CodeNotWriteable, "Field is not writeable: %s.%s", f.Object.Name, f.Name)
}

// writeable reports whether Apex lets a field be assigned. Audit fields can be
// set where the org allows it, and by tests.
func writeable(f *schema.Field) bool {
	switch {
	case f.Createable || f.Updateable || f.Type == schema.ID || f.Object.Kind == schema.ChangeEvent:
		return true
	case f.Calculated || f.AutoNumber || f.Type.IsCompound():
		return false
	default:
		return auditFields[strings.ToLower(f.Name)] || f.Object.Kind != schema.Standard && f.Object.Kind != schema.Custom
	}
}

var auditFields = map[string]bool{"createdbyid": true, "createddate": true, "lastmodifiedbyid": true,
	"lastmodifieddate": true, "isdeleted": true}

// triggerVar is Trigger.name.
func (b *binder) triggerVar(name syntax.Ident) operand {
	v, ok := triggerVars[name.Key()]
	if !ok {
		b.errorf(name, CodeUnknownVariable, "Variable does not exist: %s", name.Text)
		return failed
	}
	t := v.typ
	rec := SObject
	if b.trigger != nil {
		rec = b.trigger
	}
	switch {
	case v.name == "operationType":
		t = libraryType("system.triggeroperation")
	case v.name == "new" || v.name == "old":
		t = ListOf(rec)
	case t == nil:
		t = MapOf(ID, rec)
	}
	return operand{expr: &TriggerVar{Node{t, name.Pos}, v.name}}
}

// triggerVars are the context variables (apex-stdlib-index.md, supplement); a
// nil type depends on the trigger's object.
var triggerVars = map[string]struct {
	name string
	typ  *Type
}{
	"new": {"new", nil}, "old": {"old", nil}, "newmap": {"newMap", nil}, "oldmap": {"oldMap", nil},
	"isinsert": {"isInsert", Boolean}, "isupdate": {"isUpdate", Boolean}, "isdelete": {"isDelete", Boolean},
	"isundelete": {"isUndelete", Boolean}, "isbefore": {"isBefore", Boolean}, "isafter": {"isAfter", Boolean},
	"isexecuting": {"isExecuting", Boolean}, "size": {"size", Integer}, "operationtype": {"operationType", nil},
}

// settingMethods are the static methods of custom settings and custom metadata
// types.
var settingMethods = map[string]struct {
	name     string
	all      bool // gives a map of all rows
	min, max int  // arguments
	metadata bool // of custom metadata types too
}{
	"getinstance": {"getInstance", false, 0, 1, true}, "getvalues": {"getValues", false, 1, 1, false},
	"getorgdefaults": {"getOrgDefaults", false, 0, 0, false}, "getall": {"getAll", true, 0, 0, true},
}

// settingCall binds X__c.getInstance() and its like; nil when it is none.
func (b *binder) settingCall(x *syntax.MethodCall, t *Type, args []Expr) Expr {
	m, ok := settingMethods[x.Name.Key()]
	if !ok || t.SObject == nil {
		return nil
	}
	switch t.SObject.Kind {
	case schema.CustomMetadata:
		if !m.metadata {
			return nil
		}
	case schema.CustomSettingHierarchy, schema.CustomSettingList:
	default:
		return nil
	}
	if len(args) < m.min || len(args) > m.max || len(args) == 1 && !b.fits(args[0], String) {
		return nil
	}
	result := t
	if m.all {
		result = MapOf(String, t)
	}
	return &SettingCall{Node{result, x.Name.Pos}, t.SObject, m.name, args}
}
