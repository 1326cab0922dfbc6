package upgrade

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// uses is who names what: the words of each component, so that a component's
// users are found by its name. Texts for people are left out.
type uses struct {
	words map[string][]string // "Kind Name" of the components that a word stands in
}

// usersIn reads the words of components.
func usersIn(components []*metadata.Component) *uses {
	u := &uses{words: map[string][]string{}}
	for _, c := range components {
		self := string(c.Kind) + " " + c.Name
		add := func(text string) {
			for _, word := range strings.FieldsFunc(strings.ToLower(text), notNameRune) {
				if list := u.words[word]; len(list) == 0 || list[len(list)-1] != self {
					u.words[word] = append(list, self)
				}
			}
		}
		switch c.Kind {
		case metadata.ApexClass, metadata.ApexTrigger:
			for _, word := range codeWords(c.Source) {
				add(word)
			}
		case metadata.ApexPage, metadata.ApexComponent, metadata.AuraDefinitionBundle, metadata.LightningComponentBundle:
			add(string(c.Source))
		}
		add(c.Parent())
		namesIn(c.Props, add)
	}
	return u
}

// proseElements are texts for people, which may hold any word.
var proseElements = []string{"label", "masterLabel", "description", "inlineHelpText", "errorMessage", "pluralLabel", "shortDescription", "value"}

// namesIn reads the texts of a tree that may name components.
func namesIn(n *metadata.Node, add func(string)) {
	if n == nil {
		return
	}
	for _, c := range n.Children {
		if c.Text != "" && !slices.Contains(proseElements, c.Name) {
			add(c.Text)
		}
		namesIn(c, add)
	}
}

// of gives the first component other than itself that names a component, by the
// last part of its name; "" when there is none. Only code and what has a name
// of its own, not a common word, can be told.
func (u *uses) of(kind metadata.Kind, name string) string {
	base := name[strings.LastIndexAny(name, ".-/")+1:]
	switch kind {
	case metadata.ApexClass, metadata.ApexPage, metadata.ApexComponent, metadata.Flow, metadata.CustomPermission, metadata.PermissionSet, metadata.StaticResource,
		metadata.LightningComponentBundle, metadata.AuraDefinitionBundle, metadata.FlexiPage, metadata.QuickAction, metadata.CustomTab, metadata.LightningMessageChannel, metadata.NamedCredential:
	default:
		if !strings.Contains(base, "__") {
			return ""
		}
	}
	for _, user := range u.words[strings.ToLower(base)] {
		if user != string(kind)+" "+name {
			return user
		}
	}
	return ""
}
