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

// construct binds the forms of new.
func (b *binder) construct(x syntax.Expr) Expr {
	switch x := x.(type) {
	case *syntax.NewObject:
		return b.newObject(x)
	case *syntax.NewRecord:
		return b.newRecord(x)
	case *syntax.NewArray:
		size := b.expr(x.Size)
		if t := size.Type(); t != Integer && t != Invalid {
			b.errorf(x.Size, CodeIllegalAssignment, "Illegal assignment from %s to Integer", t.Name)
		}
		return &NewList{Node: Node{ListOf(b.typeOf(x.Elem)), x.Pos}, Size: size}
	case *syntax.NewList:
		return b.newList(x)
	case *syntax.NewMap:
		return b.newMap(x)
	default:
		return b.invalid(x)
	}
}

func (b *binder) newList(x *syntax.NewList) Expr {
	t := b.typeOf(x.Type)
	switch t.Kind {
	case KindList:
		return &NewList{Node: Node{t, x.Pos}, Items: b.elements(x.Elems, t.Args[0], t)}
	case KindSet:
		return &NewSet{Node: Node{t, x.Pos}, Items: b.elements(x.Elems, t.Args[0], t)}
	case KindMap:
		if len(x.Elems) == 0 {
			return &NewMap{Node: Node{t, x.Pos}}
		}
	case KindInvalid:
		b.exprs(x.Elems)
		return b.invalid(x)
	}
	b.errorf(x, CodeNotConstructible, "Invalid initializer type %s found for %s: expected a List or Set", t.Name, t.Name)
	return b.invalid(x)
}

func (b *binder) elements(list []syntax.Expr, elem, of *Type) []Expr {
	out := make([]Expr, len(list))
	for i, x := range list {
		e := b.expr(x)
		if !b.fits(e, elem) {
			b.errorf(x, CodeIllegalAssignment, "Incompatible element type %s for collection of %s", e.Type().Name, elem.Name)
		}
		out[i] = b.convert(e, elem)
	}
	return out
}

func (b *binder) newMap(x *syntax.NewMap) Expr {
	t := b.typeOf(x.Type)
	e := &NewMap{Node: Node{t, x.Pos}}
	key, val := Invalid, Invalid
	if t.Kind == KindMap {
		key, val = t.Args[0], t.Args[1]
	} else if t != Invalid {
		b.errorf(x, CodeNotConstructible, "Map initializer is not allowed for type: %s", t.Name)
	}
	for _, entry := range x.Entries {
		k, v := b.expr(entry.Key), b.expr(entry.Value)
		if !b.fits(k, key) {
			b.errorf(entry.Key, CodeIllegalAssignment, "Incompatible key type %s for %s", k.Type().Name, t.Name)
		}
		if !b.fits(v, val) {
			b.errorf(entry.Value, CodeIllegalAssignment, "Incompatible value type %s for %s", v.Type().Name, t.Name)
		}
		e.Keys, e.Values = append(e.Keys, b.convert(k, key)), append(e.Values, b.convert(v, val))
	}
	return e
}

// newObject binds new Type(args).
func (b *binder) newObject(x *syntax.NewObject) Expr {
	t := b.typeOf(x.Type)
	args := b.exprs(x.Args)
	if path, ok := flowNamed(x.Type.Names); ok && len(args) == 1 && t != Invalid {
		return b.newInterview(x, t, path, args[0])
	}
	switch {
	case t == Invalid:
		return &Unresolved{Node: Node{Invalid, x.Pos}, Name: "new " + x.Type.String(), Args: args}
	case t.Kind == KindList || t.Kind == KindSet || t.Kind == KindMap:
		return b.newCollection(x, t, args)
	case t.Kind == KindSObject:
		if len(args) > 0 || t.SObject == nil {
			if t.SObject == nil {
				b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
			} else {
				b.noConstructor(x, t, args)
			}
		}
		return &NewSObject{Node: Node{t, x.Pos}}
	case t.Kind == KindClass:
		return b.newInstance(x, t, args)
	case t.Kind == KindInterface:
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	default:
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	}
	return &Const{Node: Node{Invalid, x.Pos}}
}

// newInterview binds new Flow.Interview.Name(variables), which is createInterview
// by that name.
func (b *binder) newInterview(x *syntax.NewObject, t *Type, path []string, variables Expr) Expr {
	args := make([]Expr, 0, 3)
	for _, name := range path {
		args = append(args, &Const{Node: Node{String, x.Pos}, Value: value.OfText(name)})
	}
	args = append(args, variables)
	for _, c := range candidates(t, "createinterview") {
		if len(c.method.Params) == len(args) {
			return &CallLib{Node: Node{t, x.Pos}, Method: c.method, Args: args}
		}
	}
	return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + x.Type.String(), Args: args}
}

func (b *binder) newInstance(x *syntax.NewObject, t *Type, args []Expr) Expr {
	c := t.Class
	if c == exceptionClass() {
		b.errorf(x, CodeNotConstructible, "Type cannot be constructed: %s", t.Name)
	} else if c.Abstract && !c.Lib {
		b.errorf(x, CodeNotConstructible, "Abstract classes cannot be constructed: %s", t.Name)
	}
	b.visibleType(x.Type, c)
	if c.lib != nil && c.lib.opaque && len(c.loadMembers().constructors) == 0 {
		return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + t.Name, Args: args}
	}
	ctor, converted := b.pickConstructor(x, t, args)
	switch {
	case ctor == nil:
		return &Unresolved{Node: Node{t, x.Pos}, Name: "new " + t.Name, Args: args}
	case c.Lib:
		return &NewLib{Node{t, x.Pos}, ctor, converted}
	default:
		return &New{Node{t, x.Pos}, ctor, converted}
	}
}

// newCollection binds new List<T>(...) and its like.
func (b *binder) newCollection(x *syntax.NewObject, t *Type, args []Expr) Expr {
	if len(args) > 1 {
		b.noConstructor(x, t, args)
		return &Const{Node: Node{t, x.Pos}}
	}
	var from Expr
	if len(args) == 1 {
		from = args[0]
		if !b.copyable(from.Type(), t) {
			b.noConstructor(x, t, args)
		}
	}
	at := Node{t, x.Pos}
	switch t.Kind {
	case KindList:
		if from != nil && from.Type() == Integer {
			return &NewList{Node: at, Size: from}
		}
		return &NewList{Node: at, From: from}
	case KindSet:
		if from != nil && from.Type() == Integer {
			return &NewSet{Node: at}
		}
		return &NewSet{Node: at, From: from}
	default:
		return &NewMap{Node: at, From: from}
	}
}

// copyable reports whether a collection can be made from a value of a type.
func (b *binder) copyable(from, t *Type) bool {
	switch {
	case from == Invalid || from == Null:
		return true
	case t.Kind == KindMap:
		if from.Kind == KindMap {
			return argsFit(from, t)
		}
		return from.Kind == KindList && (from.Args[0] == Invalid || from.Args[0].Kind == KindSObject) && (t.Args[1] == Object || t.Args[1] == Invalid || elemFits(from.Args[0], t.Args[1]))
	case from == Integer:
		return true
	case from.Kind == KindList || from.Kind == KindSet:
		return elemFits(from.Args[0], t.Args[0])
	default:
		i := from.as(iterableClass())
		return i != nil && elemFits(i.Args[0], t.Args[0])
	}
}

func (b *binder) noConstructor(n syntax.Node, t *Type, args []Expr) {
	b.errorf(n, CodeUnknownConstructor, "Constructor not defined: [%s].<Constructor>(%s)", t.Name, argNames(typesOf(args)))
}

// newRecord binds new Account(Name = 'x').
func (b *binder) newRecord(x *syntax.NewRecord) Expr {
	t := b.typeOf(x.Type)
	e := &NewSObject{Node: Node{t, x.Pos}}
	if t != Invalid && t.SObject == nil {
		b.errorf(x, CodeNotConstructible, "Invalid constructor syntax, name=value pairs can only be used for SObjects: %s", t.Name)
	}
	unknown := ""
	seen := map[string]bool{}
	for i := range x.Fields {
		f := &x.Fields[i]
		if seen[f.Name.Key()] {
			b.errorf(f.Name, CodeDuplicateField, "Duplicate field initialization: %s", f.Name.Text)
		}
		seen[f.Name.Key()] = true
		if t.SObject == nil {
			b.expr(f.Value)
			continue
		}
		if !b.fieldInit(e, f, t) {
			unknown = t.Name + "." + f.Name.Text
		}
	}
	if t.SObject == nil && unknown == "" {
		unknown = "new " + x.Type.String()
	}
	if unknown != "" {
		return &Unresolved{Node: Node{t, x.Pos}, Name: unknown, Args: nil}
	}
	return e
}

// fieldInit binds one field of a new record; it is false when there is none of
// that name.
func (b *binder) fieldInit(e *NewSObject, f *syntax.FieldInit, t *Type) bool {
	if field := t.SObject.FieldIn(b.ns, f.Name.Text); field != nil {
		v := b.assigned(f.Value, fieldType(field))
		b.writeable(f.Name, field)
		e.Fields = append(e.Fields, FieldInit{field, false, v})
		return true
	}
	if rel := t.SObject.RelationshipIn(b.ns, f.Name.Text); rel != nil {
		v := b.assigned(f.Value, b.program.parentType(rel))
		e.Fields = append(e.Fields, FieldInit{rel, true, v})
		return true
	}
	b.expr(f.Value)
	if where := b.unit.Span(f.Name).String(); !b.program.missing(f.Name.Text, where) && !b.program.partial(t.SObject, where) {
		b.unknownMember(f.Name, CodeUnknownField, "Field does not exist: %s on %s", f.Name.Text, t.Name)
	}
	return false
}
