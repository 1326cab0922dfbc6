package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
)

// Code of a release was compiled by the platform, so that what is said against
// it here is most likely wrong. It is bound as far as it goes: what only breaks a
// rule runs as it is written, and a statement that can not be bound is an Unfit,
// which stops whoever reaches it. A full check tells all of it nonetheless.

// Unfit is a statement of released code that can not be bound.
type Unfit struct {
	StmtNode
	Why diag.Diagnostic
}

// released says of a class that it came with a release.
func (c *Class) released() bool { return c.program != nil && c.program.released[c.Unit] }

// broken reports code that breaks a rule and is whole in the tree all the same.
func (b *binder) broken(n syntax.Node, code, format string, args ...any) {
	b.breach(diag.Errorf(b.unit.Span(n), code, format, args...))
}

// misfit reports a value of a type where another one is wanted. References are
// what they are when the code runs; what is written down as bits has to be of its
// kind.
func (b *binder) misfit(n syntax.Node, code, format string, have, want *Type) {
	report := b.errorf
	if reference(have) && reference(want) {
		report = b.broken
	}
	report(n, code, format, have.Name, want.Name)
}

func reference(t *Type) bool {
	switch t.Kind {
	case KindClass, KindInterface, KindSObject, KindObject, KindList, KindSet, KindMap:
		return true
	default:
		return false
	}
}

// breach takes errors of the sort that broken reports.
func (b *binder) breach(list ...diag.Diagnostic) {
	if b.released {
		b.soft = append(b.soft, list...)
		return
	}
	b.errs = append(b.errs, list...)
}

// fit gives back a statement of released code, or an Unfit for one that gave
// errors: those after the first so many. Code of others keeps its errors, which
// make the whole body unfit.
func (b *binder) fit(s Stmt, at int32, errors int) Stmt {
	if !b.released || len(b.errs) == errors {
		return s
	}
	why := b.errs[errors]
	b.soft = append(b.soft, b.errs[errors:]...)
	b.errs = b.errs[:errors:errors]
	return &Unfit{StmtNode{at}, why}
}

// fitEnd is fit for what has no statement: nil where there is nothing wrong.
func (b *binder) fitEnd(list []Stmt, at int32, errors int) []Stmt {
	if s := b.fit(nil, at, errors); s != nil {
		return append(list, s)
	}
	return list
}

// unread reports a place of which the parser made nothing.
func (b *binder) unread(n syntax.Node) {
	d := b.unit.First
	if d.Message == "" {
		d = diag.Errorf(b.unit.Span(n), CodeNotParsed, "this can not be read")
	}
	b.errs = append(b.errs, d)
}

// resolve finds a type. One that may not be named from here is there all the
// same.
func (b *binder) resolve(ref *syntax.TypeRef) *Type {
	var errs diag.List
	t := b.types.resolve(ref, &errs)
	for _, d := range errs {
		if d.Code == CodeNotVisible {
			b.breach(d)
		} else {
			b.errs = append(b.errs, d)
		}
	}
	return t
}
