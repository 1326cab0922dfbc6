package invariant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// upgradedEqualsFresh lists what existing customers never receive: everything in
// which an upgraded org differs from one that installed the last version at
// once, each with the rule by which it does.
func upgradedEqualsFresh(e *Evidence) []finding.Finding {
	if refused := e.Fresh.Refused; refused != nil {
		f := finding.New(finding.FreshDiffers, fmt.Sprintf("A first install of %s is refused, the upgrade is not: new customers can not have it", e.To.Version))
		f.Severity = finding.Blocker
		f.Message = refused.Message
		if refused.Cause != nil {
			f.Message = refused.Cause.Error()
		}
		f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: refused.Step}
		return []finding.Finding{f}
	}
	var list []finding.Finding
	for _, c := range e.Fresh.Components {
		if e.ofPackage(&c) && !onlyWords(&c) {
			list = append(list, e.differs(c)...)
		}
	}
	list = append(list, e.profileSettings()...)
	list = append(list, e.grants()...)
	if e.release().acts() {
		list = append(list, e.freshRows()...)
	}
	return list
}

// ofPackage reports whether a component belongs to the package under test.
func (e *Evidence) ofPackage(c *diff.Component) bool {
	if e.To.Namespace != "" {
		return strings.EqualFold(c.Key.Namespace, e.To.Namespace)
	}
	for _, entry := range []*probe.Entry{c.Before, c.After} {
		if entry != nil && strings.EqualFold(entry.Package, e.To.Name) {
			return true
		}
	}
	return false
}

// onlyWords says of a component that is in one of the orgs only that nobody
// misses it: what a file said of an object of others, which is there without it,
// and translations that stay behind.
func onlyWords(c *diff.Component) bool {
	switch c.Change {
	case diff.ComponentAdded, diff.ComponentRemoved, diff.ComponentDeprecated:
		return c.Key.Kind == metadata.CustomObject && !metadata.IsOwnObject(c.Key.Name) ||
			c.Change != diff.ComponentAdded && metadata.IsTranslation(c.Key.Kind)
	}
	return false
}

// differs makes the findings about one component: one for each rule by which it
// came to differ. Before is the upgraded org's, After the fresh one's.
func (e *Evidence) differs(c diff.Component) []finding.Finding {
	switch c.Change {
	case diff.ComponentAdded:
		return []finding.Finding{e.never(c.Key, "", ruleAbsent, "")}
	case diff.ComponentRemoved:
		return []finding.Finding{e.never(c.Key, "", e.keptRule(c.Before), "")}
	case diff.ComponentDeprecated, diff.ComponentModified:
	}
	var list []finding.Finding
	for _, p := range c.Properties {
		if strings.HasSuffix(p.Name, "/order") || strings.HasSuffix(p.Name, "/sortOrder") {
			continue // the order of entries is for the eye
		}
		rule := e.ruleOf(c, p)
		i := slices.IndexFunc(list, func(f finding.Finding) bool { return f.Cause.Detail == rule.why })
		if i >= 0 {
			list[i].Components[0].Note += "; " + PropertyNote(p)
			continue
		}
		list = append(list, e.never(c.Key, p.Name, rule, PropertyNote(p)))
	}
	return list
}

// never makes the finding that a component, or a property of it, stays behind.
func (e *Evidence) never(key diff.Key, property string, rule freshRule, note string) finding.Finding {
	what := string(key.Kind) + " " + diff.FullName(key)
	f := finding.New(finding.FreshDiffers, strings.ReplaceAll(rule.one, "{}", what))
	f.Several = rule.several
	f.Cause = finding.Cause{Kind: finding.ByPlatform, Detail: rule.why}
	if rule.why == rulePicklist.why {
		e.writesMissing(&f, key)
	}
	f.Components = []finding.Component{{Kind: string(key.Kind), Name: key.Name, Namespace: key.Namespace, Note: note}}
	f.Properties = nil
	if property != "" {
		f.Properties = []string{property}
	}
	if rule.advice != "" {
		f.Advice = rule.advice
	}
	return f
}

// profileSettings finds settings of packaged profiles that changed for
// components that the org had: they reach new installs only.
func (e *Evidence) profileSettings() []finding.Finding {
	if e.To.Kind == metadata.Unmanaged {
		return nil
	}
	var list []finding.Finding
	for _, c := range metadata.Compare(e.From, e.To) {
		if c.Kind != metadata.Profile || c.Change != metadata.Modified {
			continue
		}
		var notes []string
		for _, p := range c.Properties {
			if len(p.AddedItems)+len(p.RemovedItems) == 0 { // entries that are new are of new components
				notes = append(notes, PropertyNote(p))
			}
		}
		if len(notes) > 0 {
			list = append(list, e.never(diff.Key{Kind: c.Kind, Name: c.Name}, "", ruleProfile, strings.Join(notes, "; ")))
		}
	}
	return list
}

// grants finds access that a first install gives and the upgrades did not.
func (e *Evidence) grants() []finding.Finding {
	var list []finding.Finding
	for _, g := range e.Fresh.GrantedByInstall {
		if e.From.Find(g.Kind, g.Name) != nil || slices.Contains(e.Fresh.GrantedByUpgrades, g) {
			continue // the install of the first version gave it, or an upgrade
		}
		key := diff.Key{Kind: g.Kind, Namespace: e.To.Namespace, Name: g.Name}
		list = append(list, e.never(key, "", ruleGrant, fmt.Sprintf("%s for %s", g.Access, g.Profiles)))
	}
	return list
}

// writesMissing makes what lacks values of a picklist grave where the new version
// writes such a value: saving it fails.
func (e *Evidence) writesMissing(f *finding.Finding, key diff.Key) {
	var says []string
	for _, w := range e.Fresh.Written {
		if key.Kind == metadata.CustomField && w.In == "" && w.Field == key.Name || key.Kind == metadata.GlobalValueSet && w.In == key.Name {
			says = append(says, fmt.Sprintf("%s write %q into %s", e.names(w.By), w.Value, w.Field))
		}
	}
	if len(says) == 0 {
		return
	}
	f.Severity = finding.Major
	f.Several = "" // each has its own writers
	f.Title += ", and the version writes them"
	f.Message = strings.Join(says, "; ") + ": an org that was upgraded refuses it with INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST."
}

// freshRows finds records in which the two orgs differ: what the script does on
// a first install and never again, and defaults that rows from before lack. That
// an upgraded org has more configuration than a new one harms nobody; that it
// lacks what code reads does.
func (e *Evidence) freshRows() []finding.Finding {
	var list []finding.Finding
	for i := range e.Fresh.Objects {
		o := &e.Fresh.Objects[i]
		missing := all(o, diff.Inserted)
		if all(o, diff.Deleted) && isConfiguration(o.Object) {
			continue
		}
		f := finding.New(finding.FreshDiffers, "Records of "+o.Object.Name+" differ from those of a first install")
		f.Several = "Records of {n} objects differ from those of a first install"
		if by := e.Fresh.ReadBy[o.Object.Name]; missing && isConfiguration(o.Object) && len(by) > 0 {
			f.Severity = finding.Major
			f.Title = "Existing customers never get the records of " + o.Object.Name + " that a first install makes"
			f.Several = "Existing customers never get the records of {n} objects that a first install makes"
			f.Message = fmt.Sprintf("A first install makes %s that an upgraded org lacks, and %s read them: what they find there is nothing.",
				counted(len(o.Rows), "record"), e.names(by))
		}
		f.Advice = "let the post-install class do for existing orgs what it does on a first install, whatever the previous version is"
		f.Cause = finding.Cause{Kind: finding.ByScript, Detail: "a first install made them and no upgrade does, or the other way round"}
		if e.To.PostInstall != "" {
			f.Cause.Class = qualified(e.To.Namespace, e.To.PostInstall)
		}
		f.Rows = []finding.Rows{rowsThatDiffer(o, "only after a first install", "only after the upgrade")}
		list = append(list, f)
	}
	return list
}

// all reports whether all rows that differ do so in one way.
func all(o *diff.Object, kind diff.RowKind) bool {
	return !slices.ContainsFunc(o.Rows, func(r diff.Row) bool { return r.Kind != kind })
}

// isConfiguration says that an object's rows steer a package.
func isConfiguration(o *schema.Object) bool {
	return o.Kind == schema.CustomMetadata || o.Kind == schema.CustomSettingHierarchy || o.Kind == schema.CustomSettingList
}

// rowsThatDiffer tells of rows that two orgs hold differently.
func rowsThatDiffer(o *diff.Object, onlySecond, onlyFirst string) finding.Rows {
	rows := finding.Rows{Object: o.Object.Name}
	for _, row := range o.Rows {
		note := onlySecond
		switch row.Kind {
		case diff.Deleted:
			note = onlyFirst
		case diff.Updated:
			note = changeNote(row.Fields)
		case diff.Inserted:
		}
		rows.AddRow(finding.Row{ID: row.ID, Name: row.Name, Note: note})
	}
	return rows
}
