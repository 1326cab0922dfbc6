package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// expr binds an expression as a value.
func (b *binder) expr(x syntax.Expr) Expr {
	b.depth++
	defer func() { b.depth-- }()
	if b.depth > maxNesting {
		b.errorf(x, CodeInvalidExpression, "Expression is nested too deeply")
		return b.invalid(x)
	}
	switch x := x.(type) {
	case *syntax.Name, *syntax.FieldAccess, *syntax.MethodCall, *syntax.Index:
		return b.value(x, b.operand(x))
	case *syntax.Paren:
		return b.expr(x.X)
	case *syntax.Literal:
		return b.literal(x)
	case *syntax.This:
		if b.static {
			b.errorf(x, CodeStaticContext, "this cannot be referenced in a static context")
			return b.invalid(x)
		}
		return b.self(x.Pos)
	case *syntax.Super:
		b.errorf(x, CodeInvalidExpression, "super can only be used to call a method")
		return b.invalid(x)
	case *syntax.Unary:
		return b.unary(x)
	case *syntax.Postfix:
		return b.incDec(x, x.X, x.Op, false)
	case *syntax.Binary:
		return b.binary(x)
	case *syntax.Assign:
		return b.assign(x)
	case *syntax.Ternary:
		return b.ternary(x)
	case *syntax.Cast:
		return b.cast(x)
	case *syntax.InstanceOf:
		return b.instanceOf(x)
	case *syntax.NewObject, *syntax.NewRecord, *syntax.NewArray, *syntax.NewList, *syntax.NewMap:
		return b.construct(x)
	case *syntax.ClassLiteral:
		return &TypeLit{Node{libraryType("system.type"), x.Pos}, b.resolve(x.Type)}
	case *syntax.SOQL:
		return b.soql(x)
	case *syntax.SOSL:
		return b.sosl(x)
	case *syntax.ConstructorCall:
		b.errorf(x, CodeInvalidStatement, "Call to 'this()' or 'super()' must be the first statement in a constructor")
		return b.invalid(x)
	default:
		b.unread(x)
		return b.invalid(x)
	}
}

func (b *binder) exprs(list []syntax.Expr) []Expr {
	out := make([]Expr, len(list))
	for i, x := range list {
		out[i] = b.expr(x)
	}
	return out
}

func typesOf(list []Expr) []*Type {
	out := make([]*Type, len(list))
	for i, e := range list {
		out[i] = e.Type()
	}
	return out
}

// invalid stands for an expression that has given its error.
func (b *binder) invalid(x syntax.Node) Expr { return &Const{Node: Node{Invalid, posOf(x)}} }

func posOf(x syntax.Node) int32 {
	if x == nil {
		return 0
	}
	return x.At().Pos
}

func (b *binder) literal(x *syntax.Literal) Expr {
	c := &Const{Node: Node{Null, x.Pos}}
	switch x.Kind {
	case syntax.BooleanLiteral:
		c.T, c.Value = Boolean, value.OfBool(x.Bool)
	case syntax.IntegerLiteral:
		c.T, c.Value = Integer, value.OfInt(int32(x.Int))
	case syntax.LongLiteral:
		c.T, c.Value = Long, value.OfLong(x.Int)
	case syntax.DoubleLiteral:
		d, _ := value.ParseDec(x.Text)
		c.T, c.Value = Double, value.OfDouble(d.Float64())
	case syntax.DecimalLiteral:
		d, _ := value.ParseDec(x.Text)
		c.T, c.Value = Decimal, value.OfDecimal(d)
	case syntax.StringLiteral:
		c.T, c.Value = String, value.OfText(x.Text)
	}
	return c
}

// assigned binds an initial value or the right side of an assignment.
func (b *binder) assigned(x syntax.Expr, to *Type) Expr {
	e := b.expr(x)
	if !b.fits(e, to) {
		b.misfit(x, CodeIllegalAssignment, "Illegal assignment from %s to %s", e.Type(), to)
	}
	return b.convert(e, to)
}

// fits reports whether a value may be assigned to a type, rows of queries to
// records included.
func (b *binder) fits(e Expr, to *Type) bool { return exprCost(e, to) >= 0 }

// exprCost is conversionCost with what is special about some expressions.
func exprCost(e Expr, to *Type) int {
	t := e.Type()
	if c := conversionCost(t, to); c >= 0 {
		return c
	}
	if t == Void && to == Object && isCollectionCall(e) {
		return 50
	}
	if to.Kind == KindSObject && t.Kind == KindList && t.Args[0].Kind == KindSObject && isQuery(e) && elemFits(t.Args[0], to) {
		return 40
	}
	return -1
}

// isCollectionCall reports whether an expression calls a method of a list, set
// or map. Those without a result can be used where an Object is wanted, and give
// null (from a public library).
func isCollectionCall(e Expr) bool {
	c, ok := e.(*CallLib)
	if !ok || c.Recv == nil {
		return false
	}
	switch c.Recv.Type().Kind {
	case KindList, KindSet, KindMap:
		return true
	default:
		return false
	}
}

// isQuery reports whether an expression is a query whose single row may be
// taken: a literal or Database.query.
func isQuery(e Expr) bool {
	switch e := e.(type) {
	case *Query:
		return e.Mode == QueryList
	case *CallLib:
		return strings.HasPrefix(e.Method.LibKey, "System.Database.query")
	default:
		return false
	}
}

// convert makes a value one of the type wanted, which it fits.
func (b *binder) convert(e Expr, to *Type) Expr {
	from := e.Type()
	if from == to || from == Invalid || to == Invalid || from == Null {
		return e
	}
	if from.Kind == KindList && to.Kind == KindSObject {
		return row(e, to)
	}
	if c, ok := e.(*Const); ok {
		if v, ok := widened(c.Value, to); ok {
			return &Const{Node{to, e.Pos()}, v}
		}
	}
	switch {
	case from.IsNumber() && to.IsNumber(),
		from == String && to == ID, from == ID && to == String,
		from == Date && to == Datetime:
		return &Convert{Node{to, e.Pos()}, e}
	default:
		return e
	}
}

// widened is a constant whole number as a wider type.
func widened(v value.Value, to *Type) (value.Value, bool) {
	if v.Kind() != value.Int && v.Kind() != value.Long {
		return v, false
	}
	switch to.Kind {
	case KindLong:
		return value.OfLong(v.Int64()), true
	case KindDouble:
		return value.OfDouble(float64(v.Int64())), true
	case KindDecimal:
		return value.OfDecimal(value.NewDec(v.Int64(), 0)), true
	default:
		return v, false
	}
}

// row takes the single record of a query.
func row(e Expr, to *Type) Expr {
	if q, ok := e.(*Query); ok {
		q.Mode, q.T = QueryRow, q.T.Args[0]
		return q
	}
	if isQuery(e) {
		return &SingleRow{Node{to, e.Pos()}, e}
	}
	return e
}

func (b *binder) ternary(x *syntax.Ternary) Expr {
	e := &Cond{Node{Invalid, x.Pos}, b.condition(x.Cond), b.expr(x.Then), b.expr(x.Else)}
	t := b.common(e.Then, e.Else)
	if t == nil {
		b.errorf(x, CodeIncompatible, "Incompatible types in ternary operator: %s, %s", e.Then.Type().Name, e.Else.Type().Name)
		return e
	}
	e.T, e.Then, e.Else = t, b.convert(e.Then, t), b.convert(e.Else, t)
	return e
}

// common is the type that two branches share, nil for none.
func (b *binder) common(x, y Expr) *Type {
	s, t := x.Type(), y.Type()
	switch {
	case s == Void || t == Void:
		return nil
	case s == t:
		return s
	case s == Invalid || t == Invalid:
		return Invalid
	case s == Null:
		return t
	case t == Null:
		return s
	case s.IsNumber() && t.IsNumber():
		return numeric(s, t)
	case s == ID && t == String, s == String && t == ID:
		return String
	case b.fits(x, t):
		return t
	case b.fits(y, s):
		return s
	case s.Kind == KindSObject && t.Kind == KindSObject:
		return SObject
	case s.IsReference() && t.IsReference():
		return shared(s, t)
	default:
		return nil
	}
}

// shared is the nearest class above two, or Object.
func shared(s, t *Type) *Type {
	for c := s.Class; c != nil; c = c.superClass() {
		if subtype(t, c.typ) {
			return c.typ
		}
	}
	return Object
}

func (b *binder) cast(x *syntax.Cast) Expr {
	t := b.typeOf(x.Type)
	e := b.expr(x.X)
	from := e.Type()
	if from == t || t == Invalid || from == Invalid {
		return retyped(e, t)
	}
	if from == Null {
		return &Cast{Node{t, x.Pos}, e}
	}
	if b.fits(e, t) {
		if c := b.convert(e, t); c != e || from.Kind == KindList && t.Kind == KindSObject {
			return c
		}
		return &Cast{Node{t, x.Pos}, e}
	}
	if !castable(from, t) {
		b.errorf(x, CodeIncompatible, "Incompatible types since an instance of %s is never an instance of %s", from.Name, t.Name)
		return retyped(e, t)
	}
	if from.IsNumber() && t.IsNumber() {
		return &Convert{Node{t, x.Pos}, e}
	}
	return &Cast{Node{t, x.Pos}, e}
}

func retyped(e Expr, t *Type) Expr {
	if e.Type() == t {
		return e
	}
	return &Cast{Node{t, e.Pos()}, e}
}

func (b *binder) instanceOf(x *syntax.InstanceOf) Expr {
	e := &InstanceOf{Node{Boolean, x.Pos}, b.expr(x.X), b.typeOf(x.Type)}
	from := e.X.Type()
	switch {
	case from == Invalid || e.Of == Invalid || from == Null:
	case alwaysIs(from, e.Of):
		b.broken(x, CodeIncompatible, "Operation instanceof is always true since an instance of %s is always an instance of %s", from.Name, e.Of.Name)
	case !castable(from, e.Of):
		b.broken(x, CodeIncompatible, "Operation instanceof is always false as an instance of %s is never an instance of %s", from.Name, e.Of.Name)
	}
	return e
}

// alwaysIs reports whether every value of a type is one of another, so that to
// ask is an error.
func alwaysIs(a, b *Type) bool {
	if a == b {
		return len(a.Args) == 0
	}
	return a.Kind == KindClass && b.Kind == KindClass && !a.Class.Lib && !b.Class.Lib && a.Class.below(b.Class)
}
