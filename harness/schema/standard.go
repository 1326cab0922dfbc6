package schema

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run ./internal/compact -facts ../facts/schema

// standardText is the standard objects, a paragraph an object; valueSetText
// their value sets and lists of parents, a line each. Both are written by
// internal/compact.
//
//go:embed standard.txt
var standardText string

// knownText is what they lack and is known besides: paragraphs of the same
// form, written by hand.
//
//go:embed known.txt
var knownText string

//go:embed valuesets.txt
var valueSetText string

// index finds paragraphs and lines of the embedded files by name.
type index struct {
	names   []string          // API names of standard objects, sorted ignoring case
	objects map[string]string // by lower-case name: the paragraph
	sets    map[string]string // by name: the line after the name
}

var standardIndex = sync.OnceValue(func() *index {
	ix := &index{objects: make(map[string]string, 400), sets: make(map[string]string, 400)}
	for paragraph := range strings.SplitSeq(standardText, "\n\n") {
		if name, _, ok := strings.Cut(paragraph, "\t"); ok {
			ix.names = append(ix.names, name)
			ix.objects[strings.ToLower(name)] = paragraph
		}
	}
	ix.addKnown()
	slices.SortFunc(ix.names, compareNames)
	for line := range strings.SplitSeq(valueSetText, "\n") {
		if name, rest, ok := strings.Cut(line, "\t"); ok {
			ix.sets[name] = rest
		}
	}
	return ix
})

// addKnown lays knownText over the facts.
func (ix *index) addKnown() {
	for paragraph := range strings.SplitSeq(knownText, "\n\n") {
		head, rest, _ := strings.Cut(paragraph, "\n")
		if strings.HasPrefix(head, "#") {
			continue
		}
		if name, more := strings.CutPrefix(head, "+"); more {
			ix.objects[strings.ToLower(name)] += "\n" + rest
		} else if name, _, ok := strings.Cut(paragraph, "\t"); ok {
			ix.names = append(ix.names, name)
			ix.objects[strings.ToLower(name)] = paragraph
		}
	}
}

// Features lists every feature that brings standard objects or fields, sorted,
// with "?" for what no feature is known of: an org with all of them has all that
// is known of the platform.
func Features() []Feature { return slices.Clone(everyFeature()) }

var everyFeature = sync.OnceValue(func() []Feature {
	seen := map[Feature]bool{RecordTypes: true}
	for _, paragraph := range standardIndex().objects {
		for i, line := range strings.Split(paragraph, "\n") {
			c, at := cells(strings.Split(line, "\t")), 11
			if i == 0 {
				at = 9
			}
			if f := c.at(at); f != "" {
				seen[Feature(f)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
})

func compareNames(a, b string) int {
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// base is the standard objects of orgs with one set of features, each decoded
// when first asked for. All orgs of a process share it.
type base struct {
	features map[Feature]bool
	objects  sync.Map // lower-case name → *Object, nil *Object when the org lacks it
	byPrefix func() map[string]*Object
	all      func() []*Object
}

var bases sync.Map // features, joined → *base

func baseOf(features []Feature) *base {
	key := strings.Builder{}
	sorted := slices.Compact(slices.Sorted(slices.Values(features)))
	for _, f := range sorted {
		key.WriteString(string(f))
		key.WriteByte(' ')
	}
	if b, ok := bases.Load(key.String()); ok {
		return b.(*base)
	}
	b := &base{features: make(map[Feature]bool, len(sorted))}
	for _, f := range sorted {
		b.features[f] = true
	}
	b.all = sync.OnceValue(b.decodeAll)
	b.byPrefix = sync.OnceValue(func() map[string]*Object {
		m := make(map[string]*Object, 300)
		for _, o := range b.all() {
			if o.KeyPrefix != "" && o.Kind == Standard && m[o.KeyPrefix] == nil {
				m[o.KeyPrefix] = o
			}
		}
		return m
	})
	got, _ := bases.LoadOrStore(key.String(), b)
	return got.(*base)
}

func (b *base) object(lower string) *Object {
	if o, ok := b.objects.Load(lower); ok {
		return o.(*Object)
	}
	paragraph, ok := standardIndex().objects[lower]
	if !ok {
		return nil
	}
	o := b.decode(paragraph)
	if o != nil {
		o.finish()
	}
	got, _ := b.objects.LoadOrStore(lower, o)
	return got.(*Object)
}

func (b *base) decodeAll() []*Object {
	names := standardIndex().names
	out := make([]*Object, 0, len(names))
	for _, name := range names {
		if o := b.object(strings.ToLower(name)); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// cells is a line taken apart; cells cut off at the end are empty.
type cells []string

func (c cells) at(i int) string {
	if i < len(c) {
		return c[i]
	}
	return ""
}

func (c cells) number(i int) int {
	n, _ := strconv.Atoi(c.at(i))
	return n
}

var standardKinds = map[string]ObjectKind{"standard": Standard, "virtual": Virtual, "share": Share, "history": History,
	"feed": Feed, "changeevent": ChangeEvent, "platformevent": PlatformEvent}

// decode reads a paragraph; nil when the org lacks the object's feature.
func (b *base) decode(paragraph string) *Object {
	head, rest, _ := strings.Cut(paragraph, "\n")
	h := cells(strings.Split(head, "\t"))
	if feature := h.at(9); feature != "" && !b.features[Feature(feature)] {
		return nil
	}
	o := &Object{Name: h.at(0), Label: h.at(1), LabelPlural: h.at(2), KeyPrefix: h.at(3), Kind: standardKinds[h.at(5)],
		Companions: h.at(8), Deployed: true}
	if o.KeyPrefix == "" {
		o.KeyPrefix = h.at(4)
	}
	o.setFlags(h.at(6))
	var fields []Field
	for line := range strings.SplitSeq(rest, "\n") {
		if strings.HasPrefix(line, ">") {
			b.decodeChild(o, cells(strings.Split(line[1:], "\t")))
		} else if line != "" {
			c := cells(strings.Split(line, "\t"))
			if feature := c.at(11); feature == "" || b.features[Feature(feature)] {
				fields = append(fields, decodeField(c))
			}
		}
	}
	o.Fields = make([]*Field, len(fields))
	for i := range fields {
		o.Fields[i] = &fields[i]
		if strings.EqualFold(fields[i].Name, h.at(7)) {
			fields[i].NameField = true
		}
	}
	return o
}

func (o *Object) setFlags(flags string) {
	for _, c := range flags {
		switch c {
		case 'c':
			o.Createable = true
		case 'u':
			o.Updateable = true
		case 'd':
			o.Deletable = true
		case 'q':
			o.Queryable = true
		case 's':
			o.Searchable = true
		case 't':
			o.Triggerable = true
		case 'U':
			o.Undeletable = true
		case 'M':
			o.Mergeable = true
		case 'L':
			o.Layoutable = true
		case 'R':
			o.Replicateable = true
		case 'F':
			o.FeedEnabled = true
		case 'm':
			o.MruEnabled = true
		}
	}
}

func (b *base) decodeChild(o *Object, c cells) {
	if strings.Contains(c.at(3), "p") && !b.features[PersonAccounts] {
		return
	}
	o.Children = append(o.Children, ChildRelationship{Child: c.at(0), Field: c.at(1), Name: c.at(2),
		CascadeDelete: strings.Contains(c.at(3), "c"), RestrictDelete: strings.Contains(c.at(3), "r")})
}

func decodeField(c cells) Field {
	f := Field{Name: c.at(0), Label: c.at(1), Length: c.number(4), Precision: c.number(5), Scale: c.number(6),
		RelationshipName: c.at(8), DefaultValue: c.at(10)}
	f.Type, _ = ParseFieldType(c.at(2))
	f.setFlags(c.at(3))
	f.ReferenceTo = references(c.at(7))
	if stem, ok := strings.CutSuffix(f.Name, "Id"); ok && f.Type == String && len(f.ReferenceTo) > 0 && f.RelationshipName == "" {
		f.RelationshipName = stem // a reference to a definition, by its durable id
	}
	switch {
	case f.Type.IsID():
		f.Length = 18
	case f.Type.IsDecimal() && f.Precision == 0:
		f.Precision, f.Scale = 18, 2
	}
	if set := c.at(9); set != "" {
		f.Picklist = standardValues(set)
		f.Picklist.Restricted = strings.Contains(c.at(3), "r")
	}
	return f
}

func (f *Field) setFlags(flags string) {
	for _, c := range flags {
		switch c {
		case 'n':
			f.Nillable = true
		case 'c':
			f.Createable = true
		case 'u':
			f.Updateable = true
		case 'd':
			f.DefaultedOnCreate = true
		case 'a':
			f.AutoNumber = true
		case 'k':
			f.Calculated = true
		case 'q':
			f.Unique = true
		case 'e':
			f.ExternalID = true
		case 'i':
			f.IDLookup = true
		case 'C':
			f.CaseSensitive = true
		case 'h':
			f.HTML = true
		case 'N':
			f.NameField = true
		case 'f':
			f.Filterable = true
		case 'g':
			f.Groupable = true
		case 's':
			f.Sortable = true
		case 'A':
			f.Aggregatable = true
		case 'x':
			f.OnParentDelete = Cascade
		case 'y':
			f.OnParentDelete = Restrict
		}
	}
}

func references(s string) []string {
	switch {
	case s == "":
		return nil
	case s[0] == '&':
		line := standardIndex().sets[s]
		return strings.Split(strings.TrimPrefix(line, "\t"), "\t")
	default:
		return strings.Split(s, ",")
	}
}

// standardValues reads a value set of the embedded file: the index of the
// default, then "value" or "value|label" or "value|label|controlling value".
func standardValues(name string) *ValueSet {
	s := &ValueSet{Name: name}
	line := standardIndex().sets[name]
	if line == "" {
		return s
	}
	c := cells(strings.Split(line, "\t"))
	for _, v := range c[1:] {
		parts := cells(strings.Split(v, "|"))
		p := PicklistValue{Name: parts.at(0), Label: parts.at(1), Active: true}
		if p.Label == "" {
			p.Label = p.Name
		}
		if controlling := parts.at(2); controlling != "" {
			p.ValidFor = []string{controlling}
		}
		s.Values = append(s.Values, p)
	}
	if c[0] != "" {
		if i := c.number(0); i < len(s.Values) {
			s.Values[i].Default = true
		}
	}
	return s
}

// StandardList gives one of the org-wide lists, label and API name: "timezone",
// "locale", "language", "currency", "country", "state".
func StandardList(name string) []PicklistValue { return standardValues("@" + name).Values }
