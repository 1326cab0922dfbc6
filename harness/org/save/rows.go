package save

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// All SQL of the pipeline is in this file: looking rows up by id or by the
// value of a field.

type rowState uint8

const (
	rowMissing rowState = iota
	rowInBin
	rowThere
)

// quote writes the name of a table or column: lower case, in quotes.
func quote(name string) string { return `"` + strings.ToLower(name) + `"` }

// placeholders writes n parameters.
func placeholders(st store.Store, n int) string {
	place := st.Dialect().Placeholder
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		b.WriteString(place(i))
	}
	return b.String()
}

// batchSizes are the sizes of IN lists: few, so that statements are prepared
// once.
var batchSizes = []int{1, 10, ChunkSize}

// inBatches calls run with the arguments cut into lists of one of the batch
// sizes; the last list is filled up with its own last value.
func inBatches(args []value.Value, run func(args []value.Value) error) error {
	for len(args) > 0 {
		size := batchSizes[len(batchSizes)-1]
		for _, n := range batchSizes {
			if len(args) <= n {
				size = n
				break
			}
		}
		batch := args[:min(size, len(args))]
		args = args[len(batch):]
		if len(batch) < size {
			batch = append(append([]value.Value(nil), batch...), make([]value.Value, size-len(batch))...)
			for i := range batch {
				if batch[i].IsNull() {
					batch[i] = batch[0]
				}
			}
		}
		if err := run(batch); err != nil {
			return err
		}
	}
	return nil
}

func notDeleted(o *schema.Object) string {
	if f := o.Field("IsDeleted"); f != nil && f.IsStored() {
		return " AND " + quote("IsDeleted") + " IS DISTINCT FROM 1"
	}
	return ""
}

// present reports whether the object has a table and brings it up to date; an
// object without has no rows, and reading does not make one.
func present(ctx context.Context, st store.Store, o *schema.Object) (bool, error) {
	if o == nil || !o.Kind.Stored() || o.IDField() == nil {
		return false, nil
	}
	if has, ok := st.(interface{ HasTable(*schema.Object) bool }); ok && !has.HasTable(o) {
		return false, nil
	}
	if err := st.EnsureTable(ctx, o); err != nil {
		return false, fmt.Errorf("look into %s: %w", o.Name, err)
	}
	return true, nil
}

// states tells which ids have a row, and whether it is in the recycle bin.
func (s *Session) states(ctx context.Context, o *schema.Object, ids []string) (map[string]rowState, error) {
	out := make(map[string]rowState, len(ids))
	if ok, err := present(ctx, s.env.Store(), o); !ok {
		return out, err
	}
	bin := "0"
	if notDeleted(o) != "" {
		bin = quote("IsDeleted")
	}
	var args []value.Value
	for _, id := range ids {
		if _, dup := out[id]; !dup {
			out[id] = rowMissing
			args = append(args, value.OfID(id))
		}
	}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + "," + bin + " FROM " + quote(o.Name) + " WHERE " + quote("Id") + " IN (" + placeholders(s.env.Store(), len(args)) + ")"
		return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
			out[row.Text(0)] = rowThere
			if !row.Null(1) && row.Int64(1) != 0 {
				out[row.Text(0)] = rowInBin
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up %d ids of %s: %w", len(ids), o.Name, err)
	}
	return out, nil
}

// idsByValue finds the live rows whose field has one of the values, by folded
// value.
func (s *Session) idsByValue(ctx context.Context, f *schema.Field, wanted []value.Value) (map[string][]string, error) {
	out := map[string][]string{}
	if len(wanted) == 0 {
		return out, nil
	}
	if ok, err := present(ctx, s.env.Store(), f.Object); !ok {
		return out, err
	}
	if err := s.env.Store().EnsureIndex(ctx, f); err != nil {
		return nil, fmt.Errorf("index %s.%s: %w", f.Object.Name, f.Name, err)
	}
	column := store.ColumnOf(f)
	args := make([]value.Value, 0, len(wanted))
	for _, v := range wanted {
		raw, err := column.Encode(v)
		switch {
		case err != nil: // no row can have it
		case raw.IsText:
			args = append(args, value.OfText(raw.Text))
		default:
			args = append(args, value.OfLong(raw.Int))
		}
	}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + "," + quote(f.Name) + " FROM " + quote(f.Object.Name) +
			" WHERE " + quote(f.Name) + " IN (" + placeholders(s.env.Store(), len(args)) + ")" + notDeleted(f.Object)
		return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
			k := value.Fold(column.Read(row, 1).String())
			out[k] = append(out[k], row.Text(0))
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up %s.%s: %w", f.Object.Name, f.Name, err)
	}
	return out, nil
}

func (s *Session) childIDs(ctx context.Context, lookup *schema.Field, ids []string, bin bool) ([]string, error) {
	return FindIDs(ctx, s.env.Store(), lookup, ids, bin)
}

// FindIDs finds the rows whose lookup points at one of the ids, in the order
// of their own ids; only deleted ones when bin is set, only live ones when
// not.
func FindIDs(ctx context.Context, st store.Store, lookup *schema.Field, ids []string, bin bool) ([]string, error) {
	if len(ids) == 0 || !lookup.IsStored() {
		return nil, nil
	}
	if ok, err := present(ctx, st, lookup.Object); !ok {
		return nil, err
	}
	if err := st.EnsureIndex(ctx, lookup); err != nil {
		return nil, fmt.Errorf("index %s.%s: %w", lookup.Object.Name, lookup.Name, err)
	}
	where := notDeleted(lookup.Object)
	if bin && where != "" {
		where = " AND " + quote("IsDeleted") + " = 1"
	}
	args := make([]value.Value, len(ids))
	for i, id := range ids {
		args[i] = value.OfID(id)
	}
	seen := map[string]bool{}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + " FROM " + quote(lookup.Object.Name) + " WHERE " + quote(lookup.Name) +
			" IN (" + placeholders(st, len(args)) + ")" + where
		return st.Query(ctx, sql, args, func(row store.Row) error {
			seen[row.Text(0)] = true
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up children by %s.%s: %w", lookup.Object.Name, lookup.Name, err)
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

func (s *Session) inactiveUsers(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	users := s.env.Schema().Object("User")
	if len(ids) == 0 {
		return out, nil
	}
	if ok, err := present(ctx, s.env.Store(), users); !ok {
		return out, err
	}
	args := make([]value.Value, len(ids))
	for i, id := range ids {
		args[i] = value.OfID(id)
	}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + "," + quote("IsActive") + " FROM " + quote("User") + " WHERE " + quote("Id") + " IN (" + placeholders(s.env.Store(), len(args)) + ")"
		return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
			out[row.Text(0)] = row.Int64(1) == 0
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up owners: %w", err)
	}
	return out, nil
}

// recordTypeOf reports whether the id is an active record type of the object.
func (s *Session) recordTypeOf(ctx context.Context, id string, o *schema.Object) (bool, error) {
	types := s.env.Schema().Object("RecordType")
	if found, err := present(ctx, s.env.Store(), types); !found {
		return false, err
	}
	ok := false
	sql := "SELECT " + quote("SobjectType") + "," + quote("IsActive") + " FROM " + quote("RecordType") + " WHERE " + quote("Id") + " = " + placeholders(s.env.Store(), 1)
	err := s.env.Store().Query(ctx, sql, []value.Value{value.OfID(id)}, func(row store.Row) error {
		ok = strings.EqualFold(row.Text(0), o.Name) && row.Int64(1) != 0
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look up record type %s: %w", id, err)
	}
	return ok, nil
}
