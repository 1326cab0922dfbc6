package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// customisationKept finds components of the subscriber that changed or are
// gone, and packaged ones whose edits by the subscriber are gone. Edits that an
// upgrade takes away which replaces components whole are the release's doing
// only where it changes the same property; the rest is a fact of the kind of
// upgrade (replacedWhole).
func customisationKept(e *Evidence) []finding.Finding {
	var list []finding.Finding
	release, replaces := e.release(), e.replaces()
	for _, c := range e.Diff.Components {
		if c.Before == nil {
			continue
		}
		own := c.Before.Package == "" && c.Change != diff.ComponentAdded
		edits := slices.DeleteFunc(lostEdits(c), func(name string) bool { return replaces && !release.touches(c.Key, name) })
		if !own && len(edits) == 0 {
			continue
		}
		f := finding.New(finding.CustomisationLost, fmt.Sprintf("%s %s, which the subscriber set up, was %s", c.Key.Kind, c.FullName(), c.Change))
		if len(edits) > 0 {
			f.Title = fmt.Sprintf("The subscriber's changes to %s %s are gone", c.Key.Kind, c.FullName())
		}
		f.Several = fmt.Sprintf("{n} components which the subscriber set up were %s", c.Change)
		if len(edits) > 0 {
			f.Several = "The subscriber's changes to {n} components are gone"
		}
		f.Message = strings.Join(propertyNotes(c.Properties, edits), "; ")
		f.Cause = finding.Cause{Kind: finding.ByComponent, Component: string(c.Key.Kind) + " " + c.FullName(), Detail: e.overwrote()}
		f.Components = []finding.Component{componentOf(c.Key, "")}
		list = append(list, f)
	}
	return list
}

// overwrote says why an upgrade took a subscriber's edit away.
func (e *Evidence) overwrote() string {
	switch {
	case len(e.Steps) == 0:
		return ""
	case e.replaces():
		return fmt.Sprintf("the upgrade of an %s package replaces components whole", e.Last().To.Kind)
	default:
		return "the new version of the package"
	}
}

// lostEdits are the properties that the subscriber changed and that are now
// different.
func lostEdits(c diff.Component) []string {
	var lost []string
	for _, p := range c.Properties {
		if slices.Contains(c.Before.Edited, p.Name) {
			lost = append(lost, p.Name)
		}
	}
	return lost
}

func propertyNotes(properties []metadata.PropertyChange, only []string) []string {
	var notes []string
	for _, p := range properties {
		if len(only) == 0 || slices.Contains(only, p.Name) {
			notes = append(notes, PropertyNote(p))
		}
	}
	return notes
}
