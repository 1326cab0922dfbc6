package flow

import (
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// collectionOperators are what an assignment does to a collection (Salesforce
// Help, "Flow Element Operators"): the elements that stay, by their place and
// whether they are among those given, and what is added before or after them.
var collectionOperators = map[string]*collectionOperator{
	"Assign":            {assign: true},
	"Add":               {after: true},
	"AddItem":           {after: true},
	"AddAtStart":        {before: true},
	"RemoveAll":         {keep: func(p standing) bool { return !p.given }},
	"RemoveUncommon":    {keep: func(p standing) bool { return p.given }},
	"RemoveFirst":       {keep: func(p standing) bool { return p.at != p.first }},
	"RemoveAfterFirst":  {keep: func(p standing) bool { return p.first < 0 || p.at <= p.first }},
	"RemoveBeforeFirst": {keep: func(p standing) bool { return p.at >= p.first }},
	"RemovePosition":    {keep: func(p standing) bool { return p.at != p.number }},
}

type collectionOperator struct {
	keep                  func(standing) bool // nil keeps all
	assign, before, after bool
}

// standing is where an element of a collection stands: its index, that of the first
// one that is among those given (-1 for none), whether it is one of them, and the
// index that a number given names.
type standing struct {
	at, first, number int
	given             bool
}

// changed is a collection after an assignment. What is assigned whole is shared
// until it grows.
func changed[T any](op *collectionOperator, list, given []T, values []value.Value, same func(a, b T) bool) []T {
	switch {
	case op.assign:
		return slices.Clip(given)
	case op.after:
		return append(list, given...)
	case op.before:
		return append(slices.Clone(given), list...)
	}
	var out []T
	isGiven := func(x T) bool { return slices.ContainsFunc(given, func(y T) bool { return same(x, y) }) }
	p := standing{first: slices.IndexFunc(list, isGiven), number: -1}
	if len(values) > 0 {
		n, _ := values[0].Decimal().Int64()
		p.number = int(n) - 1
	}
	for i, x := range list {
		p.at, p.given = i, isGiven(x)
		if op.keep(p) {
			out = append(out, x)
		}
	}
	return out
}

// assignCount assigns how many elements a collection has.
func (r *run) assignCount(name string, s *slot, d *definition, path string, isField bool, from string) error {
	source, err := r.slotOf(from)
	if err != nil {
		return err
	}
	n := value.OfInt(int32(max(len(source.records), len(source.values))))
	if isField {
		return r.setField(s.rec, d.object, path, n)
	}
	s.value = n
	r.vars[key(name)] = s
	return nil
}
