package vm

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// List is an Apex list. Type is List<T>; two variables may refer to one List.
type List struct {
	Type *types.Type
	Vals []Value
	lock int // loops that iterate over it
}

// NewList makes a list that keeps vals.
func NewList(t *types.Type, vals []Value) Value {
	return ListValue(&List{Type: t, Vals: vals})
}

// Set is an Apex set; it iterates in insertion order. One that keySet() gives is
// a view of the map's keys.
type Set struct {
	Type *types.Type
	*table
	view bool
}

// emptySet makes a set and its table in one piece.
func emptySet(t *types.Type) *Set {
	s := &struct {
		Set
		own table
	}{}
	s.Type, s.table = t, &s.own
	return &s.Set
}

// KeySet is the view of a map's keys: it shows what the map has now, what is
// removed from it leaves the map, and nothing can be added to it.
func (m *Map) KeySet() Value {
	return SetValue(&Set{Type: types.SetOf(m.Type.Key()), table: &m.table, view: true})
}

// NewSet makes a set of the values given.
func NewSet(th *Thread, t *types.Type, vals []Value) Value {
	s := emptySet(t)
	for _, v := range vals {
		s.Add(th, v)
	}
	return SetValue(s)
}

// Add puts a value in and reports whether it was not there.
func (s *Set) Add(t *Thread, v Value) bool {
	if s.view {
		t.Throw("System.FinalException", "Collection is read-only")
	}
	s.check(t)
	_, had := s.put(t, v, Value{})
	if !had {
		t.Grow(entrySize)
	}
	return !had
}

// Has reports whether the value is in the set.
func (s *Set) Has(t *Thread, v Value) bool { return s.has(t, v) }

// Remove takes a value out and reports whether it was there.
func (s *Set) Remove(t *Thread, v Value) bool {
	s.check(t)
	_, had := s.remove(t, v)
	return had
}

// Clear empties the set.
func (s *Set) Clear(t *Thread) { s.check(t); s.reset() }

// Len is the number of elements.
func (s *Set) Len() int { return s.live }

// Values lists the elements in order.
func (s *Set) Values() []Value { return s.keys() }

// Map is an Apex map; it iterates in insertion order.
type Map struct {
	Type *types.Type
	table
	fold bool // a describe map: keys in lower case, found without case
	any  bool // keys as written, found without case
}

// NewMap makes an empty map.
func NewMap(t *types.Type) *Map { return &Map{Type: t} }

// FoldKeys makes look-ups ignore case and, in code of a namespace, find names
// written without it, as the maps of describes do.
func (m *Map) FoldKeys() { m.fold = true }

// AnyCase makes keys that differ only in case one key, which keeps the writing
// it first had, as the parameters of pages do. It is for small maps.
func (m *Map) AnyCase() { m.any = true }

// known is the key as the map has it already, the key itself when it has not.
func (m *Map) known(k Value) Value {
	if m.any && k.isText() {
		for _, have := range m.keys() {
			if have.isText() && strings.EqualFold(have.Text(), k.Text()) {
				return have
			}
		}
	}
	return k
}

// Get is the value of a key, null when there is none.
func (m *Map) Get(t *Thread, k Value) Value {
	v, _ := m.Lookup(t, k)
	return v
}

// Lookup is the value of a key and whether there is one.
func (m *Map) Lookup(t *Thread, k Value) (Value, bool) {
	if m.fold && k.isText() {
		name := strings.ToLower(k.Text())
		if ns := t.Namespace(); ns != "" {
			if v, ok := m.get(t, Str(strings.ToLower(ns)+"__"+name)); ok {
				return v, true
			}
		}
		k = Str(name)
	}
	return m.get(t, m.known(k))
}

// Put sets the value of a key and returns the one it replaced.
func (m *Map) Put(t *Thread, k, v Value) Value {
	m.check(t)
	old, had := m.put(t, m.known(k), v)
	if !had {
		t.Grow(entrySize)
	}
	return old
}

// Has reports whether there is such a key.
func (m *Map) Has(t *Thread, k Value) bool {
	if m.fold || m.any {
		_, ok := m.Lookup(t, k)
		return ok
	}
	return m.has(t, k)
}

// Remove takes a key out and returns its value.
func (m *Map) Remove(t *Thread, k Value) Value {
	m.check(t)
	v, _ := m.remove(t, m.known(k))
	return v
}

// Clear empties the map.
func (m *Map) Clear(t *Thread) { m.check(t); m.reset() }

// Len is the number of entries.
func (m *Map) Len() int { return m.live }

// Keys lists the keys in order.
func (m *Map) Keys() []Value { return m.keys() }

// Each calls fn for every entry in order until it returns false.
func (m *Map) Each(fn func(k, v Value) bool) {
	for i := 0; i < len(m.entries); i++ {
		if e := &m.entries[i]; !e.gone && !fn(e.key, e.val) {
			return
		}
	}
}

// Values lists the values in order.
func (m *Map) Values() []Value {
	out := make([]Value, 0, m.live)
	for i := range m.entries {
		if !m.entries[i].gone {
			out = append(out, m.entries[i].val)
		}
	}
	return out
}

const entrySize = 16 // bytes an entry of a set or map counts against the heap

const iterated = "Cannot modify a collection while it is being iterated."

func (tb *table) check(t *Thread) {
	if tb.lock > 0 {
		t.Throw("System.FinalException", iterated)
	}
}

// Check refuses a change of a list that a loop iterates over.
func (l *List) Check(t *Thread) {
	if l.lock > 0 {
		t.Throw("System.FinalException", iterated)
	}
}

// Append adds elements at the end.
func (l *List) Append(t *Thread, vals ...Value) {
	l.Check(t)
	t.Grow(int64(len(vals)) * slotSize)
	l.Vals = append(l.Vals, vals...)
}

const slotSize = 4 // bytes an element of a list counts against the heap

// At is the element at an index; outside the list it throws ListException.
func (l *List) At(t *Thread, i int64) Value {
	if uint64(i) >= uint64(len(l.Vals)) {
		t.throwIndex(i)
	}
	return l.Vals[i]
}

// Put replaces the element at an index.
func (l *List) Put(t *Thread, i int64, v Value) {
	if uint64(i) >= uint64(len(l.Vals)) {
		t.throwIndex(i)
	}
	l.Vals[i] = v
}

func (t *Thread) throwIndex(i int64) {
	t.Throwf("System.ListException", "List index out of bounds: %d", i)
}

// KeyEqual is the equality of keys and of List.contains.
func (t *Thread) KeyEqual(a, b Value) bool { return keyEqual(t, a, b) }

// SortValues sorts in the natural order (Compare), equal values in place; lists
// of numbers or of texts only are sorted without looking at kinds each time.
func (t *Thread) SortValues(vals []Value) {
	kind := KindNull
	for i, v := range vals {
		if i == 0 {
			kind = v.k
		}
		if v.k != kind {
			kind = KindNull
			break
		}
	}
	switch kind {
	case KindInteger, KindLong, KindDate, KindDatetime, KindTime:
		ns := make([]int64, len(vals))
		for i, v := range vals {
			ns[i] = v.n
		}
		slices.Sort(ns)
		for i, n := range ns {
			vals[i].n = n
		}
	case KindString:
		sortTexts(vals)
	default:
		t.SortFunc(vals, t.Compare)
	}
}

// sortTexts sorts strings, of which equal ones cannot be told apart.
func sortTexts(vals []Value) {
	for i := range vals {
		if !vals[i].classify() {
			slices.SortFunc(vals, func(a, b Value) int { return CompareText(a.Text(), b.Text()) })
			return
		}
	}
	slices.SortFunc(vals, func(a, b Value) int { return strings.Compare(a.Text(), b.Text()) })
}

// SortFunc sorts by a comparison that may be the program's own: it merges, which
// asks for as few comparisons as any stable sort, and what the comparison says
// need not make sense.
func (t *Thread) SortFunc(vals []Value, compare func(a, b Value) int) {
	if len(vals) < 2 {
		return
	}
	t.merge(vals, make([]Value, (len(vals)+1)/2), compare)
}

// merge sorts vals with room for half of them.
func (t *Thread) merge(vals, room []Value, compare func(a, b Value) int) {
	if len(vals) < 2 {
		return
	}
	half := len(vals) / 2
	t.merge(vals[:half], room, compare)
	t.merge(vals[half:], room, compare)
	if compare(vals[half-1], vals[half]) <= 0 {
		return
	}
	left := room[:copy(room, vals[:half])]
	i, j := 0, half
	for k := range vals {
		if i == len(left) {
			return
		}
		if j == len(vals) || compare(left[i], vals[j]) <= 0 {
			vals[k] = left[i]
			i++
		} else {
			vals[k] = vals[j]
			j++
		}
	}
}
