package invariant

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// replaces reports whether the last upgrade replaces components whole, with what
// the subscriber changed in them: a managed one keeps what the subscriber owns
// (upgrade-rules.md, sections 1 and 7).
func (e *Evidence) replaces() bool {
	if len(e.Steps) == 0 {
		return false
	}
	kind := e.Last().To.Kind
	return kind == metadata.Unlocked || kind == metadata.Unmanaged
}

// release is what the new version changes of the old one, whatever any org has.
type release map[diff.Key][]string // properties by component; none for one that is in one version only

// release compares the versions.
func (e *Evidence) release() release {
	changed := release{}
	for _, c := range metadata.Compare(e.From, e.To) {
		var names []string
		for _, p := range c.Properties {
			names = append(names, p.Name)
		}
		changed[diff.Key{Kind: c.Kind, Name: strings.ToLower(c.Name)}] = names
	}
	return changed
}

// touches reports whether the release changes a property of a packaged
// component, or has only now brought the component.
func (r release) touches(k diff.Key, property string) bool {
	names, differs := r[diff.Key{Kind: k.Kind, Name: strings.ToLower(k.Name)}]
	return differs && (len(names) == 0 || slices.Contains(names, property))
}

// replacedWhole tells of the subscriber's changes to components that are gone
// although the release does not touch what was changed.
func replacedWhole(e *Evidence) []finding.Fact {
	if !e.replaces() {
		return nil
	}
	var components []finding.Component
	release := e.release()
	for _, c := range e.Diff.Components {
		lost := slices.DeleteFunc(lostEdits(c), func(name string) bool { return release.touches(c.Key, name) })
		if len(lost) > 0 {
			components = append(components, componentOf(c.Key, strings.Join(lost, ", ")))
		}
	}
	return e.fact("overwrites what the subscriber changed, whether the release touches it or not", components)
}

// compilesAll tells of Apex that was broken before and that an upgrade which
// compiles all of the org is refused for. What the release broke can not be
// overcome (harness/upgrade/comply.go): that upgrade fails.
func compilesAll(e *Evidence) []finding.Fact {
	var components []finding.Component
	for _, step := range e.Steps {
		for _, failure := range step.Report.Overcome {
			if failure.Class != probe.OwnApexBroken {
				continue
			}
			for _, c := range named(failure) {
				components = addComponent(components, c)
			}
		}
	}
	return e.fact("is refused unless the administrator chooses to compile the package's Apex only, where Apex of the subscriber's was broken before", components)
}

// fact is one about components of the org; none where there are none.
func (e *Evidence) fact(text string, components []finding.Component) []finding.Fact {
	if len(components) == 0 {
		return nil
	}
	return []finding.Fact{{Kind: e.Last().To.Kind.String(), Text: text, Components: components}}
}

func componentOf(k diff.Key, note string) finding.Component {
	return finding.Component{Kind: string(k.Kind), Name: k.Name, Namespace: k.Namespace, Note: note}
}
