package schema

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// prefixLetters begin the key prefixes of the custom families
// (system-fields.md, key prefixes). The rest have none that a record shows.
var prefixLetters = map[ObjectKind]byte{Custom: 'a', CustomSettingHierarchy: 'a', CustomSettingList: 'a',
	CustomMetadata: 'm', PlatformEvent: 'e', External: 'x', KnowledgeArticle: 'k'}

// assignPrefixes keeps the prefixes the org has handed out and gives new
// objects the next free ones, by lower-case name.
func (b *builder) assignPrefixes() map[string]string {
	out := make(map[string]string, len(b.order))
	used := make(map[string]bool, len(b.opt.Prefixes))
	for _, p := range b.opt.Prefixes {
		used[p] = true
	}
	next := map[byte]int{}
	for _, d := range b.order {
		key := strings.ToLower(d.name)
		letter, custom := prefixLetters[d.kind()]
		switch {
		case d.standard != nil || !custom:
		case b.opt.Prefixes[key] != "":
			out[key] = b.opt.Prefixes[key]
		default:
			for {
				p := value.Prefix62(letter, next[letter])
				next[letter]++
				if !used[p] {
					out[key], used[p] = p, true
					break
				}
			}
		}
	}
	return out
}

// def is the properties of the component that defines the object, nil without
// one. What other packages say of an object that is not theirs defines nothing.
func (d *draft) def() *metadata.Node {
	if len(d.defs) == 0 {
		return nil
	}
	for _, p := range slices.Backward(d.defs) {
		if metadata.IsOwnObject(p.Name) {
			return p.Props
		}
	}
	return d.defs[len(d.defs)-1].Props
}

// kind is the family, by suffix and custom settings type.
func (d *draft) kind() ObjectKind {
	if d.standard != nil {
		return d.standard.Kind
	}
	_, _, suffix := SplitName(d.name)
	switch strings.ToLower(suffix) {
	case "mdt":
		return CustomMetadata
	case "e":
		return PlatformEvent
	case "b":
		return BigObject
	case "x":
		return External
	case "kav":
		return KnowledgeArticle
	}
	switch d.def().Get("customSettingsType") {
	case "Hierarchy":
		return CustomSettingHierarchy
	case "List":
		return CustomSettingList
	default:
		return Custom
	}
}

// object makes the object of a draft, not yet finished.
func (b *builder) object(d *draft, prefix string) *Object {
	var o *Object
	if d.standard != nil {
		o = d.standard.overlay()
		if m := d.def().Get("sharingModel"); m != "" {
			o.SharingModel = m
			o.ExternalSharingModel = d.def().Get("externalSharingModel")
		}
	} else {
		o = b.shell(d, prefix)
	}
	for _, p := range d.recordTypes {
		o.RecordTypes = append(o.RecordTypes, recordType(p))
	}
	if len(o.RecordTypes) > 0 && o.indexOf("RecordTypeId") < 0 {
		o.insertAfter(recordTypeID(), "Name")
	}
	b.standardSets(o, d)
	for _, p := range d.fields {
		b.addField(o, d, p)
	}
	if o.Name == "Account" && b.base.features[PersonAccounts] {
		b.personFields(o)
	}
	for _, p := range d.fieldSets {
		o.FieldSets = append(o.FieldSets, fieldSet(p))
	}
	if d.standard != nil {
		o.Children = append(o.Children[:len(o.Children):len(o.Children)], d.children...)
	} else {
		o.Children = append(o.Children, d.children...)
	}
	return o
}

// overlay copies a standard object so that fields can be added.
func (o *Object) overlay() *Object {
	c := *o
	copies := make([]Field, len(o.Fields))
	c.Fields = make([]*Field, len(o.Fields), len(o.Fields)+8)
	for i, f := range o.Fields {
		copies[i] = *f
		c.Fields[i] = &copies[i]
	}
	return &c
}

// shell is a custom object with the fields its family has
// (system-fields.md, sections 2, 6 and 7).
func (b *builder) shell(d *draft, prefix string) *Object {
	def := d.def()
	o := &Object{Name: d.name, Namespace: d.ns, Kind: d.kind(), KeyPrefix: prefix, AutoPrefix: true,
		Label: def.Get("label"), LabelPlural: def.Get("pluralLabel"), SharingModel: def.Get("sharingModel"), ExternalSharingModel: def.Get("externalSharingModel"),
		Protected:   def.Get("visibility") == "Protected" || def.Get("visibility") == "PackageProtected",
		Deployed:    def.Get("deploymentStatus") != "InDevelopment",
		FeedEnabled: def.Bool("enableFeeds"), Queryable: true, Layoutable: true, Replicateable: true, MruEnabled: true,
		Createable: true, Updateable: true, Deletable: true}
	if o.Label == "" {
		_, o.Label, _ = SplitName(d.name)
	}
	if o.LabelPlural == "" {
		o.LabelPlural = o.Label
	}
	switch o.Kind {
	case Custom, KnowledgeArticle:
		o.Undeletable, o.Triggerable, o.Searchable = true, true, true
		o.Fields = b.customObjectFields(d, def)
		o.Children = childrenOf(def)
		b.companionLetters(d, o)
	case CustomSettingHierarchy, CustomSettingList:
		o.Layoutable, o.Triggerable, o.MruEnabled = false, false, false
		o.Fields = b.settingFields(o.Kind)
	case CustomMetadata:
		o.Createable, o.Updateable, o.Deletable, o.Replicateable, o.MruEnabled = false, false, false, false, false
		o.Fields = metadataTypeFields()
	case PlatformEvent:
		o.Queryable, o.Updateable, o.Deletable, o.Layoutable, o.Triggerable = false, false, false, false, true
		o.Fields = eventFields()
	case BigObject:
		o.Undeletable, o.Layoutable = false, false
		o.Fields = []*Field{idField("Record"), system("CreatedDate"), system("CreatedById")}
	case External:
		o.Fields = []*Field{idField("External"), text("ExternalId", "External ID", 255), text("DisplayUrl", "Display URL", 255)}
	}
	return o
}

func (b *builder) customObjectFields(d *draft, def *metadata.Node) []*Field {
	fields := []*Field{idField("Record")}
	if !d.isDetail() {
		fields = append(fields, ownerField())
	}
	fields = append(fields, system("IsDeleted"), nameField(def.Child("nameField")))
	if len(d.recordTypes) > 0 || b.base.features[RecordTypes] {
		fields = append(fields, recordTypeID())
	}
	if b.base.features[MultiCurrency] {
		fields = append(fields, currencyField())
	}
	fields = append(fields, system("CreatedDate"), system("CreatedById"), system("LastModifiedDate"),
		system("LastModifiedById"), system("SystemModstamp"))
	if def.Bool("enableActivities") {
		fields = append(fields, system("LastActivityDate"))
	}
	fields = append(fields, system("LastViewedDate"), system("LastReferencedDate"))
	return fields
}

// isDetail reports whether the object has a master, which then owns its rows.
func (d *draft) isDetail() bool {
	for _, p := range d.fields {
		if p.Props.Get("type") == "MasterDetail" {
			return true
		}
	}
	return false
}

func (b *builder) settingFields(kind ObjectKind) []*Field {
	name := text("Name", "Name", 38)
	name.NameField, name.IDLookup, name.Createable, name.Updateable, name.Nillable = true, kind == CustomSettingList, true, true, false
	name.DefaultedOnCreate = kind == CustomSettingHierarchy
	owner := &Field{Name: "SetupOwnerId", Label: "Location", Type: Reference, Length: 18, Createable: true,
		DefaultedOnCreate: true, RelationshipName: "SetupOwner", ReferenceTo: []string{"Organization", "Profile", "User"},
		Filterable: true, Groupable: true, Sortable: true}
	fields := []*Field{idField("Record"), system("IsDeleted"), name, owner}
	if b.base.features[MultiCurrency] {
		fields = append(fields, currencyField())
	}
	return append(fields, system("CreatedDate"), system("CreatedById"), system("LastModifiedDate"),
		system("LastModifiedById"), system("SystemModstamp"))
}

func metadataTypeFields() []*Field {
	developerName := text("DeveloperName", "Custom Metadata Record Name", 40)
	developerName.Nillable = false
	masterLabel := text("MasterLabel", "Label", 40)
	masterLabel.Nillable, masterLabel.NameField = false, true
	label := text("Label", "Label", 40)
	language := text("Language", "Master Language", 40)
	language.Type = Picklist
	language.Picklist = standardValues("@language")
	return []*Field{idField("Custom Metadata Type Record"), developerName, masterLabel, language,
		text("NamespacePrefix", "Namespace Prefix", 15), label, text("QualifiedApiName", "Qualified API Name", 70),
		system("SystemModstamp")}
}

func eventFields() []*Field {
	replay := text("ReplayId", "Replay ID", 1000)
	uuid := text("EventUuid", "Event UUID", 36)
	return []*Field{replay, system("CreatedDate"), system("CreatedById"), uuid}
}

// systemFields are the audit fields (system-fields.md, section 2).
var systemFields = map[string]Field{
	"IsDeleted":          {Label: "Deleted", Type: Boolean, DefaultedOnCreate: true},
	"CreatedDate":        {Label: "Created Date", Type: Datetime, DefaultedOnCreate: true},
	"CreatedById":        {Label: "Created By ID", Type: Reference, Length: 18, DefaultedOnCreate: true, ReferenceTo: []string{"User"}, RelationshipName: "CreatedBy"},
	"LastModifiedDate":   {Label: "Last Modified Date", Type: Datetime, DefaultedOnCreate: true},
	"LastModifiedById":   {Label: "Last Modified By ID", Type: Reference, Length: 18, DefaultedOnCreate: true, ReferenceTo: []string{"User"}, RelationshipName: "LastModifiedBy"},
	"SystemModstamp":     {Label: "System Modstamp", Type: Datetime, DefaultedOnCreate: true},
	"LastActivityDate":   {Label: "Last Activity Date", Type: Date, Nillable: true},
	"LastViewedDate":     {Label: "Last Viewed Date", Type: Datetime, Nillable: true},
	"LastReferencedDate": {Label: "Last Referenced Date", Type: Datetime, Nillable: true},
}

func system(name string) *Field {
	f := systemFields[name]
	f.Name = name
	f.Filterable, f.Sortable, f.Aggregatable = true, true, f.Type != Boolean
	f.Groupable = f.Type != Datetime
	return &f
}

func idField(label string) *Field {
	return &Field{Name: "Id", Label: label + " ID", Type: ID, Length: 18, DefaultedOnCreate: true, IDLookup: true,
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func text(name, label string, length int) *Field {
	return &Field{Name: name, Label: label, Type: String, Length: length, Nillable: true,
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func ownerField() *Field {
	return &Field{Name: "OwnerId", Label: "Owner ID", Type: Reference, Length: 18, Createable: true, Updateable: true,
		DefaultedOnCreate: true, ReferenceTo: []string{"Group", "User"}, RelationshipName: "Owner",
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func recordTypeID() *Field {
	return &Field{Name: "RecordTypeId", Label: "Record Type ID", Type: Reference, Length: 18, Nillable: true,
		Createable: true, Updateable: true, DefaultedOnCreate: true, ReferenceTo: []string{"RecordType"},
		RelationshipName: "RecordType", Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func currencyField() *Field {
	return &Field{Name: "CurrencyIsoCode", Label: "Currency ISO Code", Type: Picklist, Length: 3, Nillable: true,
		Createable: true, Updateable: true, DefaultedOnCreate: true, Picklist: standardValues("@currency"),
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

// nameField is Name as the object's component defines it: a text that may be
// written or an auto-number (system-fields.md, section 3).
func nameField(def *metadata.Node) *Field {
	f := text("Name", def.Get("label"), 80)
	f.NameField, f.IDLookup, f.Nillable = true, true, false
	if f.Label == "" {
		f.Label = "Name"
	}
	if def.Get("type") == "AutoNumber" {
		f.MetadataType, f.AutoNumber, f.DefaultedOnCreate = "AutoNumber", true, true
		f.DisplayFormat = def.Get("displayFormat")
		f.StartingNumber = number64(def.Get("startingNumber"), 1)
		return f
	}
	f.MetadataType, f.Createable, f.Updateable = "Text", true, true
	f.Nillable, f.DefaultedOnCreate = true, true // the API takes the record's id for a missing name
	return f
}

func (o *Object) indexOf(name string) int {
	for i, f := range o.Fields {
		if equalFold(f.Name, name) {
			return i
		}
	}
	return -1
}

func (o *Object) insertAfter(f *Field, name string) {
	at := o.indexOf(name) + 1
	o.Fields = append(o.Fields[:at:at], append([]*Field{f}, o.Fields[at:]...)...)
}

// finish numbers the fields and makes the look-up tables.
func (o *Object) finish() {
	o.fields = make(map[string]*Field, 2*len(o.Fields))
	o.relations = make(map[string]*Field)
	o.children = make(map[string]*ChildRelationship, 2*len(o.Children))
	o.NameField, o.id = nil, nil
	for i, f := range o.Fields {
		f.Object, f.Index = o, i
		put(o.fields, f.Name, f)
		if f.RelationshipName != "" && (f.Type.IsID() || len(f.ReferenceTo) > 0) {
			put(o.relations, f.RelationshipName, f)
		}
		if f.NameField && o.NameField == nil {
			o.NameField = f
		}
		if f.Type == ID && o.id == nil {
			o.id = f
		}
	}
	o.linkCompounds()
	for i := range o.Children {
		if c := &o.Children[i]; c.Name != "" {
			put(o.children, c.Name, c)
		}
	}
}

// put stores under the name as written and in lower case, so that the common
// spelling is found without folding.
func put[T any](m map[string]*T, name string, v *T) {
	m[name] = v
	m[strings.ToLower(name)] = v
}

// linkCompounds tells the parts of addresses and locations what they are part
// of (system-fields.md, section 4).
func (o *Object) linkCompounds() {
	for _, f := range o.Fields {
		if f.Type != Address {
			continue
		}
		prefix := strings.TrimSuffix(f.Name, "Address")
		for _, part := range [...]string{"Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode",
			"Latitude", "Longitude", "GeocodeAccuracy"} {
			if p := o.fields[strings.ToLower(prefix+part)]; p != nil {
				p.Compound = f.Name
			}
		}
	}
}
