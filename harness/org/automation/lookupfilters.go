package automation

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// lookupFilters are the active required filters of an object's lookups.
func (c *Compiler) lookupFilters(obj *schema.Object) []save.LookupFilter {
	var out []save.LookupFilter
	for _, e := range c.componentsOf(obj, metadata.CustomField) {
		n := e.Component.Props.Child("lookupFilter")
		f := obj.FieldIn(e.Namespace, e.Component.BaseName())
		if f == nil || !n.Bool("active") || n.Bool("isOptional") {
			continue
		}
		for _, name := range f.ReferenceTo {
			if target := c.schema.Object(name); target != nil {
				out = append(out, c.lookupFilter(obj, target, f, e.Namespace, n))
			}
		}
	}
	return out
}

func (c *Compiler) lookupFilter(obj, target *schema.Object, f *schema.Field, ns string, n *metadata.Node) save.LookupFilter {
	var items []formula.Item
	filter := save.LookupFilter{Field: f, Message: n.Get("errorMessage")}
	for _, it := range n.All("filterItems") {
		item := formula.Item{Field: it.Get("field"), Operation: it.Get("operation"), Value: it.Get("value"), ValueField: it.Get("valueField")}
		for _, path := range []string{item.Field, item.ValueField} {
			if name, ok := strings.CutPrefix(path, "$Source."); ok {
				if own := obj.FieldIn(ns, name); own != nil {
					filter.Reads = append(filter.Reads, own)
				}
			}
		}
		items = append(items, item)
	}
	p, diags := c.formulas.LookupFilter(obj, target, ns, items, n.Get("booleanFilter"))
	filter.Holds = func(ctx context.Context, env save.Env, r *save.Row, rec *schema.Record) (bool, error) {
		if rec.Object != target {
			return true, nil
		}
		if p == nil {
			env.Approximated("lookup filter of "+obj.Name+"."+f.Name, "it is not evaluated and refuses nothing: "+firstMessage(diags), obj.Name)
			return true, nil
		}
		ok, err := p.True(sourceEnv{env.Formula(ctx, rec, nil), r.New})
		if err != nil {
			env.Approximated("lookup filter of "+obj.Name+"."+f.Name, "it ends in an error and refuses nothing: "+err.Error(), obj.Name)
			return true, nil
		}
		return ok, nil
	}
	return filter
}

// sourceEnv is the row looked up, with the row that holds the lookup as
// $Source.
type sourceEnv struct {
	formula.Env
	source *schema.Record
}

// Global knows the fields of the source besides the global variables.
func (e sourceEnv) Global(path []string) (value.Value, bool) {
	if len(path) == 2 && strings.EqualFold(path[0], "$Source") {
		if f := e.source.Object.Field(path[1]); f != nil {
			return e.source.Get(f), true
		}
		return value.Value{}, false
	}
	return e.Env.Global(path)
}
