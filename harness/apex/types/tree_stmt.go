package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Stmt is a bound statement.
type Stmt interface {
	Pos() int32
	boundStmt()
}

// StmtNode is the place of a statement; every statement embeds it.
type StmtNode struct{ At int32 }

// Pos is the byte offset of the statement.
func (n StmtNode) Pos() int32 { return n.At }

func (StmtNode) boundStmt() {}

// ExprStmt evaluates X and drops the value.
type ExprStmt struct {
	StmtNode
	X Expr
}

// LocalInit declares a local; without Init it becomes null.
type LocalInit struct {
	StmtNode
	Slot int
	Init Expr
}

// Block is a sequence.
type Block struct {
	StmtNode
	Stmts []Stmt
}

// If is if (Cond) Then else Else; Else may be nil. A null condition throws.
type If struct {
	StmtNode
	Cond       Expr
	Then, Else Stmt
}

// While is while (Cond) Body.
type While struct {
	StmtNode
	Cond Expr
	Body Stmt
}

// DoWhile is do Body while (Cond).
type DoWhile struct {
	StmtNode
	Body Stmt
	Cond Expr
}

// For is the loop with three parts; Cond may be nil.
type For struct {
	StmtNode
	Init []Stmt
	Cond Expr
	Post []Expr
	Body Stmt
}

// LoopKind says what a ForEach iterates over.
type LoopKind uint8

// The loops.
const (
	ListLoop     LoopKind = iota // Over is a List
	SetLoop                      // Over is a Set
	IterableLoop                 // Over is an Iterable
	QueryLoop                    // Over is a Query; one record at a time
	BatchLoop                    // Over is a Query; the variable is a list of up to 200 records
)

// ForEach runs Body for each element, assigned to Slot after Convert, when that
// is not nil, has been applied: it reads the element from ElemSlot.
type ForEach struct {
	StmtNode
	Kind     LoopKind
	Slot     int
	Over     Expr
	ElemSlot int // where the element is put first; equal to Slot when it needs no conversion
	Convert  Expr
	Body     Stmt
}

// Switch compares X with the cases in order. For type cases the value is put
// into the case's Slot.
type Switch struct {
	StmtNode
	X     Expr
	Cases []Case
	Else  *Block // nil without
}

// Case is one when: constant Values (Const or EnumConst), or a type with a
// slot.
type Case struct {
	At     int32
	Values []Expr
	Type   *Type
	Slot   int
	Body   *Block
}

// Return leaves the body; X is nil for void.
type Return struct {
	StmtNode
	X Expr
}

// Throw throws an exception object.
type Throw struct {
	StmtNode
	X Expr
}

// Break leaves the innermost loop.
type Break struct{ StmtNode }

// Continue goes to the next turn of the innermost loop.
type Continue struct{ StmtNode }

// Try runs Body, the first Catch that fits, and Finally; Finally may be nil.
type Try struct {
	StmtNode
	Body    *Block
	Catches []Catch
	Finally *Block
}

// Catch handles exceptions of Type, put into Slot.
type Catch struct {
	At   int32
	Type *Type
	Slot int
	Body *Block
}

// DML is a statement that changes records: X is a record or a list of them.
type DML struct {
	StmtNode
	Op    dml.Op
	Mode  syntax.AccessMode
	X     Expr
	Field *schema.Field // upsert by this field; nil for the Id
	With  Expr          // merge: record, id or list to merge into X
}

// RunAs runs Body as the user (a User record or a Version) of X.
type RunAs struct {
	StmtNode
	X    Expr
	Body *Block
}

// CtorCall is the first statement of a constructor: it runs another
// constructor on the same object, of the same class (this) or of the one
// above. Ctor is a library method when the class above is the library's
// (Exception); it is left out when there is nothing to run.
type CtorCall struct {
	StmtNode
	Ctor *Method
	Args []Expr
}

// InitField stores the initial value of a field in initialiser bodies; static
// fields when Field.Static. Value is nil for a field without initialiser and
// then the statement is left out.
type InitField struct {
	StmtNode
	Field *Field
	Value Expr
}
