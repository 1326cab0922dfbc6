package save

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// load makes the rows of an insert, and finds those that other operations are
// about (step 1).
func (c *chunk) load(ctx context.Context, rows []*Row) error {
	if c.op == dml.Insert {
		for _, r := range rows {
			if err := c.begin(ctx, r); err != nil {
				return err
			}
		}
		return nil
	}
	stored, err := c.stored(ctx, rows)
	if err != nil {
		return err
	}
	for i, r := range rows {
		undelete, binned := c.op == dml.Undelete, stored[i] != nil && isDeleted(stored[i])
		switch {
		case r.id() == "":
			r.AddError(idMissing.on(nil, withArticle(c.op)))
		case stored[i] == nil:
			r.AddError(invalidReference.on(nil))
		case undelete && (!binned || c.session.env.Purged(r.id())):
			r.AddError(undeleteNotDeleted.on(nil))
		case !undelete && binned:
			r.AddError(rowDeleted.on(nil))
		default:
			r.parents.add(c, stored[i])
			c.found(r, stored[i])
		}
	}
	return nil
}

// found takes a stored row as what was or what will be: of an update both, with
// the caller's values laid over the latter.
func (c *chunk) found(r *Row, stored *schema.Record) {
	switch c.op {
	case dml.Delete:
		r.Old = stored
	case dml.Undelete:
		r.New = stored
	default:
		r.Old, r.New = stored, stored.Clone(false)
		c.overlay(r)
	}
}

func (c *chunk) stored(ctx context.Context, rows []*Row) ([]*schema.Record, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.id()
	}
	old, err := c.session.env.Store().Load(ctx, c.object, ids)
	if err != nil {
		return nil, fmt.Errorf("load %d rows of %s: %w", len(ids), c.object.Name, err)
	}
	return old, nil
}

// reload brings rows that saves inside this one wrote in line with what is
// stored: the steps after the triggers see that.
func (c *chunk) reload(ctx context.Context, rows []*Row) error {
	var written []*Row
	for _, r := range live(rows) {
		if r.again && r.New != nil {
			r.again = false
			written = append(written, r)
		}
	}
	if len(written) == 0 {
		return nil
	}
	now, err := c.stored(ctx, written)
	if err != nil {
		return err
	}
	for i, r := range written {
		if now[i] != nil {
			r.New = now[i]
		}
	}
	return nil
}

// withArticle is the operation as the text of a missing id names it.
func withArticle(op dml.Op) string {
	switch op {
	case dml.Delete:
		return "a delete"
	case dml.Undelete:
		return "an undelete"
	default:
		return "an update"
	}
}

func isDeleted(rec *schema.Record) bool {
	f := rec.Object.Field("IsDeleted")
	return f != nil && rec.Get(f).Bool()
}

// begin makes the new row of an insert.
func (c *chunk) begin(ctx context.Context, r *Row) error {
	if r.Input.ID() != "" {
		r.AddError(idOnInsert.on([]string{"Id"}))
		return nil
	}
	r.created = true
	r.New = schema.NewRecord(c.object)
	c.overlay(r)
	return c.session.fillDefaults(ctx, c.auto, r.New)
}

// overlay lays the caller's values over the row. Fields that a user can not
// write are passed over: they came with the query that read the record.
func (c *chunk) overlay(r *Row) {
	r.Input.Each(func(f *schema.Field, v value.Value) {
		if f.Type == schema.ID || !f.IsStored() || !r.Input.Populated(f) {
			return
		}
		writable := f.Createable
		if c.op == dml.Update {
			writable = f.Updateable
		}
		v = normalise(f, v)
		switch {
		case writable || c.internal:
			r.New.Set(f, v)
		case c.op == dml.Update && f.MasterDetail && !value.Identical(v, r.Old.Get(f)):
			r.AddError(notReparentable.at(f, f.Name))
		}
	})
}

// fillDefaults gives fields that were never assigned their default values, and
// owner and record type where none is named.
func (s *Session) fillDefaults(ctx context.Context, auto *Automation, rec *schema.Record) error {
	o := rec.Object
	for i := range auto.Defaults {
		d := &auto.Defaults[i]
		if rec.IsSet(d.Field) {
			continue
		}
		v, err := d.Value(ctx, s.env, rec)
		if err != nil {
			return err
		}
		rec.Set(d.Field, normalise(d.Field, v))
	}
	for _, f := range o.Fields {
		switch {
		case f.Type == schema.Boolean && f.IsStored() && rec.Get(f).IsNull():
			rec.Set(f, value.OfBool(false))
		case f.Summary != nil && (f.Summary.Operation == "count" || f.Summary.Operation == "sum"):
			rec.Set(f, normalise(f, value.OfInt(0)))
		}
	}
	if f := o.Field("OwnerId"); f != nil && !rec.IsSet(f) {
		rec.Set(f, value.OfID(s.env.DefaultOwner()))
	}
	if f := o.Field("SetupOwnerId"); f != nil && o.Kind.IsCustomSetting() && rec.Get(f).IsNull() {
		rec.Set(f, value.OfID(s.env.OrganizationID()))
	}
	if f := o.Field("RecordTypeId"); f != nil && !rec.IsSet(f) {
		if id := s.env.DefaultRecordType(o); id != "" {
			rec.Set(f, value.OfID(id))
		}
	}
	return nil
}
