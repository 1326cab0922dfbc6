package upgrade

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// refuseScheduled blocks a version that changes or deletes a class whose
// scheduled job waits (versions-and-push.md, section 8, F10). The platform may
// also block on classes that the scheduled one refers to; those are noted.
func refuseScheduled(o *org.Org, pkg *metadata.Package, inv *inventory, actions []Action) error {
	waiting := map[string][]string{}
	for _, job := range o.PendingJobs() {
		if job.Scheduled && equalName(job.Namespace, pkg.Namespace) {
			name := strings.ToLower(job.Class)
			waiting[name] = append(waiting[name], job.ID)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	for _, act := range actions {
		ids := waiting[strings.ToLower(act.Name)]
		if act.Kind != "ApexClass" || len(ids) == 0 || !changesCode(inv, act) {
			continue
		}
		slices.Sort(ids)
		return &Failure{Class: "F10", Type: LockingFailure, Step: "changing Apex class " + act.Name,
			Message:    fmt.Sprintf("This schedulable class has jobs pending or in progress - CronTrigger IDs (%s)", strings.Join(ids, ", ")),
			Components: []string{"ApexClass " + act.Name}}
	}
	o.Ledger().Note(ledger.Approximated, "upgrade", "scheduled jobs that wait",
		"an upgrade is blocked when the scheduled class itself changes; the platform may block on classes that it refers to as well", pkg.Name)
	return nil
}

// changesCode says whether an action replaces or deletes code that is there.
func changesCode(inv *inventory, act Action) bool {
	have := inv.entry(act.Kind, act.Name)
	switch {
	case have == nil:
		return false
	case act.Verb == Delete:
		return true
	case act.Verb != Rewrite:
		return false
	}
	return !bytes.Equal(metadata.Code(act.Kind, have.Component.Source), metadata.Code(act.Kind, act.Component.Source))
}

// refuseConversions blocks a change of a field's type where it can not be made:
// Apex of the org refers to the field (F17). Only unlocked packages and
// deployments change types; a managed upgrade leaves them as they are.
func refuseConversions(o *org.Org, pkg *metadata.Package, inv *inventory, actions []Action) error {
	if pkg.Kind == metadata.Managed {
		return nil
	}
	for _, act := range actions {
		if act.Kind != "CustomField" || act.Verb != Rewrite {
			continue
		}
		was, is := inv.entry(act.Kind, act.Name).Component.Props.Get("type"), act.Component.Props.Get("type")
		if was == is || was == "" || is == "" {
			continue
		}
		if class := apexNaming(o, act.Component.BaseName()); class != "" {
			return &Failure{Class: "F17", Type: DeployError, Step: "changing the type of " + act.Name + " from " + was + " to " + is,
				Message:    "Cannot change field type of a custom field referenced in Apex class or trigger: " + class,
				Components: []string{"CustomField " + act.Name, "ApexClass " + class}}
		}
	}
	return nil
}

// apexNaming gives the first class or trigger of the org in whose code a field's
// name stands.
func apexNaming(o *org.Org, field string) string {
	want := strings.ToLower(field)
	for _, kind := range []metadata.Kind{"ApexClass", "ApexTrigger"} {
		for _, e := range o.Components().OfKind(kind) {
			words := strings.FieldsFunc(strings.ToLower(string(metadata.Code(kind, e.Component.Source))), notNameRune)
			if slices.Contains(words, want) {
				return e.Component.Name
			}
		}
	}
	return ""
}

func notNameRune(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// refuseRelationships blocks a new relationship field whose child relationship
// name another field to the same parent has taken (F14).
func refuseRelationships(o *org.Org, pkg *metadata.Package, actions []Action) error {
	for _, act := range actions {
		if act.Kind != "CustomField" || act.Verb != Create || act.Component == nil {
			continue
		}
		name, parent := act.Component.Props.Get("relationshipName"), act.Component.Props.Get("referenceTo")
		if name == "" || parent == "" {
			continue
		}
		for _, e := range o.Components().OfKind("CustomField") {
			c := e.Component
			if equalName(e.Namespace, pkg.Namespace) && !equalName(c.Name, act.Name) &&
				equalName(c.Props.Get("relationshipName"), name) && equalName(c.Props.Get("referenceTo"), parent) {
				return &Failure{Class: "F14", Type: DeployError, Step: "adding field " + act.Name,
					Message:    fmt.Sprintf("The relationship name %q is already used by custom field %s. Please rename existing relationship name.", name+"__r", c.Name),
					Components: []string{"CustomField " + act.Name, "CustomField " + c.Name}}
			}
		}
	}
	return nil
}
