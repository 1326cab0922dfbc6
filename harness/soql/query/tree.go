// Package query is the tree of SOQL and SOSL, its parser and its printer.
//
// The machine: a scanner over the bytes of a source text hands out one token
// at a time, a recursive-descent parser builds the tree, and String prints a
// tree back as a query that parses to the same tree. The parser knows nothing
// of objects and fields: what a name means is decided by whoever compiles the
// query against a schema. It reads from any offset of a larger text, which is
// how a query inside brackets is parsed in place by the Apex parser; a bind
// (":expr") is handed to a callback, so that Apex can parse a whole expression
// there while a query text at run time allows only a variable and its members.
//
// Trees are immutable after parsing and may be shared by goroutines. Names are
// kept as written. Equal texts give equal trees and equal errors.
//
// Left out: the meaning of names, limits on the shape of a query (number of
// sub-queries, length), and the older SOSL clauses that only the API accepts
// are kept as text.
package query

import "strings"

// Range is the half-open range of byte offsets [Pos, End) that a node covers
// in its source text.
type Range struct{ Pos, End int32 }

// At is the range itself; it makes every node that embeds Range a Node.
func (r Range) At() Range { return r }

// Node is anything with a place in a source text.
type Node interface{ At() Range }

// Ident is a name as it was written.
type Ident struct {
	Range
	Text string
}

// Is reports whether the name is s, ignoring case.
func (n Ident) Is(s string) bool { return len(n.Text) == len(s) && strings.EqualFold(n.Text, s) }

// Key is the name in lower case, for look-ups. It allocates only when the
// name has an upper-case letter.
func (n Ident) Key() string { return strings.ToLower(n.Text) }

// Query is one SELECT, at the top or nested.
type Query struct {
	Range
	Select  []SelectItem
	From    []From    // the first is the object (or child relationship) queried, others are relationship aliases
	Scope   *Ident    // USING SCOPE
	Where   Condition // nil without WHERE
	With    *With     // nil without WITH
	GroupBy *GroupBy
	Having  Condition
	OrderBy []Order
	Limit   Operand // *Literal or *Bind, nil without LIMIT
	Offset  Operand
	For     []Ident // VIEW, REFERENCE, UPDATE
	AllRows bool
	Update  []Ident // UPDATE TRACKING, VIEWSTAT
}

// SelectItem is *Field, *SubQuery or *TypeOf.
type SelectItem interface {
	Node
	selectItem()
}

// Field is one selected path or function with its alias.
type Field struct {
	Range
	Expr  Operand // *Path or *Call
	Alias *Ident
}

// SubQuery is a nested query: a child relationship in a SELECT list.
type SubQuery struct {
	Range
	Query *Query
	Alias *Ident
}

// TypeOf is TYPEOF What WHEN Account THEN Phone ELSE Name END.
type TypeOf struct {
	Range
	Path  *Path
	Whens []TypeWhen
	Else  []*Path
}

// TypeWhen is one WHEN branch of a TypeOf.
type TypeWhen struct {
	Range
	Type   Ident
	Fields []*Path
}

// From is an object, a child relationship or a path through an alias.
type From struct {
	Range
	Path  *Path
	Alias *Ident
}

// Operand is *Path, *Call, *Literal or *Bind.
type Operand interface {
	Node
	operand()
}

// Path is a dotted name.
type Path struct {
	Range
	Parts []Ident
}

// String is the path as written, joined with dots.
func (p *Path) String() string {
	if len(p.Parts) == 1 {
		return p.Parts[0].Text
	}
	var b strings.Builder
	for i, n := range p.Parts {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(n.Text)
	}
	return b.String()
}

// Call is a function of SOQL: an aggregate, a date function, toLabel, FORMAT,
// convertCurrency, DISTANCE, GEOLOCATION, FIELDS. COUNT() has no arguments.
type Call struct {
	Range
	Name Ident
	Args []Operand
}

// LiteralKind says what a literal denotes.
type LiteralKind uint8

// The kinds of literal.
const (
	NullLiteral LiteralKind = iota
	BooleanLiteral
	StringLiteral     // Text is the unescaped content
	NumberLiteral     // Text as written, with its sign
	CurrencyLiteral   // Text as written: USD5000
	DateLiteral       // 2024-05-01
	DatetimeLiteral   // 2024-05-01T10:00:00Z, with an offset as written
	TimeLiteral       // 10:00:00.000Z
	DateRangeLiteral  // TODAY, LAST_N_DAYS:30; Text is the name, N the count
	SearchTermLiteral // {text} after FIND, Text is what stands in the braces
)

// Literal is a value written in a query.
type Literal struct {
	Range
	Kind LiteralKind
	Bool bool
	N    int64 // the count of a date range such as LAST_N_DAYS:n
	Text string
	Raw  string // the literal as it stands in the source, for printing and for the escapes of LIKE
}

// Bind is ":" and an expression of the surrounding program. Expr is what the
// callback returned: an Apex expression in a class, a *Path in a query text.
type Bind struct {
	Range
	Expr any
}

// Condition is *And, *Or, *Not, *Compare or *In.
type Condition interface {
	Node
	condition()
}

// And holds when all terms hold. Terms are two or more.
type And struct {
	Range
	Terms []Condition
}

// Or holds when a term holds. Terms are two or more.
type Or struct {
	Range
	Terms []Condition
}

// Not negates.
type Not struct {
	Range
	Term Condition
}

// Operator is a comparison of SOQL.
type Operator uint8

// The operators. The last four stand in In, the others in Compare.
const (
	Equal Operator = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	Like
	InSet
	NotInSet
	Includes
	Excludes
)

// String is the operator as SOQL writes it.
func (o Operator) String() string { return operatorText[o] }

var operatorText = [...]string{"=", "!=", "<", "<=", ">", ">=", "LIKE", "IN", "NOT IN", "INCLUDES", "EXCLUDES"}

// Compare is a field or function against one value.
type Compare struct {
	Range
	Left  Operand
	Op    Operator
	Right Operand
}

// In tests membership: exactly one of Values, Bind and Query is set.
type In struct {
	Range
	Left   Operand
	Op     Operator // InSet, NotInSet, Includes, Excludes
	Values []Operand
	Bind   *Bind
	Query  *Query // a semi-join or anti-join
}

// With is the WITH clause: an access mode, data categories or a filter.
type With struct {
	Range
	Mode       Ident          // SECURITY_ENFORCED, USER_MODE, SYSTEM_MODE, or empty
	Categories []DataCategory // WITH DATA CATEGORY
	Filter     Condition      // WITH name = value
	Params     []*Compare     // WITH RecordVisibilityContext (name=value, ...)
}

// DataCategory is Geography__c ABOVE (usa__c, uk__c).
type DataCategory struct {
	Range
	Group      Ident
	Selector   Ident // AT, ABOVE, BELOW, ABOVE_OR_BELOW
	Categories []Ident
}

// GroupBy is GROUP BY, plain or with ROLLUP or CUBE.
type GroupBy struct {
	Range
	Kind  Ident     // ROLLUP, CUBE or empty
	Items []Operand // *Path or *Call
}

// Order is one item of ORDER BY.
type Order struct {
	Range
	Expr       Operand // *Path or *Call
	Descending bool
	Nulls      NullsOrder
}

// NullsOrder says where nulls stand.
type NullsOrder uint8

// The null orders; without the clause the platform puts nulls first.
const (
	NullsDefault NullsOrder = iota
	NullsFirst
	NullsLast
)

// Search is one SOSL query.
type Search struct {
	Range
	Term      Operand // *Literal or *Bind
	Group     Ident   // ALL, NAME, EMAIL, PHONE, SIDEBAR; empty without IN
	Returning []Returning
	With      []SearchWith
	Limit     Operand
	Update    []Ident
}

// Returning is one object of a RETURNING clause.
type Returning struct {
	Range
	Object   Ident
	Fields   []SelectItem
	ListView *Ident // USING ListView = name
	Where    Condition
	OrderBy  []Order
	Limit    Operand
	Offset   Operand
}

// SearchWith is one WITH clause of a search: DIVISION = x, SNIPPET(...),
// NETWORK IN (...), METADATA = 'LABELS', DATA CATEGORY ..., or a mode.
type SearchWith struct {
	Range
	Name       Path // dotted: PricebookId, SPELL_CORRECTION, DATA CATEGORY is empty with Categories set
	Op         string
	Values     []Operand
	Params     []*Compare // SNIPPET (target_length=100)
	Categories []DataCategory
}

func (*Field) selectItem()    {}
func (*SubQuery) selectItem() {}
func (*TypeOf) selectItem()   {}

func (*Path) operand()    {}
func (*Call) operand()    {}
func (*Literal) operand() {}
func (*Bind) operand()    {}

func (*And) condition()     {}
func (*Or) condition()      {}
func (*Not) condition()     {}
func (*Compare) condition() {}
func (*In) condition()      {}
