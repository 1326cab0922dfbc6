package org

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// roleNamed finds a role by developer name: one of the components, else one
// that the org came with; "" for none.
func (o *Org) roleNamed(ctx context.Context, name string) (string, error) {
	if id := o.MirrorID(Key{metadata.Role, "", name}); id != "" || name == "" {
		return id, nil
	}
	found := ""
	err := o.eachRow(ctx, "UserRole", func(get func(string) value.Value) {
		if found == "" && strings.EqualFold(get("DeveloperName").Text(), name) {
			found = get("Id").Text()
		}
	})
	return found, err
}

// roleAhead reports whether a role is below one that has no row yet.
func (o *Org) roleAhead(ctx context.Context, e *Entry) (bool, error) {
	parent := e.Component.Props.Get("parentRole")
	id, err := o.roleNamed(ctx, parent)
	return parent != "" && id == "", err
}
