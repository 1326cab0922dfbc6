package org

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Query runs SOQL for Apex code. A query of a class is planned once per compiled,
// a dynamic one once per text.
func (h host) Query(t *vm.Thread, q *vm.QueryCall) (out *vm.ResultSet, err error) {
	plan, err := h.tx.plan(q)
	if err != nil {
		return nil, queryFault(err, q.Text)
	}
	mode := queryMode(q, plan)
	if mode != vm.SystemMode {
		if err := h.tx.enforceQuery(t.Context(), mode, plan); err != nil {
			return nil, err
		}
	}
	if q.Mode == vm.QueryChecked {
		return &vm.ResultSet{Object: plan.Object, Aggregate: plan.Kind == soql.Aggregate}, nil
	}
	for _, n := range plan.Notes {
		h.tx.org.noteQuery(n, t.Where())
	}
	if plan.Object.Name == "UserRecordAccess" {
		undo, aerr := h.recordAccess(t, q, plan)
		if aerr != nil {
			return nil, aerr
		}
		defer func() {
			if uerr := undo(); err == nil {
				err = uerr
			}
		}()
	}
	env := h.tx.queryEnv()
	env.Bind = binder(q)
	if env.Sharing, err = h.tx.sharingOf(t.Context(), q.Sharing, mode); err != nil {
		return nil, err
	}
	res, err := plan.Run(t.Context(), h.tx.org.st, env)
	if err != nil {
		return nil, queryFault(err, q.Text)
	}
	if plan.Object.Name == "StaticResource" {
		h.noteBodies(t, plan, res.Records)
	}
	out = &vm.ResultSet{Object: plan.Object, Records: res.Records, Aggregate: plan.Kind == soql.Aggregate, Count: int(res.Count),
		Rows: int(res.Retrieved), FreeOfCount: plan.Object.Kind == schema.CustomMetadata}
	if len(res.Records) > 0 {
		res.Records[0].ChildLists(func(string, []*schema.Record) { out.Subqueries++ })
	}
	for i := range res.Rows {
		out.Aggregates = append(out.Aggregates, &res.Rows[i])
	}
	return out, nil
}

// noteBodies says which bodies of static resources are not at hand.
func (h host) noteBodies(t *vm.Thread, plan *soql.Plan, records []*schema.Record) {
	body := plan.Object.Field("Body")
	for _, f := range plan.Fields {
		if f.Name == "Body" && slices.ContainsFunc(records, func(r *schema.Record) bool { return r.Get(body).IsNull() }) {
			h.Approximated(t, "StaticResource.Body", "bodies of static resources that are archives, or larger than the heap of a transaction, are not kept in the org and read as null", t.Where())
		}
	}
}

func (tx *Tx) plan(q *vm.QueryCall) (*soql.Plan, error) {
	w := tx.compiled
	if q.Tree == nil {
		return w.plans.Compile(w.schema, q.Namespace, q.Text, soql.WithFormulas(w.formulas))
	}
	key := planKey{q.Tree, strings.ToLower(q.Namespace)}
	if have, ok := w.treePlans.Load(key); ok {
		return have.(*soql.Plan), nil
	}
	p, err := soql.Compile(w.schema, q.Namespace, q.Tree, soql.WithFormulas(w.formulas))
	if err != nil {
		return nil, err
	}
	have, _ := w.treePlans.LoadOrStore(key, p)
	return have.(*soql.Plan), nil
}

type planKey struct {
	tree *query.Query
	ns   string
}

// binder gives the values of a query's binds.
func binder(q *vm.QueryCall) func(*query.Bind) (soql.Bind, error) {
	return func(b *query.Bind) (soql.Bind, error) {
		if v, ok := q.Binds[b]; ok {
			return soql.Bind{Values: v.Values, List: v.List}, nil
		}
		name := bindName(b)
		if q.Named != nil && name != "" {
			if v, ok := q.Named(name); ok {
				return soql.Bind{Values: v.Values, List: v.List}, nil
			}
		}
		return soql.Bind{}, &dml.Fault{Type: "System.QueryException", Message: "Variable does not exist: " + name}
	}
}

func bindName(b *query.Bind) string {
	p, ok := b.Expr.(*query.Path)
	if !ok {
		return ""
	}
	parts := make([]string, len(p.Parts))
	for i, part := range p.Parts {
		parts[i] = part.Text
	}
	return strings.Join(parts, ".")
}

// queryFault turns an error of a query into the exception that Apex code sees.
func queryFault(err error, text string) error {
	var e *soql.Error
	if errors.As(err, &e) {
		return &dml.Fault{Type: "System.QueryException", Message: e.Detail(text)}
	}
	return err
}

func (tx *Tx) queryEnv() soql.Env {
	return soql.Env{Now: tx.org.clock.now, Zone: tx.user.Zone, UserID: tx.user.ID,
		World: func(ctx context.Context) formula.Env { return tx.formulaEnv(ctx, nil, nil) },
		Formula: func(ctx context.Context, row *schema.Record, f *schema.Field) (value.Value, error) {
			return tx.compiled.automation.FieldValue(pipelineEnv{tx}, tx.formulaEnv(ctx, row, nil), f), nil
		}}
}

// Query runs SOQL with binds by name.
func (tx *Tx) Query(ctx context.Context, text string, binds map[string]value.Value) ([]*schema.Record, error) {
	res, _, err := tx.Select(ctx, text, binds)
	if err != nil {
		return nil, err
	}
	return res.Records, nil
}

// Select runs SOQL of any form and gives the plan with the answer.
func (tx *Tx) Select(ctx context.Context, text string, binds map[string]value.Value) (*soql.Result, *soql.Plan, error) {
	plan, err := tx.compiled.plans.Compile(tx.compiled.schema, tx.opt.Namespace, text, soql.WithFormulas(tx.compiled.formulas))
	if err != nil {
		return nil, nil, err
	}
	for _, n := range plan.Notes {
		tx.org.noteQuery(n, text)
	}
	env := tx.queryEnv()
	env.Bind = func(b *query.Bind) (soql.Bind, error) {
		v, ok := binds[bindName(b)]
		if !ok {
			return soql.Bind{}, fmt.Errorf("query %s: bind %q has no value", text, bindName(b))
		}
		return soql.One(v), nil
	}
	res, err := plan.Run(ctx, tx.org.st, env)
	return res, plan, err
}

// Search runs SOSL.
func (h host) Search(t *vm.Thread, q *vm.SearchCall) ([][]*schema.Record, error) {
	w := h.tx.compiled
	var plan *soql.SearchPlan
	var err error
	if q.Tree != nil {
		plan, err = soql.CompileSearch(w.schema, q.Namespace, q.Tree)
	} else {
		plan, err = soql.CompileSearchText(w.schema, q.Namespace, q.Text)
	}
	if err != nil {
		return nil, queryFault(err, q.Text)
	}
	for _, n := range plan.Notes {
		h.tx.org.noteQuery(n, t.Where())
	}
	env := h.tx.queryEnv()
	env.Bind = binder(&vm.QueryCall{Binds: q.Binds, Named: q.Named})
	if env.Sharing, err = h.tx.sharingOf(t.Context(), q.Sharing, q.Access); err != nil {
		return nil, err
	}
	rows, err := plan.Run(t.Context(), h.tx.org.st, env, q.Fixed)
	if err != nil {
		return nil, queryFault(err, q.Text)
	}
	return rows, nil
}
