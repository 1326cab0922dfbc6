package invariant

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/dml"
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

// factsOfTheKind tells in the outcomes of the registry what every upgrade of the
// kind does, and takes the findings out that come of it alone.
func (e *Evidence) factsOfTheKind(outcomes []Outcome) {
	e.refusing = map[string]bool{}
	replaced := e.replacedWhole()
	for i := range outcomes {
		outcomes[i].Findings = slices.DeleteFunc(outcomes[i].Findings, func(f finding.Finding) bool { return e.ofTheKind(&f, replaced) })
	}
	for i, inv := range Registry {
		if out := &outcomes[i]; inv.facts != nil && out.Skipped == "" {
			out.Facts = inv.facts(e)
			for j := range out.Facts {
				out.Facts[j].Check = out.Name
			}
		}
	}
}

// forReading are properties that people read and nothing goes by.
var forReading = []string{"label", "pluralLabel", "masterLabel", "description", "inlineHelpText", "shortDescription"}

// acts reports whether the release changes more than words that people read: only
// then can records come out differently.
func (r release) acts() bool {
	for _, properties := range r {
		if len(properties) == 0 || slices.ContainsFunc(properties, func(name string) bool {
			return !slices.Contains(forReading, name[strings.LastIndexByte(name, '/')+1:])
		}) {
			return true
		}
	}
	return false
}

// replacedWhole tells of the subscriber's changes to components that are gone
// although the release does not touch what was changed, and of rows that can not
// be saved for it.
func replacedWhole(e *Evidence) []finding.Fact {
	components := e.replacedWhole()
	facts := e.fact("overwrites what the subscriber changed, whether the release touches it or not", components)
	var again []finding.Component
	for _, c := range components {
		if e.refusing[c.String()] {
			again = addComponent(again, c)
		}
	}
	return append(facts, e.fact("makes rules refuse rows again which the subscriber had switched off or changed", again)...)
}

// replacedWhole lists the components of which the last upgrade took away what the
// subscriber changed and the release does not touch.
func (e *Evidence) replacedWhole() []finding.Component {
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
	return components
}

// ofTheKind reports whether rows are refused only by rules that the upgrade put
// back as they were delivered: that is no doing of the release.
func (e *Evidence) ofTheKind(f *finding.Finding, replaced []finding.Component) bool {
	if len(replaced) == 0 || f.Code != finding.SaveBroken && f.Code != finding.BusinessFails {
		return false
	}
	refusing := map[string]bool{}
	all := true
	f.Failed.Errors(func(err *dml.RowError) {
		by := finding.Component{Kind: err.Source.Kind.Component(), Name: err.Source.Name, Namespace: err.Source.Namespace}
		switch {
		case slices.ContainsFunc(replaced, func(c finding.Component) bool { return strings.EqualFold(c.String(), by.String()) }):
			refusing[by.String()] = true
		case len(err.Inner) == 0:
			all = false
		}
	})
	if !all || len(refusing) == 0 {
		return false
	}
	for name := range refusing {
		e.refusing[name] = true
	}
	return true
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
