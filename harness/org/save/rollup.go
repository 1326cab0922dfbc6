package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// parentSet collects, per master-detail lookup, the parents whose roll-ups a
// chunk may change: those of the rows before and after, in order of first
// sight.
type parentSet struct {
	lookups []*schema.Field
	ids     map[*schema.Field][]string
	seen    map[*schema.Field]map[string]bool
}

func (p *parentSet) add(c *chunk, rec *schema.Record) {
	for _, ru := range c.auto.RollUps {
		id := rec.Get(ru.Lookup).Text()
		if id == "" {
			continue
		}
		if p.ids == nil {
			p.ids, p.seen = map[*schema.Field][]string{}, map[*schema.Field]map[string]bool{}
		}
		if p.seen[ru.Lookup] == nil {
			p.lookups = append(p.lookups, ru.Lookup)
			p.seen[ru.Lookup] = map[string]bool{}
		}
		if !p.seen[ru.Lookup][id] {
			p.seen[ru.Lookup][id] = true
			p.ids[ru.Lookup] = append(p.ids[ru.Lookup], id)
		}
	}
}

// rollUp recomputes the summary fields of the parents and saves those that
// changed through their own full procedure; a parent that can not be saved
// fails the child (step 16).
func (c *chunk) rollUp(ctx context.Context, rows []*Row) error {
	for _, lookup := range c.parents.lookups {
		changed, err := c.session.summarise(ctx, c.auto.RollUps, lookup, c.parents.ids[lookup])
		if err != nil {
			return err
		}
		if len(changed) == 0 {
			continue
		}
		done := c.session.env.Act("roll-up of " + c.object.Name)
		results, err := c.session.Run(ctx, &Statement{Op: Update, Records: changed, Options: Options{internal: true}})
		done()
		if err != nil {
			return err
		}
		refused := map[string][]RowError{}
		for i, res := range results {
			if len(res.Errors) > 0 {
				refused[changed[i].ID()] = res.Errors
			}
		}
		for _, r := range rows {
			rec := r.New
			if rec == nil {
				rec = r.Old
			}
			for _, e := range refused[rec.Get(lookup).Text()] {
				r.AddError(e)
			}
		}
	}
	return nil
}

// summarise computes the roll-ups over one lookup for the parents and gives
// the parents whose values differ from what is stored, with the new values.
func (s *Session) summarise(ctx context.Context, all []RollUp, lookup *schema.Field, parents []string) ([]*schema.Record, error) {
	st := s.env.Store()
	var object *schema.Object
	var rollUps []RollUp
	for _, ru := range all {
		if ru.Lookup == lookup {
			rollUps = append(rollUps, ru)
			object = ru.Field.Object
		}
	}
	stored, err := st.Load(ctx, object, parents)
	if err != nil {
		return nil, fmt.Errorf("load the parents over %s: %w", lookup.Name, err)
	}
	var changed []*schema.Record
	for _, parent := range stored {
		if parent == nil || isDeleted(parent) {
			continue
		}
		ids, err := s.childIDs(ctx, lookup, []string{parent.ID()}, false)
		if err != nil {
			return nil, err
		}
		children, err := st.Load(ctx, lookup.Object, ids)
		if err != nil {
			return nil, fmt.Errorf("load the rows under %s: %w", parent.ID(), err)
		}
		out := schema.NewRecord(object)
		out.SetID(parent.ID())
		for _, ru := range rollUps {
			if v := normalise(ru.Field, s.over(ctx, &ru, children)); !value.Identical(v, parent.Get(ru.Field)) {
				out.Set(ru.Field, v)
			}
		}
		if out.Len() > 1 {
			changed = append(changed, out)
		}
	}
	return changed, nil
}

// over is the value of the summary field over the child rows.
func (s *Session) over(ctx context.Context, ru *RollUp, children []*schema.Record) value.Value {
	op := ru.Field.Summary.Operation
	sum, count := value.NewDec(0, 0), int32(0)
	var best value.Value
	for _, child := range children {
		if child == nil || ru.Matches != nil && !ru.Matches(ctx, s.env, child) {
			continue
		}
		count++
		if ru.Of == nil {
			continue
		}
		v := child.Get(ru.Of)
		if v.IsNull() {
			continue
		}
		switch op {
		case "sum":
			sum = sum.Add(v.Decimal())
		case "min":
			if best.IsNull() || value.Compare(v, best) < 0 {
				best = v
			}
		case "max":
			if best.IsNull() || value.Compare(v, best) > 0 {
				best = v
			}
		}
	}
	switch op {
	case "count":
		return value.OfInt(count)
	case "sum":
		return value.OfDecimal(sum)
	default:
		return best
	}
}
