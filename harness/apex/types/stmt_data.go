package types

import (
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// forEach binds the loop over a collection or a query.
func (b *binder) forEach(x *syntax.ForEach) Stmt {
	over := b.expr(x.Over)
	mark := len(b.locals)
	defer func() { b.locals = b.locals[:mark] }()
	s := &ForEach{StmtNode: StmtNode{x.Pos}, Over: over}
	var t *Type
	if x.Type != nil {
		t = b.typeOf(x.Type)
		s.Slot = b.declare(x.Name, t, false)
	} else if v := b.find(x.Name); v != nil {
		t, s.Slot = v.typ, v.slot
	} else {
		b.errorf(x.Name, CodeUnknownVariable, "Variable does not exist: %s", x.Name.Text)
		t, s.Slot = Invalid, b.slot(Invalid)
	}
	elem := b.loopKind(s, x, t)
	s.ElemSlot = s.Slot
	if elem != t && elem != Invalid && t != Invalid {
		b.loopVariable(s, x, elem, t)
	}
	s.Body, _ = b.loop(x.Body)
	return s
}

// loopKind decides how a loop runs and gives the type of its elements.
func (b *binder) loopKind(s *ForEach, x *syntax.ForEach, t *Type) *Type {
	over := s.Over.Type()
	query := isQuery(s.Over)
	switch {
	case query && over.Kind == KindList && t.Kind == KindList && t.Args[0].Kind != KindList:
		s.Kind = BatchLoop
		return over
	case query && over.Kind == KindList:
		s.Kind = QueryLoop
		return over.Args[0]
	case over.Kind == KindList:
		s.Kind = ListLoop
		return over.Args[0]
	case over.Kind == KindSet:
		s.Kind = SetLoop
		return over.Args[0]
	case over == Invalid:
		s.Kind = ListLoop
		return Invalid
	}
	if i := over.as(iterableClass()); i != nil {
		s.Kind = IterableLoop
		return i.Args[0]
	}
	b.errorf(x.Over, CodeIncompatible, "Loop must iterate over collection: %s", over.Name)
	return Invalid
}

func (b *binder) loopVariable(s *ForEach, x *syntax.ForEach, elem, t *Type) {
	if !assignable(elem, t) && !elemFits(elem, t) {
		b.errorf(x.Name, CodeIllegalAssignment, "Loop variable must be of type %s", elem.Name)
		return
	}
	s.ElemSlot = b.slot(elem)
	from := &Local{Node{elem, x.Pos}, s.ElemSlot, ""}
	s.Convert = b.convert(from, t)
	if s.Convert == Expr(from) {
		s.ElemSlot, s.Convert = s.Slot, nil
	}
}

// switchStmt binds switch on with values, types and else.
func (b *binder) switchStmt(x *syntax.Switch) (Stmt, flow) {
	s := &Switch{StmtNode: StmtNode{x.Pos}, X: b.expr(x.X)}
	t := s.X.Type()
	b.switchable(x, t)
	seen := map[string]bool{}
	end := flowEnds
	blank := b.blanks()
	for i, w := range x.Whens {
		mark := len(b.locals)
		b.branch(blank)
		if w.Else && i < len(x.Whens)-1 {
			b.errorf(x.Whens[i+1], CodeInvalidStatement, "When else must be the last block of a switch")
		}
		c := Case{At: w.Pos}
		switch {
		case w.Type != nil:
			c.Type = b.typeOf(w.Type)
			if !castable(t, c.Type) {
				b.errorf(w.Type, CodeIncompatible, "Incompatible types since an instance of %s is never an instance of %s", t.Name, c.Type.Name)
			}
			if key := "type " + c.Type.Name; seen[key] && c.Type != Invalid {
				b.broken(w.Type, CodeDuplicateWhen, "Duplicate when value")
			} else {
				seen[key] = true
			}
			c.Slot = b.declare(w.Name, c.Type, false)
		case !w.Else:
			for _, v := range w.Values {
				c.Values = append(c.Values, b.whenValue(v, t, seen))
			}
		}
		var f flow
		c.Body, f = b.scoped(w.Body)
		b.locals = b.locals[:mark]
		end = min(end, f)
		if w.Else {
			s.Else = c.Body
		} else {
			s.Cases = append(s.Cases, c)
		}
	}
	if s.Else == nil {
		end = flowOn
	}
	return s, end
}

// switchable checks what a switch is on (Apex Developer Guide, "Switch
// Statements").
func (b *binder) switchable(x *syntax.Switch, t *Type) {
	switch t.Kind {
	case KindInvalid, KindNull, KindInteger, KindLong, KindString, KindSObject, KindEnum, KindObject, KindClass, KindInterface, KindID:
	default:
		b.errorf(x.X, CodeIncompatible, "Illegal switch expression type: %s", t.Name)
	}
	if len(x.Whens) == 0 {
		b.errorf(x, CodeInvalidStatement, "Switch must have at least one when block")
	}
}

func (b *binder) whenValue(v syntax.Expr, t *Type, seen map[string]bool) Expr {
	var e Expr
	key := ""
	if n, ok := v.(*syntax.Name); ok && t.Kind == KindEnum {
		e = b.enumConst(t.Class, n.Ident)
		key = "enum " + n.Key()
		if e == nil {
			b.errorf(n, CodeUnknownVariable, "Variable does not exist: %s", n.Text)
			return b.invalid(n)
		}
	} else {
		e = b.expr(v)
		if c, ok := e.(*Const); ok {
			key = strconv.Itoa(int(c.Value.Kind())) + " " + c.Value.String()
		}
		switch e.(type) {
		case *Const, *Unresolved:
		default:
			b.errorf(v, CodeInvalidExpression, "When value must be a literal or an enum constant")
			return b.invalid(v)
		}
		if !assignable(e.Type(), t) {
			b.errorf(v, CodeIncompatible, "Incompatible types in switch: %s, %s", t.Name, e.Type().Name)
		}
	}
	if seen[key] && key != "" {
		b.broken(v, CodeDuplicateWhen, "Duplicate when value")
	}
	seen[key] = true
	return b.convert(e, t)
}

func (b *binder) enumConst(c *Class, name syntax.Ident) Expr {
	for i, v := range c.Enum {
		if name.Is(v) {
			return &EnumConst{Node{c.typ, name.Pos}, c, i}
		}
	}
	return nil
}

// dml binds insert, update and their like.
func (b *binder) dml(x *syntax.DML) Stmt {
	s := &DML{StmtNode: StmtNode{x.Pos}, Op: x.Op, Mode: x.Mode}
	s.X = b.dmlOperand(x.X, x.Op)
	if x.With != nil {
		s.With = b.expr(x.With)
		b.mergeable(x, s)
	}
	if x.Field != nil {
		b.upsertField(s, x.Field)
	}
	return s
}

func (b *binder) dmlOperand(x syntax.Expr, op dml.Op) Expr {
	e := b.expr(x)
	t := e.Type()
	elem := t
	if t.Kind == KindList {
		elem = t.Args[0]
	}
	switch {
	case elem.Kind != KindSObject && elem != Invalid:
		b.errorf(x, CodeIncompatible, "DML requires SObject or SObject list type: %s", t.Name)
	case elem == AggregateResult, elem.SObject != nil && elem.SObject.Kind == schema.CustomMetadata:
		b.errorf(x, CodeIncompatible, "DML operation %s not allowed on %s", strings.ToUpper(op.String()), t.Name)
	}
	return e
}

// upsertField finds the external id of an upsert: Field__c or Object.Field__c.
func (b *binder) upsertField(s *DML, ref *syntax.TypeRef) {
	t := s.X.Type()
	if t.Kind == KindList {
		t = t.Args[0]
	}
	name := ref.Names[len(ref.Names)-1].Ident
	if len(ref.Names) > 1 {
		if n := ref.Names[len(ref.Names)-2]; !n.Is("fields") || len(ref.Names) > 2 {
			if n.Is("fields") {
				n = ref.Names[len(ref.Names)-3]
			}
			if o := b.program.object(b.ns, n.Text); o != nil {
				if t.SObject != nil && t.SObject != o {
					b.errorf(name, CodeInvalidStatement, "Invalid field for upsert, must be an External Id custom or standard indexed field: %s", ref.String())
					return
				}
				t = b.program.SObjectType(o)
			}
		}
	}
	if t.SObject == nil {
		if t != Invalid {
			b.errorf(ref, CodeInvalidStatement, "Upsert with a field specification requires a concrete SObject type")
		}
		return
	}
	if s.Field = t.SObject.FieldIn(b.ns, name.Text); s.Field == nil && !b.program.missing(name.Text, b.unit.Span(name).String()) && !b.program.partial(t.SObject, b.unit.Span(name).String()) {
		b.errorf(name, CodeUnknownField, "Field does not exist: %s on %s", name.Text, t.Name)
	}
	if f := s.Field; f != nil && !f.ExternalID && !f.IDLookup && f.Type != schema.ID {
		b.errorf(name, CodeInvalidStatement, "Invalid field for upsert, must be an External Id custom or standard indexed field: %s", name.Text)
	}
}

// mergeable checks what is merged: records of one object, and only of those
// that can be.
func (b *binder) mergeable(x *syntax.DML, s *DML) {
	t, other := s.X.Type(), s.With.Type()
	if other.Kind == KindList {
		other = other.Args[0]
	}
	switch {
	case t.Kind == KindList:
		b.errorf(x.X, CodeIncompatible, "DML requires SObject type: %s", t.Name)
	case t == Invalid || other == Invalid:
	case other.Kind != KindSObject && other != ID && other != String:
		b.errorf(x.With, CodeIncompatible, "DML requires SObject or SObject list type: %s", s.With.Type().Name)
	case other.Kind == KindSObject && t.SObject != nil && other.SObject != nil && t != other:
		b.errorf(x.With, CodeIncompatible, "Merge requires records of one type: %s, %s", t.Name, other.Name)
	case t.SObject != nil && !t.SObject.Mergeable:
		b.errorf(x.X, CodeIncompatible, "DML operation MERGE not allowed on %s", t.Name)
	}
}
