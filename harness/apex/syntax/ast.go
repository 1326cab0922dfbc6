// Package syntax turns Apex source into a tree.
//
// The machine: a scanner over the bytes of a file cuts it into tokens, a dotted
// name being one; a recursive-descent parser with precedence climbing builds
// concrete structs behind the small interfaces Expr, Stmt and Member, looking
// a bounded way ahead to tell a cast from a parenthesis and type arguments from
// a comparison, and never going back. SOQL and SOSL literals are parsed in place into trees of package
// query, whose binds are Apex expressions. Nodes hold byte offsets; lines and
// columns are computed by the unit's diag.File when somebody asks.
//
// A Unit is immutable after parsing and may be shared by goroutines. The same
// bytes always give the same tree and the same diagnostics. After an error the
// parser goes on at the next statement or member, so that one slip gives one
// or two messages; the tree then has Bad nodes in place of what was not read.
//
// Left out: comments are skipped, and nothing is resolved: whether a.b.c is a
// type, a variable or a field is for the checker to say, and so is whether a
// reserved word may name a variable, or modifiers go together.
package syntax

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
)

// Range is the half-open range of byte offsets [Pos, End) of a node.
type Range = query.Range

// Node is anything with a place in the source.
type Node = query.Node

// Ident is a name as written; Is and Key compare without case.
type Ident = query.Ident

// EqualFold compares two names as Apex does, ignoring the case of letters.
func EqualFold(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }

// UnitKind is what a file of Apex holds.
type UnitKind uint8

// The kinds of unit.
const (
	ClassUnit     UnitKind = iota // one class, interface or enum
	TriggerUnit                   // one trigger
	AnonymousUnit                 // statements and declarations, as Execute Anonymous takes them
)

// Unit is one parsed file. Type is set for a ClassUnit, Trigger for a
// TriggerUnit; Items holds the top level of an anonymous block. After errors
// Type and Trigger may be nil.
type Unit struct {
	File       *diag.File
	Kind       UnitKind
	APIVersion int // major API version of the class, 58 for "58.0"; 0 when unknown
	Type       TypeDecl
	Trigger    *TriggerDecl
	Items      []Node // Stmt or Member, in source order
	Bad        bool   // there were syntax errors
	// First is the first of them, with its place, for who meets the class later.
	First diag.Diagnostic
}

// Span is the place of a node as lines and columns.
func (u *Unit) Span(n Node) diag.Span {
	r := n.At()
	return u.File.Span(int(r.Pos), int(r.End))
}

// Modifier is one keyword before a declaration.
type Modifier uint32

// The modifiers. Without, With and Inherited are the sharing of a class.
const (
	Public Modifier = 1 << iota
	Private
	Protected
	Global
	Static
	Final
	Abstract
	Virtual
	Override
	Transient
	WebService
	TestMethod
	WithSharing
	WithoutSharing
	InheritedSharing
)

// Has reports whether all of the given modifiers are there.
func (m Modifier) Has(x Modifier) bool { return m&x == x }

// Any reports whether one of the given modifiers is there.
func (m Modifier) Any(x Modifier) bool { return m&x != 0 }

// ModifierWord is a modifier with its place, for messages about it.
type ModifierWord struct {
	Range
	Modifier Modifier
}

// Modifiers is what stands before a declaration.
type Modifiers struct {
	Range
	Set         Modifier
	Words       []ModifierWord // in source order, duplicates included
	Annotations []*Annotation
}

// Annotation finds an annotation by name, or nil.
func (m *Modifiers) Annotation(name string) *Annotation {
	for _, a := range m.Annotations {
		if a.Name.Is(name) {
			return a
		}
	}
	return nil
}

// Annotation is @Name(key=value ...). A single unnamed value has an Arg with
// an empty name.
type Annotation struct {
	Range
	Name   Ident
	Args   []AnnotationArg
	Parens bool // an argument list was written, even if empty
}

// Arg finds the value of a named argument, or nil.
func (a *Annotation) Arg(name string) Expr {
	for i := range a.Args {
		if a.Args[i].Name.Is(name) {
			return a.Args[i].Value
		}
	}
	return nil
}

// AnnotationArg is one argument of an annotation.
type AnnotationArg struct {
	Range
	Name  Ident
	Value Expr // *Literal
}

// TypeRef is a type as written: Map<Id, List<Account>>, Outer.Inner[], void.
type TypeRef struct {
	Range
	Names []TypeName // dotted parts, at least one
	Dims  int        // pairs of brackets after it
}

// TypeName is one part of a type name with its type arguments.
type TypeName struct {
	Ident
	Args []*TypeRef
}

// Name is the dotted name without type arguments and brackets.
func (t *TypeRef) Name() string {
	if len(t.Names) == 1 {
		return t.Names[0].Text
	}
	var b strings.Builder
	for i := range t.Names {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(t.Names[i].Text)
	}
	return b.String()
}

// Args are the type arguments of the last part.
func (t *TypeRef) Args() []*TypeRef { return t.Names[len(t.Names)-1].Args }

// IsVoid reports whether the type is the word void.
func (t *TypeRef) IsVoid() bool { return len(t.Names) == 1 && t.Dims == 0 && t.Names[0].Is("void") }

// String is the type as one would write it.
func (t *TypeRef) String() string {
	var b strings.Builder
	for i := range t.Names {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(t.Names[i].Text)
		for j, a := range t.Names[i].Args {
			b.WriteString([]string{"<", ", "}[min(j, 1)])
			b.WriteString(a.String())
		}
		if len(t.Names[i].Args) > 0 {
			b.WriteByte('>')
		}
	}
	for range t.Dims {
		b.WriteString("[]")
	}
	return b.String()
}
