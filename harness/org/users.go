package org

import "context"

// NewUser is what AddUser needs. Empty names are filled from the alias.
type NewUser struct {
	Username, Email     string
	FirstName, LastName string
	Alias               string
	Profile             string // name of a profile; "" for "Standard User"
	Role                string // id of a UserRole
	TimeZone, Locale    string
	Inactive            bool
}

// AddUser makes a user and returns its id.
func (o *Org) AddUser(ctx context.Context, u NewUser) (string, error) { return "", nil }

// AdminID is the id of the first System Administrator.
func (o *Org) AdminID() string { return "" }

// ProfileID is the id of a profile by name, "" when there is none.
func (o *Org) ProfileID(name string) string { return "" }
