package save

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// write stores the rows with ids, audit fields, auto-numbers and names that
// follow from other fields (step 7).
func (c *chunk) write(ctx context.Context, rows []*Row) error {
	env := c.session.env
	insert := c.op == dml.Insert && !c.reSave
	recs := make([]*schema.Record, len(rows))
	for _, r := range rows {
		if insert {
			c.finishNew(r.New)
			c.mark(r, r.New.ID())
		} else {
			c.stamp(r.New)
		}
	}
	if insert && c.auto.Prepare != nil {
		if err := c.auto.Prepare(ctx, env, rows); err != nil {
			return err
		}
	}
	written := rows
	if insert && c.object.Kind == schema.Share {
		var err error
		if rows, err = c.writeShares(ctx, rows); err != nil || len(rows) == 0 {
			return err
		}
		recs = recs[:len(rows)]
	}
	for i, r := range rows {
		SetPersonName(r.New)
		if c.auto.Derive != nil {
			c.auto.Derive(r.New)
		}
		r.parents.add(c, r.New)
		recs[i] = c.storedFields(r)
		if r.outer != nil {
			r.outer.again = true
		}
	}
	var err error
	if insert {
		err = env.Store().Insert(ctx, c.object, recs, env.Cause())
	} else {
		err = env.Store().Update(ctx, c.object, recs, env.Cause())
	}
	if err != nil {
		return fmt.Errorf("write %d rows: %w", len(recs), err)
	}
	if err := c.share(ctx, written, insert); err != nil {
		return err
	}
	if c.auto.Follow != nil && (insert || c.op == dml.Update) {
		return c.auto.Follow(ctx, env, rows)
	}
	return nil
}

// storedFields is what is written of a row: of an update only what changed,
// and the audit fields.
func (c *chunk) storedFields(r *Row) *schema.Record {
	if c.op == dml.Insert && !c.reSave && c.auto.Compute == nil {
		return r.New // no field of it is computed
	}
	out := schema.NewRecord(c.object)
	r.New.Each(func(f *schema.Field, v value.Value) {
		if !f.IsStored() {
			return
		}
		if c.op == dml.Insert && !c.reSave || f.Type == schema.ID || r.Old == nil || !value.Identical(v, r.Old.Get(f)) {
			out.Set(f, v)
		}
	})
	return out
}

func (c *chunk) finishNew(rec *schema.Record) {
	env := c.session.env
	o := c.object
	id := env.NewID(o)
	rec.SetID(id)
	setField(rec, "IsDeleted", value.OfBool(false))
	now := seconds(env.Now())
	setField(rec, "CreatedDate", now)
	setField(rec, "CreatedById", value.OfID(env.UserID()))
	c.stamp(rec)
	for _, f := range o.Fields {
		if f.AutoNumber && f.IsStored() {
			n := env.NextNumber(f)
			rec.Set(f, value.OfText(DisplayNumber(f, n, env.Now(), env.Zone())))
		}
	}
	name := o.NameField
	if name == nil || !rec.Get(name).IsNull() || name.AutoNumber || !name.IsStored() {
		return
	}
	if o.Kind == schema.Custom || o.Kind == schema.CustomSettingHierarchy {
		rec.Set(name, value.OfText(id[:15]))
	}
}

// stamp sets the fields that any change sets.
func (c *chunk) stamp(rec *schema.Record) {
	env := c.session.env
	now := seconds(env.Now())
	setField(rec, "SystemModstamp", now)
	if c.internal {
		return
	}
	setField(rec, "LastModifiedDate", now)
	setField(rec, "LastModifiedById", value.OfID(env.UserID()))
}

func seconds(ms int64) value.Value { return value.OfDatetime(floorDiv(ms, 1000) * 1000) }

func setField(rec *schema.Record, name string, v value.Value) {
	if f := rec.Object.Field(name); f != nil && f.IsStored() {
		rec.Set(f, v)
	}
}

// personNameParts are the parts of a compound name in order
// (system-fields.md, section 3).
var personNameParts = []string{"FirstName", "MiddleName", "LastName", "Suffix"}

// SetPersonName composes Name from its parts where the object has them.
func SetPersonName(rec *schema.Record) {
	o := rec.Object
	last := o.Field("LastName")
	name := o.Field("Name")
	if last == nil || name == nil || !name.IsStored() || rec.Get(last).IsNull() {
		return
	}
	var parts []string
	for _, n := range personNameParts {
		if f := o.Field(n); f != nil && !rec.Get(f).IsNull() {
			parts = append(parts, rec.Get(f).Text())
		}
	}
	rec.Set(name, value.OfText(strings.Join(parts, " ")))
}

// DisplayNumber formats an auto-number: "A-{0000}", with {YYYY}, {YY}, {MM}
// and {DD} of the day in the user's zone.
func DisplayNumber(f *schema.Field, n, now int64, zone *time.Location) string {
	format := f.DisplayFormat
	if format == "" {
		format = "{00000000}"
	}
	if zone == nil {
		zone = time.UTC
	}
	day := time.UnixMilli(now).In(zone)
	var b strings.Builder
	for format != "" {
		open := strings.IndexByte(format, '{')
		end := strings.IndexByte(format, '}')
		if open < 0 || end < open {
			b.WriteString(format)
			break
		}
		b.WriteString(format[:open])
		switch part := format[open+1 : end]; strings.ToUpper(part) {
		case "YYYY":
			fmt.Fprintf(&b, "%04d", day.Year())
		case "YY":
			fmt.Fprintf(&b, "%02d", day.Year()%100)
		case "MM":
			fmt.Fprintf(&b, "%02d", int(day.Month()))
		case "DD":
			fmt.Fprintf(&b, "%02d", day.Day())
		default:
			fmt.Fprintf(&b, "%0*d", len(part), n)
		}
		format = format[end+1:]
	}
	return b.String()
}
