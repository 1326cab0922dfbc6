package vm

import (
	"cmp"
	"hash/maphash"
	"math"
	"math/bits"
)

// table is the hash table under Map and Set. It iterates in insertion order,
// as the platform has done since its version of hash collections became
// ordered; removing an entry leaves a hole that is closed when the table
// grows. Hash values are not visible to programs, so the seed may be random.
type table struct {
	entries []entry
	index   []indexed
	live    int
	lock    int // loops that iterate over it
}

type entry struct {
	key, val Value
	hash     uint32
	gone     bool
}

// indexed is a place of the index: an entry by its number + 1, 0 for a free one,
// with its hash, so that entries with another one are not looked at.
type indexed struct {
	entry int32
	hash  uint32
}

var seed = maphash.MakeSeed()

const smallTable = 8 // up to this many entries are searched one by one

func (tb *table) find(t *Thread, k Value, h uint32) int {
	if tb.index == nil {
		for i := range tb.entries {
			e := &tb.entries[i]
			if e.hash == h && !e.gone && keyEqual(t, e.key, k) {
				return i
			}
		}
		return -1
	}
	mask := uint32(len(tb.index) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		p := tb.index[at]
		if p.entry == 0 {
			return -1
		}
		if p.hash != h {
			continue
		}
		if e := &tb.entries[p.entry-1]; !e.gone && keyEqual(t, e.key, k) {
			return int(p.entry - 1)
		}
	}
}

// get finds the value of a key.
func (tb *table) get(t *Thread, k Value) (Value, bool) {
	if tb.live == 0 {
		return Value{}, false
	}
	if i := tb.find(t, k, hashOf(t, k)); i >= 0 {
		return tb.entries[i].val, true
	}
	return Value{}, false
}

func (tb *table) has(t *Thread, k Value) bool {
	return tb.live > 0 && tb.find(t, k, hashOf(t, k)) >= 0
}

// put sets the value of a key and reports the value it replaced.
func (tb *table) put(t *Thread, k, v Value) (old Value, had bool) {
	h := hashOf(t, k)
	if i := tb.find(t, k, h); i >= 0 {
		old = tb.entries[i].val
		tb.entries[i].val = v
		return old, true
	}
	tb.entries = append(tb.entries, entry{key: k, val: v, hash: h})
	tb.live++
	switch {
	case tb.index == nil && len(tb.entries) <= smallTable:
	case tb.index == nil || len(tb.entries)*2 > len(tb.index):
		tb.rebuild()
	default:
		tb.link(h, len(tb.entries))
	}
	return Value{}, false
}

func (tb *table) link(h uint32, n int) {
	mask := uint32(len(tb.index) - 1)
	at := h & mask
	for tb.index[at].entry != 0 {
		at = (at + 1) & mask
	}
	tb.index[at] = indexed{int32(n), h}
}

// rebuild closes the holes and makes the index anew.
func (tb *table) rebuild() {
	if tb.live < len(tb.entries) {
		kept := tb.entries[:0]
		for _, e := range tb.entries {
			if !e.gone {
				kept = append(kept, e)
			}
		}
		clear(tb.entries[len(kept):])
		tb.entries = kept
	}
	if len(tb.entries) <= smallTable {
		tb.index = nil
		return
	}
	size := 1 << bits.Len(uint(len(tb.entries)*3))
	tb.index = make([]indexed, size)
	for i := range tb.entries {
		tb.link(tb.entries[i].hash, i+1)
	}
}

// remove takes a key out and reports its value.
func (tb *table) remove(t *Thread, k Value) (Value, bool) {
	if tb.live == 0 {
		return Value{}, false
	}
	i := tb.find(t, k, hashOf(t, k))
	if i < 0 {
		return Value{}, false
	}
	e := &tb.entries[i]
	old := e.val
	e.gone = true
	e.val = Value{}
	tb.live--
	if tb.live == 0 {
		tb.reset()
	} else if tb.live*4 < len(tb.entries) {
		tb.rebuild()
	}
	return old, true
}

func (tb *table) reset() { *tb = table{lock: tb.lock} }

func (tb *table) clone() *table {
	c := &table{entries: make([]entry, 0, tb.live), live: tb.live}
	for i := range tb.entries {
		if !tb.entries[i].gone {
			c.entries = append(c.entries, tb.entries[i])
		}
	}
	c.rebuild()
	return c
}

// keys lists the keys in insertion order.
func (tb *table) keys() []Value {
	out := make([]Value, 0, tb.live)
	for i := range tb.entries {
		if !tb.entries[i].gone {
			out = append(out, tb.entries[i].key)
		}
	}
	return out
}

func hashText(s string) uint32 { h := maphash.String(seed, s); return uint32(h) ^ uint32(h>>32) }

func mix(n uint64) uint32 {
	n *= 0x9E3779B97F4A7C15
	return uint32(n >> 32)
}

// hashOf gives equal hashes to equal keys (keyEqual).
func hashOf(t *Thread, v Value) uint32 {
	switch v.k {
	case KindString, KindID:
		return hashText(v.Text())
	case KindInteger, KindLong:
		return mix(uint64(v.n))
	case KindNull:
		return 0
	case KindDecimal, KindDouble:
		f := v.Float()
		if n := int64(f); float64(n) == f {
			return mix(uint64(n))
		}
		return mix(math.Float64bits(f))
	case KindBlob:
		return hashText(v.Text())
	case KindEnum:
		return mix(uint64(uintptr(v.p)) + uint64(v.n))
	case KindObject:
		return uint32(t.HashCode(v))
	case KindRecord:
		return hashRecord(v.Record())
	case KindList, KindSet, KindMap:
		return hashCollection(t, v)
	default:
		return mix(uint64(v.n) ^ uint64(v.k)<<56)
	}
}

func hashCollection(t *Thread, v Value) uint32 {
	t.deeper()
	h := uint32(1)
	switch v.k {
	case KindList:
		vals := v.List().Vals
		t.Work(int64(len(vals)))
		for _, e := range vals {
			h = h*31 + hashOf(t, e)
		}
	case KindSet:
		h = hashUnordered(t, v.Set().table, false)
	default:
		h = hashUnordered(t, &v.Map().table, true)
	}
	t.depth--
	return h
}

// hashUnordered hashes the keys of a table; with values, the entries. A set may
// be the view of a map's keys.
func hashUnordered(t *Thread, tb *table, values bool) uint32 {
	h := uint32(7)
	t.Work(int64(tb.live))
	for i := range tb.entries {
		if e := &tb.entries[i]; !e.gone {
			val := uint32(0)
			if values {
				val = hashOf(t, e.val)
			}
			h += e.hash ^ val
		}
	}
	return h
}

// keyEqual is the equality of keys, of List.contains and of equals: like ==,
// but texts differ by case.
func keyEqual(t *Thread, a, b Value) bool {
	if a.k != b.k {
		switch {
		case a.isText() && b.isText():
			return a.Text() == b.Text()
		case a.isNumber() && b.isNumber():
			return compareNumbers(a, b) == 0
		default:
			return false
		}
	}
	switch a.k {
	case KindNull:
		return true
	case KindString, KindID, KindBlob:
		return a.Text() == b.Text()
	case KindDouble, KindDecimal:
		return compareNumbers(a, b) == 0
	case KindObject:
		return t.objectsEqual(a, b)
	case KindRecord:
		return a.p == b.p || recordsEqual(a.Record(), b.Record())
	case KindList, KindSet, KindMap:
		return a.p == b.p || collectionsEqual(t, a, b)
	case KindEnum:
		return a.n == b.n && a.p == b.p
	default: // of scalars, whose pointer may be what the slot held before
		return a.n == b.n
	}
}

func (v Value) isText() bool { return v.k == KindString || v.k == KindID }

func (v Value) isNumber() bool { return v.k >= KindInteger && v.k <= KindDecimal }

func compareNumbers(a, b Value) int {
	switch {
	case a.k <= KindLong && b.k <= KindLong:
		return cmp.Compare(a.n, b.n)
	case a.k == KindDecimal && b.k != KindDouble, b.k == KindDecimal && a.k != KindDouble:
		return a.Dec().Cmp(b.Dec())
	default:
		x, y := a.Float(), b.Float()
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		default:
			return 0
		}
	}
}

func collectionsEqual(t *Thread, a, b Value) (same bool) {
	t.deeper()
	switch a.k {
	case KindList:
		same = listsEqual(t, a.List().Vals, b.List().Vals)
	case KindSet:
		same = tablesEqual(t, a.Set().table, b.Set().table, false)
	default:
		same = tablesEqual(t, &a.Map().table, &b.Map().table, true)
	}
	t.depth--
	return same
}

func listsEqual(t *Thread, x, y []Value) bool {
	if len(x) != len(y) {
		return false
	}
	t.Work(int64(len(x)))
	for i := range x {
		if !keyEqual(t, x[i], y[i]) {
			return false
		}
	}
	return true
}

// tablesEqual compares the keys of two tables; with values, the entries.
func tablesEqual(t *Thread, a, b *table, values bool) bool {
	if a.live != b.live {
		return false
	}
	t.Work(int64(a.live))
	for i := range a.entries {
		e := &a.entries[i]
		if e.gone {
			continue
		}
		if v, ok := b.get(t, e.key); !ok || values && !keyEqual(t, e.val, v) {
			return false
		}
	}
	return true
}
