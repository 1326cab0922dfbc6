// Package formula is the formula language of Salesforce: formula fields,
// validation rules, default values, workflow and flow conditions.
//
// The machine is a pipeline. lex.go turns the text into tokens with byte
// offsets; parse.go makes a tree (Expr) under limits of size and depth;
// the binder gives every node a type against the object the formula belongs to,
// following paths over parents and global variables, with the platform's
// messages; compile.go turns the checked tree once into closures over a record.
// Functions are a table, an entry a function, in one file per family
// (fn_*.go). Filter items of roll-ups, lookup filters and workflow rules are
// compiled by criteria.go to the same kind of predicate. push*.go write a
// formula field as SQL for queries over many rows, where a database computes
// exactly what the evaluator does; the rest is left to the evaluator.
//
// Numbers are exact decimals (number.go says how division and the
// transcendental functions round). Blank fields are zero or blank as the
// formula is told. A Program is immutable and may be shared by goroutines; it
// keeps no state between evaluations, reads the clock, the user and other
// records through its Env only, and so gives the same on every run.
//
// Left out: PREDICT, and functions that belong to buttons, pages and reports; they
// are diagnosed by name when the formula is compiled. There are no sessions.
package formula

import (
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Context is where a formula stands; it decides which functions it may use.
type Context uint8

// The contexts of formulas.
const (
	FieldFormula Context = iota // formula field: no ISCHANGED, ISNEW, PRIORVALUE ...
	Rule                        // validation rule, workflow criteria and field updates, lookup filters
	Default                     // default value of a field
	Flow                        // flow formulas and conditions: {!$Record.Amount} names resources
)

// Options are how a formula is to be read. The zero value is a formula whose
// result may be of any type and whose blank fields are blank.
type Options struct {
	BlankAsZero bool             // blank number fields count as 0
	Returns     schema.FieldType // type of the result; AnyType for whatever comes
	File        string           // name for diagnostics
	Resources   Resources        // what else a name may mean; nil outside flows
}

// Resources lets a flow give meaning to names that are not fields of the
// object: variables, constants, other formulas, $Record.
type Resources interface {
	// Resource resolves a path; ok is false when there is no such resource.
	// fields finds paths of fields; it may be used during the call only, and
	// stands for the compiler's Reference, which may not be called here.
	Resource(fields FieldFinder, path []string) (r Resource, ok bool)
}

// FieldFinder finds the field a path of names leads to from an object.
type FieldFinder func(o *schema.Object, path []string) (*Reference, bool)

// Resource is one named value of a flow.
type Resource struct {
	Type Type
	Get  func(env Env) (value.Value, error)
}

// Env is the record and the world a program is evaluated in.
type Env interface {
	// Record is the row the formula is about.
	Record() *schema.Record
	// Prior is the row as it was before the save; nil when it is being inserted.
	Prior() *schema.Record
	// IsNew reports whether the record is being inserted.
	IsNew() bool
	// IsClone reports whether the record is a clone of another.
	IsClone() bool
	// Parent loads the row a lookup refers to; nil when the lookup is empty or
	// dangling. The row has every stored field that the program reads.
	Parent(rec *schema.Record, lookup *schema.Field) (*schema.Record, error)
	// Global is the value of a global variable: $User.Id,
	// $Setup.ns__Settings__c.ns__Flag__c, $Label.x, $Permission.x,
	// $CustomMetadata.Type__mdt.Record.Field__c. Names of objects and fields
	// are as the schema has them. ok is false where there is no such thing.
	Global(path []string) (v value.Value, ok bool)
	// Now is the org's clock in milliseconds since 1970.
	Now() int64
	// Zone is the running user's time zone; nil is UTC.
	Zone() *time.Location
	// Lookup is VLOOKUP: the value of the field get of the first row whose
	// field key holds the text; null when there is none.
	Lookup(get, key *schema.Field, text string) (value.Value, error)
}

// Program is a compiled formula.
type Program struct {
	Source  string
	Type    Type  // of the result before it is fitted to Options.Returns
	expr    *Expr // nil for filter items
	eval    evaluator
	returns schema.FieldType
	fields  []*schema.Field
	paths   []Path
}

// Eval computes the formula. An error is what the platform shows as #Error!;
// it names the operation that failed. Results of a formula whose Returns is
// Percent are in per cent, as fields hold them.
func (p *Program) Eval(env Env) (value.Value, error) {
	v, err := p.eval(&frame{env: env, rec: env.Record()})
	if err != nil {
		return value.Value{}, err
	}
	return fit(v, p.returns)
}

// True evaluates a condition: blank counts as false.
func (p *Program) True(env Env) (bool, error) {
	v, err := p.Eval(env)
	return err == nil && v.Bool(), err
}

// String is the formula on one line, shortened, for messages that say what a
// finding is blamed on.
func (p *Program) String() string {
	const most = 160
	line := strings.Join(strings.Fields(p.Source), " ")
	if runes := []rune(line); len(runes) > most {
		line = string(runes[:most-1]) + "…"
	}
	return line
}

// Fields lists the fields read, of the object and of its parents, in the order
// they are first named; fields read by formula fields included.
func (p *Program) Fields() []*schema.Field { return p.fields }

// Paths lists the paths of lookups and fields read from the object.
func (p *Program) Paths() []Path { return p.paths }

// Path is a field reached from the object over lookups.
type Path struct {
	Lookups []*schema.Field // child to parent; none for the object's own field
	Field   *schema.Field
}
