package vm

import (
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql/query"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Cursor is the state of a Database.Cursor: the ids that its query found when
// it was made. Which records they are stays so; what the records hold is read
// when they are fetched (Apex Developer Guide, Apex Cursors).
type Cursor struct {
	ids   []value.Value
	fetch QueryCall
}

// cursorIDs is the bind of the query that fetches from a cursor.
const cursorIDs = "cursor_ids"

// NewCursor runs a query given as text and keeps what it found.
func (t *Thread) NewCursor(q *QueryCall) *Cursor {
	tree, _, perr := query.ParseQueryAt(q.Text, 0, int32(len(q.Text)), nil)
	rs := t.Query(q) // refuses a text that does not parse
	if perr != nil || rs.Aggregate {
		t.Throw("System.QueryException", "Cursors do not support aggregate queries")
	}
	c := &Cursor{fetch: *q, ids: make([]value.Value, len(rs.Records))}
	for i, r := range rs.Records {
		c.ids[i] = value.OfID(r.ID())
	}
	byID := *tree
	byID.Where = &query.In{Left: pathTo("Id"), Op: query.InSet, Bind: &query.Bind{Expr: pathTo(cursorIDs)}}
	byID.OrderBy, byID.Limit, byID.Offset = nil, nil, nil
	c.fetch.Text, c.fetch.Mode, c.fetch.Fetch = byID.String(), QueryRows, true
	return c
}

func pathTo(name string) *query.Path { return &query.Path{Parts: []query.Ident{{Text: name}}} }

// Len is how many records the cursor holds.
func (c *Cursor) Len() int { return len(c.ids) }

// Fetch reads up to count records from a position on, in the cursor's order.
// Records that were deleted meanwhile are left out.
func (c *Cursor) Fetch(t *Thread, position, count int) *ResultSet {
	if position < 0 || count < 0 || position > len(c.ids) {
		t.Throwf("System.InvalidParameterValueException", "Invalid fetch of %d rows at position %d of a cursor of %d rows", count, position, len(c.ids))
	}
	t.Use(CursorFetches, 1) // and no query: a public package fetches as often as this limit allows
	ids := c.ids[position:min(position+count, len(c.ids))]
	q := c.fetch
	named := q.Named
	q.Named = func(name string) (Bind, bool) {
		if name == cursorIDs {
			return Bind{List: true, Values: ids}, true
		}
		return named(name)
	}
	rs := t.Query(&q)
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id.Text()] = i
	}
	slices.SortStableFunc(rs.Records, func(a, b *schema.Record) int { return at[a.ID()] - at[b.ID()] })
	return rs
}
