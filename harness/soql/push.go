package soql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Formula fields in conditions, orders, groups and aggregates are computed by
// the database where formula.Compiler.Push can write them as SQL. A statement
// that a guard stops (store.IsInexact) is run again with the formulas computed
// in Go; so is everything that can not be written. What a query selects always
// comes from Go, to the last digit.

// nodeColumns are the fields of a node and its parents, for formulas.
type nodeColumns struct {
	b *builder
	n *node
}

// Column joins the parents on the way to a field.
func (c nodeColumns) Column(lookups []*schema.Field, f *schema.Field) (string, bool) {
	n := c.n
	for _, l := range lookups {
		next, err := c.b.step(n, query.Ident{Text: l.RelationshipName})
		if err != nil || next.polyTop != nil || next.via.Name != l.Name {
			return "", false
		}
		n = next
	}
	own := n.object.Field(f.Name)
	if n.polyTop != nil || own == nil || !own.IsStored() || n.object.Name != f.Object.Name {
		return "", false
	}
	return c.b.columnSQL(n, own), true
}

// pushKey is a formula field as one node of a query sees it.
type pushKey struct {
	node  *node
	field *schema.Field
}

// pushed gives the SQL of an operand that is a formula field; nil when the
// database can not compute it.
func (b *builder) pushed(op operand) *formula.Pushed {
	if !op.formula || b.plan.formulas == nil || b.inGo || b.d.Exact == nil || op.node.polyTop != nil {
		return nil
	}
	key := pushKey{op.node, op.field}
	p, known := b.formulas[key]
	if !known {
		p, _ = b.plan.formulas.Push(op.field, nodeColumns{b, op.node}, b.formulaSQL())
		if b.formulas == nil {
			b.formulas = map[pushKey]*formula.Pushed{}
		}
		b.formulas[key] = p
	}
	return p
}

var dateParts = [...]store.DatePart{formula.PartYear: store.Year, formula.PartMonth: store.Month, formula.PartDay: store.Day,
	formula.PartWeekday: store.Weekday, formula.PartYearday: store.Yearday}

func (b *builder) formulaSQL() formula.SQL {
	return formula.SQL{
		Letters: b.d.Letters, Exact: b.d.Exact.Whole, ASCII: b.d.Exact.ASCII, Plane: b.d.Exact.Plane, Position: b.d.Exact.Position,
		Part: func(p formula.DatePart, days string) string {
			return b.d.DatePart(dateParts[p], "("+days+" * 86400)")
		},
		Local: func(ms, zone string) string { return "sf_local(" + ms + ", " + zone + ")" },
	}
}

// computed is an operand as SQL, also one that is a formula field; those that
// SQL can not compute stay as they are.
func (b *builder) computed(op operand) operand {
	p := b.pushed(op)
	if p == nil {
		return op
	}
	b.v.pushed = true
	op.formula, op.expression = false, true
	op.sql = p.SQL(func(i int) string {
		return b.param(func(r *run) (value.Value, error) { return r.constant(p, i) })
	})
	if !strings.Contains(op.sql, `"`) {
		// It has no column in it. By itself a whole number would be the place of
		// a column to ORDER BY and GROUP BY.
		op.sql = "CASE WHEN 1 THEN " + op.sql + " END"
	}
	if formula.TypeOf(op.field.Type) == formula.Number {
		op.col = store.Column{Kind: store.Scaled, Type: op.field.Type, Scale: p.Scale}
	}
	return op
}

// errInexact stops a run before the database would have.
var errInexact = errors.New(store.Inexact)

// constant computes what a pushed formula asks of the run itself.
func (r *run) constant(p *formula.Pushed, i int) (value.Value, error) {
	if r.env.World == nil {
		return value.Value{}, errInexact
	}
	v, err := p.Constant(i, r.env.World(r.ctx))
	if err != nil {
		return value.Value{}, fmt.Errorf("%w: %w", errInexact, err)
	}
	return v, nil
}

// Run executes the plan. Errors are those of binds (*Error), *TooManyRows, and
// the store's.
func (p *Plan) Run(ctx context.Context, st store.Store, env Env) (*Result, error) {
	res, pushed, err := p.run(ctx, st, &env)
	if pushed && store.IsInexact(err) {
		env.inGo = true
		res, _, err = p.run(ctx, st, &env)
	}
	return res, err
}
