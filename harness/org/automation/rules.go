package automation

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// rules are the active validation rules of an object, in order of name.
func (c *Compiler) rules(obj *schema.Object) []save.Rule {
	var out []save.Rule
	for _, e := range c.componentsOf(obj, metadata.ValidationRule) {
		of := e.Component
		if !of.Props.Bool("active") {
			continue
		}
		rule := save.Rule{Source: e.Source(dml.ValidationRule), Message: of.Props.Get("errorMessage")}
		if at := of.Props.Get("errorDisplayField"); at != "" {
			rule.Field = at
			if f := obj.FieldIn(e.Namespace, at); f != nil {
				rule.Field = f.Name
			}
		}
		p, diags := c.formulas.Compile(obj, e.Namespace, of.Props.Get("errorConditionFormula"), formula.Rule,
			formula.Options{Returns: schema.Boolean, File: of.Span.File})
		note := firstMessage(diags)
		rule.Fails = func(ctx context.Context, env save.Env, r *save.Row) (bool, error) {
			if p == nil {
				env.Approximated(rule.Source.String(), "its formula is not evaluated, the rule refuses nothing: "+note, obj.Name)
				return false, nil
			}
			ok, err := p.True(env.Formula(ctx, r.New, r.Old))
			if err != nil {
				env.Approximated(rule.Source.String(), "its formula ends in an error, the rule refuses nothing: "+err.Error(), obj.Name)
				return false, nil
			}
			return ok, nil
		}
		out = append(out, rule)
	}
	return out
}

// compute evaluates the formula fields of an object; nil when it has none.
func (c *Compiler) compute(obj *schema.Object) func(context.Context, save.Env, []*schema.Record) error {
	var fields []*schema.Field
	for _, f := range obj.Fields {
		if f.IsFormula() {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return func(ctx context.Context, env save.Env, recs []*schema.Record) error {
		for _, rec := range recs {
			fe := env.Formula(ctx, rec, nil)
			for _, f := range fields {
				rec.Set(f, c.FieldValue(env, fe, f))
			}
		}
		return nil
	}
}

// FieldValue is the value of a formula field; one that ends in #Error! is null.
func (c *Compiler) FieldValue(env save.Env, fe formula.Env, f *schema.Field) value.Value {
	p, diags := c.formulas.Field(f)
	if p == nil {
		env.Approximated("formula field "+f.Object.Name+"."+f.Name, firstMessage(diags), f.Object.Name)
		return value.Value{}
	}
	v, err := p.Eval(fe)
	if err != nil {
		return value.Value{}
	}
	if f.Type.IsDecimal() && !v.IsNull() {
		if d, err := v.Decimal().SetScale(int32(f.Scale), value.HalfUp); err == nil {
			return value.OfDecimal(d)
		}
	}
	return v
}
