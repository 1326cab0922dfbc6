package save

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Share rows are kept with the rows they share: an owner row from the insert
// on, which moves to the next owner; what was shared by hand goes when the
// owner changes; sharing rules by owner give and take theirs (sharing.md,
// section 4).

// Guard decides what the user of a statement may do with its rows.
type Guard interface {
	// Admit marks the rows that the user may not write so. It is asked once the
	// rows are loaded, before anything acts on them.
	Admit(ctx context.Context, op dml.Op, rows []*Row) error
}

// guarded asks the guard of the statement, if it has one.
func (c *chunk) guarded(ctx context.Context, rows []*Row) error {
	if c.guard == nil {
		return nil
	}
	return c.guard.Admit(ctx, c.op, rows)
}

// ShareRule gives rows to a user or group besides their owners: a sharing rule
// of the object. Causes are what share rows say of it.
type ShareRule struct {
	Name  string
	Level sharing.Level
	// Children are the levels of an account's contacts, opportunities and cases,
	// by child object; nil for other objects.
	Children map[string]sharing.Level
	// To gives the id of the user or group that the rule shares with; "" where
	// the org has none.
	To func(ctx context.Context, env Env) (string, error)
	// Matches reports whether the rule shares a row.
	Matches func(ctx context.Context, env Env, rec *schema.Record) (bool, error)
	// Criteria marks the rules over fields, which the platform evaluates after
	// the commit; those over owners it evaluates with the save.
	Criteria bool
}

// RowCause values of share rows (Object Reference, AccountShare).
const (
	causeOwner  = "Owner"
	causeManual = "Manual"
	causeRule   = "Rule"
)

// share keeps the share rows of rows just written.
func (c *chunk) share(ctx context.Context, rows []*Row, insert bool) error {
	if !sharing.HasOwnerRows(c.object) {
		return nil
	}
	shares, ok := sharing.RowsOf(c.session.env.Schema(), c.object)
	if !ok {
		return nil
	}
	if slices.ContainsFunc(c.auto.ShareRules, func(r ShareRule) bool { return r.Criteria }) {
		c.session.later(c.object, rows)
	}
	owner := c.object.Field("OwnerId")
	var moved []*schema.Record
	for _, r := range rows {
		if insert || r.Old != nil && !value.Identical(r.Old.Get(owner), r.New.Get(owner)) {
			moved = append(moved, r.New)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	env := c.session.env
	if !insert {
		if err := dropShares(ctx, env, shares, moved, causeOwner, causeManual); err != nil {
			return err
		}
	}
	recs := OwnerShares(env.Schema(), c.object, moved)
	if err := env.Load(ctx, shares.Object, recs); err != nil {
		return err
	}
	return reshare(ctx, env, c.object, moved, c.auto.ShareRules, false)
}

// ShareAnew gives records the owner rows and the rows of sharing rules that they
// should have, and takes those back that they should not; what was shared by hand
// or by code stays.
func ShareAnew(ctx context.Context, env Env, o *schema.Object, recs []*schema.Record, rules []ShareRule) error {
	shares, ok := sharing.RowsOf(env.Schema(), o)
	if !ok {
		return nil
	}
	if err := dropShares(ctx, env, shares, recs, causeOwner); err != nil {
		return err
	}
	if rows := OwnerShares(env.Schema(), o, recs); len(rows) > 0 {
		if err := env.Load(ctx, shares.Object, rows); err != nil {
			return err
		}
	}
	return reshare(ctx, env, o, recs, rules, true)
}

// Committed evaluates the sharing rules over fields for the rows that the
// transaction wrote, as the platform does after the commit (order-of-execution.md,
// step 18).
func (s *Session) Committed(ctx context.Context) error {
	for _, o := range s.sharedBy {
		ids := slices.Clone(s.toShare[o])
		slices.Sort(ids)
		recs, err := s.env.Store().Load(ctx, o, slices.Compact(ids))
		if err != nil {
			return fmt.Errorf("load the rows of %s that rules share: %w", o.Name, err)
		}
		recs = slices.DeleteFunc(recs, func(rec *schema.Record) bool { return rec == nil || isDeleted(rec) })
		if err := reshare(ctx, s.env, o, recs, s.env.Automation(o).ShareRules, true); err != nil {
			return err
		}
	}
	return nil
}

// later remembers rows whose criteria are looked at after the commit.
func (s *Session) later(o *schema.Object, rows []*Row) {
	if s.toShare == nil {
		s.toShare = map[*schema.Object][]string{}
	}
	if s.toShare[o] == nil {
		s.sharedBy = append(s.sharedBy, o)
	}
	for _, r := range rows {
		s.toShare[o] = append(s.toShare[o], r.New.ID())
	}
}

// OwnerShares makes the owner rows of records; nil for objects that have none.
func OwnerShares(s *schema.Schema, o *schema.Object, recs []*schema.Record) []*schema.Record {
	shares, ok := sharing.RowsOf(s, o)
	if !ok || !sharing.HasOwnerRows(o) {
		return nil
	}
	owner := o.Field("OwnerId")
	out := make([]*schema.Record, 0, len(recs))
	for _, rec := range recs {
		if to := rec.Get(owner); !to.IsNull() {
			row := shareRow(shares, rec.ID(), to.Text(), causeOwner, sharing.All, nil)
			for _, child := range []string{"Contact", "Opportunity", "Case"} {
				setField(row, child+"AccessLevel", value.OfText("Edit"))
			}
			row.Set(shares.Access, value.OfText(sharing.All.String()))
			out = append(out, row)
		}
	}
	return out
}

func shareRow(shares sharing.Rows, id, to, cause string, level sharing.Level, children map[string]sharing.Level) *schema.Record {
	row := schema.NewRecord(shares.Object)
	row.Set(shares.Parent, value.OfID(id))
	setField(row, "UserOrGroupId", value.OfID(to))
	setField(row, "RowCause", value.OfText(cause))
	for child, l := range children {
		setField(row, child+"AccessLevel", value.OfText(l.String()))
	}
	row.Set(shares.Access, value.OfText(level.String()))
	return row
}

// dropShares deletes the share rows of records with one of the causes.
func dropShares(ctx context.Context, env Env, shares sharing.Rows, recs []*schema.Record, causes ...string) error {
	ids := make([]string, len(recs))
	for i, rec := range recs {
		ids[i] = rec.ID()
	}
	have, err := sharesOf(ctx, env.Store(), shares, ids)
	if err != nil {
		return err
	}
	cause := shares.Object.Field("RowCause")
	var stale []string
	for _, row := range have {
		if slices.Contains(causes, row.Get(cause).Text()) {
			stale = append(stale, row.ID())
		}
	}
	if len(stale) == 0 {
		return nil
	}
	if err := env.Store().Delete(ctx, shares.Object, stale, env.Cause()); err != nil {
		return fmt.Errorf("take back %d rows of %s: %w", len(stale), shares.Object.Name, err)
	}
	return nil
}

// sharesOf loads the share rows of records by their ids.
func sharesOf(ctx context.Context, st store.Store, shares sharing.Rows, ids []string) ([]*schema.Record, error) {
	found, err := FindIDs(ctx, st, shares.Parent, ids, false)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	have, err := st.Load(ctx, shares.Object, found)
	if err != nil {
		return nil, fmt.Errorf("load rows of %s: %w", shares.Object.Name, err)
	}
	return have, nil
}

// reshare brings the share rows that rules give records in line with the
// rules, those over criteria too when criteria is set. Rows that stay are left
// as they are.
func reshare(ctx context.Context, env Env, o *schema.Object, recs []*schema.Record, rules []ShareRule, criteria bool) error {
	if len(rules) == 0 || len(recs) == 0 {
		return nil
	}
	shares, ok := sharing.RowsOf(env.Schema(), o)
	if !ok {
		return nil
	}
	ids := make([]string, len(recs))
	for i, rec := range recs {
		ids[i] = rec.ID()
	}
	have, err := sharesOf(ctx, env.Store(), shares, ids)
	if err != nil {
		return err
	}
	stale := map[string]string{} // what rules gave, by what it gives to the row's id
	for _, row := range have {
		if row.Get(shares.Object.Field("RowCause")).Text() == causeRule {
			stale[grantKey(shares, row)] = row.ID()
		}
	}
	var fresh []*schema.Record
	for _, rec := range recs {
		granted, err := grants(ctx, env, shares, rec, rules, criteria)
		if err != nil {
			return err
		}
		for _, row := range granted {
			key := grantKey(shares, row)
			if _, had := stale[key]; had {
				delete(stale, key)
				continue
			}
			fresh = append(fresh, row)
		}
	}
	if err := deleteStale(ctx, env, shares, have, stale); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	return env.Load(ctx, shares.Object, fresh)
}

func deleteStale(ctx context.Context, env Env, shares sharing.Rows, have []*schema.Record, stale map[string]string) error {
	var gone []string
	for _, row := range have { // in the order of the store
		if stale[grantKey(shares, row)] == row.ID() {
			gone = append(gone, row.ID())
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return env.Store().Delete(ctx, shares.Object, gone, env.Cause())
}

// grants are the share rows that rules give one record: of those to one user
// or group the widest.
func grants(ctx context.Context, env Env, shares sharing.Rows, rec *schema.Record, rules []ShareRule, criteria bool) ([]*schema.Record, error) {
	best := map[string]ShareRule{}
	var order []string
	for _, rule := range rules {
		if rule.Criteria && !criteria {
			continue
		}
		ok, err := rule.Matches(ctx, env, rec)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		to, err := rule.To(ctx, env)
		if err != nil {
			return nil, err
		}
		if to == "" {
			continue
		}
		before, had := best[to]
		if !had {
			order = append(order, to)
		}
		if !had || before.Level < rule.Level {
			best[to] = rule
		}
	}
	var out []*schema.Record
	for _, to := range order {
		out = append(out, shareRow(shares, rec.ID(), to, causeRule, best[to].Level, best[to].Children))
	}
	return out, nil
}

// grantKey is what a share row gives, to whom.
func grantKey(shares sharing.Rows, row *schema.Record) string {
	return strings.Join([]string{row.Get(shares.Parent).Text(), row.Get(shares.Object.Field("UserOrGroupId")).Text(),
		row.Get(shares.Access).Text()}, "/")
}
