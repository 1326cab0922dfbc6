package upgrade

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// refuseClaims makes the checks of whose a component is.
func (in *installing) refuseClaims() error {
	for _, check := range []func(Action) error{in.refuseOwned, in.refuseForeign, in.refuseNamesakes, in.refuseRelationships, in.refuseTabs} {
		for _, act := range in.actions {
			if err := check(act); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseOwned blocks a component that another unlocked package owns (F15).
func (in *installing) refuseOwned(act Action) error {
	if in.pkg.Kind != metadata.Unlocked || act.Verb != Rewrite {
		return nil
	}
	e := in.inv.entry(act.Kind, act.Name)
	if !in.otherOwner(e) {
		return nil
	}
	return fail(OwnedElsewhere, "claiming components", []string{string(act.Kind) + " " + act.Name}, act.Kind, act.Name, in.org.MirrorID(e.Key()))
}

// refuseForeign blocks a component that another package brought as managed
// (F13): its name carries that package's namespace. What stands on its objects,
// such as a field or a validation rule, is one's own.
func (in *installing) refuseForeign(act Action) error {
	if act.Verb == Deprecate || act.Verb == Delete || act.Verb == Skip || metadata.IsTranslation(act.Kind) {
		return nil // translations are given beside a component, not of it
	}
	ns, name := in.foreign(act)
	if ns == "" {
		return nil
	}
	e := in.org.Components().Find(act.Kind, ns, name)
	if e == nil || e.State != org.Installed || act.Component == nil || sameComponent(e.Component, act.Component) || onlyParts(act.Component) {
		return nil
	}
	return fail(ForeignComponent, "changing "+string(act.Kind)+" "+act.Name, []string{string(act.Kind) + " " + act.Name})
}

// foreign is the namespace of another installed package that the name of a
// component carries in its last part, and the name without it; "" when it
// carries none.
func (in *installing) foreign(act Action) (ns, name string) {
	base := act.Name[strings.LastIndexAny(act.Name, ".-")+1:]
	for _, p := range in.org.Packages() {
		if p.Namespace != "" && !equalName(p.Namespace, in.pkg.Namespace) && strings.HasPrefix(strings.ToLower(base), strings.ToLower(p.Namespace)+"__") {
			return p.Namespace, metadata.StripNamespace(act.Name, p.Namespace)
		}
	}
	return "", ""
}

func sameComponent(a, b *metadata.Component) bool { return a.Props.Equal(b.Props) }

// onlyParts says that an object's file holds nothing of the object itself: it is
// there for the fields and rules that the package adds to it.
func onlyParts(c *metadata.Component) bool {
	return c.Kind == metadata.CustomObject && !c.Props.Has("label") && !c.Props.Has("nameField")
}

// bundleKinds share one set of names (F16).
var bundleKinds = map[metadata.Kind]metadata.Kind{
	metadata.LightningComponentBundle: metadata.AuraDefinitionBundle,
	metadata.AuraDefinitionBundle:     metadata.LightningComponentBundle,
}

// refuseNamesakes blocks a Lightning component whose name a component of the
// other model has (F16). A version that turns one into the other keeps the old
// one in the org, so that it is blocked as well.
func (in *installing) refuseNamesakes(act Action) error {
	other := bundleKinds[act.Kind]
	if other == "" || act.Verb != Create {
		return nil
	}
	e := in.inv.entry(other, act.Name)
	if e == nil || in.goes(other, act.Name) {
		return nil
	}
	return fail(NameTaken, "adding "+string(act.Kind)+" "+act.Name, []string{string(other) + " " + e.Component.Name}, act.Name)
}

// goes says that the upgrade deletes a component.
func (in *installing) goes(kind metadata.Kind, name string) bool {
	for _, act := range in.actions {
		if act.Kind == kind && equalName(act.Name, name) {
			return act.Verb == Delete
		}
	}
	return false
}

// refuseRelationships blocks a relationship field whose child relationship name
// another field to the same parent has taken (F14).
func (in *installing) refuseRelationships(act Action) error {
	if act.Kind != metadata.CustomField || act.Verb != Create && act.Verb != Rewrite || act.Component == nil {
		return nil
	}
	name, parent := act.Component.Props.Get("relationshipName"), act.Component.Props.Get("referenceTo")
	if name == "" || parent == "" {
		return nil
	}
	for _, e := range in.org.Components().OfKind(metadata.CustomField) {
		c := e.Component
		if equalName(e.Namespace, in.pkg.Namespace) && !equalName(c.Name, act.Name) && in.pkg.Find(c.Kind, c.Name) == nil &&
			equalName(c.Props.Get("relationshipName"), name) && equalName(c.Props.Get("referenceTo"), parent) {
			return fail(RelationshipTaken, "adding field "+act.Name, []string{"CustomField " + act.Name, "CustomField " + c.Name}, name+"__r", c.Name)
		}
	}
	return nil
}

// refuseTabs blocks a tab for an object that has one: an object can have one
// custom tab only (Salesforce help, "Create Custom Object Tabs": the list of
// objects offers those without a tab). The text is ours.
func (in *installing) refuseTabs(act Action) error {
	if act.Kind != metadata.CustomTab || act.Verb != Create || act.Component == nil || !act.Component.Props.Bool("customObject") {
		return nil
	}
	object := in.org.Schema().ObjectIn(in.pkg.Namespace, act.Name)
	if object == nil || object.Namespace == "" || !equalName(object.Namespace, in.pkg.Namespace) {
		return nil // of a package without namespace, the tab takes the place of the one that is there
	}
	if e := in.org.Components().Find(metadata.CustomTab, "", object.Name); e == nil || e.Package != "" {
		return nil
	}
	in.org.Ledger().Note(ledger.Approximated, "upgrade", "second tab for an object", "refused; the platform's own words are not known", in.pkg.Name)
	return &Failure{Class: TabTaken, Type: DeployError, Step: "adding tab " + act.Name, Components: []string{"CustomTab " + object.Name},
		Message: fmt.Sprintf("CustomTab(%s): a tab for this object already exists", object.Name)}
}
