package schema

import (
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// standardChildren are the child relationships that custom objects have by
// themselves, by the setting that brings them: those that the describes of all
// standard objects with the setting have. One without a name can not be used in
// a query; the lookup may refer to the object all the same.
var standardChildren = map[string][]ChildRelationship{
	"": {
		{Name: "AttachedContentDocuments", Child: "AttachedContentDocument", Field: "LinkedEntityId"},
		{Name: "Attachments", Child: "Attachment", Field: "ParentId", CascadeDelete: true},
		{Name: "RecordAssociatedGroups", Child: "CollaborationGroupRecord", Field: "RecordId", CascadeDelete: true},
		{Name: "CombinedAttachments", Child: "CombinedAttachment", Field: "ParentId"},
		{Name: "", Child: "ContentDistribution", Field: "RelatedRecordId"},
		{Name: "ContentDocumentLinks", Child: "ContentDocumentLink", Field: "LinkedEntityId", CascadeDelete: true},
		{Name: "", Child: "ContentVersion", Field: "FirstPublishLocationId"},
		{Name: "DuplicateRecordItems", Child: "DuplicateRecordItem", Field: "RecordId", CascadeDelete: true},
		{Name: "", Child: "FlowExecutionErrorEvent", Field: "ContextRecordId"},
		{Name: "", Child: "FlowRecordRelation", Field: "RelatedRecordId"},
		{Name: "Notes", Child: "Note", Field: "ParentId", CascadeDelete: true},
		{Name: "NotesAndAttachments", Child: "NoteAndAttachment", Field: "ParentId"},
		{Name: "ProcessInstances", Child: "ProcessInstance", Field: "TargetObjectId", CascadeDelete: true},
		{Name: "ProcessSteps", Child: "ProcessInstanceHistory", Field: "TargetObjectId"},
		{Name: "RecordActions", Child: "RecordAction", Field: "RecordId", CascadeDelete: true},
		{Name: "TopicAssignments", Child: "TopicAssignment", Field: "EntityId", CascadeDelete: true},
	},
	"enableActivities": {
		{Name: "ActivityHistories", Child: "ActivityHistory", Field: "WhatId"},
		{Name: "Emails", Child: "EmailMessage", Field: "RelatedToId"},
		{Name: "Events", Child: "Event", Field: "WhatId", CascadeDelete: true},
		{Name: "EventRelations", Child: "EventRelation", Field: "RelationId", CascadeDelete: true},
		{Name: "OpenActivities", Child: "OpenActivity", Field: "WhatId"},
		{Name: "", Child: "OutgoingEmail", Field: "RelatedToId"},
		{Name: "Tasks", Child: "Task", Field: "WhatId", CascadeDelete: true},
		{Name: "TaskRelations", Child: "TaskRelation", Field: "RelationId", CascadeDelete: true},
	},
	"enableFeeds": {
		{Name: "FeedSubscriptionsForEntity", Child: "EntitySubscription", Field: "ParentId", CascadeDelete: true},
		{Name: "", Child: "FeedComment", Field: "ParentId"},
		{Name: "", Child: "FeedItem", Field: "ParentId", CascadeDelete: true},
	},
}

// childrenOf lists the child relationships of a custom object of its own.
func childrenOf(def *metadata.Node) []ChildRelationship {
	list := slices.Clone(standardChildren[""])
	for _, setting := range []string{"enableActivities", "enableFeeds"} {
		if def.Bool(setting) {
			list = append(list, standardChildren[setting]...)
		}
	}
	return list
}

// companionLetters decides which companions a custom object has
// (system-fields.md, section 6) and lists them among its children.
func (b *builder) companionLetters(d *draft, o *Object) {
	def := d.def()
	private := o.SharingModel == "Private" || o.SharingModel == "Read" || o.SharingModel == ""
	if private && !d.isDetail() {
		o.Companions += "S"
		o.Children = append(o.Children, ChildRelationship{Name: "Shares", Child: companionName(o.Name, "Share"), Field: "ParentId", CascadeDelete: true})
	}
	if def.Bool("enableHistory") {
		o.Companions += "H"
		o.Children = append(o.Children, ChildRelationship{Name: "Histories", Child: companionName(o.Name, "History"), Field: "ParentId", CascadeDelete: true})
	}
	if def.Bool("enableFeeds") {
		o.Companions += "F"
		o.Children = append(o.Children, ChildRelationship{Name: "Feeds", Child: companionName(o.Name, "Feed"), Field: "ParentId", CascadeDelete: true})
	}
}

func companionName(object, suffix string) string {
	return strings.TrimSuffix(object, "c") + suffix
}

// feedChildren are what every feed has below its items, as the describes of the
// standard objects' feeds have it.
var feedChildren = []ChildRelationship{
	{Name: "FeedComments", Child: "FeedComment", Field: "FeedItemId", CascadeDelete: true},
	{Name: "FeedLikes", Child: "FeedLike", Field: "FeedItemId", CascadeDelete: true},
	{Name: "FeedTrackedChanges", Child: "FeedTrackedChange", Field: "FeedItemId", CascadeDelete: true},
}

// companions makes the share, history and feed objects of a custom object.
func (b *builder) companions(d *draft) []*Object {
	o := d.object
	var out []*Object
	for _, letter := range o.Companions {
		var c *Object
		switch letter {
		case 'S':
			c = &Object{Name: companionName(o.Name, "Share"), Kind: Share, KeyPrefix: "02c", Createable: true, Updateable: true,
				Deletable: true, Fields: []*Field{idField("Share"), parentField(o), userOrGroup(), access(), rowCause(),
					system("LastModifiedDate"), system("LastModifiedById"), system("IsDeleted")}}
		case 'H':
			c = &Object{Name: companionName(o.Name, "History"), Kind: History, KeyPrefix: "017",
				Fields: []*Field{idField("History"), system("IsDeleted"), parentField(o), system("CreatedById"), system("CreatedDate"),
					text("Field", "Changed Field", 255), text("DataType", "Datatype", 40), anyValue("OldValue", "Old Value"), anyValue("NewValue", "New Value")}}
		case 'F':
			feed := b.base.object("feeditem")
			if feed == nil {
				continue
			}
			c = feed.overlay()
			c.Name, c.Kind, c.KeyPrefix = companionName(o.Name, "Feed"), Feed, "0D5"
			c.Children = slices.Clone(feedChildren)
			c.Fields[c.indexOf("ParentId")].ReferenceTo = []string{o.Name}
		default:
			continue
		}
		c.Label, c.Namespace, c.Queryable = o.Label+" "+c.Kind.String(), o.Namespace, true
		c.LabelPlural = c.Label
		c.finish()
		out = append(out, c)
	}
	return out
}

func parentField(o *Object) *Field {
	return &Field{Name: "ParentId", Label: "Parent ID", Type: Reference, Length: 18, Createable: true,
		ReferenceTo: []string{o.Name}, RelationshipName: "Parent", OnParentDelete: Cascade,
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func userOrGroup() *Field {
	return &Field{Name: "UserOrGroupId", Label: "User/Group ID", Type: Reference, Length: 18, Createable: true,
		ReferenceTo: []string{"Group", "User"}, RelationshipName: "UserOrGroup",
		Filterable: true, Groupable: true, Sortable: true, Aggregatable: true}
}

func access() *Field {
	f := text("AccessLevel", "Access Level", 40)
	f.Type, f.Createable, f.Updateable, f.Nillable = Picklist, true, true, false
	f.Picklist = &ValueSet{Values: []PicklistValue{{Name: "Read", Label: "Read Only", Active: true}, {Name: "Edit", Label: "Read/Write", Active: true}, {Name: "All", Label: "Owner", Active: true}}}
	return f
}

// rowCause is why the row is shared: by hand where nothing else is said. Custom
// reasons, which only code gives, are values too.
func rowCause() *Field {
	f := text("RowCause", "Row Cause", 40)
	f.Type, f.Createable, f.DefaultValue = Picklist, true, "Manual"
	return f
}

func anyValue(name, label string) *Field {
	return &Field{Name: name, Label: label, Type: AnyType, Nillable: true}
}
