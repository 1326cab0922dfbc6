package aim

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Use says how a component uses a field.
type Use uint8

// The uses, from none. What shows a field to people shows what it holds to
// them; what reads it acts on that.
const (
	Unused Use = iota
	Writes     // only
	Shows
	Reads
)

// UseOf says how a component of the version uses a field of an object, both by
// their API names without the package's namespace. Where the source does not
// tell whose field is meant, the component may use it.
func (v *Version) UseOf(c *metadata.Component, object, field string) Use {
	if !v.names(c, field) {
		return Unused
	}
	switch c.Kind {
	case metadata.CustomField:
		if c.Name == object+"."+field {
			return Unused
		}
		return Reads // of a formula, a roll-up, a filter
	case metadata.ApexClass, metadata.ApexTrigger:
		return v.useInApex(c, object, field)
	case metadata.Layout:
		if of, _, _ := strings.Cut(c.Name, "-"); strings.EqualFold(metadata.StripNamespace(of, v.Package.Namespace), object) {
			return Shows
		}
		return v.shownIf(c, object)
	case metadata.CustomObject: // which columns its look-ups and tabs show
		return v.shownIf(c, object)
	case metadata.ListView, metadata.FieldSet, metadata.CompactLayout:
		if strings.EqualFold(c.Parent(), object) {
			return Shows
		}
		return Unused
	case metadata.FlexiPage, metadata.QuickAction, metadata.Report, metadata.ReportType:
		return v.shownIf(c, object)
	default:
		if strings.EqualFold(c.Parent(), object) || v.names(c, object) || !isObject(object) {
			return Reads
		}
		return Unused
	}
}

// shownIf is Shows where a component names the object itself.
func (v *Version) shownIf(c *metadata.Component, object string) Use {
	if v.names(c, object) || strings.EqualFold(c.Parent(), object) || strings.EqualFold(c.Name, object) || !isObject(object) {
		return Shows
	}
	return Unused
}

func (v *Version) useInApex(c *metadata.Component, object, field string) Use {
	use := Unused
	for _, t := range v.Touches(v.Apex(c)) {
		switch {
		case t.Field != strings.ToLower(field) || t.Object != "" && t.Object != strings.ToLower(object):
		case !t.Writes:
			return Reads
		case t.Object != "":
			use = Writes
		}
	}
	return use
}

// Moved is a field whose place another one took that is new: components that
// used it use the new one instead.
type Moved struct {
	Object    string // API names without the package's namespace
	Field, To string
	// Components are those of the new version that went over, in the order of
	// the package.
	Components []*metadata.Component
	Still      []*metadata.Component // those that go on reading or showing the old field
}

// Moved lists the fields of which components went over to a new field of the
// same object that is called alike. Names have a word in common, so that two
// changes of one layout are not taken for one.
func (a *Upgrade) Moved() []Moved {
	a.movedOnce.Do(func() { a.moved = a.findMoved() })
	return a.moved
}

func (a *Upgrade) findMoved() []Moved {
	if a.To == nil {
		return nil
	}
	best := map[string]*Moved{} // by old field
	var order []string
	for _, c := range a.Changes {
		if c.Kind != metadata.CustomField || c.Change != metadata.Added || !stored(c.After) {
			continue
		}
		for _, old := range a.From.OfKind(metadata.CustomField) {
			if !a.mayReplace(old, c.After) {
				continue
			}
			m := a.over(c.After.Parent(), old.BaseName(), c.After.BaseName())
			switch have := best[old.Name]; {
			case len(m.Components) == 0:
			case have == nil:
				order = append(order, old.Name)
				best[old.Name] = &m
			case len(m.Components) > len(have.Components):
				best[old.Name] = &m
			}
		}
	}
	var list []Moved
	for _, name := range order {
		list = append(list, *best[name])
	}
	return list
}

// mayReplace reports whether a new field may take the place of one that stays: of
// the same object, called alike, and no switch where the other holds a value.
func (a *Upgrade) mayReplace(old, next *metadata.Component) bool {
	isSwitch := func(f *metadata.Component) bool { return f.Props.Get("type") == "Checkbox" }
	return old.Parent() == next.Parent() && stored(old) && a.To.Find(metadata.CustomField, old.Name) != nil &&
		isSwitch(old) == isSwitch(next) && WordsInCommon(old.BaseName(), next.BaseName(), a.Namespace) > 0
}

// stored says that a field holds what somebody entered.
func stored(f *metadata.Component) bool {
	return !f.Props.Has("formula") && f.Props.Get("type") != "Summary" && f.Props.Get("type") != "AutoNumber"
}

// over finds the components that went over from one field to another.
func (a *Upgrade) over(object, field, to string) Moved {
	m := Moved{Object: object, Field: field, To: to}
	before, after := a.Before(), a.After()
	for _, c := range a.To.Components {
		if silent[c.Kind] || !after.names(c, to) && !after.names(c, field) {
			continue
		}
		still := after.UseOf(c, object, field)
		if still >= Shows {
			m.Still = append(m.Still, c)
			continue
		}
		was := a.From.Find(c.Kind, c.Name)
		if was != nil && before.UseOf(was, object, field) >= Shows && after.UseOf(c, object, to) != Unused {
			m.Components = append(m.Components, c)
		}
	}
	return m
}
