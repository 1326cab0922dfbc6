package schema

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// valueSet finds a global value set by the name a field of a namespace uses.
func (b *builder) valueSet(ns, name string) (part, bool) {
	if name == "" {
		return part{}, false
	}
	for _, n := range []string{prefixed(ns, name), name, strings.TrimSuffix(name, "__gvs")} {
		if p, ok := b.valueSets[strings.ToLower(n)]; ok {
			return p, true
		}
	}
	return part{}, false
}

// picklist reads the values of a picklist field, inline or of a global or
// standard value set, in the present and in the older spelling.
func (b *builder) picklist(p part) *ValueSet {
	if old := p.Props.Child("picklist"); old != nil {
		set := &ValueSet{Restricted: old.Bool("restrictedPicklist"), Sorted: old.Bool("sorted"),
			Controlling: Qualify(p.ns, old.Get("controllingField"))}
		set.Values = picklistValues(old.All("picklistValues"))
		for i, v := range old.All("picklistValues") {
			set.Values[i].ValidFor = v.Texts("controllingFieldValues")
		}
		return set
	}
	n := p.Props.Child("valueSet")
	set := &ValueSet{Restricted: n.Bool("restricted"), Controlling: Qualify(p.ns, n.Get("controllingField"))}
	if name := n.Get("valueSetName"); name != "" {
		set.Name, set.Restricted = name, true // a shared value set always restricts
		if global, ok := b.valueSet(p.ns, name); ok {
			set.Values, set.Sorted = picklistValues(global.Props.All("customValue")), global.Props.Bool("sorted")
		} else if std, ok := b.valueSets["%"+strings.ToLower(name)]; ok {
			set.Values = picklistValues(std.Props.All("standardValue"))
		} else if fields := references("%" + name); len(fields) > 0 {
			object, field, _ := strings.Cut(fields[0], ".")
			if o := b.base.object(strings.ToLower(object)); o != nil && o.Field(field) != nil && o.Field(field).Picklist != nil {
				set.Values = o.Field(field).Picklist.Values
			}
		}
	} else {
		def := n.Child("valueSetDefinition")
		set.Values, set.Sorted = picklistValues(def.All("value")), def.Bool("sorted")
	}
	settings(set, n.All("valueSettings"))
	return set
}

func picklistValues(nodes []*metadata.Node) []PicklistValue {
	values := make([]PicklistValue, 0, len(nodes))
	for _, n := range nodes {
		v := PicklistValue{Name: n.Get("fullName"), Label: n.Get("label"), Default: n.Bool("default"),
			Active: !strings.EqualFold(n.Get("isActive"), "false")}
		if v.Label == "" {
			v.Label = v.Name
		}
		values = append(values, v)
	}
	return values
}

// settings applies which values a controlling value offers. The values may be
// shared with another set, so they are copied first.
func settings(set *ValueSet, nodes []*metadata.Node) {
	if len(nodes) == 0 {
		return
	}
	set.Values = append([]PicklistValue(nil), set.Values...)
	for i := range set.Values {
		set.Values[i].ValidFor = []string{}
	}
	for _, n := range nodes {
		for i := range set.Values {
			if v := &set.Values[i]; v.Name == n.Get("valueName") {
				v.ValidFor = append(v.ValidFor, n.Texts("controllingFieldValue")...)
			}
		}
	}
}

// standardSetsOf finds the StandardValueSet components for an object's fields.
func (b *builder) standardSetsOf(o *Object) []part {
	var out []part
	for _, f := range o.Fields {
		if name := standardSetName(o.Name, f.Name); name != "" {
			if p, ok := b.valueSets["%"+strings.ToLower(name)]; ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// standardSets puts the org's own standard values in place of the usual ones.
func (b *builder) standardSets(o *Object, d *draft) {
	if d.standard == nil {
		return
	}
	for i, f := range o.Fields {
		p, ok := b.valueSets["%"+strings.ToLower(standardSetName(o.Name, f.Name))]
		if !ok {
			continue
		}
		c := *f
		c.Picklist = &ValueSet{Name: p.Name, Values: picklistValues(p.Props.All("standardValue")), Sorted: p.Props.Bool("sorted")}
		o.Fields[i] = &c
	}
}

// standardSetName is the Metadata API name of a standard field's value set.
func standardSetName(object, field string) string {
	return strings.TrimPrefix(standardIndex().sets["="+object+"."+field], "\t")
}
