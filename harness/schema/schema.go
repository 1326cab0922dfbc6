// Package schema is what an org's describe offers: its objects, their fields,
// relationships, record types and value sets, and the Record that holds a row
// of one of them.
//
// The machine: the standard objects are facts, compacted into an embedded file
// and decoded one object at a time when first asked for; Build lays the custom
// objects and fields of packages and of the subscriber over them. The features
// of an org (multi-currency, person accounts, ...) decide which standard
// fields it has.
//
// A Schema is immutable and may be shared by goroutines; building one again
// after an upgrade reuses every object that did not change. Lists come out in
// a fixed order: objects sorted by name, fields in describe order. A Record
// belongs to one goroutine.
//
// Left out: layouts, permissions and who may see a field; they are the org's.
package schema

import "strings"

// ObjectKind is the family an object belongs to; it decides the implicit
// fields and what DML and queries are possible (system-fields.md).
type ObjectKind uint8

// The families of objects.
const (
	Standard ObjectKind = iota
	Virtual             // standard, without records of its own (status lists, activity views)
	Custom
	CustomSettingHierarchy
	CustomSettingList
	CustomMetadata
	PlatformEvent
	BigObject
	External
	Share
	History
	Feed
	ChangeEvent
	KnowledgeArticle
)

var objectKindNames = [...]string{"Standard", "Virtual", "Custom", "CustomSettingHierarchy", "CustomSettingList",
	"CustomMetadata", "PlatformEvent", "BigObject", "External", "Share", "History", "Feed", "ChangeEvent", "KnowledgeArticle"}

// String is the name of the family.
func (k ObjectKind) String() string { return objectKindNames[k] }

// IsCustomSetting reports whether the object is a custom setting of either kind.
func (k ObjectKind) IsCustomSetting() bool {
	return k == CustomSettingHierarchy || k == CustomSettingList
}

// Stored reports whether rows of the family are kept in the org's database.
// Events and change events are delivered, not stored.
func (k ObjectKind) Stored() bool {
	return k != PlatformEvent && k != ChangeEvent
}

// Object is one sObject type. It is immutable once its Schema is built.
type Object struct {
	Name        string // API name: "Account", "ns__Invoice__c"
	Label       string
	LabelPlural string
	KeyPrefix   string // first three characters of ids; "" where records have none
	Namespace   string // of a packaged object; "" otherwise
	Kind        ObjectKind

	Fields      []*Field // by Index, in describe order
	NameField   *Field   // nil where the object has none
	Children    []ChildRelationship
	RecordTypes []RecordType // without the master record type
	FieldSets   []FieldSet

	Createable    bool
	Updateable    bool
	Deletable     bool
	Undeletable   bool
	Queryable     bool
	Searchable    bool
	Triggerable   bool
	Mergeable     bool
	Layoutable    bool
	FeedEnabled   bool
	MruEnabled    bool
	Replicateable bool
	HasSubtypes   bool

	Protected    bool   // a custom setting or custom metadata type visible to its own namespace only
	SharingModel string // Private, Read, ReadWrite, ControlledByParent ...; "" where unknown
	// ExternalSharingModel is the same for users outside the company; "" for
	// that of those inside.
	ExternalSharingModel string
	Deployed             bool
	Outline              bool   // no more than the name is known of it: see Schema.Outline
	Companions           string // letters of companions that exist: S share, H history, F feed, C change event
	AutoPrefix           bool   // the org gives the key prefix, in creation order

	fields    map[string]*Field // by lower-case name
	relations map[string]*Field // by lower-case relationship name
	children  map[string]*ChildRelationship
	id        *Field
}

// IDField is the Id, nil for objects without records.
func (o *Object) IDField() *Field { return o.id }

// IsCustom is the "custom" of a describe.
func (o *Object) IsCustom() bool {
	switch o.Kind {
	case Custom, CustomSettingHierarchy, CustomSettingList, CustomMetadata, PlatformEvent, BigObject, External:
		return true
	case Share, History, Feed, ChangeEvent:
		return strings.Contains(o.Name, "__")
	default:
		return false
	}
}

// Field finds a field by API name, ignoring case; nil when there is none.
func (o *Object) Field(name string) *Field { return lookup(o.fields, name) }

// FieldIn finds a field as code of a namespace writes it: "Foo__c" is first
// looked for as "ns__Foo__c", then as it stands.
func (o *Object) FieldIn(ns, name string) *Field {
	if q := Qualify(ns, name); q != name {
		if f := lookup(o.fields, q); f != nil {
			return f
		}
	}
	return lookup(o.fields, name)
}

// Relationship finds the lookup that has this relationship name ("Owner",
// "Parent__r"); nil when there is none.
func (o *Object) Relationship(name string) *Field { return lookup(o.relations, name) }

// RelationshipIn is Relationship as code of a namespace writes it.
func (o *Object) RelationshipIn(ns, name string) *Field {
	if q := Qualify(ns, name); q != name {
		if f := lookup(o.relations, q); f != nil {
			return f
		}
	}
	return lookup(o.relations, name)
}

// Child finds a child relationship by its name ("Contacts", "Lines__r").
func (o *Object) Child(name string) *ChildRelationship { return lookup(o.children, name) }

// ChildIn is Child as code of a namespace writes it.
func (o *Object) ChildIn(ns, name string) *ChildRelationship {
	if q := Qualify(ns, name); q != name {
		if c := lookup(o.children, q); c != nil {
			return c
		}
	}
	return lookup(o.children, name)
}

// IsParentOf reports whether the lookup is the other end of one of the object's
// child relationships. What is posted to the feed of an object refers to it too.
func (o *Object) IsParentOf(lookup *Field) bool {
	if lookup.Name == "ParentId" && (lookup.Object.Name == "FeedItem" || lookup.Object.Name == "FeedComment") {
		return strings.Contains(o.Companions, "F")
	}
	for i := range o.Children {
		if c := &o.Children[i]; strings.EqualFold(c.Field, lookup.Name) && strings.EqualFold(c.Child, lookup.Object.Name) {
			return true
		}
	}
	return false
}

// RecordType finds a record type by developer name, ignoring case, in the
// namespace given; nil when there is none.
func (o *Object) RecordType(ns, developerName string) *RecordType {
	for i := range o.RecordTypes {
		rt := &o.RecordTypes[i]
		if strings.EqualFold(rt.DeveloperName, developerName) && strings.EqualFold(rt.Namespace, ns) {
			return rt
		}
	}
	return nil
}

// lookup finds by lower-case name without allocating for names already so.
func lookup[T any](m map[string]*T, name string) *T {
	if v, ok := m[name]; ok {
		return v
	}
	return m[strings.ToLower(name)]
}

// ChildRelationship is a lookup seen from its parent.
type ChildRelationship struct {
	Name           string // "Contacts"; "" where the parent can not be traversed downward
	Child          string // API name of the child object
	Field          string // API name of the lookup on the child
	CascadeDelete  bool   // deleting the parent deletes the child
	RestrictDelete bool   // the parent can not be deleted while children exist
}

// RecordType is one record type of an object.
type RecordType struct {
	DeveloperName   string
	Namespace       string
	Label           string
	Description     string
	Active          bool
	PicklistValues  map[string][]PicklistValue // by lower-case field API name: the values offered
	BusinessProcess string
}

// FieldSet is a named list of field paths.
type FieldSet struct {
	Name      string // with its namespace: "ns__Main"
	Namespace string
	Label     string
	Fields    []FieldSetMember
}

// FieldSetMember is one displayed member of a field set.
type FieldSetMember struct {
	Path     string
	Required bool
}
