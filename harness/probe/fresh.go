package probe

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// Pair is two orgs of one recipe: one that took the path of upgrades, one in
// which the last version was installed at once. Both are without records or
// customisation, so that whatever differs is the upgrade's doing.
type Pair struct {
	Upgraded, Installed *org.Org
	// GrantedByUpgrades and GrantedByInstall are the access to components that
	// the upgrades of the path gave, and the one install of the last version.
	GrantedByUpgrades, GrantedByInstall []Grant
	// Refused is why the last version could not be installed at once.
	Refused *Failure
	// NotAsked is why the orgs could not be made although nothing failed; then
	// there is nothing to compare.
	NotAsked string
}

// Fresh is how an upgraded org differs from one that installed the last version
// at once.
type Fresh struct {
	NotAsked string   // why the two were not held against each other
	Refused  *Failure // why the last version could not be installed at once

	Components []diff.Component // Before is the upgraded org's, After the fresh one's
	Objects    []diff.Object    // the same, by what rows hold

	GrantedByUpgrades, GrantedByInstall []Grant
}

// fresh compares the two orgs.
func fresh(ctx context.Context, s *Subject, e *Evidence) error {
	if s.Fresh == nil {
		e.Fresh.NotAsked = "asked once for each path, in its first pristine org"
		return nil
	}
	pair := s.Fresh
	e.Fresh = Fresh{NotAsked: pair.NotAsked, Refused: pair.Refused, GrantedByUpgrades: pair.GrantedByUpgrades, GrantedByInstall: pair.GrantedByInstall}
	if pair.NotAsked != "" || pair.Refused != nil {
		return nil
	}
	e.Fresh.Components = diff.OfPackage(diff.Components(pair.Upgraded.Components(), pair.Installed.Components()))
	var err error
	e.Fresh.Objects, err = diff.Contents(ctx, pair.Upgraded, pair.Installed, nil)
	return err
}
