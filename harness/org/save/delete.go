package save

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// restricted refuses rows that a restricted lookup points at.
func (c *chunk) restricted(ctx context.Context, rows []*Row) error {
	for _, rel := range c.object.Children {
		if !rel.RestrictDelete {
			continue
		}
		lookup, child := c.session.childLookup(rel)
		if lookup == nil {
			continue
		}
		for _, r := range live(rows) {
			ids, err := c.session.childIDs(ctx, lookup, []string{r.Old.ID()}, false)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				continue
			}
			names, err := c.names(ctx, child, ids)
			if err != nil {
				return err
			}
			r.AddError(deleteRestricted.on(nil, nameOf(r.Old), strings.ToLower(child.LabelPlural), strings.Join(names, ", ")))
		}
	}
	return nil
}

func (s *Session) childLookup(rel schema.ChildRelationship) (*schema.Field, *schema.Object) {
	child := s.env.Schema().Object(rel.Child)
	if child == nil {
		return nil, nil
	}
	return child.Field(rel.Field), child
}

func (c *chunk) names(ctx context.Context, o *schema.Object, ids []string) ([]string, error) {
	recs, err := c.session.env.Store().Load(ctx, o, ids)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", o.Name, err)
	}
	var names []string
	for _, rec := range recs {
		if rec != nil {
			names = append(names, nameOf(rec))
		}
	}
	return names, nil
}

func nameOf(rec *schema.Record) string {
	if f := rec.Object.NameField; f != nil && !rec.Get(f).IsNull() {
		return rec.Get(f).String()
	}
	return rec.ID()
}

// remove puts the rows and, level by level, their details into the recycle
// bin. No triggers run for details.
func (c *chunk) remove(ctx context.Context, rows []*Row) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Old.ID()
	}
	if err := c.session.bin(ctx, c.object, ids, c.options.HardDelete, 0); err != nil {
		return err
	}
	f := c.object.Field("MasterRecordId")
	if f == nil || c.mergedInto == "" {
		return nil
	}
	recs := make([]*schema.Record, len(rows))
	for i, r := range rows {
		r.Old.Set(f, value.OfID(c.mergedInto))
		recs[i] = schema.NewRecord(c.object)
		recs[i].SetID(r.Old.ID())
		recs[i].Set(f, value.OfID(c.mergedInto))
	}
	if err := c.session.env.Store().Update(ctx, c.object, recs, c.session.env.Cause()); err != nil {
		return fmt.Errorf("mark %d merged rows: %w", len(recs), err)
	}
	return nil
}

// maxCascade bounds the depth of master-detail relations; the platform allows
// three levels of custom details.
const maxCascade = 10

func (s *Session) bin(ctx context.Context, o *schema.Object, ids []string, hard bool, depth int) error {
	if err := s.setDeleted(ctx, o, ids, true, hard); err != nil {
		return err
	}
	for _, rel := range o.Children {
		if !rel.CascadeDelete || depth == maxCascade {
			continue
		}
		lookup, child := s.childLookup(rel)
		if lookup == nil {
			continue
		}
		children, err := s.childIDs(ctx, lookup, ids, false)
		if err != nil {
			return err
		}
		if len(children) > 0 {
			if err := s.bin(ctx, child, children, hard, depth+1); err != nil {
				return err
			}
		}
	}
	return s.clearLookups(ctx, o, ids)
}

// setDeleted moves rows into the recycle bin or out of it. Objects without a
// recycle bin lose the rows for good.
func (s *Session) setDeleted(ctx context.Context, o *schema.Object, ids []string, deleted, hard bool) error {
	env := s.env
	f := o.Field("IsDeleted")
	if deleted && (hard || f == nil || o.Kind.IsCustomSetting()) {
		if err := env.Store().Delete(ctx, o, ids, env.Cause()); err != nil {
			return fmt.Errorf("delete %d rows of %s: %w", len(ids), o.Name, err)
		}
		return nil
	}
	recs := make([]*schema.Record, len(ids))
	for i, id := range ids {
		rec := schema.NewRecord(o)
		rec.SetID(id)
		rec.Set(f, value.OfBool(deleted))
		now := seconds(env.Now())
		setField(rec, "SystemModstamp", now)
		setField(rec, "LastModifiedDate", now)
		setField(rec, "LastModifiedById", value.OfID(env.UserID()))
		recs[i] = rec
	}
	if err := env.Store().Update(ctx, o, recs, env.Cause()); err != nil {
		return fmt.Errorf("move %d rows of %s in the recycle bin: %w", len(ids), o.Name, err)
	}
	return nil
}

// restore takes rows and their details out of the recycle bin.
func (c *chunk) restore(ctx context.Context, rows []*Row) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.New.ID()
		setField(r.New, "IsDeleted", value.OfBool(false))
	}
	return c.session.unbin(ctx, c.object, ids, 0)
}

func (s *Session) unbin(ctx context.Context, o *schema.Object, ids []string, depth int) error {
	if err := s.setDeleted(ctx, o, ids, false, false); err != nil {
		return err
	}
	if err := s.restoreLookups(ctx, o, ids); err != nil || depth == maxCascade {
		return err
	}
	for _, rel := range o.Children {
		if !rel.CascadeDelete {
			continue
		}
		lookup, child := s.childLookup(rel)
		if lookup == nil {
			continue
		}
		children, err := s.childIDs(ctx, lookup, ids, true)
		if err != nil {
			return err
		}
		if len(children) > 0 {
			if err := s.unbin(ctx, child, children, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
