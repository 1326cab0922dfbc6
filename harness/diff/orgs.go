package diff

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// OfPackage leaves out of the differences between two orgs what names something
// of one org alone: ids of its records, its users, names that the platform
// makes up. Two orgs with the same version differ in them.
func OfPackage(components []Component) []Component {
	var rest []Component
	for _, c := range components {
		if c.Change == ComponentModified && len(c.Properties) > 0 {
			c.Properties = slices.DeleteFunc(slices.Clone(c.Properties), func(p metadata.PropertyChange) bool { return ofOneOrg(c.Key.Kind, p) })
			if len(c.Properties) == 0 {
				continue
			}
		}
		rest = append(rest, c)
	}
	return rest
}

// ofOrgs are the properties, by the end of their path, that name users of an org
// or that hold names which the platform makes up when a component is saved.
var ofOrgs = map[metadata.Kind][]string{
	metadata.AnalyticSnapshot: {"runningUser"},
	metadata.CustomSite:       {"siteAdmin", "siteGuestRecordDefaultOwner"},
	metadata.Dashboard:        {"runningUser"},
	metadata.FlexiPage:        {"identifier"},
}

// ofOneOrg reports whether the two values of a property differ in nothing but
// what names something of one org.
func ofOneOrg(kind metadata.Kind, p metadata.PropertyChange) bool {
	for _, name := range ofOrgs[kind] {
		if p.Name == name || strings.HasSuffix(p.Name, "/"+name) {
			return true
		}
	}
	if len(p.RemovedItems)+len(p.AddedItems) > 0 {
		return len(p.RemovedItems) == len(p.AddedItems) && slices.Equal(withoutIDs(p.RemovedItems), withoutIDs(p.AddedItems))
	}
	return (p.From != "" || p.To != "") && withoutIDs([]string{p.From})[0] == withoutIDs([]string{p.To})[0]
}

// idLike is what has the length of a record id.
var idLike = regexp.MustCompile(`\b(?:[a-zA-Z0-9]{18}|[a-zA-Z0-9]{15})\b`)

// withoutIDs puts one word in the place of all record ids, and sorts the texts.
func withoutIDs(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = idLike.ReplaceAllStringFunc(text, func(s string) string {
			if _, err := value.NewID(s); err != nil || !strings.ContainsAny(s, "0123456789") {
				return s // a word
			}
			return "ID"
		})
	}
	slices.Sort(out)
	return out
}
