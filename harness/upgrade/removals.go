package upgrade

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/ledger"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
)

// refuseRemovedControllers blocks an upgrade that deletes Apex or a Visualforce
// component which markup that stays in the org needs (F12; upgrade-rules.md,
// section 6): a page, or a component that is global, whether the new version has
// it or the org keeps it.
func (in *installing) refuseRemovedControllers() error {
	if in.pkg.Kind == metadata.Unmanaged {
		return nil
	}
	deleted := map[string]string{} // "Kind Name" by lower-case name; components as "c:name"
	for _, act := range in.actions {
		switch {
		case act.Verb != Delete:
		case act.Kind == metadata.ApexClass:
			deleted[strings.ToLower(act.Name)] = "ApexClass " + act.Name
		case act.Kind == metadata.ApexComponent:
			deleted["c:"+strings.ToLower(act.Name)] = "ApexComponent " + act.Name
		}
	}
	if len(deleted) == 0 {
		return nil
	}
	for _, kind := range []struct {
		kind metadata.Kind
		word string
	}{{metadata.ApexPage, "Visualforce Page"}, {metadata.ApexComponent, "Visualforce Component"}} {
		for _, c := range in.staying(kind.kind) {
			if needed := neededBy(c, in.pkg.Namespace, deleted); needed != "" {
				return fail(StillNeeded, "removing Apex", []string{string(kind.kind) + " " + c.Name, needed}, kind.word, c.Name)
			}
		}
	}
	return nil
}

// staying lists the package's components of a kind that the org has after the
// upgrade, as they are then.
func (in *installing) staying(kind metadata.Kind) []*metadata.Component {
	var list []*metadata.Component
	decided := map[string]bool{}
	for _, act := range in.actions {
		if act.Kind == kind {
			decided[strings.ToLower(act.Name)] = true
			if act.Verb != Delete && act.Component != nil {
				list = append(list, act.Component)
			}
		}
	}
	for _, e := range in.org.Components().OfKind(kind) {
		if equalName(e.Namespace, in.pkg.Namespace) && equalName(e.Package, in.inv.owner()) && !decided[strings.ToLower(e.Component.Name)] {
			list = append(list, e.Component)
		}
	}
	return list
}

// neededBy gives the first thing of a set that markup uses, as its controller,
// as an extension or as a component; "" when it uses none.
func neededBy(c *metadata.Component, ns string, set map[string]string) string {
	markup := string(c.Source)
	users := attributeOf(markup, "controller") + "," + attributeOf(markup, "extensions")
	for name := range strings.SplitSeq(users, ",") {
		bare := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), strings.ToLower(ns)+".")
		if found := set[bare]; found != "" {
			return found
		}
	}
	lower := strings.ToLower(markup)
	for _, prefix := range []string{"c", strings.ToLower(ns)} {
		for rest := lower; prefix != ""; {
			_, after, found := strings.Cut(rest, "<"+prefix+":")
			if !found {
				break
			}
			end := strings.IndexFunc(after, func(r rune) bool { return r <= ' ' || r == '>' || r == '/' })
			if end < 0 {
				break
			}
			if used := set["c:"+after[:end]]; used != "" {
				return used
			}
			rest = after
		}
	}
	return ""
}

// keepWhatIsNeeded turns deletions of an unlocked upgrade into deprecations
// where something that stays in the org depends on the component: an unlocked
// upgrade deletes only what nothing depends on (upgrade-rules.md, section 6).
func (in *installing) keepWhatIsNeeded() {
	if in.pkg.Kind != metadata.Unlocked {
		return
	}
	leaving := map[org.Key]bool{}
	for _, act := range in.actions {
		if act.Verb == Delete {
			leaving[foldKey(act.Kind, act.Name)] = true
		}
	}
	if len(leaving) == 0 {
		return
	}
	users := usersIn(in.afterwards(leaving))
	for i := range in.actions {
		act := &in.actions[i]
		if act.Verb != Delete {
			continue
		}
		if user := users.of(act.Kind, act.Name); user != "" {
			act.Verb, act.Component = Deprecate, in.inv.entry(act.Kind, act.Name).Component
			in.org.Ledger().Note(ledger.Approximated, "upgrade", "component that left an unlocked package and is still used",
				"found by its name in other components; it is deprecated instead of deleted", string(act.Kind)+" "+act.Name+", used by "+user)
		}
	}
}

func foldKey(kind metadata.Kind, name string) org.Key {
	return org.Key{Kind: kind, Name: strings.ToLower(name)}
}

// afterwards lists the components of the org after the upgrade but for those
// that leave.
func (in *installing) afterwards(leaving map[org.Key]bool) []*metadata.Component {
	var list []*metadata.Component
	decided := map[org.Key]bool{}
	for _, act := range in.actions {
		decided[foldKey(act.Kind, act.Name)] = true
		if act.Component != nil && !leaving[foldKey(act.Kind, act.Name)] {
			list = append(list, act.Component)
		}
	}
	for _, e := range in.org.Components().All() {
		if k := foldKey(e.Component.Kind, e.Component.Name); !decided[k] && !leaving[k] {
			list = append(list, e.Component)
		}
	}
	return list
}
