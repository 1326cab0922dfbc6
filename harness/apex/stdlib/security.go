package stdlib

import (
	"maps"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

var securityTable = vm.Library{
	"Security.stripInaccessible":               stripInaccessible,
	"SObjectAccessDecision.getRecords":         func(t thread, r val, a vals) val { return bagOf(r).Values["records"] },
	"SObjectAccessDecision.getRemovedFields":   func(t thread, r val, a vals) val { return bagOf(r).Values["removed"] },
	"SObjectAccessDecision.getModifiedIndexes": func(t thread, r val, a vals) val { return bagOf(r).Values["modified"] },
}

// accessTypes are the checks of System.AccessType: what a field takes and what
// the object does. UPSERTABLE takes both of insert and update.
var accessTypes = map[string][]vm.Access{
	"READABLE": {vm.Accessible}, "CREATABLE": {vm.Createable}, "UPDATABLE": {vm.Updateable}, "UPSERTABLE": {vm.Createable, vm.Updateable},
}

// stripInaccessible is Security.stripInaccessible(accessType, records
// [, enforceRootObjectCRUD]) (Apex Reference, "Security Class"). The access to
// the object of the records is checked unless the last argument says not to.
func stripInaccessible(t thread, _ val, a vals) val {
	s := stripper{t: t, uses: accessTypes[vm.EnumName(a[0])], removed: map[string][]string{}}
	src := a[1].List()
	if src == nil {
		t.ThrowNull()
	}
	elements := t.Elements(a[1])
	for _, v := range elements {
		if _, ok := v.Native().(*schema.AggregateRow); ok {
			t.Throw("System.UnsupportedOperationException", "AggregateResult SObject types are not supported")
		}
	}
	if (len(a) < 3 || a[2].IsNull() || a[2].Kind() != vm.KindBoolean || a[2].Bool()) && len(elements) > 0 {
		s.root(t, elements)
	}
	out := make([]vm.Value, 0, len(elements))
	var modified []vm.Value
	for i, v := range elements {
		before := s.count
		out = append(out, vm.Record(s.strip(record(t, v))))
		if s.count > before {
			modified = append(modified, vm.Int(int64(i)))
		}
	}
	return t.NewNative("System.SObjectAccessDecision", &vm.Bag{Values: map[string]vm.Value{
		"records": vm.NewList(src.Type, out), "removed": fieldNames(t, s.removed),
		"modified": vm.NewSet(t, types.SetOf(types.Integer), modified)}})
}

// stripper takes out of records what the running user may not use.
type stripper struct {
	t       *vm.Thread
	uses    []vm.Access
	removed map[string][]string // fields and relationships by object
	count   int
}

// root refuses an object that the user may not use so at all. Users may change
// themselves.
func (s *stripper) root(t *vm.Thread, elements []vm.Value) {
	o := record(t, elements[0]).Object
	if !slices.ContainsFunc(elements, func(v vm.Value) bool { return !s.own(record(t, v)) }) {
		return
	}
	for _, use := range s.uses {
		if !s.t.Host().Permission(o, nil, use) {
			s.t.Throw("System.NoAccessException", "No access to entity: "+o.Name)
		}
	}
}

// own reports whether a record is that of the running user, to be changed.
func (s *stripper) own(r *schema.Record) bool {
	return r.Object.Name == "User" && r.ID() == s.t.Host().User().ID && len(s.uses) == 1 && s.uses[0] == vm.Updateable
}

func (s *stripper) allows(o *schema.Object, f *schema.Field) bool {
	return !slices.ContainsFunc(s.uses, func(use vm.Access) bool { return !s.t.Host().Permission(o, f, use) })
}

func (s *stripper) remove(object, field string) {
	s.count++
	if !slices.Contains(s.removed[object], field) {
		s.removed[object] = append(s.removed[object], field)
	}
}

// strip copies a record without what the user may not use; parents and child
// rows are stripped too, and left out where their object is out of reach.
func (s *stripper) strip(r *schema.Record) *schema.Record {
	c := r.Clone(false)
	own := s.own(r)
	for _, f := range c.Fields() {
		if f.Type != schema.ID && !s.allows(r.Object, f) && !(own && s.t.Host().OwnField(f)) {
			c.Unset(f)
			s.remove(r.Object.Name, f.Name)
		}
	}
	r.Parents(func(f *schema.Field, p *schema.Record) {
		if p != nil {
			c.SetParent(f, s.strip(p))
		}
	})
	r.ChildLists(func(name string, rows []*schema.Record) {
		if len(rows) == 0 {
			return
		}
		if !s.t.Host().Permission(rows[0].Object, nil, vm.Accessible) {
			c.UnsetChildren(name)
			s.remove(r.Object.Name, name)
			return
		}
		kept := make([]*schema.Record, len(rows))
		for i, row := range rows {
			kept[i] = s.strip(row)
		}
		c.SetChildren(name, kept)
	})
	s.t.QueriedLike(c, r) // reading a field that was taken out throws
	return c
}

// fieldNames is a Map<String, Set<String>> of fields by object.
func fieldNames(t *vm.Thread, fields map[string][]string) vm.Value {
	m := vm.NewMap(types.MapOf(types.String, types.SetOf(types.String)))
	for _, object := range slices.Sorted(maps.Keys(fields)) {
		names := make([]vm.Value, len(fields[object]))
		for i, f := range fields[object] {
			names[i] = vm.Str(f)
		}
		m.Put(t, vm.Str(object), vm.NewSet(t, types.SetOf(types.String), names))
	}
	return vm.MapValue(m)
}
