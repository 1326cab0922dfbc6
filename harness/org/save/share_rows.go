package save

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// What the platform refuses of share rows and of rows that the user does not
// reach (sharing.md, sections 4 and 7).

// NoAccess is the error of a row that the user sees but may not write so.
func NoAccess() dml.RowError {
	return dml.RowError{StatusCode: "INSUFFICIENT_ACCESS_OR_READONLY", Message: "insufficient access rights on object id"}
}

// NoReference is the error of a row that points at one the user does not reach.
func NoReference() dml.RowError {
	return dml.RowError{StatusCode: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", Message: "insufficient access rights on cross-reference id"}
}

// NoFields is the error of a row that carries fields its user may not write, in
// user mode.
func NoFields(o *schema.Object, fields []string) dml.RowError {
	return dml.RowError{StatusCode: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Fields: fields,
		Message: "Operation failed due to fields being inaccessible on Sobject " + o.Name + ", check errors on Exception or Result!"}
}

// trivialShare is the error of a share row that gives no more than everybody
// has by the organisation-wide default.
func trivialShare(f *schema.Field, level, byDefault string) dml.RowError {
	return dml.RowError{StatusCode: "FIELD_INTEGRITY_EXCEPTION", Fields: []string{f.Name},
		Message: fmt.Sprintf("field integrity exception: %s (trivial share level %s, for organization with default level %s)", f.Name, level, byDefault)}
}

// validateShares refuses share rows that give nothing, or what only an owner
// has, and lets those that are there already be updated in place.
func (c *chunk) validateShares(ctx context.Context, rows []*Row) error {
	of, shares, ok := sharing.SharedBy(c.session.env.Schema(), c.object)
	if !ok || c.internal {
		return nil
	}
	byDefault := sharing.Default(of)
	for _, r := range rows {
		level := r.New.Get(shares.Access).Text()
		switch {
		case len(r.Errors) > 0 || level == "":
		case strings.EqualFold(level, "All"):
			c.session.env.Approximated(shares.Object.Name+" with the level All", "it is refused, as what only owners have; with which words is not known", shares.Object.Name)
			r.AddError(dml.RowError{StatusCode: "FIELD_INTEGRITY_EXCEPTION", Fields: []string{shares.Access.Name},
				Message: "field integrity exception: " + shares.Access.Name + " (invalid access level: " + level + ")"})
		case trivial(level, byDefault) && givesNothingBelow(shares.Object, r.New):
			r.AddError(trivialShare(shares.Access, level, min(byDefault, sharing.Edit).String()))
		}
	}
	if c.op != dml.Insert {
		return nil
	}
	return c.sameShares(ctx, shares, live(rows))
}

// trivial reports whether a level is no more than the default.
func trivial(level string, byDefault sharing.Level) bool {
	return strings.EqualFold(level, "Read") && byDefault >= sharing.Read || strings.EqualFold(level, "Edit") && byDefault >= sharing.Edit
}

// givesNothingBelow reports whether an account's share row gives nothing of its
// contacts, opportunities and cases either.
func givesNothingBelow(share *schema.Object, row *schema.Record) bool {
	if share.Name != "AccountShare" {
		return true
	}
	for _, child := range []string{"Opportunity", "Case"} {
		if v := row.Get(share.Field(child + "AccessLevel")).Text(); v != "" && v != "None" {
			return false
		}
	}
	return true
}

// sameShares finds share rows that are there already for the same row, user or
// group, and cause: inserting such a one again updates it (Object Reference,
// AccountShare, "Usage").
func (c *chunk) sameShares(ctx context.Context, shares sharing.Rows, rows []*Row) error {
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.New.Get(shares.Parent).Text())
	}
	have, err := sharesOf(ctx, c.session.env.Store(), shares, ids)
	if err != nil || len(have) == 0 {
		return err
	}
	key := func(rec *schema.Record) string {
		return rec.Get(shares.Parent).Text() + "/" + rec.Get(shares.Object.Field("UserOrGroupId")).Text() + "/" + rec.Get(shares.Object.Field("RowCause")).Text()
	}
	known := map[string]*schema.Record{}
	for _, rec := range have {
		known[key(rec)] = rec
	}
	for _, r := range rows {
		if old := known[key(r.New)]; old != nil {
			r.share = old
		}
	}
	return nil
}

// writeShares updates the share rows that were there and gives the rest, which
// are new.
func (c *chunk) writeShares(ctx context.Context, rows []*Row) ([]*Row, error) {
	var fresh []*Row
	for _, r := range rows {
		if r.share == nil {
			fresh = append(fresh, r)
			continue
		}
		r.New.SetID(r.share.ID())
		r.created = false
		setField(r.New, "LastModifiedDate", seconds(c.session.env.Now()))
		setField(r.New, "LastModifiedById", value.OfID(c.session.env.UserID()))
		if err := c.session.env.Store().Update(ctx, c.object, []*schema.Record{r.New}, c.session.env.Cause()); err != nil {
			return nil, fmt.Errorf("write a row of %s: %w", c.object.Name, err)
		}
	}
	return fresh, nil
}

// guardShares refuses to delete share rows that follow from owners and rules.
func (c *chunk) guardShares(_ context.Context, rows []*Row) error {
	if c.object.Kind != schema.Share {
		return nil
	}
	for _, r := range rows {
		switch r.Old.Get(c.object.Field("RowCause")).Text() {
		case causeOwner, causeRule:
			r.AddError(NoAccess())
		}
	}
	return nil
}
