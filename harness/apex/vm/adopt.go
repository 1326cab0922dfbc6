package vm

import (
	"cmp"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Adopt reads a value of another program anew as one of this one: the state of a
// job that waited while its classes changed. Objects keep what their fields hold
// by the names of classes and fields; a field that is new is null, since neither
// constructors nor initialisers run again, and one that is gone is dropped
// (Apex Developer Guide, "Apex Scheduler": the instance is serialised when it is
// scheduled). lost names the first class or object that is not there any more,
// "" where all are.
func (p *Program) Adopt(v Value) (adopted Value, lost string) {
	c := copier{seen: map[*Object]*Object{}, to: p}
	adopted = c.copy(v)
	return adopted, c.lost
}

// adopt makes the object of this program for one of another.
func (c *copier) adopt(o *Object) *Object {
	def := c.classNamed(o.Class.Def)
	if def == nil {
		return o
	}
	class := c.to.ClassOf(def).prepare()
	fields := def.Fields()
	n := newObject(class, class.nfields)
	n.Native, n.stub = o.Native, o.stub
	c.seen[o] = n
	for i, was := range o.Class.Def.Fields() {
		for j, is := range fields {
			if i < len(o.Fields) && strings.EqualFold(was.Name, is.Name) && strings.EqualFold(was.Class.FullName(), is.Class.FullName()) {
				n.Fields[j] = c.copy(o.Fields[i])
			}
		}
	}
	return n
}

// classNamed is the class of this program that has the name of another's.
func (c *copier) classNamed(was *types.Class) *types.Class {
	if was.Lib {
		return was
	}
	name := was.Name
	for o := was.Outer; o != nil; o = o.Outer {
		name = o.Name + "." + name
	}
	is := c.to.Types().Class(was.Namespace, name)
	if is == nil {
		c.lost = cmp.Or(c.lost, was.FullName())
	}
	return is
}

// typeNamed is the type of this program that has the name of another's.
func (c *copier) typeNamed(t *types.Type) *types.Type {
	if c.to == nil {
		return t
	}
	if is := c.to.Types().TypeByName("", t.Name); is != nil {
		return is
	}
	c.lost = cmp.Or(c.lost, t.Name)
	return t
}

// record makes the row of this program's schema for one of another's.
func (c *copier) record(r *schema.Record) *schema.Record {
	if c.to == nil {
		return r.Clone(true)
	}
	o := c.to.Types().Schema().Object(r.Object.Name)
	if o == nil {
		c.lost = cmp.Or(c.lost, r.Object.Name)
		return r.Clone(true)
	}
	return r.Clone(true).As(o)
}

// constant makes the constant of this program's enum that has the name of
// another's; null where there is none.
func (c *copier) constant(v Value) Value {
	if c.to == nil {
		return v
	}
	def := c.classNamed(v.EnumClass().Def)
	if def == nil {
		return v
	}
	name := EnumName(v)
	for i, n := range def.Enum {
		if strings.EqualFold(n, name) {
			return Enum(c.to.ClassOf(def), i)
		}
	}
	return Null
}
