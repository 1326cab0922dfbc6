package schema

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// Feature is an org feature that brings or hides standard objects and fields.
type Feature string

// The features that standard objects and fields depend on
// (facts/schema/README.md). Those without a constant of their own are named as
// the facts name them: "Quotes", "FieldService", "Entitlements" ...
const (
	MultiCurrency         Feature = "MultiCurrency"
	PersonAccounts        Feature = "PersonAccounts"
	StateCountryPicklists Feature = "StateCountryPicklists"
	Divisions             Feature = "Divisions"
	Communities           Feature = "Communities"
	Territory2            Feature = "Territory2"
	ApprovalLock          Feature = "ApprovalLock"
	// RecordTypes gives every object that may have one a RecordTypeId, also
	// those that have no record type.
	RecordTypes Feature = "RecordTypes"
)

// Source is the components of one package or of the subscriber. Namespace is
// the package's; "" for the subscriber and for packages without one.
type Source struct {
	Namespace  string
	Components []*metadata.Component
}

// Options is what an org brings to its schema besides components.
type Options struct {
	Features []Feature
	// Prefixes gives the key prefixes the org has already handed out, by API
	// name of the object in lower case. Objects that are not in it get the next
	// free one of their family in the order of their components.
	Prefixes map[string]string
	// Previous is an earlier schema of the same org: objects that are defined by
	// the same components are taken over from it.
	Previous *Schema
}

// Schema is all objects of an org. It is immutable.
type Schema struct {
	base     *base
	objects  map[string]*Object // those that components define or change, by lower-case name
	byPrefix map[string]*Object // of objects
	inputs   map[string][]any   // what each of objects was made from
	sorted   func() []*Object
}

// Build makes the schema of an org from its features and the components of the
// packages and the subscriber, in the order in which they came to the org. A
// later definition of the same thing wins. Components that can not be placed
// (a field of an object that does not exist) are warnings and left out.
func Build(opt Options, sources ...Source) (*Schema, diag.List) {
	b := &builder{opt: opt, base: baseOf(opt.Features), drafts: map[string]*draft{}, valueSets: map[string]part{}}
	for _, s := range sources {
		for _, c := range s.Components {
			b.collect(part{c, s.Namespace})
		}
	}
	b.place()
	b.link()
	s := b.assemble()
	return s, b.diags
}

// Object finds an object by API name, ignoring case; nil when there is none.
func (s *Schema) Object(name string) *Object {
	if o, ok := s.objects[name]; ok {
		return o
	}
	lower := strings.ToLower(name)
	if o, ok := s.objects[lower]; ok {
		return o
	}
	return s.base.object(lower)
}

// ObjectIn finds an object as code of a namespace writes it: "Foo__c" is first
// looked for as "ns__Foo__c", then as it stands.
func (s *Schema) ObjectIn(ns, name string) *Object {
	if q := Qualify(ns, name); q != name {
		if o := s.Object(q); o != nil {
			return o
		}
	}
	return s.Object(name)
}

// ByPrefix finds the object whose ids begin with the three characters; nil
// when there is none.
func (s *Schema) ByPrefix(prefix string) *Object {
	if o := s.byPrefix[prefix]; o != nil {
		return o
	}
	if o := s.base.byPrefix()[prefix]; o != nil {
		return s.Object(o.Name)
	}
	return nil
}

// ByID finds the object of a record id by its prefix.
func (s *Schema) ByID(id string) *Object {
	if len(id) < 3 {
		return nil
	}
	return s.ByPrefix(id[:3])
}

// Objects lists all objects sorted by name, ignoring case.
func (s *Schema) Objects() []*Object { return s.sorted() }

// Custom lists the objects that components define or change, sorted by name.
func (s *Schema) Custom() []*Object {
	out := make([]*Object, 0, len(s.objects))
	for _, o := range s.objects {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b *Object) int { return compareNames(a.Name, b.Name) })
	return out
}

// HasFeature tells whether the org has a feature.
func (s *Schema) HasFeature(f Feature) bool { return s.base.features[f] }

// Features lists the features that the org has, sorted.
func (s *Schema) Features() []Feature {
	var out []Feature
	for f, has := range s.base.features {
		if has {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

// part is a component with the namespace of who brought it.
type part struct {
	*metadata.Component
	ns string
}

// draft is an object in the making.
type draft struct {
	name        string
	ns          string
	defs        []part // CustomObject components, the last one wins
	fields      []part
	recordTypes []part
	fieldSets   []part
	children    []ChildRelationship
	standard    *Object
	object      *Object
	inputs      []any
}

type builder struct {
	opt       Options
	base      *base
	order     []*draft
	drafts    map[string]*draft // by lower-case name
	valueSets map[string]part   // global ones as "name", standard ones as "%name"
	diags     diag.List
}

func (b *builder) draft(name, ns string) *draft {
	key := strings.ToLower(name)
	if d := b.drafts[key]; d != nil {
		return d
	}
	d := &draft{name: name, ns: ns}
	if has, _, suffix := SplitName(name); suffix != "" {
		d.ns = has
	} else {
		d.ns = ""
	}
	b.drafts[key] = d
	b.order = append(b.order, d)
	return d
}

// collect sorts a component to the objects it belongs to. Activity stands for
// Task and Event.
func (b *builder) collect(p part) {
	switch p.Kind {
	case metadata.GlobalValueSet:
		b.valueSets[strings.ToLower(Qualify(p.ns, p.Name))] = p
		b.valueSets[strings.ToLower(prefixed(p.ns, p.Name))] = p
		return
	case metadata.StandardValueSet:
		b.valueSets["%"+strings.ToLower(p.Name)] = p
		for _, path := range references("%" + p.Name) {
			object, _, _ := strings.Cut(path, ".")
			b.draft(object, "")
		}
		return
	case metadata.CustomObject, metadata.CustomField, metadata.RecordType, metadata.FieldSet:
	default:
		return
	}
	name := p.Name
	if p.Kind != metadata.CustomObject {
		name = p.Parent()
	}
	targets := []string{Qualify(p.ns, name)}
	if strings.EqualFold(name, "Activity") {
		targets = []string{"Task", "Event"}
	}
	for _, target := range targets {
		d := b.draft(target, p.ns)
		switch p.Kind {
		case metadata.CustomObject:
			d.defs = append(d.defs, p)
		case metadata.CustomField:
			d.fields = append(d.fields, p)
		case metadata.RecordType:
			d.recordTypes = append(d.recordTypes, p)
		case metadata.FieldSet:
			d.fieldSets = append(d.fieldSets, p)
		}
	}
}

func prefixed(ns, name string) string {
	if ns == "" {
		return name
	}
	return ns + "__" + name
}

// place decides which drafts stand for an object of the org and drops the
// rest, saying so.
func (b *builder) place() {
	kept := b.order[:0]
	for _, d := range b.order {
		d.standard = b.base.object(strings.ToLower(d.name))
		if d.standard == nil && (len(d.defs) == 0 || !isCustomObjectName(d.name)) {
			for _, p := range slices.Concat(d.defs, d.fields, d.recordTypes, d.fieldSets) {
				b.warn(p, "SCHEMA-NO-OBJECT", "%s %s: the org has no object %s", p.Kind, p.Name, d.name)
			}
			delete(b.drafts, strings.ToLower(d.name))
			continue
		}
		if d.standard != nil {
			d.name = d.standard.Name
		}
		kept = append(kept, d)
	}
	b.order = kept
}

func isCustomObjectName(name string) bool {
	_, _, suffix := SplitName(name)
	switch strings.ToLower(suffix) {
	case "c", "mdt", "e", "b", "x", "kav":
		return true
	default:
		return false
	}
}

func (b *builder) warn(p part, code, format string, args ...any) {
	d := diag.Errorf(p.Span, code, format, args...)
	d.Severity = diag.Warning
	b.diags = append(b.diags, d)
}

// lookupKinds are the field types that give their parent a child relationship.
var lookupKinds = map[string]bool{"Lookup": true, "MasterDetail": true, "Hierarchy": true, "MetadataRelationship": true}

// link makes the child relationships that lookups give to their parents. A
// parent that has no draft yet gets one.
func (b *builder) link() {
	for i := 0; i < len(b.order); i++ {
		d := b.order[i]
		for _, p := range d.fields {
			kind := p.Props.Get("type")
			if !lookupKinds[kind] {
				continue
			}
			target := b.resolve(p.ns, p.Props.Get("referenceTo"))
			if kind == "Hierarchy" {
				target = d.name
			}
			parent := b.drafts[strings.ToLower(target)]
			if parent == nil {
				std := b.base.object(strings.ToLower(target))
				if std == nil {
					continue
				}
				parent = b.draft(std.Name, "")
				parent.standard = std
			}
			c := ChildRelationship{Child: d.name, Field: Qualify(p.ns, p.BaseName()),
				CascadeDelete:  kind == "MasterDetail" || p.Props.Get("deleteConstraint") == "Cascade",
				RestrictDelete: p.Props.Get("deleteConstraint") == "Restrict"}
			// A lookup of Activity is one of Task and of Event; its name leads to tasks.
			if name := p.Props.Get("relationshipName"); name != "" && (d.name != "Event" || p.Parent() == "Event") {
				c.Name = childName(p.ns, name)
			}
			parent.children = slices.DeleteFunc(parent.children, func(o ChildRelationship) bool {
				return equalFold(o.Child, c.Child) && equalFold(o.Field, c.Field)
			})
			parent.children = append(parent.children, c)
		}
	}
}

func childName(ns, name string) string {
	if strings.HasSuffix(strings.ToLower(name), "__r") {
		return Qualify(ns, name)
	}
	return prefixed(ns, name) + "__r"
}

// resolve finds the object that a component of a namespace refers to.
func (b *builder) resolve(ns, name string) string {
	if q := Qualify(ns, name); q != name {
		if d := b.drafts[strings.ToLower(q)]; d != nil {
			return d.name
		}
	}
	if d := b.drafts[strings.ToLower(name)]; d != nil {
		return d.name
	}
	if o := b.base.object(strings.ToLower(name)); o != nil {
		return o.Name
	}
	return Qualify(ns, name)
}

// assemble makes the objects and the schema over them.
func (b *builder) assemble() *Schema {
	s := &Schema{base: b.base, objects: make(map[string]*Object, len(b.order)*2),
		byPrefix: map[string]*Object{}, inputs: make(map[string][]any, len(b.order))}
	prefixes := b.assignPrefixes()
	for _, d := range b.order {
		key := strings.ToLower(d.name)
		d.inputs = b.inputsOf(d, prefixes[key])
		s.inputs[key] = d.inputs
		prev := b.opt.Previous
		kept := prev != nil && prev.base == b.base && slices.Equal(prev.inputs[key], d.inputs)
		if kept {
			d.object = prev.objects[key]
		} else {
			d.object = b.object(d, prefixes[key])
			d.object.finish()
		}
		s.objects[key] = d.object
		if d.standard == nil {
			for _, c := range b.companions(d) {
				name := strings.ToLower(c.Name)
				if kept {
					c = prev.objects[name]
				}
				s.objects[name] = c
			}
		}
	}
	for _, o := range s.Custom() {
		if o.KeyPrefix != "" && o.Kind != Share && o.Kind != History && o.Kind != Feed && s.byPrefix[o.KeyPrefix] == nil {
			s.byPrefix[o.KeyPrefix] = o
		}
	}
	s.sorted = sync.OnceValue(func() []*Object {
		out := s.Custom()
		for _, o := range s.base.all() {
			if s.objects[strings.ToLower(o.Name)] == nil {
				out = append(out, o)
			}
		}
		slices.SortFunc(out, func(a, b *Object) int { return compareNames(a.Name, b.Name) })
		return out
	})
	return s
}

// inputsOf lists everything that decides how an object turns out, to be
// compared with the list of an earlier schema.
func (b *builder) inputsOf(d *draft, prefix string) []any {
	in := []any{prefix, d.standard}
	for _, list := range [][]part{d.defs, d.fields, d.recordTypes, d.fieldSets} {
		for _, p := range list {
			in = append(in, p.ns, p.Component)
			if set, ok := b.valueSet(p.ns, p.Props.Get("valueSet/valueSetName")); ok {
				in = append(in, set.Component)
			}
			if p.Props.Get("type") == "Summary" {
				for _, over := range b.summaryChain(p) {
					in = append(in, over.Component)
				}
				in = append(in, "")
			}
			if to := p.Props.Get("referenceTo"); to != "" {
				in = append(in, b.resolve(p.ns, to))
			}
		}
		in = append(in, "")
	}
	if d.standard != nil {
		for _, set := range b.standardSetsOf(d.standard) {
			in = append(in, set.Component)
		}
		if d.standard.Name == "Account" && b.base.features[PersonAccounts] && b.drafts["contact"] != nil {
			for _, p := range b.drafts["contact"].fields {
				in = append(in, p.Component)
			}
		}
	}
	for _, c := range d.children {
		in = append(in, c)
	}
	return in
}
