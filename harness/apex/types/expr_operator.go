package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

func (b *binder) unary(x *syntax.Unary) Expr {
	switch x.Op {
	case syntax.Increment, syntax.Decrement:
		return b.incDec(x, x.X, x.Op, true)
	case syntax.Not:
		e := b.expr(x.X)
		if t := e.Type(); t != Boolean && t != Invalid {
			b.errorf(x, CodeIncompatible, "NOT operator can only be applied to Boolean expressions: %s", t.Name)
		}
		return &Unary{Node{Boolean, x.Pos}, syntax.Not, e}
	}
	if l, ok := x.X.(*syntax.Literal); ok && x.Op == syntax.Negate {
		if c := negative(l, x.Pos); c != nil {
			return c
		}
	}
	e := b.expr(x.X)
	t := e.Type()
	if x.Op == syntax.Plus && t == String {
		return e
	}
	if t != Invalid && (!t.IsNumber() || x.Op == syntax.Complement && t.Kind > KindLong) {
		b.errorf(x, CodeIncompatible, "Arithmetic expressions must use numeric arguments")
		t = Invalid
	}
	if x.Op == syntax.Plus {
		return e
	}
	return &Unary{Node{t, x.Pos}, x.Op, e}
}

// negative folds a minus into a literal, so that the smallest numbers can be
// written.
func negative(l *syntax.Literal, at int32) Expr {
	switch l.Kind {
	case syntax.IntegerLiteral:
		return &Const{Node{Integer, at}, value.OfInt(int32(-l.Int))}
	case syntax.LongLiteral:
		return &Const{Node{Long, at}, value.OfLong(-l.Int)}
	default:
		return nil
	}
}

func (b *binder) incDec(x syntax.Node, operand syntax.Expr, op syntax.Op, prefix bool) Expr {
	e := b.expr(operand)
	t := e.Type()
	if t != Invalid && !t.IsNumber() {
		b.errorf(x, CodeIncompatible, "Arithmetic expressions must use numeric arguments")
		t = Invalid
	}
	b.target(operand, e)
	return &IncDec{Node{t, posOf(x)}, e, op == syntax.Decrement, prefix}
}

func (b *binder) binary(x *syntax.Binary) Expr {
	if x.Op == syntax.Add {
		if e := b.chain(x); e != nil {
			return e
		}
	}
	left, right := b.expr(x.Left), b.expr(x.Right)
	return b.apply(x, left, right)
}

// chain binds a long row of additions without recursion as deep as it is long.
func (b *binder) chain(x *syntax.Binary) Expr {
	var row []*syntax.Binary
	var first syntax.Expr = x
	for {
		y, ok := first.(*syntax.Binary)
		if !ok || y.Op != syntax.Add {
			break
		}
		row = append(row, y)
		first = y.Left
	}
	if len(row) < 2 {
		return nil
	}
	e := b.expr(first)
	for i := len(row) - 1; i >= 0; i-- {
		e = b.apply(row[i], e, b.expr(row[i].Right))
	}
	return e
}

func (b *binder) apply(x *syntax.Binary, left, right Expr) Expr {
	switch x.Op {
	case syntax.AndAlso, syntax.OrElse:
		return b.logical(x, left, right)
	case syntax.Eq, syntax.NotEq, syntax.AltNotEq, syntax.Exact, syntax.NotExact:
		return b.equality(x, left, right)
	case syntax.Lt, syntax.LtEq, syntax.Gt, syntax.GtEq:
		return b.comparison(x, left, right)
	case syntax.Coalesce:
		return b.coalesce(x, left, right)
	default:
		return b.arithmetic(x, x.Op, left, right)
	}
}

func (b *binder) logical(x *syntax.Binary, left, right Expr) Expr {
	word := "AND"
	if x.Op == syntax.OrElse {
		word = "OR"
	}
	for _, e := range []Expr{left, right} {
		if t := e.Type(); t != Boolean && t != Invalid {
			b.errorf(x, CodeIncompatible, "%s operator can only be applied to Boolean expressions: %s", word, t.Name)
			break
		}
	}
	return &Logical{Node{Boolean, x.Pos}, x.Op == syntax.OrElse, left, right}
}

func (b *binder) coalesce(x *syntax.Binary, left, right Expr) Expr {
	if q, ok := left.(*Query); ok && q.Mode == QueryList && q.T.Kind == KindList && right.Type().Kind != KindList {
		q.Mode, q.T = QueryFirst, q.T.Args[0]
	}
	t := b.common(left, right)
	if t == nil {
		b.errorf(x, CodeIncompatible, "Incompatible types in null coalescing operator: %s, %s", left.Type().Name, right.Type().Name)
		t = Invalid
	}
	return &Coalesce{Node{t, x.Pos}, b.convert(left, t), b.convert(right, t)}
}

func (b *binder) equality(x *syntax.Binary, left, right Expr) Expr {
	not := x.Op == syntax.NotEq || x.Op == syntax.AltNotEq || x.Op == syntax.NotExact
	if x.Op == syntax.Exact || x.Op == syntax.NotExact {
		if s, t := left.Type(), right.Type(); s == Void || t == Void { // values of primitive types are compared too
			b.errorf(x, CodeIncompatible, "Comparison arguments must be compatible types: %s, %s", s.Name, t.Name)
		}
		return &Identical{Node{Boolean, x.Pos}, not, left, right}
	}
	left, right, on := b.operands(x, left, right)
	return &Equal{Node{Boolean, x.Pos}, not, on, left, right}
}

// operands converts two operands of a comparison to one kind.
func (b *binder) operands(x *syntax.Binary, left, right Expr) (l, r Expr, on Kind) {
	if isQuery(left) && right.Type().Kind == KindSObject {
		left = row(left, right.Type())
	}
	if isQuery(right) && left.Type().Kind == KindSObject {
		right = row(right, left.Type())
	}
	s, t := left.Type(), right.Type()
	switch {
	case s != Void && t != Void && (s == Invalid || t == Invalid || s == Null || t == Null):
		return left, right, KindObject
	case s.IsNumber() && t.IsNumber():
		n := numeric(s, t)
		return b.convert(left, n), b.convert(right, n), n.Kind
	case s == t:
		return left, right, s.Kind
	case s == Date && t == Datetime, s == Datetime && t == Date:
		return b.convert(left, Datetime), b.convert(right, Datetime), KindDatetime
	case s == ID && t == String, s == String && t == ID:
		return left, right, KindID
	case s == Void || t == Void || !comparable(s, t):
		b.errorf(x, CodeIncompatible, "Comparison arguments must be compatible types: %s, %s", s.Name, t.Name)
	}
	return left, right, KindObject
}

func comparable(s, t *Type) bool {
	if castable(s, t) {
		return true
	}
	// Tokens and enums of the library whose types the tables do not know well.
	return s.Class != nil && t.Class != nil && (s.Class.hidden() || t.Class.hidden())
}

func (b *binder) comparison(x *syntax.Binary, left, right Expr) Expr {
	l, r, on := b.operands(x, left, right)
	for _, e := range []Expr{l, r} {
		if t := e.Type(); !ordered(t) {
			b.errorf(x, CodeIncompatible, "Comparison arguments must be compatible types: %s, %s", left.Type().Name, right.Type().Name)
			break
		}
	}
	return &Compare{Node{Boolean, x.Pos}, x.Op, on, l, r}
}

func ordered(t *Type) bool {
	switch t.Kind {
	case KindInvalid, KindNull, KindString, KindID, KindDate, KindDatetime, KindTime, KindObject, KindEnum:
		return true
	default:
		return t.IsNumber()
	}
}

// arithmetic is + - * / and the shifts and bit operations, also for compound
// assignment.
func (b *binder) arithmetic(x syntax.Node, op syntax.Op, left, right Expr) Expr {
	s, t := left.Type(), right.Type()
	at := posOf(x)
	switch {
	case s == Invalid || t == Invalid:
		if op == syntax.Add && (s == String || t == String) {
			return &Concat{Node{String, at}, []Expr{left, right}}
		}
		return &Binary{Node{Invalid, at}, op, KindInvalid, left, right}
	case op == syntax.Add && (s == String || t == String) && s != Void && t != Void:
		return concat(left, right, at)
	case op == syntax.Add && (s == ID || t == ID) && s != Void && t != Void:
		return concat(left, right, at)
	case op >= syntax.ShiftLeft && op <= syntax.BitXor:
		return b.bits(x, op, left, right)
	case s == Date || s == Datetime || s == Time:
		return b.dateArithmetic(x, op, left, right)
	}
	if s == Null && t.IsNumber() {
		s = t
	}
	if t == Null && s.IsNumber() {
		t = s
	}
	if !s.IsNumber() || !t.IsNumber() {
		b.errorf(x, CodeIncompatible, "Arithmetic expressions must use numeric arguments")
		return &Binary{Node{Invalid, at}, op, KindInvalid, left, right}
	}
	n := numeric(s, t)
	return &Binary{Node{n, at}, op, n.Kind, b.convert(left, n), b.convert(right, n)}
}

// concat joins texts; a row of them becomes one node, which grows: it is nobody
// else's.
func concat(left, right Expr, at int32) Expr {
	if c, ok := left.(*Concat); ok {
		c.At, c.Parts = at, append(c.Parts, right)
		return c
	}
	return &Concat{Node{String, at}, []Expr{left, right}}
}

func (b *binder) bits(x syntax.Node, op syntax.Op, left, right Expr) Expr {
	s, t := left.Type(), right.Type()
	at := posOf(x)
	whole := func(t *Type) bool { return t == Integer || t == Long }
	switch {
	case op >= syntax.BitAnd && s == Boolean && t == Boolean:
		return &Binary{Node{Boolean, at}, op, KindBoolean, left, right}
	case !whole(s) || !whole(t):
		b.errorf(x, CodeIncompatible, "Bitwise operator only allowed on Integer/Long/Boolean types")
		return &Binary{Node{Invalid, at}, op, KindInvalid, left, right}
	case op < syntax.BitAnd:
		return &Binary{Node{s, at}, op, s.Kind, left, right}
	default:
		n := numeric(s, t)
		return &Binary{Node{n, at}, op, n.Kind, b.convert(left, n), b.convert(right, n)}
	}
}

func (b *binder) dateArithmetic(x syntax.Node, op syntax.Op, left, right Expr) Expr {
	s, t := left.Type(), right.Type()
	ok := (op == syntax.Add || op == syntax.Sub) && t.IsNumber()
	if s != Datetime && t.Kind > KindLong {
		ok = false
	}
	if !ok {
		b.errorf(x, CodeIncompatible, "Date/time expressions must use Integer or Long or Double or Decimal")
		s = Invalid
	}
	return &Binary{Node{s, posOf(x)}, op, left.Type().Kind, left, right}
}

// assign binds = and the compound assignments.
func (b *binder) assign(x *syntax.Assign) Expr {
	if x.Op == syntax.NoOp {
		b.writing = x.Left
	}
	left := b.expr(x.Left)
	b.writing = nil
	if set := setter(x, left); set != nil {
		return &CallLib{Node: Node{Void, x.Pos}, Method: set, Recv: left.(*CallLib).Recv, Args: []Expr{b.assigned(x.Right, set.Params[0].Type)}}
	}
	t := left.Type()
	b.target(x.Left, left)
	if x.Op == syntax.NoOp {
		return &Assign{Node{t, x.Pos}, left, b.assigned(x.Right, t)}
	}
	right := b.expr(x.Right)
	if t == Boolean && right.Type() == Boolean || t == String && x.Op == syntax.Add {
		return &OpAssign{Node{t, x.Pos}, x.Op, t.Kind, left, right}
	}
	result := b.arithmetic(x, x.Op, left, right)
	n := result.Type()
	if n != Invalid && t != Invalid && !assignable(n, t) {
		b.errorf(x, CodeIllegalAssignment, "Illegal assignment from %s to %s", n.Name, t.Name)
	}
	e := &OpAssign{Node{t, x.Pos}, x.Op, t.Kind, left, right}
	if bin, ok := result.(*Binary); ok {
		e.On, e.Value = bin.On, bin.Y
	} else if _, ok := result.(*Concat); ok {
		e.On = KindString
	}
	return e
}

// setter finds the method behind an assignment to a library object's property
// that is a pair of methods (mail.subject = 'x').
func setter(x *syntax.Assign, left Expr) *Method {
	c, ok := left.(*CallLib)
	field, isField := x.Left.(*syntax.FieldAccess)
	if !ok || !isField || x.Op != syntax.NoOp || c.Recv == nil {
		return nil
	}
	for _, m := range candidates(c.Recv.Type(), "set"+field.Name.Key()) {
		if len(m.method.Params) == 1 {
			return m.method
		}
	}
	return nil
}

// target checks that something can be assigned.
func (b *binder) target(x syntax.Expr, e Expr) {
	switch e := e.(type) {
	case *Local:
		if v := b.find(syntax.Ident{Text: e.Name}); e.Name != "" && v != nil && v.final {
			b.broken(x, CodeFinal, "Final variable has already been initialized: %s", e.Name)
		} else if v != nil && v.blank {
			v.final, v.blank = true, false
		}
	case *FieldGet:
		b.finalField(x, e.Field)
	case *StaticGet:
		b.finalField(x, e.Field)
	case *PropertyGet:
		b.settable(x, e.Field)
	case *LibGet, *Index, *Unresolved:
	case *SObjectGet:
		if e.Field != nil {
			b.writeable(x, e.Field)
		}
	case *SObjectParent:
	case *Const:
		if e.T != Invalid {
			b.errorf(x, CodeInvalidExpression, "Expression cannot be assigned")
		}
	case *Safe:
		b.errorf(x, CodeInvalidExpression, "Expression cannot be assigned: safe navigation operator cannot be used as the target of an assignment")
	default:
		if e.Type() != Invalid {
			b.errorf(x, CodeInvalidExpression, "Expression cannot be assigned")
		}
	}
}

func (b *binder) finalField(x syntax.Node, f *Field) {
	v, _ := f.Decl.(*syntax.Var)
	switch {
	case !f.Final:
	case !(b.init && b.class.below(f.Class)) || f.Static && !b.static:
		b.broken(x, CodeFinal, "Final members can only be assigned in their declaration, init blocks, or constructors: %s", f.Name)
	case v != nil && v.Init != nil:
		b.broken(x, CodeFinal, "Final variable has already been initialized: %s", f.Name)
	}
	if f.Property {
		b.settable(x, f)
	}
}

// settable checks that a property can be written from here.
func (b *binder) settable(x syntax.Node, f *Field) {
	switch {
	case f.Class.Lib:
	case !f.CanSet && !(f.Class == b.class && (b.init || b.method != nil && b.method.property == f)):
		b.broken(x, CodeNotWriteable, "Variable is not writeable: %s", f.Name)
	case !b.visibleAccessor(f, f.SetAccess):
		b.broken(x, CodeNotVisible, "Variable is not visible: %s", f.Name)
	}
}
