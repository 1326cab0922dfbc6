package org

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/flow"
	"github.com/rehearsal-dev/rehearsal/harness/formula"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// workflowHost is the view that workflow rules have of a transaction.
type workflowHost struct {
	tx  *Tx
	ctx context.Context // of the pipeline call that runs the rules
}

func (h workflowHost) Unsupported(name, note string) { h.tx.unsimulated("workflow")(name, note) }

// Named finds a queue or record type among the components, a user by the name
// it logs in with.
func (h workflowHost) Named(kind, ns string, o *schema.Object, name string) string {
	org := h.tx.org
	switch kind {
	case "RecordType":
		return org.recordTypeID(ns, o, name)
	case "Queue":
		for _, from := range []string{ns, ""} {
			if e := org.registry.Find(metadata.Queue, from, name); e != nil {
				return org.MirrorID(e.Key())
			}
		}
	case "User":
		users, id := h.tx.compiled.schema.Object("User"), ""
		username := users.Field("Username")
		_ = org.st.Scan(h.ctx, users, func(rec *schema.Record) error {
			if value.EqualFold(rec.Get(username).Text(), name) {
				id = rec.ID()
			}
			return nil
		})
		return id
	}
	return ""
}

// unsimulated notes what flows and workflow rules reach that is not simulated.
func (tx *Tx) unsimulated(area string) func(name, note string) {
	return func(name, note string) { tx.org.ledger.Note(ledger.Unsupported, area, name, note, "") }
}

// flowHost is a flow's view of a transaction.
type flowHost struct {
	tx  *Tx
	ctx context.Context // of the pipeline call that runs the flow
}

var _ flow.Host = flowHost{}

func (h flowHost) Schema() *schema.Schema { return h.tx.compiled.schema }

func (h flowHost) Env(rec, prior *schema.Record) formula.Env {
	return h.tx.formulaEnv(h.ctx, rec, prior)
}

func (h flowHost) Unsupported(name, note string) { h.tx.unsimulated("flow")(name, note) }

// Find loads rows by filter. A filter on an id or lookup narrows the search;
// without one all rows are read.
func (h flowHost) Find(ctx context.Context, q flow.Find) ([]*schema.Record, error) {
	var out []*schema.Record
	deleted := q.Object.Field("IsDeleted")
	take := func(rec *schema.Record) error {
		if rec == nil || deleted != nil && rec.Get(deleted).Bool() {
			return nil
		}
		ok, err := q.Matches(rec)
		if ok && err == nil {
			out = append(out, rec)
		}
		return err
	}
	ids, narrow, err := h.narrow(ctx, q)
	switch {
	case err != nil:
	case narrow:
		var recs []*schema.Record
		if recs, err = h.tx.org.st.Load(ctx, q.Object, ids); err == nil {
			for _, rec := range recs {
				if err = take(rec); err != nil {
					break
				}
			}
		}
	default:
		err = h.tx.org.st.Scan(ctx, q.Object, take)
	}
	if err != nil {
		return nil, err
	}
	return sorted(q, out), nil
}

// narrow finds the ids that filters joined by AND leave, as far as the store can
// tell: those by equality. What it leaves is held against all filters.
func (h flowHost) narrow(ctx context.Context, q flow.Find) (ids []string, ok bool, err error) {
	if q.Logic != "" && !strings.EqualFold(q.Logic, "and") {
		return nil, false, nil
	}
	var where []string
	binds := map[string]value.Value{}
	for i, c := range q.Conditions {
		switch {
		case c.Operator != "EqualTo" || c.Value.Text() == "" || !c.Field.IsStored():
		case c.Field.Type == schema.ID:
			return []string{c.Value.Text()}, true, nil
		case c.Field.Type.IsID():
			ids, err = save.FindIDs(ctx, h.tx.org.st, c.Field, []string{c.Value.Text()}, false)
			return ids, true, err
		case c.Field.Type == schema.Picklist || c.Field.Type == schema.String:
			name := "v" + strconv.Itoa(i)
			where = append(where, c.Field.Name+" = :"+name)
			binds[name] = value.OfText(c.Value.Text())
		}
	}
	if len(where) == 0 || !h.tx.org.st.HasTable(q.Object) {
		return nil, false, nil
	}
	rows, err := h.tx.Query(ctx, "SELECT Id FROM "+q.Object.Name+" WHERE "+strings.Join(where, " AND ")+" ORDER BY Id", binds)
	for _, r := range rows {
		ids = append(ids, r.ID())
	}
	return ids, err == nil, err
}

func sorted(q flow.Find, rows []*schema.Record) []*schema.Record {
	if q.SortBy != nil {
		slices.SortStableFunc(rows, func(a, b *schema.Record) int {
			c := value.Compare(a.Get(q.SortBy), b.Get(q.SortBy))
			if q.Descending {
				return -c
			}
			return c
		})
	}
	if q.Limit > 0 && len(rows) > q.Limit {
		rows = rows[:q.Limit]
	}
	return rows
}

// DML saves records through the whole save procedure; it counts as a DML
// statement of the org's own limits.
func (h flowHost) DML(ctx context.Context, op dml.Op, records []*schema.Record) error {
	if len(records) == 0 {
		return nil
	}
	if records[0].Object.Kind == schema.PlatformEvent { // creating an event publishes it
		_, err := host{h.tx}.Publish(h.tx.thread, &vm.PublishCall{Events: records})
		return err
	}
	st := schema.Statement{Op: op, Records: records, AllOrNone: true}
	_, err := h.tx.DML(ctx, st)
	return err
}
