package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Expr is a bound expression.
type Expr interface {
	Type() *Type
	Pos() int32 // byte offset in the body's File
	bound()
}

// Node is the type and place of an expression; every expression embeds it.
type Node struct {
	T  *Type
	At int32
}

// Type is the static type of the expression, Void for calls without a result.
func (n Node) Type() *Type { return n.T }

// Pos is the byte offset of the expression.
func (n Node) Pos() int32 { return n.At }

func (Node) bound() {}

// Const is a literal; null has the type Null.
type Const struct {
	Node
	Value value.Value
}

// Local reads a local variable or parameter; also a target of assignments.
type Local struct {
	Node
	Slot int
	Name string // "" for variables of the compiler's own
}

// This is the instance.
type This struct{ Node }

// FieldGet reads the storage of an instance field; also a target.
type FieldGet struct {
	Node
	X     Expr
	Field *Field
}

// StaticGet reads the storage of a static field; also a target. The class is
// initialised first.
type StaticGet struct {
	Node
	Field *Field
}

// PropertyGet reads a property through its accessor (Field.Get, run on X or
// statically when X is nil); also a target, written through Field.Set. Where
// one of the two is automatic, that direction uses the storage. Accessors with
// Method.Slot >= 0 are dispatched by slot unless Direct is set (super.name).
type PropertyGet struct {
	Node
	X      Expr
	Field  *Field
	Direct bool
}

// LibGet reads a property of a library class; X is nil for static ones. Also a
// target.
type LibGet struct {
	Node
	X     Expr
	Field *Field // LibKey names the property
}

// SObjectGet reads a field of a record, compound fields included; also a
// target. A null X throws. Field is nil for the Id of a record of any type.
type SObjectGet struct {
	Node
	X     Expr
	Field *schema.Field
}

// SObjectParent reads the parent record through a lookup; also a target.
type SObjectParent struct {
	Node
	X     Expr
	Field *schema.Field // the lookup
}

// SObjectChildren reads the child records that a query or JSON put into X.
type SObjectChildren struct {
	Node
	X            Expr
	Object       *schema.Object
	Relationship *schema.ChildRelationship
}

// Index is X[I] on a list; also a target.
type Index struct {
	Node
	X, I Expr
}

// CallMode says how a Call finds what it runs.
type CallMode uint8

// The call modes.
const (
	StaticCall    CallMode = iota // Recv is nil
	DirectCall                    // exactly Method: private and final methods, super.m()
	VirtualCall                   // Recv's class's VTable[Method.Slot]
	InterfaceCall                 // Class.Implementation(Method) of Recv's class
)

// Call calls a method of a user's class or interface.
type Call struct {
	Node
	Mode   CallMode
	Method *Method
	Recv   Expr
	Args   []Expr // already converted to the parameters' types
}

// CallLib calls a library method, found by Method.LibKey. Recv is nil for
// static ones. When the static type is a library interface or a class users
// extend, Recv may be a user's object: run Class.Implementation(Method) of its
// class if there is one. Super is set for super.toString() and its like, which
// must not do so.
type CallLib struct {
	Node
	Method *Method
	Recv   Expr
	Args   []Expr
	Super  bool
}

// New makes an instance of a user's class.
type New struct {
	Node
	Ctor *Method // its Class is what is made
	Args []Expr
}

// NewLib makes an instance of a library class; T is its type.
type NewLib struct {
	Node
	Ctor *Method
	Args []Expr
}

// NewSObject makes a record of the concrete type T.
type NewSObject struct {
	Node
	Fields []FieldInit
}

// FieldInit sets one field of a new record: a value, or with Parent the parent
// record of a lookup.
type FieldInit struct {
	Field  *schema.Field
	Parent bool
	Value  Expr
}

// NewList makes a list of T: of Items, or Size nulls, or a copy of the list,
// set or iterable From.
type NewList struct {
	Node
	Items      []Expr
	Size, From Expr
}

// NewSet makes a set of Items, or of the elements of the list or set From.
type NewSet struct {
	Node
	Items []Expr
	From  Expr
}

// NewMap makes a map of Keys and Values, or a copy of the map From, or of the
// list of records From by their ids.
type NewMap struct {
	Node
	Keys, Values []Expr
	From         Expr
}

// Unary is Negate, Complement or Not on a converted operand.
type Unary struct {
	Node
	Op syntax.Op
	X  Expr
}

// Binary is arithmetic, shift or bit operation. Both operands have been
// converted to On, except: a shift's right operand is Integer or Long, and for
// On KindDate, KindDatetime and KindTime the right operand is a number (days,
// days with fraction, milliseconds) and Op Add or Sub.
type Binary struct {
	Node
	Op   syntax.Op // Add Sub Mul Div ShiftLeft ShiftRight ShiftRightUnsigned BitAnd BitOr BitXor
	On   Kind      // Integer, Long, Double, Decimal, Boolean (bit operations), Date, Datetime, Time
	X, Y Expr
}

// Concat joins the texts of values of any type; null gives "null".
type Concat struct {
	Node
	Parts []Expr
}

// Logical is && or ||, short-circuited.
type Logical struct {
	Node
	Or   bool
	X, Y Expr
}

// Coalesce is X ?? Y.
type Coalesce struct {
	Node
	X, Y Expr
}

// Equal is == or != as Apex compares values: text without case, collections by
// content, objects by equals, ids of 15 and 18 characters alike. On is the kind
// both operands were converted to, KindObject when only the values tell.
type Equal struct {
	Node
	Not  bool
	On   Kind
	X, Y Expr
}

// Identical is === or !==.
type Identical struct {
	Node
	Not  bool
	X, Y Expr
}

// Compare is <, <=, > or >=. On is the kind both operands were converted to.
type Compare struct {
	Node
	Op   syntax.Op
	On   Kind
	X, Y Expr
}

// Cond is If ? Then : Else.
type Cond struct {
	Node
	If, Then, Else Expr
}

// Assign stores Value, already converted, in Target and is that value.
type Assign struct {
	Node
	Target Expr
	Value  Expr
}

// OpAssign applies Op to the target and Value and stores the result. The
// operation is that of Binary on On, or a concatenation for On KindString; its
// result is converted back to the target's type T.
type OpAssign struct {
	Node
	Op     syntax.Op
	On     Kind
	Target Expr
	Value  Expr
}

// IncDec is ++ or --; the value is the new one with Prefix, else the old one.
type IncDec struct {
	Node
	Target    Expr
	Decrement bool
	Prefix    bool
}

// Cast is an explicit cast that must be checked at run time; a failure throws
// TypeException. T is the wanted type.
type Cast struct {
	Node
	X Expr
}

// Convert changes the representation of a scalar without loss of meaning: T is
// the wanted type, X.Type() the given one. Pairs: Integer to Long, Double,
// Decimal; Long to Double, Decimal; Double and Decimal to each other; String to
// Id (checked, throws StringException) and back; Date to Datetime; with a cast
// also number to narrower number. Null stays null.
type Convert struct {
	Node
	X Expr
}

// InstanceOf is X instanceof Of; null gives false.
type InstanceOf struct {
	Node
	X  Expr
	Of *Type
}

// Safe is the null-safe chain X?.rest: when X is null the whole is null,
// otherwise X is kept in Slot and Then, which reads that slot, is the value.
type Safe struct {
	Node
	X    Expr
	Slot int
	Then Expr
}

// QueryMode says what is made of a query's rows.
type QueryMode uint8

// The modes.
const (
	QueryList   QueryMode = iota // a list of records or AggregateResults
	QueryRow                     // exactly one record, else QueryException
	QueryCount                   // SELECT COUNT(): an Integer
	QueryFirst                   // one record or null: [SELECT ...]?.Field
	QueryLocate                  // argument of Database.getQueryLocator
)

// Query is a SOQL literal. Names in Tree resolve in the namespace of the body's
// class.
type Query struct {
	Node
	Tree   *query.Query
	Binds  []Bind
	Mode   QueryMode
	Object *schema.Object // of the FROM clause
}

// SingleRow takes the one record out of the list X, the result of a dynamic
// query assigned to a record; any other number throws QueryException.
type SingleRow struct {
	Node
	X Expr
}

// Unresolved stands for what belongs to a package that is not at hand, or to a
// part of the library whose members are not known. Running it is not
// supported; Name says what it is. Args are what it was called with. Member is
// set of a property of Args[0], an object of a class whose members are not
// known: objects that only hold data can still be filled and read. Method is
// set of a call on Args[0] whose type is not known before it runs.
type Unresolved struct {
	Node
	Name   string
	Args   []Expr
	Member string
	Method string
}

// Search is a SOSL literal.
type Search struct {
	Node
	Tree  *query.Search
	Binds []Bind
}

// Bind is the expression of one bind of a query.
type Bind struct {
	Node *query.Bind
	X    Expr
}

// TypeLit is X.class.
type TypeLit struct {
	Node
	Of *Type
}

// SObjectTypeToken is Account.SObjectType. A nil Object is SObject.SObjectType.
type SObjectTypeToken struct {
	Node
	Object *schema.Object
}

// SObjectFieldToken is Account.Name as a Schema.SObjectField.
type SObjectFieldToken struct {
	Node
	Field *schema.Field
}

// ObjectDescribe is Schema.SObjectType.Account, a describe result.
type ObjectDescribe struct {
	Node
	Object *schema.Object
}

// FieldDescribe is Schema.SObjectType.Account.fields.Name, a describe result.
type FieldDescribe struct {
	Node
	Field *schema.Field
}

// FieldSetRef is Schema.SObjectType.Account.fieldSets.Name.
type FieldSetRef struct {
	Node
	Object *schema.Object
	Name   string // with namespace
}

// EnumConst is a constant of an enum, of a user or of the library.
type EnumConst struct {
	Node
	Class   *Class
	Ordinal int
}

// LabelRef is a custom label.
type LabelRef struct {
	Node
	Namespace, Name string
}

// PageRef is Page.Name, a System.PageReference.
type PageRef struct {
	Node
	Namespace, Name string
}

// TriggerVar is one of the Trigger context variables, by its canonical name:
// "new", "old", "newMap", "oldMap", "isInsert", "isUpdate", "isDelete",
// "isUndelete", "isBefore", "isAfter", "isExecuting", "size", "operationType".
type TriggerVar struct {
	Node
	Name string
}

// SettingCall is a method of a custom setting or custom metadata type:
// getInstance, getValues, getOrgDefaults, getAll; Args as written.
type SettingCall struct {
	Node
	Object *schema.Object
	Method string // canonical spelling
	Args   []Expr
}
