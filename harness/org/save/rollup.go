package save

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
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
		done := c.session.env.Act(cause.Act(cause.RollUp, c.object.Name))
		results, err := c.session.run(ctx, &schema.Statement{Op: dml.Update, Records: changed}, manner{internal: true})
		done()
		if err != nil {
			return err
		}
		refused := map[string][]dml.RowError{}
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
	var object *schema.Object
	var rollUps []RollUp
	for _, ru := range all {
		if ru.Lookup == lookup {
			rollUps = append(rollUps, ru)
			object = ru.Field.Object
		}
	}
	stored, err := s.env.Store().Load(ctx, object, parents)
	if err != nil {
		return nil, fmt.Errorf("load the parents over %s: %w", lookup.Name, err)
	}
	totals, err := s.totals(ctx, rollUps, lookup, parents)
	if err != nil {
		return nil, err
	}
	var changed []*schema.Record
	for _, parent := range stored {
		if parent == nil || isDeleted(parent) {
			continue
		}
		if out := s.summary(rollUps, totals[parent.ID()], parent); out.Len() > 1 {
			changed = append(changed, out)
		}
	}
	return changed, nil
}

// total is one roll-up of one parent.
type total struct {
	count int64
	sum   value.Dec
	best  value.Value
}

// value is what the summary field shows: of no rows a count and a sum are 0, a
// least and a greatest null.
func (t *total) value(operation string) value.Value {
	switch operation {
	case "count":
		return value.OfInt(int32(t.count))
	case "sum":
		return value.OfDecimal(t.sum)
	default:
		return t.best
	}
}

// add takes one child row into the total.
func (t *total) add(operation string, v value.Value) {
	t.count++
	switch {
	case v.IsNull():
	case operation == "sum":
		t.sum = t.sum.Add(v.Decimal())
	case t.best.IsNull(), operation == "min" && value.Compare(v, t.best) < 0, operation == "max" && value.Compare(v, t.best) > 0:
		t.best = v
	}
}

// totals computes the roll-ups of all parents at once, by parent and in the
// order of rollUps: those over plain fields and without a filter in one
// grouping statement, the others over one reading of the child rows. Without
// parents it computes those of all.
func (s *Session) totals(ctx context.Context, rollUps []RollUp, lookup *schema.Field, parents []string) (map[string][]total, error) {
	out := make(map[string][]total, len(parents))
	st := s.env.Store()
	if ok, err := present(ctx, st, lookup.Object); !ok {
		return out, err
	}
	if err := st.EnsureIndex(ctx, lookup); err != nil {
		return nil, fmt.Errorf("index %s.%s: %w", lookup.Object.Name, lookup.Name, err)
	}
	of := func(id string) []total {
		if out[id] == nil {
			out[id] = make([]total, len(rollUps))
		}
		return out[id]
	}
	var plain, others []int
	for i, ru := range rollUps {
		if ru.Matches == nil && (ru.Of == nil || ru.Of.IsStored()) {
			plain = append(plain, i)
		} else {
			others = append(others, i)
		}
	}
	batch := func(args []value.Value) error {
		if len(plain) > 0 {
			if err := s.grouped(ctx, rollUps, plain, lookup, args, of); err != nil {
				return err
			}
		}
		if len(others) > 0 {
			return s.overRows(ctx, rollUps, others, lookup, args, of)
		}
		return nil
	}
	args := make([]value.Value, len(parents))
	for i, id := range parents {
		args[i] = value.OfID(id)
	}
	run := func() error { return inBatches(args, batch) }
	if parents == nil {
		run = func() error { return batch(nil) }
	}
	if err := run(); err != nil {
		return nil, fmt.Errorf("summarise %s over %s: %w", lookup.Object.Name, lookup.Name, err)
	}
	return out, nil
}

// childrenOf is FROM and WHERE of the live rows under some parents, under any
// when none are given.
func (s *Session) childrenOf(lookup *schema.Field, parents []value.Value) string {
	under := " IS NOT NULL"
	if len(parents) > 0 {
		under = " IN (" + placeholders(s.env.Store(), len(parents)) + ")"
	}
	return " FROM " + quote(lookup.Object.Name) + " WHERE " + quote(lookup.Name) + under + notDeleted(lookup.Object)
}

// Recalculate brings the summary fields over rows of an object up to date for
// all parents, as the platform does when a roll-up is new or changed: no
// triggers, rules or flows run. With fields, only those are.
func Recalculate(ctx context.Context, env Env, child *schema.Object, fields ...*schema.Field) error {
	s := NewSession(env)
	var rollUps []RollUp
	for _, ru := range env.Automation(child).RollUps {
		if len(fields) == 0 || slices.Contains(fields, ru.Field) {
			rollUps = append(rollUps, ru)
		}
	}
	var done []*schema.Field
	for _, ru := range rollUps {
		if slices.Contains(done, ru.Lookup) {
			continue
		}
		done = append(done, ru.Lookup)
		if err := s.recalculate(ctx, rollUps, ru.Lookup); err != nil {
			return fmt.Errorf("recalculate roll-ups over %s.%s: %w", child.Name, ru.Lookup.Name, err)
		}
	}
	return nil
}

func (s *Session) recalculate(ctx context.Context, all []RollUp, lookup *schema.Field) error {
	var rollUps []RollUp
	for _, ru := range all {
		if ru.Lookup == lookup {
			rollUps = append(rollUps, ru)
		}
	}
	parent := rollUps[0].Field.Object
	if ok, err := present(ctx, s.env.Store(), parent); !ok {
		return err
	}
	totals, err := s.totals(ctx, rollUps, lookup, nil)
	if err != nil {
		return err
	}
	var changed []*schema.Record
	err = s.env.Store().Scan(ctx, parent, func(rec *schema.Record) error {
		if out := s.summary(rollUps, totals[rec.ID()], rec); out.Len() > 1 {
			changed = append(changed, out)
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer s.env.Act(cause.Act(cause.RollUp, lookup.Object.Name))()
	for part := range slices.Chunk(changed, ChunkSize) {
		if err := s.env.Store().Update(ctx, parent, part, s.env.Cause()); err != nil {
			return err
		}
	}
	return nil
}

// summary is the fields of a parent whose stored values are not the totals.
func (s *Session) summary(rollUps []RollUp, totals []total, parent *schema.Record) *schema.Record {
	out := schema.NewRecord(parent.Object)
	out.SetID(parent.ID())
	for i, ru := range rollUps {
		var t total
		if totals != nil {
			t = totals[i]
		}
		if v := normalise(ru.Field, t.value(ru.Field.Summary.Operation)); !value.Identical(v, parent.Get(ru.Field)) {
			out.Set(ru.Field, v)
		}
	}
	return out
}

// grouped lets the database add up. A sum is taken in two halves of 32 bits,
// so that none overflows.
func (s *Session) grouped(ctx context.Context, rollUps []RollUp, which []int, lookup *schema.Field, args []value.Value, of func(string) []total) error {
	sql := "SELECT " + quote(lookup.Name)
	for _, i := range which {
		switch ru := rollUps[i]; ru.Field.Summary.Operation {
		case "count":
			sql += ",count(*)"
		case "sum":
			column := quote(ru.Of.Name)
			sql += ",sum(" + column + " >> 32),sum(" + column + " & 4294967295)"
		default:
			sql += "," + ru.Field.Summary.Operation + "(" + quote(ru.Of.Name) + ")"
		}
	}
	sql += s.childrenOf(lookup, args) + " GROUP BY " + quote(lookup.Name)
	return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
		totals, at := of(row.Text(0)), 1
		for _, i := range which {
			t, ru := &totals[i], rollUps[i]
			switch ru.Field.Summary.Operation {
			case "count":
				t.count = row.Int64(at)
			case "sum":
				if !row.Null(at) {
					n := big.NewInt(row.Int64(at))
					n.Lsh(n, 32).Add(n, big.NewInt(row.Int64(at+1)))
					t.sum = value.NewDecBig(n, store.ColumnOf(ru.Of).Scale)
				}
				at++
			default:
				t.best = store.ColumnOf(ru.Of).Read(row, at)
			}
			at++
		}
		return nil
	})
}

// overRows reads the child rows for roll-ups with a filter or over a formula
// field.
func (s *Session) overRows(ctx context.Context, rollUps []RollUp, which []int, lookup *schema.Field, args []value.Value, of func(string) []total) error {
	fields := s.childFields(rollUps, which, lookup)
	shape := schema.NewShape(lookup.Object, fields)
	columns := make([]store.Column, len(fields))
	names := make([]string, len(fields))
	for i, f := range fields {
		columns[i], names[i] = store.ColumnOf(f), quote(f.Name)
	}
	sql := "SELECT " + strings.Join(names, ",") + s.childrenOf(lookup, args)
	var children []*schema.Record
	err := s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
		vals := make([]value.Value, len(fields))
		for i, c := range columns {
			vals[i] = c.Read(row, i)
		}
		children = append(children, shape.NewRecord(vals))
		return nil
	})
	if err != nil {
		return err
	}
	for _, child := range children { // after reading: filters may look at parents
		totals := of(child.Get(lookup).Text())
		for _, i := range which {
			ru := &rollUps[i]
			if ru.Matches != nil && !ru.Matches(ctx, s.env, child) {
				continue
			}
			var v value.Value
			switch {
			case ru.Value != nil:
				v = ru.Value(ctx, s.env, child)
			case ru.Of != nil:
				v = child.Get(ru.Of)
			}
			totals[i].add(ru.Field.Summary.Operation, v)
		}
	}
	return nil
}

// childFields are the stored fields that the roll-ups read of a child row.
func (s *Session) childFields(rollUps []RollUp, which []int, lookup *schema.Field) []*schema.Field {
	fields := []*schema.Field{lookup}
	need := func(f *schema.Field) {
		if f != nil && f.Object == lookup.Object && f.IsStored() && !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	need(lookup.Object.IDField())
	for _, i := range which {
		need(rollUps[i].Of)
		for _, f := range rollUps[i].Reads {
			need(f)
		}
	}
	return fields
}
