package vm

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// forEach compiles the loops over collections and queries.
func (c *compiler) forEach(s *types.ForEach) stmt {
	over, pos := c.val(s.Over), s.At
	before := c.cost
	c.cost = 2
	var conv valExpr
	if s.Convert != nil {
		conv = c.val(s.Convert)
	}
	body := c.stmt(s.Body)
	cost := c.cost
	c.cost = before
	slot, elem := s.Slot, s.ElemSlot
	turn := func(f *frame, v Value) ctl {
		t := f.t
		t.steps += cost
		if t.steps >= t.nextCheck {
			t.checkpoint()
		}
		f.l[elem] = v
		if conv != nil {
			f.l[slot] = conv(f)
		}
		return body(f)
	}
	switch s.Kind {
	case types.ListLoop, types.QueryLoop:
		return func(f *frame) ctl {
			v := over(f)
			if v.k == KindNull {
				throwNull(f, pos)
			}
			if v.k == KindSet {
				return f.eachSet(v.Set(), turn)
			}
			return f.eachList(v.List(), turn)
		}
	case types.SetLoop:
		return func(f *frame) ctl {
			v := over(f)
			if v.k == KindNull {
				throwNull(f, pos)
			}
			return f.eachSet(v.Set(), turn)
		}
	case types.BatchLoop:
		return func(f *frame) ctl { return f.eachBatch(over(f).List(), turn) }
	default:
		return func(f *frame) ctl {
			v := over(f)
			f.pos = pos
			if v.k == KindNull {
				throwNull(f, pos)
			}
			return f.eachIterable(v, turn)
		}
	}
}

type turn = func(f *frame, v Value) ctl

func (f *frame) eachList(l *List, body turn) (r ctl) {
	l.lock++
	done := false
	defer func() {
		if !done {
			l.lock--
		}
	}()
	for i := 0; i < len(l.Vals); i++ {
		if r = body(f, l.Vals[i]); r == broke || r == returned {
			break
		}
	}
	done = true
	l.lock--
	return loopEnd(r)
}

func loopEnd(r ctl) ctl {
	if r == returned {
		return returned
	}
	return onward
}

// eachSet runs a loop over a set. One over keySet() goes over the keys that the
// map had when it began, and the map may change meanwhile (from public packages).
func (f *frame) eachSet(s *Set, body turn) (r ctl) {
	if s.view {
		for _, k := range s.keys() {
			if r = body(f, k); r == broke || r == returned {
				break
			}
		}
		return loopEnd(r)
	}
	s.lock++
	defer func() { s.lock-- }()
	for i := 0; i < len(s.entries); i++ {
		if s.entries[i].gone {
			continue
		}
		if r = body(f, s.entries[i].key); r == broke || r == returned {
			break
		}
	}
	return loopEnd(r)
}

// batchRows is how many records a loop variable that is a list gets at a time.
const batchRows = 200

func (f *frame) eachBatch(l *List, body turn) (r ctl) {
	for i := 0; i < len(l.Vals); i += batchRows {
		part := append([]Value(nil), l.Vals[i:min(i+batchRows, len(l.Vals))]...)
		if r = body(f, NewList(l.Type, part)); r == broke || r == returned {
			break
		}
	}
	return loopEnd(r)
}

func (f *frame) eachIterable(v Value, body turn) (r ctl) {
	if v.k != KindObject {
		for _, e := range f.t.Elements(v) {
			if r = body(f, e); r == broke || r == returned {
				break
			}
		}
		return loopEnd(r)
	}
	it := f.t.CallMethod(v, "iterator")
	for f.t.hasNext(it) {
		if r = body(f, f.t.next(it)); r == broke || r == returned {
			break
		}
	}
	return loopEnd(r)
}
