package vm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Equal is ==: texts without case, ids of 15 and 18 characters alike, numbers
// by value, collections by content, objects by equals.
func (t *Thread) Equal(a, b Value) bool {
	if a.k == KindNull || b.k == KindNull {
		return a.k == b.k
	}
	switch {
	case a.k == KindID || b.k == KindID:
		return a.isText() && b.isText() && (a.Text() == b.Text() || value.SameID(a.Text(), b.Text()))
	case a.k == KindString && b.k == KindString:
		return EqualFold(a.Text(), b.Text())
	case a.k == KindDate && b.k == KindDatetime, a.k == KindDatetime && b.k == KindDate:
		return order(a, b) == 0
	case a.k == KindDatetime && b.k == KindDatetime:
		return floorSecond(a.n) == floorSecond(b.n)
	default:
		return keyEqual(t, a, b)
	}
}

// floorSecond drops the milliseconds, which == on Datetimes does not look at;
// getTime tells such values apart.
func floorSecond(ms int64) int64 {
	if r := ms % 1000; r < 0 {
		return ms - r - 1000
	} else {
		return ms - r
	}
}

// Native values of the library that are compared by content rather than
// identity implement Comparable.
type comparableNative interface {
	EqualNative(other any) bool
	HashNative() uint32
}

// objectsEqual is equality of two objects: equals where the class has one.
func (t *Thread) objectsEqual(a, b Value) bool {
	x, y := a.Object(), b.Object()
	if x == y {
		return true
	}
	if n, ok := x.Native.(comparableNative); ok {
		return n.EqualNative(y.Native)
	}
	if r, ok := x.Native.(*schema.AggregateRow); ok {
		return aggregatesEqual(r, y)
	}
	if x.Class.Def.Lib || x.stub != nil {
		return false
	}
	if eq := x.Class.prepare().equals; eq != nil {
		return t.call(eq, x, []Value{b}).Bool()
	}
	return false
}

// aggregatesEqual compares rows of aggregate queries as sObjects: by content.
func aggregatesEqual(r *schema.AggregateRow, y *Object) bool {
	w, ok := y.Native.(*schema.AggregateRow)
	return ok && slices.Equal(r.Names, w.Names) && slices.EqualFunc(r.Values, w.Values, value.Equal)
}

// HashCode is System.hashCode of an object: its hashCode method, else a number
// that stays the same for the object within a transaction.
func (t *Thread) HashCode(v Value) int32 {
	switch v.k {
	case KindObject:
	case KindString, KindID:
		return HashText(v.Text())
	case KindBoolean:
		if v.n != 0 {
			return 1231
		}
		return 1237
	case KindInteger:
		return int32(v.n)
	case KindLong:
		return int32(v.n ^ v.n>>32)
	default:
		return int32(stableHash(t, v))
	}
	o := v.Object()
	if n, ok := o.Native.(comparableNative); ok {
		return int32(n.HashNative())
	}
	if !o.Class.Def.Lib && o.stub == nil {
		if h := o.Class.prepare().hash; h != nil {
			return int32(t.call(h, o, nil).n)
		}
	}
	return t.identity(o)
}

// identity numbers objects in the order they are first hashed, which is the
// same on every run.
func (t *Thread) identity(o *Object) int32 {
	ids := t.Memo("identity", func() any { return map[*Object]int32{} }).(map[*Object]int32)
	n, ok := ids[o]
	if !ok {
		n = int32(len(ids)+1) * 31
		ids[o] = n
	}
	return n
}

// stableHash is a hash that does not depend on the process.
func stableHash(t *Thread, v Value) uint32 {
	return uint32(HashText(strings.ToLower(t.Text(v))))
}

func hashRecord(r *schema.Record) uint32 {
	h := hashText(r.Object.Name)
	r.Each(func(f *schema.Field, v value.Value) {
		if !v.IsNull() {
			h += mix(uint64(f.Index)) ^ hashText(v.String())
		}
	})
	return h
}

// recordsEqual compares sObjects field by field; a field that is not set
// equals null.
func recordsEqual(a, b *schema.Record) bool {
	if a.Object.Name != b.Object.Name {
		return false
	}
	same := true
	check := func(x, y *schema.Record) {
		x.Each(func(f *schema.Field, v value.Value) {
			w := y.Get(f)
			if v.IsNull() && w.IsNull() {
				return
			}
			if v.IsNull() != w.IsNull() || !value.Identical(v, w) && !(v.Kind() != value.Text && value.Equal(v, w)) {
				same = false
			}
		})
	}
	check(a, b)
	if same {
		check(b, a)
	}
	return same
}

// Compare is the order of List.sort: nulls first, numbers, texts by UTF-16
// unit, dates, enum constants by ordinal, objects by compareTo.
func (t *Thread) Compare(a, b Value) int {
	if a.k == KindNull || b.k == KindNull {
		return cmp.Compare(btoi(a.k != KindNull), btoi(b.k != KindNull))
	}
	switch a.k {
	case KindString, KindID:
		if b.isText() {
			return CompareText(a.Text(), b.Text())
		}
	case KindObject:
		return t.compareObjects(a, b)
	case KindRecord:
		return compareRecords(a.Record(), b.Record())
	}
	if a.isNumber() && b.isNumber() {
		return compareNumbers(a, b)
	}
	return cmp.Compare(a.n, b.n)
}

func (t *Thread) compareObjects(a, b Value) int {
	o := a.Object()
	if c := o.Class.prepare().compareTo; c != nil && o.stub == nil {
		r := t.call(c, o, []Value{b})
		if r.k == KindNull {
			t.ThrowNull()
		}
		return int(r.n)
	}
	if d, ok := compareOptions(o, b.Object()); ok {
		return d
	}
	if n, ok := o.Native.(interface{ CompareNative(other any) int }); ok && b.Object() != nil {
		return n.CompareNative(b.Object().Native)
	}
	t.Throwf("System.ListException", "One or more of the items in this list is not Comparable.")
	return 0
}

// compareOptions is the order of System.SelectOption, which List.sort takes
// (Apex Developer Guide, "List Sorting": by value and label).
func compareOptions(a, b *Object) (int, bool) {
	x, ok := a.Native.(*Bag)
	if !ok || a.Class == nil || b == nil || a.Class.Name != "System.SelectOption" {
		return 0, false
	}
	y, ok := b.Native.(*Bag)
	if !ok {
		return 0, false
	}
	return cmp.Or(CompareText(x.Values["value"].Text(), y.Values["value"].Text()), CompareText(x.Values["label"].Text(), y.Values["label"].Text())), true
}

func btoi(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// compareRecords is the standard sort of sObjects (Apex Developer Guide,
// "Sorting Lists"): by the type's label, then Name, then the other standard
// fields in alphabetical order but for the Id, then the custom ones.
func compareRecords(a, b *schema.Record) int {
	if b == nil {
		return 1
	}
	if a.Object != b.Object {
		return strings.Compare(a.Object.Label, b.Object.Label)
	}
	if n := a.Object.NameField; n != nil {
		if d := value.Compare(a.Get(n), b.Get(n)); d != 0 {
			return d
		}
	}
	var first *schema.Field // that the two differ in
	order := 0
	differ := func(f *schema.Field, _ value.Value) {
		if f.Type == schema.ID || first != nil && !sortsBefore(f, first) {
			return
		}
		if d := value.Compare(a.Get(f), b.Get(f)); d != 0 {
			first, order = f, d
		}
	}
	a.Each(differ)
	b.Each(differ)
	return order
}

// sortsBefore reports whether the standard sort looks at f ahead of g.
func sortsBefore(f, g *schema.Field) bool {
	if f.Custom != g.Custom {
		return g.Custom
	}
	return value.CompareFold(f.Name, g.Name) < 0
}
