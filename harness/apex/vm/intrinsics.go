package vm

import "github.com/rehearsal-dev/rehearsal/harness/apex/types"

// The intrinsics are the library calls of inner loops, compiled in place. They
// mean exactly what the library's functions of the same name mean.

// libNum compiles calls with an Integer result.
func (c *compiler) libNum(e *types.CallLib) intExpr {
	if e.Recv == nil || e.Super {
		return nil
	}
	pos := e.At
	kind := e.Recv.Type().Kind
	switch {
	case len(e.Args) == 0 && kind == types.KindList && libName(e.Method) == "list.size":
		c.cost += 2
		x := c.val(e.Recv)
		return func(f *frame) int64 {
			l := x(f).List()
			if l == nil {
				throwNull(f, pos)
			}
			return int64(len(l.Vals))
		}
	case len(e.Args) == 0 && kind == types.KindMap && libName(e.Method) == "map.size":
		c.cost += 2
		x := c.val(e.Recv)
		return func(f *frame) int64 {
			m := x(f).Map()
			if m == nil {
				throwNull(f, pos)
			}
			return int64(m.live)
		}
	case len(e.Args) == 0 && kind == types.KindSet && libName(e.Method) == "set.size":
		c.cost += 2
		x := c.val(e.Recv)
		return func(f *frame) int64 {
			s := x(f).Set()
			if s == nil {
				throwNull(f, pos)
			}
			return int64(s.live)
		}
	case len(e.Args) == 0 && kind == types.KindString && libName(e.Method) == "string.length":
		c.cost += 2
		x := c.val(e.Recv)
		return func(f *frame) int64 {
			s := x(f)
			if s.k == KindNull {
				throwNull(f, pos)
			}
			return int64(Len16(s.Text()))
		}
	}
	return nil
}

// libBool compiles calls with a Boolean result.
func (c *compiler) libBool(e *types.CallLib) bolExpr {
	if e.Recv == nil || e.Super {
		return nil
	}
	pos := e.At
	switch libName(e.Method) {
	case "map.containskey":
		x, k := c.val(e.Recv), c.val(e.Args[0])
		return func(f *frame) bool {
			m := x(f).Map()
			if m == nil {
				throwNull(f, pos)
			}
			key := k(f)
			f.pos = pos
			return m.Has(f.t, key)
		}
	case "set.contains":
		x, k := c.val(e.Recv), c.val(e.Args[0])
		return func(f *frame) bool {
			s := x(f).Set()
			if s == nil {
				throwNull(f, pos)
			}
			key := k(f)
			f.pos = pos
			return s.has(f.t, key)
		}
	case "list.isempty":
		x := c.val(e.Recv)
		return func(f *frame) bool {
			l := x(f).List()
			if l == nil {
				throwNull(f, pos)
			}
			return len(l.Vals) == 0
		}
	}
	return nil
}

// intrinsic compiles the calls that the two above do not.
func (c *compiler) intrinsic(e *types.CallLib) valExpr {
	if e.Super {
		return nil
	}
	if n := c.libNum(e); n != nil {
		return func(f *frame) Value { return Value{k: KindInteger, n: n(f)} }
	}
	if b := c.libBool(e); b != nil {
		return func(f *frame) Value { return Bool(b(f)) }
	}
	if e.Recv == nil {
		return nil
	}
	switch libName(e.Method) {
	case "list.get":
		return c.index(&types.Index{Node: e.Node, X: e.Recv, I: e.Args[0]})
	case "list.add":
		if len(e.Args) == 1 {
			return c.listAdd(e)
		}
	case "map.get":
		x, k, pos := c.val(e.Recv), c.val(e.Args[0]), e.At
		return func(f *frame) Value {
			m := x(f).Map()
			if m == nil {
				throwNull(f, pos)
			}
			key := k(f)
			f.pos = pos
			return m.Get(f.t, key)
		}
	case "map.put":
		x, k, v, pos := c.val(e.Recv), c.val(e.Args[0]), c.val(e.Args[1]), e.At
		return func(f *frame) Value {
			m := x(f).Map()
			if m == nil {
				throwNull(f, pos)
			}
			key := k(f)
			val := v(f)
			f.pos = pos
			return m.Put(f.t, key, val)
		}
	case "set.add":
		x, k, pos := c.val(e.Recv), c.val(e.Args[0]), e.At
		return func(f *frame) Value {
			s := x(f).Set()
			if s == nil {
				throwNull(f, pos)
			}
			key := k(f)
			f.pos = pos
			return Bool(s.Add(f.t, key))
		}
	}
	return nil
}

func (c *compiler) listAdd(e *types.CallLib) valExpr {
	x, v, pos := c.val(e.Recv), c.val(e.Args[0]), e.At
	return func(f *frame) Value {
		l := x(f).List()
		if l == nil {
			throwNull(f, pos)
		}
		val := v(f)
		f.pos = pos
		l.Check(f.t)
		f.t.Grow(slotSize)
		l.Vals = append(l.Vals, val)
		return Value{}
	}
}
