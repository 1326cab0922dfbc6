// Package upgrade installs and upgrades package versions in an org by the
// platform's rules.
//
// The machine follows upgrade-rules.md, section 2: checks that refuse before
// anything changes (refuse.go, claims.go, jobs.go, limits.go, needs.go: the catalogue of failures
// is the table in failures.go); a decision for every component of the new
// version and of the installed one, taken from the manageability table
// (decide.go) with subscriber-owned attributes merged in (merge.go); effects
// on stored data that a changed field has (data.go); permissions for new
// components (grants.go); the post-install script (script.go). Decide is a
// pure function of the new version and the org's inventory.
//
// An install is one unit: when any step fails, the org is as it was before,
// and the Failure carries the text that the platform shows (versions-and-push.md,
// section 8). Asynchronous work that a script starts is left queued: it runs
// after the commit, and draining it is the caller's business.
//
// Left out: installation keys and editions.
package upgrade

import (
	"context"
	"errors"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// Installer installs with what it asks of stages above it. The zero Installer
// runs no tests of packages.
type Installer struct {
	// Tests runs the tests of the installed version and says which failed, as
	// the platform words it; nil: they are not run, which the ledger says.
	Tests func(ctx context.Context, o *org.Org, pkg *metadata.Package) (failures []string, err error)
}

// Report is what an install or upgrade did. It is made also when it failed:
// then Failure says why, and the org has none of the changes.
type Report struct {
	Package  string
	Previous *org.InstalledPackage // nil on a first install
	Version  metadata.Version
	Options  install.Options // as asked for, defaults filled in
	Actions  []Action        // every component, sorted by kind and name
	Grants   []Grant
	Script   *ScriptRun // nil when the version has no post-install class
	Broken   diag.List  // what the deployment left not compiling
	Failure  *Failure
	Overcome []*Failure // stopped earlier attempts, and the administrator went around them
}

// Install is that of the zero Installer.
func Install(ctx context.Context, o *org.Org, pkg *metadata.Package, opt install.Options) (*Report, error) {
	return Installer{}.Install(ctx, o, pkg, opt)
}

// Install installs a package version, or upgrades to it when another version
// of the package is in the org. A *Failure is a refusal or failure by the
// platform's rules; any other error means that it could not be simulated. The
// report is never nil.
func (i Installer) Install(ctx context.Context, o *org.Org, pkg *metadata.Package, opt install.Options) (*Report, error) {
	opt = opt.WithDefaults()
	r := &Report{Package: pkg.Name, Version: pkg.Version, Options: opt}
	if previous, ok := o.Installed(pkg); ok {
		r.Previous = &previous
	}
	var jobs []string // deleted first
	attempt := func() error {
		if err := deleteJobs(ctx, o, jobs); err != nil {
			return err
		}
		in := &installing{ctx: ctx, Installer: i, org: o, pkg: pkg, previous: r.Previous, opt: opt,
			inv: &inventory{registry: o.Components(), pkg: pkg, previous: r.Previous}}
		return r.carryOut(ctx, in)
	}
	err := o.Attempt(ctx, attempt)
	var failure *Failure
	for errors.As(err, &failure) && opt.Comply && opt.Mode == install.Manual && comply(o, pkg, failure, &opt, &jobs) {
		r.Overcome = append(r.Overcome, failure)
		err = o.Attempt(ctx, attempt)
	}
	if errors.As(err, &failure) {
		r.Failure = failure
		return r, failure
	}
	if err != nil {
		return r, fmt.Errorf("install %s %s in org %s: %w", pkg.Name, pkg.Version, o.Name(), err)
	}
	return r, nil
}

// Refused asks whether the platform would refuse a version before anything of it
// is deployed: a *Failure, nil where it goes ahead. The org is not changed.
func Refused(ctx context.Context, o *org.Org, pkg *metadata.Package, opt install.Options) (*Failure, error) {
	in := &installing{ctx: ctx, org: o, pkg: pkg, opt: opt.WithDefaults(), inv: &inventory{registry: o.Components(), pkg: pkg}}
	if previous, ok := o.Installed(pkg); ok {
		in.previous, in.inv.previous = &previous, &previous
	}
	err := in.refuse()
	if err == nil {
		in.actions = Decide(in.pkg, in.inv, in.opt.Removal)
		in.keepWhatIsNeeded()
		err = in.refuseActions(ctx)
	}
	var failure *Failure
	if errors.As(err, &failure) {
		return failure, nil
	}
	return nil, err
}

// installing is one attempt to install.
type installing struct {
	ctx context.Context // of the one call that it lives for
	Installer
	org      *org.Org
	pkg      *metadata.Package
	previous *org.InstalledPackage // nil on a first install
	opt      install.Options
	inv      *inventory
	actions  []Action
	// brokenBefore is Apex of packages that our checker rejects in the org as it
	// was before.
	brokenBefore map[org.Key]bool
}

// carryOut takes the steps of an install; what they did is undone by the caller
// when one of them fails.
func (r *Report) carryOut(ctx context.Context, in *installing) error {
	if err := in.refuse(); err != nil {
		return err
	}
	in.actions = Decide(in.pkg, in.inv, in.opt.Removal)
	in.keepWhatIsNeeded()
	in.noteReplaced()
	r.Actions = in.actions
	if err := in.refuseActions(ctx); err != nil {
		return err
	}
	in.brokenBefore = in.brokenPackages()
	broken, err := in.org.Deploy(ctx, changeOf(in.pkg, r.Actions, in.inv))
	if err != nil {
		return &Failure{Class: NotDeployed, Type: DeployError, Message: err.Error(), Step: "deploying components", Cause: err}
	}
	r.Broken = broken
	if err := in.refuseBrokenApex(); err != nil {
		return err
	}
	r.Grants = grantsFor(in.org, in.pkg, r.Actions, in.opt)
	current, err := in.org.SetPackage(ctx, installedFrom(in.pkg, r.Previous))
	if err != nil {
		return err
	}
	if err := in.runTests(ctx); err != nil {
		return err
	}
	return r.runScript(ctx, in.org, in.pkg, current, in.opt)
}

// refuseActions makes the checks that need to know what would happen.
func (in *installing) refuseActions(ctx context.Context) error {
	for _, check := range []func() error{
		in.refusePush, in.refuseFeatures, in.refuseClaims, in.refuseRemovedControllers, in.refuseJobs, in.refuseConversions,
		in.refuseMissingValues, in.refuseLimits,
		func() error { return in.refuseAssignedApps(ctx) },
		func() error { return checkStoredData(ctx, in) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	if in.previous != nil {
		noteGaps(in.org, in.pkg)
	}
	return nil
}

func installedFrom(pkg *metadata.Package, previous *org.InstalledPackage) org.InstalledPackage {
	p := org.InstalledPackage{Name: pkg.Name, Namespace: pkg.Namespace, Kind: pkg.Kind,
		Version: pkg.Version, VersionName: pkg.VersionName}
	if previous != nil {
		p.Name, p.ID = previous.Name, previous.ID
	}
	return p
}

// changeOf turns the decisions into the one deployment that carries them out.
func changeOf(pkg *metadata.Package, actions []Action, inv *inventory) org.Change {
	var change org.Change
	for _, act := range actions {
		if mergedProfile(pkg.Kind, act.Kind) {
			continue
		}
		entry := &org.Entry{Component: act.Component, Namespace: pkg.Namespace, Package: inv.owner(), State: org.Unmanaged}
		if pkg.Kind == metadata.Managed {
			entry.State = org.Installed
		}
		have := inv.entry(act.Kind, act.Name)
		if have != nil {
			entry.Edited = have.Edited
		}
		switch act.Verb {
		case Create, Rewrite:
			change.Put = append(change.Put, entry)
		case Deprecate:
			entry.State = org.Deprecated
			change.Put = append(change.Put, entry)
		case Delete:
			change.Remove = append(change.Remove, org.Removal{Key: org.Key{Kind: act.Kind, Namespace: pkg.Namespace, Name: act.Name}})
		case Keep, Skip:
		}
	}
	return change
}

// inventory is the org's registry seen by one package.
type inventory struct {
	registry *org.Registry
	pkg      *metadata.Package
	previous *org.InstalledPackage
}

func (i *inventory) owner() string {
	if i.previous != nil {
		return i.previous.Name
	}
	return i.pkg.Name
}

func (i *inventory) entry(kind metadata.Kind, name string) *org.Entry {
	return i.registry.Find(kind, i.pkg.Namespace, name)
}

// Held implements Inventory.
func (i *inventory) Held(kind metadata.Kind, name string) *Held {
	if e := i.entry(kind, name); e != nil {
		return &Held{Component: e.Component}
	}
	if i.registry.DeletedBySubscriber(org.Key{Kind: kind, Namespace: i.pkg.Namespace, Name: name}) {
		return &Held{Deleted: true}
	}
	return nil
}

// Owned implements Inventory.
func (i *inventory) Owned() []*metadata.Component {
	if i.previous == nil {
		return nil
	}
	var owned []*metadata.Component
	for _, e := range i.registry.All() {
		if e.Package == i.owner() && equalName(e.Namespace, i.pkg.Namespace) && e.State != org.Deprecated {
			owned = append(owned, e.Component)
		}
	}
	return owned
}
