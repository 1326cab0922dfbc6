package types

import (
	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Package is the Apex of one namespace.
type Package struct {
	Namespace string // "" for the subscriber's own code and unmanaged packages
	Units     []*syntax.Unit
}

// Env answers what the checker must know of an org besides its schema. A nil
// function accepts every name.
type Env struct {
	Label  func(namespace, name string) bool // custom labels
	Page   func(namespace, name string) bool // Visualforce pages
	Ledger *ledger.Ledger                    // takes names of namespaces that are not at hand; may be nil
}

// Config is what a Program is made of.
type Config struct {
	Schema   *schema.Schema
	Packages []Package
	Env      Env
}

// Program is everything Apex that an org or a check can see.
type Program struct {
	schema *schema.Schema
	env    Env
}

// NewProgram declares the classes of all packages. It resolves nothing yet; the
// list holds types declared twice.
func NewProgram(cfg Config) (*Program, diag.List) {
	return &Program{schema: cfg.Schema, env: cfg.Env}, nil
}

// Schema is the schema the program is bound against.
func (p *Program) Schema() *schema.Schema { return p.schema }

// Class finds a top-level class of a namespace, or "Outer.Inner", ignoring
// case; nil when there is none.
func (p *Program) Class(namespace, name string) *Class { return nil }

// Classes are the top-level classes of all packages, by namespace and name.
func (p *Program) Classes() []*Class { return nil }

// Triggers are the triggers on an object, by namespace and name.
func (p *Program) Triggers(object *schema.Object) []*Trigger { return nil }

// SObjectType is the type of an object's records.
func (p *Program) SObjectType(o *schema.Object) *Type { return nil }

// TypeByName is what Type.forName finds from code of a namespace: a class, an
// sObject or a library type, with generic arguments; nil when there is none.
func (p *Program) TypeByName(namespace, name string) *Type { return nil }

// Anonymous binds an anonymous block as code of a namespace.
func (p *Program) Anonymous(u *syntax.Unit, namespace string) (*Body, diag.List) { return nil, nil }

// CheckAll binds everything and lists what is wrong, sorted.
func (p *Program) CheckAll() diag.List { return nil }

// Library finds a class of the standard library by its name with namespace
// ("Database.SaveResult") or, for those of System, without; nil when there is
// none.
func Library(name string) *Class { return nil }

// LibraryKeys are the LibKeys of all library methods, constructors and
// properties, sorted.
func LibraryKeys() []string { return nil }
