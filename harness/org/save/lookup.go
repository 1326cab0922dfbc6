package save

import (
	"context"
	"fmt"
	"strconv"
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

// list writes n placeholders.
func (s *Session) list(n int) string {
	place := s.env.Store().Dialect().Placeholder
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		if place == nil {
			b.WriteString("?")
		} else {
			b.WriteString(place(i))
		}
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
		return " AND " + quote("IsDeleted") + " IS NOT 1"
	}
	return ""
}

// states tells which ids have a row, and whether it is in the recycle bin.
func (s *Session) states(ctx context.Context, o *schema.Object, ids []string) (map[string]rowState, error) {
	out := make(map[string]rowState, len(ids))
	if !s.env.Stored(o) {
		return out, nil
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
		sql := "SELECT " + quote("Id") + "," + bin + " FROM " + quote(o.Name) + " WHERE " + quote("Id") + " IN (" + s.list(len(args)) + ")"
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
	if len(wanted) == 0 || !s.env.Stored(f.Object) {
		return out, nil
	}
	if err := s.env.Store().EnsureIndex(ctx, f); err != nil {
		return nil, fmt.Errorf("index %s.%s: %w", f.Object.Name, f.Name, err)
	}
	byStored := map[string]string{}
	args := make([]value.Value, len(wanted))
	for i, v := range wanted {
		args[i] = storedForm(f, v)
		byStored[value.Fold(args[i].String())] = value.Fold(v.String())
	}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + "," + quote(f.Name) + " FROM " + quote(f.Object.Name) +
			" WHERE " + quote(f.Name) + " IN (" + s.list(len(args)) + ")" + notDeleted(f.Object)
		return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
			key := row.Text(1)
			if f.Type.IsNumber() {
				key = strconv.FormatInt(row.Int64(1), 10)
			}
			if k, ok := byStored[value.Fold(key)]; ok {
				out[k] = append(out[k], row.Text(0))
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up %s.%s: %w", f.Object.Name, f.Name, err)
	}
	return out, nil
}

// storedForm is a value as the store keeps it: numbers are integers scaled by
// the field's digits.
func storedForm(f *schema.Field, v value.Value) value.Value {
	if !f.Type.IsDecimal() {
		return v
	}
	d := v.Decimal().Round(int32(f.Scale))
	for range f.Scale {
		d = d.Mul(value.NewDec(10, 0))
	}
	n, _ := d.Int64()
	return value.OfLong(n)
}

// childIDs finds the rows whose lookup points at one of the ids, in the order
// they were inserted; deleted ones only when bin is set.
func (s *Session) childIDs(ctx context.Context, lookup *schema.Field, ids []string, bin bool) ([]string, error) {
	if len(ids) == 0 || !s.env.Stored(lookup.Object) || !lookup.IsStored() {
		return nil, nil
	}
	if err := s.env.Store().EnsureIndex(ctx, lookup); err != nil {
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
	var out []string
	seen := map[string]bool{}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + " FROM " + quote(lookup.Object.Name) + " WHERE " + quote(lookup.Name) +
			" IN (" + s.list(len(args)) + ")" + where + " ORDER BY " + quote("Id")
		return s.env.Store().Query(ctx, sql, args, func(row store.Row) error {
			if id := row.Text(0); !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up children by %s.%s: %w", lookup.Object.Name, lookup.Name, err)
	}
	return out, nil
}

func (s *Session) inactiveUsers(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	users := s.env.Schema().Object("User")
	if len(ids) == 0 || users == nil || !s.env.Stored(users) {
		return out, nil
	}
	args := make([]value.Value, len(ids))
	for i, id := range ids {
		args[i] = value.OfID(id)
	}
	err := inBatches(args, func(args []value.Value) error {
		sql := "SELECT " + quote("Id") + "," + quote("IsActive") + " FROM " + quote("User") + " WHERE " + quote("Id") + " IN (" + s.list(len(args)) + ")"
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
	if types == nil || !s.env.Stored(types) {
		return false, nil
	}
	ok := false
	sql := "SELECT " + quote("SobjectType") + "," + quote("IsActive") + " FROM " + quote("RecordType") + " WHERE " + quote("Id") + " = " + s.list(1)
	err := s.env.Store().Query(ctx, sql, []value.Value{value.OfID(id)}, func(row store.Row) error {
		ok = strings.EqualFold(row.Text(0), o.Name) && row.Int64(1) != 0
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look up record type %s: %w", id, err)
	}
	return ok, nil
}
