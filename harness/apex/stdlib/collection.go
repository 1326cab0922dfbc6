package stdlib

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// moved is how many elements of a list are moved in the time of one step.
const moved = 16

var listTable = vm.Library{
	"List.add": func(t thread, r val, a vals) val {
		l := r.List()
		if len(a) == 1 {
			l.Append(t, a[0])
			return vm.Null
		}
		l.Check(t)
		i := num(t, a[0])
		if i < 0 || i > int64(len(l.Vals)) {
			t.Throwf("System.ListException", "List index out of bounds: %d", i)
		}
		l.Append(t, vm.Null)
		t.Work((int64(len(l.Vals)) - i) / moved)
		copy(l.Vals[i+1:], l.Vals[i:])
		l.Vals[i] = a[1]
		return vm.Null
	},
	"List.addAll": func(t thread, r val, a vals) val {
		vals := t.Elements(a[0])
		t.Work(int64(len(vals)) / moved)
		t.Fits(4 * (len(r.List().Vals) + len(vals)))
		r.List().Append(t, append([]vm.Value(nil), vals...)...)
		return vm.Null
	},
	"List.clear": func(t thread, r val, a vals) val { r.List().Check(t); r.List().Vals = nil; return vm.Null },
	"List.clone": func(t thread, r val, a vals) val {
		t.Grow(int64(4 * len(r.List().Vals)))
		t.Work(int64(len(r.List().Vals)) / moved)
		return vm.NewList(r.List().Type, append([]vm.Value(nil), r.List().Vals...))
	},
	"List.deepClone": func(t thread, r val, a vals) val {
		l := r.List()
		out := make([]vm.Value, len(l.Vals))
		for i, v := range l.Vals {
			out[i] = cloneElement(t, v, a)
			t.Grow(4)
			t.Work(1)
		}
		return vm.NewList(l.Type, out)
	},
	"List.contains": func(t thread, r val, a vals) val { return vm.Bool(find(t, r.List().Vals, a[0]) >= 0) },
	"List.indexOf":  func(t thread, r val, a vals) val { return vm.Int(int64(find(t, r.List().Vals, a[0]))) },
	"List.equals":   func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"List.hashCode": func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"List.get":      func(t thread, r val, a vals) val { return r.List().At(t, num(t, a[0])) },
	"List.set":      func(t thread, r val, a vals) val { r.List().Put(t, num(t, a[0]), a[1]); return vm.Null },
	"List.size":     func(t thread, r val, a vals) val { return vm.Int(int64(len(r.List().Vals))) },
	"List.isEmpty":  func(t thread, r val, a vals) val { return vm.Bool(len(r.List().Vals) == 0) },
	"List.iterator": func(t thread, r val, a vals) val {
		return t.NewNative("System.Iterator", &vm.Iterator{Vals: append([]vm.Value(nil), r.List().Vals...)})
	},
	"List.remove": func(t thread, r val, a vals) val {
		l, i := r.List(), num(t, a[0])
		l.Check(t)
		v := l.At(t, i)
		t.Work((int64(len(l.Vals)) - i) / moved)
		l.Vals = append(l.Vals[:i], l.Vals[i+1:]...)
		return v
	},
	"List.sort":     listSort,
	"List.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"List.getSObjectType": func(t thread, r val, a vals) val {
		if e := r.List().Type.Elem(); e.SObject != nil {
			return t.SObjectType(e.SObject)
		}
		return vm.Null
	},
	"Iterator.hasNext": func(t thread, r val, a vals) val {
		it := r.Native().(*vm.Iterator)
		return vm.Bool(it.At < len(it.Vals))
	},
	"Iterator.next": iteratorNext,
	"Iterable.iterator": func(t thread, r val, a vals) val {
		return t.NewNative("System.Iterator", &vm.Iterator{Vals: append([]vm.Value(nil), t.Elements(r)...)})
	},
	"Comparator.compare":   func(t thread, r val, a vals) val { return t.CallMethod(r, "compare", a...) },
	"Comparable.compareTo": func(t thread, r val, a vals) val { return vm.Int(int64(t.Compare(r, a[0]))) },
}

// listSort sorts in the natural order or by a Comparator; equal elements keep
// their order.
func listSort(t thread, r val, a vals) val {
	l := r.List()
	n := int64(len(l.Vals))
	t.Work(n * 4)
	if len(a) == 1 {
		required(t, a[0], "")
		vals := append([]vm.Value(nil), l.Vals...)
		by := a[0]
		t.SortFunc(vals, func(x, y val) int {
			v := t.CallMethod(by, "compare", x, y)
			if v.IsNull() {
				t.ThrowNull()
			}
			return int(v.Int())
		})
		l.Vals = vals
		return vm.Null
	}
	t.SortValues(l.Vals)
	return vm.Null
}

func find(t *vm.Thread, vals []vm.Value, v vm.Value) int {
	t.Work(int64(len(vals)) / 4)
	for i, x := range vals {
		if t.KeyEqual(x, v) {
			return i
		}
	}
	return -1
}

// cloneElement is one element of a deepClone: records are copied, the id, the
// dates and the auto-number only when asked for; other values stay.
func cloneElement(t *vm.Thread, v vm.Value, a []vm.Value) vm.Value {
	r := v.Record()
	if r == nil {
		return v
	}
	return vm.Record(cloneRecord(r, arg(a, 0).Bool(), true, arg(a, 1).Bool(), arg(a, 2).Bool()))
}

// cloneRecord is SObject.clone.
func cloneRecord(r *schema.Record, keepID, deep, keepDates, keepNumbers bool) *schema.Record {
	c := r.Clone(deep)
	if !keepID {
		c.SetID("")
	}
	for _, f := range c.Fields() {
		switch f.Name {
		case "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById":
			if !keepDates {
				c.Unset(f)
			}
		case "SystemModstamp", "IsDeleted":
			c.Unset(f)
		default:
			if f.MetadataType == "AutoNumber" && !keepNumbers {
				c.Unset(f)
			}
		}
	}
	return c
}

var setTable = vm.Library{
	"Set.add": func(t thread, r val, a vals) val { return vm.Bool(r.Set().Add(t, a[0])) },
	"Set.addAll": func(t thread, r val, a vals) val {
		return each(t, a[0], func(v vm.Value) bool { return r.Set().Add(t, v) })
	},
	"Set.clear":    func(t thread, r val, a vals) val { r.Set().Clear(t); return vm.Null },
	"Set.clone":    func(t thread, r val, a vals) val { return vm.NewSet(t, r.Set().Type, r.Set().Values()) },
	"Set.contains": func(t thread, r val, a vals) val { return vm.Bool(r.Set().Has(t, a[0])) },
	"Set.containsAll": func(t thread, r val, a vals) val {
		for _, v := range t.Elements(a[0]) {
			if !r.Set().Has(t, v) {
				return vm.Bool(false)
			}
		}
		return vm.Bool(true)
	},
	"Set.equals":   func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"Set.hashCode": func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Set.isEmpty":  func(t thread, r val, a vals) val { return vm.Bool(r.Set().Len() == 0) },
	"Set.size":     func(t thread, r val, a vals) val { return vm.Int(int64(r.Set().Len())) },
	"Set.iterator": func(t thread, r val, a vals) val {
		return t.NewNative("System.Iterator", &vm.Iterator{Vals: r.Set().Values()})
	},
	"Set.remove": func(t thread, r val, a vals) val { return vm.Bool(r.Set().Remove(t, a[0])) },
	"Set.removeAll": func(t thread, r val, a vals) val {
		return each(t, a[0], func(v vm.Value) bool { return r.Set().Remove(t, v) })
	},
	"Set.retainAll": func(t thread, r val, a vals) val {
		keep := vm.NewSet(t, r.Set().Type, t.Elements(a[0])).Set()
		return each(t, r, func(v vm.Value) bool { return !keep.Has(t, v) && r.Set().Remove(t, v) })
	},
	"Set.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
}

// each applies f to all elements and reports whether one changed something.
func each(t *vm.Thread, v vm.Value, f func(vm.Value) bool) vm.Value {
	changed := false
	for _, x := range t.Elements(v) {
		if f(x) {
			changed = true
		}
	}
	return vm.Bool(changed)
}

var mapTable = vm.Library{
	"Map.clear": func(t thread, r val, a vals) val { r.Map().Clear(t); return vm.Null },
	"Map.clone": func(t thread, r val, a vals) val {
		m := vm.NewMap(r.Map().Type)
		t.PutAll(m, r)
		return vm.MapValue(m)
	},
	"Map.deepClone": func(t thread, r val, a vals) val {
		m := vm.NewMap(r.Map().Type)
		whole := vals{vm.Bool(true), vm.Bool(true), vm.Bool(true)} // records keep their ids, unlike those of a list
		r.Map().Each(func(k, v vm.Value) bool { m.Put(t, k, cloneElement(t, v, whole)); return true })
		return vm.MapValue(m)
	},
	"Map.containsKey": func(t thread, r val, a vals) val { return vm.Bool(r.Map().Has(t, a[0])) },
	"Map.equals":      func(t thread, r val, a vals) val { return vm.Bool(t.Equal(r, a[0])) },
	"Map.hashCode":    func(t thread, r val, a vals) val { return vm.Int(int64(t.HashCode(r))) },
	"Map.get":         func(t thread, r val, a vals) val { return r.Map().Get(t, a[0]) },
	"Map.isEmpty":     func(t thread, r val, a vals) val { return vm.Bool(r.Map().Len() == 0) },
	"Map.keySet":      func(_ thread, r val, _ vals) val { return r.Map().KeySet() },
	"Map.put":         func(t thread, r val, a vals) val { return r.Map().Put(t, a[0], a[1]) },
	"Map.putAll":      func(t thread, r val, a vals) val { t.PutAll(r.Map(), a[0]); return vm.Null },
	"Map.remove":      func(t thread, r val, a vals) val { return r.Map().Remove(t, a[0]) },
	"Map.size":        func(t thread, r val, a vals) val { return vm.Int(int64(r.Map().Len())) },
	"Map.values": func(t thread, r val, a vals) val {
		return vm.NewList(types.ListOf(r.Map().Type.Elem()), r.Map().Values())
	},
	"Map.toString": func(t thread, r val, a vals) val { return vm.Str(t.Text(r)) },
	"Map.getSObjectType": func(t thread, r val, a vals) val {
		if e := r.Map().Type.Elem(); e.SObject != nil {
			return t.SObjectType(e.SObject)
		}
		return vm.Null
	},
}

func iteratorNext(t thread, r val, _ vals) val {
	it := r.Native().(*vm.Iterator)
	if it.At >= len(it.Vals) {
		t.Throw("System.NoSuchElementException", "Iterator has no more elements.")
	}
	it.At++
	return it.Vals[it.At-1]
}
