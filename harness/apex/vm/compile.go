package vm

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
)

// compiler turns one body into closures. cost counts the nodes of the straight
// line being compiled; a loop body is counted apart and charged each turn.
type compiler struct {
	prog *Program
	code *code
	body *types.Body
	cost int64
}

func throwNull(f *frame, pos int32) {
	f.pos = pos
	f.t.ThrowNull()
}

func isInt(t *types.Type) bool { return t.Kind == types.KindInteger || t.Kind == types.KindLong }

// val compiles an expression to any value.
func (c *compiler) val(x types.Expr) valExpr {
	v := c.anyVal(x)
	if c.known(x) == nil {
		return c.answered(x, v)
	}
	return v
}

func (c *compiler) anyVal(x types.Expr) valExpr {
	switch x.(type) {
	case *types.Binary, *types.Unary, *types.Compare, *types.Equal, *types.Identical, *types.Logical, *types.InstanceOf:
		return c.computed(x)
	}
	c.cost++
	switch e := x.(type) {
	case *types.Const:
		v := constantValue(e)
		if v.k == KindString {
			v.classify()
		}
		return func(*frame) Value { return v }
	case *types.Local:
		c.named(e)
		slot := e.Slot
		return func(f *frame) Value { return f.l[slot] }
	case *types.This:
		return func(f *frame) Value { return Obj(f.this) }
	case *types.FieldGet:
		return c.fieldGet(e)
	case *types.StaticGet:
		return c.staticGet(e)
	case *types.PropertyGet:
		return c.propertyGet(e)
	case *types.LibGet:
		return c.libGet(e)
	case *types.SObjectGet:
		return c.sobjectGet(e)
	case *types.SObjectParent:
		return c.sobjectParent(e)
	case *types.SObjectChildren:
		return c.sobjectChildren(e)
	case *types.Index:
		return c.index(e)
	case *types.Call:
		return c.callExpr(e)
	case *types.CallLib:
		return c.callLib(e)
	case *types.New:
		return c.newObject(e)
	case *types.NewLib:
		return c.newLib(e)
	case *types.NewSObject:
		return c.newSObject(e)
	case *types.NewList:
		return c.newList(e)
	case *types.NewSet:
		return c.newSet(e)
	case *types.NewMap:
		return c.newMap(e)
	case *types.Concat:
		return c.concat(e)
	case *types.Coalesce:
		return c.coalesce(e)
	case *types.Cond:
		return c.cond(e)
	case *types.Assign:
		return c.assign(e)
	case *types.OpAssign:
		return c.opAssign(e)
	case *types.IncDec:
		return c.incDec(e)
	case *types.Cast:
		return c.cast(e)
	case *types.Convert:
		return c.convert(e)
	case *types.Safe:
		return c.safe(e)
	default:
		return c.rare(x)
	}
}

func (c *compiler) coalesce(e *types.Coalesce) valExpr {
	a, b := c.val(e.X), c.val(e.Y)
	return func(f *frame) Value {
		if v := a(f); v.k != KindNull {
			return v
		}
		return b(f)
	}
}

func (c *compiler) cond(e *types.Cond) valExpr {
	cond, a, b := c.bol(e.If), c.val(e.Then), c.val(e.Else)
	return func(f *frame) Value {
		if cond(f) {
			return a(f)
		}
		return b(f)
	}
}

// computed compiles an expression whose result is never null.
func (c *compiler) computed(x types.Expr) valExpr {
	switch k := x.Type().Kind; k {
	case types.KindInteger:
		n := c.num(x)
		return func(f *frame) Value { return Value{k: KindInteger, n: n(f)} }
	case types.KindLong:
		n := c.num(x)
		return func(f *frame) Value { return Value{k: KindLong, n: n(f)} }
	case types.KindDouble:
		n := c.flt(x)
		return func(f *frame) Value { return Double(n(f)) }
	case types.KindBoolean:
		b := c.bol(x)
		return func(f *frame) Value { return Bool(b(f)) }
	default:
		c.cost++
		return c.wide(x)
	}
}

// constantValue is the value of a literal.
func constantValue(e *types.Const) Value {
	v := OfScalar(e.Value)
	if v.k == KindNull && e.T.Kind == types.KindString {
		return Value{}
	}
	switch e.T.Kind {
	case types.KindLong:
		return Long(v.Int())
	case types.KindDouble:
		if v.k != KindNull {
			return Double(v.Float())
		}
	}
	return v
}

// rare compiles tokens, describes and context variables.
func (c *compiler) rare(x types.Expr) valExpr {
	pos := x.Pos()
	switch e := x.(type) {
	case *types.Query:
		return c.query(e)
	case *types.Search:
		return c.search(e)
	case *types.SingleRow:
		return c.singleRow(e)
	case *types.TypeLit:
		of := e.Of
		return func(f *frame) Value { return f.t.TypeValue(of) }
	case *types.SObjectTypeToken:
		o := e.Object
		return func(f *frame) Value { return f.t.SObjectType(o) }
	case *types.SObjectFieldToken:
		fd := e.Field
		return func(f *frame) Value { return f.t.SObjectField(fd) }
	case *types.ObjectDescribe:
		o := e.Object
		return func(f *frame) Value { return f.t.ObjectDescribe(o) }
	case *types.FieldDescribe:
		fd := e.Field
		return func(f *frame) Value { return f.t.FieldDescribe(fd) }
	case *types.FieldSetRef:
		o, name := e.Object, e.Name
		return func(f *frame) Value { return f.t.FieldSet(o, name) }
	case *types.EnumConst:
		v := Enum(c.prog.ClassOf(e.Class), e.Ordinal)
		return func(*frame) Value { return v }
	case *types.LabelRef:
		return func(f *frame) Value { f.pos = pos; return f.t.label(e.Namespace, e.Name) }
	case *types.PageRef:
		return func(f *frame) Value {
			f.pos = pos
			return f.t.hook("page.reference", Str(e.Namespace), Str(e.Name))
		}
	case *types.Unresolved:
		return c.unresolved(e)
	case *types.TriggerVar:
		name := e.Name
		return func(f *frame) Value { f.pos = pos; return f.t.triggerVar(name) }
	case *types.SettingCall:
		return c.setting(e)
	default:
		panic(fmt.Sprintf("vm: no rule for %T", x))
	}
}

// num compiles an Integer, Long, Date, Datetime or Time expression that must
// not be null to its number.
func (c *compiler) num(x types.Expr) intExpr {
	switch e := c.known(x).(type) {
	case *types.Const:
		if v := constantValue(e); v.k == KindInteger || v.k == KindLong {
			c.cost++
			n := v.n
			return func(*frame) int64 { return n }
		}
	case *types.Local:
		c.cost++
		slot, pos := e.Slot, e.At
		return func(f *frame) int64 {
			s := &f.l[slot]
			if s.k == KindNull {
				throwNull(f, pos)
			}
			return s.n
		}
	case *types.FieldGet, *types.StaticGet, *types.PropertyGet, *types.Index:
		if n := c.slotNum(x); n != nil {
			return n
		}
	case *types.Binary:
		return c.arith(e)
	case *types.Unary:
		return c.unaryNum(e)
	case *types.Call:
		if e.T.Kind == types.KindInteger || e.T.Kind == types.KindLong {
			c.cost++
			return c.callNum(e)
		}
	case *types.CallLib:
		if n := c.libNum(e); n != nil {
			return n
		}
	case *types.Convert:
		if x.Type().Kind == types.KindLong && e.X.Type().Kind == types.KindInteger {
			return c.num(e.X)
		}
		if x.Type().Kind == types.KindInteger && e.X.Type().Kind == types.KindLong {
			n := c.num(e.X)
			return func(f *frame) int64 { return int64(int32(n(f))) }
		}
	case *types.IncDec:
		if n := c.incDecNum(e); n != nil {
			return n
		}
	case *types.Cond:
		c.cost++
		cond, a, b := c.bol(e.If), c.num(e.Then), c.num(e.Else)
		return func(f *frame) int64 {
			if cond(f) {
				return a(f)
			}
			return b(f)
		}
	}
	v, pos := c.val(x), x.Pos()
	return func(f *frame) int64 {
		n := v(f)
		if n.k == KindNull {
			throwNull(f, pos)
		}
		return n.n
	}
}

// slotNum reads a number that must not be null from where it is kept.
func (c *compiler) slotNum(x types.Expr) intExpr {
	at, pos := c.readSlot(x), x.Pos()
	if at == nil {
		return nil
	}
	c.cost++
	return func(f *frame) int64 {
		s := at(f)
		if s.k == KindNull {
			throwNull(f, pos)
		}
		return s.n
	}
}

// slotFlt reads a Double that must not be null from where it is kept.
func (c *compiler) slotFlt(x types.Expr) fltExpr {
	at, pos := c.readSlot(x), x.Pos()
	if at == nil {
		return nil
	}
	c.cost++
	return func(f *frame) float64 {
		s := at(f)
		if s.k == KindNull {
			throwNull(f, pos)
		}
		return s.Float()
	}
}

// flt compiles a number that must not be null to a Double.
func (c *compiler) flt(x types.Expr) fltExpr {
	switch e := c.known(x).(type) {
	case *types.Const:
		if v := constantValue(e); v.isNumber() {
			c.cost++
			n := v.Float()
			return func(*frame) float64 { return n }
		}
	case *types.Local, *types.FieldGet, *types.StaticGet, *types.PropertyGet, *types.Index:
		if n := c.slotFlt(x); n != nil {
			return n
		}
	case *types.Binary:
		if e.On == types.KindDouble {
			return c.arithFlt(e)
		}
	case *types.Unary:
		if e.Op == syntax.Negate {
			n := c.flt(e.X)
			return func(f *frame) float64 { return -n(f) }
		}
	case *types.Convert:
		if isInt(e.X.Type()) {
			n := c.num(e.X)
			return func(f *frame) float64 { return float64(n(f)) }
		}
	}
	v, pos := c.val(x), x.Pos()
	return func(f *frame) float64 {
		n := v(f)
		if n.k == KindNull {
			throwNull(f, pos)
		}
		return n.Float()
	}
}

// bol compiles a Boolean that must not be null.
func (c *compiler) bol(x types.Expr) bolExpr {
	c.cost++
	switch e := c.known(x).(type) {
	case *types.Const:
		if e.Value.IsNull() {
			break
		}
		b := e.Value.Bool()
		return func(*frame) bool { return b }
	case *types.Compare:
		return c.compare(e)
	case *types.Equal:
		return c.equal(e)
	case *types.Identical:
		a, b, not := c.val(e.X), c.val(e.Y), e.Not
		return func(f *frame) bool { v := a(f); return v.Same(b(f)) != not }
	case *types.Logical:
		a, b := c.bol(e.X), c.bol(e.Y)
		if e.Or {
			return func(f *frame) bool { return a(f) || b(f) }
		}
		return func(f *frame) bool { return a(f) && b(f) }
	case *types.Unary:
		if e.Op == syntax.Not {
			b := c.bol(e.X)
			return func(f *frame) bool { return !b(f) }
		}
	case *types.Binary:
		return c.bitBool(e)
	case *types.InstanceOf:
		v, of := c.val(e.X), e.Of
		return func(f *frame) bool { return f.t.InstanceOf(v(f), of) }
	case *types.CallLib:
		if b := c.libBool(e); b != nil {
			return b
		}
	case *types.Local, *types.FieldGet, *types.StaticGet, *types.Index:
		if n := c.slotNum(x); n != nil {
			return func(f *frame) bool { return n(f) != 0 }
		}
	}
	c.cost--
	v, pos := c.val(x), x.Pos()
	return func(f *frame) bool {
		b := v(f)
		if b.k == KindNull {
			throwNull(f, pos)
		}
		return b.n != 0
	}
}

// safe compiles X?.rest.
func (c *compiler) safe(e *types.Safe) valExpr {
	x, then, slot := c.val(e.X), c.val(e.Then), e.Slot
	return func(f *frame) Value {
		v := x(f)
		if v.k == KindNull {
			return Value{}
		}
		f.l[slot] = v
		return then(f)
	}
}

// named remembers the name of a slot for the binds of dynamic queries.
func (c *compiler) named(e *types.Local) {
	if e.Name != "" && e.Slot < len(c.code.names) {
		c.code.names[e.Slot] = e.Name
	}
}

// vals compiles a list of expressions.
func (c *compiler) vals(xs []types.Expr) []valExpr {
	out := make([]valExpr, len(xs))
	for i, x := range xs {
		out[i] = c.val(x)
	}
	return out
}
