package traffic

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// statement makes the DML of a step from rows that are there now.
func statement(ctx context.Context, o *org.Org, s Step) (schema.Statement, error) {
	obj := o.Schema().Object(s.Object)
	rnd := o.Rand(s.Name)
	st := schema.Statement{AllOrNone: true}
	if obj == nil { // the upgrade took it away
		return st, nil
	}
	rows, err := pick(ctx, o, obj, s.Rows, rnd)
	if err != nil {
		return st, err
	}
	switch s.Action {
	case Create:
		st.Op = dml.Insert
		for i := range s.Rows {
			text := s.text(i)
			if i < len(rows) {
				st.Records = append(st.Records, like(rows[i], text))
			} else if rec := newRow(obj, text, rnd); rec != nil {
				st.Records = append(st.Records, rec)
			}
		}
		return st, nil
	case Remove:
		st.Op = dml.Delete
	default:
		st.Op = dml.Update
	}
	for i, row := range rows {
		rec := schema.NewRecord(obj)
		rec.SetID(row.ID())
		if s.Action == Change {
			edit(rec, s.text(i), rnd)
		}
		st.Records = append(st.Records, rec)
	}
	return st, nil
}

// text is what a step writes into its i-th row: "traffic during 3, row 1".
func (s Step) text(i int) string {
	name, _, _ := strings.Cut(s.Name, ":")
	return fmt.Sprintf("%s, row %d", name, i+1)
}

// pick draws live rows of an object without repetition, in the order they were
// inserted. Only those it draws are read: a table may be long and its rows wide.
func pick(ctx context.Context, o *org.Org, obj *schema.Object, n int, rnd *rand.Rand) ([]*schema.Record, error) {
	if !o.Store().HasTable(obj) {
		return nil, nil
	}
	sql := `SELECT "id" FROM "` + strings.ToLower(obj.Name) + `"`
	if f := obj.Field("IsDeleted"); f != nil && f.IsStored() {
		sql += ` WHERE "isdeleted" IS DISTINCT FROM 1`
	}
	var chosen []string
	seen := 0
	err := o.Store().Query(ctx, sql+" ORDER BY rowid", nil, func(row store.Row) error {
		seen++
		if len(chosen) < n {
			chosen = append(chosen, row.Text(0))
		} else if at := rnd.IntN(seen); at < n {
			chosen[at] = row.Text(0)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("choose rows of %s: %w", obj.Name, err)
	}
	return o.Store().Load(ctx, obj, chosen)
}

// like is a new row that resembles one that is there: what users enter most of
// the time. Owner and unique values are left to the org.
func like(row *schema.Record, text string) *schema.Record {
	rec := schema.NewRecord(row.Object)
	row.Each(func(f *schema.Field, v value.Value) {
		switch {
		case !f.Createable || !f.IsStored() || f.AutoNumber || f.Unique || f.Name == "OwnerId" || v.IsNull():
		case f.NameField && f.Type.IsText():
			rec.Set(f, value.OfText(cut(text, f.Length)))
		default:
			rec.Set(f, v)
		}
	})
	return rec
}

// edit changes a descriptive field of a row, one that any user may write. A row
// without one is saved as it is: opened, and closed with "save".
func edit(rec *schema.Record, text string, rnd *rand.Rand) {
	var free []*schema.Field
	for _, f := range rec.Object.Fields {
		if f.Updateable && f.Nillable && !f.Unique && f.Picklist == nil && f.IsStored() &&
			(f.Type == schema.TextArea || f.Type == schema.String && f.Length >= 40) && f.Compound == "" {
			free = append(free, f)
		}
	}
	if len(free) == 0 {
		return
	}
	f := free[rnd.IntN(len(free))]
	rec.Set(f, value.OfText(cut(text, f.Length)))
}

func cut(text string, length int) string {
	if length > 0 && len(text) > length {
		return text[:length]
	}
	return text
}
