package save

import (
	"context"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// DuplicateRule stops or reports rows that matching rules take for rows that
// are there already.
type DuplicateRule struct {
	Source  dml.Source
	Message string // the rule's alert text
	// Blocks and Alerts say what the rule does on insert and on update. An
	// alert stops a save too, unless the caller allows duplicates.
	Blocks, Alerts [2]bool
	// Applies is the rule's own condition; nil for all rows.
	Applies  func(ctx context.Context, env Env, r *Row) bool
	Matching []MatchingRule // any of them makes a duplicate
}

// MatchingRule compares a row with the rows of an object.
type MatchingRule struct {
	Name   string
	Object *schema.Object
	Items  []MatchItem
	// Logic joins the items by number from 0; nil for all of them.
	Logic func(test func(i int) (bool, error)) (bool, error)
}

// MatchItem compares one field.
type MatchItem struct {
	Own, Other *schema.Field // of the row, and of the rows it is compared with
	Method     string        // Exact, FirstName, LastName, CompanyName, Phone, City, Street, Zip, Title
	MatchBlank bool          // blank matches blank; otherwise blank matches nothing
}

// duplicateRules stops rows that a duplicate rule takes for duplicates (step
// 6). Rows of one save are compared with what is stored only, not with each
// other (Salesforce Help, Duplicate Rules).
func (c *chunk) duplicateRules(ctx context.Context, rows []*Row) error {
	for i := range c.auto.Duplicates {
		rule := &c.auto.Duplicates[i]
		stops := rule.Blocks[c.op] || rule.Alerts[c.op] && !c.options.AllowDuplicateSave
		if !stops {
			continue
		}
		var asked []*Row
		for _, r := range live(rows) {
			if rule.Applies == nil || rule.Applies(ctx, c.session.env, r) {
				asked = append(asked, r)
			}
		}
		for m := range rule.Matching {
			if err := c.matchAll(ctx, rule, &rule.Matching[m], live(asked)); err != nil {
				return fmt.Errorf("duplicate rule %s: %w", rule.Source.Name, err)
			}
		}
	}
	return nil
}

// matchAll marks the rows that match a stored one.
func (c *chunk) matchAll(ctx context.Context, rule *DuplicateRule, m *MatchingRule, rows []*Row) error {
	if ok, err := present(ctx, c.session.env.Store(), m.Object); !ok || len(rows) == 0 {
		return err
	}
	for _, i := range m.Items {
		if note := approximatedMethods[i.Method]; note != "" {
			c.session.env.Approximated("matching method "+i.Method, note, m.Name)
		}
	}
	stop := func(r *Row) {
		e := duplicatesDetected.on(nil, rule.Message)
		e.Source = rule.Source
		r.AddError(e)
	}
	if at := m.indexed(); at >= 0 {
		return c.matchByValue(ctx, m, at, rows, stop)
	}
	return c.session.env.Store().Scan(ctx, m.Object, func(rec *schema.Record) error {
		for _, r := range live(rows) {
			ok, err := m.same(r.New, rec)
			if err != nil {
				return err
			}
			if ok {
				stop(r)
			}
		}
		return nil
	})
}

// indexed is an item that every match must share letter for letter but for
// case, so that candidates can be looked up by it; -1 for none.
func (m *MatchingRule) indexed() int {
	if m.Logic != nil {
		return -1
	}
	return slices.IndexFunc(m.Items, func(i MatchItem) bool {
		return i.Method == "Exact" && !i.MatchBlank && i.Other.IsStored() && !i.Other.IsLongText() && store.ColumnOf(i.Other).Kind != store.Flag
	})
}

func (c *chunk) matchByValue(ctx context.Context, m *MatchingRule, at int, rows []*Row, stop func(*Row)) error {
	item := m.Items[at]
	var wanted []value.Value
	for _, r := range rows {
		if v := r.New.Get(item.Own); !v.IsNull() {
			wanted = append(wanted, v)
		}
	}
	found, err := c.session.idsByValue(ctx, item.Other, wanted)
	if err != nil {
		return err
	}
	for _, r := range rows {
		recs, err := c.session.env.Store().Load(ctx, m.Object, found[value.Fold(r.New.Get(item.Own).String())])
		if err != nil {
			return err
		}
		for _, rec := range recs {
			ok, err := m.same(r.New, rec)
			if err != nil {
				return err
			}
			if ok {
				stop(r)
				break
			}
		}
	}
	return nil
}

// same reports whether a stored row matches; a row is no duplicate of itself.
func (m *MatchingRule) same(row, stored *schema.Record) (bool, error) {
	if stored == nil || isDeleted(stored) || stored.ID() == row.ID() {
		return false, nil
	}
	test := func(i int) (bool, error) { return m.Items[i].matches(row, stored), nil }
	if m.Logic != nil {
		return m.Logic(test)
	}
	for i := range m.Items {
		if ok, err := test(i); !ok || err != nil {
			return false, err
		}
	}
	return len(m.Items) > 0, nil
}

func (i MatchItem) matches(row, stored *schema.Record) bool {
	a, b := row.Get(i.Own), stored.Get(i.Other)
	if a.IsNull() || b.IsNull() {
		return i.MatchBlank && a.IsNull() && b.IsNull()
	}
	compare := matchMethods[i.Method]
	if compare == nil {
		compare = sameText
	}
	return compare(a.Plain(), b.Plain())
}
