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
// gone, and packaged ones whose edits by the subscriber are gone.
func customisationKept(e *Evidence) []finding.Finding {
	var list []finding.Finding
	for _, c := range e.Diff.Components {
		if c.Before == nil {
			continue
		}
		own := c.Before.Package == "" && c.Change != diff.ComponentAdded
		edits := lostEdits(c)
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
		f.Components = []finding.Component{{Kind: string(c.Key.Kind), Name: c.Key.Name, Namespace: c.Key.Namespace}}
		list = append(list, f)
	}
	return list
}

// overwrote says why an upgrade took a subscriber's edit away. A managed
// upgrade keeps what the subscriber owns; the others replace components whole
// (upgrade-rules.md, section 7).
func (e *Evidence) overwrote() string {
	if len(e.Steps) == 0 {
		return ""
	}
	switch kind := e.Steps[len(e.Steps)-1].To.Kind; kind {
	case metadata.Unlocked, metadata.Unmanaged:
		return fmt.Sprintf("the upgrade of an %s package replaces components whole", kind)
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
