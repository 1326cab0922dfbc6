package syntax

import (
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// Member is what a type's body holds: *ClassDecl, *InterfaceDecl, *EnumDecl,
// *FieldDecl, *PropertyDecl, *MethodDecl, *ConstructorDecl, *InitBlock or
// *BadMember.
type Member interface {
	Node
	member()
}

// TypeDecl is *ClassDecl, *InterfaceDecl or *EnumDecl.
type TypeDecl interface {
	Member
	TypeName() Ident
	TypeModifiers() *Modifiers
}

// ClassDecl is a class, at the top or inside another.
type ClassDecl struct {
	Range
	Modifiers  Modifiers
	Name       Ident
	TypeParams []Ident  // class Box<T>, which the parser takes and the platform keeps to itself
	Extends    *TypeRef // nil without
	Implements []*TypeRef
	Members    []Member
	Body       Range // from { to }
}

// InterfaceDecl is an interface; its members are methods without bodies.
type InterfaceDecl struct {
	Range
	Modifiers  Modifiers
	Name       Ident
	TypeParams []Ident
	Extends    []*TypeRef // at most one in the platform's grammar
	Members    []Member
	Body       Range
}

// EnumDecl is an enum with its values in order.
type EnumDecl struct {
	Range
	Modifiers Modifiers
	Name      Ident
	Values    []Ident
	Body      Range
}

// FieldDecl declares one or more fields of one type.
type FieldDecl struct {
	Range
	Modifiers Modifiers
	Type      *TypeRef
	Vars      []Var
}

// Var is one name of a declaration, with its initial value if any.
type Var struct {
	Range
	Name Ident
	Init Expr // nil without
}

// PropertyDecl is a property with one or two accessors.
type PropertyDecl struct {
	Range
	Modifiers Modifiers
	Type      *TypeRef
	Name      Ident
	Get, Set  *Accessor // nil where not written
}

// Accessor is get or set of a property; Body is nil for an automatic one.
type Accessor struct {
	Range
	Modifiers Modifiers
	Body      *Block
}

// MethodDecl is a method; Body is nil for abstract ones and in interfaces.
type MethodDecl struct {
	Range
	Modifiers Modifiers
	Return    *TypeRef // IsVoid for void
	Name      Ident
	Params    []Param
	Body      *Block
}

// ConstructorDecl is a constructor. An explicit this(...) or super(...) is the
// first statement of its body, an ExprStmt of a *ConstructorCall.
type ConstructorDecl struct {
	Range
	Modifiers Modifiers
	Name      Ident
	Params    []Param
	Body      *Block
}

// Param is a parameter of a method or constructor.
type Param struct {
	Range
	Modifiers Modifiers
	Type      *TypeRef
	Name      Ident
}

// InitBlock is an initialiser block, static or of the instance.
type InitBlock struct {
	Range
	Static bool
	Body   *Block
}

// BadMember stands where no member could be read.
type BadMember struct{ Range }

// TriggerEventWord is an event with its place.
type TriggerEventWord struct {
	Range
	Event dml.Event
}

// TriggerDecl is a trigger. Items holds its statements and, since triggers may
// declare methods, variables and types of their own, its members.
type TriggerDecl struct {
	Range
	Name   Ident
	Object Ident
	Events []TriggerEventWord
	Items  []Node // Stmt or Member, in source order
	Body   Range  // from { to }
}

func (*ClassDecl) member()       {}
func (*InterfaceDecl) member()   {}
func (*EnumDecl) member()        {}
func (*FieldDecl) member()       {}
func (*PropertyDecl) member()    {}
func (*MethodDecl) member()      {}
func (*ConstructorDecl) member() {}
func (*InitBlock) member()       {}
func (*BadMember) member()       {}

// TypeName is the name of the declared class.
func (d *ClassDecl) TypeName() Ident { return d.Name }

// TypeName is the name of the declared interface.
func (d *InterfaceDecl) TypeName() Ident { return d.Name }

// TypeName is the name of the declared enum.
func (d *EnumDecl) TypeName() Ident { return d.Name }

// TypeModifiers is what stands before the class.
func (d *ClassDecl) TypeModifiers() *Modifiers { return &d.Modifiers }

// TypeModifiers is what stands before the interface.
func (d *InterfaceDecl) TypeModifiers() *Modifiers { return &d.Modifiers }

// TypeModifiers is what stands before the enum.
func (d *EnumDecl) TypeModifiers() *Modifiers { return &d.Modifiers }
