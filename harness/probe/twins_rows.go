package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// variant is a way of filling in a row.
type variant struct {
	name    string
	all     bool // every field that can be filled in, not only what is required
	checked bool // checkboxes
	second  bool // other picklist values
	text    string
}

// The ways of filling in a row.
var (
	plain   = variant{name: "with the required fields only", text: "Twin"}
	filled  = variant{name: "with all fields filled in", all: true, text: "Twin"}
	ticked  = variant{name: "with all fields filled in and all checkboxes ticked", all: true, checked: true, second: true, text: "Twin & 'Sons' <of> \"Co\""}
	changed = variant{all: true, checked: true, second: true, text: "Changed & <renamed>"}
)

// maxDeep is how many parents of parents are made for a row.
const maxDeep = 3

// row fills in a new row of an object of the org before. ok is false where a
// required field can not be filled in.
func (t *twinRun) row(ctx context.Context, obj *schema.Object, v variant, deep int) (rec *schema.Record, ok bool, err error) {
	rec = schema.NewRecord(obj)
	for _, f := range obj.Fields {
		if !f.Createable || !f.IsStored() || f.AutoNumber || f.Calculated || f.Name == "OwnerId" || f.Name == "RecordTypeId" {
			continue
		}
		needed := f.NameField || f.Name == "LastName" || f.Name == "Subject" || f.Name == "Company" || !f.Nillable && !f.DefaultedOnCreate && f.Type != schema.Boolean
		if !needed && (!v.all || f.Type == schema.Reference && f.Object.Name == target0(f)) {
			continue
		}
		val, have, err := t.value(ctx, f, v, deep)
		if err != nil {
			return nil, false, err
		}
		if !have {
			if needed {
				return nil, false, nil
			}
			continue
		}
		rec.Set(f, val)
	}
	return rec, true, nil
}

// target0 is the object that a lookup points to; "" where there are several.
func target0(f *schema.Field) string {
	if len(f.ReferenceTo) != 1 {
		return ""
	}
	return f.ReferenceTo[0]
}

// value is what a user would enter into a field.
func (t *twinRun) value(ctx context.Context, f *schema.Field, v variant, deep int) (val value.Value, ok bool, err error) {
	day := t.before.org.Clock().Now() / value.MsPerDay
	switch {
	case f.Type == schema.Reference:
		return t.parent(ctx, f, deep)
	case f.Type == schema.Boolean:
		return value.OfBool(v.checked), true, nil
	case f.Picklist != nil:
		val, ok = choice(f, v.second)
		return val, ok, nil
	case f.Type == schema.Email:
		return value.OfText(fmt.Sprintf("twin.o'brien%d@example.com", t.number())), true, nil
	case f.Type == schema.Phone:
		return value.OfText("(555) 010-0199"), true, nil
	case f.Type == schema.URL:
		return value.OfText("https://example.com/twin"), true, nil
	case f.Unique || f.ExternalID:
		if !f.Type.IsText() {
			return value.OfInt(int32(t.number())), f.Type.IsNumber(), nil
		}
		return value.OfText(cut(fmt.Sprintf("TW%d", t.number()), f.Length)), true, nil
	case f.Type.IsText():
		text := v.text
		if !f.NameField && f.Name != "LastName" {
			text = strings.TrimSpace(f.Label + " " + v.text)
		}
		return value.OfText(strings.TrimSpace(cut(text, f.Length))), f.Length != 0 || f.Type == schema.TextArea, nil
	case f.Type.IsNumber():
		if f.Precision > 0 && f.Precision-f.Scale <= 1 {
			return value.OfInt(1), true, nil
		}
		return value.OfInt(12), true, nil
	case f.Type == schema.Date:
		return value.OfDate(day), true, nil
	case f.Type == schema.Datetime:
		return value.OfDatetime(day * value.MsPerDay), true, nil
	default:
		return value.Value{}, false, nil
	}
}

// number counts up: values that must be unique are made of it.
func (t *twinRun) number() int {
	t.numbered++
	return t.numbered
}

// choice is the first active value of a picklist, or the last.
func choice(f *schema.Field, last bool) (value.Value, bool) {
	var active []string
	for _, p := range f.Picklist.Values {
		if p.Active {
			active = append(active, p.Name)
		}
	}
	switch {
	case len(active) == 0:
		return value.Value{}, false
	case last:
		return value.OfText(active[len(active)-1]), true
	default:
		return value.OfText(active[0]), true
	}
}

// parent is a row that a lookup may point to: one that both orgs have, else one
// that is made in both.
func (t *twinRun) parent(ctx context.Context, f *schema.Field, deep int) (value.Value, bool, error) {
	name := target0(f)
	obj := t.before.org.Schema().Object(name)
	if obj == nil || obj.Kind != schema.Standard && obj.Kind != schema.Custom || name == "User" || name == "Group" {
		return value.Value{}, false, nil
	}
	ids, err := firstRows(ctx, t.before.org, obj, 1)
	if err != nil {
		return value.Value{}, false, err
	}
	if len(ids) > 0 {
		return value.OfID(ids[0]), true, nil
	}
	if deep >= maxDeep || !obj.Createable {
		return value.Value{}, false, nil
	}
	rec, ok, err := t.row(ctx, obj, plain, deep+1)
	if err != nil || !ok {
		return value.Value{}, false, err
	}
	id, err := t.insertUnseen(ctx, rec)
	return value.OfID(id), id != "", err
}

// insertUnseen inserts a row that others need in both orgs, without looking at
// what comes of it. It gives the id in the org before; "" where one of them refuses
// it.
func (t *twinRun) insertUnseen(ctx context.Context, rec *schema.Record) (string, error) {
	var ids [2]string
	for i, side := range []*twinSide{t.before, t.after} {
		own := t.translate(side, rec)
		if own == nil {
			return "", nil
		}
		_, err := side.org.Run(ctx, org.TxOptions{Cause: twinCause, NoLimits: true}, func(tx *org.Tx) error {
			results, err := tx.DML(ctx, schema.Statement{Op: dml.Insert, Records: []*schema.Record{own}, AllOrNone: true})
			if err == nil {
				ids[i] = results[0].ID
			}
			return err
		})
		if err != nil {
			return "", ctx.Err()
		}
		if _, err := side.org.Drain(ctx, org.DrainOptions{}); err != nil && ctx.Err() != nil {
			return "", ctx.Err()
		}
	}
	if t.alike != nil {
		t.alike[ids[0]] = ids[1]
	}
	return ids[0], nil
}

// twinCause is what the preparations are blamed on.
const twinCause = cause.Transaction(cause.BusinessWord + " tried: preparation")

// translate gives a row in terms of the describes and the ids of a side; nil where
// it has no such object. Fields that it does not have are left out.
func (t *twinRun) translate(s *twinSide, rec *schema.Record) *schema.Record {
	obj := s.org.Schema().Object(rec.Object.Name)
	if obj == nil {
		return nil
	}
	own := schema.NewRecord(obj)
	rec.Each(func(f *schema.Field, v value.Value) {
		if same := obj.Field(f.Name); same != nil {
			if other := t.alike[v.Text()]; s == t.after && f.Type == schema.Reference && other != "" {
				v = value.OfID(other)
			}
			own.Set(same, v)
		}
	})
	return own
}

// acceptable changes a new row until the org before takes it: fields that it
// refuses are left out. nil where it takes none.
func (t *twinRun) acceptable(ctx context.Context, rec *schema.Record) (*schema.Record, error) {
	const attempts = 8
	for range attempts {
		var failure error
		err := t.before.org.Undone(ctx, func() error {
			_, failure = t.before.org.Run(ctx, org.TxOptions{Cause: twinCause}, func(tx *org.Tx) error {
				_, err := tx.DML(ctx, schema.Statement{Op: dml.Insert, Records: []*schema.Record{rec.Clone(false)}, AllOrNone: true})
				return err
			})
			return ctx.Err()
		})
		if err != nil || failure == nil {
			return rec, err
		}
		if rec = relieved(rec, failure); rec == nil {
			return nil, nil
		}
	}
	return nil, nil
}

// relieved leaves out of a row the fields for which it was refused: those that the
// error names, else its lookups, else all that need not be there. nil where
// nothing can be left out.
func relieved(rec *schema.Record, failure error) *schema.Record {
	named := map[string]bool{}
	var refused *dml.Error
	if errors.As(failure, &refused) {
		for _, row := range refused.Rows() {
			for _, name := range append(row.Fields, row.Root().Fields...) {
				named[strings.ToLower(name)] = true
			}
		}
	}
	for _, drop := range []func(f *schema.Field) bool{
		func(f *schema.Field) bool { return named[strings.ToLower(f.Name)] },
		func(f *schema.Field) bool { return f.Type == schema.Reference },
		func(f *schema.Field) bool { return f.Type == schema.Boolean },
		func(f *schema.Field) bool { return !f.NameField && f.Name != "LastName" },
	} {
		rest := schema.NewRecord(rec.Object)
		rec.Each(func(f *schema.Field, v value.Value) {
			if !f.Nillable && f.Type != schema.Boolean && !f.DefaultedOnCreate || !drop(f) {
				rest.Set(f, v)
			}
		})
		if rest.Len() < rec.Len() {
			return rest
		}
	}
	return nil
}

// firstRows are the ids of the first live rows of an object.
func firstRows(ctx context.Context, o *org.Org, obj *schema.Object, most int) ([]string, error) {
	if !o.Store().HasTable(obj) {
		return nil, nil
	}
	return sampleIDs(ctx, o, obj, most)
}

func cut(text string, length int) string {
	if r := []rune(text); length > 0 && len(r) > length {
		return string(r[:length])
	}
	return text
}
