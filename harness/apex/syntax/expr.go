package syntax

import "github.com/rehearsal-dev/rehearsal/harness/soql/query"

// Expr is an expression: *Name, *Literal, *This, *Super, *FieldAccess,
// *MethodCall, *ConstructorCall, *Index, *Unary, *Postfix, *Binary, *Assign,
// *Ternary, *Cast, *InstanceOf, *Paren, *NewObject, *NewRecord, *NewArray,
// *NewList, *NewMap, *ClassLiteral, *SOQL, *SOSL or *BadExpr.
type Expr interface {
	Node
	expr()
}

// Name is one identifier: a variable, or the head of a dotted name.
type Name struct{ Ident }

// LiteralKind is the type of a literal.
type LiteralKind uint8

// The kinds of literal.
const (
	NullLiteral LiteralKind = iota
	BooleanLiteral
	IntegerLiteral // Int holds it
	LongLiteral    // Int holds it
	DoubleLiteral  // 1.5d: Text holds the digits without the letter
	DecimalLiteral // 1.5: Text holds the digits
	StringLiteral  // Text holds the value, escapes resolved
)

// Literal is a value written in the source.
type Literal struct {
	Range
	Kind LiteralKind
	Bool bool
	Int  int64
	Text string
}

// This is the word this.
type This struct{ Range }

// Super is the word super before a dot.
type Super struct{ Range }

// FieldAccess is X.Name or X?.Name; X may turn out to be a type or namespace.
type FieldAccess struct {
	Range
	X    Expr
	Safe bool // ?.
	Name Ident
}

// MethodCall is Name(Args) or X.Name(Args).
type MethodCall struct {
	Range
	X    Expr // nil for an unqualified call
	Safe bool // ?.
	Name Ident
	Args []Expr
}

// ConstructorCall is this(Args) or super(Args).
type ConstructorCall struct {
	Range
	Super bool
	Args  []Expr
}

// Index is X[Index].
type Index struct {
	Range
	X, Index Expr
}

// Op is an operator.
type Op uint8

// The operators. Compound assignments are an Assign with the operator they
// apply.
const (
	NoOp               Op = iota
	Add                   // +
	Sub                   // -
	Mul                   // *
	Div                   // /
	ShiftLeft             // <<
	ShiftRight            // >>
	ShiftRightUnsigned    // >>>
	BitAnd                // &
	BitOr                 // |
	BitXor                // ^
	AndAlso               // &&
	OrElse                // ||
	Eq                    // ==
	NotEq                 // !=
	AltNotEq              // <>
	Exact                 // ===
	NotExact              // !==
	Lt                    // <
	LtEq                  // <=
	Gt                    // >
	GtEq                  // >=
	Coalesce              // ??
	Not                   // !
	Negate                // - before an operand
	Plus                  // + before an operand
	Complement            // ~
	Increment             // ++
	Decrement             // --
)

// String is the operator as it is written.
func (o Op) String() string { return opText[o] }

var opText = [...]string{
	"", "+", "-", "*", "/", "<<", ">>", ">>>", "&", "|", "^", "&&", "||",
	"==", "!=", "<>", "===", "!==", "<", "<=", ">", ">=", "??", "!", "-", "+", "~", "++", "--",
}

// Unary is an operator before its operand.
type Unary struct {
	Range
	Op Op // Not, Negate, Plus, Complement, Increment, Decrement
	X  Expr
}

// Postfix is X++ or X--.
type Postfix struct {
	Range
	Op Op
	X  Expr
}

// Binary is Left Op Right.
type Binary struct {
	Range
	Op          Op
	OpPos       int32
	Left, Right Expr
}

// Assign is Left = Right, or Left Op= Right.
type Assign struct {
	Range
	Op          Op // NoOp for a plain =
	OpPos       int32
	Left, Right Expr
}

// Ternary is Cond ? Then : Else.
type Ternary struct {
	Range
	Cond, Then, Else Expr
}

// Cast is (Type) X.
type Cast struct {
	Range
	Type *TypeRef
	X    Expr
}

// InstanceOf is X instanceof Type.
type InstanceOf struct {
	Range
	X    Expr
	Type *TypeRef
}

// Paren is (X).
type Paren struct {
	Range
	X Expr
}

// Unparen strips parentheses.
func Unparen(x Expr) Expr {
	for {
		p, ok := x.(*Paren)
		if !ok {
			return x
		}
		x = p.X
	}
}

// NewObject is new Type(Args).
type NewObject struct {
	Range
	Type *TypeRef
	Args []Expr
}

// NewRecord is new Account(Name = 'x'), an sObject with field values.
type NewRecord struct {
	Range
	Type   *TypeRef
	Fields []FieldInit
}

// FieldInit is Name = Value inside a NewRecord.
type FieldInit struct {
	Range
	Name  Ident
	Value Expr
}

// NewArray is new Elem[Size]: a list of Size nulls.
type NewArray struct {
	Range
	Elem *TypeRef
	Size Expr
}

// NewList is new List<X>{...}, new Set<X>{...} or new X[]{...}. For the last,
// Type carries the brackets (Dims).
type NewList struct {
	Range
	Type  *TypeRef
	Elems []Expr
}

// NewMap is new Map<K,V>{k => v, ...}. An empty initialiser is a NewList.
type NewMap struct {
	Range
	Type    *TypeRef
	Entries []MapEntry
}

// MapEntry is Key => Value.
type MapEntry struct{ Key, Value Expr }

// ClassLiteral is Type.class.
type ClassLiteral struct {
	Range
	Type *TypeRef
}

// SOQL is [SELECT ...]. Each query.Bind in it holds an Expr.
type SOQL struct {
	Range
	Query *query.Query
}

// SOSL is [FIND ...].
type SOSL struct {
	Range
	Search *query.Search
}

// BindExpr is the Apex expression of a bind in a SOQL or SOSL literal.
func BindExpr(b *query.Bind) Expr {
	x, _ := b.Expr.(Expr)
	return x
}

// BadExpr stands where no expression could be read.
type BadExpr struct{ Range }

func (*Name) expr()            {}
func (*Literal) expr()         {}
func (*This) expr()            {}
func (*Super) expr()           {}
func (*FieldAccess) expr()     {}
func (*MethodCall) expr()      {}
func (*ConstructorCall) expr() {}
func (*Index) expr()           {}
func (*Unary) expr()           {}
func (*Postfix) expr()         {}
func (*Binary) expr()          {}
func (*Assign) expr()          {}
func (*Ternary) expr()         {}
func (*Cast) expr()            {}
func (*InstanceOf) expr()      {}
func (*Paren) expr()           {}
func (*NewObject) expr()       {}
func (*NewRecord) expr()       {}
func (*NewArray) expr()        {}
func (*NewList) expr()         {}
func (*NewMap) expr()          {}
func (*ClassLiteral) expr()    {}
func (*SOQL) expr()            {}
func (*SOSL) expr()            {}
func (*BadExpr) expr()         {}
