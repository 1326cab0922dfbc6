package vm

import (
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// newList compiles the ways to make a list.
func (c *compiler) newList(e *types.NewList) valExpr {
	typ, pos := e.T, e.At
	switch {
	case e.Size != nil:
		n := c.num(e.Size)
		return func(f *frame) Value {
			size := n(f)
			f.pos = pos
			if size < 0 {
				f.t.Throw("System.ListException", "List size must be non-negative")
			}
			f.t.Reserve(size * slotSize)
			return NewList(typ, make([]Value, size))
		}
	case e.From != nil:
		from := c.val(e.From)
		return func(f *frame) Value {
			v := from(f)
			f.pos = pos
			if v.k == KindNull {
				f.t.ThrowNull()
			}
			vals := append([]Value(nil), f.t.Elements(v)...)
			f.t.Grow(int64(len(vals)) * slotSize)
			return NewList(typ, vals)
		}
	}
	items := c.vals(e.Items)
	return func(f *frame) Value {
		f.t.Grow(16 + int64(len(items))*slotSize)
		var vals []Value
		if len(items) > 0 {
			vals = make([]Value, len(items))
			for i, x := range items {
				vals[i] = x(f)
			}
		}
		return NewList(typ, vals)
	}
}

func (c *compiler) newSet(e *types.NewSet) valExpr {
	typ, pos := e.T, e.At
	items := c.vals(e.Items)
	var from valExpr
	if e.From != nil {
		from = c.val(e.From)
	}
	return func(f *frame) Value {
		t := f.t
		t.Grow(16)
		s := emptySet(typ)
		if from != nil {
			v := from(f)
			f.pos = pos
			if v.k == KindNull {
				t.ThrowNull()
			}
			for _, x := range t.Elements(v) {
				s.Add(t, x)
			}
			return SetValue(s)
		}
		for _, x := range items {
			v := x(f)
			f.pos = pos
			s.Add(t, v)
		}
		return SetValue(s)
	}
}

func (c *compiler) newMap(e *types.NewMap) valExpr {
	typ, pos := e.T, e.At
	keys, vals := c.vals(e.Keys), c.vals(e.Values)
	var from valExpr
	if e.From != nil {
		from = c.val(e.From)
	}
	return func(f *frame) Value {
		t := f.t
		t.Grow(16)
		m := NewMap(typ)
		if from != nil {
			v := from(f)
			f.pos = pos
			t.putAll(m, v, true)
			return MapValue(m)
		}
		for i, k := range keys {
			key := k(f)
			val := vals[i](f)
			f.pos = pos
			m.Put(t, key, val)
		}
		return MapValue(m)
	}
}

// PutAll copies a map, or a list of records by their ids, into a map. Records
// without an id come under null; the constructor of a map refuses them (both
// from the tests of public packages).
func (t *Thread) PutAll(m *Map, v Value) { t.putAll(m, v, false) }

func (t *Thread) putAll(m *Map, v Value, strict bool) {
	switch v.k {
	case KindNull:
		t.ThrowNull()
	case KindMap:
		v.Map().Each(func(k, x Value) bool { m.Put(t, k, x); return true })
	case KindList:
		for i, x := range v.List().Vals {
			id := t.rowID(x)
			if id == "" && strict {
				t.Throwf("System.ListException", "Row with null Id at index: %d", i)
			}
			key := ID(id)
			if id == "" {
				key = Null
			} else if m.Type != nil && m.Type.Key() != nil && m.Type.Key().Kind == types.KindString {
				key = Str(id)
			}
			m.Put(t, key, x)
		}
	}
}

// rowID is the id of a record, or what a row of an aggregate query has under
// the alias Id: such rows go into maps by id too.
func (t *Thread) rowID(v Value) string {
	if row, ok := v.Native().(*schema.AggregateRow); ok {
		id, _ := row.Get("Id")
		return id.Text()
	}
	r := v.Record()
	if r == nil {
		t.ThrowNull()
	}
	return r.ID()
}

// Elements lists what a list, set or iterable holds. The slice must not be
// changed.
func (t *Thread) Elements(v Value) []Value {
	switch v.k {
	case KindList:
		return v.List().Vals
	case KindSet:
		return v.Set().Values()
	case KindNull:
		t.ThrowNull()
	case KindObject:
		it := v
		if !t.HasMethod(v, "hasNext", 0) && t.iteratorOf(v) == nil {
			it = t.CallMethod(v, "iterator")
		}
		// On the stack of arguments they count for the heap: an iterator may never end.
		base := len(t.args)
		for t.hasNext(it) {
			v := t.next(it)
			t.args = append(t.args, v)
			t.Grow(slotSize)
		}
		out := slices.Clone(t.args[base:])
		t.args = t.args[:base]
		return out
	}
	return nil
}

// Iterator is the state of an iterator over a collection.
type Iterator struct {
	Vals []Value
	At   int
}

func (t *Thread) iteratorOf(v Value) *Iterator {
	it, _ := v.Native().(*Iterator)
	return it
}

func (t *Thread) hasNext(v Value) bool {
	if it := t.iteratorOf(v); it != nil {
		return it.At < len(it.Vals)
	}
	return t.CallMethod(v, "hasNext").Bool()
}

func (t *Thread) next(v Value) Value {
	if it := t.iteratorOf(v); it != nil {
		if it.At >= len(it.Vals) {
			t.Throw("System.NoSuchElementException", "")
		}
		it.At++
		return it.Vals[it.At-1]
	}
	return t.CallMethod(v, "next")
}

// StringList, IntegerList and the like make lists of library types.
func (t *Thread) StringList(ss []string) Value {
	vals := make([]Value, len(ss))
	bytes := 0
	for i, s := range ss {
		vals[i] = Str(s)
		bytes += slotSize + len(s)
	}
	t.Fits(bytes)
	t.Grow(int64(bytes))
	return NewList(types.ListOf(types.String), vals)
}

// IntegerList makes a List<Integer>.
func (t *Thread) IntegerList(vals []Value) Value { return NewList(types.ListOf(types.Integer), vals) }

// ListOf makes a list of a library class's instances by the class's platform
// name.
func (t *Thread) ListOf(class string, vals []Value) Value {
	return NewList(types.ListOf(t.typeNamed(class)), vals)
}

// MapOf makes an empty map from text to a library class.
func (t *Thread) MapOf(class string) *Map {
	return NewMap(types.MapOf(types.String, t.typeNamed(class)))
}

func (t *Thread) typeNamed(class string) *types.Type {
	if typ := t.prog.LibClass(class).Type(); typ != nil {
		return typ
	}
	return types.Object
}
