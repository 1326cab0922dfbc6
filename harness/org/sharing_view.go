package org

import (
	"context"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// directory reads the users, roles and groups of the org, once until one of
// them changes.
func (o *Org) directory(ctx context.Context) (*sharing.Directory, error) {
	if o.people != nil {
		return o.people, nil
	}
	var users []sharing.User
	var roles []sharing.Role
	var groups []sharing.Group
	members := map[string][]string{}
	for _, t := range []struct {
		object string
		take   func(get func(field string) value.Value)
	}{
		{"User", func(get func(string) value.Value) {
			users = append(users, sharing.User{ID: get("Id").Text(), Role: get("UserRoleId").Text()})
		}},
		{"UserRole", func(get func(string) value.Value) {
			roles = append(roles, sharing.Role{ID: get("Id").Text(), Name: get("DeveloperName").Text(), Parent: get("ParentRoleId").Text(),
				Children: map[string]string{"contact": get("ContactAccessForAccountOwner").Text(),
					"opportunity": get("OpportunityAccessForAccountOwner").Text(), "case": get("CaseAccessForAccountOwner").Text()}})
		}},
		{"Group", func(get func(string) value.Value) {
			groups = append(groups, sharing.Group{ID: get("Id").Text(), Name: get("DeveloperName").Text(), Type: get("Type").Text(),
				Related: get("RelatedId").Text(), Bosses: get("DoesIncludeBosses").Bool()})
		}},
		{"GroupMember", func(get func(string) value.Value) {
			who := get("UserOrGroupId").Text()
			members[who] = append(members[who], get("GroupId").Text())
		}},
	} {
		if err := o.eachRow(ctx, t.object, t.take); err != nil {
			return nil, fmt.Errorf("read who shares with whom: %w", err)
		}
	}
	o.people = sharing.NewDirectory(users, roles, groups, members)
	return o.people, nil
}

// eachRow reads the rows of an object that the org may not have.
func (o *Org) eachRow(ctx context.Context, object string, take func(get func(field string) value.Value)) error {
	obj := o.compiled.schema.Object(object)
	if obj == nil || !o.stored(obj) || !o.st.HasTable(obj) {
		return nil
	}
	return o.st.Scan(ctx, obj, func(rec *schema.Record) error {
		take(func(field string) value.Value {
			if f := obj.Field(field); f != nil && f.IsStored() {
				return rec.Get(f)
			}
			return value.Value{}
		})
		return nil
	})
}

// forgetUsers drops what the org remembers of users and of what they are in.
func (o *Org) forgetUsers() { o.users, o.people = nil, nil }

// view is the running user's sight of the rows; nil for one that sees all.
func (tx *Tx) view(ctx context.Context) (*sharing.View, error) {
	if tx.administers() {
		return nil, nil
	}
	u, err := tx.org.user(ctx, tx.user.ID)
	if err != nil || u == nil {
		return nil, err // the user of a package has no row and sees all
	}
	if u.view == nil || u.viewed != tx.compiled.schema {
		if u.view, err = tx.viewOf(ctx, tx.user); err != nil {
			return nil, err
		}
		u.viewed = tx.compiled.schema
	}
	return u.view, nil
}

// viewOf makes a user's sight of the rows.
func (tx *Tx) viewOf(ctx context.Context, user *vm.UserInfo) (*sharing.View, error) {
	d, err := tx.org.directory(ctx)
	if err != nil {
		return nil, err
	}
	tx.org.noteUnshared()
	rights := fullRights
	if user.ProfileID != tx.org.adminProfile() && user.Type != automatedType {
		if rights, err = tx.org.readRights(ctx, user); err != nil {
			return nil, fmt.Errorf("read the rights of user %s: %w", user.ID, err)
		}
	}
	external := user.Type != "Standard" && user.Type != automatedType && user.Type != packageUserType
	if external {
		tx.org.ledger.Note(ledger.Approximated, "sharing", "sharing for "+user.Type+" users",
			"the external organisation-wide defaults, owners and share rows count; sharing sets and rules for guests do not", "")
	}
	return sharing.NewView(tx.compiled.schema, sharing.Viewer{ID: user.ID, External: external, Guest: user.Type == "Guest",
		Rights: rights, Grantees: d.Of(user.ID, external)}), nil
}

// sight is a View as queries ask it.
type sight struct{ *sharing.View }

// Visible is the condition that a row the user reads meets.
func (s sight) Visible(o *schema.Object, alias string, sql *soql.SharingSQL) string {
	return s.Condition(o, sharing.Read, alias, sql)
}

// sharingOf is what limits the rows of a query that is run with sharing or as
// its user; nil for nothing.
func (tx *Tx) sharingOf(ctx context.Context, s vm.Sharing, mode vm.AccessMode) (soql.Sharing, error) {
	if s != vm.WithSharing && mode != vm.UserMode {
		return nil, nil
	}
	v, err := tx.view(ctx)
	if err != nil || v == nil || v.Key() == "" {
		return nil, err
	}
	return sight{v}, nil
}

// reached gives those of some rows of an object that a user reaches so.
func (tx *Tx) reached(ctx context.Context, v *sharing.View, o *schema.Object, ids []string, l sharing.Level) (map[string]bool, error) {
	out := make(map[string]bool, len(ids))
	if v == nil || v.Open(o, l) {
		for _, id := range ids {
			out[id] = true
		}
		return out, nil
	}
	st := tx.org.st
	w := &statement{view: v, d: st.Dialect()}
	name, alias := w.Table(o)
	id := w.Column(alias, o.IDField())
	where := w.d.In(id, w.param(soql.IDList(ids)), store.Identifier, false)
	where += " AND " + v.Condition(o, l, alias, w)
	for _, t := range w.tables {
		if err := st.EnsureTable(ctx, t); err != nil {
			return nil, err
		}
	}
	for _, f := range w.found {
		if err := st.EnsureIndex(ctx, f); err != nil {
			return nil, err
		}
	}
	err := st.Query(ctx, "SELECT "+id+" FROM "+name+" "+alias+" WHERE "+where+" ORDER BY "+id, w.args, func(row store.Row) error {
		out[row.Text(0)] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find the rows of %s that user %s reaches: %w", o.Name, tx.user.ID, err)
	}
	return out, nil
}

// statement is a SELECT of its own that a View writes a condition into.
type statement struct {
	view   *sharing.View
	d      store.Dialect
	tables []*schema.Object
	args   []value.Value
	found  []*schema.Field // what rows are found by
}

// Table names a table and gives it an alias.
func (w *statement) Table(o *schema.Object) (name, alias string) {
	w.tables = append(w.tables, o)
	return column(o.Name), fmt.Sprintf("t%d", len(w.tables))
}

// Index notes what rows are found by.
func (w *statement) Index(f *schema.Field) { w.found = append(w.found, f) }

// Column is a column of an alias.
func (w *statement) Column(alias string, f *schema.Field) string { return alias + "." + column(f.Name) }

// In tests a column against a list of the view.
func (w *statement) In(column, arg string) string {
	return w.d.In(column, w.param(soql.IDList(w.view.Arg(arg))), store.Identifier, false)
}

func (w *statement) param(v value.Value) string {
	w.args = append(w.args, v)
	return w.d.Placeholder(len(w.args))
}

// prefixOf is the object of an id; nil for none that has rows.
func (tx *Tx) prefixOf(id string) *schema.Object {
	o := tx.compiled.schema.ByID(id)
	if o == nil || !tx.org.stored(o) || strings.HasPrefix(id, "005") {
		return nil
	}
	return o
}
