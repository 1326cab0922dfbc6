package org

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/access"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Many components can be queried: a record type is a row of RecordType, a
// custom metadata record a row of its type. mirrors says how, per kind.

// mirrorOf makes the row that stands for a component: its object and values.
// An object that is nil has no row.
type mirrorOf func(o *Org, e *Entry) (*schema.Object, standard.Fields)

var mirrors = map[metadata.Kind]mirrorOf{
	metadata.ApexClass:          mirrorCode("ApexClass"),
	metadata.ApexTrigger:        mirrorCode("ApexTrigger"),
	metadata.ApexPage:           mirrorCode("ApexPage"),
	metadata.ApexComponent:      mirrorCode("ApexComponent"),
	metadata.RecordType:         mirrorRecordType,
	metadata.CustomMetadata:     mirrorMetadata,
	metadata.StaticResource:     mirrorResource,
	metadata.PermissionSet:      mirrorPermissionSet,
	metadata.CustomPermission:   mirrorNamed("CustomPermission", "DeveloperName", "MasterLabel", "label"),
	metadata.Profile:            mirrorProfile,
	metadata.PermissionSetGroup: mirrorPermissionSetGroup,
	metadata.Queue:              mirrorQueue,
	metadata.Group:              mirrorGroup,
	metadata.Role:               mirrorRole,
	metadata.EmailTemplate:      mirrorTemplate,
	metadata.CustomLabel:        mirrorLabel,

	metadata.ReportFolder: mirrorFolder("Report"), metadata.DashboardFolder: mirrorFolder("Dashboard"),
	metadata.DocumentFolder: mirrorFolder("Document"), metadata.EmailFolder: mirrorFolder("Email"),
	metadata.Report: mirrorReport, metadata.Dashboard: mirrorDashboard, metadata.Document: mirrorDocument,

	metadata.ListView:               mirrorOfObject("ListView", "SobjectType", "DeveloperName", "Name", "label"),
	metadata.WebLink:                mirrorOfObject("WebLink", "PageOrSobjectType", "Name", "MasterLabel", "masterLabel"),
	metadata.NamedCredential:        mirrorCredential,
	metadata.CustomNotificationType: mirrorNotification,
}

// mirrorLast are kinds whose rows need those of other kinds: those in folders,
// those that name others.
var mirrorLast = []metadata.Kind{metadata.Report, metadata.Dashboard, metadata.Document, metadata.EmailTemplate, metadata.CustomMetadata, metadata.PermissionSet, metadata.Profile, metadata.PermissionSetGroup}

// mirror brings the rows that stand for components in line with a change.
func (o *Org) mirror(ctx context.Context, registry *Registry, c Change) error {
	by := o.cause(cause.Of(c.Cause))
	var put []*Entry
	for _, e := range c.Put {
		if mirrors[e.Component.Kind] != nil {
			put = append(put, registry.Get(e.Key()))
		}
	}
	slices.SortStableFunc(put, func(a, b *Entry) int {
		return mirrorRank(a.Component.Kind) - mirrorRank(b.Component.Kind)
	})
	var early []*Entry // put before a record that they point at
	for _, e := range put {
		if e == nil {
			continue
		}
		ahead, err := o.pointsAhead(ctx, e)
		if err != nil {
			return fmt.Errorf("row of %s: %w", e.Key(), err)
		}
		if ahead {
			early = append(early, e)
		}
		if err := o.putMirror(ctx, e, by); err != nil {
			return fmt.Errorf("row of %s: %w", e.Key(), err)
		}
	}
	for _, e := range early {
		if err := o.putMirror(ctx, e, by); err != nil {
			return fmt.Errorf("references of the row of %s: %w", e.Key(), err)
		}
	}
	for _, rm := range c.Remove {
		if err := o.removeMirror(ctx, rm.Key, by); err != nil {
			return fmt.Errorf("row of %s: %w", rm.Key, err)
		}
	}
	return nil
}

func mirrorRank(k metadata.Kind) int { return slices.Index(mirrorLast, k) }

func mirrorKey(k Key) string {
	k = k.fold()
	return string(k.Kind) + "/" + k.Namespace + "/" + k.Name
}

func (o *Org) putMirror(ctx context.Context, e *Entry, by store.Cause) error {
	obj, fs := mirrors[e.Component.Kind](o, e)
	if obj == nil || !o.stored(obj) {
		return nil
	}
	if e.Component.Kind == metadata.Role {
		var err error
		if fs["ParentRoleId"], err = o.roleNamed(ctx, e.Component.Props.Get("parentRole")); err != nil {
			return err
		}
		o.forgetUsers()
	}
	key := mirrorKey(e.Key())
	now := value.OfDatetime(o.clock.now / 1000 * 1000)
	id := o.state.Mirror[key]
	if id == "" && e.Component.Kind == metadata.Profile {
		id = o.ProfileID(fs["Name"].(string))
	}
	if id != "" {
		fs["Id"], fs["LastModifiedDate"], fs["SystemModstamp"] = id, now, now
		rec := fs.Record(obj)
		if err := o.st.Update(ctx, obj, []*schema.Record{rec}, by); err != nil {
			return err
		}
		return o.mirrorGrants(ctx, e, id, by)
	}
	rec := fs.Record(obj)
	o.filler(obj)(rec)
	if err := o.st.Insert(ctx, obj, []*schema.Record{rec}, by); err != nil {
		return err
	}
	o.state.Mirror[key] = rec.ID()
	if e.Component.Kind == metadata.Role {
		for _, g := range standard.RoleGroups(rec.ID(), e.Component.Name) {
			if _, err := o.insertRow(ctx, "Group", g); err != nil {
				return err
			}
		}
	}
	if e.Component.Kind == metadata.Profile {
		o.state.Profiles[strings.ToLower(fs["Name"].(string))] = rec.ID()
		if err := o.foundProfileSet(ctx, &access.Profile{Name: fs["Name"].(string)}, rec.ID(), ""); err != nil {
			return err
		}
	}
	return o.mirrorGrants(ctx, e, rec.ID(), by)
}

func (o *Org) removeMirror(ctx context.Context, k Key, by store.Cause) error {
	key := mirrorKey(k)
	id := o.state.Mirror[key]
	if id == "" {
		return nil
	}
	obj := o.compiled.schema.ByID(id)
	if obj != nil {
		if err := o.st.Delete(ctx, obj, []string{id}, by); err != nil {
			return err
		}
	}
	delete(o.state.Mirror, key)
	return nil
}

// MirrorID is the id of the row that stands for a component, such as the
// RecordTypeId of a record type; "" when it has none.
func (o *Org) MirrorID(k Key) string { return o.state.Mirror[mirrorKey(k)] }

func managed(e *Entry) string {
	switch e.State {
	case Installed:
		return "installed"
	case Deprecated:
		return "deprecated"
	default:
		return "unmanaged"
	}
}

func mirrorCode(object string) mirrorOf {
	return func(o *Org, e *Entry) (*schema.Object, standard.Fields) {
		c := e.Component
		fs := standard.Fields{"Name": c.Name, "NamespacePrefix": e.Namespace, "Status": "Active", "IsValid": true,
			"LengthWithoutComments": int64(len(c.Source)), "ManageableState": managed(e), "MasterLabel": c.Props.Get("label")}
		if v := majorVersion(c.APIVersion); v > 0 {
			fs["ApiVersion"] = int64(v)
		}
		body := string(c.Source)
		if e.State != Unmanaged {
			body = "(hidden)"
		}
		fs["Body"], fs["Markup"] = body, body
		if object == "ApexTrigger" {
			triggerFields(o, e, fs)
		}
		return o.compiled.schema.Object(object), fs
	}
}

// triggerFields tells of a trigger's object and events.
func triggerFields(o *Org, e *Entry, fs standard.Fields) {
	unit, _ := parse(e)
	if unit.Trigger == nil {
		return
	}
	if obj := o.compiled.schema.ObjectIn(e.Namespace, unit.Trigger.Object.Text); obj != nil {
		fs["TableEnumOrId"] = obj.Name
	}
	for _, ev := range unit.Trigger.Events {
		when, what, _ := strings.Cut(ev.Event.String(), " ")
		fs["Usage"+strings.ToUpper(when[:1])+when[1:]+strings.ToUpper(what[:1])+what[1:]] = true
	}
}

func mirrorRecordType(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	parent := o.compiled.schema.ObjectIn(e.Namespace, c.Parent())
	if parent == nil {
		return nil, nil
	}
	return o.compiled.schema.Object("RecordType"), standard.Fields{"DeveloperName": c.BaseName(), "Name": c.Props.Get("label"),
		"NamespacePrefix": e.Namespace, "SobjectType": parent.Name, "IsActive": c.Props.Bool("active"),
		"Description": c.Props.Get("description")}
}

// mirrorMetadata makes the row of a custom metadata record from its values.
func mirrorMetadata(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	typeName, record, _ := strings.Cut(c.Name, ".")
	obj := o.compiled.schema.ObjectIn(e.Namespace, typeName+"__mdt")
	if obj == nil {
		return nil, nil
	}
	fs := standard.Fields{"DeveloperName": record, "MasterLabel": c.Props.Get("label"), "Label": c.Props.Get("label"),
		"Language": "en_US", "NamespacePrefix": e.Namespace, "QualifiedApiName": prefixed(e.Namespace, record)}
	for _, f := range obj.Fields {
		if f.Custom && f.Type == schema.Boolean {
			fs[f.Name] = false
		}
	}
	for _, v := range c.Props.All("values") {
		f := obj.FieldIn(e.Namespace, v.Get("field"))
		if f == nil {
			continue
		}
		fs[f.Name] = metadataValue(o, e, f, v.Get("value"))
	}
	return obj, fs
}

// pointsAhead reports whether a custom metadata record names another one that
// has no row yet, or a role one above it.
func (o *Org) pointsAhead(ctx context.Context, e *Entry) (bool, error) {
	switch e.Component.Kind {
	case metadata.Role:
		return o.roleAhead(ctx, e)
	case metadata.CustomMetadata:
		return o.recordAhead(e), nil
	}
	return false, nil
}

func (o *Org) recordAhead(e *Entry) bool {
	obj, fs := mirrorMetadata(o, e)
	if obj == nil {
		return false
	}
	for _, v := range e.Component.Props.All("values") {
		f := obj.FieldIn(e.Namespace, v.Get("field"))
		if f == nil || f.Type != schema.Reference || v.Get("value") == "" {
			continue
		}
		if id, ok := fs[f.Name].(value.Value); ok && id.IsNull() {
			return true
		}
	}
	return false
}

// metadataValue reads a value of a custom metadata record. A relationship to
// another record is written as that record's name.
func metadataValue(o *Org, e *Entry, f *schema.Field, text string) value.Value {
	switch {
	case text == "":
		return value.Value{}
	case f.Type == schema.Boolean:
		return value.OfBool(strings.EqualFold(text, "true"))
	case f.Type == schema.Reference:
		return o.metadataReference(e, f, text)
	case f.Type.IsNumber():
		d, err := value.ParseDec(text)
		if err != nil {
			return value.Value{}
		}
		return value.OfDecimal(d)
	case f.Type == schema.Date:
		if d, err := value.ParseDate(text); err == nil {
			return value.OfDate(d)
		}
		return value.Value{}
	case f.Type == schema.Datetime:
		if ms, err := value.ParseDatetime(text); err == nil {
			return value.OfDatetime(ms)
		}
		return value.Value{}
	default:
		return value.OfText(text)
	}
}

func (o *Org) metadataReference(e *Entry, f *schema.Field, name string) value.Value {
	for _, to := range f.ReferenceTo {
		base := strings.TrimSuffix(metadata.StripNamespace(to, e.Namespace), "__mdt")
		for _, ns := range []string{e.Namespace, ""} {
			k := Key{metadata.CustomMetadata, ns, base + "." + metadata.StripNamespace(name, e.Namespace)}
			if id := o.state.Mirror[mirrorKey(k)]; id != "" {
				return value.OfID(id)
			}
		}
	}
	if strings.HasSuffix(strings.ToLower(name), "__c") || o.compiled.schema.Object(name) != nil {
		return value.OfText(name) // entity and field definitions are named, not looked up
	}
	return value.Value{}
}

func mirrorResource(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	fs := standard.Fields{"Name": c.Name, "NamespacePrefix": e.Namespace, "ContentType": c.Props.Get("contentType"),
		"CacheControl": orElse(c.Props.Get("cacheControl"), "Private"), "Description": c.Props.Get("description")}
	fs["BodyLength"] = int64(len(c.Source))
	if c.Source != nil {
		fs["Body"] = value.OfBlob(c.Source)
	}
	return o.compiled.schema.Object("StaticResource"), fs
}

// mirrorTemplate gives an e-mail template its row: the file beside its
// properties is the text of a text template and the HTML of every other one
// (Metadata API, "EmailTemplate").
func mirrorTemplate(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	name := path.Base(c.Name)
	fs := standard.Fields{"DeveloperName": name, "Name": orElse(c.Props.Get("name"), name), "NamespacePrefix": e.Namespace,
		"Description": c.Props.Get("description"), "IsActive": c.Props.Bool("available"), "Subject": c.Props.Get("subject"),
		"Encoding": orElse(c.Props.Get("encodingKey"), "UTF-8"), "TemplateStyle": orElse(c.Props.Get("style"), "none"),
		"TemplateType": orElse(c.Props.Get("type"), "text")}
	fs["FolderId"], fs["FolderName"] = o.inFolder(e)
	switch fs["TemplateType"] {
	case "text":
		fs["Body"] = string(c.Source)
	case "visualforce":
		fs["Markup"] = string(c.Source)
	default:
		fs["Body"], fs["HtmlValue"] = c.Props.Get("textOnly"), string(c.Source)
	}
	return o.compiled.schema.Object("EmailTemplate"), fs
}

func mirrorQueue(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	return o.compiled.schema.Object("Group"), standard.Fields{"DeveloperName": c.Name, "Name": orElse(c.Props.Get("name"), c.Name),
		"Type": "Queue", "Email": c.Props.Get("email"), "DoesIncludeBosses": true}
}

func mirrorGroup(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	return o.compiled.schema.Object("Group"), standard.Fields{"DeveloperName": c.Name, "Name": orElse(c.Props.Get("name"), c.Name), "Type": "Regular",
		"DoesIncludeBosses": c.Props.Get("doesIncludeBosses") != "false"}
}

// mirrorRole is a role; putMirror finds the one above it.
func mirrorRole(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	level := func(property string) string { return orElse(c.Props.Get(property), "Edit") }
	return o.compiled.schema.Object("UserRole"), standard.Fields{"DeveloperName": c.Name, "Name": orElse(c.Props.Get("name"), c.Name),
		"RollupDescription": c.Props.Get("description"), "PortalType": "None",
		"ContactAccessForAccountOwner": level("contactAccessLevel"), "OpportunityAccessForAccountOwner": level("opportunityAccessLevel"),
		"CaseAccessForAccountOwner": level("caseAccessLevel")}
}

func mirrorLabel(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	return o.compiled.schema.Object("ExternalString"), standard.Fields{"Name": c.Name, "Value": c.Props.Get("value"),
		"NamespacePrefix": e.Namespace, "Language": orElse(c.Props.Get("language"), "en_US"),
		"MasterLabel": c.Props.Get("shortDescription"), "Category": c.Props.Get("categories")}
}

// mirrorNamed serves kinds of which a name and a label are all that is asked.
func mirrorNamed(object, nameField, labelField, labelProperty string) mirrorOf {
	return func(o *Org, e *Entry) (*schema.Object, standard.Fields) {
		name := e.Component.Name
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			name = name[i+1:]
		}
		return o.compiled.schema.Object(object), standard.Fields{nameField: name, labelField: orElse(e.Component.Props.Get(labelProperty), name),
			"NamespacePrefix": e.Namespace, "Description": e.Component.Props.Get("description"), "IsActive": true}
	}
}
