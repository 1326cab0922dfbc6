package types

import "github.com/rehearsal-dev/rehearsal/harness/diag"

// head is what a class's first line says, resolved.
type head struct {
	super      *Type
	interfaces []*Type
}

// members is what a class's body declares, in source order.
type members struct {
	fields       []*Field
	statics      []*Field
	methods      []*Method
	constructors []*Method
}

// layout is the run-time shape of a class.
type layout struct {
	fields []*Field  // slots of an instance, inherited first
	vtable []*Method // inherited first
}

// Program is the program a class belongs to, nil for the library.
func (c *Class) Program() *Program { return c.program }

// Super is the type that the class extends, nil for none. Classes of exceptions
// extend System.Exception.
func (c *Class) Super() *Type { return c.head.super }

// Interfaces are the interfaces that the class or interface names itself.
func (c *Class) Interfaces() []*Type { return c.head.interfaces }

// Fields are the slots of an instance, inherited ones first.
func (c *Class) Fields() []*Field { return c.layout.fields }

// Statics are the static fields with storage, by slot.
func (c *Class) Statics() []*Field { return c.members.statics }

// Members are all fields and properties that the class itself declares.
func (c *Class) Members() []*Field { return c.members.fields }

// Methods are the methods that the class itself declares.
func (c *Class) Methods() []*Method { return c.members.methods }

// Constructors are the constructors; a class that declares none has a default
// one without a Decl.
func (c *Class) Constructors() []*Method { return c.members.constructors }

// VTable is the methods dispatched at run time by Method.Slot, as this class
// has them.
func (c *Class) VTable() []*Method { return c.layout.vtable }

// Implementation finds the method of a class (or of those above it) that stands
// for m, a method of an interface or of the library: compareTo, toString,
// execute. It is nil when the class has none.
func (c *Class) Implementation(m *Method) *Method { return nil }

// SubtypeOf reports whether instances of the class are instances of t.
func (c *Class) SubtypeOf(t *Type) bool { return false }

// StaticInit is the code that initialises the class's statics, in source
// order; nil when there is nothing to do.
func (c *Class) StaticInit() (*Body, diag.List) { return nil, nil }

// InstanceInit is the code of the class's own field initialisers and
// initialiser blocks, in source order; nil when there is nothing to do.
func (c *Class) InstanceInit() (*Body, diag.List) { return nil, nil }

func (m *Method) bind() (*Body, diag.List) { return nil, nil }

// Body is the bound body of the trigger.
func (t *Trigger) Body() (*Body, diag.List) { return nil, nil }
