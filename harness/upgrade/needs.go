package upgrade

import (
	"context"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// refuseMissingValues blocks a component that needs picklist values which the
// org's field does not have after the upgrade, since upgrades bring none (F23;
// upgrade-rules.md, section 5, "Missing values needed by another packaged
// component"): the steps of a path.
func (in *installing) refuseMissingValues() error {
	for _, act := range in.actions {
		if act.Kind != metadata.PathAssistant || act.Verb != Create && act.Verb != Rewrite {
			continue
		}
		object, field := act.Component.Props.Get("entityName"), act.Component.Props.Get("fieldName")
		values, known := in.valuesAfter(object + "." + field)
		if !known {
			continue
		}
		for _, step := range act.Component.Props.All("pathAssistantSteps") {
			value := step.Get("picklistValueName")
			if value != "" && !slices.Contains(values, value) {
				return fail(ValueMissing, "adding path "+act.Name, []string{"PathAssistant " + act.Name, "CustomField " + object + "." + field}, value, field)
			}
		}
	}
	return nil
}

// valuesAfter lists the values of a picklist of the package as the upgrade
// leaves it; not known for fields of others.
func (in *installing) valuesAfter(field string) (values []string, known bool) {
	for _, act := range in.actions {
		if act.Kind != metadata.CustomField || !equalName(act.Name, field) || act.Component == nil {
			continue
		}
		definition := act.Component.Props.Find("valueSet/valueSetDefinition")
		if definition == nil {
			return nil, false
		}
		for _, v := range definition.All("value") {
			values = append(values, v.Get("fullName"))
		}
		return values, true
	}
	return nil, false
}

// withoutApps are the licenses whose users can not have apps assigned (F22).
var withoutApps = map[string]bool{"chatter free": true, "chatter external": true, "guest user license": true, "identity": true, "external identity": true}

// refuseAssignedApps blocks a permission set that gets an app while a user who
// has it is of a license without apps (F22).
func (in *installing) refuseAssignedApps(ctx context.Context) error {
	for _, act := range in.actions {
		if act.Kind != metadata.PermissionSet || act.Verb != Rewrite {
			continue
		}
		e := in.inv.entry(act.Kind, act.Name)
		before, after := e.Component.Props.All("applicationVisibilities"), act.Component.Props.All("applicationVisibilities")
		if len(after) <= len(before) {
			continue
		}
		user, err := in.assignedWithoutApps(ctx, in.org.MirrorID(e.Key()))
		if err != nil {
			return err
		}
		if user != "" {
			return fail(LicenseWithoutApps, "changing permission set "+act.Name+", which user "+user+" has", []string{"PermissionSet " + act.Name})
		}
	}
	return nil
}

// assignedWithoutApps finds a user who has a permission set and a license
// without apps; "" when there is none.
func (in *installing) assignedWithoutApps(ctx context.Context, set string) (string, error) {
	assignees := map[string]bool{}
	licenses := map[string]string{} // names by id
	profiles := map[string]string{} // license names by id of the profile
	found := ""
	for _, read := range []struct {
		object string
		row    func(*schema.Record)
	}{
		{"PermissionSetAssignment", func(r *schema.Record) {
			if text(r, "PermissionSetId") == set && set != "" {
				assignees[text(r, "AssigneeId")] = true
			}
		}},
		{"UserLicense", func(r *schema.Record) { licenses[r.ID()] = text(r, "Name") }},
		{"Profile", func(r *schema.Record) { profiles[r.ID()] = licenses[text(r, "UserLicenseId")] }},
		{"User", func(r *schema.Record) {
			if assignees[r.ID()] && withoutApps[strings.ToLower(profiles[text(r, "ProfileId")])] {
				found = text(r, "Username")
			}
		}},
	} {
		o := in.org.Schema().Object(read.object)
		if o == nil || !in.org.Store().HasTable(o) {
			continue
		}
		err := in.org.Store().Scan(ctx, o, func(r *schema.Record) error {
			read.row(r)
			return nil
		})
		if err != nil {
			return "", err
		}
		if read.object == "PermissionSetAssignment" && len(assignees) == 0 {
			return "", nil
		}
	}
	return found, nil
}

// text is a field of a row as text, "" where there is none.
func text(r *schema.Record, name string) string {
	f := r.Object.Field(name)
	if f == nil {
		return ""
	}
	return r.Get(f).Text()
}

// refuseFeatures blocks a version that refers to objects and fields which come
// with a feature that the org lacks (F4).
func (in *installing) refuseFeatures() error {
	for _, need := range schema.Needs(in.pkg) {
		if in.org.Schema().HasFeature(need.Feature) {
			continue
		}
		step := "checking the features of the org: " + string(need.Feature) + " is off"
		components := []string{string(need.Component.Kind) + " " + need.Component.Name}
		if need.Field == "" {
			failure := fail(FeatureOff, step, components, need.Object, need.Object)
			failure.Message = "Missing Organization Feature: " + string(need.Feature)
			return failure
		}
		return fail(FeatureOff, step, components, "field", need.Object+"."+need.Field)
	}
	return nil
}
