package automation

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// userTypeOf gives a new user the type of the profile's licence.
func userTypeOf(users *schema.Object) defaultFunc {
	profile := users.Field("ProfileId")
	return func(ctx context.Context, env save.Env, rec *schema.Record) (value.Value, error) {
		profiles := env.Schema().Object("Profile")
		id := rec.Get(profile).Text()
		if profiles == nil || id == "" {
			return value.OfText("Standard"), nil
		}
		have, err := env.Store().Load(ctx, profiles, []string{id})
		if err != nil {
			return value.Value{}, fmt.Errorf("find the type of a user: %w", err)
		}
		if f := profiles.Field("UserType"); have[0] != nil && f != nil && !have[0].Get(f).IsNull() {
			return have[0].Get(f), nil
		}
		return value.OfText("Standard"), nil
	}
}

// followProfiles keeps the assignments of profiles' permission sets in line
// with the profiles of saved users (Object Reference, PermissionSetAssignment:
// a profile's permission set is assigned with it).
func followProfiles(ctx context.Context, env save.Env, rows []*save.Row) error {
	sets, assignments := env.Schema().Object("PermissionSet"), env.Schema().Object("PermissionSetAssignment")
	if sets == nil || assignments == nil {
		return nil
	}
	for _, r := range rows {
		profile := r.New.Object.Field("ProfileId")
		if r.Old != nil {
			if r.Old.Get(profile).Text() == r.New.Get(profile).Text() {
				continue
			}
			if err := unassign(ctx, env, assignments, r.New.ID()); err != nil {
				return fmt.Errorf("take the permission set of its old profile from user %s: %w", r.New.ID(), err)
			}
		}
		ids, err := save.FindIDs(ctx, env.Store(), sets.Field("ProfileId"), []string{r.New.Get(profile).Text()}, false)
		if err != nil {
			return fmt.Errorf("find the permission set of the profile of user %s: %w", r.New.ID(), err)
		}
		for _, set := range ids {
			row := standard.Fields{"AssigneeId": r.New.ID(), "PermissionSetId": set, "IsActive": true}.Record(assignments)
			if err := env.Load(ctx, assignments, []*schema.Record{row}); err != nil {
				return err
			}
		}
	}
	return nil
}

// unassign deletes the assignments of sets that stand for profiles.
func unassign(ctx context.Context, env save.Env, assignments *schema.Object, user string) error {
	sets := env.Schema().Object("PermissionSet")
	ids, err := save.FindIDs(ctx, env.Store(), assignments.Field("AssigneeId"), []string{user}, false)
	if err != nil {
		return err
	}
	have, err := env.Store().Load(ctx, assignments, ids)
	if err != nil {
		return err
	}
	var stale []string
	for _, a := range have {
		of, err := env.Store().Load(ctx, sets, []string{a.Get(assignments.Field("PermissionSetId")).Text()})
		if err != nil {
			return err
		}
		if of[0] != nil && !of[0].Get(sets.Field("ProfileId")).IsNull() {
			stale = append(stale, a.ID())
		}
	}
	if len(stale) == 0 {
		return nil
	}
	return env.Store().Delete(ctx, assignments, stale, env.Cause())
}

// followRoles makes the groups of new roles.
func followRoles(ctx context.Context, env save.Env, rows []*save.Row) error {
	groups := env.Schema().Object("Group")
	var recs []*schema.Record
	for _, r := range rows {
		if r.Old != nil {
			continue
		}
		for _, g := range standard.RoleGroups(r.New.ID(), r.New.Get(r.New.Object.Field("DeveloperName")).Text()) {
			recs = append(recs, g.Record(groups))
		}
	}
	if len(recs) == 0 {
		return nil
	}
	return env.Load(ctx, groups, recs)
}
