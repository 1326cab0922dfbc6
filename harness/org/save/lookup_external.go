package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// foreignKey is a lookup that names its row by an external id or an id lookup
// field instead of its id: new User(Profile = new Profile(Name = 'x')).
type foreignKey struct {
	index  int // of the record
	lookup *schema.Field
	value  value.Value
}

// foreignKeys fills in the lookups of records whose parent is given by a single
// field that rows are found by (Apex Developer Guide, Creating Parent and Child
// Records in a Single Statement Using Foreign Keys), and gives the errors of
// those whose parent is not found, by the number of the record.
func (s *Session) foreignKeys(ctx context.Context, st *schema.Statement) (map[int]dml.RowError, error) {
	if st.Op != dml.Insert && st.Op != dml.Update && st.Op != dml.Upsert {
		return nil, nil
	}
	var order []*schema.Field
	keys := map[*schema.Field][]foreignKey{}
	for i, rec := range st.Records {
		rec.Parents(func(lookup *schema.Field, parent *schema.Record) {
			if parent == nil || parent.ID() != "" || !rec.Get(lookup).IsNull() {
				return
			}
			fs := parent.Fields()
			if len(fs) != 1 || !fs[0].IDLookup || parent.Get(fs[0]).IsNull() {
				return
			}
			if keys[fs[0]] == nil {
				order = append(order, fs[0])
			}
			keys[fs[0]] = append(keys[fs[0]], foreignKey{i, lookup, normalise(fs[0], parent.Get(fs[0]))})
		})
	}
	failed := map[int]dml.RowError{}
	for _, field := range order {
		wanted := make([]value.Value, len(keys[field]))
		for i, k := range keys[field] {
			wanted[i] = k.value
		}
		found, err := s.idsByValue(ctx, field, wanted)
		if err != nil {
			return nil, err
		}
		for _, k := range keys[field] {
			ids := found[value.Fold(k.value.String())]
			if len(ids) != 1 {
				how := "not found"
				if len(ids) > 1 {
					how = "found more than once"
				}
				failed[k.index] = dml.RowError{StatusCode: "INVALID_FIELD",
					Message: fmt.Sprintf("Foreign key external ID: %s %s for field %s in entity %s", k.value.String(), how, field.Name, field.Object.Name)}
				continue
			}
			st.Records[k.index].Set(k.lookup, value.OfID(ids[0]))
		}
	}
	return failed, nil
}
