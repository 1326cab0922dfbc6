package sharing

import (
	"maps"
	"slices"
	"strings"
)

// User is a user as sharing knows one.
type User struct{ ID, Role string }

// Role is a role: the one above it, and what its users get on the contacts,
// opportunities and cases of accounts they own ("None", "Read", "Edit"), by the
// child object in lower case.
type Role struct {
	ID, Name, Parent string // Name is the developer name
	Children         map[string]string
}

// Group is a group or queue. Related is the role of a group that stands for
// one. Bosses says that what is shared with the group reaches those above its
// members.
type Group struct {
	ID, Name, Type, Related string // Name is the developer name
	Bosses                  bool
}

// Directory is the users, roles and groups of an org.
type Directory struct {
	users    []User
	byID     map[string]User
	roles    map[string]Role
	groups   map[string]Group
	byRole   map[string][]string // ids of the groups that stand for a role
	everyone []string            // ids of the groups that all internal users are in
	memberOf map[string][]string // groups that a user or group is a member of
}

// The types of groups that stand for users of roles (Object Reference, Group).
const (
	roleGroup        = "Role"
	belowGroup       = "RoleAndSubordinates"
	belowInsideGroup = "RoleAndSubordinatesInternal"
	everyoneGroup    = "Organization"
)

// RoleGroupTypes are the types of the groups that each role has.
func RoleGroupTypes() []string { return []string{roleGroup, belowGroup} }

// EveryoneType is the type of the group of all internal users.
const EveryoneType = everyoneGroup

// NewDirectory makes a Directory; members lists the groups of each member,
// which is a user or a group.
func NewDirectory(users []User, roles []Role, groups []Group, members map[string][]string) *Directory {
	d := &Directory{users: users, byID: map[string]User{}, roles: map[string]Role{}, groups: map[string]Group{},
		byRole: map[string][]string{}, memberOf: members}
	for _, u := range users {
		d.byID[u.ID] = u
	}
	for _, r := range roles {
		d.roles[r.ID] = r
	}
	for _, g := range groups {
		d.groups[g.ID] = g
		switch {
		case g.Type == everyoneGroup:
			d.everyone = append(d.everyone, g.ID)
		case g.Related != "":
			d.byRole[g.Related] = append(d.byRole[g.Related], g.ID)
		}
	}
	return d
}

// Grantees is what a user has by others and by groups.
type Grantees struct {
	// IDs are the users and groups through which the user reaches what belongs
	// to them or is shared with them, sorted: the user, those below in the role
	// hierarchy, and the groups and queues of them all.
	IDs []string
	// Owners are, by child object in lower case and level, the users whose
	// accounts give the user their contacts, opportunities or cases.
	owners map[string][]string
}

// Of gives the Grantees of a user. External users stand in no hierarchy and are
// not among everyone inside.
func (d *Directory) Of(user string, external bool) *Grantees {
	ids := map[string]bool{}
	me := d.byID[user]
	if me.ID == "" {
		me.ID = user
	}
	d.join(ids, me, external, true)
	reached := []User{me}
	if !external && me.Role != "" {
		for _, u := range d.users {
			if u.Role != "" && u.Role != me.Role && d.above(me.Role, u.Role) {
				d.join(ids, u, false, false)
				reached = append(reached, u)
			}
		}
	}
	g := &Grantees{IDs: slices.Sorted(maps.Keys(ids)), owners: map[string][]string{}}
	for _, u := range reached {
		for child, access := range d.roles[u.Role].Children {
			switch access {
			case "Edit":
				g.owners[ownersOf(child, Edit)] = append(g.owners[ownersOf(child, Edit)], u.ID)
				fallthrough
			case "Read":
				g.owners[ownersOf(child, Read)] = append(g.owners[ownersOf(child, Read)], u.ID)
			}
		}
	}
	for _, list := range g.owners {
		slices.Sort(list)
	}
	return g
}

// join adds a user and all groups that the user is in, those inside other
// groups too. For a user below another one only groups count that grant access
// using the hierarchy.
func (d *Directory) join(ids map[string]bool, u User, external, own bool) {
	var open []string
	add := func(id string) {
		if g, isGroup := d.groups[id]; isGroup && !own && !g.Bosses && g.Related == "" {
			return
		}
		if !ids[id] || id == u.ID {
			ids[id] = true
			open = append(open, id)
		}
	}
	add(u.ID)
	if !external {
		for _, g := range d.everyone {
			add(g)
		}
		for role, at := u.Role, true; role != ""; role, at = d.roles[role].Parent, false {
			for _, g := range d.byRole[role] {
				if at || d.groups[g].Type != roleGroup {
					add(g)
				}
			}
			if d.roles[role].Parent == role {
				break
			}
		}
	}
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		for _, g := range d.memberOf[id] {
			add(g)
		}
	}
}

// above reports whether a role stands above another one.
func (d *Directory) above(upper, lower string) bool {
	for n := 0; lower != "" && n <= len(d.roles); n++ {
		lower = d.roles[lower].Parent
		if lower == upper {
			return true
		}
	}
	return false
}

// RoleGroup finds the group that stands for a role; "" where there is none.
func (d *Directory) RoleGroup(role, kind string) string {
	for _, g := range d.byRole[role] {
		if strings.EqualFold(d.groups[g].Type, kind) {
			return g
		}
	}
	return ""
}

// Find gives the group of a kind that metadata names: of a role, a role and
// those below, a public group, a queue, everyone inside (Metadata API,
// SharedTo); "" where the org has none.
func (d *Directory) Find(kind, name string) string {
	switch kind {
	case "allInternalUsers":
		if len(d.everyone) > 0 {
			return d.everyone[0]
		}
	case "role":
		return d.RoleGroup(d.roleNamed(name), roleGroup)
	case "roleAndSubordinates":
		return d.RoleGroup(d.roleNamed(name), belowGroup)
	case "roleAndSubordinatesInternal":
		if g := d.RoleGroup(d.roleNamed(name), belowInsideGroup); g != "" {
			return g
		}
		return d.RoleGroup(d.roleNamed(name), belowGroup)
	case "group":
		return d.groupNamed(name, "Regular")
	case "queue":
		return d.groupNamed(name, "Queue")
	}
	return ""
}

func (d *Directory) roleNamed(name string) string {
	found := ""
	for id, r := range d.roles {
		if strings.EqualFold(r.Name, name) && (found == "" || id < found) {
			found = id
		}
	}
	return found
}

func (d *Directory) groupNamed(name, kind string) string {
	found := ""
	for id, g := range d.groups {
		if g.Type == kind && strings.EqualFold(g.Name, name) && (found == "" || id < found) {
			found = id
		}
	}
	return found
}

// Contains reports whether a user is in a group, through others too. A queue
// contains itself, as an owner.
func (d *Directory) Contains(group, user string) bool {
	if group == user {
		return group != ""
	}
	u, known := d.byID[user]
	if !known {
		return false
	}
	ids := map[string]bool{}
	d.join(ids, u, false, true)
	return ids[group]
}

func ownersOf(child string, l Level) string { return "owners:" + child + ":" + l.String() }
