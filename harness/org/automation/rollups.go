package automation

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// rollUps are the summary fields of the masters of an object.
func (c *Compiler) rollUps(obj *schema.Object) []save.RollUp {
	var out []save.RollUp
	for _, lookup := range obj.Fields {
		if lookup.Type != schema.Reference {
			continue
		}
		for _, name := range lookup.ReferenceTo {
			parent := c.schema.Object(name)
			if parent == nil {
				continue
			}
			for _, f := range parent.Fields {
				if f.Summary == nil || !strings.EqualFold(f.Summary.Child, obj.Name) || !strings.EqualFold(f.Summary.ForeignKey, lookup.Name) {
					continue
				}
				ru := save.RollUp{Field: f, Lookup: lookup}
				if f.Summary.Field != "" {
					ru.Of = obj.Field(f.Summary.Field)
				}
				c.summaryFilter(obj, &ru)
				c.summaryValue(&ru)
				out = append(out, ru)
			}
		}
	}
	return out
}

// summaryFilter compiles the filter of a roll-up.
func (c *Compiler) summaryFilter(obj *schema.Object, ru *save.RollUp) {
	f := ru.Field
	if len(f.Summary.Filters) == 0 {
		return
	}
	items := make([]formula.Item, len(f.Summary.Filters))
	for i, s := range f.Summary.Filters {
		items[i] = formula.Item{Field: s.Field, Operation: s.Operation, Value: s.Value, ValueField: s.ValueField}
	}
	p, diags := c.formulas.Criteria(obj, f.Namespace, items, "")
	if p != nil {
		ru.Reads = append(ru.Reads, p.Fields()...)
	}
	ru.Matches = func(ctx context.Context, env save.Env, rec *schema.Record) bool {
		if p == nil {
			env.Approximated("filter of roll-up "+f.Object.Name+"."+f.Name, firstMessage(diags), obj.Name)
			return true
		}
		ok, err := p.True(env.Formula(ctx, rec, nil))
		return ok && err == nil
	}
}

// summaryValue computes a formula field that a roll-up is over.
func (c *Compiler) summaryValue(ru *save.RollUp) {
	if ru.Of == nil || !ru.Of.IsFormula() {
		return
	}
	of := ru.Of
	if p, _ := c.formulas.Field(of); p != nil {
		ru.Reads = append(ru.Reads, p.Fields()...)
	}
	ru.Value = func(ctx context.Context, env save.Env, child *schema.Record) value.Value {
		return c.FieldValue(env, env.Formula(ctx, child, nil), of)
	}
}
