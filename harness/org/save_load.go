package org

import (
	"context"
	"fmt"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// loadBatch is how many rows go to the store at a time.
const loadBatch = 5000

// LoadRaw inserts rows without the save pipeline: no triggers, rules,
// defaults or checks, as rows that are older than today's rules. Ids, audit
// fields, OwnerId, auto-numbers, compound names and false for booleans are
// given where they are not set; the records keep what was given. by ""
// leaves the writes out of the journal.
func (o *Org) LoadRaw(ctx context.Context, obj *schema.Object, recs []*schema.Record, by cause.Transaction) error {
	return o.load(ctx, obj, recs, cause.Of(by))
}

// load is LoadRaw for writes of any cause.
func (o *Org) load(ctx context.Context, obj *schema.Object, recs []*schema.Record, by cause.Cause) error {
	c := o.cause(by)
	fill := o.filler(obj)
	for len(recs) > 0 {
		n := min(loadBatch, len(recs))
		for _, rec := range recs[:n] {
			fill(rec)
		}
		if err := o.st.Insert(ctx, obj, recs[:n], c); err != nil {
			return fmt.Errorf("load %d rows of %s: %w", n, obj.Name, err)
		}
		if accessRows[obj.Name] {
			o.forgetUsers()
		}
		if rows := save.OwnerShares(o.compiled.schema, obj, recs[:n]); len(rows) > 0 {
			shares, _ := sharing.RowsOf(o.compiled.schema, obj)
			if err := o.load(ctx, shares.Object, rows, by); err != nil {
				return err
			}
		}
		if obj.Name == "User" {
			if err := o.assignProfileSets(ctx, recs[:n], by); err != nil {
				return err
			}
		}
		recs = recs[n:]
	}
	return nil
}

// filler is what LoadRaw completes rows of an object with; look-ups of fields
// are done once.
func (o *Org) filler(obj *schema.Object) func(*schema.Record) {
	type fixed struct {
		field *schema.Field
		value value.Value
	}
	var fixes []fixed
	var numbers []*schema.Field
	now := value.OfDatetime(o.clock.now / 1000 * 1000)
	admin := value.OfID(o.state.AdminID)
	known := map[string]value.Value{"IsDeleted": value.OfBool(false), "CreatedDate": now, "LastModifiedDate": now,
		"SystemModstamp": now, "CreatedById": admin, "LastModifiedById": admin, "OwnerId": admin,
		"CurrencyIsoCode": value.OfText(o.currency())}
	for _, f := range obj.Fields {
		switch v, ok := known[f.Name]; {
		case !f.IsStored():
		case ok:
			fixes = append(fixes, fixed{f, v})
		case f.Type == schema.Boolean:
			fixes = append(fixes, fixed{f, value.OfBool(false)})
		case f.AutoNumber:
			numbers = append(numbers, f)
		}
	}
	name := obj.NameField
	idAsName := name != nil && name.IsStored() && !name.AutoNumber && obj.Kind == schema.Custom
	created := obj.Field("CreatedDate")
	return func(rec *schema.Record) {
		if rec.ID() == "" {
			rec.SetID(o.NewID(obj))
		}
		for _, f := range fixes {
			if rec.Get(f.field).IsNull() {
				rec.Set(f.field, f.value)
			}
		}
		for _, f := range numbers {
			if rec.Get(f).IsNull() {
				at := o.clock.now
				if created != nil {
					at = rec.Get(created).Int64()
				}
				rec.Set(f, value.OfText(save.DisplayNumber(f, o.nextNumber(f), at, time.UTC)))
			}
		}
		if idAsName && rec.Get(name).IsNull() {
			rec.Set(name, value.OfText(rec.ID()[:15]))
		}
		save.SetPersonName(rec)
	}
}
