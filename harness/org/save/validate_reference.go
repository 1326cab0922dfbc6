package save

import (
	"context"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// checkReferences makes sure that changed lookups point at rows of the right
// object that exist and are not deleted.
func (c *chunk) checkReferences(ctx context.Context, rows []*Row) error {
	for _, f := range c.object.Fields {
		if f.Type != schema.Reference || !f.IsStored() || len(f.ReferenceTo) == 0 {
			continue
		}
		if err := c.checkReference(ctx, f, rows); err != nil {
			return err
		}
	}
	return nil
}

func (c *chunk) checkReference(ctx context.Context, f *schema.Field, rows []*Row) error {
	wanted := map[*schema.Object][]string{}
	var objects []*schema.Object
	for _, r := range rows {
		v := r.New.Get(f)
		if v.IsNull() || !r.Changed(f) || len(r.Errors) > 0 {
			continue
		}
		target := c.session.target(f, v)
		switch {
		case target == nil && f.Name == "OwnerId":
			r.AddError(ownerWrongType.at(f, v.String()))
		case target == nil:
			r.AddError(idWrongType.at(f, idLabel(f), v.String()))
		case c.session.env.UserID() == v.Text():
			// the running user always exists; a package's own has no row
		case target == c.object && v.Text() == r.New.ID():
			r.AddError(circular.at(f))
		default:
			if wanted[target] == nil {
				objects = append(objects, target)
			}
			wanted[target] = append(wanted[target], v.Text())
		}
	}
	if f.Name == "RecordTypeId" {
		return nil // checkRecordTypes words a missing one its own way
	}
	for _, o := range objects {
		state, err := c.session.states(ctx, o, wanted[o])
		if err != nil {
			return err
		}
		for _, r := range rows {
			v := r.New.Get(f)
			if len(r.Errors) > 0 || v.IsNull() || !r.Changed(f) || c.session.target(f, v) != o || v.Text() == c.session.env.UserID() {
				continue
			}
			switch state[v.Text()] {
			case rowMissing:
				r.AddError(invalidReference.on(nil))
			case rowInBin:
				r.AddError(targetDeleted.on(nil))
			}
		}
	}
	return nil
}

// target is the object that a lookup's value points at, nil when the value is
// no id or of an object that the lookup can not refer to.
func (s *Session) target(f *schema.Field, v value.Value) *schema.Object {
	if v.Kind() != value.ID {
		return nil
	}
	prefix := v.Text()[:3]
	if own := s.env.Schema().ByPrefix(prefix); own != nil && slices.Contains(f.ReferenceTo, own.Name) {
		return own // before others that share its prefix, as the feeds of objects share that of FeedItem
	}
	for _, name := range f.ReferenceTo {
		o := s.env.Schema().Object(name)
		if o != nil && o.KeyPrefix == prefix {
			return o
		}
	}
	// A custom object is not in the list of what a standard lookup refers to,
	// but lists the lookups that make it a parent (companion.go).
	if o := s.env.Schema().ByID(v.Text()); o != nil && o.IsParentOf(f) {
		return o
	}
	return nil
}

// idLabel is the label of a lookup as MALFORMED_ID prints it: ending in " ID".
func idLabel(f *schema.Field) string {
	if strings.HasSuffix(f.Label, " ID") {
		return f.Label
	}
	return f.Label + " ID"
}
