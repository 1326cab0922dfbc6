package soql

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Wanted lists the values that the filter asks a field of the queried object to
// be, by = or IN: of objects whose rows are made for the question.
func (p *Plan) Wanted(field string, bind func(*query.Bind) (Bind, error)) ([]value.Value, error) {
	var out []value.Value
	add := func(o query.Operand) error {
		switch o := o.(type) {
		case *query.Literal:
			out = append(out, value.OfText(o.Text))
		case *query.Bind:
			v, err := bind(o)
			out = append(out, v.Values...)
			return err
		}
		return nil
	}
	for _, c := range conjuncts(p.query.Where) {
		var err error
		switch c := c.(type) {
		case *query.Compare:
			if c.Op == query.Equal && isPath(c.Left, field) {
				err = add(c.Right)
			}
		case *query.In:
			if c.Op != query.InSet || !isPath(c.Left, field) {
				continue
			}
			for _, v := range c.Values {
				if err == nil {
					err = add(v)
				}
			}
			if c.Bind != nil && err == nil {
				err = add(c.Bind)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func isPath(o query.Operand, field string) bool {
	p, ok := o.(*query.Path)
	return ok && strings.EqualFold(p.Parts[len(p.Parts)-1].Text, field)
}
