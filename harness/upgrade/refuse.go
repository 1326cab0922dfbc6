package upgrade

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

func equalName(a, b string) bool { return strings.EqualFold(a, b) }

// refuse makes the checks that come before any change and need the package
// alone (upgrade-rules.md, section 2, step 1).
func (in *installing) refuse() error {
	for _, dep := range in.pkg.Dependencies {
		if err := in.refuseDependency(dep); err != nil {
			return err
		}
	}
	return in.refuseVersion()
}

// refuseVersion refuses what is not newer than what the org has (F2). A version
// with the number of the installed one and another content stands for one that
// was not numbered yet. Unlocked packages may go back (upgrade-rules.md,
// section 7).
func (in *installing) refuseVersion() error {
	var zero metadata.Version
	previous, pkg := in.previous, in.pkg
	if previous == nil || pkg.Kind != metadata.Managed || previous.Version == zero || pkg.Version == zero {
		return nil
	}
	order := pkg.Version.Compare(previous.Version)
	if order > 0 || order == 0 && in.differs() {
		return nil
	}
	return fail(OlderVersion, "checking the installed version "+previous.Version.String(), nil)
}

// differs says that the new version has another content than the org's copy.
func (in *installing) differs() bool {
	owned := in.inv.Owned()
	if len(owned) != len(in.pkg.Components) {
		return true
	}
	for _, c := range owned {
		if next := in.pkg.Find(c.Kind, c.Name); next == nil || next.Hash != c.Hash {
			return true
		}
	}
	return false
}

// refuseDependency checks one required package (F3). A dependency that the
// project files give by id or address alone can not be matched with what is
// installed.
func (in *installing) refuseDependency(dep metadata.Dependency) error {
	if dep.Name == "" && dep.Namespace == "" {
		if in.hasFrom(dep.Source) {
			return nil
		}
		in.org.Ledger().Note(ledger.Approximated, "upgrade", "package dependency "+dep.ID+dep.Source,
			"named by id or address only: not checked", in.pkg.Name)
		return nil
	}
	need, _ := metadata.ParseVersion(dep.Version)
	older := false
	for _, have := range in.org.Packages() {
		if equalName(have.Name, dep.Name) || dep.Namespace != "" && equalName(have.Namespace, dep.Namespace) {
			if (have.Version == metadata.Version{} || have.StandIn || have.Version.Compare(need) >= 0) {
				return nil
			}
			older = true
		}
	}
	if in.opt.StandIns && !older {
		return in.standIn(dep, need)
	}
	name := dep.Name
	if name == "" {
		name = dep.Namespace
	}
	return fail(DependencyMissing, "checking required packages", nil, name, dep.Version)
}

// standIn puts an empty package into the org for one that is required and not
// at hand. What is named of it is not known: it is taken as it is written.
func (in *installing) standIn(dep metadata.Dependency, version metadata.Version) error {
	_, err := in.org.SetPackage(in.ctx, org.InstalledPackage{Name: cmp.Or(dep.Name, dep.Namespace), Namespace: dep.Namespace, Kind: metadata.Managed, Version: version, StandIn: true})
	in.org.Ledger().Note(ledger.Approximated, "upgrade", "required package "+strings.TrimSpace(cmp.Or(dep.Name, dep.Namespace)+" "+dep.Version),
		"no source is given for it: an empty package stands in for it, and what is named of it is taken as it is written; give it with --with, or under dependsOn of a suite", in.pkg.Name)
	return err
}

// hasFrom says that a package of the name of a repository is installed, as
// projects name those that they require by address: "Contacts_and_Organizations"
// for "Contacts & Organizations".
func (in *installing) hasFrom(address string) bool {
	plain := func(name string) string {
		return strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(strings.ReplaceAll(name, "&", "and")))
	}
	repository := plain(strings.TrimSuffix(strings.TrimSuffix(address, "/")[strings.LastIndexByte(strings.TrimSuffix(address, "/"), '/')+1:], ".git"))
	return repository != "" && slices.ContainsFunc(in.org.Packages(), func(p org.InstalledPackage) bool { return plain(p.Name) == repository })
}

// PushBlocked is the key of the note (org.SetNote) by which a subscriber's org
// blocks pushes of a package: the name or namespace of the package, or "all"
// (versions-and-push.md, section 7, PushUpgradeCustomization).
const PushBlocked = "push blocked"

// refusePush holds a push against what only an administrator may accept: a
// connected app that asks for more, or the subscriber's block (F18).
func (in *installing) refusePush() error {
	if in.opt.Mode != install.Push {
		return nil
	}
	for blocked := range strings.FieldsSeq(in.org.Note(PushBlocked)) {
		if equalName(blocked, "all") || equalName(blocked, in.pkg.Name) || equalName(blocked, in.pkg.Namespace) {
			return fail(PushRefused, "pushing to org "+in.org.Name(), nil, "the subscriber blocks push upgrades of this package")
		}
	}
	for _, act := range in.actions {
		if act.Kind != metadata.ConnectedApp || act.Verb != Rewrite {
			continue
		}
		before := in.inv.entry(act.Kind, act.Name).Component
		for _, list := range []struct{ property, what string }{{"oauthConfig", "OAuth scopes"}, {"ipRanges", "IP ranges"}} {
			if widened(before, act.Component, list.property) {
				return fail(PushRefused, "upgrading connected app "+act.Name, []string{"ConnectedApp " + act.Name},
					"connected app "+act.Name+" widens its "+list.what)
			}
		}
	}
	return nil
}

// widened says that a list of a connected app has an entry more.
func widened(before, after *metadata.Component, property string) bool {
	entries := func(c *metadata.Component) map[string]bool {
		set := map[string]bool{}
		for _, n := range c.Props.All(property) {
			if property == "oauthConfig" {
				for _, scope := range n.All("scopes") {
					set[scope.Text] = true
				}
				continue
			}
			set[n.Get("startAddress")+"-"+n.Get("endAddress")+n.Get("start")+"-"+n.Get("end")] = true
		}
		return set
	}
	had := entries(before)
	for entry := range entries(after) {
		if !had[entry] {
			return true
		}
	}
	return false
}

// otherOwner says that a component came with another package. Source that was
// deployed is the subscriber's, whatever it is called.
func (in *installing) otherOwner(e *org.Entry) bool {
	if e == nil || e.Package == "" || equalName(e.Package, in.inv.owner()) {
		return false
	}
	owner, ok := in.org.Package(e.Package)
	return !ok || owner.Kind != metadata.Unmanaged
}
