package vm

import (
	"math"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// slot compiles a local variable or a field, own, of another object or static,
// to where its value is kept, nil for everything else. The place stays where it
// is while further expressions are evaluated.
func (c *compiler) slot(x types.Expr) func(f *frame) *Value {
	switch e := x.(type) {
	case *types.Local:
		slot := e.Slot
		return func(f *frame) *Value { return &f.l[slot] }
	case *types.StaticGet:
		state, _ := c.staticOf(e.Field.Class)
		slot, pos := e.Field.Slot, e.At
		return func(f *frame) *Value {
			f.pos = pos
			return &state(f).vals[slot]
		}
	case *types.PropertyGet:
		return c.storedSlot(e)
	case *types.FieldGet:
		return c.fieldSlot(e)
	}
	return nil
}

// storedSlot is the slot of a property that is read and written as it is stored.
func (c *compiler) storedSlot(e *types.PropertyGet) func(f *frame) *Value {
	switch fd := e.Field; {
	case fd.Get != nil || fd.Set != nil:
		return nil
	case fd.Static || e.X == nil:
		return c.slot(&types.StaticGet{Node: e.Node, Field: fd})
	default:
		return c.fieldSlot(&types.FieldGet{Node: e.Node, X: e.X, Field: fd})
	}
}

func (c *compiler) fieldSlot(e *types.FieldGet) func(f *frame) *Value {
	if e.Field.LibKey != "" {
		return nil
	}
	slot, pos := e.Field.Slot, e.At
	switch x := e.X.(type) {
	case *types.This:
		return func(f *frame) *Value { return &f.this.Fields[slot] }
	case *types.Local:
		at := x.Slot
		return func(f *frame) *Value {
			o := f.l[at].Object()
			if o == nil {
				throwNull(f, pos)
			}
			return &o.Fields[slot]
		}
	default:
		v := c.val(e.X)
		return func(f *frame) *Value {
			o := v(f).Object()
			if o == nil {
				throwNull(f, pos)
			}
			return &o.Fields[slot]
		}
	}
}

// elementSlot is an element of a list. Unlike a variable it may move while
// further expressions are evaluated.
func (c *compiler) elementSlot(e *types.Index) func(f *frame) *Value {
	list, index, pos := c.val(e.X), c.num(e.I), e.At
	return func(f *frame) *Value {
		l := list(f).List()
		if l == nil {
			throwNull(f, pos)
		}
		n := index(f)
		if uint64(n) >= uint64(len(l.Vals)) {
			f.pos = pos
			f.t.throwIndex(n)
		}
		return &l.Vals[n]
	}
}

// readSlot is where a variable or an element is read from, nil for what has to
// be computed.
func (c *compiler) readSlot(x types.Expr) func(f *frame) *Value {
	if e, ok := x.(*types.Index); ok {
		return c.elementSlot(e)
	}
	return c.slot(x)
}

// numberKind is the kind of the values of a type that are computed without
// making a Value.
func numberKind(t *types.Type) (Kind, bool) {
	switch t.Kind {
	case types.KindInteger:
		return KindInteger, true
	case types.KindLong:
		return KindLong, true
	case types.KindDouble:
		return KindDouble, true
	default:
		return KindNull, false
	}
}

// bits compiles an Integer, Long or Double that must not be null to the number
// of its Value.
func (c *compiler) bits(x types.Expr) intExpr {
	if x.Type().Kind != types.KindDouble {
		return c.num(x)
	}
	n := c.flt(x)
	return func(f *frame) int64 { return int64(math.Float64bits(n(f))) }
}

// assignStmt compiles an assignment whose value nobody uses: to variables, and
// to elements of lists. Numbers are stored without making a Value of them.
func (c *compiler) assignStmt(e *types.Assign) stmt {
	if t, ok := e.Target.(*types.Index); ok {
		return c.assignElement(t, e.Value)
	}
	kind, number := numberKind(e.T)
	number = number && neverNull(e.Value) && e.Value.Type().Kind == e.T.Kind
	at := c.slot(e.Target)
	if at == nil {
		return nil
	}
	c.cost++
	if l, ok := e.Target.(*types.Local); ok {
		slot := l.Slot
		if number {
			n := c.bits(e.Value)
			return func(f *frame) ctl {
				v := n(f)
				s := &f.l[slot]
				s.n, s.k = v, kind
				return onward
			}
		}
		v := c.val(e.Value)
		return func(f *frame) ctl { f.l[slot] = v(f); return onward }
	}
	if number {
		n := c.bits(e.Value)
		return func(f *frame) ctl {
			s := at(f)
			v := n(f)
			s.n, s.k = v, kind
			return onward
		}
	}
	v := c.val(e.Value)
	return func(f *frame) ctl {
		s := at(f)
		*s = v(f)
		return onward
	}
}

func (c *compiler) assignElement(e *types.Index, value types.Expr) stmt {
	c.cost++
	list, index, v, pos := c.val(e.X), c.num(e.I), c.val(value), e.At
	return func(f *frame) ctl {
		l := list(f).List()
		if l == nil {
			throwNull(f, pos)
		}
		n := index(f)
		x := v(f)
		if uint64(n) >= uint64(len(l.Vals)) {
			f.pos = pos
			f.t.throwIndex(n)
		}
		l.Vals[n] = x
		return onward
	}
}

// addTo compiles target op= value on numbers of one kind, nil for what needs a
// Value.
func (c *compiler) addTo(e *types.OpAssign) stmt {
	_, number := numberKind(e.T)
	if !number || e.On != e.T.Kind || e.Op != syntax.Add && e.Op != syntax.Sub && e.Op != syntax.Mul {
		return nil
	}
	at, pos, op := c.slot(e.Target), e.At, e.Op
	if at == nil {
		return nil
	}
	c.cost++
	if e.T.Kind == types.KindDouble {
		n := c.flt(e.Value)
		return func(f *frame) ctl {
			s := at(f)
			if s.k == KindNull {
				throwNull(f, pos)
			}
			x := s.Float()
			y := n(f)
			switch op {
			case syntax.Add:
				x += y
			case syntax.Sub:
				x -= y
			default:
				x *= y
			}
			*s = Double(x)
			return onward
		}
	}
	n, wide := c.num(e.Value), e.T.Kind == types.KindLong
	return func(f *frame) ctl {
		s := at(f)
		if s.k == KindNull {
			throwNull(f, pos)
		}
		x := s.n
		y := n(f)
		switch op {
		case syntax.Add:
			x += y
		case syntax.Sub:
			x -= y
		default:
			x *= y
		}
		if !wide {
			x = int64(int32(x))
		}
		s.n = x
		return onward
	}
}
