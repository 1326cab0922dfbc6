package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// flow says whether the statement after another one can be reached.
type flow uint8

// The flows: on to the next statement; never, but the platform does not say so
// (an endless loop); never, and what follows is an error.
const (
	flowOn flow = iota
	flowForever
	flowEnds
)

// leaves is the flow after a statement that ends on every way through it.
func (b *binder) leaves(end flow) flow {
	if end == flowEnds && !since(b.unit, StrictFlowFrom) {
		return flowForever
	}
	return end
}

// jumps is the flow after a return, break or continue.
func (b *binder) jumps() flow {
	if !since(b.unit, StrictReturnsFrom) {
		return flowForever
	}
	return flowEnds
}

// stmts binds statements in the scope at hand.
func (b *binder) stmts(list []syntax.Stmt) ([]Stmt, flow) {
	out := make([]Stmt, 0, len(list))
	end := flowOn
	for _, s := range list {
		if end == flowEnds {
			b.broken(s, CodeUnreachable, "Unreachable statement")
			end = flowForever
		}
		bound, f := b.stmt(s)
		if bound != nil {
			out = append(out, bound)
		}
		end = max(end, f)
	}
	return out, end
}

// block binds a block in a scope of its own.
func (b *binder) block(x *syntax.Block) *Block {
	s, _ := b.scoped(x)
	return s
}

func (b *binder) scoped(x *syntax.Block) (*Block, flow) {
	if x == nil {
		return &Block{}, flowOn
	}
	mark := len(b.locals)
	list, end := b.stmts(x.Stmts)
	b.locals = b.locals[:mark]
	return &Block{StmtNode{x.Pos}, list}, end
}

// nested binds the statement of a branch or loop; a declaration there is in a
// scope of its own.
func (b *binder) nested(x syntax.Stmt) (Stmt, flow) {
	if x == nil {
		return nil, flowOn
	}
	mark := len(b.locals)
	s, end := b.stmt(x)
	b.locals = b.locals[:mark]
	return s, end
}

// maxNesting bounds the depth of what is bound; the platform has such a limit
// too.
const maxNesting = 2000

func (b *binder) stmt(x syntax.Stmt) (Stmt, flow) {
	b.depth++
	defer func() { b.depth-- }()
	if b.depth > maxNesting {
		b.errorf(x, CodeInvalidStatement, "Statement is nested too deeply")
		return nil, flowOn
	}
	errors := len(b.errs)
	s, end := b.bindStmt(x)
	return b.fit(s, x.At().Pos, errors), end
}

func (b *binder) bindStmt(x syntax.Stmt) (Stmt, flow) {
	switch x := x.(type) {
	case *syntax.Block:
		return notNil(b.scoped(x))
	case *syntax.LocalVar:
		return b.localVar(x), flowOn
	case *syntax.ExprStmt:
		return b.exprStmt(x), flowOn
	case *syntax.If:
		return b.ifStmt(x)
	case *syntax.While:
		cond := b.condition(x.Cond)
		body, _ := b.loop(x.Body)
		return &While{StmtNode{x.Pos}, cond, body}, endless(cond, body)
	case *syntax.DoWhile:
		body, end := b.loop(x.Body)
		cond := b.condition(x.Cond)
		if end != flowOn && !breaks(body) {
			return &DoWhile{StmtNode{x.Pos}, body, cond}, flowForever
		}
		return &DoWhile{StmtNode{x.Pos}, body, cond}, endless(cond, body)
	case *syntax.For:
		return b.forStmt(x)
	case *syntax.ForEach:
		return b.forEach(x), flowOn
	case *syntax.Switch:
		return b.switchStmt(x)
	case *syntax.Return:
		return b.returnStmt(x), b.jumps()
	case *syntax.Throw:
		return b.throwStmt(x), b.leaves(flowEnds)
	case *syntax.Break:
		if b.loops == 0 {
			b.errorf(x, CodeInvalidStatement, "Break statement must be in loop")
		}
		return &Break{StmtNode{x.Pos}}, b.jumps()
	case *syntax.Continue:
		if b.loops == 0 {
			b.errorf(x, CodeInvalidStatement, "Continue statement must be in loop")
		}
		return &Continue{StmtNode{x.Pos}}, b.jumps()
	case *syntax.Try:
		return b.tryStmt(x)
	case *syntax.DML:
		return b.dml(x), flowOn
	case *syntax.RunAs:
		return b.runAs(x)
	default:
		b.unread(x)
		return nil, flowOn
	}
}

func notNil(s *Block, f flow) (Stmt, flow) { return s, f }

func (b *binder) localVar(x *syntax.LocalVar) Stmt {
	t := b.typeOf(x.Type)
	b.breach(modifierErrors(b.unit, &x.Modifiers, onVariable)...)
	list := make([]Stmt, 0, len(x.Vars))
	for i := range x.Vars {
		v := &x.Vars[i]
		var init Expr
		if v.Init != nil {
			init = b.assigned(v.Init, t)
		}
		slot := b.declare(v.Name, t, x.Modifiers.Set.Has(syntax.Final) && v.Init != nil)
		b.locals[len(b.locals)-1].blank = x.Modifiers.Set.Has(syntax.Final) && v.Init == nil
		list = append(list, &LocalInit{StmtNode{v.Pos}, slot, init})
	}
	if len(list) == 1 {
		return list[0]
	}
	return &Block{StmtNode{x.Pos}, list}
}

func (b *binder) exprStmt(x *syntax.ExprStmt) Stmt {
	switch syntax.Unparen(x.X).(type) {
	case *syntax.MethodCall, *syntax.Assign, *syntax.Postfix, *syntax.NewObject, *syntax.NewRecord, *syntax.SOQL,
		*syntax.SOSL, *syntax.BadExpr, *syntax.NewList, *syntax.NewMap:
	case *syntax.Unary:
		if op := syntax.Unparen(x.X).(*syntax.Unary).Op; op != syntax.Increment && op != syntax.Decrement {
			b.broken(x.X, CodeInvalidStatement, "Expression cannot be a statement.")
		}
	case *syntax.ConstructorCall:
		b.errorf(x.X, CodeInvalidStatement, "Call to 'this()' or 'super()' must be the first statement in a constructor")
		return nil
	default:
		b.broken(x.X, CodeInvalidStatement, "Expression cannot be a statement.")
	}
	return &ExprStmt{StmtNode{x.Pos}, b.expr(x.X)}
}

func (b *binder) condition(x syntax.Expr) Expr {
	e := b.expr(x)
	if t := e.Type(); t != Boolean && t != Invalid {
		b.errorf(x, CodeIncompatible, "Condition expression must be of type Boolean: %s", t.Name)
	}
	return e
}

func (b *binder) ifStmt(x *syntax.If) (Stmt, flow) {
	s := &If{StmtNode: StmtNode{x.Pos}, Cond: b.condition(x.Cond)}
	var then, other flow
	blank := b.blanks()
	s.Then, then = b.nested(x.Then)
	if then != flowOn {
		b.branch(blank)
	}
	if x.Else == nil {
		return s, flowOn
	}
	b.branch(blank)
	s.Else, other = b.nested(x.Else)
	return s, b.leaves(min(then, other))
}

// loop binds the body of a loop; that of while (c); is an empty block.
func (b *binder) loop(x syntax.Stmt) (Stmt, flow) {
	if x == nil {
		return &Block{}, flowOn
	}
	b.loops++
	defer func() { b.loops-- }()
	return b.nested(x)
}

// endless is the flow after a loop: none when nothing leaves it.
func endless(cond Expr, body Stmt) flow {
	if c, ok := cond.(*Const); cond != nil && (!ok || !c.Value.Bool()) {
		return flowOn
	}
	if breaks(body) {
		return flowOn
	}
	return flowForever
}

// breaks reports whether a statement contains a break of the loop around it.
func breaks(s Stmt) bool {
	switch s := s.(type) {
	case *Break:
		return true
	case *Block:
		return s != nil && anyBreaks(s.Stmts)
	case *If:
		return breaks(s.Then) || breaks(s.Else)
	case *Try:
		if breaks(s.Body) || s.Finally != nil && breaks(s.Finally) {
			return true
		}
		for i := range s.Catches {
			if breaks(s.Catches[i].Body) {
				return true
			}
		}
	case *Switch:
		for i := range s.Cases {
			if breaks(s.Cases[i].Body) {
				return true
			}
		}
		return s.Else != nil && breaks(s.Else)
	case *RunAs:
		return breaks(s.Body)
	}
	return false
}

func anyBreaks(list []Stmt) bool {
	for _, s := range list {
		if breaks(s) {
			return true
		}
	}
	return false
}

func (b *binder) forStmt(x *syntax.For) (Stmt, flow) {
	mark := len(b.locals)
	defer func() { b.locals = b.locals[:mark] }()
	s := &For{StmtNode: StmtNode{x.Pos}}
	if x.Decl != nil {
		s.Init = append(s.Init, b.localVar(x.Decl))
	}
	for _, e := range x.Init {
		s.Init = append(s.Init, &ExprStmt{StmtNode{e.At().Pos}, b.expr(e)})
	}
	if x.Cond != nil {
		s.Cond = b.condition(x.Cond)
	}
	for _, e := range x.Post {
		s.Post = append(s.Post, b.expr(e))
	}
	s.Body, _ = b.loop(x.Body)
	return s, endless(s.Cond, s.Body)
}

func (b *binder) returnStmt(x *syntax.Return) Stmt {
	s := &Return{StmtNode: StmtNode{x.Pos}}
	switch {
	case x.X == nil && b.returns != Void && b.returns != Invalid:
		b.errorf(x, CodeInvalidReturn, "Missing return statement required return type: %s", b.returns.Name)
	case x.X == nil:
	case b.returns == Void:
		e := b.expr(x.X)
		s.X = e
		b.broken(x.X, CodeInvalidReturn, "Void method must not return a value")
	default:
		e := b.expr(x.X)
		if !b.fits(e, b.returns) {
			b.misfit(x.X, CodeInvalidReturn, "Illegal conversion from %s to %s", e.Type(), b.returns)
		}
		s.X = b.convert(e, b.returns)
	}
	return s
}

func (b *binder) throwStmt(x *syntax.Throw) Stmt {
	e := b.expr(x.X)
	if t := e.Type(); t != Invalid && t != Null && (t.Class == nil || t.Kind != KindClass || !t.Class.isException() && !t.Class.hidden()) {
		b.errorf(x.X, CodeIncompatible, "Throw expression must be of type exception: %s", t.Name)
	}
	return &Throw{StmtNode{x.Pos}, e}
}

func (b *binder) tryStmt(x *syntax.Try) (Stmt, flow) {
	s := &Try{StmtNode: StmtNode{x.Pos}}
	var end flow
	blank := b.blanks()
	s.Body, end = b.scoped(x.Body)
	if len(x.Catches) == 0 && x.Finally == nil {
		b.errorf(x, CodeInvalidStatement, "Try block must have at least one catch or finally block")
	}
	caught := map[*Class]bool{}
	for _, c := range x.Catches {
		t := b.typeOf(c.Type)
		switch {
		case t == Invalid:
		case t.Class == nil || t.Kind != KindClass || !t.Class.isException() && !t.Class.hidden():
			b.errorf(c.Type, CodeIncompatible, "Catch block variable must be of type exception: %s", t.Name)
		case t.Class.belowAny(caught):
			b.errorf(c.Type, CodeInvalidStatement, "Exception type already caught: %s", t.Name)
		default:
			caught[t.Class] = true
		}
		mark := len(b.locals)
		slot := b.declare(c.Name, t, false)
		b.branch(blank)
		body, f := b.scoped(c.Body)
		b.locals = b.locals[:mark]
		s.Catches = append(s.Catches, Catch{c.Pos, t, slot, body})
		end = min(end, f)
	}
	if x.Finally != nil {
		var f flow
		s.Finally, f = b.scoped(x.Finally)
		end = max(end, f)
	}
	return s, b.leaves(end)
}

// runAs binds the block of System.runAs. What follows it counts as reachable
// even where every way through the block returns (from a released package).
func (b *binder) runAs(x *syntax.RunAs) (Stmt, flow) {
	var end flow
	s := &RunAs{StmtNode: StmtNode{x.Pos}}
	args := b.exprs(x.Args)
	if len(args) != 1 || !runsAs(args[0].Type()) {
		b.errorf(x, CodeUnknownMethod, "Method does not exist or incorrect signature: void runAs(%s) from the type System", argNames(typesOf(args)))
	} else {
		s.X = args[0]
	}
	s.Body, end = b.scoped(x.Body)
	return s, min(end, flowForever)
}

// runsAs reports whether System.runAs takes a value of a type: a user, or a
// version of a package.
func runsAs(t *Type) bool {
	return t == Invalid || t == Null || t == SObject || t.SObject != nil && t.SObject.Name == "User" ||
		t.Class != nil && t.Class.Lib && t.Name == "Version"
}

// blanks are the final variables in scope that have no value yet, by place.
func (b *binder) blanks() []bool {
	var list []bool
	for i := range b.locals {
		if b.locals[i].blank {
			if list == nil {
				list = make([]bool, len(b.locals))
			}
			list[i] = true
		}
	}
	return list
}

// branch begins another way through a statement: what was without a value
// before it is so again.
func (b *binder) branch(blank []bool) {
	for i, is := range blank {
		if is && i < len(b.locals) {
			b.locals[i].blank, b.locals[i].final = true, false
		}
	}
}
