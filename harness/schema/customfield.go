package schema

import (
	"strconv"
	"strings"
)

// fieldKind is what a Metadata API field type means to a describe
// (system-fields.md, section 8). Length 0 is read from the component.
type fieldKind struct {
	Type   FieldType
	Length int
	HTML   bool
}

var fieldKinds = map[string]fieldKind{
	"Text":                 {Type: String},
	"TextArea":             {Type: TextArea, Length: 255},
	"LongTextArea":         {Type: TextArea},
	"Html":                 {Type: TextArea, HTML: true},
	"EncryptedText":        {Type: EncryptedString},
	"Picklist":             {Type: Picklist, Length: 255},
	"MultiselectPicklist":  {Type: MultiPicklist, Length: 4099},
	"Checkbox":             {Type: Boolean},
	"Number":               {Type: Double},
	"Currency":             {Type: Currency},
	"Percent":              {Type: Percent},
	"Date":                 {Type: Date},
	"DateTime":             {Type: Datetime},
	"Time":                 {Type: Time},
	"Email":                {Type: Email, Length: 80},
	"Phone":                {Type: Phone, Length: 40},
	"Url":                  {Type: URL, Length: 255},
	"Lookup":               {Type: Reference, Length: 18},
	"MasterDetail":         {Type: Reference, Length: 18},
	"Hierarchy":            {Type: Reference, Length: 18},
	"ExternalLookup":       {Type: Reference, Length: 18},
	"IndirectLookup":       {Type: Reference, Length: 18},
	"MetadataRelationship": {Type: Reference, Length: 18},
	"AutoNumber":           {Type: String, Length: 30},
	"Summary":              {Type: Double},
	"Location":             {Type: Location},
	"Address":              {Type: Address},
}

// definitionTypes are the targets of a MetadataRelationship that hold a name
// of metadata and not the id of a record.
var definitionTypes = map[string]bool{"EntityDefinition": true, "FieldDefinition": true, "EntityParticle": true}

// addField lays one CustomField component over an object: a new field, or a
// standard field with properties changed.
func (b *builder) addField(o *Object, d *draft, p part) {
	name := Qualify(p.ns, p.BaseName())
	if _, _, suffix := SplitName(name); suffix == "" {
		b.changeStandardField(o, p)
		return
	}
	f := b.customField(d, p, name)
	if f == nil {
		b.warn(p, "SCHEMA-FIELD-TYPE", "CustomField %s: field type %q is not known", p.Name, p.Props.Get("type"))
		return
	}
	o.addOrReplace(f)
	for _, part := range compoundParts(f) {
		o.addOrReplace(part)
	}
}

func (o *Object) addOrReplace(f *Field) {
	if i := o.indexOf(f.Name); i >= 0 {
		o.Fields[i] = f
		return
	}
	o.Fields = append(o.Fields, f)
}

// changeStandardField applies what a component may say about a standard field.
func (b *builder) changeStandardField(o *Object, p part) {
	i := o.indexOf(p.Name[strings.LastIndexByte(p.Name, '.')+1:])
	if i < 0 {
		return
	}
	f := *o.Fields[i]
	f.TrackHistory = p.Props.Bool("trackHistory")
	if p.Props.Has("valueSet") || p.Props.Has("picklist") {
		if set := b.picklist(p); set != nil && len(set.Values) > 0 {
			f.Picklist = set
		}
	}
	if p.Props.Bool("required") {
		f.Nillable = false
	}
	o.Fields[i] = &f
}

func (b *builder) customField(d *draft, p part, name string) *Field {
	kindName := p.Props.Get("type")
	kind, ok := fieldKinds[kindName]
	if !ok {
		return nil
	}
	ns, _, _ := SplitName(name)
	f := &Field{Name: name, Label: p.Props.Get("label"), Namespace: ns, HelpText: p.Props.Get("inlineHelpText"),
		Type: kind.Type, MetadataType: kindName, Length: kind.Length, HTML: kind.HTML, Custom: true,
		Nillable: !p.Props.Bool("required"), Createable: true, Updateable: true,
		Unique: p.Props.Bool("unique"), ExternalID: p.Props.Bool("externalId"), CaseSensitive: p.Props.Bool("caseSensitive"),
		TrackHistory: p.Props.Bool("trackHistory"), DefaultValue: p.Props.Get("defaultValue"),
		Deprecated: p.Props.Bool("deprecated"),
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
	f.IDLookup = f.ExternalID
	f.DefaultedOnCreate = f.DefaultValue != ""
	if f.Label == "" {
		_, f.Label, _ = SplitName(name)
		f.Label = strings.ReplaceAll(f.Label, "_", " ")
	}
	b.shape(f, d, p)
	if formula := p.Props.Get("formula"); formula != "" {
		f.Formula = formula
		f.TreatBlanksAsZero = p.Props.Get("formulaTreatBlanksAs") != "BlankAsBlank"
		f.Calculated, f.Createable, f.Updateable, f.Nillable = true, false, false, f.Type != Boolean
		f.DefaultedOnCreate = false
		if f.Type == String {
			f.Length = 1300
		}
	}
	return f
}

// shape sets what depends on the field's type.
func (b *builder) shape(f *Field, d *draft, p part) {
	if f.Length == 0 {
		f.Length = number(p.Props.Get("length"), defaultLength[f.MetadataType])
	}
	switch f.Type {
	case Boolean:
		f.Nillable, f.DefaultedOnCreate, f.Length = false, true, 0
		f.Aggregatable = false
	case Double, Currency, Percent:
		f.Precision, f.Scale, f.Length = number(p.Props.Get("precision"), 18), number(p.Props.Get("scale"), 0), 0
		f.Groupable = false
	case Date, Time:
		f.Length = 0
	case Datetime, Location, Address:
		f.Length, f.Groupable = 0, false
	case Picklist, MultiPicklist:
		f.Picklist = b.picklist(p)
		f.DefaultedOnCreate = f.DefaultedOnCreate || f.Picklist.Default() != ""
		f.Groupable = f.Type == Picklist
	case TextArea, EncryptedString:
		f.Groupable = f.Type == TextArea && f.Length <= 255
		f.Encrypted = f.Type == EncryptedString
		f.Filterable, f.Sortable = !f.IsLongText(), !f.IsLongText()
	case Reference:
		b.lookup(f, d, p)
	}
	switch f.MetadataType {
	case "AutoNumber":
		f.AutoNumber, f.Createable, f.Updateable, f.Nillable, f.DefaultedOnCreate = true, false, false, false, true
		f.DisplayFormat, f.StartingNumber = p.Props.Get("displayFormat"), number64(p.Props.Get("startingNumber"), 1)
	case "Summary":
		b.summary(f, p)
	}
}

var defaultLength = map[string]int{"Text": 255, "LongTextArea": 32768, "Html": 32768, "EncryptedText": 175}

func (b *builder) lookup(f *Field, d *draft, p part) {
	target := p.Props.Get("referenceTo")
	if f.MetadataType == "Hierarchy" {
		target = d.name
	}
	if definitionTypes[target] {
		f.Type, f.Length = String, 255
		f.ReferenceTo = []string{target}
		f.RelationshipName = relationshipName(f.Name)
		return
	}
	f.ReferenceTo = []string{b.resolve(p.ns, target)}
	f.RelationshipName = relationshipName(f.Name)
	if name := p.Props.Get("relationshipName"); name != "" {
		f.ChildRelationshipName = childName(p.ns, name)
	}
	switch p.Props.Get("deleteConstraint") {
	case "Cascade":
		f.OnParentDelete = Cascade
	case "Restrict":
		f.OnParentDelete = Restrict
	}
	if f.MetadataType == "MasterDetail" {
		f.MasterDetail, f.Nillable, f.OnParentDelete = true, false, Cascade
		f.Reparentable = p.Props.Bool("reparentableMasterDetail")
		f.Updateable = f.Reparentable
		f.RelationshipOrder = number(p.Props.Get("relationshipOrder"), 0)
		f.WriteRequiresRead = p.Props.Bool("writeRequiresMasterRead")
	}
	f.MetadataController = p.Props.Get("metadataRelationshipControllingField")
}

func relationshipName(field string) string {
	if n := len(field); n > 3 && equalFold(field[n-3:], "__c") {
		return field[:n-1] + "r"
	}
	return field
}

// summary reads a roll-up. Its type is that of what it sums up.
func (b *builder) summary(f *Field, p part) {
	f.Calculated, f.Createable, f.Updateable, f.Nillable, f.Length = true, false, false, true, 0
	s := &Summary{Operation: p.Props.Get("summaryOperation")}
	child, key, _ := strings.Cut(p.Props.Get("summaryForeignKey"), ".")
	s.Child, s.ForeignKey = b.resolve(p.ns, child), Qualify(p.ns, key)
	f.Precision, f.Scale = 18, 0
	if path := p.Props.Get("summarizedField"); path != "" && s.Operation != "count" {
		_, field, _ := strings.Cut(path, ".")
		s.Field = Qualify(p.ns, field)
		b.summaryType(f, p)
	}
	for _, item := range p.Props.All("summaryFilterItems") {
		_, field, _ := strings.Cut(item.Get("field"), ".")
		_, other, _ := strings.Cut(item.Get("valueField"), ".")
		s.Filters = append(s.Filters, SummaryFilter{Field: Qualify(p.ns, field), Operation: item.Get("operation"),
			Value: item.Get("value"), ValueField: Qualify(p.ns, other)})
	}
	f.Summary = s
	f.Groupable = false
}

// summarised finds the component of the field a roll-up is over; its Component
// is nil for a standard field.
func (b *builder) summarised(p part) part {
	object, field, _ := strings.Cut(p.Props.Get("summarizedField"), ".")
	d := b.drafts[strings.ToLower(b.resolve(p.ns, object))]
	if d == nil {
		return part{}
	}
	want := Qualify(p.ns, field)
	for i := len(d.fields) - 1; i >= 0; i-- {
		if c := d.fields[i]; equalFold(Qualify(c.ns, c.BaseName()), want) {
			return c
		}
	}
	return part{}
}

// summaryChain lists the components a roll-up gets its type from: the field it
// is over and, where that is a roll-up itself, the one that is over.
func (b *builder) summaryChain(p part) []part {
	var chain []part
	for len(chain) < 10 && p.Props.Get("type") == "Summary" && p.Props.Get("summaryOperation") != "count" {
		if p = b.summarised(p); p.Component == nil {
			break
		}
		chain = append(chain, p)
	}
	return chain
}

func (b *builder) summaryType(f *Field, p part) {
	last := p
	if chain := b.summaryChain(p); len(chain) > 0 {
		last = chain[len(chain)-1]
	}
	if kind := last.Props.Get("type"); kind != "Summary" {
		f.Type, f.Scale = fieldKinds[kind].Type, number(last.Props.Get("scale"), 0)
	} else if last.Props.Get("summaryOperation") != "count" { // over a standard field
		object, field, _ := strings.Cut(last.Props.Get("summarizedField"), ".")
		if o := b.base.object(strings.ToLower(b.resolve(last.ns, object))); o != nil && o.Field(field) != nil {
			f.Type, f.Scale = o.Field(field).Type, o.Field(field).Scale
		} else if audit, ok := systemFields[field]; ok { // of a custom object
			f.Type = audit.Type
		}
	}
	if f.Type == Int {
		f.Type = Double
	}
	if !f.Type.IsDecimal() {
		f.Precision, f.Scale = 0, 0
	}
}

// compoundParts are the fields that come with a geolocation or an address
// (system-fields.md, section 4).
func compoundParts(f *Field) []*Field {
	stem, ok := strings.CutSuffix(f.Name, "__c")
	if !ok {
		return nil
	}
	sub := func(name string, t FieldType, length int) *Field {
		c := *f
		c.Name, c.Label, c.Type, c.Length, c.Compound = stem+"__"+name+"__s", f.Label+" ("+name+")", t, length, f.Name
		if t == Double {
			c.Precision, c.Scale = 18, 15
		}
		return &c
	}
	switch f.Type {
	case Location:
		return []*Field{sub("Latitude", Double, 0), sub("Longitude", Double, 0)}
	case Address:
		return []*Field{sub("Street", TextArea, 255), sub("City", String, 40), sub("PostalCode", String, 20),
			sub("StateCode", Picklist, 255), sub("CountryCode", Picklist, 255), sub("Latitude", Double, 0),
			sub("Longitude", Double, 0), sub("GeocodeAccuracy", Picklist, 255)}
	default:
		return nil
	}
}

// personFields shows the custom fields of Contact on person accounts, as
// Foo__pc.
func (b *builder) personFields(account *Object) {
	d := b.drafts["contact"]
	if d == nil {
		return
	}
	for _, p := range d.fields {
		name := Qualify(p.ns, p.BaseName())
		if _, _, suffix := SplitName(name); !equalFold(suffix, "c") {
			continue
		}
		if f := b.customField(d, p, name); f != nil && !f.MasterDetail {
			f.Name = name[:len(name)-1] + "pc"
			if f.RelationshipName != "" {
				f.RelationshipName = name[:len(name)-1] + "pr"
			}
			account.addOrReplace(f)
		}
	}
}

func recordType(p part) RecordType {
	rt := RecordType{DeveloperName: p.BaseName(), Namespace: p.ns, Label: p.Props.Get("label"),
		Description: p.Props.Get("description"), Active: p.Props.Bool("active"), BusinessProcess: p.Props.Get("businessProcess")}
	for _, list := range p.Props.All("picklistValues") {
		if rt.PicklistValues == nil {
			rt.PicklistValues = map[string][]PicklistValue{}
		}
		field := strings.ToLower(Qualify(p.ns, list.Get("picklist")))
		for _, v := range list.All("values") {
			name := decodePercent(v.Get("fullName"))
			rt.PicklistValues[field] = append(rt.PicklistValues[field],
				PicklistValue{Name: name, Label: name, Active: true, Default: v.Bool("default")})
		}
	}
	return rt
}

func fieldSet(p part) FieldSet {
	fs := FieldSet{Name: prefixed(p.ns, p.BaseName()), Namespace: p.ns, Label: p.Props.Get("label")}
	for _, m := range p.Props.All("displayedFields") {
		steps := strings.Split(m.Get("field"), ".")
		for i, s := range steps {
			steps[i] = Qualify(p.ns, s)
		}
		fs.Fields = append(fs.Fields, FieldSetMember{Path: strings.Join(steps, "."), Required: m.Bool("isRequired")})
	}
	return fs
}

// decodePercent undoes the escapes of names in record types: "Q%26A".
func decodePercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

func number64(s string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return otherwise
}
