package sharing

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Condition is the SQL that a row under an alias meets when the user reaches it
// so; "" when there is none to meet.
func (v *View) Condition(o *schema.Object, l Level, alias string, sql SQL) string {
	if v.Open(o, l) {
		return ""
	}
	if masters := v.masters(o); len(masters) > 0 {
		return v.byMasters(masters, l, alias, sql)
	}
	if own, rows, ok := SharedBy(v.schema, o); ok {
		return v.byParent(own, rows.Parent, Read, alias, sql)
	}
	lower := strings.ToLower(o.Name)
	p, follows := parents[lower]
	model := modelFor(o, v.viewer.External)
	switch {
	case files[lower]:
		return v.byLinks(o, l, alias, sql)
	case follows && p.any:
		return v.byAny(o, p, l, alias, sql)
	case follows && (model == "" || model == controlled):
		return v.controlled(o, p, l, alias, sql)
	}
	found := v.granted(o, l, sql)
	switch {
	case o.Name == "Account" && l == Read:
		found = append(found, v.throughChildren(o, sql)...)
	case slices.Contains(accountChildren, o.Name) && l <= Edit:
		found = append(found, v.throughAccount(o, l, sql)...)
	}
	return anyOf(found, alias)
}

// either joins conditions of which one is enough; without any nothing is
// reached.
func either(terms []string) string {
	if len(terms) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// anyOf is the condition that a row is among those that some SELECTs find. They
// give row numbers: the database goes through what was found, by indexes of
// owners and grants, and not through all rows.
func anyOf(found []string, alias string) string {
	if len(found) == 0 {
		return "FALSE"
	}
	return alias + ".rowid IN (" + strings.Join(found, " UNION ALL ") + ")"
}

// granted finds the rows' own grants: to their owners and by their share rows.
func (v *View) granted(o *schema.Object, l Level, sql SQL) []string {
	var found []string
	if owner := o.Field("OwnerId"); owner != nil && !v.viewer.Guest {
		found = append(found, v.owned(o, sql))
	}
	if rows, ok := RowsOf(v.schema, o); ok {
		table, s := sql.Table(rows.Object)
		own, t := sql.Table(o)
		found = append(found, "SELECT "+t+".rowid FROM "+table+" "+s+" JOIN "+own+" "+t+" ON "+sql.Column(t, o.IDField())+" = "+sql.Column(s, rows.Parent)+
			" WHERE "+v.shared(rows, rows.Access, l, s, sql))
	}
	return found
}

// owned finds the rows of the user's own, of those below and of their queues.
func (v *View) owned(o *schema.Object, sql SQL) string {
	owner := o.Field("OwnerId")
	sql.Index(owner)
	table, t := sql.Table(o)
	return "SELECT " + t + ".rowid FROM " + table + " " + t + " WHERE " + sql.In(sql.Column(t, owner), grantees)
}

// shared are the share rows that give a level to the user. Owners' rows are
// left to the owner's column, which tells the same.
func (v *View) shared(rows Rows, level *schema.Field, l Level, alias string, sql SQL) string {
	to := rows.Object.Field("UserOrGroupId")
	sql.Index(to)
	cond := sql.In(sql.Column(alias, to), grantees) + " AND " + sql.Column(alias, rows.Object.Field("RowCause")) + " <> 'Owner' AND " +
		atLeast(sql.Column(alias, level), l)
	if f := rows.Object.Field("IsDeleted"); f != nil {
		cond += " AND " + sql.Column(alias, f) + " = 0"
	}
	return cond
}

// atLeast is the condition that the access level of a share row contains a
// level.
func atLeast(column string, l Level) string {
	switch {
	case l <= Read:
		return column + " <> 'None'"
	case l == Edit:
		return column + " IN ('Edit','All')"
	default:
		return column + " = 'All'"
	}
}

// byParent are the rows whose parent the user reaches so.
func (v *View) byParent(parent *schema.Object, f *schema.Field, l Level, alias string, sql SQL) string {
	if v.Open(parent, l) {
		return "TRUE"
	}
	table, p := sql.Table(parent)
	return sql.Column(alias, f) + " IN (SELECT " + sql.Column(p, parent.IDField()) + " FROM " + table + " " + p + " WHERE " +
		v.Condition(parent, l, p, sql) + ")"
}

// byMasters are the details whose masters, all of them, the user reaches.
func (v *View) byMasters(masters []*schema.Field, l Level, alias string, sql SQL) string {
	var terms []string
	for _, f := range masters {
		m := v.schema.Object(f.ReferenceTo[0])
		if m == nil || v.Open(m, throughMaster(f, l)) {
			continue
		}
		terms = append(terms, v.byParent(m, f, throughMaster(f, l), alias, sql))
	}
	return "(" + strings.Join(terms, " AND ") + ")"
}

// controlled are the rows of a standard object that follow their parent.
// Without a parent a row is its owner's alone.
func (v *View) controlled(o *schema.Object, p following, l Level, alias string, sql SQL) string {
	f := o.Field(p.fields[0])
	parent := v.schema.Object(f.ReferenceTo[0])
	terms := []string{v.byParent(parent, f, p.level(l), alias, sql)}
	owner := o.Field("OwnerId")
	switch {
	case owner != nil && !v.viewer.Guest && l > Edit:
		terms = append(terms, sql.In(sql.Column(alias, owner), grantees))
	case owner != nil && !v.viewer.Guest:
		terms = append(terms, "("+sql.Column(alias, f)+" IS NULL AND "+sql.In(sql.Column(alias, owner), grantees)+")")
	}
	return either(terms)
}

// byAny are the rows that follow rows of whatever object their lookups name:
// each that is named and not open must be one the user reaches. An activity is
// its owner's, and who reaches what it is about reads it.
func (v *View) byAny(o *schema.Object, p following, l Level, alias string, sql SQL) string {
	activity := ModelOf(o) != ""
	var terms []string
	if owner := o.Field("OwnerId"); owner != nil && !v.viewer.Guest {
		terms = append(terms, sql.In(sql.Column(alias, owner), grantees))
	}
	if activity && l > Read {
		return either(terms)
	}
	var about, named []string
	for _, name := range p.fields {
		f := o.Field(name)
		if f == nil {
			continue
		}
		col := sql.Column(alias, f)
		named = append(named, col+" IS NOT NULL")
		for _, parent := range v.closed(p.level(l)) {
			about = append(about, "("+col+" IS NULL OR substr("+col+",1,3) <> '"+parent.KeyPrefix+"' OR "+v.byParent(parent, f, p.level(l), alias, sql)+")")
		}
	}
	if activity {
		about = append(about, either(named))
	}
	return either(append(terms, "("+strings.Join(about, " AND ")+")"))
}

// byLinks are the files that are the user's, that are shared with him, or with
// a record that he reaches (Object Reference, ContentDocumentLink). To change
// one takes a link that lets him.
func (v *View) byLinks(o *schema.Object, l Level, alias string, sql SQL) string {
	terms := []string{}
	if !v.viewer.Guest {
		terms = append(terms, sql.In(sql.Column(alias, o.Field("OwnerId")), grantees))
	}
	links := v.schema.Object("ContentDocumentLink")
	if links == nil || l > Edit {
		return either(terms)
	}
	document := o.Field("ContentDocumentId")
	if o.Name == "ContentDocument" {
		document = o.IDField()
	}
	table, a := sql.Table(links)
	entity := links.Field("LinkedEntityId")
	col := sql.Column(a, entity)
	reached := []string{"substr(" + col + ",1,3) NOT IN ('005','00G','0F9')"}
	for _, parent := range v.closed(l) {
		reached = append(reached, "(substr("+col+",1,3) <> '"+parent.KeyPrefix+"' OR "+v.byParent(parent, entity, l, a, sql)+")")
	}
	cond := "(" + sql.In(col, grantees) + " OR (" + strings.Join(reached, " AND ") + "))"
	if l > Read {
		cond += " AND " + sql.Column(a, links.Field("ShareType")) + " <> 'V'"
	}
	terms = append(terms, sql.Column(alias, document)+" IN (SELECT "+sql.Column(a, links.Field("ContentDocumentId"))+" FROM "+table+" "+a+" WHERE "+cond+")")
	return either(terms)
}

// throughChildren finds the accounts that the user reads because a contact,
// opportunity or case of them is shared with him or his, or a contract or order
// his.
func (v *View) throughChildren(account *schema.Object, sql SQL) []string {
	var found []string
	for _, name := range append(slices.Clone(accountChildren), accountDependents...) {
		child := v.schema.Object(name)
		if child == nil || child.Field("AccountId") == nil || child.Field("OwnerId") == nil {
			continue
		}
		table, c := sql.Table(child)
		var reached string
		switch {
		case slices.Contains(accountDependents, name):
			reached = sql.In(sql.Column(c, child.Field("OwnerId")), grantees)
		case modelFor(child, v.viewer.External) == controlled:
			continue // rows that follow the account open nothing
		default:
			reached = anyOf(v.granted(child, Read, sql), c)
		}
		own, t := sql.Table(account)
		found = append(found, "SELECT "+t+".rowid FROM "+table+" "+c+" JOIN "+own+" "+t+" ON "+sql.Column(t, account.IDField())+" = "+
			sql.Column(c, child.Field("AccountId"))+" WHERE "+sql.Column(c, child.Field("IsDeleted"))+" = 0 AND "+reached)
	}
	return found
}

// throughAccount finds the contacts, opportunities and cases that the user
// reaches by the account: as its owner by his role, or as the account is shared
// with him.
func (v *View) throughAccount(o *schema.Object, l Level, sql SQL) []string {
	account, f := v.schema.Object("Account"), o.Field("AccountId")
	if account == nil || f == nil {
		return nil
	}
	sql.Index(f)
	through := func(accounts string) string {
		table, t := sql.Table(o)
		return "SELECT " + t + ".rowid FROM " + table + " " + t + " WHERE " + sql.Column(t, f) + " IN (" + accounts + ")"
	}
	table, a := sql.Table(account)
	found := []string{through("SELECT " + sql.Column(a, account.IDField()) + " FROM " + table + " " + a + " WHERE " +
		sql.In(sql.Column(a, account.Field("OwnerId")), ownersOf(strings.ToLower(o.Name), l)))}
	if rows, ok := RowsOf(v.schema, account); ok {
		if level := rows.Object.Field(o.Name + "AccessLevel"); level != nil && level.IsStored() {
			table, s := sql.Table(rows.Object)
			found = append(found, through("SELECT "+sql.Column(s, rows.Parent)+" FROM "+table+" "+s+" WHERE "+v.shared(rows, level, l, s, sql)))
		}
	}
	return found
}
