package automation

import (
	"context"
	"crypto/md5" //nolint:gosec // the platform's own checksum of files
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/dml"
	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/org/standard"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/store"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Files: a ContentVersion is a version of a ContentDocument, which the platform
// makes with the first version and brings up to date with each further one.
// ContentDocumentLink shares the document: with its owner, and with the record
// that the first version names (Object Reference, ContentVersion,
// ContentDocument, ContentDocumentLink).

// fileTypes are the values of FileType by extension; others are the extension
// in capitals, or UNKNOWN.
var fileTypes = map[string]string{"doc": "WORD", "docx": "WORD_X", "xls": "EXCEL", "xlsx": "EXCEL_X", "ppt": "POWER_POINT",
	"pptx": "POWER_POINT_X", "txt": "TEXT", "jpg": "JPG", "jpeg": "JPEG", "": "UNKNOWN", "note": "SNOTE", "htm": "HTML"}

// prepareFiles fills in new versions and makes or finds their documents.
func prepareFiles(ctx context.Context, env save.Env, rows []*save.Row) error {
	docs := env.Schema().Object("ContentDocument")
	for _, r := range rows {
		rec := r.New
		text := func(name string) string { return rec.Get(rec.Object.Field(name)).Text() }
		body := []byte(rec.Get(rec.Object.Field("VersionData")).Text())
		base := path.Base(strings.ReplaceAll(text("PathOnClient"), "\\", "/"))
		extension := strings.TrimPrefix(path.Ext(base), ".")
		if text("Title") == "" {
			standard.SetIfStored(rec, "Title", value.OfText(strings.TrimSuffix(base, path.Ext(base))))
		}
		kind, known := fileTypes[strings.ToLower(extension)]
		if !known {
			kind = strings.ToUpper(extension)
		}
		sum := md5.Sum(body) //nolint:gosec // see the import
		fs := standard.Fields{"IsLatest": true, "FileType": kind, "FileExtension": extension, "ContentSize": int64(len(body)),
			"Checksum": hex.EncodeToString(sum[:]), "VersionNumber": "1", "ContentModifiedById": env.UserID(),
			"ContentModifiedDate": rec.Get(rec.Object.Field("CreatedDate"))}
		id := text("ContentDocumentId")
		switch {
		case id == "":
			id = env.NewID(docs)
			fs["ContentDocumentId"] = id
			doc := standard.Fields{"Id": id, "OwnerId": text("OwnerId")}.Record(docs)
			if err := env.Load(ctx, docs, []*schema.Record{doc}); err != nil {
				return err
			}
		default:
			n, err := supersede(ctx, env, rec.Object, id)
			if err != nil {
				return err
			}
			fs["VersionNumber"] = strconv.Itoa(n + 1)
		}
		fs.Record(rec.Object).Each(rec.Set)
		if err := publish(ctx, env, docs, id, rec); err != nil {
			return err
		}
	}
	return nil
}

// supersede takes IsLatest from the versions of a document and counts them.
func supersede(ctx context.Context, env save.Env, versions *schema.Object, document string) (n int, err error) {
	ids, err := save.FindIDs(ctx, env.Store(), versions.Field("ContentDocumentId"), []string{document}, false)
	if err != nil {
		return 0, fmt.Errorf("find the versions of %s: %w", document, err)
	}
	for _, id := range ids {
		old := standard.Fields{"Id": id, "IsLatest": false}.Record(versions)
		if err := env.Store().Update(ctx, versions, []*schema.Record{old}, env.Cause()); err != nil {
			return 0, fmt.Errorf("supersede version %s: %w", id, err)
		}
	}
	return len(ids), nil
}

// takenOver are the fields that a document takes from its latest version.
var takenOver = []string{"Title", "FileType", "FileExtension", "ContentSize", "Description", "SharingOption", "SharingPrivacy", "ContentModifiedDate"}

// publish makes a version the latest of its document.
func publish(ctx context.Context, env save.Env, docs *schema.Object, id string, version *schema.Record) error {
	fs := standard.Fields{"Id": id, "LatestPublishedVersionId": version.ID(), "PublishStatus": "P"}
	for _, name := range takenOver {
		if f := version.Object.Field(name); f != nil {
			fs[name] = version.Get(f)
		}
	}
	rec := fs.Record(docs)
	if err := env.Store().Update(ctx, docs, []*schema.Record{rec}, store.NoCause); err != nil {
		return fmt.Errorf("publish version %s: %w", version.ID(), err)
	}
	return nil
}

// shareFiles links the documents of first versions to their owners and to the
// records they are published to. The links go through the save order: their
// triggers run.
func shareFiles(ctx context.Context, env save.Env, rows []*save.Row) error {
	links := env.Schema().Object("ContentDocumentLink")
	var owners, places []*schema.Record
	for _, r := range rows {
		text := func(name string) string { return r.New.Get(r.New.Object.Field(name)).Text() }
		if r.Old != nil || text("VersionNumber") != "1" {
			continue
		}
		doc := text("ContentDocumentId")
		owners = append(owners, standard.Fields{"ContentDocumentId": doc, "LinkedEntityId": text("OwnerId"), "ShareType": "I", "Visibility": "AllUsers"}.Record(links))
		if place := text("FirstPublishLocationId"); place != "" && place != text("OwnerId") {
			places = append(places, standard.Fields{"ContentDocumentId": doc, "LinkedEntityId": place, "ShareType": "V", "Visibility": "AllUsers"}.Record(links))
		}
	}
	if len(owners) == 0 {
		return nil
	}
	if err := env.Load(ctx, links, owners); err != nil {
		return err
	}
	if len(places) == 0 {
		return nil
	}
	results, err := env.Save(ctx, &schema.Statement{Op: dml.Insert, Records: places, AllOrNone: true})
	if err != nil {
		return err
	}
	for i, res := range results {
		for _, e := range res.Errors {
			for _, r := range rows {
				if r.New.Get(r.New.Object.Field("ContentDocumentId")).Text() == places[i].Get(links.Field("ContentDocumentId")).Text() {
					r.AddError(e)
				}
			}
		}
	}
	return nil
}
