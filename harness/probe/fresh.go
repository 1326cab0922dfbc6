package probe

import (
	"context"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
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

	// ReadBy are the classes of the new version that name the objects whose rows
	// differ, by API name.
	ReadBy map[string][]*metadata.Component
	// Written are values of picklists that the upgraded org lacks and the new
	// version writes.
	Written []WrittenValue
}

// WrittenValue is a value of a restricted picklist that the upgraded org does not
// have, and what writes it all the same.
type WrittenValue struct {
	Field string // "Thing__c.Kind__c", without the package's namespace
	In    string // the global value set that has the value; "" for the field itself
	Value string
	By    []*metadata.Component
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
	e.Fresh.ReadBy = map[string][]*metadata.Component{}
	for _, o := range e.Fresh.Objects {
		e.Fresh.ReadBy[o.Object.Name] = s.Aim.After().ReadBy(metadata.StripNamespace(o.Object.Name, s.To.Namespace))
	}
	for _, c := range e.Fresh.Components {
		if c.Change == diff.ComponentModified {
			e.Fresh.Written = append(e.Fresh.Written, s.written(&c)...)
		}
	}
	return err
}

// written finds the values that the fresh org's picklist has and the upgraded
// one's has not, and that the new version writes.
func (s *Subject) written(c *diff.Component) []WrittenValue {
	was, is := c.Before.Component, c.After.Component
	var fields []*metadata.Component
	added, in := without(ownValues(is), ownValues(was)), ""
	switch {
	case c.Key.Kind == metadata.CustomField && is.Props.Bool("valueSet/restricted"):
		fields = append(fields, is)
	case c.Key.Kind == metadata.GlobalValueSet:
		in = is.Name
		for _, f := range s.To.OfKind(metadata.CustomField) {
			if strings.EqualFold(metadata.StripNamespace(f.Props.Get("valueSet/valueSetName"), s.To.Namespace), is.Name) {
				fields = append(fields, f)
			}
		}
	}
	var list []WrittenValue
	for _, f := range fields {
		for _, v := range added {
			if by := s.Aim.After().Writers(f.Parent(), f.BaseName(), v); len(by) > 0 {
				list = append(list, WrittenValue{f.Name, in, v, by})
			}
		}
	}
	return list
}

// ownValues are the values that a field or a global value set itself defines.
func ownValues(c *metadata.Component) []string {
	if c.Kind == metadata.GlobalValueSet {
		return valueNames(c.Props.All("customValue"))
	}
	return valueNames(c.Props.Find("valueSet/valueSetDefinition").All("value"))
}
