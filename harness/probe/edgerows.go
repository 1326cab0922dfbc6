package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// EdgeRow is a row that was made from what the upgrade asks for the first time:
// the org before takes it, and the org after refuses it when it is saved again.
type EdgeRow struct {
	Object *schema.Object // of the later org
	Set    []string       // what was set apart from a row that is there: "Capacity__c = 0"
	Error  dml.RowError
}

// EdgeRows are such rows, and how many were tried.
type EdgeRows struct {
	Tried   int
	Refused []EdgeRow
}

// mostEdgeRows is how many rows are made up for one object.
const mostEdgeRows = 240

// edgeRows makes rows at the edges of what validation rules, lookup filters and
// fields ask that are new or changed, enters them in a fork of the org before,
// and saves those that it takes again in a fork of the org after, where they
// stand as rows older than the upgrade.
func edgeRows(ctx context.Context, s *Subject, e *Evidence) error {
	edges := edgesOf(s.From, s.To)
	if len(edges) == 0 {
		return nil
	}
	before, err := s.Before.Fork(ctx, s.Before.Name()+", with rows made up")
	if err != nil {
		return err
	}
	defer func() { _ = before.Close() }()
	after, err := cmp.Or(s.Upgraded, s.After).Fork(ctx, s.After.Name()+", with rows made up")
	if err != nil {
		return err
	}
	defer func() { _ = after.Close() }()
	for _, edge := range edges {
		is := after.Schema().ObjectIn(s.To.Namespace, edge.object)
		if is == nil || !saveable(is) {
			continue
		}
		was := before.Schema().Object(is.Name)
		if was == nil || !was.Createable {
			continue
		}
		rows, err := edge.rows(ctx, s, before, was)
		if err != nil {
			return fmt.Errorf("make up rows of %s: %w", was.Name, err)
		}
		e.EdgeRows.Tried += len(rows)
		refused, err := tryRows(ctx, before, after, is, rows)
		if err != nil {
			return fmt.Errorf("try rows of %s: %w", was.Name, err)
		}
		e.EdgeRows.Refused = append(e.EdgeRows.Refused, refused...)
	}
	return nil
}

// madeUp is a row and what was set in it.
type madeUp struct {
	record *schema.Record
	set    []string
}

// tryRows enters rows in one org and gives those that the other refuses.
func tryRows(ctx context.Context, before, after *org.Org, obj *schema.Object, rows []madeUp) ([]EdgeRow, error) {
	taken, err := entered(ctx, before, rows)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	ids := make([]string, len(taken))
	for i, r := range taken {
		ids[i] = r.record.ID()
	}
	// What the old version refuses when they are saved again says nothing.
	was := taken[0].record.Object
	refusedBefore, tried, err := trySaveRows(ctx, before, was, ids)
	if !tried {
		return nil, err
	}
	stored, err := before.Store().Load(ctx, was, ids)
	if err != nil {
		return nil, err
	}
	var old []*schema.Record
	var of []madeUp
	for i, r := range stored {
		if r == nil || slices.ContainsFunc(refusedBefore, func(b Refused) bool { return b.ID == ids[i] }) {
			continue
		}
		copied := r.Clone(false).As(obj)
		copied.SetID("")
		old, of = append(old, copied), append(of, taken[i])
	}
	if len(old) == 0 {
		return nil, nil
	}
	if err := after.LoadRaw(ctx, obj, old, ""); err != nil {
		return nil, err
	}
	at := map[string]int{}
	again := make([]string, len(old))
	for i, r := range old {
		again[i] = r.ID()
		at[r.ID()] = i
	}
	refused, tried, err := trySaveRows(ctx, after, obj, again)
	if !tried {
		return nil, err
	}
	var list []EdgeRow
	for _, r := range refused {
		if !slices.Contains(ofEachOther, r.Error.StatusCode) {
			list = append(list, EdgeRow{Object: obj, Set: of[at[r.ID]].set, Error: r.Error})
		}
	}
	return list, nil
}

// entered inserts rows and gives those that the org takes.
func entered(ctx context.Context, o *org.Org, rows []madeUp) ([]madeUp, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var taken []madeUp
	st := schema.Statement{Op: dml.Insert}
	for _, r := range rows {
		st.Records = append(st.Records, r.record)
	}
	_, err := o.Run(ctx, org.TxOptions{Cause: "rows made up to judge", NoLimits: true}, func(tx *org.Tx) error {
		results, err := tx.DML(ctx, st)
		for i, res := range results {
			if res.Success {
				rows[i].record.SetID(res.ID)
				taken = append(taken, rows[i])
			}
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		return nil, nil // triggers that throw refuse all of them
	}
	return taken, err
}

// edge is an object whose rules change, and what they ask about.
type edge struct {
	object   string          // without namespace of the package
	fields   map[string]bool // lower-case names, of relationships by their fields
	literals []string
}

// edgesOf reads from two versions which fields of which objects rules look at
// that are new or changed.
func edgesOf(from, to *metadata.Package) []*edge {
	var edges []*edge
	at := map[string]*edge{}
	of := func(object string) *edge {
		x := at[strings.ToLower(object)]
		if x == nil {
			x = &edge{object: object, fields: map[string]bool{}}
			at[strings.ToLower(object)] = x
			edges = append(edges, x)
		}
		return x
	}
	for _, c := range metadata.Compare(from, to) {
		if c.After == nil || c.Cosmetic && c.Before != nil {
			continue
		}
		switch {
		case c.Kind == metadata.ValidationRule && c.After.Props.Bool("active"):
			of(c.After.Parent()).condition(c.After.Props.Get("errorConditionFormula"), to.Namespace)
		case c.Kind == metadata.CustomField && c.Before != nil && asksMore(c.Before, c.After):
			x := of(c.After.Parent())
			x.fields[strings.ToLower(metadata.StripNamespace(c.After.BaseName(), to.Namespace))] = true
			if filter := c.After.Props.Find("lookupFilter"); filter != nil {
				x.filter(filter, to.Namespace)
			}
		}
	}
	return edges
}

// asked are the properties of a field that decide which values it takes.
var asked = []string{"required", "length", "precision", "scale", "unique", "lookupFilter", "valueSet", "type", "restrictedAdminField"}

// asksMore reports whether a field may take other values than before.
func asksMore(was, is *metadata.Component) bool {
	return slices.ContainsFunc(asked, func(name string) bool {
		a, b := was.Props.Find(name), is.Props.Find(name)
		return (a == nil) != (b == nil) || a != nil && !a.Equal(b)
	})
}
