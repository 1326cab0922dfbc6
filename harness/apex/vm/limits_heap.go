package vm

import "unsafe"

// liveHeap measures what a program can still reach: the statics, the slots of
// the frames that are active and what they refer to. Values that are only in
// the middle of an expression are not seen; the estimate is the same on every
// run.
func (t *Thread) liveHeap() int64 {
	h := heapWalk{seen: map[unsafe.Pointer]struct{}{}}
	for _, s := range t.statics {
		if s != nil {
			h.all(s.vals)
		}
	}
	for f := t.cur; f != nil; f = f.prev {
		h.all(f.l)
		if f.this != nil && f.code != nil {
			h.value(Obj(f.this))
		}
	}
	h.all(t.args)
	for _, s := range t.triggers {
		for _, v := range s.vars {
			h.value(v)
		}
	}
	return h.bytes
}

type heapWalk struct {
	seen  map[unsafe.Pointer]struct{}
	bytes int64
	todo  []Value
}

func (h *heapWalk) all(vals []Value) {
	for _, v := range vals {
		h.value(v)
	}
}

// value counts one value and all it reaches, without recursion.
func (h *heapWalk) value(v Value) {
	h.todo = append(h.todo, v)
	for len(h.todo) > 0 {
		v := h.todo[len(h.todo)-1]
		h.todo = h.todo[:len(h.todo)-1]
		h.one(v)
	}
}

func (h *heapWalk) one(v Value) {
	switch v.k {
	case KindNull:
		return
	case KindString, KindID, KindBlob:
		if h.first(v.p) {
			h.bytes += v.n
		}
		h.bytes += 4
	case KindList, KindSet, KindMap, KindObject, KindRecord:
		h.bytes += 4
		if h.first(v.p) {
			h.inside(v)
		}
	case KindLong, KindDouble, KindDatetime, KindDecimal:
		h.bytes += 8
	default:
		h.bytes += 4
	}
}

func (h *heapWalk) first(p unsafe.Pointer) bool {
	if p == nil {
		return false
	}
	if _, ok := h.seen[p]; ok {
		return false
	}
	h.seen[p] = struct{}{}
	return true
}

func (h *heapWalk) inside(v Value) {
	switch v.k {
	case KindList:
		h.bytes += 8
		for _, x := range v.List().Vals {
			if x.k < KindDecimal {
				h.bytes += slotSize
				continue
			}
			h.todo = append(h.todo, x)
		}
	case KindSet:
		h.bytes += 8
		for _, x := range v.Set().keys() { // not the values of the map that it may be a view of
			h.bytes += 8
			h.todo = append(h.todo, x)
		}
	case KindMap:
		h.table(&v.Map().table)
	case KindObject:
		o := v.Object()
		h.bytes += 12
		h.todo = append(h.todo, o.Fields...)
	case KindRecord:
		h.bytes += 16 + 12*int64(v.Record().Len())
	}
}

func (h *heapWalk) table(tb *table) {
	h.bytes += 8
	for i := range tb.entries {
		if e := &tb.entries[i]; !e.gone {
			h.bytes += 8
			h.todo = append(h.todo, e.key, e.val)
		}
	}
}
