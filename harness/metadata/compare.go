package metadata

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// ChangeType says what happened to a component between two versions.
type ChangeType string

// The types of change, worded as in the JSON output.
const (
	Added    ChangeType = "added"
	Removed  ChangeType = "removed"
	Modified ChangeType = "modified"
)

// Change is one component that differs between two versions of a package.
type Change struct {
	Kind   Kind       `json:"kind"`
	Name   string     `json:"name"`
	Change ChangeType `json:"change"`
	// Cosmetic is true when only labels, help, descriptions, history tracking,
	// translations or the layout of code differ: nothing that data or code can
	// notice.
	Cosmetic   bool             `json:"cosmetic"`
	Properties []PropertyChange `json:"properties,omitempty"` // of a modified component, sorted by name
	Before     *Component       `json:"-"`                    // nil when added
	After      *Component       `json:"-"`                    // nil when removed
}

// Compare lists the components that differ between two versions of a package,
// sorted by kind and name. What a managed upgrade does about a removed
// component is another matter: this is the difference of the packages.
func Compare(before, after *Package) []Change {
	var changes []Change
	spell := spelling(before.Namespace, after.Namespace)
	a, b := before.Components, after.Components
	for len(a) > 0 || len(b) > 0 {
		switch at := orderOf(a, b); {
		case at < 0:
			changes = appendChange(changes, a[0], nil, spell)
			a = a[1:]
		case at > 0:
			changes = appendChange(changes, nil, b[0], spell)
			b = b[1:]
		default:
			if a[0].Hash != b[0].Hash {
				changes = appendChange(changes, a[0], b[0], spell)
			}
			a, b = a[1:], b[1:]
		}
	}
	return changes
}

// orderOf compares the heads of two sorted lists; an empty list comes last.
func orderOf(a, b []*Component) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return cmp.Or(cmp.Compare(a[0].Kind, b[0].Kind), strings.Compare(fold(a[0].Name), fold(b[0].Name)))
}

func appendChange(changes []Change, before, after *Component, spell func(string) string) []Change {
	some := cmp.Or(after, before)
	c := Change{Kind: some.Kind, Name: some.Name, Change: Modified, Before: before, After: after}
	switch {
	case isExtension(some):
		c.Properties = compareExtension(before, after, spell)
	case before == nil:
		c.Change, c.Cosmetic = Added, isTranslation[some.Kind]
		return append(changes, c)
	case after == nil:
		c.Change, c.Cosmetic = Removed, isTranslation[some.Kind]
		return append(changes, c)
	default:
		c.Properties = compareComponents(before, after, spell)
	}
	if len(c.Properties) == 0 {
		return changes
	}
	c.Cosmetic = true
	for _, p := range c.Properties {
		c.Cosmetic = c.Cosmetic && p.Cosmetic
	}
	return append(changes, c)
}

// isExtension says that a component is properties of something that the package
// does not define: a standard object or one of another package, a standard
// field. There is nothing there that a package adds or removes.
func isExtension(c *Component) bool {
	return c.Kind == CustomObject && !IsOwnObject(c.Name) ||
		c.Kind == CustomField && !strings.Contains(c.BaseName(), "__")
}

// given are the properties of a standard field that are as the platform has
// them: a file repeats them and can not set them.
var given = nameSet(`type label referenceTo relationshipName relationshipLabel length precision scale displayFormat`)

// compareExtension compares what two versions say about something that is not
// the package's. Saying what is assumed anyway says nothing; where a version
// falls silent the org keeps what it has, so that is cosmetic.
func compareExtension(before, after *Component, spell func(string) string) []PropertyChange {
	kind := cmp.Or(after, before).Kind
	filled := func(c, other *Component) *Component {
		props := &Node{}
		if c != nil {
			props = c.Props.Clone()
		} else if kind == CustomField {
			for _, property := range other.Props.Children {
				if given[property.Name] {
					props.Children = append(props.Children, property.Clone())
				}
			}
		}
		return &Component{Kind: kind, Props: Canonical(kind, props)}
	}
	changes := compareComponents(filled(before, after), filled(after, before), spell)
	for i := range changes {
		if changes[i].To == "" && len(changes[i].AddedItems) == 0 || after == nil {
			changes[i].Cosmetic = true
		}
	}
	return changes
}

func compareComponents(before, after *Component, spell func(string) string) []PropertyChange {
	d := &differ{kind: after.Kind, spell: spell}
	d.nodes("", before.Props, after.Props)
	d.body(before, after)
	d.parts(before.Parts, after.Parts)
	slices.SortStableFunc(d.changes, func(a, b PropertyChange) int { return strings.Compare(a.Name, b.Name) })
	return d.changes
}

// body compares source code. Code that differs only in comments and white space
// does the same.
func (d *differ) body(before, after *Component) {
	if bytes.Equal(before.Source, after.Source) || after.Kind == StaticResource {
		return // the content of a resource is one of its parts
	}
	same := bytes.Equal(Code(before.Kind, before.Source), Code(after.Kind, after.Source))
	d.add(PropertyChange{Name: "body", From: digest(before.Source), To: digest(after.Source), Cosmetic: same})
}

// parts compares the files of a bundle by their content ids.
func (d *differ) parts(before, after []Part) {
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].Path < after[0].Path:
			d.add(PropertyChange{Name: before[0].Path, From: before[0].Blob})
			before = before[1:]
		case len(before) == 0 || after[0].Path < before[0].Path:
			d.add(PropertyChange{Name: after[0].Path, To: after[0].Blob})
			after = after[1:]
		default:
			if before[0].Blob != after[0].Blob {
				d.add(PropertyChange{Name: before[0].Path, From: before[0].Blob, To: after[0].Blob})
			}
			before, after = before[1:], after[1:]
		}
	}
}

// spelling gives the function that takes the packages' own namespace prefix out
// of a text. Inside a package a name means the same with and without it, so a
// version that only adds or drops namespace tokens changes nothing.
func spelling(namespaces ...string) func(string) string {
	var prefixes []string
	for _, ns := range namespaces {
		if ns != "" {
			prefixes = append(prefixes, fold(ns)+"__")
		}
	}
	return func(text string) string {
		for _, prefix := range prefixes {
			text = dropPrefix(text, prefix)
		}
		return text
	}
}

// dropPrefix removes a namespace prefix wherever a name begins with it.
func dropPrefix(text, prefix string) string {
	low := fold(text)
	if len(low) != len(text) || !strings.Contains(low, prefix) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if strings.HasPrefix(low[i:], prefix) && (i == 0 || !isNameByte(low[i-1])) {
			i += len(prefix)
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}
