package flow

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Variable is what a variable of an interview holds: a value, a record, or a
// collection of one of them.
type Variable struct {
	Value   value.Value
	Values  []value.Value
	Record  *schema.Record
	Records []*schema.Record
}

// Definition is what a variable may hold: of what object its records are, nil
// for values, and whether it holds several.
type Definition struct {
	Object     *schema.Object
	Collection bool
}

// Variable finds a resource of the flow by name.
func (l *Linked) Variable(name string) (Definition, bool) {
	d := l.defs[key(name)]
	if d == nil {
		return Definition{}, false
	}
	return Definition{d.object, d.collection}, true
}

// Outputs lists the variables of the flow that are there for whoever started it.
func (l *Linked) Outputs() []string {
	var out []string
	for _, n := range l.variables {
		if n.Bool("isOutput") {
			out = append(out, n.Get("name"))
		}
	}
	return out
}

// Interview runs a flow that nothing triggers with values for its variables,
// and answers what its variables hold in the end.
func Interview(ctx context.Context, host Host, l *Linked, inputs map[string]Variable) (func(name string) (Variable, bool), error) {
	r := l.newRun(host, nil, nil, 0)
	for name, v := range inputs {
		if d := l.defs[key(name)]; d == nil || d.initial == nil {
			return nil, fmt.Errorf("run flow %s: it has no variable %s", l.Name, name)
		}
		r.vars[key(name)] = &slot{v.Value, v.Values, v.Record, v.Records}
	}
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	return func(name string) (Variable, bool) {
		if l.defs[key(name)] == nil {
			return Variable{}, false
		}
		s, err := r.slotOf(name)
		if err != nil {
			return Variable{}, false
		}
		v := Variable{Value: s.value, Values: s.values, Record: s.rec, Records: s.records}
		if v.Value.IsNull() && l.formulas[key(name)] != nil {
			v.Value, _ = r.value(name)
		}
		return v, true
	}, nil
}
