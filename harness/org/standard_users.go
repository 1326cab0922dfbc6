package org

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/sharing"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// foundRows makes the Organization, the licenses, the profiles and the first
// administrator.
func (o *Org) foundRows(ctx context.Context) error {
	o.state.OrgID = o.nextID("00D")
	o.state.AdminID = o.NewID(o.compiled.schema.Object("User"))
	if err := o.foundProfiles(ctx); err != nil {
		return err
	}
	if _, err := o.insertRow(ctx, "Organization", standard.Fields{"Id": o.state.OrgID, "Name": o.cfg.Name, "Country": o.cfg.Country,
		"LanguageLocaleKey": o.cfg.Language, "TimeZoneSidKey": o.cfg.TimeZone, "DefaultLocaleSidKey": o.cfg.Language,
		"OrganizationType": o.cfg.Edition, "IsSandbox": o.cfg.Sandbox, "InstanceName": strings.ToUpper("NA" + o.state.Instance[:2]),
		"FiscalYearStartMonth": int64(1), "PrimaryContact": "Ada Admin"}); err != nil {
		return err
	}
	if _, err := o.AddUser(ctx, NewUser{id: o.state.AdminID, Username: "admin@" + strings.ToLower(o.state.OrgID) + ".example.com",
		FirstName: "Ada", LastName: "Admin", Alias: "aadmin", Profile: AdminProfile}); err != nil {
		return err
	}
	return o.foundAutomatedProcess(ctx)
}

// automatedType is User.UserType of the user that runs what nobody asked for.
const automatedType = "AutomatedProcess"

// foundAutomatedProcess makes the Automated Process user, as whom the triggers
// of platform events run (Platform Events Developer Guide, "Considerations for
// Publishing and Subscribing"). It has no profile; its name is that of orgs as
// they come.
func (o *Org) foundAutomatedProcess(ctx context.Context) error {
	name := "autoproc@" + strings.ToLower(o.state.OrgID)
	_, err := o.insertRow(ctx, "User", standard.Fields{"Id": o.automatedID(), "Username": name, "Email": name, "FirstName": "Automated", "LastName": "Process",
		"Alias": "autoproc", "CommunityNickname": "autoproc", "IsActive": true, "UserType": automatedType, "TimeZoneSidKey": "GMT",
		"LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8"})
	return err
}

// automatedID is the id of the Automated Process user: outside the count of
// users, and after them.
func (o *Org) automatedID() string {
	return value.MakeID("005", o.state.Instance, firstCounter+62*62*62)
}

// insertRow makes a row of the platform's own; an object that the org's
// features leave out is passed over and gives "".
func (o *Org) insertRow(ctx context.Context, object string, fs standard.Fields) (string, error) {
	obj := o.compiled.schema.Object(object)
	if obj == nil || !o.stored(obj) {
		return "", nil
	}
	rec := fs.Record(obj)
	if err := o.LoadRaw(ctx, obj, []*schema.Record{rec}, ""); err != nil {
		return "", err
	}
	return rec.ID(), nil
}

// NewUser is what AddUser needs. Empty names are filled from the alias.
type NewUser struct {
	Username, Email     string
	FirstName, LastName string
	Alias               string
	Profile             string // name of a profile; "" for "Standard User"
	Role                string // id of a UserRole
	TimeZone, Locale    string
	Inactive            bool

	id string
}

// AddUser makes a user and returns its id.
func (o *Org) AddUser(ctx context.Context, u NewUser) (string, error) {
	if u.LastName == "" {
		u.LastName = u.Alias
	}
	if u.Username == "" {
		u.Username = strings.ToLower(u.Alias) + "@" + strings.ToLower(o.state.OrgID) + ".example.com"
	}
	if u.Email == "" {
		u.Email = u.Username
	}
	if u.Profile == "" {
		u.Profile = "Standard User"
	}
	profile := o.ProfileID(u.Profile)
	if profile == "" {
		return "", fmt.Errorf("add user %s: the org has no profile %q", u.Username, u.Profile)
	}
	userType, err := o.textOf(ctx, "Profile", profile, "UserType")
	if err != nil {
		return "", fmt.Errorf("add user %s: %w", u.Username, err)
	}
	obj := o.compiled.schema.Object("User")
	rec := standard.Fields{"Id": u.id, "Username": u.Username, "Email": u.Email, "FirstName": u.FirstName, "LastName": u.LastName,
		"Alias": u.Alias, "ProfileId": profile, "UserRoleId": u.Role, "IsActive": !u.Inactive, "UserType": orElse(userType, "Standard"),
		"TimeZoneSidKey": orElse(u.TimeZone, o.cfg.TimeZone), "LocaleSidKey": orElse(u.Locale, o.cfg.Language),
		"LanguageLocaleKey": o.cfg.Language, "EmailEncodingKey": "UTF-8", "CommunityNickname": u.Alias,
	}.Record(obj)
	if err := o.LoadRaw(ctx, obj, []*schema.Record{rec}, ""); err != nil {
		return "", fmt.Errorf("add user %s: %w", u.Username, err)
	}
	o.forgetUsers()
	return rec.ID(), nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// AdminID is the id of the first System Administrator.
func (o *Org) AdminID() string { return o.state.AdminID }

// ProfileID is the id of a profile by name, "" when there is none.
func (o *Org) ProfileID(name string) string { return o.state.Profiles[strings.ToLower(name)] }

// userRow is what the org keeps at hand of a user.
type userRow struct {
	info   *vm.UserInfo
	active bool
	record *schema.Record
	rights *access.Rights // nil until asked for
	// entities is what an administrator's profile and permission sets name;
	// nil until asked for.
	entities *access.Rights
	// view is what the user sees of rows over a schema; nil until asked for.
	view   *sharing.View
	viewed *schema.Schema
}

// user reads a user's row; nil when there is none.
func (o *Org) user(ctx context.Context, id string) (*userRow, error) {
	if u := o.users[id]; u != nil {
		return u, nil
	}
	obj := o.compiled.schema.Object("User")
	recs, err := o.st.Load(ctx, obj, []string{id})
	if err != nil {
		return nil, fmt.Errorf("load user %s: %w", id, err)
	}
	if recs[0] == nil {
		return nil, nil
	}
	get := func(name string) string {
		if f := obj.Field(name); f != nil {
			return recs[0].Get(f).Text()
		}
		return ""
	}
	info := &vm.UserInfo{ID: id, Username: get("Username"), FirstName: get("FirstName"), LastName: get("LastName"),
		Email: get("Email"), ProfileID: get("ProfileId"), RoleID: get("UserRoleId"), Type: orElse(get("UserType"), "Standard"),
		Locale: get("LocaleSidKey"), Language: get("LanguageLocaleKey"), TimeZoneID: get("TimeZoneSidKey"), Currency: o.currency()}
	info.Name = strings.TrimSpace(info.FirstName + " " + info.LastName)
	info.Zone = zone(info.TimeZoneID)
	row := &userRow{info: info, record: recs[0]}
	if f := obj.Field("IsActive"); f != nil {
		row.active = recs[0].Get(f).Bool()
	}
	if o.users == nil {
		o.users = map[string]*userRow{}
	}
	o.users[id] = row
	return row, nil
}

func zone(id string) *time.Location {
	if loc, err := time.LoadLocation(id); err == nil && id != "" {
		return loc
	}
	return time.UTC
}

// packageUserType is UserInfo.getUserType of a package's own user.
const packageUserType = "LicenseManager"

// packageUser is the system user that stands for a package in its post-install
// script: visible through UserInfo only, not a row (post-install.md,
// section 4).
func (o *Org) packageUser(p InstalledPackage) *vm.UserInfo {
	id := o.state.Mirror["packageuser/"+p.ID]
	if id == "" {
		id = o.NewID(o.compiled.schema.Object("User"))
		o.state.Mirror["packageuser/"+p.ID] = id
	}
	return &vm.UserInfo{ID: id, Username: p.ID[:15] + "@" + o.state.OrgID[:15], Name: p.Name, LastName: p.Name,
		Type: packageUserType, ProfileID: o.ProfileID(AdminProfile), Locale: "en_US", Language: "en_US",
		TimeZoneID: "America/Los_Angeles", Zone: zone("America/Los_Angeles"), Currency: o.currency()}
}

// Users lists the ids of all users in the order they were made, and whether
// each is active.
func (o *Org) Users(ctx context.Context) (ids []string, active map[string]bool, err error) {
	obj := o.compiled.schema.Object("User")
	active = map[string]bool{}
	f := obj.Field("IsActive")
	err = o.st.Scan(ctx, obj, func(rec *schema.Record) error {
		ids = append(ids, rec.ID())
		active[rec.ID()] = rec.Get(f).Bool()
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list users: %w", err)
	}
	return slices.Clip(ids), active, nil
}

// orgInfo is the Organization row as the machine asks for it.
type orgInfo struct{ info *vm.OrgInfo }

func (o *Org) organization(ctx context.Context) (*vm.OrgInfo, error) {
	if o.info.info != nil {
		return o.info.info, nil
	}
	obj := o.compiled.schema.Object("Organization")
	recs, err := o.st.Load(ctx, obj, []string{o.state.OrgID})
	if err != nil {
		return nil, fmt.Errorf("load the Organization: %w", err)
	}
	info := &vm.OrgInfo{ID: o.state.OrgID, Currency: o.currency(), MultiCurrency: o.compiled.schema.HasFeature(schema.MultiCurrency)}
	if rec := recs[0]; rec != nil {
		if f := obj.Field("Name"); f != nil {
			info.Name = rec.Get(f).Text()
		}
		if f := obj.Field("IsSandbox"); f != nil {
			info.Sandbox = rec.Get(f).Bool()
		}
	}
	info.Domain = strings.ToLower(strings.ReplaceAll(info.Name, " ", "-"))
	o.info.info = info
	return info, nil
}

func (o *Org) currency() string { return orElse(o.cfg.Currency, "USD") }

// cause numbers a cause for the store's journal; the zero one is none.
func (o *Org) cause(c cause.Cause) store.Cause {
	if c.IsZero() {
		return store.NoCause
	}
	return o.st.Cause(c.String())
}
