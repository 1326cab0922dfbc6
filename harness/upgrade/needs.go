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
		if act.Kind != "PathAssistant" || act.Verb != Create && act.Verb != Rewrite {
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
				return fail("F23", "adding path "+act.Name, []string{"PathAssistant " + act.Name, "CustomField " + object + "." + field}, value, field)
			}
		}
	}
	return nil
}

// valuesAfter lists the values of a picklist of the package as the upgrade
// leaves it; not known for fields of others.
func (in *installing) valuesAfter(field string) (values []string, known bool) {
	for _, act := range in.actions {
		if act.Kind != "CustomField" || !equalName(act.Name, field) || act.Component == nil {
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
		if act.Kind != "PermissionSet" || act.Verb != Rewrite {
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
			return fail("F22", "changing permission set "+act.Name+", which user "+user+" has", []string{"PermissionSet " + act.Name})
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
	for _, need := range needsOf(in.pkg) {
		if in.org.Schema().HasFeature(need.feature) {
			continue
		}
		step, components := "checking the features of the org: "+string(need.feature)+" is off", []string{need.component}
		if need.field == "" {
			failure := fail("F4", step, components, need.object, need.object)
			failure.Message = "Missing Organization Feature: " + string(need.feature)
			return failure
		}
		return fail("F4", step, components, "field", need.object+"."+need.field)
	}
	return nil
}

// FeaturesOf lists the features that an org must have to hold a version, sorted
// (versions-and-push.md, section 6): by where its components live and by what
// its layouts, field sets, list views and the like name.
func FeaturesOf(pkg *metadata.Package) []schema.Feature {
	var list []schema.Feature
	for _, need := range needsOf(pkg) {
		list = append(list, need.feature)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// need is a feature, and the first component that refers to it.
type need struct {
	feature                  schema.Feature
	component, object, field string
}

func needsOf(pkg *metadata.Package) []need {
	var list []need
	add := func(n need) {
		if n.feature != "" && n.feature != schema.RecordTypes &&
			!slices.ContainsFunc(list, func(have need) bool { return have.feature == n.feature }) {
			list = append(list, n)
		}
	}
	for _, c := range pkg.Components {
		object := c.Parent()
		if c.Kind == "Layout" {
			object, _, _ = strings.Cut(c.Name, "-")
		}
		if object == "" || strings.Contains(object, "__") {
			continue
		}
		self := string(c.Kind) + " " + c.Name
		add(need{schema.FeatureOf(object, ""), self, object, ""})
		fieldsNamed(c.Props, func(field string) {
			add(need{schema.FeatureOf(object, field), self, object, field})
		})
	}
	return list
}

// fieldElements are the elements of metadata that name a field of the object
// that a component belongs to.
var fieldElements = map[string]bool{"field": true, "fields": true, "displayedFields": true, "availableFields": true}

// fieldsNamed visits the standard fields that a component names.
func fieldsNamed(n *metadata.Node, visit func(string)) {
	if n == nil {
		return
	}
	for _, child := range n.Children {
		if fieldElements[child.Name] && child.Text != "" && !strings.ContainsAny(child.Text, "._") {
			visit(child.Text)
		}
		fieldsNamed(child, visit)
	}
}
