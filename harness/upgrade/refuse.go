package upgrade

import (
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// ErrorType is the class of a failed push (PackagePushError.ErrorType).
type ErrorType string

// The error types (versions-and-push.md, section 7).
const (
	DeployError       ErrorType = "DeployError"
	IneligibleUpgrade ErrorType = "IneligibleUpgrade"
	LockingFailure    ErrorType = "LockingFailure"
	UnclassifiedError ErrorType = "UnclassifiedError"
)

// Failure is an install or upgrade that the platform refuses or undoes.
type Failure struct {
	Class   string    // row of the failure table, versions-and-push.md, section 8: "F1"
	Type    ErrorType // as a push reports it
	Message string    // the text that the installer sees
	Step    string    // what was being done
	// Cause is what the installer does not see, such as the exception of the
	// post-install script; nil when there is nothing more to tell.
	Cause error
	// Components are the components concerned, as "Kind Name".
	Components []string
}

// Error is what was being done and the platform's text.
func (f *Failure) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %s (%v)", f.Step, f.Message, f.Cause)
	}
	return f.Step + ": " + f.Message
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

func equalName(a, b string) bool { return strings.EqualFold(a, b) }

// refuse makes the checks that come before any change (upgrade-rules.md,
// section 2, step 1).
func refuse(o *org.Org, pkg *metadata.Package, previous *org.InstalledPackage) error {
	for _, dep := range pkg.Dependencies {
		if err := refuseDependency(o, pkg, dep); err != nil {
			return err
		}
	}
	var zero metadata.Version
	if previous == nil || pkg.Kind != metadata.Managed || previous.Version == zero || pkg.Version == zero {
		return nil
	}
	if pkg.Version.Compare(previous.Version) < 0 {
		return &Failure{Class: "F2", Type: IneligibleUpgrade, Step: "checking the installed version " + previous.Version.String(),
			Message: "A newer version of this package is currently installed"}
	}
	return nil
}

// refuseDependency checks one required package. A dependency that the project
// files give by id or address alone can not be matched with what is installed.
func refuseDependency(o *org.Org, pkg *metadata.Package, dep metadata.Dependency) error {
	if dep.Name == "" && dep.Namespace == "" {
		o.Ledger().Note(ledger.Approximated, "upgrade", "package dependency "+dep.ID+dep.Source,
			"named by id or address only: not checked", pkg.Name)
		return nil
	}
	need, _ := metadata.ParseVersion(dep.Version)
	for _, have := range o.Packages() {
		if (equalName(have.Name, dep.Name) || dep.Namespace != "" && equalName(have.Namespace, dep.Namespace)) &&
			(have.Version == metadata.Version{} || have.Version.Compare(need) >= 0) {
			return nil
		}
	}
	name := dep.Name
	if name == "" {
		name = dep.Namespace
	}
	return &Failure{Class: "F3", Type: DeployError, Step: "checking required packages",
		Message: fmt.Sprintf("A required package is missing: Package %q, Version %s or later must be installed first.", name, dep.Version)}
}

// refuseActions makes the checks that need to know what would happen.
func refuseActions(o *org.Org, pkg *metadata.Package, actions []Action) error {
	if pkg.Kind == metadata.Unlocked {
		for _, act := range actions {
			e := o.Components().Find(act.Kind, pkg.Namespace, act.Name)
			if act.Verb == Rewrite && e.Package != "" && !equalName(e.Package, pkg.Name) {
				return &Failure{Class: "F15", Type: DeployError, Step: "claiming components",
					Message: fmt.Sprintf("Cannot add component of type:%s named:%s to another package because it is an installed component",
						act.Kind, act.Name),
					Components: []string{string(act.Kind) + " " + act.Name}}
			}
		}
	}
	return refuseRemovedControllers(o, pkg, actions)
}

// refuseRemovedControllers blocks an upgrade that deletes a class which a
// Visualforce page staying in the org needs (upgrade-rules.md, section 6;
// failure F12).
func refuseRemovedControllers(o *org.Org, pkg *metadata.Package, actions []Action) error {
	deleted := map[string]string{}
	staying := map[string]*metadata.Component{}
	for _, act := range actions {
		switch {
		case act.Kind == "ApexClass" && act.Verb == Delete:
			deleted[strings.ToLower(act.Name)] = act.Name
		case act.Kind == "ApexPage" && act.Verb != Delete && act.Component != nil:
			staying[act.Name] = act.Component
		}
	}
	if len(deleted) == 0 {
		return nil
	}
	for _, e := range o.Components().OfKind("ApexPage") {
		if equalName(e.Namespace, pkg.Namespace) && staying[e.Component.Name] == nil {
			staying[e.Component.Name] = e.Component
		}
	}
	for _, act := range actions {
		page := staying[act.Name]
		if act.Kind != "ApexPage" || page == nil {
			continue
		}
		if class := controllerAmong(page, deleted); class != "" {
			return &Failure{Class: "F12", Type: DeployError, Step: "removing Apex classes",
				Message: "This app can't be upgraded. Salesforce has blocked this package upgrade because the new package version removes some Apex code " +
					"that one or more Visualforce pages or global Visualforce components need in order to function. Visualforce Page: " + act.Name + ".",
				Components: []string{"ApexPage " + act.Name, "ApexClass " + class}}
		}
	}
	return nil
}

// controllerAmong gives the first class of the set that a page uses as its
// controller or an extension, or "".
func controllerAmong(page *metadata.Component, classes map[string]string) string {
	markup := string(page.Source)
	users := attributeOf(markup, "controller") + "," + attributeOf(markup, "extensions")
	for name := range strings.SplitSeq(users, ",") {
		if class := classes[strings.ToLower(strings.TrimSpace(name))]; class != "" {
			return class
		}
	}
	return ""
}
