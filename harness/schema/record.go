package schema

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// linearFields is up to how many set fields a record searches one by one;
// beyond it a table by slot is made.
const linearFields = 8

// Record is a row of an object of which any subset of fields may be set, with
// the parent and child rows a query brought along. Only set fields take room:
// rows of one query share one table of which fields they hold. A Record
// belongs to one goroutine.
type Record struct {
	Object *Object

	keys     []uint16 // slots of the set fields, in the order they were set
	pos      []int16  // by slot: place in keys, or -1; nil for few fields
	vals     []value.Value
	shared   bool // keys and pos belong to a Shape, copied before they change
	parents  []parentLink
	children []childLink
	aliased  *AggregateRow // of functions of the query, by their aliases; nil for none
	loaded   bool          // came from a query
	nulled   []uint16      // slots set to null since then
}

type parentLink struct {
	field  *Field
	record *Record
}

type childLink struct {
	name    string
	records []*Record
}

// NewRecord makes a record with no field set.
func NewRecord(o *Object) *Record { return &Record{Object: o} }

// Shape is a set of fields that many records hold alike.
type Shape struct {
	object *Object
	keys   []uint16
	pos    []int16
}

// NewShape makes the shape of records that hold these fields, in this order.
func NewShape(o *Object, fields []*Field) *Shape {
	s := &Shape{object: o, keys: make([]uint16, len(fields))}
	for i, f := range fields {
		s.keys[i] = uint16(f.Index)
	}
	if len(fields) > linearFields {
		s.pos = positions(len(o.Fields), s.keys)
	}
	return s
}

// NewRecord makes a record of the shape over vals, which it keeps: one value
// per field, in the order of the shape.
func (s *Shape) NewRecord(vals []value.Value) *Record {
	return &Record{Object: s.object, keys: s.keys, pos: s.pos, vals: vals, shared: true}
}

func positions(n int, keys []uint16) []int16 {
	pos := make([]int16, n)
	for i := range pos {
		pos[i] = -1
	}
	for i, k := range keys {
		pos[k] = int16(i)
	}
	return pos
}

func (r *Record) find(slot int) int {
	if r.pos != nil {
		if slot < len(r.pos) {
			return int(r.pos[slot])
		}
		return -1
	}
	for i, k := range r.keys {
		if int(k) == slot {
			return i
		}
	}
	return -1
}

// Get is the value of a field, null when it is not set.
func (r *Record) Get(f *Field) value.Value {
	if i := r.find(f.Index); i >= 0 {
		return r.vals[i]
	}
	return value.Value{}
}

// IsSet reports whether the field has been set, also to null.
func (r *Record) IsSet(f *Field) bool { return r.find(f.Index) >= 0 }

// Set sets a field, also to null.
func (r *Record) Set(f *Field, v value.Value) {
	if r.loaded && v.IsNull() {
		r.nulled = append(r.nulled, uint16(f.Index))
	}
	if i := r.find(f.Index); i >= 0 {
		r.vals[i] = v
		return
	}
	r.own()
	r.keys = append(r.keys, uint16(f.Index))
	r.vals = append(r.vals, v)
	switch {
	case r.pos != nil:
		r.pos[f.Index] = int16(len(r.keys) - 1)
	case len(r.keys) > linearFields:
		r.pos = positions(len(r.Object.Fields), r.keys)
	}
}

// Loaded marks the record as the row of a query as it is now.
func (r *Record) Loaded() { r.loaded, r.nulled = true, nil }

// Populated reports whether the field has a value or was set by hand: a field
// that a query read as null is not populated (measured: public blogs on
// JSON.serialize and getPopulatedFieldsAsMap).
func (r *Record) Populated(f *Field) bool {
	i := r.find(f.Index)
	return i >= 0 && (!r.loaded || !r.vals[i].IsNull() || slices.Contains(r.nulled, uint16(f.Index)))
}

// Unset makes a field not set.
func (r *Record) Unset(f *Field) {
	i := r.find(f.Index)
	if i < 0 {
		return
	}
	r.own()
	r.keys = append(r.keys[:i], r.keys[i+1:]...)
	r.vals = append(r.vals[:i], r.vals[i+1:]...)
	if r.pos != nil {
		r.pos = positions(len(r.Object.Fields), r.keys)
	}
}

func (r *Record) own() {
	if r.shared {
		r.keys = append([]uint16(nil), r.keys...)
		if r.pos != nil {
			r.pos = append([]int16(nil), r.pos...)
		}
		r.shared = false
	}
}

// Fields lists the set fields in describe order.
func (r *Record) Fields() []*Field {
	out := make([]*Field, 0, len(r.keys))
	if len(r.keys) > linearFields {
		for slot, i := range r.pos {
			if i >= 0 {
				out = append(out, r.Object.Fields[slot])
			}
		}
		return out
	}
	last := -1
	for range r.keys {
		next := int(^uint16(0)) + 1
		for _, k := range r.keys {
			if int(k) > last && int(k) < next {
				next = int(k)
			}
		}
		out = append(out, r.Object.Fields[next])
		last = next
	}
	return out
}

// Each calls fn for every set field in the order they were set.
func (r *Record) Each(fn func(f *Field, v value.Value)) {
	for i, k := range r.keys {
		fn(r.Object.Fields[k], r.vals[i])
	}
}

// At is the slot and value of the i-th set field, in the order they were set.
func (r *Record) At(i int) (slot int, v value.Value) { return int(r.keys[i]), r.vals[i] }

// Len is the number of set fields.
func (r *Record) Len() int { return len(r.keys) }

// ID is the record's id of 18 characters, "" when it has none yet.
func (r *Record) ID() string {
	if f := r.Object.IDField(); f != nil {
		return r.Get(f).Text()
	}
	return ""
}

// SetID sets the record's id; "" makes it unset.
func (r *Record) SetID(id string) {
	f := r.Object.IDField()
	switch {
	case f == nil:
	case id == "":
		r.Unset(f)
	default:
		r.Set(f, value.OfID(id))
	}
}

// Parent is the parent row loaded for a relationship name ("Owner",
// "Parent__r"), nil when none was.
func (r *Record) Parent(relationship string) *Record {
	for _, p := range r.parents {
		if equalFold(p.field.RelationshipName, relationship) {
			return p.record
		}
	}
	return nil
}

// ParentOf is the parent row loaded for a lookup; ok tells a parent that is
// null from one that was not loaded.
func (r *Record) ParentOf(f *Field) (parent *Record, ok bool) {
	for _, p := range r.parents {
		if p.field.Index == f.Index {
			return p.record, true
		}
	}
	return nil, false
}

// SetParent attaches the parent row of a lookup; nil means that the lookup is
// empty.
func (r *Record) SetParent(f *Field, parent *Record) {
	for i := range r.parents {
		if r.parents[i].field.Index == f.Index {
			r.parents[i].record = parent
			return
		}
	}
	r.parents = append(r.parents, parentLink{f, parent})
}

// Parents calls fn for each attached parent in the order they were attached.
func (r *Record) Parents(fn func(f *Field, parent *Record)) {
	for _, p := range r.parents {
		fn(p.field, p.record)
	}
}

// Children is the child rows loaded for a child relationship; ok tells an
// empty list from one that was not loaded.
func (r *Record) Children(relationship string) (records []*Record, ok bool) {
	for _, c := range r.children {
		if equalFold(c.name, relationship) {
			return c.records, true
		}
	}
	return nil, false
}

// SetChildren attaches the child rows of a child relationship.
func (r *Record) SetChildren(relationship string, records []*Record) {
	for i := range r.children {
		if equalFold(r.children[i].name, relationship) {
			r.children[i].records = records
			return
		}
	}
	r.children = append(r.children, childLink{relationship, records})
}

// UnsetChildren takes the child rows of a relationship off.
func (r *Record) UnsetChildren(relationship string) {
	r.children = slices.DeleteFunc(r.children, func(c childLink) bool { return equalFold(c.name, relationship) })
}

// ChildLists calls fn for each attached list in the order they were attached.
func (r *Record) ChildLists(fn func(relationship string, records []*Record)) {
	for _, c := range r.children {
		fn(c.name, c.records)
	}
}

// SetAliased attaches what functions of the query gave, which are no fields:
// FORMAT(Amount) shown, DISTANCE(...) far.
func (r *Record) SetAliased(row *AggregateRow) { r.aliased = row }

// Aliased is the results of functions by alias, nil when the query had none.
func (r *Record) Aliased() *AggregateRow { return r.aliased }

// Clone copies the record. Parents and children are the same rows, as in
// SObject.clone; a deep copy clones them too.
func (r *Record) Clone(deep bool) *Record {
	c := &Record{Object: r.Object, shared: r.shared, keys: r.keys, pos: r.pos}
	if !r.shared {
		c.shared = true
		c.own()
	}
	c.vals = append([]value.Value(nil), r.vals...)
	c.parents = append([]parentLink(nil), r.parents...)
	c.children = append([]childLink(nil), r.children...)
	c.aliased = r.aliased
	c.loaded, c.nulled = r.loaded, slices.Clone(r.nulled)
	if deep {
		for i := range c.parents {
			if p := c.parents[i].record; p != nil {
				c.parents[i].record = p.Clone(true)
			}
		}
		for i := range c.children {
			rows := make([]*Record, len(c.children[i].records))
			for j, row := range c.children[i].records {
				rows[j] = row.Clone(true)
			}
			c.children[i].records = rows
		}
	}
	return c
}

// As is the record as a row of o, another generation of the same object: itself
// when it already is, else a copy with the fields that o still has.
func (r *Record) As(o *Object) *Record {
	if r.Object == o {
		return r
	}
	c := NewRecord(o)
	r.Each(func(f *Field, v value.Value) {
		if same := o.Field(f.Name); same != nil {
			c.Set(same, v)
		}
	})
	return c
}

// AggregateRow is one row of a query with aggregates or GROUP BY.
type AggregateRow struct {
	Names  []string // aliases or expr0, expr1 ..., shared by all rows of a query
	Values []value.Value
}

// Get finds a value by alias, ignoring case.
func (r *AggregateRow) Get(name string) (v value.Value, ok bool) {
	for i, n := range r.Names {
		if equalFold(n, name) {
			return r.Values[i], true
		}
	}
	return value.Value{}, false
}

// GetIn is Get for a name as code of a namespace writes it.
func (r *AggregateRow) GetIn(ns, name string) (v value.Value, ok bool) {
	if v, ok = r.Get(name); ok {
		return v, true
	}
	return r.Get(Qualify(ns, name))
}

func equalFold(a, b string) bool { return len(a) == len(b) && (a == b || strings.EqualFold(a, b)) }
