// Package soql compiles SOQL and SOSL against an org's schema to the SQL of its
// store, and runs it.
//
// The machine: Compile resolves every name of a query tree, reports what the
// platform would report, and writes SQL: a table per object, a left join per
// parent, a scalar sub-select per field of a polymorphic parent. What the
// database can not say is done afterwards: child sub-queries run as plans of
// their own for all parents at once, TYPEOF likewise, and formula fields are
// computed by the org's formula evaluator on whole rows. Where rows are chosen,
// ordered or grouped by a formula field, the database computes it if it can
// (push.go), else the rows are filtered, sorted and grouped in Go. A plan keeps one SQL text per
// shape of its binds (null, text outside ASCII), so equal queries meet a
// prepared statement.
//
// A Plan is immutable to its users and may be shared by goroutines and by all
// orgs with the same schema. Rows come in the order asked for, ties and
// queries without ORDER BY in the order of insertion.
//
// Rows that the running user does not see are left out by the database: a
// Sharing writes what a row of an object must meet into the WHERE clause of the
// query, its sub-queries and semi-joins. Parents are shown whatever their
// sharing.
//
// Left out: rights on objects and fields. A Plan lists the fields it reads for
// whoever checks that.
package soql

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Bind is the value of a bind: one, or a list for IN.
type Bind struct {
	Values []value.Value
	List   bool
}

// One is a bind to a single value.
func One(v value.Value) Bind { return Bind{Values: []value.Value{v}} }

// Env is what a run depends on besides the rows.
type Env struct {
	Now    int64          // milliseconds; decides TODAY and the like
	Zone   *time.Location // of the running user; nil is UTC
	UserID string
	// Bind gives the value of a bind of the query's text.
	Bind func(*query.Bind) (Bind, error)
	// Formula computes a formula field of a row that holds all stored fields.
	Formula func(ctx context.Context, row *schema.Record, f *schema.Field) (value.Value, error)
	// World is the org without a record, for what formulas computed by the
	// database ask of it: TODAY(), $User.Id. Without it Go computes those.
	World func(ctx context.Context) formula.Env
	// MaxRows is how many rows may still be read; reading more is a
	// *TooManyRows. 0 is no limit.
	MaxRows int64
	// AllRows includes rows in the recycle bin, as queryAll and ALL ROWS do.
	AllRows bool

	// Sharing limits the rows to those that the running user sees; nil for all.
	Sharing Sharing

	inGo bool // formulas are left to Go
}

// Sharing is the running user's sight of the rows.
type Sharing interface {
	// Key tells the forms of conditions apart: those of one Key differ in their
	// lists only.
	Key() string
	// Visible is the SQL condition that a row of an object under an alias meets
	// when the user sees it; "" for none.
	Visible(o *schema.Object, alias string, sql *SharingSQL) string
	// Arg gives a list of ids that a condition names.
	Arg(name string) []string
}

// Result is the answer to a query.
type Result struct {
	Records   []*schema.Record      // of a plain query
	Rows      []schema.AggregateRow // of a query with aggregates or GROUP BY
	Count     int64                 // of SELECT COUNT(); else the number of Records or Rows
	Retrieved int64                 // rows that count against the limit, those of sub-queries included
}

// Kind is the form of a query's answer.
type Kind uint8

// The forms.
const (
	Rows      Kind = iota // records
	Aggregate             // AggregateResult rows
	Count                 // SELECT COUNT(): a number
)

// Note is something that a plan only approximates, for the fidelity ledger.
type Note struct{ Name, Text string }

// Plan is a compiled query.
type Plan struct {
	Object *schema.Object
	Kind   Kind
	Mode   string // SECURITY_ENFORCED, USER_MODE, SYSTEM_MODE or ""
	Notes  []Note
	Fields []*schema.Field // every field the query mentions, in the order of first mention
	Update bool            // FOR UPDATE

	schema   *schema.Schema
	formulas *formula.Compiler // nil: formulas are computed in Go
	ns       string
	query    *query.Query
	binds    []*query.Bind
	targets  []*schema.Object // of polymorphic lookups: whether they have a table shapes the SQL
	first    *variant
	variants sync.Map // shapes of binds and targets → *variant
}

// Error is a query that the platform refuses.
type Error struct {
	query.Range
	Code    string // the API's status code: INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY ...
	Message string
}

// Error is the platform's text.
func (e *Error) Error() string { return e.Message }

// Detail is the text of the exception that a query built at run time throws:
// the query's line, a caret under the place, and the message.
func (e *Error) Detail(src string) string {
	if e.End == 0 || int(e.Pos) > len(src) {
		return e.Message
	}
	f := diag.NewFile("", []byte(src))
	line, column := f.Position(int(e.Pos))
	text := f.Line(line)
	from := max(0, column-1-30)
	shown := text[min(from, len(text)):]
	if len(shown) > 60 {
		shown = shown[:60]
	}
	return fmt.Sprintf("\n%s\n%s^\nERROR at Row:%d:Column:%d\n%s", shown, strings.Repeat(" ", column-1-from), line, column, e.Message)
}

// Diagnostic is the error at its place in a file that holds the query.
func (e *Error) Diagnostic(f *diag.File) diag.Diagnostic {
	return diag.Errorf(f.Span(int(e.Pos), int(e.End)), "SOQL-"+e.Code, "%s", e.Message)
}

// TooManyRows is a query that reads more rows than it may.
type TooManyRows struct{ Rows int64 }

// Error is the governor limit's text (governor-limits.json).
func (e *TooManyRows) Error() string { return fmt.Sprintf("Too many query rows: %d", e.Rows) }

// Unsupported is a part of SOQL that is not simulated. It belongs in the
// fidelity ledger.
type Unsupported struct {
	query.Range
	Name string
}

// Error names what is not simulated.
func (e *Unsupported) Error() string { return "SOQL: " + e.Name + " is not simulated" }

// Option is a choice of how to compile.
type Option func(*Plan)

// WithFormulas lets the database compute the formula fields that rows are
// chosen, ordered and grouped by, where it can. The compiler is over the schema
// of the query.
func WithFormulas(c *formula.Compiler) Option { return func(p *Plan) { p.formulas = c } }

// Compile checks a query against a schema as code of a namespace sees it. The
// error is an *Error or an *Unsupported.
func Compile(s *schema.Schema, ns string, q *query.Query, options ...Option) (*Plan, error) {
	p := &Plan{schema: s, ns: ns, query: q, binds: collectBinds(q)}
	for _, o := range options {
		o(p)
	}
	b := newBuilder(p, make([]shape, len(p.binds)))
	v, err := b.build()
	if err != nil {
		return nil, err
	}
	p.first = v
	p.targets = b.targetsSeen
	p.Object, p.Kind, p.Notes, p.Fields = b.root.object, b.kind, b.notes, b.mentioned
	if q.With != nil {
		p.Mode = strings.ToUpper(q.With.Mode.Text)
	}
	for _, f := range q.For {
		p.Update = p.Update || f.Is("UPDATE")
	}
	return p, nil
}

// Binds lists the binds of the query in the order of its text.
func (p *Plan) Binds() []*query.Bind { return p.binds }

// Cache keeps plans by text. It may be shared by goroutines.
type Cache struct {
	mu    sync.Mutex
	plans map[cacheKey]*Plan
}

type cacheKey struct {
	schema   *schema.Schema
	ns, text string
}

const maxPlans = 5000

// Compile parses and compiles a query text, or gives the plan it made before.
// The error of a text that can not be parsed is an *Error too. The options are
// the same for all plans of a cache.
func (c *Cache) Compile(s *schema.Schema, ns, text string, options ...Option) (*Plan, error) {
	key := cacheKey{s, ns, text}
	c.mu.Lock()
	p := c.plans[key]
	c.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := CompileText(s, ns, text, options...)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plans == nil || len(c.plans) >= maxPlans {
		c.plans = map[cacheKey]*Plan{}
	}
	c.plans[key] = p
	return p, nil
}

// CompileText parses and compiles a query text.
func CompileText(s *schema.Schema, ns, text string, options ...Option) (*Plan, error) {
	q, end, perr := query.ParseQueryAt(text, 0, int32(len(text)), nil)
	if perr != nil {
		return nil, &Error{Range: perr.Range, Code: "MALFORMED_QUERY", Message: strings.ToLower(perr.Message[:1]) + perr.Message[1:]}
	}
	if rest := strings.TrimSpace(text[end:]); rest != "" {
		word, _, _ := strings.Cut(rest, " ")
		return nil, &Error{Range: query.Range{Pos: end, End: int32(len(text))}, Code: "MALFORMED_QUERY", Message: "unexpected token: '" + word + "'"}
	}
	return Compile(s, ns, q, options...)
}
