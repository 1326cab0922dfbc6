package syntax

import (
	"github.com/rehearsal-dev/rehearsal/harness/dml"
)

// Stmt is a statement: *Block, *LocalVar, *ExprStmt, *If, *While, *DoWhile,
// *For, *ForEach, *Switch, *Return, *Throw, *Break, *Continue, *Try, *DML,
// *RunAs or *BadStmt.
type Stmt interface {
	Node
	stmt()
}

// Block is { ... }.
type Block struct {
	Range
	Stmts []Stmt
}

// LocalVar declares one or more local variables of one type.
type LocalVar struct {
	Range
	Modifiers Modifiers // final, and annotations such as @SuppressWarnings
	Type      *TypeRef
	Vars      []Var
}

// ExprStmt is an expression used as a statement: a call, an assignment, an
// increment or a new.
type ExprStmt struct {
	Range
	X Expr
}

// If is if (Cond) Then else Else.
type If struct {
	Range
	Cond Expr
	Then Stmt
	Else Stmt // nil without
}

// While is while (Cond) Body.
type While struct {
	Range
	Cond Expr
	Body Stmt // nil for "while (c);"
}

// DoWhile is do Body while (Cond);
type DoWhile struct {
	Range
	Body Stmt
	Cond Expr
}

// For is the loop with three parts; each may be missing. Exactly one of Decl
// and Init is set when there is a first part.
type For struct {
	Range
	Decl *LocalVar
	Init []Expr
	Cond Expr
	Post []Expr
	Body Stmt // nil for "for (;;);"
}

// ForEach is for (Type Name : Over) Body; over a query literal it is a SOQL
// for loop, and a list type then asks for batches.
type ForEach struct {
	Range
	Modifiers Modifiers
	Type      *TypeRef // nil for the form "for (name : over)", which reuses a variable
	Name      Ident
	Over      Expr
	Body      Stmt
}

// Switch is switch on X { when ... }.
type Switch struct {
	Range
	X     Expr
	Whens []*When
}

// When is one branch of a switch. One of Values, Type and Else is set.
type When struct {
	Range
	Values []Expr   // literals, negated numbers, enum names as *Name
	Type   *TypeRef // when Account a
	Name   Ident    // the variable of a type pattern
	Else   bool
	Body   *Block
}

// Return is return X; X may be nil.
type Return struct {
	Range
	X Expr
}

// Throw is throw X;
type Throw struct {
	Range
	X Expr
}

// Break leaves a loop.
type Break struct{ Range }

// Continue goes to the next turn of a loop.
type Continue struct{ Range }

// Try has catches, a finally block, or both.
type Try struct {
	Range
	Body    *Block
	Catches []*Catch
	Finally *Block
}

// Catch is catch (Type Name) Body.
type Catch struct {
	Range
	Type *TypeRef
	Name Ident
	Body *Block
}

// AccessMode is the "as user" or "as system" of a DML statement.
type AccessMode uint8

// The modes; the default runs in system mode without field checks.
const (
	DefaultMode AccessMode = iota
	UserMode
	SystemMode
)

// DML is insert, update, upsert, delete, undelete or merge as a statement.
type DML struct {
	Range
	Op    dml.Op
	Mode  AccessMode
	X     Expr
	Field *TypeRef // upsert: the external id field, dotted names allowed; nil without
	With  Expr     // merge: the records merged into X
}

// RunAs is System.runAs(user) { ... }.
type RunAs struct {
	Range
	Args []Expr
	Body *Block
}

// BadStmt stands where no statement could be read.
type BadStmt struct{ Range }

func (*Block) stmt()    {}
func (*LocalVar) stmt() {}
func (*ExprStmt) stmt() {}
func (*If) stmt()       {}
func (*While) stmt()    {}
func (*DoWhile) stmt()  {}
func (*For) stmt()      {}
func (*ForEach) stmt()  {}
func (*Switch) stmt()   {}
func (*Return) stmt()   {}
func (*Throw) stmt()    {}
func (*Break) stmt()    {}
func (*Continue) stmt() {}
func (*Try) stmt()      {}
func (*DML) stmt()      {}
func (*RunAs) stmt()    {}
func (*BadStmt) stmt()  {}
