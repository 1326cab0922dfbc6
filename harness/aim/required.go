package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/apex/syntax"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Required is a field without a default that who makes a record must set now,
// and did not have to before.
type Required struct {
	Field *metadata.Component // of the new version
	New   bool                // the field itself is new
	Event bool                // of a platform event: others publish it
	// Makers is the package's own code and flows that make records without it.
	Makers []Maker
}

// Maker is a place that makes records of an object.
type Maker struct {
	Component *metadata.Component
	Line      int // 0 where the source has none
}

// NewlyRequired lists such fields of objects and platform events that the old
// version had. Fields of custom metadata and of settings are rows' business.
func (a *Upgrade) NewlyRequired() []Required {
	var list []Required
	for _, c := range a.Changes {
		f := c.After
		if c.Kind != metadata.CustomField || f == nil || !f.Props.Bool("required") || f.Props.Has("defaultValue") ||
			f.Props.Get("type") == "Checkbox" || c.Before != nil && c.Before.Props.Bool("required") {
			continue
		}
		object := a.From.Find(metadata.CustomObject, f.Parent())
		event := strings.HasSuffix(strings.ToLower(f.Parent()), "__e")
		if object == nil || object.Props.Has("customSettingsType") || strings.HasSuffix(strings.ToLower(f.Parent()), "__mdt") {
			continue
		}
		list = append(list, Required{Field: f, New: c.Before == nil, Event: event, Makers: a.after.makersWithout(f.Parent(), f.BaseName())})
	}
	return list
}

// makersWithout finds where the version makes records of an object without
// naming a field: classes that never set the field, flow elements that do not.
func (v *Version) makersWithout(object, field string) []Maker {
	var list []Maker
	for _, c := range v.Naming(object) {
		switch c.Kind {
		case metadata.ApexClass, metadata.ApexTrigger:
			if m := v.makesWithout(v.Apex(c), object, field); m != nil {
				list = append(list, *m)
			}
		case metadata.Flow:
			for _, create := range c.Props.All("recordCreates") {
				if v.is(create.Get("object"), object) && create.Has("inputAssignments") && !v.assigns(create, field) {
					list = append(list, Maker{c, create.Line})
				}
			}
		}
	}
	return list
}

func (v *Version) is(name, bare string) bool {
	return strings.EqualFold(metadata.StripNamespace(name, v.Package.Namespace), bare)
}

func (v *Version) assigns(create *metadata.Node, field string) bool {
	for _, in := range create.All("inputAssignments") {
		if v.is(in.Get("field"), field) {
			return true
		}
	}
	return false
}

// makesWithout is where a class makes records of an object while nothing in it
// names the field: nil where it does, or makes none.
func (v *Version) makesWithout(u *Unit, object, field string) *Maker {
	if u.Test || v.names(u.Component, field) {
		return nil
	}
	var made *Maker
	for _, n := range u.roots() {
		syntax.Walk(n, func(n syntax.Node) bool {
			t := madeType(n)
			if made == nil && t != nil && v.is(t.Names[len(t.Names)-1].Text, object) {
				made = &Maker{u.Component, u.Span(n).Line}
			}
			return made == nil
		})
	}
	return made
}

func madeType(n syntax.Node) *syntax.TypeRef {
	switch x := n.(type) {
	case *syntax.NewRecord:
		return x.Type
	case *syntax.NewObject:
		return x.Type
	}
	return nil
}
