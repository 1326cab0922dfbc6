package types

import (
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/once"
)

// Access is how far a declaration can be seen.
type Access uint8

// The access levels, from narrow to wide.
const (
	Private Access = iota
	Protected
	Public
	Global
)

// Sharing is the sharing a class declares.
type Sharing uint8

// The sharing declarations; SharingOmitted is a class that says nothing.
const (
	SharingOmitted Sharing = iota
	WithSharing
	WithoutSharing
	InheritedSharing
)

// Class is a class, interface or enum: of a user's source or of the library.
// Its exported fields are set when the class is declared; what needs other
// classes is reached through methods, which resolve it on first use.
type Class struct {
	Name      string // without outer class and namespace
	Namespace string // of the package; "System", "Database" ... for the library
	Outer     *Class
	Kind      Kind // KindClass, KindInterface, KindEnum, or the kind of a scalar or collection for its library class
	Lib       bool
	Abstract  bool
	Virtual   bool
	Access    Access
	Sharing   Sharing
	Test      bool        // @isTest
	Decl      syntax.Node // syntax.TypeDecl or *syntax.TriggerDecl; nil for the library and anonymous blocks
	Unit      *syntax.Unit
	Inner     []*Class
	Enum      []string // constants of an enum in order
	Params    int      // number of type parameters of a generic library class

	typ          *Type
	key          string            // lower-case full name
	innerByName  map[string]*Class // by lower-case name, where there are many
	program      *Program
	lib          *libEntry     // of the library
	items        []syntax.Node // of triggers and anonymous blocks
	unknownAbove bool          // an interface could not be resolved

	headState  uint8
	headOnce   once.Once
	head       head
	memberOnce once.Once
	members    members
	toldOnce   once.Once
	layoutOnce once.Once
	layout     layout

	implementations sync.Map // *Method to *Method
	inheritedOnce   once.Once
	inheritedCtors  []*Method
	staticInit      initializer
	instanceInit    initializer
}

// FullName is the name with outer class and namespace: "ns.Outer.Inner". The
// System namespace is left out, as the platform's messages do.
func (c *Class) FullName() string {
	name := c.Name
	for o := c.Outer; o != nil; o = o.Outer {
		name = o.Name + "." + name
	}
	if c.Namespace != "" && !(c.Lib && syntax.EqualFold(c.Namespace, "System")) {
		name = c.Namespace + "." + name
	}
	return name
}

// Type is the type that the class declares; for a generic library class the
// one with its own parameters as arguments.
func (c *Class) Type() *Type { return c.typ }

// Field is a field or property of a class.
type Field struct {
	Class       *Class
	Name        string
	Type        *Type
	Static      bool
	Final       bool
	Transient   bool
	Access      Access
	TestVisible bool
	Property    bool
	Get, Set    *Method // accessors with a body, of a property; nil where automatic
	CanGet      bool    // readable at all: a property without get is not
	CanSet      bool
	SetAccess   Access
	GetAccess   Access
	Slot        int    // index in the object's fields (inherited ones first) or in the class's statics; -1 without storage
	LibKey      string // of a library property: "System.HttpRequest.timeout"
	Decl        syntax.Node
	Annotations []*syntax.Annotation
}

// Param is one parameter of a method.
type Param struct {
	Name string
	Type *Type
}

// Method is a method, a constructor or an accessor of a property.
type Method struct {
	Class       *Class
	Name        string // "<init>" for constructors, the property's name for accessors
	Params      []Param
	Returns     *Type
	Static      bool
	Abstract    bool
	Virtual     bool
	Override    bool
	Constructor bool
	Access      Access
	TestVisible bool
	Test        bool // @isTest or testMethod
	Slot        int  // index in Class.VTable of a method that is dispatched at run time; -1 for others
	ID          int  // index in Class.Methods or Class.Constructors
	LibKey      string
	Decl        syntax.Node // *syntax.MethodDecl, *syntax.ConstructorDecl, *syntax.Accessor; nil for the library and default constructors
	Annotations []*syntax.Annotation

	property *Field  // of an accessor
	above    *Method // of a constructor taken over from System.Exception: the one it calls
	auto     bool    // accessor of a virtual property without a body of its own
	once     once.Once
	body     *Body
	errors   diag.List
	soft     diag.List // what only a full check reports
}

// ConstructorName is the Name of constructors.
const ConstructorName = "<init>"

// Property is the property that an accessor belongs to, nil for other methods.
func (m *Method) Property() *Field { return m.property }

// Body is the bound body of a method of a user's class, nil for abstract and
// library methods. It is checked when first asked for and kept; the list holds
// what is wrong with it. A body with errors must not be run.
func (m *Method) Body() (*Body, diag.List) { return m.bind() }

// Body is executable code with its local variables.
type Body struct {
	Class  *Class
	Method *Method // nil for initialisers, triggers and anonymous blocks
	File   *diag.File
	Slots  []*Type  // types of locals: the instance is not among them; parameters come first
	Names  []string // by slot: what locals and parameters are called; "" for the compiler's own
	Params int      // how many slots are parameters
	Stmts  []Stmt

	// Late are the last of Stmts of an instance's initialisers: those that read
	// what the constructor above may have set, and run after it. All others run
	// before any constructor, so that an overridden method which the constructor
	// above calls finds its fields made. Public packages depend on each.
	Late []Stmt
}

// Trigger is one trigger; its Body reads TriggerVar expressions.
type Trigger struct {
	Name      string
	Namespace string
	Object    *Type // concrete sObject type
	Events    []dml.Event
	Class     *Class // holds the members a trigger declares

	decl *syntax.TriggerDecl
	once once.Once
	body *Body
	errs diag.List
	soft diag.List
}
