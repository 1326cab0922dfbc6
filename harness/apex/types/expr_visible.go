package types

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
)

// visible reports whether a member of an owner can be named from here.
func (b *binder) visible(owner *Class, access Access, testVisible bool) bool {
	if owner.Lib {
		return true
	}
	if !strings.EqualFold(owner.Namespace, b.ns) {
		return access == Global
	}
	switch {
	case access >= Public, owner.top() == b.class.top(), testVisible && b.test:
		return true
	case access == Protected:
		for c := b.class; c != nil; c = c.Outer {
			if c.below(owner) {
				return true
			}
		}
	}
	return false
}

// visibleAccessor reports whether a property may be read or written from here.
func (b *binder) visibleAccessor(f *Field, access Access) bool {
	return b.visible(f.Class, access, f.TestVisible) ||
		f.Property && !since(b.unit, PrivateAccessorsFrom) && strings.EqualFold(f.Class.Namespace, b.ns)
}

func (b *binder) visibleField(n syntax.Node, f *Field) {
	if !b.visibleAccessor(f, f.Access) {
		b.broken(n, CodeNotVisible, "Variable is not visible: %s.%s", f.Class.FullName(), f.Name)
	}
}

func (b *binder) visibleMethod(x *syntax.MethodCall, m *Method) {
	if !b.visible(m.Class, m.Access, m.TestVisible) {
		b.broken(x.Name, CodeNotVisible, "Method is not visible: %s from the type %s", signature(m), m.Class.FullName())
	}
}

func (b *binder) visibleType(n syntax.Node, c *Class) {
	if c.Decl == nil {
		return
	}
	d, ok := c.Decl.(syntax.TypeDecl)
	shown := ok && testVisible(d.TypeModifiers())
	if !b.visible(c, c.Access, shown) {
		b.broken(n, CodeNotVisible, "Type is not visible: %s", c.FullName())
	}
}
