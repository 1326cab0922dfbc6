package soql

import (
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// groups reads aggregate rows, or the number of COUNT().
func (r *run) groups(res *Result) error {
	if r.v.grouping != nil {
		return r.groupRows(res)
	}
	if _, _, err := r.window(); err != nil {
		return err
	}
	if r.plan.Kind == Count {
		return r.count(res)
	}
	args, err := r.args()
	if err != nil {
		return err
	}
	err = r.st.Query(r.ctx, r.v.sql, args, func(row store.Row) error {
		vals := make([]value.Value, len(r.v.groups))
		for i, g := range r.v.groups {
			if g.read != nil {
				vals[i] = g.read(row, g.column)
			} else {
				vals[i] = g.col.Read(row, g.column)
			}
		}
		res.Rows = append(res.Rows, schema.AggregateRow{Names: r.v.names, Values: vals})
		if *r.read++; r.env.MaxRows > 0 && *r.read > r.env.MaxRows {
			return &TooManyRows{*r.read}
		}
		return nil
	})
	if err != nil {
		return err
	}
	res.Count = int64(len(res.Rows))
	return nil
}

// count runs SELECT COUNT(). LIMIT bounds the number itself.
func (r *run) count(res *Result) error {
	limit, offset := r.limit, r.offset
	if r.v.limit == nil {
		limit = -1
	}
	r.limit, r.offset = -1, 0
	args, err := r.args()
	if err != nil {
		return err
	}
	err = r.st.Query(r.ctx, r.v.sql, args, func(row store.Row) error {
		res.Count = max(0, row.Int64(0)-offset)
		return nil
	})
	if limit >= 0 {
		res.Count = min(res.Count, limit)
	}
	*r.read++
	return err
}
