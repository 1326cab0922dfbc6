package schema

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// FeatureOf is the feature that brings a standard object (field "") or a
// standard field; "" when every org has it, when it is not known which one it
// is, or when there is no such thing.
func FeatureOf(object, field string) Feature {
	paragraph, ok := standardIndex().objects[strings.ToLower(object)]
	if !ok {
		return ""
	}
	head, rest, _ := strings.Cut(paragraph, "\n")
	if field == "" {
		return known(cells(strings.Split(head, "\t")).at(9))
	}
	for line := range strings.SplitSeq(rest, "\n") {
		if c := cells(strings.Split(line, "\t")); strings.EqualFold(c.at(0), field) {
			return known(c.at(11))
		}
	}
	return ""
}

// known leaves out the mark of fields that come with some feature or other.
func known(feature string) Feature {
	if feature == "?" {
		return ""
	}
	return Feature(feature)
}

// Need is a feature that an org must have to hold a package version, and the
// first component that refers to what comes with it.
type Need struct {
	Feature       Feature
	Component     *metadata.Component
	Object, Field string // Field is "" when the object itself comes with it
}

// Needs lists the features that an org must have to hold a version, each once
// (versions-and-push.md, section 6): by where its components live and by what
// its layouts, field sets, list views and the like name.
func Needs(pkg *metadata.Package) []Need {
	var list []Need
	add := func(n Need) {
		if n.Feature != "" && n.Feature != RecordTypes &&
			!slices.ContainsFunc(list, func(have Need) bool { return have.Feature == n.Feature }) {
			list = append(list, n)
		}
	}
	for _, c := range pkg.Components {
		object := c.Parent()
		if c.Kind == metadata.Layout {
			object, _, _ = strings.Cut(c.Name, "-")
		}
		if object == "" || strings.Contains(object, "__") {
			continue
		}
		add(Need{FeatureOf(object, ""), c, object, ""})
		fieldsNamed(c.Props, func(field string) {
			add(Need{FeatureOf(object, field), c, object, field})
		})
	}
	return list
}

// NamesRecordTypes says that Apex of a version names RecordTypeId: of an object
// without record types that is no field, so the version was made for orgs that
// have some (versions-and-push.md, section 6, static references to absent
// fields).
func NamesRecordTypes(pkg *metadata.Package) bool {
	for _, kind := range []metadata.Kind{metadata.ApexClass, metadata.ApexTrigger} {
		for _, c := range pkg.OfKind(kind) {
			if bytes.Contains(bytes.ToLower(c.Source), []byte(".recordtypeid")) {
				return true
			}
		}
	}
	return false
}

// FeaturesFor adds to the features of an org those without which it could not
// have some packages.
func FeaturesFor(have []string, packages ...*metadata.Package) []string {
	have = slices.Clone(have)
	for _, pkg := range packages {
		needs := Needs(pkg)
		if NamesRecordTypes(pkg) {
			needs = append(needs, Need{Feature: RecordTypes})
		}
		for _, need := range needs {
			if f := string(need.Feature); !slices.Contains(have, f) {
				have = append(have, f)
			}
		}
	}
	return have
}

// fieldElements are the elements of metadata that name a field of the object
// that a component belongs to.
var fieldElements = map[string]bool{"field": true, "fields": true, "displayedFields": true, "availableFields": true}

// fieldsNamed visits the standard fields that a component names.
func fieldsNamed(n *metadata.Node, visit func(string)) {
	if n == nil {
		return
	}
	for _, child := range n.Children {
		if fieldElements[child.Name] && child.Text != "" && !strings.ContainsAny(child.Text, "._") {
			visit(child.Text)
		}
		fieldsNamed(child, visit)
	}
}
