package vm

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// The intrinsics are the library calls of inner loops, compiled in place. They
// mean exactly what the library's functions of the same name mean.

// libNum compiles calls with an Integer result.
func (c *compiler) libNum(e *types.CallLib) intExpr {
	if e.Recv == nil {
		return c.mathNum(e)
	}
	if e.Super {
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
	case kind == types.KindString:
		return c.textNum(e)
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
		k, _ := numberKind(e.T)
		return func(f *frame) Value { return Value{k: k, n: n(f)} }
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
	case "list.set":
		set := c.assignElement(&types.Index{Node: e.Node, X: e.Recv, I: e.Args[0]}, e.Args[1])
		return func(f *frame) Value { set(f); return Value{} }
	case "string.substring":
		return c.substring(e)
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

// text compiles a String that must not be null to where it is, so that what is
// found out about it stays with a variable.
func (c *compiler) text(x types.Expr) func(f *frame) *Value {
	pos := x.Pos()
	at := c.slot(x)
	if at == nil {
		v := c.val(x)
		at = func(f *frame) *Value { s := v(f); return &s }
	}
	return func(f *frame) *Value {
		s := at(f)
		if s.k == KindNull {
			throwNull(f, pos)
		}
		return s
	}
}

// textNum compiles length and charAt.
func (c *compiler) textNum(e *types.CallLib) intExpr {
	switch name := libName(e.Method); {
	case name == "string.length" && len(e.Args) == 0:
		c.cost += 2
		at := c.text(e.Recv)
		return func(f *frame) int64 {
			s := at(f)
			if s.classify() {
				return s.n
			}
			return int64(Len16(s.Text()))
		}
	case name == "string.charat":
		c.cost += 2
		at, index, pos := c.text(e.Recv), c.val(e.Args[0]), e.At
		fn := c.prog.libFunc(e.Method.LibKey)
		return func(f *frame) int64 {
			s := at(f)
			i := index(f)
			if i.k == KindInteger && s.classify() && uint64(i.n) < uint64(s.n) {
				return int64(s.Text()[i.n])
			}
			f.pos = pos
			return fn(f.t, *s, []Value{i}).n
		}
	}
	return nil
}

// substring compiles the two forms of substring; what is not plain or out of
// range is left to the library.
func (c *compiler) substring(e *types.CallLib) valExpr {
	at, pos := c.text(e.Recv), e.At
	args := c.vals(e.Args)
	fn := c.prog.libFunc(e.Method.LibKey)
	return func(f *frame) Value {
		p := at(f)
		ascii := p.classify()
		s := *p
		base := f.evaluate(args)
		t := f.t
		vals := t.args[base:]
		from, to := vals[0], Value{k: KindInteger, n: s.n}
		if len(vals) == 2 {
			to = vals[1]
		}
		f.pos = pos
		var v Value
		if ascii && from.k == KindInteger && to.k == KindInteger && 0 <= from.n && from.n <= to.n && to.n <= s.n {
			v = Str(s.Text()[from.n:to.n])
			v.s = plain
		} else {
			v = t.library(fn, s, vals)
		}
		t.args = t.args[:base]
		return v
	}
}

// mathNum compiles Math.mod, max, min and abs of whole numbers of one kind.
func (c *compiler) mathNum(e *types.CallLib) intExpr {
	name, found := strings.CutPrefix(libName(e.Method), "math.")
	if !found || !isInt(e.T) || len(e.Args) == 0 || len(e.Args) > 2 {
		return nil
	}
	for _, a := range e.Args {
		if a.Type() != e.T {
			return nil
		}
	}
	x, pos := c.val(e.Args[0]), e.At
	fn := c.prog.libFunc(e.Method.LibKey)
	if fn == nil {
		return nil
	}
	if name == "abs" {
		c.cost++
		return func(f *frame) int64 {
			a := x(f)
			if a.k != KindNull && a.n >= 0 {
				return a.n
			}
			f.pos = pos
			return fn(f.t, Value{}, []Value{a}).n
		}
	}
	op := map[string]func(a, b int64) int64{
		"mod": func(a, b int64) int64 { return a % b },
		"max": func(a, b int64) int64 { return max(a, b) },
		"min": func(a, b int64) int64 { return min(a, b) },
	}[name]
	if op == nil || len(e.Args) != 2 {
		return nil
	}
	c.cost++
	y, mod := c.val(e.Args[1]), name == "mod"
	return func(f *frame) int64 {
		a, b := x(f), y(f)
		if a.k == KindNull || b.k == KindNull || b.n == 0 && mod { // the library says what is wrong
			f.pos = pos
			return fn(f.t, Value{}, []Value{a, b}).n
		}
		return op(a.n, b.n)
	}
}
