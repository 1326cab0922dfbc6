package invariant

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/aim/offers"
	"github.com/rehearsal-dev/rehearsal/harness/finding"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// accessKept finds what users lose with a permission set that the release writes
// anew, what they may see for the first time, and classes that see other rows.
func accessKept(e *Evidence) []finding.Finding {
	var out []finding.Finding
	for i := range e.Access.Sets {
		g := &e.Access.Sets[i]
		if len(g.Lost) > 0 {
			f := finding.New(finding.AccessLost, fmt.Sprintf("Users with permission set %s lose access to %s", g.Set, grantCounts(g.Lost)))
			if !slices.ContainsFunc(g.Lost, hinders) {
				f.Severity = finding.Minor
			}
			e.tellGrants(&f, g.Set, g.Lost, "no longer granted")
			out = append(out, f)
		}
		if len(g.Gained) > 0 {
			f := finding.New(finding.AccessGained, fmt.Sprintf("Users with permission set %s see or change what is not shared with them: %s", g.Set, grantList(g.Gained)))
			e.tellGrants(&f, g.Set, g.Gained, "granted now")
			out = append(out, f)
		}
	}
	for _, s := range e.Access.Sharing {
		out = append(out, e.sharingDiffers(s))
	}
	return out
}

// hinders reports whether users can not go on working without a grant. A tab, an
// app or a record type is only harder to find.
func hinders(g offers.Grant) bool {
	return !slices.Contains([]metadata.Kind{metadata.CustomTab, metadata.CustomApplication, metadata.RecordType}, g.Kind)
}

func (e *Evidence) tellGrants(f *finding.Finding, set string, list []offers.Grant, note string) {
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "PermissionSet " + qualifiedName(e.To.Namespace, set)}
	f.Message = grantList(list)
	for _, g := range list {
		f.Components = append(f.Components, finding.Component{Kind: cmp.Or(string(g.Kind), "UserPermission"), Name: g.Name, Note: strings.TrimSpace(g.How + " " + note)})
	}
}

func qualifiedName(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}

// grantKinds are how the things of grants are told, one and several.
var grantKinds = map[metadata.Kind][2]string{
	metadata.CustomObject: {"object", "objects"}, metadata.CustomField: {"field", "fields"}, metadata.ApexClass: {"Apex class", "Apex classes"},
	metadata.ApexPage: {"Visualforce page", "Visualforce pages"}, metadata.CustomPermission: {"custom permission", "custom permissions"},
	metadata.Flow: {"flow", "flows"}, metadata.RecordType: {"record type", "record types"}, metadata.CustomTab: {"tab", "tabs"},
	metadata.CustomApplication: {"app", "apps"}, "": {"user permission", "user permissions"},
}

// grantCounts is "4 Apex classes and 9 tabs": things, not ways of access.
func grantCounts(list []offers.Grant) string {
	var order []metadata.Kind
	things := map[metadata.Kind][]string{}
	for _, g := range list {
		if things[g.Kind] == nil {
			order = append(order, g.Kind)
		}
		if !slices.Contains(things[g.Kind], g.Name) {
			things[g.Kind] = append(things[g.Kind], g.Name)
		}
	}
	var parts []string
	for _, kind := range order {
		words := grantKinds[kind]
		n, word := len(things[kind]), words[1]
		if n == 1 {
			word = words[0]
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// grantList names the things, the first of each kind.
func grantList(list []offers.Grant) string {
	const most = 12
	var parts []string
	for i, g := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("… (%d more)", len(list)-most))
			break
		}
		name := g.Name
		if g.How != "" {
			name += " (" + g.How + ")"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ", ")
}

// sharingDiffers tells of a class that sees other rows than before.
func (e *Evidence) sharingDiffers(s offers.Sharing) finding.Finding {
	title, several := "%s runs with sharing now: it finds and saves only rows that are shared with the user", "{n} classes run with sharing now: they find and save only rows that are shared with the user"
	switch {
	case s.Is == offers.With:
	case s.Is == offers.Without:
		title, several = "%s runs without sharing now: it finds and saves rows that are not shared with the user", "{n} classes run without sharing now: they find and save rows that are not shared with the user"
	default:
		title, several = "%s no longer runs with sharing of its own: called from code without sharing it finds rows that are not shared with the user", "{n} classes no longer run with sharing of their own: called from code without sharing they find rows that are not shared with the user"
	}
	f := finding.New(finding.SharingDiffers, fmt.Sprintf(title, s.Class))
	f.Several = several
	f.Message = fmt.Sprintf("%s: %s → %s", s.Class, cmp.Or(string(s.Was), "no sharing keyword"), cmp.Or(string(s.Is), "no sharing keyword"))
	f.Cause = finding.Cause{Kind: finding.ByComponent, Component: "ApexClass " + s.Class}
	f.Components = []finding.Component{{Kind: string(metadata.ApexClass), Name: s.Class, Namespace: e.To.Namespace}}
	return f
}
