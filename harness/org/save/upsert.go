package save

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// splitUpsert tells the rows that exist from those to insert, by Id or by an
// external id. A key that is given twice, or that several rows have, is an
// error of the row.
func (s *Session) splitUpsert(ctx context.Context, st *schema.Statement, o *schema.Object, rows []*Row) (inserts, updates []*Row, err error) {
	key := st.ExternalID
	if key == nil || key.Type == schema.ID {
		for _, r := range rows {
			if r.Input.ID() == "" {
				inserts = append(inserts, r)
			} else {
				updates = append(updates, r)
			}
		}
		return inserts, updates, nil
	}
	var wanted []value.Value
	count := map[string]int{}
	for _, r := range rows {
		v := normalise(key, r.Input.Get(key))
		if v.IsNull() {
			continue
		}
		wanted = append(wanted, v)
		count[value.Fold(v.String())]++
	}
	found, err := s.idsByValue(ctx, key, wanted)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		v := normalise(key, r.Input.Get(key))
		k := value.Fold(v.String())
		switch {
		case v.IsNull():
			// The row is new: a null key matches nothing.
			inserts = append(inserts, r)
		case count[k] > 1:
			r.AddError(externalIDTwice.at(key, v.String()))
		case len(found[k]) > 1:
			r.AddError(externalIDTwice.at(key, v.String()))
		case len(found[k]) == 1:
			r.match = found[k][0]
			updates = append(updates, r)
		default:
			inserts = append(inserts, r)
		}
	}
	return inserts, updates, nil
}
