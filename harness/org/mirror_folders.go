package org

import (
	"context"
	"path"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Folders and what lies in them: reports, dashboards, documents and e-mail
// templates that a deployment brings are rows (Object Reference, Folder, Report,
// Dashboard, Document, EmailTemplate).

// folderKinds are the kinds of folders by what lies in them.
var folderKinds = map[metadata.Kind]metadata.Kind{
	metadata.Report: metadata.ReportFolder, metadata.Dashboard: metadata.DashboardFolder,
	metadata.Document: metadata.DocumentFolder, metadata.EmailTemplate: metadata.EmailFolder,
}

// mirrorFolder serves the kinds of folders; of is Folder.Type.
func mirrorFolder(of string) mirrorOf {
	return func(o *Org, e *Entry) (*schema.Object, standard.Fields) {
		c := e.Component
		fs := standard.Fields{"DeveloperName": path.Base(c.Name), "Name": orElse(c.Props.Get("name"), path.Base(c.Name)), "Type": of,
			"AccessType": orElse(c.Props.Get("accessType"), "Public"), "IsReadonly": c.Props.Get("publicFolderAccess") == "ReadOnly",
			"NamespacePrefix": e.Namespace}
		if above := path.Dir(c.Name); above != "." {
			fs["ParentId"] = o.state.Mirror[mirrorKey(Key{c.Kind, e.Namespace, above})]
		}
		return o.compiled.schema.Object("Folder"), fs
	}
}

// inFolder tells of the folder of a component: its id, the organization's for
// one that no package brings, and its label.
func (o *Org) inFolder(e *Entry) (id, label string) {
	folder := path.Dir(e.Component.Name)
	if folder == "." {
		return o.state.OrgID, ""
	}
	k := Key{folderKinds[e.Component.Kind], e.Namespace, folder}
	if f := o.compiled.registry.Get(k); f != nil {
		label = f.Component.Props.Get("name")
	}
	return orElse(o.state.Mirror[mirrorKey(k)], o.state.OrgID), orElse(label, path.Base(folder))
}

func mirrorReport(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	id, label := o.inFolder(e)
	return o.compiled.schema.Object("Report"), standard.Fields{"DeveloperName": path.Base(c.Name), "Name": orElse(c.Props.Get("name"), path.Base(c.Name)),
		"Description": c.Props.Get("description"), "Format": orElse(c.Props.Get("format"), "Tabular"), "FolderName": label, "OwnerId": id, "NamespacePrefix": e.Namespace}
}

func mirrorDashboard(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	id, label := o.inFolder(e)
	return o.compiled.schema.Object("Dashboard"), standard.Fields{"DeveloperName": path.Base(c.Name), "Title": orElse(c.Props.Get("title"), path.Base(c.Name)),
		"Description": c.Props.Get("description"), "FolderId": id, "FolderName": label, "NamespacePrefix": e.Namespace,
		"Type": orElse(c.Props.Get("dashboardType"), "SpecifiedUser"), "RunningUserId": o.state.AdminID}
}

// mirrorDocument gives a document its row; its content is kept where it may be
// read.
func mirrorDocument(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	id, _ := o.inFolder(e)
	ext := path.Ext(c.Name)
	name := strings.TrimSuffix(path.Base(c.Name), ext)
	fs := standard.Fields{"DeveloperName": name, "Name": orElse(c.Props.Get("name"), name), "Description": c.Props.Get("description"),
		"Keywords": c.Props.Get("keywords"), "FolderId": id, "IsPublic": c.Props.Bool("public"), "IsInternalUseOnly": c.Props.Bool("internalUseOnly"),
		"Type": strings.TrimPrefix(ext, "."), "AuthorId": o.state.AdminID, "BodyLength": int64(len(c.Source)), "NamespacePrefix": e.Namespace}
	if c.Source != nil {
		fs["Body"] = value.OfBlob(c.Source)
	}
	return o.compiled.schema.Object("Document"), fs
}

// mirrorOfObject serves what stands on an object: list views and buttons.
func mirrorOfObject(object, objectField, nameField, labelField, labelProperty string) mirrorOf {
	return func(o *Org, e *Entry) (*schema.Object, standard.Fields) {
		c := e.Component
		parent := o.compiled.schema.ObjectIn(e.Namespace, c.Parent())
		if parent == nil {
			return nil, nil
		}
		return o.compiled.schema.Object(object), standard.Fields{nameField: c.BaseName(), labelField: orElse(c.Props.Get(labelProperty), c.BaseName()),
			objectField: parent.Name, "NamespacePrefix": e.Namespace, "Url": c.Props.Get("url"), "LinkType": c.Props.Get("linkType"),
			"OpenType": c.Props.Get("openType"), "DisplayType": c.Props.Get("displayType"), "IsProtected": c.Props.Bool("protected"), "IsSoqlCompatible": true}
	}
}

// mirrorCredential and mirrorNotification are named components that code looks
// up with more than their name.
func mirrorCredential(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	return o.compiled.schema.Object("NamedCredential"), standard.Fields{"DeveloperName": c.Name, "MasterLabel": orElse(c.Props.Get("label"), c.Name),
		"Endpoint": c.Props.Get("endpoint"), "PrincipalType": c.Props.Get("principalType"), "Language": "en_US", "NamespacePrefix": e.Namespace}
}

func mirrorNotification(o *Org, e *Entry) (*schema.Object, standard.Fields) {
	c := e.Component
	label := orElse(c.Props.Get("masterLabel"), c.Name)
	return o.compiled.schema.Object("CustomNotificationType"), standard.Fields{"DeveloperName": c.Name, "MasterLabel": label, "CustomNotifTypeName": label,
		"Desktop": c.Props.Bool("desktop"), "Mobile": c.Props.Bool("mobile"), "Description": c.Props.Get("description"), "Language": "en_US", "NamespacePrefix": e.Namespace}
}

// siloed are the kinds whose rows tests do not see unless they see the data of
// the org: they are data, although a deployment brings them (Apex Developer
// Guide, Isolation of Test Data).
var siloed = []metadata.Kind{metadata.Report, metadata.Dashboard, metadata.Document}

// siloedRows lists what tests do not see of the rows of the org: ids by object.
func (o *Org) siloedRows() map[*schema.Object][]string {
	rows := map[*schema.Object][]string{}
	add := func(id string) {
		if obj := o.compiled.schema.ByID(id); obj != nil && o.stored(obj) {
			rows[obj] = append(rows[obj], id)
		}
	}
	add(o.state.Notes[pricebookNote])
	for _, kind := range siloed {
		for _, e := range o.registry.OfKind(kind) {
			add(o.MirrorID(e.Key()))
		}
	}
	return rows
}

// Silo takes from view what tests that do not see the org's data do not see of
// the rows that the org came with or a deployment brought. SeeAll brings them
// back.
func (o *Org) Silo(ctx context.Context) error {
	o.hidden = nil
	for obj, ids := range o.siloedRows() {
		recs, err := o.st.Load(ctx, obj, ids)
		if err != nil {
			return err
		}
		var there []string
		for _, rec := range recs {
			if rec != nil {
				o.hidden = append(o.hidden, rec)
				there = append(there, rec.ID())
			}
		}
		if err := o.st.Delete(ctx, obj, there, store.NoCause); err != nil {
			return err
		}
	}
	return nil
}

// SeeAll undoes Silo.
func (o *Org) SeeAll(ctx context.Context) error {
	return o.show(ctx, func(*schema.Record) bool { return true })
}

// show brings rows that Silo took from view back, where they are not there.
func (o *Org) show(ctx context.Context, which func(*schema.Record) bool) error {
	for _, rec := range o.hidden {
		if !which(rec) {
			continue
		}
		have, err := o.st.Load(ctx, rec.Object, []string{rec.ID()})
		if err != nil {
			return err
		}
		if have[0] != nil {
			continue
		}
		if err := o.st.Insert(ctx, rec.Object, []*schema.Record{rec.Clone(true)}, store.NoCause); err != nil {
			return err
		}
	}
	return nil
}
