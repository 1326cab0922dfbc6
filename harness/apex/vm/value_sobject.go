package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// walked reports whether a record comes out of a walk: from a record to its
// parent, or from this to a variable. When it ends in nothing, its fields are
// null and reading them no exception. The latter is from a public package, a
// dozen of whose tests read fields of a null record in a variable of this.
func walked(x types.Expr) bool {
	switch x := x.(type) {
	case *types.SObjectParent:
		return true
	case *types.FieldGet:
		_, ofThis := x.X.(*types.This)
		return ofThis && x.Field.LibKey == ""
	default:
		return false
	}
}

// sobjectGet reads a field of a record.
func (c *compiler) sobjectGet(e *types.SObjectGet) valExpr {
	x, field, pos := c.val(e.X), e.Field, e.At
	viaParent := walked(e.X)
	// what a lookup to several objects leads to is typed Name, and is of any of them
	anyObject := field != nil && field.Object != nil && field.Object.Name == "Name"
	return func(f *frame) Value {
		r := x(f).Record()
		if r == nil {
			if viaParent {
				return Value{}
			}
			throwNull(f, pos)
		}
		fd := field
		if fd == nil {
			fd = r.Object.IDField()
		}
		if fd == nil { // platform events have no id
			return Value{}
		}
		if anyObject && r.Object != fd.Object {
			if own := r.Object.Field(fd.Name); own != nil {
				fd = own
			}
		}
		v := r.Get(fd)
		if v.IsNull() {
			f.pos = pos
			return f.t.unsetField(r, fd)
		}
		return FieldValue(fd, v)
	}
}

// unsetField is what reading a null or missing field gives: false for a
// checkbox, an exception for one that the query left out.
func (t *Thread) unsetField(r *schema.Record, field *schema.Field) Value {
	if !r.IsSet(field) && t.Queried(r) && field.Type != schema.ID {
		if !field.Type.IsCompound() {
			t.Throwf("System.SObjectException", "SObject row was retrieved via SOQL without querying the requested field: %s.%s",
				r.Object.Name, field.Name)
		}
	}
	if field.Type == schema.Boolean {
		return Bool(false)
	}
	if field.Type.IsCompound() {
		return t.compound(r, field)
	}
	return Value{}
}

// CompoundPart is the name of a part of an address or a location: City of
// BillingCity, Latitude of Place__Latitude__s.
func CompoundPart(of, part *schema.Field) string {
	prefix := strings.TrimSuffix(of.Name, "Address")
	if of.Type == schema.Location { // Place__c has Place__Latitude__s
		prefix = strings.TrimSuffix(of.Name, "c")
	}
	return strings.TrimSuffix(strings.TrimPrefix(part.Name, prefix), "__s")
}

// compound is the view over the parts of an address or a location, null when
// all are empty.
func (t *Thread) compound(r *schema.Record, field *schema.Field) Value {
	bag := &Bag{Values: map[string]Value{}, Whole: true}
	any := false
	for _, f := range r.Object.Fields {
		if f.Compound == "" || !strings.EqualFold(f.Compound, field.Name) {
			continue
		}
		if v := r.Get(f); !v.IsNull() {
			part := FieldValue(f, v)
			if part.isNumber() { // a latitude is a Double, without the zeros of the field's scale
				part = Double(part.Float())
			}
			bag.Values[strings.ToLower(CompoundPart(field, f))] = part
			any = true
		}
	}
	if !any {
		return Value{}
	}
	if field.Type == schema.Location {
		return t.NewNative("System.Location", bag)
	}
	return t.NewNative("System.Address", bag)
}

// FieldValue brings a stored value into the machine with the Apex type of its
// field.
func FieldValue(f *schema.Field, v value.Value) Value {
	x := OfScalar(v)
	if x.k == KindNull {
		return x
	}
	switch f.Type {
	case schema.Int:
		return Int(x.Int())
	case schema.Long:
		return Long(x.Int())
	case schema.Double, schema.Currency, schema.Percent:
		if x.k != KindDecimal && x.isNumber() {
			return Decimal(x.Dec())
		}
	case schema.ID, schema.Reference:
		if x.k == KindString && len(x.Text()) == 18 {
			return ID(x.Text())
		}
	case schema.Base64:
		if x.k == KindString {
			return Blob(x.Text())
		}
	case schema.Boolean:
	case schema.ComplexValue:
		if f.IsJunctionList() {
			return splitList(x.Text())
		}
	default:
		if x.k == KindID {
			return Str(x.Text())
		}
	}
	return x
}

// splitList and joinList keep a list of junction ids as text, since a record
// holds scalars.
func splitList(s string) Value {
	var vals []Value
	for id := range strings.SplitSeq(s, ";") {
		if id != "" {
			vals = append(vals, Str(id))
		}
	}
	return NewList(types.ListOf(types.String), vals)
}

func joinList(v Value) (out value.Value, ok bool) {
	l := v.List()
	if l == nil {
		return out, false
	}
	var ids []string
	for _, x := range l.Vals {
		ids = append(ids, x.Text())
	}
	return value.OfText(strings.Join(ids, ";")), true
}

// FieldScalar turns a value into what a field stores; ok is false when the
// field cannot hold it.
func FieldScalar(t *Thread, f *schema.Field, v Value) (out value.Value, ok bool) {
	if v.k == KindNull {
		return value.Value{}, true
	}
	if f.IsJunctionList() {
		return joinList(v)
	}
	switch f.Type {
	case schema.Int, schema.Long:
		if !v.isNumber() {
			return out, false
		}
		if f.Type == schema.Int {
			return value.OfInt(int32(v.Int())), v.k == KindInteger || v.k == KindLong || v.Dec().IsInt()
		}
		return value.OfLong(v.Int()), true
	case schema.Double, schema.Currency, schema.Percent:
		if !v.isNumber() {
			return out, false
		}
		return value.OfDecimal(v.Dec()), true
	case schema.Boolean:
		return value.OfBool(v.Bool()), v.k == KindBoolean
	case schema.ID, schema.Reference:
		if !v.isText() {
			return out, false
		}
		if v.k == KindID {
			return value.OfID(v.Text()), true
		}
		id, err := value.NewID(v.Text())
		if err != nil { // put takes any text; the save refuses it
			return value.OfText(v.Text()), true
		}
		return value.OfID(id), true
	case schema.Date:
		if v.k == KindDatetime {
			v = t.Convert(v, types.KindDate)
		}
		return value.OfDate(v.n), v.k == KindDate
	case schema.Datetime:
		if v.k == KindDate {
			v = t.Convert(v, types.KindDatetime)
		}
		return value.OfDatetime(v.n), v.k == KindDatetime
	case schema.Time:
		return value.OfTime(v.n), v.k == KindTime
	case schema.Base64:
		return value.OfBlob([]byte(v.Text())), v.k == KindBlob
	default:
		if v.isText() {
			return value.OfText(v.Text()), true
		}
		if f.Type == schema.AnyType {
			return v.Scalar()
		}
		return out, false
	}
}

// sobjectParent reads the parent record through a lookup.
func (c *compiler) sobjectParent(e *types.SObjectParent) valExpr {
	x, field, pos := c.val(e.X), e.Field, e.At
	_, viaParent := e.X.(*types.SObjectParent)
	return func(f *frame) Value {
		r := x(f).Record()
		if r == nil {
			if viaParent {
				return Value{}
			}
			throwNull(f, pos)
		}
		f.pos = pos
		return f.t.parentOf(r, field)
	}
}

func (t *Thread) parentOf(r *schema.Record, field *schema.Field) Value {
	p, ok := r.ParentOf(field)
	if !ok && t.Queried(r) && !r.IsSet(field) {
		t.Throwf("System.SObjectException", "SObject row was retrieved via SOQL without querying the requested field: %s.%s",
			r.Object.Name, field.RelationshipName)
	}
	return Record(p)
}

// sobjectChildren reads the child records that came with a record.
func (c *compiler) sobjectChildren(e *types.SObjectChildren) valExpr {
	x, name, pos := c.val(e.X), e.Relationship.Name, e.At
	typ := e.T
	return func(f *frame) Value {
		r := x(f).Record()
		if r == nil {
			throwNull(f, pos)
		}
		rows, _ := r.Children(name)
		f.pos = pos
		return f.t.RecordList(typ, rows)
	}
}

// RecordList makes a list of records of a list type.
func (t *Thread) RecordList(typ *types.Type, rows []*schema.Record) Value {
	vals := make([]Value, len(rows))
	for i, r := range rows {
		vals[i] = Record(r)
	}
	t.Grow(int64(len(vals)) * slotSize)
	return NewList(typ, vals)
}

// recordPlace assigns to a field or a parent of a record.
func (c *compiler) recordPlace(x types.Expr) place {
	pos := x.Pos()
	var rec valExpr
	var field *schema.Field
	parent := false
	switch e := x.(type) {
	case *types.SObjectGet:
		rec, field = c.val(e.X), e.Field
	case *types.SObjectParent:
		rec, field, parent = c.val(e.X), e.Field, true
	}
	return place{
		func(f *frame) ref {
			v := rec(f)
			if v.k == KindNull {
				throwNull(f, pos)
			}
			return ref{v: v}
		},
		func(f *frame, r ref) Value {
			f.pos = pos
			if parent {
				return f.t.parentOf(r.v.Record(), field)
			}
			fd := field
			if fd == nil {
				fd = r.v.Record().Object.IDField()
			}
			if fd == nil {
				return Value{}
			}
			v := r.v.Record().Get(fd)
			if v.IsNull() {
				return f.t.unsetField(r.v.Record(), fd)
			}
			return FieldValue(fd, v)
		},
		func(f *frame, r ref, v Value) {
			f.pos = pos
			if parent {
				f.t.Writable(r.v.Record())
				r.v.Record().SetParent(field, v.Record())
				return
			}
			fd := field
			if fd == nil {
				fd = r.v.Record().Object.IDField()
			}
			if fd == nil {
				f.t.Throwf("System.SObjectException", "Field is not writeable: %s.Id", r.v.Record().Object.Name)
			}
			f.t.SetField(r.v.Record(), fd, v)
		},
	}
}

// SetField assigns a field of a record; a value the field cannot hold throws.
func (t *Thread) SetField(r *schema.Record, field *schema.Field, v Value) {
	t.Writable(r)
	s, ok := FieldScalar(t, field, v)
	if !ok {
		t.Throwf("System.SObjectException", "Illegal assignment from %s to %s", t.TypeName(v), FieldTypeName(field))
	}
	t.Grow(slotSize)
	r.Set(field, s)
}

// FieldTypeName is the Apex type of a field in messages.
func FieldTypeName(f *schema.Field) string { return FieldType(f).Name }

// FieldType is the Apex type of a field.
func FieldType(f *schema.Field) *types.Type {
	switch f.Type {
	case schema.Int:
		return types.Integer
	case schema.Long:
		return types.Long
	case schema.Double, schema.Currency, schema.Percent:
		return types.Decimal
	case schema.Boolean:
		return types.Boolean
	case schema.ID, schema.Reference:
		return types.ID
	case schema.Date:
		return types.Date
	case schema.Datetime:
		return types.Datetime
	case schema.Time:
		return types.Time
	case schema.Base64:
		return types.Blob
	case schema.AnyType:
		return types.Object
	default:
		return types.String
	}
}

// Writable refuses a change of a record that a trigger may only read.
func (t *Thread) Writable(r *schema.Record) {
	if len(t.readonly) > 0 {
		if _, no := t.readonly[r]; no {
			t.Throw("System.FinalException", "Record is read-only")
		}
	}
}

// Queried reports whether the record came from a query, so that fields it does
// not have were not asked for.
func (t *Thread) Queried(r *schema.Record) bool {
	_, ok := t.queried[r]
	return ok
}

// QueriedLike makes a copy of a record one that came from a query where the
// record did.
func (t *Thread) QueriedLike(c, r *schema.Record) {
	if t.Queried(r) {
		t.queried[c] = struct{}{}
	}
}

// markQueried remembers rows of a query with their parents and children.
func (t *Thread) markQueried(rows []*schema.Record) {
	if t.queried == nil {
		t.queried = make(map[*schema.Record]struct{}, len(rows))
	}
	for _, r := range rows {
		if r == nil {
			continue
		}
		if _, known := t.queried[r]; known {
			continue
		}
		t.queried[r] = struct{}{}
		r.Loaded()
		r.Parents(func(_ *schema.Field, p *schema.Record) {
			if p != nil {
				t.markQueried([]*schema.Record{p})
			}
		})
		r.ChildLists(func(_ string, kids []*schema.Record) { t.markQueried(kids) })
	}
}

// AddError marks a record of a trigger as failed.
func (t *Thread) AddError(r *schema.Record, field *schema.Field, message string) {
	if t.errors == nil {
		t.errors = map[*schema.Record][]dml.RowError{}
	}
	e := dml.RowError{StatusCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: message}
	if field != nil {
		e.Fields = []string{field.Name}
	}
	t.errors[r] = append(t.errors[r], e)
}

// Errors are the errors added to a record; TakeErrors also forgets them, for
// the save that reports them.
func (t *Thread) Errors(r *schema.Record) []dml.RowError { return t.errors[r] }

// TakeErrors gives the errors added to a record and forgets them.
func (t *Thread) TakeErrors(r *schema.Record) []dml.RowError {
	e := t.errors[r]
	delete(t.errors, r)
	return e
}

// isAggregate reports whether a value is an AggregateResult.
func (t *Thread) isAggregate(v Value) bool {
	_, ok := v.Native().(*schema.AggregateRow)
	return ok
}

// newSObject compiles new Account(Name = 'x').
func (c *compiler) newSObject(e *types.NewSObject) valExpr {
	type init struct {
		field  *schema.Field
		parent bool
		val    valExpr
	}
	inits := make([]init, len(e.Fields))
	for i, x := range e.Fields {
		inits[i] = init{x.Field, x.Parent, c.val(x.Value)}
	}
	object, pos := e.T.SObject, e.At
	return func(f *frame) Value {
		t := f.t
		t.Grow(64)
		r := schema.NewRecord(object)
		for i := range inits {
			x := &inits[i]
			v := x.val(f)
			f.pos = pos
			if x.parent {
				r.SetParent(x.field, v.Record())
				continue
			}
			t.SetField(r, x.field, v)
		}
		return Record(r)
	}
}

// UnsetField is what get answers for a field that is null or not there.
func (t *Thread) UnsetField(r *schema.Record, f *schema.Field) Value { return t.unsetField(r, f) }
